"""Fast engines for token ids: used where they are proven to give the ids of ``tokenizers``, and watched while they run.

An engine is a program that reads the same ``tokenizer.json``. :class:`Encoder` chooses one; :func:`register` makes
another one known.
"""

from hfterm.tok.engines import fastokens as _fastokens  # noqa: F401 (it registers itself)
from hfterm.tok.engines.encoder import AUTO, DiffersError, Encoder
from hfterm.tok.engines.engine import REFERENCE, Engine, Known, Reference, forget, names, register
from hfterm.tok.engines.ids import Ids

__all__ = [
    "AUTO",
    "REFERENCE",
    "DiffersError",
    "Encoder",
    "Engine",
    "Ids",
    "Known",
    "Reference",
    "forget",
    "names",
    "register",
]
