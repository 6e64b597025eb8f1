from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from hfterm import files
from hfterm.errors import UsageError
from hfterm.peft.merging import leftovers, shards, split
from hfterm.peft.merging.shards import Piece


@pytest.mark.parametrize(
    ("text", "count"),
    [("5GB", 5 * 10**9), ("5G", 5 << 30), ("1.5 MiB", 3 << 19), ("200kb", 200_000), ("1GiB", 1 << 30), ("17", 17)],
)
def test_sizes(text: str, count: int) -> None:
    assert shards.amount(text) == count


@pytest.mark.parametrize("text", ["", "0", "5XB", "-1GB", "GB"])
def test_no_sizes(text: str) -> None:
    with pytest.raises(UsageError, match="write 5GB"):
        shards.amount(text)


def test_files_that_safetensors_reads(tmp_path: Path) -> None:
    tensors = {
        "half": torch.arange(3, dtype=torch.bfloat16),
        "none": torch.empty(0, 4),
        "one": torch.tensor(2.5),
        "turned": torch.arange(6.0).view(2, 3).t(),
        "yes": torch.tensor([True, False, True]),
        "long": torch.tensor([1, 2, 3]),
        "näme": torch.ones(2, 2, dtype=torch.float16),
    }
    pieces = [Piece(n, shards.code(str(t.dtype).removeprefix("torch.")), tuple(t.shape)) for n, t in tensors.items()]

    def put(piece: Piece, stream: Any) -> None:
        shards.put_tensor(tensors[piece.key], stream)

    shards.write(tmp_path, shards.split(pieces, 10**6), put)
    found = load_file(tmp_path / "model.safetensors")
    assert found.keys() == tensors.keys()
    assert all(
        torch.equal(found[name], tensor) and found[name].dtype == tensor.dtype for name, tensor in tensors.items()
    )


def test_a_tensor_larger_than_a_file_has_one_of_its_own() -> None:
    pieces = [Piece("a", "F32", (2,)), Piece("b", "F32", (100,)), Piece("c", "F32", (1,)), Piece("d", "F32", (2,))]
    assert [[p.key for p in shard] for shard in shards.split(pieces, 12)] == [["a"], ["b"], ["c", "d"]]


def test_only_what_the_dead_left_is_swept(tmp_path: Path) -> None:
    dead, foreign, alive = (tmp_path / f".merged.{name}.tmp" for name in ("dead", "foreign", "alive"))
    for folder in (dead, foreign, alive):
        folder.mkdir()
    (dead / leftovers.MARK).write_text("pid 1\n")
    with leftovers.claimed(alive):
        assert leftovers.sweep(tmp_path / "merged") == [dead]
        with pytest.raises(files.Locked), files.lock(alive / leftovers.MARK):
            pass
    assert sorted(tmp_path.iterdir()) == [alive, foreign] and list(alive.iterdir()) == []
    assert leftovers.sweep(tmp_path / "gone" / "merged") == []


def test_names_of_a_checkpoint_with_layers_in_it() -> None:
    module = "base_model.model.model.layers.0.q_proj"
    keys = [
        f"{module}.base_layer.weight",
        f"{module}.lora_A.default.weight",
        "base_model.model.model.embed_tokens.weight",
        "base_model.model.score.original_module.weight",
        "base_model.model.score.modules_to_save.default.weight",
    ]
    assert split.is_wrapped(keys) and not split.is_wrapped(["model.layers.0.q_proj.weight"])
    base, adapter = split.parts(keys, "LORA")
    assert base == {
        "model.layers.0.q_proj.weight": keys[0],
        "model.embed_tokens.weight": keys[2],
        "score.weight": keys[3],
    }
    assert adapter == {f"{module}.lora_A.weight": keys[1], "base_model.model.score.weight": keys[4]}
