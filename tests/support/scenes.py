"""Every page of the dashboard, how one gets there by keys, and a world that stands still around it."""

import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from rich.style import Style

from hfterm.dashboard.widgets import command_line
from hfterm.monitor.history import History
from hfterm.monitor.pretend import PretendMachine
from support.dash import NOW, Clock, lines_of, text_of, until

# Moments that follow the real clock: when a conversation was had, how long ago that is. What stands for them is as long.
MASKS = ((re.compile(r"(?<!\d)\d\d:\d\d(?= )"), "HH:MM"), (re.compile(r"( \dm|\d\dm|now)(?=[│|])"), "now"))
JOBS = (
    ("20261123-075012-tok-count", "tok count chats.jsonl", 0, "chats.jsonl: 5,120 records, 1,284,003 tokens\n"),
    ("20261123-072233-peft-merge", "peft merge run:sft-llama-8b-lr1e-4", 8,
     "hfterm: error: no space is left on /data\n  hint: free 16 GB, or give --output another disk\n"),
    ("20261122-181500-train-resume", "train resume sft-qwen-7b", 143, "resuming at step 2500\nasked to stop\n"),
    ("20261122-090000-work", "tok count 🔥-显卡.jsonl שלום", None, "שלום עולם 🔥\n"),
)  # fmt: skip


class Scene(NamedTuple):
    """A page: ``keys`` lead there from the one before, dialogs closed; ``there`` is seen when one has arrived."""

    name: str
    screen: str
    keys: Sequence[str]
    there: str
    focus: str | None = None  # what is to have the focus first
    real: bool = False  # keys that a demo refuses


SCENES = (
    Scene("home", "home", (), "loss of sft-llama-8b"),
    Scene("zoom", "home", ("z",), "loss of sft-llama-8b"),
    Scene("filter", "home", ("escape", "slash", *"saved"), "saved", focus="#log"),
    Scene("command", "home", ("escape", "colon", *"completion "), "completion"),
    Scene("help", "home", ("escape", "question_mark"), "Everywhere", focus="#loss"),
    Scene("palette", "home", ("ctrl+p", *"theme"), "Theme: colorblind-light"),
    Scene("jobs", "home", ("J", "down"), "no space is left"),
    Scene("gpus", "gpus", (), "hfterm serve"),
    Scene("process", "gpus", ("i",), "a pretend process"),
    Scene("signal", "gpus", ("space", "space", "x"), "Send a signal to 2", real=True),
    Scene("gpu", "gpus", ("right", "right"), "Processes on GPU 1"),
    Scene("trends", "gpus", ("t",), "CPU"),
    Scene("runs", "runs", (), "Charts"),
    Scene("runs-log", "runs", ("e",), "Log of"),
    Scene("runs-settings", "runs", ("e",), "learning_rate"),
    Scene("runs-saved", "runs", ("e",), "480.0 MiB"),
    Scene("runs-compared", "runs", ("e", "space", "space", "tab", "right", "right", "m"), "smooth 0.6", focus="#runs"),
    Scene("chat", "chat", ("down", "enter"), "131 + 89 tokens", focus="#chats"),
    Scene("chats", "chat", ("o",), "Which learning rate"),
    Scene("ask", "chat", ("d",), "Delete the conversation?", focus="#chats"),
    Scene("model", "chat", ("m",), "demo-7b-instruct"),
    Scene("settings", "chat", ("P",), "temperature"),
)


@contextmanager
def still_world(home: Path, monkeypatch: Any) -> Iterator[None]:
    """No settings of the user's, commands that were started, the time zone UTC."""
    for name, value in {"HFTERM_HOME": home, "TZ": "UTC"}.items():
        monkeypatch.setenv(name, str(value))
    time.tzset()
    for ident, title, code, out in JOBS:
        folder = home / "jobs" / ident
        folder.mkdir(parents=True)
        day, clock = ident[:8], ident[9:15]
        moment = f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}Z"
        facts = {"id": ident, "title": title, "argv": title.split(), "cwd": "/data", "host": os.uname().nodename,
                 "started": moment, "pid": 2**22 + 1, "process_started": 1.0}  # fmt: skip
        ended = {} if code is None else {"exit_code": code, "ended": moment}
        (folder / "job.json").write_text(json.dumps(facts | ended))
        (folder / "out.txt").write_text(out)
    monkeypatch.setattr(command_line, "history", [])
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


class Past(History):
    """Ten minutes of a pretend machine up to now; however often one looks it stays as it is."""

    def __init__(self) -> None:
        super().__init__()
        machine = PretendMachine(Clock())
        for second in range(600, 0, -1):
            super().add(machine.at(NOW - second))

    def add(self, sample: Any) -> None:
        """Nothing new."""


def painted(app: Any) -> str:
    """The screen's text; moments of conversations are masked."""
    first, *rest = lines_of(app)
    if app.current_mode == "chat":
        for pattern, instead in MASKS:
            rest = [pattern.sub(instead, line) for line in rest]
    return "\n".join([first, *rest])


async def go(app: Any, pilot: Any, scene: Scene) -> None:
    """From the page before to this one."""
    while len(app.screen_stack) > 1:
        await app.screen.dismiss()
    if app.current_mode != scene.screen:
        app.action_goto(scene.screen)
    await until(pilot, lambda: app.current_mode == scene.screen and app.screen.is_current)
    await until(pilot, lambda: app.screen.is_mounted and app.screen.query("KeyBar"))
    for line in app.screen.query("LineInput"):
        line.action_close()
    if scene.focus:
        await until(pilot, lambda: app.screen.query(scene.focus))
        pane = app.screen.query_one(scene.focus)
        await until(pilot, lambda: getattr(pane, "rows", True))
        pane.focus()
        await pilot.pause()
    pretend = app.sources.pretend
    app.sources.pretend, app.readonly = pretend and not scene.real, not scene.real
    for key in scene.keys:
        await pilot.press(key)
        await pilot.pause()  # an axis stays as it is while it fits: what is painted between keys matters
    if scene.name == "command":
        await until(pilot, lambda: app.screen.query_one(command_line.CommandLine)._tree is not None)
        await pilot.press("tab")
    await until(pilot, lambda: scene.there in text_of(app))
    app.sources.pretend = app.readonly = pretend
    for area in app.screen.query("TextArea, Input"):
        area.cursor_blink = False
    app.said_until = 0.0
    app.tell("clock")
    app.tell("runs")


ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")


def style_name(style: Style) -> str:
    """A style in words, without what every cell has."""
    words = [name for name in ATTRIBUTES if getattr(style, name)]
    for color, sign in ((style.color, ""), (style.bgcolor, "on ")):
        if color is not None and not color.is_default:
            words.append(f"{sign}{color.name}")
    return " ".join(words) or "plain"


def styles_of(app: Any, samples: int = 3) -> dict[str, list[str]]:
    """Each style on the screen, with the first texts that are painted in it."""
    found: dict[str, list[str]] = {}
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            text, style = segment.text.strip(), segment.style or Style()
            if text or style.reverse or (style.bgcolor and not style.bgcolor.is_default):
                texts = found.setdefault(style_name(style), [])
                if text not in texts and len(texts) < samples and len(text) > 1 and not text[0].isdigit():
                    texts.append(text[:40].rstrip())
    return found


def told(styles: dict[str, list[str]]) -> str:
    """The styles as lines."""
    return "\n".join(f"{name}: {' | '.join(texts)}".rstrip() for name, texts in sorted(styles.items()))
