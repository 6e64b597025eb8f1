"""Large files by Xet: the real client in processes of its own, several at once, and what a liar could send."""

import hashlib
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.hub import Hub, running

PUT = """
import sys
from huggingface_hub import HfApi
repo, folder = sys.argv[1:]
api = HfApi()
api.create_repo(repo, exist_ok=True)
print(api.upload_folder(repo_id=repo, folder_path=folder).oid)
"""
GET = """
import sys
from huggingface_hub import snapshot_download
print(snapshot_download(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A server of this file's own, so that what is counted is ours."""
    with running(tmp_path_factory.mktemp("xet") / "store") as hub:
        yield hub


def start(hub: Hub, home: Path, code: str, *args: object, xet: bool = True) -> "subprocess.Popen[str]":
    home.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)], env=hub.env(home, xet=xet), cwd=home,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def end(process: "subprocess.Popen[str]") -> str:
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    return stdout.strip()


def run(*args: Any, **kwargs: Any) -> str:
    return end(start(*args, **kwargs))


def folder_of(place: Path, **files: bytes) -> Path:
    place.mkdir()
    for name, data in files.items():
        (place / f"{name}.bin").write_bytes(data)
    return place


def test_there_and_back(own: Hub, tmp_path: Path) -> None:
    data = os.urandom(6_000_000)
    folder = folder_of(tmp_path / "in", one=data, again=data, tiny=b"\0" * 100, empty=b"")
    repo, seen = own.fresh(), len(own.log)
    sha = run(own, tmp_path / "a", PUT, repo, folder)
    lines = own.requests(seen)
    assert not [line for line in lines if "_upload" in line] and [line for line in lines if "/v1/shards 200" in line]
    sent = sum(path.stat().st_size for path in (own.folder / "xet/xorbs").rglob("*") if path.is_file())
    assert sent < 12_500_000
    by_xet = Path(run(own, tmp_path / "b", GET, repo))
    without = Path(run(own, tmp_path / "c", GET, repo, xet=False))
    for got in (by_xet, without):
        assert got.name == sha
        assert {p.name: p.read_bytes() for p in got.glob("*.bin")} == {p.name: p.read_bytes() for p in folder.iterdir()}
    lines = own.requests(seen)
    assert [line for line in lines if "/v1/reconstructions/" in line]
    rows = {row["path"]: row for row in own.request("GET", f"/api/models/{repo}/tree/main").json()}
    assert rows["one.bin"]["lfs"]["oid"] == hashlib.sha256(data).hexdigest()
    assert rows["one.bin"]["xetHash"] == rows["again.bin"]["xetHash"] and "xetHash" not in rows["empty.bin"]


def test_what_a_client_has_sent_it_does_not_send_again(own: Hub, tmp_path: Path) -> None:
    data, repo = os.urandom(6_000_000), own.fresh()
    run(own, tmp_path / "a", PUT, repo, folder_of(tmp_path / "in", w=data))

    def kept() -> int:
        return sum(path.stat().st_size for path in (own.folder / "xet/xorbs").rglob("*") if path.is_file())

    before, changed = kept(), data[:3_000_000] + b"changed" + data[3_000_000:]
    run(own, tmp_path / "a", PUT, repo, folder_of(tmp_path / "in2", w=changed))
    assert kept() - before < 1_000_000
    assert own.request("GET", f"/{repo}/resolve/main/w.bin").body == changed


def test_chunks_that_files_hold_often(own: Hub, tmp_path: Path) -> None:
    """Within a file and across files of a second commit: no chunk is named twice as a thing to get."""
    repeated, noise = bytes(range(256)) * 5000, os.urandom(700_000)
    first = folder_of(tmp_path / "in", repeated=repeated, zeros=bytes(3_000_000), noise=noise)
    files = {"mixed": noise[:400_000] + repeated + noise + bytes(500_000) + noise, "twice": noise * 2}
    repo = own.fresh()
    run(own, tmp_path / "a", PUT, repo, first)
    run(own, tmp_path / "a", PUT, repo, folder_of(tmp_path / "in2", **files))
    got = Path(run(own, tmp_path / "b", GET, repo))
    for name, data in {"repeated": repeated, "zeros": bytes(3_000_000), "noise": noise, **files}.items():
        assert (got / f"{name}.bin").read_bytes() == data, name
        cut = own.request("GET", f"/{repo}/resolve/main/{name}.bin", headers={"Range": "bytes=300001-650000"})
        assert (cut.status, cut.body) == (206, data[300_001:650_001]), name
    store, header = xet(own, repo, "read")
    rows = own.request("GET", f"/api/models/{repo}/tree/main").json()
    for name in [row["xetHash"] for row in rows if "xetHash" in row]:
        told = own.request("GET", f"{store}/v1/reconstructions/{name}", headers=header).json()
        for parts in told["fetch_info"].values():
            spans = [(part["range"]["start"], part["range"]["end"]) for part in parts]
            assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))
        for term in told["terms"]:
            inside = [part["range"] for part in told["fetch_info"][term["hash"]]]
            assert any(p["start"] <= term["range"]["start"] and term["range"]["end"] <= p["end"] for p in inside)


