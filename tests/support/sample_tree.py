"""A click tree with every sort of parameter, to hold completion scripts against."""

from enum import Enum
from typing import Any

import click

KEYS = ("format", "color", "train.sft.length", "train.sft.seed", "gpu.interval")
_FORMAT = click.option("-f", "--format", type=click.Choice(["table", "jsonl", "json"]), help="Output format.")


class Precision(Enum):
    FLOAT = 1
    HALF = 2


@click.group()
@click.option("-q", "--quiet", is_flag=True, help="Say only errors.")
@click.option("-C", "--folder", type=click.Path(file_okay=False), help="Folder: it's [here].")
def root(**_: Any) -> None:
    pass


@root.group(help="Train: models, 'quoted'.")
def train(**_: Any) -> None:
    pass


@train.command(help="Fine-tune a model. More about it.")
@click.argument("model")
@click.argument("data", nargs=-1, type=click.Path())
@_FORMAT
@click.option("-i", "--include", multiple=True, help="What to take.")
@click.option("-l", "--learning-rate", type=float, help="Rate. [default: 1e-4]")
@click.option("--length", type=int, help="Tokens.")
@click.option("--packing/--no-packing", help="Pack.")
@click.option("--pair", nargs=2, type=click.Choice(["left", "right"]), help="Two.")
@click.option("-o", "--output", type=click.Path(file_okay=False), help="Where.")
@click.option("--base", metavar="MODEL", help="Base model.")
@click.option("--precision", type=click.Choice(Precision), help="How exact.")
@click.option("-v", "--verbose", count=True, help="More.")
@click.option("--secret", hidden=True, help="Not shown.")
def sft(**_: Any) -> None:
    pass


@train.command(help="Show a run.")
@click.argument("run")
def show(**_: Any) -> None:
    pass


@root.group(invoke_without_command=True, help="Show GPUs.")
@_FORMAT
def gpu(**_: Any) -> None:
    pass


@gpu.command(help="List processes.")
@_FORMAT
def procs(**_: Any) -> None:
    pass


@root.command("get-key", help="Print a setting.")
@click.argument("key")
def get_key(**_: Any) -> None:
    pass


@root.command(help="Merge.")
@click.argument("adapter")
@click.option("--peft", metavar="METHOD", help="Method.")
@click.option("--peft-set", metavar="KEY=VALUE", multiple=True, help="A setting of it.")
def merge(**_: Any) -> None:
    pass


@root.command(help="Pull files.")
@click.argument("repo")
@click.argument("files", nargs=-1, metavar="[PATHS_IN_REPO]...")
@click.option("-t", "--type", type=click.Choice(["model", "dataset"]), help="Kind.")
@click.option("--like", metavar="REPO|DIR", help="As this.")
def pull(**_: Any) -> None:
    pass


@root.command("help", help="Explain.")
@click.argument("words", metavar="[TOPIC | COMMAND...]", nargs=-1)
def explain(**_: Any) -> None:
    pass


@root.command(hidden=True)
def hidden(**_: Any) -> None:
    pass
