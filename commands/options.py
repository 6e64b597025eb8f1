"""What every command shares: the command class, its common options, and options used by several commands."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from hfterm.cli import common_options
from hfterm.output import FORMATS, Output
from hfterm.progress import MODES

F = TypeVar("F", bound=Callable[..., Any])

COMMON = ("quiet", "verbose", "debug", "format", "progress")


class Command(click.Command):
    """A command whose context object is the :class:`~hfterm.output.Output` its flags and settings ask for."""

    def __init__(self, *args: Any, formats: bool = True, progress: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if formats:
            self.params.append(
                click.Option(
                    ["-f", "--format"],
                    type=click.Choice(FORMATS),
                    help="Output format. [default: table on a terminal, else jsonl]",
                )
            )
        if progress:
            self.params.append(
                click.Option(["--progress"], type=click.Choice(MODES), help="How to show progress. [default: auto]")
            )
        self.params.extend(common_options())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; an option without its value is this command's mistake too, which click forgets to say."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as exc:
            exc.ctx = exc.ctx or ctx
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options first, the common ones after."""
        last = "Common options"
        sections: dict[str, list[tuple[str, str]]] = {"Options": []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and not isinstance(param, click.Argument):
                own = getattr(param, "section", "Options")
                sections.setdefault(last if param.name in (*COMMON, "help") else own, []).append(record)
        for title in (*(title for title in sections if title != last), last):
            if sections.get(title):
                with formatter.section(title):
                    formatter.write_dl(sections[title])

    def invoke(self, ctx: click.Context) -> Any:
        """Build the Output, then run the callback without the common flags."""
        flags = {name: ctx.params.pop(name, None) for name in COMMON}
        above = ctx.parent
        while above is not None:  # hfterm -q gpu -f json procs
            flags = {name: value if value is not None else above.params.get(name) for name, value in flags.items()}
            above = above.parent
        ctx.obj = make_output(flags)
        return super().invoke(ctx)


def make_output(flags: dict[str, Any]) -> Output:
    """An Output from flags, then settings."""
    from hfterm import config

    out = Output(
        flags["format"] or config.value("format"),
        asked=flags["format"],
        quiet=bool(flags["quiet"]),
        verbose=bool(flags["verbose"]),
        debug=bool(flags["debug"]),
        color=config.value("color") or "auto",
        progress=flags["progress"] or config.value("progress") or "auto",
    )
    for problem in config.problems():
        out.warn(problem)
    return out


def command(*, formats: bool = True, progress: bool = False, **attrs: Any) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command that gets its Output first.

    ``formats`` adds ``-f/--format``, ``progress`` adds ``--progress``. The docstring is the help; its
    first line must equal the command's row in ``hfterm.verbs.COMMANDS`` (with a full stop).
    """

    def decorate(function: Callable[..., Any]) -> Command:
        return click.command(cls=Command, formats=formats, progress=progress, **attrs)(click.pass_obj(function))

    return decorate


def sectioned(function: F, sections: Mapping[str, str]) -> F:
    """Put options under titles of their own in the help: the name of an option's parameter -> its title.

    The titles stand in the order of their first options; options without one come first.
    """
    for param in getattr(function, "__click_params__", ()):
        if param.name in sections:
            param.section = sections[param.name]
    return function


def dry_run_option(function: F) -> F:
    """``-n/--dry-run``."""
    return click.option("-n", "--dry-run", is_flag=True, help="Say what would be done; do nothing.")(function)


def yes_option(function: F) -> F:
    """``-y/--yes``."""
    return click.option("-y", "--yes", is_flag=True, help="Do not ask.")(function)


def overwrite_option(function: F) -> F:
    """``--overwrite``."""
    return click.option("--overwrite", is_flag=True, help="Replace what is there already.")(function)


def device_option(function: F) -> F:
    """``--device``."""
    return click.option(
        "--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:N or mps. [default: auto, the setting 'device']"
    )(function)
