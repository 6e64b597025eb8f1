"""A LoRA as the GGUF file that llama.cpp loads with ``--lora``, and a look back at what was written.

Format: ``convert_lora_to_gguf.py`` and ``conversion/llama.py`` of https://github.com/ggml-org/llama.cpp: general.type
is ``adapter``, adapter.type ``lora``, adapter.lora.alpha a float; each weight NAME of the base's GGUF has
``NAME.lora_a`` (rank, in) and ``NAME.lora_b`` (out, rank), and llama.cpp adds alpha / rank * B A. Where its models hold
the rows of q and k in another order than transformers, the rows of B are put in that order. Names: the maps of the
``gguf`` package.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras
from hfterm.errors import CheckFailedError, UsageError
from hfterm.peft import keys
from hfterm.peft.adapter import Adapter, Half

# transformers' classes whose weights go over name by name -> llama.cpp's architecture, and whether q and k are turned.
ARCHITECTURES: dict[str, tuple[str, bool]] = {
    "LlamaForCausalLM": ("LLAMA", True),
    "MistralForCausalLM": ("LLAMA", True),
    "MixtralForCausalLM": ("LLAMA", True),
    "SmolLM3ForCausalLM": ("SMOLLM3", True),
    "GraniteForCausalLM": ("GRANITE", True),
    "ArceeForCausalLM": ("ARCEE", True),
    "OlmoForCausalLM": ("OLMO", True),
    "Olmo2ForCausalLM": ("OLMO2", False),
    "Olmo3ForCausalLM": ("OLMO2", False),
    "Qwen2ForCausalLM": ("QWEN2", False),
    "Qwen3ForCausalLM": ("QWEN3", False),
    "SeedOssForCausalLM": ("SEED_OSS", False),
    "GemmaForCausalLM": ("GEMMA", False),
    "Gemma2ForCausalLM": ("GEMMA2", False),
    "Gemma3ForCausalLM": ("GEMMA3", False),
    "PhiForCausalLM": ("PHI2", False),
    "Phi3ForCausalLM": ("PHI3", False),
    "StableLmForCausalLM": ("STABLELM", False),
    "Starcoder2ForCausalLM": ("STARCODER2", False),
    "CohereForCausalLM": ("COMMAND_R", False),
    "Cohere2ForCausalLM": ("COHERE2", False),
    "GPT2LMHeadModel": ("GPT2", False),
}
# Those whose embeddings are the output's weights too unless config.json says otherwise.
_TIED = ("SMOLLM3", "GEMMA", "GEMMA2", "GEMMA3", "COMMAND_R", "COHERE2", "GPT2", "STARCODER2")
# Largest difference of what is added to a random input, as a share of the largest number: one rounding of A and B.
TOLERANCES = {"float32": 1e-6, "float16": 1e-2}


class Written(NamedTuple):
    """``drift`` as in ``TOLERANCES``, the largest of all modules; ``notes`` say what had to be changed."""

    architecture: str
    modules: int
    drift: float
    notes: list[str]


class _Plan(NamedTuple):
    """What becomes of a module: its name in GGUF, what B is multiplied with, and how many heads' rows are turned."""

    half: Half
    name: str
    factor: float
    heads: int


def write(source: Adapter, base: Mapping[str, Any], path: Path, dtype: str) -> Written:
    """Write a LoRA to ``path`` as GGUF in ``dtype`` (float32, float16); ``base`` is the base model's config.json.

    Raises:
        UsageError: it has parts that GGUF LoRAs have no place for, or the base's architecture is not known here.
        CheckFailedError: what can be read back adds something else. MissingExtraError: no gguf, no numpy.
    """
    extras.check("peft", "numpy", "gguf")
    import gguf
    import numpy as np

    architecture, alpha, plans, notes = _plans(source, base)
    kind = np.float16 if dtype == "float16" else np.float32
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[architecture])
    try:
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_name(source.name.rstrip("/").rpartition("/")[2][:200] or "lora")
        writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16 if dtype == "float16" else gguf.LlamaFileType.ALL_F32)
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
        for plan in plans:
            with np.errstate(over="ignore"):
                a, b = (np.ascontiguousarray(m.astype(kind)) for m in _matrices(source, plan, np.float32))
            if not (np.isfinite(a).all() and np.isfinite(b).all()):
                raise UsageError(f"{plan.half.module} holds numbers beyond those of {dtype}", "write --dtype float32")
            writer.add_tensor(f"{plan.name}.lora_a", a.T.copy() if plan.name.startswith("token_embd.") else a)
            writer.add_tensor(f"{plan.name}.lora_b", b)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
    drift = check(source, path, plans)
    if not drift <= TOLERANCES[dtype]:
        raise CheckFailedError(
            f"the GGUF file adds something else: drift {drift:.3g}, tolerance {TOLERANCES[dtype]:g}",
            "nothing was written",
        )
    return Written(gguf.MODEL_ARCH_NAMES[architecture], len(plans), drift, notes)


