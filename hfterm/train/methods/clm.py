"""Causal language modelling on plain text, by transformers' Trainer: pretraining goes on, or begins."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from hfterm.errors import HftermError, UsageError
from hfterm.progress import Progress
from hfterm.train.data import DataFile
from hfterm.train.methods.base import Inputs, Material, Prepared
from hfterm.train.packs import PackTable
from hfterm.train.places import Place
from hfterm.train.rows import part_of
from hfterm.train.task_recipes import ClmRecipe
from hfterm.train.tasks import fit, scores
from hfterm.train.tasks.base import TaskMethod, config_of, material, padding, room
from hfterm.train.tasks.blocks import Blocks, documents, whole_text
from hfterm.train.tasks.reading import chunks, read
from hfterm.train.tasks.table import Table

SMALLER = "give it more text, or a smaller --max-length"


class Clm(TaskMethod):
    """Texts follow one another, each ended by the end-of-text token, and are cut into blocks."""

    name = "clm"
    new_head = False

    def judge(self, recipe: ClmRecipe, data: DataFile) -> Callable[[Mapping[str, Any]], Any]:
        """A text, or token ids."""
        return documents

    def material(self, given: Inputs[ClmRecipe]) -> Material:
        """Tokenize all texts and cut them."""
        recipe, model_path, out = given.recipe, given.model_path, given.out
        tokenizer, config = self.tokenizer(model_path), config_of(model_path)
        length = room(recipe, config, tokenizer)
        pads = tokenizer.pad_token_id is not None or tokenizer.eos_token_id is not None
        if pads:
            padding(tokenizer, model_path)
        made: list[tuple[Table | PackTable, dict[str, Any]]] = []
        for one in given.sources:
            if one.is_pack:
                made.append(packed(given, one, tokenizer, config, keep=pads))
                continue
            found, bad = blocks(recipe, one, tokenizer, length, given.progress)
            fit.check_vocabulary(config, found.largest, model_path)
            left = found.finish(keep=pads)
            part, share = one.part, recipe.held_out
            if part is not None and share is not None and are_texts(one, recipe):
                # Of whole texts blocks are held out: their lines say nothing alone.
                hold_out(found, part, share, recipe.seed)
            if left:
                out.warn(f"{one.name}: the last {left} tokens fill no block, and there is no token to pad it with")
            if not len(found.table):
                raise HftermError(
                    f"{one.empty}: {found.tokens} tokens make no block",
                    SMALLER,
                )
            if bad:
                out.warn(f"{one.name}: {bad} records left out (--skip-bad)")
            counts = {"examples": len(found.table), "records": found.documents + bad, "bad": bad}
            made.append((found.table, {**counts, "tokens": found.tokens, "block": length}))
        return material(
            given,
            tokenizer,
            made,
            more={"collator": lambda model: collator(tokenizer), "note": out.note},
        )

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """Transformers' Trainer; an evaluation tells the perplexity too."""
        return scores.with_perplexity(super().trainer(prepared, model, arguments))


