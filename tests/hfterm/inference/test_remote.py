import json
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import AccessError, HftermError, NetworkError, NotFoundError, UsageError
from hfterm.inference.engine import Done, Event, Loading, Note, Piece, open_engine
from hfterm.inference.remote import RemoteEngine
from hfterm.inference.sampling import Sampling
from support.openai_server import OpenAIServer, Reply, openai_server

ASK = [{"role": "user", "content": "Who keeps it?"}]
KEY = "sk-proj-secretsecretsecret"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with openai_server() as server:
        yield server


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "HFTERM_API_KEY", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


def ask(engine: RemoteEngine, **sampling: Any) -> list[Event]:
    return list(engine.answer(ASK, Sampling(**sampling)))


def text(events: list[Event], thinking: bool = False) -> str:
    return "".join(e.text for e in events if isinstance(e, Piece) and e.thinking is thinking)


def test_an_answer_streams_with_its_counts(server: OpenAIServer) -> None:
    engine = RemoteEngine(server.url)
    assert engine.state == "idle"
    events = ask(engine, max_new_tokens=7)
    assert [e.text for e in events if isinstance(e, Piece)] == ["Mara", " keeps", " it."]
    done = events[-1]
    assert isinstance(done, Done)
    assert (done.stop, done.prompt_tokens, done.completion_tokens) == ("end", 11, 3)
    assert done.first_token_seconds is not None and done.first_token_seconds <= done.seconds
    assert (engine.state, engine.name, engine.url) == ("ready", "mara-7b", f"{server.url}/v1#mara-7b")
    assert server.asked() == [
        {"model": "mara-7b", "messages": ASK, "stream": True, "stream_options": {"include_usage": True},
         "max_tokens": 7, "temperature": 0.0}
    ]  # fmt: skip


def test_sampling_is_sent_only_where_it_says_something(server: OpenAIServer) -> None:
    ask(RemoteEngine(server.url), temperature=0.7, top_p=0.9, seed=5)
    assert {k: server.asked()[0].get(k) for k in ("temperature", "top_p", "seed")} == {
        "temperature": 0.7, "top_p": 0.9, "seed": 5
    }  # fmt: skip


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/", "/v1/chat/completions", "/v1#other", "?x=1"])
def test_the_address_in_any_usual_form(server: OpenAIServer, ending: str) -> None:
    engine = open_engine(server.url + ending)
    assert text(list(engine.answer(ASK, Sampling()))) == "Mara keeps it."
    query = "?x=1" if "?" in ending else ""
    assert server.requests[-1][0] == f"/v1/chat/completions{query}"
    assert server.asked()[0]["model"] == ("other" if "#" in ending else "mara-7b")


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ("https://x.example/v1beta/openai/", "https://x.example/v1beta/openai"),
        ("https://x.example/api/paas/v4", "https://x.example/api/paas/v4"),
        ("http://[::1]:8080/llm", "http://[::1]:8080/llm/v1"),
        ("HTTP://Host:80", "http://host:80/v1"),
    ],
)
def test_a_version_in_the_path_is_kept(url: str, base: str) -> None:
    assert RemoteEngine(url).url == base


