"""One node of a launch: reads what to do from standard input (of ssh, or of who started it), its lifeline.

The first line is a JSON object: ``asked`` (the fields of :class:`Asked`), ``cwd``, ``env``, ``verbose``, and
``without_gpus`` where the one who asks has none. Each later one is the name of a signal to send to ourselves. When
the stream ends, the processes are told to stop.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from hfterm.errors import CheckFailedError, HftermError, Terminated, translate
from hfterm.output import Output
from hfterm.text import to_json
from hfterm.train.launch import devices
from hfterm.train.launch.agent import Failed, Signals
from hfterm.train.launch.nodes import MARK
from hfterm.train.launch.plan import Asked
from hfterm.train.launch.settings import Settings
from hfterm.train.launch.start import start


def asked(facts: dict[str, Any]) -> Asked:
    """A launch from its fields as JSON has them."""
    own = {**facts["settings"], "offload": tuple(facts["settings"]["offload"])}
    paths = {key: Path(facts[key]) if facts[key] else None for key in ("config", "log_dir")}
    return Asked(**{**facts, **paths, "args": tuple(facts["args"]), "settings": Settings(**own)})


class Obedient(Signals):
    """The first signal counts, whoever sent it; the next ones only if the lifeline says so.

    Slurm sends a signal to every process of a job step, and whoever leads us passes on the same one.
    """

    # How many words came by the lifeline.
    words = 0

    def again(self) -> None:
        """End the processes at once, if told so."""
        if Obedient.words > 1:
            super().again()


WORDS = {"INT": signal.SIGINT, "TERM": signal.SIGTERM, "KILL": signal.SIGTERM}


def obey(word: str) -> None:
    """Send ourselves the signal that a word of the lifeline means; after KILL it is the last."""
    Obedient.words += 2 if word == "KILL" else 1
    os.kill(os.getpid(), WORDS[word])
    if word == "KILL":
        time.sleep(0.5)  # two signals at once are one
        os.kill(os.getpid(), WORDS[word])


def told(exc: BaseException) -> tuple[int, dict[str, Any]]:
    """The exit code that an exception means, and what whoever leads us is told of it."""
    if isinstance(exc, Failed):
        return exc.error().exit_code, {"failure": exc.first.facts(), "world": exc.world, "log": str(exc.log)}
    if isinstance(exc, KeyboardInterrupt | Terminated):
        return (130 if isinstance(exc, KeyboardInterrupt) else 143), {}
    error = (translate(exc) if isinstance(exc, Exception) else None) or HftermError(f"{type(exc).__name__}: {exc}")
    return error.exit_code, {"error": error.message, "hint": error.hint}


def _tell(**facts: Any) -> None:
    sys.stderr.write(f"{MARK}{to_json(facts)}\n")
    sys.stderr.flush()


def _lifeline() -> None:
    for line in sys.stdin.buffer:
        if (word := line.strip().decode("ascii", "replace")) in WORDS:
            obey(word)
    obey("KILL" if Obedient.words else "TERM")


def _on_sigterm(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def _run() -> int:
    """Do as told; return the exit code."""
    signal.signal(signal.SIGTERM, _on_sigterm)
    task = json.loads(sys.stdin.buffer.readline())
    os.environ.update(task["env"])
    try:
        os.chdir(task["cwd"])
    except OSError:
        raise HftermError(f"no folder {task['cwd']} there", "the nodes need the same folders") from None
    threading.Thread(target=_lifeline, daemon=True).start()
    if task.get("without_gpus") and devices.here()[1]:
        raise CheckFailedError(
            f"{socket.gethostname()} has GPUs, and the machine that started the run has none to plan with",
            "start it on one of the nodes, or give --device cpu",
        )
    start(asked(task["asked"]), Output(verbose=task["verbose"]), announce=False, heed=Obedient)
    return 0


def main() -> NoReturn:
    """Run one node; whoever started us is told why it failed."""
    code = 1
    try:
        code = _run()
    except BaseException as exc:
        code, facts = told(exc)
        if facts:
            _tell(**facts)
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    # The lifeline's thread still reads, which would keep the interpreter from ending.
    os._exit(code)


if __name__ == "__main__":
    main()
