"""Environments of their own, of a package that is made here: no registry is needed, and nothing is simulated."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
import pytest

from hfterm import isolated
from hfterm.errors import HftermError, NetworkError, NotFoundError, OutOfMemoryError
from hfterm.isolated import Spec
from hfterm.output import Output
from hfterm.processes import is_alive
from hfterm.progress import Progress

# A version of click that there never was: it must be the one that the environment sees.
SPEC = Spec("toy", ("toylib==1.5", "click==0.0.1"), ("rich>=1", "tomlkit>=999; python_version < '3'", "pyyaml"))
PATIENCE = 300


def wheel(folder: Path, name: str, version: str, code: str, requires: tuple[str, ...] = ()) -> None:
    """Write a wheel of one module."""
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {text}\n" for text in requires)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as made:
        made.writestr(f"{name}.py", code)
        made.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


@pytest.fixture
def packages(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place that packages are taken from."""
    folder = isolated / "wheels"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    wheel(folder, "toylib", "1.5", "VERSION = '1.5'\n", ("torch==0.0.1",))
    wheel(folder, "click", "0.0.1", "OURS = False\n")
    return folder


def quiet() -> Progress:
    return Progress(Output(quiet=True, stderr=io.StringIO()))


def worker(folder: Path, code: str) -> Path:
    path = folder / "worker.py"
    path.write_text(code)
    return path


def call(path: Path, job: Any = None, spec: Spec = SPEC) -> Any:
    return isolated.call(spec, path, job or {}, quiet(), doing="working")


def environments(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "hfterm" / "cache" / "environments").iterdir())


def test_its_pins_win_and_nothing_else_of_ours_is_seen(packages: Path, tmp_path: Path) -> None:
    code = """
import importlib.util, sys
from importlib import metadata
def main(job):
    import click, rich, toylib, yaml
    print("noise of a library")
    return {
        "toylib": toylib.VERSION, "click": click.OURS, "click_version": metadata.version("click"),
        "rich": rich.__file__, "rich_version": metadata.version("rich"), "job": job,
        "seen": [name for name in ("hfterm", "pytest", "torch", "pip") if importlib.util.find_spec(name)],
        "flags": sys.flags.isolated,
    }
"""
    said = io.StringIO()
    made = isolated.call(SPEC, worker(tmp_path, code), {"a": "ü"}, Progress(Output(stderr=said)), doing="working")
    place = isolated.folder(SPEC)
    assert made.pop("rich").startswith(str(place / "shared"))
    assert made == {
        "toylib": "1.5", "click": False, "click_version": "0.0.1", "rich_version": metadata.version("rich"),
        "job": {"a": "ü"}, "seen": [], "flags": 1,
    }  # fmt: skip
    assert said.getvalue().startswith(
        f"installing toylib==1.5, click==0.0.1 into an environment of its own, once: {place}"
    )
    # What ours require comes along; that the pins' own requirements cannot be met is no matter.
    assert (place / "shared" / "pygments").exists() and not (place / "shared" / "click").exists()
    # The next one is there at once, and needs no packages.
    for path in packages.iterdir():
        path.unlink()
    before = place.stat().st_ino
    assert call(worker(tmp_path, "def main(job): return job['n'] + 1"), {"n": 1}) == 2
    assert place.stat().st_ino == before


def test_what_is_not_here_is_installed_too(packages: Path, tmp_path: Path) -> None:
    wheel(packages, "onlythere", "2.0", "import toyneeds\n", ("toyneeds",))
    wheel(packages, "toyneeds", "1.0", "N = 3\n")
    spec = SPEC._replace(shares=("onlythere>=2", "rich"))
    assert call(worker(tmp_path, "def main(job):\n import onlythere\n return onlythere.toyneeds.N"), spec=spec) == 3
    assert isolated.folder(spec) != isolated.folder(SPEC)


def test_failures_are_told_in_one_line(packages: Path, tmp_path: Path) -> None:
    with pytest.raises(
        NotFoundError, match=r"no such package \(pip cannot install .*nowhere==3.*No matching distribution"
    ):
        isolated.make(SPEC._replace(requires=("nowhere==3",)), quiet())
    raises = worker(
        tmp_path, "def main(job):\n raise ValueError('no such\\nthing hf_abcdefghijklmnopqrstuvwxyz012345')"
    )
    with pytest.raises(HftermError, match=r"^toy: ValueError: no such thing hf_\*\*\*$"):
        call(raises)
    with pytest.raises(HftermError, match=r"toy: .*SyntaxError"):
        call(worker(tmp_path, "def main(job: return"))
    with pytest.raises(HftermError, match="toy: what C code says last"):
        code = "import os\ndef main(job):\n os.write(2, b'first\\nwhat C code says last\\n')\n os._exit(3)"
        call(worker(tmp_path, code))
    with pytest.raises(OutOfMemoryError, match="was killed"):
        call(worker(tmp_path, "import os\ndef main(job): os.kill(os.getpid(), 9)"))
    # Nothing half-made is left but the lock.
    assert environments(tmp_path) == [".toy.lock", isolated.folder(SPEC).name]


