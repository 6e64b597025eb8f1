"""The answer: for every strategy what it needs of a GPU and of main memory, what fits, and which to take."""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hfterm.errors import CheckFailedError, UsageError
from hfterm.mem import strategies
from hfterm.mem.ask import Ask
from hfterm.mem.build import Source, source
from hfterm.mem.ledger import Segment
from hfterm.mem.machine import Gpus
from hfterm.mem.steps import measure
from hfterm.mem.strategies import Material, Need, Strategy
from hfterm.mem.trace import LONG, SHORT, Weight, deepen, deepen_weights
from hfterm.mem.zero3 import DEFAULTS, Settings
from hfterm.text import human_bytes

PARTS = ("weights", "gradients", "optimizer", "activations", "temporary", "kv_cache", "gathered", "buffers")


@dataclass(frozen=True)
class Row:
    """A strategy and what it needs; ``fits`` is None where no GPU was told of. Bytes everywhere."""

    strategy: Strategy
    need: Need
    ask: Ask
    gpus: Gpus | None
    parameters: int
    trained: int
    chosen: bool = False

    @property
    def fits(self) -> bool | None:
        """Whether the GPUs, and main memory where it is known, have what is needed."""
        if self.gpus is None:
            return None
        return self.need.device <= self.gpus.each and (self.gpus.host is None or self.need.host <= self.gpus.host)

    def record(self) -> dict[str, Any]:
        """For printing; sizes as integers."""
        gpus = self.gpus
        return {
            "strategy": self.strategy.name,
            "options": self.strategy.options,
            "gpus": gpus.count if gpus else 1,
            "device": self.need.device,
            "host": self.need.host,
            "fits": self.fits,
            "margin": gpus.each - self.need.device if gpus else None,
            "chosen": self.chosen,
            "allocated": self.need.allocated,
            **{part: self.need.parts.get(part, 0) for part in PARTS},
            "overhead": self.need.overhead,
            "fragments": self.need.fragments,
            "capacity": gpus.each if gpus else None,
            "model": self.ask.model,
            "parameters": self.parameters,
            "trainable": self.trained,
            "dtype": self.ask.arithmetic,
            "weights_dtype": f"{self.ask.bits}bit" if self.ask.bits else self.ask.weights,
            "batch": self.ask.batch,
            "length": self.ask.length,
        }


@dataclass
class Planner:
    """Follows steps of one model, each kind of step once."""

    ask: Ask
    source: Source
    note: Callable[[str], None] | None = None
    _known: dict[tuple[Any, ...], tuple[list[Segment], dict[str, Weight]]] = field(default_factory=dict)

    def material(self, ask: Ask, zero3: bool = False) -> Material:
        """The segments of a step as ``ask`` says; with ``zero3`` those with ZeRO-3's linear layers too.

        These keep more only where weights are frozen and activations kept: else the plain ones will do.
        """
        segments, weights = self._follow(ask, False)
        apart = zero3 and not ask.checkpointing and not all(w.trained for w in weights.values())
        return Material(segments, weights, self._follow(ask, True)[0] if apart else [])

    def _follow(self, ask: Ask, zero3: bool) -> tuple[list[Segment], dict[str, Weight]]:
        key = (ask.checkpointing, ask.arithmetic, ask.weights, ask.bits, zero3)
        if key not in self._known:
            self._known[key] = followed(self.source, ask, zero3=zero3, linear=self._linear)
        return self._known[key]

    def row(self, strategy: Strategy, gpus: Gpus | None, settings: Settings = DEFAULTS) -> Row:
        """What a strategy needs."""
        ask = replace(self.ask, checkpointing=strategy.checkpointing)
        if strategy.zero or strategy.fsdp:
            # The whole model is cast to the dtype of the arithmetic.
            ask = replace(ask, dtype=ask.arithmetic, mixed=False)
        material = self.material(ask, strategy.zero == 3)
        if strategy.fsdp:  # its shards keep the dtype that the weights were loaded in
            width = 4 if self.ask.weights == "float32" else None
            material = replace(material, weights=_widened(material.weights, width))
        need = strategies.need(strategy, material, ask, gpus.count if gpus else 1, settings)
        return Row(strategy, need, self.ask, gpus, self.parameters, material.trained)

    @functools.cached_property
    def parameters(self) -> int:
        """Of the model alone, none of them packed."""
        return _count(self.source, self.ask)

    @functools.cached_property
    def _linear(self) -> bool:
        """Whether every layer adds as many parameters, told from models of three depths."""
        layers = self.source.layers
        if layers is None or layers <= LONG:
            return False
        few, more = (_count(self.source, self.ask, n) for n in (SHORT, LONG))
        return (self.parameters - more) * (LONG - SHORT) == (more - few) * (layers - LONG)


def followed(source: Source, ask: Ask, *, linear: bool, zero3: bool = False) -> tuple[list[Segment], dict[str, Weight]]:
    """A step of the whole model: where all layers are alike (``linear``) made of those of two shallow ones.

    Raises:
        UsageError: it cannot be followed.
    """
    layers = source.layers
    if linear and layers is not None:
        short, _ = measure(source, ask, SHORT, zero3=zero3)
        long, weights = measure(source, ask, LONG, zero3=zero3)
        deep = deepen(short, long, list(weights), layers)
        if deep is not None:
            return deep, deepen_weights(weights, layers)
    return measure(source, ask, zero3=zero3)


def _count(source: Source, ask: Ask, layers: int | None = None) -> int:
    """Parameters of the bare model; of one of so many layers."""
    return sum(p.numel() for p in source.build(ask, layers).parameters())


