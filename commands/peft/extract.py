"""hfterm peft extract."""

import click

from hfterm.output import Output

from ..options import command, dry_run_option, overwrite_option
from ._made import output_option, share, tell

# Parameters outside of LoRA that are named; with -f json all are.
MOST_NAMED = 3


@command(progress=True)
@click.argument("base", help="The model before: a folder, Hub id or run:NAME.")
@click.argument("tuned", help="The model after.")
@output_option
@click.option("--rank", type=click.IntRange(1), default=16, show_default=True, help="Of each layer, where it is wide.")
@click.option("--targets", metavar="NAME,...", help="Ends of layers' names. [default: all linear ones but the head]")
@click.option("--save-modules", is_flag=True, help="Hold what differs elsewhere whole: norms, embeddings, biases.")
@click.option("--no-check", is_flag=True, help="Do not ask both for answers to compare.")
@dry_run_option
@overwrite_option
def cli(
    out: Output,
    base: str,
    tuned: str,
    output: str,
    rank: int,
    targets: str | None,
    save_modules: bool,
    no_check: bool,
    dry_run: bool,
    overwrite: bool,
) -> None:
    """Make a LoRA of what differs between two whole models.

    By SVD of each layer's difference, weight by weight from the files: neither model is in memory whole. Told are the
    share of the energy (squared norm) that is kept, with -v by layer, where else the models differ, and how far the
    answers of base and adapter are from the tuned model's.

    \b
    Examples:
      hfterm peft extract ./base ./tuned -o lora
      hfterm peft extract org/base run:full --rank 64 -o lora
      hfterm peft extract a b --targets q_proj,v_proj -o x -n
    """
    from hfterm.peft.arith.extract import extract

    ends = [end.strip() for end in targets.split(",") if end.strip()] if targets else []
    made = extract(
        base, tuned, output, out, rank=rank, targets=ends, save_modules=save_modules, check=not no_check,
        overwrite=overwrite, dry_run=dry_run,
    )  # fmt: skip
    for layer in made.layers:
        out.detail(f"{layer['module']}: rank {layer['rank']}, {share(layer['kept'])} of the energy kept")
    if made.outside:
        named = [f"{name} ({share(part)})" for name, part in list(made.outside.items())[:MOST_NAMED]]
        more = f" and {len(made.outside) - MOST_NAMED} more" if len(made.outside) > MOST_NAMED else ""
        out.warn(f"not held: {', '.join(named)}{more} of the difference's energy; see --save-modules and --targets")
    if made.drift is not None and made.effect is not None:
        out.note(f"checked: drift {made.drift:.2g} of the largest number; without the adapter {made.effect:.2g}")
    said = f"{len(made.layers)} layers, rank {made.rank}: {share(made.kept)} of the difference's energy kept"
    tell(out, made.path, made.facts(), said, dry_run=dry_run)
