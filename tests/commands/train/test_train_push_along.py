"""Checkpoints that go to a Hub on loopback while a run works, over a link that drops; of a run that is not trained."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hfterm.runs import MARKER, Run
from hfterm.train import whole
from support.cli import Hfterm
from support.hub import Hub
from support.link import Fault, bad_link
from support.told_runs import fill, told


def checkpoint(run: Run, step: int) -> Path:
    """A checkpoint that is whole."""
    folder = run.path / "checkpoints" / f"checkpoint-{step}"
    draft = run.path / f"draft-{step}"
    fill(draft, step)
    (draft / "training_args.bin").write_bytes(b"paths and more")
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json"):
        (draft / name).write_text(f'{{"of": "{name} at {step}"}}')
    sizes = {file.name: file.stat().st_size for file in draft.iterdir()}
    marker = {"files": sizes, "digests": whole.digests(draft, sizes), "chunk": whole.CHUNK}
    (draft / MARKER).write_text(json.dumps(marker))
    draft.rename(folder)
    return folder


def until(run: Run, happened: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
    """What is said of the pushes, once it is so."""
    deadline = time.monotonic() + 240
    facts: dict[str, Any] = {}
    while time.monotonic() < deadline:
        if (run.path / "push.json").exists():
            facts = json.loads((run.path / "push.json").read_text())
            if happened(facts):
                return facts
        time.sleep(0.05)
    raise AssertionError(f"{what}: {facts}, {(run.path / 'events.jsonl').read_text()[-2000:]}")


def start(hfterm: Hfterm, env: dict[str, str], repo: str, strategy: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "hfterm.train.pusher", "demo"],
        env=hfterm.env(env), stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(json.dumps({"repo": repo, "private": None, "strategy": strategy}) + "\n")
    process.stdin.flush()
    return process


def tree(hub: Hub, repo: str, below: str = "") -> set[str]:
    rows = hub.request("GET", f"/api/models/{repo}/tree/main{below}?recursive=true").json()
    return {row["path"] for row in rows if row["type"] == "file"}


def test_they_go_as_they_come_and_again_once_the_link_is_back(hfterm: Hfterm, state: Path, hub: Hub) -> None:
    run, repo = told("demo", state="running"), hub.fresh()
    for folder in run.checkpoints().values():
        folder.rename(folder.with_name("." + folder.name))
    with bad_link(hub.url) as link:
        env = {**hub.env(), "HF_ENDPOINT": link.url}
        process = start(hfterm, env, repo, "all_checkpoints")
        checkpoint(run, 20)
        until(run, lambda facts: "20" in facts["sent"], "the first is not sent")
        link.fault = lambda asked: Fault(status=-1)
        checkpoint(run, 30)
        failed = until(run, lambda facts: "30" in facts["failed"], "nothing is said of a link that is down")
        assert list(failed["sent"]) == ["20"]
        link.fault = lambda asked: None
        checkpoint(run, 40)
        until(run, lambda facts: {"30", "40"} <= set(facts["sent"]) and not facts["failed"], "it is not tried again")
        damaged = checkpoint(run, 50)
        weights = damaged / "adapter_model.safetensors"
        weights.unlink()
        weights.write_bytes(b"weights at 51" * 100)
        facts = until(run, lambda facts: "50" in facts["failed"] or "50" in facts["sent"], "the damaged one")
        assert "checkpoint-50 is not whole" in facts["failed"]["50"]
        assert process.stdin is not None
        process.stdin.write("finish\n")
        process.stdin.close()
        assert process.wait(240) == 0
    sent = tree(hub, repo)
    assert {f"checkpoint-{step}/optimizer.pt" for step in (20, 30, 40)} <= sent and "adapter_model.safetensors" in sent
    assert not any("50" in name or name.endswith(("training_args.bin", MARKER)) for name in sent)
    assert hub.request("GET", f"/{repo}/resolve/main/adapter_model.safetensors").body == b"weights at 40" * 100
    assert not (run.path / ".push").exists()
    events = [(event["step"], "url" in event) for event in run.events() if event["event"] == "push"]
    assert (30, False) in events and (30, True) in events and events.count((20, True)) == 1


def test_a_later_one_takes_the_place_of_those_before_and_the_end_of_the_trainer_ends_it(
    hfterm: Hfterm, state: Path, hub: Hub
) -> None:
    run, repo = told("demo", state="running"), hub.fresh()
    for folder in run.checkpoints().values():
        folder.rename(folder.with_name("." + folder.name))
    for step in (20, 30):
        checkpoint(run, step)
    process = start(hfterm, hub.env(), repo, "checkpoint")
    facts = until(run, lambda facts: bool(facts["sent"]), "nothing is sent")
    assert list(facts["sent"]) == ["30"] and "last-checkpoint/optimizer.pt" in tree(hub, repo)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(240) == 0


def test_a_last_push_that_fails_is_told_as_such(hfterm: Hfterm, state: Path) -> None:
    told("demo")
    script = (
        "from hfterm import runs; from hfterm.train import push, pusher\n"
        "try: push.push_after(runs.get('demo'), push.Goal('a/b'), pusher.quiet, print)\n"
        "except Exception as exc: print(exc.exit_code, exc)"
    )
    env = hfterm.env({"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:9", "HF_TOKEN": "hf_" + "x" * 30})
    done = subprocess.run([sys.executable, "-P", "-c", script], env=env, capture_output=True, text=True, timeout=240)
    assert "7 run 'demo' is done, but was not pushed" in done.stdout, done.stderr
