import pytest

from hfterm.errors import HftermError
from hfterm.hub.fetch.names import check, matching, problem


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../x", "'..'"), ("a/../../x", "'..'"), ("a\\..\\x", "'..'"), ("/etc/passwd", "absolute"), ("a//b", "empty part"),
        ("./a", "empty part"), ("C:\\x", "Windows"), ("a/D:b", "Windows"), ("", "empty"), ("a\nb", "control"),
        ("\x1b[2Jx", "control"), ("a\0b", "control"), ("x" * 256, "255 bytes"), ("é" * 128, "255 bytes"),
        (".git/hooks/post-checkout", ".git"), ("a/.GIT/config", ".git"), ("\\\\host\\share", "absolute"),
    ],
)  # fmt: skip
def test_names_that_must_not_become_paths(path: str, why: str) -> None:
    assert why in str(problem(path))
    with pytest.raises(HftermError) as caught:
        check(["fine", path])
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "path", ["a", "a/b c/d.json", "..a", "a..b/...", ".gitattributes", "データ.txt", "x" * 255, "[slug]/*"]
)
def test_names_that_may(path: str) -> None:
    assert problem(path) is None


def test_patterns_are_the_clients() -> None:
    from huggingface_hub.utils import filter_repo_objects

    paths = ["a.json", "b/a.json", "b/c.bin", "B/x.JSON", "[x]/y"]
    cases = [("*.json",), ("b/",), ("b/*", "a*"), ("nothing",), ("?.json",), ("*",), ("[x]/*",), ("[[]x]/y",)]
    for include in [(), *cases]:
        for exclude in [(), *cases]:
            theirs = filter_repo_objects(paths, allow_patterns=list(include) or None, ignore_patterns=list(exclude))
            assert matching(paths, include, exclude) == list(theirs), (include, exclude)
