"""A recipe to begin with: every common field with its help and its default, the rest told of in a line."""

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

from hfterm import files
from hfterm.errors import UsageError
from hfterm.train import schema
from hfterm.train.recipe import Recipe
from hfterm.train.recipes import recipe_class
from hfterm.train.schema.document import SUFFIXES
from hfterm.train.schema.field import Field
from hfterm.train.schema.names import as_keys, told_of
from hfterm.train.schema.yaml_loader import plain_text

_HEADS = ("model", "data", "eval_data")
# Written as tables of their own, or told of at the end.
_TABLES = ("set", "peft_set")


def kind_of(path: str | None) -> str:
    """``yaml`` or ``toml``, by the file's name.

    Raises:
        UsageError: another suffix.
    """
    kind = SUFFIXES.get(Path(path).suffix.lower()) if path else "yaml"
    if kind not in ("yaml", "toml"):
        raise UsageError(f"cannot write {path!r} as a recipe", "name it .yaml or .toml: they can hold comments")
    return kind


def render(
    method: str, model: str | None = None, data: str | None = None, *, kind: str = "yaml", name: str = ""
) -> str:
    """The text of a recipe for ``method``; ``name`` is the file that it will be, for the commands in its head.

    Raises:
        UsageError: no such method.
    """
    recipe = recipe_class(method)
    fields = schema.recipe(recipe)
    given = {"model": model, "data": data}
    file = shlex.quote(name or f"recipe.{kind}")
    lines = [
        f"# {(recipe.__doc__ or method).strip().splitlines()[0].rstrip('.')}: a recipe of hfterm.",
        f"#   hfterm train validate {file}",
        f"#   hfterm train run {file} --name NAME",
        "",
        _line("method", method, kind),
    ]
    needed = _needed(recipe)
    common = [name for name in schema.recipe(Recipe) if name not in _HEADS]
    for key in (*_HEADS, *sorted((f for f in fields if f not in _HEADS), key=lambda f: f in common)):
        if key not in fields or key in _TABLES:
            continue
        lines += ["", *_entry(recipe, replace(fields[key], required=key in needed), given.get(key), kind)]
    lines += ["", *_rest(recipe, kind)]
    return "\n".join(lines) + "\n"


def _needed(recipe: Any) -> set[str]:
    """The fields without which a recipe of this class is refused."""
    found = {"model", "data"}
    try:
        recipe("model", "data").check()
    except UsageError as exc:
        found.add(told_of(exc.message, recipe) or "")
    return found


def _entry(recipe: type[Recipe], field: Field, given: str | None, kind: str) -> list[str]:
    words = as_keys(field.help) or ""
    said = [f"# {words}"] if words else []
    if choices := [choice for choice in field.choices if not re.search(rf"\b{re.escape(choice)}\b", words)]:
        said.append(f"# One of: {', '.join(choices)}")
    if field.required:
        equals = " =" if kind == "toml" else ":"
        return [*said, _line(field.name, given, kind) if given is not None else f"{field.name}{equals} # needed"]
    if field.default is None or field.default in ([], {}):
        shown = chosen(recipe, field.name)
        said[-1:] = [f"{said[-1]} Left out: {shown}." if shown else said[-1]] if said else []
        return [*said, f"#{_line(field.name, None, kind)}"]
    if field.name == "peft" and field.default == "lora":
        mapping = '{method = "lora", r = 16}' if kind == "toml" else "{method: lora, r: 16}"
        said.append(f"# With settings of its own: {mapping}; 'hfterm peft methods lora' lists them.")
    return [*said, _line(field.name, field.default, kind)]


def chosen(recipe: type[Recipe], name: str) -> str | None:
    """What a field is when it is left out, in words, where that is chosen when a run is prepared; else None."""
    if name == "learning_rate":
        with_peft, without = recipe.LEARNING_RATES
        return f"{with_peft:g} with PEFT, {without:g} without"
    return as_keys(recipe.__dataclass_fields__[name].metadata.get("shown"))


def _line(key: str, value: Any, kind: str) -> str:
    return f"{key}{' =' if kind == 'toml' else ':'} {_value(value, kind)}".rstrip()


def _value(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if kind == "yaml" and plain_text(value) else json.dumps(value, ensure_ascii=False)
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else json.dumps(value)


def _rest(recipe: type[Recipe], kind: str) -> list[str]:
    example = "max_grad_norm = 1.0" if kind == "toml" else "max_grad_norm: 1.0"
    return [
        f"# Any field of {recipe.ARGUMENTS} can stand here too, such as '{example}':",
        f"# 'hfterm train schema {recipe.METHOD} --all' lists them, with their defaults.",
    ]


def write(path: str, method: str, model: str | None = None, data: str | None = None) -> Path:
    """Write a recipe to a new file; returns where it is.

    Raises:
        UsageError: something is there already, or its suffix is not .yaml, .yml or .toml.
    """
    kind = kind_of(path)
    target = Path(path).expanduser()
    if target.exists() or target.is_symlink():
        raise UsageError(f"{path!r} exists", "choose another name: it may hold your own changes")
    files.write_text(target, render(method, model, data, kind=kind, name=path))
    return target
