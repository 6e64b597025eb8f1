"""References: one grammar for every command."""

import io
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfterm import refs
from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.refs import Ref, expand, parse, resolve
from support.hub import Hub
from support.link import Fault, bad_link


@pytest.fixture(autouse=True)
def here(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(isolated)
    return isolated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gpt2", Ref("gpt2", "hub", "gpt2")),
        ("org/name", Ref("org/name", "hub", "org/name")),
        ("org/name@v1.0", Ref("org/name@v1.0", "hub", "org/name", "v1.0")),
        ("org/name@refs/pr/7", Ref("org/name@refs/pr/7", "hub", "org/name", "refs/pr/7")),
        ("hf://gpt2", Ref("hf://gpt2", "hub", "gpt2")),
        ("hf://org/name", Ref("hf://org/name", "hub", "org/name")),
        ("hf://org/name@main/a/b.json", Ref("hf://org/name@main/a/b.json", "hub", "org/name", "main", "a/b.json")),
        ("hf://org/name@refs/pr/7/a", Ref("hf://org/name@refs/pr/7/a", "hub", "org/name", "refs/pr/7", "a")),
        ("hf://org/name@refs%2Fpr%2F7/a", Ref("hf://org/name@refs%2Fpr%2F7/a", "hub", "org/name", "refs/pr/7", "a")),
        ("hf://datasets/o/n/d.jsonl", Ref("hf://datasets/o/n/d.jsonl", "hub", "o/n", None, "d.jsonl", "dataset")),
        ("run:demo", Ref("run:demo", "run", "demo")),
        ("run:demo@30", Ref("run:demo@30", "run", "demo", "30")),
        ("run:demo@best", Ref("run:demo@best", "run", "demo", "best")),
        ("./x", Ref("./x", "path", "./x")),
        ("/x/y", Ref("/x/y", "path", "/x/y")),
        ("-", Ref("-", "stdin", "-")),
    ],
)
def test_parses(text: str, expected: Ref) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "run:", "run:x@", "hf://", "hf://a/../b", "hf://o/n/../x", "a\0b", "a\nb", "o/n@../..", "hf://o/n@%2e%2e"],
)
def test_no_reference(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


@pytest.mark.parametrize("text", ["a/b/c", "data.jsonl", "white space", "o/n--x", "-x", "model.gguf", "\x1b[2J"])
def test_only_a_path_could_be_meant(text: str) -> None:
    with pytest.raises(NotFoundError, match="no such file or folder"):
        parse(text)


def test_a_folder_here_wins_over_the_hub_and_says_so(here: Path) -> None:
    (here / "gpt2").mkdir()
    (here / "gpt2" / "config.json").write_text("{}")
    said: list[str] = []
    assert resolve("gpt2", note=said.append) == Path("gpt2")
    assert said == ["'gpt2' is the one here; for the Hub's write hf://gpt2"]
    assert resolve("./gpt2", note=said.append) == Path("./gpt2")
    assert len(said) == 1


def test_home(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here))
    assert parse("~/m").name == str(here / "m")


def test_local_kinds(here: Path) -> None:
    (here / "empty").mkdir()
    for kind, words in (("model", "not a model folder"), ("adapter", "not an adapter folder (no adapter_config.json")):
        with pytest.raises(NotFoundError) as caught:
            resolve("./empty", kind)  # type: ignore[arg-type]
        assert words in str(caught.value)
    assert resolve("./empty", "any") == Path("empty")
    with pytest.raises(NotFoundError, match="no such file or folder"):
        resolve("./none")


