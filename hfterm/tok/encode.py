"""Texts to token ids and back, as streams of records."""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hfterm import records
from hfterm.errors import HftermError, UsageError, one_line
from hfterm.tok import sources as reading
from hfterm.tok import texts
from hfterm.tok.engines import AUTO, REFERENCE, DiffersError, Encoder, Ids
from hfterm.tok.texts import OnBad, Text
from hfterm.tok.tokenizer import Tokenizer

Row = dict[str, Any]
# Fields that ids are found in, the first one that a record has.
ID_FIELDS = ("ids", "input_ids", "tokens", "token_ids")


class Encoded(dict[str, Any]):
    """``{"ids": [...]}``; most of the work of a fast engine would go into its JSON text, were that json's to make."""

    __slots__ = ()

    def json_text(self) -> str:
        """What ``json.dumps`` makes of it."""
        return f'{{"ids": [{", ".join(map(_NUMBERS, self["ids"]))}]}}'


class _Numbers(dict[int, str]):
    """Numbers as text, each made once."""

    def __missing__(self, number: int) -> str:
        self[number] = text = str(number)
        return text


_NUMBERS = _Numbers().__getitem__


def encode(
    sources: Sequence[str],
    tokenizer: Tokenizer,
    *,
    column: str | None = None,
    tokens: bool = False,
    offsets: bool = False,
    special: bool = False,
    chat: bool = False,
    generation_prompt: bool = False,
    keep: bool = False,
    max_length: int | None = None,
    format: str | None = None,
    on_bad: OnBad = None,
    encoder: Encoder | None = None,
) -> Iterator[Row]:
    """Yield ``{"ids": [...]}`` for each text of the sources (see :func:`hfterm.tok.texts.read`), as they come.

    ``tokens`` and ``offsets`` (``[start, end]`` in characters) are added when asked for. ``special`` puts the
    special tokens the model expects around a plain text. ``keep`` keeps the record's own fields before these.
    ``max_length`` cuts, special tokens included. ``encoder`` chooses who makes the ids (default: ``tokenizers``);
    tokens, offsets, and a cut that leaves room for special tokens come from ``tokenizers`` alone.

    Raises:
        HftermError: a source cannot be read, a record holds no text, or the tokenizer cannot encode it.
    """
    more, around = tokens or offsets, special and max_length is not None
    if encoder is not None and encoder.wanted not in (AUTO, REFERENCE) and (more or around):
        what = "tokens and offsets come" if more else "a cut with special tokens comes"
        raise UsageError(f"{what} from {REFERENCE} alone", "leave --engine out")
    if max_length is not None:
        _truncate(tokenizer, max_length, special, more or around)
    if encoder is None or around:
        encoder = Encoder(tokenizer, REFERENCE)
    for source in sources:
        found = texts.read(
            source,
            tokenizer,
            column=column,
            chat=chat,
            generation_prompt=generation_prompt,
            format=format,
            on_bad=on_bad,
            doing="encode",
        )
        for batch in texts.batches(found, texts.largest_batch(source)):
            if not more:
                found_ids = ids_of(encoder, batch, special, source).lists()
                for text, numbers in zip(batch, found_ids, strict=True):
                    if max_length is not None:
                        del numbers[max_length:]
                    yield {**text.row, "ids": numbers} if keep else Encoded(ids=numbers)
                continue
            for text, one in zip(batch, encoded(tokenizer.raw.encode_batch, batch, special), strict=True):
                row: Row = {**(text.row if keep else {}), "ids": one.ids}
                if tokens:
                    row["tokens"] = one.tokens
                if offsets:
                    row["offsets"] = [list(span) for span in one.offsets]
                yield row


def encoded(many: Any, batch: Sequence[Text], special: bool) -> list[Any]:
    """A batch's encodings by ``many``, one of the tokenizer's own batch methods.

    Raises:
        HftermError: the tokenizer cannot encode a text (one without an unknown token, for instance).
    """
    try:
        result: list[Any] = many([text.text for text in batch], add_special_tokens=special and batch[0].plain)
        return result
    except Exception as exc:  # the library raises bare Exception
        raise _cannot(exc) from exc


def ids_of(encoder: Encoder, batch: Sequence[Text], special: bool, source: str) -> Ids:
    """A batch's ids.

    Raises:
        HftermError: the tokenizer cannot encode a text. DiffersError: the engine in use gave other ids than
            ``tokenizers``; the message names the record.
    """
    with _naming(batch, source):
        return encoder.ids([text.text for text in batch], special=special and batch[0].plain)


