"""Packed Parquet as ``datasets`` reads it."""

import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import UsageError
from hfterm.tok import pack_parquet
from hfterm.tok.pack import pack
from hfterm.tok.tokenizer import Tokenizer, load
from support.tiny import tiny_model

TEXTS = [" ".join(["the lamp of Mara"] * (n % 7)) + f" {n}" * (n % 3) for n in range(60)]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return load(tiny_model(tmp_path_factory.mktemp("pack") / "tiny"))


@pytest.fixture
def source(tmp_path: Path) -> list[str]:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    return [str(tmp_path / "a.jsonl")]


def expected(documents: list[list[int]], length: int, pad: int | None) -> list[dict[str, list[int]]]:
    """The rows, one token after the other: each with its id, its place in the document's part and its segment."""
    rows: list[dict[str, list[int]]] = []
    for ids in documents:
        part = 0
        for token in ids:
            if not rows or len(rows[-1]["input_ids"]) == length:
                rows.append({name: [] for name in pack_parquet.COLUMNS})
                part = 0
            row = rows[-1]
            row["segment_ids"].append(row["segment_ids"][-1] if part else max([0, *row["segment_ids"]]) + 1)
            row["input_ids"].append(token)
            row["position_ids"].append(part)
            part += 1
    if (left := length - len(rows[-1]["input_ids"])) and pad is None:
        rows.pop()
    elif left:
        for name, values in (("input_ids", [pad] * left), ("position_ids", range(left)), ("segment_ids", [0] * left)):
            rows[-1][name].extend(values)  # type: ignore[arg-type]
    return rows


@pytest.mark.parametrize("tail", ["drop", "pad"])
@pytest.mark.parametrize(("shard", "group"), [(10**8, 1 << 20), (160, 1 << 20), (160, 64), (32, 1)])
def test_datasets_reads_every_token_and_boundary(
    shard: int,
    group: int,
    tail: str,
    tokenizer: Tokenizer,
    source: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import datasets

    monkeypatch.setattr(pack_parquet, "GROUP_TOKENS", group)
    out = tmp_path / "out"
    done = pack(source, tokenizer, str(out), form="parquet", length=32, shard_tokens=shard, tail=tail)
    end, pad = (tokenizer.raw.token_to_id(token) for token in ("<|end|>", "<|pad|>"))
    wanted = expected([[*tokenizer.encode(text), end] for text in TEXTS], 32, pad if tail == "pad" else None)
    rows = datasets.load_dataset(str(out), split="train", cache_dir=str(tmp_path / "cache"))
    assert rows.to_list() == wanted
    assert rows.features["input_ids"] == datasets.List(datasets.Value("int32"), length=32)
    index: dict[str, Any] = json.loads((out / "index.json").read_text())
    assert (index["files"], index["dtype"], index["rows"]) == ("parquet", "int32", len(wanted))
    assert done.written == done.text_tokens + done.end_tokens + done.padding - done.dropped == 32 * len(wanted)
    assert [one["tokens"] for one in index["shards"]][:-1] == [shard // 32 * 32] * (len(index["shards"]) - 1)
    begins = sum(one["documents_begun"] for one in index["shards"])
    assert begins == 60 - _begun(done.dropped, tokenizer)
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*.parquet")) == [
        one["tokens_file"] for one in index["shards"]
    ]


def _begun(dropped: int, tokenizer: Tokenizer) -> int:
    """How many documents begin in the last so many tokens."""
    count = 0
    for text in reversed(TEXTS):
        dropped -= len(tokenizer.encode(text)) + 1
        if dropped < 0:
            break
        count += 1
    return count


def test_rows_need_a_length(tokenizer: Tokenizer, source: list[str], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="rows of Parquet have one length; add --length N"):
        pack(source, tokenizer, str(tmp_path / "out"), form="parquet")
    assert not (tmp_path / "out").exists()
