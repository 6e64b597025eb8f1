import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pexpect
import pytest

from support.cli import HFTERM, Hfterm
from support.tiny import tiny_model

QUESTION = "Who keeps the lighthouse?"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


def test_an_answer_is_all_there_is_on_stdout(hfterm: Hfterm, model: Path) -> None:
    done = hfterm("chat", model, "-p", QUESTION, "--max-new-tokens", "8", check=0)
    assert done.stdout.endswith("\n")
    assert done.stdout.strip()
    assert done.stderr == "hfterm: the answer was cut at 8 tokens; allow more with --max-new-tokens\n"
    assert hfterm("chat", model, "-p", QUESTION, "--max-new-tokens", "8", check=0).stdout == done.stdout


def test_a_pipe_is_the_prompt_or_goes_under_it(hfterm: Hfterm, model: Path) -> None:
    def ask(*args: str, stdin: str | None = None) -> dict[str, Any]:
        done = hfterm("chat", model, "-f", "json", "--max-new-tokens", "4", *args, stdin=stdin, check=0)
        return dict(json.loads(done.stdout))

    alone, piped = ask("-p", QUESTION), ask(stdin=QUESTION + "\n")
    assert alone["prompt"] == piped["prompt"] == QUESTION
    assert alone["answer"] == piped["answer"]
    assert ask("-p", "Why?", stdin="the lamp\nis red\n")["prompt"] == "Why?\n\nthe lamp\nis red"
    assert set(alone) == {"prompt", "answer", "model", "prompt_tokens", "completion_tokens", "seconds"}
    assert alone["completion_tokens"] == 4
    assert alone["model"] == str(model)


def test_system_and_sampling_change_the_answer(hfterm: Hfterm, model: Path) -> None:
    def ask(*args: str) -> str:
        return hfterm("chat", model, "-p", QUESTION, "--max-new-tokens", "12", "-q", *args, check=0).stdout

    plain = ask()
    assert ask("--system", "Answer in rhyme.") != plain
    hot = ("--temperature", "3", "--seed", "5")
    assert ask(*hot) == ask(*hot) != plain


def test_the_model_comes_from_the_settings(hfterm: Hfterm, model: Path) -> None:
    hfterm("config", "set", "model", model, check=0)
    assert hfterm("chat", "-p", QUESTION, "--max-new-tokens", "4", check=0).stdout


@pytest.mark.parametrize(
    ("args", "stdin", "code", "says"),
    [
        (["MODEL", "-p", ""], None, 2, "the prompt is empty; add -p 'QUESTION' or pipe one in"),
        (["MODEL"], b"", 2, "the prompt is empty"),
        (["MODEL"], b"ok \xff", 2, "standard input is not UTF-8 (byte 3)"),
        (["MODEL", "-p", "the lamp " * 500], None, 2, "the model takes 256; shorten it"),
        (["-p", "x"], None, 2, "no model named; add one: hfterm chat MODEL"),
        (["./gone", "-p", "x"], None, 3, "no such file or folder: './gone'"),
        (["run:gone", "-p", "x"], None, 3, "no run named 'gone'"),
        (["MODEL", "-p", "x", "--device", "tpu"], None, 2, "no such device 'tpu'"),
        (["MODEL", "-p", "x", "--temperature", "-1"], None, 2, "-1"),
        (["MODEL", "-p", "x", "--top-p", "0"], None, 2, "--top-p"),
    ],
)
def test_wrong_input_is_one_line(
    hfterm: Hfterm, model: Path, args: list[str], stdin: bytes | None, code: int, says: str
) -> None:
    done = hfterm("chat", *[str(model) if a == "MODEL" else a for a in args], stdin=stdin)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (code, "", 1), done
    assert says in done.stderr


def test_a_damaged_model_is_one_line(hfterm: Hfterm, model: Path) -> None:
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    done = hfterm("chat", model, "-p", "x", check=1)
    assert "half-written" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_missing_extra_names_the_install_line(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'torch' else find(name, *a)\n"
    )
    done = hfterm("chat", model, "-p", "x", env={"PYTHONPATH": str(tmp_path)}, check=5)
    assert "pip install 'hfterm[peft]'" in done.stderr


def test_a_closed_pipe_ends_it_quietly(hfterm: Hfterm, model: Path) -> None:
    process = hfterm.popen(
        "chat", model, "-p", QUESTION, "--max-new-tokens", "200", "-q",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout and process.stderr
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


def test_ctrl_c_while_it_loads(hfterm: Hfterm, model: Path) -> None:
    process = hfterm.popen(
        "chat", model, "-p", QUESTION, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err


def conversation(hfterm: Hfterm, *args: str | Path) -> "pexpect.spawn[str]":
    env = {**hfterm.env(), "TERM": "dumb", "INPUTRC": os.devnull}
    child = pexpect.spawn(
        HFTERM, ["chat", *map(str, args)], env=env, cwd=str(hfterm.home), encoding="utf-8", timeout=60, echo=False
    )
    child.expect("Ctrl-D leaves")
    child.expect("> ")
    return child


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_conversation_on_a_terminal(hfterm: Hfterm, model: Path) -> None:
    child = conversation(hfterm, model, "--max-new-tokens", "5")
    child.sendline("/help")
    child.expect("Ctrl-C stops an answer")
    child.expect("> ")
    child.sendline(QUESTION)
    child.expect("cut at 5 tokens")
    child.expect("> ")
    child.sendline("/system Be brief.")
    child.expect("told; started over")
    child.sendline("/nonsense")
    child.expect("no such command '/nonsense'; see /help")
    child.sendline("the lamp " * 300)
    child.expect("the model takes 256")
    child.expect("> ")
    child.sendintr()
    child.expect("> ")
    child.sendeof()
    child.expect(pexpect.EOF)
    assert child.wait() == 0
    history = (hfterm.home / "hfterm" / "chat_history").read_text()
    assert QUESTION in history


def test_ctrl_c_stops_the_answer_and_not_the_chat(hfterm: Hfterm, model: Path) -> None:
    from safetensors.torch import load_file, save_file

    # The end token is never the likeliest (half of another's score), and the context is wide: it goes on for long.
    weights = load_file(model / "model.safetensors")
    config = json.loads((model / "config.json").read_text())
    weights["lm_head.weight"][config["eos_token_id"]] = weights["lm_head.weight"][300] / 2
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})
    (model / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 100_000}))
    child = conversation(hfterm, model, "--max-new-tokens", "90000")
    child.sendline("the")
    child.expect(r"\S")
    time.sleep(0.5)
    child.sendintr()
    child.expect(r"\(stopped\)")
    child.expect("> ")
    child.sendline("/exit")
    child.expect(pexpect.EOF)
    assert child.wait() == 0
