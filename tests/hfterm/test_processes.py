"""Which process lives, and what may be shown of its command line."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from hfterm import processes
from hfterm.processes import is_alive, process_start, redact_command, redact_words


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
        (["x", '{"token": "hf_..."}'], """x '{"token": "***"}'"""),
        (["x", '--config={"api_key":"a\\"b, c","lr":1e-4}'], """x '--config={"api_key":"***","lr":1e-4}'"""),
        (["x", '{"a": "{\\"hubToken\\": \\"b c\\"}"}'], """x '{"a": "{\\"hubToken\\": \\"***\\"}"}'"""),
        (["x", '{"a": [{"secret": ["b", "c"]}], "n": 1}'], """x '{"a": [{"secret": ***}], "n": 1}'"""),
        (["x", "+auth={token: abc, user: me}"], "x '+auth={token: ***, user: me}'"),
        (
            ["x", '{"password": 1234, "use_token": true, "kv_key": 8}'],
            """x '{"password": ***, "use_token": true, "kv_key": 8}'""",
        ),
        (["x", '{"pad_token": "<pad>", "max_new_tokens": 7}'], """x '{"pad_token": "<pad>", "max_new_tokens": 7}'"""),
        (["x", '--config={"auth": {"Authorization": "Basic abc'], """x '--config={"auth": {"Authorization": "***"'"""),
    ],
)
def test_redact_command(argv: list[str], shown: str) -> None:
    assert redact_command(argv) == shown


def test_redacted_words_stay_as_many() -> None:
    assert redact_words(["x", "--token", "a b", "hf_abcdefghijklmnop", "c d"]) == [
        "x",
        "--token",
        "***",
        "hf_***",
        "c d",
    ]


def test_a_process_is_known_by_its_number_and_its_start() -> None:
    began = process_start(os.getpid())
    assert began is not None and abs(began - psutil.Process().create_time()) < 2
    assert is_alive(os.getpid()) and is_alive(os.getpid(), began) and not is_alive(os.getpid(), began - 60)
    assert not any(is_alive(pid) for pid in (0, -1, 2**22 + 1, None, "1"))


def test_one_that_has_ended_is_not_alive_before_it_is_collected() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert is_alive(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(child.pid)
    child.communicate()


def test_the_machine_was_started_before_us() -> None:
    boot, began = processes.boot_time(), process_start(os.getpid())
    assert boot is not None and began is not None and boot < began < time.time() + 2
