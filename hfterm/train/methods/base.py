"""What a method of training must say: its data, its model, its trainer. The rest is the same for all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from hfterm.inference import folder, load
from hfterm.output import Output
from hfterm.progress import Progress
from hfterm.train import quantized, templates
from hfterm.train.data import DataFile
from hfterm.train.launch.shape import Shape
from hfterm.train.places import Place
from hfterm.train.recipe import Recipe

# A method's class of recipes; anything.
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class Inputs(Generic[R]):
    """What a method makes its material of: a resolved recipe, the model's folder, the data; and whom it tells."""

    recipe: R
    model_path: Path
    data: DataFile
    evals: tuple[DataFile, ...]
    out: Output
    progress: Progress

    @property
    def sources(self) -> list[DataFile]:
        """The data, and behind it the evaluation data if there is some."""
        return [self.data, *self.evals]

    def measured(self, values: Sequence[T]) -> T | dict[str, T] | None:
        """What was made of each evaluation data, as the Trainer takes it: of several by name."""
        if len(self.evals) > 1:
            return {one.label: value for one, value in zip(self.evals, values, strict=True)}
        return values[0] if values else None


@dataclass
class Material:
    """What is trained on, before weights are loaded.

    ``processor`` is the tokenizer (or feature extractor) saved with the model; ``train`` and ``evaluation`` are what
    the library's trainer takes. ``examples`` is how many examples an epoch has; None where only the trainer knows.
    ``counts`` are numbers for the user. ``places``: where the examples that are trained on and evaluated on come from,
    None where that is not known. ``example`` shows the first one in words, for a dry run. ``more`` is the method's own
    (labels, a collator). Of several evaluation data ``evaluation``, ``eval_counts`` and ``places`` have each by name.
    """

    processor: Any
    train: Any
    evaluation: Any = None
    examples: int | None = None
    counts: dict[str, Any] = field(default_factory=dict)
    eval_counts: dict[str, Any] = field(default_factory=dict)
    places: tuple[Sequence[Place] | None, Sequence[Place] | Mapping[str, Sequence[Place]] | None] = (None, None)
    example: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Prepared:
    """A resolved recipe with its material. ``dtype`` is that of the arithmetic, ``steps`` None where unknown yet.

    ``shape`` is how many processes train together, and how.
    """

    recipe: Recipe
    model_path: Path
    material: Material
    steps: int | None
    device: str
    dtype: str
    peft_config: Any
    shape: Shape = field(default_factory=Shape)

    def facts(self) -> dict[str, Any]:
        """What a dry run prints."""
        counts = self.material.eval_counts
        return {
            "method": self.recipe.METHOD,
            "recipe": self.recipe.as_dict(),
            "model_path": str(self.model_path),
            "device": self.device,
            "dtype": self.dtype,
            **self.shape.facts(),
            "max_steps": self.steps,
            "data": self.material.counts,
            **({"eval_data": counts} if counts else {}),
            **({"example": self.material.example} if self.material.example else {}),
        }


class Method:
    """A method of training. The base tunes a causal language model; subclasses change what differs."""

    # What PEFT calls the task; None where it has no word for it (images, audio).
    peft_task: str | None = "CAUSAL_LM"

    def model_folder(self, path: Path) -> folder.ModelFolder:
        """The model's folder, checked.

        Raises:
            As :func:`hfterm.inference.folder.inspect`.
        """
        return folder.inspect(path)

    def check(self, recipe: Recipe, model: Mapping[str, Any]) -> None:
        """Refuse what can be told from the recipe and the model's config.json (``model``) alone.

        Raises:
            UsageError: a setting makes no sense, or the model is not for this task.
        """

    def within(self, recipe: Any, model: Mapping[str, Any], out: Output) -> Any:
        """The recipe, its examples no longer than the model reads; ``model`` is its config.json.

        Raises:
            UsageError: it has no room for any.
        """
        return recipe

    def resolve(self, recipe: Any, out: Output) -> Any:
        """The recipe with what was left open to the method; ``out`` is told what the user should know.

        Raises:
            HftermError: a reference in it leads nowhere.
        """
        return recipe

    def judge(self, recipe: Any, data: DataFile) -> Callable[[Mapping[str, Any]], Any] | None:
        """What makes of a record what is learned from it, and raises an HftermError where it cannot; without the model.

        None: only the model can tell.
        """
        return None

    def agree(self, recipe: Any, found: Sequence[tuple[str, Sequence[Any]]], model: Mapping[str, Any] | None) -> None:
        """Refuse what records together make, of the data first and of each evaluation data: name, what was judged.

        ``model``: its config.json, None where it is not at hand.

        Raises:
            HftermError: they cannot be trained on.
        """

    def material(self, given: Inputs[Any]) -> Material:
        """Read and turn the data into what the trainer takes; no weights are loaded.

        Raises:
            HftermError: the data or the processor cannot be used.
        """
        raise NotImplementedError

    def arguments(self, recipe: Any) -> dict[str, Any]:
        """Values of the library's arguments that are this method's own."""
        return {}

    def load(self, prepared: Prepared, path: Path, dtype: str) -> Any:
        """The model of the folder ``path``, on its device, with weights of ``dtype``."""
        more = quantized.options(prepared.recipe, prepared.device, prepared.dtype)
        return load.load_model(path, device=prepared.device, dtype=dtype, more=more).model

    def wrap(self, prepared: Prepared, model: Any) -> Any:
        """The model with PEFT on it; or as it is, where the library's trainer is to put it on."""
        import peft

        return peft.get_peft_model(model, prepared.peft_config)

    def trainer(self, prepared: Prepared, model: Any, arguments: Any) -> Any:
        """The library's trainer over the model (PEFT is on it already) and the material."""
        raise NotImplementedError

    def finish(self, prepared: Prepared, target: Path) -> None:
        """Write what this method saves beside model and processor into the output folder."""

    def tokenizer(self, model_path: Path, recipe: Recipe | None = None, out: Output | None = None) -> Any:
        """The tokenizer of the model's folder, with the chat template that the recipe asks for.

        Raises:
            HftermError: there is none, or no such template.
        """
        found = load.load_tokenizer(folder.inspect(model_path))
        return templates.put(found, getattr(recipe, "chat_template", None), out or Output())
