from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from hfterm.errors import UsageError
from hfterm.train.recipes import RECIPES
from hfterm.train.schema import template
from hfterm.train.schema.document import parse
from hfterm.train.schema.resolve import resolve

# What some methods cannot do without.
NEEDED = {"grpo": {"reward": '["exact"]'}, "rloo": {"reward": '["exact"]'}, "distill": {"teacher": '"t"'}}

pytestmark = pytest.mark.usefixtures("known")


@pytest.mark.parametrize("kind", ["yaml", "toml"])
@pytest.mark.parametrize("method", RECIPES)
def test_a_new_recipe_means_the_defaults(method: str, kind: str) -> None:
    text = template.render(method, "org/name", "a b: 'c'.jsonl", kind=kind)
    assert text.startswith("# ") and "\n\n\n" not in text
    for key, value in NEEDED.get(method, {}).items():
        empty = f"{key}{' =' if kind == 'toml' else ':'}"
        assert f"{empty} # needed" in text
        text = text.replace(f"{empty} # needed", f"{empty} {value}")
    found = resolve(parse(text.encode(), f"r.{kind}")).sound()
    assert type(found) is RECIPES[method] and (found.model, found.data) == ("org/name", "a b: 'c'.jsonl")
    changed = {f.name for f in fields(found) if f.default is not MISSING and getattr(found, f.name) != f.default}
    assert changed <= NEEDED.get(method, {}).keys()
    # What stands as a comment is a key all the same.
    keys = {line.lstrip("#").partition(" =" if kind == "toml" else ":")[0] for line in text.splitlines()}
    assert keys >= {f.name for f in fields(RECIPES[method]) if f.name not in ("set", "peft_set")}


def test_without_model_and_data_it_says_what_is_needed() -> None:
    for kind in ("yaml", "toml"):
        text = template.render("sft", kind=kind)
        assert text.count("# needed") == 2
    found = resolve(parse(template.render("sft").encode(), "r.yaml"))
    assert [one.problem for one in found.in_order()] == ["model: missing", "data: missing"]


@pytest.mark.parametrize("word", ["no", "1e-4", "null", "a: b", "x #y", "", " x", "[a]", "~", "*a", "a:"])
def test_awkward_names_stay_text(word: str) -> None:
    for kind in ("yaml", "toml"):
        text = template.render("sft", word or "m", "d", kind=kind)
        assert parse(text.encode(), f"r.{kind}").values["model"] == (word or "m")


def test_a_file_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "r.toml"
    assert template.write(str(path), "sft", "m", "d") == path
    with pytest.raises(UsageError, match="exists"):
        template.write(str(path), "sft")
    for name in ("r.txt", "r.json", "r"):
        with pytest.raises(UsageError, match=r"\.yaml or \.toml"):
            template.write(str(tmp_path / name), "sft")
