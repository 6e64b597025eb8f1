"""How much memory a long text takes while it is encoded or learnt from."""

import re
from collections.abc import Iterator

from hfterm.errors import OutOfMemoryError

# Bytes a character that tokenizers takes for a text of one word (byte-level BPE, measured); of plain words half of it.
ENCODING_BYTES = 300
LARGE = 1 << 20
LONGEST_WORD = 10_000
_RUN = re.compile(r"\w+|[^\w\s]+|\s+")


def check(characters: int) -> None:
    """Check that a text of so many characters can be encoded: a tokenizer takes it whole, for its ids to be right.

    Raises:
        OutOfMemoryError: not enough memory is free.
    """
    if characters < LARGE:
        return
    import psutil

    from hfterm.monitor.host import memory

    machine = psutil.virtual_memory()
    used, total = memory(machine)
    free, wanted = min(total - used, machine.available), characters * ENCODING_BYTES
    if wanted > free:
        raise OutOfMemoryError(
            f"a text of {characters / 1e6:.0f} million characters may take {wanted / 1e9:.1f} GB while it is encoded, "
            f"and {free / 1e9:.1f} GB are free",
            "cut it into documents",
        )


def shortened(text: str, longest: int = LONGEST_WORD) -> tuple[str, int]:
    """A text to learn from with no word, run of marks or of white space longer than that; and how long the longest was.

    A trainer keeps every word that it meets once, letter by letter: what one of 30 MB holds (base64, a matrix of
    numbers) is no word, and takes gigabytes.
    """
    if len(text) <= longest:
        return text, 0
    found = max((match.end() - match.start() for match in _RUN.finditer(text)), default=0)
    return (text, found) if found <= longest else (_RUN.sub(lambda match: match[0][:longest], text), found)


def pieces(text: str, size: int = LARGE) -> Iterator[str]:
    """A text to learn from in pieces of at most so many characters, cut where a word ends if there is such a place."""
    at = 0
    while len(text) - at > size:
        end = at + size
        while (cut := text.rfind(" ", at + 1, end)) > 0:
            # Only a space alone: where there are several, how they belong together is learnt, too.
            if not text[cut - 1].isspace() and not text[cut + 1].isspace():
                break
            end = cut
        end = cut if cut > 0 else at + size
        yield text[at:end]
        at = end
    yield text[at:]
