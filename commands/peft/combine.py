"""hfterm peft combine."""

import click

from hfterm.output import Output

from ..options import command, dry_run_option, overwrite_option
from ._made import output_option, tell

HOWS = ("svd", "linear", "cat", "ties", "ties_svd", "dare_ties", "dare_linear", "dare_ties_svd", "dare_linear_svd",
        "magnitude_prune", "magnitude_prune_svd")  # fmt: skip


@command()
@click.argument("adapters", nargs=-1, metavar="[ADAPTER[=WEIGHT]]...", help="Folders, Hub ids, run:NAME. Weight: 1.")
@output_option
@click.option("--how", type=click.Choice(HOWS), metavar="HOW", default="svd", help="One of those below. [default: svd]")
@click.option("--density", type=float, metavar="SHARE", help="Of ties, dare, prune: the share of numbers to keep.")
@click.option("--rank", type=click.IntRange(1), help="Of svd: the result's. [default: the largest of theirs]")
@click.option(
    "--majority-sign-method", type=click.Choice(["total", "frequency"]), default="total", show_default=True,
    help="Of ties: by sum or by count.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Of dare, which drops numbers by chance.")
@click.option("--base", metavar="MODEL", help="Base model of the result. [default: the one they all name]")
@dry_run_option
@overwrite_option
def cli(
    out: Output,
    adapters: tuple[str, ...],
    output: str,
    how: str,
    density: float | None,
    rank: int | None,
    majority_sign_method: str,
    seed: int,
    base: str | None,
    dry_run: bool,
    overwrite: bool,
) -> None:
    """Combine several adapters into one, each with its weight.

    LoRA and (IA)3, by the formulas of PEFT's add_weighted_adapter; no base model is loaded. Weights may be negative.
    Left out, the adapters are read from standard input, one a line.

    \b
    HOW:
      svd     the weighted sum of what they add, at one rank
      cat     the same exactly, at the sum of their ranks
      linear  matrices added up as they are: quick, rough
      ties dare_linear dare_ties magnitude_prune
              without small, random or opposing numbers;
              with _svd on what they add, not on matrices
    How far the result is from the weighted sum is told.

    \b
    Examples:
      hfterm peft combine ./a=0.7 ./b=0.3 -o ab
      hfterm peft combine run:x ./b=-0.5 --how cat -o less-b
      hfterm peft combine a=1 b=1 --how ties --density .2 -o c
    """
    from hfterm.peft.arith.combine import Options, combine, weighted
    from hfterm.refs import expand

    options = Options(how, density, rank, majority_sign_method, seed)
    parts = [weighted(text) for text in expand(adapters or ["-"])]
    made = combine(parts, output, options, base=base, overwrite=overwrite, dry_run=dry_run, note=out.note)
    tell(out, made.path, made.facts(), made.said(), dry_run=dry_run)
