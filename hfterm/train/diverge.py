"""Losses that are no numbers: the run stops before they reach a checkpoint, and names the step and the records."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from hfterm.errors import HftermError
from hfterm.train import exact
from hfterm.train.places import Place, in_words
from hfterm.train.several import of_metric

HINT = "lower --learning-rate, raise --warmup-steps, or use --dtype float32"


class Guard:
    """A callback of the Trainer that looks at every loss; events that it has no method for are ignored.

    Args:
        trainer: its ``training_step`` and ``prediction_step`` are wrapped.
        source, eval_source: what the user called the data.
        places, eval_places: where each example comes from; None where that is not known. Of several evaluation data
            those of each by name.
    """

    def __init__(
        self,
        trainer: Any,
        source: str = "the data",
        eval_source: str = "the evaluation data",
        places: Sequence[Place] | None = None,
        eval_places: Sequence[Place] | Mapping[str, Sequence[Place]] | None = None,
    ) -> None:
        self.trainer = trainer
        self._sources = source, eval_source
        self._places, self._eval_places = places, eval_places
        self._training_step, self._prediction_step = trainer.training_step, trainer.prediction_step
        trainer.training_step, trainer.prediction_step = self._step, self._predict
        self._at, self._micro = -1, 0
        self._predicted = 0
        self._bad_prediction: int | None = None
        self._failure: HftermError | None = None
        trainer.add_callback(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *args, **kwargs: None
        raise AttributeError(name)

    def check(self) -> None:
        """Raise what was found in an evaluation.

        Raises:
            HftermError: its loss is no number.
        """
        if self._failure:
            raise self._failure

    def _step(self, *args: Any, **kwargs: Any) -> Any:
        step = self.trainer.state.global_step
        self._at, self._micro = step, self._micro + 1 if step == self._at else 0
        loss = self._training_step(*args, **kwargs)
        if not math.isfinite(value := float(loss)):
            raise HftermError(
                f"training diverged at step {step + 1}: the loss became {_word(value)}{self._where()}", HINT
            )
        return loss

    def _predict(self, *args: Any, **kwargs: Any) -> Any:
        found = self._prediction_step(*args, **kwargs)
        if found[0] is not None and self._bad_prediction is None and not bool(found[0].isfinite().all()):
            self._bad_prediction = self._predicted
        self._predicted += 1
        return found

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """Stop after an evaluation whose loss is no number, with the step saved: the weights may be good still."""
        for name, value in (metrics or {}).items():
            if name.endswith("loss") and isinstance(value, int | float) and not math.isfinite(value):
                what = f"{name} is {_word(value)}{self._where_eval(name)}"
                self._failure = self._failure or HftermError(
                    f"the evaluation at step {state.global_step} failed: {what}",
                    "look at them; the training itself is saved there and can go on from it",
                )
                control.should_save = control.should_training_stop = True
                break
        self._predicted, self._bad_prediction = 0, None

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        """Refuse to save weights that are no numbers: no run could go on from them."""
        if (control.should_save or state.global_step >= state.max_steps) and not finite(model):
            where = self._where(ended=True)
            raise HftermError(f"training diverged at step {state.global_step}: its weights are no numbers{where}", HINT)

    def _where(self, *, ended: bool = False) -> str:
        """The records of the batch at work (``ended``: of all batches of the step that has just ended), in words."""
        try:
            loader = self.trainer.callback_handler.train_dataloader
            epoch, batch = exact.position(self.trainer.state.epoch, loader)
            first, last = batch + self._micro, batch + self._micro + 1
            if ended:
                epoch, last = (epoch, batch) if batch else (epoch - 1, len(loader))
                first = last - self.trainer.current_gradient_accumulation_steps
            exact.set_epoch(loader, epoch)
            batches = list(itertools.islice(iter(loader.batch_sampler), first, last))
            return _records([int(n) for indices in batches for n in indices], self._places, self._sources[0])
        except (AttributeError, TypeError, ValueError, LookupError):
            return ""  # a stream has no numbered rows

    def _where_eval(self, metric: str) -> str:
        """The records of the first batch whose loss is no number, where they are gone through in order."""
        arguments, examples, places = self.trainer.args, self.trainer.eval_dataset, self._eval_places
        source = self._sources[1]
        if self._bad_prediction is None or arguments.world_size > 1 or _is_shuffled(self.trainer):
            return ""
        if isinstance(examples, Mapping):
            name = of_metric(metric, examples)
            if name is None:
                return ""
            examples, source = examples[name], name
            places = places.get(name) if isinstance(places, Mapping) else None
        try:
            size, count = arguments.eval_batch_size, len(examples)
        except (AttributeError, TypeError):
            return ""
        first = self._bad_prediction * size
        return _records(range(first, min(count, first + size)), places, source)


def _is_shuffled(trainer: Any) -> bool:
    """Whether an evaluation goes through its data in another order than it has."""
    loader = getattr(trainer.callback_handler, "eval_dataloader", None)
    sampler = getattr(getattr(loader, "batch_sampler", None), "sampler", None)
    return sampler is not None and type(sampler).__name__ != "SequentialSampler"


def finite(model: Any) -> bool:
    """Whether every weight that is trained is a number. Of weights spread over processes, those here."""
    for parameter in model.parameters():
        if parameter.requires_grad and parameter.numel():
            weight = parameter.detach()
            weight = weight.to_local() if hasattr(weight, "to_local") else weight
            if weight.is_floating_point() and not bool(weight.isfinite().all()):
                return False
    return True


def _word(value: float) -> str:
    return "NaN" if math.isnan(value) else "infinite"


def _records(indices: Sequence[int], places: Any, source: str) -> str:
    """Examples in words: by their records where those are known."""
    if not indices:
        return ""
    if places is not None:
        return f" on {in_words(places[index] for index in indices)}"
    found = in_words(Place(source, index + 1) for index in indices)
    return f" on {found.replace('record', 'example', 1)}"
