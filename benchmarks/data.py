"""Rows: ``hfterm data`` against the engine underneath, polars, jq and datasets, on the same files, interleaved.

    python benchmarks/data.py [--rows N] [--rounds N] [--peers PYTHON] [--stream GB] [WORK]...

Prints Markdown tables: medians of the CPU seconds (user + system) and wall seconds of the whole process, its peak
memory, and its CPU seconds as a ratio of hfterm's. Slow programs (jq, datasets) take part in one round only. A program
that is not there is left out, with a line that says so. ``--stream`` sends so many GB through a pipe instead.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from data_cases import HFTERM, WHERE, cases, copied
from processes import Taken, run, stream

SLOW = ("jq", "datasets")
HEAVY = ("torch", "transformers", "datasets", "pyarrow", "pandas", "polars", "numpy", "huggingface_hub")


def fill(path: Path, rows: int) -> None:
    """Records with an id, a time, a language of four, a score, tags and about 200 characters of text, a tenth twice."""
    draw = random.Random(1)
    words = [word * 3 for word in ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]]
    text = ""
    with path.open("w") as file:
        for number in range(rows):
            text = text if number % 10 == 9 else " ".join(draw.choice(words) for _ in range(14))
            row = {
                "id": number, "ts": 1_700_000_000 + number, "lang": draw.choice(["en", "de", "fr", "es"]),
                "score": round(draw.random(), 4), "tags": draw.sample(words, 2), "text": text,
            }  # fmt: skip
            file.write(json.dumps(row, separators=(",", ":")) + "\n")


def missing(peers: str) -> dict[str, str]:
    """The programs that are not there, and why."""
    found = {} if shutil.which("jq") else {"jq": "no jq on the path"}
    for name in ("polars", "datasets"):
        if subprocess.run([peers, "-c", f"import {name}"], capture_output=True).returncode:
            found[name] = f"not installed in the environment of {Path(peers).name}: --peers PYTHON"
    return found


def compare(home: str, env: dict[str, str], options: argparse.Namespace) -> None:
    """All the work, program after program, round after round."""
    absent = missing(options.peers)
    for name, why in absent.items():
        print(f"{name} is left out: {why}\n")
    print("| work | program | CPU s | wall s | peak MiB | CPU ratio |\n|---|---|---:|---:|---:|---:|")
    for what, programs in cases(options.peers).items():
        if options.work and not any(word in what for word in options.work):
            continue
        taken: dict[str, list[Taken]] = {name: [] for name in programs if name not in absent}
        for number in range(-1, options.rounds):  # the first round warms the caches
            for name in taken:
                if name in SLOW and number != 0:
                    continue
                argv, stdin = programs[name]
                one = run(argv, env, home, str(Path(home, stdin)) if stdin else None)
                taken[name] += [one] * (number >= 0)
                shutil.rmtree(env["HF_HOME"], ignore_errors=True)  # datasets keeps what it read
        ours = 0.0
        for name, values in taken.items():
            cpu, wall, peak = (statistics.median(v[i] for v in values) for i in range(3))
            ours = ours or cpu
            print(f"| {what} | {name} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {cpu / ours:.1f} |", flush=True)


def starting(home: str, env: dict[str, str]) -> None:
    """What ``data head`` of a file of three rows costs, and what it imports."""
    with Path(home, "a.jsonl").open() as file:
        Path(home, "three.jsonl").write_text(file.readline() * 3)
    argv = [HFTERM, "data", "head", "three.jsonl"]
    cpu = statistics.median(run(argv, env, home).cpu for _ in range(9))
    said = subprocess.run(
        argv, env=env | {"PYTHONPROFILEIMPORTTIME": "1"}, cwd=home, capture_output=True, text=True, check=True
    ).stderr
    names = {line.rpartition("|")[2].strip().split(".")[0] for line in said.splitlines()}
    heavy = ", ".join(name for name in HEAVY if name in names) or "none"
    print(f"\n`hfterm data head` of three rows: {cpu:.2f} CPU s; of {', '.join(HEAVY)} it imports {heavy}.")


def streaming(home: str, env: dict[str, str], gigabytes: float) -> None:
    """A long stream through a pipe, for the memory that it takes."""
    print("| through a pipe | GB | CPU s | wall s | peak MiB |\n|---|---:|---:|---:|---:|")
    for verb, words in {"filter": [WHERE], "map": ["len(text) AS n"]}.items():
        data = Path(home, "a.jsonl").read_bytes()
        one = stream([HFTERM, "data", verb, *words], env, home, data, int(gigabytes * 1e9))
        print(f"| `data {verb}` | {gigabytes:g} | {one.cpu:.0f} | {one.wall:.0f} | {one.peak_mib:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Rows: hfterm data against its peers.")
    parser.add_argument("work", nargs="*", help="words that the work's name holds [default: all work]")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default=sys.executable, help="the Python that has polars and datasets")
    parser.add_argument("--stream", type=float, metavar="GB", help="only measure a stream of so many GB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        fill(Path(home, "a.jsonl"), 20_000 if options.stream else options.rows)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HF", "PYTHON"))}
        env |= {"HOME": home, "HFTERM_HOME": f"{home}/hfterm", "HF_HOME": f"{home}/hf", "HF_HUB_OFFLINE": "1"}
        if options.stream:
            streaming(home, env, options.stream)
            return
        run(copied("SELECT * FROM 'a.jsonl'", "a.parquet").argv, env, home)
        compare(home, env, options)
        starting(home, env)


main()