@pytest.mark.parametrize(
    "url", ["http://", "https:///v1", "http://a b", "http://h:99999", "http://[::1", "http://u:pw12345@h"]
)
def test_no_url(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        RemoteEngine(url)
    assert "pw12345" not in str(caught.value)


def test_thinking_is_told_apart(server: OpenAIServer) -> None:
    server.replies = [Reply(thinking=["Hm", "m."], pieces=["Mara."])]
    events = ask(RemoteEngine(server.url))
    assert (text(events, thinking=True), text(events)) == ("Hmm.", "Mara.")


@pytest.mark.parametrize(
    ("finish", "stop"), [("length", "length"), ("content_filter", "filtered"), ("tool_calls", "end")]
)
def test_why_it_ended(server: OpenAIServer, finish: str, stop: str) -> None:
    server.replies = [Reply(finish=finish)]
    assert ask(RemoteEngine(server.url))[-1].stop == stop  # type: ignore[union-attr]


def test_a_server_that_does_not_count(server: OpenAIServer) -> None:
    server.replies = [Reply(usage=None)]
    done = ask(RemoteEngine(server.url))[-1]
    assert isinstance(done, Done)
    assert (done.prompt_tokens, done.completion_tokens) == (None, 3)


def test_a_server_that_does_not_stream(server: OpenAIServer) -> None:
    server.replies = [Reply(stream=False)]
    events = ask(RemoteEngine(server.url))
    assert text(events) == "Mara keeps it."
    assert isinstance(events[-1], Done) and events[-1].completion_tokens == 3
    server.replies = [Reply(unknown=["stream", "stream_options"])]
    assert text(ask(RemoteEngine(server.url))) == "Mara keeps it."
    assert server.asked()[-1]["stream"] is False and "stream_options" not in server.asked()[-1]


def test_what_a_server_refuses_is_left_out_and_told_once(server: OpenAIServer) -> None:
    server.replies = [Reply(unknown=["stream_options", "temperature", "seed"])]
    engine = RemoteEngine(server.url)
    events = ask(engine, temperature=0.5, seed=3)
    assert text(events) == "Mara keeps it."
    assert [e.text.partition("does not take ")[2] for e in events if isinstance(e, Note)] == [
        "temperature 0.5: left out", "seed 3: left out"
    ]  # fmt: skip
    tries = len(server.asked())
    again = ask(engine, temperature=0.5, seed=3)
    assert not [e for e in again if isinstance(e, Note)]
    assert len(server.asked()) == tries + 1


def test_the_newer_name_of_a_limit(server: OpenAIServer) -> None:
    refusal = '{"error": {"message": "Unsupported parameter: max_tokens. Use \'max_completion_tokens\' instead."}}'
    server.replies = [Reply(refuse=(400, {}, refusal)), Reply()]
    engine = RemoteEngine(server.url)
    ask(engine, max_new_tokens=9)
    ask(engine, max_new_tokens=8)
    assert [(b.get("max_tokens"), b.get("max_completion_tokens")) for b in server.asked()] == [
        (9, None), (None, 9), (None, 8)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "says"),
    [
        (401, '{"error": {"message": "Incorrect API key provided: KEY"}}', AccessError, 4, "answered 401: Incorrect API key provided: ***"),
        (403, "", AccessError, 4, "answered 403 Forbidden"),
        (404, '{"error": {"message": "The model `x` does not exist"}}', NotFoundError, 3, "does not exist"),
        (400, '{"object": "error", "message": "maximum context length is 4096 tokens"}', UsageError, 2, "4096 tokens"),
        (422, '{"detail": [{"msg": "field required", "loc": ["x"]}]}', UsageError, 2, "field required"),
        (500, "<html>\x1b[31moops</html>", HftermError, 1, "answered 500 Internal Server Error"),
        (500, '{"error": "out of \\u001b[2J memory"}', HftermError, 1, "answered 500: out of \\x1b[2J memory"),
        (502, "bad", NetworkError, 9, "answered 502: bad"),
    ],
)  # fmt: skip
def test_refusals(server: OpenAIServer, status: int, body: str, kind: type[HftermError], code: int, says: str) -> None:
    server.replies = [Reply(refuse=(status, {}, body.replace("KEY", KEY)))]
    with pytest.raises(kind) as caught:
        ask(RemoteEngine(server.url, key=KEY))
    assert caught.value.exit_code == code
    assert says in str(caught.value)
    assert KEY not in str(caught.value) and "\x1b" not in str(caught.value)


def test_a_redirect_is_not_followed_with_the_key(server: OpenAIServer) -> None:
    with openai_server() as other:
        server.replies = [Reply(refuse=(307, {"Location": other.url}, ""))]
        with pytest.raises(NotFoundError, match=r"points to '.*'; use that URL"):
            ask(RemoteEngine(server.url, key=KEY))
        assert other.requests == []


