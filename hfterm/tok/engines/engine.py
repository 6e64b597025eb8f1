"""What an engine is, and which there are: programs that turn texts into ids as ``tokenizers`` does, only faster."""

import importlib.util
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from hfterm.extras import missing
from hfterm.tok.engines.ids import Ids
from hfterm.tok.tokenizer import Tokenizer

T = TypeVar("T")
EXTRA = "fast"
# The library whose ids are the right ones.
REFERENCE = "tokenizers"


class Engine(Protocol):
    """A loaded tokenizer of an engine. What it raises is no error of the user: ``tokenizers`` takes its place."""

    def ids(self, texts: Sequence[str], special: bool) -> Ids:
        """The ids of each text; ``special`` puts the special tokens a model expects around one."""

    def lengths(self, texts: Sequence[str], special: bool) -> list[int]:
        """How many ids each text has."""


class Known(NamedTuple):
    """An engine by name.

    ``version`` is None where it is not installed; a proof is of one version. ``load`` raises what it likes when the
    engine does not know a tokenizer of this kind.
    """

    name: str
    version: Callable[[], str | None]
    load: Callable[[Tokenizer], Engine]


class Unable(Exception):
    """The engine does not know this kind of tokenizer, or failed on a text; the message says what."""


_known: dict[str, Known] = {}


def register(known: Known) -> None:
    """Make an engine known, in place of one of the same name; ``auto`` tries them in this order."""
    _known[known.name] = known


def forget(name: str) -> None:
    """Take an engine out."""
    _known.pop(name, None)


def names() -> list[str]:
    """The engines that are known, installed or not."""
    return list(_known)


def installed() -> list[Known]:
    """The engines that are installed."""
    return [known for known in _known.values() if known.version() is not None]


def called(name: str) -> Known:
    """An installed engine by its name.

    Raises:
        MissingExtraError: it is not installed.
    """
    known = _known[name]
    if known.version() is None:
        raise missing(name, EXTRA)
    return known


def version_of(package: str) -> str | None:
    """The version of an installed package, which is not imported; None: it is not installed."""
    if importlib.util.find_spec(package) is None:
        return None
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


class Reference:
    """The engine that the others are held against."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.raw = tokenizer.raw

    def ids(self, texts: Sequence[str], special: bool) -> Ids:
        """The ids of each text."""
        return Ids.of([one.ids for one in self.raw.encode_batch_fast(list(texts), add_special_tokens=special)])

    def lengths(self, texts: Sequence[str], special: bool) -> list[int]:
        """How many ids each text has."""
        return [len(one) for one in self.raw.encode_batch_fast(list(texts), add_special_tokens=special)]


def attempt(do: Callable[[], T]) -> T:
    """What an engine gives.

    Raises:
        Unable: it failed.
    """
    try:
        return do()
    except Exception as exc:
        raise Unable(str(exc) or type(exc).__name__) from exc
    except BaseException as exc:
        if type(exc).__name__ != "PanicException":  # a panic of Rust is no Exception
            raise
        raise Unable(str(exc)) from exc
