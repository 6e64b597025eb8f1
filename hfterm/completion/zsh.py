"""The completion script for zsh: one ``_arguments`` call a command, with descriptions."""

from hfterm.completion.tree import Argument, Command, Option, Tree, Value


def script(tree: Tree) -> str:
    """The script, an autoloadable ``_hfterm`` (or to be sourced after ``compinit``)."""
    keys: tuple[str, ...] = ()
    functions = []
    for command in tree.values():
        functions.append(_group(command) if command.commands else _leaf(command))
        for value in (*(o.value for o in command.options), *(a.value for a in command.arguments)):
            if value and value.kind == "keys":
                keys = value.choices
    listed = "".join(f"        {_quote(key)}\n" for key in keys)
    return _HEAD + "\n".join(functions) + _TAIL.replace("@KEYS@\n", listed)


def _name(words: tuple[str, ...]) -> str:
    return "__".join(("_hfterm", *("".join(c if c.isalnum() else "_" for c in word) for word in words)))


def _leaf(command: Command) -> str:
    specs = [s for o in command.options for s in _option(o)]
    for argument in command.arguments:
        specs += _argument(argument)
        if argument.nargs < 0:
            break
    lines = " \\\n".join(f"        {_quote(s)}" for s in specs)
    return f"{_name(command.words)}() {{\n    _arguments -s -S : \\\n{lines}\n}}\n"


def _group(command: Command) -> str:
    name = _name(command.words)
    specs = [s for o in command.options for s in _option(o)] + ["(-): :->command", "(-)*:: :->rest"]
    lines = " \\\n".join(f"        {_quote(s)}" for s in specs)
    rows = "".join(
        f"                {_quote(verb.replace(':', chr(92) + ':') + ':' + text)}\n"
        for verb, text in command.commands.items()
    )
    calls = "".join(
        f"                {_quote(verb)}) {_name((*command.words, verb))} ;;\n" for verb in command.commands
    )
    title = _quote(" ".join(("hfterm", *command.words, "command")))
    root = "    _hfterm_program=$words[1]\n" if not command.words else ""
    return f"""{name}() {{
    local curcontext=$curcontext state state_descr line
    local -A opt_args
{root}    _arguments -C -s -S : \\
{lines} && return
    case $state in
        command)
            local -a commands=(
{rows}            )
            _describe -t commands {title} commands
            ;;
        rest)
            curcontext=${{curcontext%:*}}-$line[1]:
            case $line[1] in
{calls}            esac
            ;;
    esac
}}
"""


def _option(option: Option) -> list[str]:
    exclude = "*" if option.repeatable else f"({' '.join(option.spellings)})"
    text = _escape(option.help).replace("[", r"\[").replace("]", r"\]")
    value = f":{_action(option.value)}" * option.nargs if option.value else ""
    return [f"{exclude}{s}{_joint(s) if value else ''}[{text}]{value}" for s in option.spellings]


def _joint(spelling: str) -> str:
    # click takes --opt=value and --opt value, -xvalue and -x value.
    return "=" if spelling.startswith("--") else "+"


def _argument(argument: Argument) -> list[str]:
    if argument.nargs < 0:
        return [f"*:{_action(argument.value)}"]
    return [f":{_action(argument.value)}"] * argument.nargs


def _action(value: Value) -> str:
    name = _escape(value.name)
    if value.kind == "choice":
        return f"{name}:({' '.join(map(_word, value.choices))})"
    actions = {"files": "_files", "folders": "_directories", "keys": " _hfterm_keys", "any": " "}
    return f"{name}:{actions.get(value.kind, f' _hfterm_values {value.kind}')}"


def _word(choice: str) -> str:
    return "".join(c if c.isalnum() or c in "-_./,+@%" else "\\" + c for c in choice)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", r"\:")


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


_HEAD = r"""#compdef hfterm
# zsh completion for hfterm; written by 'hfterm completion zsh'.
# Commands, options and fixed values stand here; only models, repositories, runs, adapters and settings are asked of it.

"""

_TAIL = r"""
# Settings, one level at a time: there is a key for every option of every command.
_hfterm_keys() {
    local -a keys=(
@KEYS@
    )
    _multi_parts . keys
}

# Models, repositories, files in one, runs, adapters or settings ($1); files where none fits.
_hfterm_values() {
    local program=hfterm value
    local -a found ready
    # _arguments asks for the argument too while an option is typed.
    [[ $PREFIX == -* ]] && return 1
    if [[ $PREFIX == [./~]* ]]; then
        _files
        return
    fi
    [[ $_hfterm_program == */* && -x ${~_hfterm_program} ]] && program=${~_hfterm_program}
    found=(${(f)"$(_call_program $1 ${(q)program} __complete $1 ${(q)${(Q)PREFIX}} ${(q)${(Q)words[@]}} 2>/dev/null)"})
    ready=(${found:#*[/=.]})
    found=(${(M)found:#*[/=.]})
    local ret=1 expl
    _description $1 expl $1
    (( $#ready )) && compadd "$expl[@]" -a ready && ret=0
    (( $#found )) && compadd "$expl[@]" -S '' -a found && ret=0
    (( ret )) && [[ $1 == (models|adapters|places) ]] && _files && ret=0
    return ret
}

if [[ $funcstack[1] == _hfterm ]]; then
    _hfterm "$@"
elif (( $+functions[compdef] )); then
    compdef _hfterm hfterm
fi
"""
