"""References: the one way a user names a model, data set, tokenizer or adapter.

======================================  =====================================================
``name``, ``org/name``, ``...@rev``     a repository of the Hub, at a branch, tag or commit
``hf://[datasets/]org/name[@rev][/p]``  the same, or a file or folder in it
a path                                  anything that exists, or begins with ``.`` ``/`` ``~``
``run:NAME[@STEP|@best|@last]``         the output, or a checkpoint, of a training run
``-``                                   references on standard input, one a line
======================================  =====================================================

A name that is both a folder here and a Hub id means the folder; a note says so.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote

from hfterm.errors import HftermError, NotFoundError, UsageError

Kind = Literal["model", "tokenizer", "adapter", "dataset", "any"]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?"
_REPO_ID = re.compile(rf"(?:{_NAME}/)?{_NAME}")
_HF_TYPES = {"datasets": "dataset", "spaces": "space", "models": "model"}

_TOKENIZER_FILES = ["tokenizer*", "*.model", "vocab*", "merges.txt", "special_tokens_map.json", "added_tokens.json",
                    "chat_template*", "additional_chat_templates/*", "config.json"]  # fmt: skip
# Weights as safetensors only: pickles can run code.
_MODEL_FILES = [*_TOKENIZER_FILES, "*.json", "*.safetensors", "*.txt", "*.jinja"]
_MODEL_IGNORE = ["onnx/*", "openvino/*", "original/*", "*.msgpack", "*.h5", "*.bin", "*.pt", "*.pth", "*.ckpt"]


class Ref(NamedTuple):
    """A parsed reference.

    ``where`` is ``path``, ``hub``, ``run`` or ``stdin``; ``name`` the path, repository id or run name;
    ``revision`` the Hub revision or the run's selector (a step, ``best``, ``last``); ``path`` a path
    inside the repository; ``repo_type`` ``model``, ``dataset`` or ``space``.
    """

    text: str
    where: Literal["path", "hub", "run", "stdin"]
    name: str
    revision: str | None = None
    path: str = ""
    repo_type: str = "model"
    also_hub: bool = False


def parse(text: str, kind: Kind = "model") -> Ref:
    """Parse one reference; looks at the file system to tell a path from a Hub id, and nowhere else.

    Raises:
        UsageError: it is no reference. NotFoundError: it can only be a path, and there is none.
    """
    repo_type = "dataset" if kind == "dataset" else "model"
    if text == "-":
        return Ref(text, "stdin", "-")
    if not text or "\0" in text or "\n" in text:
        raise UsageError("an empty reference" if not text.strip() else f"not a reference: {text!r}")
    if text.startswith("run:"):
        name, at, selector = text[4:].partition("@")
        if not name or (at and not selector):
            raise UsageError(f"not a run: {text!r}", "write run:NAME, run:NAME@STEP, run:NAME@best or run:NAME@last")
        return Ref(text, "run", name, selector or None)
    if text.startswith("hf://"):
        return _parse_hf(text, repo_type)
    repo_id, _, revision = text.partition("@")
    looks_like_id = bool(_REPO_ID.fullmatch(repo_id)) and "--" not in repo_id and ".." not in repo_id
    like_a_file = Path(repo_id).suffix.lower() in _FILE_SUFFIXES and "@" not in text
    if text[0] in "./~" or _exists(text):
        also_hub = looks_like_id and not like_a_file and text[0] not in "./~"
        return Ref(text, "path", os.path.expanduser(text), also_hub=also_hub)
    if not looks_like_id or like_a_file:
        raise NotFoundError(f"no such file or folder, and not a Hub id: {text!r}")
    return Ref(text, "hub", repo_id, revision or None, repo_type=repo_type)


# A missing file must not be looked for on the Hub.
_FILE_SUFFIXES = {
    *(".jsonl", ".json", ".csv", ".tsv", ".txt", ".parquet", ".arrow"),
    *(".gz", ".zst", ".gguf", ".safetensors", ".onnx"),
}


def _exists(text: str) -> bool:
    try:
        return os.path.lexists(text)
    except (OSError, ValueError):
        return False


def _parse_hf(text: str, repo_type: str) -> Ref:
    parts = text[5:].split("/")
    if parts[0] in _HF_TYPES:
        repo_type = _HF_TYPES[parts.pop(0)]
    # org/name[@rev]/path, or name[@rev] alone for the few repositories without an owner.
    take = 1 if "@" in parts[0] or len(parts) == 1 else 2
    repo_id, _, revision = "/".join(parts[:take]).partition("@")
    rest = parts[take:]
    if revision == "refs" and len(rest) >= 2 and rest[0] in ("pr", "convert"):  # refs/pr/7 is one revision
        revision, rest = "/".join(["refs", *rest[:2]]), rest[2:]
    path = unquote("/".join(rest)).strip("/")
    if not _REPO_ID.fullmatch(repo_id) or ".." in path.split("/"):
        raise UsageError(f"not a Hub reference: {text!r}", "write hf://org/name, hf://datasets/org/name@revision/file")
    return Ref(text, "hub", repo_id, unquote(revision) or None, path, repo_type)


def expand(texts: Iterable[str]) -> Iterator[str]:
    """The references themselves; each ``-`` stands for those on standard input, one a line.

    Raises:
        UsageError: standard input held none.
    """
    for text in texts:
        if text != "-":
            yield text
            continue
        found = False
        for line in sys.stdin:
            if line.strip():
                found = True
                yield line.strip()
        if not found:
            raise UsageError("standard input held no reference", "pipe in one a line")


def resolve(
    text: str, kind: Kind = "model", *, note: Callable[[str], None] | None = None, bar: type | None = None
) -> Path:
    """The local folder or file a reference means; what is on the Hub is downloaded into its cache.

    ``kind`` says what is wanted: it chooses the files to download and checks a local folder. ``bar`` is the
    tqdm class that shows a download (default: the Hub client's, on a terminal).

    Raises:
        UsageError, NotFoundError, AccessError, NetworkError (the Hub client's are translated in
        :mod:`hfterm.errors`).
    """
    ref = parse(text, kind)
    if ref.where == "stdin":
        lines = list(expand(["-"]))
        if len(lines) > 1:
            raise UsageError(f"one reference is wanted, standard input held {len(lines)}")
        return resolve(lines[0], kind, note=note, bar=bar)
    if ref.where == "run":
        from hfterm import runs

        return runs.get(ref.name).output(ref.revision)
    if ref.where == "hub":
        return _download(ref, kind, bar)
    path = Path(ref.name)
    if not path.exists():
        raise NotFoundError(f"no such file or folder: {text!r}")
    if ref.also_hub and note:
        note(f"'{text}' is the one here; for the Hub's write hf://{text}")
    _check(path, kind)
    return path


_SIGNS: dict[str, tuple[str, ...]] = {
    "model": ("config.json", "adapter_config.json"),
    "adapter": ("adapter_config.json",),
    "tokenizer": ("tokenizer.json", "tokenizer_config.json", "tokenizer.model", "vocab.json", "vocab.txt"),
}


def _check(path: Path, kind: Kind) -> None:
    signs = _SIGNS.get(kind)
    if signs and path.is_dir() and not any((path / sign).exists() for sign in signs):
        article = "an" if kind[0] in "aeiou" else "a"
        raise NotFoundError(f"not {article} {kind} folder (no {' or '.join(signs[:2])} in it): {str(path)!r}")


def _download(ref: Ref, kind: Kind, bar: type | None = None) -> Path:
    from huggingface_hub import hf_hub_download, snapshot_download
    from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

    if not sys.stderr.isatty():
        disable_progress_bars()
    if ref.path and Path(ref.path).suffix:
        return Path(hf_hub_download(ref.name, ref.path, repo_type=ref.repo_type, revision=ref.revision))
    if ref.repo_type == "dataset" and not ref.path:
        raise UsageError(
            f"{ref.text!r} is a whole data set of the Hub", f"name one of its files: hf://datasets/{ref.name}/FILE"
        )
    allow = {"tokenizer": _TOKENIZER_FILES, "any": None}.get(kind, _MODEL_FILES)
    if ref.path:
        allow = [f"{ref.path}/{pattern}" for pattern in allow or ["*"]]
    folder = Path(
        snapshot_download(
            ref.name, repo_type=ref.repo_type, revision=ref.revision, allow_patterns=allow,
            ignore_patterns=None if kind == "any" else _MODEL_IGNORE, tqdm_class=bar,
        )
    )  # fmt: skip
    folder = folder / ref.path if ref.path else folder
    if not folder.exists():
        raise NotFoundError(f"no such folder in the repository: {ref.text!r}")
    try:
        _check(folder, kind)
    except NotFoundError as exc:
        raise HftermError(f"{ref.text!r} holds no {kind} in a format that can be read here ({exc.message})") from exc
    return folder
