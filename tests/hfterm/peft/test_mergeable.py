import pytest

from hfterm.errors import UsageError
from hfterm.peft import mergeable


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"peft_type": "PROMPT_TUNING"}, "PROMPT_TUNING learns a prompt"),
        ({"peft_type": "PREFIX_TUNING"}, "learns a prompt"),
        ({"peft_type": "XLORA"}, "mixes adapters anew"),
        ({"peft_type": "LORA", "layer_replication": [[0, 2], [1, 2]]}, "layer_replication"),
        ({"peft_type": "LORA", "alora_invocation_tokens": [1]}, "invocation tokens"),
        ({"peft_type": "LILY"}, "no weight can take over"),
        ({}, "names no peft_type"),
    ],
)
def test_refused(config: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=f"cannot merge run:x: .*{words}"):
        mergeable.check(config, "run:x")


@pytest.mark.parametrize("kind", ["LORA", "IA3", "LOHA", "VERA"])
def test_let_through(kind: str) -> None:
    mergeable.check({"peft_type": kind, "layer_replication": None, "alora_invocation_tokens": None}, "x")


def test_only_language_models_where_that_is_asked() -> None:
    config = {"peft_type": "LORA", "task_type": "SEQ_CLS"}
    mergeable.check(config, "x")
    with pytest.raises(UsageError, match="for the task SEQ_CLS"):
        mergeable.check(config, "x", language=True)
