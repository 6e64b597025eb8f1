"""Hold an engine's ids against those of ``tokenizers``."""

from collections.abc import Sequence

from hfterm.errors import one_line
from hfterm.tok.engines.engine import REFERENCE, Engine, Known, Reference, Unable, attempt
from hfterm.tok.engines.ids import Ids
from hfterm.tok.engines.sample import excerpt, sample, shortest
from hfterm.tok.engines.verdicts import Verdict
from hfterm.tok.tokenizer import Tokenizer

_BATCH = 512


def prove(known: Known, engine: Engine, tokenizer: Tokenizer) -> Verdict:
    """Whether its ids and lengths of the built-in sample are those of ``tokenizers``, special tokens or not."""
    texts, reference = sample(tokenizer), Reference(tokenizer)
    for special in (False, True):
        for at in range(0, len(texts), _BATCH):
            batch = texts[at : at + _BATCH]
            try:
                right = reference.ids(batch, special)
            except Exception:  # the library raises bare Exception
                return Verdict(False, f"{REFERENCE} itself cannot encode the sample")
            found = compare(known.name, engine, batch, special, right)
            if not found.same:
                return found
    return Verdict(True)


def compare(name: str, engine: Engine, texts: Sequence[str], special: bool, right: Ids) -> Verdict:
    """Whether an engine gives the ids ``right`` of some texts, and their numbers."""
    try:
        ids = attempt(lambda: engine.ids(texts, special))
        lengths = attempt(lambda: engine.lengths(texts, special))
    except Unable as exc:
        return Verdict(False, f"{name} cannot encode the sample ({one_line(exc)[:200]})")
    wrong = [text for at, text in enumerate(texts) if not agrees(ids, lengths, right, at)]
    if len(ids) != len(texts) or wrong:
        return Verdict(False, differs(name, shortest(wrong or texts)))
    return Verdict(True)


def agrees(ids: Ids, lengths: Sequence[int], right: Ids, at: int) -> bool:
    """Whether one text of a batch has the right ids and their number."""
    return at < len(ids) and ids[at] == right[at] and at < len(lengths) and lengths[at] == len(right[at])


def differs(name: str, text: str) -> str:
    """The words for a text whose ids are not the same."""
    return f"{name} gives other ids than {REFERENCE} for the text {excerpt(text)}"
