"""A model as its configuration says, with its adapter, on the meta device: shapes only, nothing in memory."""

import contextlib
import copy
import io
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hfterm import extras, naming
from hfterm.errors import UsageError, one_line
from hfterm.inference.folder import read_json
from hfterm.mem import shapes
from hfterm.mem.ask import Ask
from hfterm.peft import methods
from hfterm.peft.params import MOST_REAL, TASKS, config_file

# Fields of configurations that say how many layers there are.
LAYERS = ("num_hidden_layers", "n_layer", "num_layers", "n_layers", "num_decoder_layers", "decoder_layers",
          "encoder_layers")  # fmt: skip
# How the names of model classes end, by task; the first that fits counts. Of the last two PEFT knows no task.
_ENDINGS = {
    "ForCausalLM": "clm",
    "LMHeadModel": "clm",
    "ForConditionalGeneration": "seq2seq",
    "ForSequenceClassification": "classify",
    "ForTokenClassification": "tag",
    "ForQuestionAnswering": "qa",
    "ForMaskedLM": "mlm",
    "ForImageClassification": "image",
    "ForAudioClassification": "audio",
}
CLASSES = {
    **{name: cls for name, (_, cls) in TASKS.items()},
    "mlm": "AutoModelForMaskedLM",
    "image": "AutoModelForImageClassification",
    "audio": "AutoModelForAudioClassification",
}
REFUSALS = (ValueError, KeyError, TypeError, AttributeError, RuntimeError, IndexError, ZeroDivisionError, ImportError,
            AssertionError)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A model's configuration. ``told`` is config.json's object, ``task`` one of ``CLASSES``, ``layers`` the count
    that every stack of layers has; None where stacks differ, or layers of several kinds are told.
    """

    model: str
    config: Any
    told: Mapping[str, Any]
    task: str
    layers: int | None

    def build(self, ask: Ask, layers: int | None = None) -> Any:
        """The bare model on the meta device, of its own number of layers or another.

        Raises:
            UsageError: transformers cannot build it for this task.
        """
        import torch
        import transformers

        config = copy.deepcopy(self.config)
        if layers is not None:
            for name in LAYERS:
                if isinstance(getattr(config, name, None), int):
                    setattr(config, name, layers)
            if getattr(config, "layer_types", None):
                with contextlib.suppress(AttributeError):  # some tell it from the number
                    config.layer_types = config.layer_types[:1] * layers
        config.use_cache = ask.purpose == "inference"
        if getattr(config, "apply_spec_augment", False):
            config.apply_spec_augment = False  # random masks, which fakes have not
        if getattr(config, "is_encoder_decoder", False):
            for name in ("decoder_start_token_id", "pad_token_id"):  # labels are shifted with them
                if getattr(config, name, None) is None:
                    setattr(config, name, 0)
        dtype = getattr(torch, ask.weights)
        auto = getattr(transformers, CLASSES[self.task])
        attention = "sdpa" if ask.attention == "flash_attention_2" else ask.attention
        more = {} if attention is None else {"attn_implementation": attention}
        try:
            with torch.device("meta"), _empty():
                model = auto.from_config(config, dtype=dtype, **more)
        except REFUSALS as exc:
            raise UsageError(
                f"cannot build {self.model} for {self.task}: {one_line(exc)[:200]}",
                f"choose another --task ({', '.join(CLASSES)}) or --attn",
            ) from exc
        model.tie_weights()  # left out with the first values
        self._untie(model)
        return model

    def _untie(self, model: Any) -> None:
        """Give the head its own weight where config.json says so: transformers 5 ties some models' (mT5) by force."""
        import torch

        if self.told.get("tie_word_embeddings") is not False:
            return
        head, words = model.get_output_embeddings(), model.get_input_embeddings()
        if head is not None and words is not None and head.weight is words.weight:
            head.weight = torch.nn.Parameter(torch.empty_like(head.weight))


def source(ask: Ask, note: Callable[[str], None] | None = None) -> Source:
    """Read the configuration that ``ask.model`` means; of the Hub only that file, or the one kept here.

    Raises:
        UsageError, NotFoundError, AccessError, NetworkError. HftermError: the file is damaged. MissingExtraError.
    """
    if ask.task is not None and ask.task not in CLASSES:
        raise UsageError(f"no such task {ask.task!r}", f"choose {', '.join(CLASSES)}")
    told, path = _told(ask.model, note)
    extras.check("peft", "torch", "transformers", *(["peft"] if ask.tunes_adapter else []))
    if "peft_type" in told:
        base = told.get("base_model_name_or_path")
        raise UsageError(f"{ask.model} is an adapter, not a model", f"name its base{f': {base}' if base else ''}")
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig

    from hfterm.inference.quiet import hush

    hush()
    # What fakes cannot do is told once, by us.
    logging.getLogger("torch._subclasses.fake_tensor").setLevel(logging.CRITICAL)
    try:
        if path is None:
            named = {k: v for k, v in told.items() if k != "model_type"}
            config = AutoConfig.for_model(told["model_type"], **named)
        else:
            config = AutoConfig.from_pretrained(path, trust_remote_code=False)
    except (*REFUSALS, OSError, StrictDataclassError) as exc:
        raise UsageError(
            f"cannot read the configuration of {ask.model}: {one_line(exc)[:200]}",
            "transformers must know its model_type; code from a repository is not run",
        ) from exc
    return Source(ask.model, config, told, ask.task or _task(told, config), _layers(config))


