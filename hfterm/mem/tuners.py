"""PEFT methods side by side on one model: memory, what is trained, and how large the adapter's file is."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hfterm.errors import UsageError
from hfterm.mem import plan as planner
from hfterm.mem import strategies
from hfterm.mem.ask import DTYPES, Ask
from hfterm.mem.build import Source, source, tune
from hfterm.mem.machine import Gpus
from hfterm.mem.plan import Row
from hfterm.peft import methods as methods_of_peft

# Those that people choose among; "none" tunes all weights, "qlora" is LoRA on weights of 4 bits.
USUAL = ("none", "lora", "qlora", "dora", "adalora", "loha", "lokr", "oft", "vera", "ia3", "ln_tuning",
         "prompt_tuning", "p_tuning", "prefix_tuning")  # fmt: skip
# What safetensors calls the kinds of numbers that adapters have.
_KINDS = {"float32": "F32", "float16": "F16", "bfloat16": "BF16", "float64": "F64", "int64": "I64", "int32": "I32",
          "bool": "BOOL", "uint8": "U8"}  # fmt: skip


@dataclass(frozen=True)
class Tuner:
    """A method. ``row`` is what it needs, None where it does not go with the model: ``why`` says so.

    ``trainable`` and ``all`` are counted as PEFT does; ``adapter`` is the size of the file of weights that is saved.
    """

    method: str
    row: Row | None = None
    trainable: int | None = None
    all: int | None = None
    adapter: int | None = None
    why: str | None = None

    def record(self) -> dict[str, Any]:
        """For printing; sizes in bytes."""
        row = self.row.record() if self.row else {}
        return {
            "method": self.method,
            "device": row.get("device"),
            "fits": row.get("fits"),
            "trainable": self.trainable,
            "percent": 100 * self.trainable / self.all if self.trainable is not None and self.all else None,
            "adapter": self.adapter,
            "strategy": row.get("strategy"),
            "options": row.get("options"),
            "margin": row.get("margin"),
            "host": row.get("host"),
            "all": self.all,
            "why": self.why,
        }


def compare(
    ask: Ask,
    methods: Sequence[str],
    gpus: Gpus | None = None,
    *,
    fit: bool = False,
    note: Callable[[str], None] | None = None,
) -> Iterator[Tuner]:
    """What each method needs to tune the model of ``ask``, one after the other as they are found.

    ``ask.peft`` counts for nothing, ``ask.peft_set`` for the only method. With ``fit`` each with the fastest strategy
    that fits the GPUs, else without sharing anything out.

    Raises:
        UsageError: what is asked makes no sense. NotFoundError, AccessError, NetworkError: no configuration.
        MissingExtraError.
    """
    if ask.peft_set and len(methods) > 1:
        raise UsageError("--peft-set is for one method, and several are compared", "name one: --peft METHOD")
    if ask.bits and "none" in methods:
        methods = [method for method in methods if method != "none"]
    found: Source | None = None
    for method in methods:
        asked = _asked(ask, method)
        if found is None:
            found = source(asked, note)
        try:
            row = _row(found, asked.check(), gpus, fit)
            trainable, all_, adapter = _size(found, asked)
        except UsageError as exc:
            yield Tuner(method, why=exc.message)
            continue
        yield Tuner(method, row, trainable, all_, adapter)


def chosen(words: Sequence[str], known: Sequence[str]) -> list[str]:
    """The methods that ``words`` name, each once.

    Raises:
        UsageError: one is none of ``known``.
    """
    names = list(dict.fromkeys(word.lower().replace("-", "_") for word in words))
    for name in names:
        if name not in known:
            raise methods_of_peft.unknown(name, known)
    return names


def check(rows: Sequence[Tuner]) -> None:
    """Fail when not one of ``rows`` could be done.

    Raises:
        CheckFailedError: none fits the GPUs; the least is named. UsageError: none goes with the model.
    """
    fitting = [tuner.row for tuner in rows if tuner.row]
    if not fitting:
        first = rows[0]
        raise UsageError(f"{first.method}: {first.why}", "see: hfterm peft methods")
    if all(row.fits is False for row in fitting):
        raise planner.refusal(fitting)


def _asked(ask: Ask, method: str) -> Ask:
    if method == "none":
        return replace(ask, peft=None)
    if method == "qlora":
        return replace(ask, peft="lora", bits=4)
    return replace(ask, peft=method)


def _row(found: Source, ask: Ask, gpus: Gpus | None, fit: bool) -> Row:
    one = planner.Planner(ask, found)
    if not fit:
        return one.row(strategies.named(ask, 0, False, ()), gpus)
    rows: list[Row] = []
    for strategy in strategies.ladder(gpus.count if gpus else 1):
        if ask.bits and (strategy.zero or strategy.fsdp):  # packed weights are whole on every GPU
            continue
        rows.append(one.row(strategy, gpus))
        if rows[-1].fits:
            return rows[-1]
    return min(rows, key=lambda row: row.need.device)


def _size(found: Source, ask: Ask) -> tuple[int, int, int | None]:
    """Numbers that are trained, all of them, and bytes of the file that is saved."""
    model = found.build(ask)
    if not ask.tunes_adapter:
        count = sum(p.numel() for p in model.parameters())
        return count, count, count * DTYPES[ask.weights]
    import peft

    tuned = tune(model, ask, found.task, lambda: found.build(ask))
    trainable, all_ = tuned.get_nb_trainable_parameters()
    if tuned.active_peft_config.is_prompt_learning:
        _wake(tuned)
    try:
        saved = peft.get_peft_model_state_dict(tuned, save_embedding_layers=False)
    except RuntimeError:  # it computes with the weights before it saves them
        return trainable, all_, None
    return trainable, all_, file_size(saved)


def _wake(tuned: Any) -> None:
    """Put prompts into memory: they are computed once more before they are saved."""
    import torch

    tuned.prompt_encoder.to_empty(device="cpu")
    for name, tokens in tuned.prompt_tokens.items():
        tuned.prompt_tokens[name] = torch.arange(tokens.numel(), device="cpu")


def file_size(weights: dict[str, Any]) -> int:
    """Bytes of a safetensors file of ``weights``, which may be on the meta device: its header and the numbers."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    # The library writes the widest kinds first, then by name; that changes no size but the offsets' digits.
    for name, tensor in sorted(weights.items(), key=lambda item: (-item[1].element_size(), item[0])):
        size = tensor.numel() * tensor.element_size()
        kind = _KINDS.get(str(tensor.dtype).removeprefix("torch."), "F32")
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
    text = len(json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode())
    return 8 + -(-text // 8) * 8 + at
