"""The lazy groups over the command table (:mod:`hfterm.verbs`), and ``main()``: errors become exit codes here.

This is the one library module that knows click. A command is named by the words a user types and
loaded by string (``"train sft"`` from ``hfterm.commands.train.sft``, attribute ``cli``), so ``--help``
and completion import no command at all.
"""

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

import click

from hfterm import plugins
from hfterm.errors import HftermError, NotFoundError, Terminated, UsageError, translate
from hfterm.output import Output
from hfterm.verbs import COMMANDS as COMMANDS
from hfterm.verbs import Entry as Entry

PROG = "hfterm"


PLUGIN_SECTION = "Plug-ins"

ROOT_EPILOG = """\b
Examples:
  hfterm gpu -f json | jq '.[].memory_free'
  cat questions.txt | hfterm chat run:demo -p 'Answer briefly:'
  hfterm chat -p 'Who keeps it?' "$(hfterm peft merge run:demo -o merged)"

Topics: hfterm help exit-codes | formats | environment | references
"""


class LazyGroup(click.Group):
    """A group whose commands are rows of the table, imported when used."""

    def __init__(
        self,
        name: str,
        *,
        words: tuple[str, ...] = (),
        rows: dict[str, str],
        bare: click.Command | None = None,
        **attrs: Any,
    ) -> None:
        super().__init__(name, invoke_without_command=bare is not None, **attrs)
        self.words, self.rows, self.bare = words, rows, bare
        if bare is not None:
            self.params = [p for p in bare.params if p.name != "help"]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in table order, plug-ins last."""
        return [*self.rows, *(() if self.words else plugins.found())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None when there is none of that name."""
        if cmd_name in self.rows:
            return load((*self.words, cmd_name))
        if not self.words and cmd_name in plugins.found():
            return load_plugin(cmd_name)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the nearest one."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            full = " ".join((PROG, *self.words))
            hint = _near(name, self.list_commands(ctx), f"see '{full} --help'")
            raise UsageError(f"no such command '{full} {name}'", hint)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb, or the group's own command when there is none."""
        if self.bare is not None and not ctx._protected_args:
            return self.bare.invoke(ctx)
        return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table's one-line helps, by section, importing nothing."""
        if self.words:
            with formatter.section("Commands"):
                formatter.write_dl(list(self.rows.items()))
            return
        width = max(map(len, self.list_commands(ctx)))
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, entry in COMMANDS.items():
            sections.setdefault(entry.section, []).append((name.ljust(width), entry.help))
        for name, plugin in plugins.found().items():
            sections.setdefault(PLUGIN_SECTION, []).append((name.ljust(width), f"from {plugin.distribution}"))
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def group_of(words: tuple[str, ...]) -> Entry | None:
    """The row of the group that the words name; None when they name a command (or nothing)."""
    entry: Any = COMMANDS.get(words[0]) if words else None
    for word in words[1:]:
        entry = entry.verbs.get(word) if isinstance(entry, Entry) else None
    return entry if isinstance(entry, Entry) and entry.verbs else None


def all_words() -> list[tuple[str, ...]]:
    """The words of every command and group, in the table's order, each group before its verbs."""

    def below(words: tuple[str, ...]) -> list[tuple[str, ...]]:
        group = group_of(words)
        return [words, *(w for verb in (group.verbs if group else ()) for w in below((*words, verb)))]

    return [words for name in COMMANDS for words in below((name,))]


def load(words: tuple[str, ...]) -> click.Command:
    """The click command behind the words a user types; groups come back lazy."""
    if not words:
        return root()
    if words[0] not in COMMANDS:
        return load_plugin(words[0])
    entry = group_of(words)
    if entry is None:
        return _import(words)
    bare = _import(words) if entry.bare else None
    text = bare.help if bare else f"{entry.help}."
    return LazyGroup(words[-1], words=words, rows=entry.lines(), bare=bare, help=text, no_args_is_help=bare is None)


def _import(words: tuple[str, ...]) -> click.Command:
    command: click.Command = importlib.import_module(".".join(("hfterm.commands", *words))).cli
    return command


def load_plugin(name: str) -> click.Command:
    """Import the plug-in command ``name`` from the entry-point group ``hfterm.commands``.

    Raises:
        HftermError: its import fails, or it is no click command.
    """
    plugin = plugins.found()[name]
    try:
        command = plugin.load()
    except Exception as exc:
        raise HftermError(
            f"plug-in {name!r} from {plugin.distribution} cannot be loaded: {type(exc).__name__}: {exc}",
            f"update or remove {plugin.distribution}",
        ) from exc
    if not isinstance(command, click.Command):
        raise HftermError(f"plug-in {name!r} from {plugin.distribution} is no click command")
    return command


def root() -> LazyGroup:
    """The root command."""
    return LazyGroup(
        PROG,
        rows={name: entry.help for name, entry in COMMANDS.items()},
        help="The Hugging Face toolchain in one command: train, merge, chat, measure.",
        epilog=ROOT_EPILOG,
        no_args_is_help=True,
        params=[
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_version,
                help="Print the version and exit.",
            ),
            *common_options(),
        ],
    )


