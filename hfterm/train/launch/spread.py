"""A run of ours on several processes, here or on several nodes: this one starts them, and says how it ended.

The run's files name this process: a signal to it reaches all of them. The first of them writes the events; what
they said last, and the launcher's own log, are in the run's ``launch`` folder.
"""

import contextlib
import dataclasses
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hfterm import paths
from hfterm.errors import HftermError, Terminated
from hfterm.output import Output
from hfterm.processes import now, this_process
from hfterm.runs import Run
from hfterm.text import to_json
from hfterm.train.launch import agent, fleet
from hfterm.train.launch.plan import Asked, plan
from hfterm.train.launch.shape import TOLD, Shape

RANK = "hfterm.train.rank"
# Set for the processes: what the display is to be like.
DISPLAY = "HFTERM_LAUNCH_DISPLAY"


def asked(shape: Shape, folder: Path | None, out: Output, changes: Mapping[str, Any]) -> Asked:
    """What is started for the run in ``folder``; ``changes`` are those of its recipe for this life.

    None as the folder: the first node has it, and tells.

    Raises:
        MissingExtraError: deepspeed is missing.
    """
    on_cpu = shape.device == "cpu" and shape.settings.zero is not None
    env: dict[str, str | None] = {}
    if on_cpu:
        env |= _deepspeed_on_cpu(shape)
    if "TORCH_CPP_LOG_LEVEL" not in os.environ and not out.verbose:
        env["TORCH_CPP_LOG_LEVEL"] = "ERROR"  # warnings about how the Trainer sets up its processes
    env[TOLD] = to_json(dataclasses.asdict(shape))
    env[DISPLAY] = to_json(
        {"quiet": out.quiet, "verbose": out.verbose, "debug": out.debug, "color": out.color, "progress": out.progress}
    )
    return Asked(
        RANK,
        (str(folder or "-"), to_json(changes)),
        module=True,
        nproc=shape.per_node,
        gpus=shape.gpus,
        nnodes="1",
        settings=dataclasses.replace(shape.settings, zero=None, offload=()) if on_cpu else shape.settings,
        max_restarts=shape.max_restarts,
        env=env,
    )


def _deepspeed_on_cpu(shape: Shape) -> dict[str, str | None]:
    """DeepSpeed on its CPU accelerator; with accelerate's word for the CPU it would silently be left out."""
    from hfterm import extras
    from hfterm.train.launch.child import PLAIN

    extras.check("train", "deepspeed")
    how = shape.settings
    env: dict[str, str | None] = {
        "ACCELERATE_USE_CPU": None,
        PLAIN: None,
        "DS_ACCELERATOR": "cpu",
        "ACCELERATE_USE_DEEPSPEED": "true",
        "ACCELERATE_DEEPSPEED_ZERO_STAGE": str(how.zero),
        "ACCELERATE_DEEPSPEED_OFFLOAD_OPTIMIZER_DEVICE": "cpu" if "optimizer" in how.offload else "none",
        "ACCELERATE_DEEPSPEED_OFFLOAD_PARAM_DEVICE": "cpu" if "params" in how.offload else "none",
        "ACCELERATE_DEEPSPEED_ZERO3_SAVE_16BIT_MODEL": "true",
        "ACCELERATE_MIXED_PRECISION": "no",
    }
    # What it compiles is kept between runs.
    if "TORCH_EXTENSIONS_DIR" not in os.environ:
        env["TORCH_EXTENSIONS_DIR"] = str(paths.cache_dir() / "torch-extensions")
    return env


def train(run: Run, shape: Shape, out: Output, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Train the run on its processes; return the result that the first of them wrote down.

    Raises:
        HftermError: a process failed; the error has its exit code. KeyboardInterrupt, Terminated: stopped by a
        signal, with a checkpoint saved unless it came twice.
    """
    folder = run.path.absolute() / "launch"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    run.write_status({"started": now(), **_before(run), "state": "running", **this_process()})
    try:
        wanted = asked(shape, run.path.absolute(), out, changes)
        if shape.elsewhere:
            fleet.run(wanted, shape, out)
        else:
            agent.run(plan(wanted), folder, out, announce=False)
    except agent.Failed as failed:
        error = failed.error()
        _settle(run, "failed", error.exit_code, str(error))
        raise error from failed
    except HftermError as error:
        _settle(run, "failed", error.exit_code, str(error))
        raise
    except (KeyboardInterrupt, Terminated) as exc:
        shutil.rmtree(folder, ignore_errors=True)
        if run.status().get("result"):  # asked to stop in the very last step: all is saved
            _settle(run, "done", 0)
        else:
            _settle(run, "stopped", 130 if isinstance(exc, KeyboardInterrupt) else 143)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    result: dict[str, Any] | None = run.status().get("result")
    if result is None:  # a signal that did not come by way of us
        _settle(run, "stopped", 143)
        raise Terminated
    _settle(run, "done", 0)
    return result


def _before(run: Run) -> dict[str, Any]:
    """What stays of an earlier life's status."""
    return {
        key: value for key, value in run.status().items() if key in ("step", "max_steps", "loss", "started", "seconds")
    }


def _settle(run: Run, state: str, code: int, error: str | None = None) -> None:
    """Write down how the run ended, once no process of it is left."""
    with contextlib.suppress(OSError):  # a full disk must not hide why it ended
        run.write_status({**run.status(), "state": state, "ended": now(), "exit_code": code, "error": error})
