"""The local folder or file that a reference means (:mod:`hfterm.naming`); what is on the Hub is downloaded."""

import sys
from collections.abc import Callable
from pathlib import Path

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.naming import Kind as Kind
from hfterm.naming import Ref as Ref
from hfterm.naming import expand as expand
from hfterm.naming import parse as parse

_TOKENIZER_FILES = ["tokenizer*", "*.model", "vocab*", "merges.txt", "special_tokens_map.json", "added_tokens.json",
                    "chat_template*", "additional_chat_templates/*", "config.json"]  # fmt: skip
# Weights as safetensors only: pickles can run code.
_MODEL_FILES = [*_TOKENIZER_FILES, "*.json", "*.safetensors", "*.txt", "*.jinja"]
_MODEL_IGNORE = ["onnx/*", "openvino/*", "original/*", "*.msgpack", "*.h5", "*.bin", "*.pt", "*.pth", "*.ckpt"]


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
    from hfterm.hub.client import repo
    from hfterm.hub.fetch.get import get
    from hfterm.hub.fetch.plan import NoMatch, Wanted
    from hfterm.hub.fetch.show import told

    whole = repo(f"hf://{ref.repo_type}s/{ref.name}", revision=ref.revision)
    wanted, is_file = Wanted(), bool(Path(ref.path).suffix)
    if is_file:
        whole = whole._replace(path=ref.path)
    elif ref.repo_type == "dataset" and not ref.path:
        raise UsageError(
            f"{ref.text!r} is a whole data set of the Hub",
            f"name one of its files: hf://datasets/{ref.name}/FILE, or make one: hfterm data get {ref.name} -o x.jsonl",
        )
    else:
        allow = {"tokenizer": _TOKENIZER_FILES, "any": ["*"]}.get(kind, _MODEL_FILES)
        below = f"{ref.path}/" if ref.path else ""
        wanted = Wanted(
            include=tuple(f"{below}{pattern}" for pattern in allow),
            exclude=() if kind == "any" else tuple(_MODEL_IGNORE),
        )
    try:
        with told(bar, whole) as tell:
            found = Path(get(whole, wanted, say=_say, tell=tell).path)
    except NoMatch as exc:
        if ref.path:
            raise NotFoundError(f"no such folder in the repository: {ref.text!r}") from exc
        raise HftermError(f"{ref.text!r} holds no {kind} in a format that can be read here ({exc.message})") from exc
    if is_file:
        return found
    folder = found / ref.path if ref.path else found
    try:
        _check(folder, kind)
    except NotFoundError as exc:
        raise HftermError(f"{ref.text!r} holds no {kind} in a format that can be read here ({exc.message})") from exc
    return folder


def _say(text: str) -> None:
    """Failures that pass are told where somebody may be waiting."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}\n")
