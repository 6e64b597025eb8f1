"""hfterm train sbatch."""

from pathlib import Path
from typing import Any

import click

from hfterm.errors import UsageError
from hfterm.output import Output

from ..options import command, overwrite_option


@command(formats=False)
@click.argument("words", nargs=-1, metavar="-- VERB [ARGS]...", help="What the job runs, as after 'hfterm train'.")
@click.option("--nodes", type=click.IntRange(1, 100000), default=1, metavar="N", help="Nodes. [default: 1]")
@click.option("--gpus", type=click.IntRange(1, 1024), metavar="N", help="GPUs on each node.")
@click.option("--cpus", type=click.IntRange(1, 4096), metavar="N", help="Processor cores on each node.")
@click.option("--mem", metavar="SIZE", help="Memory on each node, such as 200G.")
@click.option("--time", metavar="TIME", help="Time limit, such as 12:00:00 or 2-12.")
@click.option("--partition", metavar="NAME", help="Where to queue it.")
@click.option("--account", metavar="NAME", help="Whom to charge.")
@click.option("--job-name", "name", metavar="NAME", help="The job's name. [default: the run's]")
@click.option(
    "--before",
    type=click.IntRange(1, 65535),
    default=300,
    metavar="SECONDS",
    help="Stop and save so long before the limit. [default: 300]",
)
@click.option("--no-requeue", is_flag=True, help="Do not queue the job again when its time is up.")
@click.option("--set", "more", multiple=True, metavar="KEY=VALUE", help="Any other option of sbatch. Again for more.")
@click.option("--setup", multiple=True, metavar="LINE", help="A line of shell to run first. Again for more.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it there, not to standard output."
)
@overwrite_option
def cli(
    out: Output, words: tuple[str, ...], no_requeue: bool, output: Path | None, overwrite: bool, **options: Any
) -> None:
    """Write a batch script for Slurm that trains, and goes on when its time is up.

    VERB is 'launch' with your own script, 'run' with a recipe, or a method such as sft; both latter need --name:
    the job then begins the run or goes on with it, on all its nodes. Submit what is printed with sbatch.

    \b
    Examples:
      hfterm train sbatch --gpus 8 -- sft m data.jsonl --name x | sbatch
      hfterm train sbatch --nodes 4 --gpus 8 -- run recipe.yaml --name x > job.sh
      hfterm train sbatch --setup 'module load cuda' --set qos=long -- launch t.py
    """
    from hfterm import files
    from hfterm.train.launch import sbatch

    if word := sbatch.secret(words):
        out.warn(f"{word} will stand in the script for others to read; set it by the environment instead")
    text = sbatch.script(sbatch.Job(requeue=not no_requeue, **options), words)
    if output is None:
        out.text(text, end="")
        return
    if output.exists() and not overwrite:
        raise UsageError(f"'{output}' is there already", "add --overwrite to replace it")
    files.write_text(output, text)
    out.artifact(output)
