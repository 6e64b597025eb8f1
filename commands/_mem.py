"""Options and output that ``hfterm mem`` and ``hfterm train plan`` share."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from hfterm.errors import UsageError
from hfterm.output import Output
from hfterm.text import human_bytes

F = TypeVar("F", bound=Callable[..., Any])
COLUMNS = ("strategy", "device", "host", "fits", "margin")
TASKS = ("clm", "seq2seq", "classify", "tag", "qa", "mlm", "image", "audio", "features")
DTYPES = ("float32", "bfloat16", "float16")
OPTIMIZERS = ("adamw_torch_fused", "adamw_torch", "adamw_8bit", "adafactor", "adagrad", "rmsprop", "sgd")


def _all(options: list[Any]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


training_options = _all([
    click.option("--task", type=click.Choice(TASKS), metavar="TASK",
                 help="clm, seq2seq, classify, tag, qa, mlm, image, audio or features. [default: by config.json]"),
    click.option("--peft", metavar="METHOD", help="See hfterm peft methods. [default: all weights are tuned]"),
    click.option("--peft-set", metavar="KEY=VALUE", multiple=True, help="A setting of it. Again for more."),
    click.option("--per-device-train-batch-size", "--batch", "batch", type=click.IntRange(min=1), default=4,
                 show_default=True, help="Examples a GPU at once."),
    click.option("--max-length", "length", type=click.IntRange(min=1), default=1024, show_default=True,
                 help="Tokens of an example."),
    click.option("--target-length", type=click.IntRange(min=1),
                 help="Tokens of an answer, seq2seq. [default: 128]"),
    click.option("--gradient-accumulation-steps", "accumulation", type=click.IntRange(min=1), default=1,
                 show_default=True, help="Forward passes a step."),
    click.option("--dtype", type=click.Choice(DTYPES), help="Of the arithmetic. [default: bfloat16]"),
    click.option("--mixed/--no-mixed", default=None,
                 help="Weights stay in float32 (autocast). [default: where all are tuned]"),
    click.option("--gradient-checkpointing", "checkpointing", is_flag=True,
                 help="Compute activations again instead of keeping them."),
    click.option("--attn", "attention", type=click.Choice(["eager", "sdpa", "flash_attention_2"]),
                 help="Attention. [default: what transformers takes]"),
    click.option("--optim", "optimizer", type=click.Choice(OPTIMIZERS), default="adamw_torch_fused",
                 show_default=True, metavar="NAME",
                 help="adamw_torch_fused, adamw_torch, adamw_8bit, adafactor, adagrad, rmsprop or sgd."),
    click.option("--no-foreach", is_flag=True, help="The optimizer goes weight by weight, not fused."),
    click.option("--load-in", type=click.Choice(["4bit", "8bit"]), help="Quantize the weights (bitsandbytes)."),
])  # fmt: skip
sharing_options = _all([
    click.option("--zero", type=click.Choice(["1", "2", "3"]), help="Only this stage of DeepSpeed's ZeRO."),
    click.option("--fsdp", is_flag=True, help="Only FSDP."),
    click.option("--offload", metavar="WHAT", help="To main memory: optimizer, params, or both with a comma."),
])  # fmt: skip
gpu_options = _all([
    click.option("--gpus", metavar="GPUS", help="80G, 4x80G, or here. [default: here, where there are some]"),
    click.option("--host", metavar="SIZE", help="Main memory of the machine, such as 64G. [default: here's]"),
    click.option("--fit", type=click.Choice(["all", "auto"]), default="all", show_default=True,
                 help="Every strategy, or the fastest that fits."),
])  # fmt: skip


def show(
    out: Output,
    *,
    model: str | None,
    purpose: str = "training",
    peft_set: tuple[str, ...] | dict[str, Any] = (),
    no_foreach: bool = False,
    load_in: str | None = None,
    zero: str | int | None = None,
    fsdp: bool = False,
    offload: str | None = None,
    gpus: str | None = None,
    host: str | None = None,
    fit: str = "all",
    **asked: Any,
) -> None:
    """Print what is needed, a row a strategy.

    Raises:
        CheckFailedError: nothing fits. UsageError and the rest as :func:`hfterm.mem.plan.plan`.
    """
    from hfterm import config
    from hfterm.mem import plan as planner
    from hfterm.mem.ask import Ask
    from hfterm.train.recipe import parse_settings

    model = model or config.value("model")
    if not model:
        raise UsageError("name a MODEL", "or set one: hfterm config set model MODEL")
    settings = peft_set if isinstance(peft_set, dict) else parse_settings(peft_set, "--peft-set")
    ask = Ask(
        model, purpose=purpose, peft_set=settings, foreach=not no_foreach, bits=int(load_in[0]) if load_in else None,
        **asked,
    ).check()  # fmt: skip
    offloaded = [word.strip() for word in (offload or "").split(",") if word.strip()]
    strategy = planner.one_of(int(zero or 0), fsdp, offloaded, ask)
    present(out, ask, strategy, gpus, host, fit)


def present(out: Output, ask: Any, strategy: Any, gpus: str | None, host: str | None, fit: str) -> None:
    """Print the rows of a plan.

    Raises:
        CheckFailedError: nothing fits. UsageError and the rest as :func:`hfterm.mem.plan.plan`.
    """
    from hfterm.mem import machine
    from hfterm.mem import plan as planner

    there = machine.parse(gpus, host) if gpus else machine.here()
    if there is None and fit == "auto":
        raise UsageError("--fit auto needs GPUs to fit, and this machine has none", "say which: --gpus 1x80G")
    if there is None and host is not None:
        raise UsageError("--host is the main memory beside GPUs", "say which: --gpus 1x80G")
    rows: list[planner.Row] = []
    found = planner.plan(ask, there, strategy, note=out.note)
    if fit == "auto":
        for row in found:
            rows.append(row)
            if row.fits:
                break
        best = planner.choose(rows)
        if best is not None:
            out.record(best.record(), key="options", show=_shown(best.record()))
            return
    else:
        count = out.records(_marked(found, rows), columns=COLUMNS, key="strategy", show=SHOW)
        if there is None and count:
            out.note("no GPU here, and none named: --gpus 1x80G says what fits")
    if there is not None and not any(row.fits for row in rows):
        raise planner.refusal(rows, list(planner.plan(ask, there)) if strategy else [])


def _marked(found: Iterator[Any], rows: list[Any]) -> Iterator[dict[str, Any]]:
    """Records of rows as they come, the first that fits marked; the rows are kept."""
    for row in found:
        record = row.record()
        record["chosen"] = bool(row.fits) and not any(other.fits for other in rows)
        rows.append(row)
        yield record


SHOW: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(("device", "host", "margin", "capacity", "allocated", "overhead", "fragments"), human_bytes),
}


def _shown(record: dict[str, Any]) -> dict[str, Callable[[Any], str]]:
    from hfterm.mem.plan import PARTS

    numbers = dict.fromkeys(("parameters", "trainable"), "{:,}".format)
    return {**SHOW, **dict.fromkeys(PARTS, human_bytes), **numbers}
