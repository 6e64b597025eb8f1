"""``hfterm hub create`` and ``hfterm hub move``."""

import json

import pytest

from support.cli import Hfterm
from support.hub import Hub


def test_make_one_and_another_of_that_name(hfterm: Hfterm, hub: Hub) -> None:
    repo = hub.fresh()
    assert hfterm("hub", "create", repo, "-n", env=hub.env(), check=0).lines == [repo]
    assert hub.request("GET", f"/api/models/{repo}").status == 404
    assert hfterm("hub", "create", repo, "--private", env=hub.env(), check=0).lines == [repo]
    assert hub.request("GET", f"/api/models/{repo}").json()["private"] is True
    assert "exists already; --exist-ok" in hfterm("hub", "create", repo, env=hub.env(), check=1).stderr
    again = hfterm("hub", "create", repo, "--exist-ok", "-f", "jsonl", env=hub.env(), check=0)
    assert json.loads(again.stdout) == {"id": repo, "type": "model", "url": f"{hub.url}/{repo}", "created": False}


def test_several_from_standard_input_of_a_kind(hfterm: Hfterm, hub: Hub) -> None:
    one, two = hub.fresh("data"), hub.fresh("data")
    done = hfterm("hub", "create", "-t", "dataset", stdin=f"{one}\n{two}\n{one}\n", env=hub.env(), check=7)
    assert done.lines == [one, two]
    assert hub.request("GET", f"/api/datasets/{two}").status == 200


def test_a_name_without_an_owner_is_ones_own(hfterm: Hfterm, hub: Hub) -> None:
    assert hfterm("hub", "create", "mine", env=hub.env(), check=0).lines == ["tester/mine"]


@pytest.mark.parametrize(
    ("args", "said"),
    [(["a b"], "not a Hub reference"), (["a/b@c"], "names more than a repository"), (["a/b", "-t", "space"], "--sdk")],
)
def test_what_cannot_be_made(hfterm: Hfterm, hub: Hub, args: list[str], said: str) -> None:
    assert said in hfterm("hub", "create", *args, env=hub.env(), check=2).stderr


def test_without_the_right(hfterm: Hfterm, hub: Hub) -> None:
    repo = hub.fresh()
    wrong = "hf_" + "x" * 34
    for token, said in ((str(hub.reader), "does not permit it"), (wrong, "log in"), ("", "log in")):
        done = hfterm("hub", "create", repo, env=hub.env(HF_TOKEN=token), check=4)
        assert said in done.stderr and wrong not in done.stderr
    assert hub.request("GET", f"/api/models/{repo}").status == 404


def test_move(hfterm: Hfterm, hub: Hub) -> None:
    old, new, taken = hub.seed({"a": "1"}).id, hub.fresh("moved"), hub.seed().id
    assert hfterm("hub", "move", old, new, "-n", env=hub.env(), check=0).lines == [new]
    assert "exists already" in hfterm("hub", "move", old, taken, env=hub.env(), check=1).stderr
    made = json.loads(hfterm("hub", "move", old, new, "-f", "jsonl", env=hub.env(), check=0).stdout)
    assert (made["id"], made["from"]) == (new, old)
    assert hub.request("GET", f"/{new}/resolve/main/a").body == b"1"
    assert "no model 'team/none'" in hfterm("hub", "move", "team/none", new, env=hub.env(), check=3).stderr
    assert "no owner" in hfterm("hub", "move", new, "short", env=hub.env(), check=2).stderr
