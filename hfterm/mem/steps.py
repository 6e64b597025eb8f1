"""Real training steps, or a real prompt, on fake tensors, with every storage counted."""

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from hfterm.errors import UsageError, one_line
from hfterm.mem import fakes, gpu_math, optimizers, quantized
from hfterm.mem.ask import Ask
from hfterm.mem.build import REFUSALS, Source, tune
from hfterm.mem.ledger import Ledger, Segment
from hfterm.mem.trace import Weight

# Tokens of an answer where nobody says, as hfterm train seq2seq has it.
TARGET = 128


def measure(
    source: Source, ask: Ask, layers: int | None = None, *, zero3: bool = False
) -> tuple[list[Segment], dict[str, Weight]]:
    """What a step holds at each moment, in segments, and the model's parameters; of a model of ``layers`` layers.

    ``zero3``: with the linear layers of DeepSpeed's ZeRO-3.

    Raises:
        UsageError: the model cannot be built, or does something that only real numbers can decide.
    """
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode

    model = source.build(ask, layers)
    if ask.checkpointing:
        # The backward pass of torch knows no function modes; random numbers have no states to keep here.
        how = {
            "use_reentrant": False,
            "preserve_rng_state": False,
            "context_fn": lambda: (contextlib.nullcontext(), _math(ask, zero3)),
        }
        try:
            model.gradient_checkpointing_enable(gradient_checkpointing_kwargs=how)
        except REFUSALS as exc:
            raise UsageError(f"{source.model} cannot compute its activations again: {one_line(exc)[:200]}") from exc
    if ask.tunes_adapter:
        model = tune(model, ask, source.task, lambda: source.build(ask, layers))
        if ask.checkpointing and hasattr(model, "enable_input_require_grads"):
            model.enable_input_require_grads()
    if ask.purpose == "inference":
        model.requires_grad_(False)
    if ask.bits:
        quantized.quantize(model, ask.bits, getattr(torch, ask.arithmetic), training=ask.purpose == "training")
    ledger = Ledger()
    try:
        with FakeTensorMode(allow_non_fake_inputs=True):
            named = fakes.put(model)
            weights = {
                name: Weight(p.numel(), p.element_size(), p.requires_grad) for name, p in named.items() if p.numel()
            }
            for tensor in (*named.values(), *model.buffers()):
                ledger.add(tensor, "weights")
            inputs = _inputs(source, ask, model)
            if ask.purpose == "inference":
                _prompt(model, inputs, ask, ledger)
            else:
                with _watched(model, named, ledger):
                    _train(model, inputs, ask, ledger, zero3)
    except REFUSALS as exc:
        kind = type(exc).__name__
        raise UsageError(
            f"cannot follow a step of {source.model}{f' with {ask.peft}' if ask.tunes_adapter else ''} "
            f"without its weights: {kind}: {one_line(exc)[:200]}",
            "choose another --task, --attn or --peft",
        ) from exc
    return ledger.segments, weights


def _inputs(source: Source, ask: Ask, model: Any) -> dict[str, Any]:
    import torch

    batch, length, config = ask.batch, ask.length, source.config
    training = ask.purpose == "training"
    if source.task == "image":
        side = getattr(config, "image_size", 224)
        high, wide = side if isinstance(side, list | tuple) else (side, side)
        images = torch.zeros(batch, getattr(config, "num_channels", 3), high, wide, dtype=_dtype(ask))
        labels = {"labels": torch.zeros(batch, dtype=torch.int64)} if training else {}
        return {"pixel_values": images, **labels}
    if source.task == "audio":
        labels = {"labels": torch.zeros(batch, dtype=torch.int64)} if training else {}
        return {"input_values": torch.zeros(batch, length, dtype=_dtype(ask)), **labels}
    ids = torch.ones(batch, length, dtype=torch.int64)
    made = {"input_ids": ids}
    if ask.attention != "flash_attention_2":
        made["attention_mask"] = torch.ones(batch, length, dtype=torch.int64)
    targets = torch.ones(batch, ask.target_length or TARGET, dtype=torch.int64)
    if not training:
        return {**made, **({"decoder_input_ids": targets} if source.task == "seq2seq" else {})}
    if source.task == "seq2seq":
        made["labels"] = targets
    elif source.task in ("clm", "mlm", "tag"):
        made["labels"] = torch.ones(batch, length, dtype=torch.int64)
    elif source.task == "classify":
        made["labels"] = torch.ones(batch, dtype=torch.int64)
    elif source.task == "qa":
        made |= {key: torch.ones(batch, dtype=torch.int64) for key in ("start_positions", "end_positions")}
    return made


def _dtype(ask: Ask) -> Any:
    import torch

    return getattr(torch, ask.weights)


