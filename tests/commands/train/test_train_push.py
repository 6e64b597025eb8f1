"""``hfterm train push``, to a Hub on loopback, of runs that were not trained."""

import json
from pathlib import Path

from support.cli import Hfterm
from support.hub import Hub
from support.told_runs import RECIPE, told


def names(hub: Hub, repo: str) -> set[str]:
    return {row["path"] for row in hub.request("GET", f"/api/models/{repo}/tree/main").json()}


def test_a_run_goes_with_its_card_and_no_more_than_others_can_use(hfterm: Hfterm, state: Path, hub: Hub) -> None:
    told("demo")
    repo, env = hub.fresh(), hub.env()
    planned = hfterm("train", "push", "demo", repo, "-n", env=env, check=0)
    rows = [json.loads(line) for line in planned.lines]
    wanted = ["README.md", "adapter_config.json", "adapter_model.safetensors", "curves.svg"]
    assert [row["path"] for row in rows] == wanted and f"{repo}, or its branch, is not there yet" in planned.stderr
    assert hub.request("GET", f"/api/models/{repo}").status == 404
    made = json.loads(hfterm("train", "push", "demo", repo, "--private", "-f", "jsonl", env=env, check=0).stdout)
    assert (made["run"], made["id"], made["added"]) == ("demo", repo, 4)
    assert names(hub, repo) == {".gitattributes", *wanted}
    assert hub.request("GET", f"/api/models/{repo}").json()["private"] is True
    again = hfterm("train", "push", "demo", repo, env=env, check=0)
    assert "nothing to do: all 4 files are there already" in again.stderr and again.stdout.strip() == made["url"]
    sent = hub.request("GET", f"/{repo}/resolve/main/README.md").body.decode()
    assert "Model Card for Model ID" not in sent and "# demo" in sent
    assert hfterm("train", "push", "demo", repo, "--card", check=0).stdout == sent


def test_a_checkpoint_and_what_cannot_be_pushed(hfterm: Hfterm, state: Path, hub: Hub) -> None:
    told("demo")
    told("stopped", steps=20, state="stopped")
    repo, env = hub.fresh(), hub.env()
    hfterm("train", "push", "demo", repo, "--checkpoint", "20", env=env, check=0)
    assert hub.request("GET", f"/{repo}/resolve/main/adapter_model.safetensors").body == b"weights at 20" * 100
    assert names(hub, repo).isdisjoint({"optimizer.pt", "training_args.bin", "trainer_state.json"})
    assert "add --checkpoint best" in hfterm("train", "push", "stopped", repo, env=env, check=3).stderr
    hfterm("train", "push", "demo", hub.fresh(), env={**env, "HF_TOKEN": hub.reader or ""}, check=4)
    assert "is not a repository" in hfterm("train", "push", "demo", "./x", env=env, check=2).stderr
    gone = hfterm("train", "push", "demo", repo, env={**env, "HF_ENDPOINT": "http://127.0.0.1:9"}, check=9)
    assert "Traceback" not in gone.stderr


def test_a_sweep_pushes_its_best_run(hfterm: Hfterm, state: Path, hub: Hub, tmp_path: Path) -> None:
    for number, loss in ((1, 2.5), (2, 2.0), (3, 9.0)):
        run = told(f"grid-{number}", state="stopped" if number == 3 else "done")
        if number != 3:
            status = run.status()
            status["result"]["metrics"] = {"eval_loss": loss}
            run.write_status(status)
            (run.path / "output" / "which.txt").write_text(run.name)
    recipe = {"method": "sft", **RECIPE}
    (tmp_path / "r.json").write_text(json.dumps(recipe))
    words = ("train", "sweep", tmp_path / "r.json", "--name", "grid", "--push")
    repo, env = hub.fresh(), hub.env()
    two, three = ("--grid", "seed=1,2"), ("--grid", "seed=1,2,3")
    done = hfterm(*words, repo, "--private", *two, env=env, check=0)
    assert [json.loads(line)["run"] for line in done.lines] == ["grid-2", "grid-1"]
    assert f"run 'grid-2' is at {hub.url}/{repo}" in done.stderr
    assert hub.request("GET", f"/{repo}/resolve/main/which.txt").body == b"grid-2"
    assert hub.request("GET", f"/api/models/{repo}").json()["private"] is True
    assert json.loads((state / "grid" / "run.json").read_text())["sweep"][-3:] == ["--push", repo, "--private"]
    # One that fails (there is no such model) keeps the best of the others from nothing.
    other = hub.fresh()
    part = hfterm(*words, other, *three, "--sort", "loss", env=env, check=7)
    assert "1 of 3 runs did not come to their end: grid-3" in part.stderr
    assert hub.request("GET", f"/{other}/resolve/main/which.txt").body == b"grid-1"
    unknown = hfterm(*words, hub.fresh(), *two, "--sort", "f1", env=env, check=1)
    assert "no run has the metric 'f1' to be the best by: none was pushed" in unknown.stderr
    assert "tells of no best run" in hfterm(*words, other, *two, "--sort", "run", env=env, check=2).stderr
    assert "is for --push" in hfterm(*words[:-1], "--public", *two, env=env, check=2).stderr
    hfterm(*words, hub.fresh(), *two, env={**env, "HF_TOKEN": hub.reader or ""}, check=4)
