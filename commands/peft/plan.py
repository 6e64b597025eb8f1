"""hfterm peft plan."""

from dataclasses import replace
from typing import Any

import click

from hfterm.output import Output

from ..options import command


@command()
@click.argument("model", required=False, help="A folder, config.json, Hub id or run:NAME. [default: setting 'model']")
@click.option("--recipe", metavar="FILE", help="Model, batch, lengths, dtype and the rest as in this recipe.")
@click.option("--peft", "chosen", metavar="METHOD", multiple=True, help="Only this method. Again for more.")
@click.option("--peft-set", "settings", metavar="KEY=VALUE", multiple=True, help="A setting of the only method.")
@click.option("--all", "every", is_flag=True, help="Every method of the installed PEFT; it takes a minute.")
@click.option("--batch", type=click.IntRange(min=1), help="Examples a GPU at once. [default: 4]")
@click.option("--max-length", "length", type=click.IntRange(min=1), help="Tokens of an example. [default: 1024]")
@click.option("--gradient-checkpointing", "checkpointing", is_flag=True, help="Compute activations again.")
@click.option("--gpus", metavar="GPUS", help="80G, 4x80G, or here. [default: here, where there are some]")
@click.option("--host", metavar="SIZE", help="Main memory of the machine, such as 64G. [default: here's]")
@click.option(
    "--fit",
    type=click.Choice(["plain", "auto"]),
    default="plain",
    show_default=True,
    help="Nothing shared out, or the fastest strategy that fits.",
)
def cli(
    out: Output,
    model: str | None,
    recipe: str | None,
    chosen: tuple[str, ...],
    settings: tuple[str, ...],
    every: bool,
    batch: int | None,
    length: int | None,
    checkpointing: bool,
    gpus: str | None,
    host: str | None,
    fit: str,
) -> None:
    """Compare PEFT methods: memory, what they train, adapter size.

    A row a method, as hfterm train would tune the model: what a GPU must have, whether that fits, how much is trained,
    and how large the adapter's file is; 'none' tunes all weights, 'qlora' is LoRA on weights of 4 bits. From
    config.json alone. Exit 6 when none fits --gpus.

    \b
    Examples:
      hfterm peft plan meta-llama/Llama-3.1-8B --gpus 1x24G
      hfterm peft plan ./model --peft dora --gpus 1x24G
      hfterm peft plan --recipe recipe.yaml --all -f csv
    """
    from hfterm.errors import UsageError
    from hfterm.mem import machine, tuners
    from hfterm.text import human_bytes
    from hfterm.train.recipe import parse_settings

    ask = _ask(out, model, recipe)
    given = {"batch": batch, "length": length, "checkpointing": checkpointing or None}
    ask = replace(ask, **{key: value for key, value in given.items() if value is not None}, peft_set={})
    there = machine.parse(gpus, host) if gpus else machine.here()
    if there is None and (fit == "auto" or host is not None):
        raise UsageError("this machine has no GPU to fit into", "say which: --gpus 1x80G")
    names = _names(chosen, every, out)
    ask = replace(ask, peft_set=parse_settings(settings, "--peft-set"))
    rows: list[tuners.Tuner] = []

    def records() -> Any:
        for row in tuners.compare(ask, names, there, fit=fit == "auto", note=out.note):
            rows.append(row)
            yield row.record()

    show = {
        **dict.fromkeys(
            ("device", "adapter", "margin", "host"), lambda size: "-" if size is None else human_bytes(size)
        ),
        "trainable": lambda count: "-" if count is None else f"{count:,}",
        "percent": lambda share: "-" if share is None else f"{share:.4f} %",
    }
    columns = (
        "method",
        "device",
        "fits",
        "trainable",
        "percent",
        "adapter",
        *(["options"] if fit == "auto" else []),
        "why",
    )
    out.records(records(), key="method", columns=columns, show=show)
    tuners.check(rows)
    if there is None:
        out.note("no GPU here, and none named: --gpus 1x80G says what fits")


def _ask(out: Output, model: str | None, recipe: str | None) -> Any:
    from hfterm import config
    from hfterm.errors import UsageError
    from hfterm.mem.ask import Ask

    if recipe is not None:
        from hfterm.mem.recipe import ask_of
        from hfterm.train.schema import validate

        found = validate.load(recipe, [], say=out.note).sound()
        asked = ask_of(found.METHOD, found.as_dict())
        return replace(asked, model=model) if model else asked
    model = model or config.value("model")
    if not model:
        raise UsageError("name a MODEL", "or set one: hfterm config set model MODEL")
    return Ask(model)


def _names(chosen: tuple[str, ...], every: bool, out: Output) -> list[str]:
    from hfterm import extras
    from hfterm.mem import tuners

    if every:
        from hfterm.peft import catalog

        return ["none", *sorted(row["method"] for row in catalog.ls(out.note) if row["runs"])]
    if not chosen:
        return list(tuners.USUAL)
    extras.check("peft", "torch", "transformers", "peft")
    from hfterm.peft import methods

    return tuners.chosen(chosen, [*methods.names(), "none", "qlora"])
