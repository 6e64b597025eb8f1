"""What a script that uses Accelerate or the Trainer is told by its environment: precision, ZeRO, FSDP.

Accelerate itself says how: its own parser reads our words, or the user's ``--config`` file, and its own
function makes the variables, so that they are those of the installed version.
"""

import contextlib
import dataclasses
import io
import logging
import os
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import extras
from hfterm.errors import CheckFailedError, ConfigError, UsageError, one_line

PRECISIONS = ("no", "bf16", "fp16", "fp8")
OFFLOADS = ("optimizer", "params")


@dataclass(frozen=True)
class Settings:
    """How the processes share the model. ``zero``: DeepSpeed's stage; ``offload``: what goes to the CPU."""

    mixed_precision: str | None = None
    zero: int | None = None
    offload: tuple[str, ...] = ()
    fsdp: bool = False

    def check(self) -> None:
        """Refuse what makes no sense together.

        Raises:
            UsageError: ZeRO and FSDP at once, or offload without either.
        """
        if self.zero and self.fsdp:
            raise UsageError("--zero and --fsdp exclude each other")
        if self.offload and not self.zero and not self.fsdp:
            raise UsageError("--offload needs --zero or --fsdp")
        if "params" in self.offload and self.zero in (1, 2):
            raise UsageError(f"--offload params needs --zero 3, not {self.zero}", "ZeRO-1 and 2 keep all parameters")
        if "optimizer" in self.offload and self.fsdp:
            raise UsageError("--fsdp takes --offload params alone", "the optimizer's state goes with them")


def parse_offload(text: str | None) -> tuple[str, ...]:
    """The parts that ``--offload`` names.

    Raises:
        UsageError: one is unknown.
    """
    words = tuple(dict.fromkeys(word.strip() for word in (text or "").split(",") if word.strip()))
    for word in words:
        if word not in OFFLOADS:
            raise UsageError(f"--offload {text}: no such part {word!r}", f"choose from {', '.join(OFFLOADS)}")
    return words


def variables(settings: Settings, device: str, config: Path | None = None) -> tuple[dict[str, str], dict[str, Any]]:
    """The variables that tell a script, and what ``config`` says of the number of processes and nodes.

    Raises:
        UsageError, ConfigError: a setting or the file is wrong. CheckFailedError: the CPU cannot do it.
        MissingExtraError: accelerate or deepspeed is missing.
    """
    settings.check()
    told: dict[str, Any] = {}
    found: dict[str, str] = {}
    if config is not None:
        told = _read(config)
        settings = _over(settings, told)
    sharded = "DeepSpeed" if settings.zero or told.get("distributed_type") == "DEEPSPEED" else None
    sharded = "FSDP" if settings.fsdp or told.get("distributed_type") == "FSDP" else sharded
    if device == "cpu" and sharded:
        raise CheckFailedError(
            f"{sharded} was asked for, but accelerate leaves it out on a CPU and says nothing",
            "leave it out to train with plain data parallelism, or use a machine with GPUs",
        )
    if sharded == "DeepSpeed":
        extras.check("train", "deepspeed")
    if sharded or config is not None:
        found = _from_accelerate(settings, told, sharded)
    elif settings.mixed_precision:
        found["ACCELERATE_MIXED_PRECISION"] = settings.mixed_precision
    if device == "cpu":
        found["ACCELERATE_USE_CPU"] = "true"
    return found, told


def _over(settings: Settings, told: Mapping[str, Any]) -> Settings:
    precision = settings.mixed_precision or told.get("mixed_precision")
    return dataclasses.replace(settings, mixed_precision=str(precision).lower() if precision else None)


def _read(path: Path) -> dict[str, Any]:
    """An accelerate config file, YAML or JSON."""
    import yaml

    try:
        value = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise ConfigError(f"cannot read {path}: {one_line(exc)[:200]}") from exc
    if not isinstance(value, dict):
        raise ConfigError(f"{path} is no accelerate config: it holds no keys", "write one with 'accelerate config'")
    if value.get("compute_environment") not in (None, "LOCAL_MACHINE"):
        raise ConfigError(f"{path} is for {value['compute_environment']}; only LOCAL_MACHINE is launched here")
    return value


def _from_accelerate(settings: Settings, told: dict[str, Any], sharded: str | None) -> dict[str, str]:
    extras.check("train", "accelerate")
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser
    from accelerate.utils.launch import prepare_deepspeed_cmd_env, prepare_multi_gpu_env

    words = ["--main_process_port", "0", "--num_machines", "1", "--num_processes", "2"]
    if settings.mixed_precision:
        words += ["--mixed_precision", settings.mixed_precision]
    if settings.zero:
        words += ["--use_deepspeed", "--zero_stage", str(settings.zero)]
        for part, name in (("optimizer", "optimizer"), ("params", "param")):
            words += [f"--offload_{name}_device", "cpu" if part in settings.offload else "none"]
        if settings.zero == 3:
            words += ["--zero3_init_flag", "true", "--zero3_save_16bit_model", "true"]
    elif settings.fsdp:
        words += ["--use_fsdp", "--fsdp_version", "2", "--fsdp_auto_wrap_policy", "TRANSFORMER_BASED_WRAP"]
        words += ["--fsdp_offload_params", str("params" in settings.offload).lower()]
    elif sharded is None:
        words += ["--multi_gpu"]
    base = {"compute_environment": "LOCAL_MACHINE", "distributed_type": "MULTI_GPU", "mixed_precision": "no"}
    merged = {**base, **told, "num_processes": 2, "num_machines": 1, "gpu_ids": "all"}
    logging.getLogger("accelerate").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="hfterm-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = Path(folder) / "accelerate.json"
        from hfterm.text import to_json

        file.write_text(to_json(merged), "utf-8")
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
                parsed = launch_command_parser().parse_args(["--config_file", str(file), *words, "script.py"])
                parsed, defaults, from_file = _validate_launch_command(parsed)
                if sharded == "DeepSpeed":
                    fields = [*defaults.deepspeed_config, *(["mixed_precision"] if from_file else [])]
                    parsed.deepspeed_fields_from_accelerate_config = ",".join(fields)
                    made = prepare_deepspeed_cmd_env(parsed)[1]
                else:
                    made = prepare_multi_gpu_env(parsed)
        except SystemExit as exc:
            raise ConfigError(f"accelerate refuses these settings: {one_line(said.getvalue())[-300:]}") from exc
        except (ValueError, TypeError, KeyError, AttributeError, RuntimeError) as exc:
            raise ConfigError(f"accelerate refuses these settings: {one_line(exc)[:300]}") from exc
    # Ports, devices and the path are not for it to say.
    ours = ("MASTER_", "CUDA_VISIBLE", "PYTHONPATH", "OMP_NUM_THREADS")
    return {k: v for k, v in made.items() if os.environ.get(k) != v and not k.startswith(ours)}
