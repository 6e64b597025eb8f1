"""What a model answers to inputs that fit its task: what two models are compared by."""

import math
from pathlib import Path
from typing import Any

PROMPTS = (
    "The capital of France is",
    "Once upon a time, in a village by the sea,",
    "def fibonacci(n):\n    ",
    "Question: What is 12 + 30?\nAnswer:",
)
LONGEST = 8


def inputs(model: Any, tokenizer: Path | None, tokens: list[int] | None = None) -> dict[str, Any]:
    """Four texts, two random images or two random sounds, as the model takes them; the same each time.

    ``tokenizer`` is a folder that has one; without, random token ids are taken. ``tokens`` are put in, where an
    adapter changes only some.

    Raises:
        ValueError: nothing is known that the model takes.
    """
    import torch

    draw = torch.Generator().manual_seed(0)
    main = model.main_input_name
    if main == "input_ids":
        ids = _ids(model, tokenizer, draw)
        for at, token in enumerate((tokens or [])[: ids.shape[0]]):
            ids[at, ids.shape[1] // 2] = token
        found = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if model.config.is_encoder_decoder:
            found["decoder_input_ids"] = ids[:, :3]
        return found
    config = model.config
    if main == "pixel_values":
        config = getattr(config, "vision_config", config)
        size = getattr(config, "image_size", 224)
        height, width = size if isinstance(size, list | tuple) else (size, size)
        channels = getattr(config, "num_channels", 3)
        return {main: torch.randn(2, channels, height, width, generator=draw)}
    bins = getattr(config, "num_mel_bins", None) or getattr(config, "feature_size", None)
    if main in ("input_values", "input_features") and bins:
        if main == "input_values":  # the spectrogram transformer: (time, frequency)
            return {main: torch.randn(2, config.max_length, bins, generator=draw)}
        length = 2 * getattr(config, "max_source_positions", 100)
        found = {main: torch.randn(2, bins, length, generator=draw)}
        if config.is_encoder_decoder:
            found["decoder_input_ids"] = torch.ones(2, 3, dtype=torch.long)
        return found
    if main == "input_values":
        return {main: torch.randn(2, 8000, generator=draw) * 0.1}
    raise ValueError(f"the model takes {main}")


def _ids(model: Any, tokenizer: Path | None, draw: Any) -> Any:
    import torch

    vocabulary = model.get_input_embeddings().weight.shape[0]
    if tokenizer is not None:
        from transformers import AutoTokenizer

        made = AutoTokenizer.from_pretrained(tokenizer, trust_remote_code=False, local_files_only=True)
        rows = [made(prompt)["input_ids"] for prompt in PROMPTS]
        # All of one length: a batch needs no padding, which would not be the same for all models.
        length = min(LONGEST, *map(len, rows))
        if length > 1 and max(map(max, rows)) < vocabulary:
            return torch.tensor([row[:length] for row in rows])
    return torch.randint(0, vocabulary, (4, LONGEST), generator=draw)


def run(model: Any, given: dict[str, Any], device: str = "cpu") -> dict[str, Any]:
    """The floating-point tensors that the model gives for its inputs, by name, in float32 on the CPU.

    Raises:
        ValueError: it gives none. Whatever the model raises.
    """
    import torch

    with torch.no_grad():
        given = {name: tensor.to(device) for name, tensor in given.items()}
        if "decoder_input_ids" in given or "input_ids" in given:
            given = {**given, "use_cache": False} if hasattr(model.config, "use_cache") else given
        answer = model(**given)
    found = {
        name: tensor.float().cpu()
        for name, tensor in answer.items()
        if isinstance(tensor, torch.Tensor) and tensor.is_floating_point()
    }
    if not found:
        raise ValueError("the model gives no numbers")
    return found


def difference(found: dict[str, Any], wanted: dict[str, Any]) -> float:
    """Largest difference of two models' answers, each as a share of the largest number of its kind."""
    if found.keys() != wanted.keys():
        return math.inf
    return max(share(found[name], wanted[name]) for name in wanted)


def share(found: Any, wanted: Any) -> float:
    """Largest difference of two tensors, as a share of the largest number; not a number counts as infinite."""
    if found.shape != wanted.shape:
        return math.inf
    if not wanted.numel():
        return 0.0
    value = float((found - wanted).abs().max() / wanted.abs().max().clamp_min(1e-9))
    return value if math.isfinite(value) else math.inf
