"""A PEFT method really tried: put on a tiny random model, trained, saved, loaded again, merged; each step checked."""

import contextlib
import copy
import io
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.errors import UsageError, one_line
from hfterm.peft import methods

WIDTH, WORDS, BATCH, LENGTH, LABELS = 64, 96, 4, 8, 3
# Our names of tasks, with PEFT's; it has none for images and sounds.
TASKS: dict[str, str | None] = {
    "clm": "CAUSAL_LM",
    "seq2seq": "SEQ_2_SEQ_LM",
    "classify": "SEQ_CLS",
    "tag": "TOKEN_CLS",
    "qa": "QUESTION_ANS",
    "features": "FEATURE_EXTRACTION",
    "image": None,
    "audio": None,
}
# Settings that fit a model of ``WIDTH``, or that have no default.
SMALL: dict[str, dict[str, Any]] = {
    "adalora": {"total_step": 20},
    "adaption_prompt": {"adapter_len": 4, "adapter_layers": 2},
    "c3a": {"block_size": 16},
    "fourierft": {"n_frequency": 100},
    "miss": {"r": 8},
    "psoft": {"r": 8},
    "road": {"group_size": 16},
    "shira": {"r": 4},
    "trainable_tokens": {"token_indices": [1, 2, 3]},
    "vblora": {"vector_length": 16},
    "waveft": {"n_frequency": 100},
    **{name: {"num_virtual_tokens": 4} for name in ("prompt_tuning", "p_tuning", "prefix_tuning", "cartridge")},
    "multitask_prompt_tuning": {"num_virtual_tokens": 4, "num_tasks": 1},
    "poly": {"r": 4, "n_tasks": 1},
}
# The layers of a small wav2vec2 that hear: 80 numbers make one vector.
EARS: dict[str, Any] = {
    "vocab_size": 8,
    "conv_dim": (32, 32, 32),
    "conv_stride": (5, 4, 4),
    "conv_kernel": (10, 8, 4),
    "num_feat_extract_layers": 3,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 4,
    "classifier_proj_size": 32,
    "layerdrop": 0.0,
}
# How far outputs may be apart, as a share of the largest: sums in float32 in another order.
TOLERANCE = 1e-4
STEPS = 3


class Outcome(NamedTuple):
    """``trains`` is "" where the method was trained, saved and came back the same, else why not; ``merges`` likewise.

    ``kept`` and ``drift``: how far the outputs of the loaded and of the merged model are from those trained, as a share
    of the largest; ``learned``: how far training moved them.
    """

    trains: str
    merges: str
    learned: float = 0.0
    kept: float = 0.0
    drift: float = 0.0


def base(task: str) -> Any:
    """A tiny model with random weights, the same at every call; biases where its kind has them."""
    import torch
    import transformers as t

    size = {"hidden_size": WIDTH, "intermediate_size": 2 * WIDTH, "num_hidden_layers": 2, "num_attention_heads": 4}
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    bert = {"vocab_size": WORDS, "max_position_embeddings": 32, "initializer_range": 0.2, "pad_token_id": 0, **still}
    heads = {"classify": "SequenceClassification", "tag": "TokenClassification", "qa": "QuestionAnswering"}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        if task == "clm":
            model = t.LlamaForCausalLM(t.LlamaConfig(**size, vocab_size=WORDS, num_key_value_heads=2, pad_token_id=0))
        elif task == "seq2seq":
            model = t.T5ForConditionalGeneration(
                t.T5Config(
                    d_model=WIDTH,
                    d_kv=16,
                    d_ff=2 * WIDTH,
                    num_layers=2,
                    num_heads=4,
                    vocab_size=WORDS,
                    dropout_rate=0.0,
                    decoder_start_token_id=0,
                    pad_token_id=0,
                )
            )
        elif task in heads:
            labels = 2 if task == "qa" else LABELS
            model = getattr(t, f"BertFor{heads[task]}")(t.BertConfig(**size, **bert, num_labels=labels))
        elif task == "features":
            model = t.BertModel(t.BertConfig(**size, **bert))
        elif task == "image":
            model = t.ViTForImageClassification(
                t.ViTConfig(**size, image_size=8, patch_size=2, initializer_range=0.1, num_labels=LABELS, **still)
            )
        else:
            model = t.Wav2Vec2ForSequenceClassification(
                t.Wav2Vec2Config(
                    **size,
                    **EARS,
                    apply_spec_augment=False,
                    num_labels=LABELS,
                    hidden_dropout=0.0,
                    attention_dropout=0.0,
                    activation_dropout=0.0,
                    feat_proj_dropout=0.0,
                    final_dropout=0.0,
                )
            )
    return model.eval()


