"""Which files go, and where to."""

import os
import socket
from pathlib import Path

import pytest

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.hub.push.local import LeftOut, collect, deletable
from hfterm.hub.push.secrets import suspect


def paths(*sources: str | Path, **options: object) -> list[str]:
    return [file.at for file in collect([str(s) for s in sources], **options)]  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.txt", "a/x.txt", "ä ö/ü.txt", "a/.git/HEAD", ".cache/huggingface/y", "a/.cache"):
        (tmp_path / "f" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "f" / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "f"


def test_paths(folder: Path) -> None:
    assert paths(folder) == paths("f") == ["a/x.txt", "b.txt", "ä ö/ü.txt"]
    assert paths("f", to="/deep/") == ["deep/a/x.txt", "deep/b.txt", "deep/ä ö/ü.txt"]
    assert paths("f/b.txt") == ["b.txt"] and paths("f/b.txt", to="c.txt") == ["c.txt"]
    assert paths("f/b.txt", to="c/") == ["c/b.txt"]
    assert paths("f/b.txt", "./f/../f/b.txt", listed=True) == ["f/b.txt"]
    assert paths("f/a", listed=True, to="t") == ["t/f/a/x.txt"]
    assert paths(str(folder / "b.txt"), listed=True) == ["b.txt"]


@pytest.mark.parametrize("to", ["../up", "a/../b", "a//b/", "./x"])
def test_paths_that_lead_elsewhere(folder: Path, to: str) -> None:
    with pytest.raises(UsageError, match="not a path in a repository"):
        paths("f/b.txt", to=to)


def test_lines_that_lead_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "a")
    with pytest.raises(UsageError, match="leads out of this folder"):
        paths("../b.txt", listed=True)


def test_names_that_cannot_be(folder: Path) -> None:
    (folder / "line\nbreak").write_text("x")
    with pytest.raises(HftermError, match=r"line\\nbreak.* control characters") as caught:
        paths("f")
    assert "\n" not in str(caught.value)
    assert paths("f", exclude=("line*",))
    os.rename(os.fsencode(folder) + b"/line\nbreak", os.fsencode(folder) + b"/\xff")
    with pytest.raises(HftermError, match="not UTF-8"):
        paths("f")


def test_what_is_no_file(folder: Path) -> None:
    said: list[LeftOut] = []
    (folder / "link").symlink_to("b.txt")
    (folder / "loop").symlink_to(".")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind("f/s")
        assert "link" in paths("f", left_out=said.append)
    assert {one.where.name: one.why for one in said} == {
        "loop": "it is a link to a folder", "s": "it is no regular file",
    }  # fmt: skip
    (folder / "gone").symlink_to("nowhere")
    with pytest.raises(HftermError, match="link to what is not there"):
        paths("f")
    with pytest.raises(NotFoundError):
        paths("nothing")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        (".env", "A=1", "its name"), (".env.example", "A=", None), ("id_ed25519", "x", "its name"),
        ("a.txt", "token: hf_" + "a1" * 17, "a token of the Hub"), ("a.txt", "hf_hub_download_everything_here", None),
        ("key", "-----BEGIN OPENSSH PRIVATE KEY-----\n", "a private key"), ("bin", "\0hf_" + "a1" * 17, None),
        ("empty", "", None),
    ],
)  # fmt: skip
def test_secrets(tmp_path: Path, name: str, text: str, why: str | None) -> None:
    (tmp_path / name).write_text(text)
    found = suspect(tmp_path / name, len(text))
    assert found is None if why is None else why in str(found)


def test_what_delete_means() -> None:
    assert deletable("a/b.txt", "", ("*.txt",)) and deletable("in/b.txt", "in", ("b.*",))
    assert not deletable("inn/b.txt", "in", ("*",)) and not deletable(".gitattributes", "", ("*",))
