"""What a merge is asked for, what it gives, and the tolerances between."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hfterm.errors import CheckFailedError, HftermError, one_line
from hfterm.inference import folder
from hfterm.peft import adapter as reading
from hfterm.peft.merging.source import Source

DTYPES = ("float32", "bfloat16", "float16")
DTYPE_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
CHECKS = ("full", "layers", "none")
# Largest difference of an answer between base + adapter and the merged model, as a share of the largest.
# float32: what reordered sums cost. The others: one rounding of every weight.
TOLERANCES = {"float32": 1e-4, "float16": 1e-2, "bfloat16": 5e-2}
# Largest difference of a merged weight from float64, as a share of its layer's largest: half a unit of the last
# place is 2**-9 for bfloat16 and 2**-12 for float16.
WEIGHT_TOLERANCES = {"float32": 1e-5, "float16": 1e-3, "bfloat16": 4e-3}
LAYER_TOLERANCE = 1e-4
# Layers that are held against float64 where the whole model is run as well.
SAMPLE = 16
# The base alone is run too, to tell what the adapter changes, where its weights are not larger than this.
MOST_FOR_EFFECT = 4 << 30
SHARD_SIZE = 5 * 10**9


@dataclass(frozen=True)
class Merged:
    """A merged model.

    ``verified`` is the check that was made (``full``, ``layers``, ``none``); ``drift`` (full) and ``effect`` are
    shares of the largest output: what merging changed, and what the adapter changes. ``weight_drift`` is the largest
    difference of a merged weight from float64, ``layer_drift`` of what single layers compute, over ``layers`` layers.
    None is what was not looked at. ``streamed`` is False where the whole model had to be loaded.
    """

    path: Path
    adapter: str
    base: str
    method: str
    model: str
    dtype: str
    verified: str
    drift: float | None
    tolerance: float
    effect: float | None
    weight_drift: float | None
    layer_drift: float | None
    layers: int
    parameters: int
    bytes: int
    files: int
    streamed: bool
    seconds: float = 0.0

    def facts(self) -> dict[str, Any]:
        """All but the path, for printing beside it."""
        return {k: v for k, v in asdict(self).items() if k != "path"}


@dataclass(frozen=True)
class Job:
    """What is to be merged, into what, and where: all that was found out without torch."""

    adapter: reading.Adapter
    base: folder.ModelFolder
    target: Path
    dtype: str | None
    shard: int
    verify: str
    device: str
    overwrite: bool

    @property
    def main_dtype(self) -> str:
        """The dtype that most of the merged weights have."""
        return self.dtype or Source.of(self.base).dtype()

    @property
    def tokenizer(self) -> Path | None:
        """The folder with a tokenizer, the adapter's before the base's."""
        mine = folder.ModelFolder(self.adapter.path, {}, (), is_adapter=True)
        return mine.path if mine.has_tokenizer else self.base.path if self.base.has_tokenizer else None


def tolerate(found: Merged) -> None:
    """Fail where a figure is beyond its tolerance.

    Raises:
        CheckFailedError: says which.
    """
    limits = (
        ("the merged model computes something else: drift", found.drift, found.tolerance, "of the largest output"),
        ("merged weights are off: drift", found.weight_drift, WEIGHT_TOLERANCES[found.dtype], "from float64"),
        ("merged layers compute something else: drift", found.layer_drift, LAYER_TOLERANCE, "from float64"),
    )
    for what, drift, tolerance, of in limits:
        if drift is not None and not drift <= tolerance:
            raise CheckFailedError(
                f"{what} {drift:.3g} {of}, tolerance {tolerance:g}; nothing was written",
                f"use the adapter as it is: hfterm chat {found.adapter}",
            )


def misfit(adapter: str, exc: BaseException) -> HftermError:
    """What it means that PEFT cannot put the adapter on the base model."""
    return CheckFailedError(
        f"the adapter {adapter!r} does not fit the base model: {one_line(exc)[:200]}",
        "name the model it was tuned on with --base",
    )
