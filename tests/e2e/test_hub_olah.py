"""hfterm's reading commands against a Hub server that we did not write."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import olah
from support.cli import Hfterm

pytestmark = pytest.mark.slow
FILES = {
    "config.json": '{"model_type": "llama"}\n',
    "README.md": "---\nlicense: mit\ntags: [tiny]\n---\n# Mirror\nA model.\n",
    "sub/deep/x.txt": "x\n",
}


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[tuple[str, str]]:
    """Its address, and the commit of the repository ``org/name`` in it."""
    base = tmp_path_factory.mktemp("olah")
    sha = olah.git_repository(base / "mirrors/models/org/name", FILES)
    script = olah.program(pytestconfig.cache.mkdir("olah"))
    with olah.running(script, base / "home", base / "mirrors") as address:
        yield address, sha


def test_reading(mirror: tuple[str, str], hfterm: Hfterm, tmp_path: Path) -> None:
    address, sha = mirror
    env = {"HF_ENDPOINT": address, "HF_HUB_OFFLINE": "0"}
    info = json.loads(hfterm("hub", "info", "org/name@main", env=env, check=0).stdout)
    assert (info["sha"], info["license"], info["files"], info["size"]) == (sha, "mit", 3, None)
    rows = [json.loads(line) for line in hfterm("hub", "ls", "-R", "org/name", env=env, check=0).lines]
    assert {row["path"]: row["size"] for row in rows if row["type"] == "file"} == {k: len(v) for k, v in FILES.items()}
    assert [r["path"] for r in rows if r["type"] == "folder"] == ["sub", "sub/deep"]
    below = [json.loads(line)["path"] for line in hfterm("hub", "ls", "org/name", "sub", env=env, check=0).lines]
    assert below == ["sub/deep"]
    assert hfterm("hub", "cat", "org/name", "config.json", env=env, check=0).stdout == FILES["config.json"]
    assert hfterm("hub", "card", "org/name", env=env, check=0).stdout == FILES["README.md"]
    branch = json.loads(hfterm("hub", "branch", "org/name", env=env, check=0).stdout)
    assert branch == {"name": "main", "commit": sha, "ref": "refs/heads/main"}
    assert hfterm("hub", "tag", "org/name", "v1", "-n", env=env, check=0).stdout == "v1\n"
    assert "has one commit" in hfterm("hub", "diff", "org/name", env=env, check=3).stderr
    (tmp_path / "config.json").write_text("{}\n")
    differing = hfterm("hub", "diff", str(tmp_path), "org/name", "--include", "*.json", env=env, check=0)
    assert json.loads(differing.stdout)["change"] == "changed"
    folder = Path(hfterm("hub", "get", "org/name", env=env, check=0).stdout.strip())
    assert folder.name == sha
    assert {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()} == FILES
    # From what was got, without the mirror.
    assert hfterm("hub", "cat", "org/name", "sub/deep/x.txt", check=0).stdout == "x\n"


def test_what_it_cannot(mirror: tuple[str, str], hfterm: Hfterm) -> None:
    env = {"HF_ENDPOINT": mirror[0], "HF_HUB_OFFLINE": "0"}
    missing = hfterm("hub", "info", "no/such", env=env, check=3)
    assert "no/such" in missing.stderr and "did you mean" not in missing.stderr
    searched = hfterm("hub", "search", "name", env=env, check=9)
    assert mirror[0].removeprefix("http://") in searched.stderr and "HF_ENDPOINT" in searched.stderr
    for args in (("info", "org/name@nope"), ("ls", "org/name", "nope"), ("get", "org/name@nope")):
        result = hfterm("hub", *args, env=env)
        assert result.code == 3 and "did you mean org/name?" not in result.stderr and "Traceback" not in result.stderr