def batch(task: str) -> dict[str, Any]:
    """What the model of a task reads, with labels."""
    import torch

    draw = torch.Generator().manual_seed(1)
    few = torch.randint(0, LABELS, (BATCH,), generator=draw)
    if task == "image":
        return {"pixel_values": torch.rand(BATCH, 3, 8, 8, generator=draw), "labels": few}
    if task == "audio":
        return {"input_values": torch.rand(BATCH, 800, generator=draw), "labels": few}
    ids = torch.randint(1, WORDS, (BATCH, LENGTH), generator=draw)
    ids[:, 0] = 1  # a token that "trainable_tokens" has in SMALL
    made = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if task in ("clm", "seq2seq"):
        made["labels"] = ids.clone()
    elif task == "classify":
        made["labels"] = few
    elif task == "tag":
        made["labels"] = torch.randint(0, LABELS, (BATCH, LENGTH), generator=draw)
    elif task == "qa":
        made |= {"start_positions": few, "end_positions": few + 1}
    return made


def attempt(method: str, task: str) -> Outcome:
    """Try ``method`` (or a variant of LoRA) on the model of ``task``, with our settings and those of ``SMALL``.

    What the library raises is told in the outcome; so is what it computes wrongly.
    """
    import torch

    unheard = io.StringIO()  # some methods print, or draw bars
    with (
        tempfile.TemporaryDirectory(prefix="hfterm-") as folder,
        torch.random.fork_rng(devices=[]),
        warnings.catch_warnings(),
        contextlib.redirect_stderr(unheard),
        contextlib.redirect_stdout(unheard),
    ):
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        try:
            return _attempt(method, task, Path(folder))
        except UsageError as exc:  # of ours, with the name of the method before it
            return Outcome(exc.message.partition(": ")[2] or exc.message, "not trained")
        except Exception as exc:  # whatever a library does with what it cannot do
            return Outcome(_why(exc), "not trained")


def _attempt(method: str, task: str, folder: Path) -> Outcome:
    import peft
    import torch

    name = methods.find(method)[0]
    config = _config(method, name, task, folder)
    inputs = batch(task)
    if name in ("poly", "multitask_prompt_tuning"):
        inputs["task_ids"] = torch.zeros(BATCH, dtype=torch.long)
    if name == "cpt":
        inputs["input_type_mask"] = torch.full_like(inputs["input_ids"], 4)  # all of it an answer
    tuned = peft.get_peft_model(_base(task, name), config)
    before = outputs(tuned, inputs)
    _train(tuned, inputs)
    wanted = outputs(tuned, inputs)
    learned = apart(before, wanted)
    if not learned > 0:
        return Outcome("training changes nothing", "not trained")
    tuned.save_pretrained(str(folder / "adapter"))
    again = peft.PeftModel.from_pretrained(_base(task, name), str(folder / "adapter"))
    kept = apart(outputs(again, inputs), wanted)
    if not kept <= TOLERANCE:
        why = f"it does not come back as it was saved: outputs {kept:.2g} apart"
        return _merged(tuned, inputs, wanted, Outcome(why, "", learned, kept))
    return _merged(again, inputs, wanted, Outcome("", "", learned, kept))


