"""``hfterm train plot``: charts for people, points for programs, of runs and logs of every maker."""

import csv
import io
import json
import math
import shutil
import subprocess
from pathlib import Path

import pytest

from hfterm import runs
from support.cli import HFTERM, Hfterm
from support.events import scalar
from support.ptys import Pty

WIDE = {"COLUMNS": "80"}


@pytest.fixture
def two(hfterm: Hfterm, monkeypatch: pytest.MonkeyPatch) -> list[runs.Run]:
    """Two runs that have ended, "first" and "second"."""
    monkeypatch.setenv("HFTERM_HOME", str(hfterm.home / "hfterm"))
    made = []
    for n, name in enumerate(("first", "second"), 1):
        run = runs.create(name, {"method": "sft"})
        for step in range(1, 51):
            run.append({"event": "log", "step": step, "loss": 1.0 / n + math.exp(-step / 10), "grad_norm": 0.5})
        run.append({"event": "eval", "step": 50, "eval_loss": 1.5})
        run.write_status({**run.status(), "state": "done", "step": 50, "max_steps": 50})
        made.append(run)
    return made


def logs(folder: Path) -> Path:
    """A log of each maker."""
    (folder / "tb").mkdir(parents=True)
    content = b"".join(scalar("train/loss", n, 2.0 - n / 10) for n in range(10))
    (folder / "tb" / "events.out.tfevents.1.h").write_bytes(content)
    (folder / "metrics.jsonl").write_text('{"step": 3, "loss": 1.25}\n{"step": 4, "loss": NaN}\n')
    (folder / "history.csv").write_text("step,val_loss\n1,0.5\n")
    history = [{"step": 5, "loss": 0.75, "epoch": 1.0}]
    (folder / "out" / "checkpoint-5").mkdir(parents=True)
    (folder / "out" / "checkpoint-5" / "trainer_state.json").write_text(json.dumps({"log_history": history}))
    return folder


def test_points_of_a_run_as_records(hfterm: Hfterm, two: list[runs.Run]) -> None:
    rows = [json.loads(line) for line in hfterm("train", "plot", "first", check=0).lines]
    assert len(rows) == 51 and rows[0].keys() == {"run", "metric", "step", "value"}
    assert rows[0] == {"run": "first", "metric": "loss", "step": 1, "value": 1.0 + math.exp(-0.1)}
    assert rows[-1] == {"run": "first", "metric": "eval_loss", "step": 50, "value": 1.5}
    some = hfterm("train", "plot", "first", "run:second", "--metric", "/^loss$/", "--from", "49", "-f", "csv", check=0)
    table = list(csv.DictReader(io.StringIO(some.stdout)))
    assert [(row["run"], row["step"]) for row in table] == [
        ("first", "49"), ("first", "50"), ("second", "49"), ("second", "50"),
    ]  # fmt: skip
    piped = hfterm("train", "plot", "--to", "1", "-f", "json", stdin="first\nsecond\n", check=0)
    assert [row["run"] for row in json.loads(piped.stdout)] == ["first", "second"]


def test_logs_of_every_maker(hfterm: Hfterm, tmp_path: Path) -> None:
    folder = logs(tmp_path / "logs")
    rows = [json.loads(line) for line in hfterm("train", "plot", folder, check=0).lines]
    by_run: dict[str, list[tuple[str, float, float]]] = {}
    for row in rows:
        by_run.setdefault(row["run"], []).append((row["metric"], row["step"], row["value"]))
    assert by_run.keys() == {"metrics.jsonl", "history.csv", "out", "tb"}
    assert by_run["metrics.jsonl"] == [("loss", 3, 1.25), ("loss", 4, None)]
    assert by_run["history.csv"] == [("val_loss", 1, 0.5)] and by_run["out"] == [("loss", 5, 0.75)]
    assert len(by_run["tb"]) == 10 and by_run["tb"][0] == ("train/loss", 0, 2.0)
    one = hfterm("train", "plot", folder / "metrics.jsonl", "-f", "quiet", check=0)
    assert one.lines[0] == "1.25"
    again = hfterm.home / "again.jsonl"
    again.write_text(hfterm("train", "plot", folder / "tb", check=0).stdout)
    back = [json.loads(line) for line in hfterm("train", "plot", again, check=0).lines]
    assert [(row["metric"], row["step"]) for row in back][:2] == [("tb/train/loss", 0), ("tb/train/loss", 1)]


