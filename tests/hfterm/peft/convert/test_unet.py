import pytest

from hfterm.errors import UsageError
from hfterm.peft.convert import unet


@pytest.mark.parametrize(
    "module",
    [
        "down_blocks.0.attentions.1.transformer_blocks.0.attn1.to_out.0",
        "mid_block.resnets.1.time_emb_proj",
        "up_blocks.1.upsamplers.0.conv",
        "up_blocks.3.resnets.2.conv_shortcut",
        "down_blocks.1.attentions.0.transformer_blocks.9.ff.net.0.proj",
        "time_embedding.linear_1",
        "add_embedding.linear_2",
        "conv_in",
        "text_model.encoder.layers.11.self_attn.out_proj",
        "text_projection",
        "transformer_blocks.3.attn.add_q_proj",
        "single_transformer_blocks.37.proj_mlp",
        "encoder.block.0.layer.1.DenseReluDense.wi_0",
    ],
)
def test_names_there_and_back(module: str) -> None:
    assert unet.dotted(unet.underscored(module)) == module


# As diffusers/loaders/lora_conversion_utils.py maps them; compared with it for all 329 names of SDXL's U-Net.
@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("input_blocks_0_0", "conv_in"),
        ("input_blocks_1_0_in_layers_2", "down_blocks.0.resnets.0.conv1"),
        ("input_blocks_3_0_op", "down_blocks.0.downsamplers.0.conv"),
        (
            "input_blocks_5_1_transformer_blocks_1_attn2_to_q",
            "down_blocks.1.attentions.1.transformer_blocks.1.attn2.to_q",
        ),
        ("input_blocks_7_0_skip_connection", "down_blocks.2.resnets.0.conv_shortcut"),
        ("middle_block_0_out_layers_3", "mid_block.resnets.0.conv2"),
        ("middle_block_1_proj_in", "mid_block.attentions.0.proj_in"),
        ("middle_block_1_transformer_blocks_9_ff_net_2", "mid_block.attentions.0.transformer_blocks.9.ff.net.2"),
        ("middle_block_2_emb_layers_1", "mid_block.resnets.1.time_emb_proj"),
        ("output_blocks_2_2_conv", "up_blocks.0.upsamplers.0.conv"),
        ("output_blocks_4_1_proj_out", "up_blocks.1.attentions.1.proj_out"),
        ("time_embed_2", "time_embedding.linear_2"),
        ("label_emb_0_0", "add_embedding.linear_1"),
        ("out_2", "conv_out"),
    ],
)
def test_the_names_of_the_first_authors(theirs: str, ours: str) -> None:
    assert unet.dotted(theirs) == ours


@pytest.mark.parametrize(
    "name", ["double_blocks_0_img_attn_qkv", "down_blocksx", "to_qq", "middle_block_7_proj_in", "x"]
)
def test_names_that_cannot_be_told_apart(name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot tell the parts|there is no middle block"):
        unet.dotted(name)
