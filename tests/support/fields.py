"""Settings as commands keep them in the cache folder, for completion: a few of them."""

import json
from pathlib import Path
from typing import Any

SHARED = {"name": "task_type", "kinds": ["str", "none"], "default": None, "help": "", "origin": "peft.PeftConfig"}


def _field(name: str, *kinds: str, choices: list[str] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name, "kinds": list(kinds), "default": None, "help": 'Of "peft": {"lora": {"base"'}
    return told | ({"choices": choices} if choices else {})


# As hfterm.train.schema.read writes them.
SCHEMA = {
    "classes": {
        "transformers.TrainingArguments": [_field("learning_rate", "float"), _field("output_dir", "str")],
        "trl.SFTConfig": [_field("packing", "bool"), _field("loss_type", "str", choices=["nll", "dft"])],
    },
    "peft": {
        "ia3": {"base": "ia3", "sets": {}, "fields": [SHARED, _field("target_modules", "list", "none")]},
        "lora": {
            "base": "lora",
            "sets": {},
            "fields": [
                SHARED,
                _field("r", "int"),
                _field("bias", "str", choices=["none", "all", "lora_only"]),
                _field("init_lora_weights", "str", "bool", choices=["pissa", "pissa_niter_[number of iters]"]),
                _field("use_dora", "bool"),
                _field("use_rslora", "bool"),
            ],
        },
    },
}
# As hfterm.peft.read writes them.
CATALOG = {
    "rows": [{"method": "lora", "settings": {"r": 8}}],
    "settings": {
        "lora": [
            {"setting": "task_type", "type": "str", "default": None, "help": ""},
            {"setting": "r", "type": "int", "default": 8, "help": ""},
            {"setting": "bias", "type": "Literal['none', 'all']", "default": "none", "help": ""},
            {"setting": "use_dora", "type": "Optional[bool]", "default": False, "help": ""},
        ]
    },
}


def keep(cache: Path, name: str = "train-schema/new.json", what: dict[str, Any] = SCHEMA) -> Path:
    """Write them under a cache folder; returns the file."""
    path = cache / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"digest\n{json.dumps(what)}")
    return path