def common_options() -> list[click.Option]:
    """``-q -v --debug``, on the root and on every command."""
    return [
        click.Option(["-q", "--quiet"], is_flag=True, default=None, help="Say only errors."),
        click.Option(["-v", "--verbose"], is_flag=True, default=None, help="Say more."),
        click.Option(["--debug"], is_flag=True, default=None, help="Show tracebacks and everything."),
    ]


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        from hfterm import __version__

        click.echo(f"{PROG} {__version__}")
        ctx.exit()


def context(words: tuple[str, ...], width: int = 78) -> click.Context:
    """The click context of a command, as if it were about to run, wrapping help at ``width`` columns."""
    ctx = click.Context(root(), info_name=PROG, terminal_width=width)
    for depth in range(len(words)):
        ctx = click.Context(load(words[: depth + 1]), info_name=words[depth], parent=ctx, terminal_width=width)
    return ctx


def help_page(words: tuple[str, ...]) -> str:
    """The help page that click makes for a command at 80 columns."""
    return context(words).get_help() + "\n"


def page(words: tuple[str, ...]) -> str:
    """The page of ``hfterm help WORDS``: a topic, or a command's help.

    Raises:
        NotFoundError: there is neither; the nearest ones are named.
    """
    from hfterm.topics import TOPICS

    if len(words) == 1 and words[0] in TOPICS:
        return TOPICS[words[0]]
    for depth, word in enumerate(words):
        group = load(words[:depth])
        names = group.list_commands(context(())) if isinstance(group, LazyGroup) else []
        if word not in names:
            raise NotFoundError(f"no help on {' '.join(words)!r}", _near(word, [*names, *(() if depth else TOPICS)]))
    return help_page(words)


def _near(word: str, names: list[str], otherwise: str = "see 'hfterm help'") -> str:
    import difflib

    near = difflib.get_close_matches(word, names, n=2, cutoff=0.5)
    return f"did you mean {' or '.join(repr(n) for n in near)}?" if near else otherwise


def option_rows(words: tuple[str, ...]) -> list[tuple[str, tuple[str, Any, str, tuple[str, ...]]]]:
    """A command's options as (name, (type, default, help, choices)), see :class:`hfterm.config.Setting`."""
    rows = []
    for param in load(words).params:
        if not isinstance(param, click.Option) or param.name is None or not param.expose_value:
            continue
        kind = {"integer": "int", "integer range": "int", "float": "float", "float range": "float", "boolean": "bool"}
        choices = tuple(map(str, param.type.choices)) if isinstance(param.type, click.Choice) else ()
        default = param.default if isinstance(param.default, str | int | float | bool | tuple | list) else None
        type_ = "choice" if choices else "bool" if param.is_flag else kind.get(param.type.name, "str")
        rows.append((param.name, (type_, default, param.help or "", choices)))
    return rows


def fail(error: HftermError, out: Output | None = None) -> int:
    """Say an error on stderr in one line; return its exit code."""
    (out or Output()).error(error)
    return error.exit_code


def _usage(exc: click.UsageError) -> HftermError:
    words = exc.ctx.command_path if exc.ctx else PROG
    message = exc.format_message().strip().rstrip(".")
    message = " ".join(message.split())
    return UsageError(message[:1].lower() + message[1:], f"see '{words} --help'")


def _on_sigterm(signum: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def run(argv: Sequence[str]) -> int:
    """Run one command line; return its exit code. Nothing escapes but ``SystemExit`` from completion."""
    import gc
    import signal

    # Threads of torch that wait by spinning take the cores from whoever shares the machine; a thirtieth of
    # libgomp's usual turns costs nothing on an idle one (benchmarks/README.md). Read when torch is imported.
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    # TRL tells its makers of every training, unless told not to; what users train is nobody's business.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    debug = "--debug" in argv or os.environ.get("HFTERM_DEBUG", "") not in ("", "0")
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _on_sigterm)
    try:
        from hfterm import config

        config.tolerant = next((word for word in argv if not word.startswith("-")), "") in config.TOLERANT
        with root().make_context(
            PROG, list(argv), auto_envvar_prefix="HFTERM", default_map=config.command_defaults()
        ) as ctx:
            gc.enable()
            ctx.command.invoke(ctx)
        sys.stdout.flush()
        return 0
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except click.exceptions.NoArgsIsHelpError as exc:
        click.echo(exc.format_message(), err=True)
        return 2
    except click.UsageError as exc:
        return fail(_usage(exc))
    except click.FileError as exc:
        return fail(NotFoundError(" ".join(exc.format_message().split())))
    except click.ClickException as exc:
        return fail(HftermError(" ".join(exc.format_message().split())))
    except (KeyboardInterrupt, click.Abort):
        _say_interrupted()
        return 130
    except Terminated:
        return 143
    except BrokenPipeError:
        return closed_pipe()
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else 1 if exc.code else 0
    except BaseException as exc:
        if isinstance(exc, OSError) and exc.errno == errno.EPIPE:
            return closed_pipe()
        if debug:
            import traceback

            traceback.print_exception(exc)
        known = translate(exc)
        if known is not None:
            return fail(known)
        return fail(
            HftermError(
                f"bug: {type(exc).__name__}: {' '.join(str(exc).split())}",
                "please report it with the output of 'hfterm doctor'"
                + ("" if debug else " and of this command with --debug"),
            )
        )


def _say_interrupted() -> None:
    Output().say("hfterm: interrupted")


def closed_pipe() -> int:
    """End quietly when the reader of our output is gone: nothing more is written, exit code 141."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(devnull, stream.fileno())
    return 141
