"""What every command keeps: exit codes, one clear line, closed pipes, Ctrl-C, nothing said on stdout by mistake."""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfterm import cli, config
from hfterm._table import generate
from hfterm.errors import EXIT_CODES
from support.cli import HFTERM, Hfterm, environment

LEAVES = [w for w in generate.paths() if w and ((group := cli.group_of(w)) is None or group.bare)]
GROUPS = [w for w in generate.paths() if (group := cli.group_of(w)) is not None and not group.bare]


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["trian"], 2, "no such command 'hfterm trian'; did you mean 'train'?"),
        (["train", "lss"], 2, "no such command 'hfterm train lss'; did you mean 'ls'"),
        (["zzzzzz"], 2, "no such command 'hfterm zzzzzz'; see 'hfterm --help'"),
        (["train", "logs", "x", "-f"], 2, "option '-f' requires an argument; see 'hfterm train logs --help'"),
        (["--nope"], 2, "no such option"),
        (["train", "ls", "--fromat", "json"], 2, "--format"),
        (["train", "ls", "-f", "xml"], 2, "'xml' is not one of 'table'"),
        (["train", "ls", "extra"], 2, "unexpected extra argument"),
        (["train", "show", "none"], 3, "none"),
        (["train", "show", "../../etc"], 2, "etc"),
        (["chat", "no/such-model", "-p", "x"], 3, "is not in the cache"),
        (["chat", "./none", "-p", "x"], 3, "no such file or folder: './none'"),
        (["peft", "merge", "./none"], 3, "no such file or folder"),
        (["tok", "count", "-m", "./none"], 3, "no such file or folder"),
        (["train", "sft", "./none", "x.jsonl"], 3, "no such file"),
    ],
)
def test_mistakes_get_one_clear_line(hfterm: Hfterm, args: list[str], code: int, message: str) -> None:
    result = hfterm(*args, stdin="")
    assert (result.code, result.stdout) == (code, "")
    assert message in result.stderr
    assert result.stderr.startswith("hfterm: ") and result.stderr.count("\n") == 1


@pytest.mark.parametrize("words", GROUPS, ids=" ".join)
def test_a_group_without_a_verb_is_a_mistake(hfterm: Hfterm, words: tuple[str, ...]) -> None:
    result = hfterm(*words)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Usage: hfterm {words[0]}")


def test_hfterm_alone_prints_its_help(hfterm: Hfterm) -> None:
    assert hfterm(check=0).stdout == hfterm("--help", check=0).stdout
    assert hfterm("--version", check=0).stdout.startswith("hfterm 0.")
    assert hfterm("-q", "--version", check=0).stdout == hfterm("--version", check=0).stdout


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_a_missing_argument_never_succeeds(hfterm: Hfterm, words: tuple[str, ...]) -> None:
    command = cli.load(words)
    if any(p.required for p in command.params):
        result = hfterm(*words, stdin="")
        assert result.code != 0 and result.stderr


