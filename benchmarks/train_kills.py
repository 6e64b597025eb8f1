"""Trainings killed at random moments, resumed each time, and compared to the bit with ones that were left alone.

    python benchmarks/train_kills.py [--kills 50] [--real 5] [--case NAME] [--seed 0]

For each case a tiny model is trained once without a break, and once with KILLS lives ended by SIGKILL (a third of
them while a checkpoint is being written), the first REAL of them in processes of their own and the others forked
from one that has imported the libraries. Every number that any life logged, the output's weights, and the last
optimizer, scheduler and random state must be the same. Prints a Markdown table; exits 1 when anything differs.
"""

import argparse
import collections
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests"))

from support.cli import Hfterm
from support.lives import Lives, alive, differences, some_moment
from support.tiny import facts_file, tiny_model

COMMON = ("--learning-rate", "2e-2", "--progress", "none", "--eval-data", "facts.jsonl")
CASES = {
    "LoRA with dropout": (
        *("--num-train-epochs", "{epochs}", "--peft-set", "lora_dropout=0.1", "--save-steps", "7"),
        *("--logging-steps", "3", "--eval-steps", "11"),
    ),
    "all weights, dropout, accumulation, grouped by length, workers": (
        *("--num-train-epochs", "{epochs}", "--peft", "none", "--per-device-train-batch-size", "2"),
        *("--gradient-accumulation-steps", "2", "--set", "train_sampling_strategy=group_by_length"),
        *("--set", "dataloader_num_workers=1", "--save-steps", "5", "--logging-steps", "4", "--eval-steps", "13"),
        *("--keep", "best,last,3", "--lr-scheduler-type", "cosine"),
    ),
}


def one(case: str, folder: Path, kills: int, real: int, epochs: int, seed: int) -> list[str]:
    """Run a case; returns the row of the table, and the differences found on stderr."""
    chance = random.Random(seed)
    model = tiny_model(folder / "tiny")
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "attention_dropout": 0.1}))
    facts_file(folder / "facts.jsonl", repeat=4)
    hfterm = Hfterm(folder)
    words = [word.format(epochs=epochs) for word in CASES[case]]
    args = ["train", "sft", "./tiny", "facts.jsonl", *COMMON, *words]
    kinds: collections.Counter[str] = collections.Counter()
    with Lives(hfterm.env(), folder) as lives:
        began = time.monotonic()
        assert lives.live(*args, "--name", "whole") == 0, lives.said
        seconds = time.monotonic() - began
        run, longest = lives.run("killed"), max(2.0, 2 * seconds / max(1, kills))
        again = [*args, "--name", "killed", "--resume"]
        resumes = []
        while sum(kinds.values()) < kills:
            kind, moment = some_moment(run, chance, longest)
            if sum(kinds.values()) < real:
                process = hfterm.popen(*again, cwd=folder, stdout=-3, stderr=-3)
                while process.poll() is None and not moment():
                    time.sleep(0.0005)
                process.send_signal(signal.SIGKILL)
                if process.wait() == 0:
                    break
            elif lives.live(*again, moment=moment) == 0:
                break
            kinds[kind] += 1
        before = time.monotonic()
        pid = lives.begin(*again)
        while alive(pid) and run.status().get("pid") != pid:
            time.sleep(0.001)
        resumes.append(time.monotonic() - before)
        assert lives.end(pid) == 0, lives.said
        found = differences(lives.run("whole"), run)
        torn = lives.said.count("half-written")
        begun = sum(event["event"] == "begin" for event in run.events())
        steps = run.status()["step"]
    for line in found[:20]:
        print(f"{case}: {line}", file=sys.stderr)
    counts = [f"{sum(kinds.values())} ({kinds['save']} in a save)", str(torn), str(begun), str(steps)]
    return [case, *counts, f"{statistics.median(resumes):.1f}", str(len(found))]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--real", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=150)
    parser.add_argument("--case", choices=list(CASES), action="append")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    print("| training | SIGKILLs | torn checkpoints | lives that trained | steps | resume s | differences |")
    print("|---|---:|---:|---:|---:|---:|---:|", flush=True)
    bad = 0
    for case in asked.case or CASES:
        with tempfile.TemporaryDirectory(prefix="hfterm-kills-") as folder:
            row = one(case, Path(folder), asked.kills, asked.real, asked.epochs, asked.seed)
            bad += row[-1] != "0"
            print(f"| {' | '.join(row)} |", flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
