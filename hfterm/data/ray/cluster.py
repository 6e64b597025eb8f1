"""A Ray cluster for as long as a command runs: one that is there, or a small one on this machine."""

import contextlib
import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any

from hfterm import extras
from hfterm.data.engine import cores
from hfterm.errors import AccessError, HftermError, NetworkError, Terminated, UsageError, one_line

# A cluster that is there answers sooner, also over a slow line.
_CONNECT_SECONDS = 10.0
# Ray speaks HTTP/2, where both sides begin with their settings (RFC 9113, 3.4 and 6.5).
_SETTINGS = b"\x04"
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0" + _SETTINGS + b"\0" * 5
# The names of Ray's sockets are so long, and a socket's path has 107 bytes at most (unix(7)).
_SOCKET_CHARS = 66
_MOST_CHARS = 107


class Cluster:
    """A cluster that this process has joined; ``cpus`` of it."""

    def __init__(self, ray: Any) -> None:
        self.ray = ray
        self.cpus = max(1, int(ray.cluster_resources().get("CPU", 1)))

    @property
    def ahead(self) -> int:
        """So many tasks are under way: enough that no processor waits, few enough for the memory."""
        return 2 * self.cpus + 2

    def get(self, ref: Any, what: str) -> Any:
        """What a task returned; ``what`` it was at, for the message.

        Raises:
            HftermError: it died, or a machine did. OutOfMemoryError. NetworkError: the cluster is gone.
        """
        try:
            return self.ray.get(ref)
        except self.ray.exceptions.RayError as exc:
            raise failed(self.ray, exc, what) from exc


def failed(ray: Any, exc: Exception, what: str) -> HftermError:
    """The error that one of Ray's own means."""
    from hfterm.errors import OutOfMemoryError

    kinds = ray.exceptions
    if isinstance(exc, kinds.OutOfMemoryError):
        return OutOfMemoryError(f"Ray ended a task at {what}: memory ran out", "give the cluster more memory")
    if isinstance(exc, kinds.WorkerCrashedError | kinds.NodeDiedError):
        return HftermError(f"a task of Ray died at {what}", "where memory ran out: give the cluster more")
    if isinstance(exc, kinds.RayTaskError):
        said = one_line(str(exc.cause if getattr(exc, "cause", None) is not None else exc).splitlines()[-1])
        hint = "every machine of the cluster needs the same hfterm[ray]" if "hfterm" in said else None
        return HftermError(f"a task of Ray failed at {what}: {said}", hint)
    text = one_line(str(exc).split("\n\n")[0])
    return NetworkError(f"Ray failed at {what}: {text[:300]}")


@contextlib.contextmanager
def cluster(address: str | None = None, *, verbose: bool = False, prints: bool = False) -> Iterator[Cluster]:
    """Join the cluster at ``address`` (``host:port``, ``auto``; None: ``RAY_ADDRESS``, else a cluster of our own).

    ``verbose``: Ray may say what it does, on standard error. ``prints``: so may the functions that it runs.

    Raises:
        MissingExtraError: Ray is not installed. NetworkError: nothing answers. UsageError: no address.
    """
    extras.check("ray", "ray")
    address = address or os.environ.get("RAY_ADDRESS") or None
    if address not in (None, "auto", "local"):
        assert address is not None
        _reachable(address)
    own = address in (None, "local")
    on_term = signal.getsignal(signal.SIGTERM)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_environment(own))
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))  # Ray prints; rows go to the stream from before
        stack.enter_context(warnings.catch_warnings())
        if not verbose:
            warnings.simplefilter("ignore")
        import ray

        how: dict[str, Any] = {
            "log_to_driver": verbose or prints,
            "logging_level": logging.INFO if verbose else logging.CRITICAL,
        }
        if own:
            folder = _folder()
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            how |= {"address": "local", "num_cpus": cores(), "include_dashboard": False, "_temp_dir": folder}
        else:
            how["address"] = address
        stack.callback(ray.shutdown)
        said: list[str] = []
        try:
            with contextlib.nullcontext() if verbose else _hushed(said):
                ray.init(**how)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError, ray.exceptions.RayError) as exc:
            where = "a Ray cluster on this machine" if own else f"the Ray cluster at {address}"
            if any("Unauthenticated" in text for text in said) or isinstance(exc, ray.exceptions.AuthenticationError):
                hint = "set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN to the cluster's"
                raise AccessError(f"{where} wants a token", hint) from exc
            raise NetworkError(f"cannot join {where}: {one_line(str(exc).splitlines()[0])}") from exc
        terminated = []

        def terminate(*given: Any) -> None:
            # Ray has put its own handler there; and while it waits, it lets no other exception through than this.
            terminated.append(True)
            raise KeyboardInterrupt

        with contextlib.suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGTERM, terminate)
            stack.callback(signal.signal, signal.SIGTERM, on_term)
        try:
            yield Cluster(ray)
        except KeyboardInterrupt:
            if terminated:
                raise Terminated from None
            raise


@contextlib.contextmanager
def _environment(own: bool) -> Iterator[None]:
    """What Ray reads from the environment; what the user has set there stays."""
    want = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
        "RAY_DEDUP_LOGS": "0",
        "RAY_COLOR_PREFIX": "0",
    }
    if own and "RAY_AUTH_MODE" not in os.environ and "RAY_AUTH_TOKEN" not in os.environ:
        # Nobody else may run anything on our cluster; Ray would keep a token in the home folder.
        want |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    new = [name for name in want if name not in os.environ]
    os.environ.update({name: want[name] for name in new})
    try:
        yield
    finally:
        for name in new:
            os.environ.pop(name, None)


@contextlib.contextmanager
def _hushed(said: list[str]) -> Iterator[None]:
    """Keep what Ray's compiled half says on standard error to ourselves, in ``said``."""
    sys.stderr.flush()
    before = os.dup(2)
    with tempfile.TemporaryFile() as spool:
        os.dup2(spool.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(before, 2)
            os.close(before)
            spool.seek(0)
            said.append(spool.read(1 << 20).decode("utf-8", "replace"))


def _reachable(address: str) -> None:
    """Look whether something listens: Ray itself waits for minutes, and ends the process then."""
    host, colon, port = address.rpartition(":")
    if "://" in address or not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"--ray-address {address!r}: auto or host:port is wanted", "such as 10.0.0.5:6379")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _CONNECT_SECONDS) as line:
            line.sendall(_HELLO)
            with line.makefile("rb") as stream:
                answer = stream.read(4)
    except OSError as exc:
        why = exc.strerror or str(exc) or type(exc).__name__
        raise NetworkError(f"no Ray cluster answers at {address}: {one_line(why).lower()}") from exc
    # The type of the first frame; with TLS, which Ray can be told to use, it cannot be seen from here.
    if answer[3:] != _SETTINGS and os.environ.get("RAY_USE_TLS", "0").lower() in ("", "0", "false"):
        raise NetworkError(f"what answers at {address} is no Ray cluster", "is it the port of its head, mostly 6379?")


def _folder() -> str:
    """A folder for Ray's files whose name leaves room for those of its sockets."""
    parent = tempfile.gettempdir()
    if len(os.fsencode(parent)) + len("/hfray-12345678/") + _SOCKET_CHARS > _MOST_CHARS:
        parent = "/tmp"
    return tempfile.mkdtemp(prefix="hfray-", dir=parent)
