import socket

import pytest

from hfterm import ending
from hfterm.processes import boot_time

HERE = socket.gethostname()
AT = {"step": 40, "max_steps": 100, "ended": "2026-11-23T08:12:03.250Z", "heartbeat": "2026-11-23T08:12:03.250Z"}
RESUME = "; resume it with 'hfterm train resume demo'"
NOW = (boot_time() or 0) + 100

CASES = [
    ("failed", {"error": "GPU memory ran out; use --peft lora"}, "failed: GPU memory ran out; use --peft lora (2026-11-23 08:12:03Z, at step 40 of 100)"),
    ("failed", {"error": None, "ended": None, "step": None}, "failed: no reason was written down (at an unknown time, before its first step)"),
    ("failed", {"error": "two\nlines with hf_abcdefghijklmnopqrst", "max_steps": None}, "failed: two lines with hf_*** (2026-11-23 08:12:03Z, at step 40)"),
    ("stopped", {"exit_code": 130}, "interrupted by Ctrl-C 2026-11-23 08:12:03Z, at step 40 of 100"),
    ("stopped", {"exit_code": 143}, "stopped by a signal 2026-11-23 08:12:03Z, at step 40 of 100"),
    ("stopped", {"exit_code": 137}, "killed on request 2026-11-23 08:12:03Z, at step 40 of 100"),
    ("stopped", {}, "stopped 2026-11-23 08:12:03Z, at step 40 of 100"),
    ("lost", {"pid": 4711, "host": "gpu-07"}, "lost: nothing is heard of its process 4711 on gpu-07; last sign of life 2026-11-23 08:12:03Z, at step 40 of 100"),
    ("lost", {"pid": 4711, "host": HERE, "process_started": NOW}, f"lost: its process 4711 on {HERE} is gone, killed or crashed; last sign of life 2026-11-23 08:12:03Z, at step 40 of 100"),
    ("lost", {"pid": 4711, "host": HERE, "process_started": 1000.0}, f"lost: its process 4711 on {HERE} is gone: the machine was restarted; last sign of life 2026-11-23 08:12:03Z, at step 40 of 100"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "status", "words"), CASES)
def test_why_and_when(state: str, status: dict[str, object], words: str) -> None:
    assert ending.sentence("demo", state, {**AT, **status}) == words + RESUME
    assert ending.sentence("demo", state, {**AT, **status}, resumable=False) == words


def test_no_ending_yet_or_a_good_one() -> None:
    assert ending.sentence("demo", "running", AT) is None and ending.sentence("demo", "done", AT) is None
    assert "cannot be read" in str(ending.sentence("demo", "damaged", {}))


@pytest.mark.parametrize("moment", [None, 7, "soon", "", [], {}])
def test_moments_that_cannot_be_read(moment: object) -> None:
    assert ending.when(moment) == "at an unknown time"
