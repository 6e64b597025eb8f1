"""What a person might want to do next, from what is known; each with the words or the key that does it."""

from typing import NamedTuple

from hfterm.dashboard.state import State


class Advice(NamedTuple):
    """``do`` is a key or a ``:command``; ``why`` is what it does, said for the case at hand."""

    do: str
    why: str


def advice(state: State) -> list[Advice]:
    """The most useful first, five at most."""
    found: list[Advice] = []
    if state.runs is None:
        return []
    runs = [run for run in state.runs if not run.gone]
    ended = [run for run in runs if run.kind == "hfterm" and run.state in ("lost", "stopped")]
    if ended:
        found.append(Advice("3 R", f"resume {ended[0].name}, which is {ended[0].state} at step {ended[0].step or 0}"))
    failed = [run for run in runs if run.state == "failed"]
    if failed:
        found.append(Advice("3", f"see why {failed[0].name} failed"))
    done = [run for run in runs if run.kind == "hfterm" and run.state == "done"]
    if done:
        found.append(Advice("4", f"talk to run:{done[0].name}"))
        found.append(Advice(f":peft merge run:{done[0].name} -o merged", "make one model of it"))
    if not runs:
        found.append(Advice(":demo", "fine-tune a small model here, in a few minutes"))
        found.append(Advice(":train sft MODEL DATA", "fine-tune on your own records"))
    idle = [
        d for d in (state.machine.devices if state.machine else ())
        if d["kind"] != "cpu" and not d.get("stale") and d["utilization"] is not None and d["utilization"] < 2
        and (d["memory_used"] or 0) < (d["memory_total"] or 1) // 50
    ]  # fmt: skip
    if idle:
        alike = [d for d in idle if d["kind"] == idle[0]["kind"]]  # the variable counts one maker's
        names, numbers = ", ".join(str(d["device"]) for d in alike), ",".join(str(d["index"]) for d in alike)
        found.append(Advice(f"CUDA_VISIBLE_DEVICES={numbers}", f"GPU {names} has nothing to do"))
    found.append(Advice(":doctor", "check this machine"))
    return found[:5]
