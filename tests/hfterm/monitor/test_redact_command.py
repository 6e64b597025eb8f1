import pytest

from hfterm.monitor.procs import redact_command


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["python", "train.py", "--lr", "1e-4"], "python train.py --lr 1e-4"),
        (["x", "--token", "abc", "y"], "x --token *** y"),
        (["x", "--hub_token=abc"], "x --hub_token=***"),
        (["x", "--api-key", "abc"], "x --api-key ***"),
        (["env", "WANDB_API_KEY=abc", "python"], "env WANDB_API_KEY=*** python"),
        (["curl", "-H", "Authorization: Bearer abc.def"], "curl -H 'Authorization: Bearer ***'"),
        (["x", "https://me:sesame@host/p"], "x https://***@host/p"),
        (["x", "hf_abcdefghijklmnop"], "x hf_***"),
        (["x", "--max-new-tokens", "7", "--pad-token", "<pad>"], "x --max-new-tokens 7 --pad-token '<pad>'"),
        (["x", "--password", "--verbose", "z"], "x --password --verbose z"),
        (["x", "a b"], "x 'a b'"),
        (["x", "--tokenizer", "gpt2", "tokens.txt"], "x --tokenizer gpt2 tokens.txt"),
    ],
)
def test_redact_command(argv: list[str], shown: str) -> None:
    assert redact_command(argv) == shown
