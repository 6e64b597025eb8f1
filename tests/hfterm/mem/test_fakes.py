from pathlib import Path

import pytest

from hfterm.mem import fakes, plan, steps
from hfterm.mem.ask import Ask
from hfterm.mem.build import source
from hfterm.mem.machine import Gpus
from support.mem_models import LLAMA, folder


@pytest.mark.parametrize("asked", [{"peft": "lora", "checkpointing": True}, {"dtype": "float16"}])
def test_quick_answers_are_those_of_the_fakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, object]
) -> None:
    ask = Ask(folder(tmp_path, {**LLAMA, "num_hidden_layers": 2}), length=48, **asked)  # type: ignore[arg-type]
    told = source(ask)
    answered = [0, 0]
    real = fakes.quick()

    def counted(func: object, args: object, kwargs: object) -> object:
        result = real(func, args, kwargs)
        answered[result is NotImplemented] += 1
        return result

    monkeypatch.setattr(fakes, "quick", lambda: counted)
    quick = steps.measure(told, ask)
    monkeypatch.setattr(fakes, "quick", lambda: lambda func, args, kwargs: NotImplemented)
    assert quick == steps.measure(told, ask)
    assert answered[0] > 2 * answered[1]


def test_steps_that_are_alike_are_followed_once(tmp_path: Path) -> None:
    ask = Ask(folder(tmp_path, {**LLAMA, "num_hidden_layers": 1}), peft="lora", length=16)
    planner = plan.Planner(ask, source(ask))
    gpus = Gpus(2, 2**33)
    rows = [planner.row(one, gpus) for one in plan.strategies.ladder(2)]
    # Activations kept, the same with ZeRO-3's linear layers, and computed again.
    assert len(rows) > 10 and len(planner._known) == 3
