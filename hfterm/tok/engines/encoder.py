"""Ids of a stream of texts, by the fastest engine that gives the same ids as ``tokenizers``."""

import math
import random
from collections.abc import Callable, Sequence

from hfterm.errors import CheckFailedError, one_line
from hfterm.tok.engines.engine import REFERENCE, Engine, Known, Reference, Unable, attempt, called, installed
from hfterm.tok.engines.ids import Ids
from hfterm.tok.engines.proof import agrees, compare, differs, prove
from hfterm.tok.engines.verdicts import Kept, Verdict
from hfterm.tok.tokenizer import Tokenizer

AUTO = "auto"
# Of so many characters at the beginning, ``tokenizers`` gives the ids; then an engine has to give the same ones. Less
# than that is not worth loading one.
FIRST_CHARACTERS = 1 << 18
# The share of the other texts that is held against ``tokenizers``.
CHECKED = 0.001


class DiffersError(CheckFailedError):
    """An engine in use gave other ids than ``tokenizers``; ``at`` is the text's place in the batch."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message, f"run it again: from now on this tokenizer's ids come from {REFERENCE}")
        self.at = at


class Encoder:
    """Encodes batches of texts.

    ``wanted`` is ``auto``, ``tokenizers`` or the name of an engine. With ``auto`` the first ``first`` characters are
    encoded by ``tokenizers``, then by the first engine that is proven on the built-in sample (once: the verdict is
    kept) and gives the same ids for those first texts; without any by ``tokenizers`` to the end. A random ``share`` of
    the texts after that is encoded by both. ``detail`` is told what was decided.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        wanted: str = AUTO,
        *,
        first: int = FIRST_CHARACTERS,
        share: float = CHECKED,
        draw: random.Random | None = None,
        detail: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.tokenizer, self.wanted, self.share, self.detail = tokenizer, wanted, share, detail
        self.reference = Reference(tokenizer)
        self._known: Known | None = None
        self._fast: Engine | None = None
        self._kept: Kept | None = None
        self._draw = draw or random.Random()
        self._gap = self._next_gap()
        self._left = 0 if wanted == REFERENCE else first
        self._seen: list[tuple[Sequence[str], bool, Ids]] = []
        if wanted not in (AUTO, REFERENCE):
            called(wanted)  # a missing one is told at once

    @property
    def engine(self) -> str:
        """The name of the engine in use."""
        return self._known.name if self._known else REFERENCE

    def ids(self, texts: Sequence[str], *, special: bool = False) -> Ids:
        """The ids of each text; ``special`` puts the special tokens a model expects around one.

        Raises:
            DiffersError: the engine in use gave other ids than ``tokenizers``. CheckFailedError: the engine that was
            asked for does so, or does not know this tokenizer. MissingExtraError: it is not installed.
            Exception: ``tokenizers`` cannot encode a text.
        """
        head = self._begin(texts, special)
        if head is None:
            return self._most(texts, special)
        rest = texts[len(head) :]
        return head + self._most(rest, special) if rest else head

    def lengths(self, texts: Sequence[str], *, special: bool = False) -> list[int]:
        """How many ids each text has. Raises as :meth:`ids`."""
        head = self._begin(texts, special)
        if head is None:
            return self._many(texts, special)
        rest = texts[len(head) :]
        return head.lengths() + (self._many(rest, special) if rest else [])

    # --- the beginning ------------------------------------------------------------------------

    def _begin(self, texts: Sequence[str], special: bool) -> Ids | None:
        """The ids of the texts that belong to the beginning of the stream; None: it is over."""
        if self._left <= 0:
            return None
        if self.wanted != AUTO and self._fast is None:
            self._force()
        at = 0
        while at < len(texts) and self._left > 0:
            self._left -= len(texts[at]) + 1
            at += 1
        right = self.reference.ids(texts[:at], special)
        if self._known and self._fast:
            found = compare(self._known.name, self._fast, texts[:at], special, right)
            if not found.same:
                self._withdraw(found.why)
                raise CheckFailedError(found.why, _WITHOUT)
        else:
            self._seen.append((texts[:at], special, right))
            if self._left <= 0:
                self._choose()
        return right

    def _force(self) -> None:
        known = called(self.wanted)
        verdict = self._try(known)
        if not verdict.same:
            raise CheckFailedError(verdict.why, _WITHOUT)
        self.detail(f"ids come from {known.name} {known.version()}")

    def _choose(self) -> None:
        for known in installed():
            verdict = self._try(known)
            for texts, special, right in self._seen if verdict.same and self._fast else ():
                verdict = compare(known.name, self._fast, texts, special, right)  # type: ignore[arg-type]
                if not verdict.same:
                    self._withdraw(verdict.why)
                    break
            if verdict.same:
                self.detail(f"ids come from {known.name} {known.version()}, proven to be those of {REFERENCE}")
                break
            self.detail(f"{verdict.why}: not used")
        self._seen = []

    def _try(self, known: Known) -> Verdict:
        """Take an engine into use if it is proven, before or now."""
        kept = Kept(known, self.tokenizer)
        verdict = kept.read()
        if verdict is not None and not verdict.same:
            return verdict
        try:
            engine = attempt(lambda: known.load(self.tokenizer))
        except Unable as exc:
            verdict = Verdict(False, f"{known.name} does not know this kind of tokenizer ({one_line(exc)[:200]})")
            kept.write(verdict)
            return verdict
        if verdict is None:
            verdict = prove(known, engine, self.tokenizer)
            kept.write(verdict)
        if verdict.same:
            self._known, self._fast, self._kept = known, engine, kept
        return verdict

    def _withdraw(self, why: str) -> None:
        if self._kept is not None:
            self._kept.write(Verdict(False, why))
        self._known = self._fast = self._kept = None

    # --- the rest -----------------------------------------------------------------------------

    def _most(self, texts: Sequence[str], special: bool) -> Ids:
        fast = self._fast
        if fast is None:
            return self.reference.ids(texts, special)
        try:
            found = attempt(lambda: fast.ids(texts, special))
        except Unable:
            return self.reference.ids(texts, special)
        self._check(texts, special, found, found.lengths())
        return found

    def _many(self, texts: Sequence[str], special: bool) -> list[int]:
        fast = self._fast
        if fast is None:
            return self.reference.lengths(texts, special)
        try:
            found = attempt(lambda: fast.lengths(texts, special))
        except Unable:
            return self.reference.lengths(texts, special)
        self._check(texts, special, None, found)
        return found

    def _check(self, texts: Sequence[str], special: bool, found: Ids | None, lengths: Sequence[int]) -> None:
        """Hold some of a batch against ``tokenizers``; of numbers alone the ids are made for that."""
        name, fast = self.engine, self._fast
        assert fast is not None
        if len(lengths) != len(texts):
            self._stop(differs(name, texts[0]), 0)
        while self._gap < len(texts):
            at = self._gap
            right = self.reference.ids([texts[at]], special)
            ids = Ids.of([found[at]]) if found is not None else fast.ids([texts[at]], special)
            if not agrees(ids, lengths[at : at + 1], right, 0):
                self._stop(differs(name, texts[at]), at)
            self._gap += 1 + self._next_gap()
        self._gap -= len(texts)

    def _stop(self, why: str, at: int) -> None:
        self._withdraw(why)
        raise DiffersError(why, at)

    def _next_gap(self) -> int:
        """How many texts are not checked before the next one that is."""
        if self.share >= 1:
            return 0
        return int(math.log(1 - self._draw.random()) / math.log(1 - self.share)) if self.share > 0 else 1 << 62


_WITHOUT = f"leave --engine out, or use --engine {REFERENCE}"
