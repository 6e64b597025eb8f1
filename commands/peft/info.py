"""hfterm peft info."""

import re
from typing import Any

import click

from hfterm.output import Output, Show

from ..options import command


@command(progress=True)
@click.argument("adapter", help="A folder, a file, a Hub id or run:NAME.")
@click.option("--base", metavar="MODEL", help="Model to hold it against. [default: the one it names, where it is here]")
@click.option("--layers", is_flag=True, help="A row a layer: modules, parameters, norms.")
@click.option("--each", is_flag=True, help="A row a module: rank, scaling, parameters, norms.")
@click.option("--load", is_flag=True, help="Have the adapters library load it onto its base, and run both.")
@click.option("--allow-pickle", is_flag=True, help="Take weights of torch.save too; tensors alone are loaded.")
def cli(
    out: Output, adapter: str, base: str | None, layers: bool, each: bool, load: bool, allow_pickle: bool
) -> None:  # fmt: skip
    """Show what an adapter is, and check that it is whole.

    Method, rank, scaling, targets, size, and whether the base model fits, where it is here or given. Keys that are
    missing or unknown, ranks that are not the configuration's, shapes that do not fit, NaN: each is named, and the exit
    code is 6. 'update' is the norm of what is added to the weights (LoRA: scaling * B A); modules where it is 0 are
    dead. Of the Hub only headers are read, but with --layers or --each all. Checkpoints of the adapters library and
    LoRAs of diffusion models (files of kohya and diffusers) are told of too. --load makes an environment with that
    library, once; it then tells where the library puts a checkpoint of its own, and what that changes.

    \b
    Examples:
      hfterm peft info run:demo
      hfterm peft info ./adapter --base ./model
      hfterm peft info ./adapter --layers -f csv
      hfterm peft info org/adapter -f json | jq .problems
      hfterm peft info ./old --load --base ./model
    """
    from hfterm.errors import UsageError
    from hfterm.peft.info import info
    from hfterm.text import human_bytes

    if layers and each:
        raise UsageError("--layers and --each go each alone")
    if load and (layers or each):
        raise UsageError("--load goes without --layers and --each")
    found = info(adapter, base=base, each=layers or each, allow_pickle=allow_pickle, note=out.note)
    if load:
        from hfterm.peft.convert.loading import with_library
        from hfterm.progress import Progress

        found = with_library(found, adapter, base, Progress(out), allow_pickle=allow_pickle)
    show: Show = {
        "bytes": human_bytes, "parameters": "{:,}".format, "norm": _number, "update": _number, "scaling": _number,
        "dead": lambda names: _few(names, len(found.modules)), "by_layer": _trend, "problems": _lines,
        "rank_pattern": _pattern, "alpha_pattern": _pattern, "variants": lambda names: ", ".join(names) or "-",
        "targets": _targets, "locations": _locations, "missing": _names, "unexpected": _names, "change": _number,
        "loaded_parameters": "{:,}".format,
    }  # fmt: skip
    if each:
        columns = ("module", "rank", "scaling", "parameters", "norm", "update")
        out.records((m._asdict() for m in found.modules), key="module", columns=columns, show=show)
    elif layers:
        rows = (layer._asdict() for layer in found.layers())
        out.records(rows, key="layer", show={**show, "dead": str, "layer": lambda n: "-" if n is None else str(n)})
    else:
        out.record(found.record, key="id", show=show)
    found.check()


def _number(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_number, value))
    return "-" if value is None else f"{value:.4g}"


def _pattern(pattern: Any) -> str:
    """Each value with the modules that have it, numbers of layers left out."""
    if not isinstance(pattern, dict):
        return "-"
    names = [f"{re.sub(r'[0-9]+', '*', key.replace(chr(92), ''))}: {value}" for key, value in pattern.items()]
    return ", ".join(dict.fromkeys(names))


def _targets(targets: Any) -> str:
    """Names, those that differ only in their layer's number as one."""
    if not isinstance(targets, list):
        return str(targets or "-")
    return ", ".join(dict.fromkeys(re.sub(r"(?<=\.)\d+(?=\.)", "*", name) for name in targets))


def _locations(rows: list[dict[str, Any]]) -> str:
    """Where an adapter lies, and in how many layers."""
    many = ((row["location"], len(row["layers"])) for row in rows)
    return ", ".join(f"{name} in {count} layer{'s' * (count != 1)}" if count else name for name, count in many)


def _names(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _lines(problems: list[str]) -> str:
    return "; ".join(problems) or "none found"


def _few(names: list[str] | None, all_: int) -> str:
    """How many modules are dead, and the first of them."""
    if names is None:
        return "-"
    if not names:
        return "none"
    if len(names) == all_:
        return f"all {all_}: it changes nothing yet"
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{len(names)} of {all_}: {', '.join(names[:4])}{more}"


def _trend(values: list[float | None] | None) -> str:
    """The norms of the layers as a sparkline, and the range."""
    from hfterm.tracking.spark import spark

    known = [v for v in values or [] if v is not None]
    if not known:
        return "-"
    line = spark(values or [], len(values or []), 0, max(known) or 1, "blocks")[-48:]
    return f"{line} {min(known):.3g} to {max(known):.3g}"
