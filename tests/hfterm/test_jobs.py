"""Jobs are real processes here, started by processes that end before them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm import jobs
from hfterm.errors import HftermError, NotFoundError
from hfterm.processes import is_alive


@pytest.fixture(autouse=True)
def all_end(isolated: Path) -> Iterator[None]:
    yield
    for job in jobs.all_jobs():
        job.stop(kill=True)


def sh(script: str, title: str = "try it") -> jobs.Job:
    return jobs.start(["sh", "-c", script], title=title)


def test_a_job_from_start_to_end(tmp_path: Path) -> None:
    job = jobs.start(
        ["sh", "-c", "echo $WORD; pwd; echo oops >&2; read x || echo no input"],
        title="Say: a Word!",
        cwd=tmp_path,
        env={"WORD": "hello"},
    )
    assert job.wait(30) == "done" and job.exit_code() == 0
    assert job.output() == ["hello", str(tmp_path), "oops", "no input"] and job.output(1) == ["no input"]
    assert job.id[:15].replace("-", "").isdigit() and job.id.endswith("-say-a-word")
    row = job.describe()
    assert row["title"] == "Say: a Word!" and row["state"] == "done" and row["started"] < row["ended"]
    assert jobs.get(job.id) == job


def test_it_has_a_session_of_its_own_and_no_terminal() -> None:
    job = sh("ps -o sid=,tty= -p $$; sleep 60")
    while not job.output():
        time.sleep(0.01)
    session, terminal = job.output()[0].split()
    assert int(session) != os.getsid(0) and terminal == "?"
    assert job.state() == "running" and job.exit_code() is None


def test_the_end_is_written_down_when_the_starter_is_gone() -> None:
    code = (
        "import os, signal; from hfterm import jobs\n"
        "print(jobs.start(['sh', '-c', 'sleep 0.3; exit 7'], title='x').id, flush=True)\n"
        "os.killpg(0, signal.SIGKILL)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    ident = starter.communicate(timeout=60)[0].decode().strip()
    assert starter.returncode == -signal.SIGKILL
    job = jobs.get(ident)
    assert job.wait(30) == "failed" and job.exit_code() == 7


def test_stop_and_kill() -> None:
    job = sh("trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.02; done")
    stubborn = sh("trap '' TERM; echo up; sleep 300 & while :; do sleep 0.02; done")
    for each in (job, stubborn):
        while not each.output():
            time.sleep(0.01)
        assert each.stop()
    assert job.wait(30) == "done" and job.output() == ["up", "asked"] and not job.stop()
    assert stubborn.wait(0.1) == "running"
    assert stubborn.stop(kill=True) and stubborn.wait(30) == "failed" and stubborn.exit_code() == 137
    polite = sh("exec sleep 300")
    assert polite.stop() and polite.wait(30) == "stopped" and polite.exit_code() == 143


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_the_keeper_passes_signals_on(number: signal.Signals, code: int) -> None:
    job = sh("exec sleep 300")
    os.kill(job.facts()["keeper"]["pid"], number)
    assert job.wait(30) == "stopped" and job.exit_code() == code


def test_a_keeper_that_is_killed_leaves_a_lost_job() -> None:
    job = sh("echo up; exec sleep 300")
    facts = job.facts()
    os.kill(facts["keeper"]["pid"], signal.SIGKILL)
    while is_alive(facts["keeper"]["pid"]):
        time.sleep(0.01)
    assert job.state() == "running", "the command itself still runs"
    assert job.stop(kill=True) and job.wait(30) == "lost" and job.exit_code() is None


def test_what_cannot_be_run_is_a_failed_job() -> None:
    job = jobs.start(["no-such-program", "--token", "sesame"], title="x")
    assert (job.state(), job.exit_code()) == ("failed", 127)
    assert job.last_words() == "hfterm: cannot run 'no-such-program': No such file or directory"


def test_no_token_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "very-secret-value")
    secrets = ["--token", "sesame", "--api-key=mellon", "hf_abcdefghijklmnopqrstuv", "x=very-secret-value"]
    job = jobs.start(["sh", "-c", "test ${#2} = 6", "sh", *secrets], title="x")
    job.wait(30)
    written = "".join(path.read_text() for path in job.path.iterdir())
    assert not any(word in written for word in ("sesame", "mellon", "hf_abc", "very-secret"))
    assert job.state() == "done", "the command itself got them"


def test_hfterm_runs_itself() -> None:
    job = jobs.start(jobs.hfterm_argv("--version"), title="version")
    assert job.wait(60) == "done" and job.output()[0].startswith("hfterm 0.")


def test_a_relative_home_means_the_same_folder_to_the_job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HFTERM_HOME", "here")
    (tmp_path / "other").mkdir()
    job = jobs.start(["sh", "-c", "echo $HFTERM_HOME"], title="x", cwd="other")
    assert job.wait(30) == "done" and job.output() == [str(tmp_path / "here")]


def test_ids_are_unique_and_sort_by_time() -> None:
    started = [sh("true") for _ in range(3)]
    assert len({job.id for job in started}) == 3
    assert sorted(job.id for job in jobs.all_jobs()) == sorted(job.id for job in started)
    with pytest.raises(NotFoundError, match=f"did you mean '{started[0].id[:15]}"):
        jobs.get(started[0].id + "x")
    with pytest.raises(NotFoundError, match=r"no job '\.\./x'"):
        jobs.get("../x")


def test_prune_and_remove() -> None:
    running = sh("exec sleep 300", "running")
    ended = [sh("true", f"t{i}") for i in range(4)]
    for job in ended:
        job.wait(30)
    assert len(jobs.prune(keep=2)) == 2
    left = {job.id for job in jobs.all_jobs()}
    assert len(left) == 3 and running.id in left
    with pytest.raises(HftermError, match="is running; stop it first"):
        running.remove()
    assert jobs.prune(keep=0) and [job.id for job in jobs.all_jobs()] == [running.id]


def test_many_are_pruned_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(jobs.KEEP + 5):
        folder = jobs.jobs_dir() / f"20200101-0000{number:02d}-x"
        folder.mkdir(parents=True)
        (folder / "job.json").write_text('{"exit_code": 0}')
    sh("true").wait(30)
    assert len(jobs.all_jobs()) <= jobs.KEEP + 1


def test_rubbish_and_other_machines() -> None:
    assert jobs.all_jobs() == []

    def job(name: str, content: str) -> jobs.Job:
        folder = jobs.jobs_dir() / f"20260101-000000-{name}"
        folder.mkdir(parents=True)
        (folder / "job.json").write_text(content)
        return jobs.Job(folder.name, folder)

    assert job("torn", '{"id": "x", ').state() == "lost"
    assert job("list", "[1]").state() == "lost" and job("list2", "[1]").title == "20260101-000000-list2"
    here = {"host": os.uname().nodename, "started": "2020-01-01T00:00:00Z"}
    assert job("never", json.dumps(here)).state() == "lost", "its keeper never came up"
    reused = {"pid": os.getpid(), "process_started": 1000.0}
    assert job("reused", json.dumps({**here, **reused, "keeper": reused})).state() == "lost"
    away = job("away", json.dumps({"host": "elsewhere", "keeper": {"pid": 1}, "pid": 1}))
    assert away.state() == "running"
    with pytest.raises(HftermError, match="runs on elsewhere, not here"):
        away.stop()
    os.utime(away.path / "job.json", (1e9, 1e9))
    assert away.state() == "lost" and away.output() == [] and away.last_words() == ""
