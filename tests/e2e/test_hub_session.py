"""A day with the shared Hub, as one session of real processes: hfterm, transformers and datasets; Xet off, then on."""

import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.hub import Hub, running
from support.tiny import tiny_model

pytestmark = pytest.mark.slow
# Names of what an unfinished download may leave behind.
LEFT_OVER = ("*.incomplete*", "*.part*", "*.tmp*", "tmp*")
KILLS = 25

LOAD = """
import sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
repo, revision, mine = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(repo, revision=revision)
tokenizer = AutoTokenizer.from_pretrained(repo, revision=revision)
ids = tokenizer("who keeps the lighthouse", return_tensors="pt")
print(float(model(**ids).logits.sum()))
model.push_to_hub(mine)
tokenizer.push_to_hub(mine)
again = AutoModelForCausalLM.from_pretrained(mine)
assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))
assert AutoTokenizer.from_pretrained(mine).vocab_size == tokenizer.vocab_size
"""
DATA = """
import sys
from datasets import Dataset, DatasetDict, load_dataset
repo = sys.argv[1]
rows = [{"n": n, "text": f"row {n} ä"} for n in range(2000)]
DatasetDict({"train": Dataset.from_list(rows), "test": Dataset.from_list(rows[:10])}).push_to_hub(repo, private=True)
streamed = load_dataset(repo, split="train", streaming=True)
assert list(streamed) == rows
assert load_dataset(repo, split="test").to_list() == rows[:10]
Dataset.from_list(rows[:3]).push_to_hub(repo, split="validation")
assert sorted(load_dataset(repo)) == ["test", "train", "validation"]
print("streamed", len(rows))
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running(tmp_path_factory.mktemp("served") / "store") as hub:
        yield hub


def python(env: dict[str, str], cwd: Path, code: str, *args: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *args], env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("xet", [False, True], ids=["plain", "xet"])
def test_a_session(served: Hub, hfterm: Hfterm, tmp_path: Path, xet: bool) -> None:
    env, repo, seen = served.env(xet=xet), f"team/story-{'xet' if xet else 'plain'}", len(served.log)

    def hub(*args: str | Path, code: int = 0, home: Path | None = None) -> str:
        return (Hfterm(home) if home else hfterm)("hub", *args, env=env, check=code).stdout

    # A model folder with a file of 12 MB goes to a new repository.
    assert rows(hub("whoami"))[0]["name"] == "tester"
    folder = tiny_model(tmp_path / "model")
    big = random.Random(int(xet)).randbytes(12_000_000)
    (folder / "extra.bin").write_bytes(big)
    (folder / "notes").mkdir()
    (folder / "notes/über uns.txt").write_text("first\n")
    assert hub("create", repo, "--private").strip() == repo
    assert f"/{repo}/commit/" in hub("put", repo, folder, "-m", "First")
    sizes = {str(p.relative_to(folder)): p.stat().st_size for p in folder.rglob("*") if p.is_file()}
    listed = {r["path"]: r["size"] for r in rows(hub("ls", "-R", repo)) if r["type"] == "file"}
    assert listed.pop(".gitattributes") and listed == sizes
    assert rows(hub("info", repo))[0]["private"] is True
    assert hub("cat", repo, "notes/über uns.txt") == "first\n"

    # A tag, a change, and what differs.
    hub("tag", repo, "v1", "-m", "As it began")
    assert hub("diff", repo, folder, "--exit-code") == ""
    (folder / "notes/über uns.txt").write_text("second\n")
    (folder / "new.json").write_text("{}")
    hub("put", repo, folder, "-m", "Second")
    changes = {r["path"]: r["change"] for r in rows(hub("diff", f"{repo}@v1", "@main"))}
    assert changes == {"notes/über uns.txt": "changed", "new.json": "added"}
    assert "-first\n+second\n" in hub("diff", f"{repo}@v1", "@main", "-p")

    # Another machine's cache; then one that is killed again and again.
    other = tmp_path / "other"
    other.mkdir()
    began = time.monotonic()
    got = Path(hub("get", f"{repo}@v1", home=other).strip())
    took = time.monotonic() - began
    found = {str(p.relative_to(got)): p.stat().st_size for p in got.rglob("*") if p.is_file()}
    assert found.pop(".gitattributes") and found == sizes
    assert (got / "extra.bin").read_bytes() == big and (got / "notes/über uns.txt").read_text() == "first\n"
    killed_at_random_points(Hfterm(tmp_path / "poor"), env, repo, sizes, hashlib.sha256(big).hexdigest(), took)

    # transformers loads it and pushes it on; datasets pushes and streams.
    process = hfterm.env({**env, "HF_TOKEN": str(served.token)})
    assert python(process, tmp_path, LOAD, repo, "v1", f"{repo}-pushed")
    pushed = {r["path"] for r in rows(hub("ls", f"{repo}-pushed"))}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= pushed
    assert python(process, tmp_path, DATA, f"{repo}-rows") == "streamed 2000"
    assert rows(hub("info", "-t", "dataset", f"{repo}-rows"))[0]["private"] is True

    # Branches, removal, another name.
    hub("branch", repo, "dev", "--from", "v1")
    assert {r["name"] for r in rows(hub("branch", repo))} == {"main", "dev"}
    hub("rm", repo, "notes", "-y")
    assert not [r for r in rows(hub("ls", "-R", repo)) if str(r["path"]).startswith("notes")]
    hub("move", repo, f"{repo}-moved")
    assert {r["id"] for r in rows(hub("search", "story", "-n", "50"))} >= {f"{repo}-moved", f"{repo}-pushed"}
    hub("info", repo, code=3)
    hub("rm", "--repo", f"{repo}-moved", "-y")
    hub("info", f"{repo}-moved", code=3)

    lines = served.requests(seen)
    assert any("/v1/shards 200" in line for line in lines) == xet
    assert not [line for line in lines if line.split()[-3].startswith("5")], "the server failed"


def killed_at_random_points(
    hfterm: Hfterm, env: dict[str, str], repo: str, sizes: dict[str, int], sha256: str, took: float
) -> None:
    """Kill ``hub get`` wherever it is, many times; the end must be whole and clean."""
    hfterm.home.mkdir()
    dice = random.Random(repo)
    ended = 0
    for n in range(KILLS):
        args: list[str | Path] = ["hub", "get", f"{repo}@v1", "--workers", "2"]
        if n % 5 == 4:  # and into a folder
            args += ["--to", hfterm.home / "out"]
        with hfterm.popen(*args, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(dice.uniform(0.2, 1.1) * took)
                ended += 1
            except subprocess.TimeoutExpired:
                process.kill()
    for args in (["get", f"{repo}@v1"], ["get", f"{repo}@v1", "--to", str(hfterm.home / "out")]):
        place = Path(hfterm("hub", *args, env=env, check=0).stdout.strip())
        found = {
            str(p.relative_to(place)): p.stat().st_size
            for p in place.rglob("*")
            if p.is_file() and ".cache" not in p.parts
        }
        assert found.pop(".gitattributes") and found == sizes
        assert hashlib.sha256((place / "extra.bin").read_bytes()).hexdigest() == sha256
    everything = [p for top in ("hf", "out") for pattern in LEFT_OVER for p in (hfterm.home / top).rglob(pattern)]
    assert everything == [], f"left over after {KILLS - ended} kills"
