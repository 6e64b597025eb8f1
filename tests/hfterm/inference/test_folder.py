import json
from pathlib import Path

import pytest

from hfterm.errors import AccessError, HftermError, NotFoundError
from hfterm.inference.folder import check_safetensors, inspect
from support.tiny import tiny_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


def test_a_whole_model(model: Path) -> None:
    found = inspect(model)
    assert (found.is_adapter, found.base, found.has_tokenizer) == (False, None, True)
    assert found.weights == (model / "model.safetensors",)
    assert found.config["model_type"] == "llama"


def test_a_sharded_model_needs_every_shard(model: Path) -> None:
    (model / "model.safetensors").rename(model / "model-00001-of-00002.safetensors")
    names = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    index = model / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": names}))
    with pytest.raises(HftermError, match="half-written: 1 of 2 weight files missing, first 'model-00002"):
        inspect(model)
    index.write_text(json.dumps({"weight_map": {"a": names["a"]}}))
    assert len(inspect(model).weights) == 1
    index.write_text(json.dumps({"weight_map": {"a": "../tiny/model-00001-of-00002.safetensors"}}))
    with pytest.raises(HftermError, match="missing"):
        inspect(model)
    index.write_text("{}")
    with pytest.raises(HftermError, match="no weight_map"):
        inspect(model)


@pytest.mark.parametrize("keep", [0, 5, 8, 100, -1])
def test_a_torn_weight_file(model: Path, keep: int) -> None:
    file = model / "model.safetensors"
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(HftermError, match="half-written"):
        inspect(model)


def test_bytes_that_are_no_safetensors(tmp_path: Path) -> None:
    for data in (b"\xff" * 64, b"\x02" + b"\0" * 7 + b"[]", (12).to_bytes(8, "little") + b'{"a": "nope"'):
        (tmp_path / "x.safetensors").write_bytes(data)
        with pytest.raises(HftermError, match="no safetensors header"):
            check_safetensors(tmp_path / "x.safetensors")


@pytest.mark.parametrize(("text", "says"), [("{", "line 1"), ("[]", "not a JSON object"), ("\udcff", "not UTF-8")])
def test_a_torn_configuration(model: Path, text: str, says: str) -> None:
    (model / "config.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(HftermError, match=says):
        inspect(model)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.ckpt"])
def test_pickled_weights_are_refused(model: Path, name: str) -> None:
    (model / "model.safetensors").rename(model / name)
    with pytest.raises(AccessError, match=f"pickled weights .{name}., which can run code"):
        inspect(model)


def test_what_is_no_model(tmp_path: Path, model: Path) -> None:
    with pytest.raises(NotFoundError, match="not there"):
        inspect(tmp_path / "gone")
    with pytest.raises(NotFoundError, match="a file, not a model folder"):
        inspect(model / "config.json")
    with pytest.raises(NotFoundError, match=r"has no config\.json"):
        inspect(tmp_path)
    (model / "model.safetensors").unlink()
    with pytest.raises(HftermError, match=r"no weights: model\.safetensors is missing"):
        inspect(model)
    (model / "training_args.bin").write_bytes(b"x")
    with pytest.raises(HftermError, match="no weights"):
        inspect(model)
