from dataclasses import fields

import pytest

from hfterm.errors import NotFoundError
from hfterm.train.recipes import RECIPES
from hfterm.train.schema import listing

pytestmark = pytest.mark.usefixtures("known")


@pytest.mark.parametrize("method", RECIPES)
def test_each_method_lists_its_fields(method: str) -> None:
    some = [row["field"] for row in listing.fields(method)]
    every = [row["field"] for row in listing.fields(method, everything=True)]
    assert len(set(every)) == len(every) > len(some) >= len(fields(RECIPES[method]))
    assert "learning_rate" in some and "max_grad_norm" not in some and "max_grad_norm" in every
    assert all(row["type"] and row["help"] for row in listing.fields(method, everything=True))


def test_methods_are_listed() -> None:
    assert [row["method"] for row in listing.methods()] == list(RECIPES)


def test_words_are_looked_for_in_names_and_help() -> None:
    assert {row["field"] for row in listing.fields("sft", search="Gradient CLIPPING")} == {"max_grad_norm"}
    assert not list(listing.fields("sft", search="no such words at all"))


def test_one_field_is_explained() -> None:
    found = listing.field("sft", "--lr")
    assert (found["field"], found["of"], found["type"]) == ("learning_rate", "hfterm", "number or none")
    assert listing.field("sft", "output-dir")["instead"] == "use --name"
    assert "cosine" in listing.field("sft", "lr_scheduler_type")["choices"]
    with pytest.raises(NotFoundError, match="did you mean 'max_grad_norm'"):
        listing.field("sft", "max_grad_nrm")
    with pytest.raises(NotFoundError, match="peft methods lora"):
        listing.field("sft", "lora_alpha")
