"""Cards keep what their owners wrote."""

import pytest

from hfterm.data.put_card import Split, changed, configs, infos, told
from hfterm.errors import HftermError, UsageError
from hfterm.hub import card

TEXT = """---
# about this
license: mit   # keep me
configs:
- config_name: default
  # which
  data_files: data/train-*
"tags": [a, "b: c"]
pretty_name: 'X: y'
---
# My words é

---
configs: no metadata
"""
COLUMNS = [{"name": "a", "dtype": "int64"}]


def test_only_what_is_said_anew_changes() -> None:
    made = changed(TEXT, {"configs": [{"config_name": "new"}], "tags": ["z"], "size": {"b": "ä"}})
    assert made == TEXT.replace(
        "- config_name: default\n  # which\n  data_files: data/train-*\n", "- config_name: new\n"
    ).replace('"tags": [a, "b: c"]\n', "tags:\n- z\n").replace("'X: y'\n---", "'X: y'\nsize:\n  b: ä\n---")


@pytest.mark.parametrize(
    "text",
    ["", "Words\n", "---\n---\nWords", "---\r\na: 1\r\n---\r\nWords\r\n", "---\n{a: 1,\n b: 2}\n---\nWords\n",
     "---\na: |\n  b:\n  c\nd:\n- 1\n---\n", "\ufeff---\na: 1\n---\n"],
)  # fmt: skip
def test_any_card_gets_it_and_loses_nothing(text: str) -> None:
    before = card.split(text)
    after = card.split(changed(text, {"configs": [1]}))
    assert after == {"data": {**before["data"], "configs": [1]}, "content": before["content"]}


def test_metadata_that_cannot_be_read_is_left_alone() -> None:
    with pytest.raises(HftermError, match="cannot be read"):
        changed("---\na: [\n---\n", {"b": 1})


def test_configurations() -> None:
    train, test = Split("train", 8, 1, "data/train-*"), Split("test", 8, 1, "data/test-*")
    one = {"config_name": "default", "data_files": [{"split": "train", "path": "data/train-*"}]}
    assert configs(None, "default", [train], {}) == [one]
    both = {**one, "data_files": [*one["data_files"], {"split": "test", "path": "data/test-*"}]}
    assert configs([one], "default", [test], {}) == [both]
    assert configs([both], "default", [test, train], {}) == [both]
    assert configs([{**one, "data_files": "*.parquet", "sep": 1}], "default", [train], {}) == [{**one, "sep": 1}]
    silent = {"default": {"train": ["data/train-00000-of-00001.parquet"], "odd": ["x/odd.parquet"]}}
    odd = {"split": "odd", "path": ["x/odd.parquet"]}
    assert configs(None, "b", [test], silent) == [
        {**one, "data_files": [*one["data_files"], odd]},
        {"config_name": "b", "data_files": [{"split": "test", "path": "data/test-*"}]},
    ]


def test_rows_and_bytes_of_all_splits_are_told() -> None:
    train, test = Split("train", 8, 1, ""), Split("test", 80, 10, "")
    first = infos(None, "default", [train], COLUMNS, {}, 100)
    said = {"name": "train", "num_bytes": 8, "num_examples": 1}
    assert first == {"features": COLUMNS, "splits": [said], "download_size": 100, "dataset_size": 8}
    assert told(first, "default") == {"train": said} and told(first, "b") == told(None, "default") == {}
    both = infos(first, "default", [test], COLUMNS, {"train": said}, 300)
    assert both["splits"] == [said, {"name": "test", "num_bytes": 80, "num_examples": 10}]
    assert (both["download_size"], both["dataset_size"]) == (300, 88)
    assert infos(first, "b", [test], COLUMNS, {}, 7) == [
        {"config_name": "default", **first},
        {
            "config_name": "b", "features": COLUMNS, "splits": [both["splits"][1]],
            "download_size": 7, "dataset_size": 80,
        },
    ]  # fmt: skip
    with pytest.raises(UsageError, match="not those of the split train: only one has a, b"):
        infos(first, "default", [test], [{"name": "b", "dtype": "int64"}], {"train": said}, 1)
    with pytest.raises(UsageError, match="some are of another kind"):
        infos(first, "default", [test], [{"name": "a", "dtype": "string"}], {"train": said}, 1)
    old = {"features": [{"name": "a", "sequence": "int64"}]}
    assert infos(old, "default", [test], [{"name": "a", "list": "int64"}], {"train": said}, 1)
