import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.errors import HftermError, NotFoundError, OutOfMemoryError, UsageError
from hfterm.inference import worker
from hfterm.inference.engine import Done, Event, Loading, Piece
from hfterm.inference.load import load_model
from hfterm.inference.local import LocalEngine, _death, rebuilt
from hfterm.inference.sampling import Sampling
from hfterm.processes import process_start
from support.tiny import tiny_model

ASK = [{"role": "user", "content": "Who keeps the lighthouse?"}]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that never ends an answer by itself, with a wide context."""
    from safetensors.torch import load_file, save_file

    folder = tiny_model(tmp_path_factory.mktemp("local") / "tiny")
    weights = load_file(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    weights["lm_head.weight"][config["eos_token_id"]] = weights["lm_head.weight"][300] / 2
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 1_000_000}))
    return folder


@pytest.fixture(scope="module")
def engine(model: Path) -> Iterator[LocalEngine]:
    """One worker for the tests that leave it alive."""
    with contextlib.closing(LocalEngine(str(model), "cpu", name="tiny")) as engine:
        yield engine


def ask(engine: LocalEngine, length: int = 8) -> list[Event]:
    return list(engine.answer(ASK, Sampling(max_new_tokens=length)))


def text(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Piece))


def gone(pid: int) -> bool:
    """Wait until a process is no more."""
    while process_start(pid) is not None:
        time.sleep(0.01)
    return True


def test_it_loads_in_stages_and_answers_as_in_this_process(engine: LocalEngine, model: Path) -> None:
    events = ask(engine)
    stages = [event.text for event in events if isinstance(event, Loading)]
    assert stages[0] == "starting" and "importing torch" in stages and stages[-1] == "reading the tokenizer"
    assert (engine.state, engine.detail) == ("ready", "on cpu, float32")
    from hfterm.inference.chat import stream

    assert text(events) == stream(load_model(model, device="cpu"), ASK, max_new_tokens=8).read()
    done = events[-1]
    assert isinstance(done, Done) and (done.stop, done.completion_tokens) == ("length", 8)
    assert done.prompt_tokens and done.seconds >= (done.first_token_seconds or 0) > 0
    assert not [event for event in ask(engine) if isinstance(event, Loading)]


def test_an_error_leaves_the_worker_alive(engine: LocalEngine) -> None:
    ask(engine, 1)
    pid = engine.pid
    with pytest.raises(UsageError, match="max_new_tokens"):
        list(engine.answer(ASK, _Wrong()))  # type: ignore[arg-type]
    assert len(text(ask(engine))) and engine.pid == pid
    assert list(engine.answer([{"role": "user", "content": "a\ud800"}], Sampling(max_new_tokens=1)))


class _Wrong:
    def as_dict(self) -> dict[str, int]:
        return {"max_new_tokens": 0}


def test_stop(engine: LocalEngine) -> None:
    events: list[Event] = []
    for event in engine.answer(ASK, Sampling(max_new_tokens=900_000)):
        events.append(event)
        if isinstance(event, Piece) and len(events) > 3:
            assert engine.state == "answering"
            engine.stop()
    done = events[-1]
    assert isinstance(done, Done) and done.stop == "stopped"
    assert done.completion_tokens is not None and done.completion_tokens < 100_000
    assert text(ask(engine)), "the worker is free again"


def test_leaving_the_answer_stops_it(engine: LocalEngine) -> None:
    events = engine.answer(ASK, Sampling(max_new_tokens=900_000))
    while not isinstance(next(events), Piece):
        pass
    with pytest.raises(HftermError, match="tiny is still answering"):
        next(engine.answer(ASK, Sampling()))
    events.close()  # type: ignore[attr-defined]
    assert engine.state == "ready"
    assert text(ask(engine))


def test_stop_from_another_thread_while_it_reads(engine: LocalEngine) -> None:
    """A long prompt cannot be interrupted in the worker; the answer ends here all the same."""
    ask(engine, 1)
    long = [{"role": "user", "content": "the lamp " * 6_000}]
    stopper = threading.Timer(0.1, engine.stop)
    stopper.start()
    events = list(engine.answer(long, Sampling(max_new_tokens=900_000)))
    stopper.join()
    assert isinstance(events[-1], Done) and events[-1].stop == "stopped"


def test_a_worker_that_dies_is_replaced(model: Path) -> None:
    with contextlib.closing(LocalEngine(str(model), "cpu")) as engine:
        events = engine.answer(ASK, Sampling(max_new_tokens=900_000))
        with pytest.raises(
            OutOfMemoryError, match=r"was killed, as the system does when memory runs out; .* ask again"
        ):
            for event in events:
                if isinstance(event, Piece) and engine.pid is not None:
                    os.kill(engine.pid, signal.SIGKILL)
        assert engine.state == "dead" and "was killed" in engine.detail
        # Stopped while it loads: at once, and the loading goes on.
        events = engine.answer(ASK, Sampling())
        next(events)
        engine.stop()
        assert isinstance(last := list(events)[-1], Done) and last.stop == "stopped"
        assert engine.state == "loading"
        assert text(ask(engine))
        pid = engine.pid
    assert pid is not None and gone(pid)
    assert engine.state == "idle"


@pytest.mark.parametrize(
    ("ref", "says"), [("./none", "no such file or folder: './none'"), ("run:none", "no run named")]
)
def test_a_model_that_is_not_there(isolated: Path, ref: str, says: str) -> None:
    engine = LocalEngine(ref, "cpu")
    with pytest.raises(NotFoundError, match=says):
        ask(engine)
    assert engine.state == "dead" and says in engine.detail
    engine.close()


OWNER = """
import sys, time
from hfterm.inference.local import LocalEngine
engine = LocalEngine(sys.argv[1], "cpu")
engine.start()
print(engine.pid, flush=True)
time.sleep(600)
"""


def test_it_dies_with_its_owner(model: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-P", "-c", OWNER, model], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    assert process_start(pid) is not None
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert gone(pid)


def test_ctrl_c_of_the_terminal_does_not_reach_it(engine: LocalEngine) -> None:
    ask(engine, 1)
    assert engine.pid is not None
    assert os.getpgid(engine.pid) != os.getpgid(0)
    os.kill(engine.pid, signal.SIGINT)
    assert text(ask(engine))


@pytest.mark.parametrize(
    ("code", "stderr", "kind", "says"),
    [
        (-9, "", OutOfMemoryError, "was killed"),
        (-11, "", HftermError, "died of SIGSEGV; ask again"),
        (-99, "", HftermError, "died of signal 99"),
        (
            1,
            "Traceback\n  x\nValueError: bad hf_abcdefghijklmnopqrst\n",
            HftermError,
            "exit code 1: ValueError: bad hf_***;",
        ),
    ],
)
def test_what_a_death_means(code: int, stderr: str, kind: type[HftermError], says: str) -> None:
    error = _death("tiny", code, stderr)
    assert type(error) is kind and says in str(error)


def test_errors_cross_over() -> None:
    for error in (UsageError("a", "b"), NotFoundError("c"), HftermError("d")):
        again = rebuilt(worker.describe(error))
        assert (type(again), str(again)) == (type(error), str(error))
    bug = rebuilt(worker.describe(ZeroDivisionError("by\nzero")))
    assert str(bug).startswith("the model's process failed: ZeroDivisionError: by zero; ")
    memory = rebuilt(worker.describe(RuntimeError("CUDA out of memory. Tried to allocate")))
    assert isinstance(memory, OutOfMemoryError) and memory.hint == worker.MEMORY_HINT
    assert type(rebuilt({"kind": "os", "message": "x"})) is HftermError
