import pytest

from hfterm.errors import UsageError
from hfterm.mem.recipe import ask_of
from hfterm.train.recipes import RECIPES


@pytest.mark.parametrize("method", sorted(RECIPES))
def test_every_method_can_be_asked(method: str) -> None:
    recipe = RECIPES[method]("m", "d", per_device_train_batch_size=3, gradient_checkpointing=True, peft="none")
    ask = ask_of(method, recipe.as_dict())
    assert ask.model == "m" and ask.checkpointing and not ask.tunes_adapter
    assert ask.batch == (6 if method in ("dpo", "reward") else 3)
    assert ask.length == getattr(recipe, "max_length", 320_000 if method == "audio" else 1024)


def test_tasks_and_optimizers() -> None:
    recipe = RECIPES["seq2seq"]("m", "d", set={"optim": "adamw_bnb_8bit"})
    ask = ask_of("seq2seq", recipe.as_dict())
    assert (ask.task, ask.target_length, ask.optimizer) == ("seq2seq", 128, "adamw_8bit")
    plain, packed = (ask_of("sft", RECIPES["sft"]("m", "d", load_in=way).as_dict()) for way in (None, "8bit"))
    assert (plain.task, plain.bits, packed.bits) == ("clm", None, 8)
    with pytest.raises(UsageError, match="the memory of optimizer 'galore_adamw' is not known here"):
        ask_of("sft", RECIPES["sft"]("m", "d", set={"optim": "galore_adamw"}).as_dict())
