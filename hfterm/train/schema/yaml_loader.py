"""PyYAML's safe loader with the scalars of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema)."""

import re
from typing import Any

import yaml


class Loader(yaml.SafeLoader):
    """Plain ``1e-4`` is a number; ``no``, ``on``, ``12:30`` and dates are text; ``010`` is ten; keys are text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (as PyYAML has it)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys are the words that stand there."""
        if isinstance(node, yaml.MappingNode):
            self.flatten_mapping(node)
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode):
                    key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep=deep)


def _int(loader: Any, node: Any) -> int:
    text = loader.construct_scalar(node).replace("_", "")
    return int(text, 0) if text.lower().startswith(("0x", "0o")) else int(text)


def _float(loader: Any, node: Any) -> float:
    return float(loader.construct_scalar(node).lower().replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))


for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9][0-9_]*|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), list(first))
Loader.add_constructor("tag:yaml.org,2002:int", _int)
Loader.add_constructor("tag:yaml.org,2002:float", _float)


def line_of(error: yaml.YAMLError) -> int:
    """The line (from 1) that a YAML error tells of."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark is not None else 1


def plain_text(text: str) -> bool:
    """Whether text can stand in a recipe without quotes and stays the same text."""
    if not re.fullmatch(r"[A-Za-z0-9./~_][A-Za-z0-9./~_@:=+-]*", text) or text.endswith(":"):
        return False
    try:
        return bool(Loader(text).get_single_data() == text)
    except yaml.YAMLError:
        return False
