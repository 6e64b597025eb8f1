"""Make a fast tokenizer of another library's, and prove it: the source library's ids against its own.

Sources: a SentencePiece model, tiktoken's ranks, a folder of a slow tokenizer. Converters are not exact for all texts
(ties of Unigram, odd characters), so nothing is written before a sample was encoded both ways.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from hfterm import refs
from hfterm.errors import CheckFailedError, HftermError, NotFoundError, UsageError
from hfterm.files import atomic_dir, require_free
from hfterm.tok import convert_tiktoken, special
from hfterm.tok.convert_check import Checked, Converted, Difference, check, sample

SHOWN = 5
_TORCH, _PICKLES = b"PK\x03\x04", (".pkl", ".pickle", ".pt", ".pth", ".bin", ".ckpt")
_MODELS = ("*.model", "*.tiktoken")
# A folder with one of these is more than the one file in it.
_CONFIGS = ("tokenizer_config.json", "config.json")
_SLOW = ("vocab.txt", "vocab.json", "merges.txt")


@dataclass(frozen=True)
class Made:
    """What was made, and how many of the texts compared were the same (None: there was nothing to compare with).

    ``skipped``: texts with special tokens written out in them, which are plain text to the one and not to the other.
    """

    path: Path
    kind: str
    vocabulary: int
    compared_with: str | None
    compared: int | None
    identical: int | None
    skipped: int | None

    def facts(self) -> dict[str, Any]:
        """All but the path."""
        return {name: value for name, value in asdict(self).items() if name != "path"}


def convert(
    source: str,
    output: str,
    *,
    pattern: str | None = None,
    special_tokens: Sequence[str] = (),
    texts: Iterable[str] = (),
    allowed: int = 0,
    overwrite: bool = False,
    note: Callable[[str], None] = lambda text: None,
    tell: Callable[[Difference], None] = lambda difference: None,
) -> Made:
    """Write the fast form of a tokenizer to the folder ``output``, which appears whole or not at all.

    ``source``: a ``.model`` or ``.tiktoken`` file, a folder, a Hub id, or the name of one of tiktoken's encodings.
    ``pattern`` and ``special_tokens`` are for tiktoken's files (see :func:`hfterm.tok.convert_tiktoken.convert`). A
    built-in sample and ``texts`` are encoded and decoded by the source's library and by the result; the first
    differences are given to ``tell``.

    Raises:
        CheckFailedError: more than ``allowed`` texts differ; nothing is written.
        UsageError: it is a fast tokenizer already, pickled, or of a kind without a fast form. NotFoundError.
        HftermError: it is damaged. MissingExtraError: its library is not installed.
    """
    require_free(output, overwrite=overwrite)
    made = _convert(source, pattern, special_tokens, note)
    checked = _checked(made, texts)
    if checked is not None:
        for difference in checked.different[:SHOWN]:
            tell(difference)
        if len(checked.different) > allowed:
            assert made.reference is not None
            few = len(checked.different) * 10 <= checked.compared
            raise CheckFailedError(
                f"{len(checked.different)} of {checked.compared} texts differ from {made.reference.name}: "
                "nothing written",
                f"if that is good enough: --allow-differences {len(checked.different)}" if few else None,
            )
    with atomic_dir(output, overwrite=overwrite) as folder:
        if made.save is not None:
            made.save(folder)
            if not (folder / "tokenizer.json").is_file():
                raise HftermError(f"transformers wrote no tokenizer.json for {source!r}")
        else:
            made.raw.save(str(folder / "tokenizer.json"))
            special.write_config(folder, made.roles, made.special)
    return Made(
        Path(output),
        made.what,
        made.raw.get_vocab_size(),
        made.reference.name if made.reference else None,
        checked and checked.compared,
        checked and checked.identical,
        checked and checked.skipped,
    )


def _checked(made: Converted, texts: Iterable[str]) -> Checked | None:
    if made.reference is None:
        return None
    return check(made.raw, made.reference, chain(sample(made.reference), texts))


def _convert(source: str, pattern: str | None, special_tokens: Sequence[str], note: Callable[[str], None]) -> Converted:
    path = _found(source, note)
    if path is None:
        if pattern is not None:
            raise UsageError(f"the encoding {source!r} has its own pattern: --pattern is for files")
        return convert_tiktoken.convert(None, source, special_tokens=special_tokens)
    _refuse(path)
    with path.open("rb") as stream:
        ranks = convert_tiktoken.looks_like_ranks(stream.read(4096))
    if path.suffix == ".tiktoken" or ranks:
        return convert_tiktoken.convert(path, pattern=pattern, special_tokens=special_tokens)
    if pattern is not None or special_tokens:
        raise UsageError("--pattern and --special are for tiktoken's files: others hold theirs")
    if path.name in (*_SLOW, *_CONFIGS):
        from hfterm.tok import convert_slow

        return convert_slow.convert(path.parent, note=note)
    from hfterm.tok import convert_spm

    return convert_spm.convert(path)


def _found(source: str, note: Callable[[str], None]) -> Path | None:
    """The file that tells what it is, of a folder that one of it; None: the name of an encoding.

    Raises:
        UsageError: there is nothing to convert, or it is not clear what.
    """
    if source in convert_tiktoken.names() and not Path(source).exists():
        return None
    if "://" not in source and source.endswith((".model", ".tiktoken")) and not Path(source).exists():
        raise NotFoundError(f"no such file: {source!r}")
    path = Path(source) if Path(source).exists() else refs.resolve(source, "tokenizer", note=note)
    if path.is_file():
        if path.name == "tokenizer.json":
            raise UsageError(f"{source!r} is a fast tokenizer already")
        return path
    if (path / "tokenizer.json").is_file():
        raise UsageError(
            f"{source!r} has a fast tokenizer already: its tokenizer.json", "name another of its files to convert that"
        )
    found = next((path / name for name in (*_CONFIGS, *_SLOW) if (path / name).is_file()), None)
    files = sorted(file for form in _MODELS for file in path.glob(form))
    ranked = [file for file in files if file.suffix == ".tiktoken"]
    if ranked:
        return ranked[0]
    if found is not None and (files or any((path / name).is_file() for name in _SLOW)):
        return found
    if len(files) > 1:
        raise UsageError(f"{source!r} holds several models", f"name one of {', '.join(file.name for file in files)}")
    if files:
        return files[0]
    for file in sorted(path.iterdir()):
        if file.is_file():
            _refuse(file)
    raise UsageError(f"no tokenizer in {source!r}", f"looked for {', '.join((*_MODELS, *_SLOW))}")


def _refuse(path: Path) -> None:
    """Let no pickled file in.

    Raises:
        UsageError: it is one.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    # Every pickle of protocol 2 and later begins so.
    pickled = head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
    if pickled or head == _TORCH or path.suffix.lower() in _PICKLES:
        raise UsageError(
            f"{str(path)!r} is pickled: to load it could run any code",
            "give the ranks as a .tiktoken file, or the tokenizer's own files",
        )
