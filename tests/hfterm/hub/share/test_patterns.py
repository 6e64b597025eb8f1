"""Patterns mean what they mean to git."""

import subprocess
from pathlib import Path

import pytest

from hfterm.hub.share.attributes import ATTRIBUTES
from hfterm.hub.share.patterns import Ignore, Large

PATHS = [
    "a.txt", "b.bin", "dir/a.txt", "dir/b.bin", "dir/sub/a.txt", "build/x", "deep/build/x", "build", "docs/a.md",
    "x/docs/a.md", "logs/debug.log", "logs/keep.log", "keep.log", "[x].txt", "x.txt", "#hash", "!bang", "sp ace",
    "a/b/c/d.txt", "ü.bin", "model.safetensors", "sub/model.safetensors", "tokenizer.model", "data.parquet.txt",
]  # fmt: skip
IGNORE = """
# a comment
*.bin
!dir/b.bin
build/
/docs
logs/*.log
!logs/keep.log
\\#hash
\\!bang
a/**/d.txt
**/sub/a.txt
[xy].txt
"""
LARGE = """
*.bin filter=lfs diff=lfs merge=lfs -text
dir/** filter=lfs -text
dir/sub/a.txt -filter
*.safetensors filter=lfs
tokenizer.model filter=lfs
sub/*.safetensors !filter
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def test_ignored_as_git_ignores(repository: Path) -> None:
    (repository / ".gitignore").write_text(IGNORE)
    ignore = Ignore(IGNORE)
    for path in PATHS:
        if path == "build":  # "build/" means a folder alone; git would look on the disk
            assert not ignore(path)
            continue
        done = subprocess.run(["git", "check-ignore", "-q", "--no-index", path], cwd=repository)
        assert ignore(path) == (done.returncode == 0), path


@pytest.mark.parametrize("text", [LARGE, ATTRIBUTES])
def test_large_as_git_has_it(repository: Path, text: str) -> None:
    (repository / ".gitattributes").write_text(text)
    large = Large(text)
    done = subprocess.run(
        ["git", "check-attr", "-z", "filter", *PATHS], cwd=repository, capture_output=True, check=True
    )
    fields = done.stdout.decode().split("\0")[:-1]
    for path, value in zip(fields[::3], fields[2::3], strict=True):
        assert large(path) == (value == "lfs"), path


def test_nonsense_is_no_pattern() -> None:
    assert not Ignore("[z-a]\n[\n\\\n")("a")
    assert not Large("[z-a] filter=lfs\nalone\n")("a")
