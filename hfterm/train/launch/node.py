"""One node of a launch over ssh: reads what to do from standard input, which stays its lifeline.

The first line is a JSON object: ``asked`` (the fields of :class:`Asked`), ``cwd``, ``env``, ``verbose``. Each
later one is the name of a signal to send to ourselves. When the stream ends, the processes are told to stop.
"""

import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from hfterm.errors import HftermError, Terminated, translate
from hfterm.output import Output
from hfterm.text import to_json
from hfterm.train.launch.agent import Failed
from hfterm.train.launch.nodes import MARK
from hfterm.train.launch.plan import Asked
from hfterm.train.launch.settings import Settings
from hfterm.train.launch.start import start


def asked(facts: dict[str, Any]) -> Asked:
    """A launch from its fields as JSON has them."""
    own = {**facts["settings"], "offload": tuple(facts["settings"]["offload"])}
    paths = {key: Path(facts[key]) if facts[key] else None for key in ("config", "log_dir")}
    return Asked(**{**facts, **paths, "args": tuple(facts["args"]), "settings": Settings(**own)})


def _tell(**facts: Any) -> None:
    sys.stderr.write(f"{MARK}{to_json(facts)}\n")
    sys.stderr.flush()


def _lifeline() -> None:
    for line in sys.stdin.buffer:
        number = {b"INT": signal.SIGINT, b"TERM": signal.SIGTERM}.get(line.strip())
        if number is not None:
            os.kill(os.getpid(), number)
    os.kill(os.getpid(), signal.SIGTERM)


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
    start(asked(task["asked"]), Output(verbose=task["verbose"]), announce=False)
    return 0


def main() -> NoReturn:
    """Run one node; whoever started us is told why it failed."""
    code = 1
    try:
        code = _run()
    except Failed as failed:
        _tell(failure=failed.first.facts(), world=failed.world, log=str(failed.log))
        code = failed.error().exit_code
    except KeyboardInterrupt:
        code = 130
    except Terminated:
        code = 143
    except Exception as exc:
        error = translate(exc) or HftermError(f"{type(exc).__name__}: {exc}")
        _tell(error=error.message, hint=error.hint)
        code = error.exit_code
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    # The lifeline's thread still reads, which would keep the interpreter from ending.
    os._exit(code)


if __name__ == "__main__":
    main()
