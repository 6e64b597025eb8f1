"""The process above a trainer: lives, retries, signals, what is told in the end. The trainers have no model."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hfterm import jobs, paths, runs, supervised
from hfterm.errors import HftermError, UsageError
from hfterm.train import control, removal
from hfterm.train.background import detach
from hfterm.train.background.claim import Claim, check_free, claim, spool
from hfterm.train.background.supervise import supervise
from hfterm.train.background.wishes import Order
from support.watched import lives, order

pytestmark = pytest.mark.usefixtures("isolated")


def until(happened: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def watch(wanted: Order, **options: Any) -> tuple[int, list[str]]:
    said: list[str] = []
    held = claim(wanted, resume=False)
    return supervise(held, said.append, detached=True, backoff=0.01, **options), said


def test_a_crash_is_resumed_until_it_is_done_and_all_is_told(tmp_path: Path) -> None:
    told = tmp_path / "told"
    wanted = order("demo", tmp_path, "kill", "fail", "9", "0", retries=5, notify=f"env > '{told}'; exit 3")
    code, said = watch(wanted)
    assert code == 0 and [life[1] for life in lives(tmp_path)] == ["new", "resume", "resume", "resume"]
    assert "run 'demo' was killed by SIGKILL" in said[0] and "begins again in 0.01 s (try 1 of 5)" in said[0]
    assert "failed with exit code 9" in said[2]
    assert said[-1] == "hfterm: warning: the command of --notify ended with exit code 3"
    retries = [event for event in runs.get("demo").events() if event["event"] == "retry"]
    assert [(e["attempt"], e["exit_code"], e["step"]) for e in retries] == [(1, 137, 7), (2, 1, 7), (3, 9, 7)]
    assert retries[1]["reason"] == "it broke"
    facts = dict(line.partition("=")[::2] for line in told.read_text().splitlines())
    assert (facts["HFTERM_RUN"], facts["HFTERM_STATE"], facts["HFTERM_EXIT_CODE"]) == ("demo", "done", "0")
    assert facts["HFTERM_PATH"] == str(paths.runs_dir() / "demo") and facts["HFTERM_STEP"] == "7"
    assert runs.get("demo").state() == "done" and supervised.names() == []


@pytest.mark.parametrize("end", ["1", "2", "3", "4", "5", "6", "7", "8", "143"])
def test_what_trying_again_cannot_change_is_not_tried_again(tmp_path: Path, end: str) -> None:
    code, _ = watch(order("demo", tmp_path, end, "0", retries=3))
    assert code == int(end) and len(lives(tmp_path)) == 1


def test_a_run_that_never_began_stays_on_file_and_its_name_can_be_used_again(tmp_path: Path) -> None:
    code, _ = watch(order("demo", tmp_path, "3", "0"))
    run = runs.get("demo")
    assert code == 3 and runs.names() == ["demo"] and run.state() == "failed" and not run.path.exists()
    assert str(run.ending()).startswith("failed: ") and "resume" not in str(run.ending())
    with pytest.raises(UsageError, match=r"run 'demo' never began: .* start it anew: "):
        control.resume(run)
    assert watch(order("demo", tmp_path, "3", "0"))[0] == 0
    assert runs.get("demo").state() == "done"
    with pytest.raises(UsageError, match="a run named 'demo' exists"):
        claim(order("demo", tmp_path, "0"), resume=False)
    assert runs.get("demo").state() == "done" and supervised.names() == []


def test_killed_to_the_last_it_is_failed_and_says_how(tmp_path: Path) -> None:
    code, _ = watch(order("demo", tmp_path, "kill", "kill", retries=1))
    run = runs.get("demo")
    assert code == 137 and run.state() == "failed"
    assert "the trainer was killed by SIGKILL: the system kills so when memory runs out" in str(run.ending())


def test_what_was_piped_in_is_there_for_each_life(tmp_path: Path) -> None:
    wanted = order("demo", tmp_path, "kill", "0", retries=1)
    held = claim(wanted, resume=False)
    (tmp_path / "in").write_bytes(b"records\n")
    with (tmp_path / "in").open("rb") as stream:
        held.with_stdin(spool("demo", stream))
    assert supervise(held, lambda text: None, detached=True, backoff=0.01) == 0
    assert [life[2] for life in lives(tmp_path)] == ["records", "records"]


@contextlib.contextmanager
def supervising(wanted: Order, *, backoff: float = 300.0) -> Iterator["subprocess.Popen[bytes]"]:
    """A supervisor in a process of its own."""
    script = (
        "import sys; from hfterm.train.background.claim import claim;"
        "from hfterm.train.background.wishes import Order; from hfterm.train.background.supervise import supervise;"
        f"sys.exit(supervise(claim(Order.from_text(sys.argv[1]), resume=False), print, detached=False, backoff={backoff}))"
    )
    process = subprocess.Popen([sys.executable, "-P", "-c", script, wanted.to_text()], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for life in lives(Path(wanted.argv[5])):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(life[0]), signal.SIGKILL)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_request_to_end_is_passed_on_and_is_no_crash(tmp_path: Path, number: int, code: int) -> None:
    with supervising(order("demo", tmp_path, "wait", "0", retries=3)) as process:
        until((tmp_path / "up").exists, "the trainer is up")
        process.send_signal(number)
        assert process.wait(120) == code
    assert runs.get("demo").state() == "stopped" and len(lives(tmp_path)) == 1 and supervised.names() == []


@pytest.mark.parametrize("kill", [False, True])
def test_stop_is_no_crash_either(tmp_path: Path, kill: bool) -> None:
    with supervising(order("demo", tmp_path, "wait", "0", retries=3)) as process:
        until((tmp_path / "up").exists, "the trainer is up")
        stopped = control.stop(runs.get("demo"), grace=0 if kill else None, kill=kill)
        assert (stopped.state, stopped.asked) == ("stopped", True)
        assert process.wait(120) in (137, 143)
    assert runs.get("demo").state() == "stopped" and len(lives(tmp_path)) == 1


def test_between_two_lives_it_is_queued_and_can_be_stopped_but_not_removed(tmp_path: Path) -> None:
    with supervising(order("demo", tmp_path, "kill", "0", retries=3)) as process:
        run = runs.Run("demo", paths.runs_dir() / "demo")
        until(lambda: supervised.read("demo").get("phase") == "waiting", "the first life is over")
        assert run.state() == "queued" and run.summary()["waits_for"] == "another start, try 1 of 3"
        for refused in (control.resume, removal.delete):
            with pytest.raises(UsageError, match="waits for another start"):
                refused(run)
        with pytest.raises(UsageError, match="'demo' is queued: it waits for another start"):
            check_free("demo", resume=True)
        assert control.stop(run).state == "stopped" and process.wait(120) == 143
    assert len(lives(tmp_path)) == 1 and removal.delete(run) > 0 and runs.names() == []


def test_a_supervisor_that_is_killed_leaves_the_trainer_at_work(tmp_path: Path) -> None:
    with supervising(order("demo", tmp_path, "wait", retries=3)) as process:
        until((tmp_path / "up").exists, "the trainer is up")
        process.kill()
        process.wait()
        run = runs.get("demo")
        assert run.state() == "running"
        assert control.stop(run).state == "stopped"
    assert removal.delete(run) > 0 and runs.names() == []


def test_a_queued_run_whose_supervisor_is_killed_is_lost(tmp_path: Path) -> None:
    runs.create("other", {"method": "sft", "recipe": {}})
    with supervising(order("demo", tmp_path, "0", after=("other",))) as process:
        until(lambda: supervised.read("demo").get("phase") == "waiting", "it waits")
        assert runs.get("demo").state() == "queued"
        process.kill()
        process.wait()
    run = runs.get("demo")
    assert run.state() == "lost" and str(run.ending()).startswith("lost before it began: its process")
    assert removal.delete(run) > 0 and runs.names() == ["other"] and lives(tmp_path) == []


@pytest.mark.parametrize("how", ["stop", "kill", "remove"])
def test_a_queued_run_is_ended(tmp_path: Path, how: str) -> None:
    runs.create("other", {"method": "sft", "recipe": {}})
    with supervising(order("demo", tmp_path, "0", after=("other",))) as process:
        until(lambda: supervised.read("demo").get("phase") == "waiting", "it waits")
        run = runs.get("demo")
        if how == "remove":
            removal.delete(run)
            assert runs.names() == ["other"]
        else:
            assert control.stop(run, kill=how == "kill", grace=0 if how == "kill" else None).state in (
                "stopped",
                "lost",
            )
        process.wait(120)
    assert lives(tmp_path) == []


def test_detached_it_outlives_us_and_says_why_when_it_does_not_begin(tmp_path: Path) -> None:
    wanted = order("demo", tmp_path, "wait", detach=True)
    job = detach.start(wanted, claim(wanted, resume=False))
    assert detach.await_begin(wanted, job) == "running" and control.job_of(runs.get("demo")) == job
    pid = int(lives(tmp_path)[0][0])
    assert os.getsid(pid) != os.getsid(0)
    assert control.stop(runs.get("demo")).state == "stopped" and job.wait(120) == "stopped"
    (tmp_path / "lives").unlink()

    failing = order("bad", tmp_path, "fail")
    job = detach.start(failing, claim(failing, resume=False))
    with contextlib.suppress(HftermError):  # it may be seen at work before it fails
        detach.await_begin(failing, job)
    job.wait(120)
    with pytest.raises(HftermError, match="run 'bad' did not begin: it broke") as caught:
        detach.await_begin(failing, job)
    assert caught.value.exit_code == 1 and runs.get("bad").state() == "failed"


def test_detached_and_queued(tmp_path: Path) -> None:
    runs.create("other", {"method": "sft", "recipe": {}})
    wanted = order("demo", tmp_path, "0", detach=True, after=("other",))
    said: list[str] = []
    job = detach.start(wanted, claim(wanted, resume=False))
    assert detach.await_begin(wanted, job, say=said.append) == "queued"
    assert said == ["run 'demo' is queued: it waits for run 'other'"]
    other = runs.get("other")
    other.write_status({**other.status(), "state": "done"})
    assert job.wait(120) == "done" and runs.get("demo").state() == "done"


def test_one_name_is_taken_once(tmp_path: Path) -> None:
    wanted = order("demo", tmp_path, "0")
    taken: list[Claim | Exception] = []

    def take() -> None:
        try:
            taken.append(claim(wanted, resume=False))
        except HftermError as exc:
            taken.append(exc)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in taken if isinstance(one, Claim)]) == 1
    assert all("demo" in str(one) for one in taken if isinstance(one, Exception))


def test_secrets_do_not_get_on_file(tmp_path: Path) -> None:
    argv = ("python", "-m", "hfterm", "train", "sft", "m", "--set", "hub_token=hf_abcdefghijklmnopqrst")
    wanted = Order("demo", "sft", "m", argv, order("x", tmp_path, notify="curl https://hooks/secret").wishes)
    claim(wanted, resume=False)
    text = (supervised.folder("demo") / "supervisor.json").read_text()
    assert "abcdefghij" not in text and "hooks" not in text and '"hfterm"' in text


def test_a_command_line_that_is_no_utf_8(tmp_path: Path) -> None:
    wanted = order("demo", tmp_path, "0", "\udc80")
    job = detach.start(wanted, claim(wanted, resume=False))
    assert job.wait(120) == "done"


def test_jobs_that_watch_are_jobs_like_others(tmp_path: Path) -> None:
    wanted = order("demo", tmp_path, "0")
    job = detach.start(wanted, claim(wanted, resume=False))
    assert job.wait(120) == "done" and jobs.get(job.id).title == "train sft demo"
