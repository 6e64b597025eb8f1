"""Runs side by side: what was asked of each that differs, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hfterm.runs import Run

# What every record has, in this order; then the metrics of evaluations, then the settings.
RESULTS = (
    "name", "state", "method", "model", "steps", "max_steps", "loss", "best_loss", "tokens", "tokens_per_second",
    "seconds", "peak_memory", "trainable_parameters", "parameters", "device",
)  # fmt: skip
# Of what a run was asked, this is said elsewhere or is only where things lie.
_BESIDE = {"model", "name"}
_FACTS = ("git_commit", "versions")

Record = dict[str, Any]


def compare(found: Iterable[Run], *, everything: bool = False) -> list[Record]:
    """A record for each run, all with the same keys: results, metrics, then the settings.

    Only settings that differ are there, unless ``everything``. What a run does not tell is None.
    """
    those = list(found)
    results = [result_of(run) for run in those]
    asked = [settings_of(run) for run in those]
    metrics = _keys(result["metrics"] for result in results)
    names = [key for key in _keys(asked) if everything or _differ([one.get(key) for one in asked])]
    rows = []
    for result, settings in zip(results, asked, strict=True):
        row: Record = {key: result.get(key) for key in RESULTS}
        row |= {key: result["metrics"].get(key) for key in metrics}
        row |= {key if key not in row else f"recipe.{key}": settings.get(key) for key in names}
        rows.append(row)
    return rows


def result_of(run: Run) -> Record:
    """What came of a run so far: the keys of ``RESULTS``, and ``metrics``, those of its last evaluation.

    ``tokens_per_second`` is over all the time at work. ``best_loss``: the lowest that was logged.
    """
    facts, status = run.facts(), run.status()
    told = status.get("result")
    result: Mapping[str, Any] = told if isinstance(told, dict) else {}
    begin: Record = {}
    metrics: Record = {}
    losses: dict[int, float] = {}
    tokens = result.get("tokens")
    for event in run.events():
        if event.get("event") == "begin":
            begin = event
        if _number(event.get("loss")) and isinstance(event.get("step"), int):
            losses[event["step"]] = event["loss"]  # a resumed run logs some steps again: the last counts
        if event.get("event") == "eval":
            metrics |= {key: value for key, value in event.items() if _number(value) and key.startswith("eval_")}
        if not result and _number(event.get("tokens")):
            tokens = event["tokens"]
    last = result.get("final_loss", status.get("loss"))
    seconds = status.get("seconds")
    return {
        "name": run.name,
        "state": run.state(status),
        "method": facts.get("method"),
        "model": facts.get("model"),
        "steps": status.get("step"),
        "max_steps": status.get("max_steps"),
        "loss": last if last is not None else (losses[max(losses)] if losses else None),
        "best_loss": min(losses.values(), default=None),
        "tokens": tokens,
        "tokens_per_second": round(tokens / seconds, 1) if _number(tokens) and _number(seconds) and seconds else None,
        "seconds": seconds,
        **{key: result.get(key, begin.get(key)) for key in RESULTS[-4:]},
        "metrics": {**metrics, **(result.get("metrics") or {})},
    }


def settings_of(run: Run) -> Record:
    """What was asked of a run, flat: ``learning_rate``, ``peft_set.r``, ``data_sha256``, ``versions.torch``."""
    facts = run.facts()
    recipe = facts.get("recipe") or facts.get("asked")
    found = flat({k: v for k, v in recipe.items() if k not in _BESIDE}) if isinstance(recipe, dict) else {}
    for key in ("data", "eval_data"):
        source = facts.get(key)
        if isinstance(source, dict) and source.get("sha256"):
            found[f"{key}_sha256"] = str(source["sha256"])[:12]
    return found | flat({key: facts[key] for key in _FACTS if facts.get(key) is not None})


def flat(values: Mapping[str, Any], prefix: str = "") -> Record:
    """A nested object with dotted keys; an empty one is left out."""
    found: Record = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def across(rows: Sequence[Record]) -> list[Record]:
    """The same for reading: a row for each key that any run has, a column for each run."""
    keys = [key for key in _keys(rows) if key != "name" and any(row[key] is not None for row in rows)]
    return [{"": key, **{str(row["name"]): row[key] for row in rows}} for key in keys]


def _keys(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _differ(values: Sequence[Any]) -> bool:
    return any(value != values[0] for value in values[1:])


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
