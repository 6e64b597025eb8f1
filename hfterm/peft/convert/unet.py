"""kohya's names of modules, which have ``_`` for ``.``, as diffusers' names; and diffusers' as kohya's.

Formats: https://github.com/kohya-ss/sd-scripts (``networks/lora.py``); the U-Net of SDXL under the names of its first
authors, as ``diffusers/loaders/lora_conversion_utils.py`` reads them.
"""

import re

from hfterm.errors import UsageError

# Words of module names that hold a ``_`` of their own.
_WIDE = (
    "down_blocks", "up_blocks", "mid_block", "transformer_blocks", "single_transformer_blocks", "proj_in", "proj_out",
    "to_q", "to_k", "to_v", "to_out", "conv_in", "conv_out", "conv_shortcut", "time_emb_proj", "time_embedding",
    "linear_1", "linear_2", "add_embedding", "class_embedding", "text_model", "text_projection", "self_attn", "q_proj",
    "k_proj", "v_proj", "out_proj", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out", "norm1_context",
    "ff_context", "proj_mlp", "context_embedder", "x_embedder", "time_text_embed", "timestep_embedder", "text_embedder",
    "guidance_embedder", "norm_out", "token_embedding", "position_embedding", "wi_0", "wi_1",
)  # fmt: skip
_PLAIN = frozenset({
    "attentions", "resnets", "downsamplers", "upsamplers", "attn1", "attn2", "attn", "ff", "net", "proj", "conv",
    "conv1", "conv2", "encoder", "layers", "mlp", "fc1", "fc2", "block", "layer", "SelfAttention", "DenseReluDense",
    "q", "k", "v", "o", "wo", "norm", "norm1", "linear", "embeddings", "shared",
})  # fmt: skip
_TOKEN = re.compile("|".join(sorted((*_WIDE, *_PLAIN, r"\d+"), key=len, reverse=True)))
_RESNET = {"in_layers.2": "conv1", "out_layers.3": "conv2", "emb_layers.1": "time_emb_proj",
           "skip_connection": "conv_shortcut"}  # fmt: skip
_OUTER = {
    "input_blocks_0_0": "conv_in", "out_2": "conv_out", "time_embed_0": "time_embedding.linear_1",
    "time_embed_2": "time_embedding.linear_2", "label_emb_0_0": "add_embedding.linear_1",
    "label_emb_0_2": "add_embedding.linear_2",
}  # fmt: skip
# Blocks of one resolution, of Stable Diffusion's U-Nets.
_EACH = 2


def dotted(name: str) -> str:
    """A module by kohya's name without the prefix (``down_blocks_0_attentions_0_proj_in``), as diffusers has it.

    Raises:
        UsageError: it holds words that are not known here, so that its parts cannot be told apart.
    """
    if name in _OUTER:
        return _OUTER[name]
    if name.startswith(("input_blocks_", "middle_block_", "output_blocks_")):
        return _first_authors(name)
    parts, at = [], 0
    while at < len(name):
        found = _TOKEN.match(name, at)
        if found is None or found.end() not in (len(name), name.find("_", found.end())):
            raise UsageError(
                f"cannot tell the parts of {name[:120]!r} apart", "it is of a model that kohya names in another way"
            )
        parts.append(found[0])
        at = found.end() + 1
    return ".".join(parts)


def _first_authors(name: str) -> str:
    """``input_blocks_4_1_...``: block 4 of the way down, its part 1 (0: the residual block, 1: the attention)."""
    outer, _, rest = name.partition("_block")
    numbers = re.match(r"s?_(\d+)(?:_(\d+))?_?(.*)", rest)
    if numbers is None:
        raise UsageError(f"cannot tell the parts of {name[:120]!r} apart")
    block, part, inner = int(numbers[1]), numbers[2], numbers[3]
    if outer == "middle":
        found = {0: "resnets.0", 1: "attentions.0", 2: "resnets.1"}.get(block)
        if found is None:
            raise UsageError(f"there is no middle block {block}: {name[:120]!r}")
        # Its parts are counted once: what looks like a second number belongs to what follows.
        inner = rest.split("_", 2)[2]
        return f"mid_block.{found}.{_inside(inner, found)}"
    at, layer = divmod(block - 1, _EACH + 1) if outer == "input" else divmod(block, _EACH + 1)
    side = "down_blocks" if outer == "input" else "up_blocks"
    if outer == "input" and inner == "op":
        return f"{side}.{at}.downsamplers.0.conv"
    if part == "2" or (part == "1" and inner == "conv"):
        return f"{side}.{at}.upsamplers.0.{inner}"
    kind = "resnets" if part == "0" else "attentions"
    return f"{side}.{at}.{kind}.{layer}.{_inside(inner, kind)}"


def _inside(inner: str, kind: str) -> str:
    if kind.startswith("resnets"):
        for theirs, ours in _RESNET.items():
            if inner == theirs.replace(".", "_"):
                return ours
    return dotted(inner)


def underscored(module: str) -> str:
    """A module by diffusers' name as kohya writes it."""
    return module.replace(".", "_")
