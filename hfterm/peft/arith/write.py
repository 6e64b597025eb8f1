"""Write an adapter's folder, whole or not at all."""

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hfterm import files, naming
from hfterm.errors import UsageError

# What of a tokenizer lies beside an adapter's weights.
BESIDE = ("tokenizer*", "vocab*", "merges.txt", "special_tokens_map.json", "added_tokens.json", "chat_template*",
          "additional_chat_templates", "*.model")  # fmt: skip


def target(output: str | Path, sources: Iterable[Path], *, overwrite: bool) -> Path:
    """The folder to write, checked before any work: free, and not where something is read from.

    Raises:
        UsageError: it is not.
    """
    path = Path(output).expanduser()
    for source in sources:
        if source.resolve().is_relative_to(path.resolve()):
            raise UsageError(f"cannot write {str(path)!r}: {str(source)!r} is read from there", "choose another folder")
    files.require_free(path, overwrite=overwrite)
    return path


def base(text: str, folder: Path) -> dict[str, str | None]:
    """The base model for an adapter's settings: a Hub id as it is, with its revision, else the folder's whole path."""
    ref = naming.parse(text, "any")
    if ref.where == "hub":
        return {"base_model_name_or_path": ref.name, "revision": ref.revision}
    return {"base_model_name_or_path": str(folder.absolute()), "revision": None}


def save(folder: Path, config: Mapping[str, Any], tensors: Mapping[str, Any]) -> None:
    """Write adapter_config.json and adapter_model.safetensors, as PEFT names them, into a folder that is there."""
    from safetensors.torch import save_file

    kept = {name: tensor.contiguous() for name, tensor in tensors.items()}
    save_file(kept, str(folder / "adapter_model.safetensors"), metadata={"format": "pt"})
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")


def copy_tokenizer(source: Path, folder: Path) -> None:
    """Copy a tokenizer and its chat template as they are, if there are any."""
    for pattern in BESIDE:
        for path in source.glob(pattern):
            if path.is_dir():
                shutil.copytree(path, folder / path.name, dirs_exist_ok=True)
            else:
                shutil.copyfile(path, folder / path.name)


def size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
