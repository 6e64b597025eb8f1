"""Pack texts into shards of token ids, ready for training: ``.npy``, raw ``.bin`` or Parquet files, and an index.

The folder holds, for each shard N (five digits):

- ``tokens-N.npy``: ids, little-endian; of shape (rows, length), or (tokens,) without a length. ``.bin``: the same
  values without a header, for ``numpy.memmap``. uint16 where every id fits, else uint32.
- ``starts-N.npy`` (or ``.bin``): uint64, where documents begin, in tokens from the shard's own beginning (one without
  any token begins nowhere).

of Parquet what :mod:`hfterm.tok.pack_parquet` says,

and ``index.json``: what it was made of and with, the shards, and the account of every token. Header of ``.npy``:
https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (version 1.0).
"""

import json
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hfterm.errors import HftermError, UsageError
from hfterm.files import atomic_dir, require_free, write_text
from hfterm.progress import Task
from hfterm.tok import texts
from hfterm.tok.encode import ids_of
from hfterm.tok.engines import REFERENCE, Encoder
from hfterm.tok.inspect import definition, digest
from hfterm.tok.pack_files import Packed, Writer
from hfterm.tok.pack_plain import PlainWriter
from hfterm.tok.texts import OnBad
from hfterm.tok.tokenizer import Tokenizer

FORMATS = ("npy", "bin", "parquet")
TAILS = ("drop", "pad")
SHARD_TOKENS = 100_000_000
INDEX = "index.json"


def pack(
    sources: Sequence[str],
    tokenizer: Tokenizer,
    output: str,
    *,
    length: int | None = None,
    form: str = "npy",
    end: str | None = None,
    no_end: bool = False,
    special: bool = False,
    tail: str = "drop",
    shard_tokens: int = SHARD_TOKENS,
    column: str | None = None,
    format: str | None = None,
    on_bad: OnBad = None,
    encoder: Encoder | None = None,
    overwrite: bool = False,
    task: Task | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> Packed:
    """Encode every text, end it with the token ``end`` (default: the tokenizer's eos), and write shards.

    With ``length`` (Parquet must have one) the stream of tokens is cut into rows, documents running over; what is left
    for the last row is dropped or padded (``tail``; with the pad token, else the ending one). A shard holds at most
    ``shard_tokens``. ``special`` adds the special tokens around a text. The folder appears whole or not at all.

    Raises:
        UsageError: there is no such token, or the folder is in the way.
        HftermError: a source cannot be read, or there was nothing in it.
    """
    require_free(output, overwrite=overwrite)
    ending = None if no_end else _ending(tokenizer, end)
    filling = _filling(tokenizer, ending) if length is not None and tail == "pad" else None
    if length is not None and shard_tokens < length:
        raise UsageError(f"a shard of {shard_tokens} tokens is shorter than one row of {length}")
    largest = max(tokenizer.raw.get_vocab().values(), default=0)
    done = Packed(Path(output), "uint16" if largest < 2**16 else "uint32", length)
    with atomic_dir(output, overwrite=overwrite) as folder:
        size = shard_tokens if length is None else shard_tokens // length * length
        with _writer(folder, form, size, done) as writer:
            encoder = encoder or Encoder(tokenizer, REFERENCE)
            for ids in _documents(sources, tokenizer, encoder, writer.code, column, special, format, on_bad):
                writer.document(ids, ending)
                if task is not None and done.documents % 1000 == 0:
                    task.update(done.documents, tokens=done.text_tokens)
            if task is not None:
                task.update(done.documents, tokens=done.text_tokens)
            writer.finish(filling)
        if not done.documents:
            raise HftermError("no text in the input: there is nothing to pack")
        if not done.written and length is None:
            raise HftermError("no tokens in the texts: there is nothing to pack")
        if not done.written:
            raise HftermError(
                f"all {done.text_tokens + done.end_tokens} tokens do not fill one row of {length}",
                "choose a smaller --length or add --tail pad",
            )
        _index(folder, tokenizer, done, form, ending, filling)
    if done.dropped:
        warn(f"the last {done.dropped} tokens do not fill a row of {length} and are left out; --tail pad keeps them")
    return done


def _writer(folder: Path, form: str, size: int, done: Packed) -> Writer:
    if form != "parquet":
        return PlainWriter(folder, form, size, done)
    from hfterm.tok.pack_parquet import ParquetWriter

    return ParquetWriter(folder, size, done)


def _documents(
    sources: Sequence[str],
    tokenizer: Tokenizer,
    encoder: Encoder,
    code: str,
    column: str | None,
    special: bool,
    format: str | None,
    on_bad: OnBad,
) -> Iterator["array[int]"]:
    for source in sources:
        found = texts.read(source, tokenizer, column=column, format=format, on_bad=on_bad, doing="pack")
        for batch in texts.batches(found):
            yield from ids_of(encoder, batch, special, source).arrays(code)


def _ending(tokenizer: Tokenizer, given: str | None) -> int:
    token = given if given is not None else tokenizer.special.get("eos_token") or tokenizer.special.get("sep_token")
    if token is None:
        raise UsageError("the tokenizer has no eos token to end documents with", "add --end TOKEN or --no-end")
    number: int | None = tokenizer.raw.token_to_id(token)
    if number is None:
        raise UsageError(f"the tokenizer has no token {token!r}", "see its tokens: hfterm tok vocab --added")
    return number


def _filling(tokenizer: Tokenizer, ending: int | None) -> int:
    token = tokenizer.special.get("pad_token")
    number: int | None = tokenizer.raw.token_to_id(token) if token is not None else None
    number = ending if number is None else number
    if number is None:
        raise UsageError("the tokenizer has no pad token", "add --end TOKEN, or leave the tail out with --tail drop")
    return number


def _index(
    folder: Path, tokenizer: Tokenizer, done: Packed, form: str, ending: int | None, filling: int | None
) -> None:
    content = {
        "format": "hfterm-pack-1",
        "files": form,
        "tokenizer": {
            "path": str(tokenizer.path),
            "sha256": digest(definition(tokenizer)),
            "vocabulary": tokenizer.raw.get_vocab_size(),
        },
        "end_id": ending,
        "pad_id": filling,
        **done.facts(),
        "shards": done.shards,
    }
    write_text(folder / INDEX, json.dumps(content, indent=2) + "\n")
