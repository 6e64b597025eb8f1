"""``hfterm hub token``: the kept tokens."""

from hfterm.output import Output

from ...options import command


@command()
def cli(out: Output) -> None:
    """List the kept tokens, masked; choose one, print one.

    HF_TOKEN in the environment wins over the kept ones.

    \b
    Examples:
      hfterm hub token
      hfterm hub token use work
    """
    from hfterm.hub import account

    out.records(
        account.tokens(), columns=("name", "used", "token", "from", "expires"), key="name",
        empty="no token is kept; log in: hfterm hub login",
    )  # fmt: skip
