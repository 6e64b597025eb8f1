"""The command tree as plain data, for the writers of completion scripts.

What a parameter's value is stands where the parameter is declared: a choice, a path type, or else its
metavar, looked up word by word in ``KINDS`` and ``FIXED``, or else the parameter's whole name.
``click.argument("model")`` and ``click.option("--base", metavar="MODEL")`` both complete models; a plural
(``FILES``) counts as its singular; ``REPO|PATH`` is either. ``COMMAND...`` completes the words of a command.
"""

from collections.abc import Callable, Container, Sequence
from enum import Enum
from typing import Any, NamedTuple

# Word of a metavar -> what is completed: a kind of hfterm.completion.values, "keys" (settings), the
# shell's own "files" and "folders", or "commands".
KINDS = {
    "MODEL": "models",
    "BASE": "models",
    "TUNED": "models",
    "TOKENIZER": "models",
    "REPO": "repos",
    "PATH_IN_REPO": "repofiles",
    "PATHS_IN_REPO": "repofiles",
    "SUBFOLDER": "repofiles",
    "RUN": "runs",
    "ADAPTER": "adapters",
    "KEY": "keys",
    "DATA": "files",
    "FILE": "files",
    "PATH": "files",
    "RECIPE": "files",
    "SCRIPT": "files",
    "DIR": "folders",
    "FOLDER": "folders",
    "COMMAND": "commands",
}
# The same for ``KEY=VALUE``, by the option and its parameter: see hfterm.completion.fields.
PAIRS = {
    ("--peft-set", "peft_set"): "peftkeys",
    ("--peft-set", "settings"): "peftkeys",
    ("--set", "set"): "fieldkeys",
    ("--set", "settings"): "recipekeys",
    ("--grid", "grid"): "recipekeys",
}
# The same for values that a library lists but that are no click choice, lest Python start; a test holds them equal.
# fmt: off
FIXED = {
    "DEVICE": ("auto", "cpu", "cuda", "mps"),
    "METHOD": (
        "none", "adalora", "adamss", "adaption_prompt", "beft", "boft", "c3a", "cartridge", "cpt", "deft",
        "delora", "dora", "eva", "fourierft", "frod", "glora", "gralora", "hira", "hra", "ia3", "lily", "ln_tuning",
        "loftq", "loha", "lokr", "lora", "miss", "multitask_prompt_tuning", "oft", "olora", "osf", "p_tuning", "peanut",
        "pissa", "poly", "prefix_tuning", "prompt_tuning", "psoft", "pvera", "randlora", "road", "rslora",
        "shadow", "shira", "supertuning", "tinylora", "trainable_tokens", "unilora", "vblora", "vera", "waveft",
        "xlora",
    ),
    "LR_SCHEDULER_TYPE": (
        "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup",
        "inverse_sqrt", "reduce_lr_on_plateau", "cosine_with_min_lr", "cosine_warmup_with_min_lr",
        "warmup_stable_decay", "greedy",
    ),
}
# fmt: on
_PATH_TYPES = {"file": "files", "filename": "files", "path": "files", "directory": "folders"}


class Value(NamedTuple):
    """What stands for a parameter: ``kind`` is any, choice, keys, files, folders, models, runs, adapters,
    repos (ids), places (ids, runs or files), repofiles (files in the one that is named before), or one of ``PAIRS``.
    """

    kind: str
    choices: tuple[str, ...] = ()
    name: str = "VALUE"


class Option(NamedTuple):
    """An option: all its spellings, and its value (None for a flag), of ``nargs`` words."""

    spellings: tuple[str, ...]
    value: Value | None
    nargs: int
    repeatable: bool
    help: str


class Argument(NamedTuple):
    """A positional argument of ``nargs`` words; -1 means any number."""

    value: Value
    nargs: int


class Command(NamedTuple):
    """A command or group: ``commands`` holds its verbs with their one-line help."""

    words: tuple[str, ...]
    help: str
    commands: dict[str, str]
    options: tuple[Option, ...]
    arguments: tuple[Argument, ...]


# Every command by its words without the program's name: "" is the root, then "train", "train sft".
Tree = dict[str, Command]
OnError = Callable[[tuple[str, ...], Exception], None]


