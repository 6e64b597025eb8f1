import json
from pathlib import Path

import pytest

from hfterm.errors import UsageError
from hfterm.peft import catalog, kept, matrix, mergeable, methods, read


@pytest.fixture(autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One cache for this module: PEFT's classes are read once."""
    monkeypatch.setenv("HFTERM_HOME", str(tmp_path_factory.getbasetemp() / "catalog"))


def test_every_method_is_told() -> None:
    from peft.utils import PeftType

    said: list[str] = []
    rows = {row["method"]: row for row in catalog.ls(said.append)}
    assert {kind.value.lower() for kind in PeftType} | {*methods.VARIANTS, "qlora"} == rows.keys()
    assert list(rows) == sorted(rows)
    lora = rows["lora"]
    assert lora["about"] == "Low Rank Adapter (LoRA)" and lora["paper"] == "https://huggingface.co/papers/2106.09685"
    assert lora["settings"] == {"r": 8, "lora_alpha": 8, "lora_dropout": 0.0, **lora["settings"]}
    assert rows["xlora"]["runs"] is False and "does not save the mixer" in rows["xlora"]["why"]
    assert rows["dora"]["settings"]["use_dora"] is True
    assert rows["supertuning"]["paper"].startswith("https://arxiv.org/abs/")
    assert not any(row["about"].startswith(("This is the conf", "Creates", "Configuration")) for row in rows.values())
    # Of the variants, the words on the setting tell.
    assert rows["rslora"]["about"].startswith("LoRA with use_rslora=True: When set to True, uses Rank-Stabilized LoRA")
    assert [rows[name]["paper"].rpartition("/")[2] for name in ("dora", "rslora", "pissa", "eva")] == [
        "2402.09353", "2312.03732", "2404.02948", "2410.07170"
    ]  # fmt: skip
    assert rows["eva"]["why"].startswith("its first values are computed from the data")
    # The second time nothing is read.
    again: list[str] = []
    assert list(catalog.ls(again.append)) == list(rows.values()) and not again


def test_what_was_tried_is_told_with_the_version_it_holds_for(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = json.loads(matrix.FILE.read_text())
    rows = {row["method"]: row for row in catalog.ls()}
    if shipped["versions"]["peft"] == kept.versions()["peft"]:
        assert matrix.known() and shipped["methods"].keys() == set(methods.names())
        # 45 methods with PEFT 0.21: X-LoRA does not come back as it was saved, and is merged wrongly.
        assert rows["lora"]["tasks"] == list(matrix.of("lora").tasks) and len(rows["lora"]["tasks"]) == 8  # type: ignore[union-attr, arg-type]
        assert (rows["xlora"]["tasks"], rows["xlora"]["merge"]) == ([], False)
        assert (rows["beft"]["merge"], rows["prompt_tuning"]["merge"], rows["dora"]["merge"]) == (None, False, True)
        assert (rows["loftq"]["tasks"], rows["loftq"]["merge"]) == (None, None)
        assert rows["cpt"]["tasks"] == ["clm"] and "image" not in rows["prompt_tuning"]["tasks"]
        own = {name: row["merge"] for name, row in rows.items() if name not in (*methods.VARIANTS, "qlora")}
        assert sum(value is True for value in own.values()) == 33
        # What refuses to merge knows the same.
        assert {name: mergeable.exact(name) for name in own} == own
    monkeypatch.setattr(matrix, "installed", lambda: "0.0.1")
    assert not matrix.known() and matrix.of("lora") is None
    assert next(row for row in catalog.ls() if row["method"] == "lora")["tasks"] is None


def test_what_is_tried_here_counts_for_other_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"versions": {"peft": "0.0.2"}, "methods": {"lora": {
        "tasks": ["clm"], "merges": [], "fails": {"tag": "why"}, "unmerged": {"clm": "why not"}}}}  # fmt: skip
    kept.put(told, "tried")
    monkeypatch.setattr(matrix, "installed", lambda: "0.0.2")
    facts = matrix.of("LoRA")
    assert facts is not None and facts.tasks == ["clm"] and facts.mergeable is False and matrix.of("vera") is None


def test_one_method_has_settings_with_types_defaults_and_help() -> None:
    rows = {row["setting"]: row for row in catalog.settings("vera")}
    assert rows["r"] == {"setting": "r", "type": "int", "default": 256, "help": "Vera attention dimension"}
    assert rows["target_modules"]["default"] is None and "regex" in rows["target_modules"]["help"]
    assert list(rows)[-1] == "inference_mode", "what all methods share comes last"
    assert {row["setting"]: row for row in catalog.settings("DoRA")}["use_dora"]["default"] is True
    # Help that stands in the docstring alone is found there.
    assert "rank" in {row["setting"]: row for row in catalog.settings("osf")}["effective_rank"]["help"]
    assert list(catalog.settings("qlora")) == list(catalog.settings("lora")) == read.settings("lora")
    with pytest.raises(UsageError, match="did you mean 'vera'"):
        next(catalog.settings("veraa"))
    with pytest.raises(UsageError, match="no such PEFT method 'nothing'"):
        catalog.of("nothing")


def test_damaged_answers_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HFTERM_HOME", str(tmp_path))
    kept.put({"a": [1]}, "thing", 1)
    assert kept.get("thing", 1) == {"a": [1]} and kept.get("thing", 2) is None
    file = kept.path("thing", 1)
    file.write_text(file.read_text().replace("1", "2"))
    assert kept.get("thing", 1) is None
    for number in range(kept.KEEP + 2):
        kept.put(number, "thing", "more", number)
    assert len(list(file.parent.glob("thing-*.json"))) == kept.KEEP
    file.parent.rename(tmp_path / "gone")
    file.parent.write_text("no folder")
    kept.put(3, "thing", 3)
    assert kept.get("thing", 3) is None
