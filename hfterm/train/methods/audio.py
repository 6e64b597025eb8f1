"""Classification of sounds, by transformers' Trainer; sounds are read and resampled batch by batch."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm import extras
from hfterm.data.media import sounds
from hfterm.data.media.errors import MediaError
from hfterm.errors import HftermError, one_line
from hfterm.train.data import DataFile
from hfterm.train.methods.base import Inputs, Material
from hfterm.train.task_recipes import AudioRecipe
from hfterm.train.tasks import scores
from hfterm.train.tasks.base import TaskMethod, config_of
from hfterm.train.tasks.media import Media, agree, held, turned

# Columns that hold a sound.
NAMES = ("audio", "sound", "speech", "file", "file_name", "path")


class Audio(TaskMethod):
    """A label for a sound: the folder that it lies in, or a column."""

    name = "audio"
    peft_task = None

    def judge(self, recipe: AudioRecipe, data: DataFile) -> Callable[[Mapping[str, Any]], Any]:
        """A sound that can be opened, and its label."""
        return turned(data, NAMES, look)

    def agree(self, recipe: Any, found: Sequence[tuple[str, Sequence[Any]]], model: Mapping[str, Any] | None) -> None:
        """The labels must."""
        agree(found, model)

    def material(self, given: Inputs[AudioRecipe]) -> Material:
        """Find all sounds, look whether they are such, and number their labels."""
        recipe, out = given.recipe, given.out
        extras.check("media", "soundfile", "soxr")
        metrics = scores.chosen(recipe.metric, "accuracy,f1_macro", ("label", "score"), "labels")
        config = config_of(given.model_path)
        extractor = feature_extractor(given.model_path)
        found = Media(given, config, NAMES, look)
        collator = Collator(extractor, recipe.max_seconds, shortest(config))
        more = {
            "collator": lambda model: collator,
            "compute_metrics": scores.labels(metrics, found.labels, out.warn),
            "preprocess_logits_for_metrics": lambda logits, labels: scores.first(logits),
            "note": out.note,
        }
        return found.material(extractor, "audio", more)

    def arguments(self, recipe: AudioRecipe) -> dict[str, Any]:
        """Sounds have no tokens to be counted."""
        return {**super().arguments(recipe), "include_num_input_tokens_seen": "no"}


def look(value: dict[str, Any]) -> None:
    """See that a sound can be opened and is not empty.

    Raises:
        MediaError: it cannot, or it is.
    """
    if not sounds.facts(held(value))["seconds"]:
        raise MediaError(value["path"], "is empty")


class Collator:
    """Sounds decoded, made mono and resampled, and prepared as the model wants them.

    ``shortest``: samples that the model needs; a shorter sound is followed by silence.
    """

    def __init__(self, extractor: Any, most_seconds: float, shortest: int) -> None:
        self.extractor, self.seconds, self.shortest = extractor, most_seconds, shortest

    def __call__(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """A batch.

        Raises:
            MediaError: a sound cannot be read.
        """
        import numpy
        import torch

        rate = self.extractor.sampling_rate
        waves = []
        for row in examples:
            wave = samples(row["audio"], rate, self.seconds)
            waves.append(numpy.pad(wave, (0, max(0, self.shortest - len(wave)))))
        found = dict(self.extractor(waves, sampling_rate=rate, padding=True, return_tensors="pt"))
        return {**found, "labels": torch.tensor([row["labels"] for row in examples])}


def samples(value: dict[str, Any], rate: int, seconds: float) -> Any:
    """The first seconds of a sound: one channel (the mean of all), float32, at ``rate`` (Hz), by soxr.

    Raises:
        MediaError: it cannot be read, or is empty.
    """
    import numpy

    soxr = extras.require("soxr", "media")
    found, frames = [], 0
    with sounds.opened(held(value)) as sound:
        most = math.ceil(seconds * sound.samplerate)
        for piece in sounds.pieces(sound, value["path"]):
            found.append(piece[: most - frames].mean(axis=1))
            frames += len(found[-1])
            if frames >= most:
                break
        had = sound.samplerate
    if not frames:
        raise MediaError(value["path"], "is empty")
    wave = numpy.concatenate(found).astype(numpy.float32)
    return wave if had == rate else soxr.resample(wave, had, rate)


def shortest(config: Mapping[str, Any]) -> int:
    """Samples that a model of raw sound needs: it masks stretches of so many frames, each of so many samples."""
    strides = config.get("conv_stride")
    if not isinstance(strides, list):
        return 0
    return math.prod(strides) * (int(config.get("mask_time_length", 10)) + 2)


def feature_extractor(model_path: Path) -> Any:
    """The feature extractor of a model's folder.

    Raises:
        HftermError: there is none, or it is damaged.
    """
    import transformers

    if not (model_path / "preprocessor_config.json").is_file() and not (model_path / "processor_config.json").is_file():
        raise HftermError(f"{str(model_path)!r} has no preprocessor_config.json", "get the model again")
    try:
        return transformers.AutoFeatureExtractor.from_pretrained(model_path, local_files_only=True)
    except Exception as exc:  # a damaged file makes the library raise anything
        raise HftermError(f"cannot load the feature extractor of {str(model_path)!r}: {one_line(exc)[:200]}") from exc


METHOD = Audio()
