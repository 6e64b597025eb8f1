"""Read an adapter whole for arithmetic: its settings and tensors, checked; what is damaged is refused."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.peft import adapter

# With these PEFT takes a part of the base model's weights away when the adapter is put on: what the matrices hold is
# not what they change.
MUTATING = ("pissa", "olora", "corda", "lora_ga", "loftq")
# Settings of LoRA by which the matrices mean something else than scale * B A.
NOT_A_SUM = {
    "use_qalora": "QA-LoRA pools its inputs",
    "use_bdlora": "block-diagonal LoRA is another product",
    "arrow_config": "Arrow chooses among adapters anew for each token",
    "kasa_config": "KaSA has singular values of its own",
    "monteclora_config": "MonteCLoRA samples its weights",
    "target_parameters": "adapters of parameters (target_parameters) cannot be added up by PEFT",
    "layer_replication": "layer_replication shares weights between layers",
    "alora_invocation_tokens": "an activated LoRA works only after its invocation tokens",
}


class Source(NamedTuple):
    """An adapter's folder, its adapter_config.json and its tensors (torch, as they are saved)."""

    name: str
    path: Path
    config: dict[str, Any]
    tensors: dict[str, Any]

    @property
    def kind(self) -> str:
        """PEFT's method in capital letters."""
        return str(self.config.get("peft_type") or "").upper()

    @property
    def base(self) -> str:
        """The base model as the adapter names it, or nothing."""
        return str(self.config.get("base_model_name_or_path") or "")


def read(name: str, note: Callable[[str], None] | None = None) -> Source:
    """The adapter that a reference names, whole and checked.

    Raises:
        UsageError: it is a whole model. NotFoundError, AccessError (pickled), NetworkError.
        CheckFailedError: it is damaged: torn files, halves that are missing, other ranks, NaN or infinite numbers.
    """
    extras.check("peft", "torch", "safetensors")
    found = adapter.read(name, note=note)
    found.check()
    return Source(found.name, found.path, dict(found.config), dict(found.state()))


def mutates(config: Mapping[str, Any]) -> str | None:
    """The way to begin by which PEFT changes the base model when it puts this adapter on, or None."""
    way = config.get("init_lora_weights")
    return way if isinstance(way, str) and way.lower().startswith(MUTATING) else None


def same_base(names: list[str]) -> bool:
    """Whether these name one base model: the same text, or the same folder."""
    return len({str(Path(name).expanduser().resolve()) if Path(name).expanduser().exists() else name
                for name in names}) <= 1  # fmt: skip
