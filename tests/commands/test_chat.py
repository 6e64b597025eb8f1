import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from hfterm.chat.store import Store
from support.cli import HFTERM, Hfterm
from support.openai_server import OpenAIServer, Reply, openai_server
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
    while "libtorch" not in Path(f"/proc/{process.pid}/maps").read_text():  # what takes the longest has begun
        assert process.poll() is None
        time.sleep(0.01)
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


def say(child: "pexpect.spawn[str]", line: str, *expected: str) -> None:
    child.sendline(line)
    for text in (*expected, "> "):
        child.expect(text)


def leave(child: "pexpect.spawn[str]") -> str:
    """Leave by Ctrl-D; what was said last."""
    child.sendeof()
    child.expect(pexpect.EOF)
    assert child.wait() == 0
    return str(child.before)


def endless(model: Path) -> Path:
    """Make the end token never the likeliest (half of another's score), and the context wide."""
    from safetensors.torch import load_file, save_file

    weights = load_file(model / "model.safetensors")
    config = json.loads((model / "config.json").read_text())
    weights["lm_head.weight"][config["eos_token_id"]] = weights["lm_head.weight"][300] / 2
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})
    (model / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 100_000}))
    return model


def test_a_conversation_with_a_model_here(hfterm: Hfterm, model: Path) -> None:
    child = conversation(hfterm, endless(model), "--max-new-tokens", "5")
    say(child, QUESTION, "getting the model ready", "cut at 5 tokens")
    say(child, "the " * 100_001, "the model takes 100000; shorten it")
    say(child, "/set max_new_tokens 90000")
    child.sendline("the")
    child.expect(r"\S")
    time.sleep(0.5)
    child.sendintr()
    child.expect(r"\(stopped\)")
    child.expect("> ")
    said = leave(child)
    assert QUESTION in (hfterm.home / "hfterm" / "chat_history").read_text()
    with Store(hfterm.home / "hfterm" / "chats.db") as store:
        session = store.last()
        assert f"saved as {session.id}; go on with: hfterm chat --session {session.id}" in said
        assert session.model == str(model), "a path holds in any folder"
        assert [(m.role, m.stop) for m in session.path()] == [
            ("user", None), ("assistant", "length"), ("user", None), ("assistant", "stopped")
        ]  # fmt: skip
        assert len(session.path()[-1].content) > 5


def test_a_model_that_cannot_be_loaded_ends_the_conversation(hfterm: Hfterm, model: Path) -> None:
    (model / "tokenizer.json").write_text("{")
    child = conversation(hfterm, model)
    child.sendline("x")
    child.expect("cannot load the tokenizer")
    child.expect(pexpect.EOF)
    assert child.wait() == 1


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["./gone"], 3, "no such file or folder"),
        (["MODEL", "--device", "tpu"], 2, "no such device 'tpu'"),
        (["http://127.0.0.1:9"], 9, "nothing listens at 127.0.0.1:9"),
        (["--continue"], 3, "no saved conversation yet"),
    ],
)
def test_what_is_wrong_is_told_before_the_first_question(
    hfterm: Hfterm, model: Path, args: list[str], code: int, says: str
) -> None:
    args = ["chat", *[str(model) if a == "MODEL" else a for a in args]]
    child = pexpect.spawn(HFTERM, args, env=hfterm.env(), encoding="utf-8", timeout=60)
    child.expect(pexpect.EOF)
    assert child.wait() == code
    assert says in child.before


# --- servers: no model is loaded, so these are quick --------------------------------------


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as server:
        yield server


def test_a_server_answers_as_a_model_does(hfterm: Hfterm, server: OpenAIServer) -> None:
    env = {"OPENAI_API_KEY": "sk-verysecretverysecret"}
    done = hfterm("chat", server.url, "-p", QUESTION, "-v", env=env, stdin="the lamp\n", check=0)
    assert done.stdout == "Mara keeps it.\n"
    assert done.stderr.startswith("11 + 3 tokens, ")
    body = server.asked()[0]
    assert body["messages"] == [{"role": "user", "content": f"{QUESTION}\n\nthe lamp"}]
    assert server.requests[-1][1]["Authorization"] == "Bearer sk-verysecretverysecret"
    done = hfterm("chat", "--url", server.url, "other", "--system", "Rhyme.", "-p", "x", "-f", "json", check=0)
    row = json.loads(done.stdout)
    assert (row.pop("seconds") >= 0, row) == (True, {
        "prompt": "x", "answer": "Mara keeps it.", "model": "other", "prompt_tokens": 11, "completion_tokens": 3
    })  # fmt: skip
    assert server.asked()[1]["messages"][0] == {"role": "system", "content": "Rhyme."}
    assert not (hfterm.home / "hfterm" / "chats.db").exists(), "what a script asks is not saved"


