"""How many parameters a PEFT method trains in a model, counted without weights: from its config.json alone."""

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras, naming, refs
from hfterm.errors import NotFoundError, UsageError, one_line
from hfterm.inference.folder import read_json
from hfterm.peft import kept, light, methods

# Our names of tasks: PEFT's task type, and the class of transformers that builds the model.
TASKS: dict[str, tuple[str | None, str]] = {
    "clm": ("CAUSAL_LM", "AutoModelForCausalLM"),
    "seq2seq": ("SEQ_2_SEQ_LM", "AutoModelForSeq2SeqLM"),
    "classify": ("SEQ_CLS", "AutoModelForSequenceClassification"),
    "tag": ("TOKEN_CLS", "AutoModelForTokenClassification"),
    "qa": ("QUESTION_ANS", "AutoModelForQuestionAnswering"),
    "features": ("FEATURE_EXTRACTION", "AutoModel"),
}
# How the names of model classes end, by task; the first that fits counts.
_ENDINGS = {
    "ForCausalLM": "clm",
    "LMHeadModel": "clm",
    "ForSequenceClassification": "classify",
    "ForTokenClassification": "tag",
    "ForQuestionAnswering": "qa",
}
# Some methods look at the weights' values before they can be counted: up to here random ones are made for them.
MOST_REAL = 300_000_000
# What is trained beside the model's own modules.
PROMPT = "prompt"
# Counts that are kept.
MOST_KEPT = 64


class Module(NamedTuple):
    """A module of the model that holds trained parameters, its own frozen ones included in ``all``."""

    module: str
    kind: str
    trainable: int
    all: int


class Counted(NamedTuple):
    """``percent`` is what PEFT prints as ``trainable%``; ``task`` one of ``TASKS``, or None. ``targets``: the last part
    of the names of the modules with something to train.
    """

    model: str
    architecture: str
    method: str
    task: str | None
    targets: list[str] | None
    trainable: int
    all: int
    percent: float
    modules: list[Module]

    def record(self) -> dict[str, Any]:
        """For printing: the modules are only counted."""
        return {**self._asdict(), "modules": len(self.modules)}


def count(
    model: str,
    method: str,
    settings: Mapping[str, Any],
    *,
    task: str | None = None,
    note: Callable[[str], None] | None = None,
) -> Counted:
    """Count what ``method`` with ``settings`` (over PEFT's own defaults) trains in ``model``.

    ``model`` is a reference to a model or to a config.json; of a repository only that file is got. ``task`` is one
    of ``TASKS`` (default: what the configuration's architecture is for).

    Raises:
        UsageError: no such method, setting or task, an adapter instead of a model, or they do not fit together.
        NotFoundError, AccessError, NetworkError. HftermError: the file is damaged. MissingExtraError.
    """
    if task is not None and task not in TASKS:
        raise UsageError(f"no such task {task!r}", f"choose {', '.join(TASKS)}")
    path = config_file(model, note)
    told = read_json(path)
    if "peft_type" in told:
        base = told.get("base_model_name_or_path")
        raise UsageError(f"{model} is an adapter, not a model", f"name its base{f': {base}' if base else ''}")
    extras.check("peft", "torch", "transformers", "peft")
    name = method.lower().replace("-", "_")
    if found := light.count(told, name, settings, task):
        modules = [Module(one.name, one.kind, added, one.numbers + added) for one, added in found.touched]
        total = found.frozen + sum(module.trainable for module in modules)
        trainable = sum(module.trainable for module in modules)
        return _counted(model, found.architecture, name, found.task, trainable, total, modules)
    asked = (told, name, settings, task)
    if (known := kept.get("params", *asked)) is not None:
        architecture, _, task, trainable, total, rows = known
        return _counted(model, architecture, name, task, trainable, total, [Module(*row) for row in rows])
    counted = _built(model, path, told, name, settings, task)
    answer = (counted.architecture, name, counted.task, counted.trainable, counted.all, counted.modules)
    kept.put(answer, "params", *asked, keep=MOST_KEPT)
    return counted


def _counted(
    model: str, architecture: str, method: str, task: str | None, trainable: int, total: int, modules: list[Module]
) -> Counted:
    targets = sorted({module.module.rpartition(".")[2] for module in modules if module.kind != PROMPT})
    percent = 100 * trainable / total if total else 0.0
    return Counted(model, architecture, method, task, targets or None, trainable, total, percent, modules)


def _built(
    model: str, path: Path, told: Mapping[str, Any], method: str, settings: Mapping[str, Any], task: str | None
) -> Counted:
    """Counted in a model that is built as its configuration says, by PEFT itself."""
    from hfterm.inference.quiet import hush

    hush()
    build, name = _builder(model, path, told, task)
    task_type = TASKS[name][0] if name else None
    made = _settings(method, settings)
    tuned, known = _tuned(build, method, lambda: methods.config(method, made, task_type, ours=False))
    modules = list(_modules(tuned, known))
    trainable, total = tuned.get_nb_trainable_parameters()
    return _counted(model, type(tuned.get_base_model()).__name__, method, name, trainable, total, modules)


def config_file(model: str, note: Callable[[str], None] | None = None) -> Path:
    """The config.json (of an adapter its adapter_config.json) that a reference means.

    Raises:
        UsageError, NotFoundError, AccessError, NetworkError.
    """
    ref = naming.parse(model, "any")
    if ref.where == "hub":
        if ref.repo_type != "model":
            raise UsageError(f"{model!r} is a {ref.repo_type}, not a model")
        inside = ref.path if ref.path.endswith(".json") else f"{ref.path}/config.json".lstrip("/")
        at = f"@{ref.revision.replace('/', '%2F')}" if ref.revision else ""
        return refs.resolve(f"hf://{ref.name}{at}/{inside}", "any", note=note)
    path = refs.resolve(model, "any", note=note)
    if path.is_file():
        return path
    for name in ("config.json", "adapter_config.json"):
        if (path / name).is_file():
            return path / name
    raise NotFoundError(f"{str(path)!r} is not a model folder: it has no config.json")


