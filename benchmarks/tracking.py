"""Reading training logs and drawing them: hfterm's library against the tools at hand, interleaved.

    python benchmarks/tracking.py PEERS [ROUNDS]

PEERS is the Python of another environment with ``tensorboard`` and ``plotext`` 5. Times are CPU milliseconds within
the process, imports left out; those of ``tail`` and ``grep`` are of the whole process. About 10 GB of free disk
are needed in the folder for temporary files. Prints three Markdown tables of medians.
"""

import json
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

WIDTH, HEIGHT = 120, 24
LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
EVENTS = 100_000
LOG_BYTES = 10 * 10**9
LINE = "{'loss': %.4f, 'grad_norm': 0.91, 'learning_rate': 1.9e-05, 'epoch': 0.24}  step %d\n"


def timed(work: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    began = time.process_time()
    work()
    return 1e3 * (time.process_time() - began)


def values(count: int) -> list[float]:
    noise = random.Random(0)
    return [1.4 + 2 * math.exp(-6 * n / count) + 0.1 * noise.random() for n in range(count)]


# --- what is measured, each in a process of its own -----------------------------------------


def chart(count: int) -> float:
    from hfterm.tracking.chart import draw
    from hfterm.tracking.series import Series

    series = Series("loss")
    for step, value in enumerate(values(count)):
        series.append(step, value)
    return statistics.median(timed(lambda: draw([(series, 0)], WIDTH, HEIGHT)) for _ in range(9))


def chart_plotext(count: int) -> float:
    import plotext

    ys = values(count)
    xs = list(range(count))

    def draw() -> None:
        plotext.clear_figure()
        plotext.plotsize(WIDTH, HEIGHT)
        plotext.plot(xs, ys, marker="braille")
        plotext.build()

    return timed(draw)


def events(folder: str) -> float:
    from hfterm.tracking.readers.tensorboard import TensorboardReader

    def read() -> None:
        reader = TensorboardReader(folder)
        count = len(reader.poll(60))
        assert count == EVENTS, (count, reader.problem)

    return timed(read)


def events_tensorboard(folder: str) -> float:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def read() -> None:
        found = EventAccumulator(folder, size_guidance={"scalars": 0})
        found.Reload()
        assert sum(len(found.Scalars(tag)) for tag in found.Tags()["scalars"]) == EVENTS

    return timed(read)


def log_end(path: str) -> float:
    from hfterm.tracking.tail import LogTail

    def read() -> None:
        tail = LogTail(path)
        tail.poll()
        assert len(tail.last(40)) == 40

    return timed(read)


def log_search(path: str) -> float:
    from hfterm.tracking.tail import LogTail, Unfinished

    def search() -> None:
        tail = LogTail(path)
        tail.poll()
        at = tail.size
        while isinstance(found := tail.find("no such words", at), Unfinished):
            at = found.offset
        assert found is None

    return timed(search)


WORK = {f.__name__: f for f in (chart, chart_plotext, events, events_tensorboard, log_end, log_search)}


# --- the other side ---------------------------------------------------------------------------


def measure(python: str, work: str, argument: object) -> float:
    done = subprocess.run([python, __file__, "--work", work, str(argument)], capture_output=True, text=True, check=True)
    return float(done.stdout)


def process(*argv: str) -> float:
    """CPU milliseconds of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1e3 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def write_events(folder: Path) -> None:
    import hfterm.tracking.readers.protobuf  # noqa: F401  (before tests/, whose folder hfterm would hide it)

    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from support.events import scalar

    content = b"".join(scalar(f"train/m{k}", step, step / 2 + k) for step in range(EVENTS // 5) for k in range(5))
    (folder / "events.out.tfevents.1700000000.host").write_bytes(content)


def write_log(path: Path, size: int) -> None:
    block = "".join(LINE % (1.5, n) for n in range(100_000)).encode()
    with path.open("wb") as stream:
        while stream.tell() < size:
            stream.write(block)


def main() -> None:
    if sys.argv[1] == "--work":
        name, argument = sys.argv[2:4]
        print(WORK[name](int(argument) if argument.isdecimal() else argument))
        return
    peers, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    taken: dict[tuple[str, str], list[float]] = {}

    def note(row: str, who: str, milliseconds: float) -> None:
        taken.setdefault((row, who), []).append(milliseconds)

    with tempfile.TemporaryDirectory() as place:
        folder, huge, part = Path(place) / "tb", Path(place) / "huge.log", Path(place) / "part.log"
        folder.mkdir()
        write_events(folder)
        write_log(huge, LOG_BYTES)
        write_log(part, LOG_BYTES // 10)
        for n in range(rounds):
            for length in LENGTHS:
                note(f"{length:,}", "hfterm", measure(sys.executable, "chart", length))
                if length < 10**6 or n == 0:  # it takes long
                    note(f"{length:,}", "peer", measure(peers, "chart_plotext", length))
            note("events", "hfterm", measure(sys.executable, "events", folder))
            note("events", "peer", measure(peers, "events_tensorboard", folder))
            note("end", "hfterm", measure(sys.executable, "log_end", huge))
            note("end", "peer", process("tail", "-n", "40", str(huge)))
            note("search", "hfterm", measure(sys.executable, "log_search", part))
            note("search", "peer", process("grep", "-i", "no such words", str(part)))
    median = {key: statistics.median(found) for key, found in taken.items()}

    def row(title: str, key: str) -> None:
        own, peer = median[key, "hfterm"], median[key, "peer"]
        print(f"| {title} | {own:,.2f} | {peer:,.1f} | {peer / own:,.1f} |")

    print(f"| points in a {WIDTH}x{HEIGHT} chart | hfterm, ms | plotext, ms | ratio |\n|---:|---:|---:|---:|")
    for length in LENGTHS:
        row(f"{length:,}", f"{length:,}")
    print("\n| | hfterm, ms | `EventAccumulator`, ms | ratio |\n|---|---:|---:|---:|")
    row(f"{EVENTS:,} scalars in an event file", "events")
    print("\n| | hfterm, ms | `tail`, `grep -i`, ms | ratio |\n|---|---:|---:|---:|")
    row(f"the last 40 lines of {LOG_BYTES / 1e9:.0f} GB", "end")
    row(f"a word that is not in {LOG_BYTES / 1e10:.0f} GB", "search")
    print(json.dumps({"python": sys.version.split()[0], "cores": os.cpu_count()}), file=sys.stderr)


if __name__ == "__main__":
    main()
