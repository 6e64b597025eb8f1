import math
from pathlib import Path

import pytest

from hfterm.runs import STATES
from hfterm.tracking.chart import draw
from hfterm.tracking.followed import KINDS
from hfterm.tracking.pretend import SECONDS_A_STEP, PretendBook
from hfterm.tracking.tail import Line


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


def test_all_states_and_all_that_a_run_has() -> None:
    book = PretendBook(Clock())
    runs = book.poll()
    assert runs[0].name == "sft-llama-8b"
    assert {run.state for run in runs} == {"running", "done", "failed", "lost", "stopped", "idle"} <= {*STATES, "idle"}
    assert len({run.color for run in runs}) == len(runs) == len({run.key for run in runs})
    for run in runs:
        assert (
            run.kind in KINDS and run.step and run.loss and run.checkpoints()[0]["bytes"] > 0
            if run.step > 500
            else True
        )
        assert len(dict(run.configuration())) > 10 and run.log is not None and run.log.last(2)
        assert (run.ending() is None) == (run.state in ("running", "done", "idle"))
        assert all(math.isfinite(series.low) and series.bad == 0 for series in run.series.values())
        assert run.summary()["name"] == run.name and book.find(run.key) is run
        assert not Path(run.path).expanduser().exists()
    assert "GPU memory ran out" in (book.find("run:dpo-llama-8b").ending() or "")  # type: ignore[union-attr]
    assert book.find("x") is None and not book.more


def test_the_live_run_goes_on_with_the_clock() -> None:
    clock = Clock()
    book = PretendBook(clock)
    run = book.poll()[0]
    assert (run.step, run.max_steps, run.state) == (1234, 5000, "running")
    assert set(run.series) == {"loss", "grad_norm", "learning_rate", "tokens_per_second", "eval_loss"}
    assert run.eta == pytest.approx((5000 - 1234) * SECONDS_A_STEP, rel=1e-6)
    assert len(run.series["loss"]) == 123 and run.log is not None
    size = run.log.size
    assert not run.poll()
    clock.now += 100 * SECONDS_A_STEP
    assert run.poll() and run.step == 1334 and len(run.series["loss"]) == 133 and run.log.size > size
    assert run.log.last(1)[0].text.partition(": ")[2].startswith("step 1330 of 5000: loss 1.")
    saved = run.log.find("saved checkpoint-500", run.log.size)
    assert isinstance(saved, Line)
    assert 60_000 < (run.tokens_per_second or 0) < 80_000
    clock.now += 1e6
    book.poll()
    assert (run.step, run.state, run.eta) == (5000, "done", None)
    assert [row["step"] for row in run.checkpoints()][-2:] == [4500, 5000]
    assert sum(row["best"] for row in run.checkpoints()) == 1
    assert 1.2 < (run.loss or 0) < 1.6 < 2.0 < run.series["loss"].high


def test_the_same_clock_gives_the_same_runs() -> None:
    pictures = []
    for _ in range(2):
        clock = Clock()
        book = PretendBook(clock)
        book.poll()
        clock.now += 33.3
        lines = [(run.series["loss"], run.color) for run in book.poll() if "loss" in run.series]
        pictures.append(draw(lines, 80, 20).rows)
    assert pictures[0] == pictures[1]
    one, two = Clock(), Clock()
    stepwise, at_once = PretendBook(one), PretendBook(two)
    for _ in range(50):
        one.now += 0.7
        stepwise.poll()
    two.now = one.now
    assert stepwise.poll()[0].series["loss"].columns(50) == at_once.poll()[0].series["loss"].columns(50)
