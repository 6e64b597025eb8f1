"""``hfterm hub inspect`` as a process."""

import json
from pathlib import Path

from support import weights
from support.cli import HFTERM, Hfterm
from support.hub import Hub
from support.ptys import Pty


def test_no_weights_are_downloaded(hfterm: Hfterm, vast, logged) -> None:  # type: ignore[no-untyped-def]
    since = len(vast.hub.log)
    record = json.loads(hfterm("hub", "inspect", vast.id, env=vast.hub.env(), check=0).stdout)
    wanted = {
        "id": vast.id, "kind": "model", "architecture": "Vast", "license": "mit", "context_length": 4096,
        "format": "safetensors", "parameters": 4 * 2**30, "dtypes": {"F16": 4 * 2**30}, "bytes": 8 * 2**30,
    }  # fmt: skip
    assert {name: record[name] for name in wanted} == wanted
    assert record["memory"]["int4"] == 2 * 2**30
    assert logged(vast.hub, since, "/resolve/main/model.safetensors", 1) == [100_000]
    assert (
        sum(logged(vast.hub, since, "/resolve/main/README.md", 1) + logged(vast.hub, since, "/resolve/main/config", 1))
        < 200
    )
    offline = hfterm("hub", "inspect", vast.id, env={"HF_HOME": str(vast.home), "HF_HUB_OFFLINE": "1"}, check=0)
    assert json.loads(offline.stdout) == {**record, "from": "cache"} and "from the cache" in offline.stderr


def test_a_data_set_on_the_hub(hfterm: Hfterm, hub: Hub, tmp_path: Path, logged) -> None:  # type: ignore[no-untyped-def]
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": ["a"] * 100_000, "n": list(range(100_000))}), tmp_path / "t", compression="none")
    data = (tmp_path / "t").read_bytes()
    files = {f"data/train-{n:05d}-of-00003.parquet": data for n in range(3)}
    card = "---\nlicense: cc0-1.0\ndataset_info:\n  splits: [{name: train, num_examples: 300000}]\n---\n"
    made = hub.seed({**files, "README.md": card}, kind="dataset", large=tuple(files))
    since = len(hub.log)
    record = json.loads(hfterm("hub", "inspect", f"hf://datasets/{made.id}", env=hub.env(), check=0).stdout)
    assert (record["kind"], record["rows"], record["license"]) == ("dataset", 300_000, "cc0-1.0")
    assert record["columns"] == {"text": "string", "n": "int64"} and record["configs"][0]["splits"] == {
        "train": 300_000
    }
    assert logged(hub, since, f"{made.id}/resolve/main/data/", 3) == [100_000] * 3 and len(data) > 500_000


def test_local_files_rows_and_trees(hfterm: Hfterm, tmp_path: Path) -> None:
    (tmp_path / "m.safetensors").write_bytes(weights.safetensors(weights.MODEL))
    (tmp_path / "x\x1b[2J.safetensors").write_bytes(weights.safetensors({"a\x1b]0;x\x07\n": ("F16", [2], 4)}))
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"\xff" * 60)
    rows = hfterm("hub", "inspect", tmp_path / "m.safetensors", "-l", "--filter", "*up*", "-f", "tsv", check=0).lines
    assert rows[1].split("\t")[:4] == ["model.layers.0.up.weight", "F32", "[16, 8]", "512"] and len(rows) == 3
    several = hfterm(
        "hub", "inspect", "-", "--depth", "2", stdin=f"{tmp_path}/m.safetensors\n{tmp_path}/bad.gguf\n", check=7
    )
    assert [json.loads(row)["module"] for row in several.lines] == ["head", "model", "model.embed", "model.layers.*"]
    assert several.stderr.startswith("hfterm: 1 of 2 references could not be inspected: cannot read ")
    alone = hfterm("hub", "inspect", tmp_path / "bad.gguf", check=6)
    assert alone.stderr.count("\n") == 1 and "GGUF version" in alone.stderr
    env = hfterm.env()
    with Pty([HFTERM, "hub", "inspect", str(tmp_path / "x\x1b[2J.safetensors"), "-l"], env=env, size=(120, 20)) as pty:
        assert pty.wait_exit() == 0
        assert r"a\x1b]0;x\x07\n" in pty.screen.text and b"\x1b]0;" not in pty.raw
    exact = hfterm("hub", "inspect", tmp_path / "x\x1b[2J.safetensors", "-l", "-f", "json", check=0)
    assert json.loads(exact.stdout)[0]["name"] == "a\x1b]0;x\x07\n"
    with Pty([HFTERM, "hub", "inspect", str(tmp_path / "m.safetensors")], env=env, size=(100, 24)) as pty:
        assert pty.wait_exit() == 0
        assert "1.09K (1,088)" in pty.screen.text and "BF16 800, F32 256, F16 32" in pty.screen.text
