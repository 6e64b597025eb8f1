"""What needs a person's eye, from what is known."""

from hfterm.dashboard.state import Alert, State
from hfterm.text import human_bytes

HOT_CELSIUS = 87
FULL_SHARE = 0.97
LITTLE_DISK = 5 << 30


def alerts(state: State) -> list[Alert]:
    """The worst first."""
    found = [Alert("bad", f"{name}: {text}", _SCREEN.get(name, "home")) for name, text in state.problems.items()]
    found += _machine(state) + _runs(state)
    return sorted(found, key=lambda alert: alert.level != "bad")


_SCREEN = {"machine": "gpus", "runs": "runs"}


def _machine(state: State) -> list[Alert]:
    sample, found = state.machine, []
    if sample is None:
        return []
    if sample.error:
        found.append(Alert("bad", sample.error, "gpus"))
    for device in sample.devices:
        name = f"GPU {device['device']}"
        if device.get("error"):
            found.append(Alert("bad", f"{name}: {device['error']}", "gpus"))
        if device.get("stale"):  # what was so may not be so any more
            continue
        if (device.get("temperature") or 0) >= HOT_CELSIUS:
            found.append(Alert("warn", f"{name} is at {device['temperature']:.0f} °C", "gpus"))
        used, total = device.get("memory_used"), device.get("memory_total")
        if used and total and used / total >= FULL_SHARE:
            what = "memory" if device["kind"] == "cpu" else f"{name}: memory"
            found.append(Alert("warn", f"{what} is {100 * used / total:.0f}% full", "gpus"))
    free = sample.host.disk_free
    if free is not None and free < LITTLE_DISK:
        found.append(Alert("bad" if free < LITTLE_DISK // 5 else "warn", f"disk: {human_bytes(free)} free", "home"))
    return found


def _runs(state: State) -> list[Alert]:
    """Runs that ended badly, the three newest; older ones are history, and so is what was removed."""
    ended = [run for run in state.runs or [] if run.state in ("failed", "lost", "damaged") and not run.gone]
    return [
        Alert("bad" if run.state == "failed" else "warn", f"run {run.name}: {run.state}", "runs") for run in ended[:3]
    ]