def _widened(weights: Any, width: int | None) -> Any:
    if width is None:
        return weights
    return {name: weight._replace(width=width) for name, weight in weights.items()}


def plan(
    ask: Ask,
    gpus: Gpus | None = None,
    strategy: Strategy | None = None,
    *,
    note: Callable[[str], None] | None = None,
    settings: Settings = DEFAULTS,
) -> Iterator[Row]:
    """What each strategy needs, the fastest first; or the one that is named.

    ``ask.bits`` and ``ask.dtype`` None of an inference: a row each for the usual ways to keep weights.

    Raises:
        UsageError: what is asked makes no sense, or the model cannot be followed without its weights.
        NotFoundError, AccessError, NetworkError: its configuration cannot be had. MissingExtraError.
    """
    ask.check()
    planner = Planner(ask, source(ask, note), note)
    if ask.purpose == "inference":
        yield from _inference(planner, gpus)
        return
    tried = [strategy] if strategy else strategies.ladder(gpus.count if gpus else 1)
    if ask.bits:  # whole on every GPU
        tried = [one for one in tried if not (one.zero or one.fsdp)]
    for one in tried:
        yield planner.row(one, gpus, settings)


def choose(rows: Sequence[Row]) -> Row | None:
    """The first that fits, which is the fastest."""
    return next((replace(row, chosen=True) for row in rows if row.fits), None)


def refusal(rows: Sequence[Row], others: Sequence[Row] = ()) -> CheckFailedError:
    """The error when none of ``rows`` fits: what is the least, and what would do. ``others`` were not asked for."""
    gpus = rows[0].gpus
    assert gpus is not None
    least = min((*rows, *others), key=lambda row: row.need.device)
    asked = rows[0].strategy.name if len(rows) == 1 else "nothing"
    needs = f"{human_bytes(rows[0].need.device)} a GPU" if len(rows) == 1 else ""
    would = choose(others)
    message = f"{asked} does not fit {gpus}" + (f": it needs {needs}" if needs else "")
    if asked == "nothing":
        message = f"nothing fits {gpus}: the least, {least.strategy.name}, needs {human_bytes(least.need.device)} a GPU"
    if gpus.host is not None and least.need.host > gpus.host and least.need.device <= gpus.each:
        message += f" and {human_bytes(least.need.host)} of main memory"
    if would is not None:
        options = would.strategy.options or "none of these options"
        return CheckFailedError(message, f"{would.strategy.name} fits: {options}")
    return CheckFailedError(message, _smaller(least))


def _smaller(row: Row) -> str:
    ask, words = row.ask, []
    if ask.purpose == "training":
        words += ["--peft lora"] if not ask.tunes_adapter else ["--load-in 4bit"] if not ask.bits else []
    words += [f"--per-device-train-batch-size {max(1, ask.batch // 2)}"] if ask.batch > 1 else []
    words += [f"--max-length {ask.length // 2}"] if ask.length > 256 else []
    return f"try {', '.join(words)}, or larger GPUs" if words else "larger GPUs, or more of them, would do"


def _inference(planner: Planner, gpus: Gpus | None) -> Iterator[Row]:
    ask = planner.ask
    told = str(planner.source.told.get("dtype") or planner.source.told.get("torch_dtype") or "")
    own = told if told in ("float32", "bfloat16", "float16") else "bfloat16"
    ways: list[tuple[str, int | None]] = [(ask.dtype or own, ask.bits)]
    if ask.dtype is None and ask.bits is None:
        ways = [("float32", None), (own if own != "float32" else "bfloat16", None), (own, 8), (own, 4)]
        ways = [(d if b is None or d != "float32" else "bfloat16", b) for d, b in ways]
    for dtype, bits in ways:
        one = replace(ask, dtype=dtype, bits=bits)
        material = planner.material(one)
        need = strategies.need(Strategy(f"{bits} bits" if bits else dtype), material, one, 1)
        yield Row(Strategy(f"{bits} bits" if bits else dtype), need, one, gpus, planner.parameters, 0)
        if gpus is not None and gpus.count > 1:
            name = f"{f'{bits} bits' if bits else dtype}, layers over {gpus.count} GPUs"
            yield Row(Strategy(name), strategies.spread(need, gpus.count), one, gpus, planner.parameters, 0)


def one_of(zero: int | None, fsdp: bool, offload: Sequence[str], ask: Ask) -> Strategy | None:
    """The strategy that options name; None where they name none.

    Raises:
        UsageError: they do not go together.
    """
    for word in offload:
        if word not in ("optimizer", "params"):
            raise UsageError(f"nothing called {word!r} can be offloaded", "choose optimizer, params, or both")
    if zero and fsdp:
        raise UsageError("--zero and --fsdp are two ways of doing the same", "choose one")
    if fsdp and "optimizer" in offload:
        raise UsageError("--fsdp takes --offload params alone", "the optimizer's states go with them")
    if ask.bits and (zero or fsdp):
        raise UsageError(
            f"weights of {ask.bits} bits are whole on every GPU", f"leave {'--zero' if zero else '--fsdp'} out"
        )
    if offload and not (zero or fsdp):
        raise UsageError("--offload needs DeepSpeed or FSDP", "add --zero 3 or --fsdp")
    if "params" in offload and zero and zero < 3:
        raise UsageError(f"ZeRO-{zero} keeps whole weights on each GPU", "to offload params take --zero 3")
    if not (zero or fsdp or ask.checkpointing):
        return None
    return strategies.named(ask, zero or 0, fsdp, tuple(dict.fromkeys(offload)))