def test_a_busy_server_is_asked_again(server: OpenAIServer) -> None:
    server.replies = [Reply(refuse=(503, {"Retry-After": "0"}, '{"error": {"message": "Loading model"}}')), Reply()]
    events = ask(RemoteEngine(server.url, "m"))
    assert any(isinstance(e, Loading) and "is busy; asking again in 0 s" in e.text for e in events)
    assert text(events) == "Mara keeps it."
    server.replies = [Reply(refuse=(429, {"Retry-After": "3600"}, '{"error": {"message": "Rate limit"}}'))]
    with pytest.raises(NetworkError, match="answered 429: Rate limit; try again later"):
        ask(RemoteEngine(server.url, "m"))


def test_a_dropped_link_keeps_what_came(server: OpenAIServer) -> None:
    server.replies = [Reply(drop_after=2)]
    engine, came = RemoteEngine(server.url), []
    with pytest.raises(NetworkError, match="broke"):
        for event in engine.answer(ASK, Sampling()):
            came.append(event)
    assert text(came) == "Mara keeps"
    assert engine.state == "ready"
    # The stream ends in good order, but the answer does not.
    server.replies = [Reply(finish=None, done=False)]
    with pytest.raises(NetworkError, match="the answer is cut off"):
        ask(engine)
    server.replies = [Reply(done=False)]
    assert text(ask(engine)) == "Mara keeps it."


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'data: {"error": {"message": "CUDA out of memory"}}\n\n', "broke off: CUDA out of memory"),
        (b"data: {nonsense\n\n", "sent what is no JSON: '{nonsense'"),
    ],
)
def test_an_error_within_the_stream(server: OpenAIServer, raw: bytes, says: str) -> None:
    server.replies = [Reply(raw=raw)]
    with pytest.raises(HftermError, match=says):
        ask(RemoteEngine(server.url))


def test_some_other_web_server(server: OpenAIServer) -> None:
    server.replies = [Reply(content_type="text/html")]
    with pytest.raises(HftermError, match="does not speak OpenAI's protocol: it answered with text/html"):
        ask(RemoteEngine(server.url))


def test_an_emoji_cut_in_halves(server: OpenAIServer) -> None:
    halves = b'data: {"choices": [{"delta": {"content": "a\\ud83d"}}]}\n\ndata: {"choices": [{"delta": {"content": "\\ude00b"}}]}\r\n\r\n'
    server.replies = [Reply(raw=halves, pieces=[])]
    assert text(ask(RemoteEngine(server.url))) == "a😀b"


def test_stop_closes_the_connection(server: OpenAIServer) -> None:
    server.replies = [Reply(stall_after=2)]
    engine, events, seen = RemoteEngine(server.url), list[Event](), threading.Event()
    threading.Thread(target=lambda: (seen.wait(30), engine.stop())).start()
    for event in engine.answer(ASK, Sampling()):
        events.append(event)
        if text(events) == "Mara keeps":
            seen.set()
    assert isinstance(events[-1], Done) and (events[-1].stop, events[-1].completion_tokens) == ("stopped", 2)
    assert server.hung_up.wait(30)
    server.replies = [Reply()]
    assert text(ask(engine)) == "Mara keeps it."


def test_leaving_the_answer_closes_the_connection_too(server: OpenAIServer) -> None:
    server.replies = [Reply(stall_after=1)]
    engine = RemoteEngine(server.url)
    for event in engine.answer(ASK, Sampling()):
        if isinstance(event, Piece):
            break
    assert server.stalled.wait(30)
    # The iterator was dropped with the loop.
    assert server.hung_up.wait(30)
    assert engine.state == "ready"


def test_stop_in_a_signal_handler(server: OpenAIServer) -> None:
    server.replies = [Reply(stall_after=1)]
    engine = RemoteEngine(server.url)
    before = signal.signal(signal.SIGUSR1, lambda *_: engine.stop())
    try:
        main = threading.main_thread().ident
        assert main is not None
        threading.Thread(target=lambda: (server.stalled.wait(30), signal.pthread_kill(main, signal.SIGUSR1))).start()
        assert ask(engine)[-1].stop == "stopped"  # type: ignore[union-attr]
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_one_answer_at_a_time(server: OpenAIServer) -> None:
    server.replies = [Reply(stall_after=1)]
    engine = RemoteEngine(server.url)
    first = engine.answer(ASK, Sampling())
    next(first)
    with pytest.raises(HftermError, match="still answering"):
        next(engine.answer(ASK, Sampling()))
    engine.close()
    assert list(first)[-1].stop == "stopped"  # type: ignore[union-attr]


