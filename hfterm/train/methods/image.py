"""Classification of images, by transformers' Trainer; images are read and prepared batch by batch."""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm.data.media import images
from hfterm.errors import HftermError, one_line
from hfterm.train.data import DataFile
from hfterm.train.methods.base import Inputs, Material
from hfterm.train.task_recipes import ImageRecipe
from hfterm.train.tasks import scores
from hfterm.train.tasks.base import TaskMethod, config_of
from hfterm.train.tasks.media import Media, agree, held, turned

# Of the area of an image, what a random crop keeps at least.
SMALLEST_CROP = 0.6


# Columns that hold an image.
NAMES = ("image", "img", "file", "file_name", "path")


class Image(TaskMethod):
    """A label for an image: the folder that it lies in, or a column."""

    name = "image"
    peft_task = None

    def judge(self, recipe: ImageRecipe, data: DataFile) -> Callable[[Mapping[str, Any]], Any]:
        """An image that can be opened, and its label."""
        return turned(data, NAMES, look)

    def agree(self, recipe: Any, found: Sequence[tuple[str, Sequence[Any]]], model: Mapping[str, Any] | None) -> None:
        """The labels must."""
        agree(found, model)

    def material(self, given: Inputs[ImageRecipe]) -> Material:
        """Find all images, look whether they are such, and number their labels."""
        recipe, out = given.recipe, given.out
        metrics = scores.chosen(recipe.metric, "accuracy,f1_macro", ("label", "score"), "labels")
        config = config_of(given.model_path)
        processor = image_processor(given.model_path)
        found = Media(given, config, NAMES, look)
        mode = "L" if config.get("num_channels") == 1 else "RGB"
        more = {
            "collator": lambda model: Collator(processor, mode),
            "compute_metrics": scores.labels(metrics, found.labels, out.warn),
            "preprocess_logits_for_metrics": lambda logits, labels: scores.first(logits),
            "note": out.note,
        }
        return found.material(processor, "image", more, {"augment": recipe.augment})

    def arguments(self, recipe: ImageRecipe) -> dict[str, Any]:
        """Images have no tokens to be counted."""
        return {**super().arguments(recipe), "include_num_input_tokens_seen": "no"}


def look(value: dict[str, Any]) -> None:
    """See that an image can be opened.

    Raises:
        MediaError: it cannot.
    """
    images.facts(held(value))


class Collator:
    """Images decoded, those that are trained on perhaps augmented, and prepared as the model wants them."""

    def __init__(self, processor: Any, mode: str) -> None:
        self.processor, self.mode = processor, mode

    def __call__(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """A batch.

        Raises:
            MediaError: an image cannot be read.
        """
        import torch

        found = [decoded(row["image"], self.mode) for row in examples]
        found = [augmented(one) if row.get("augment") else one for one, row in zip(found, examples, strict=True)]
        values = self.processor(images=found, return_tensors="pt")
        return {"pixel_values": values["pixel_values"], "labels": torch.tensor([row["labels"] for row in examples])}


def decoded(value: dict[str, Any], mode: str) -> Any:
    """An image in the mode that the model reads; of 16 bits the upper 8."""
    image: Any = images.decoded(held(value))
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    return image if image.mode == mode else image.convert(mode)


def augmented(image: Any) -> Any:
    """A random part of an image, every other time mirrored; drawn from Python's random state."""
    width, height = image.size
    share = random.uniform(SMALLEST_CROP, 1) ** 0.5
    wide, high = max(1, round(width * share)), max(1, round(height * share))
    left, top = random.randint(0, width - wide), random.randint(0, height - high)
    image = image.crop((left, top, left + wide, top + high))
    if random.random() < 0.5:
        from PIL import ImageOps

        image = ImageOps.mirror(image)
    return image


def image_processor(model_path: Path) -> Any:
    """The image processor of a model's folder, working with Pillow alone.

    Raises:
        HftermError: there is none, or it is damaged.
    """
    images.pillow()
    import transformers

    if not (model_path / "preprocessor_config.json").is_file() and not (model_path / "processor_config.json").is_file():
        raise HftermError(f"{str(model_path)!r} has no preprocessor_config.json", "get the model again")
    try:
        return transformers.AutoImageProcessor.from_pretrained(model_path, local_files_only=True, backend="pil")
    except Exception as exc:  # a damaged file makes the library raise anything
        raise HftermError(f"cannot load the image processor of {str(model_path)!r}: {one_line(exc)[:200]}") from exc


METHOD = Image()
