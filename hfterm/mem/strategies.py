"""Ways to train a model on GPUs, and what each holds on every one of them.

Sources: DeepSpeed 0.19.8 (``runtime/zero/stage_1_and_2.py``, ``stage3.py``), torch 2.13 (``DistributedDataParallel``,
``FSDP2``: ``torch/distributed/fsdp/_fully_shard``). No GPU was at hand: what is below measured is what operators
allocate; ``CONTEXT``, ``COMMUNICATION``, ``FRAGMENTS`` and ``HOST`` are assumed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hfterm.mem import zero3
from hfterm.mem.ask import DTYPES, Ask
from hfterm.mem.ledger import Segment, rounded
from hfterm.mem.trace import Weight, stacks_of
from hfterm.mem.zero3 import DEFAULTS, Settings

# The CUDA context with its kernels, of which torch's own figures say nothing.
CONTEXT = 600 * 2**20
# NCCL's buffers, with more than one GPU.
COMMUNICATION = 400 * 2**20
# What the allocator holds without being able to use it, as a share of what is allocated.
FRAGMENTS = 0.03
# Main memory of a process that trains nothing yet: 2.96 to 3.8 GB in PEFT's published table.
HOST = 3 * 2**30


@dataclass(frozen=True)
class Strategy:
    """``zero`` is DeepSpeed's stage, 0 without; ``offload`` what lies in main memory: optimizer, params."""

    name: str
    zero: int = 0
    fsdp: bool = False
    checkpointing: bool = False
    offload: tuple[str, ...] = ()

    @property
    def options(self) -> str:
        """The options of ``hfterm train`` that ask for it."""
        words = ["--gradient-checkpointing"] if self.checkpointing else []
        words += [f"--zero {self.zero}"] if self.zero else []
        words += ["--fsdp"] if self.fsdp else []
        words += [f"--offload {','.join(self.offload)}"] if self.offload else []
        return " ".join(words)

    @property
    def deepspeed(self) -> bool:
        """Whether DeepSpeed casts the whole model to the dtype of the arithmetic."""
        return self.zero > 0


@dataclass(frozen=True)
class Need:
    """Bytes a GPU. ``allocated`` is what ``torch.cuda.max_memory_allocated`` would say, and the sum of ``parts``;
    ``host`` is main memory for all processes of the machine.
    """

    allocated: int
    parts: Mapping[str, int]
    host: int
    overhead: int
    fragments: int

    @property
    def device(self) -> int:
        """What a GPU must have."""
        return self.allocated + self.overhead + self.fragments


@dataclass(frozen=True)
class Material:
    """A step followed: its segments, with ZeRO-3's linear layers too where they are needed, and the parameters."""

    segments: Sequence[Segment]
    weights: Mapping[str, Weight]
    zero3: Sequence[Segment] = field(default_factory=list)

    @property
    def trained(self) -> int:
        """Numbers that are trained."""
        return sum(w.numel for w in self.weights.values() if w.trained)

    @property
    def count(self) -> int:
        """Numbers in all."""
        return sum(w.numel for w in self.weights.values())


def named(ask: Ask, zero: int, fsdp: bool, offload: Sequence[str]) -> Strategy:
    """The one strategy that settings mean."""
    words = [f"ZeRO-{zero}"] if zero else ["FSDP"] if fsdp else ["plain"]
    words += ["offload " + " and ".join(offload)] if offload else []
    words += ["checkpointing"] if ask.checkpointing else []
    return Strategy(", ".join(words), zero, fsdp, ask.checkpointing, tuple(offload))


def ladder(gpus: int) -> list[Strategy]:
    """Every strategy worth trying, the fastest first: what is computed twice or waits for main memory comes last."""
    many = gpus > 1
    both = ("optimizer", "params")
    rungs: list[tuple[int, bool, tuple[str, ...], bool]] = [(0, False, (), False)]
    if many:
        rungs += [(1, False, (), False), (2, False, (), False)]
    rungs += [(0, False, (), True)]
    if many:
        rungs += [(2, False, (), True), (3, False, (), False), (0, True, (), False)]
        rungs += [(3, False, (), True), (0, True, (), True)]
    rungs += [(2, False, ("optimizer",), True), (3, False, ("optimizer",), True)] if many else []
    rungs += [(2, False, ("optimizer",), True)] if not many else []
    rungs += [(3, False, both, False), (3, False, both, True)]
    return [named(Ask("", checkpointing=again), zero, fsdp, offload) for zero, fsdp, offload, again in rungs]


def need(strategy: Strategy, material: Material, ask: Ask, gpus: int, settings: Settings = DEFAULTS) -> Need:
    """What ``strategy`` holds on each of ``gpus`` GPUs."""
    if strategy.zero == 3:
        parts, host = _zero3(strategy, material, ask, gpus, settings)
    elif strategy.zero:
        parts, host = _zero12(strategy, material, ask, gpus, settings)
    elif strategy.fsdp:
        parts, host = _fsdp(strategy, material, ask, gpus)
    else:
        parts, host = _plain(material, gpus), 0
    allocated = sum(parts.values())
    overhead = CONTEXT + (COMMUNICATION if gpus > 1 else 0)
    return Need(allocated, parts, host + HOST * gpus, overhead, round(allocated * FRAGMENTS))