def test_what_came_without_xet_is_read_with_it(own: Hub, tmp_path: Path) -> None:
    data = os.urandom(2_000_000)
    repo = own.seed({"w.bin": data})
    assert "xetHash" not in own.request("GET", f"/api/models/{repo.id}/tree/main").json()[1]
    assert (Path(run(own, tmp_path / "a", GET, repo.id)) / "w.bin").read_bytes() == data


def test_several_clients_at_once(own: Hub, tmp_path: Path) -> None:
    common = os.urandom(3_000_000)
    names = ["a", "b", "c"]
    own_bytes = {n: common + n.encode() * 100_000 for n in names}
    folders = {n: folder_of(tmp_path / f"in-{n}", w=own_bytes[n], common=common) for n in names}
    repos = {n: own.fresh() for n in names}
    for code, extra in ((PUT, True), (GET, False)):
        started = [start(own, tmp_path / n, code, repos[n], *([folders[n]] if extra else ())) for n in names]
        printed = [end(process) for process in started]
    for n, place in zip(names, printed, strict=True):
        assert (Path(place) / "w.bin").read_bytes() == own_bytes[n] and (
            Path(place) / "common.bin"
        ).read_bytes() == common


def test_one_branch_by_several_clients_at_once(own: Hub, tmp_path: Path) -> None:
    repo = own.seed().id
    data = {n: os.urandom(500_000) for n in ("x", "y", "z")}
    started = [start(own, tmp_path / n, PUT, repo, folder_of(tmp_path / f"in-{n}", **{n: d})) for n, d in data.items()]
    for process in started:
        end(process)
    for n, d in data.items():
        assert own.request("GET", f"/{repo}/resolve/main/{n}.bin").body == d


def test_parts_of_a_file_that_only_xet_has(own: Hub, tmp_path: Path) -> None:
    data, repo = os.urandom(5_000_000), own.fresh()
    run(own, tmp_path / "a", PUT, repo, folder_of(tmp_path / "in", w=data))
    assert not (own.folder / "blobs" / hashlib.sha256(data).hexdigest()[:2] / hashlib.sha256(data).hexdigest()).exists()
    path = f"/{repo}/resolve/main/w.bin"
    for first, last in ((0, 0), (100, 200_000), (4_999_999, 4_999_999), (2_000_000, 4_000_000)):
        got = own.request("GET", path, headers={"Range": f"bytes={first}-{last}"})
        assert (got.status, got.body) == (206, data[first : last + 1])
        assert got.headers["Content-Range"] == f"bytes {first}-{last}/5000000"
    assert own.request("GET", path, headers={"Range": "bytes=5000000-"}).status == 416
    head = own.request("HEAD", path)
    assert head.headers["Content-Length"] == "5000000" and head.headers["X-Xet-Hash"]


# --- what the real client never sends -----------------------------------------------------------


def xet(hub: Hub, repo: str, scope: str = "write") -> tuple[str, dict[str, str]]:
    """The address of the Xet store, and the header that opens it."""
    said = hub.request("GET", f"/api/models/{repo}/xet-{scope}-token/main").json()
    return said["casUrl"], {"Authorization": f"Bearer {said['accessToken']}"}


def test_the_xet_store_is_closed(own: Hub) -> None:
    repo, zeros = own.seed().id, "0" * 64
    store, header = xet(own, repo, "read")
    assert own.request("POST", f"{store}/v1/xorbs/default/{zeros}", b"x", header).status == 403
    assert own.request("GET", f"{store}/v1/reconstructions/{zeros}", headers=header).status == 404
    for wrong in ("", "Bearer ", "Bearer write.99999999999.00", "Bearer write.²².x", f"Bearer write.{'9' * 5000}.x"):
        bad = {"Authorization": wrong.encode("utf-8").decode("latin-1")}
        assert own.request("GET", f"{store}/v1/reconstructions/{zeros}", headers=bad).status == 401
    for address in (
        f"/xorb/{zeros}",
        f"/xorb/{zeros}?expires=²&signature=0",
        f"/xorb/{zeros}?expires=99999999999&signature=0",
    ):
        assert own.request("GET", store + address.replace("²", "%C2%B2"), token=None).status == 403
    reader = own.request("GET", f"/api/models/{repo}/xet-write-token/main", token=own.reader)
    assert reader.status == 403


