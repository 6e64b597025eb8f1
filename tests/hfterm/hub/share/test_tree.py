"""Trees against the plainest model of them: a dict of paths."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfterm.hub.share.tree import EMPTY, Entry, Memory, changed, cursor, differences, files, find, walk

names = st.sampled_from(["a", "a-", "a0", "b", "B", "é", "a\n"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


def entry(n: int) -> Entry:
    return Entry(f"{n:040x}", n)


def is_possible(model: dict[str, Entry]) -> bool:
    """No file is also a folder."""
    return not any(p != q and q.startswith(p + "/") for p in model for q in model)


trees = st.dictionaries(paths, st.integers(1, 5).map(entry), max_size=8).filter(is_possible)


@given(trees)
def test_a_tree_holds_its_files(model: dict[str, Entry]) -> None:
    folders = Memory()
    root = changed(folders, EMPTY, model)
    assert dict(files(folders, root)) == model
    for path, found in model.items():
        assert find(folders, root, path) == found
    assert find(folders, root, "nothing") is None and find(folders, root, "a/b/c/d") is None


@given(trees, st.integers(1, 4), st.booleans())
def test_pages_make_the_whole(model: dict[str, Entry], size: int, recursive: bool) -> None:
    folders = Memory()
    root = changed(folders, EMPTY, model)
    whole = list(walk(folders, root, recursive=recursive))
    pages, after = [], ""
    while page := list(islice(walk(folders, root, after=after, recursive=recursive), size)):
        pages += page
        after = cursor(*page[-1])
    assert pages == whole
    above = {p.rsplit("/", n)[0] for p in model for n in range(1, p.count("/") + 1)}
    wanted = {*model, *above} if recursive else {p.partition("/")[0] for p in model}
    assert {p for p, _ in whole} == wanted and len(whole) == len(wanted)


@given(trees, paths)
def test_a_page_goes_on_behind_what_is_gone(model: dict[str, Entry], gone: str) -> None:
    folders = Memory()
    with_it = {p: e for p, e in model.items() if not p.startswith(gone + "/") and not gone.startswith(p + "/")}
    without = {p: e for p, e in with_it.items() if p != gone}
    both = [p for p, _ in files(folders, changed(folders, EMPTY, {**with_it, gone: entry(9)}))]
    root = changed(folders, EMPTY, without)
    rest = [p for p, e in walk(folders, root, after=gone) if not e.folder]
    assert rest == both[both.index(gone) + 1 :]


@given(trees, st.dictionaries(paths, st.one_of(st.none(), st.integers(6, 9).map(entry)), max_size=5))
def test_changes_are_made(model: dict[str, Entry], changes: dict[str, Entry | None]) -> None:
    if not is_possible({p: entry(1) for p in changes}):
        return
    folders = Memory()
    old = changed(folders, EMPTY, model)
    new = changed(folders, old, changes)
    expected = dict(model)
    for path, value in changes.items():
        if value is None:
            expected = {p: e for p, e in expected.items() if p != path and not p.startswith(path + "/")}
        else:
            expected = {
                p: e for p, e in expected.items() if not p.startswith(path + "/") and not path.startswith(p + "/")
            }
            expected[path] = value
    assert dict(files(folders, new)) == expected
    touched = {p for p in {**model, **expected} if model.get(p) != expected.get(p)}
    found = set(differences(folders, old, new))
    assert touched <= found
    assert found <= {q for p in touched for q in (p, *(p.rsplit("/", n)[0] for n in range(1, p.count("/") + 1)))}


def test_equal_files_make_equal_trees() -> None:
    one, two = Memory(), Memory()
    assert changed(one, EMPTY, {"a/b": entry(1), "c": entry(2)}) == changed(
        two, changed(two, EMPTY, {"c": entry(2), "d/e": entry(3)}), {"a/b": entry(1), "d": None}
    )
    with pytest.raises(KeyError):
        one.children("0" * 40)
