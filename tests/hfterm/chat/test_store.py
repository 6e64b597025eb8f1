import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.chat.database import MIGRATIONS, Database
from hfterm.chat.store import Store
from hfterm.errors import AccessError, HftermError, NotFoundError, UsageError
from hfterm.inference.sampling import Sampling


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "new" / "chats.db") as store:
        yield store


def said(store: Store, *texts: str, title: str | None = None) -> str:
    """A saved conversation; questions and answers in turn."""
    session = store.create("m", title=title)
    for number, text in enumerate(texts):
        session.add("assistant" if number % 2 else "user", text)
    return session.id


def ids(store: Store, query: str) -> set[str]:
    return {row.id for row in store.sessions(query)}


def test_it_lies_in_the_state_folder(isolated: Path) -> None:
    with Store() as store:
        assert store.path == isolated / "hfterm" / "chats.db"
        assert store.path.exists()


def test_only_the_owner_may_read_it(store: Store) -> None:
    said(store, "secret")
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in [store.path.parent, *store.path.parent.iterdir()]}
    assert modes.pop("new") == 0o700
    assert set(modes.values()) == {0o600}
    store.path.chmod(0o644)
    Store(store.path).close()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_a_conversation_is_stored_with_its_first_word(store: Store) -> None:
    session = store.create("org/model", system="Be brief.", sampling=Sampling(temperature=0.5))
    assert store.sessions() == [] and not session.saved
    session.add("user", "Who keeps the lighthouse of Brindle?")
    again = store.open(session.id)
    assert (again.model, again.system, again.sampling) == ("org/model", "Be brief.", Sampling(temperature=0.5))
    row = store.sessions()[0]
    assert (row.id, row.title, row.messages) == (session.id, "Who keeps the lighthouse of Brindle?", 1)
    assert row.created <= row.updated and row.updated.endswith("Z")


def test_the_last_used_stands_first(store: Store) -> None:
    one, two, three = (said(store, text) for text in ("one", "two", "three"))
    assert [row.id for row in store.sessions()] == [three, two, one]
    store.open(one).add("assistant", "more")
    assert [row.id for row in store.sessions(limit=2)] == [one, three]
    assert store.last().id == one


