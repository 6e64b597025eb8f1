"""A recipe file as plain data that still knows its lines: YAML, TOML or JSON, by its suffix or, of ``-``, its looks.

YAML is read as its version 1.2 has it: ``no`` is text, ``1e-4`` a number, ``010`` ten, dates are text. A key that
stands twice is a mistake in all three, not the last one's victory.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hfterm.errors import AccessError, ConfigError, NotFoundError, one_line
from hfterm.text import redact

SUFFIXES = {".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".json": "json"}
# More than any recipe, less than any data file that was named by mistake.
MAX_BYTES = 2**20
MAX_ITEMS = 10_000
STDIN = "standard input"
Place = tuple[str, ...]

_TOML_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[\w-]+|"[^"\n]*"|'[^'\n]*'))*)\s*=""")
_TOML_TABLE = re.compile(r"\s*\[\s*([^\[\]\n]+?)\s*\]\s*(#.*)?$")
_TOML_PART = re.compile(r"""[\w-]+|"[^"\n]*"|'[^'\n]*'""")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")


@dataclass
class Document:
    """What a recipe file says. ``lines``: where a key stands, by its path (from 1). ``written``: the option of the
    command line that set it instead, where one did; its value is then the text as typed. ``source`` is the file's
    content, ``kind`` yaml, toml or json.
    """

    name: str
    values: dict[str, Any]
    lines: dict[Place, int] = field(default_factory=dict)
    written: dict[Place, str] = field(default_factory=dict)
    source: bytes = b""
    kind: str = "yaml"

    def line(self, *place: str) -> int | None:
        """The line of a key, or of the nearest key that it lies in."""
        while place:
            if place in self.lines:
                return self.lines[place]
            place = place[:-1]
        return None


class BadDocument(ConfigError):
    """A file that is no recipe: ``problem``, and the ``line`` where it shows (None: all of it)."""

    def __init__(self, name: str, line: int | None, problem: str, hint: str | None = None) -> None:
        super().__init__(f"{name}:{line}: {problem}" if line else f"{name}: {problem}", hint)
        self.name, self.line, self.problem = name, line, problem


def read(name: str) -> Document:
    """The recipe in the file ``name``, or ``-``: on standard input.

    Raises:
        NotFoundError, AccessError: there is none, or it is not ours to read. BadDocument: it is none.
    """
    if name == "-":
        if sys.stdin is None or sys.stdin.closed:
            raise BadDocument(STDIN, None, "it is closed", "name a recipe file, or pipe one in")
        return parse(sys.stdin.buffer.read(MAX_BYTES + 1), STDIN)
    path = Path(name).expanduser()
    try:
        if not name:
            raise FileNotFoundError
        if path.is_dir():
            raise BadDocument(name, None, "a folder, not a recipe", "name a .yaml, .toml or .json file")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"no recipe {name!r}", "write one with 'hfterm train init METHOD -o recipe.yaml'") from None
    except PermissionError:
        raise AccessError(f"permission denied: {name!r}") from None
    except (OSError, ValueError) as exc:
        raise BadDocument(name, None, f"it cannot be read: {one_line(exc)}") from exc
    return parse(content, name)


