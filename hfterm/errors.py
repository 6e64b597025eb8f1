"""Errors a user can cause, the exit code each one means, and the table that translates the libraries' own.

The tree::

    HftermError                1  the job failed
    ├── UsageError             2  wrong flags or arguments
    │   └── ConfigError        2  a settings file or recipe is wrong
    ├── NotFoundError          3  no such model, file, run, key
    ├── AccessError            4  needs login, or not permitted
    ├── MissingExtraError      5  an optional library is not installed
    ├── CheckFailedError       6  a check ran and said no
    ├── PartlyDoneError        7  some items failed; they are listed
    ├── OutOfMemoryError       8  GPU or host memory ran out
    └── NetworkError           9  unreachable, refused, timed out

A message is one line: what, where. ``hint`` says how to go on. Anything that is neither an
``HftermError`` nor in the table is a bug of hfterm and is reported as one.
"""

import errno
import os
from collections.abc import Callable

EXIT_CODES: dict[int, str] = {
    0: "ok",
    1: "failed",
    2: "usage or bad configuration",
    3: "not found",
    4: "needs login or not permitted",
    5: "a missing extra (the message is the exact install line)",
    6: "a check ran and said no (out of tolerance, invalid data)",
    7: "partly done (what failed is listed)",
    8: "out of memory (with advice)",
    9: "network",
    130: "interrupted (Ctrl-C)",
    141: "closed pipe",
    143: "terminated",
}


class HftermError(Exception):
    """The job failed. ``message`` is one line; ``hint`` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class UsageError(HftermError):
    """Flags or arguments that make no sense together."""

    exit_code = 2


class ConfigError(UsageError):
    """A settings file, variable or recipe that cannot be used."""


class NotFoundError(HftermError):
    """No such model, file, run or key."""

    exit_code = 3


class AccessError(HftermError):
    """Login needed, or not permitted."""

    exit_code = 4


class MissingExtraError(HftermError):
    """A library of an extra is not installed; the message is the install line."""

    exit_code = 5


class CheckFailedError(HftermError):
    """A check ran and said no."""

    exit_code = 6


class PartlyDoneError(HftermError):
    """Some items failed. ``failed`` names them."""

    exit_code = 7

    def __init__(self, message: str, hint: str | None = None, failed: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.failed = failed


class OutOfMemoryError(HftermError):
    """GPU or host memory ran out."""

    exit_code = 8


class NetworkError(HftermError):
    """Unreachable, refused, timed out."""

    exit_code = 9


class Terminated(BaseException):
    """SIGTERM, raised in the main thread so that ``finally`` blocks run; exit code 143."""


OOM_HINT = (
    "lower --per-device-train-batch-size (raise --gradient-accumulation-steps as much) or --max-length, "
    "or use --gradient-checkpointing or --peft lora"
)


SPACE_HINT = "free some space or point HFTERM_HOME / HF_HOME at another disk"


def one_line(text: object) -> str:
    """Fold a library's message into one line."""
    return " ".join(str(text).split()).rstrip(".")


def _os_error(exc: BaseException) -> HftermError | None:
    if not isinstance(exc, OSError):
        return None
    where = f": {os.fspath(exc.filename)!r}" if isinstance(exc.filename, str | os.PathLike) else ""
    if exc.errno == errno.ENOSPC:
        return HftermError(f"no space left on device{where}", SPACE_HINT)
    if exc.errno == errno.EDQUOT:
        return HftermError(f"disk quota exceeded{where}", SPACE_HINT)
    if isinstance(exc, FileNotFoundError):
        return NotFoundError(f"no such file or folder{where}")
    if isinstance(exc, PermissionError):
        return AccessError(f"permission denied{where}")
    if isinstance(exc, TimeoutError | ConnectionError):
        return NetworkError(f"connection failed: {one_line(exc)}")
    if exc.filename is not None and exc.strerror:
        return HftermError(f"{exc.strerror.lower()}{where}")
    return None


def _simple(cls: type[HftermError], what: str, hint: str | None = None) -> Callable[[BaseException], HftermError]:
    return lambda exc: cls(f"{what}: {one_line(exc)}" if str(exc) else what, hint)


def _hub_not_found(exc: BaseException) -> HftermError:
    return NotFoundError(
        f"not on the Hub, or private: {one_line(str(exc).partition('Repository Not Found for url:')[2] or exc)}",
        "check the name; for a private or gated one set HF_TOKEN",
    )


