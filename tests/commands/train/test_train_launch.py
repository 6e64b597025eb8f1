"""``hfterm train launch`` with scripts that know nothing of hfterm, in real processes."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from support.cli import Hfterm, Result

# One script for all: what it does is its first argument. It imports nothing, so that it starts at once.
WAYS = """
import os, signal, sys, time
rank, life, way = int(os.environ.get("RANK", 0)), int(os.environ.get("TORCHELASTIC_RESTART_COUNT", 0)), sys.argv[1]
say = lambda *words: os.write(1, (" ".join(map(str, words)) + "\\n").encode()); say("at work", rank, life)
def collate(rows):
    raise ValueError(f"no shape for {rows}")
if way == "wait":
    def stop(number, frame):
        say("saved", rank, number)
        sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    open(f"ready-{rank}", "w").close()
    time.sleep(600)
if way == "restart" and life:
    say("again", rank, life)
elif rank == 1:
    if way in ("fail", "restart"):
        collate(3)
    if way == "exit":
        sys.exit(7)
    if way == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
elif way != "fine":
    time.sleep(600)
"""


class Launch:
    """Scripts in a folder, and hfterm to launch them with."""

    def __init__(self, hfterm: Hfterm) -> None:
        self.hfterm, self.home = hfterm, hfterm.home
        (self.home / "ways.py").write_text(WAYS)

    def __call__(self, *args: str | Path, **more: Any) -> Result:
        return self.hfterm("train", "launch", *args, timeout=300, **more)

    def left(self) -> list[Path]:
        """Folders of launches that failed."""
        return sorted((self.home / "hfterm" / "launches").glob("*"))


@pytest.fixture
def launch(hfterm: Hfterm) -> Launch:
    return Launch(hfterm)


def test_a_script_of_accelerate_s_own_runs_on_two_processes(launch: Launch) -> None:
    result = launch("--nproc", "2", "-m", "accelerate.test_utils.scripts.test_sync")
    assert result.code == 0, result.stderr
    assert "**Test Distributed `no_sync` context manager**" in result.stdout
    assert launch.left() == []


def test_what_fails_is_said_in_one_line_with_its_own_code(launch: Launch) -> None:
    result = launch("ways.py", "--nproc", "2", "--", "fail")
    assert result.code == 1 and sorted(result.lines) == ["at work 0 0", "at work 1 0"]
    (folder,) = launch.left()
    text = folder / "life-0" / "rank-1.txt"
    assert result.stderr == (
        f"hfterm: rank 1 of 2 failed: ValueError: no shape for 3 (ways.py:6 in collate); its traceback is in {text}\n"
    )
    assert text.read_text().startswith("Traceback") and "Sending process" in (folder / "torchrun.log").read_text()

    killed = launch("--nproc", "2", "ways.py", "kill")
    assert killed.code == 137 and "hfterm: rank 1 of 2 was killed by SIGKILL; " in killed.stderr
    seven = launch("--nproc", "2", "-v", "ways.py", "exit")
    assert seven.code == 7 and "rank 1 of 2 ended with exit code 7" in seven.stderr


def test_all_start_again_when_one_fails(launch: Launch) -> None:
    result = launch("--nproc", "2", "--max-restarts", "2", "ways.py", "restart", check=0)
    assert sorted(line for line in result.lines if "again" in line) == ["again 0 1", "again 1 1"]
    assert result.stderr == (
        "hfterm: warning: rank 1 of 2 failed: ValueError: no shape for 3 (ways.py:6 in collate); "
        "all start again (restart 1 of 2)\n"
    )


def test_a_signal_is_passed_on_to_all_hosts_once_and_waited_for(launch: Launch, tmp_path: Path) -> None:
    where = ["--nodes", two_hosts(launch.home, 1)]
    env = {"PATH": f"{loopback(tmp_path)}:{os.environ['PATH']}"}
    child = launch.hfterm.popen(
        "train", "launch", *where, "ways.py", "wait", env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 200
    while not all((launch.home / f"ready-{rank}").exists() for rank in (0, 1)):
        assert child.poll() is None and time.monotonic() < until, child.communicate()
        time.sleep(0.05)
    child.send_signal(signal.SIGTERM)
    stdout, _ = child.communicate(timeout=200)
    assert child.returncode == 143
    assert sorted(line for line in stdout.decode().splitlines() if "saved" in line) == ["saved 0 15", "saved 1 15"]


def loopback(folder: Path) -> Path:
    """A folder with an ``ssh`` that runs the command here, with an environment as bare as sshd's."""
    ssh = folder / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(
        '#!/bin/sh\nwhile [ "$1" != "--" ]; do shift; done; shift; host=$1; shift\n'
        'if [ "$host" = gone ]; then echo "ssh: no route to host gone" >&2; exit 255; fi\n'
        'cd /; exec env -i PATH=/usr/bin:/bin HOME=/ sh -c "$*"\n'
    )
    ssh.chmod(0o755)
    return ssh.parent


