"""The completion script for bash: plain ``case`` tables and one function, in the language of bash 3.2."""

from shlex import quote

from hfterm.completion.tree import Tree, Value


def script(tree: Tree) -> str:
    """The script. Nothing of the shell's own completion package is needed."""
    keys: tuple[str, ...] = ()
    commands, options, arguments = [], [], []
    for path, command in tree.items():
        subs = " ".join(command.commands)
        spellings = " ".join(("*" if o.repeatable else "") + ",".join(o.spellings) for o in command.options)
        commands.append(f"        {quote(path)}) subs={quote(subs)} opts={quote(spellings)} ;;")
        valued = [o for o in command.options if o.value]
        if valued:
            options.append(f"        {quote(path)}) case $2 in")
            for o in valued:
                assert o.value
                options.append(f"            {'|'.join(map(quote, o.spellings))}) count={o.nargs} {_value(o.value)} ;;")
            options.append("        esac ;;")
        if command.arguments:
            arguments.append(f"        {quote(path)}) case $2 in")
            at = 0
            for argument in command.arguments:
                many = argument.nargs < 0
                places = "*" if many else "|".join(str(at + n) for n in range(argument.nargs))
                arguments.append(f"            {places}) {_value(argument.value)} ;;")
                at += max(argument.nargs, 0)
                if many:
                    break
            arguments.append("        esac ;;")
        for value in (*(o.value for o in valued), *(a.value for a in command.arguments)):
            if value and value.kind == "keys":
                keys = value.choices
    return (
        _SCRIPT.replace("@COMMANDS@\n", _lines(commands))
        .replace("@OPTIONS@\n", _lines(options))
        .replace("@ARGUMENTS@\n", _lines(arguments))
        .replace("@KEYS@", quote(" ".join(keys)))
    )


