"""Training beside other work: seconds with torch's waiting threads spinning a little and long.

    python benchmarks/busy.py MODEL DATA [ROUNDS]

Tunes MODEL (a folder) on DATA for five steps, on an idle machine and beside one busy loop a core, with
``GOMP_SPINCOUNT`` as hfterm sets it and as libgomp has it when nothing is set; interleaved. Prints a
Markdown table of the medians.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HFTERM = str(Path(sys.executable).parent / "hfterm")
LOOP = [sys.executable, "-c", "while True: pass"]


def seconds(model: str, data: str, policy: dict[str, str]) -> float:
    """Training seconds of one run, as it reports them itself."""
    with tempfile.TemporaryDirectory() as home:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HFTERM_", "OMP_", "GOMP_"))}
        env |= {"HFTERM_HOME": home} | policy
        argv = [HFTERM, "train", "sft", model, data, "--max-steps", "5", "--progress", "none", "-f", "json"]
        done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
        return float(json.loads(done.stdout)["seconds"])


def main() -> None:
    model, data = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    policies = {"10,000 turns (hfterm)": {}, "300,000 turns (torch's own)": {"GOMP_SPINCOUNT": "300000"}}
    taken: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for place in ("idle", "busy"):
            loops = [subprocess.Popen(LOOP) for _ in range(os.cpu_count() or 1)] if place == "busy" else []
            try:
                for name, policy in policies.items():
                    taken.setdefault((name, place), []).append(seconds(model, data, policy))
            finally:
                for loop in loops:
                    loop.kill()
                    loop.wait()
    median = {key: statistics.median(values) for key, values in taken.items()}
    print("| waiting threads spin | idle machine, s | every core busy, s | ratio |\n|---|---:|---:|---:|")
    for name in policies:
        idle, busy = median[name, "idle"], median[name, "busy"]
        print(f"| {name} | {idle:.1f} | {busy:.1f} | {busy / idle:.1f} |")


if __name__ == "__main__":
    main()
