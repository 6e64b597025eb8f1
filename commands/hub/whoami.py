"""hfterm hub whoami."""

from hfterm.output import Output

from ..options import command


@command()
def cli(out: Output) -> None:
    """Show whose token is in use, and what it may do.

    Exits 4 when nobody is logged in. Offline only the store is asked.

    \b
    Examples:
      hfterm hub whoami
      hfterm hub whoami -f quiet
    """
    from hfterm.hub import account

    row = account.whoami()
    if row.get("offline"):
        out.note("hfterm: HF_HUB_OFFLINE is set: from the store, the Hub was not asked")
    out.record(row, key="name")