def _local_entry(exc: BaseException) -> HftermError:
    # hub 2.4 raises this both offline and when the endpoint cannot be reached.
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON")
    if offline:
        return NotFoundError("not in the local cache, and HF_HUB_OFFLINE is set", "unset HF_HUB_OFFLINE to download it")
    return NetworkError(
        "cannot reach the Hub, and it is not in the local cache", "check the connection and HF_ENDPOINT"
    )


def _http_status(exc: BaseException) -> HftermError:
    status = getattr(getattr(exc, "response", None), "status_code", 0)
    if status in (401, 403):
        return AccessError(
            f"the Hub refused ({status}): the token is missing, wrong or lacks permission", "check HF_TOKEN"
        )
    if status == 404:
        return NotFoundError(f"not on the Hub: {one_line(exc)}")
    return NetworkError(f"the Hub answered {status or 'with an error'}: {one_line(exc)}")


# Qualified name of an exception class (any class in the raised one's MRO) -> translation.
# By name, so that translating needs no import. More specific classes first.
TRANSLATIONS: dict[str, Callable[[BaseException], HftermError]] = {
    "huggingface_hub.errors.GatedRepoError": _simple(
        AccessError, "gated repository", "ask for access on its page, then set HF_TOKEN"
    ),
    "huggingface_hub.errors.RevisionNotFoundError": _simple(NotFoundError, "no such revision"),
    "huggingface_hub.errors.RepositoryNotFoundError": _hub_not_found,
    "huggingface_hub.errors.LocalEntryNotFoundError": _local_entry,
    "huggingface_hub.errors.EntryNotFoundError": _simple(NotFoundError, "no such file in the repository"),
    "huggingface_hub.errors.OfflineModeIsEnabled": _local_entry,
    "huggingface_hub.errors.HFValidationError": _simple(UsageError, "not a Hub id"),
    "huggingface_hub.errors.LocalTokenNotFoundError": _simple(AccessError, "no token", "set HF_TOKEN"),
    "huggingface_hub.errors.HfHubHTTPError": _http_status,
    "httpx2.TransportError": _simple(NetworkError, "connection failed", "check the connection and HF_ENDPOINT"),
    "httpx.TransportError": _simple(NetworkError, "connection failed", "check the connection and HF_ENDPOINT"),
    "torch.OutOfMemoryError": lambda _: OutOfMemoryError("GPU memory ran out", OOM_HINT),
    "torch.cuda.OutOfMemoryError": lambda _: OutOfMemoryError("GPU memory ran out", OOM_HINT),
    "safetensors.SafetensorError": _simple(HftermError, "damaged or half-written safetensors file"),
    "safetensors_rust.SafetensorError": _simple(HftermError, "damaged or half-written safetensors file"),
}


# torch and safetensors write files and take memory in C++ and Rust, and say what failed in words only.
_DISK_FULL = ("file write failed", "PytorchStreamWriter failed", "unexpected pos", "(os error 28)", "(os error 27)")
_NO_HOST_MEMORY = ("DefaultCPUAllocator", "not enough memory")


def _qualified_names(exc: BaseException) -> list[str]:
    names = []
    for cls in type(exc).__mro__:
        parts = cls.__module__.split(".")
        names.append(f"{cls.__module__}.{cls.__qualname__}")
        # torch.cuda.OutOfMemoryError lives in torch._C and the like: try the public root too.
        if len(parts) > 1:
            names.append(f"{parts[0]}.{cls.__qualname__}")
    return names


def translate(exc: BaseException) -> HftermError | None:
    """The :class:`HftermError` that ``exc`` means to a user, or None when it is a bug."""
    if isinstance(exc, HftermError):
        return exc
    names = _qualified_names(exc)
    if isinstance(exc, RuntimeError) or any(name.endswith(".SafetensorError") for name in names):
        text = str(exc)
        if any(words in text for words in _DISK_FULL):
            return HftermError(f"no space left on device ({one_line(text)[:120]})", SPACE_HINT)
        if any(words in text for words in _NO_HOST_MEMORY):
            return OutOfMemoryError("host memory ran out", OOM_HINT)
    for name in names:
        if name in TRANSLATIONS:
            return TRANSLATIONS[name](exc)
    if isinstance(exc, MemoryError):
        return OutOfMemoryError("host memory ran out", OOM_HINT)
    if isinstance(exc, RuntimeError) and "out of memory" in str(exc).lower():
        return OutOfMemoryError("GPU memory ran out", OOM_HINT)
    return _os_error(exc)
