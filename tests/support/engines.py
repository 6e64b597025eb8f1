"""Engines that lie, fail or are missing: real classes that are made known through the public interface."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

from hfterm.tok.engines import Engine, Ids, Known, Reference, forget, names, register
from hfterm.tok.tokenizer import Tokenizer


class Liar:
    """The right ids, but for the texts that ``lies`` is true of: there the last one is another."""

    def __init__(self, tokenizer: Tokenizer, lies: Callable[[str], bool]) -> None:
        self.reference, self.lies = Reference(tokenizer), lies
        self.asked: list[str] = []

    def ids(self, texts: Sequence[str], special: bool) -> Ids:
        self.asked.extend(texts)
        lists = [list(one) for one in self.reference.ids(texts, special).lists()]
        for text, one in zip(texts, lists, strict=True):
            if self.lies(text):
                one[-1:] = [one[-1] + 1 if one else 7]
        return Ids.of(lists)

    def lengths(self, texts: Sequence[str], special: bool) -> list[int]:
        return self.ids(texts, special).lengths()


class Failing(Liar):
    """Raises for such texts."""

    def ids(self, texts: Sequence[str], special: bool) -> Ids:
        if any(map(self.lies, texts)):
            raise RuntimeError("out of luck")
        return super().ids(texts, special)


class Short(Liar):
    """Numbers of ids that are too small by one for such texts, though the ids are right."""

    def ids(self, texts: Sequence[str], special: bool) -> Ids:
        return self.reference.ids(texts, special)

    def lengths(self, texts: Sequence[str], special: bool) -> list[int]:
        right = self.reference.lengths(texts, special)
        return [length - self.lies(text) for text, length in zip(texts, right, strict=True)]


@contextlib.contextmanager
def only(made: Callable[[Tokenizer], Engine], *, name: str = "liar", version: str | None = "1") -> Iterator[Known]:
    """While the block runs, this engine alone is known."""
    from hfterm.tok.engines.engine import called

    others = [called(other) for other in names() if other != name]
    for other in others:
        forget(other.name)
    known = Known(name, lambda: version, made)
    register(known)
    try:
        yield known
    finally:
        forget(name)
        for other in others:
            register(other)
