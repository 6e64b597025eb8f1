"""What lies in the cache after a get: what the client itself would have put there, and finds."""

import os
from pathlib import Path

import pytest
from huggingface_hub import snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import IncompleteSnapshotError

from hfterm.errors import AccessError, HftermError, NotFoundError
from hfterm.hub.client import Repo
from hfterm.hub.fetch.get import How, get, look
from hfterm.hub.fetch.plan import Wanted
from support.hub import Hub
from support.link import Fault, Link, bad_link

FILES = {
    "config.json": "{}",
    "sub/deep/a.txt": "hello",
    "empty": "",
    "w.bin": os.urandom(1_200_000),
    "tänzer ü.md": "#",
}


def everything(folder: Path) -> dict[str, bytes | str]:
    """All files by their path, links as where they lead to."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[str(path.relative_to(folder))] = os.readlink(path)
        elif path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


@pytest.mark.parametrize("kind", ["model", "dataset"])
def test_the_cache_is_byte_for_byte_the_clients(hub: Hub, link: Link, cache: Path, tmp_path: Path, kind: str) -> None:
    made = hub.seed({**FILES, "twin.bin": FILES["w.bin"]}, kind=kind)
    got = get(Repo(made.id, kind))  # type: ignore[arg-type]
    snapshot_download(made.id, repo_type=kind, cache_dir=tmp_path / "theirs", endpoint=hub.url, token=hub.token)
    ours, theirs = everything(cache), everything(tmp_path / "theirs")
    assert ours == theirs and got.files == 7
    assert Path(got.path).name == made.sha == got.sha
    assert got.fetched == 1_200_000 + sum(len(b) for p, b in ours.items() if "/blobs/" in p and len(b) < 10**6)


def test_the_client_finds_all_of_it(hub: Hub, link: Link, cache: Path) -> None:
    made = hub.seed(FILES)
    got = get(Repo(made.id))
    found = snapshot_download(made.id, cache_dir=cache, local_files_only=True)
    assert found == got.path
    before = len(link.log)
    assert get(Repo(made.id)).fetched == 0 and len(link.log) == before + 1  # what is main now?
    assert get(Repo(made.id, revision=made.sha)).fetched == 0 and len(link.log) == before + 1


def test_some_files(hub: Hub, link: Link, cache: Path) -> None:
    made = hub.seed({**FILES, "data/x.csv": "1", "data/y.csv": "2"})
    repo = Repo(made.id)
    assert Path(get(repo, Wanted(("config.json",))).path).read_text() == "{}"
    got = get(repo, Wanted(("data",)))
    assert got.files == 2 and sorted(os.listdir(got.path)) == ["x.csv", "y.csv"]
    assert get(repo._replace(path="data/x.csv")).path.endswith("/data/x.csv")
    got = get(repo, Wanted(include=("*.md", "data/*"), exclude=("*y*",)))
    assert got.files == 2 and sorted(os.listdir(got.path)) == ["config.json", "data", "tänzer ü.md"]
    with pytest.raises(IncompleteSnapshotError):  # the client knows what is missing
        snapshot_download(made.id, cache_dir=cache, local_files_only=True)


def test_another_commit_fetches_only_what_changed(hub: Hub, link: Link, cache: Path) -> None:
    made = hub.seed(FILES)
    get(Repo(made.id))
    again = hub.commit(made.id, {"config.json": '{"a": 1}'})
    got = get(Repo(made.id))
    assert got.sha == again.sha and got.fetched == len('{"a": 1}')
    assert (cache / f"models--{made.id.replace('/', '--')}" / "refs" / "main").read_text() == again.sha
    old = get(Repo(made.id, revision=made.sha))
    assert old.fetched == 0 and Path(old.path, "config.json").read_text() == "{}"


def test_what_is_damaged_is_fetched_again(hub: Hub, link: Link) -> None:
    made = hub.seed(FILES)
    root = Path(get(Repo(made.id)).path)
    os.truncate(root / "w.bin", 5)
    (root / "config.json").unlink()
    (root / "config.json").symlink_to("../../blobs/gone")
    got = get(Repo(made.id))
    assert got.fetched == 1_200_000
    assert (root / "w.bin").read_bytes() == FILES["w.bin"] and (root / "config.json").read_text() == "{}"


def test_looking_changes_nothing(hub: Hub, link: Link, isolated: Path) -> None:
    made = hub.seed(FILES)
    rows = {row["path"]: row for row in look(Repo(made.id))}
    assert rows["w.bin"] == {"path": "w.bin", "size": 1_200_000, "here": 0, "state": "missing"}
    assert rows["empty"]["state"] == "missing" and not list(isolated.rglob("hf/*"))
    get(Repo(made.id), Wanted(("w.bin",)))
    states = {row["path"]: row["state"] for row in look(Repo(made.id))}
    assert states["w.bin"] == "there" and states["config.json"] == "missing"


def test_offline_the_cache_answers(hub: Hub, link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hub.seed(FILES)
    got = get(Repo(made.id))
    other = hub.seed({"a": "1", "b": "2"})
    get(Repo(other.id), Wanted(include=("a",)))
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    again = get(Repo(made.id))
    assert again.offline and again.path == got.path
    assert get(Repo(made.id), Wanted(("config.json",))).offline
    for repo, words in (
        (Repo("team/none"), "not in the cache, and HF_HUB_OFFLINE is set"),
        (Repo(made.id, revision="v9"), "not in the cache, and HF_HUB_OFFLINE is set"),
        (Repo(other.id), r"2 of 3 files of .* are not in the cache \(.*b\), and HF_HUB_OFFLINE"),
    ):
        with pytest.raises(NotFoundError, match=words):
            get(repo)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("HF_ENDPOINT", link.url)
    link.fault = lambda asked: pytest.fail("nothing was to be asked")
    assert not get(Repo(made.id, revision=made.sha)).fetched


def test_a_hub_that_is_gone_is_answered_for_by_the_cache(hub: Hub, link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hub.seed(FILES)
    got = get(Repo(made.id))
    with bad_link() as gone:
        pass
    monkeypatch.setenv("HF_ENDPOINT", gone.url)
    said: list[str] = []
    again = get(Repo(made.id), say=said.append)
    assert again.offline and again.path == got.path
    assert "is from the cache, as it was when last asked for" in said[-1]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_repository_that_lets_nobody_in_any_more(hub: Hub, link: Link, status: int) -> None:
    made = hub.seed(FILES)
    got = get(Repo(made.id))
    link.fault = lambda asked: Fault(status=status)
    said: list[str] = []
    again = get(Repo(made.id), say=said.append)
    assert again.offline and again.path == got.path and "is from the cache" in said[-1]
    with pytest.raises((AccessError, NotFoundError)):
        get(Repo(made.id, "dataset"))


@pytest.mark.parametrize("first", ["links", "none"])
def test_a_cache_without_links(hub: Hub, link: Link, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    made = hub.seed(FILES)
    root = Path(get(Repo(made.id)).path) if first == "links" else None
    monkeypatch.setenv("HF_HUB_DISABLE_SYMLINKS", "1")
    newer = hub.commit(made.id, {"more.txt": "more"})
    got = Path(get(Repo(made.id, revision=newer.sha)).path)
    assert {p: (got / p).read_bytes() for p in FILES} == {
        p: b if isinstance(b, bytes) else b.encode() for p, b in FILES.items()
    }
    assert not any(p.is_symlink() for p in got.rglob("*"))
    assert root is None or (root / "w.bin").read_bytes() == FILES["w.bin"]
    assert get(Repo(made.id, revision=newer.sha)).fetched == 0


def test_what_is_not_there(hub: Hub, link: Link, cache: Path) -> None:
    made = hub.seed({"config.json": "{}", "model.safetensors": "x"})
    repo = Repo(made.id)
    for where, wanted, words in (
        (repo, Wanted(("confg.json",)), "did you mean config.json"),
        (repo, Wanted(("*.json",)), "for a pattern write --include"),
        (repo, Wanted(include=("*.gguf",)), "no file of .* matches"),
        (repo._replace(revision="v9"), Wanted(), "has no revision 'v9'; it has main"),
        (Repo(made.id + "x"), Wanted(), f"did you mean {made.id}"),
    ):
        with pytest.raises(NotFoundError, match=words):
            get(where, wanted)
    asked = try_to_load_from_cache(made.id, "confg.json", cache_dir=cache, revision=made.sha)
    assert not isinstance(asked, str) and asked is not None  # the client's sign for: known not to exist
    assert not (cache / f"models--{made.id.replace('/', '--')}" / "blobs").exists()


def test_a_cache_that_is_only_to_be_read(hub: Hub, link: Link, cache: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    made = hub.seed(FILES)
    get(Repo(made.id), Wanted(("config.json",)))
    folders = [p for p in cache.rglob("*") if p.is_dir()] + [cache]
    try:
        for folder in folders:
            folder.chmod(0o500)
        assert get(Repo(made.id), Wanted(("config.json",))).fetched == 0
        with pytest.raises(AccessError, match=r"cannot write below .*; choose another folder with --to"):
            get(Repo(made.id))
    finally:
        for folder in folders:
            folder.chmod(0o700)


def test_no_room(hub: Hub, link: Link, cache: Path) -> None:
    huge = {"type": "file", "path": "huge", "size": 10**18, "oid": "a" * 40}
    with pytest.raises(HftermError, match=r"no room at .*: .* are to come, .* are free"):
        get_from_listing(link, [huge])
    assert not list(cache.rglob("*.incomplete"))


@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "a\nb", "\x1b[2J", ".git/hooks/x"])
def test_names_that_lead_elsewhere(link: Link, cache: Path, name: str) -> None:
    with pytest.raises(HftermError, match="must not be written") as caught:
        get_from_listing(link, [{"type": "file", "path": name, "size": 1, "oid": "a" * 40}])
    assert str(caught.value).isprintable() and not cache.exists()


@pytest.mark.parametrize(
    "row", [{"size": -1, "oid": "a" * 40}, {"size": 1, "oid": "../../x"}, {"size": "1", "oid": "a" * 40}, {"size": 1}]
)
def test_a_listing_that_makes_no_sense(link: Link, cache: Path, row: dict[str, object]) -> None:
    with pytest.raises(HftermError, match="names no size or content of 'f'"):
        get_from_listing(link, [{"type": "file", "path": "f", **row}])
    assert not cache.exists()


def get_from_listing(link: Link, rows: list[dict[str, object]]) -> None:
    """Ask for a repository of which the Hub lists these rows."""
    import json

    link.fault = lambda asked: Fault(status=200, body=json.dumps(rows).encode())
    get(Repo("team/odd", revision="b" * 40), how=How(retries=0))
