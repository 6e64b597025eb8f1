"""Which device a model runs on."""

from hfterm.errors import UsageError

NAMES = "auto, cpu, cuda, cuda:N or mps"


def pick(name: str | None = "auto") -> str:
    """The torch device that ``name`` means here: ``"cuda"``, ``"cuda:1"``, ``"mps"`` or ``"cpu"``.

    ``auto`` (or None, or nothing) takes the first that is there of cuda, mps, cpu.

    Raises:
        UsageError: no such device, or not on this machine.
    """
    name = checked(name)
    kind, _, index = name.partition(":")
    if name == "cpu":
        return name
    import torch

    cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    mps = torch.backends.mps.is_available()
    if kind == "auto":
        return "cuda" if cuda else "mps" if mps else "cpu"
    if kind == "mps" and not mps:
        raise UsageError("device 'mps' is not on this machine", "use --device cpu or auto")
    if kind == "cuda" and not cuda:
        built = "" if torch.backends.cuda.is_built() else " (this torch is a build without CUDA)"
        raise UsageError(f"device {name!r}: torch sees no CUDA GPU here{built}", "use --device cpu or auto")
    if index and int(index) >= cuda:
        raise UsageError(f"device {name!r}: only {cuda} CUDA GPU{'s' if cuda > 1 else ''} here, numbered from 0")
    return name


def checked(name: str | None) -> str:
    """The name of a device as :func:`pick` takes it, looked at without torch.

    Raises:
        UsageError: it can be no device.
    """
    name = (name or "auto").strip().lower()
    kind, _, index = name.partition(":")
    if kind not in ("auto", "cpu", "cuda", "mps") or (":" in name and not (kind == "cuda" and index.isdecimal())):
        raise UsageError(f"no such device {name!r}", f"choose {NAMES}")
    return name


def default_dtype(device: str) -> str:
    """The dtype to load weights in by default: ``bfloat16`` on a GPU that has it, else ``float32``."""
    if not device.startswith("cuda"):
        return "float32"
    import torch

    return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
