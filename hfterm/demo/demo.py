"""The demo: get a small model, see it fail, teach it with LoRA, merge, see it answer.

Every stage calls the function behind a command: ``tok count``, ``train sft``, ``peft merge``, ``chat``.
All of it is float32: the model is small, and every device then computes the same recipe.
"""

import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hfterm import extras, paths, runs
from hfterm.demo import smollm2, story
from hfterm.demo.lesson import BATCH, Lesson, Question
from hfterm.demo.stages import Data, Stage, Stages, key
from hfterm.errors import HftermError, UsageError
from hfterm.files import require_space, write_text
from hfterm.output import Output
from hfterm.progress import Progress
from hfterm.train.recipe import SftRecipe

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


class _Keys:
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
        self.merge = key("merge", self.train)
        self.after = key("ask", self.merge, asked, SHOWN_TOKENS, CHECK_TOKENS)


def plan(request: Request) -> list[Data]:
    """What :func:`run` would do, a record a stage; nothing is fetched or loaded."""
    model, stages = smollm2.plan(), Stages(request.folder)
    have = smollm2.cached()
    keys = _Keys(request, have) if have else None
    lesson = request.lesson

    def done(name: str, field: str) -> bool:
        return bool(keys) and not request.fresh and stages.known(name, getattr(keys, field), _there) is not None

    asked = f"{len(lesson.questions)} questions"
    details = {
        "model": f"{smollm2.REPO}, source: {model['source']}",
        "ask before": asked,
        "count tokens": f"{len(lesson.rows)} records",
        "train": f"LoRA, {request.steps or lesson.steps} steps, run {lesson.name!r}",
        "merge": str(paths.runs_dir() / lesson.name / "merged"),
        "ask after": asked,
    }
    fields = ("model", "before", "count", "train", "merge", "after")
    rows = []
    for name, field in zip(NAMES, fields, strict=True):
        ready = have is not None if name == "model" else done(name, field)
        download = model["download_bytes"] if name == "model" else 0
        disk = model["disk_bytes"] if name == "model" else WORK_BYTES if name == "train" and not ready else 0
        rows.append(
            {
                "stage": name,
                "do": "reuse" if ready else "run",
                "download_bytes": download,
                "disk_bytes": disk,
                "detail": details[name],
            }
        )
    return rows


def run(request: Request, out: Output) -> Data:
    """Run the demo; its story goes to ``out``, the result comes back as plain data.

    Stages that were done before from the same model, data and settings are reused. Stopped at any moment,
    the next call goes on.

    Raises:
        MissingExtraError: torch and friends are not installed. NetworkError: the model cannot be fetched.
        UsageError: a run of the lesson's name exists that is not the demo's.
        HftermError: no disk space, out of memory, a stage failed.
    """
    extras.check("demo", *LIBRARIES)
    began = time.monotonic()
    lesson, tell, progress = request.lesson, story.Story(out), Progress(out)
    if request.fresh:
        _forget(request)
    write_text(request.data, lesson.text())
    stages = Stages(request.folder)
    tell.opening(lesson)

    tell.stage(1, "get the model")
    model = _get_model(stages, progress, out)
    keys = _Keys(request, model)
    tell.model(model, stages.done[-1])

    tell.stage(2, "ask before")
    before = stages.stage("ask before", keys.before, lambda: _ask(model.path, request, progress))
    tell.before(before)

    tell.stage(3, "count tokens")
    counted = stages.stage("count tokens", keys.count, lambda: _count(model.path, request.data))
    tell.counted(lesson, counted)

    tell.stage(4, "train")
    trained = stages.stage("train", keys.train, lambda: _train(request, model.path, keys.train, stages, out), _there)
    tell.trained(trained)

    tell.stage(5, "merge")
    merged = stages.stage("merge", keys.merge, lambda: _merge(request, trained, out), _there)
    tell.merged(merged)

    tell.stage(6, "ask again")
    after = stages.stage("ask after", keys.after, lambda: _ask(Path(merged.result["path"]), request, progress))

    result = _result(request, model, stages.done, time.monotonic() - began)
    tell.after(result, after)
    tell.timings(result)
    tell.next(result)
    return result


def _there(result: Data) -> bool:
    """Whether what a stage made is still whole."""
    from hfterm.inference.folder import inspect

    try:
        inspect(Path(result["path"]))
    except (HftermError, OSError, KeyError, TypeError):
        return False
    return True


def _get_model(stages: Stages, progress: Progress, out: Output) -> smollm2.Model:
    began = time.monotonic()
    have = smollm2.cached()
    model = have or smollm2.get(progress, out.note)
    seconds = time.monotonic() - began
    if not have:
        stages.remember("model", {"seconds": round(seconds, 3), "source": model.source})
    first = (stages.recall("model") or {}).get("seconds") if have else seconds
    stages.done.append(Stage("model", model.identity, model.as_dict(), bool(have), seconds, first))
    return model


def _ask(path: Path, request: Request, progress: Progress) -> Data:
    from hfterm.inference.batch import answer_all
    from hfterm.inference.chat import stream
    from hfterm.inference.load import load_model

    questions = request.lesson.questions
    with progress.task("asking", len(questions), "questions") as task:
        loaded = load_model(path, device=request.device, dtype="float32")
        chats = [[{"role": "user", "content": q.text}] for q in questions]
        shown = stream(loaded, chats[0], max_new_tokens=SHOWN_TOKENS)
        rows = [_answered(questions[0], shown.read())]
        task.advance()
        rest = answer_all(loaded, chats[1:], max_new_tokens=CHECK_TOKENS)
        for question, answer in zip(questions[1:], rest, strict=True):
            rows.append(_answered(question, answer))
            task.advance()
    return {"answers": rows, "device": loaded.device, "tokens_per_second": shown.tokens_per_second}


