"""``hfterm hub diff``: two revisions, a folder and a repository."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.hub import Hub


def changes(lines: list[str]) -> dict[str, tuple[str, int | None, int | None]]:
    return {row["path"]: (row["change"], row["old_size"], row["size"]) for row in map(json.loads, lines)}


def test_two_revisions(hfterm: Hfterm, hub: Hub) -> None:
    old = hub.seed({"same": "s", "gone": "12", "text": "one\n", "big.bin": b"\0" * 5}, large=("big.bin",))
    new = hub.commit(
        old.id, {"text": "two\n", "big.bin": b"\1" * 7, "new/x": "x"}, delete=("gone",), large=("big.bin",)
    )
    expected = {
        "big.bin": ("changed", 5, 7), "gone": ("removed", 2, None), "new/x": ("added", None, 1),
        "text": ("changed", 4, 4),
    }  # fmt: skip
    for args in ((f"{old.id}@{old.sha}", f"@{new.sha}"), (f"{old.id}@{old.sha}",), (old.id,)):
        assert changes(hfterm("hub", "diff", *args, env=hub.env(), check=0).lines) == expected
    same = hfterm("hub", "diff", f"{old.id}@{new.sha}", "@main", "--exit-code", env=hub.env(), check=0)
    assert same.stdout == ""
    some = hfterm("hub", "diff", old.id, "--include", "*.bin", "--exit-code", env=hub.env(), check=1)
    assert [*changes(some.lines)] == ["big.bin"]


def test_a_patch_is_one_that_patch_takes(hfterm: Hfterm, hub: Hub, tmp_path: Path) -> None:
    texts = {"a.txt": "one\ntwo\nthree\n", "no-end": "x\x85y\nlast", "gone": "away\n", "bin": "a\0b"}
    changed = {"a.txt": "one\n2\nthree\n", "no-end": "x\x85y\nlost", "new": "here\n", "bin": "a\0c"}
    old = hub.seed(texts)
    hub.commit(old.id, changed, delete=("gone",))
    done = hfterm("hub", "diff", old.id, "-p", env=hub.env(), check=0)
    assert "Binary files a/bin and b/bin differ (3 B -> 3 B)" in done.lines
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    patch = "".join(f"diff a/{part}" for part in done.stdout.split("diff a/")[1:] if not part.startswith("bin "))
    subprocess.run(["patch", "-p1", "-s"], cwd=tmp_path, input=patch.encode(), check=True)
    assert {name: (tmp_path / name).read_text() for name in ("a.txt", "no-end", "new")} == {
        name: changed[name] for name in ("a.txt", "no-end", "new")
    }
    assert not (tmp_path / "gone").exists()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out" / "sub").mkdir(parents=True)
    (tmp_path / "out" / "same.txt").write_text("same\n")
    (tmp_path / "out" / "w.bin").write_bytes(b"\1" * 2_000_000)
    (tmp_path / "out" / "sub" / "mine").write_text("m")
    (tmp_path / "out" / ".env").write_text("SECRET=1")
    return tmp_path / "out"


def test_a_folder_against_a_repository_and_the_other_way(hfterm: Hfterm, hub: Hub, folder: Path) -> None:
    repo = hub.seed({"same.txt": "same\n", "w.bin": b"\2" * 2_000_000, "theirs": "t"}).id
    there = hfterm("hub", "diff", repo, folder, env=hub.env(), check=0)
    assert changes(there.lines) == {
        "sub/mine": ("added", None, 1), "theirs": ("removed", 1, None), "w.bin": ("changed", 2_000_000, 2_000_000),
    }  # fmt: skip
    assert ".env" in there.stderr
    back = hfterm("hub", "diff", "out", repo, env=hub.env(), cwd=folder.parent, check=0)
    assert changes(back.lines)["sub/mine"] == ("removed", 1, None)
    hfterm("hub", "put", repo, folder, "--delete", "*", env=hub.env(), check=0)
    assert hfterm("hub", "diff", repo, folder, "--exit-code", env=hub.env(), check=0).stdout == ""


def test_the_folder_is_not_read_again_while_it_stays_as_it_was(hfterm: Hfterm, hub: Hub, folder: Path) -> None:
    data = (folder / "w.bin").read_bytes()
    repo = hub.seed({"w.bin": data}).id
    os.utime(folder / "w.bin", (1e9, 1e9))
    args = ("hub", "diff", repo, folder, "--include", "w.bin", "--exit-code")
    hfterm(*args, env=hub.env(), check=0)
    record = hfterm.home / "hfterm" / "cache" / "hashes.jsonl"
    row = json.loads(record.read_text())
    # What the record says is believed, for the file as it was then alone.
    record.write_text(json.dumps(row | {"sha256": "0" * 64}) + "\n")
    hfterm(*args, env=hub.env(), check=1)
    os.utime(folder / "w.bin", (2e9 // 2, 1e9 + 1))
    hfterm(*args, env=hub.env(), check=0)


def test_sides_that_cannot_be(hfterm: Hfterm, hub: Hub, folder: Path) -> None:
    repo = hub.seed().id
    assert "one side must be a repository" in hfterm("hub", "diff", folder, folder, env=hub.env(), check=2).stderr
    assert "no such folder" in hfterm("hub", "diff", repo, "./none", env=hub.env(), check=3).stderr
    assert "no revision 'nope'" in hfterm("hub", "diff", f"{repo}@nope", env=hub.env(), check=3).stderr
    offline = hub.env(HF_ENDPOINT="http://hub.invalid", HF_HUB_OFFLINE="1")
    assert "HF_HUB_OFFLINE is set" in hfterm("hub", "diff", repo, folder, env=offline, check=3).stderr
