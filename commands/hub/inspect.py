"""hfterm hub inspect."""

import click

from hfterm.output import Output, Show
from hfterm.text import human_bytes

from ..options import command
from ._repo import given, revision_option, say_offline, type_option


@command()
@click.argument("what", nargs=-1, metavar="[REPO|PATH]...", help="org/name[@rev], hf://..., a path, run:NAME; stdin.")
@type_option
@revision_option
@click.option("--file", metavar="PATH_IN_REPO", help="Of this file, where there are several: '*Q4_K_M.gguf'.")
@click.option("-l", "--tensors", is_flag=True, help="A row a tensor, or a column: name, dtype, shape, bytes.")
@click.option("--depth", type=click.IntRange(1, 100), metavar="N", help="A row a module, so many levels deep.")
@click.option("--filter", "pattern", metavar="GLOB", help="Only tensors so named: '*.q_proj.weight'.")
@click.option("--all", "whole", is_flag=True, help="Read the footers of all Parquet files, not of the first 100.")
def cli(
    out: Output,
    what: tuple[str, ...],
    repo_type: str | None,
    revision: str | None,
    file: str | None,
    tensors: bool,
    depth: int | None,
    pattern: str | None,
    whole: bool,
) -> None:
    """Show what is in weights and data files; only their headers are read.

    Parameters, kinds of numbers, memory, architecture, licence of safetensors, GGUF and PyTorch files
    (pickles are read, never run); rows and columns of Parquet files. On the Hub by range requests.

    \b
    Examples:
      hfterm hub inspect HuggingFaceTB/SmolLM2-135M-Instruct
      hfterm hub inspect run:demo --depth 3
      hfterm hub inspect ./model.gguf -l --filter '*attn*' -f csv
    """
    from collections.abc import Iterator
    from typing import Any

    from hfterm.batch import Batch
    from hfterm.errors import UsageError
    from hfterm.hub.inspect import look, words
    from hfterm.live import wants_table

    if tensors and depth:
        raise UsageError("--tensors and --depth do not go together")
    batch = Batch("references", "inspected")
    several = len(what) != 1 or what[0] == "-"

    def open_(text: str) -> look.Found:
        found = look.look(text, repo_type=repo_type, revision=revision, file=file, whole=whole, note=out.note)
        if found.place.kind == "cache":
            say_offline(out)
        return found

    def rows() -> Iterator[dict[str, Any]]:
        for found in batch.each(given(what), open_):
            inner = look.modules(found, depth, pattern) if depth else look.tensors(found, pattern)
            for row in words.tree(inner) if depth and wants_table(out) else inner:
                yield {"id": found.place.name, **row} if several else row

    show: Show = {"bytes": human_bytes, "parameters": words.count, "size": human_bytes, "shape": str}
    first = ("id",) if several else ()
    if tensors:
        out.records(rows(), key="name", columns=(*first, "name", "dtype", "shape", "bytes"), show=show, empty="none")
    elif depth:
        columns = (*first, "module", "layers", "tensors", "parameters", "bytes")
        out.records(rows(), key="module", columns=columns, show=show, empty="none")
    elif several:
        told = batch.each(given(what), lambda text: look.report(open_(text)))
        columns = ("id", "kind", "architecture", "parameters", "bytes", "license")
        out.records(told, key="id", columns=columns, show=show)
    else:
        for record in batch.each(what, lambda text: look.report(open_(text))):
            out.record(words.facts(record) if wants_table(out) else record, key="id")
    batch.finish()
