"""Open a store and serve it until a signal says stop."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.errors import NotFoundError, UsageError
from hfterm.paths import hub_cache

LOOPBACK = ("127.0.0.1", "::1", "localhost")
# How long running answers may go on after a signal.
FAREWELL_SECONDS = 3
KEEP_ALIVE_SECONDS = 75


class Serving(NamedTuple):
    """What is served, and where."""

    url: str
    host: str
    port: int
    folder: str
    kind: str
    writable: bool
    xet: bool
    token: bool

    def facts(self) -> dict[str, Any]:
        """As a record."""
        return self._asdict()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        UsageError: the port is taken, or the address is not one of this machine.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, proto)
    except socket.gaierror as exc:
        raise UsageError(f"no such address: {host!r} ({exc.strerror})") from exc
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(address)
        sock.listen(512)
    except OSError as exc:
        sock.close()
        import errno

        if exc.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is in use", "choose another with --port, or 0 for any free one") from exc
        if exc.errno == errno.EACCES:
            raise UsageError(f"port {port} may not be opened by this user", "choose one above 1023") from exc
        raise UsageError(f"cannot listen on {host} port {port}: {(exc.strerror or str(exc)).lower()}") from exc
    return sock


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _own(host: str) -> str:
    """The address by which this process reaches itself."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)


def _reachable(host: str) -> str:
    """An address by which others reach a host that listens on all of its own."""
    if host not in ("0.0.0.0", "::", ""):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells which address would be used
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _connect_xet(share: Any, address: str) -> None:
    from hfterm.hub.share.xet_reader import XetReader
    from hfterm.hub.share.xet_routes import make_token

    xet = share.store.xet
    xet.reader = XetReader(f"{address}/_xet/{xet.identity}", lambda: make_token(share, "read"))


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    from ipaddress import ip_address

    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    folder: Path | None,
    *,
    host: str = "127.0.0.1",
    port: int = 8777,
    token_file: str | None = None,
    writable: bool | None = None,
    xet: bool = True,
    ready: Callable[[Serving], None],
    log: Callable[[str], None],
    warn: Callable[[str], None],
    problem: Callable[[str, BaseException], None],
) -> None:
    """Serve a folder until SIGINT or SIGTERM, which are then raised as usual.

    ``folder`` is a Hub cache, a store, a folder of repositories, or a new one to write to; None: the user's
    own cache. ``writable`` None: as the folder is.
    ``token_file``: see :func:`hfterm.hub.share.auth.read_tokens`. ``ready`` is told once requests are
    answered, ``log`` one line a request, ``problem`` what failed in the server itself.

    Raises:
        UsageError: the address, the token file or the folder cannot be used so.
        MissingExtraError: starlette or uvicorn is missing.
    """
    if not is_loopback(host) and token_file is None:
        raise UsageError(f"--host {host} lets other machines in, and that needs --token-file")
    if folder is None:
        folder = hub_cache()
        if writable:
            raise UsageError("--writable needs --dir: a store of its own, not the Hub cache")
        if not folder.is_dir():
            raise NotFoundError(f"there is no Hub cache yet: {str(folder)!r}", "name a folder with --dir")
    extras.check("serve", "starlette", "uvicorn")
    from hfterm.hub.share.auth import Tokens, read_tokens, readable_by_others
    from hfterm.hub.share.context import Share
    from hfterm.hub.share.open import open_store

    tokens = Tokens()
    if token_file is not None:
        tokens = read_tokens(token_file)
        if readable_by_others(token_file):
            warn(f"other users can read {token_file!r}; chmod 600 it")
    sock = listen(host, port)  # first: a port that is taken must not leave a new store behind
    try:
        store = open_store(folder, writable=writable, xet=xet, note=warn)
    except BaseException:
        sock.close()
        raise
    bound = sock.getsockname()[1]
    serving = Serving(
        f"http://{_in_url(_reachable(host))}:{bound}",
        host,
        bound,
        os.fspath(store.folder),
        store.what,
        store.writable,
        store.xet is not None,
        token_file is not None,
    )
    share = Share(store, tokens)
    if store.xet is not None:
        _connect_xet(share, f"http://{_in_url(_own(host))}:{bound}")
    try:
        _run(share, sock, lambda: ready(serving), log, problem)
    finally:
        sock.close()
        store.close()


def _run(
    share: Any,
    sock: socket.socket,
    ready: Callable[[], None],
    log: Callable[[str], None],
    problem: Callable[[str, BaseException], None],
) -> None:
    import logging

    import uvicorn

    from hfterm.hub.share.app import make_app
    from hfterm.hub.share.patience import Connection

    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio"):
        logging.getLogger(name).addHandler(logging.NullHandler())  # else Python prints its warnings on stderr
        logging.getLogger(name).propagate = False
    config = uvicorn.Config(
        make_app(share, log, problem),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http=Connection,
        loop="asyncio",
        interface="asgi3",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=FAREWELL_SECONDS,
        limit_concurrency=_most_connections(),
        h11_max_incomplete_event_size=64 * 1024,
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

    Server(config).run(sockets=[sock])


def _most_connections() -> int:
    """As many as there are file handles for, two each."""
    try:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 4096 if hard == resource.RLIM_INFINITY else min(hard, 4096)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    except (ImportError, ValueError, OSError):
        return 256
    return max(16, (min(soft, 8192) - 64) // 2)
