"""``hfterm hub put``, as a user runs it, against a Hub that runs."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from support.cli import Hfterm, Result
from support.counting import Wire
from support.hub import Hub
from support.link import Fault, bad_link

AGO = time.time() - 3600


def write(path: Path, data: str | bytes) -> Path:
    """A file that was written an hour ago: what changes later shows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(path, (AGO, AGO))
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder as training leaves it."""
    write(tmp_path / "out" / "config.json", '{"a": 1}\n')
    write(tmp_path / "out" / "weights.bin", os.urandom(3_000_000))
    write(tmp_path / "out" / "logs" / "run.txt", "one\ntwo\n")
    write(tmp_path / "out" / "empty", "")
    return tmp_path / "out"


def files(hub: Hub, repo: str, revision: str = "main") -> dict[str, int]:
    """Path and size of what the Hub has, besides .gitattributes."""
    rows = hub.request("GET", f"/api/models/{repo}/tree/{revision}?recursive=true").json()
    return {row["path"]: row["size"] for row in rows if row["type"] == "file" and row["path"] != ".gitattributes"}


def content(hub: Hub, repo: str, path: str) -> bytes:
    return hub.request("GET", f"/{repo}/resolve/main/{path}").body


def commits(hub: Hub, repo: str) -> list[str]:
    return [row["title"] for row in hub.request("GET", f"/api/models/{repo}/commits/main").json()]


def test_a_folder_goes_once(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.fresh()
    first = hfterm("hub", "put", repo, out, "--create", "--private", "-m", "All of it", env=hub.env(), check=0)
    assert first.lines == [f"{hub.url}/{repo}/commit/{sha_of(hub, repo)}"]
    assert files(hub, repo) == {"config.json": 9, "empty": 0, "logs/run.txt": 8, "weights.bin": 3_000_000}
    assert content(hub, repo, "weights.bin") == (out / "weights.bin").read_bytes()
    assert hub.request("GET", f"/api/models/{repo}").json()["private"] is True
    assert commits(hub, repo)[0] == "All of it"
    with Wire(hub.url) as wire:
        env = hub.env() | {"HF_ENDPOINT": wire.url}
        again = json.loads(hfterm("hub", "put", repo, out, "-f", "jsonl", env=env, check=0).stdout)
    assert (again["unchanged"], again["commits"], again["sent_bytes"], again["commit"]) == (4, 0, 0, sha_of(hub, repo))
    assert wire.up < 100_000


def sha_of(hub: Hub, repo: str) -> str:
    return str(hub.request("GET", f"/api/models/{repo}").json()["sha"])


def test_a_dry_run_tells_all_and_does_nothing(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.seed(
        {"config.json": '{"a": 2}\n', "logs/run.txt": "one\ntwo\n", "old/x.txt": "x", ".gitignore": "empty\n"}
    )
    args = ("hub", "put", repo.id, out, "--delete", "old/*", "--delete", "*.json")
    told = hfterm(*args, "-n", "-f", "jsonl", env=hub.env(), check=0)
    rows = {row["path"]: (row["action"], row["size"], row["old_size"]) for row in map(json.loads, told.lines)}
    assert rows == {
        "config.json": ("change", 9, 9),
        "empty": ("ignored", 0, None),
        "old/x.txt": ("delete", None, 1),
        "weights.bin": ("add", 3_000_000, None),
    }
    assert "1 are there already" in told.stderr
    assert sha_of(hub, repo.id) == repo.sha
    made = json.loads(hfterm(*args, "-f", "jsonl", env=hub.env(), check=0).stdout)
    done = {key: made[key] for key in ("added", "changed", "deleted", "unchanged", "ignored", "commits")}
    assert done == {"added": 1, "changed": 1, "deleted": 1, "unchanged": 1, "ignored": 1, "commits": 1}
    assert files(hub, repo.id).keys() == {".gitignore", "config.json", "logs/run.txt", "weights.bin"}


def test_a_dry_run_makes_no_repository(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.fresh()
    told = hfterm("hub", "put", repo, out, "--create", "-n", "-f", "quiet", env=hub.env(), check=0)
    assert told.lines == ["config.json", "empty", "logs/run.txt", "weights.bin"]
    assert hub.request("GET", f"/api/models/{repo}").status == 404


def test_where_things_go(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.seed().id

    def planned(*args: str | Path, stdin: str | None = None) -> list[str]:
        done = hfterm("hub", "put", repo, *args, "-n", "-f", "quiet", env=hub.env(), cwd=out, stdin=stdin, check=0)
        return done.lines

    assert planned("config.json", "--to", "as/this.json") == ["as/this.json"]
    assert planned("config.json", "--to", "as/") == ["as/config.json"]
    assert planned("config.json", "logs", "--to", "x") == ["x/config.json", "x/run.txt"]
    assert planned(stdin="./logs/run.txt\nconfig.json\n") == ["config.json", "logs/run.txt"]
    assert planned(".", "--include", "*.txt", "--include", "*.json", "--exclude", "logs/") == ["config.json"]


def test_two_files_for_one_path_are_a_mistake(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    write(out.parent / "config.json", "{}")
    done = hfterm("hub", "put", "a/b", out / "config.json", out.parent / "config.json", env=hub.env(), check=2)
    assert "would both become config.json" in done.stderr


def test_what_stays_here(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    write(out / ".git" / "config", "x")
    write(out / ".cache" / "huggingface" / "x", "x")
    write(out / ".env", "A=b")
    write(out / "note.txt", f"my token is {hub.token}")
    os.symlink(out / "logs", out / "linked")
    os.symlink(out / "config.json", out / "link.json")
    repo = hub.seed().id
    done = hfterm("hub", "put", repo, out, "-n", "-f", "quiet", env=hub.env(), check=0)
    assert done.lines == ["config.json", "empty", "link.json", "logs/run.txt", "weights.bin"]
    for said in (".env: its name", "note.txt: it holds a token", "linked: it is a link to a folder"):
        assert said in done.stderr
    assert str(hub.token) not in done.stdout + done.stderr
    all_ = hfterm("hub", "put", repo, out, "-n", "-f", "quiet", "--secrets", env=hub.env(), check=0)
    assert {".env", "note.txt"} <= set(all_.lines) and ".git/config" not in all_.lines


def test_a_proposal(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.seed({"a": "1"})
    done = hfterm("hub", "put", repo.id, out, "--pr", "-f", "jsonl", env=hub.env(xet=True), check=0)
    made = json.loads(done.stdout)
    assert made["revision"] == "refs/pr/1" and made["url"].endswith(f"{repo.id}/discussions/1")
    assert sha_of(hub, repo.id) == repo.sha
    assert files(hub, repo.id, "refs%2Fpr%2F1").keys() == {"a", "config.json", "empty", "logs/run.txt", "weights.bin"}


def test_a_branch_that_moved_on(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.seed({"a": "1"})
    moved = hub.commit(repo.id, {"a": "2"})
    done = hfterm("hub", "put", repo.id, out, "--parent", repo.sha, env=hub.env(), check=1)
    assert "was changed by someone else meanwhile" in done.stderr and repo.sha in done.stderr
    assert sha_of(hub, repo.id) == moved.sha
    hfterm("hub", "put", repo.id, out, "--parent", moved.sha, env=hub.env(), check=0)


def test_a_file_becomes_a_folder(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.seed({"logs": "was a file", "gone": "x"})
    hfterm("hub", "put", repo.id, out, "--delete", "*", env=hub.env(), check=0)
    assert files(hub, repo.id).keys() == {"config.json", "empty", "logs/run.txt", "weights.bin"}


def test_many_files_in_several_commits(hfterm: Hfterm, hub: Hub, tmp_path: Path) -> None:
    for n in range(501):
        write(tmp_path / "many" / f"{n:03}.txt", str(n))
    repo = hub.seed({"old": "x"}).id
    done = hfterm(
        "hub", "put", repo, tmp_path / "many", "-m", "Many", "--delete", "old", "--progress", "jsonl", "-f", "jsonl",
        env=hub.env(), check=0,
    )  # fmt: skip
    assert json.loads(done.stdout)["commits"] == 2
    assert commits(hub, repo)[:2] == ["Many (2 of 2)", "Many (1 of 2)"]
    assert len(files(hub, repo)) == 501
    last = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")][-1]
    assert (last["state"], last["completed"], last["total"]) == (
        "done",
        last["total"],
        sum(len(str(n)) for n in range(501)),
    )


@pytest.mark.parametrize("xet", [False, True], ids=["plain", "xet"])
def test_a_killed_upload_sends_no_file_twice_but_the_one_in_flight(
    hfterm: Hfterm, hub: Hub, tmp_path: Path, xet: bool
) -> None:
    size, count = 9_000_000, 3
    for n in range(count):
        write(tmp_path / "big" / f"{n}.bin", os.urandom(size))
    repo = hub.seed().id
    with Wire(hub.url, hold=size * 3 // 2) as wire:
        env = hub.env(xet=xet) | {"HF_ENDPOINT": wire.url}
        args = ("hub", "put", repo, tmp_path / "big", "-j", "1", "-f", "jsonl")
        with hfterm.popen(*args, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            wire.held()
            process.kill()
        wire.release()
        first = wire.settle()
        assert first < size * count  # it was killed in the middle
        made = json.loads(hfterm(*args, env=env, check=0).stdout)
        second = wire.settle()
    assert made["added"] == count
    assert second < size * (count - 1) + 1_000_000
    for n in range(count):
        assert content(hub, repo, f"{n}.bin") == (tmp_path / "big" / f"{n}.bin").read_bytes()


@pytest.mark.parametrize("xet", [False, True], ids=["plain", "xet"])
def test_a_file_that_changes_meanwhile_is_not_committed(hfterm: Hfterm, hub: Hub, tmp_path: Path, xet: bool) -> None:
    changing = write(tmp_path / "big" / "0.bin", os.urandom(9_000_000))
    repo = hub.seed()
    with Wire(hub.url, hold=1_000_000) as wire:
        env = hub.env(xet=xet) | {"HF_ENDPOINT": wire.url}
        with hfterm.popen(
            "hub", "put", repo.id, changing.parent, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            wire.held()
            os.utime(changing)
            wire.release()
            _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert b"0.bin changed while it was sent; it was not committed" in said
    assert sha_of(hub, repo.id) == repo.sha


@pytest.mark.parametrize("xet", [False, True], ids=["plain", "xet"])
def test_an_interrupt_ends_it(hfterm: Hfterm, hub: Hub, tmp_path: Path, xet: bool) -> None:
    write(tmp_path / "big" / "0.bin", os.urandom(9_000_000))
    repo = hub.seed()
    with Wire(hub.url, hold=1_000_000) as wire:
        env = hub.env(xet=xet) | {"HF_ENDPOINT": wire.url}
        with hfterm.popen(
            "hub", "put", repo.id, tmp_path / "big", env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            wire.held()
            process.send_signal(signal.SIGINT)
            assert process.wait(120) == 130
    assert sha_of(hub, repo.id) == repo.sha


def failing(hfterm: Hfterm, code: int, *args: str | Path, env: dict[str, str]) -> Result:
    done = hfterm("hub", "put", *args, env=env, check=code)
    assert done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert env.get("HF_TOKEN", "hf_") not in done.stderr or "HF_TOKEN" not in env
    return done


def test_refusals(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.seed({"a": "1"}, hub.fresh("refusing")).id
    env = hub.env()
    nobody = {name: value for name, value in env.items() if name != "HF_TOKEN"}
    assert "log in" in failing(hfterm, 4, repo, out, env=nobody).stderr
    assert "does not permit it" in failing(hfterm, 4, repo, out, env=env | {"HF_TOKEN": str(hub.reader)}).stderr
    assert f"did you mean {repo}?" in failing(hfterm, 3, f"{repo}x", out, env=env).stderr
    assert "no revision 'mian'" in failing(hfterm, 3, f"{repo}@mian", out, env=env).stderr
    offline = env | {"HF_ENDPOINT": "http://hub.invalid", "HF_HUB_OFFLINE": "1"}
    assert "HF_HUB_OFFLINE is set" in failing(hfterm, 9, repo, out, env=offline).stderr
    assert "connection failed" in failing(hfterm, 9, repo, out, env=env | {"HF_ENDPOINT": "http://127.0.0.1:9"}).stderr


def test_a_hub_that_has_enough_or_is_none(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.seed({"a": "1"})
    with bad_link(hub.url) as link:
        env = hub.env() | {"HF_ENDPOINT": link.url}
        args = ("hub", "put", repo.id, out, "-q")
        for fault, code, said in (
            (Fault(429, {"Retry-After": "7"}), 9, "try again in 7 s"),
            (Fault(500), 9, "the Hub answered 500"),
            (Fault(409), 1, "already"),
        ):
            link.fault = lambda asked, fault=fault: fault if "/commit/" in asked.path else None  # type: ignore[misc]
            assert said in hfterm(*args, env=env, check=code).stderr
            assert sha_of(hub, repo.id) == repo.sha
        link.fault = lambda asked: Fault(404)
        assert "knows no such thing" in hfterm(*args, env=env, check=3).stderr


def test_a_card_with_wrong_metadata_stays_here(hfterm: Hfterm, hub: Hub, out: Path) -> None:
    repo = hub.seed({"a": "1"})
    write(out / "README.md", "---\na: [\n---\nText\n")
    done = hfterm("hub", "put", repo.id, out, env=hub.env(), check=6)
    assert "wrong metadata in README.md" in done.stderr
    assert sha_of(hub, repo.id) == repo.sha