@pytest.mark.parametrize(("status", "code"), [(401, 4), (404, 3), (400, 2), (500, 1), (502, 9)])
def test_a_refusal_is_one_line(hfterm: Hfterm, server: OpenAIServer, status: int, code: int) -> None:
    server.replies = [Reply(refuse=(status, {}, '{"error": {"message": "no\\n\\u001b[2Jway"}}'))]
    done = hfterm("chat", f"{server.url}#m", "-p", "x", env={"HFTERM_API_KEY": "key-123456"})
    assert (done.code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert f"answered {status}: no \\x1b[2Jway" in done.stderr and "key-123456" not in done.stderr


def test_ctrl_c_ends_a_single_question(hfterm: Hfterm, server: OpenAIServer) -> None:
    server.replies = [Reply(stall_after=1)]
    process = hfterm.popen(
        "chat", server.url, "-p", "x", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdout.read(4) == b"Mara"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"hfterm: interrupted\n")
    assert server.hung_up.wait(60)


def test_a_conversation_is_saved_and_goes_on(hfterm: Hfterm, server: OpenAIServer) -> None:
    server.replies = [Reply(), Reply(pieces=["Red."], thinking=["Hm."]), Reply(stall_after=2), Reply(pieces=["again"])]
    child = conversation(hfterm, server.url, "--system", "Be brief.")
    say(child, "/help", "Ctrl-C stops an answer")
    say(child, QUESTION, "Mara keeps it.")
    say(child, "/retry", r"\(thinking\)\s+Hm\.\s+\(answer\)\s+Red\.")
    say(child, "/other", "answer 1 of 2:")
    say(child, "/nonsense", "no such command '/nonsense'; see /help")
    child.sendintr()
    child.expect("> ")
    child.sendline("and then?")
    assert server.stalled.wait(60)
    child.expect("Mara keeps")
    child.sendintr()
    child.expect(r"\(stopped\)")
    child.expect("> ")
    assert server.hung_up.wait(60)
    child.sendline('"""two')
    child.expect(r"\.\.\. ")
    say(child, 'lines"""', "again")
    say(child, "/title About lamps")
    leave(child)
    assert [m["content"] for m in server.asked()[-1]["messages"]] == [
        "Be brief.", QUESTION, "Mara keeps it.", "and then?", "Mara keeps", "two\nlines"
    ]  # fmt: skip

    child = conversation(hfterm, "--continue", "--temperature", "0.5")
    say(child, "more", "getting the model ready", "again")
    said = leave(child)
    body = server.asked()[-1]
    assert (body["model"], body["temperature"], len(body["messages"])) == ("mara-7b", 0.5, 8)

    listed = hfterm("chat", "--list", "-f", "json", check=0)
    (row,) = json.loads(listed.stdout)
    assert (row["title"], row["messages"], row["model"]) == ("About lamps", 9, f"{server.url}/v1#mara-7b")
    assert row["id"] in said
    assert hfterm("chat", "--search", "mara RED", "-f", "quiet", check=0).stdout == row["id"] + "\n"
    assert hfterm("chat", "--search", "herring", check=0).stdout == ""

    once = hfterm("chat", "--session", row["id"][:4], "-p", "last?", check=0)
    assert once.stdout == "again\n"
    assert server.asked()[-1]["temperature"] == 0.5, "as the conversation was"
    record = json.loads(hfterm("chat", "--export", "all", check=0).stdout)
    assert [m["role"] for m in record["messages"]] == ["system", *["user", "assistant"] * 5]
    assert record["messages"][-2:] == [
        {"role": "user", "content": "last?"}, {"role": "assistant", "content": "again"}
    ]  # fmt: skip
    assert hfterm("chat", "--export", "about lamps", "-o", "talk.md", check=0).stdout == "talk.md\n"
    assert "## Model (unfinished: stopped)" in (hfterm.home / "talk.md").read_text()

    refused = hfterm("chat", "--delete", "all", stdin="", check=2)
    assert "add -y" in refused.stderr
    gone = hfterm("chat", "--delete", row["id"], "-y", "-f", "quiet", check=0)
    assert gone.stdout == row["id"] + "\n"
    assert hfterm("chat", "--export", "all", check=3).stderr.count("\n") == 1


def test_an_edit_begins_with_the_old_question(hfterm: Hfterm, server: OpenAIServer) -> None:
    child = conversation(hfterm, server.url)
    say(child, "Who", "Mara keeps it.")
    child.sendline("/edit")
    child.expect("edit> ")
    say(child, " are you?", "Mara keeps it.")
    say(child, "/edit Where?", "Mara keeps it.")
    assert [body["messages"][-1]["content"] for body in server.asked()] == ["Who", "Who are you?", "Where?"]
    assert {len(body["messages"]) for body in server.asked()} == {1}
    leave(child)


def test_an_error_does_not_end_the_conversation(hfterm: Hfterm, server: OpenAIServer) -> None:
    server.replies = [Reply(refuse=(500, {}, "oops")), Reply(drop_after=2), Reply()]
    child = conversation(hfterm, server.url)
    say(child, "one", "answered 500: oops")
    say(child, "two", "Mara keeps\r\n", "broke", "broken off; what came is kept")
    say(child, "/retry", "Mara keeps it.")
    assert [m["content"] for m in server.asked()[-1]["messages"]] == ["two"]
    leave(child)


def test_not_saved_where_asked_so(hfterm: Hfterm, server: OpenAIServer) -> None:
    child = conversation(hfterm, server.url, "--no-save")
    say(child, "one", "Mara keeps it.")
    say(child, "/sessions", "one")
    assert "saved as" not in leave(child)
    assert not (hfterm.home / "hfterm" / "chats.db").exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_killed_terminal_loses_next_to_nothing(hfterm: Hfterm, server: OpenAIServer, number: signal.Signals) -> None:
    server.replies = [Reply(stall_after=2)]
    child = conversation(hfterm, server.url)
    child.sendline("one")
    child.expect("Mara keeps")
    with Store(hfterm.home / "hfterm" / "chats.db") as store:
        while store.last().path()[-1].content != "Mara keeps":
            time.sleep(0.01)
        child.kill(number)
        child.expect(pexpect.EOF)
        child.wait()
        answer = store.last().path()[-1]
        assert (answer.content, answer.stop) == ("Mara keeps", None if number == signal.SIGKILL else "stopped")


def test_a_damaged_file_names_itself_and_the_way_on(hfterm: Hfterm, server: OpenAIServer) -> None:
    path = hfterm.home / "hfterm" / "chats.db"
    path.parent.mkdir()
    path.write_bytes(b"nonsense" * 1000)
    done = hfterm("chat", "--list", check=1)
    assert str(path) in done.stderr and "--no-save" in done.stderr and done.stderr.count("\n") == 1
    leave(conversation(hfterm, server.url, "--no-save"))


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["--list", "./model"], 2, "--list asks no model: leave out MODEL"),
        (["--export", "all", "-p", "x"], 2, "--export asks no model: leave out -p"),
        (["--export", "x", "--delete", "x"], 2, "--export and --delete do not go together"),
        (["--search", "x", "-o", "y"], 2, "-o belongs to --export"),
        (["--export", "x"], 3, "no saved conversation 'x'"),
        (["--delete", "all", "-y"], 3, "no saved conversation yet"),
        (["--continue", "--no-save", "-p", "x"], 2, "do not go together"),
        (["--continue", "--session", "x", "-p", "x"], 2, "--continue and --session do not go together"),
        (["--session", "x", "-p", "x"], 3, "no saved conversation 'x'"),
        (["--url", "ftp://x", "-p", "x"], 2, "not a server's URL: 'ftp://x'"),
        (["--url", "a b", "-p", "x"], 2, "not a server's URL: 'http://a b'"),
        (["--url", "127.0.0.1:9", "-p", "x"], 9, "nothing listens at 127.0.0.1:9"),
        (["http://user:secret99@host", "-p", "x"], 2, "put the key into HFTERM_API_KEY"),
        (["m", "-p", b"caf\xe9".decode("utf-8", "surrogateescape")], 2, "the prompt is not UTF-8"),
    ],
)
def test_what_does_not_go_together(hfterm: Hfterm, args: list[str], code: int, says: str) -> None:
    done = hfterm("chat", *args)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (code, "", 1), done
    assert says in done.stderr and "secret99" not in done.stderr