def _prompt(model: Any, inputs: dict[str, Any], ask: Ask, ledger: Ledger) -> None:
    """The model reads a whole prompt at once: the moment of most memory, with the cache it leaves."""
    import torch

    known = inspect.signature(model.forward).parameters
    if "logits_to_keep" in known:
        inputs["logits_to_keep"] = 1  # as generate() asks for
    model.eval()
    ledger.part = "activations"
    with torch.no_grad(), gpu_math.mode(), ledger.mode():
        out = model(**inputs)
        cache = getattr(out, "past_key_values", None)
        held = list(_tensors_of(cache)) if cache is not None else []
        out = None
        ledger.move(held, "kv_cache")
        ledger.half = "step"
        ledger.mark("kept", "")
        del held, cache


def _tensors_of(cache: Any) -> Iterator[Any]:
    """The tensors that a cache of transformers holds, wherever it keeps them."""
    import torch

    seen: set[int] = set()
    todo = [cache]
    while todo:
        thing = todo.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, torch.Tensor):
            yield thing
        elif isinstance(thing, dict):
            todo.extend(thing.values())
        elif isinstance(thing, list | tuple):
            todo.extend(thing)
        elif type(thing).__module__.startswith("transformers.") and hasattr(thing, "__dict__"):
            todo.extend(vars(thing).values())


def _train(model: Any, inputs: dict[str, Any], ask: Ask, ledger: Ledger, zero3: bool) -> None:
    """A step as all are from the second on: the optimizer's states are there from the start."""
    import torch

    mixed = ask.arithmetic != "float32"
    dtype = getattr(torch, ask.arithmetic)
    math = _math(ask, zero3)
    trained = [p for p in model.parameters() if p.requires_grad]
    if not trained:
        raise UsageError("nothing of the model would be trained", "choose another PEFT method or setting")
    optimizer = optimizers.make(ask, trained)
    model.train()
    with ledger.mode():
        for parameter in trained:
            parameter.grad = torch.zeros_like(parameter)
            ledger.move([parameter.grad], "gradients")
            parameter.register_post_accumulate_grad_hook(lambda p: ledger.move([p.grad], "gradients"))
        _step(optimizer, ask, ledger)
    ledger.segments.clear()
    for _ in range(min(ask.accumulation, 2)):
        ledger.half, ledger.part = "forward", "activations"
        ledger.mark("start", "")
        with ledger.mode(), math:
            with torch.autocast("cpu", dtype=dtype, enabled=mixed):
                out = model(**inputs)
                loss = _loss(out)
            ledger.mark("loss", "")
            if mixed:  # accelerate's convert_outputs_to_fp32
                wide = [leaf.float() for leaf in _leaves(out) if leaf.is_floating_point()]
                del wide
            if not ask.plain_loop:
                out = None
        ledger.half, ledger.part = "backward", "temporary"
        ledger.mark("loss", "")
        with ledger.mode():
            loss.backward()
        out = loss = None
    ledger.half = "step"
    ledger.mark("step", "")
    with ledger.mode():
        _step(optimizer, ask, ledger)


def _math(ask: Ask, zero3: bool) -> Any:
    import torch

    return gpu_math.mode(None if ask.arithmetic == "float32" else getattr(torch, ask.arithmetic), zero3)


def _step(optimizer: Any, ask: Ask, ledger: Ledger) -> None:
    ledger.part = "temporary"
    optimizer.step()
    ledger.move(optimizers.states(optimizer), "optimizer")
    optimizer.zero_grad(set_to_none=not ask.plain_loop)


def _loss(out: Any) -> Any:
    loss = getattr(out, "loss", None)
    return loss if loss is not None else _leaves(out)[0].float().sum()


def _leaves(out: Any) -> list[Any]:
    import torch

    values = out.values() if hasattr(out, "values") else out if isinstance(out, list | tuple) else [out]
    return [value for value in values if isinstance(value, torch.Tensor)]


@contextlib.contextmanager
def _watched(model: Any, named: dict[str, Any], ledger: Ledger) -> Iterator[None]:
    """Mark the ledger where a module with parameters of its own begins, ends, and is come back to."""
    names = {id(parameter): name for name, parameter in named.items()}
    handles = []
    for label, module in model.named_modules():
        own = tuple(names[id(p)] for p in module._parameters.values() if p is not None and id(p) in names)
        if own:
            handles.append(module.register_forward_pre_hook(_before(ledger, label, own)))
            handles.append(module.register_forward_hook(_after(ledger, label, own)))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _before(ledger: Ledger, label: str, own: tuple[str, ...]) -> Callable[..., None]:
    def hook(module: Any, args: Any) -> None:
        ledger.mark("forward", label, own)

    return hook


def _after(ledger: Ledger, label: str, own: tuple[str, ...]) -> Callable[..., None]:
    import torch

    def back(grad: Any) -> None:
        ledger.mark("backward", label, own)

    def hook(module: Any, args: Any, out: Any) -> None:
        ledger.mark("after", label, own)
        first = out[0] if isinstance(out, tuple) and out else out
        if isinstance(first, torch.Tensor) and first.requires_grad:
            first.register_hook(back)

    return hook
