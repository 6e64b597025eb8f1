"""What each process runs first, in real processes: without torch, so it is cheap."""

import json
import os
import subprocess
import sys
from pathlib import Path

from hfterm.train.launch.child import CHILD, FOLDER, PARENT, PLAIN, files

SCRIPT = """
import os, pickle, sys
class Thing: pass
print(json := [sys.argv, __name__, __file__, sys.path[0], sorted(set(os.environ) & {"RANK", "WORLD_SIZE"})])
assert type(pickle.loads(pickle.dumps(Thing()))) is Thing
def inner():
    raise ValueError("first line\\nwith token hf_abcdefghijklmnopqrstuvwxyz0123456789")
if "fail" in sys.argv:
    inner()
"""


def run(folder: Path, *args: str, **env: str) -> "subprocess.CompletedProcess[str]":
    variables = {**os.environ, FOLDER: str(folder / "last"), PARENT: str(os.getpid()), "RANK": "1", **env}
    variables.pop("PYTHONSAFEPATH", None)
    argv = [sys.executable, "-P", "-m", CHILD, *args]
    # -P is for this call only: the script's own folder comes first on its path, as under python.
    argv.remove("-P")
    return subprocess.run(argv, env=variables, cwd=folder, capture_output=True, text=True, timeout=60)


def test_a_script_runs_as_by_python_itself(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "t.py").write_text(SCRIPT)
    done = run(tmp_path, "sub/t.py", "a", "--b", WORLD_SIZE="2")
    assert done.returncode == 0, done.stderr
    seen = ["sub/t.py", "a", "--b"], "__main__", "sub/t.py", str(tmp_path / "sub"), ["RANK", "WORLD_SIZE"]
    assert done.stdout == f"{list(seen)}\n"
    alone = run(tmp_path, "sub/t.py", WORLD_SIZE="1", **{PLAIN: "1"})
    assert alone.stdout.endswith("[]]\n")


def test_a_module_runs_as_by_python_m(tmp_path: Path) -> None:
    (tmp_path / "mod.py").write_text(SCRIPT)
    done = run(tmp_path, "-m", "mod", "x")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"[['{tmp_path / 'mod.py'}', 'x'], '__main__'")


def test_an_exception_goes_to_files_and_not_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text(SCRIPT)
    done = run(tmp_path, "t.py", "fail", TORCHELASTIC_RESTART_COUNT="2")
    assert (done.returncode, done.stderr) == (1, "")
    facts, text = files(tmp_path / "last", 2, 1)
    told = json.loads(facts.read_text())
    assert (told["rank"], told["type"], told["where"], told["oom"]) == (1, "ValueError", "t.py:7 in inner", False)
    assert told["message"].startswith("first line with token") and "hf_abc" not in told["message"] + text.read_text()
    assert text.read_text().startswith('Traceback (most recent call last):\n  File "t.py", line 9, in <module>')


def test_exit_codes_memory_and_wrong_syntax(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text("import sys\nsys.exit(7)\n")
    assert run(tmp_path, "t.py").returncode == 7
    (tmp_path / "t.py").write_text("raise RuntimeError('CUDA error: out of memory')\n")
    assert run(tmp_path, "t.py").returncode == 1
    facts, _ = files(tmp_path / "last", 0, 1)
    assert json.loads(facts.read_text())["oom"] is True
    (tmp_path / "t.py").write_text("x = 1\nif x\n")
    assert run(tmp_path, "t.py").returncode == 1
    assert json.loads(facts.read_text())["where"] == "t.py:2"


def test_a_script_that_accelerate_ran_alone_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text("from accelerate import PartialState\nprint(PartialState().num_processes)\n")
    done = run(tmp_path, "t.py", WORLD_SIZE="2")
    assert (done.returncode, done.stdout) == (6, "1\n")
    facts, _ = files(tmp_path / "last", 0, 1)
    said = json.loads(facts.read_text())["message"]
    assert said.startswith("the script was to run on 2 processes together, and accelerate made 1 of it in each")


def test_a_process_does_not_outlive_its_launcher(tmp_path: Path) -> None:
    (tmp_path / "t.py").write_text("print('began', flush=True)\nimport time\ntime.sleep(600)\n")
    (tmp_path / "launcher.py").write_text(
        "import os, subprocess, sys\n"
        f"os.environ['{PARENT}'] = str(os.getpid())\n"
        f"child = subprocess.Popen([sys.executable, '-m', '{CHILD}', 't.py'], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\nprint(child.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    env = {k: v for k, v in os.environ.items() if k != FOLDER}
    done = subprocess.run(
        [sys.executable, "launcher.py"], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60
    )
    pid = int(done.stdout)
    try:
        os.waitid(os.P_PID, pid, os.WEXITED)  # ours where we reap orphans
    except ChildProcessError:
        until = 600
        while until and Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
            until -= 1
            subprocess.run(["sleep", "0.1"])
        assert until