def _plans(source: Adapter, base: Mapping[str, Any]) -> tuple[Any, float, list[_Plan], list[str]]:
    import gguf

    inner = {**base, **told} if isinstance(told := base.get("text_config"), dict) else dict(base)
    classes = inner.get("architectures")
    name = classes[0] if isinstance(classes, list) and classes else None
    if name not in ARCHITECTURES or not hasattr(gguf.MODEL_ARCH, ARCHITECTURES[name][0]):
        raise UsageError(
            f"cannot convert {source.name}: weights of {name or 'an unnamed architecture'} change on their way to GGUF",
            f"known are {', '.join(sorted(ARCHITECTURES))}",
        )
    copies = _copies(source, inner)
    _refuse(source, copies)
    architecture, turned = getattr(gguf.MODEL_ARCH, ARCHITECTURES[name][0]), ARCHITECTURES[name][1]
    layers = next((inner[k] for k in ("num_hidden_layers", "n_layer") if isinstance(inner.get(k), int)), 0)
    names = gguf.get_tensor_name_map(architecture, layers)
    heads = inner.get("num_attention_heads") or inner.get("n_head") or 0
    groups = inner.get("num_key_value_heads") or heads
    if turned and not heads:
        raise UsageError(f"the base model's config.json does not tell num_attention_heads, which {name} needs")
    tied = inner.get("tie_word_embeddings", ARCHITECTURES[name][0] in _TIED)
    halves = source.halves()
    if not halves:
        raise UsageError(f"cannot convert {source.name}: it has no pairs of LoRA's matrices")
    told_alpha = source.config.get("lora_alpha")
    # llama.cpp takes an alpha of 0 for none; then all of the scaling goes into B.
    alpha = float(told_alpha) if isinstance(told_alpha, int | float) and told_alpha else float(halves[0].rank)
    plans, unknown, folded = [], [], 0
    for half in halves:
        module = half.module.removeprefix("model.language_model.").removeprefix("language_model.")
        if module != half.module and not module.startswith(("model.", "lm_head")):
            module = f"model.{module}"
        found = names.get_name(module)
        if tied and (half.embedding or module == "lm_head"):
            raise UsageError(
                f"cannot convert {source.name} to GGUF: it changes embeddings that are the output's weights too, and "
                "llama.cpp cannot change one of the two",
                "merge it first: hfterm peft merge",
            )
        if found is None:
            unknown.append(half.module)
            continue
        factor = half.scaling * half.rank / alpha
        factor = 1.0 if abs(factor - 1) < 1e-9 else factor
        folded += factor != 1
        rows = {"q_proj": heads, "k_proj": groups}.get(module.rpartition(".")[2], 0) if turned else 0
        plans.append(_Plan(half, f"{found}.weight", factor, rows))
    if unknown:
        raise UsageError(
            f"cannot convert {source.name}: llama.cpp's {gguf.MODEL_ARCH_NAMES[architecture]} has no weight for "
            f"{', '.join(unknown[:3])}{f' and {len(unknown) - 3} more' if len(unknown) > 3 else ''}"
        )
    notes = ["the copy of the base model's embeddings was left out"] if copies else []
    if folded:
        notes.append(f"{folded} of {len(plans)} modules have a scaling of their own: it was multiplied into B")
    return architecture, alpha, plans, notes


