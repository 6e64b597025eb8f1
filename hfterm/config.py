"""Settings: flags over ``HFTERM_*`` variables over ``./hfterm.toml`` over the user's ``config.toml`` over defaults.

Two sorts of keys: the general ones in ``SETTINGS``, and every option of every command as
``group.verb.option`` (``train.sft.learning_rate``), which click takes as that option's default. The
variable of a key is ``HFTERM_`` and the key in capitals with ``_`` for dots and dashes.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hfterm import paths
from hfterm.errors import ConfigError, NotFoundError, UsageError

PROJECT_FILE = "hfterm.toml"


class Setting(NamedTuple):
    """A key: its type (``str int float bool choice``), default, help, and what a choice may be."""

    type: str
    default: Any
    help: str
    choices: tuple[str, ...] = ()


SETTINGS: dict[str, Setting] = {
    "format": Setting(
        "choice", None, "output format of every command; unset: table on a terminal, else jsonl",
        ("table", "jsonl", "json", "csv", "tsv", "yaml", "quiet"),
    ),
    "color": Setting("choice", "auto", "colour on terminals", ("auto", "always", "never")),
    "progress": Setting("choice", "auto", "how progress is shown", ("auto", "bar", "plain", "jsonl", "none")),
    "model": Setting("str", None, "the model that chat and tok use when none is named"),
    "device": Setting("str", "auto", "where models run: auto, cpu, cuda, cuda:N, mps"),
    "gpu.interval": Setting("float", 1.0, "seconds between two rounds of hfterm gpu --watch"),
}  # fmt: skip

# Commands that must work although a settings file is broken: it is passed over with a warning.
TOLERANT = ("config", "doctor", "help")
tolerant = False

_loaded: list[tuple[str, dict[str, Any]]] | None = None
_problems: list[str] = []


class Value(NamedTuple):
    """A key's value and where it comes from: ``origin`` is env, project, user or default."""

    key: str
    value: Any
    origin: str
    where: str | None


def normal(key: str) -> str:
    """A key as it is kept: ``Train.SFT.learning-rate`` is ``train.sft.learning_rate``."""
    return key.strip().lower().replace("-", "_")


def variable(key: str) -> str:
    """The environment variable of a key."""
    return "HFTERM_" + key.upper().replace(".", "_").replace("-", "_")


def option_settings() -> dict[str, Setting]:
    """Every option of every command, as a key (generated from the commands themselves)."""
    from hfterm._table.options import OPTIONS

    return {key: Setting(*row) for key, row in OPTIONS.items()}


def known(key: str) -> Setting:
    """The setting behind a key.

    Raises:
        NotFoundError: there is none; the nearest ones are named.
    """
    key = normal(key)
    everything = SETTINGS | option_settings()
    if key in everything:
        return everything[key]
    if "token" in key:
        raise NotFoundError("tokens are no setting", "set HF_TOKEN, or log in with the Hub client")
    import difflib

    near = difflib.get_close_matches(key, everything, n=3)
    hint = f"did you mean {', '.join(near)}?" if near else "see 'hfterm config ls --all'"
    raise NotFoundError(f"no such setting {key!r}", hint)


def value(key: str) -> Any:
    """A key's value."""
    return lookup(key).value


def lookup(key: str) -> Value:
    """A key's value and its origin.

    Raises:
        NotFoundError: no such key. ConfigError: a file or variable holds what cannot be used.
    """
    key = normal(key)
    setting = SETTINGS.get(key) or known(key)
    if (text := os.environ.get(variable(key))) is not None and text != "":
        return Value(key, convert(key, setting, text, f"${variable(key)}"), "env", variable(key))
    for origin, (path, table) in zip(("project", "user"), files(), strict=True):
        for name, found in flatten(table):
            if name == key:
                return Value(key, convert(key, setting, found, path), origin, path)
    return Value(key, setting.default, "default", None)


def convert(key: str, setting: Setting, given: Any, where: str) -> Any:
    """Check a value against its setting; text is turned into the setting's type.

    Raises:
        ConfigError: it does not fit.
    """
    if isinstance(given, list) and setting.type != "choice":
        return [convert(key, setting, item, where) for item in given]
    try:
        if setting.type == "bool":
            if isinstance(given, bool):
                return given
            return {
                "1": True,
                "true": True,
                "yes": True,
                "on": True,
                "0": False,
                "false": False,
                "no": False,
                "off": False,
            }[str(given).lower()]
        if setting.type == "int" and not isinstance(given, bool):
            return int(str(given))
        if setting.type == "float" and not isinstance(given, bool):
            return float(given)
    except (KeyError, ValueError, TypeError):
        pass
    else:
        if setting.type == "str" and isinstance(given, str | int | float):
            return str(given)
        if setting.type == "choice" and str(given) in setting.choices:
            return str(given)
    what = f"one of {', '.join(setting.choices)}" if setting.type == "choice" else _TYPES[setting.type]
    raise ConfigError(f"{where}{': ' if where else ''}{key} must be {what}, not {given!r}")


_TYPES = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}


def files() -> list[tuple[str, dict[str, Any]]]:
    """The project's and the user's settings file, in this order, each with what it holds (nothing if absent).

    Raises:
        ConfigError: one cannot be read (unless ``tolerant``).
    """
    global _loaded
    if _loaded is None:
        _loaded = [(path, _read(path)) for path in (PROJECT_FILE, paths.config_file_name())]
    return _loaded


