"""Classification of words, by transformers' Trainer: the first token of a word has its tag, the others have none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hfterm.errors import HftermError
from hfterm.train.data import DataFile
from hfterm.train.methods.base import Inputs, Material
from hfterm.train.places import Place
from hfterm.train.task_recipes import TagRecipe
from hfterm.train.tasks import fit, labels, scores
from hfterm.train.tasks.base import TaskMethod, config_of, material, padding, pads_model, room, told
from hfterm.train.tasks.reading import chunks, column, read
from hfterm.train.tasks.table import Table

WORDS = ("tokens", "words", "text")
TAGS = ("tags", "ner_tags", "labels", "pos_tags", "label")
IGNORE = -100


class Tag(TaskMethod):
    """A tag for every word."""

    name = "tag"
    peft_task = "TOKEN_CLS"

    def judge(self, recipe: TagRecipe, data: DataFile) -> Callable[[Mapping[str, Any]], Any]:
        """Words, and a tag for each."""
        return words_and_tags

    def agree(self, recipe: Any, found: Sequence[tuple[str, Sequence[Any]]], model: Mapping[str, Any] | None) -> None:
        """As :func:`hfterm.train.tasks.labels.agree`, of the tags."""
        labels.agree([(name, {tag for _, tags in some for tag in tags}) for name, some in found], model)

    def material(self, given: Inputs[TagRecipe]) -> Material:
        """Tokenize all words, and put the tags to their tokens."""
        recipe, model_path, out = given.recipe, given.model_path, given.out
        if recipe.metric is not None:
            scores.chosen(recipe.metric, "", ("tags", "label"), "tags")
        tokenizer, config = self.tokenizer(model_path), config_of(model_path)
        padding(tokenizer, model_path)
        longest = room(recipe, config, tokenizer)
        sources = given.sources
        found = [read(one, recipe, given.progress, words_and_tags) for one in sources]
        seen = [{tag for _, (_, tags) in records.found for tag in tags} for records in found]
        names = labels.agree([(one.name, some) for one, some in zip(sources, seen, strict=True)], config)
        usual = "seqeval" if _are_entities(names) else "accuracy,f1_macro"
        metrics = scores.chosen(recipe.metric, usual, ("tags", "label"), "tags")
        if recipe.metric is None and not metrics:
            metrics = scores.chosen(None, "accuracy", ("label",), "tags")
        made = []
        for one, records in zip(sources, found, strict=True):
            table, counts = aligned(records.found, labels.numbers(names), tokenizer, longest)
            fit.check_vocabulary(config, counts.pop("largest"), model_path)
            counts = {"examples": len(table), "records": len(table) + records.bad, "bad": records.bad, **counts}
            told(out, one.name, counts, f"--max-length {longest} tokens")
            made.append((table, {**counts, "labels": len(names)}))
        return material(
            given,
            tokenizer,
            made,
            more={
                "labels": pads_model(labels.settings(names), tokenizer, config),
                "collator": lambda model: _collator(tokenizer),
                "compute_metrics": scores.tags(metrics, names, out.warn),
                "preprocess_logits_for_metrics": lambda logits, labels: scores.first(logits).argmax(-1),
                "note": out.note,
            },
        )


def words_and_tags(row: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The words of a record and their tags.

    Raises:
        HftermError: it has none, or not as many of both.
    """
    words, tags = column(row, WORDS, "list of words"), column(row, TAGS, "list of tags")
    # As CoNLL's lines are often kept: one text, words between spaces.
    words, tags = (value.split() if isinstance(value, str) else value for value in (words, tags))
    if not isinstance(words, list) or not all(isinstance(one, str) for one in words):
        raise HftermError("its words are no list of texts")
    if not isinstance(tags, list):
        raise HftermError("its tags are no list")
    if len(words) != len(tags):
        raise HftermError(f"it has {len(words)} words and {len(tags)} tags")
    if not words:
        raise HftermError("it has no words")
    return words, [labels.name(tag) for tag in tags]


def _are_entities(names: list[str]) -> bool:
    return all(one == "O" or one[:2] in ("B-", "I-", "E-", "S-", "L-", "U-") for one in names)


def aligned(
    found: list[tuple[Place, tuple[list[str], list[str]]]], number: Mapping[str, int], tokenizer: Any, longest: int
) -> tuple[Table, dict[str, int]]:
    """The examples, and numbers about them. A word that the tokenizer makes nothing of has no label either."""
    table = Table(("input_ids", "attention_mask", "labels"))
    tokens, largest, truncated = 0, 0, 0
    for chunk in chunks(found):
        encoded = tokenizer(
            [words for _, (words, _) in chunk],
            is_split_into_words=True,
            truncation=True,
            max_length=longest,
            verbose=False,
        )
        for at, (place, (_, tags)) in enumerate(chunk):
            ids, label, before = encoded["input_ids"][at], [], None
            for word in encoded.word_ids(at):
                label.append(number[tags[word]] if word is not None and word != before else IGNORE)
                before = word
            truncated += before is None and len(ids) >= longest and max(_words(encoded, at), default=0) < len(tags) - 1
            table.add(place, {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": label})
            tokens += len(ids)
            largest = max(largest, max(ids, default=0))
    return table, {"truncated": truncated, "tokens": tokens, "largest": largest}


def _words(encoded: Any, at: int) -> list[int]:
    return [word for word in encoded.word_ids(at) if word is not None]


def _collator(tokenizer: Any) -> Any:
    import transformers

    return transformers.DataCollatorForTokenClassification(tokenizer)


METHOD = Tag()
