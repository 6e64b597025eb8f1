"""Progress for people, logs and programs."""

import io
import json

import pytest

from hfterm.output import Output
from hfterm.progress import Progress, progress_mode


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def run(mode: str, steps: int = 10, seconds: float = 4) -> list[str]:
    clock = Clock()
    out = Output(stderr=io.StringIO(), stdout=io.StringIO())
    with Progress(out, mode, clock).task("train\x1b", total=steps, unit="steps") as task:
        for _ in range(steps):
            clock.now += seconds
            task.advance(loss=1.5)
    return out.stderr.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]


def test_plain_speaks_now_and_then() -> None:
    lines = run("plain")
    assert len(lines) == 10
    assert lines[0] == "train\\x1b: 1/10 steps, 4.0s, loss 1.5"
    assert lines[-1] == "train\\x1b: 10/10 steps, 40.0s, loss 1.5"
    assert len(run("plain", steps=1000, seconds=0.1)) <= 12
    assert len(run("plain", steps=2, seconds=0.001)) == 1
    err = io.StringIO()
    clock = Clock()
    with Progress(Output(stderr=err, stdout=io.StringIO()), "plain", clock).task("count", 134_515_008) as task:
        clock.now = 5
        task.advance(134_515_007)
    assert err.getvalue().startswith("count: 134515007/134515008, 5.0s")


def test_jsonl() -> None:
    rows = [json.loads(line) for line in run("jsonl")]
    assert rows[0]["state"] == "running" and rows[0]["completed"] == 0
    assert rows[-1] == {
        "progress": "train\\x1b", "completed": 10, "total": 10, "unit": "steps", "seconds": 40.0, "state": "done", "loss": 1.5,
    }  # fmt: skip


def test_none_is_silent_and_a_bar_draws() -> None:
    assert run("none") == []
    assert "10/10" in "".join(run("bar"))


@pytest.mark.parametrize("mode", ["bar", "jsonl"])
def test_what_is_being_done_right_now(mode: str) -> None:
    out, clock = Output(stderr=io.StringIO(), stdout=io.StringIO()), Clock()
    with Progress(out, mode, clock).task("team/x", 4096, "B") as task:
        for parts in ([("a.bin", 1024, 2048), ("b.bin", 0, 2048)], [("b.bin", 2048, 2048)], []):
            clock.now += 2
            task.parts = parts
            task.advance(1024)
    said = out.stderr.getvalue()  # type: ignore[attr-defined]
    if mode == "jsonl":
        rows = [json.loads(line) for line in said.splitlines()]
        assert rows[1]["parts"] == [
            {"name": "a.bin", "completed": 1024, "total": 2048},
            {"name": "b.bin", "completed": 0, "total": 2048},
        ]
        assert "parts" not in rows[-1]
    else:
        assert "team/x" in said and "a.bin" not in said.splitlines()[-1]


def test_a_stopped_task_says_so() -> None:
    out, clock = Output(stderr=io.StringIO()), Clock()
    for seconds in (0.5, 2):  # what fails at once leaves its error alone
        with pytest.raises(KeyboardInterrupt), Progress(out, "plain", clock).task("get", 4096, "B") as task:
            clock.now += seconds
            task.advance(100)
            raise KeyboardInterrupt
    assert out.stderr.getvalue().count("get:") == 1  # type: ignore[attr-defined]
    assert out.stderr.getvalue().startswith("get: 100 B/4.0 KiB, 2.0s")  # type: ignore[attr-defined]
    assert out.stderr.getvalue().endswith("(stopped)\n")  # type: ignore[attr-defined]


def test_auto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert progress_mode(Output(stderr=io.StringIO())) == "plain"
    assert progress_mode(Output(stderr=Terminal())) == "bar"
    assert progress_mode(Output(stderr=Terminal(), quiet=True)) == "none"
    monkeypatch.setenv("TERM", "dumb")
    assert progress_mode(Output(stderr=Terminal())) == "plain"
    assert progress_mode(Output(stderr=Terminal(), progress="jsonl")) == "jsonl"


def test_a_finished_bar_of_unknown_length_is_full_and_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    out = Output(stderr=io.StringIO(), color="always")
    with Progress(out, "bar").task("loading") as task:
        task.advance(3)
    last = out.stderr.getvalue().split("loading")[-1]  # type: ignore[attr-defined]
    assert "━" * 20 in last