def walk(
    root: Any,
    *,
    keys: Sequence[str] = (),
    topics: Sequence[str] = (),
    skip: Container[str] = (),
    on_error: OnError | None = None,
) -> Tree:
    """The tree under a click group, every verb loaded.

    Args:
        root: the click group (nothing here imports click).
        keys: names of the settings, for parameters that take one.
        topics: what may stand beside the commands where a command is explained.
        skip: top-level commands to leave out (plug-ins).
        on_error: called for a command that cannot be loaded, which then keeps its name and no options;
            without it the exception is raised.
    """
    tree: Tree = {}
    _walk(root, (), None, tree, tuple(keys), skip, on_error)
    for command in [c for c in tree.values() if any(a.value.kind == "commands" for a in c.arguments)]:
        _mirror(command, tree, topics)
    return tree


def _mirror(command: Command, tree: Tree, topics: Sequence[str]) -> None:
    """Hang the whole tree under a command that takes the words of another one: ``help train sft``."""
    rows = {words: row.commands for words, row in tree.items()}
    command.commands.update(dict.fromkeys(topics, "Topic"))
    for words, commands in rows.items():
        place = tuple(words.split())
        if not words:
            command.commands.update(commands)
        else:
            full = (*command.words, *place)
            tree[" ".join(full)] = Command(full, tree[words].help, dict(commands), (), ())
    for topic in topics:
        full = (*command.words, topic)
        tree[" ".join(full)] = Command(full, "", {}, (), ())


def _walk(
    command: Any,
    words: tuple[str, ...],
    above: Any,
    tree: Tree,
    keys: tuple[str, ...],
    skip: Container[str],
    on_error: OnError | None,
) -> None:
    context = command.context_class(command, info_name=words[-1] if words else "hfterm", parent=above)
    commands: dict[str, str] = {}
    params = [p for p in command.get_params(context) if not getattr(p, "hidden", False)]
    tree[" ".join(words)] = Command(
        words,
        _line(command.get_short_help_str(limit=1000)),
        commands,
        tuple(_option(p, keys) for p in params if p.param_type_name == "option"),
        tuple(Argument(_value(p, keys), p.nargs) for p in params if p.param_type_name == "argument"),
    )
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        if not words and name in skip:
            continue
        try:
            below = command.get_command(context, name)
            if below is None or below.hidden:
                continue
            _walk(below, (*words, name), context, tree, keys, skip, on_error)
            commands[name] = tree[" ".join((*words, name))].help
        except Exception as exc:
            if on_error is None:
                raise
            on_error((*words, name), exc)
            commands[name] = _line(getattr(command, "rows", {}).get(name, ""))
            tree[" ".join((*words, name))] = Command((*words, name), commands[name], {}, (), ())


def _option(param: Any, keys: tuple[str, ...]) -> Option:
    flag = param.is_flag or param.count
    return Option(
        (*param.opts, *param.secondary_opts),
        None if flag else _value(param, keys),
        0 if flag else param.nargs,
        bool(param.multiple or param.count),
        _line(param.help or ""),
    )


def _value(param: Any, keys: tuple[str, ...]) -> Value:
    name = str(param.metavar or param.name or "value").upper().replace("-", "_")
    label = name.strip("[].")
    for spelling in param.opts:
        if (kind := PAIRS.get((spelling, str(param.name)))) is not None:
            return Value(kind, (), label)
    if (choices := getattr(param.type, "choices", None)) is not None:
        return Value("choice", tuple(c.name if isinstance(c, Enum) else str(c) for c in choices), label)
    if param.type.name == "boolean":
        return Value("choice", ("true", "false"), label)
    # "[TOPIC | COMMAND...]" is two words; KEY=VALUE and PER_DEVICE are one, and no KEY and no DEVICE.
    words = name.translate(dict.fromkeys(map(ord, "[]|."), " ")).split()
    if "REPO" in words and not {"PATH", "DIR"}.isdisjoint(words):
        return Value("places", (), label)
    for word in (*words, str(param.name).upper()):
        word = word if word in KINDS else word.removesuffix("S")
        if word in FIXED:
            return Value("choice", FIXED[word], label)
        if word in KINDS:
            return Value(KINDS[word], keys if KINDS[word] == "keys" else (), label)
    return Value(_PATH_TYPES.get(param.type.name, "any"), (), label)


def _line(text: str) -> str:
    """A help text's first paragraph in one line, without the full stop and a trailing ``[default: ...]``."""
    line = " ".join(text.split("\n\n")[0].split()).partition(" [default:")[0]
    return line if line.endswith("...") else line.removesuffix(".")
