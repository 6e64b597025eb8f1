"""A recipe of a document: every key found its place, every value checked, every problem with its line."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any

from hfterm.errors import ConfigError, UsageError
from hfterm.processes import redact_words
from hfterm.text import sanitize
from hfterm.train import schema
from hfterm.train.recipe import Recipe, did_you_mean
from hfterm.train.recipes import RECIPES
from hfterm.train.schema import checking, names
from hfterm.train.schema.document import Document, Place
from hfterm.train.schema.field import Field
from hfterm.train.schema.ours import OURS
from hfterm.train.schema.stored import Say

# Keys that people look for in a recipe and that stand elsewhere.
ELSEWHERE = {
    "name": "give it on the command line: --name",
    "run_name": "give it on the command line: --name",
    "resume": "give it on the command line: --resume",
}
# Keys that are no fields of the libraries' arguments, so that nobody looks for them in ``set``.
OUTSIDE = ("model", "data", "columns", "peft", "peft_set", "set")


@dataclass(frozen=True)
class Finding:
    """One problem of a recipe: ``file`` and ``line`` (None where it is no line's), the key, what is wrong."""

    file: str
    line: int | None
    key: str | None
    problem: str
    hint: str | None = None

    @property
    def where(self) -> str:
        """``recipe.yaml:3``."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"where": self.where, **{f.name: getattr(self, f.name) for f in fields(self)}}

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass
class Resolved:
    """What a document means; ``recipe`` is None where there are findings, ``partial`` holds what is sound of it."""

    document: Document
    method: str | None = None
    recipe: Recipe | None = None
    partial: Recipe | None = None
    findings: list[Finding] = field(default_factory=list)

    def add(self, place: Place, problem: str, hint: str | None = None) -> None:
        """Take down a problem with the key at ``place``."""
        key = sanitize(".".join(place), cell=True) if place else None
        problem = sanitize(problem, cell=True)
        if option := self.document.written.get(place):
            self.findings.append(Finding(option, None, key, problem, hint))
        else:
            self.findings.append(Finding(self.document.name, self.document.line(*place), key, problem, hint))

    def in_order(self) -> list[Finding]:
        """The findings by line; at the end those of no line."""
        return sorted(self.findings, key=lambda one: one.line or 10**9)

    def sound(self) -> Recipe:
        """The recipe.

        Raises:
            ConfigError: there are findings: the first one.
        """
        if self.recipe is not None and not self.findings:
            return self.recipe
        first, more = self.in_order()[0], len(self.findings) - 1
        rest = f"{more} more: see 'hfterm train validate {self.document.name}'" if more else None
        raise ConfigError(str(first), "; ".join(part for part in (first.hint, rest) if part) or None)


def resolve(document: Document, say: Say | None = None) -> Resolved:
    """The recipe that a document holds, or all that is wrong with it; nothing heavy is imported.

    ``say`` is told when the libraries must be read first (see :mod:`hfterm.train.schema.stored`).

    Raises:
        MissingExtraError: the libraries of ``train`` are missing.
    """
    found = Resolved(document)
    kind = _method(found)
    if kind is None:
        return found
    own, library = schema.recipe(kind), schema.arguments(kind.ARGUMENTS, say)
    values: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    inner: dict[str, Any] = {}
    for place, value in _entries(found):
        key = place[-1]
        if key in own and (len(place) == 1 or key not in OUTSIDE):
            _take_own(found, values if len(place) == 1 else inner, own[key], library.get(key), place, value)
        elif key in own:
            found.add(place, f"{key}: it is a key of the recipe itself", "write it outside of 'set'")
        elif key in OURS:
            found.add(place, f"{key}: hfterm decides it", names.as_keys(OURS[key]))
        elif key in ELSEWHERE:
            found.add(place, f"{key}: no key of a recipe", ELSEWHERE[key])
        elif key in library:
            if redact_words([f"{key}=secret"]) != [f"{key}=secret"] and value is not None:
                found.add(place, f"{key}: a secret has no place in a recipe", "log in with 'hfterm hub login' instead")
            else:
                _take(found, settings, library[key], place, value)
        else:
            hint = f"did you mean {names.ALIASES[key]!r}?" if key in names.ALIASES else None
            known = dict.fromkeys([*own, *library, "method"])
            found.add(
                place,
                f"{key}: neither a key of a recipe for {found.method} nor a field of {kind.ARGUMENTS}",
                hint or did_you_mean(key, known, f"see 'hfterm train schema {found.method} --all'"),
            )
    _fold(found, values, inner)
    _peft(found, values, own)
    for name, entry in own.items():
        if entry.required and values.get(name) in (None, "", []) and not any(one.key == name for one in found.findings):
            found.add((name,), f"{name}: missing", "write what it is")
    if settings:
        values["set"] = settings
    _build(found, kind, values)
    return found


def _method(found: Resolved) -> type[Recipe] | None:
    method = found.document.values.get("method")
    choose = f"choose {', '.join(RECIPES)}"
    if method is None:
        found.add(("method",) if "method" in found.document.values else (), "method: missing", choose)
    elif not isinstance(method, str) or method not in RECIPES:
        shown = checking.shown("method", method)
        found.add(("method",), f"{shown}: no such method of training", did_you_mean(str(method), RECIPES, choose))
    else:
        found.method = method
        return RECIPES[method]
    return None


def _entries(found: Resolved) -> Iterator[tuple[Place, Any]]:
    """The keys of the document but those of PEFT, the inner ones of ``set`` beside the outer ones."""
    for key, value in found.document.values.items():
        if key == "set":
            if isinstance(value, dict):
                yield from (((key, inner), item) for inner, item in value.items())
            elif value is not None:
                found.add((key,), "set: not a mapping", "write its fields below it, as 'field: value'")
        elif key not in ("method", "peft", "peft_set"):
            yield (key,), value


def _take_own(
    found: Resolved, into: dict[str, Any], entry: Field, same: Field | None, place: Place, value: Any
) -> None:
    """Put the value of a key of the recipe itself in its place; ``same`` is the library's field of that name."""
    if same:
        entry = replace(entry, choices=entry.choices or same.choices)
    if isinstance(value, list) and not entry.required and "str" in entry.kinds and "list" not in entry.kinds:
        value = ",".join(map(str, value))  # what an option takes with commas may be a list here
    _take(found, into, entry, place, value)
    if isinstance(number := into.get(entry.name), int) and "float" in entry.kinds and "int" not in entry.kinds:
        into[entry.name] = float(number)  # as an option gives it


def _fold(found: Resolved, values: dict[str, Any], inner: Mapping[str, Any]) -> None:
    """Keys of the recipe itself that stand below ``set`` count as if they stood outside; what the command line says
    of one of both counts more than the file, and two that differ are refused.
    """
    for key, value in inner.items():
        outside, below = ((place in found.document.written) for place in ((key,), ("set", key)))
        if key not in values or values[key] == value or (below and not outside):
            values[key] = value
        elif below or not outside:
            line = found.document.line(key)
            where = f" in line {line}" if line and not outside else ""
            said = f"set.{checking.shown(key, value)}, but {checking.shown(key, values[key])}{where}"
            found.add(("set", key), said, "give one of them")


def _take(found: Resolved, into: dict[str, Any], entry: Field, place: Place, value: Any) -> None:
    """Put a checked value in its place; a key with nothing after its colon is one that was left out."""
    if value is None and not {"none", "any"} & set(entry.kinds):
        return
    try:
        typed = place in found.document.written and isinstance(value, str)
        into[entry.name] = checking.fitted(entry, names.spelled(entry, value) if typed else value)
    except checking.Wrong as exc:
        found.add(place, f"{checking.shown(entry.name, value)}: {exc.message}", exc.hint)


def _peft(found: Resolved, values: dict[str, Any], own: Mapping[str, Field]) -> None:
    """The PEFT method and its settings: ``peft: lora``, ``peft: {method: lora, r: 8}``, and ``peft_set``."""
    document = found.document
    given, more = document.values.get("peft"), document.values.get("peft_set")
    settings: dict[Place, Any] = {}
    method: Any = None
    place: Place = ("peft",)
    if isinstance(given, dict):
        settings = {("peft", key): value for key, value in given.items() if key != "method"}
        method, place = given.get("method"), ("peft", "method")
    elif given is not None and given is not True:
        method = "none" if given is False else given
    if isinstance(more, dict):
        settings |= {("peft_set", key): value for key, value in more.items()}
    elif more is not None:
        found.add(("peft_set",), "peft_set: not a mapping", "write its settings below it, as 'r: 8'")
    if "peft" not in own:
        if given is not None or more is not None:
            found.add(("peft",) if given is not None else ("peft_set",), f"{found.method} takes no PEFT method")
        return
    method = own["peft"].default if method is None else method
    if not isinstance(method, str):
        found.add(
            place, f"{checking.shown('peft', method)}: not the name of a PEFT method", "see 'hfterm peft methods'"
        )
        return
    values["peft"] = method
    if method == "none":
        if settings:
            found.add(
                next(iter(settings)), "settings of a PEFT method, and peft is none", "name a method, such as lora"
            )
        return
    try:
        known = schema.peft(method)
    except UsageError as exc:
        found.add(place, exc.message, exc.hint)
        return
    taken: dict[str, Any] = {}
    for at, value in settings.items():
        if at[-1] in known:
            _take(found, taken, known[at[-1]], at, value)
        else:
            hint = did_you_mean(at[-1], known, f"see 'hfterm peft methods {method}'")
            found.add(at, f"{at[-1]}: PEFT method {method!r} has no such setting", hint)
    if taken:
        values["peft_set"] = taken


def _build(found: Resolved, kind: type[Recipe], values: dict[str, Any]) -> None:
    """Make the recipe and let it check itself; what it refuses is left out to see what else it refuses."""
    needed = {f.name: "" for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    left = dict(values)
    refused = True
    while refused:
        refused = False
        try:
            recipe = kind(**{**needed, **left}).check()
        except UsageError as exc:
            key = names.told_of(exc.message, kind)
            if not any(one.key == key and key for one in found.findings):
                below = found.document.values.get("set")
                inside = key not in found.document.values and isinstance(below, dict) and key in below
                place = () if not key else ("set", key) if inside else (key,)
                found.add(place, names.as_keys(exc.message) or "", names.as_keys(exc.hint))
            if key in left and key not in needed:
                del left[key]
                refused = True
        else:
            found.partial = recipe
            found.recipe = recipe if not found.findings else None