@pytest.mark.parametrize(
    "name", ["..%2f..%2frepos", "..%2f..%2fhfterm-hub", "%00", "A" * 64, "0" * 63, "0" * 64 + "%2f.."]
)
def test_a_xet_name_is_never_a_path(own: Hub, name: str) -> None:
    store, header = xet(own, own.seed().id)
    assert own.request("GET", f"{store}/v1/reconstructions/{name}", headers=header).status == 404
    assert own.request("POST", f"{store}/v1/xorbs/default/{name}", b"\0" * 8, header).status == 400
    assert not list((own.folder / "incoming").iterdir())


@pytest.mark.parametrize("body", [b"", b"x", b"\0" * 7, b"\0\xff\xff\xff\0\0\0\0", b"\1" * 100])
def test_no_xorb(own: Hub, body: bytes) -> None:
    store, header = xet(own, own.seed().id)
    assert own.request("POST", f"{store}/v1/xorbs/default/{'1' * 64}", body, header).status == 400
    assert not list((own.folder / "incoming").iterdir())


@pytest.mark.parametrize("body", [b"", b"x", b"HFRepoMetaData", b"\0" * 4096])
def test_no_shard(own: Hub, body: bytes) -> None:
    store, header = xet(own, own.seed().id)
    assert own.request("POST", f"{store}/v1/shards", body, header).status == 400


def test_a_xorb_that_files_are_made_of_stays_as_it_is(own: Hub, tmp_path: Path) -> None:
    data, repo = os.urandom(1_200_000), own.fresh()
    before = {p.name for p in (own.folder / "xet/xorbs").rglob("*")}
    run(own, tmp_path / "a", PUT, repo, folder_of(tmp_path / "in", w=data))
    (name,) = {p.name for p in (own.folder / "xet/xorbs").rglob("*") if p.is_file()} - before
    store, header = xet(own, repo)
    other = b"\0" + (5).to_bytes(3, "little") + b"\0" + (5).to_bytes(3, "little") + b"wrong"
    answer = own.request("POST", f"{store}/v1/xorbs/default/{name}", other, header)
    assert (answer.status, answer.json()) == (200, {"was_inserted": False})
    assert own.request("GET", f"/{repo}/resolve/main/w.bin").body == data


def test_without_xet_the_client_is_told_what_to_set(tmp_path: Path) -> None:
    with running(tmp_path / "store", "--no-xet") as hub:
        repo = hub.seed().id
        assert hub.requests() and [line for line in hub.log if "export HF_HUB_DISABLE_XET=1" in line]
        for scope in ("read", "write"):
            answer = hub.request("GET", f"/api/models/{repo}/xet-{scope}-token/main")
            assert answer.status == 404 and "HF_HUB_DISABLE_XET=1" in answer.headers["X-Error-Message"]
        folder = folder_of(tmp_path / "in", w=os.urandom(1_000_000))
        failed = start(hub, tmp_path / "a", PUT, repo, folder)
        _, stderr = failed.communicate(timeout=120)
        assert failed.returncode != 0 and "xet-write-token" in stderr  # the client shows the address alone
        run(hub, tmp_path / "b", PUT, repo, folder, xet=False)
        assert (Path(run(hub, tmp_path / "c", GET, repo)) / "w.bin").exists()  # reading needs nothing set


def test_a_store_with_xet_files_served_without(tmp_path: Path) -> None:
    """Started with --no-xet, or where hf_xet is missing, what only Xet has is said to be missing, never sent wrong."""
    with running(tmp_path / "store") as hub:
        repo = hub.fresh()
        run(hub, tmp_path / "a", PUT, repo, folder_of(tmp_path / "in", w=os.urandom(1_000_000)))
    with running(tmp_path / "store", "--no-xet") as hub:
        answer = hub.request("GET", f"/{repo}/resolve/main/w.bin")
        assert answer.status == 410 and "--xet" in answer.headers["X-Error-Message"]
        rows = hub.request("GET", f"/api/models/{repo}/tree/main").json()
        assert [row["path"] for row in rows if "xetHash" not in row] == [".gitattributes", "w.bin"]
