"""The demo as a person reads it, line by line on stderr."""

import re
import shutil
import textwrap
from typing import Any

from hfterm.demo import smollm2
from hfterm.demo.lesson import Lesson
from hfterm.demo.stages import Data, Stage
from hfterm.output import Output, is_terminal
from hfterm.text import human_seconds

STAGES = 6


class Story:
    """Tells each stage as it is through."""

    def __init__(self, out: Output) -> None:
        self.out = out

    def _say(self, text: str = "") -> None:
        if is_terminal(self.out.stderr):
            # Between words, under the text above; paths and commands stay whole.
            width = shutil.get_terminal_size().columns
            text = "\n".join(
                textwrap.fill(
                    line, width, subsequent_indent=" " * _hang(line), break_long_words=False, break_on_hyphens=False
                )
                for line in text.split("\n")
            )
        self.out.note(text)

    def opening(self, lesson: Lesson) -> None:
        """What is about to happen."""
        about = " about an invented town that no model can know" if lesson.name == "demo" else " of your own"
        self._say(f"Teaching a small language model {lesson.facts} records{about}, on this machine.")
        if lesson.left_out:
            self._say(f"({lesson.left_out} more records are left out: the demo is short; 'hfterm train sft' takes all)")

    def stage(self, number: int, what: str) -> None:
        """A stage begins."""
        self._say(f"\n[{number}/{STAGES}] {what}")

    def _line(self, text: str, stage: Stage) -> None:
        self._say(f"  {text}" + ("  (done earlier, reused)" if stage.reused else ""))

    def model(self, model: smollm2.Model, stage: Stage) -> None:
        """Which model, and where it came from."""
        self._say(f"  {smollm2.NAME}, {smollm2.SOURCES[model.source]}")
        self._say(f"  {model.path}")

    def before(self, stage: Stage) -> None:
        """The shown question and what the untrained model says to it."""
        first = stage.result["answers"][0]
        self._line(f"question: {first['question']}", stage)
        self._say(f"  before:   {_one_line(first['answer']) or '(nothing)'}{_verdict(first)}")

    def counted(self, lesson: Lesson, stage: Stage) -> None:
        """How much there is to learn."""
        row = stage.result
        repeated = len(lesson.rows) - lesson.everyday
        parts = f"{lesson.facts} facts" + (f", repeated to {repeated}" if repeated > lesson.facts else "")
        self._line(
            f"{row['tokens']:,} tokens in {row['records']} records ({parts}, and {lesson.everyday} everyday questions),"
            f" {row['min']} to {row['max']} each",
            stage,
        )

    def trained(self, stage: Stage) -> None:
        """What training did."""
        row = stage.result
        share = 100 * row["trainable_parameters"] / row["parameters"]
        self._line(f"loss {_number(row['loss_first'])} -> {_number(row['loss_last'])} in {row['steps']} steps", stage)
        self._say(
            f"  LoRA: {row['trainable_parameters']:,} of {row['parameters']:,} parameters ({share:.2g} %) on"
            f" {row['device']}, {_number(row['tokens_per_second'])} tokens/s; run: {row['run']}"
        )

    def merged(self, stage: Stage) -> None:
        """Where the merged model lies."""
        self._line(f"adapter merged into the model, and compared: drift {stage.result['drift']:.1g}", stage)
        self._say(f"  {stage.result['path']}")

    def after(self, result: Data, stage: Stage) -> None:
        """Before against after, over all questions."""
        self._line(f"question: {result['question']}", stage)
        self._say(f"  before:   {_one_line(result['before']) or '(nothing)'}")
        verdict = _verdict(result["checks"][0], "right_after")
        self._say(f"  after:    {_one_line(result['after']) or '(nothing)'}{verdict}")
        if result["checked"] > 1:
            self._say(
                f"  {result['right_before']} of {result['checked']} right before, "
                f"{result['right_after']} of {result['checked']} right after"
                " (asked in words that the training data does not use)"
            )
        self._say("  and what it knew before:")
        for check in result["checks"]:
            if check["about"] == "general":
                verdict = _verdict(check, "right_after")
                self._say(f"  {check['question']} {_one_line(check['after'])}{verdict}")

    def timings(self, result: Data) -> None:
        """Wall-clock seconds, a line a stage."""
        self._say(f"\n  {'stage':<14}{'this time':>10}  {'when done':>10}")
        for row in result["stages"]:
            now, then = human_seconds(row["seconds"]), human_seconds(row["first_seconds"])
            self._say(f"  {row['stage']:<14}{now:>10}  {then:>10}{'  reused' if row['reused'] else ''}")
        self._say(f"  {'total':<14}{human_seconds(result['seconds']):>10}")
        cores = f", {result['threads']} of {result['cores']} cores" if result["device"] == "cpu" else ""
        self._say(
            f"  {result['device']}{cores}; training {_number(result['train_tokens_per_second'])} tokens/s,"
            f" answering {_number(result['answer_tokens_per_second'])} tokens/s"
        )
        if set(result["reused"]) - {"model"}:
            self._say("  Stages done earlier were reused; --fresh does them again.")

    def next(self, result: Data) -> None:
        """Commands that work now."""
        run = result["run"]
        self._say("\nTry next:")
        commands = {
            f"hfterm chat run:{run}": "talk to it",
            f"hfterm train show {run}": "how the training went",
            "hfterm demo --data FILE --ask QUESTION": "the same with your own facts",
        }
        width = max(map(len, commands))
        for line, why in commands.items():
            self._say(f"  {line:<{width}}  {why}")


def _hang(line: str) -> int:
    """Where the text of a line begins, after its indent and its label."""
    match = re.match(r"\s*(?:(?:question|before|after):\s+)?", line)
    return match.end() if match else 0


def _number(value: Any) -> str:
    return "-" if value is None else f"{value:.4g}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _verdict(row: Data, field: str = "right") -> str:
    if row[field] is None:
        return ""
    if row[field]:
        return "  [right]"
    return f"  [wrong: no {' or '.join(repr(w) for w in row['expect'])} in it]"
