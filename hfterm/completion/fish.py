"""The completion script for fish: ``switch`` tables and one function, with descriptions; fish 3.2 or later."""

from hfterm.completion.tree import Tree, Value


def script(tree: Tree) -> str:
    """The script, for ``~/.config/fish/completions/hfterm.fish``."""
    keys: tuple[str, ...] = ()
    commands, options, arguments = [], [], []
    for path, command in tree.items():
        subs = " ".join(_quote(f"{verb}\t{text}") for verb, text in command.commands.items())
        rows = " ".join(
            _quote(("*" if o.repeatable else "") + ",".join(o.spellings) + "\t" + o.help) for o in command.options
        )
        commands.append(f"        case {_quote(path)}\n            set subs {subs}\n            set opts {rows}")
        valued = [o for o in command.options if o.value]
        for o in valued:
            assert o.value
            options.append(f"        case {' '.join(_quote(f'{path} {s}') for s in o.spellings)}")
            options.append(f"            set count {o.nargs}\n{_value(o.value, 12)}")
        at = 0
        for argument in command.arguments:
            many = argument.nargs < 0
            places = [f"{path} *"] if many else [f"{path} {at + n}" for n in range(argument.nargs)]
            arguments.append(f"        case {' '.join(map(_quote, places))}\n{_value(argument.value, 12)}")
            at += max(argument.nargs, 0)
            if many:
                break
        for value in (*(o.value for o in valued), *(a.value for a in command.arguments)):
            if value and value.kind == "keys":
                keys = value.choices
    return (
        _SCRIPT.replace("@COMMANDS@", "\n".join(commands))
        .replace("@OPTIONS@", "\n".join(options))
        .replace("@ARGUMENTS@", "\n".join(arguments))
        .replace("@KEYS@", " ".join(map(_quote, keys)))
    )


def _value(value: Value, indent: int) -> str:
    lines = [f"set kind {value.kind}"]
    if value.kind == "choice":
        lines.append(f"set choices {' '.join(map(_quote, value.choices))}")
    return "\n".join(" " * indent + line for line in lines)


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_SCRIPT = r"""# fish completion for hfterm (fish 3.2 or later); written by 'hfterm completion fish'.
# Commands, options and fixed values stand here; only models, repositories, runs, adapters and settings are asked of it.

# The verbs and options (spellings of one joined by commas, * before what may be repeated) of command $argv[1].
function __hfterm_command --no-scope-shadowing
    set subs
    set opts
    switch $argv[1]
@COMMANDS@
    end
end

# What option $argv[2] of command $argv[1] takes: count words of a kind; a flag takes none.
function __hfterm_option --no-scope-shadowing
    set kind ''
    set choices
    set count 0
    switch "$argv[1] $argv[2]"
@OPTIONS@
    end
end

# What stands at place $argv[2] (from 0) of the arguments of command $argv[1].
function __hfterm_argument --no-scope-shadowing
    set kind ''
    set choices
    switch "$argv[1] $argv[2]"
@ARGUMENTS@
    end
end

set -g __hfterm_keys @KEYS@

# Offer values of $kind, with $argv[1] before each, for the text $argv[2], typed as $argv[3].
function __hfterm_value --no-scope-shadowing
    set -l found
    switch $kind
        case choice
            set found $choices
        case keys
            # One level at a time: there is a key for every option of every command.
            set -l level (string replace -r '[^.]*$' '' -- $argv[2])
            set -l start (string length -- $level)
            for key in $__hfterm_keys
                test (string sub -l $start -- $key) = "$level"; or test $start = 0; or continue
                set -l rest (string sub -s (math $start + 1) -- $key)
                set -a found $level(string replace -r '\..*' '.' -- $rest)
            end
            set found (printf '%s\n' $found | sort -u)
        case files
            set found (complete -C "'' $argv[3]")
        case folders
            set found (__fish_complete_directories $argv[3] '')
        case any ''
        case '*'
            if not string match -qr '^[./~]' -- $argv[2]
                set -l program hfterm
                test -x "$words[1]"; and string match -q '*/*' -- $words[1]; and set program $words[1]
                set found ($program __complete $kind $argv[2] $words[2..-1] 2>/dev/null)
            end
            if not set -q found[1]; and contains $kind models adapters places
                set found (complete -C "'' $argv[3]")
            end
    end
    for value in $found
        printf '%s\n' $argv[1]$value
    end
end

# Offer the options not given yet.
function __hfterm_options --no-scope-shadowing
    for row in $opts
        set -l parts (string split -m 1 \t -- $row)
        set -l spellings (string split , -- (string trim -l -c '*' -- $parts[1]))
        set -l used 0
        if not string match -q '\**' -- $row
            for spelling in $spellings
                contains -- $spelling $given; and set used 1
            end
        end
        test $used = 0; and printf '%s\n' $spellings\t$parts[2]
    end
end

function __hfterm_complete
    set -l words (commandline -opc)
    set -l raw (commandline -ct)
    # An open quote is closed before unescaping.
    set -l typed ''
    for closing in '' \" \'
        if set -l plain (string unescape -- $raw$closing 2>/dev/null)
            set typed $plain
            break
        end
    end
    set -l path ''
    set -l given
    set -l plain 0
    set -l pending 0
    set -l position 0
    set -l subs
    set -l opts
    set -l kind ''
    set -l choices
    set -l count 0
    __hfterm_command ''
    for word in $words[2..-1]
        if test $pending -gt 0
            set pending (math $pending - 1)
        else if test $plain = 0; and string match -q -- '-?*' $word
            switch $word
                case --
                    set plain 1
                case '--*=*'
                    set -a given (string replace -r '=.*' '' -- $word)
                case '--*'
                    set -a given $word
                    __hfterm_option $path $word
                    set pending $count
                case '*'
                    set -l letters (string split '' -- (string sub -s 2 -- $word))
                    for n in (seq (count $letters))
                        set -a given -$letters[$n]
                        __hfterm_option $path -$letters[$n]
                        if test $count -gt 0
                            set pending $count
                            test $n -lt (count $letters); and set pending (math $count - 1)
                            break
                        end
                    end
            end
        else if set -q subs[1]
            string match -q -- $word\t'*' $subs; or return
            set path (string trim -- "$path $word")
            set plain 0
            set position 0
            __hfterm_command $path
        else
            set position (math $position + 1)
        end
    end
    if test $pending -gt 0
        __hfterm_value '' $typed $raw
    else if test $plain = 0; and string match -q -- '--*=*' $typed
        set -l pair (string split -m 1 = -- $typed)
        __hfterm_option $path $pair[1]
        __hfterm_value $pair[1]= "$pair[2]" (string replace -r '^[^=]*=' '' -- $raw)
    else if test $plain = 0; and string match -q -- '-*' $typed
        if string match -qr '^-[^-].' -- $typed
            for n in (seq 2 (math (string length -- $typed) - 1))
                __hfterm_option $path -(string sub -s $n -l 1 -- $typed)
                if test $count -gt 0
                    __hfterm_value (string sub -l $n -- $typed) (string sub -s (math $n + 1) -- $typed) ''
                    return
                end
            end
        end
        __hfterm_options
    else if set -q subs[1]
        printf '%s\n' $subs
    else
        __hfterm_argument $path $position
        if test -z "$kind$typed"; and test $plain = 0
            __hfterm_options
        else
            __hfterm_value '' $typed $raw
        end
    end
end

complete -c hfterm -f -a '(__hfterm_complete)'
"""
