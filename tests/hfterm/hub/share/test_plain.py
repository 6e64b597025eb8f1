"""A plain folder of repositories, and what happens to it while it is served."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.hub.share.gitids import blob_id
from support.hub import Hub, running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "served"
    for name, text in {
        "team/model/config.json": "{}", "team/model/sub/a.txt": "a", "team/model/.cache/x": "hidden",
        "solo/README.md": "---\ntags: [alone]\n---\n", "datasets/team/data/d.csv": "a,b\n1,2\n",
        "spaces/me/app/app.py": "print()", "team/model/.gitattributes": "", "notes.txt": "no repository",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def served(folder: Path) -> Iterator[Hub]:
    with running(folder, "--readonly", token=False) as hub:
        yield hub


def ids(hub: Hub, kind: str) -> list[str]:
    return [row["id"] for row in hub.request("GET", f"/api/{kind}").json()]


def files(hub: Hub, repo: str = "team/model") -> list[str]:
    rows = hub.request("GET", f"/api/models/{repo}/tree/main?recursive=true").json()
    return [row["path"] for row in rows if row["type"] == "file"]


def test_what_is_a_repository(served: Hub) -> None:
    assert (ids(served, "models"), ids(served, "datasets"), ids(served, "spaces")) == (
        ["solo", "team/model"],
        ["team/data"],
        ["me/app"],
    )
    assert files(served) == [".gitattributes", "config.json", "sub/a.txt"]
    assert served.request("GET", "/datasets/team/data/resolve/main/d.csv").body == b"a,b\n1,2\n"
    assert served.request("GET", "/api/models?filter=alone").json()[0]["id"] == "solo"
    assert served.request("GET", "/api/models/team").status == 404


def test_ids_of_files_are_gits(served: Hub, folder: Path) -> None:
    expected = subprocess.run(
        ["git", "hash-object", folder / "team/model/sub/a.txt"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert served.request("HEAD", "/team/model/resolve/main/sub/a.txt").headers["ETag"] == f'"{expected}"'


def test_it_changes_while_it_is_served(served: Hub, folder: Path) -> None:
    def sha() -> str:
        return str(served.request("GET", "/api/models/team/model").json()["sha"])

    first, model = sha(), folder / "team/model"
    assert sha() == first
    (model / "new.txt").write_text("new")
    second = sha()
    assert second != first and served.request("GET", "/team/model/resolve/main/new.txt").body == b"new"
    with (model / "new.txt").open("a") as stream:  # written in place
        stream.write("er")
    assert sha() != second and served.request("GET", "/team/model/resolve/main/new.txt").body == b"newer"
    # Who began with the first version can go on with it, as far as its files are still the same.
    assert served.request("GET", f"/team/model/resolve/{first}/config.json").body == b"{}"
    assert served.request("GET", f"/team/model/resolve/{second}/new.txt").status == 410
    (model / "new.txt").unlink()
    assert sha() == first
    shutil.rmtree(model / "sub")
    assert files(served) == [".gitattributes", "config.json"]
    (model / "config.json").rename(folder / "elsewhere")
    (model / "config.json").mkdir()
    (model / "config.json/x").write_text("1")
    assert files(served) == [".gitattributes", "config.json/x"]
    shutil.rmtree(model)
    assert served.request("GET", "/api/models/team/model").status == 404
    assert ids(served, "models") == ["solo"]


def test_it_changes_all_the_time(served: Hub, folder: Path) -> None:
    """Whatever is read meanwhile is one whole version of a file, or said to be missing; never a failure."""
    model, stop = folder / "team/model", threading.Event()
    texts = {n: f"{n} " * (5000 + n) for n in range(10)}

    def churn() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            temporary = model / ".tmp"
            temporary.write_text(texts[n % 10])
            temporary.replace(model / "w.txt")
            if n % 3 == 0:
                (model / "w.txt").unlink()

    writer = threading.Thread(target=churn)
    writer.start()
    try:
        for _ in range(150):
            got = served.request("GET", "/team/model/resolve/main/w.txt")
            assert got.status in (200, 404, 410), got
            if got.status == 200:
                assert got.body.decode() in texts.values() and got.headers["ETag"] == f'"{blob_id(got.body)}"'
            assert served.request("GET", "/api/models/team/model").status == 200
            assert served.request("GET", "/api/models/team/model/tree/main?recursive=1").status == 200
    finally:
        stop.set()
        writer.join()


def test_names_that_are_no_text(served: Hub, folder: Path) -> None:
    model = os.fsencode(folder / "team/model")
    try:
        for name in (b"\xff\xfe", b"line\nbreak", b"\x1b[31mred", "ü".encode()):
            with open(os.path.join(model, name), "wb") as stream:
                stream.write(b"x")
    except OSError as exc:
        pytest.skip(f"this file system takes no such names: {exc}")
    assert files(served) == ["\x1b[31mred", ".gitattributes", "config.json", "line\nbreak", "sub/a.txt", "ü"]
    assert served.request("GET", "/team/model/resolve/main/line%0Abreak").body == b"x"
    assert "\x1b" not in "\n".join(served.log + served.requests())


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(served: Hub, folder: Path) -> None:
    secret = folder / "team/model/secret.txt"
    secret.write_text("x")
    secret.chmod(0)
    assert "secret.txt" not in files(served)
    assert served.request("GET", "/team/model/resolve/main/secret.txt").status == 404


def test_ten_thousand_files(served: Hub, folder: Path) -> None:
    for n in range(10_000):
        place = folder / f"team/many/d{n % 10}/{n}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    (folder / "team/many/README.md").write_text("x")
    rows = served.request("GET", "/api/models/team/many/tree/main?recursive=true&limit=10000").json()
    assert len(rows) == 10_000
    for n in range(0, 10_000, 100):
        assert served.request("HEAD", f"/team/many/resolve/main/d{n % 10}/{n}.txt").status == 200