def test_nobody_there() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(NetworkError, match=f"nothing listens at 127.0.0.1:{port}; is the server up"):
            ask(RemoteEngine(f"http://127.0.0.1:{port}", "m"))


def test_no_tls_there(server: OpenAIServer) -> None:
    with pytest.raises(NetworkError, match="broke"):
        ask(RemoteEngine(server.url.replace("http:", "https:"), "m"))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_tls(server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    made = [*make.split(), "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"https://localhost:{server.server_port}"
    with pytest.raises(NetworkError, match=r"no trust in the certificate of localhost.*; set SSL_CERT_FILE"):
        ask(RemoteEngine(url, "m"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    server.replies = [Reply(stall_after=2)]
    engine, events = RemoteEngine(url, "m"), list[Event]()
    for event in engine.answer(ASK, Sampling()):
        events.append(event)
        if text(events) == "Mara keeps":
            engine.stop()
    assert events[-1].stop == "stopped"  # type: ignore[union-attr]
    assert server.hung_up.wait(30)


def test_which_model(server: OpenAIServer) -> None:
    server.models = ["a", "b\x1b[2J", *"cdefghijk"]
    engine = RemoteEngine(server.url)
    assert engine.models()[0] == "a"
    with pytest.raises(UsageError, match=r"has 11 models: a, b\\x1b\[2J, c, .*, \.\.\.; name one of them"):
        ask(engine)
    server.models = []
    with pytest.raises(NotFoundError, match="has no model"):
        ask(engine)
    server.models = None  # a server of one model that cannot list
    ask(engine)
    assert server.asked()[-1]["model"] == "default"


@pytest.mark.parametrize(
    ("env", "given", "sent"),
    [
        ({}, None, None),
        ({"OPENAI_API_KEY": "sk-openai"}, None, "Bearer sk-openai"),
        ({"OPENAI_API_KEY": "sk-openai", "HFTERM_API_KEY": "ours"}, None, "Bearer ours"),
        ({"HFTERM_API_KEY": "ours"}, "mine", "Bearer mine"),
    ],
)
def test_the_key(
    server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], given: str | None, sent: str | None
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    ask(RemoteEngine(server.url, key=given))
    assert {headers.get("Authorization") for _, headers, _ in server.requests} == {sent}


def test_a_key_that_cannot_be_sent(server: OpenAIServer) -> None:
    with pytest.raises(UsageError, match="cannot be sent"):
        ask(RemoteEngine(server.url, "m", key="a\nX-Evil: 1"))
    assert server.requests == []


def test_a_key_in_the_clear_is_told(server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    # A host that is not this machine, reached through a proxy that is: the test's server.
    monkeypatch.setenv("http_proxy", server.url.replace("http://", "http://user:pass@"))
    engine = RemoteEngine("http://far.example:8000", "m", key=KEY)
    with pytest.raises(NotFoundError):
        server.refuse_all = (404, {}, "")
        ask(engine)
    path, headers, _ = server.requests[0]
    assert path == "http://far.example:8000/v1/chat/completions"
    assert headers["Host"] == "far.example:8000"
    assert headers["Proxy-Authorization"] == "Basic dXNlcjpwYXNz"
    events = []
    with pytest.raises(NotFoundError):
        for event in RemoteEngine("http://far.example:8000", "m", key=KEY).answer(ASK, Sampling()):
            events.append(event)
    assert [e.text for e in events if isinstance(e, Note)] == [
        "the key goes to far.example:8000 unencrypted: it is http, not https"
    ]
    monkeypatch.setenv("no_proxy", "far.example")
    with pytest.raises(NetworkError, match="no such host"):
        ask(engine)


def test_lone_surrogates_in_a_question_are_replaced(server: OpenAIServer) -> None:
    list(RemoteEngine(server.url).answer([{"role": "user", "content": "a\ud800"}], Sampling()))
    assert json.loads(json.dumps(server.asked()[0]["messages"])) == [{"role": "user", "content": "a\ufffd"}]
