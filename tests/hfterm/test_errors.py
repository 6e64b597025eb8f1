"""Library exceptions become one clear line with an exit code; bugs stay bugs."""

import errno
import sys
from typing import Any

import pytest

from hfterm import errors
from hfterm.errors import EXIT_CODES, HftermError, translate


def subclasses(cls: type[HftermError]) -> list[type[HftermError]]:
    return [cls, *(leaf for sub in cls.__subclasses__() for leaf in subclasses(sub))]


def test_every_error_has_a_documented_exit_code() -> None:
    assert {cls.exit_code for cls in subclasses(HftermError)} <= set(EXIT_CODES) - {0}


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/data/x"),
            1,
            "no space left on device: '/data/x'; free some space",
        ),
        (FileNotFoundError(2, "No such file or directory", "/x"), 3, "no such file or folder: '/x'"),
        (PermissionError(13, "Permission denied", "/x"), 4, "permission denied: '/x'"),
        (NotADirectoryError(20, "Not a directory", "/x/y"), 1, "not a directory: '/x/y'"),
        (ConnectionRefusedError(111, "Connection refused"), 9, "connection failed"),
        (TimeoutError("timed out"), 9, "connection failed"),
        (MemoryError(), 8, "host memory ran out; lower --per-device-train-batch-size"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), 8, "GPU memory ran out"),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
            8,
            "host memory ran out",
        ),
        (
            RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 100672 vs 100564"),
            1,
            "no space left",
        ),
        (errors.AccessError("no", "log in"), 4, "no; log in"),
    ],
)
def test_translated(raised: Exception, code: int, words: str) -> None:
    error = translate(raised)
    assert error is not None
    assert error.exit_code == code
    assert words in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("bug", [ValueError("x"), KeyError("x"), RuntimeError("shape"), TypeError(), AssertionError()])
def test_bugs_are_not_translated(bug: Exception) -> None:
    assert translate(bug) is None


def test_the_table_names_classes_that_exist() -> None:
    import importlib

    for name in errors.TRANSLATIONS:
        module, _, attribute = name.rpartition(".")
        if module in ("httpx", "safetensors_rust"):  # other builds of the client and the reader
            continue
        assert isinstance(getattr(importlib.import_module(module), attribute), type), name


def hub_error(cls: str, status: int, message: str = "text\nover lines") -> Exception:
    import httpx2
    from huggingface_hub import errors as hub

    request = httpx2.Request("GET", "http://127.0.0.1/api/models/x")
    made: Any = getattr(hub, cls)(message, response=httpx2.Response(status, request=request))
    return made  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("cls", "status", "code"),
    [
        ("GatedRepoError", 403, 4),
        ("RepositoryNotFoundError", 404, 3),
        ("RevisionNotFoundError", 404, 3),
        ("RemoteEntryNotFoundError", 404, 3),
        ("HfHubHTTPError", 401, 4),
        ("HfHubHTTPError", 403, 4),
        ("HfHubHTTPError", 404, 3),
        ("HfHubHTTPError", 500, 9),
        ("HfHubHTTPError", 429, 9),
    ],
)
def test_hub_errors(cls: str, status: int, code: int) -> None:
    error = translate(hub_error(cls, status))
    assert error is not None
    assert error.exit_code == code
    assert "\n" not in str(error)


def test_transport_errors() -> None:
    import httpx2

    error = translate(httpx2.ConnectError("[Errno 111] Connection refused"))
    assert error is not None
    assert error.exit_code == 9


def test_an_offline_miss_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub.errors import LocalEntryNotFoundError

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    offline = translate(LocalEntryNotFoundError("x"))
    monkeypatch.delenv("HF_HUB_OFFLINE")
    unreachable = translate(LocalEntryNotFoundError("x"))
    assert offline is not None and unreachable is not None
    assert (offline.exit_code, unreachable.exit_code) == (3, 9)


def test_importing_the_errors_imports_no_library() -> None:
    import subprocess

    code = "import sys, hfterm.errors; print([m for m in ('torch', 'huggingface_hub', 'click') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-P", "-c", code], text=True) == "[]\n"
