"""``hfterm hub rm``: files, and whole repositories."""

import json

from support.cli import Hfterm
from support.hub import Hub, Seeded


def paths(hub: Hub, repo: Seeded) -> set[str]:
    rows = hub.request("GET", f"/api/models/{repo.id}/tree/main?recursive=true").json()
    return {row["path"] for row in rows if row["type"] == "file"}


def test_files_and_folders_go_in_one_commit(hfterm: Hfterm, hub: Hub) -> None:
    repo = hub.seed({"a.txt": "a", "b.txt": "bb", "sub/c.bin": "ccc", "sub/deep/d.bin": "d", "keep": "k"})
    told = hfterm("hub", "rm", repo.id, "sub", "*.txt", "-n", "-f", "jsonl", env=hub.env(), check=0)
    sizes = {row["path"]: row["size"] for row in map(json.loads, told.lines)}
    assert sizes == {"a.txt": 1, "b.txt": 2, "sub/c.bin": 3, "sub/deep/d.bin": 1}
    asked = hfterm("hub", "rm", repo.id, "sub", env=hub.env(), check=2)
    assert "add -y" in asked.stderr
    assert len(paths(hub, repo)) == 6
    done = hfterm("hub", "rm", repo.id, "sub", "*.txt", "-y", "-m", "Tidy", env=hub.env(), check=0)
    assert paths(hub, repo) == {".gitattributes", "keep"}
    commit = hub.request("GET", f"/api/models/{repo.id}/commits/main").json()[0]
    assert commit["title"] == "Tidy" and done.lines == [f"{hub.url}/{repo.id}/commit/{commit['id']}"]


def test_a_file_that_is_not_there_says_what_is_near(hfterm: Hfterm, hub: Hub) -> None:
    repo = hub.seed({"config.json": "{}"})
    assert hfterm("hub", "rm", repo.id, "*", "-n", "-f", "quiet", env=hub.env(), check=0).lines == ["config.json"]
    done = hfterm("hub", "rm", repo.id, "confg.json", "-y", env=hub.env(), check=3)
    assert "did you mean config.json?" in done.stderr
    assert paths(hub, repo) == {".gitattributes", "config.json"}


def test_a_proposal_needs_no_yes_and_changes_nothing_yet(hfterm: Hfterm, hub: Hub) -> None:
    repo = hub.seed({"a": "1"})
    done = hfterm("hub", "rm", repo.id, "a", "--pr", env=hub.env(), check=0)
    assert done.stdout.endswith("/discussions/1\n") and "a" in paths(hub, repo)


def test_a_branch_that_moved_on_stays(hfterm: Hfterm, hub: Hub) -> None:
    repo = hub.seed({"a": "1"})
    hub.commit(repo.id, {"b": "2"})
    done = hfterm("hub", "rm", repo.id, "a", "-y", "--parent", repo.sha, env=hub.env(), check=1)
    assert "was changed by someone else" in done.stderr and "a" in paths(hub, repo)


def test_a_whole_repository(hfterm: Hfterm, hub: Hub) -> None:
    repo = hub.seed({"a": "12345"})
    told = json.loads(hfterm("hub", "rm", "--repo", repo.id, "-n", "-f", "jsonl", env=hub.env(), check=0).stdout)
    assert (told["id"], told["files"]) == (repo.id, 2) and told["size"] > 5
    hfterm("hub", "rm", "--repo", repo.id, env=hub.env(), check=2)
    refused = hfterm("hub", "rm", "--repo", repo.id, "-y", env=hub.env(HF_TOKEN=str(hub.reader)), check=4)
    assert "does not permit it" in refused.stderr
    assert hfterm("hub", "rm", "--repo", repo.id, "-y", env=hub.env(), check=0).lines == [repo.id]
    assert hub.request("GET", f"/api/models/{repo.id}").status == 404
    hfterm("hub", "rm", "--repo", repo.id, "-y", env=hub.env(), check=3)


def test_nothing_named_removes_nothing(hfterm: Hfterm, hub: Hub) -> None:
    assert "--repo" in hfterm("hub", "rm", "a/b", "-y", env=hub.env(), check=2).stderr
    hfterm("hub", "rm", "a/b", "--repo", "file", "-y", env=hub.env(), check=2)
