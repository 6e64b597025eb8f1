"""Configurations and splits are those that ``datasets`` finds."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hfterm.data.globs import matching
from hfterm.data.splits import Layout, kind_of, split_of
from hfterm.errors import HftermError, NotFoundError, UsageError

LAYOUTS: list[tuple[list[str], Any]] = [
    (["a.csv"], None),
    (["train.csv", "test.csv"], None),
    (["train.jsonl", "dev.jsonl", "other.jsonl"], None),
    (["data/train.csv", "data/test.csv", "data/valid_2.csv"], None),
    (["train_0.csv", "train_1.csv", "my-eval.csv", "contrain.csv"], None),
    (["data/train/x.parquet", "data/train/y.parquet", "data/test/x.parquet"], None),
    (["train-v2/a.json", "2_test/b.json", "evaluation/c.json"], None),
    ([f"data/{s}-0000{i}-of-00002.parquet" for s in ("train", "test", "b.c", "a_1") for i in (0, 1)], None),
    (["data/train-00000-of-00001-abcdef.parquet", "train.csv"], None),
    (["sub/train-00000-of-00001.parquet"], None),
    (["x.csv", "y.csv", "z.jsonl", "notes.pdf"], None),
    (["x.csv", "y.jsonl", ".hidden/train.csv", "__pycache__/test.csv", ".train.csv"], None),
    (["a.parquet", "b.arrow"], None),
    (["train.txt", "test.txt.gz"], None),
    (["a.tsv", "b.csv", "dataset_info.json", "config.json"], None),
    (["p/1.csv", "p/2.csv", "q/1.csv"], [{"config_name": "one", "data_files": "p/*.csv"}]),
    (["p/1.csv", "q/1.csv"], [{"config_name": "one", "data_files": ["p/1.csv", "q/*.csv"]}]),
    (
        ["a/x.jsonl", "b/x.jsonl"],
        [
            {"config_name": "a", "data_files": [{"split": "train", "path": "a/*"}]},
            {
                "config_name": "b",
                "default": True,
                "data_files": [{"split": "s1", "path": ["b/*"]}, {"split": "none", "path": "c/*"}],
            },
        ],
    ),
    (["m/train.csv", "m/test.csv", "n/all.csv"], [{"config_name": c, "data_dir": c} for c in ("m", "n")]),
    (["data/a/b/1.csv", "data/2.csv", "data/c/3.csv"], [{"config_name": "d", "data_files": "data/**/*.csv"}]),
    (["1.csv", "2.csv", "3.csv"], [{"config_name": "d", "data_files": "[!2].csv"}]),
]


def made(folder: Path, paths: list[str], configs: Any) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x")
    if configs:
        (folder / "README.md").write_text(f"---\n{yaml.safe_dump({'configs': configs})}---\n")


@pytest.mark.parametrize(("paths", "configs"), LAYOUTS, ids=[layout[0][0] for layout in LAYOUTS])
def test_the_splits_are_those_of_datasets(tmp_path: Path, paths: list[str], configs: Any) -> None:
    from datasets import load_dataset_builder

    folder = tmp_path / "set"
    folder.mkdir()
    made(folder, paths, configs)
    laid = Layout("set", [*paths, "README.md"], {"configs": configs} if configs else None)
    for config in laid.configs:
        builder = load_dataset_builder(str(folder), config, cache_dir=str(tmp_path / "cache"))
        theirs = {
            str(split): [str(Path(one).relative_to(folder)) for one in files]
            for split, files in builder.config.data_files.items()
            if files
        }
        assert laid.splits(config) == theirs
    if laid.default is None:
        with pytest.raises(ValueError, match="Config name is missing"):
            load_dataset_builder(str(folder), cache_dir=str(tmp_path / "cache"))
    elif len(laid.configs) > 1:
        assert load_dataset_builder(str(folder), cache_dir=str(tmp_path / "cache")).config.name == laid.default


PATHS = ["a.csv", "ab.csv", "b/a.csv", "b/c/a.csv", "b/c/d.jsonl", ".h/a.csv", "b/.h.csv", "__s/a.csv", "b/x[1].csv"]
PATTERNS = [
    "*",
    "**",
    "*.csv",
    "**/*.csv",
    "b/*",
    "b/**",
    "?.csv",
    "[ab].csv",
    "[!a].csv",
    "[a-b]*",
    "b/**/a.csv",
    "**/**/**/a.csv",
]


@pytest.mark.parametrize("pattern", [*PATTERNS, ".*/*", "__*/*", "b/.*", "b/*/*", "b/c/[", "b/x[[]1].csv"])
def test_patterns_match_what_they_match_in_datasets(tmp_path: Path, pattern: str) -> None:
    from datasets.data_files import resolve_pattern

    made(tmp_path, PATHS, None)
    try:
        theirs = [str(Path(one).relative_to(tmp_path)) for one in resolve_pattern(pattern, str(tmp_path))]
    except FileNotFoundError:
        theirs = []
    assert matching(PATHS, pattern) == theirs


def test_what_is_chosen() -> None:
    laid = Layout("set", ["train.csv", "test.csv"])
    assert [one.split for one in laid.choose()[0]] == ["train"]
    assert [one.paths for one in laid.choose(split="all")[0]] == [["train.csv"], ["test.csv"]]
    assert [one.split for one in laid.choose("default", "test+train")[0]] == ["test", "train"]
    with pytest.raises(NotFoundError, match="no split 'tets'") as caught:
        laid.choose(split="tets")
    assert caught.value.hint == "did you mean test?"
    with pytest.raises(NotFoundError, match="no configuration 'x'"):
        laid.choose("x")
    assert Layout("set", ["valid.csv"]).choose()[0][0].split == "validation"
    with pytest.raises(UsageError, match="several splits: validation, test") as told:
        Layout("set", ["valid.csv", "test.csv"]).choose()
    assert "--split validation" in str(told.value.hint)
    two = Layout("set", ["a.csv"], {"configs": [{"config_name": "a"}, {"config_name": "b"}]})
    with pytest.raises(UsageError, match="several configurations: a, b"):
        two.choose()
    with pytest.raises(NotFoundError, match="no data files"):
        Layout("set", ["a.py"]).choose()


@pytest.mark.parametrize(
    ("configs", "why"),
    [
        ("words", "no list of mappings"),
        ([{"data_files": "a.csv"}], "no list of mappings"),
        ([{"config_name": "a", "data_files": 3}], "make no sense"),
        ([{"config_name": "a", "data_files": [{"split": "train"}]}], "make no sense"),
        ([{"config_name": "a", "default": True}, {"config_name": "default"}], "are the default"),
        ([{"config_name": "a", "data_files": "**.csv"}], "must stand alone"),
        ([{"config_name": "a", "data_files": "*a" * 17}], "more than 16 stars"),
        ([{"config_name": "a", "data_files": "no.csv"}], "there is no such data file"),
        ([{"config_name": "a", "data_files": "hf://datasets/x/y/a.csv"}], "lies elsewhere"),
        ([{"config_name": "a", "data_files": "../a.csv"}], "there is no such data file"),
    ],
)
def test_a_card_that_makes_no_sense(configs: Any, why: str) -> None:
    with pytest.raises(HftermError, match=why):
        Layout("set", ["a.csv"], {"configs": configs}).choose()


def test_files_below_a_folder_that_the_card_names() -> None:
    # Documented, but datasets 5.2 looks for the format above the folder, and finds none.
    card = {"configs": [{"config_name": "a", "data_dir": "./m", "data_files": "x/*.csv"}]}
    assert Layout("set", ["m/x/1.csv", "x/2.csv"], card).splits("a") == {"train": ["m/x/1.csv"]}


def test_programs_and_words_tell_no_splits() -> None:
    # datasets 5.2 takes train.py and test.md for splits, and then finds no data in them.
    assert Layout("set", ["train.py", "test.md", "a.csv"]).splits("default") == {"train": ["a.csv"]}


def test_names_tell_kinds_and_splits() -> None:
    assert kind_of(["a.csv", "b.parquet"]) == "parquet" and kind_of(["a.py"]) is None
    assert kind_of(["a.json.gz", "metadata.csv", "b/metadata.csv"]) == "json"
    names = ["train.jsonl", "my_dev.csv.gz", "contrain.csv", "odd-00000-of-00002.parquet", "x/test/a.csv"]
    assert list(map(split_of, names)) == ["train", "validation", None, "odd", None]
