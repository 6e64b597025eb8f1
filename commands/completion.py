"""hfterm completion."""

import os

import click

from hfterm.completion.install import SHELLS, install, place, shell_of
from hfterm.output import Output

from .options import command, dry_run_option


@command(formats=False)
@click.argument("shell", type=click.Choice(SHELLS), required=False, help="Which shell. [default: $SHELL]")
@click.option("--install", "wanted", is_flag=True, help="Put it where the shell finds it, and print that path.")
@dry_run_option
def cli(out: Output, shell: str | None, wanted: bool, dry_run: bool) -> None:
    """Print or install the completion script of a shell.

    The script holds commands, options and fixed values, those of plug-ins too: write it anew after
    installing or updating one.

    \b
    Examples:
      hfterm completion --install
      source <(hfterm completion bash)
      hfterm completion fish | source
    """
    from hfterm.completion.generate import script
    from hfterm.errors import UsageError

    if dry_run and not wanted:
        raise UsageError("--dry-run goes with --install")
    shell = shell or shell_of(os.environ)
    text = script(
        shell,
        on_error=lambda words, exc: out.warn(f"no options of 'hfterm {' '.join(words)}' in the script: {exc}"),
    )
    if not wanted:
        out.text(text, end="")
        return
    found = place(shell, os.environ) if dry_run else install(shell, text, os.environ)
    out.artifact(found.path)
    if dry_run:
        out.note("nothing written (dry run)")
    out.note(found.todo or f"start a new {shell} to use it")
