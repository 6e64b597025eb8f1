"""``hfterm hub search``, ``info`` and ``card``: what is found is piped on."""

import json
import threading

from support.cli import HFTERM, Hfterm
from support.faulty import Asked, Reply, faulty
from support.hub import Hub
from support.ptys import Pty


def test_pages_come_as_they_come_and_pipe_into_info(hfterm: Hfterm) -> None:
    seen = threading.Event()

    def page(asked: Asked) -> Reply:
        number = int(asked.query.get("p", ["0"])[0])
        assert number == 0 or seen.wait(120)
        link = {"Link": f'</api/datasets?p={number + 1}>; rel="next"'} if number < 2 else {}
        return Reply(json=[{"id": f"o/{number}-{i}"} for i in range(3)], headers=link)

    with faulty(
        {
            "/api/datasets": page,
            "/api/datasets/o/0-0/revision/main": Reply(json={"id": "o/0-0", "cardData": {"license": "mit"}}),
        }
    ) as server:
        with hfterm.popen("hub", "search", "-t", "dataset", "-f", "quiet", env=server.env(), stdout=-1) as child:
            assert child.stdout
            assert child.stdout.readline() == b"o/0-0\n"
            seen.set()
            assert child.stdout.read().count(b"\n") == 8 and child.wait(120) == 0
        rows = hfterm("hub", "info", stdin='datasets/o/0-0\n{"id": "o/gone", "type": "dataset"}\n', env=server.env())
        assert json.loads(rows.lines[0])["license"] == "mit"
        assert rows.code == 7 and "1 of 2 repositories could not be asked about: " in rows.stderr


def test_on_a_terminal(hfterm: Hfterm, hub: Hub) -> None:
    made = hub.seed(
        {"README.md": "---\nlicense: mit\npipeline_tag: fill-mask\n---\n# Some *card*\n\nx\x1b[2Jy"}, "team/for-search"
    )
    env = hfterm.env(hub.env())
    with Pty([HFTERM, "hub", "search", "for-search"], env=env, size=(100, 10)) as pty:
        assert pty.wait_exit() == 0 and "team/for-search" in pty.screen.text and "fill-mask" in pty.screen.text
    with Pty([HFTERM, "hub", "card", made.id], env=env, size=(60, 20)) as pty:
        assert pty.wait_exit() == 0 and "license: mit" in pty.screen.text and "Some card" in pty.screen.text
        assert b"\x1b[2J" not in pty.raw
    assert hfterm("hub", "card", made.id, env=hub.env(), check=0).stdout.startswith("---\nlicense: mit\n")
    record = json.loads(hfterm("hub", "card", made.id, "-f", "json", env=hub.env(), check=0).stdout)
    assert record["data"]["license"] == "mit" and "x\x1b[2Jy" in record["content"]
    facts = json.loads(hfterm("hub", "info", made.id, "--files", env=hub.env(), check=0).stdout)
    assert (facts["task"], facts["license"], facts["sha"]) == ("fill-mask", "mit", made.sha)
    assert [f["path"] for f in facts["siblings"] if f["path"][0] != "."] == ["README.md"]
    empty = hub.seed({}, "team/no-card")
    assert (
        hfterm("hub", "card", empty.id, env=hub.env(), check=3).stderr
        == "hfterm: team/no-card has no card (README.md)\n"
    )


def test_read_only_and_offline(hfterm: Hfterm, vast) -> None:  # type: ignore[no-untyped-def]
    env, offline = vast.hub.env(), {"HF_HOME": str(vast.home), "HF_HUB_OFFLINE": "1"}
    online = hfterm("hub", "card", vast.id, env=env, check=0)
    cached = hfterm("hub", "card", vast.id, env=offline, check=0)
    assert online.stdout == cached.stdout and online.stderr == "" and "from the cache" in cached.stderr
    rows = json.loads(hfterm("hub", "search", "VAST", "-f", "json", env=offline, check=0).stdout)
    assert rows == [{"id": vast.id, "type": "model", "from": "cache"}]
    facts = json.loads(hfterm("hub", "info", vast.id, env=offline, check=0).stdout)
    assert (facts["from"], facts["files"], facts["partial"]) == ("cache", 5, None)
    listed = hfterm("hub", "ls", vast.id, "-f", "csv", env=env, check=0).stdout
    assert hfterm("hub", "ls", vast.id, "-f", "csv", env=offline, check=0).stdout.split() == listed.split()
    gone = hfterm("hub", "info", "team/vats", env=offline, check=3)
    assert gone.stderr.splitlines()[-1].startswith(
        "hfterm: hf://team/vats is not in the cache, and HF_HUB_OFFLINE is set; "
    )
