"""Complete a command line as a shell would, from the tree of commands: for the dashboard's command line."""

import os
import shlex

from hfterm.completion.tree import Command, Option, Tree, Value
from hfterm.completion.values import complete as values


def complete_line(tree: Tree, line: str) -> list[str]:
    """What the last word of ``line`` can become, each a whole word (a folder ends in ``/``).

    Words before it decide: a command's verbs, then its options and what its arguments are.
    """
    words = _split(line)
    last = words.pop()
    command, rest = _command(tree, words)
    if command is None:
        return []
    if rest and (option := _option(command, rest[-1])) and option.value is not None and "=" not in rest[-1]:
        return _values(option.value, last, words)
    if last.startswith("-"):
        name, equals, start = last.partition("=")
        if equals and (option := _option(command, name)) and option.value is not None:
            return [f"{name}={value}" for value in _values(option.value, start, words)]
        return sorted({s for o in command.options for s in o.spellings if s.startswith(last)})
    found = sorted(name for name in command.commands if name.startswith(last)) if not _given(command, rest) else []
    argument = _argument(command, len(_given(command, rest)))
    return found + (_values(argument, last, words) if argument is not None else [])


def _split(line: str) -> list[str]:
    """The words of an unfinished line; the last one may be empty or lack its closing quote."""
    for end in ("", "'", '"'):
        try:
            words = shlex.split(line + end)
        except ValueError:
            continue
        return words if words and not line[-1:].isspace() else [*words, ""]
    return [""]


def _command(tree: Tree, words: list[str]) -> tuple[Command | None, list[str]]:
    """The command that the words name, and the words after its name."""
    path: tuple[str, ...] = ()
    rest: list[str] = []
    command = tree.get("")
    for n, word in enumerate(words):
        name = " ".join((*path, word))
        if rest or command is None or word not in command.commands or name not in tree:
            rest = words[n:]
            break
        path, command = (*path, word), tree[name]
    return command, rest


def _option(command: Command, word: str) -> Option | None:
    return next((o for o in command.options if word in o.spellings), None)


def _given(command: Command, rest: list[str]) -> list[str]:
    """The arguments among the words after a command's name."""
    found: list[str] = []
    skip = 0
    for word in rest:
        if skip:
            skip -= 1
        elif word.startswith("-") and word != "-":
            option = _option(command, word)
            skip = option.nargs if option is not None and option.value is not None else 0
        else:
            found.append(word)
    return found


def _argument(command: Command, n: int) -> Value | None:
    for argument in command.arguments:
        if argument.nargs == -1 or n < argument.nargs:
            return argument.value
        n -= argument.nargs
    return None


def _values(value: Value, start: str, words: list[str]) -> list[str]:
    if value.kind in ("choice", "keys"):
        return [choice for choice in value.choices if choice.startswith(start)]
    if value.kind in ("runs", "repos", "repofiles", "peftkeys", "fieldkeys", "recipekeys"):
        return values(value.kind, start, words)
    found = values(value.kind, start, words) if value.kind in ("models", "adapters", "places") else []
    return sorted({*found, *_files(start, folders=value.kind == "folders")})


def _files(start: str, *, folders: bool) -> list[str]:
    """Paths that begin with ``start``; hidden ones only when asked for."""
    folder, name = os.path.split(start)
    try:
        with os.scandir(os.path.expanduser(folder or ".")) as entries:
            names = [(e.name, e.is_dir()) for e in entries]
    except OSError:
        return []
    return sorted(
        os.path.join(folder, n) + ("/" if is_folder else "")
        for n, is_folder in names
        if n.startswith(name) and (is_folder or not folders) and (name.startswith(".") or not n.startswith("."))
        and n.isprintable()
    )  # fmt: skip
