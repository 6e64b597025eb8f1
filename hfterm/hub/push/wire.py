"""The client's own upload machinery: the one place that touches its inner parts (huggingface_hub 2.4).

``CommitOperationAdd`` carries what the Hub said of a file: ``_upload_mode`` (``lfs``, ``regular``), ``_should_ignore``
and ``_remote_oid`` (SHA-256 of a large file, git's id of another).
"""

import contextlib
import functools
import io
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from hfterm.errors import HftermError, Terminated
from hfterm.hub.client import Repo, api
from hfterm.hub.push.local import Local

# Of one request to the batch interface, and of one question for how files travel.
BATCH = 100


class Stopped(Exception):
    """Another file failed, or the user stopped it: this one needs not go on."""


class Wire:
    """Uploads to a repository's revision. ``sent`` counts bytes that went out."""

    def __init__(self, repo: Repo, *, propose: bool = False, jobs: int = 4) -> None:
        from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]
        from huggingface_hub.utils._runtime import is_xet_available

        disable_progress_bars()
        self.repo, self.propose, self.jobs = repo, propose, jobs
        self.revision = repo.revision or "main"
        self.xet: bool = is_xet_available()
        self.sent = 0
        self._moved: Callable[..., None] = lambda _, **__: None
        self._hashed = 0
        self._api = api()
        self._headers: dict[str, str] = self._api._build_hf_headers()
        self._stop = threading.Event()
        self._lock = threading.Lock()

    def tell(self, moved: Callable[..., None]) -> None:
        """Whom to tell of bytes that are done, from now on; and, as ``hashed_mb``, of megabytes read before."""
        self._moved = moved

    def modes(self, files: Sequence[Local], ignore: str | None) -> list[Any]:
        """An operation a file, with what the Hub says of it; ``ignore``: the ``.gitignore`` that is to be sent."""
        from huggingface_hub._commit_api import _fetch_upload_modes

        made = [self._operation(file) for file in files]
        _fetch_upload_modes(
            additions=made, repo_type=self.repo.type, repo_id=self.repo.id, headers=self._headers,
            revision=quote(self.revision, safe=""), endpoint=self._api.endpoint, create_pr=self.propose,
            gitignore_content=ignore,
        )  # fmt: skip
        return made

    def _operation(self, file: Local) -> Any:
        try:
            return _operation_class()(file.at, str(file.where.absolute()))
        except ValueError as exc:
            raise HftermError(f"{file.where} cannot be sent: {exc}") from exc

    def large(self, operations: Sequence[Any], sha256: Callable[[Any], str], done: Callable[[Any], None]) -> None:
        """Send large files whose hash is known (LFS), those that the Hub has not; ``done`` is told of each sent.

        Raises:
            HftermError: a file changed, or the Hub refuses it.
        """
        hashed = self._each(operations, sha256)
        unique: dict[str, Any] = {}
        for operation, oid in zip(operations, hashed, strict=True):
            operation.upload_info.sha256 = bytes.fromhex(oid)
            if oid in unique:  # the same content again costs nothing
                self._count(operation.upload_info.size, sent=False)
            unique.setdefault(oid, operation)
        wanted = self._wanted(list(unique.values()))
        self.here(operation for oid, operation in unique.items() if oid not in wanted)
        self._each([unique[oid] for oid in wanted], lambda operation: self._put(operation, wanted, done))

    def _wanted(self, operations: Sequence[Any]) -> dict[str, Any]:
        """What the Hub says how to send, by SHA-256, of those that it has not."""
        from huggingface_hub.lfs import post_lfs_batch_info

        wanted: dict[str, Any] = {}
        for at in range(0, len(operations), BATCH):
            rows, errors, _ = post_lfs_batch_info(
                [operation.upload_info for operation in operations[at : at + BATCH]], token=None,
                repo_type=self.repo.type, repo_id=self.repo.id,
                revision=None if self.propose else quote(self.revision, safe=""), endpoint=self._api.endpoint,
                headers=self._headers, transfers=["basic", "multipart"],
            )  # fmt: skip
            for error in errors:
                raise HftermError(f"the Hub refuses a large file: {error['error']['message']}")
            wanted |= {row["oid"]: row for row in rows if row.get("actions")}
        return wanted

    def here(self, operations: Iterable[Any]) -> None:
        """Count large files as done that the Hub has already."""
        for operation in operations:
            self._count(operation.upload_info.size, sent=False)

    def present(self, operations: Sequence[Any]) -> list[Any]:
        """Those of hashed operations whose content the Hub has already."""
        wanted = self._wanted(operations)
        return [operation for operation in operations if operation.upload_info.sha256.hex() not in wanted]

    def _put(self, operation: Any, wanted: dict[str, Any], done: Callable[[Any], None]) -> None:
        from huggingface_hub.lfs import lfs_upload

        operation._watch = self._watch
        row = wanted[operation.upload_info.sha256.hex()]
        lfs_upload(operation, row, headers=self._headers, endpoint=self._api.endpoint)
        done(operation)

    def _watch(self, count: int) -> None:
        if self._stop.is_set():
            raise Stopped
        self._count(count)

    def hashed(self, count: int) -> None:
        """Tell of bytes that were read to know what to send."""
        if self._stop.is_set():
            raise Stopped
        with self._lock:
            self._hashed += count
            self._moved(0, hashed_mb=round(self._hashed / 1e6))

    def _count(self, count: int, *, sent: bool = True) -> None:
        with self._lock:
            if sent:
                self.sent += count
            self._moved(count)

    def _each(self, operations: Sequence[Any], do: Callable[[Any], Any]) -> list[Any]:
        """``do`` for each, several at once; the first error stops the rest.

        By daemon threads: an interrupted upload must not wait for answers to what it has sent.
        """
        results: list[Any] = [None] * len(operations)
        errors: list[Exception] = []
        left = iter(range(len(operations)))

        def work() -> None:
            while not self._stop.is_set():
                with self._lock:
                    n = next(left, None)
                if n is None:
                    return
                try:
                    results[n] = do(operations[n])
                except Stopped:
                    return
                except Exception as exc:
                    errors.append(exc)
                    self._stop.set()

        threads = [threading.Thread(target=work, daemon=True) for _ in range(min(self.jobs, len(operations)))]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException:
            self._stop.set()
            raise
        if errors:
            raise errors[0]
        return results

    def _xet_address(self) -> str:
        """Where the Hub gives out what opens its Xet store."""
        from huggingface_hub.utils._xet import XetTokenType, xet_connection_info_refresh_url

        return xet_connection_info_refresh_url(
            token_type=XetTokenType.WRITE, repo_id=self.repo.id, repo_type=self.repo.type,
            revision=None if self.propose else quote(self.revision, safe=""), endpoint=self._api.endpoint,
        ) + ("?create_pr=1" if self.propose else "")  # fmt: skip

    def probe_xet(self) -> bool:
        """Whether the Hub has a Xet store; if not, large files go by LFS from here on.

        Raises:
            HfHubHTTPError: it refuses.
        """
        if self.xet:
            from huggingface_hub.utils import get_session, hf_raise_for_status  # type: ignore[attr-defined]

            answer = get_session().get(self._xet_address(), headers=self._headers)
            if answer.status_code in (404, 501):
                self.xet = False
            else:
                hf_raise_for_status(answer)
        return self.xet

    def chunked(self, operations: Sequence[Any]) -> None:
        """Send large files by Xet: chunks that are there already do not travel; each gets its SHA-256.

        Raises:
            HftermError: the Hub's Xet store cannot be used.
        """
        import hf_xet  # type: ignore[import-untyped]
        from huggingface_hub.utils._xet import (
            abort_xet_session,
            get_xet_session,
            xet_headers_without_auth,
        )

        report = _Report(self._count_xet)
        try:
            session: Any = get_xet_session()  # type: ignore[no-untyped-call]
            with session.new_upload_commit(
                token_refresh_url=self._xet_address(), token_refresh_headers=self._headers,
                custom_headers=xet_headers_without_auth(self._headers), progress_callback=report,
            ) as commit:  # fmt: skip
                # Xet's own hash of what it read: one that is known could be that of an older content.
                handles = [
                    commit.start_upload_file(operation.path_or_fileobj, sha256=hf_xet.COMPUTE_SHA256)
                    for operation in operations
                ]
            for operation, handle in zip(operations, handles, strict=True):
                operation.upload_info.sha256 = bytes.fromhex(handle.result().xet_info.sha256)
        except (KeyboardInterrupt, Terminated):
            abort_xet_session()  # type: ignore[no-untyped-call]
            raise
        report.finish(sum(operation.upload_info.size for operation in operations))

    def _count_xet(self, read: int, sent: int) -> None:
        with self._lock:
            self.sent += sent
            self._moved(read)

    def in_commit(self, count: int) -> None:
        """Count small files as sent."""
        self._count(count)

    def commit(self, title: str, description: str, operations: list[Any], parent: str | None) -> Any:
        """Commit operations whose large files are sent; a ``CommitInfo``."""
        import warnings

        with warnings.catch_warnings():  # on what goes where: said by the plan, in our own words
            warnings.simplefilter("ignore")
            return self._api.create_commit(
                self.repo.id, operations, commit_message=title, commit_description=description,
                repo_type=self.repo.type, revision=self.revision, create_pr=self.propose, parent_commit=parent,
            )  # fmt: skip

    @staticmethod
    def small(path: str, data: bytes) -> Any:
        """The operation that adds a small file within the commit."""
        from huggingface_hub import CommitOperationAdd

        operation = CommitOperationAdd(path, data)
        operation._upload_mode = "regular"
        operation._should_ignore = False
        return operation

    @staticmethod
    def ready(operation: Any) -> Any:
        """A large file's operation, as sent."""
        operation._is_uploaded = True
        operation._remote_oid = None  # the plan has left out what did not change
        return operation

    @staticmethod
    def delete(path: str) -> Any:
        """The operation that removes a file."""
        from huggingface_hub import CommitOperationDelete

        return CommitOperationDelete(path, is_folder=False)

    def check_card(self, text: str) -> None:
        """Let the Hub check the metadata of a README.

        Raises:
            ValueError: it is wrong.
        """
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._api._validate_yaml(text, repo_type=self.repo.type)


