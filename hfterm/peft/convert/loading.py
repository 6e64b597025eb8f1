"""The adapters library itself at work, in an environment of its own: it needs transformers 4.57, hfterm has 5.

What it makes of an adapter is told, and what PEFT makes of the converted one is held against it.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras, isolated, refs
from hfterm.errors import CheckFailedError, UsageError
from hfterm.hub.inspect.source import place as place_of
from hfterm.inference import folder
from hfterm.inference.quiet import hush
from hfterm.peft import adapter
from hfterm.peft.convert import library, library_worker
from hfterm.peft.info import Info
from hfterm.progress import Progress

# What the library and transformers require, without extras; the first four are the ones that conflict with ours.
SPEC = isolated.Spec(
    "adapters",
    ("adapters==1.3.0", "transformers==4.57.6", "tokenizers==0.22.2", "huggingface_hub==0.36.2"),
    (
        "torch>=2.2", "numpy>=1.17", "safetensors>=0.4.3", "filelock", "fsspec>=2023.5.0", "packaging>=20.9",
        "pyyaml>=5.1", "regex!=2019.12.17", "requests", "tqdm>=4.42.1", "typing-extensions>=3.7.4.3",
        "hf-xet>=1.1.3,<2; platform_machine in 'x86_64 amd64 arm64 aarch64'",
    ),
)  # fmt: skip
# How far PEFT may be from the library: a part of what the adapter changes, and of the largest output for rounding.
OF_CHANGE, OF_LARGEST = 0.01, 1e-5
_VARIABLES = {
    "CUDA_VISIBLE_DEVICES": "",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
}


class Loaded(NamedTuple):
    """What the library tells of an adapter that it loaded: see :func:`hfterm.peft.convert.library_worker.main`."""

    told: dict[str, Any]

    def problems(self) -> list[str]:
        """What is wrong with it, in words; none: it is whole, and computes numbers."""
        found = []
        for key, words in (
            ("missing", "the library finds no {} in it"),
            ("unexpected", "the library has no place for {}"),
        ):
            if names := self.told[key]:
                more = f" and {len(names) - 1} more" if len(names) > 1 else ""
                found.append(words.format(names[0] + more))
        if not self.told["finite"]:
            found.append("with it the base model computes NaN or infinite numbers")
        return found

    def line(self) -> str:
        """What was found, in words."""
        change = (
            f"it changes outputs by {self.told['change']:.2g}" if self.told["finite"] else "its outputs are no numbers"
        )
        return f"loaded with {self.told['library']}: {change}"


def with_library(
    found: Info, text: str, base: str | None, progress: Progress, *, allow_pickle: bool = False
) -> Info:  # fmt: skip
    """What is known of the adapter ``text``, and what the library tells once it loaded it onto its base model.

    Raises:
        UsageError: it is none of the library's, or names no base model. CheckFailedError: it is for another model.
        Else as :func:`hfterm.peft.convert.library.open_weights` and :func:`hfterm.isolated.call`.
    """
    place = place_of(text, None, None, None)
    config = adapter.settings(place) if adapter.CONFIG in place.files else {}
    if not library.is_mine(config):
        raise UsageError(f"{text} is no adapter of the adapters library", "--load is for those")
    model = base_of(place.name, config, base, progress.out.note)
    with tempfile.TemporaryDirectory() as work:
        place, _ = library.open_weights(place, allow_pickle=allow_pickle)
        library.write(Path(work), place, config)
        loaded = load(Path(work), model, progress)
    problems = found.problems + loaded.problems()
    shown = {key: value for key, value in loaded.told.items() if key not in ("architecture", "finite", "largest")}
    return found._replace(record={**found.record, **shown, "problems": problems}, problems=problems)


def load(staged: Path, base: Path, progress: Progress, outputs: Path | None = None) -> Loaded:
    """Let the library load the adapter in a folder onto a base model; its outputs go to the file ``outputs``.

    Raises:
        As :func:`hfterm.isolated.call`.
    """
    extras.check("peft", "torch", "safetensors")
    job = {"adapter": str(staged.absolute()), "base": str(base.absolute()), "outputs": outputs and str(outputs)}
    worker = Path(library_worker.__file__)
    doing = "loading with the adapters library"
    return Loaded(isolated.call(SPEC, worker, job, progress, doing=doing, environment=_VARIABLES))


def base_of(name: str, config: Mapping[str, Any], base: str | None, note: Callable[[str], None] | None = None) -> Path:
    """The folder of the base model: ``base`` (a reference), or the one that the adapter names.

    Raises:
        UsageError: it names none, or that is an adapter itself. CheckFailedError: the adapter is for another kind of
        model, or another size. NotFoundError, AccessError, NetworkError, HftermError.
    """
    named = base or config.get("model_name")
    if not isinstance(named, str) or not named:
        raise UsageError(f"{name} names no base model", "name it with --base")
    found = folder.inspect(refs.resolve(named, "model", note=note))
    if found.is_adapter:
        raise UsageError(f"{named} is an adapter, not a model", "name the model with --base")
    for key in ("model_type", "hidden_size"):
        wanted = config.get(key)
        has = found.config.get(key, found.config.get({"hidden_size": "n_embd"}.get(key, key)))
        has = found.config.get("d_model") if has is None and key == "hidden_size" else has
        if wanted is not None and has is not None and wanted != has:
            raise CheckFailedError(f"{name} does not fit {named}: its {key} is {wanted}, the model's {has}")
    return found.path


class Verified(NamedTuple):
    """``difference`` is the largest of any output, ``change`` the largest that the adapter makes."""

    library: str
    difference: float
    change: float

    def line(self) -> str:
        """What was found, in words."""
        return (
            f"held against {self.library}: outputs differ by {self.difference:.2g}, "
            f"the adapter changes them by {self.change:.2g}"
        )


def verify(original: Path, converted: Path, base: Path, config: Mapping[str, Any], progress: Progress) -> Verified:
    """Hold what PEFT computes with a converted adapter against what the library does with the original one.

    Both run the base model in float32 on a few token ids; they may differ by ``OF_CHANGE`` of what the adapter changes
    and ``OF_LARGEST`` of the largest output.

    Raises:
        CheckFailedError: they differ by more, or their base models do. Else as :func:`load`.
    """
    extras.check("peft", "torch", "transformers", "peft", "safetensors")
    with tempfile.TemporaryDirectory() as work:
        file = Path(work) / "outputs.safetensors"
        loaded = load(original, base, progress, file)
        adapter.refuse("what was converted", loaded.problems())
        hush()
        from safetensors.torch import load_file

        outputs = load_file(file)
    plain, tuned = _with_peft(converted, base, config)
    told = loaded.told
    noise = OF_LARGEST * told["largest"]
    apart = _distance(plain, outputs["plain"])
    if not apart <= noise:
        raise CheckFailedError(
            f"cannot verify: the base model itself computes something else with {told['library']}, by {apart:.2g}"
        )
    found = Verified(told["library"], _distance(tuned, outputs["tuned"]), told["change"])
    if not found.difference <= OF_CHANGE * found.change + noise:
        raise CheckFailedError(f"what was converted does something else: {found.line()}")
    return found


def _with_peft(converted: Path, base: Path, config: Mapping[str, Any]) -> tuple[Any, Any]:
    """What the base model computes without and with an adapter, as PEFT has it."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import peft

        model, whole = library_worker.build(str(base), config.get("model_class"))
        plain = library_worker.outputs(model, whole)
        tuned = peft.PeftModel.from_pretrained(model, str(converted)).eval()
        missing = json.loads((converted / adapter.CONFIG).read_text("utf-8"))["target_modules"]
        names = {name for name, _ in tuned.base_model.model.named_modules()}
        lost = [name for name in missing if name not in names]
        if lost:
            raise CheckFailedError(f"what was converted does not fit: the model has no {lost[0]}")
        return plain, library_worker.outputs(tuned.base_model.model, whole)


def _distance(a: Any, b: Any) -> float:
    """The largest difference of two tensors; infinite where their shapes are not the same."""
    return float((a - b).abs().max()) if a.shape == b.shape else float("inf")
