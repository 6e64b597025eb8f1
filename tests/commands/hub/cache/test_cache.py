"""The cache's commands as a user types them."""

import json
import os
import stat
from pathlib import Path

import pytest

from support.caches import LARGE, Made, client
from support.cli import HFTERM, Hfterm
from support.hub import Hub
from support.ptys import Pty


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_ls_says_what_hf_says(hfterm: Hfterm, cache: Made) -> None:
    ours = {(row["type"], row["id"], row["size"]) for row in rows(hfterm("hub", "cache", "ls", check=0).stdout)}
    code = "from huggingface_hub import scan_cache_dir as s\nfor r in s().repos: print(r.repo_type, r.repo_id, r.size_on_disk)"
    theirs = {(kind, name, int(size)) for kind, name, size in map(str.split, client(hfterm.home, code).splitlines())}
    assert ours == theirs and len(ours) == 2


def test_ls_chooses_sorts_and_limits(hfterm: Hfterm, cache: Made) -> None:
    def refs(*args: str) -> list[str]:
        return hfterm("hub", "cache", "ls", "-f", "quiet", *args, check=0).lines

    data = f"datasets/{cache.data}"
    assert refs() == [data, cache.model]
    assert refs("--sort", "size") == [cache.model, data] == refs("--reverse")
    assert refs("--sort", "size", "-n", "1") == refs("size>1MB", "unused<1d") == refs("team/*") == [cache.model]
    assert refs("-t", "dataset") == refs("type=dataset") == refs(data) == [data]
    assert refs("unused>1d") == []
    found = rows(hfterm("hub", "cache", "ls", cache.model, "--revisions", check=0).stdout)
    assert {row["revision"]: row["refs"] for row in found} == {cache.old: [], cache.new: ["main"]}
    table = hfterm("hub", "cache", "ls", "-f", "table", check=0).stdout
    assert cache.model in table and "1.2 MiB" in table


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["ls", "sise>1GB"], 2, "no such key 'sise' in the filter 'sise>1GB'; did you mean 'size'?"),
        (["ls", "size"], 2, "'size' is neither a repository nor a filter; quote filters: 'size>...'"),
        (["ls", "no/such"], 3, "nothing named 'no/such' in the cache at"),
        (["rm", "no/such", "-y"], 3, "nothing named 'no/such'"),
        (["rm", "-y"], 2, "standard input names nothing"),
        (["prune", "--older", "soon"], 2, "'soon' is no length of time"),
        (["import"], 2, "missing argument 'SOURCE'"),
        (["import", "none"], 3, "no such file or folder: 'none'"),
        (["verify", "no/such"], 3, "nothing named 'no/such'"),
    ],
)
def test_mistakes(hfterm: Hfterm, args: list[str], code: int, said: str) -> None:
    result = hfterm("hub", "cache", *args, stdin="", check=code)
    assert said in result.stderr and result.stdout == "" and result.stderr.count("\n") == 1


def test_nothing_is_cached_yet(hfterm: Hfterm) -> None:
    assert hfterm("hub", "cache", "ls", check=0).stdout == ""
    assert [row["size"] for row in rows(hfterm("hub", "cache", "du", check=0).stdout)] == [0, 0, 0, 0]
    assert hfterm("hub", "cache", "prune", check=0).stdout == ""
    assert hfterm("hub", "cache", "verify", check=0).stdout == ""


def test_rm_asks_first_and_frees(hfterm: Hfterm, cache: Made) -> None:
    piped = hfterm("hub", "cache", "ls", check=0).stdout
    plan = rows(hfterm("hub", "cache", "rm", "-n", stdin=piped, check=0).stdout)
    assert [row["ref"] for row in plan] == [f"datasets/{cache.data}", cache.model]
    assert "asks first" in hfterm("hub", "cache", "rm", cache.model, check=2).stderr
    with Pty([HFTERM, "hub", "cache", "rm", cache.model], env=hfterm.env(), cwd=hfterm.home) as pty:
        pty.wait_for("[y/N]", 120)
        pty.send("n\n")
        assert pty.wait_exit(120) == 0 and cache.folder().exists()
    (row,) = rows(hfterm("hub", "cache", "rm", "size>1MB", "-y", check=0).stdout)
    assert row["ref"] == cache.model and int(str(row["freed_bytes"])) >= len(LARGE)
    assert hfterm("hub", "cache", "ls", "-f", "quiet", check=0).lines == [f"datasets/{cache.data}"]


