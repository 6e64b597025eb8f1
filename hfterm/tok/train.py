"""Train a tokenizer on a stream of texts, into a folder that transformers and ``hfterm tok`` load."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, UsageError, one_line
from hfterm.files import atomic_dir, require_free
from hfterm.progress import Task
from hfterm.tok import room, special, texts
from hfterm.tok import sources as reading
from hfterm.tok.texts import OnBad

BYTES = 256
BATCH_TEXTS = 1000
BERT = ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]")
# Special tokens of a kind when none are named.
DEFAULTS = {
    "bpe": BERT,
    "bytebpe": ("<|endoftext|>",),
    "wordpiece": BERT,
    "unigram": ("<unk>", "<s>", "</s>", "<pad>"),
}
KINDS = tuple(DEFAULTS)


@dataclass(frozen=True)
class Trained:
    """What was made: tokens in the vocabulary, texts and characters it was learnt from."""

    path: Path
    kind: str
    vocabulary: int
    texts: int
    characters: int

    def facts(self) -> dict[str, Any]:
        """All but the path."""
        return {name: value for name, value in asdict(self).items() if name != "path"}


def train(
    kind: str,
    sources: Sequence[str],
    output: str,
    *,
    vocab_size: int = 30_000,
    special_tokens: Sequence[str] = (),
    min_frequency: int | None = None,
    limit_alphabet: int | None = None,
    lowercase: bool = False,
    column: str | None = None,
    format: str | None = None,
    on_bad: OnBad = None,
    overwrite: bool = False,
    task: Task | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> Trained:
    """Learn a vocabulary and write it to the folder ``output``, which appears whole or not at all.

    ``bpe`` and ``wordpiece`` split words at spaces and punctuation first (as the tokenizers' quick tour and BERT);
    ``bytebpe`` is GPT-2's, ``unigram`` SentencePiece's: of these two a text comes back (unigram's in NFKC). Of
    ``bpe`` it comes back with spaces between all tokens, pieces of words among them, but before marks like a comma.
    With special tokens for cls and sep, these go around a text when special tokens are asked for.

    Raises:
        UsageError: the settings do not fit together, or the folder is in the way.
        HftermError: a source cannot be read, or holds no text.
    """
    tokens, roles = special.parse(special_tokens or DEFAULTS[kind])
    _check(kind, roles, len(tokens), vocab_size, min_frequency, limit_alphabet, warn)
    require_free(output, overwrite=overwrite)
    raw, trainer = _made(kind, tokens, roles, vocab_size, min_frequency, limit_alphabet, lowercase)
    feed = _Feed(sources, column, format, on_bad, task, warn)
    _run(lambda: raw.train_from_iterator(feed, trainer), feed)
    if not feed.characters:
        raise HftermError("no text in the input: there is nothing to learn from")
    _surround(raw, kind, roles)
    with atomic_dir(output, overwrite=overwrite) as folder:
        raw.save(str(folder / "tokenizer.json"))
        special.write_config(folder, roles, [t for t in tokens if t not in roles.values()])
    return Trained(Path(output), kind, raw.get_vocab_size(), feed.texts, feed.characters)


def _check(
    kind: str,
    roles: dict[str, str],
    tokens: int,
    vocab_size: int,
    min_frequency: int | None,
    limit_alphabet: int | None,
    warn: Callable[[str], None],
) -> None:
    least = tokens + (BYTES if kind == "bytebpe" else 1)
    if vocab_size < least:
        raise UsageError(f"a vocabulary of {vocab_size} is too small: {kind} needs at least {least} here")
    if min_frequency is not None and kind == "unigram":
        raise UsageError("--min-frequency has no meaning for unigram")
    if limit_alphabet is not None and kind in ("bytebpe", "unigram"):
        raise UsageError(
            f"--limit-alphabet has no meaning for {kind}", "its alphabet is the bytes" if kind == "bytebpe" else None
        )
    if "unk_token" not in roles:
        if kind in ("wordpiece", "unigram"):
            raise UsageError(f"{kind} needs a token for what it does not know", "add [UNK], or unk=TOKEN, to --special")
        if kind == "bpe":
            warn("no [UNK] among the special tokens: characters that are not learnt will vanish from a text")


def _made(
    kind: str,
    tokens: list[str],
    roles: dict[str, str],
    size: int,
    frequency: int | None,
    alphabet: int | None,
    lowercase: bool,
) -> tuple[Any, Any]:
    """An empty tokenizer of the kind, and its trainer."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    unknown = roles.get("unk_token")
    common: dict[str, Any] = {"vocab_size": size, "special_tokens": tokens, "show_progress": False}
    if kind == "unigram":
        raw = Tokenizer(models.Unigram())
        raw.normalizer = normalizers.Sequence([normalizers.NFKC(), *([normalizers.Lowercase()] if lowercase else [])])
        raw.pre_tokenizer, raw.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
        return raw, trainers.UnigramTrainer(unk_token=unknown, **common)
    if frequency is not None:
        common["min_frequency"] = frequency
    if kind == "bytebpe":
        raw = Tokenizer(models.BPE())
        raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        raw.decoder = decoders.ByteLevel()
        raw.normalizer = normalizers.Lowercase() if lowercase else None
        return raw, trainers.BpeTrainer(initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), **common)
    if alphabet is not None:
        common["limit_alphabet"] = alphabet
    if kind == "bpe":
        raw = Tokenizer(models.BPE(unk_token=unknown))
        raw.pre_tokenizer = pre_tokenizers.Whitespace()
        # Nothing marks the pieces of a word, so spaces go between all tokens but before marks like a comma. The prefix
        # that WordPiece joins at is one that no token has.
        raw.decoder = decoders.WordPiece(prefix=" ", cleanup=True)
        raw.normalizer = normalizers.Lowercase() if lowercase else None
        return raw, trainers.BpeTrainer(**common)
    raw = Tokenizer(models.WordPiece(unk_token=unknown))
    raw.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    raw.pre_tokenizer, raw.decoder = pre_tokenizers.BertPreTokenizer(), decoders.WordPiece()
    return raw, trainers.WordPieceTrainer(**common)


def _surround(raw: Any, kind: str, roles: dict[str, str]) -> None:
    """Put cls and sep around a text, where both are there; keep a byte-level token's offsets on its word."""
    from tokenizers import processors

    parts: list[Any] = [processors.ByteLevel(trim_offsets=True)] if kind == "bytebpe" else []
    cls, sep = roles.get("cls_token"), roles.get("sep_token")
    if cls and sep:
        ids = [(token, raw.token_to_id(token)) for token in dict.fromkeys((cls, sep))]
        # The lists, not one text: a token may hold the spaces and dollars of a template's language.
        first = [cls, "$A", sep]
        parts.append(processors.TemplateProcessing(single=first, pair=[*first, "$B:1", f"{sep}:1"], special_tokens=ids))
    if parts:
        raw.post_processor = parts[0] if len(parts) == 1 else processors.Sequence(parts)


class _Feed:
    """The texts as batches, for the trainer's thread; ``error`` is what ended them too early."""

    def __init__(
        self,
        sources: Sequence[str],
        column: str | None,
        format: str | None,
        on_bad: OnBad,
        task: Task | None,
        warn: Callable[[str], None],
    ) -> None:
        self.warn, self.long = warn, False
        self.sources, self.column, self.format, self.on_bad, self.task = sources, column, format, on_bad, task
        self.texts = self.characters = 0
        self.error: BaseException | None = None
        self.stop = False

    def __iter__(self) -> Iterator[list[str]]:
        try:
            batch: list[str] = []
            size = 0
            for text in self._texts():
                self.texts += 1
                for piece in room.pieces(text):
                    if self.stop:
                        return
                    batch.append(piece)
                    size += len(piece)
                    if len(batch) >= BATCH_TEXTS or size >= texts.BATCH_CHARACTERS:
                        self.characters += size
                        yield batch
                        batch, size = [], 0
            self.characters += size
            yield batch
        except BaseException as exc:
            self.error = exc

    def _texts(self) -> Iterator[str]:
        for source in self.sources:
            for number, row in enumerate(reading.rows(source, format=self.format, on_bad=self.on_bad), 1):
                try:
                    yield self._bounded(texts.words(row, self.column), source, number)
                except HftermError as exc:
                    exc.message = f"cannot train on {texts.name_of(source)}: record {number}: {exc.message}"
                    if self.on_bad is None:
                        raise
                    self.on_bad(exc)

    def _bounded(self, text: str, source: str, number: int) -> str:
        text, longest = room.shortened(text)
        if longest > room.LONGEST_WORD and not self.long:
            self.long = True
            what = f"{texts.name_of(source)}: record {number} has a word of {longest} characters"
            self.warn(f"{what}; of such words only the first {room.LONGEST_WORD} are learnt from")
        return text

    def show(self) -> None:
        """Say how far the reading is; of the learning that follows, only the time is known."""
        if self.task is not None:
            self.task.update(self.texts)


def _run(work: Callable[[], None], feed: _Feed) -> None:
    """Run the training in a thread: the library holds signals off, and the biggest jobs take many minutes."""
    failed: list[BaseException] = []

    def body() -> None:
        try:
            work()
        except BaseException as exc:
            failed.append(exc)

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.2)
            feed.show()
    except BaseException:
        feed.stop = True
        raise
    if feed.error is not None:
        raise feed.error
    if failed:
        if not feed.characters:
            raise HftermError("no text in the input: there is nothing to learn from")
        raise HftermError(f"the training failed: {one_line(failed[0])[:200]}") from failed[0]