@pytest.mark.parametrize(
    "args",
    [["config", "ls", "--all"], ["--help"], ["help", "formats"], ["doctor", "--offline"], ["completion", "bash"]],
)
def test_a_closed_pipe_ends_quietly(hfterm: Hfterm, args: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    child = hfterm.popen(*args, stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    _, stderr = child.communicate(timeout=60)
    assert (child.returncode, stderr) == (141, b"")


def test_head_ends_a_stream(hfterm: Hfterm) -> None:
    script = 'hfterm gpu --watch 0.05 -f jsonl | head -2; echo "${PIPESTATUS[0]}"'
    env = hfterm.env({"PATH": f"{Path(HFTERM).parent}:{os.environ['PATH']}"})
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=60)
    *rows, code = done.stdout.splitlines()
    assert (len(rows), code, done.stderr) == (2, "141", "")


@pytest.mark.parametrize(
    ("number", "code", "said"), [(signal.SIGINT, 130, b"hfterm: interrupted\n"), (signal.SIGTERM, 143, b"")]
)
def test_signals(hfterm: Hfterm, number: signal.Signals, code: int, said: bytes) -> None:
    child = hfterm.popen("gpu", "--watch", "0.05", "-f", "jsonl", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(number)
    _, stderr = child.communicate(timeout=60)
    assert (child.returncode, stderr) == (code, said)


def test_a_closed_stdin_is_no_traceback(hfterm: Hfterm) -> None:
    for args in ("chat ./none", "tok count -m ./none", "train sft ./none -", "config ls"):
        done = subprocess.run(
            ["bash", "-c", f"exec {HFTERM} {args} <&-"], env=hfterm.env(), capture_output=True, text=True, timeout=60
        )
        assert "Traceback" not in done.stderr and "bug" not in done.stderr, done.stderr
        assert done.returncode in (0, 2, 3)


def test_a_full_disk_is_one_clear_line(hfterm: Hfterm) -> None:
    with Path("/dev/full").open("wb") as full:
        child = hfterm.popen("config", "ls", stdout=full, stderr=subprocess.PIPE)
        _, stderr = child.communicate(timeout=60)
    assert child.returncode == 1
    assert (
        stderr.decode()
        == "hfterm: no space left on device; free some space or point HFTERM_HOME / HF_HOME at another disk\n"
    )


def test_a_full_disk_fails_the_fast_answers_too(hfterm: Hfterm) -> None:
    with Path("/dev/full").open("wb") as full:
        child = hfterm.popen("--help", stdout=full, stderr=subprocess.PIPE)
        _, stderr = child.communicate(timeout=60)
    assert (child.returncode, stderr) == (1, b"hfterm: cannot write the result: no space left on device\n")


def test_a_bug_says_how_to_report_it_and_debug_shows_the_traceback(hfterm: Hfterm, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "hfterm_broken-1.dist-info").mkdir(parents=True)
    (site / "hfterm_broken-1.dist-info" / "entry_points.txt").write_text(
        "[hfterm.commands]\nbroken = hfterm_broken:cli\nmissing = hfterm_gone:cli\n"
    )
    (site / "hfterm_broken.py").write_text(
        "import click\n@click.command()\n@click.option('--debug', is_flag=True)\ndef cli(debug):\n    'Break.'\n    raise KeyError('oops')\n"
    )
    env = {"PYTHONPATH": str(site)}
    result = hfterm("broken", env=env)
    assert (result.code, result.stderr.count("\n")) == (1, 1)
    assert "bug: KeyError: 'oops'; please report it" in result.stderr
    assert "Traceback" in hfterm("broken", "--debug", env=env).stderr
    assert "Traceback" in hfterm("broken", env=env | {"HFTERM_DEBUG": "1"}).stderr
    page = hfterm("--help", env=env).stdout
    assert "Plug-ins:" in page and "from hfterm_broken" in page
    assert "Break." in hfterm("broken", "--help", env=env).stdout
    gone = hfterm("missing", env=env)
    assert gone.code == 1 and "plug-in 'missing' from hfterm_broken cannot be loaded" in gone.stderr


# --- random command lines ----------------------------------------------------------------

# What would not end, or would really work for minutes, is told to end.
_ENDING = {
    ("gpu",): ["--count", "1"],
    ("gpu", "wait"): ["--timeout", "0"],
    ("demo",): ["--dry-run"],
    ("hub", "share"): ["--host", "none.invalid"],
    ("train", "launch"): ["--dry-run"],
}
# --notify would give random words to a shell.
_NEVER = {"watch", "follow", "install", "help", "debug", "notify"}
_text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
_value = st.one_of(
    _text,
    st.sampled_from(
        [
            "-1",
            "0",
            "nan",
            "1e999",
            "",
            "-",
            "--",
            "json",
            "run:x",
            "run:x@best",
            "./x",
            "a/b",
            "hf://a/b",
            "=",
            "9" * 40,
        ]
    ),
    st.binary(min_size=1, max_size=6).map(lambda b: os.fsdecode(b.replace(b"\0", b"."))),
)


@st.composite
def command_lines(draw: Any, words: tuple[str, ...]) -> list[str]:
    args = [*words, *_ENDING.get(words, [])]
    options = [p for p in cli.load(words).params if p.opts[0].startswith("-") and p.name not in _NEVER]
    for param in draw(st.lists(st.sampled_from(options), max_size=4)):
        args.append(draw(st.sampled_from(param.opts)))
        if not getattr(param, "is_flag", False):
            args.append(draw(_value))
    args += draw(st.lists(_value, max_size=3))
    return args


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_command_lines(words: tuple[str, ...], data: st.DataObject) -> None:
    args = data.draw(command_lines(words))
    stdin = data.draw(st.binary(max_size=200))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        done = subprocess.run(
            [HFTERM, *args], env=environment(home), cwd=home, input=stdin, capture_output=True, timeout=120
        )
    stderr = done.stderr.decode("utf-8", "backslashreplace")
    assert done.returncode in EXIT_CODES, (done.returncode, stderr)
    assert "Traceback" not in stderr and "bug:" not in stderr, stderr
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", stderr)
    if done.returncode not in (0, 6):
        assert "hfterm" in stderr.splitlines()[-1] or "Usage:" in stderr


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200))
def test_random_settings_files(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / config.PROJECT_FILE).write_bytes(content)
        done = subprocess.run([HFTERM, "train", "ls"], env=environment(home), cwd=home, capture_output=True, timeout=60)
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr and b"bug:" not in done.stderr
    with contextlib.suppress(UnicodeDecodeError):
        done.stderr.decode("ascii")
