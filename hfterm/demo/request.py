"""What one call of the demo is to do, and what of it is done already."""

from dataclasses import dataclass
from pathlib import Path

from hfterm import paths, runs
from hfterm.demo import smollm2
from hfterm.demo.lesson import BATCH, Lesson
from hfterm.demo.stages import Data, Stages, key
from hfterm.errors import HftermError
from hfterm.train.recipes import SftRecipe

LIBRARIES = ("torch", "transformers", "peft", "accelerate", "gguf")
NAMES = ("model", "ask before", "count tokens", "train", "merge", "ask after")
LEARNING_RATE, RANK = 2e-3, 8
SHOWN_TOKENS, CHECK_TOKENS = 48, 24
# Adapter, two checkpoints with their optimizer states, and the merged model.
WORK_BYTES = 750_000_000


@dataclass(frozen=True)
class Request:
    """What to run: the lesson, the device, the steps (None: the lesson's own), and whether to start over."""

    lesson: Lesson
    device: str = "auto"
    steps: int | None = None
    fresh: bool = False

    @property
    def folder(self) -> Path:
        """Where the demo keeps what it knows of this lesson."""
        return paths.state_dir() / "demo" / self.lesson.name

    @property
    def data(self) -> Path:
        """The training file."""
        return self.folder / "data.jsonl"

    def recipe(self, model: str) -> SftRecipe:
        """The training's settings."""
        steps = self.steps or self.lesson.steps
        return SftRecipe(
            model=model,
            data=str(self.data),
            peft="lora",
            peft_set={"r": RANK, "lora_alpha": 2 * RANK, "lora_dropout": 0.0, "target_modules": "all-linear"},
            learning_rate=LEARNING_RATE,
            max_steps=steps,
            per_device_train_batch_size=BATCH,
            warmup_steps=0.1,
            save_steps=max(5, steps // 4),
            logging_steps=1,
            max_length=512,
            device=self.device,
            dtype="float32",
        )


class Keys:
    """The stages' keys: each holds all that the stage's result follows from."""

    def __init__(self, request: Request, model: smollm2.Model) -> None:
        lesson = request.lesson
        recipe = request.recipe("").as_dict()
        for place in ("model", "data", "device"):
            del recipe[place]
        asked = [[q.text, q.expect] for q in lesson.questions]
        self.model = key("model", model.identity)
        self.before = key("ask", self.model, asked, SHOWN_TOKENS, CHECK_TOKENS)
        self.count = key("count", self.model, lesson.fingerprint())
        self.train = key("train", self.model, lesson.fingerprint(), recipe)
        self._asked = asked

    def merge(self, trained: Data) -> str:
        """The key of merging the run that was trained."""
        return key("merge", self.train, trained.get("created"))

    def after(self, trained: Data) -> str:
        """The key of asking what was merged."""
        return key("ask", self.merge(trained), self._asked, SHOWN_TOKENS, CHECK_TOKENS)


def plan(request: Request) -> list[Data]:
    """What :func:`run` would do, a record a stage; nothing is fetched or loaded."""
    model, stages = smollm2.plan(), Stages(request.folder)
    have = smollm2.cached()
    lesson = request.lesson

    def known(name: str, key: str) -> Data | None:
        valid = {"train": same_run, "merge": there}.get(name)
        return None if request.fresh else stages.known(name, key, *([valid] if valid else []))

    ready = {"model": have is not None}
    if have:
        keys = Keys(request, have)
        ready["ask before"] = known("ask before", keys.before) is not None
        ready["count tokens"] = known("count tokens", keys.count) is not None
        if trained := known("train", keys.train):
            ready["train"] = True
            ready["merge"] = known("merge", keys.merge(trained)) is not None
            ready["ask after"] = ready["merge"] and known("ask after", keys.after(trained)) is not None
    asked = f"{len(lesson.questions)} questions"
    details = {
        "model": f"{smollm2.REPO}, source: {model['source']}",
        "ask before": asked,
        "count tokens": f"{len(lesson.rows)} records",
        "train": f"LoRA, {request.steps or lesson.steps} steps, run {lesson.name!r}",
        "merge": str(paths.runs_dir() / lesson.name / "merged"),
        "ask after": asked,
    }
    rows: list[Data] = [
        {
            "stage": name,
            "do": "reuse" if ready.get(name) else "run",
            "download_bytes": 0,
            "disk_bytes": 0,
            "detail": details[name],
        }
        for name in NAMES
    ]
    rows[0] |= {"download_bytes": model["download_bytes"], "disk_bytes": model["disk_bytes"]}
    if not ready.get("train"):
        rows[3]["disk_bytes"] = WORK_BYTES
    return rows


def there(result: Data) -> bool:
    """Whether what a stage made is still whole."""
    from hfterm.inference.folder import inspect

    try:
        inspect(Path(result["path"]))
    except (HftermError, OSError, KeyError, TypeError):
        return False
    return True


def same_run(result: Data) -> bool:
    """Whether the run that a stage made is still that very run, with its output."""
    try:
        return there(result) and runs.get(result["run"]).created() == result["created"]
    except (HftermError, KeyError, TypeError):
        return False