def test_charts(hfterm: Hfterm, two: list[runs.Run]) -> None:
    shown = hfterm("train", "plot", "first", "second", "-f", "table", "--height", "10", env=WIDE | {"FORCE_COLOR": "1"})
    assert shown.code == 0 and "\x1b[36m" in shown.stdout and "\x1b[33m" in shown.stdout, "a colour a run"
    plain = hfterm("train", "plot", "first", "--metric", "/^loss$/", "-f", "table", env=WIDE, check=0).lines
    assert plain[0] == "loss" and "⣀" in "".join(plain) and len(plain) == 18
    assert max(map(len, plain)) <= 80 and plain[-2].split() == ["0", "10", "20", "30", "40", "50"]
    assert plain[-1].startswith("── first  1.0067 at step 50  lowest 1.0067, done")
    small = hfterm("train", "plot", "first", "-f", "table", "--ascii", "--width", "30", "--height", "6", check=0).stdout
    assert small.isascii() and max(map(len, small.splitlines())) <= 30
    log = hfterm("train", "plot", "first", "-f", "table", "--log-y", "--smooth", "0.9", env=WIDE, check=0)
    assert log.lines[0] == "loss (log)"


def test_without_colour_runs_are_drawn_one_below_the_other_on_the_same_axes(
    hfterm: Hfterm, two: list[runs.Run]
) -> None:
    args = ("train", "plot", "first", "second", "--metric", "/^loss$/", "-f", "table", "--height", "20")
    lines = hfterm(*args, env=WIDE | {"NO_COLOR": "1"}, check=0).lines
    legends = [n for n, line in enumerate(lines) if line.startswith("──")]
    assert [lines[n].split()[1] for n in legends] == ["first", "second"]
    one, two_ = lines[1 : legends[0]], lines[legends[0] + 1 : legends[1]]
    assert len(one) == len(two_) == 10
    assert [line.partition("┤")[0] for line in one] != one
    ticks = [[line.partition("┤")[0] for line in part if "┤" in line] for part in (one, two_)]
    assert ticks[0] == ticks[1] and len(ticks[0]) >= 2


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["nope"], 3, "no run named 'nope'"),
        (["frist"], 3, "did you mean 'first'?"),
        (["./nope.csv"], 3, "no such file or folder: './nope.csv'"),
        (["."], 3, "no metrics in '.'; runs, trainer_state.json, TensorBoard event files"),
        (["first", "--metric", "acc"], 3, "no metric matches 'acc'; there are: eval_loss, grad_norm, loss; choose"),
        (["first", "--metric", "/(/"], 2, "not a regular expression"),
        (["first", "--from", "9", "--to", "3"], 2, "no steps from 9 to 3"),
        (["first", "--from", "nan"], 2, "no steps from nan"),
        (["first", "--smooth", "2"], 2, "--smooth"),
        (["first", "-F", "-f", "table"], 2, "--follow draws on a terminal only; add -f jsonl"),
        ([], 2, "standard input names no run"),
        ([""], 2, "cannot be a run's name"),
    ],
)
def test_mistakes(hfterm: Hfterm, two: list[runs.Run], args: list[str], code: int, message: str) -> None:
    (hfterm.home / "empty").mkdir()
    result = hfterm("train", "plot", *args, stdin="", cwd=hfterm.home / "empty")
    assert (result.code, result.stdout) == (code, "") and message in result.stderr
    assert result.stderr.count("\n") == 1


def test_some_are_missing(hfterm: Hfterm, two: list[runs.Run]) -> None:
    result = hfterm("train", "plot", "nope", "first")
    assert result.code == 7 and len(result.lines) == 51
    assert "1 of 2 logs could not be found: no run named 'nope'" in result.stderr


