"""Made these files, in an environment of its own: pip install adapters==1.3.0 'transformers==4.57.*' torch==2.13.0.

The ``adapters`` library itself writes its checkpoints of a tiny GPT-2 (its q, k and v are one projection) and what the
model computes with each of them. Run: python make.py FOLDER
"""

import sys
from pathlib import Path

import adapters
import torch
from adapters import IA3Config, LoRAConfig, SeqBnConfig
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel

here = Path(sys.argv[1])
torch.manual_seed(0)
model = GPT2LMHeadModel(GPT2Config(n_embd=8, n_layer=2, n_head=2, n_inner=12, vocab_size=16, n_positions=8))
model.save_pretrained(here / "base")
adapters.init(model)
ways = {
    "lora": LoRAConfig(r=2, alpha=6, attn_matrices=["q", "v"], intermediate_lora=True, output_lora=True, leave_out=[0]),
    "ia3": IA3Config(),
    "bottleneck": SeqBnConfig(reduction_factor=4),
}
ids = torch.arange(7)[None]
with torch.no_grad():
    outputs = {"plain": model.eval()(input_ids=ids).logits}
for name, config in ways.items():
    model.add_adapter(name, config=config)
    model.train_adapter(name)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data.normal_(std=0.3)
    model.set_active_adapters(name)
    with torch.no_grad():
        outputs[name] = model.eval()(input_ids=ids).logits
    # (IA)3 as torch.save writes it, the others as safetensors.
    model.save_adapter(str(here / name), name, with_head=False, use_safetensors=name != "ia3")
    model.delete_adapter(name)
save_file(outputs, here / "outputs.safetensors")
