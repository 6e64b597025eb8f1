"""How an upload is cut into commits and groups."""

from hfterm.hub.push.plan import Action, Step
from hfterm.hub.push.send import FILES, SMALL_BYTES, _batches, _group, _title


def step(path: str, size: int = 1, action: Action = "add", large: bool = False) -> Step:
    return Step(action, path, size, large=large)


def test_commits() -> None:
    many = [step(f"{n:04}") for n in range(FILES + 1)]
    gone = [step("old", action="delete")]
    assert [len(batch) for batch in _batches(many, gone)] == [FILES, 2]
    heavy = [step(name, SMALL_BYTES // 2 + 1) for name in "abc"]
    assert [len(batch) for batch in _batches(heavy, [])] == [1, 1, 1]
    light = [step(name, SMALL_BYTES, large=True) for name in "abc"]
    assert [len(batch) for batch in _batches(light, [])] == [3]
    assert list(_batches([], gone)) == [gone] and list(_batches([], [])) == []


def test_what_stands_in_the_way_goes_first() -> None:
    file, folder, other = (step(path, action="delete") for path in ("a", "b/old", "c"))
    (batch,) = _batches([step("a/new"), step("b")], [file, folder, other])
    assert [one.path for one in batch] == ["a", "b/old", "a/new", "b", "c"]


def test_groups_hold_one_file_at_least() -> None:
    steps = [step("a", 50), step("b", 3), step("c", 4), step("d", 9)]
    assert [one.path for one in _group(steps, 10)] == ["a"]
    assert [one.path for one in _group(steps[1:], 10)] == ["b", "c"]
    assert _group(steps, 1000) == steps


def test_titles() -> None:
    assert _title([step("a")], []) == "Upload a with hfterm"
    assert _title([step("a"), step("b")], [step("c")]) == "Upload 2 files with hfterm"
    assert _title([], [step("c")]) == "Delete c with hfterm"
