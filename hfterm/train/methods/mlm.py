"""Masked language modelling, by transformers' Trainer and its masking collator."""

from collections.abc import Callable, Mapping
from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.progress import Progress
from hfterm.train.data import DataFile
from hfterm.train.methods.base import Inputs, Material, Prepared
from hfterm.train.task_recipes import MlmRecipe
from hfterm.train.tasks import fit, scores
from hfterm.train.tasks.base import TaskMethod, config_of, material, padding, room
from hfterm.train.tasks.blocks import documents
from hfterm.train.tasks.reading import chunks, read
from hfterm.train.tasks.table import Table


class Mlm(TaskMethod):
    """Each text is an example, a long one several; the masks are new in every epoch."""

    name = "mlm"
    peft_task = None

    def judge(self, recipe: MlmRecipe, data: DataFile) -> Callable[[Mapping[str, Any]], Any]:
        """A text."""
        return text

    def material(self, given: Inputs[MlmRecipe]) -> Material:
        """Tokenize all texts."""
        recipe, model_path = given.recipe, given.model_path
        tokenizer, config = self.tokenizer(model_path), config_of(model_path)
        if tokenizer.mask_token_id is None:
            raise HftermError(
                f"the tokenizer of {str(model_path)!r} has no mask token", "give a copy of it one with 'hfterm tok add'"
            )
        padding(tokenizer, model_path)
        length = room(recipe, config, tokenizer)
        if length <= tokenizer.num_special_tokens_to_add():
            raise UsageError(f"--max-length {length} has no room for a token beside the special ones")
        made = []
        for one in given.sources:
            made.append(pieces(recipe, one, tokenizer, length, given.progress))
            fit.check_vocabulary(config, made[-1][1].pop("largest"), model_path)
            if made[-1][1]["bad"]:
                given.out.warn(f"{one.name}: {made[-1][1]['bad']} records left out (--skip-bad)")
        return material(
            given,
            tokenizer,
            made,
            more={"collator": lambda model: collator(recipe, tokenizer), "note": given.out.note},
        )

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """Transformers' Trainer; an evaluation masks alike every time, and tells the perplexity too."""
        return scores.with_perplexity(super().trainer(prepared, model, arguments))


def pieces(
    recipe: MlmRecipe, data: DataFile, tokenizer: Any, length: int, progress: Progress
) -> tuple[Table, dict[str, int]]:
    """The examples of a file, and numbers about them."""
    records = read(data, recipe, progress, text)
    table = Table(("input_ids", "offset_mapping") if recipe.whole_words else ("input_ids",))
    tokens, largest, special = 0, 0, tokenizer.num_special_tokens_to_add()
    for chunk in chunks(records.found):
        encoded = tokenizer(
            [value for _, value in chunk],
            truncation=True,
            max_length=length,
            return_overflowing_tokens=True,
            return_offsets_mapping=recipe.whole_words,
            verbose=False,
        )
        for at, ids in enumerate(encoded["input_ids"]):
            # Blank lines are no examples.
            if len(ids) <= special:
                continue
            row = {"input_ids": ids}
            if recipe.whole_words:
                row["offset_mapping"] = [list(pair) for pair in encoded["offset_mapping"][at]]
            table.add(chunk[encoded["overflow_to_sample_mapping"][at]][0], row)
            tokens += len(ids)
            largest = max(largest, max(ids))
    if not len(table):
        raise HftermError(f"{data.empty}: its texts are empty")
    counts = {"examples": len(table), "records": len(records.found) + records.bad, "bad": records.bad}
    return table, {**counts, "tokens": tokens, "largest": largest}


def text(row: Mapping[str, Any]) -> str:
    """A record's text.

    Raises:
        HftermError: it has none.
    """
    found = documents(row)
    if not isinstance(found, str):
        raise HftermError("it has token ids, no text")
    return found


def collator(recipe: MlmRecipe, tokenizer: Any) -> Any:
    """Transformers' masking collator; for whole words its word bounds are padded too."""
    import transformers

    how: dict[str, Any] = {"mask_replace_prob": 1.0, "random_replace_prob": 0.0} if recipe.whole_words else {}
    mask = transformers.DataCollatorForLanguageModeling(
        tokenizer, mlm=True, mlm_probability=recipe.mlm_probability, whole_word_mask=recipe.whole_words, **how
    )

    def collate(examples: list[dict[str, Any]]) -> Any:
        if recipe.whole_words:
            longest = max(len(row["input_ids"]) for row in examples)
            left = tokenizer.padding_side == "left"
            filled = []
            for row in examples:
                fill = [[0, 0]] * (longest - len(row["offset_mapping"]))
                bounds = [*fill, *row["offset_mapping"]] if left else [*row["offset_mapping"], *fill]
                filled.append({**row, "offset_mapping": bounds})
            examples = filled
        return with_one(mask(examples), tokenizer)

    return collate


def with_one(batch: Any, tokenizer: Any) -> Any:
    """A batch in which a token at least is masked: of none there would be no loss, and short texts can come to that."""
    import torch

    if bool((batch["labels"] != -100).any()):
        return batch
    special = torch.tensor(sorted(tokenizer.all_special_ids))
    places = (~torch.isin(batch["input_ids"], special)).nonzero()
    if len(places):
        at = tuple(places[int(torch.randint(len(places), (1,)))])
        batch["labels"][at] = batch["input_ids"][at]
        batch["input_ids"][at] = tokenizer.mask_token_id
    return batch


METHOD = Mlm()
