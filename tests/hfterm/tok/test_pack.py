import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hfterm.errors import HftermError, UsageError
from hfterm.tok.pack import Packed, pack
from hfterm.tok.pack_plain import npy_header
from hfterm.tok.tokenizer import Tokenizer, load
from support.tiny import tiny_model
from support.trained import trained

TEXTS = [" ".join(["the lamp of Mara"] * (n % 7)) + f" {n}" * (n % 3) for n in range(60)]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return load(tiny_model(tmp_path_factory.mktemp("pack") / "tiny"))


@pytest.fixture
def source(tmp_path: Path) -> list[str]:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    return [str(tmp_path / "a.jsonl")]


def stream(tokenizer: Tokenizer, end: list[int]) -> list[int]:
    return [number for text in TEXTS for number in (*tokenizer.encode(text), *end)]


def read(folder: Path, what: str) -> list[Any]:
    """The shards' arrays as numpy reads them."""
    index = json.loads((folder / "index.json").read_text())
    found = []
    for shard in index["shards"]:
        file = folder / shard[f"{what}_file"]
        if index["files"] == "npy":
            found.append(np.load(file, allow_pickle=False))
        else:
            found.append(np.fromfile(file, index["dtype"] if what == "tokens" else "uint64"))
    return found


def accounts_for_all(done: Packed) -> None:
    assert done.written == done.text_tokens + done.end_tokens + done.padding - done.dropped
    assert done.written == sum(shard["tokens"] for shard in done.shards)


@pytest.mark.parametrize("form", ["npy", "bin"])
@pytest.mark.parametrize("shard", [10**8, 100, 5])
def test_one_long_stream(form: str, shard: int, tokenizer: Tokenizer, source: list[str], tmp_path: Path) -> None:
    done = pack(source, tokenizer, str(tmp_path / "out"), form=form, shard_tokens=shard)
    accounts_for_all(done)
    end = tokenizer.raw.token_to_id("<|end|>")
    tokens, starts = read(tmp_path / "out", "tokens"), read(tmp_path / "out", "starts")
    assert np.concatenate(tokens).tolist() == stream(tokenizer, [end])
    assert {len(part) for part in tokens[:-1]} <= {shard}
    assert (done.documents, done.end_tokens, done.padding, done.dropped, done.rows) == (60, 60, 0, 0, None)
    # Every document begins right after an end, or at the very beginning.
    before = np.cumsum([0, *map(len, tokens)])
    places = [int(place + first) for first, part in zip(before, starts, strict=False) for place in part]
    flat = np.concatenate(tokens)
    assert places == [0, *(np.flatnonzero(flat == end)[:-1] + 1).tolist()]


