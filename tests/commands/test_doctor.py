"""``hfterm doctor`` as a real process, in altered environments and against a loopback endpoint."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pexpect
import pytest

from support.cli import HFTERM, Hfterm, Result
from support.fakenvml.build import Machine
from support.fakenvml.fixtures import machine, nvml_library

__all__ = ["machine", "nvml_library"]

TOKEN = "hf_" + "Ab3" * 11
ONLINE = {"HF_HUB_OFFLINE": "0"}


def checks(result: Result) -> dict[str, dict]:
    return {row["name"]: row for row in json.loads(result.stdout)}


def doctor(hfterm: Hfterm, subject: str, *args: str, **env: str) -> dict[str, dict]:
    return checks(hfterm("doctor", "-f", "json", "--only", subject, *args, env=env, check=0))


class Endpoint:
    """A Hub that answers whoami as told, and remembers what it was sent."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b'{"name": "ada"}', {}
        self.asked: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("authorization")))
                self.send_response_only(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    yield server
    server.close()


def test_rows_have_one_shape_and_nothing_fails_here(hfterm: Hfterm) -> None:
    result = hfterm("doctor", "-f", "json", check=0)
    rows = json.loads(result.stdout)
    assert all(list(row) == ["group", "name", "status", "value", "detail", "remedy"] for row in rows)
    assert {row["status"] for row in rows} <= {"ok", "info", "warn"}
    assert {"python", "hfterm", "click", "torch", "Hub cache", "endpoint", "token", "clock", "memory", "locale"} <= {
        row["name"] for row in rows
    }


def test_formats(hfterm: Hfterm) -> None:
    lines = hfterm("doctor", "--only", "python", check=0).lines
    assert json.loads(lines[0])["name"] == "python"
    table = hfterm("doctor", "-f", "table", check=0)
    assert "Python\n✓  python " in table.stdout
    assert table.stderr.rstrip().endswith(("nothing failed", "all is well"))
    assert not any(line != line.rstrip() for line in table.lines)
    assert "python" in hfterm("doctor", "-f", "quiet", "--only", "python", check=0).lines


def on_a_terminal(hfterm: Hfterm, *args: str, **env: str) -> str:
    child = pexpect.spawn(HFTERM, ["doctor", *args], env=hfterm.env(env), dimensions=(24, 80), timeout=60)
    shown: bytes = child.read()
    child.close()
    assert child.exitstatus == 0, shown
    return shown.decode()


def test_marks_on_a_terminal(hfterm: Hfterm) -> None:
    shown = on_a_terminal(hfterm, "--only", "python", "--only", "terminal")
    assert "✓" in shown and "80 x 24" in shown and "\x1b[" in shown
    shown = on_a_terminal(hfterm, "--only", "python", NO_COLOR="1")
    assert "✓" in shown and "\x1b[3" not in shown
    shown = on_a_terminal(hfterm, "--only", "python", "--only", "terminal", PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert shown.isascii() and "ok python " in shown
    assert "output is written as ascii" in shown


@pytest.mark.parametrize(
    ("env", "args", "detail"),
    [
        ({"HF_HUB_OFFLINE": "1"}, [], "not tried: HF_HUB_OFFLINE is set"),
        ({"HF_HUB_OFFLINE": "0"}, ["--offline"], "not tried: --offline"),
    ],
)
def test_offline_sends_nothing(hfterm: Hfterm, endpoint: Endpoint, env: dict, args: list[str], detail: str) -> None:
    rows = doctor(hfterm, "hub", *args, HF_ENDPOINT=endpoint.url, HF_TOKEN=TOKEN, **env)
    assert (rows["endpoint"]["status"], rows["endpoint"]["detail"]) == ("info", detail)
    assert rows["token"]["value"] == "present"
    assert endpoint.asked == []


def test_an_accepted_token(hfterm: Hfterm, endpoint: Endpoint) -> None:
    rows = doctor(hfterm, "hub", HF_ENDPOINT=endpoint.url + "/", HF_TOKEN=TOKEN, **ONLINE)
    assert endpoint.asked == [("/api/whoami-v2", f"Bearer {TOKEN}")]
    assert rows["endpoint"]["status"] == "ok"
    assert (rows["token"]["status"], rows["token"]["value"]) == ("ok", "accepted")
    assert rows["token"]["detail"] == "from $HF_TOKEN, user ada"
    assert TOKEN not in json.dumps(rows)


def test_a_refused_token(hfterm: Hfterm, endpoint: Endpoint) -> None:
    endpoint.status = 401
    rows = doctor(hfterm, "hub", HF_ENDPOINT=endpoint.url, HF_TOKEN=TOKEN, **ONLINE)
    assert rows["endpoint"]["status"] == "ok"
    assert (rows["token"]["status"], rows["token"]["value"]) == ("warn", "refused")
    assert rows["token"]["remedy"]


def test_without_a_token_none_is_sent(hfterm: Hfterm, endpoint: Endpoint) -> None:
    endpoint.status = 401
    rows = doctor(hfterm, "hub", HF_ENDPOINT=endpoint.url, **ONLINE)
    assert endpoint.asked == [("/api/whoami-v2", None)]
    assert (rows["endpoint"]["status"], rows["token"]["value"]) == ("ok", "none")


def test_a_malformed_token_is_not_sent(hfterm: Hfterm, endpoint: Endpoint) -> None:
    rows = doctor(hfterm, "hub", HF_ENDPOINT=endpoint.url, HF_TOKEN='"quoted"', **ONLINE)
    assert endpoint.asked == [("/api/whoami-v2", None)]
    assert (rows["token"]["status"], rows["token"]["value"]) == ("warn", "malformed")


def test_the_token_follows_no_redirect(hfterm: Hfterm, endpoint: Endpoint) -> None:
    endpoint.status, endpoint.headers = 302, {"location": endpoint.url + "/elsewhere"}
    doctor(hfterm, "hub", HF_ENDPOINT=endpoint.url, HF_TOKEN=TOKEN, **ONLINE)
    assert [path for path, _ in endpoint.asked] == ["/api/whoami-v2"]


@pytest.mark.parametrize("body", [b"not json", b"[1]", b'{"name": 7}'])
def test_a_strange_answer(hfterm: Hfterm, endpoint: Endpoint, body: bytes) -> None:
    endpoint.body = body
    rows = doctor(hfterm, "hub", HF_ENDPOINT=endpoint.url, HF_TOKEN=TOKEN, **ONLINE)
    assert rows["token"]["detail"] == "from $HF_TOKEN"


def test_a_broken_endpoint(hfterm: Hfterm, endpoint: Endpoint) -> None:
    endpoint.status = 503
    rows = doctor(hfterm, "hub", HF_ENDPOINT=endpoint.url, **ONLINE)
    assert (rows["endpoint"]["status"], rows["endpoint"]["detail"]) == ("warn", "answered 503")


def test_a_clock_that_is_wrong(hfterm: Hfterm, endpoint: Endpoint) -> None:
    endpoint.headers = {"date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    rows = doctor(hfterm, "hub", HF_ENDPOINT=endpoint.url, **ONLINE)
    assert rows["clock"]["status"] == "warn"
    assert "ahead of the endpoint's" in rows["clock"]["detail"]


def test_an_unreachable_endpoint_is_a_warning(hfterm: Hfterm) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound but not listening: refused
        url = f"http://user:sesame@127.0.0.1:{closed.getsockname()[1]}"
        result = hfterm("doctor", "-f", "json", "--only", "hub", env={"HF_ENDPOINT": url, **ONLINE}, check=0)
    row = checks(result)["endpoint"]
    assert row["status"] == "warn"
    assert row["detail"].startswith("cannot be reached: ")
    assert "sesame" not in result.stdout + result.stderr


def test_an_endpoint_that_never_answers_is_given_up(hfterm: Hfterm) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        rows = doctor(hfterm, "hub", HF_ENDPOINT=f"http://127.0.0.1:{silent.getsockname()[1]}", **ONLINE)
    assert rows["endpoint"]["status"] == "warn"


def test_an_endpoint_that_is_no_address(hfterm: Hfterm) -> None:
    assert doctor(hfterm, "hub", HF_ENDPOINT="hub.local", **ONLINE)["endpoint"]["remedy"] == "mend or unset HF_ENDPOINT"


def test_a_cache_that_cannot_be_written_fails_after_everything_is_shown(hfterm: Hfterm) -> None:
    subjects = ("--only", "storage", "--only", "terminal")
    result = hfterm("doctor", "-f", "json", *subjects, env={"HF_HOME": "/proc/nowhere"}, check=1)
    rows = checks(result)
    assert rows["Hub cache"]["status"] == "fail"
    assert "locale" in rows  # the last group is there
    assert result.stderr == "hfterm: 1 check failed: Hub cache\n"


def test_a_broken_settings_file_is_named(hfterm: Hfterm) -> None:
    path = hfterm.home / "hfterm" / "config.toml"
    path.parent.mkdir()
    path.write_text("format = \n")
    row = doctor(hfterm, "python")["settings"]
    assert row["status"] == "warn"
    assert str(path) in row["detail"]


@pytest.mark.parametrize(
    ("env", "name", "status", "value"),
    [
        ({"TERM": "dumb"}, "TERM", "info", "dumb"),
        ({"TERM": "xterm-256color"}, "TERM", "ok", "xterm-256color"),
        ({"LC_ALL": "", "LANG": "C"}, "locale", "info", "C"),
        ({"LC_ALL": "C"}, "locale", "info", "C"),
        ({"LC_ALL": "de_DE.UTF-8"}, "locale", "ok", "de_DE.UTF-8"),
        ({"NO_COLOR": "1"}, "colours", "info", "off"),
        ({"FORCE_COLOR": "1", "COLORTERM": "truecolor"}, "colours", "info", "16 million"),
        ({"TMUX": "/tmp/tmux-0/default,1,0"}, "multiplexer", "info", "tmux"),
        ({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "ssh", "info", "yes"),
    ],
)
def test_the_terminal(hfterm: Hfterm, env: dict, name: str, status: str, value: str) -> None:
    row = doctor(hfterm, "terminal", **env)[name]
    assert (row["status"], row["value"]) == (status, value)


def test_gpus_and_their_driver(hfterm: Hfterm, machine: Machine) -> None:
    machine.set(gpus=3, fail="nvmlDeviceGetHandleByIndex_v2@1:15")
    rows = doctor(hfterm, "accelerators", **machine.env)
    assert (rows["NVIDIA driver"]["value"], rows["NVIDIA driver"]["detail"]) == ("570.86.15", "up to CUDA 12.8")
    assert rows["GPU 0,2"]["value"] == "NVIDIA H100 80GB HBM3, 80.0 GiB each"
    assert rows["GPU 1"]["status"] == "warn"
    assert rows["torch devices"]["status"] == "warn"  # torch itself finds no such GPU


@pytest.mark.parametrize(("code", "value"), [(18, "not usable"), (4, "not usable"), (9, "not running")])
def test_a_driver_that_does_not_work_is_a_warning(hfterm: Hfterm, machine: Machine, code: int, value: str) -> None:
    machine.set(fail=f"nvmlInitWithFlags:{code}")
    row = doctor(hfterm, "accelerators", **machine.env)["NVIDIA driver"]
    assert (row["status"], row["value"]) == ("warn", value)
    assert row["remedy"]


def test_secrets_are_in_no_output(hfterm: Hfterm) -> None:
    env = {"HF_TOKEN": TOKEN, "HTTPS_PROXY": "http://me:sesame@127.0.0.1:9", "ALL_PROXY": "http://key123@127.0.0.1:9"}
    for form in ("table", "json"):
        result = hfterm("doctor", "-f", form, "--only", "hub", env=env, check=0)
        assert not any(secret in result.stdout + result.stderr for secret in (TOKEN, "sesame", "key123"))


def test_torch_stays_out_of_this_process(hfterm: Hfterm) -> None:
    result = hfterm("doctor", "-f", "json", env={"PYTHONPROFILEIMPORTTIME": "1"}, check=0)
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in result.stderr.splitlines()}
    assert "psutil" in loaded
    assert loaded.isdisjoint({"torch", "transformers", "textual", "datasets"})
