"""The demo: get a small model, see it fail, teach it with LoRA, merge, see it answer.

Every stage calls the function behind a command: ``tok count``, ``train sft``, ``peft merge``, ``chat``.
All of it is float32: the model is small, and every device then computes the same recipe.
"""

import os
import shutil
import sys
import time
from pathlib import Path

from hfterm import extras, paths, runs
from hfterm.demo import smollm2, story
from hfterm.demo.lesson import Question
from hfterm.demo.request import CHECK_TOKENS, LIBRARIES, SHOWN_TOKENS, WORK_BYTES, Keys, Request, same_run, there
from hfterm.demo.result import result
from hfterm.demo.stages import Data, Stage, Stages
from hfterm.errors import UsageError
from hfterm.files import require_space, write_text
from hfterm.output import Output
from hfterm.progress import Progress


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
    _check_name(request)
    if request.fresh:
        _forget(request)
    write_text(request.data, lesson.text())
    stages = Stages(request.folder)
    tell.opening(lesson)

    tell.stage(1, "get the model")
    model = _get_model(stages, progress, out)
    keys = Keys(request, model)
    tell.model(model, stages.done[-1])

    tell.stage(2, "ask before")
    before = stages.stage("ask before", keys.before, lambda: _ask(model.path, request, progress))
    tell.before(before)

    tell.stage(3, "count tokens")
    counted = stages.stage("count tokens", keys.count, lambda: _count(model.path, request.data))
    tell.counted(lesson, counted)

    tell.stage(4, "train")
    trained = stages.stage("train", keys.train, lambda: _train(request, model.path, keys.train, stages, out), same_run)
    tell.trained(trained)

    tell.stage(5, "merge")
    merged = stages.stage("merge", keys.merge(trained.result), lambda: _merge(request, trained, out), there)
    tell.merged(merged)

    tell.stage(6, "ask again")
    after = stages.stage(
        "ask after", keys.after(trained.result), lambda: _ask(Path(merged.result["path"]), request, progress)
    )

    outcome = result(request, model, stages.done, time.monotonic() - began)
    tell.after(outcome, after)
    tell.timings(outcome)
    tell.next(outcome)
    return outcome


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
    from hfterm.train.run import train

    again = "hfterm demo" if name == "demo" else "the same 'hfterm demo' command"
    done = train(request.recipe(str(model)), out, name=name, resume=resumed, again=again)
    losses = [e["loss"] for e in runs.get(name).events() if isinstance(e.get("loss"), int | float)]
    return {
        **done.facts(),
        "path": str(done.path),
        "created": runs.get(name).created(),
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


def _check_name(request: Request) -> None:
    """Check that a run of the lesson's name, if any, is the demo's: that it learned the demo's own file.

    Raises:
        UsageError: it is somebody else's.
    """
    name = request.lesson.name
    if not (paths.runs_dir() / name).is_dir():
        return
    run = runs.get(name)
    asked = run.facts().get("asked")
    if not isinstance(asked, dict) or asked.get("data") != str(request.data):
        raise UsageError(f"a run named {name!r} exists that hfterm demo did not make", f"move it away: {run.path}")


def _remove_run(request: Request) -> None:
    """Remove the demo's earlier run; whole, or not at all.

    Raises:
        HftermError: a process is training it.
    """
    run = runs.get(request.lesson.name)
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