class _Report:
    """What Xet reports while it uploads: bytes read and bytes sent so far, of all files together."""

    def __init__(self, count: Callable[[int, int], None]) -> None:
        self._count, self._read, self._sent = count, 0, 0

    def __call__(self, group: Any, _items: Any = None) -> None:
        read = max(0, group.total_bytes_completed - self._read)
        sent = max(0, group.total_transfer_bytes_completed - self._sent)
        self._read, self._sent = self._read + read, self._sent + sent
        self._count(read, sent)

    def finish(self, total: int) -> None:
        """The last report may come before the end."""
        self._count(total - self._read, 0)
        self._read = total


@functools.cache
def _operation_class() -> type[Any]:
    from huggingface_hub import CommitOperationAdd

    class Watched(CommitOperationAdd):
        """An operation whose bytes are counted as the client reads them to send."""

        _watch: Callable[[int], None] | None = None

        @contextlib.contextmanager
        def as_file(self, with_tqdm: bool = False) -> Iterator[Any]:
            if not with_tqdm or self._watch is None:  # to look at, not to send
                with super().as_file() as stream:
                    yield stream
                return
            with _Counted(str(self.path_or_fileobj), self._watch) as counted:
                yield counted

    return Watched


class _Counted(io.BufferedReader):
    """A file that tells how far it was read; what a second try reads again is not told again."""

    def __init__(self, path: str, watch: Callable[[int], None]) -> None:
        super().__init__(io.FileIO(path), 1 << 17)
        self._watch, self._seen = watch, 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        here = self.tell()
        self._watch(max(0, here - self._seen))
        self._seen = max(here, self._seen)
        return data
