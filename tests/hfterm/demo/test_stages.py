from pathlib import Path

import pytest

from hfterm.demo.stages import Stages, key


def test_a_stage_is_done_once_while_its_key_stays(tmp_path: Path) -> None:
    done: list[str] = []

    def run(name: str, of: str) -> bool:
        def work() -> dict[str, object]:
            done.append(of)
            return {"of": of, "at": Path("x")}

        stage = Stages(tmp_path).stage(name, key(of), work)
        assert stage.result == {"of": of, "at": "x"}
        return stage.reused

    assert [run("a", "1"), run("a", "1"), run("b", "1"), run("a", "2"), run("a", "1")] == [
        False,
        True,
        False,
        False,
        False,
    ]
    assert done == ["1", "1", "2", "1"]


def test_what_it_made_must_still_be_there(tmp_path: Path) -> None:
    stages = Stages(tmp_path)
    stages.stage("a", "k", dict)
    assert stages.known("a", "k") == {}
    assert stages.known("a", "k", lambda result: False) is None
    assert not stages.stage("a", "k", dict, lambda result: False).reused


def test_a_failed_stage_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> dict[str, object]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Stages(tmp_path).stage("a", "k", fail)
    assert Stages(tmp_path).known("a", "k") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"a": 3}', '{"a": {"key": "k"}}', '{"a": {"key": "k", "result": 1}}', "\0\xff"]
)
def test_a_torn_file_is_begun_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "demo.json").write_text(text, "latin-1")
    stages = Stages(tmp_path)
    assert not stages.stage("a", "k", dict).reused
    assert Stages(tmp_path).known("a", "k") == {}


def test_rows_tell_this_time_and_then(tmp_path: Path) -> None:
    Stages(tmp_path).stage("a", "k", dict)
    row = Stages(tmp_path).stage("a", "k", dict).row()
    assert set(row) == {"stage", "seconds", "reused", "first_seconds"}
    assert (row["stage"], row["reused"]) == ("a", True)


def test_keys_follow_from_everything() -> None:
    assert key("a", {"x": 1, "y": 2}) == key("a", {"y": 2, "x": 1})
    assert len({key("a"), key("b"), key("a", 1), key("a", "1"), key("a", None)}) == 5
