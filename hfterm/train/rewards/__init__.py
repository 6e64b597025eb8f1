"""What a completion is worth: built-in rewards, functions of the user's own, reward models."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import refs
from hfterm.errors import NotFoundError, UsageError
from hfterm.inference import folder
from hfterm.train.rewards import builtin


class Reference(NamedTuple):
    """A reward as a user names it. ``kind`` is builtin, function or model."""

    kind: str
    text: str

    @property
    def label(self) -> str:
        """A short name for messages and metrics."""
        if self.kind == "function":
            return self.text.rpartition(":")[2]
        return Path(self.text.removeprefix("run:")).name if self.kind == "model" else self.text.partition(":")[0]


def parse(text: str) -> Reference:
    """What kind of reward a user names; nothing is loaded. Files and folders become absolute.

    Raises:
        UsageError: it is none. NotFoundError: there is no such file or model.
    """
    name = text.partition(":")[0]
    if name in builtin.NAMES:
        return Reference("builtin", text)
    file, _, function = text.rpartition(":")
    if file.endswith(".py"):
        path = Path(file).expanduser()
        if not path.is_file():
            raise NotFoundError(f"--reward {text}: no such file: {file}")
        return Reference("function", f"{path.resolve()}:{function}")
    if text.endswith(".py"):
        raise UsageError(f"--reward {text}: which function of it?", f"such as --reward {text}:score")
    if Path(text).expanduser().is_dir():
        return Reference("model", str(Path(text).expanduser().resolve()))
    if name in ("run", "hf") or "/" in text:
        return Reference("model", text)
    raise UsageError(f"--reward {text}: no such reward", builtin.near(name))


def check(references: Sequence[str], max_completion_length: int) -> None:
    """Look at rewards as far as that needs no weights.

    Raises:
        As :func:`load`.
    """
    light = [text for text in references if parse(text).kind != "model"]
    load(light, max_completion_length=max_completion_length, device="cpu", dtype="float32")
    for text in references:
        if parse(text).kind == "model":
            folder.inspect(refs.resolve(parse(text).text, "model"))


def load(
    references: Sequence[str], *, max_completion_length: int, device: str, dtype: str
) -> list[Callable[..., list[float | None]]]:
    """The functions that TRL's trainers call.

    Raises:
        UsageError: one is none, or a setting of it is wrong. NotFoundError: a file, function or model is not there.
        HftermError: a function's file fails, or a model is damaged.
    """
    from hfterm.train.rewards.functions import Checked, of_user

    made: list[Callable[..., list[float | None]]] = []
    seen: set[str] = set()
    for text in references:
        reference = parse(text)
        found: Any
        if reference.kind == "builtin":
            name, colon, parameter = text.partition(":")
            found = builtin.make(name, parameter if colon else None, max_completion_length)
        elif reference.kind == "function":
            found = of_user(reference.text)
        else:
            from hfterm.train.rewards.model import RewardModel

            found = RewardModel.load(refs.resolve(reference.text, "model"), device=device, dtype=dtype)
        # Metrics go by name: two of one name would be one.
        label = reference.label if reference.label not in seen else reference.text.rpartition("/")[2]
        seen.add(label)
        made.append(Checked(found, label))
    return made
