"""Where the dashboard gets what it shows: the library's own samplers, or pretend ones for ``--demo`` and tests."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hfterm.chat.store import Store
    from hfterm.inference.engine import Engine
    from hfterm.monitor.machine import MachineSample


class MachineSource(Protocol):
    """Devices, processes and the host."""

    def poll(self) -> "MachineSample":
        """Look once; may take long, runs in a thread of its own."""
        ...


class RunsSource(Protocol):
    """Training runs; the elements are :class:`hfterm.tracking.followed.Followed`."""

    def poll(self) -> list[Any]:
        """Look once; runs in a thread of its own."""
        ...


class ChatSource(Protocol):
    """Saved conversations, and engines that answer."""

    def store(self) -> "Store":
        """The sessions."""
        ...

    def engine(self, model: str) -> "Engine":
        """What answers as ``model``: a reference or an URL."""
        ...

    def models(self) -> list[str]:
        """Models worth offering: finished runs, cached models."""
        ...


@dataclass
class Sources:
    """Everything the dashboard reads. ``clock`` gives unix seconds."""

    machine: MachineSource
    runs: RunsSource
    chat: ChatSource
    clock: Callable[[], float] = time.time
    pretend: bool = False
    folders: Sequence[Path] = field(default_factory=tuple)


class _Later:
    """A source that is imported and made by its first poll, in the sampler's thread: the first frame waits for none."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def poll(self) -> Any:
        if self._made is None:
            self._made = self._make()
        return self._made.poll()


class _Chat:
    """Chats as ``hfterm chat`` keeps and answers them."""

    def __init__(self, device: str) -> None:
        self._device = device

    def store(self) -> "Store":
        from hfterm.chat.store import Store

        return Store()

    def engine(self, model: str) -> "Engine":
        from hfterm.inference.engine import open_engine

        return open_engine(model, device=self._device)

    def models(self) -> list[str]:
        from hfterm.completion.values import complete

        return [*sorted(complete("models", "run:")), *complete("models", "")]


class _PretendChat:
    """A chat with nobody, kept for as long as the dashboard runs."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def store(self) -> "Store":
        import shutil
        import tempfile
        import weakref

        from hfterm.chat.store import Store
        from hfterm.dashboard.pretend_chats import fill

        fresh = self._folder is None
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="hfterm-demo-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        store = Store(self._folder / "chats.db")
        if fresh:
            fill(store)
        return store

    def engine(self, model: str) -> "Engine":
        from hfterm.inference.pretend import PretendEngine

        return PretendEngine(name=model)

    def models(self) -> list[str]:
        return ["demo-7b-instruct"]


def real(folders: Sequence[Path] = (), device: str = "auto") -> Sources:
    """The machine we are on, its runs (and those in ``folders``), its chats."""

    def machine() -> Any:
        from hfterm.monitor.machine import Machine

        return Machine()

    def book() -> Any:
        from hfterm.tracking.book import Book

        return Book(folders)

    return Sources(_Later(machine), _Later(book), _Chat(device), folders=tuple(folders))


def pretend(clock: Callable[[], float] = time.time) -> Sources:
    """Eight pretend GPUs, a pretend training run and a pretend chat; nothing of this machine is read or changed."""

    def machine() -> Any:
        from hfterm.monitor.pretend import PretendMachine

        return PretendMachine(clock)

    def book() -> Any:
        from hfterm.tracking.pretend import PretendBook

        return PretendBook(clock)

    return Sources(_Later(machine), _Later(book), _PretendChat(), clock, pretend=True)