@pytest.mark.parametrize("shard", [10**8, 160])
def test_rows_of_one_length(shard: int, tokenizer: Tokenizer, source: list[str], tmp_path: Path) -> None:
    end = tokenizer.raw.token_to_id("<|end|>")
    whole = stream(tokenizer, [end])
    said: list[str] = []
    done = pack(source, tokenizer, str(tmp_path / "drop"), length=50, shard_tokens=shard, warn=said.append)
    accounts_for_all(done)
    tokens = read(tmp_path / "drop", "tokens")
    assert all(part.shape[1] == 50 and part.dtype == np.uint16 for part in tokens)
    assert np.concatenate(tokens).ravel().tolist() == whole[: len(whole) // 50 * 50]
    assert (done.rows, done.dropped, len(said)) == (len(whole) // 50, len(whole) % 50, 1)
    assert all(place < part.size for part, places in zip(tokens, read(tmp_path / "drop", "starts"), strict=True)
               for place in places)  # fmt: skip

    done = pack(source, tokenizer, str(tmp_path / "pad"), length=50, shard_tokens=shard, tail="pad")
    accounts_for_all(done)
    pad = tokenizer.raw.token_to_id("<|pad|>")
    flat = np.concatenate(read(tmp_path / "pad", "tokens")).ravel().tolist()
    assert flat == whole + [pad] * (-len(whole) % 50)
    assert sum(map(len, read(tmp_path / "pad", "starts"))) == 60


def test_the_index_says_what_it_was_made_with(tokenizer: Tokenizer, source: list[str], tmp_path: Path) -> None:
    pack(source, tokenizer, str(tmp_path / "out"), length=20)
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    assert (index["dtype"], index["length"], index["documents"]) == ("uint16", 20, 60)
    assert index["end_id"] == tokenizer.raw.token_to_id("<|end|>")
    assert len(index["tokenizer"]["sha256"]) == 64
    assert [shard["tokens"] for shard in index["shards"]] == [index["written"]]


def test_a_large_vocabulary_takes_four_bytes(source: list[str], tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "large")
    data = json.loads((folder / "tokenizer.json").read_text())
    data["added_tokens"][1]["id"] = data["model"]["vocab"]["<|end|>"] = 2**16 + 5
    (folder / "tokenizer.json").write_text(json.dumps(data))
    tokenizer = load(folder)
    for form in ("npy", "bin"):
        done = pack(source, tokenizer, str(tmp_path / form), form=form)
        assert done.dtype == "uint32"
        assert np.concatenate(read(tmp_path / form, "tokens")).tolist() == stream(tokenizer, [2**16 + 5])


def test_ends_are_chosen(tokenizer: Tokenizer, source: list[str], tmp_path: Path) -> None:
    pack(source, tokenizer, str(tmp_path / "none"), no_end=True)
    assert np.concatenate(read(tmp_path / "none", "tokens")).tolist() == stream(tokenizer, [])
    pack(source, tokenizer, str(tmp_path / "pad"), end="<|pad|>")
    assert np.concatenate(read(tmp_path / "pad", "tokens")).tolist() == stream(tokenizer, [0])
    with pytest.raises(UsageError, match="has no token 'zebra'"):
        pack(source, tokenizer, str(tmp_path / "no"), end="zebra")
    plain = load(trained(tmp_path / "plain", "bpe", special_tokens=["[UNK]"]))
    with pytest.raises(UsageError, match="no eos token to end documents with; add --end TOKEN or --no-end"):
        pack(source, plain, str(tmp_path / "no"))
    with pytest.raises(UsageError, match="has no pad token"):
        pack(source, plain, str(tmp_path / "no"), no_end=True, length=8, tail="pad")


def test_what_cannot_be_packed_leaves_nothing(tokenizer: Tokenizer, source: list[str], tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    (tmp_path / "empty.txt").write_text("")
    with pytest.raises(HftermError, match="no text in the input"):
        pack([str(tmp_path / "empty.txt")], tokenizer, out)
    with pytest.raises(HftermError, match="tokens do not fill one row of 100000; choose a smaller --length"):
        pack(source, tokenizer, out, length=100_000)
    (tmp_path / "bad.jsonl").write_text('{"text": "the"}\n{"x": 1}\n')
    with pytest.raises(HftermError, match=r"cannot pack .*record 2: no text"):
        pack([str(tmp_path / "bad.jsonl")], tokenizer, out)
    with pytest.raises(UsageError, match="a shard of 5 tokens is shorter than one row of 6"):
        pack(source, tokenizer, out, length=6, shard_tokens=5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "bad.jsonl", "empty.txt"]


@pytest.mark.parametrize("shape", [(0,), (3,), (10**15, 10**9)])
def test_a_header_is_as_numpy_writes_it(shape: tuple[int, ...]) -> None:
    import io

    stream = io.BytesIO(npy_header("<u2", shape))
    assert len(stream.getvalue()) == 128
    assert np.lib.format.read_magic(stream) == (1, 0)
    assert np.lib.format.read_array_header_1_0(stream) == (shape, False, np.dtype("<u2"))
