"""The content of values: only what the user named is opened."""

from pathlib import Path

import pytest

from hfterm.data.media import files
from hfterm.data.media.errors import MediaError


def test_a_path_alone_opens_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    with pytest.raises(MediaError, match="holds no bytes"):
        files.content({"bytes": None, "path": str(secret)})
    assert files.size({"bytes": None, "path": str(secret)}) is None
    files.named([str(secret)])
    assert files.content({"bytes": None, "path": str(secret)}) == b"secret"
    assert files.size({"bytes": None, "path": str(secret)}) == 6


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    files.named([f"{tmp_path}/gone.png"])
    for name, why in (("gone.png", "does not exist"), ("folder.png", "is no file")):
        with pytest.raises(MediaError, match=why):
            files.content({"bytes": None, "path": f"{tmp_path}/{name}"})
    with pytest.raises(MediaError, match="without a name"):
        files.content({"bytes": None, "path": None})


def test_names_of_what_is_made() -> None:
    assert files.renamed("a/b.c.jpg", ".png") == "b.c.png"
    assert files.renamed(None, ".png") is None and files.renamed("", ".png") is None
    assert files.base("a/b.png") == "b.png"
