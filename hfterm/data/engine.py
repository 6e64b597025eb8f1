"""The columnar engine (DuckDB), set up for this program: quiet, offline, UTC, errors in one line."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

from hfterm import extras
from hfterm.errors import HftermError, NotFoundError, OutOfMemoryError, UsageError, one_line

_SETTINGS = {
    "autoinstall_known_extensions": False,  # nothing is fetched behind the user's back
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "enable_external_file_cache": False,  # blocks reuse one file name for other contents
    "preserve_insertion_order": True,
}


def library() -> Any:
    """The engine's module.

    It is the compiled half of DuckDB's package: the other half, which builds queries out of Python objects, takes
    twice as long to import as the rest of a command, and only what has to do with Arrow needs it.

    Raises:
        MissingExtraError: DuckDB is not installed.
    """
    if "duckdb" not in sys.modules:
        try:
            import _duckdb

            return _duckdb
        except ImportError:
            pass  # a version without it, or none: the package says which
    return extras.require("duckdb", "data")


def relation(con: Any, query: str) -> Any:
    """A query as a relation of DuckDB's Python package, for what only that gives: Arrow."""
    extras.require("duckdb", "data")
    return con.sql(query)


def register(con: Any, name: str, table: Any) -> None:
    """Make an Arrow table one of the database, under a name."""
    extras.require("duckdb", "data")
    con.register(name, table)


def connect(*, threads: int | None = None, memory: str | None = None) -> Any:
    """A new database in memory. ``memory`` as ``2GB``; what does not fit is spilled to the temporary folder.

    Raises:
        MissingExtraError: DuckDB is not installed.
    """
    duckdb = library()
    import tempfile

    config: dict[str, Any] = dict(_SETTINGS)
    config["threads"] = threads or cores()
    config["temp_directory"] = os.path.join(tempfile.gettempdir(), f"hfterm-{os.getpid()}.duckdb")
    memory = memory or os.environ.get("HFTERM_MEMORY")
    if memory:
        config["memory_limit"] = memory
    with errors("the memory limit"):
        con = duckdb.connect(":memory:", config=config)
    con.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
    return con


def cores() -> int:
    """How many processors this process may use."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def key_path(name: str) -> str:
    """The JSON pointer of a key of the outermost object, as an SQL literal."""
    return literal("/" + name.replace("~", "~0").replace("/", "~1"))


@contextlib.contextmanager
def errors(about: str) -> Iterator[None]:
    """Translate what the engine raises; ``about`` is the expression or file that the user named.

    Raises:
        UsageError: the SQL is wrong. HftermError: the data is. OutOfMemoryError. NotFoundError.
    """
    duckdb = library()
    try:
        yield
    except duckdb.InterruptException as exc:
        raise KeyboardInterrupt from exc
    except duckdb.OutOfMemoryException as exc:
        raise OutOfMemoryError(
            f"{about}: {_first(exc)}", "set HFTERM_MEMORY higher, give TMPDIR more room, or take fewer rows"
        ) from exc
    except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as exc:
        raise UsageError(f"{about}: {_first(exc)}", _pointer(str(exc))) from exc
    except duckdb.IOException as exc:
        text = _first(exc)
        if "No files found" in text or "No such file" in text:
            raise NotFoundError(f"{about}: {text}") from exc
        if "Broken pipe" in text:
            raise BrokenPipeError from exc
        raise HftermError(f"{about}: {text}") from exc
    except duckdb.Error as exc:
        raise HftermError(f"{about}: {_first(exc)}") from exc


def _first(exc: BaseException) -> str:
    """The message's first paragraph, without the kind of error before it."""
    text = str(exc).split("\n\n")[0].split("\nCandidate")[0].split("\nPossible")[0]
    text = re.sub(r"^[\w -]+ Error: ", "", one_line(text))
    return text[:1].lower() + text[1:]


def _pointer(text: str) -> str | None:
    """Where in the SQL it is, from the line that the engine draws a caret under."""
    match = re.search(r"^LINE \d+: (.*)\n( *)\^", text, re.MULTILINE)
    if match is None:
        return None
    line, at = match[1], len(match[2]) - (match.start(1) - match.start(0))
    return f"near {line[max(at, 0) :][:40].strip()!r}" if 0 <= at < len(line) else None