def parse(content: bytes, name: str) -> Document:
    """What the bytes of a recipe called ``name`` say.

    Raises:
        BadDocument: they are no recipe.
    """
    if len(content) > MAX_BYTES:
        raise BadDocument(name, None, f"larger than {MAX_BYTES >> 20} MiB, so no recipe", "is it the data?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content[: exc.start].count(b"\n") + 1
        raise BadDocument(name, line, "not UTF-8 text") from exc
    kind = SUFFIXES.get(Path(name).suffix.lower()) or _looks(text)
    try:
        values, lines = {"yaml": _yaml, "toml": _toml, "json": _json}[kind](text, name)
    except RecursionError:
        raise BadDocument(name, None, "nested too deeply") from None
    except ValueError as exc:  # Python reads no whole number of thousands of digits
        raise BadDocument(name, None, f"a value cannot be read: {redact(one_line(exc))[:200]}") from exc
    if values is None or values == {}:
        raise BadDocument(name, None, "it is empty", "write one with 'hfterm train init METHOD'")
    if not isinstance(values, dict):
        raise BadDocument(name, 1, f"not a recipe: it holds {_what(values)}, not keys with values")
    return Document(name, values, lines, source=content, kind=kind)


def _looks(text: str) -> str:
    if text.lstrip().startswith("{"):
        return "json"
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    return "toml" if _TOML_TABLE.fullmatch(first) or _TOML_KEY.match(first) else "yaml"


def _what(value: Any) -> str:
    return {str: "a text", list: "a list", int: "a number", float: "a number"}.get(type(value), "something else")


Read = tuple[Any, dict[Place, int]]


def _json(text: str, name: str) -> Read:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise _twice(name, key, _found(text, key, 2))
            found[key] = value
        return found

    try:
        values = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as exc:
        hint = "a recipe is one object; is it the data?" if exc.msg == "Extra data" else None
        raise BadDocument(name, exc.lineno, f"not JSON: {exc.msg} (column {exc.colno})", hint) from exc
    lines = {place: line for place in _places(values) if (line := _found(text, place[-1], 1))}
    return values, lines


def _found(text: str, key: str, which: int) -> int | None:
    """The line of the ``which``-th time that a key is written in JSON."""
    at = list(re.finditer(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:", text))[which - 1 : which]
    return text.count("\n", 0, at[0].start()) + 1 if at else None


def _places(values: Any) -> Iterator[Place]:
    for key, value in values.items() if isinstance(values, dict) else ():
        yield (key,)
        if isinstance(value, dict):
            yield from ((key, inner) for inner in value)


def _toml(text: str, name: str) -> Read:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        at = _AT_LINE.search(str(exc))
        line = int(at[1]) if at else text.count("\n") + 1
        raise BadDocument(name, line, f"not TOML: {redact(one_line(_AT_LINE.sub('', str(exc))))}") from exc
    values = _dates_as_text(values)
    known, inside = set(_places(values)), ""
    lines: dict[Place, int] = {}
    table: Place = ()
    for number, row in enumerate(text.split("\n"), 1):
        if not inside:
            if found := _TOML_TABLE.fullmatch(row):
                table = _parts(found[1])
                lines.setdefault(table, number)
            elif found := _TOML_KEY.match(row):
                place = (*table, *_parts(found[1]))
                for end in range(1, len(place) + 1):
                    if place[:end] in known:
                        lines.setdefault(place[:end], number)
        for mark in re.findall(r'"""|' + "'''", row):
            inside = "" if inside == mark else inside or mark
    return values, lines


def _dates_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _dates_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _parts(key: str) -> Place:
    return tuple(part.strip("\"'") for part in _TOML_PART.findall(key))


def _yaml(text: str, name: str) -> Read:
    import yaml

    from hfterm.train.schema.yaml_loader import Loader, line_of

    if control := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise BadDocument(name, text.count("\n", 0, control.start()) + 1, "control characters, so no recipe")
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None, {}
        lines: dict[Place, int] = {}
        if isinstance(node, yaml.MappingNode):
            _mapping(node, name, (), lines)
        values = loader.construct_document(node)
        if _size(values, {}) > MAX_ITEMS:
            raise BadDocument(name, None, "too large once its anchors are written out, or they go round in a circle")
        return values, lines
    except yaml.YAMLError as exc:
        line = line_of(exc)
        problem = getattr(exc, "problem", None) or one_line(str(exc))
        if problem == "but found another document":
            problem = "a second document begins here"
        raise BadDocument(name, line, f"not YAML: {redact(one_line(problem))}") from exc
    finally:
        loader.dispose()


def _size(value: Any, sizes: dict[int, float]) -> float:
    """How many items a value has, each counted as often as it is met; infinite where it holds itself."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in sizes:
        sizes[id(value)] = float("inf")
        inner = value.values() if isinstance(value, dict) else value
        sizes[id(value)] = 1 + sum(_size(item, sizes) for item in inner)
    return sizes[id(value)]


def _mapping(node: Any, name: str, place: Place, lines: dict[Place, int]) -> None:
    """Take down the lines of a mapping's keys, two deep; refuse keys that stand twice."""
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.id != "scalar":
            raise BadDocument(name, line, "a key must be a word")
        here = (*place, key.value)
        if here in lines:
            raise _twice(name, key.value, line)
        lines[here] = line
        if value.id == "mapping" and len(here) < 2:
            _mapping(value, name, here, lines)


def _twice(name: str, key: str, line: int | None) -> BadDocument:
    return BadDocument(name, line, f"{key!r} stands here a second time", "leave one of them out")
