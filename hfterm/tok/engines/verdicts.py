"""What was found out about an engine and a tokenizer, kept between runs.

A file a pair in the cache folder, under the hash of the tokenizer's definition, the engine and its version, the version
of ``tokenizers`` and that of the sample. What cannot be read counts as not there, what cannot be written is found out
again; a file appears whole, whoever else writes it.
"""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from hfterm import paths
from hfterm.errors import HftermError
from hfterm.files import write_text
from hfterm.tok.engines.engine import REFERENCE, Known, version_of
from hfterm.tok.engines.sample import VERSION
from hfterm.tok.tokenizer import Tokenizer

FOLDER = "tok-engines"


class Verdict(NamedTuple):
    """Whether the ids were the same; if not, ``why`` in words, with the text that differed."""

    same: bool
    why: str = ""


class Kept:
    """Where the verdict on an engine and a tokenizer is kept."""

    def __init__(self, known: Known, tokenizer: Tokenizer) -> None:
        definition = hashlib.sha256(tokenizer.raw.to_str().encode()).hexdigest()
        self.about = {
            "tokenizer": definition,
            "engine": known.name,
            "version": known.version(),
            REFERENCE: version_of(REFERENCE),
            "sample": VERSION,
        }

    @property
    def path(self) -> Path:
        """The file, which need not exist."""
        name = hashlib.sha256(json.dumps(self.about, sort_keys=True).encode()).hexdigest()[:32]
        return paths.cache_dir() / FOLDER / f"{name}.json"

    def read(self) -> Verdict | None:
        """The verdict, or None."""
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(found, dict) or any(found.get(name) != value for name, value in self.about.items()):
            return None
        same, why = found.get("same"), found.get("why", "")
        return Verdict(same, why) if isinstance(same, bool) and isinstance(why, str) else None

    def write(self, verdict: Verdict) -> None:
        """Keep a verdict, if that is possible."""
        with contextlib.suppress(OSError, HftermError):
            text = json.dumps({**self.about, "same": verdict.same, "why": verdict.why}, indent=2)
            write_text(self.path, text + "\n", fsync=False)