def _settings(method: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, with what changes no count set so that neither weights nor a plan of steps are needed."""
    made = dict(settings)
    name = methods.find(method)[0]
    if name == "adalora":
        made.setdefault("total_step", 1000)
    if name == "lora":
        way = made.get("init_lora_weights", methods.find(method)[1].get("init_lora_weights"))
        if isinstance(way, str):  # PiSSA and its like begin with the weights' own values
            made["init_lora_weights"] = True
    return made


def _builder(model: str, path: Path, told: Mapping[str, Any], task: str | None) -> tuple[Callable[[], Any], str | None]:
    """What builds the model, on whatever device is torch's own just then, and its task."""
    import transformers
    from huggingface_hub.errors import StrictDataclassError

    try:
        # From the file as it is: a configuration class may overrule what it says.
        config = transformers.AutoConfig.from_pretrained(str(path), trust_remote_code=False)
    except (ValueError, KeyError, TypeError, AttributeError, OSError, ImportError, StrictDataclassError) as exc:
        raise UsageError(
            f"cannot read the configuration of {model}: {one_line(exc)[:200]}",
            "transformers must know its model_type; code from a repository is not run",
        ) from exc
    named = told.get("architectures")
    architecture = named[0] if isinstance(named, list) and named and isinstance(named[0], str) else ""
    name = task or next((t for ending, t in _ENDINGS.items() if architecture.endswith(ending)), None)
    if name is None and told.get("is_encoder_decoder", getattr(config, "is_encoder_decoder", False)):
        name = "seq2seq"
    known = getattr(transformers, architecture, None) if architecture.isidentifier() else None
    if name is None and not hasattr(known, "_from_config"):
        name, known = "clm", None
    auto = None if name is None else getattr(transformers, TASKS[name][1])

    def build() -> Any:
        try:
            built = auto.from_config(config) if auto is not None else known._from_config(config)  # type: ignore[union-attr]
        except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, ZeroDivisionError, ImportError) as exc:
            raise UsageError(
                f"cannot build {model} for {name or architecture}: {one_line(exc)[:200]}",
                f"choose another --task: {', '.join(TASKS)}",
            ) from exc
        _untie(built, told)
        return built

    return build, name


def _untie(model: Any, told: Mapping[str, Any]) -> None:
    """Give the head its own weight where config.json says so: transformers 5 ties some models' (mT5) by force."""
    import torch

    if told.get("tie_word_embeddings") is not False:
        return
    head, words = model.get_output_embeddings(), model.get_input_embeddings()
    if head is not None and words is not None and head.weight is words.weight:
        head.weight = torch.nn.Parameter(torch.empty_like(head.weight))


def _tuned(build: Callable[[], Any], method: str, config: Callable[[], Any]) -> tuple[Any, dict[str, str]]:
    """The model with its adapter, and its own modules (name -> class).

    On the meta device, where nothing takes memory; where a method wants values of its own there, with the adapter
    in memory; where it wants the model's, with a random model, if that is small.
    """
    import peft
    import torch

    first: BaseException | None = None
    for whole, adapter in (("meta", "meta"), ("meta", "cpu"), ("cpu", "cpu")):
        with torch.device(whole):
            model = build()
        if whole == "meta" and adapter == "meta":
            size = model.num_parameters()
        known = {name: type(module).__name__ for name, module in model.named_modules() if name}
        try:
            # Some methods print, or draw bars.
            unheard = io.StringIO()
            with contextlib.redirect_stderr(unheard), contextlib.redirect_stdout(unheard), torch.device(adapter):
                return peft.get_peft_model(model, config()), known
        except UsageError:
            raise
        except (RuntimeError, ValueError, TypeError, KeyError, AttributeError, ImportError, IndexError) as exc:
            first = exc
            needs_values = isinstance(exc, RuntimeError)  # NotImplementedError is one
            if not needs_values:
                break
            if adapter == "cpu" and size > MOST_REAL:
                raise UsageError(
                    f"PEFT method {method!r} cannot be counted without the weights of a model of {size:,} parameters",
                    "it computes with their values",
                ) from exc
    raise UsageError(
        f"PEFT method {method!r} with these settings does not fit this model: {one_line(first or '')[:300]}",
        f"change it with --peft-set KEY=VALUE; see: hfterm peft methods {method}",
    ) from first


def _modules(tuned: Any, known: Mapping[str, str]) -> Iterator[Module]:
    """Each module with something to train, named as in the model itself; prompts by PEFT's names."""
    sums: dict[str, list[int]] = {}
    for name, parameter in tuned.named_parameters():
        inner = name.removeprefix("base_model.")
        # PEFT puts a tuner between itself and the model, but nothing where it learns a prompt.
        parts, whole = inner.removeprefix("model.").split("."), inner.split(".")
        owner = _owner(parts, known) or _owner(whole, known) or ".".join(p for p in whole[:-1] if p != "default")
        found = sums.setdefault(owner, [0, 0])
        found[0] += parameter.numel() if parameter.requires_grad else 0
        found[1] += parameter.numel()
    for owner, (trainable, total) in sums.items():
        if trainable:
            yield Module(owner, known.get(owner, PROMPT), trainable, total)


def _owner(parts: list[str], known: Mapping[str, str]) -> str | None:
    for end in range(len(parts) - 1, 0, -1):
        if (name := ".".join(parts[:end])) in known:
            return name
    return None