def test_unknown_run() -> None:
    with pytest.raises(NotFoundError, match="nope"):
        resolve("run:nope")


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a\n\n b \n"))
    assert list(expand(["x", "-"])) == ["x", "a", "b"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    with pytest.raises(UsageError, match="held no reference"):
        list(expand(["-"]))
    monkeypatch.setattr(sys, "stdin", io.StringIO("a\nb\n"))
    with pytest.raises(UsageError, match="held 2"):
        resolve("-")


def test_a_cached_snapshot_resolves_offline(here: Path) -> None:
    commit = "a" * 40
    snapshot = here / "hf" / "hub" / "models--org--name" / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text(commit)
    env = {"HF_HOME": str(here / "hf"), "HF_HUB_OFFLINE": "1"}
    assert in_process("org/name", env) == str(snapshot)
    assert in_process("org/other", env) == (
        "3 hf://org/other is not in the cache, and HF_HUB_OFFLINE is set; unset HF_HUB_OFFLINE to get it"
    )


class Refusing(BaseHTTPRequestHandler):
    """A Hub with one gated, one private and one good repository, and one good token."""

    def do_GET(self) -> None:
        token = self.headers.get("Authorization", "")
        if token not in ("", "Bearer hf_goodgoodgood"):
            return self.answer(401, {"X-Error-Message": "Invalid credentials in Authorization header"})
        if "org/gated" in self.path:
            return self.answer(403, {"X-Error-Code": "GatedRepo", "X-Error-Message": "Access is restricted"})
        if "org/good" in self.path and "/revision/none" in self.path:
            return self.answer(404, {"X-Error-Code": "RevisionNotFound", "X-Error-Message": "Invalid rev id"})
        return self.answer(404, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})

    do_HEAD = do_GET

    def answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def refusing() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("text", "token", "code", "words"),
    [
        ("org/none", "", 3, "no model 'org/none' on the Hub"),
        ("org/gated", "", 4, "org/gated is gated"),
        ("org/good@none", "", 3, "org/good has no revision 'none'"),
        ("org/good", "hf_badbadbadbad", 4, "the Hub wants a valid token"),
    ],
)
def test_what_the_hub_refuses(refusing: str, here: Path, text: str, token: str, code: int, words: str) -> None:
    env = {"HF_HOME": str(here / "hf"), "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": refusing, "HF_TOKEN": token}
    said = in_process(text, env)
    assert said.startswith(f"{code} ") and words in said
    assert "badbad" not in said


def test_no_network(here: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        env = {"HF_HOME": str(here / "hf"), "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": endpoint}
        said = in_process("org/name", env)
    assert said.startswith("9 ") and "cannot reach the Hub" in said


def test_a_broken_link_is_taken_up_again(hub: Hub, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = bytes(range(256)) * 8000
    made = hub.seed({"config.json": "{}", "model.safetensors": weights, "model.bin": weights})
    assert hub.token
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("HF_TOKEN", hub.token)
    with bad_link(hub.url) as link:
        monkeypatch.setenv("HF_ENDPOINT", link.url)
        link.fault = lambda asked: Fault(after=1_000_000) if "safetensors" in asked.path and asked.nth == 1 else None
        found = resolve(made.id)
        assert (found / "model.safetensors").read_bytes() == weights
        assert not (found / "model.bin").exists()  # pickles are not asked for
        assert sorted(asked.start for asked in link.bodies()) == [0, 0, 1_000_000]
        assert resolve(f"hf://{made.id}@{made.sha}/config.json").read_text() == "{}"
        with pytest.raises(NotFoundError, match="no such folder in the repository"):
            resolve(f"hf://{made.id}/folder")
        with pytest.raises(HftermError, match="holds no adapter in a format"):
            resolve(made.id, "adapter")


def in_process(text: str, env: dict[str, str]) -> str:
    """Resolve in a fresh process, as the environment says."""
    code = (
        "import sys\nfrom hfterm import errors, refs\n"
        "try: print(refs.resolve(sys.argv[1]))\n"
        "except Exception as e: x = errors.translate(e); print(x.exit_code, x)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, text], capture_output=True, text=True, env={**os.environ, **env}, check=True
    )
    return done.stdout.strip()


@given(st.text(max_size=40))
def test_any_text_is_a_reference_or_one_clear_line(text: str) -> None:
    try:
        ref = refs.parse(text)
    except HftermError as exc:
        assert "\n" not in str(exc)
    else:
        assert ref.text == text