def _merged(tuned: Any, inputs: dict[str, Any], wanted: Any, sofar: Outcome) -> Outcome:
    if tuned.active_peft_config.is_prompt_learning:
        return sofar._replace(merges="it learns a prompt, not a change of the weights")
    if not hasattr(tuned, "merge_and_unload"):
        return sofar._replace(merges="it adds parts to the model that no weight can take over")
    try:
        merged = tuned.merge_and_unload(safe_merge=True)
    except Exception as exc:
        return sofar._replace(merges=_why(exc))
    plain = {key: value for key, value in inputs.items() if key not in ("task_ids", "input_type_mask")}
    drift = apart(outputs(merged.eval(), plain), wanted)
    why = "" if drift <= TOLERANCE else f"PEFT merges it wrongly: outputs {drift:.2g} apart"
    return sofar._replace(merges=why, drift=drift)


def _why(exc: Exception) -> str:
    """What an error says, with its kind where that is too little."""
    said = one_line(exc)[:200]
    return said if " " in said else f"{type(exc).__name__}{f': {said}' if said else ''}"


def _base(task: str, name: str) -> Any:
    model = base(task)
    if name == "xlora":
        model.config.use_cache = False
    return model


def _config(method: str, name: str, task: str, folder: Path) -> Any:
    settings = copy.deepcopy(SMALL.get(name, {}))
    if name == "xlora":
        settings |= {"hidden_size": WIDTH, "adapters": dict(_experts(task, folder))}
    if name == "cpt":
        settings |= {"cpt_token_ids": [1, 2, 3, 4], "cpt_mask": [1, 1, 1, 1], "cpt_tokens_type_mask": [1, 2, 3, 4]}
    config = methods.config(method, settings, TASKS[task], ours=False)
    if TASKS[task] is None and getattr(config, "target_modules", 0) is None:
        # As hfterm.train does: PEFT knows the layers of language models only.
        config.target_modules = "all-linear"
        if getattr(config, "feedforward_modules", 0) is None:
            config.feedforward_modules = []
    if TASKS[task] is None and hasattr(config, "modules_to_save"):
        config.modules_to_save, config.exclude_modules = ["classifier"], r"classifier(\..*)?"
    return config


def _experts(task: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Two trained adapters for X-LoRA to mix."""
    import peft

    for number in ("0", "1"):
        made = peft.get_peft_model(base(task), methods.config("lora", {"r": 4}, TASKS[task], ours=False))
        _train(made, batch(task))
        made.save_pretrained(str(folder / f"expert-{number}"))
        yield number, str(folder / f"expert-{number}")


def _train(model: Any, inputs: dict[str, Any]) -> None:
    import torch

    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=2e-2)
    model.train()
    for _ in range(STEPS):
        found = model(**inputs)
        loss = getattr(found, "loss", None)
        loss = found[0].float().pow(2).mean() if loss is None else loss
        if not torch.isfinite(loss):
            raise ArithmeticError("the loss is no number")
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()


def outputs(model: Any, inputs: dict[str, Any]) -> Any:
    """What the model says of inputs, labels left out; float32."""
    import torch

    asked = {key: value for key, value in inputs.items() if key != "labels" and not key.endswith("_positions")}
    if getattr(model.config, "is_encoder_decoder", False):
        # Only with labels does PEFT hand task_ids on; a loaded AdaLoRA fails with them.
        asked["labels" if "task_ids" in inputs else "decoder_input_ids"] = inputs["input_ids"]
    model.eval()
    with torch.no_grad():
        found = model(**asked)
    return next((found[key] for key in ("start_logits", "logits") if key in found), found[0]).float()


def apart(one: Any, other: Any) -> float:
    """The largest difference of two outputs as a share of the largest number in the second."""
    if one.shape != other.shape:
        return float("inf")
    found = float((one - other).abs().max() / other.abs().max().clamp_min(1e-9))
    return found if found == found else float("inf")
