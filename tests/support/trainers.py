"""A real training that goes on for as long as a test wants it, and no longer than the test."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from support.cli import Hfterm
from support.tiny import facts_file, tiny_model


class Trainer:
    """``hfterm train sft`` on the tiny model in ``folder``."""

    def __init__(self, hfterm: Hfterm, folder: Path) -> None:
        self.hfterm = hfterm
        self.model = tiny_model(folder / "tiny")
        self.data = facts_file(folder / "facts.jsonl", repeat=4)
        self.runs = hfterm.home / "hfterm" / "runs"

    def start(self, name: str, *more: str) -> "subprocess.Popen[bytes]":
        """Start a run in a process of its own; a thousand epochs unless ``more`` says otherwise."""
        args = ["train", "sft", self.model, self.data, "--name", name, "--progress", "none", "--logging-steps", "1"]
        more = more or ("--num-train-epochs", "1000")
        return self.hfterm.popen(*args, *more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def status(self, name: str) -> dict[str, Any]:
        """The run's ``status.json``; empty before there is one."""
        try:
            found: dict[str, Any] = json.loads((self.runs / name / "status.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def wait_for_step(self, name: str, step: int) -> None:
        """Until the step is logged."""
        deadline = time.monotonic() + 120
        events = self.runs / name / "events.jsonl"
        while time.monotonic() < deadline:
            if events.exists() and f'"step": {step},' in events.read_text():
                return
            time.sleep(0.02)
        raise AssertionError(f"step {step} never came: {self.status(name)}")

    def end(self) -> None:
        """Kill what still trains."""
        for folder in self.runs.iterdir() if self.runs.is_dir() else ():
            status = self.status(folder.name)
            if status.get("state") == "running":
                try:
                    os.kill(status["pid"], signal.SIGKILL)
                except ProcessLookupError:
                    continue
