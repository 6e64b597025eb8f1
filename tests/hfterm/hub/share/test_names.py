import pytest

from hfterm.hub.share import names
from hfterm.hub.share.refusal import Refusal


@pytest.mark.parametrize("text", ["gpt2", "org/name", "a/b.c_d-e", "0/1", "a" * 96, "user/" + "b" * 96])
def test_repository_ids(text: str) -> None:
    assert names.check_repo_id(text) == text
    assert names.from_folder_name(names.folder_name("dataset", text)) == ("dataset", text)


@pytest.mark.parametrize(
    "text", ["", "/", "a/", "/a", "a/b/c", "..", "a/..", "../a", "a--b", "a..b", "-a", "a-", ".a", "a.", "a b", "ü/b", "a/b.git", "a\0", "a/b\n", "a" * 97, "a\\b", "%2e%2e/a"],
)  # fmt: skip
def test_no_repository_ids(text: str) -> None:
    with pytest.raises(Refusal):
        names.check_repo_id(text)


@pytest.mark.parametrize("name", ["models", "models--", "models--a--b--c", "cats--a", "models--..--..", ".locks", "models--a.git"])  # fmt: skip
def test_other_folders(name: str) -> None:
    assert names.from_folder_name(name) is None


@pytest.mark.parametrize("name", ["main", "v1.0", "feature/x", "ünïcode", "a" * 250, "refs/pr/1"])
def test_references(name: str) -> None:
    assert names.check_ref(name) == name


@pytest.mark.parametrize("name", ["", "a b", "a..b", "/a", "a/", "a.lock", "a//b", "-a", ".a", "a/.b", "a@{1}", "a\\b", "a:b", "x\n", "0" * 40, "a" * 251, "\udc80"])  # fmt: skip
def test_no_references(name: str) -> None:
    with pytest.raises(Refusal):
        names.check_ref(name)


@pytest.mark.parametrize("path", ["a", "a/b.txt", ".gitattributes", "sp ace/ü", "new\nline", "\x1b[31m", "a/...b", "~", "C:\\x"])  # fmt: skip
def test_paths(path: str) -> None:
    assert names.check_path(path) == path


@pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "../a", ".git/config", "a/.GIT/x", "a\0b", "x" * 4097, "\udc80"])  # fmt: skip
def test_no_paths(path: str) -> None:
    with pytest.raises(Refusal):
        names.check_path(path)