def test_du_prune_and_the_client_goes_on(hfterm: Hfterm, cache: Made) -> None:
    hub, *_ = rows(hfterm("hub", "cache", "du", check=0).stdout)
    assert (hub["cache"], hub["entries"], hub["reclaimable"]) == ("hub", 2, 2)
    each = rows(hfterm("hub", "cache", "du", "-a", check=0).stdout)
    assert sum(int(str(row["size"])) for row in each) == hub["size"]
    plan = hfterm("hub", "cache", "prune", "-n", check=0)
    assert [row["what"] for row in rows(plan.stdout)] == ["revision"] and "would free 2 B" in plan.stderr
    assert "freed" in hfterm("hub", "cache", "prune", "-y", check=0).stderr
    code = "import sys; from huggingface_hub import snapshot_download as s; s(sys.argv[1], local_files_only=True)"
    client(hfterm.home, code, cache.model)


def test_verify_tells_damage_by_its_exit_code(hfterm: Hfterm, cache: Made, hub: Hub) -> None:
    assert {row["state"] for row in rows(hfterm("hub", "cache", "verify", check=0).stdout)} == {"ok"}
    blob = cache.snapshot("weights.bin").resolve()
    blob.write_bytes(LARGE[::-1])
    result = hfterm("hub", "cache", "verify", check=6)
    assert f"{blob}: wrong hash" in result.stderr and "add --fix" in result.stderr
    assert hfterm("hub", "cache", "verify", "--fix", check=6).stderr.count("removed") == 1
    got = hfterm("hub", "get", cache.model, env=hub.env(), check=0)
    assert got.stdout.strip() == str(cache.snapshot()) and cache.snapshot("weights.bin").read_bytes() == LARGE
    hfterm("hub", "cache", "verify", check=0)


def test_a_folder_is_imported_and_found_by_name(hfterm: Hfterm, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "bert"}')
    (row,) = rows(hfterm("hub", "cache", "import", folder, "--as", "me/model", check=0).stdout)
    assert row["ref"] == "me/model"
    code = "from huggingface_hub import hf_hub_download as get; print(open(get('me/model', 'config.json')).read())"
    assert client(hfterm.home, code).strip() == '{"model_type": "bert"}'


def test_names_from_another_world(hfterm: Hfterm, cache: Made) -> None:
    odd = cache.root / "models--org--\x1b[31mred\n"
    (odd / "snapshots" / "x").mkdir(parents=True)
    (odd / "snapshots" / "x" / "a\nb").write_text("1")
    assert hfterm("hub", "cache", "ls", "id~red", check=0).stdout.count("\n") == 1
    shown = hfterm("hub", "cache", "ls", "id~red", "-f", "table", check=0).stdout
    assert "\x1b" not in shown and "\\x1b[31mred" in shown
    assert hfterm("hub", "cache", "rm", "id~red", "-y", check=0).stdout and not odd.exists()


def test_a_folder_that_cannot_be_read_is_told(hfterm: Hfterm, cache: Made) -> None:
    (cache.folder() / "snapshots" / cache.old).rename(cache.home / "x")
    loop = cache.folder() / "snapshots" / cache.old
    loop.symlink_to(loop.name)  # not even root can follow it
    result = hfterm("hub", "cache", "ls", check=0)
    assert len(result.lines) == 2 and "not a folder" in result.stderr
    if os.geteuid():
        cache.folder().chmod(0)
        result = hfterm("hub", "cache", "ls", check=0)
        cache.folder().chmod(stat.S_IRWXU)
        assert len(result.lines) == 2 and "permission denied" in result.stderr