def _copies(source: Adapter, base: Mapping[str, Any]) -> list[str]:
    """The base model's own embeddings, which PEFT saves with an adapter that changes them; not resized ones."""
    rows = base.get("vocab_size")
    return [n for n, t in source.tensors.items() if n.endswith(".base_layer.weight") and t.shape and t.shape[0] == rows]


def _refuse(source: Adapter, copies: list[str]) -> None:
    """What a GGUF LoRA has no place for."""
    left = [name for name in source.tensors if ".lora_magnitude_vector" in name]
    reason = "DoRA's magnitudes are more than a sum of matrices" if left else None
    if source.config.get("target_parameters"):
        reason = "it changes experts' parameters"
    if source.config.get("layer_replication"):
        reason = "it repeats layers"
    if keys.changes_the_base(source.config):
        reason = f"begun by {source.config['init_lora_weights']}, it belongs to a base model that PEFT changes first"
    if source.config.get("alora_invocation_tokens") is not None:
        reason = "an activated LoRA works only after its invocation tokens"
    known = {name for half in source.halves() for name in (half.a, half.b)}
    more = [name for name in source.tensors if name not in known and name not in copies]
    if reason is None and more:
        reason = f"a GGUF LoRA has no place for {more[0]} (modules that are saved whole, biases)"
    if reason is None and any(len(source.tensors[name].shape) != 2 for name in known):
        reason = "it changes convolutions"
    if reason:
        raise UsageError(f"cannot convert {source.name} to GGUF: {reason}", "merge it first: hfterm peft merge")


def _matrices(source: Adapter, plan: _Plan, kind: Any) -> tuple[Any, Any]:
    """A and B as they go into the file: B scaled, its rows in llama.cpp's order."""
    a, b = source.array(plan.half.a).astype(kind), source.array(plan.half.b).astype(kind)
    if plan.factor != 1:
        b = b * kind(plan.factor)
    return a, turn(b, plan.heads) if plan.heads else b


def turn(rows: Any, heads: int) -> Any:
    """The rows of q or k in llama.cpp's order: halves of each head's rows become neighbours (``LlamaModel.permute``).

    Raises:
        UsageError: the rows are not those of so many heads.
    """
    if rows.shape[0] % (2 * heads):
        raise UsageError(f"{rows.shape[0]} rows are not those of {heads} heads", "name the right model with --base")
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def turn_back(rows: Any, heads: int) -> Any:
    """The rows in transformers' order again."""
    return rows.reshape(heads, rows.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(rows.shape)


def check(source: Adapter, path: Path, plans: list[_Plan]) -> float:
    """Read a written file and compare what it adds to random inputs with what the adapter adds; the largest drift.

    Raises:
        CheckFailedError: a tensor is missing.
    """
    import gguf
    import numpy as np

    reader = gguf.GGUFReader(path)
    alpha = float(reader.fields[gguf.Keys.Adapter.LORA_ALPHA].contents())
    held = {tensor.name: tensor.data for tensor in reader.tensors}
    random = np.random.default_rng(0)
    worst = 0.0
    for plan in plans:
        a, b = held.get(f"{plan.name}.lora_a"), held.get(f"{plan.name}.lora_b")
        if a is None or b is None:
            raise CheckFailedError(f"{plan.name} cannot be found in the file that was written")
        a, b = a.astype("f8"), b.astype("f8")
        a = a.T if plan.name.startswith("token_embd.") else a
        b = turn_back(b, plan.heads) if plan.heads else b
        x = random.standard_normal((a.shape[1], 4))
        found = alpha / b.shape[1] * (b @ (a @ x))
        first, second = (source.array(name).astype("f8") for name in (plan.half.a, plan.half.b))
        wanted = plan.half.scaling * (second @ (first @ x))
        largest = float(np.abs(wanted).max(initial=0))
        difference = float(np.abs(found - wanted).max(initial=0)) if found.shape == wanted.shape else float("inf")
        worst = max(worst, difference / largest if largest else difference)
    return worst
