"""A model without weights, wrapped by PEFT, whose changed modules get their weights one after the other."""

import contextlib
import copy
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hfterm.errors import CheckFailedError
from hfterm.peft.merging import bare
from hfterm.peft.merging.source import Names

ADAPTER = "default"
# These make something of the base's own weights when they are put on it: it is made again, module by module,
# when the weights are there.
FROM_BASE = {"OSF", "PSOFT", "ADAMSS", "TINYLORA", "FROD"}
FROM_BASE_INITS = ("pissa", "olora", "corda", "loftq", "lora_ga")
# What PEFT puts between a module and its parameters.
_TWICE = re.compile(r"\.(?:modules_to_save|original_module)\.")
WRAPPINGS = {"base_layer", "original_module", "token_adapter"}


@dataclass
class Slot:
    """A parameter of the base model within a module: where it hangs, and its name in the base model."""

    module: Any
    attribute: str
    name: str


@dataclass
class Changed:
    """A module of the base model that the adapter changes or replaces; ``slots`` are the base's parameters in it."""

    name: str
    module: Any
    slots: list[Slot]
    is_tuner: bool


class Wrapped:
    """``model`` (of :func:`bare.empty`, weights by ``names``) with an adapter on it.

    ``replaced`` are parameters of the base that the adapter brings whole (biases, resized embeddings).
    """

    def __init__(self, model: Any, names: Names, config: Any, state: Mapping[str, Any]) -> None:
        self.model, self.names, self.config = model, names, config
        # The base's parameters and their names, by identity: they stay the same objects within PEFT's layers.
        self.known: dict[int, list[str]] = {}
        for name, parameter in model.named_parameters(remove_duplicate=False):
            self.known.setdefault(id(parameter), []).append(name)
        self._alive = list(model.parameters())
        # What stands for weights that are not there: zeros, or while a whole model runs, what would be noticed.
        self.fill = 0.0
        self.device = "cpu"
        self.replaced: dict[str, Any] = {}
        self.rebuilds = str(getattr(config.peft_type, "value", config.peft_type)) in FROM_BASE or str(
            getattr(config, "init_lora_weights", "")
        ).startswith(FROM_BASE_INITS)
        self.peft = self._put_on(state)
        self.values = {name: parameter.detach().clone() for name, parameter in self.replaced.items()}
        self.changed = list(self._find())

    def _put_on(self, state: Mapping[str, Any]) -> Any:
        import peft
        import torch
        from peft.mapping import PEFT_TYPE_TO_PREFIX_MAPPING

        cls = peft.MODEL_TYPE_TO_PEFT_MODEL_MAPPING.get(self.config.task_type, peft.PeftModel)
        self.config.inference_mode = True
        first = self.config
        if str(getattr(first, "init_lora_weights", "")).startswith(FROM_BASE_INITS):
            first = copy.deepcopy(first)
            first.init_lora_weights = True
        with contextlib.redirect_stderr(io.StringIO()):  # some methods draw a bar of their own
            wrapped = cls(self.model, first, ADAPTER)
        mine = dict(wrapped.named_parameters(remove_duplicate=False))
        for name in state:
            if name in mine and id(mine[name]) in self.known:
                mine[name].data = torch.empty(mine[name].shape)
                for known in self.known[id(mine[name])]:
                    self.replaced[known] = mine[name]
        # PEFT takes tensors out of the dict that it is given.
        result = peft.set_peft_model_state_dict(wrapped, dict(state), ADAPTER)
        wrapped.base_model._cast_adapter_dtype(adapter_name=ADAPTER, autocast_adapter_dtype=True)
        self.loaded = set(wrapped.state_dict(keep_vars=True)) - set(result.missing_keys)
        # With a vocabulary that grew PEFT saves the embeddings twice: within its wrapper as well.
        unexpected = sorted(k for k in result.unexpected_keys if not _TWICE.search(k))
        if unexpected:
            raise CheckFailedError(
                f"the adapter has {len(unexpected)} tensors that the model it is put on has no place for, "
                f"first {unexpected[0]!r}",
                "name the model it was tuned on with --base",
            )
        prefix = PEFT_TYPE_TO_PREFIX_MAPPING.get(self.config.peft_type, "")
        missing = sorted(k for k in result.missing_keys if prefix in k and ADAPTER in k and not _shared(k, self.config))
        if missing:
            raise CheckFailedError(
                f"the adapter lacks {len(missing)} tensors that its adapter_config.json asks for, first {missing[0]!r}",
                "it is half-written, or made for another base model: --base",
            )
        return wrapped.eval()

    def _find(self) -> Iterator[Changed]:
        from peft.tuners.tuners_utils import BaseTunerLayer
        from peft.utils.other import AuxiliaryTrainingWrapper

        inside = "\0"
        for name, module in self.root.named_modules():
            if name.startswith(inside):
                continue
            is_tuner = isinstance(module, BaseTunerLayer)
            if is_tuner or isinstance(module, AuxiliaryTrainingWrapper):
                inside = f"{name}."
                yield Changed(name, module, list(self._slots(module)), is_tuner)

    @property
    def root(self) -> Any:
        """The base model, with the adapter's layers in it."""
        return self.peft.get_base_model()

    def _slots(self, module: Any) -> Iterator[Slot]:
        if hasattr(module, "modules_to_save"):  # the base's own is not used
            return
        for sub in module.modules():
            for attribute, parameter in sub._parameters.items():
                if parameter is not None and id(parameter) in self.known:
                    yield Slot(sub, attribute, self.known[id(parameter)][0])

    @contextlib.contextmanager
    def live(self, one: Changed, dtype: Any = None) -> Iterator[Any]:
        """The module with the base's weights in it (float32, or ``dtype``), as PEFT makes it."""
        import torch

        dtype = dtype or torch.float32
        module, rebuilds = one.module, self.rebuilds and one.is_tuner
        for slot in one.slots:
            found = self.value(slot.name).to(torch.float32 if rebuilds else dtype, copy=True)
            slot.module._parameters[slot.attribute].data = found.to(self.device)
        try:
            if rebuilds:
                module = self._rebuilt(one)
            if dtype != torch.float32:
                module.to(dtype)
            yield module
        finally:
            for slot in one.slots:
                parameter = slot.module._parameters.get(slot.attribute)
                if parameter is not None:
                    parameter.data = bare.hollow(parameter.shape, self.fill)
            if dtype != torch.float32:
                module.to(torch.float32)

    def value(self, name: str) -> Any:
        """A parameter of the base, or what the adapter brings for it."""
        return self.values[name] if name in self.values else self.names.read(name)

    def _rebuilt(self, one: Changed) -> Any:
        """The adapter's layer made anew around the base's real weights, with the adapter's numbers put in."""
        prefix = f"base_model.model.{one.name}."
        mine = {
            name: tensor
            for name, tensor in one.module.state_dict().items()
            if prefix + name in self.loaded and ".base_layer." not in f".{name}"
        }
        parent_name, _, child = one.name.rpartition(".")
        parent = self.root.get_submodule(parent_name)
        setattr(parent, child, one.module.get_base_layer())
        try:
            tuner = self.peft.base_model
            target = one.module.get_base_layer()
            tuner._create_and_replace(self.config, ADAPTER, target, child, parent, current_key=one.name)
            made = getattr(parent, child)
            made.set_adapter(ADAPTER)
            made.load_state_dict(mine, strict=False)
            made.enable_adapters(not one.module.disable_adapters)
            return made.eval()
        finally:
            setattr(parent, child, one.module)

    def merged(self, one: Changed, dtype: Any = None) -> dict[str, Any]:
        """The parameters of one changed module with the adapter merged into them, by their names in the base model.

        Raises:
            ValueError: PEFT refuses: not finite, or this layer cannot be merged.
        """
        with self.live(one, dtype) as module:
            return self.merge_in(one, module)

    def merge_in(self, one: Changed, module: Any, look: Callable[[Any], None] | None = None) -> dict[str, Any]:
        """As :meth:`merged`, of a module that is live already; afterwards it is as it was, but for its weights.

        ``look`` is given the merged layer.
        """
        try:
            if hasattr(module, "unload_and_optionally_merge_module"):
                made = module.unload_and_optionally_merge_module(merge=True, safe_merge=False, adapter_names=None)
            else:
                # Safe merging costs one more copy of the weight, to look for NaN: that is done on what is written.
                module.merge(safe_merge=False)
                made = module.get_base_layer()
            if look is not None:
                look(made)
            return {f"{one.name}.{name}": tensor.detach() for name, tensor in made.state_dict().items()}
        finally:
            for sub in module.modules():
                if getattr(sub, "merged_adapters", None):
                    if hasattr(sub, "ln_tuning_layers"):  # there merging changes places
                        sub.unmerge()
                    sub.merged_adapters = []

    def made_names(self, one: Changed) -> dict[str, tuple[int, ...]]:
        """Names and shapes of what :meth:`merged` makes."""
        module = one.module.get_base_layer() if one.is_tuner else one.module
        if hasattr(module, "modules_to_save"):
            module = module.modules_to_save[ADAPTER]
            module = module.get_base_layer() if hasattr(module, "base_layer") else module
            return {f"{one.name}.{name}": tuple(tensor.shape) for name, tensor in module.state_dict().items()}
        mine = {id(parameter) for parameter in self.replaced.values()} | set(self.known)
        found = {}
        for name, parameter in module.named_parameters():
            if id(parameter) in mine:
                plain = ".".join(part for part in name.split(".") if part not in WRAPPINGS)
                found[f"{one.name}.{plain}"] = tuple(parameter.shape)
        return found


def _shared(key: str, config: Any) -> bool:
    """Whether a tensor belongs to the whole model, and the layers only point to it (as PEFT itself tells)."""
    if any(words in key for words in ("vblora_vector_bank", ".tinylora_v.")):
        return True
    is_unilora = str(getattr(config.peft_type, "value", "")) == "UNILORA"
    return is_unilora and ".unilora_theta_d." in key and not key.startswith("base_model.unilora_theta_d.")