def _lines(rows: list[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


def _value(value: Value) -> str:
    if value.kind == "choice":
        return f"kind=choice choices={quote('|'.join(value.choices))}"
    return f"kind={value.kind}"


_SCRIPT = r"""# bash completion for hfterm (bash 4 or later; 3.2 should do); written by 'hfterm completion bash'.
# Commands, options and fixed values stand here; only models, repositories, runs, adapters and settings are asked of it.

# The verbs and options (spellings of one joined by commas, * before what may be repeated) of command $1.
_hfterm_command() {
    subs='' opts=''
    case $1 in
@COMMANDS@
    esac
}

# What option $2 of command $1 takes: count words of a kind; a flag takes none.
_hfterm_option() {
    kind='' choices='' count=0
    case $1 in
@OPTIONS@
    esac
}

# What stands at place $2 (from 0) of the arguments of command $1.
_hfterm_argument() {
    kind='' choices=''
    case $1 in
@ARGUMENTS@
    esac
}

_hfterm_keys=@KEYS@

# Words of the line $1 without quotes; the last is being typed. bash's own COMP_WORDS are broken at : and =.
_hfterm_split() {
    local line=$1 length=${#1} i=0 word='' some='' skip='' depth c
    words=() quote='' redirect=''
    while ((i < length)); do
        c=${line:i:1}
        i=$((i + 1))
        if [[ $c == '(' && $quote != "'" && $word == *[\$\<\>] ]]; then
            # A substitution is part of its word, whatever it holds.
            depth=1 word+=$c
            while ((i < length && depth)); do
                c=${line:i:1}
                i=$((i + 1))
                word+=$c
                case $c in '(') depth=$((depth + 1)) ;; ')') depth=$((depth - 1)) ;; esac
            done
            continue
        fi
        case $quote$c in
            "''" | '""') quote='' ;;
            '\' | '"\')
                c=${line:i:1}
                i=$((i + 1))
                [[ $quote && $c != [\"\\\$\`] ]] && word+='\'
                word+=$c some=1
                ;;
            "'" | '"') quote=$c some=1 ;;
            [$' \t\n'])
                if [[ $some ]]; then
                    [[ $skip ]] || words+=("$word")
                    word='' some='' skip=''
                fi
                ;;
            [\<\>])
                if [[ ${line:i:1} == '(' ]]; then
                    word+=$c some=1
                else
                    # The file of a redirection is no argument.
                    [[ $some && $word != *[!0-9\&]* ]] || [[ ! $some ]] || words+=("$word")
                    while [[ ${line:i:1} == [\<\>\&\|] ]]; do i=$((i + 1)); done
                    while [[ ${line:i:1} == [$' \t'] ]]; do i=$((i + 1)); done
                    word='' some=1 skip=1
                fi
                ;;
            *) word+=$c some=1 ;;
        esac
    done
    [[ $skip ]] && redirect=1
    words+=("$word")
}

# Offer the candidates $2... that begin with the current word; $1 stands before each (an option and =).
_hfterm_offer() {
    local lead=$1 full
    shift
    for full; do
        full=$lead$full
        [[ $full == "$typed"* ]] || continue
        full=${full#"$base"}
        if [[ $full == *[!A-Za-z0-9_./:@=+,%-]* ]]; then
            case $quote in
                '') printf -v full %q "$full" ;;
                "'") full=${full//"'"/"'\\''"} ;;
                '"')
                    full=${full//'\'/'\\'}
                    full=${full//'"'/'\"'}
                    full=${full//'$'/'\$'}
                    full=${full//'`'/'\`'}
                    ;;
            esac
        fi
        COMPREPLY+=("$full")
    done
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[/.=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

# Offer values of $kind for the text $2, with $1 before each.
_hfterm_value() {
    local lead=$1 text=$2 IFS=$' \t\n' program=hfterm key rest seen=' ' flags=$-
    local -a found
    case $kind in
        choice)
            IFS='|'
            found=($choices)
            _hfterm_offer "$lead" "${found[@]}"
            ;;
        keys)
            # One level at a time: there is a key for every option of every command.
            for key in $_hfterm_keys; do
                [[ $key == "$text"* ]] || continue
                rest=${key#"$text"}
                [[ $rest == *.* ]] && key=$text${rest%%.*}.
                [[ $seen == *" $key "* ]] && continue
                seen+="$key "
                found+=("$key")
            done
            _hfterm_offer "$lead" "${found[@]}"
            ;;
        files) compopt -o default 2>/dev/null ;;
        folders) compopt -o dirnames 2>/dev/null ;;
        any | '') ;;
        *)
            if [[ $text != [./~]* ]]; then
                [[ ${words[0]} == */* && -x ${words[0]} ]] && program=${words[0]}
                IFS=$'\n'
                set -f
                found=($("$program" __complete "$kind" "$text" "${words[@]:1}" 2>/dev/null))
                [[ $flags == *f* ]] || set +f
                _hfterm_offer "$lead" "${found[@]}"
            fi
            # A folder will do for a model; readline completes it when nothing was found.
            [[ $kind == runs || $kind == repo* || $kind == *keys ]] || compopt -o default 2>/dev/null
            ;;
    esac
}

# Offer the options not given yet.
_hfterm_options() {
    local IFS=$' \t\n' group spelling used flags=$-
    local -a found
    set -f
    for group in $opts; do
        used=''
        IFS=,
        for spelling in ${group#\*}; do
            [[ $group != \** && $given == *" $spelling "* ]] && used=1
        done
        [[ $used ]] || found+=(${group#\*})
    done
    [[ $flags == *f* ]] || set +f
    _hfterm_offer '' "${found[@]}"
}

_hfterm() {
    local IFS=$' \t\n' quote redirect typed base path='' given=' ' plain='' subs opts kind choices
    local i j word count pending=0 position=0
    local -a words
    COMPREPLY=()
    # What readline replaces is only the end of the word: $2, after the last : or =.
    _hfterm_split "$2"
    base=${words[${#words[@]} - 1]}
    _hfterm_split "${COMP_LINE:0:COMP_POINT}"
    typed=${words[${#words[@]} - 1]}
    [[ $typed == *"$2" ]] && base=$2 # in quotes: a space in it parts no words
    [[ $typed == *"$base" ]] && base=${typed:0:${#typed}-${#base}} || base=''
    if [[ $redirect ]]; then
        compopt -o default 2>/dev/null
        return
    fi
    _hfterm_command ''
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if ((pending)); then
            pending=$((pending - 1))
        elif [[ ! $plain && $word == -?* ]]; then
            case $word in
                --) plain=1 ;;
                --*=*) given+="${word%%=*} " ;;
                --*)
                    given+="$word "
                    _hfterm_option "$path" "$word"
                    pending=$count
                    ;;
                *)
                    for ((j = 1; j < ${#word}; j++)); do
                        given+="-${word:j:1} "
                        _hfterm_option "$path" "-${word:j:1}"
                        ((count)) || continue
                        pending=$count
                        ((j + 1 < ${#word})) && pending=$((count - 1))
                        break
                    done
                    ;;
            esac
        elif [[ $subs ]]; then
            [[ " $subs " == *" $word "* ]] || return
            path=${path:+$path }$word plain='' position=0
            _hfterm_command "$path"
        else
            position=$((position + 1))
        fi
    done
    if ((pending)); then
        _hfterm_value '' "$typed"
    elif [[ ! $plain && $typed == --*=* ]]; then
        _hfterm_option "$path" "${typed%%=*}"
        _hfterm_value "${typed%%=*}=" "${typed#*=}"
    elif [[ ! $plain && $typed == -* ]]; then
        for ((j = 1; j + 1 < ${#typed}; j++)); do
            [[ $typed == --* ]] && break
            _hfterm_option "$path" "-${typed:j:1}"
            if ((count)); then
                _hfterm_value "${typed:0:j+1}" "${typed:j+1}"
                return
            fi
        done
        _hfterm_options
    elif [[ $subs ]]; then
        _hfterm_offer '' $subs
    else
        _hfterm_argument "$path" "$position"
        if [[ ! $kind && ! $plain && ! $typed ]]; then
            _hfterm_options
        else
            _hfterm_value '' "$typed"
        fi
    fi
}

if type compopt >/dev/null 2>&1; then
    complete -F _hfterm hfterm
else
    complete -o default -F _hfterm hfterm
fi
"""