def test_nothing_logged_yet_and_damage_is_told(hfterm: Hfterm, two: list[runs.Run], tmp_path: Path) -> None:
    (two[0].path / "events.jsonl").unlink()
    empty = hfterm("train", "plot", "first", "-f", "table", check=0)
    assert empty.stdout == "" and "nothing has been logged yet" in empty.stderr
    (tmp_path / "events.out.tfevents.1.h").write_bytes(scalar("loss", 1, 1.0) + b"\xff" * 99)
    torn = hfterm("train", "plot", tmp_path / "events.out.tfevents.1.h", check=0)
    assert len(torn.lines) == 1 and "damaged at byte" in torn.stderr
    (tmp_path / "events.out.tfevents.1.h").write_bytes(b"no such thing at all")
    unreadable = hfterm("train", "plot", tmp_path / "events.out.tfevents.1.h")
    assert (
        unreadable.code == 1
        and "no metrics could be read: events.out.tfevents.1.h: not an event file" in unreadable.stderr
    )


def test_follow_streams_until_the_run_has_ended(hfterm: Hfterm, two: list[runs.Run]) -> None:
    run = two[0]
    run.write_status({**run.status(), "state": "running"})
    reader = hfterm.popen("train", "plot", "first", "--metric", "eval_loss", "-F", stdout=subprocess.PIPE)
    assert reader.stdout is not None and json.loads(reader.stdout.readline())["step"] == 50
    run.append({"event": "eval", "step": 60, "eval_loss": 1.25})
    assert json.loads(reader.stdout.readline()) == {"run": "first", "metric": "eval_loss", "step": 60, "value": 1.25}
    run.append({"event": "eval", "step": 70, "eval_loss": 1.0})
    run.write_status({**run.status(), "state": "done"})
    rest, _ = reader.communicate(timeout=30)
    assert json.loads(rest)["step"] == 70 and reader.returncode == 0


def test_follow_draws_in_place_and_ends_with_the_run(hfterm: Hfterm, two: list[runs.Run]) -> None:
    run = two[0]
    run.write_status({**run.status(), "state": "running"})
    argv = [HFTERM, "train", "plot", "first", "--metric", "/^loss$/", "-F"]
    with Pty(argv, size=(70, 20), env=hfterm.env()) as terminal:
        terminal.wait_for("at step 50")
        assert terminal.screen.text.splitlines()[0].strip() == "loss"
        run.append({"event": "log", "step": 77, "loss": 0.25})
        terminal.wait_for("0.25 at step 77")
        run.write_status({**run.status(), "state": "done"})
        terminal.wait_for("done")
        assert terminal.wait_exit() == 0
        assert terminal.raw.count(b"\x1b[?25h") == 1 and b"\x1b[2J" not in terminal.raw
        assert terminal.screen.text.count("at step 77") == 1, "one picture stands there"


def test_a_log_of_others_is_followed_until_interrupted(hfterm: Hfterm, tmp_path: Path) -> None:
    log = tmp_path / "metrics.jsonl"
    log.write_text('{"step": 3, "loss": 1.25}\n')
    with Pty([HFTERM, "train", "plot", str(log), "-F"], size=(60, 12), env=hfterm.env()) as terminal:
        terminal.wait_for("1.25 at step 3")
        assert len(terminal.screen.text.rstrip().splitlines()) <= 11, "it fits"
        log.write_text('{"step": 3, "loss": 1.25}\n{"step": 9, "loss": 0.5}\n')
        terminal.wait_for("0.5 at step 9")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130


def test_nothing_heavy_is_imported(hfterm: Hfterm, two: list[runs.Run], tmp_path: Path) -> None:
    folder = logs(tmp_path / "logs")
    shutil.copytree(two[0].path, folder / "copy")
    done = hfterm("train", "plot", folder, "first", env={"PYTHONPROFILEIMPORTTIME": "1"}, check=0)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "hfterm" in imported
    assert not imported & {
        "torch",
        "transformers",
        "numpy",
        "textual",
        "rich",
        "tensorboard",
        "yaml",
        "huggingface_hub",
    }
