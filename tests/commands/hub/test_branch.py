"""``hfterm hub branch`` and ``hfterm hub tag``."""

import json

import pytest

from support.cli import Hfterm
from support.hub import Hub


def names(hub: Hub, kind: str, repo: str) -> dict[str, str]:
    rows = hub.request("GET", f"/api/models/{repo}/refs").json()["branches" if kind == "branch" else "tags"]
    return {row["name"]: row["targetCommit"] for row in rows}


@pytest.mark.parametrize("kind", ["branch", "tag"])
def test_make_list_and_remove(hfterm: Hfterm, hub: Hub, kind: str) -> None:
    repo = hub.seed({"a": "1"})
    later = hub.commit(repo.id, {"a": "2"})
    before = names(hub, kind, repo.id)
    assert hfterm("hub", kind, repo.id, "v1", "--from", repo.sha, env=hub.env(), check=0).lines == ["v1"]
    hfterm("hub", kind, repo.id, "deep/er", "-n", env=hub.env(), check=0)
    hfterm("hub", kind, repo.id, "deep/est", env=hub.env(), check=0)
    listed = hfterm("hub", kind, repo.id, "-f", "jsonl", env=hub.env(), check=0)
    rows = {row["name"]: row["commit"] for row in map(json.loads, listed.lines)}
    assert rows == names(hub, kind, repo.id) == before | {"v1": repo.sha, "deep/est": later.sha}
    there = hfterm("hub", kind, repo.id, "v1", env=hub.env(), check=1)
    assert f"{kind} 'v1' of {repo.id} exists already" in there.stderr
    kept = json.loads(hfterm("hub", kind, repo.id, "v1", "--exist-ok", "-f", "jsonl", env=hub.env(), check=0).stdout)
    assert (kept["commit"], kept["created"]) == (repo.sha, False)
    assert "did you mean v1?" in hfterm("hub", kind, repo.id, "v", "-d", "-y", env=hub.env(), check=3).stderr
    assert "add -y" in hfterm("hub", kind, repo.id, "v1", "-d", env=hub.env(), check=2).stderr
    assert hfterm("hub", kind, repo.id, "v1", "-d", "-y", env=hub.env(), check=0).lines == ["v1"]
    assert names(hub, kind, repo.id) == before | {"deep/est": later.sha}


def test_what_cannot_be(hfterm: Hfterm, hub: Hub) -> None:
    repo = hub.seed({"a": "1"}).id
    assert "not a name for a branch" in hfterm("hub", "branch", repo, "a b", env=hub.env(), check=2).stderr
    assert "no revision 'nope'" in hfterm("hub", "tag", repo, "v1", "--from", "nope", env=hub.env(), check=3).stderr
    assert "main branch" in hfterm("hub", "branch", repo, "main", "-d", "-y", env=hub.env(), check=1).stderr
    refused = hfterm("hub", "tag", repo, "v1", env=hub.env(HF_TOKEN=str(hub.reader)), check=4)
    assert "does not permit it" in refused.stderr
    offline = hub.env(HF_ENDPOINT="http://hub.invalid", HF_HUB_OFFLINE="1")
    assert "HF_HUB_OFFLINE is set" in hfterm("hub", "tag", repo, "v1", env=offline, check=9).stderr
