"""Text to text, by transformers' Seq2SeqTrainer; an evaluation generates texts and scores them."""

from collections.abc import Callable, Mapping
from typing import Any

from hfterm.progress import Progress
from hfterm.train.data import DataFile
from hfterm.train.methods.base import Inputs, Material, Prepared
from hfterm.train.task_recipes import Seq2SeqRecipe
from hfterm.train.tasks import fit, losses, scores
from hfterm.train.tasks.base import TaskMethod, config_of, material, padding, room, told
from hfterm.train.tasks.reading import chunks, column, read, text
from hfterm.train.tasks.table import Table

# Pairs of columns that mean source and target.
PAIRS = (
    ("prompt", "completion"),
    ("source", "target"),
    ("input", "target"),
    ("input_text", "target_text"),
    ("document", "summary"),
    ("article", "highlights"),
    ("text", "summary"),
    ("text", "target"),
    ("question", "answer"),
    ("instruction", "output"),
    ("input", "output"),
)


class Seq2Seq(TaskMethod):
    """Sources are read, targets are learned."""

    name = "seq2seq"
    peft_task = "SEQ_2_SEQ_LM"
    new_head = False

    def judge(self, recipe: Seq2SeqRecipe, data: DataFile) -> Callable[[Mapping[str, Any]], Any]:
        """A source and its target."""
        return source_and_target

    def material(self, given: Inputs[Seq2SeqRecipe]) -> Material:
        """Tokenize sources and targets."""
        recipe, model_path, out = given.recipe, given.model_path, given.out
        metrics = scores.chosen(recipe.metric, "rouge", ("text", "one_text"), "generated texts")
        tokenizer, config = self.tokenizer(model_path), config_of(model_path)
        padding(tokenizer, model_path)
        longest = room(recipe, config, tokenizer)
        made = []
        for one in given.sources:
            made.append(pairs(recipe, one, tokenizer, longest, given.progress))
            fit.check_vocabulary(config, made[-1][1].pop("largest"), model_path)
            limit = f"--max-length {longest} or --max-target-length {recipe.max_target_length} tokens"
            told(out, one.name, made[-1][1], limit)
        more: dict[str, Any] = {"collator": lambda model: collator(tokenizer, model), "note": out.note}
        if recipe.set.get("predict_with_generate", True):
            more["compute_metrics"] = scores.texts(metrics, tokenizer, out.warn)
        return material(
            given,
            tokenizer,
            made,
            more=more,
        )

    def arguments(self, recipe: Seq2SeqRecipe) -> dict[str, Any]:
        """An evaluation generates, as long as a target may be."""
        return {
            **super().arguments(recipe),
            "predict_with_generate": True,
            "generation_max_length": recipe.max_target_length,
        }

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """Transformers' Seq2SeqTrainer."""
        import transformers

        made = transformers.Seq2SeqTrainer(model=model, args=arguments, **self.parts(prepared, model))
        return losses.correct(made, prepared.material.train, self.name)


def source_and_target(row: Mapping[str, Any]) -> tuple[str, str]:
    """The two texts of a record.

    Raises:
        HftermError: it has no columns that are such by their names.
    """
    translation = row.get("translation")
    if isinstance(translation, Mapping) and len(translation) == 2:
        one, other = translation.values()
        return text(one, "source"), text(other, "target")
    for source, target in PAIRS:
        if row.get(source) is not None and row.get(target) is not None:
            return text(row[source], f"field {source!r}"), text(row[target], f"field {target!r}")
    column(row, ("prompt", "source"), "source (prompt, source, document, question, ...)")
    return "", column(row, ("completion", "target"), "target to its source (completion, target, summary, answer, ...)")


def pairs(
    recipe: Seq2SeqRecipe, data: DataFile, tokenizer: Any, longest: int, progress: Progress
) -> tuple[Table, dict[str, int]]:
    """The examples of a file, and numbers about them."""
    records = read(data, recipe, progress, source_and_target)
    table = Table(("input_ids", "attention_mask", "labels"))
    tokens, largest, truncated = 0, 0, 0
    for chunk in chunks(records.found):
        sources = tokenizer([recipe.source_prefix + source for _, (source, _) in chunk], verbose=False)["input_ids"]
        targets = tokenizer(text_target=[target for _, (_, target) in chunk], verbose=False)["input_ids"]
        for (place, _), source, target in zip(chunk, sources, targets, strict=True):
            kept, learned = _cut(source, longest, tokenizer), _cut(target, recipe.max_target_length, tokenizer)
            truncated += len(kept) < len(source) or len(learned) < len(target)
            tokens += len(kept) + len(learned)
            largest = max(largest, *kept, *learned, 0)
            table.add(place, {"input_ids": kept, "attention_mask": [1] * len(kept), "labels": learned})
    counts = {"examples": len(table), "records": len(table) + records.bad, "bad": records.bad}
    return table, {**counts, "truncated": truncated, "tokens": tokens, "largest": largest}


def _cut(ids: list[int], longest: int, tokenizer: Any) -> list[int]:
    """No more tokens than there is room for; a text that ends with the end-of-text token still does."""
    if len(ids) <= longest:
        return ids
    return [*ids[: longest - 1], ids[-1]] if ids[-1] == tokenizer.eos_token_id else ids[:longest]


def collator(tokenizer: Any, model: Any) -> Any:
    """Transformers' own, which makes the decoder's input of the labels."""
    import transformers

    return transformers.DataCollatorForSeq2Seq(tokenizer, model=model, label_pad_token_id=-100)


METHOD = Seq2Seq()