def _answered(question: Question, text: str) -> Data:
    return {
        "question": question.text,
        "about": question.about,
        "expect": list(question.expect),
        "answer": text.strip(),
        "right": question.right(text),
    }


def _count(model: Path, data: Path) -> Data:
    from hfterm.tok.count import count
    from hfterm.tok.tokenizer import load

    return next(count([str(data)], load(model)))


def _train(request: Request, model: Path, stage_key: str, stages: Stages, out: Output) -> Data:
    require_space(paths.runs_dir(), WORK_BYTES)
    name = request.lesson.name
    begun = stages.recall("begun") == stage_key
    if (paths.runs_dir() / name).is_dir() and not (begun and _resumable(name)):
        _remove_run(request)
    resumed = (paths.runs_dir() / name).is_dir()
    stages.remember("begun", stage_key)
    from hfterm.train.sft import train

    done = train(request.recipe(str(model)), out, name=name, resume=resumed, again="hfterm demo")
    losses = [e["loss"] for e in runs.get(name).events() if isinstance(e.get("loss"), int | float)]
    return {
        **done.facts(),
        "path": str(done.path),
        "resumed": resumed,
        "loss_first": round(losses[0], 4) if losses else None,
        "loss_last": round(losses[-1], 4) if losses else None,
        "tokens_per_second": round(done.tokens / done.seconds, 1) if done.seconds else None,
        "threads": _threads(),
    }


def _threads() -> int | None:
    """Threads that torch computes with; None where it is not even loaded."""
    torch = sys.modules.get("torch")
    return torch.get_num_threads() if torch else None


def _resumable(name: str) -> bool:
    run = runs.get(name)
    return run.state() != "damaged" and (run.state() != "done" or (run.path / "output").is_dir())


def _ours(request: Request) -> bool:
    """Whether the run of the lesson's name was made by the demo: it then learned the demo's own file."""
    asked = runs.get(request.lesson.name).facts().get("asked")
    return isinstance(asked, dict) and asked.get("data") == str(request.data)


def _remove_run(request: Request) -> None:
    """Remove the demo's earlier run; whole, or not at all.

    Raises:
        UsageError: it is somebody else's. HftermError: a process is training it.
    """
    run = runs.get(request.lesson.name)
    if not _ours(request):
        raise UsageError(
            f"a run named {run.name!r} exists that hfterm demo did not make", f"rename it, or move it away: {run.path}"
        )
    with run.lock():
        away = run.path.with_name(f".{run.name}.{os.getpid()}.old")
        run.path.rename(away)
    shutil.rmtree(away, ignore_errors=True)


def _forget(request: Request) -> None:
    """Begin anew: the stages and the run go, the model stays."""
    if (paths.runs_dir() / request.lesson.name).is_dir():
        _remove_run(request)
    shutil.rmtree(request.folder, ignore_errors=True)


def _merge(request: Request, trained: Stage, out: Output) -> Data:
    from hfterm.peft.merge import merge

    merged = merge(f"run:{trained.result['run']}", out, device=request.device, dtype="float32", overwrite=True)
    return {**merged.facts(), "path": str(merged.path)}


def _result(request: Request, model: smollm2.Model, done: Sequence[Stage], seconds: float) -> Data:
    by_name = {stage.name: stage for stage in done}
    before, after = by_name["ask before"].result, by_name["ask after"].result
    trained, merged, counted = (by_name[n].result for n in ("train", "merge", "count tokens"))
    checks = [
        {
            "question": b["question"],
            "about": b["about"],
            "expect": b["expect"],
            "before": b["answer"],
            "after": a["answer"],
            "right_before": b["right"],
            "right_after": a["right"],
        }
        for b, a in zip(before["answers"], after["answers"], strict=True)
    ]
    facts = [c for c in checks if c["about"] == "facts" and c["expect"]]
    device = trained["device"]
    return {
        "path": merged["path"],
        "run": trained["run"],
        "adapter": trained["path"],
        "data": str(request.data),
        "model": model.as_dict(),
        "question": checks[0]["question"],
        "expect": checks[0]["expect"],
        "before": checks[0]["before"],
        "after": checks[0]["after"],
        "right": checks[0]["right_after"],
        "checked": len(facts),
        "right_before": sum(bool(c["right_before"]) for c in facts),
        "right_after": sum(bool(c["right_after"]) for c in facts),
        "checks": checks,
        "records": counted["records"],
        "tokens": counted["tokens"],
        "steps": trained["steps"],
        "loss_first": trained["loss_first"],
        "loss_last": trained["loss_last"],
        "train_seconds": trained["seconds"],
        "train_tokens_per_second": trained["tokens_per_second"],
        "answer_tokens_per_second": after["tokens_per_second"],
        "device": device,
        "threads": trained["threads"],
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "stages": [stage.row() for stage in done],
        "seconds": round(seconds, 2),
        "reused": [stage.name for stage in done if stage.reused],
    }
