"""Expressions that users write (the engine's SQL), looked at before anything is read."""

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from hfterm.errors import UsageError


class Item(NamedTuple):
    """One of a list of expressions: its alias, the columns in it, and the column it is when it is nothing else."""

    alias: str | None
    columns: tuple[str, ...]
    plain: str | None = None
    star: bool = False


class Expressions(NamedTuple):
    """A checked list of expressions: as written, and each looked into."""

    text: str
    items: tuple[Item, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column named, each once."""
        return tuple(dict.fromkeys(name for item in self.items for name in item.columns))


def parse(con: Any, text: str, what: str = "expression") -> Expressions:
    """Look into a list of expressions, as between SELECT and FROM.

    Raises:
        UsageError: it is not SQL, or more than expressions.
    """
    node = _select(con, f"SELECT {text}", text, what)
    if node["from_table"]["type"] != "EMPTY" or node["where_clause"] or node["modifiers"]:
        raise UsageError(f"{what} {text!r}: only expressions stand here", "for whole queries: hfterm data sql")
    if _has(node, "WINDOW"):
        raise UsageError(f"{what} {text!r} looks at other rows (OVER)", "for that: hfterm data sql")
    return Expressions(text, tuple(_item(part) for part in node["select_list"]))


def condition(con: Any, text: str) -> Expressions:
    """Look into one condition, as behind WHERE.

    Raises:
        UsageError: as :func:`parse`.
    """
    _select(con, f"SELECT 1 WHERE ({text}\n)", text, "condition")  # no closing parenthesis of the user's own
    found = parse(con, f"({text}\n)", "condition")
    if len(found.items) != 1:
        raise UsageError(f"condition {text!r}: one condition is wanted", "join several with AND")
    return found._replace(text=text)


def order(con: Any, text: str) -> tuple[str, ...]:
    """Look into a list of expressions as behind ORDER BY; the columns in them.

    Raises:
        UsageError: as :func:`parse`.
    """
    node = _select(con, f"SELECT 1 ORDER BY {text}", text, "order")
    if [modifier["type"] for modifier in node["modifiers"]] != ["ORDER_MODIFIER"] or node["where_clause"]:
        raise UsageError(f"order {text!r}: only expressions stand here", "for whole queries: hfterm data sql")
    return tuple(dict.fromkeys(_columns(node["modifiers"], frozenset())))


def whole_query(con: Any, text: str) -> None:
    """Check that a text is one query and nothing that changes anything.

    Raises:
        UsageError: it is not.
    """
    said = _parsed(con, text, text, "query")
    if len(said["statements"]) != 1:
        raise UsageError("one query is wanted", "join several with UNION ALL")


def _select(con: Any, query: str, text: str, what: str) -> dict[str, Any]:
    """The one SELECT that a query is, as the engine's tree of it."""
    said = _parsed(con, query, text, what)
    if len(said["statements"]) != 1 or said["statements"][0]["node"]["type"] != "SELECT_NODE":
        raise UsageError(f"{what} {text!r}: one is wanted")
    node: dict[str, Any] = said["statements"][0]["node"]
    return node


def _parsed(con: Any, query: str, text: str, what: str) -> dict[str, Any]:
    if not text.strip():
        raise UsageError(f"an empty {what}")
    if "\0" in text or not is_utf8(text):
        raise UsageError(f"{what} {text!r}: it is not UTF-8")
    said: dict[str, Any] = json.loads(con.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchall()[0][0])
    if said["error"] and "Only SELECT" in said["error_message"]:
        raise UsageError(f"{what} {text!r}: only a SELECT can stand here")
    if said["error"]:
        raise UsageError(f"{what} {text!r}: {said['error_message']}", _near(query, said.get("position")))
    return said


def is_utf8(text: str) -> bool:
    """Whether a text can be given to the engine."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _near(query: str, position: object) -> str | None:
    try:
        at = int(str(position))
    except ValueError:
        return None
    return f"near {query[at : at + 30]!r}" if 0 <= at < len(query) else None


def _item(node: dict[str, Any]) -> Item:
    columns = tuple(dict.fromkeys(_columns(node, frozenset())))
    plain = None
    if node["type"] == "COLUMN_REF" and len(node["column_names"]) == 1:
        plain = node["column_names"][0]
    return Item(node.get("alias") or None, columns, plain, _has(node, "STAR"))


def _has(node: Any, kind: str) -> bool:
    """Whether something of a kind is anywhere in a tree."""
    if isinstance(node, dict):
        return node.get("class") == kind or any(_has(part, kind) for part in node.values())
    return isinstance(node, list) and any(_has(part, kind) for part in node)


def _columns(node: Any, bound: frozenset[str]) -> Iterator[str]:
    """The first parts of the names in a tree, without the parameters of lambdas."""
    if isinstance(node, list):
        for part in node:
            yield from _columns(part, bound)
    elif isinstance(node, dict):
        if node.get("class") == "COLUMN_REF":
            if node["column_names"][0] not in bound:
                yield node["column_names"][0]
        elif node.get("class") == "LAMBDA":
            yield from _columns(node["expr"], bound | set(_columns(node["lhs"], frozenset())))
        else:
            for part in node.values():
                yield from _columns(part, bound)


def names(found: Expressions, said: Sequence[str], known: Iterable[str]) -> list[str]:
    """What the values made are called: as aliased, else as the one column in them, else as the engine says.

    Raises:
        UsageError: two have one name.
    """
    known, made = list(known), []
    for item, name in zip(found.items, said, strict=True):
        only = item.columns[0] if len(item.columns) == 1 else None
        made.append(item.alias or (match(only, known) if only else None) or name)
    twice = next((name for name in made if made.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"expression {found.text!r} makes {twice!r} twice", "name them with AS")
    return made


def match(name: str, known: Iterable[str]) -> str | None:
    """The known column that a name means: the same, else the same but for upper and lower case."""
    known = list(known)
    if name in known:
        return name
    return next((k for k in known if k.casefold() == name.casefold()), None)


def unknown(name: str, known: Iterable[str], label: str, hint: str | None = None) -> UsageError:
    """The error for a column that is not there."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=2, cutoff=0.5)
    said = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(known[:12])}" if known else hint
    return UsageError(f"no column {name!r} in {label}", said)
