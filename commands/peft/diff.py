"""hfterm peft diff."""

from typing import Any

import click

from hfterm.output import Output

from ..options import command


@command(progress=True)
@click.argument("a", metavar="BASE|ADAPTER", help="A folder, a Hub id or run:NAME; of two models the one before.")
@click.argument("b", metavar="TUNED|ADAPTER", help="The same; of two models the one after.")
@click.option(
    "--limit", type=click.IntRange(0), default=20, help="Rows of a kind to tell; 0: all. [default: 20]"
)  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
@click.pass_context
def cli(ctx: click.Context, out: Output, a: str, b: str, limit: int, exit_code: bool) -> None:
    """Show what differs between two adapters, or two whole models.

    Settings; modules that only one changes; and by module, largest difference first, the norms of what each adds to
    a weight (of other methods than LoRA: of its tensors), the norm of the difference as a share of the larger, and
    the cosine: 1 the same direction, 0 nothing in common, -1 the opposite.

    Of two models: by tensor the norms, the norm of the difference as a share of BASE's, largest first, and what one
    alone has. They are read piece by piece: memory does not grow with them.

    \b
    Examples:
      hfterm peft diff run:a run:b
      hfterm peft diff ./a ./b --limit 0 -f csv
      hfterm peft diff ./base ./tuned --limit 5
      hfterm peft diff run:a@100 run:a@200 --exit-code
    """
    from hfterm.peft.arith.diff import diff_of
    from hfterm.progress import Progress

    show = {"a": _value, "b": _value, "relative": _value, "cosine": _cosine}
    columns = ("kind", "what", "a", "b", "relative", "cosine")
    count = out.records(
        diff_of(a, b, limit=limit, note=out.note, progress=Progress(out)),
        key="what",
        columns=columns,
        show=show,
        empty="no difference",
    )
    if exit_code and count:
        ctx.exit(1)


def _value(value: Any) -> str:
    from hfterm.text import readable

    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else readable(value)


def _cosine(value: Any) -> str:
    return "" if value is None else f"{value:.4f}"