def lengths_of(encoder: Encoder, batch: Sequence[Text], special: bool, source: str) -> list[int]:
    """How many ids each text of a batch has. Raises as :func:`ids_of`."""
    with _naming(batch, source):
        return encoder.lengths([text.text for text in batch], special=special and batch[0].plain)


@contextlib.contextmanager
def _naming(batch: Sequence[Text], source: str) -> Iterator[None]:
    try:
        yield
    except DiffersError as exc:
        exc.message = f"{texts.name_of(source)}: record {batch[exc.at].number}: {exc.message}"
        raise
    except HftermError:
        raise
    except Exception as exc:  # the library raises bare Exception
        raise _cannot(exc) from exc


def _cannot(exc: Exception) -> HftermError:
    return HftermError(f"the tokenizer cannot encode a text: {one_line(exc)[:200]}")


def _truncate(tokenizer: Tokenizer, length: int, special: bool, library: bool) -> None:
    """Check the length, and let the library cut if what it gives is to be used as it is."""
    around = tokenizer.raw.num_special_tokens_to_add(False) if special else 0
    if length <= around:
        raise UsageError(f"cannot cut to {length} tokens: the special tokens alone are {around}")
    if library:
        tokenizer.raw.enable_truncation(length)


def decode(
    sources: Sequence[str],
    tokenizer: Tokenizer,
    *,
    column: str | None = None,
    special: bool = False,
    keep: bool = False,
    format: str | None = None,
    on_bad: OnBad = None,
) -> Iterator[Row]:
    """Yield ``{"text": ...}`` for each list of ids.

    A line is ids between spaces or commas, a JSON list of them, or a JSON object with such a list in ``column``
    (default: the first of ``ID_FIELDS``). ``special`` writes special tokens too.

    Raises:
        HftermError: a source cannot be read, or holds what is no id of this tokenizer.
    """
    known: dict[int, bool] = {}
    for source in sources:
        kind = format or records.format_of(source)
        if reading.plain(source, format) and kind not in ("json", "csv", "tsv"):
            kind = "text"
        for number, row in enumerate(reading.rows(source, format=kind, on_bad=on_bad), 1):
            try:
                record = _record(row["text"]) if kind == "text" else row
                if record is None:
                    continue
                ids = _ids(record, column)
                for one in set(ids):
                    if not known.setdefault(one, 0 <= one < 2**32 and tokenizer.raw.id_to_token(one) is not None):
                        raise HftermError(f"no token has the id {one}", f"the vocabulary is {_range(tokenizer)}")
                text = tokenizer.raw.decode(ids, skip_special_tokens=not special)
                yield {**(record if keep else {}), "text": text}
            except HftermError as exc:
                exc.message = f"cannot decode {texts.name_of(source)}: record {number}: {exc.message}"
                if on_bad is None:
                    raise
                on_bad(exc)


def _range(tokenizer: Tokenizer) -> str:
    return f"0 to {tokenizer.raw.get_vocab_size() - 1}"


def _record(line: str) -> Mapping[str, Any] | None:
    """A line as a record of ids; None of an empty one."""
    line = line.strip()
    if not line:
        return None
    if line[0] in "{[":
        try:
            value = records.parse_json(line)
        except ValueError as exc:
            raise HftermError(f"not JSON ({exc})") from exc
        return value if isinstance(value, dict) else {"ids": value}
    return {"ids": line}


def _ids(record: Mapping[str, Any], column: str | None) -> list[int]:
    name = column or next((field for field in ID_FIELDS if record.get(field) is not None), "ids")
    value = record.get(name)
    if value is None:
        raise HftermError(f"no column {name!r}", f"it has {', '.join(map(str, record)) or 'no fields'}")
    if isinstance(value, str):  # a line, or a CSV cell: 1 2 3 or [1, 2, 3]
        value = re.split(r"[\s,]+", value.strip(" \t[],")) if value.strip(" \t[],") else []
        if wrong := next((part for part in value if not re.fullmatch(r"-?[0-9]{1,20}", part)), None):
            raise HftermError(f"{wrong[:40]!r} is no token id", "ids are whole numbers")
        return [int(part) for part in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    if not isinstance(value, list):
        raise HftermError(f"the field {name!r} holds no list of ids")
    for part in value:
        if not isinstance(part, int) or isinstance(part, bool):
            raise HftermError(f"{str(part)[:40]!r} is no token id", "ids are whole numbers")
    return value
