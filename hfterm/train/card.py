"""The model card of a run: made of what the run has written down, without secrets and without this machine's paths."""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from hfterm import runs
from hfterm.errors import HftermError
from hfterm.processes import redact_words
from hfterm.runs import Run
from hfterm.text import human_bytes, human_seconds, readable, redact, sanitize
from hfterm.train import compare
from hfterm.train.curves import svg

CARD, CURVES = "README.md", "curves.svg"
# What the Hub calls the task of a model (https://huggingface.co/tasks), by the method that trained it.
TASKS = {
    **dict.fromkeys(("sft", "dpo", "kto", "grpo", "rloo", "distill", "clm"), "text-generation"),
    "mlm": "fill-mask", "classify": "text-classification", "reward": "text-classification",
    "tag": "token-classification", "image": "image-classification", "audio": "audio-classification",
}  # fmt: skip
_REPO_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_DATASET = re.compile(r"hf://datasets/([^/@]+/[^/@]+)")
# Rows of the table of losses.
_LOSS_ROWS = 10


def card(run: Run, *, step: int | None = None, folder: Path | None = None) -> dict[str, str]:
    """The files that tell of a run, by name: ``README.md``, and ``curves.svg`` where something was logged.

    ``step``: of the checkpoint that is meant; None: the final model. ``folder`` is what goes with them: its adapter's
    configuration names the base model best.
    """
    series = logged(run, step)
    files = {}
    curves = {name: points for name, points in series.items() if name in ("loss", "eval_loss")}
    if any(curves.values()):
        files[CURVES] = svg(curves, f"{run.name}: loss")
    text = "\n".join([*_front(run, folder), "", *_body(run, step, folder, series, CURVES in files)]) + "\n"
    return {CARD: redact(text), **files}


def logged(run: Run, until: int | None = None) -> dict[str, list[tuple[float, float]]]:
    """What the run logged, by name, as (step, value) in order; steps that were made twice count as made last."""
    found: dict[str, dict[int, float]] = {}
    for event in run.events():
        step = event.get("step")
        if event.get("event") not in ("log", "eval") or not isinstance(step, int) or (until and step > until):
            continue
        for name, value in event.items():
            if isinstance(value, int | float) and name not in ("t", "step", "epoch"):
                found.setdefault(name, {})[step] = float(value)
    return {name: sorted((float(step), value) for step, value in points.items()) for name, points in found.items()}


def base_model(run: Run, folder: Path | None) -> str | None:
    """The Hub id of what was tuned; None where it is known as a local folder only."""
    reference = _adapter(folder).get("base_model_name_or_path") or run.facts().get("model")
    for _ in range(8):  # a run of a run of a run
        if not isinstance(reference, str):
            return None
        if not reference.startswith("run:"):
            break
        try:
            reference = runs.get(reference.partition("@")[0]).facts().get("model")
        except HftermError:
            return None
    reference = str(reference).removeprefix("hf://").partition("@")[0]
    local = reference.startswith(("/", ".", "~")) or Path(reference).exists()
    return reference if _REPO_ID.fullmatch(reference) and not local else None


def _adapter(folder: Path | None) -> dict[str, Any]:
    try:
        value = json.loads((folder / "adapter_config.json").read_text("utf-8")) if folder else {}
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _front(run: Run, folder: Path | None) -> list[str]:
    """The metadata (https://huggingface.co/docs/hub/model-cards)."""
    facts, adapter = run.facts(), _adapter(folder)
    method = str(facts.get("method") or "")
    lines = ["---"]
    if base := base_model(run, folder):
        lines += [f"base_model: {base}", f"base_model_relation: {'adapter' if adapter else 'finetune'}"]
    lines.append(f"library_name: {'peft' if adapter else 'transformers'}")
    if task := TASKS.get(method):
        lines.append(f"pipeline_tag: {task}")
    asked = facts.get("asked") or {}
    named = [one for key in ("data", "eval_data") for one in _several(asked.get(key))]
    sets = {match[1] for one in named if (match := _DATASET.match(str(one).rpartition("=")[2]))}
    if sets:
        lines += ["datasets:", *(f"- {name}" for name in sorted(sets))]
    tags = ["hfterm", method, *([str(adapter.get("peft_type", "")).lower()] if adapter else [])]
    return [*lines, "tags:", *(f"- {tag}" for tag in tags if re.fullmatch(r"[a-z0-9_-]+", tag)), "---"]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value or ""]