def test_none_yet(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no saved conversation yet"):
        store.last()
    with pytest.raises(NotFoundError, match="no saved conversation 'x'; see"):
        store.open("x")


def test_a_conversation_by_any_name(store: Store) -> None:
    red, blue = said(store, "The red lamp"), said(store, "The blue lamp")
    for name in (red, red[:4], red[:4].upper(), "the RED lamp", " red"):
        assert store.open(name).id == red
    with pytest.raises(UsageError, match=r"'lamp' means 2 conversations: .*; give more of the id"):
        store.open("lamp")
    for name in ("", " ", "\udcff", "x" * 10_000):
        with pytest.raises(NotFoundError):
            store.open(name)
    said(store, "exact"), said(store, "exactly")
    assert store.open("exact").title == "exact"
    assert blue != red


def test_rename_and_delete(store: Store) -> None:
    id = said(store, "first", "an answer about herring")
    assert store.rename(id, "  about\nfish ").title == "about fish"
    assert store.open("about fish").id == id
    with pytest.raises(UsageError, match="empty"):
        store.rename(id, " ")
    assert store.delete("about fish").messages == 2
    assert store.sessions() == [] and ids(store, "herring") == set()
    store.close()
    # secure_delete: nothing is left in the file either.
    assert not any(b"herring" in path.read_bytes() for path in store.path.parent.iterdir())


@pytest.mark.parametrize("indexed", [True, False])
def test_search(store: Store, indexed: bool) -> None:
    assert store._database.indexed
    store._database.indexed = indexed
    a = said(store, 'Is 100% "really" all?', "Ja, die ÄPFEL & the_under*score")
    b = said(store, "日本語の質問", "It's O'Brien; DROP TABLE sessions;--")
    said(store, "nothing of it")
    for query, found in {
        "100%": {a}, "%": {a}, "äpfel": {a}, "Äpfel JA": {a}, '"die äpfel"': {a}, '"äpfel die"': set(),
        '"die äpf': {a}, "under*": {a}, "under_score": set(), "_": {a}, "日本": {b}, "日本語": {b}, "本語の質": {b},
        "o'brien": {b}, "table--": set(), "drop;": set(), "DROP --": {b}, "really 日本": set(), "zzz": set(),
        "NEAR(a b)": set(), "content:x": set(), '"': {a}, "\\": set(), "\udcff": set(),
    }.items():  # fmt: skip
        assert ids(store, query) == found, query
    assert len(ids(store, "")) == len(ids(store, "  \0 ")) == 3


def test_the_index_follows_every_change(store: Store) -> None:
    session = store.create("m")
    session.add("user", "question")
    answer = session.add("assistant", "alpha")
    session.grow(answer, "alpha bravo")
    assert ids(store, "bravo") == {session.id}
    session.grow(answer, "charlie")
    assert ids(store, "alpha") == set()


def test_a_sqlite_without_full_text_search(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    old = said(store, "alpha bravo")
    store.close()
    with monkeypatch.context() as less:
        less.setattr(Database, "_can_index", lambda self: False)
        with Store(store.path) as plain:
            assert not plain._database.indexed
            assert ids(plain, "bravo") == {old}
            new = said(plain, "bravo charlie")
            plain.delete(old)
    with Store(store.path) as again:
        assert again._database.indexed
        assert ids(again, "bravo") == ids(again, "charlie") == {new}
        assert ids(again, "alpha") == set()


def test_a_damaged_file(store: Store) -> None:
    said(store, "x")
    store.close()
    store.path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(
        HftermError, match=r"saved chats in '.*chats\.db' are damaged .*; move the file away .* --no-save"
    ):
        Store(store.path)


def test_a_file_damaged_in_the_middle(store: Store) -> None:
    for number in range(50):
        said(store, f"question {number} " * 50)
    store.close()
    data = bytearray(store.path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    store.path.write_bytes(data)
    with pytest.raises(HftermError, match="damaged"), Store(store.path) as broken:
        broken.sessions()
        broken.sessions("question")


def test_a_file_of_a_newer_hfterm(store: Store) -> None:
    store.close()
    with sqlite3.connect(store.path) as raw:
        raw.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    raw.close()
    with pytest.raises(HftermError, match="written by a newer hfterm"):
        Store(store.path)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HftermError, match=r"cannot open the saved chats in .*--no-save"):
        Store(tmp_path / "file" / "chats.db")
    (tmp_path / "folder").mkdir()
    with pytest.raises(HftermError, match="cannot open the saved chats"):
        Store(tmp_path / "folder")


def test_a_full_disk(store: Store) -> None:
    session = store.create("m")
    session.add("user", "x")
    store._database._connection.execute("PRAGMA max_page_count = 40")  # SQLite says the same as of a full disk
    with pytest.raises(HftermError, match=r"no space left on device: '.*chats\.db'; free some space"):
        session.add("assistant", "much " * 100_000)
    assert [m.content for m in session.path()] == ["x"]


def test_a_file_that_another_process_holds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    said(store, "x")
    monkeypatch.setattr("hfterm.chat.database.BUSY_SECONDS", 0.05)
    with Store(store.path) as other, store._database.write():
        assert len(other.sessions()) == 1, "readers do not wait"
        with pytest.raises(HftermError, match=r"another process holds the saved chats .* more than 0\.05 seconds"):
            said(other, "y")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(AccessError):
        Store(tmp_path / "chats.db")


def test_many_threads(store: Store) -> None:
    session = store.create("m")
    session.add("user", "q")
    threads = [threading.Thread(target=lambda n=n: said(store, f"thread {n}", "a")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids(store, "thread")) == 8


WRITE = """
import sys
from pathlib import Path
from hfterm.chat.store import Store
with Store(Path(sys.argv[1])) as store:
    session = store.create("m")
    for n in range(40):
        session.add("user" if n % 2 == 0 else "assistant", f"process {sys.argv[2]} says {n}")
"""


def test_two_processes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    writers = [subprocess.Popen([sys.executable, "-P", "-c", WRITE, path, str(n)]) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    with Store(path) as store:
        assert sorted(row.messages for row in store.sessions()) == [40, 40, 40]
        assert all(len(store.open(row.id).path()) == 40 for row in store.sessions("process"))


KILLED = """
import sys, time
from pathlib import Path
from hfterm.chat.answer import Answering
from hfterm.chat.store import Store
from hfterm.inference.pretend import PretendEngine
session = Store(Path(sys.argv[1])).create("m")
session.add("user", "Who?")
for event in Answering(session, PretendEngine(rate=50), save_seconds=0.05):
    print(event, flush=True)
"""


def test_a_killed_process_leaves_what_it_had_saved(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    writer = subprocess.Popen([sys.executable, "-P", "-c", KILLED, path], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for line in writer.stdout:
        if "far" in line:  # the fourth word or so
            break
    with Store(path) as reader:
        while not reader.sessions("learning rate is"):
            pass
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    with Store(path) as store:
        question, answer = store.last().path()
        assert question.content == "Who?"
        assert answer.content.startswith("A learning rate is") and answer.stop is None and not answer.whole


def test_a_session_deleted_by_another_process(store: Store) -> None:
    session = store.create("m")
    question = session.add("user", "q")
    with Store(store.path) as other:
        other.delete(session.id)
    with pytest.raises(HftermError, match="deleted by another process"):
        session.add("assistant", "a", parent=question)


def test_unsaved() -> None:
    with Store.unsaved() as store:
        assert said(store, "only here") == store.last().id
