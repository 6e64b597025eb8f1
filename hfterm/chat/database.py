"""The file that keeps conversations: an SQLite database that several processes may use at once.

Writes are in a write-ahead log, so a killed process leaves what it had saved; where the file system
cannot do that (NFS), SQLite's rollback journal serves.
"""

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hfterm.errors import SPACE_HINT, AccessError, HftermError, one_line

if TYPE_CHECKING:
    import sqlite3

BUSY_SECONDS = 10.0
_UNSAVED = "chat without them: --no-save"
MEMORY = ":memory:"

# One entry a version; a database knows how many it has seen (PRAGMA user_version). Never change one: add.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY, title TEXT NOT NULL, model TEXT NOT NULL, system TEXT, sampling TEXT NOT NULL,
            created TEXT NOT NULL, updated TEXT NOT NULL,
            child INTEGER  -- the first message of the active branch
        )""",
        """CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
            parent INTEGER REFERENCES messages(id) ON DELETE CASCADE,
            child INTEGER,  -- the next message of the branch that is active from here on
            role TEXT NOT NULL, content TEXT NOT NULL, thinking TEXT, created TEXT NOT NULL,
            model TEXT, stop TEXT, stats TEXT
        )""",
        "CREATE INDEX messages_of ON messages (session, parent)",
        "CREATE INDEX sessions_by_time ON sessions (updated)",
    ),
)

# Substrings of three characters and more, of any script (https://sqlite.org/fts5.html, the trigram tokenizer).
# The index holds no text of its own; triggers keep it, so that it never lags behind.
_INDEX = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS found USING fts5(content, content='messages', content_rowid='id', "
    "tokenize='trigram')",
    "CREATE TRIGGER found_add AFTER INSERT ON messages BEGIN "
    "INSERT INTO found(rowid, content) VALUES (new.id, new.content); END",
    "CREATE TRIGGER found_remove AFTER DELETE ON messages BEGIN "
    "INSERT INTO found(found, rowid, content) VALUES ('delete', old.id, old.content); END",
    "CREATE TRIGGER found_change AFTER UPDATE OF content ON messages BEGIN "
    "INSERT INTO found(found, rowid, content) VALUES ('delete', old.id, old.content); "
    "INSERT INTO found(rowid, content) VALUES (new.id, new.content); END",
    "INSERT INTO found(found) VALUES ('rebuild')",
)


class Database:
    """One connection, usable from any thread; ``path`` may be ``MEMORY``. ``indexed``: full-text search works.

    Raises:
        HftermError: the file is damaged, newer than this hfterm, or cannot be opened.
    """

    def __init__(self, path: str) -> None:
        import sqlite3

        self.path = path
        self._lock = threading.RLock()
        self.indexed = False
        with self.clear():
            if path != MEMORY:
                _make_private(Path(path))
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        try:
            with self.clear():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        import sqlite3

        run = self._connection.execute
        run("PRAGMA foreign_keys = ON")
        run("PRAGMA secure_delete = ON")  # what is deleted is gone from the file
        with contextlib.suppress(sqlite3.OperationalError):
            run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        self._connection.create_function("folded", 1, lambda text: str(text).casefold(), deterministic=True)
        if run("PRAGMA user_version").fetchone()[0] != len(MIGRATIONS):
            self._migrate()
        self._index()

    def _migrate(self) -> None:
        with self.write() as run:
            version = run("PRAGMA user_version").fetchone()[0]  # another process may have been quicker
            if version > len(MIGRATIONS):
                raise HftermError(
                    f"{self.path!r} was written by a newer hfterm (version {version} of the file)",
                    "update hfterm, or move the file away",
                )
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    run(statement)
            run(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _index(self) -> None:
        """Use the full-text index where this SQLite can; where it cannot, take its triggers away."""

        def triggers() -> list[str]:
            rows = self.all("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'found%'")
            return [row[0] for row in rows]

        self.indexed = self._can_index()
        if self.indexed == bool(triggers()):
            return
        with self.write() as run:
            have = triggers()  # another process may have been quicker
            for statement in () if have or not self.indexed else _INDEX:
                run(statement)
            for name in have if not self.indexed else ():
                run(f"DROP TRIGGER {name}")

    def _can_index(self) -> bool:
        """Whether this SQLite was built with FTS5 and has its trigram tokenizer."""
        import sqlite3

        modules = {row[0] for row in self.all("PRAGMA module_list")}
        return sqlite3.sqlite_version_info >= (3, 34) and "fts5" in modules

    @contextlib.contextmanager
    def write(self) -> Iterator[Any]:
        """A transaction; gives the function that executes. All of it is kept, or nothing."""
        with self._lock, self.clear():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.execute
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def all(self, sql: str, values: Sequence[Any] = ()) -> list["sqlite3.Row"]:
        """All rows of a query; columns by name or position."""
        import sqlite3

        with self._lock, self.clear():
            cursor = self._connection.execute(sql, values)
            cursor.row_factory = sqlite3.Row
            return cursor.fetchall()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    @contextlib.contextmanager
    def clear(self) -> Iterator[None]:
        """Turn SQLite's errors into ours: which file, and how to go on."""
        import sqlite3

        try:
            yield
        except sqlite3.Error as exc:
            raise _explained(self.path, exc) from exc


def _make_private(path: Path) -> None:
    """Make the file, readable by its owner alone; its journal files take their mode from it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        kind = AccessError if isinstance(exc, PermissionError) else HftermError
        why = (exc.strerror or str(exc)).lower()
        raise kind(f"cannot open the saved chats in {str(path)!r}: {why}", f"mend that, or {_UNSAVED}") from exc
    try:
        if os.fstat(fd).st_mode & 0o077:
            with contextlib.suppress(OSError):
                os.fchmod(fd, 0o600)
    finally:
        os.close(fd)


def _explained(path: str, exc: "sqlite3.Error") -> HftermError:
    import sqlite3

    said, unsaved = one_line(exc), _UNSAVED
    # Not in the hierarchy: a damaged file is DatabaseError itself.
    if type(exc) is sqlite3.DatabaseError:
        return HftermError(
            f"the saved chats in {path!r} are damaged ({said})",
            f"move the file away to begin anew ('sqlite3 FILE .recover' may save what is in it), or {unsaved}",
        )
    if "disk is full" in said:
        return HftermError(f"no space left on device: {path!r}", SPACE_HINT)
    if "readonly" in said or "unable to open" in said:
        return AccessError(f"cannot write the saved chats in {path!r} ({said})", f"make it writable, or {unsaved}")
    if "locked" in said or "busy" in said:
        return HftermError(
            f"another process holds the saved chats in {path!r} for more than {BUSY_SECONDS:g} seconds",
            f"try again, or {unsaved}",
        )
    if isinstance(exc, sqlite3.IntegrityError):
        return HftermError("this conversation has been deleted by another process", "start a new one with /new")
    return HftermError(f"cannot use the saved chats in {path!r} ({said})", f"check the disk, or {unsaved}")
