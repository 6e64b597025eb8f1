"""What DeepSpeed's ZeRO-3 keeps on a device: its coordinator of parameters, followed step by step.

Source: DeepSpeed 0.19.8, ``runtime/zero/partitioned_param_coordinator.py`` (fetch, prefetch, release),
``partition_parameters.py`` (all-gather buffers), ``stage3.py`` (the reduce bucket) and ``config.py`` (defaults). The
same in December 2022, but for a device that is alone: today nothing is gathered there (``NoGatherHandle``), a weight
is its partition or a copy of it. The trace is complete, as from the second step on.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hfterm.mem.ledger import Segment, rounded
from hfterm.mem.trace import Weight


@dataclass(frozen=True)
class Settings:
    """DeepSpeed's settings, in numbers of parameters; the defaults are DeepSpeed's own.

    ``gathers_alone``: one device gathers as several do, through buffers, as in 2022.
    """

    reduce_bucket: int = 500_000_000
    allgather_bucket: int = 500_000_000
    prefetch_bucket: int = 50_000_000
    persistence: int = 100_000
    max_live: int = 1_000_000_000
    max_reuse: int = 1_000_000_000
    sub_group: int = 1_000_000_000
    gathers_alone: bool = False


DEFAULTS = Settings()


@dataclass(frozen=True)
class Moment:
    """The moment of most memory: what was held beside states (``other``), and of gathered weights and buffers."""

    total: int
    other: int
    gathered: int


def follow(
    segments: Sequence[Segment],
    weights: Mapping[str, Weight],
    *,
    width: int,
    world: int = 1,
    offload: bool = False,
    settings: Settings = DEFAULTS,
) -> Moment:
    """The peak of one forward and backward pass, beside the partitions and the buckets that are always there.

    ``width`` is the bytes a number of the weights; with ``offload`` their partitions lie in host memory.
    """
    return _Coordinator(segments, weights, width, world, offload, settings).run()


class _Coordinator:
    def __init__(
        self,
        segments: Sequence[Segment],
        weights: Mapping[str, Weight],
        width: int,
        world: int,
        offload: bool,
        settings: Settings,
    ) -> None:
        # Accumulated passes are alike: the last counts, as gradients leave the device anyway.
        starts = [i for i, s in enumerate(segments) if s.kind == "start" and s.half == "forward"]
        self.segments = [s for s in segments[starts[-1] if starts else 0 :] if s.half != "step"]
        self.count = {name: w.numel for name, w in weights.items()}
        self.width, self.world, self.offload, self.settings = width, world, offload, settings
        self.alone = world == 1 and not settings.gathers_alone
        self.steps = [s.parameters for s in self.segments if s.kind in ("forward", "backward")]
        self.before = [0]
        self.uses: dict[str, list[int]] = defaultdict(list)
        for at, names in enumerate(self.steps):
            self.before.append(self.before[-1] + sum(self.count[n] for n in names))
            for name in names:
                self.uses[name].append(at)
        self.queue = deque((name, at) for at, names in enumerate(self.steps) for name in names)
        self.persistent = {name for name, count in self.count.items() if count < settings.persistence}
        self.here: dict[str, int] = {name: self.bytes(name) for name in self.persistent}
        self.flying: dict[str, _Flight] = {}
        self.claimed: dict[str, int] = {}
        self.active: dict[str, int] = defaultdict(int)
        self.live = 0
        self.buffers = 0
        self.held = sum(self.here.values())
        self.step = 0

    def bytes(self, name: str) -> int:
        # Alone, a weight whose partition is on the device is that partition.
        return 0 if self.alone and not self.offload else rounded(self.count[name] * self.width)

    def run(self) -> Moment:
        best = Moment(0, 0, 0)
        before: tuple[str, ...] | None = None
        for segment in self.segments:
            brief = 0
            if segment.kind == "after":
                self._release(segment.parameters)
            elif segment.kind in ("forward", "backward"):
                # A module's weights are let go when its backward pass ends: at the latest when the next begins.
                if segment.half == "backward" and before is not None:
                    self._release(before)
                    before = None
                brief = self._fetch(segment.parameters)
                if segment.kind == "backward":
                    before = segment.parameters
            for other, extra in ((segment.begin, brief), (segment.other, 0)):
                gathered = self.held + self.buffers + extra
                if other + gathered > best.total:
                    best = Moment(other + gathered, other, gathered)
        return best

    def _gather(self, names: list[str]) -> int:
        """Begin to gather; the bytes that are needed only for a moment."""
        size = sum(self.bytes(n) for n in names)
        if self.alone:
            for name in names:
                self.here[name] = self.bytes(name)
                self.live += self.count[name]
            self.held += size
            return 0
        # Partitions in host memory are copied to the device first.
        copies = size // self.world if self.offload else 0
        flight = _Flight(size, set(names), alone=len(names) == 1)
        self.buffers += size
        for name in names:
            self.flying[name] = flight
            self.live += self.count[name]
        return copies

    def _land(self, name: str) -> int:
        """A gathered parameter is waited for: several that came in one buffer are copied out of it."""
        flight = self.flying.pop(name)
        if not flight.landed:
            flight.landed = True
            for other in flight.names:
                self.here[other] = self.bytes(other)
                self.held += self.here[other]
            if flight.alone:
                self.buffers -= flight.size
        flight.waiting.discard(name)
        brief = 0
        if not flight.waiting and not flight.alone:
            self.buffers -= flight.size
            brief = flight.size
        return brief

    def _fetch(self, names: tuple[str, ...]) -> int:
        brief = 0
        missing = [n for n in dict.fromkeys(names) if n not in self.here and n not in self.flying]
        if missing:
            brief = self._gather(missing)
        for name in names:
            self.active[name] += 1
            if name in self.flying:
                brief = max(brief, self._land(name))
        fresh = {n for n in names if self.claimed.get(n, -1) < self.step}
        while self.queue and fresh:
            name, at = self.queue.popleft()
            self.claimed[name] = at
            fresh.discard(name)
        brief = max(brief, self._prefetch())
        self.step += 1
        return brief

    def _prefetch(self) -> int:
        most = min(self.settings.max_live - self.live, self.settings.prefetch_bucket)
        wanted: list[str] = []
        numbers = 0
        while self.queue and numbers < most:
            name, at = self.queue.popleft()
            there = name in self.here or name in self.flying or name in wanted
            self.claimed[name] = max(self.claimed.get(name, -1), at)
            if not there:
                wanted.append(name)
                numbers += self.count[name]
        return self._gather(wanted) if wanted else 0

    def _release(self, names: tuple[str, ...]) -> None:
        for name in names:
            self.active[name] -= 1
            if name in self.persistent or name not in self.here or self.active[name] > 0:
                continue
            if self.claimed.get(name, -1) > self.step:
                continue
            uses = self.uses[name]
            after = bisect_left(uses, self.step)
            later = uses[after] if after < len(uses) else None
            if later is not None and self.before[later] - self.before[self.step] < self.settings.max_reuse:
                continue
            self.held -= self.here.pop(name)
            self.live -= self.count[name]


class _Flight:
    def __init__(self, size: int, names: set[str], alone: bool) -> None:
        self.size, self.names, self.alone = size, names, alone
        self.waiting = set(names)
        self.landed = False
