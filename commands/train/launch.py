"""hfterm train launch."""

from pathlib import Path
from typing import Any

import click

from hfterm.output import Output

from ..options import Command, dry_run_option
from . import _errands

PRECISIONS = ("no", "bf16", "fp16", "fp8")


class Launch(Command):
    """Words after ``--`` are the script's; without one, all that come after SCRIPT are."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Part our options from the script's."""
        at = args.index("--") if "--" in args else len(args)
        # A word of the script's begins with a dash too, and none of those is ours.
        ctx.allow_interspersed_args = at < len(args)
        ctx.meta[f"{__name__}.parted"] = at < len(args)
        return super().parse_args(ctx, args)


@click.command(cls=Launch)
@click.argument("script", help="A Python file; with -m the name of a module.")
@click.argument("args", nargs=-1, help="What the script gets.")
@click.option("-m", "--module", is_flag=True, help="SCRIPT is a module, as for 'python -m'.")
@click.option(
    "--nproc", type=click.IntRange(1, 4096), metavar="N", help="Processes a node. [default: one a GPU, else 1]"
)
@click.option("--gpus", metavar="GPUS", help="all, none, how many, or which: 0,1. [default: all]")
@click.option(
    "--nodes", type=click.Path(path_type=Path), metavar="FILE", help="Start on these hosts over ssh: NAME slots=N."
)
@click.option("--nnodes", metavar="N", help="How many nodes; MIN:MAX if they may come and go. [default: Slurm's, 1]")
@click.option("--node-rank", type=click.IntRange(0), metavar="N", help="Which one this is, from 0. [default: Slurm's]")
@click.option("--rdzv", metavar="HOST:PORT", help="Where the nodes meet: the first one. [default: Slurm's first]")
@click.option("--mixed-precision", type=click.Choice(PRECISIONS), help="For scripts that use Accelerate.")
@click.option("--zero", type=click.IntRange(1, 3), metavar="STAGE", help="DeepSpeed ZeRO stage: 1, 2 or 3.")
@click.option("--offload", metavar="PARTS", help="optimizer, params or both, with a comma: keep them on the CPU.")
@click.option("--fsdp", is_flag=True, help="Share the model out by FSDP2.")
@click.option(
    "--max-restarts", type=click.IntRange(0, 10000), metavar="N", help="Start all again so often. [default: 0]"
)
@click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE", help="A config file of Accelerate; options here win."
)
@click.option(
    "--log-dir", type=click.Path(path_type=Path), metavar="FOLDER", help="Keep what each process writes there too."
)
@click.option("--name", metavar="RUN", help="Name what is left at work. [default: from script and time]")
@_errands.may_be_left
@dry_run_option
@click.pass_obj
@click.pass_context
def cli(
    context: click.Context,
    out: Output,
    /,
    script: str,
    args: tuple[str, ...],
    nodes: Path | None,
    name: str | None,
    left: _errands.Asked,
    dry_run: bool,
    **options: Any,
) -> None:
    """Run your own training script on several GPUs, processes or nodes.

    One process a GPU, or --nproc of them on the CPU. No questions, no config file. The script's output passes
    through as it comes; if it fails, the exception of the process that failed first is said in one line, and its
    exit code is the exit code. The script's own options come after it, or after --. With --detach it is a run for
    'train ls', 'logs', 'attach' and 'stop'.

    \b
    Examples:
      hfterm train launch train.py -- --lr 1e-4
      hfterm train launch --nproc 2 --gpus none train.py --epochs 3
      hfterm train launch train.py --zero 3 --offload optimizer,params --
      hfterm train launch --nodes hosts.txt --max-restarts 2 train.py
      hfterm train launch train.py --nproc 4 -n -f json --
      hfterm train launch -d --name night --after demo train.py
    """
    from hfterm.train.launch import command

    parted = bool(context.meta.get(f"{__name__}.parted"))
    if not parted:
        own = {name for option in context.command.params for name in option.opts if name.startswith("--")}
        if word := next((word for word in args if word.partition("=")[0] in own), None):
            out.warn(f"{word} comes after SCRIPT, so the script gets it; to give it to hfterm, end its options with --")
    asked = command.asked(script, args, nodes, **options)
    if dry_run:
        command.show(asked, nodes, out)
        return
    with _errands.launch(out, left, name, args, {"script": script, **options}):
        command.start(asked, nodes, out)
