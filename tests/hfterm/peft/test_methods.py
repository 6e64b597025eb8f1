import pytest

from hfterm.errors import UsageError
from hfterm.peft import methods


def test_defaults_variants_and_settings() -> None:
    lora = methods.config("lora", {"r": 4})
    assert (lora.r, lora.lora_alpha, lora.target_modules, str(lora.task_type)) == (4, 32, "all-linear", "CAUSAL_LM")
    assert methods.config("DoRA", {}).use_dora
    assert methods.config("prompt_tuning", {}).num_virtual_tokens == 20


def test_every_method_is_named() -> None:
    assert {"lora", "dora", "ia3", "vera", "p_tuning"} <= set(methods.names())


@pytest.mark.parametrize(
    ("method", "settings", "words"),
    [
        ("lorra", {}, "no such PEFT method 'lorra'; did you mean 'lora'"),
        ("qlora", {}, "QLoRA is LoRA on weights of 4 bits; write: --peft lora --load-in 4bit"),
        ("adaption-prompt", {}, "has no default for adapter_len .*give it: --peft-set adapter_len=10 --peft-set"),
        ("lora", {"init_lora_weights": "eva"}, "cannot be trained here: its first values are computed from the data"),
        ("non", {}, "did you mean 'none'"),
        ("lora", {"lora_alfa": 1}, "no setting 'lora_alfa'; did you mean 'lora_alpha'"),
        ("lora", {"r": 0, "init_lora_weights": "loftq"}, "PEFT method 'lora'"),
    ],
)
def test_wrong_names_are_told(method: str, settings: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        methods.config(method, settings)
