"""``hfterm doctor``: tell whether everything is as it should be."""

import click

from hfterm.output import Output

from .options import command

SUBJECTS = ("python", "libraries", "accelerators", "storage", "hub", "system", "terminal")


@command()
@click.option("--offline", is_flag=True, help="Send nothing: leave out the endpoint, and whether it accepts the token.")
@click.option(
    "--only", multiple=True, type=click.Choice(SUBJECTS), help="Check only this subject; may be given several times."
)
def cli(out: Output, offline: bool, only: tuple[str, ...]) -> None:
    """Check Python, libraries, accelerators, disk, network and terminal.

    Each check is ok, info, warn or fail, with a remedy; exit 1 when one fails. Tokens and passwords are
    never shown, so the output can go into a bug report.

    \b
    Examples:
      hfterm doctor
      hfterm doctor -f json | jq '.[] | select(.status != "ok")'
    """
    from hfterm.monitor import doctor, report

    report.show(out, doctor.examine(doctor.jobs(only, offline=offline)))