def _told(model: str, note: Callable[[str], None] | None) -> tuple[dict[str, Any], str | None]:
    """config.json's object and where it lies; of a well-known model that cannot be reached what we know of it."""
    known = shapes.find(model) if naming.parse(model, "any").where == "hub" else None
    try:
        path = config_file(model, note)
    except Exception:
        if known is None:
            raise
        if note:
            note(f"{known[0]}: its config.json cannot be had here; taking its shape from hfterm's own table")
        return dict(known[1]), None
    return read_json(path), str(path)


def _task(told: Mapping[str, Any], config: Any) -> str:
    named = told.get("architectures")
    architecture = named[0] if isinstance(named, list) and named and isinstance(named[0], str) else ""
    found = next((task for ending, task in _ENDINGS.items() if architecture.endswith(ending)), None)
    if found == "classify" and not _classifies_texts(config):
        return "audio"
    if found and (found != "seq2seq" or getattr(config, "is_encoder_decoder", False)):
        return found
    return "seq2seq" if getattr(config, "is_encoder_decoder", False) else "clm"


def _classifies_texts(config: Any) -> bool:
    """Classes that classify texts and those that classify sounds are named alike."""
    import transformers

    return type(config) in transformers.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING


def _layers(config: Any) -> int | None:
    counts = {getattr(config, name) for name in LAYERS if isinstance(getattr(config, name, None), int)}
    kinds = getattr(config, "layer_types", None)
    if len(counts) != 1 or (kinds and len(set(kinds)) > 1) or getattr(config, "sub_configs", None):
        return None
    return int(next(iter(counts)))


@contextlib.contextmanager
def _empty() -> Iterator[None]:
    """Weights are not given their first values, where transformers can be told so."""
    try:
        from transformers.initialization import no_init_weights
    except ImportError:
        yield
        return
    with no_init_weights():
        yield


def tune(model: Any, ask: Ask, task: str, remake: Callable[[], Any]) -> Any:
    """The model with the PEFT method that is asked for.

    Methods that compute with values of their own get an adapter in memory; those that want the model's get a random
    model made by ``remake``, if that is small.

    Raises:
        UsageError: no such method or setting, or it does not fit the model.
    """
    import peft
    import torch

    config = peft_config(ask, task)
    first: BaseException | None = None
    for adapter, tried in (("meta", model), ("cpu", None), ("cpu", _real)):
        try:
            if tried is None:
                tried = remake()
            elif tried is _real:
                tried = _real(remake())
            unheard = io.StringIO()  # some methods print, or draw bars
            with contextlib.redirect_stderr(unheard), contextlib.redirect_stdout(unheard), torch.device(adapter):
                return peft.get_peft_model(tried, copy.deepcopy(config))
        except UsageError:
            raise
        except REFUSALS as exc:
            first = first or exc
            if not isinstance(exc, RuntimeError):  # NotImplementedError is one
                break
    raise UsageError(
        f"PEFT method {ask.peft!r} with these settings does not fit this model: {one_line(first or '')[:300]}",
        f"change it with --peft-set KEY=VALUE; see: hfterm peft methods {ask.peft}",
    ) from first


def _real(model: Any) -> Any:
    size = sum(p.numel() for p in model.parameters())
    if size > MOST_REAL:
        raise UsageError(
            f"what this PEFT method needs cannot be told without the weights of {size:,} parameters",
            "it computes with their values; take lora for an estimate",
        )
    return model.to_empty(device="cpu")


def peft_config(ask: Ask, task: str) -> Any:
    """PEFT's configuration, with what changes no size set so that neither weights nor a plan of steps are needed.

    Raises:
        UsageError.
    """
    method = str(ask.peft)
    values = dict(ask.peft_set)
    base, variant, _ = methods.find(method)
    if base == "adalora":
        values.setdefault("total_step", 1000)
    if base == "lora" and isinstance(values.get("init_lora_weights", variant.get("init_lora_weights")), str):
        values["init_lora_weights"] = True  # PiSSA and its like begin with the weights' own values
    return methods.config(method, values, TASKS.get(task, (None, ""))[0], ours=ask.peft_defaults)