def two_hosts(folder: Path, slots: int, second: str = "127.0.0.1") -> Path:
    file = folder / "hosts"
    file.write_text(f"localhost slots={slots}\n{second} slots={slots}\n")
    return file


def test_two_hosts_over_ssh_are_one_launch(launch: Launch, tmp_path: Path) -> None:
    env = {"PATH": f"{loopback(tmp_path)}:{os.environ['PATH']}"}
    result = launch("--nodes", two_hosts(launch.home, 1), "ways.py", "fail", env=env)
    assert result.code == 1 and sorted(result.lines) == ["at work 0 0", "at work 1 0"]
    assert "hfterm: rank 1 of 2 failed: ValueError: no shape for 3 (ways.py:6 in collate) on " in result.stderr
    gone = launch("--nodes", two_hosts(launch.home, 1, "gone"), "ways.py", "fine", env=env)
    assert gone.code == 9 and "hfterm: cannot reach gone over ssh: ssh: no route to host gone" in gone.stderr


def test_a_dry_run_says_what_would_run(launch: Launch) -> None:
    result = launch("-n", "--gpus", "none", "ways.py", "fine", "--nproc", "2", check=0)
    facts = json.loads(result.stdout)
    assert (facts["processes"], facts["device"]) == (1, "cpu")
    assert facts["command"][-6:] == ["-m", "hfterm.train.launch.child", "ways.py", "fine", "--nproc", "2"]
    assert "--nproc comes after SCRIPT, so the script gets it" in result.stderr
    assert not launch.left()
    missing = launch("none.py")
    assert (missing.code, missing.stdout) == (3, "") and "no such script: 'none.py'" in missing.stderr


def test_left_at_work_it_is_a_run_that_is_followed_and_stopped_with_all_its_processes(launch: Launch) -> None:
    hfterm, folder = launch.hfterm, launch.home / "hfterm" / "runs" / "night"
    left = launch("-d", "--name", "night", "--nproc", "2", "--gpus", "none", "ways.py", "wait", "-d", check=0)
    assert left.stdout == f"{folder}\n"
    queued = launch("--detach", "--name", "next", "--after-any", "night", "ways.py", "fine", check=0)
    assert "run 'next' is queued: it waits for run 'night'" in queued.stderr
    deadline = time.monotonic() + 240
    while not all((launch.home / f"ready-{rank}").exists() for rank in range(2)):
        assert time.monotonic() < deadline, (folder / "log.txt").read_text()
        time.sleep(0.05)
    (shown,) = (json.loads(line) for line in hfterm("train", "show", "night", check=0).lines)
    assert (shown["state"], shown["method"], shown["model"]) == ("running", "launch", "ways.py")
    assert shown["command"][-3:] == ["ways.py", "wait", "-d"] and "--name" in shown["command"]
    stopped = json.loads(hfterm("train", "stop", "night", check=0).stdout)
    assert stopped["state"] == "stopped" and not stopped["killed"]
    log = hfterm("train", "logs", "night", check=0).stdout
    assert "saved 0 15" in log and "saved 1 15" in log
    attached = hfterm("train", "attach", "next", timeout=300, check=0)
    assert attached.stdout == f"{folder.with_name('next')}\n"
    assert "at work 0 0" in hfterm("train", "logs", "next", check=0).stdout
    refused = hfterm("train", "resume", "night", check=2)
    assert "a script of your own" in refused.stderr and "start it anew: hfterm train launch" in refused.stderr
    assert "--name is for what is left at work" in launch("--name", "x", "ways.py", "fine", check=2).stderr
    assert "no such script" in launch("-d", "none.py", check=3).stderr


def test_left_at_work_its_failure_is_kept_and_told(launch: Launch) -> None:
    told = launch.home / "told"
    notify = f"echo $HFTERM_STATE $HFTERM_EXIT_CODE >> {told}"
    left = launch("-d", "--name", "bad", "--nproc", "2", "--gpus", "none", "--notify", notify, "ways.py", "exit")
    # It may have failed before the command that left it has looked.
    assert left.code in (0, 7)
    attached = launch.hfterm("train", "attach", "bad", timeout=300)
    assert attached.code == 7 and "run 'bad': failed" in attached.stderr
    deadline = time.monotonic() + 120
    while not told.exists() or not told.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert told.read_text() == "failed 7\n"
