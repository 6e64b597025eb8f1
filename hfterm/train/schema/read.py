"""The process that reads the installed libraries' argument classes: ``python -m hfterm.train.schema.read``.

Writes one JSON object to standard output: ``classes`` (``trl.SFTConfig`` -> its fields) and ``peft`` (method ->
``base``, ``sets`` and the fields of its configuration). It alone imports torch and its friends; see
:mod:`hfterm.train.schema.stored` for who calls it and keeps the answer.
"""

import importlib
import importlib.util
from typing import Any

from hfterm import apart
from hfterm.train.schema.field import Field, fields_of


def of_class(name: str) -> list[Field]:
    """The fields of an argument class: ``trl.SFTConfig``."""
    library, _, cls = name.partition(".")
    return fields_of(getattr(importlib.import_module(library), cls))


def classes() -> list[str]:
    """The argument classes: ``transformers.TrainingArguments`` and whatever inherits it in transformers and TRL."""
    import transformers

    base = transformers.TrainingArguments
    found = ["transformers.TrainingArguments", "transformers.Seq2SeqTrainingArguments"]
    if importlib.util.find_spec("trl") is not None:
        import trl

        for name in sorted(name for name in dir(trl) if name.endswith("Config")):
            cls = getattr(trl, name)
            if isinstance(cls, type) and issubclass(cls, base):
                found.append(f"trl.{name}")
    return found


def of_method(name: str) -> dict[str, Any]:
    """A PEFT method: PEFT's own name of it, what hfterm and the variant set, the fields of its configuration."""
    from hfterm.peft import catalog, methods

    base, sets, cls = methods.find(name)
    told = {row["setting"]: row["help"] for row in catalog.settings(name)}
    fields = [field.as_dict() for field in fields_of(cls, told) if field.name != "peft_type"]
    return {"base": base, "sets": {**methods.DEFAULTS.get(base, {}), **sets}, "fields": fields}


def peft() -> dict[str, dict[str, Any]]:
    """PEFT's methods, variants of LoRA included; without PEFT none."""
    if importlib.util.find_spec("peft") is None:
        return {}
    from hfterm.peft import methods

    return {name: of_method(name) for name in methods.names()}


def everything() -> dict[str, Any]:
    """What there is."""
    return {"classes": {name: [field.as_dict() for field in of_class(name)] for name in classes()}, "peft": peft()}


if __name__ == "__main__":
    apart.answer(everything)
