"""The demo's outcome as plain data, for ``-f json`` and for the story."""

import os
from collections.abc import Sequence

from hfterm.demo import smollm2
from hfterm.demo.request import Request
from hfterm.demo.stages import Data, Stage


def result(request: Request, model: smollm2.Model, done: Sequence[Stage], seconds: float) -> Data:
    """Everything known of a finished demo. Seconds are wall-clock; ``reused`` names stages done earlier."""
    by_name = {stage.name: stage for stage in done}
    before, after = by_name["ask before"].result, by_name["ask after"].result
    trained, merged, counted = (by_name[n].result for n in ("train", "merge", "count tokens"))
    checks = [
        {
            "question": b["question"],
            "about": b["about"],
            "expect": b["expect"],
            "before": b["answer"],
            "after": a["answer"],
            "right_before": b["right"],
            "right_after": a["right"],
        }
        for b, a in zip(before["answers"], after["answers"], strict=True)
    ]
    facts = [c for c in checks if c["about"] == "facts" and c["expect"]]
    device = trained["device"]
    return {
        "path": merged["path"],
        "run": trained["run"],
        "adapter": trained["path"],
        "data": str(request.data),
        "model": model.as_dict(),
        "question": checks[0]["question"],
        "expect": checks[0]["expect"],
        "before": checks[0]["before"],
        "after": checks[0]["after"],
        "right": checks[0]["right_after"],
        "checked": len(facts),
        "right_before": sum(bool(c["right_before"]) for c in facts),
        "right_after": sum(bool(c["right_after"]) for c in facts),
        "checks": checks,
        "records": counted["records"],
        "tokens": counted["tokens"],
        "steps": trained["steps"],
        "loss_first": trained["loss_first"],
        "loss_last": trained["loss_last"],
        "train_seconds": trained["seconds"],
        "train_tokens_per_second": trained["tokens_per_second"],
        "answer_tokens_per_second": after["tokens_per_second"],
        "device": device,
        "threads": trained["threads"],
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "stages": [stage.row() for stage in done],
        "seconds": round(seconds, 2),
        "reused": [stage.name for stage in done if stage.reused],
    }