def _body(run: Run, step: int | None, folder: Path | None, series: Mapping[str, Any], drawn: bool) -> list[str]:
    facts = run.facts()
    base, method = base_model(run, folder), str(facts.get("method") or "train")
    known = f"[{base}](https://huggingface.co/{base})" if base else f"`{_bare(str(facts.get('model') or '?'))}`"
    kind = str(_adapter(folder).get("peft_type") or "")
    made = f"A {kind} adapter for" if kind else "A fine-tuned version of"
    at = f", at step {step} of the run" if step is not None else ""
    lines = [f"# {run.name}", "", f"{made} {known}, trained with `hfterm train {method}`{at}."]
    lines += ["", "## Results", "", *_table(("", ""), _results(run, step, series))]
    if drawn:
        lines += ["", f"![Loss over the steps]({CURVES})"]
    lines += _losses(series)
    lines += ["", "## Data", "", *_table(("", ""), _data(facts))]
    lines += ["", "## Parameters", "", *_table(("parameter", "value"), _parameters(run))]
    versions = facts.get("versions")
    lines += [
        "",
        "## Made with",
        "",
        *_table(("", ""), _versions(facts, versions if isinstance(versions, dict) else {})),
    ]
    if command := _command(facts.get("command")):
        lines += ["", "The same again:", "", "```sh", command, "```"]
    return lines


def _results(run: Run, step: int | None, series: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    result = compare.result_of(run)
    if step is not None:  # what came later is not this checkpoint's
        losses = [value for _, value in series.get("loss", [])]
        result |= {"steps": step, "loss": losses[-1] if losses else None, "best_loss": min(losses, default=None)}
        result |= dict.fromkeys(("tokens", "tokens_per_second", "seconds"))
        result["metrics"] = {name: points[-1][1] for name, points in series.items() if name.startswith("eval_")}
    shown: dict[str, Callable[[Any], str]] = {"seconds": human_seconds, "peak_memory": human_bytes}
    for key in ("steps", "loss", "best_loss", "tokens", "tokens_per_second", "seconds", "peak_memory",
                "trainable_parameters", "parameters", "device"):  # fmt: skip
        if (value := result.get(key)) is not None:
            yield key.replace("_", " "), shown.get(key, readable)(value)
    for key, value in result["metrics"].items():
        yield key, readable(value)


def _losses(series: Mapping[str, list[tuple[float, float]]]) -> list[str]:
    """A few of the losses in numbers."""
    names = [name for name in ("loss", "eval_loss") if series.get(name)]
    if not names:
        return []
    first = series[names[0]]
    count = min(_LOSS_ROWS, len(first))
    chosen = [first[round(n * (len(first) - 1) / max(1, count - 1))][0] for n in range(count)]
    rows = []
    for step in dict.fromkeys(chosen):
        near = [[y for x, y in series[name] if x <= step][-1:] for name in names[1:]]
        loss = next(y for x, y in first if x == step)
        rows.append([f"{step:g}", readable(loss), *(readable(found[0]) if found else "" for found in near)])
    return ["", *_rows(("step", *names), rows)]


def _data(facts: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key in ("data", "eval_data"):
        source = facts.get(key)
        if isinstance(source, dict):
            yield key.replace("_", " "), f"`{_bare(str(source.get('name') or '?'))}`"
            if source.get("sha256"):
                yield "SHA-256", f"`{source['sha256']}`"
            if isinstance(source.get("size"), int):
                yield "size", human_bytes(source["size"])
    counts = facts.get("counts")
    for key, value in counts.items() if isinstance(counts, dict) else ():
        yield str(key).replace("_", " "), readable(value)


def _parameters(run: Run) -> Iterable[tuple[str, Any]]:
    recipe = run.facts().get("recipe")
    for key, value in compare.flat(recipe if isinstance(recipe, dict) else {}).items():
        if key not in ("model", "data", "eval_data") and value is not None:
            yield f"`{key}`", f"`{_bare(readable(value))}`"


def _versions(facts: Mapping[str, Any], versions: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    yield from versions.items()
    if commit := facts.get("git_commit"):
        yield "git commit", f"`{commit}`"


def _command(words: Any) -> str | None:
    """The command line, with the names of files and folders of this machine alone."""
    if not isinstance(words, list) or len(words) < 2:
        return None
    rest = [_bare(str(word)) for word in redact_words([str(word) for word in words[1:]])]
    return "hfterm " + " ".join(word if word.endswith("***") else shlex.quote(word) for word in rest)


def _bare(word: str) -> str:
    """A path of this machine as its last name; everything else as it is."""
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    if value.startswith(("/", "~/", "../")) and "\n" not in value:
        value = value.rstrip("/").rpartition("/")[2] or value
    return f"{option}{equals}{value}"


def _table(head: tuple[str, str], rows: Iterable[tuple[str, Any]]) -> list[str]:
    return _rows(head, [[name, str(value)] for name, value in rows])


def _rows(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table in Markdown."""
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return lines + [f"| {' | '.join(_cell(value) for value in row)} |" for row in rows]


def _cell(text: str) -> str:
    return sanitize(" ".join(str(text).split()), cell=True).replace("|", "\\|")
