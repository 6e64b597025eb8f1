"""Environments of their own for libraries whose pins conflict with ours: made once, and asked through JSON.

``<cache>/environments/NAME-KEY/`` is a virtual environment of the Python that runs here. The pinned requirements are
installed into it without what they require; that is shared from the running environment by links in ``shared/``, which
stands behind the environment's own packages on the path, so that its pins win and nothing else of ours is seen. KEY
changes with the requirements, with Python, and with the versions and places of what is shared.
"""

import contextlib
import functools
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hfterm import extras, files, isolated_child, paths
from hfterm.errors import HftermError, NetworkError, NotFoundError, OutOfMemoryError, one_line
from hfterm.progress import Progress
from hfterm.text import redact, sanitize

POLL_SECONDS = 0.1
# How long a job or an installer may take to end once it was asked to.
END_SECONDS = 5.0
_MADE, _SHARED = "made.json", "shared"
_KEY = 12
_NO_NETWORK = ("connection", "timed out", "timeout", "resolve host", "name resolution", "network", "unreachable",
               "proxy", "ssl", "retrying")  # fmt: skip
_NO_PACKAGE = ("no matching distribution", "no solution", "could not find a version", "not found in the")

_ELSEWHERE = ("VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "UV_CONSTRAINT", "UV_TARGET",
              "UV_PREFIX", "UV_OVERRIDE")  # fmt: skip


class Spec(NamedTuple):
    """An environment: its ``name``, the pinned ``requires`` that are installed, and what else they need.

    What ``shares`` names is taken from the running environment, with all that it requires, where a fitting version is
    installed; the rest of it is installed too.
    """

    name: str
    requires: tuple[str, ...]
    shares: tuple[str, ...] = ()


class _Shared(NamedTuple):
    """What is shared, by link name, and as (name, version); and the requirements that have to be installed."""

    links: dict[str, Path]
    versions: dict[str, str]
    rest: tuple[str, ...]


def folder(spec: Spec) -> Path:
    """Where the environment lies, or will lie once it is made."""
    shared = _shared(spec)
    told = [spec, sys.version, sys.implementation.cache_tag, os.path.realpath(sys.executable), shared.versions,
            sorted({str(path.parent) for path in shared.links.values()})]  # fmt: skip
    key = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:_KEY]
    return paths.cache_dir() / "environments" / f"{spec.name}-{key}"


def is_made(spec: Spec) -> bool:
    """Whether the environment is there, and whole."""
    return _whole(folder(spec))


def make(spec: Spec, progress: Progress) -> Path:
    """The environment's Python; where it is not there yet it is made, by one process at a time.

    Raises:
        NetworkError: the package registry cannot be reached. NotFoundError: it has no such package. HftermError:
        neither pip nor uv is there, they failed otherwise, or there is no space.
    """
    target = folder(spec)
    if not _whole(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.parent / f".{spec.name}.lock", progress):
            if not _whole(target):  # another process may have made it meanwhile
                _make(spec, target, progress)
    return target / "bin" / "python"


def call(
    spec: Spec, worker: Path, job: Mapping[str, Any], progress: Progress, *, doing: str,
    environment: Mapping[str, str] | None = None,
) -> Any:  # fmt: skip
    """What ``main(job)`` of the file ``worker`` gives in the environment, which is made first; all of it is JSON.

    The worker gets neither tokens nor our Python settings, and ends when this process does. ``doing`` says in words
    what it does, for the display; ``environment`` are variables to set.

    Raises:
        HftermError: it failed; the message is its exception's. OutOfMemoryError: it was killed. Else as :func:`make`.
    """
    python = make(spec, progress)
    env = {name: value for name, value in os.environ.items() if not _is_secret(name)}
    argv = [str(python), "-I", "-W", "ignore", isolated_child.__file__, "job", str(worker.absolute())]
    with progress.task(doing) as task:
        code, said, errors = _run(argv, {**env, **(environment or {})}, json.dumps(job), task.update)
    what = spec.name
    if code == -signal.SIGKILL:
        raise OutOfMemoryError(f"{what}: its process was killed", "most likely memory ran out")
    try:
        told = json.loads(said)
    except ValueError:
        last = [line for line in errors.splitlines() if line.strip()][-1:] or [f"exit {code}"]
        raise HftermError(f"{what}: {_safe(last[0])}") from None
    if "error" in told:
        raise HftermError(f"{what}: {_safe(told['error'])}")
    return told["answer"]