def _read(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as stream:
            raw = stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as exc:
        error = ConfigError(f"cannot read {path}: {(exc.strerror or str(exc)).lower()}")
    else:
        import tomllib

        try:
            table = tomllib.loads(raw.decode("utf-8"))
            _note_unknown(path, table)
            return table
        except UnicodeDecodeError as exc:
            error = ConfigError(
                f"cannot read {path}: not UTF-8 (byte {exc.start})", "mend it with 'hfterm config edit'"
            )
        except (tomllib.TOMLDecodeError, RecursionError) as exc:
            error = ConfigError(f"cannot read {path}: not TOML: {exc}", "mend it with 'hfterm config edit'")
    if not tolerant:
        raise error
    _problems.append(str(error))
    return {}


def _note_unknown(path: str, table: dict[str, Any]) -> None:
    from hfterm import plugins

    for key, _ in flatten(table):
        try:
            known(key)
        except NotFoundError as exc:
            if key.split(".")[0] not in plugins.found():
                _problems.append(f"{path}: {exc}")


def reload() -> None:
    """Forget what was read: the next look reads the files anew, and notes their problems again."""
    global _loaded
    _loaded = None
    _problems.clear()


def problems() -> list[str]:
    """What was passed over while reading the files; each is returned once."""
    found, _problems[:] = list(_problems), []
    return found


def flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """``{"train": {"sft": {"seed": 1}}}`` as ``("train.sft.seed", 1)``."""
    for name, item in table.items():
        if isinstance(item, Mapping):
            yield from flatten(item, f"{prefix}{normal(name)}.")
        else:
            yield prefix + normal(name), item


def command_defaults() -> dict[str, Any]:
    """The files' option values, nested by command as click's ``default_map`` wants them.

    Raises:
        ConfigError: a file cannot be read, or a value does not fit its option.
    """
    nested: dict[str, Any] = {}
    if not any(table for _, table in files()):
        return nested
    options = option_settings()
    for path, table in reversed(files()):  # the project's file last: it wins
        for key, given in flatten(table):
            if key in options:
                *words, option = key.split(".")
                level = nested
                for word in words:
                    level = level.setdefault(word, {})
                level[option] = convert(key, options[key], given, path)
    return nested


def all_values(*, everything: bool = False) -> list[Value]:
    """The general settings, and the options that a file or variable sets (``everything``: all options)."""
    rows = [lookup(key) for key in SETTINGS]
    options = [lookup(key) for key in option_settings() if key not in SETTINGS]
    return rows + [row for row in options if everything or row.origin != "default"]


def target(project: bool = False) -> str:
    """The path of the file that ``set`` and ``edit`` write."""
    return os.path.abspath(PROJECT_FILE) if project else paths.config_file_name()


def write(key: str, given: str | None, *, project: bool = False) -> str:
    """Set a key in the user's (or the project's) file, or clear it with None; comments stay.

    Raises:
        NotFoundError: no such key. ConfigError: the value does not fit, or the file cannot be read.
    """
    import tomlkit
    import tomlkit.exceptions

    from hfterm.files import write_text

    key, path = normal(key), target(project)
    setting = known(key)
    new = None if given is None else convert(key, setting, given, "")
    try:
        document = _document(path)
    except (tomlkit.exceptions.ParseError, UnicodeDecodeError) as exc:
        raise ConfigError(f"cannot read {path}: {exc}", "mend it with 'hfterm config edit'") from exc
    level: Any = document
    *words, last = key.split(".")
    for word in words:
        if not isinstance(level.get(word), Mapping):
            if word in level:
                raise ConfigError(f"{path}: {word} must be a table", "mend it with 'hfterm config edit'")
            if new is None:
                return path
            level[word] = tomlkit.table(is_super_table=word != words[-1])
        level = level[word]
    spelled = next((name for name in level if normal(str(name)) == last), last)
    if new is None:
        level.pop(spelled, None)
    else:
        level[spelled] = new
    write_text(path, tomlkit.dumps(document))
    return path


def _document(path: str) -> Any:
    import tomlkit

    try:
        with open(path, encoding="utf-8") as stream:
            return tomlkit.load(stream)
    except FileNotFoundError:
        return tomlkit.document()


def edit(*, project: bool = False) -> str:
    """Open a settings file in ``$VISUAL``, ``$EDITOR``, or the first of nano, vim, vi; check what was saved.

    Raises:
        UsageError: no terminal or no editor. ConfigError: the saved file cannot be used.
    """
    import shlex
    import shutil
    import subprocess
    import sys

    from hfterm.files import write_text

    path = target(project)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("an editor needs a terminal", f"use 'hfterm config set', or change {path}")
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    argv = shlex.split(editor) if editor else [n for n in ("nano", "vim", "vi") if shutil.which(n)][:1]
    if not argv or shutil.which(argv[0]) is None:
        raise UsageError(f"no editor{f' {argv[0]!r}' if argv else ''} found", "set EDITOR")
    if not os.path.exists(path):
        write_text(path, "# hfterm settings; 'hfterm config ls --all' lists the keys\n")
    code = subprocess.run([*argv, path], check=False).returncode
    if code:
        raise UsageError(f"the editor {argv[0]!r} ended with exit code {code}")
    global _loaded, tolerant
    _loaded, tolerant = None, False
    command_defaults()
    for key in SETTINGS:
        lookup(key)
    return path