def packed(
    given: Inputs[ClmRecipe], data: DataFile, tokenizer: Any, config: Mapping[str, Any], *, keep: bool
) -> tuple[PackTable, dict[str, Any]]:
    """Packs of token ids as examples, and numbers about them: their rows, or blocks where they have none.

    Raises:
        UsageError: the model cannot read such long rows. HftermError: the pack is for another model.
    """
    recipe, found = given.recipe, data.packs()
    if recipe.columns:
        raise UsageError(f"--column: {data.name} is a pack of token ids, which has no columns", "leave it out")
    lengths = {pack.length for pack in found}
    if len(lengths) > 1:
        raise UsageError(f"{data.name}: packs with rows of different lengths cannot be mixed", "pack them alike")
    wanted, chosen = lengths.pop(), recipe.max_length != ClmRecipe.max_length
    length = room(recipe, config, tokenizer)
    if wanted is not None and (wanted < length or not chosen):
        most = room(dataclasses.replace(recipe, max_length=2**31 - 1), config, tokenizer)
        if wanted > most:
            raise UsageError(
                f"the rows of {data.name} have {wanted} tokens, and the model reads {most}",
                f"cut them: --max-length {most}",
            )
        length = wanted
    table = PackTable(found, length, keep=keep)
    largest, size = table.largest, config.get("vocab_size")
    for pack in found:
        if isinstance(size, int) and largest >= size:
            raise HftermError(
                f"{pack.shown} has the token id {largest}, and the model a vocabulary of {size}",
                f"it was packed with another tokenizer ({pack.tokenizer.get('path')}): pack it with this model's",
            )
        if pack.tokenizer.get("vocabulary") != len(tokenizer):
            given.out.warn(
                f"{pack.shown} was packed with a tokenizer of {pack.tokenizer.get('vocabulary')} tokens, the model's "
                f"has {len(tokenizer)}: its ids may mean other tokens"
            )
    places = range(min(len(table), recipe.max_samples or len(table)))
    if data.part is not None and recipe.held_out is not None:
        table.keep(part_of(iter(places), data.part, recipe.held_out, recipe.seed))
    elif len(places) < len(table):
        table.keep(places)
    if not len(table):
        raise HftermError(f"{data.empty}: its {table.tokens} tokens make no block", SMALLER)
    if table.left:
        given.out.warn(f"{data.name}: {table.left} tokens at the end fill no block, and there is no token to pad with")
    counts = {"examples": len(table), "records": sum(pack.documents for pack in found), "bad": 0}
    return table, {**counts, "tokens": table.tokens, "block": length}


def blocks(recipe: ClmRecipe, data: DataFile, tokenizer: Any, length: int, progress: Progress) -> tuple[Blocks, int]:
    """The stream of a file's texts, not finished yet, and how many records of it were left out."""
    found = Blocks(length)
    end = [tokenizer.eos_token_id] if tokenizer.eos_token_id is not None else []

    def ended(ids: list[int]) -> list[int]:
        return ids if ids[-1:] == end else [*ids, *end]

    if are_texts(data, recipe):
        # A text file is one document, whatever its lines are; special tokens are not for its inside.
        for piece in data.pieces:
            ids: list[int] = []
            for part in whole_text(piece.path, piece.shown):
                ids += tokenizer(part, add_special_tokens=False, verbose=False)["input_ids"]
            if ids:
                found.add(Place(piece.shown, 0), ended(ids))
        if not found.tokens:
            raise HftermError(f"{data.empty}: it holds no text")
        return found, 0
    records = read(data, recipe, progress, documents)
    for chunk in chunks(records.found):
        texts = [value for _, value in chunk if isinstance(value, str)]
        encoded = iter(tokenizer(texts, verbose=False)["input_ids"] if texts else ())
        for place, value in chunk:
            # Ids come with their ends, as the pack that they are from has them.
            found.add(place, ended(next(encoded)) if isinstance(value, str) else value)
    return found, records.bad


def hold_out(found: Blocks, part: str, share: float, seed: int) -> None:
    """Keep the blocks of a part, as records are held out."""
    found.keep(lambda places: part_of(places, part, share, seed))


def are_texts(data: DataFile, recipe: ClmRecipe) -> bool:
    """Whether the data is plain text files, to be taken whole."""
    plain = all(piece.format == "text" and not piece.path.name.endswith((".gz", ".zst")) for piece in data.pieces)
    return plain and recipe.max_samples is None and not recipe.columns


def collator(tokenizer: Any) -> Any:
    """Every token is learned; a block that is shorter than the others is padded."""
    import transformers

    pad = transformers.DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=-100)

    def collate(examples: list[dict[str, Any]]) -> Any:
        rows = [{"input_ids": row["input_ids"], "labels": list(row["input_ids"])} for row in examples]
        if len({len(row["input_ids"]) for row in rows}) == 1:
            return transformers.default_data_collator(rows)
        return pad(rows)

    return collate


METHOD = Clm()
