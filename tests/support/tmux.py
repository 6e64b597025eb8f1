"""A tmux server of one's own: what its pane shows, keys to it, terminals attached to it."""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

# Training on a loaded machine takes its time; what is right never waits so long.
PATIENCE_SECONDS = 600.0


class Tmux:
    """One server with at most one session, ``watch``. ``env`` is that of the server and of what it starts."""

    def __init__(self, socket: Path, env: Mapping[str, str]) -> None:
        self._socket, self._env = socket, dict(env)

    def argv(self, *words: str) -> list[str]:
        """A call of tmux for this server, without the user's settings."""
        return ["tmux", "-u", "-f", "/dev/null", "-S", str(self._socket), *words]

    def __call__(self, *words: str) -> str:
        """Give tmux a command; what it says."""
        done = subprocess.run(self.argv(*words), env=self._env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"tmux {' '.join(words)}: {done.stderr}"
        return done.stdout

    def start(self, argv: Sequence[str], *, cwd: Path, size: tuple[int, int] = (120, 40)) -> None:
        """Start a program in a new session that no terminal is attached to."""
        columns, lines = map(str, size)
        self("new-session", "-d", "-s", "watch", "-x", columns, "-y", lines, "-c", str(cwd), *argv)

    def screen(self) -> str:
        """What the pane shows; empty when there is none (any more)."""
        argv = self.argv("capture-pane", "-p", "-t", "watch")
        return subprocess.run(argv, env=self._env, capture_output=True, text=True, timeout=60).stdout

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: ``Enter``, ``Escape``, ``q``."""
        self("send-keys", "-t", "watch", *keys)

    def type(self, text: str) -> None:
        """Type a text, letter by letter."""
        self("send-keys", "-t", "watch", "-l", text)

    def alive(self) -> bool:
        """Whether the session is there."""
        argv = self.argv("has-session", "-t", "watch")
        return subprocess.run(argv, env=self._env, capture_output=True, timeout=60).returncode == 0

    def until(self, true: Callable[[str], object], what: str) -> str:
        """Look at the pane until ``true(screen)``; the screen then."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not true(screen := self.screen()):
            assert time.monotonic() < end, f"{what}: not seen\n{screen}"
            time.sleep(0.1)
        return screen

    def see(self, *texts: str) -> str:
        """Wait until the pane shows all of these."""
        return self.until(lambda screen: all(text in screen for text in texts), " and ".join(map(repr, texts)))


@contextlib.contextmanager
def tmux(env: Mapping[str, str]) -> Iterator[Tmux]:
    """A server on a socket of its own, killed in the end. Sockets have short names, so not under ``tmp_path``."""
    folder = tempfile.mkdtemp(prefix="tm")
    server = Tmux(Path(folder) / "s", env)
    try:
        yield server
    finally:
        subprocess.run(server.argv("kill-server"), env=dict(env), capture_output=True, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)
