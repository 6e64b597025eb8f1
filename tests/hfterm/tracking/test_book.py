import json
import shutil
import time
from pathlib import Path

import pytest

from hfterm import paths, runs
from hfterm.tracking import book as module
from hfterm.tracking.book import COLORS, EAGER, Book
from support.events import scalar

pytestmark = pytest.mark.usefixtures("isolated")


def a_run(name: str, state: str = "done", created: float | None = None) -> runs.Run:
    run = runs.create(name, {"method": "sft"})
    for step in (1, 2, 3):
        run.append({"event": "log", "step": step, "loss": 3.0 / step})
    run.write_status({**run.status(), "state": state, "step": 3})
    if created is not None:
        facts = run.facts() | {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created))}
        (run.path / "run.json").write_text(json.dumps(facts))
    return run


def test_own_runs_newest_first_kept_between_polls() -> None:
    a_run("old", created=1e9)
    a_run("new", created=1.1e9)
    book = Book()
    new, old = book.poll()
    assert [new.name, old.name] == ["new", "old"] and new.state == "done" and not book.more
    assert book.poll() == [new, old] and book.find("run:old") is old and book.find("x") is None
    assert new.series["loss"].last == 1.0
    a_run("newest", created=1.2e9)
    assert [run.name for run in book.poll()] == ["newest", "new", "old"]


def test_nothing_at_all() -> None:
    assert Book().poll() == [] == Book([Path("/none"), Path("/dev/null")]).poll()


def test_given_folders_beside_own_runs(tmp_path: Path) -> None:
    a_run("mine")
    tb = tmp_path / "logs" / "tb"
    tb.mkdir(parents=True)
    (tb / "events.out.tfevents.1.h").write_bytes(scalar("train/loss", 7, 0.5))
    (tmp_path / "logs" / "metrics.jsonl").write_text('{"step": 1, "loss": 2.0}\n')
    copied = tmp_path / "logs" / "copied"
    shutil.copytree(paths.runs_dir() / "mine", copied)
    book = Book([tmp_path / "logs", tmp_path / "logs" / "metrics.jsonl", paths.runs_dir()])
    found = {run.name: run for run in book.poll(5)}
    assert {name: run.kind for name, run in found.items()} == {
        "mine": "hfterm", "tb": "tensorboard", "metrics.jsonl": "jsonl", "copied": "hfterm",
    }  # fmt: skip
    assert found["tb"].step == 7 and found["tb"].loss == 0.5 and found["tb"].state == "live"
    assert found["copied"].path == copied.resolve() and found["copied"].series["loss"].last == 1.0
    assert len({run.key for run in found.values()}) == 4


def test_equal_names_are_told_apart(tmp_path: Path) -> None:
    for place in ("a", "b", "c/a"):
        folder = tmp_path / place / "out"
        folder.mkdir(parents=True)
        (folder / "metrics.jsonl").write_text('{"step": 1, "loss": 2.0}\n')
    names = [run.name for run in Book([tmp_path / "a", tmp_path / "b", tmp_path / "c" / "a"]).poll()]
    assert len(set(names)) == 3 and "out" in names
    runs.create("out", {"method": "sft"})
    found = {run.key: run.name for run in Book([tmp_path / "a"]).poll()}
    assert found.pop("run:out") == "out" and list(found.values()) == ["out/out"]


def test_new_runs_in_a_folder_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)
    book = Book([tmp_path / "logs"])
    assert book.poll() == []
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "metrics.jsonl").write_text('{"step": 1, "loss": 2.0}\n')
    assert [run.kind for run in book.poll()] == ["jsonl"] and len(book.poll()) == 1


def test_a_run_that_disappears_is_shown_as_gone_and_then_dropped() -> None:
    now = 1e9
    book = Book(clock=lambda: now)
    run = a_run("demo")
    (shown,) = book.poll()
    shutil.rmtree(run.path)
    assert book.poll() == [shown] and shown.gone
    now += module.GONE_SECONDS + 1
    assert book.poll() == [] and book.find(shown.key) is None
    a_run("demo")
    (again,) = book.poll()
    assert again is not shown and not again.gone


def test_colours_differ_while_there_are_enough_and_stay() -> None:
    for n in range(COLORS):
        a_run(f"run-{n}")
    book = Book()
    colors = {run.name: run.color for run in book.poll()}
    assert sorted(colors.values()) == list(range(COLORS))
    a_run("one-more")
    assert {run.name: run.color for run in book.poll() if run.name != "one-more"} == colors
    assert {run.name: run.color for run in Book().poll() if run.name in colors} == colors, "in another session too"


def test_old_runs_are_read_when_somebody_asks() -> None:
    for n in range(EAGER + 2):
        a_run(f"run-{n}", created=1e9 + n)
    book = Book()
    everyone = book.poll(10)
    assert [len(run._series) for run in everyone] == [1] * EAGER + [0, 0]
    assert everyone[-1].series == {} and everyone[-1].step == 3
    book.poll(10)
    assert [len(run._series) for run in everyone] == [1] * EAGER + [0, 1]


def test_reading_goes_on_from_poll_to_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    long, _short = a_run("long", "running"), a_run("short", "running")
    with (long.path / "events.jsonl").open("a") as stream:
        for n in range(4, 20_000):
            stream.write(json.dumps({"event": "log", "step": n, "loss": 1.0, "x": "y" * 50}) + "\n")
    book = Book()
    book.poll(0.01)
    assert book.more
    polls = 1
    while book.more:
        everyone = {run.name: run for run in book.poll(0.01)}
        polls += 1
        assert polls < 10_000
    assert len(everyone["long"].series["loss"]) == 19_999 and len(everyone["short"].series["loss"]) == 3
    assert polls > 2