def _is_secret(name: str) -> bool:
    return name.upper().endswith(("TOKEN", "SECRET", "PASSWORD", "API_KEY"))


def _safe(text: str) -> str:
    return redact(sanitize(one_line(text)))[:500]


def _whole(target: Path) -> bool:
    """Whether an environment is there, its Python and all that it shares too."""
    if not (target / _MADE).is_file() or not (target / "bin" / "python").exists():
        return False
    shared = target / _SHARED
    return shared.is_dir() and all(link.exists() for link in shared.iterdir())


@contextlib.contextmanager
def _locked(path: Path, progress: Progress) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        said = False
        while True:
            try:
                stack.enter_context(files.lock(path))
                break
            except files.Locked as exc:
                if not said:
                    progress.out.note(f"waiting for the environment that another process ({exc}) makes")
                said = True
                time.sleep(POLL_SECONDS)
        yield


def _make(spec: Spec, target: Path, progress: Progress) -> None:
    """Make it beside its place, then rename it: what a killed process left is nowhere that anybody looks."""
    keys = f"{spec.name}-{'[0-9a-f]' * _KEY}"
    for left in (*target.parent.glob(f".{keys}.*.tmp"), *target.parent.glob(keys)):
        if left.name.startswith(".") or not _whole(left):
            shutil.rmtree(left, ignore_errors=True)
    shared = _shared(spec)
    names = ", ".join((*spec.requires, *shared.rest))
    progress.out.note(f"installing {names} into an environment of its own, once: {target}")
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
    try:
        import venv

        venv.create(temporary, symlinks=True, with_pip=False)
        with progress.task(f"installing {spec.name}") as task:
            _install(temporary, spec.requires, ["--no-deps"], task.update)
            if shared.rest:
                _install(temporary, shared.rest, [], task.update)
        for script in (temporary / "bin").iterdir():  # their first lines name the temporary folder
            if not script.name.startswith("python"):
                script.unlink()
        (temporary / _SHARED).mkdir()
        for name, path in shared.links.items():
            (temporary / _SHARED / name).symlink_to(path)
        # A path in a .pth file is appended, so the environment's own packages come first.
        site = next(temporary.glob("lib/python*/site-packages"))
        (site / "shared.pth").write_text(os.path.relpath(temporary / _SHARED, site) + "\n", "utf-8")
        told = {**spec._asdict(), "python": sys.version, "shared": shared.versions, "installed": shared.rest}
        (temporary / _MADE).write_text(json.dumps(told, indent=2) + "\n", "utf-8")
        temporary.replace(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _install(where: Path, wanted: Sequence[str], flags: list[str], poll: Callable[[], None]) -> None:
    """Install through the user's own package installer, as they configured it."""
    python = str(where / "bin" / "python")
    if extras.has_pip():
        tool = "pip"
        argv = [sys.executable, "-I", "-m", "pip", "--python", python, "install", "--no-input", "--no-compile",
                "--no-user", "--disable-pip-version-check", "--progress-bar=off"]  # fmt: skip
    elif uv := shutil.which("uv"):
        tool = "uv"
        argv = [uv, "pip", "install", "--python", python, "--no-progress"]
    else:
        raise HftermError("neither pip nor uv is installed here", "install one: python -m ensurepip")
    argv = [sys.executable, "-I", isolated_child.__file__, "command", *argv, *flags, *wanted]
    # What points somewhere else, or would take what lies there for installed; constraints are for our environment.
    env = {
        name: value for name, value in os.environ.items() if name not in _ELSEWHERE and not name.startswith("PYTHON")
    }
    code, said, errors = _run(argv, env, None, poll)
    if code:
        raise _error(tool, wanted, said + "\n" + errors)


def _error(tool: str, wanted: Sequence[str], said: str) -> HftermError:
    lines = [one_line(line) for line in said.splitlines() if line.strip()]
    told = [line for line in lines if line.lower().startswith("error")] or lines[-1:] or ["no message"]
    last = _safe(told[-1].partition(":")[2].strip() or told[-1])[:300]
    why = f"{tool} cannot install {', '.join(wanted)}: {last}"
    low = said.lower()
    if any(words in low for words in ("no space left", "disk quota")):
        return HftermError(why, "free some space or point HFTERM_HOME at another disk")
    if any(words in low for words in _NO_NETWORK):
        return NetworkError(
            f"the package registry cannot be reached ({why})", f"check the connection and {tool}'s configuration"
        )
    if any(words in low for words in _NO_PACKAGE):
        return NotFoundError(f"the package registry has no such package ({why})", f"check {tool}'s configuration")
    return HftermError(why)


def _run(argv: list[str], env: Mapping[str, str], line: str | None, poll: Callable[[], None]) -> tuple[int, str, str]:
    """Run :mod:`hfterm.isolated_child`; its exit code, and what it wrote to standard output and error.

    It is in a session of its own: Ctrl-C comes to us, and we pass it on.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            argv, env=env, stdin=subprocess.PIPE, stdout=out, stderr=err, start_new_session=True
        )  # fmt: skip
        assert process.stdin is not None
        try:
            if line is not None:
                with contextlib.suppress(BrokenPipeError):  # it is gone, and said why
                    process.stdin.write(line.encode() + b"\n")
                    process.stdin.flush()
            while True:
                try:
                    code = process.wait(POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    poll()
        finally:
            if process.poll() is None:
                _end(process)
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    return code, texts[0], texts[1]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Interrupt a process and all that it started; what does not end in time is killed."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@functools.cache
def _shared(spec: Spec) -> _Shared:
    """What of ``spec.shares`` can be had from the running environment."""
    own = {canonicalize_name(Requirement(text).name) for text in spec.requires}
    found: dict[str, metadata.Distribution] = {}
    rest = []
    for text in spec.shares:
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        dist = _installed(wanted.name)
        if dist is not None and wanted.specifier.contains(dist.version, prereleases=True) and _entries(dist):
            _gather(dist, own, found)
        else:
            rest.append(text)
    links: dict[str, Path] = {}
    for dist in found.values():
        links.update(_entries(dist))
    return _Shared(links, {name: dist.version for name, dist in sorted(found.items())}, tuple(rest))


def _installed(name: str) -> metadata.Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def _gather(dist: metadata.Distribution, own: set[Any], found: dict[str, metadata.Distribution]) -> None:
    """Add a distribution, and all that it requires and that is installed, but none of ``own``."""
    name = canonicalize_name(dist.metadata["Name"])
    if name in found or name in own:
        return
    found[name] = dist
    for text in dist.requires or []:
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            more = _installed(wanted.name)
            if more is not None:
                _gather(more, own, found)


def _entries(dist: metadata.Distribution) -> dict[str, Path]:
    """The files and folders of a distribution that lie directly in site-packages; none: it cannot be shared."""
    tops: dict[str, Path] = {}
    for file in dist.files or []:
        top = file.parts[0]
        if top not in ("..", "__pycache__", "/") and not top.endswith(".pth") and top not in tops:
            path = Path(str(dist.locate_file(top))).absolute()
            if path.exists():
                tops[top] = path
    return tops if any(not name.endswith((".dist-info", ".egg-info")) for name in tops) else {}
