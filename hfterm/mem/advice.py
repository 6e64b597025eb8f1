"""Hints for a run that ran out of memory, with what each would save; told from a few facts, without torch."""

from hfterm.text import human_bytes

# Bytes of a parameter that is trained: its gradient and Adam's two states in float32.
TRAINED = 12
# Of the activations that checkpointing leaves; a layer's inputs are about that much of what it keeps.
LEFT = 0.25
# Of a model's parameters that LoRA of rank 16 on all linear layers trains; Llama-3-8B: 0.5 %.
LORA = 0.006
# Bytes of a weight in 4 bits with its scales; embeddings, which stay in float32, are left out of the account.
QLORA = 0.52


def advise(
    *,
    parameters: int,
    trainable: int,
    batch: int,
    length: int | None = None,
    dtype: str = "bfloat16",
    used: int | None = None,
    capacity: int | None = None,
    gpus: int = 1,
    checkpointing: bool = False,
    zero: int = 0,
    offload: bool = False,
    bits: int | None = None,
) -> list[str]:
    """Short hints, the one that costs least time first, each with the memory a GPU that it would about save.

    ``used`` is what was held when memory ran out (bytes; else ``capacity``): what of it are no weights, gradients and
    states counts as activations. Sizes are bytes, ``parameters`` and ``trainable`` numbers.
    """
    width = 4 if dtype == "float32" else 2
    weights = parameters * (bits / 8 if bits else width)
    states = trainable * TRAINED
    if trainable == parameters and dtype != "float32":
        weights = parameters * 4  # autocast: the weights stay in float32
    held = used or capacity or 0
    here = (weights / gpus if zero == 3 else weights) + (states / gpus if zero else states)
    activations = max(0, held - here)
    hints: list[str] = []

    def hint(words: str, saved: float) -> None:
        hints.append(f"{words}: about {human_bytes(saved)} less" if saved >= 2**20 else words)

    if batch > 1:
        small = max(1, batch // 2)
        more = f" --gradient-accumulation-steps {batch // small}" if batch % small == 0 else ""
        hint(f"--per-device-train-batch-size {small}{more}", activations * (1 - small / batch))
    if not checkpointing:
        hint("--gradient-checkpointing", activations * (1 - LEFT))
    if length is not None and length > 256:
        hint(f"--max-length {length // 2}", activations / 2)
    if trainable > parameters * 0.05:
        hint("--peft lora", states + (weights - parameters * width) - parameters * LORA * (TRAINED + 4))
    elif not bits and not zero:
        hint("--load-in 4bit", parameters * (width - QLORA))
    if bits:  # their weights cannot be shared out
        return hints
    if gpus > 1 and zero < 2:
        hint("--zero 2", states * (1 - 1 / gpus))
    if gpus > 1 and zero < 3:
        hint("--zero 3", (states if not zero else states / gpus) * (1 - 1 / gpus) + weights * (1 - 1 / gpus))
    if not offload and (gpus > 1 or zero):
        hint("--zero 3 --offload optimizer,params", max(0, here - parameters * 0.1 * width))
    return hints
