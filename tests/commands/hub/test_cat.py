"""``hfterm hub cat`` as a process."""

import os
import subprocess
from pathlib import Path

import pytest

from support.cli import HFTERM, Hfterm
from support.faulty import Reply, faulty, ranged
from support.hub import Hub
from support.ptys import Pty

MIB = 1 << 20


def piped(hfterm: Hfterm, env: dict[str, str], script: str) -> tuple[str, str]:
    """A shell's standard output and error."""
    whole = hfterm.env({**env, "PATH": f"{Path(HFTERM).parent}:{os.environ['PATH']}"})
    done = subprocess.run(["bash", "-c", script], env=whole, capture_output=True, text=True, timeout=120)
    return done.stdout, done.stderr


def test_any_bytes_of_fifty_gigabytes(hfterm: Hfterm, vast, logged) -> None:  # type: ignore[no-untyped-def]
    env, since = vast.hub.env(), len(vast.hub.log)
    cat = ("hub", "cat", vast.id, "big.bin", "--range")
    assert hfterm(*cat, "6-9", env=env, check=0).stdout == "line"
    assert hfterm(*cat, "-8", env=env, check=0).stdout == "the end\n"
    assert hfterm(*cat, f"{50 * 2**30}-", env=env, check=0).stdout == ""
    assert sum(logged(vast.hub, since, "/resolve/main/big.bin", 3)) < 4096
    # The reader hangs up; so does the server.
    assert piped(hfterm, env, f'hfterm hub cat {vast.id} big.bin | head -1; echo "${{PIPESTATUS[0]}}"') == (
        "first line\n141\n",
        "",
    )


def test_whole_files(hfterm: Hfterm, hub: Hub) -> None:
    data = bytes(range(256)) * 10_000
    made = hub.seed({"a b/ü#?.bin": data, "empty": b""})
    reference = f"hf://{made.id}/a b/ü#?.bin"
    done = subprocess.run([HFTERM, "hub", "cat", reference], env=hfterm.env(hub.env()), capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (data, b"")
    assert hfterm("hub", "cat", made.id, "empty", env=hub.env(), check=0).stdout == ""
    missing = hfterm("hub", "cat", made.id, "emty", env=hub.env(), check=3)
    assert missing.stderr == f"hfterm: no 'emty' in {made.id}; did you mean empty?\n"


def test_a_link_that_breaks_and_a_token_that_stays(hfterm: Hfterm) -> None:
    data = os.urandom(3 * MIB)
    with faulty({"/cdn": ranged(data, cuts=[MIB])}) as cdn:
        elsewhere = cdn.url.replace("127.0.0.1", "localhost") + "/cdn"
        with faulty({"/o/n/resolve/main/f": Reply(302, headers={"Location": elsewhere})}) as server:
            env = hfterm.env(server.env(HF_TOKEN="hf_" + "s3cret" * 6))
            done = subprocess.run([HFTERM, "hub", "cat", "o/n", "f"], env=env, capture_output=True, timeout=120)
            assert (done.returncode, done.stdout == data, done.stderr) == (0, True, b"")
            assert server.tokens() == {"Bearer hf_" + "s3cret" * 6} and cdn.tokens() == {None}
            assert len(cdn.asked) == 2 and cdn.asked[1].headers["range"].startswith("bytes=")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["team/x"], 2, "hf://team/x names no file"),
        (["./x", "f"], 2, "is not a repository of the Hub"),
        (["team/x", "f", "--range", "9-1"], 2, "not a range of bytes"),
        (["team/x/../y", "f"], 2, "not a Hub reference"),
        ([], 2, "standard input names no repository"),
    ],
)  # fmt: skip
def test_mistakes(hfterm: Hfterm, args: list[str], code: int, said: str) -> None:
    result = hfterm("hub", "cat", *args, stdin="")
    assert (result.code, result.stdout) == (code, "") and said in result.stderr


def test_on_a_terminal_nothing_steers_it(hfterm: Hfterm, vast) -> None:  # type: ignore[no-untyped-def]
    env = hfterm.env(vast.hub.env())
    with Pty([HFTERM, "hub", "cat", vast.id, "README.md"], env=env, size=(60, 10)) as pty:
        assert pty.wait_exit() == 0 and r"# Vast \x1b[31m" in pty.screen.text and b"\x1b[31m" not in pty.raw
    with Pty([HFTERM, "hub", "cat", vast.id, "big.bin"], env=env, size=(100, 10)) as pty:
        assert pty.wait_exit() == 2 and "it is no text" in pty.screen.text


def test_offline_from_the_cache(hfterm: Hfterm, vast) -> None:  # type: ignore[no-untyped-def]
    env = {"HF_HOME": str(vast.home), "HF_HUB_OFFLINE": "1"}
    got = hfterm("hub", "cat", vast.id, "big.bin", "--range", "-8", env=env, check=0)
    assert got.stdout == "the end\n" and got.stderr == "hfterm: HF_HUB_OFFLINE is set: from the cache\n"
