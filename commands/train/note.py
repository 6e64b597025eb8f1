"""hfterm train note."""

import click

from hfterm.errors import UsageError
from hfterm.output import Output

from ..options import command
from ._names import one_name


@command()
@click.argument("run", required=False, help="Its name; left out, read from standard input.")
@click.argument("text", nargs=-1, help="What to note; left out, the note is printed.")
@click.option("--clear", is_flag=True, help="Remove the note.")
def cli(out: Output, run: str | None, text: tuple[str, ...], clear: bool) -> None:
    """Print, write or clear a run's note.

    \b
    Examples:
      hfterm train note demo 'lower learning rate, twice the data'
      hfterm train note demo
    """
    from hfterm import runs
    from hfterm.train import control

    if text and clear:
        raise UsageError("--clear and a text make no sense together")
    found = runs.get(one_name(run))
    if text or clear:
        control.note(found, None if clear else " ".join(text))
        return
    note = found.note()
    if out.asked in (None, "table", "quiet"):
        if note is None:
            out.note(f"run {found.name!r} has no note")
        else:
            out.text(note)
    else:
        out.record({"name": found.name, "note": note}, key="name")