def test_a_registry_that_cannot_be_reached(packages: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://ann:s3cretword@127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(NetworkError, match="registry cannot be reached") as caught:
        isolated.make(SPEC._replace(requires=("nowhere==3",)), quiet())
    assert "s3cretword" not in str(caught.value)
    assert environments(tmp_path) == [".toy.lock"]


def test_neither_secrets_nor_our_settings_go_along(
    packages: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_x")
    # What lies on our own path is not taken for installed.
    with zipfile.ZipFile(packages / "toylib-1.5-py3-none-any.whl") as made:
        made.extractall(tmp_path / "elsewhere")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "target"))
    code = "import os, toylib\ndef main(job): return [os.environ.get('HF_TOKEN'), toylib.__file__]"
    token, file = call(worker(tmp_path, code))
    assert token is None and file.startswith(str(isolated.folder(SPEC)))


def test_what_is_damaged_is_made_again(packages: Path, tmp_path: Path) -> None:
    asks = worker(tmp_path, "def main(job):\n import yaml\n return 1")
    assert call(asks) == 1
    (isolated.folder(SPEC) / "shared" / "yaml").unlink()
    (isolated.folder(SPEC) / "shared" / "yaml").symlink_to(tmp_path / "gone")
    assert not isolated.is_made(SPEC)
    assert call(asks) == 1 and isolated.is_made(SPEC)


MAKER = """
import os, sys, time
from hfterm import isolated
from hfterm.output import Output
from hfterm.progress import Progress
spec = isolated.Spec(*map(lambda v: tuple(v) if isinstance(v, list) else v, __import__("json").loads(sys.argv[1])))
print(isolated.make(spec, Progress(Output())), flush=True)
"""


def maker() -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-P", "-c", MAKER, json.dumps(SPEC)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_two_at_once_make_one(packages: Path, tmp_path: Path) -> None:
    both = [maker(), maker()]
    answers = [process.communicate(timeout=PATIENCE) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert answers[0][0] == answers[1][0] == f"{isolated.folder(SPEC)}/bin/python\n".encode()
    assert sum(b"once: " in said for _, said in answers) == 1
    assert environments(tmp_path) == [".toy.lock", isolated.folder(SPEC).name]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_build_that_is_ended_half_way_leaves_nothing_in_use(packages: Path, tmp_path: Path, number: int) -> None:
    # Its installer waits for a package that never comes: a FIFO that nobody writes.
    whole = (packages / "toylib-1.5-py3-none-any.whl").read_bytes()
    (packages / "toylib-1.5-py3-none-any.whl").unlink()
    os.mkfifo(packages / "toylib-1.5-py3-none-any.whl")
    first = maker()
    place, deadline = isolated.folder(SPEC), time.monotonic() + PATIENCE
    children: list[int] = []
    while not children:
        assert first.poll() is None and time.monotonic() < deadline
        children = installers(first.pid)
        time.sleep(0.05)
    first.send_signal(number)
    first.communicate(timeout=PATIENCE)
    while any(map(is_alive, children)):  # the installer ends with it
        assert time.monotonic() < deadline
        time.sleep(0.05)
    left = [name for name in environments(tmp_path) if name.endswith(".tmp")]
    assert not isolated.is_made(SPEC) and not place.exists()
    assert len(left) == (number == signal.SIGKILL)
    (packages / "toylib-1.5-py3-none-any.whl").unlink()
    (packages / "toylib-1.5-py3-none-any.whl").write_bytes(whole)
    isolated.make(SPEC, quiet())
    assert environments(tmp_path) == [".toy.lock", place.name]


def test_a_worker_ends_with_who_asked(packages: Path, tmp_path: Path) -> None:
    isolated.make(SPEC, quiet())
    told = tmp_path / "pid"
    code = (
        f"import os, time\ndef main(job):\n open({str(told)!r}, 'w').write(str(os.getpid()) + '.')\n time.sleep(10000)"
    )
    asks = MAKER.replace(
        "print(isolated.make(spec,", "print(isolated.call(spec, __import__('pathlib').Path(sys.argv[2]), {},"
    )
    asks = asks.replace("Progress(Output()))", "Progress(Output()), doing='working')")
    argv = [sys.executable, "-P", "-c", asks, json.dumps(SPEC), str(worker(tmp_path, code))]
    for number in (signal.SIGKILL, signal.SIGINT):
        told.unlink(missing_ok=True)
        with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + PATIENCE
            while not (told.exists() and told.read_text().endswith(".")):
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
            pid = int(told.read_text()[:-1])
            process.send_signal(number)
            process.wait(PATIENCE)
        while is_alive(pid):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def installers(parent: int) -> list[int]:
    """The processes that a process started, and they in turn, once one of them is the installer itself."""
    found = psutil.Process(parent).children(recursive=True)
    for process in found:
        with contextlib.suppress(psutil.Error):
            line = process.cmdline()
            if "install" in line and not any("isolated_child" in word for word in line):
                return [one.pid for one in found]
    return []
