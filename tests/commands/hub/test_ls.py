"""``hfterm hub ls`` as a process."""

import json
import os
import subprocess
import threading
from itertools import islice
from pathlib import Path

from support.cli import HFTERM, Hfterm
from support.faulty import Asked, Reply, faulty, file_row
from support.hub import Hub
from support.ptys import Pty

TREE = "/api/models/o/n/tree/main"
ODD = ["../../etc/passwd", "new\nline", "esc\x1b[31m\x1b]0;title\x07", "\u202egnp.exe", "ü/\u2028", '"quoted"', " "]


def test_a_hundred_thousand_files_stream(hfterm: Hfterm) -> None:
    seen = threading.Event()

    def page(asked: Asked) -> Reply:
        number = int(asked.query.get("p", ["0"])[0])
        if number:  # the second page is held back until the rows of the first have been read
            assert seen.wait(120)
        rows = [file_row(f"data/{number}/{i:06d}.bin", i) for i in range(5000)]
        return Reply(json=rows, headers={"Link": f'<{TREE}?p={number + 1}>; rel="next"'} if number < 19 else {})

    with (
        faulty({TREE: page}) as server,
        hfterm.popen("hub", "ls", "o/n", "-R", env=server.env(), stdout=-1, stderr=-1) as child,
    ):
        assert child.stdout and child.stderr
        first = [json.loads(line)["path"] for line in islice(child.stdout, 5000)]
        seen.set()
        rest = sum(1 for _ in islice(child.stdout, 94_000))
        # The last page is on its way: the process lives, and its memory can be looked at.
        status = Path(f"/proc/{child.pid}/status").read_text()
        rest += sum(1 for _ in child.stdout)
        assert child.stderr.read() == b"" and child.wait(120) == 0
    assert len(first) + rest == 100_000 and server.asked[-1].query["p"] == ["19"]
    peak = int(status.partition("VmHWM:")[2].split()[0])
    assert peak < 100_000  # KiB; Python with the Hub's client takes 40,000


def test_head_ends_it(hfterm: Hfterm) -> None:
    rows = [file_row(f"{i}") for i in range(20_000)]
    with faulty({TREE: Reply(json=rows)}) as server:
        env = hfterm.env(server.env(PATH=f"{Path(HFTERM).parent}:{os.environ['PATH']}"))
        script = 'hfterm hub ls o/n -f csv | head -1; echo "${PIPESTATUS[0]}"'
        done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("path,type,size,etag,lfs\n141\n", "")


def test_names_that_hurt_are_shown_and_kept_exactly(hfterm: Hfterm) -> None:
    with faulty({TREE: Reply(json=[file_row(name) for name in ODD])}) as server:
        exact = json.loads(hfterm("hub", "ls", "o/n", "-f", "json", env=server.env(), check=0).stdout)
        assert [row["path"] for row in exact] == ODD
        quiet = hfterm("hub", "ls", "o/n", "-f", "quiet", env=server.env(), check=0).stdout
        assert quiet.count("\n") == len(ODD) and "\x1b" not in quiet
        for options in ([], ["-R"]):
            with Pty([HFTERM, "hub", "ls", "o/n", *options], env=hfterm.env(server.env()), size=(100, 30)) as pty:
                assert pty.wait_exit() == 0
                assert r"new\nline" in pty.screen.text and r"esc\x1b[31m\x1b]0;title\x07" in pty.screen.text
                assert b"\x1b[31m" not in pty.raw and b"\x1b]0;" not in pty.raw and "\u202e".encode() not in pty.raw


def test_a_real_repository(hfterm: Hfterm, hub: Hub) -> None:
    made = hub.seed({"config.json": "{}", "data/a.csv": "1", "data/b.csv": "22", "w.bin": b"x" * 5}, large=("w.bin",))
    rows = [json.loads(line) for line in hfterm("hub", "ls", made.id, env=hub.env(), check=0).lines]
    assert [(r["path"], r["type"], r["size"], r["lfs"]) for r in rows if r["path"][0] != "."] == [
        ("config.json", "file", 2, False), ("data", "folder", None, None), ("w.bin", "file", 5, True)
    ]  # fmt: skip
    inner = hfterm("hub", "ls", made.id, "data", "-l", "-f", "json", env=hub.env(), check=0).stdout
    assert [(r["path"], r["title"], r["commit"]) for r in json.loads(inner)] == [
        (f"data/{n}.csv", "Seed", made.sha) for n in "ab"
    ]
    assert (
        hfterm("hub", "ls", "-f", "quiet", stdin=f"{made.id}@{made.sha}\n", env=hub.env(), check=0).lines[-1] == "w.bin"
    )
    with Pty([HFTERM, "hub", "ls", "-R", made.id], env=hfterm.env(hub.env()), size=(80, 12)) as pty:
        assert pty.wait_exit() == 0
        assert "├─ data/  3 B" in pty.screen.text and "│  └─ b.csv  2 B" in pty.screen.text


def test_what_is_not_there(hfterm: Hfterm, hub: Hub) -> None:
    made = hub.seed({"data/a.csv": "1"}, "team/quite-a-name")
    hub.seed({}, "team/hidden", private=True)
    env = hub.env()
    for args, code, said in (
        ([made.id, "dota"], 3, "no 'dota' in team/quite-a-name; "),
        ([f"{made.id}@mian"], 3, "team/quite-a-name has no revision 'mian'; it has main"),
        (["team/quite-a-nam"], 3, "no model 'team/quite-a-nam' on the Hub; did you mean team/quite-a-name?"),
    ):
        result = hfterm("hub", "ls", *args, env=env)
        assert (result.code, result.stdout) == (code, "") and said in result.stderr, result.stderr
    anonymous = hfterm("hub", "ls", "team/hidden", env={**env, "HF_TOKEN": "hf_" + "wrong" * 7})
    assert anonymous.code in (3, 4) and "hfterm hub login" in anonymous.stderr and "wrongwrong" not in anonymous.stderr
