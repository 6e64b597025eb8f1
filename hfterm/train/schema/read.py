"""The process that reads the installed libraries' argument classes: ``python -m hfterm.train.schema.read``.

Writes one JSON object to standard output: ``classes`` (``trl.SFTConfig`` -> its fields) and ``peft`` (method ->
``base``, ``sets`` and the fields of its configuration). It alone imports torch and its friends; see
:mod:`hfterm.train.schema.stored` for who calls it and keeps the answer.
"""

import contextlib
import importlib.util
import json
import os
import sys
from typing import Any

from hfterm.train.schema.field import Field, fields_of


def arguments() -> dict[str, list[Field]]:
    """The argument classes: ``transformers.TrainingArguments`` and whatever inherits it in transformers and TRL."""
    import transformers

    base = transformers.TrainingArguments
    found = {f"transformers.{cls.__name__}": fields_of(cls) for cls in (base, transformers.Seq2SeqTrainingArguments)}
    if importlib.util.find_spec("trl") is not None:
        import trl

        for name in sorted(name for name in dir(trl) if name.endswith("Config")):
            cls = getattr(trl, name)
            if isinstance(cls, type) and issubclass(cls, base):
                found[f"trl.{name}"] = fields_of(cls)
    return found


def peft() -> dict[str, dict[str, Any]]:
    """PEFT's methods, variants of LoRA included; without PEFT none."""
    if importlib.util.find_spec("peft") is None:
        return {}
    from hfterm.peft import catalog, methods

    found: dict[str, dict[str, Any]] = {}
    for name in methods.names():
        base, sets, cls = methods.find(name)
        told = {row["setting"]: row["help"] for row in catalog.settings(name)}
        fields = [field.as_dict() for field in fields_of(cls, told) if field.name != "peft_type"]
        found[name] = {"base": base, "sets": {**methods.DEFAULTS.get(base, {}), **sets}, "fields": fields}
    return found


def main() -> None:
    """Write what there is."""
    # Libraries print where they like: standard output is for the answer alone.
    answer = os.dup(1)
    os.dup2(2, 1)
    with contextlib.redirect_stdout(sys.stderr):
        classes = {name: [field.as_dict() for field in fields] for name, fields in arguments().items()}
        text = json.dumps({"classes": classes, "peft": peft()})
    with os.fdopen(answer, "w", encoding="utf-8") as stream:
        stream.write(text)


if __name__ == "__main__":
    main()