def _plain(material: Material, gpus: int) -> dict[str, int]:
    top = max(material.segments, key=lambda s: s.total)
    parts = {name: size for name, size in top.peak.items() if size or name in ("weights", "activations")}
    if cache := material.segments[-1].peak.get("kv_cache", 0):
        # While a prompt is read, its cache is not yet told from the rest.
        cache = min(cache, parts["activations"] + parts.get("kv_cache", 0))
        parts |= {"activations": parts["activations"] + parts.get("kv_cache", 0) - cache, "kv_cache": cache}
    if gpus > 1 and any(s.half == "backward" for s in material.segments):
        # DistributedDataParallel reduces gradients in buckets of its own, all of them at once.
        parts["buffers"] = sum(rounded(w.bytes) for w in material.weights.values() if w.trained)
    return parts


def _numbers(material: Material, ask: Ask) -> tuple[int, int, int, float]:
    """Numbers in all, numbers trained, bytes a number in ZeRO, and bytes of optimizer states a trained number.

    DeepSpeed keeps the states in float32, whatever the arithmetic.
    """
    width = DTYPES[ask.arithmetic]
    states = {"adamw_8bit": 2.0, "sgd": 0.0, "adafactor": 0.1, "adagrad": 4.0, "rmsprop": 4.0}.get(ask.optimizer, 8.0)
    return material.count, material.trained, width, states


def _whole(material: Material, width: int) -> int:
    """Bytes of all weights as ZeRO keeps them: quantized ones as they are."""
    return sum(w.numel * (1 if w.width == 1 else width) for w in material.weights.values())


def _zero12(
    strategy: Strategy, material: Material, ask: Ask, gpus: int, settings: Settings
) -> tuple[dict[str, int], int]:
    _, trained, width, states = _numbers(material, ask)
    share = trained / gpus
    weights = _whole(material, width)
    off = "optimizer" in strategy.offload
    # A float32 copy of the share, made even of weights in float32, and the states.
    kept = 0 if off else round(share * (4 + states))
    backward = max((s.other for s in material.segments if s.half != "step"), default=0)
    largest = max((w.numel for w in material.weights.values() if w.trained), default=0)
    if strategy.zero == 1 and not off:
        gradients, bucket = trained * width, min(settings.reduce_bucket, trained) * width
    else:
        gradients = largest * width if off else round(share * width)
        bucket = settings.reduce_bucket * width
    during = {"activations": backward, "buffers": bucket}
    # At the step: the share of the gradients in float32, then buckets of new weights.
    gather = min(settings.allgather_bucket, trained) * width
    step = {"temporary": (0 if off else round(share * 4)), "buffers": max(bucket, gather)}
    more = during if sum(during.values()) >= sum(step.values()) else step
    parts = {"weights": weights, "gradients": gradients, "optimizer": kept, **more}
    host = round(trained * (4 + states + 4)) + (trained * width if off else 0) if off else 0
    return parts, host


def _zero3(
    strategy: Strategy, material: Material, ask: Ask, gpus: int, settings: Settings
) -> tuple[dict[str, int], int]:
    _, trained, width, states = _numbers(material, ask)
    share = trained / gpus
    whole = _whole(material, width)
    off, away = "optimizer" in strategy.offload, "params" in strategy.offload
    moment = zero3.follow(
        material.zero3 or material.segments, material.weights, width=width, world=gpus, offload=away, settings=settings
    )
    shards = 0 if away else round(whole / gpus)
    # The float32 copy of the share is made even of weights in float32.
    kept = 0 if off else round(share * (4 + states))
    gradients = 0 if off else round(share * width)
    bucket = settings.reduce_bucket * width
    step = 0 if off else round(min(share, settings.sub_group) * 4)
    parts = {"weights": shards, "gradients": gradients, "optimizer": kept, "activations": moment.other,
             "gathered": moment.gathered, "buffers": bucket}  # fmt: skip
    if step > moment.total:
        parts |= {"activations": 0, "gathered": 0, "temporary": step}
    host = (whole if away else 0) + (round(trained * (4 + states + 4 + width)) if off else 0)
    return parts, host


def _fsdp(strategy: Strategy, material: Material, ask: Ask, gpus: int) -> tuple[dict[str, int], int]:
    """Layers are units; what is outside of them is one, which stays whole from its first use to its last."""
    width = DTYPES[ask.arithmetic]
    states = _numbers(material, ask)[3]
    known = stacks_of(list(material.weights))
    units: dict[str, int] = {}
    root = 0
    for name, weight in material.weights.items():
        unit = known(name)
        if unit is None:
            root += weight.numel * width
        else:
            units[unit] = units.get(unit, 0) + weight.numel * width
    layer = max(units.values(), default=0)
    off = bool(strategy.offload)
    trained = material.trained
    own = sum(w.bytes for w in material.weights.values())
    # The layer at work, the one fetched ahead, and the buffer it is copied out of.
    gathered = root + 3 * layer
    # Gradients of a layer in float32 before they are scattered.
    biggest = max((w.numel for w in material.weights.values() if w.trained), default=0)
    scatter = min(trained, max(layer // width, biggest)) * 4
    parts = {
        "weights": 0 if off else round(own / gpus),
        "gradients": 0 if off else round(trained / gpus * 4),
        "optimizer": 0 if off else round(trained / gpus * states),
        "activations": max((s.other for s in material.segments if s.half != "step"), default=0),
        "gathered": gathered,
        "buffers": scatter,
    }
    host = round(own + trained * (4 + states)) if off else 0
    return parts, host


def spread(need: Need, gpus: int) -> Need:
    """An inference with the layers dealt out over GPUs (``device_map="auto"``); one works at a time."""
    parts = {name: -(-size // gpus) if name in ("weights", "kv_cache") else size for name, size in need.parts.items()}
    allocated = sum(parts.values())
    return Need(allocated, parts, need.host, need.overhead, round(allocated * FRAGMENTS))
