"""Send what a plan says: large files first, each kept by the Hub once it is there; then the commits."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hfterm.errors import HftermError, one_line
from hfterm.hub.client import Repo, endpoint
from hfterm.hub.push.hashes import Hashes
from hfterm.hub.push.local import Local
from hfterm.hub.push.plan import Plan, Step
from hfterm.hub.push.wire import Wire
from hfterm.hub.writes import moved_on, writing

# Of one commit: files (the Hub gets slow above), and bytes that travel within it.
FILES = 500
SMALL_BYTES = 50 << 20
# Large files that Xet finishes together, which costs it some requests: at most so many bytes, fewer where they take
# longer than this, for they are what a kill loses.
GROUP_BYTES = (8 << 20, 64 << 20)
GROUP_SECONDS = 4.0
# Large files of one round of questions without Xet.
ROUND_FILES = 100


@dataclass
class Sender:
    """Sends; ``say`` gets notes for the user."""

    wire: Wire
    hashes: Hashes
    say: Callable[[str], None]

    def send(self, plan: Plan, title: str | None, description: str, parent: str | None) -> dict[str, Any]:
        """Make the repository what the plan says; a record of what was done.

        ``parent``: the commit that the branch must be at. Many files go in several commits.

        Raises:
            HftermError: a file changed while it was sent, or the branch moved on; what was committed stays.
            NotFoundError, AccessError, NetworkError.
        """
        repo = plan.repo
        changed = plan.of("add", "change")
        url, commit, proposal, commits = commit_url(repo, plan.head), plan.head, None, 0
        batches = list(_batches(changed, plan.of("delete")))
        title = title or _title(changed, plan.of("delete"))
        if any(step.large for step in changed) and self.wire.xet:
            with writing(repo):
                if not self.wire.probe_xet():
                    self.say("this Hub has no Xet store: large files go by LFS (HF_HUB_DISABLE_XET=1 saves asking)")
        for number, batch in enumerate(batches, 1):
            self._large([step for step in batch if step.large and step.operation])
            part = f"{title} ({number} of {len(batches)})" if len(batches) > 1 else title
            info = self._commit(repo, batch, part, description, parent)
            commits, commit, url = commits + 1, info.oid, str(info.commit_url)
            parent = commit if parent else None
            if self.wire.propose:  # what follows goes to the proposal just made
                proposal = info.pr_url
                self.wire.propose, self.wire.revision = False, info.pr_revision
        return {
            "id": repo.id, "type": repo.type, "revision": self.wire.revision, "commit": commit, "url": proposal or url,
            "added": len(plan.of("add")), "changed": len(plan.of("change")), "deleted": len(plan.of("delete")),
            "unchanged": len(plan.of("same")), "ignored": len(plan.of("ignored")), "commits": commits,
            "bytes": sum(step.size or 0 for step in changed), "sent_bytes": self.wire.sent,
        }  # fmt: skip

    def _large(self, steps: list[Step]) -> None:
        """Bring the contents of large files to the Hub."""
        if not self.wire.xet:
            for at in range(0, len(steps), ROUND_FILES):
                part = steps[at : at + ROUND_FILES]
                with self._sending(part):
                    self._round(part)
            return
        left = self._unknown(steps)
        room: float = GROUP_BYTES[0]
        while left:
            group = _group(left, room)
            left = left[len(group) :]
            began, clock = time.time_ns(), time.monotonic()
            with self._sending(group):
                self.wire.chunked([step.operation for step in group])
                for step in group:
                    _file(step).check()
                    self.hashes.keep(_file(step), step.operation.upload_info.sha256.hex(), began)
            speed = sum(step.size or 0 for step in group) / max(0.01, time.monotonic() - clock)
            room = min(max(speed * GROUP_SECONDS, GROUP_BYTES[0]), GROUP_BYTES[1])

    def _round(self, steps: list[Step]) -> None:
        files = {step.path: _file(step) for step in steps}

        def sha256(operation: Any) -> str:
            return self.hashes.sha256(files[operation.path_in_repo], self.wire.hashed)

        def done(operation: Any) -> None:
            files[operation.path_in_repo].check()

        self.wire.large([step.operation for step in steps], sha256, done)

    def _unknown(self, steps: list[Step]) -> list[Step]:
        """Those that the Hub may lack: all but those whose recorded hash it knows."""
        known = []
        for step in steps:
            if (found := self.hashes.known(_file(step))) is not None:
                step.operation.upload_info.sha256 = bytes.fromhex(found)
                known.append(step.operation)
        if not known:
            return steps
        with writing(self.wire.repo):
            here = self.wire.present(known)
        self.wire.here(here)
        paths = {operation.path_in_repo for operation in here}
        return [step for step in steps if step.path not in paths]

    @contextlib.contextmanager
    def _sending(self, steps: list[Step]) -> Iterator[None]:
        try:
            with writing(self.wire.repo):
                yield
        except HftermError as exc:
            _check(steps, exc)
            raise
        except Exception as exc:
            _check(steps, exc)
            # Xet's errors are plain ones of its own.
            if self.wire.xet and type(exc).__module__ in ("builtins", "hf_xet") and not isinstance(exc, OSError):
                raise HftermError(
                    f"the Xet store failed: {one_line(exc)[:300]}", "run it again, or set HF_HUB_DISABLE_XET=1"
                ) from exc
            raise

    def _commit(self, repo: Repo, batch: list[Step], title: str, description: str, parent: str | None) -> Any:
        operations = []
        for step in batch:
            if step.action == "delete":
                operations.append(self.wire.delete(step.path))
            elif step.large:
                _file(step).check()
                operations.append(self.wire.ready(step.operation))
            else:
                data = _file(step).where.read_bytes()
                _file(step).check()
                operations.append(self.wire.small(step.path, data))
        from huggingface_hub.errors import HfHubHTTPError

        with writing(repo):
            try:
                info = self.wire.commit(title, description, operations, parent)
            except HfHubHTTPError as exc:
                if error := moved_on(exc, repo):
                    raise error from exc
                raise
        self.wire.in_commit(sum(step.size or 0 for step in batch if not step.large))
        return info


def _file(step: Step) -> Local:
    assert step.local is not None
    return step.local


def _check(steps: list[Step], exc: Exception) -> None:
    """What failed because a file changed says so."""
    for step in steps:
        try:
            _file(step).check()
        except HftermError as changed:
            raise changed from exc


def _batches(changed: list[Step], deleted: list[Step]) -> Iterator[list[Step]]:
    """Steps that are committed together; what is deleted goes last, or it would be missed while the rest travels."""
    folders = {folder for step in changed for folder in _above(step.path)}
    paths = {step.path for step in changed}
    # A file that becomes a folder, or the other way about, must go first.
    first = [s for s in deleted if s.path in folders or any(above in paths for above in _above(s.path))]
    batch: list[Step] = list(first)
    small = 0
    for step in changed:
        size = 0 if step.large else step.size or 0
        if len(batch) >= FILES or (batch and small + size > SMALL_BYTES):
            yield batch
            batch, small = [], 0
        batch.append(step)
        small += size
    gone = {step.path for step in first}
    batch += [step for step in deleted if step.path not in gone]
    if batch:
        yield batch


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")
    for n in range(1, len(parts)):
        yield "/".join(parts[:n])


def _group(steps: list[Step], room: float) -> list[Step]:
    """The first of some large files, as many as Xet takes at once."""
    total = 0
    for n, step in enumerate(steps):
        total += step.size or 0
        if n and total > room:
            return steps[:n]
    return steps


def _title(changed: list[Step], deleted: list[Step]) -> str:
    if not changed:
        return f"Delete {deleted[0].path if len(deleted) == 1 else f'{len(deleted)} files'} with hfterm"
    return f"Upload {changed[0].path if len(changed) == 1 else f'{len(changed)} files'} with hfterm"


def commit_url(repo: Repo, commit: str | None) -> str:
    """A commit's page."""
    return f"{endpoint()}/{repo.kind_id}/commit/{commit}"
