"""The processes of a run on several nodes, whether or not these share the folder that the run lies in.

A node that does not see the folder gets a copy of what its processes read (recipe, data that the run keeps, template)
in ``<state>/away/RUN-NODE``. There its processes write their part of each checkpoint: random state and sums, and the
shares of a model that is shared out. Those parts are brought to the first process, which alone seals checkpoints; to
go on, it hands the whole checkpoint out. The transformers' Trainer would leave the parts where they are, and resume
without them.
"""

import contextlib
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hfterm import paths
from hfterm.errors import CheckFailedError, HftermError
from hfterm.output import Output
from hfterm.runs import Run
from hfterm.train import checkpoints
from hfterm.train.together import Together

# Of a run's folder, what other nodes need not have.
_NOT_SENT = ("checkpoints", "output", "launch", "events.jsonl", "lock", "rank.lock")
_PIECE = 16 * 2**20
Listed = list[tuple[str, int]]


class Site(Together):
    """As :class:`Together`. ``away``: this node does not share the run's folder, and ``run`` is its copy."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        # The first process of each node that does not share the folder, and the names of these nodes.
        self._leads: list[int] = []
        self._copy = Path()
        self._hosts: list[str] = []

    def meet(self, folder: Path, changes: dict[str, Any]) -> tuple[Run, dict[str, Any], dict[str, Any]]:
        """The run that the first process was given, its ``run.json``, and the changes to its recipe.

        Raises:
            CheckFailedError: the first process does not see the run's folder.
        """
        word = secrets.token_hex(8)
        seen = folder / "launch" / f"seen-{word}"
        facts: dict[str, Any] = {}
        if self.first:
            run = Run(folder.name, folder)
            facts = run.facts()
            if not facts or not seen.parent.is_dir():
                raise CheckFailedError(
                    f"{socket.gethostname()}, the first node, does not see the run's folder {str(folder)!r}",
                    "start the run on the first node of the file, or keep runs ($HFTERM_HOME) on a disk that all share",
                )
            seen.touch()
        folder, word, facts, changes = self.same((folder, word, facts, changes))
        seen = folder / "launch" / f"seen-{word}"
        self.away = not self.first and not seen.exists()
        lead = self.away and os.environ.get("LOCAL_RANK", "0") == "0"
        said = self.gather(socket.gethostname() if lead else None)
        self._leads = [rank for rank, host in enumerate(said) if host is not None]
        self._hosts = [host for host in said if host is not None]
        self._copy = paths.state_dir().absolute() / "away" / f"{folder.name}-{os.environ.get('GROUP_RANK', '0')}"
        run = Run(folder.name, self._copy if self.away else folder)
        if self._leads:
            self._send_copy(folder)
        self.wait()
        if self.first:
            seen.unlink(missing_ok=True)
        return run, facts, changes

    def say(self, out: Output) -> None:
        """Say which nodes do not share the run's folder."""
        if self._hosts:
            out.note(
                f"{', '.join(self._hosts)}: {'do' if len(self._hosts) > 1 else 'does'} not share the run's folder; "
                f"what is saved there is brought to {socket.gethostname()}"
            )

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """Context: what this node lacks is said to be lacking on this node."""
        try:
            yield
        except HftermError as exc:
            if not self.away:
                raise
            error = type(exc)(
                f"{socket.gethostname()}: {exc.message}", "all nodes need the model and the data at the same place"
            )
            raise error from exc

    @property
    def _leading(self) -> bool:
        return self.rank in self._leads

    def _send_copy(self, folder: Path) -> None:
        """Copy what processes read of the run's folder to the nodes that do not see it."""
        if self._leading:
            shutil.rmtree(self._copy, ignore_errors=True)
            self._copy.mkdir(parents=True)
        names = listed(folder, _NOT_SENT) if self.first else []
        self._give(folder, self._copy, self.same(names))

    def bring(self, folder: Path) -> None:
        """Bring the parts of a checkpoint that lie on other nodes to the first process; they are gone there."""
        if not self._leads:
            return
        said: list[Listed] = self.gather(listed(folder) if self._leading else [])
        here = {name for name, _ in listed(folder)} if self.first else set()
        for rank in self._leads:
            wanted = self.same([one for one in said[rank] if one[0] not in here])
            for name, size in wanted:
                if rank == self.rank:
                    self._send(folder / name, size, 0)
                elif self.first:
                    self._receive(folder / name, size, rank)
            here |= {name for name, _ in wanted}
        if self._leading:
            shutil.rmtree(folder, ignore_errors=True)
        self.wait()

    def hand_out(self, start: Path | None) -> Path | None:
        """The checkpoint to go on from, as this node has it; all processes give the first one's.

        Raises:
            CheckFailedError: it did not arrive whole.
        """
        if not self._leads or start is None:
            return start
        mine = self._copy / "checkpoints" / start.name if self.away else start
        if self._leading:
            mine.mkdir(parents=True)
        self._give(start, mine, self.same(listed(start) if self.first else []))
        if self._leading and (found := checkpoints.problems(mine)):
            raise CheckFailedError(f"{start.name} did not reach {socket.gethostname()} whole: {found[0]}")
        self.wait()
        return mine

    def leave(self) -> None:
        """Remove the copy, once the run has ended well."""
        if self._leading:
            shutil.rmtree(self._copy, ignore_errors=True)

    def _give(self, folder: Path, copy: Path, names: Listed) -> None:
        """Send files of the first process's ``folder`` to the ``copy`` of each node that does not see it."""
        for name, size in names:
            for rank in self._leads:
                if self.first:
                    self._send(folder / name, size, rank)
                elif rank == self.rank:
                    self._receive(copy / name, size, 0)

    def _send(self, path: Path, size: int, to: int) -> None:
        import torch
        import torch.distributed as group

        with path.open("rb") as stream:
            for start in range(0, size, _PIECE):
                piece = bytearray(min(_PIECE, size - start))
                if stream.readinto(piece) != len(piece):
                    raise HftermError(f"{str(path)!r} changed while it was sent")
                group.send(torch.frombuffer(piece, dtype=torch.uint8), to, group=self.group)

    def _receive(self, path: Path, size: int, source: int) -> None:
        import torch
        import torch.distributed as group

        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            for start in range(0, size, _PIECE):
                piece = torch.empty(min(_PIECE, size - start), dtype=torch.uint8)
                group.recv(piece, source, group=self.group)
                stream.write(memoryview(piece.numpy()))


def listed(folder: Path, leave_out: tuple[str, ...] = ()) -> Listed:
    """The files below ``folder`` by name relative to it, and their sizes; without the entries to ``leave_out``."""
    found = []
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent) / name
            relative = path.relative_to(folder)
            if relative.parts[0] not in leave_out and not relative.parts[0].startswith("log."):
                found.append((relative.as_posix(), path.stat().st_size))
    return sorted(found)
