"""The chat screen: every key, streams that stop and go on elsewhere, branches, sources that fail, sizes, odd text."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from hfterm.chat.store import Store
from hfterm.dashboard.app import HftermApp
from hfterm.dashboard.screens.ask import Ask
from hfterm.dashboard.screens.ask_text import AskText
from hfterm.dashboard.screens.chat import ChatScreen, check_path, slug
from hfterm.dashboard.screens.chat_settings import SettingsScreen
from hfterm.dashboard.screens.model_picker import ModelPicker, kind
from hfterm.dashboard.sources import Sources, pretend
from hfterm.dashboard.widgets.line_input import FilterBar
from hfterm.dashboard.widgets.message import short_model
from hfterm.dashboard.widgets.session_list import age
from hfterm.errors import HftermError, MissingExtraError, UsageError
from hfterm.inference.engine import Engine, Loading, Note, Piece
from hfterm.inference.pretend import ANSWERS, PretendEngine
from support.dash import Clock, dashboard, lines_of, terminal, text_of, until


def run(test: Callable[[], Awaitable[Any]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


class Chats:
    """Real stores in a folder; engines that answer at once, or ``rate`` pieces a second."""

    def __init__(self, folder: Path, *, rate: float | None = None, models: tuple[str, ...] = ("tiny",)) -> None:
        self.path, self.rate, self.offered = folder / "chats.db", rate, list(models)
        self.engines: list[Engine] = []

    def store(self) -> Store:
        return Store(self.path)

    def engine(self, model: str) -> Engine:
        self.engines.append(self.make(model))
        return self.engines[-1]

    def make(self, model: str) -> Engine:
        return PretendEngine(rate=self.rate, name=model)

    def models(self) -> list[str]:
        return self.offered


@contextlib.asynccontextmanager
async def chatting(
    chats: Any, size: tuple[int, int] = (120, 40), *, real: bool = False, **options: Any
) -> AsyncIterator[tuple[HftermApp, Pilot[int], ChatScreen]]:
    """A dashboard on the chat screen, with the prompt focused."""
    good = pretend(Clock())
    sources = Sources(good.machine, good.runs, chats, good.clock, pretend=not real)
    async with dashboard(size, sources=sources, screen="chat", **options) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, ChatScreen)
        await until(pilot, lambda: screen.view is not None)
        await pilot.pause()
        yield app, pilot, screen


async def ask(pilot: Pilot[int], screen: ChatScreen, text: str) -> None:
    """Ask, and wait for the answer."""
    screen.action_write()
    await pilot.pause()
    screen.prompt.write(text)
    await pilot.press("enter")
    await answered(pilot, screen)


async def answered(pilot: Pilot[int], screen: ChatScreen) -> None:
    await until(pilot, lambda: not screen.busy and not screen.prompt.text)
    await pilot.pause()


async def leave(pilot: Pilot[int], screen: ChatScreen) -> None:
    """To the keys of the conversation."""
    screen.conversation.focus()
    await pilot.pause()


def said(screen: ChatScreen) -> list[str]:
    return [f"{m.role[0]}{m.place[0]}/{m.place[1]} {m.content[:9]}" for m in screen.conversation.messages]


# Asking.


def test_a_question_is_asked_answered_and_saved(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await until(pilot, lambda: app.focused is screen.prompt)
            await until(pilot, lambda: "A new conversation with tiny" in text_of(app))
            await pilot.press(*"What rate", "question_mark", "enter")
            await answered(pilot, screen)
            # What it cost, when all of it is there; a slow answer tells its speed while it comes, too.
            await until(pilot, lambda: "tokens · " in text_of(app) and "tokens/s" in text_of(app))
            text = text_of(app)
            assert "What rate?" in text and "how far each step moves the weights" in text
            assert "**" not in text and "learning rate               2e-5" in text
            await until(pilot, lambda: len(screen.chats.rows) == 1)
            assert screen.chats.rows[0].title == "What rate?"
        with Store(tmp_path / "chats.db") as store:
            assert [m.stop for m in store.last().path()] == [None, "end"]

    run(test)


def test_several_lines_are_written_pasted_and_sent(tmp_path: Path) -> None:
    async def test() -> None:
        from textual import events

        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await pilot.press(*"one", "alt+enter", *"two", "ctrl+j", *"three")
            assert screen.prompt.text == "one\ntwo\nthree"
            app.post_message(events.Paste("\r\nfour\r\n\x1b[31mfive\x07 漢字\tend"))
            await pilot.pause()
            assert screen.prompt.text == "one\ntwo\nthree\nfour\n[31mfive 漢字\tend"
            assert screen.prompt.size.height == 5
            app.post_message(events.Paste("\nmore" * 40))
            await pilot.pause()
            assert screen.prompt.size.height == 8, "it grows no further"
            await pilot.press("enter")
            await answered(pilot, screen)
            assert screen.prompt.size.height == 1
            assert screen.conversation.messages[0].content.startswith("one\ntwo\nthree\nfour\n")

    run(test)


def test_keys_that_come_all_at_once_keep_their_order(tmp_path: Path) -> None:
    async def test() -> None:
        from textual import events

        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            for name, character in (("h", "h"), ("i", "i"), ("alt+enter", None), ("1", "1"), ("enter", "\r")):
                app.post_message(events.Key(name, character))
            await until(pilot, lambda: len(said(screen)) == 2 and not screen.busy)
            assert screen.conversation.messages[0].content == "hi\n1"

    run(test)


def test_the_arrows_bring_earlier_questions_back(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await ask(pilot, screen, "first")
            await ask(pilot, screen, "second\nline")
            await pilot.press(*"draft", "up")
            assert screen.prompt.text == "second\nline"
            await pilot.press("up")
            assert screen.prompt.text == "second\nline", "up in the second line goes to the first"
            await pilot.press("up")
            assert screen.prompt.text == "first"
            await pilot.press("up", "down", "down", "down")
            assert screen.prompt.text == "draft"
            await pilot.press("ctrl+underscore")
            assert app.is_running

    run(test)


def test_an_empty_prompt_is_not_sent_and_a_second_question_waits(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path, rate=30)) as (app, pilot, screen):
            await pilot.press("enter", "space", "enter")
            await pilot.pause()
            assert not screen.busy and screen.conversation.messages == []
            screen.prompt.write("one")
            await pilot.press("enter")
            await until(pilot, lambda: screen.answer is not None)
            await pilot.press(*"two", "enter")
            await pilot.pause()
            assert screen.prompt.text == "two" and "still answering" in lines_of(app)[-1]
            await pilot.press("escape")
            await until(pilot, lambda: not screen.busy)

    run(test)


# Stopping.


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
def test_an_answer_is_stopped_and_kept(tmp_path: Path, key: str) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path, rate=60)) as (app, pilot, screen):
            await pilot.press(*"go", "enter")
            await until(pilot, lambda: "learning" in text_of(app))
            assert "Esc stop" in lines_of(app)[-1] or "Esc stops" in text_of(app)
            await pilot.press(key)
            await until(pilot, lambda: not screen.busy)
            await pilot.pause()
            assert "(stopped)" in text_of(app) and "learning" in text_of(app)
            assert app.focused is screen.prompt, "the first Esc stops, the second leaves"
            await pilot.press("escape")
            assert app.focused is screen.conversation
        with Store(tmp_path / "chats.db") as store:
            last = store.last().path()[-1]
            assert last.stop == "stopped" and last.content

    run(test)


def test_esc_before_there_is_an_answer_cancels_it(tmp_path: Path) -> None:
    import threading

    go = threading.Event()

    class SlowToOpen(Chats):
        def engine(self, model: str) -> Engine:
            go.wait(60)
            return super().engine(model)

    async def test() -> None:
        async with chatting(SlowToOpen(tmp_path)) as (app, pilot, screen):
            screen.prompt.write("go")
            await pilot.press("enter")
            await until(pilot, lambda: screen.busy)
            assert screen.answer is None
            await pilot.press("escape")
            assert app.focused is screen.prompt and "Esc stop" in lines_of(app)[-1]
            go.set()
            await until(pilot, lambda: not screen.busy and bool(screen.conversation.messages))
            await until(pilot, lambda: "stopped before the first word" in text_of(app))
            await ask(pilot, screen, "again")  # the next is not stopped
            await until(pilot, lambda: "learning rate" in text_of(app) and not screen.busy)

    try:
        run(test)
    finally:
        go.set()
    with Store(tmp_path / "chats.db") as store:
        assert [m.role for m in store.last().tree()] == ["user", "user", "assistant"]


def test_a_stopped_answer_that_had_not_begun_leaves_the_question(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path, rate=8)) as (app, pilot, screen):
            await pilot.press(*"go", "enter")
            await until(pilot, lambda: "loading" in text_of(app))
            await pilot.press("escape")
            await until(pilot, lambda: not screen.busy)
            assert said(screen) in (["u1/1 go"], ["u1/1 go", "a1/1 "]) or screen.conversation.messages[-1].content

    run(test)


def test_an_answer_goes_on_while_one_is_elsewhere(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path, rate=200)) as (app, pilot, screen):
            await pilot.press(*"go", "enter")
            await until(pilot, lambda: screen.answer is not None)
            await leave(pilot, screen)
            await pilot.press("1")
            await until(pilot, lambda: app.current_mode == "home")
            await until(pilot, lambda: screen.answer is None)
            await pilot.press("4")
            await until(pilot, lambda: app.current_mode == "chat")
            await until(pilot, lambda: "It hardly moves: double it." in text_of(app))

    run(test)


def test_an_answer_goes_on_while_another_conversation_is_open(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path, rate=100)) as (app, pilot, screen):
            await ask(pilot, screen, "older one")
            await pilot.press("ctrl+n")
            await until(pilot, lambda: screen.conversation.messages == [])
            await pilot.press(*"newer", "enter")
            await until(pilot, lambda: screen.answer is not None and screen.answer.lines.content)
            older = next(row for row in screen.desk.sessions() if row.title == "older one")
            screen.open(older.id)
            await until(pilot, lambda: said(screen)[0] == "u1/1 older one")
            assert len(said(screen)) == 2 and "answering" not in screen.conversation.messages[-1].status
            await until(pilot, lambda: not screen.busy)
            assert len(said(screen)) == 2
            await until(pilot, lambda: "answered: newer" in lines_of(app)[-1])

    run(test)


def test_quitting_keeps_what_has_come(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path, rate=60)) as (app, pilot, _):
            await pilot.press(*"go", "enter")
            await until(pilot, lambda: "learning" in text_of(app))
            await pilot.press("ctrl+q")
        with Store(tmp_path / "chats.db") as store:
            last = store.last().path()[-1]
            assert last.role == "assistant" and "learning" in last.content and last.stop == "stopped"

    run(test)


# Branches.


def test_answering_again_keeps_both_and_the_brackets_switch(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await ask(pilot, screen, "go")
            await leave(pilot, screen)
            assert "[ before" not in lines_of(app)[-1]
            await pilot.press("R")
            await until(pilot, lambda: said(screen)[1:] and said(screen)[1].startswith("a2/2"))
            await until(pilot, lambda: not screen.busy)
            assert "[2/2]" in text_of(app) and "[ before" in lines_of(app)[-1]
            await pilot.press("left_square_bracket")
            await until(pilot, lambda: "[1/2]" in text_of(app))
            await pilot.press("left_square_bracket")
            await until(pilot, lambda: "no other there" in lines_of(app)[-1])
            await pilot.press("right_square_bracket")
            await until(pilot, lambda: "[2/2]" in text_of(app))
            await pilot.press("left", "R")
            await until(pilot, lambda: said(screen)[1:] and said(screen)[1].startswith("a3/3"))

    run(test)


def test_editing_a_question_makes_a_branch(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await ask(pilot, screen, "first")
            await ask(pilot, screen, "second")
            await leave(pilot, screen)
            await pilot.press("left", "left", "left", "e")
            await pilot.pause()
            assert screen.prompt.text == "first" and "Edit the question" in text_of(app)
            await pilot.press("escape")
            await pilot.pause()
            assert screen.prompt.text == "" and screen.editing is None and app.focused is screen.conversation
            await pilot.press("e", *" again", "enter")
            await until(pilot, lambda: not screen.busy and len(said(screen)) == 2)
            assert said(screen)[0] == "u2/2 first aga"
            await leave(pilot, screen)
            await pilot.press("left", "left_square_bracket")
            await until(pilot, lambda: len(said(screen)) == 4)
            assert said(screen)[0] == "u1/2 first"

    run(test)


def test_editing_an_answer_asks_nobody(tmp_path: Path) -> None:
    async def test() -> None:
        chats = Chats(tmp_path)
        async with chatting(chats) as (app, pilot, screen):
            await ask(pilot, screen, "first")
            await leave(pilot, screen)
            await pilot.press("e")
            await pilot.pause()
            assert "Edit the answer" in text_of(app)
            screen.prompt.write("My **own** words")
            await pilot.press("enter")
            await until(pilot, lambda: "My own words" in text_of(app))
            assert "(edited)" in text_of(app) and said(screen)[1] == "a2/2 My **own*"

    run(test)


# Looking and copying.


def test_code_blocks_are_chosen_and_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(HftermApp, "copy_text", lambda self, text: copied.append(text))

    async def test() -> None:
        async with chatting(Chats(tmp_path), (80, 24)) as (app, pilot, screen):
            await ask(pilot, screen, "one")
            await ask(pilot, screen, "two")
            await leave(pilot, screen)
            await pilot.press("c")
            assert copied.pop() == ANSWERS[1]
            await pilot.press("n", "c")
            assert copied.pop().startswith("import json\n\ndef records(path):")
            assert any("1 python" in line for line in lines_of(app))
            await pilot.press("n", "c", "n")
            await pilot.pause()
            assert copied.pop() == "jq -c 'select(.loss < 2)' events.jsonl | head"
            assert "no more code blocks" in lines_of(app)[-1]
            await pilot.press("N", "C")
            assert json.loads(copied.pop())["language"] == "python"
            await pilot.press("y")
            assert copied.pop() == ANSWERS[1]
            await pilot.press("left", "C")
            assert json.loads(copied.pop()) == {"role": "user", "content": "two"}
            await ask(pilot, screen, "three")
            await leave(pilot, screen)
            await pilot.press("n", "c")
            assert copied.pop().startswith("jq -c"), "none is shown: the nearest above"

    run(test)


def test_moving_in_a_long_conversation(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path), (80, 24)) as (app, pilot, screen):
            for n in range(4):
                await ask(pilot, screen, f"question {n}")
            await leave(pilot, screen)
            pane = screen.conversation
            assert pane.top is None and pane.current_index == 7
            end = lines_of(app)
            await pilot.press("up")
            assert pane.top is not None
            await pilot.press("down")
            assert pane.top is None or lines_of(app) == end
            await pilot.press("g")
            await pilot.pause()
            assert "question 0" in text_of(app) and pane.current_index <= 1
            await pilot.press("pagedown", "pageup", "j", "k")
            await pilot.pause()
            assert "question 0" in text_of(app)
            await pilot.press("right", "right")
            assert pane.current_index == 2 or pane.current_index == 3
            await pilot.press("l", "h", "space", "ctrl+d", "ctrl+u")
            await pilot.press("G")
            await pilot.pause()
            assert pane.top is None and pane.current_index == 7

    run(test)


def test_one_who_reads_above_is_not_pulled_down_by_an_answer(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path, rate=100), (80, 24)) as (app, pilot, screen):
            await ask(pilot, screen, "one")
            await pilot.press(*"two", "enter")
            await until(pilot, lambda: screen.answer is not None and screen.answer.lines.content)
            await leave(pilot, screen)
            await pilot.press("g")
            await pilot.pause()
            before = [line[:-3] for line in lines_of(app)[3:16]]
            await until(pilot, lambda: not screen.busy)
            await pilot.pause()
            assert [line[:-3] for line in lines_of(app)[3:16]] == before and screen.conversation.top is not None

    run(test)


def test_the_mouse_scrolls_and_chooses(tmp_path: Path) -> None:
    async def test() -> None:
        from textual import events

        async with chatting(Chats(tmp_path), (80, 24)) as (app, pilot, screen):
            await ask(pilot, screen, "one")
            await ask(pilot, screen, "two")
            pane = screen.conversation
            for kind_of in (events.MouseScrollUp, events.MouseScrollDown, events.MouseScrollUp):
                pane.post_message(kind_of(pane, 5, 5, 0, 0, 0, False, False, False))
            await pilot.pause()
            assert pane.top is not None
            row = next(n for n, line in enumerate(lines_of(app)) if "import json" in line)
            await pilot.click(offset=(10, row))
            await pilot.pause()
            assert pane.code is not None and pane.to_copy()[0].startswith("import json")

    run(test)


# Saved conversations.


async def three(pilot: Pilot[int], screen: ChatScreen) -> None:
    for title in ("lighthouse", "harbour", "boat"):
        await pilot.press("ctrl+n")
        await until(pilot, lambda: screen.conversation.messages == [])
        await ask(pilot, screen, title)
    await until(pilot, lambda: len(screen.chats.rows) == 3)


def test_saved_conversations_are_listed_searched_and_opened(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await three(pilot, screen)
            assert [row.title for row in screen.chats.rows] == ["boat", "harbour", "lighthouse"]
            await leave(pilot, screen)
            await pilot.press("slash", *"harb")
            await until(pilot, lambda: [row.title for row in screen.chats.rows] == ["harbour"])
            await pilot.press("enter")
            await until(pilot, lambda: not screen.query(FilterBar))
            assert app.focused is screen.chats and "/harb" in text_of(app)
            await pilot.press("enter")
            await until(pilot, lambda: said(screen)[:1] == ["u1/1 harbour"])
            assert app.focused is screen.conversation and screen.conversation.current_index == 0, "where it was found"
            await pilot.press("escape")
            await until(pilot, lambda: len(screen.chats.rows) == 3)

    run(test)


def test_deleting_asks_and_takes_marked_ones(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await three(pilot, screen)
            await leave(pilot, screen)
            await pilot.press("o")
            await pilot.pause()
            assert app.focused is screen.chats
            await pilot.press("g", "d")
            await until(pilot, lambda: isinstance(app.screen, Ask))
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is screen)
            await pilot.press("space", "space", "d")
            await until(pilot, lambda: isinstance(app.screen, Ask))
            await until(pilot, lambda: "Delete 2 conversations?" in text_of(app))
            await pilot.press("d")
            await until(pilot, lambda: [row.title for row in screen.chats.rows] == ["lighthouse"])
            assert screen.conversation.messages == [], "the open one was among them"
            await pilot.press("o")
            await pilot.pause()
            assert not screen.chats.display and app.focused is screen.conversation
            await pilot.press("o")
            await pilot.pause()
            assert screen.chats.display

    run(test)


def test_an_answering_conversation_is_not_deleted(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path, rate=20)) as (app, pilot, screen):
            await pilot.press(*"go", "enter")
            await until(pilot, lambda: screen.answer is not None and len(screen.chats.rows) == 1)
            await leave(pilot, screen)
            await pilot.press("o", "d")
            await until(pilot, lambda: "still answering" in lines_of(app)[-1])
            await pilot.press("ctrl+c")
            await until(pilot, lambda: not screen.busy)

    run(test)


def test_a_title_is_changed(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await ask(pilot, screen, "one")
            await leave(pilot, screen)
            await pilot.press("T")
            await until(pilot, lambda: isinstance(app.screen, AskText))
            await pilot.press(*["backspace"] * 3, "enter")
            await until(pilot, lambda: "cannot be empty" in text_of(app))
            await pilot.press(*"Better", "enter")
            await until(pilot, lambda: screen.view is not None and screen.view.title == "Better")
            await until(pilot, lambda: screen.chats.rows[0].title == "Better")

    run(test)


def test_a_conversation_is_exported_and_never_over_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def test() -> None:
        async with chatting(Chats(tmp_path), real=True) as (app, pilot, screen):
            await leave(pilot, screen)
            await pilot.press("E")
            await until(pilot, lambda: "nothing was said yet" in lines_of(app)[-1])
            await ask(pilot, screen, "A question, with signs!")
            await leave(pilot, screen)
            path = tmp_path / "a-question-with-signs.jsonl"
            for keys, count in (([], 1), (["a"], 2), (["o"], 1), (["escape"], 1)):
                await pilot.press("E")
                await until(pilot, lambda: isinstance(app.screen, AskText))
                await pilot.press("enter")
                if keys:
                    await until(pilot, lambda: isinstance(app.screen, Ask))
                    await pilot.press(*keys)
                await until(pilot, lambda: app.screen is screen)
                await until(pilot, lambda c=count: path.exists() and len(path.read_text().splitlines()) == c)
            row = json.loads(path.read_text())
            assert [m["role"] for m in row["messages"]] == ["user", "assistant"]

    run(test)


def test_a_demo_and_a_read_only_dashboard_write_nothing(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await ask(pilot, screen, "one")
            await leave(pilot, screen)
            await pilot.press("E")
            await until(pilot, lambda: "demo" in lines_of(app)[-1])
        async with chatting(Chats(tmp_path), real=True, readonly=True) as (app, pilot, screen):
            await pilot.press("escape", "o")
            await until(pilot, lambda: len(screen.chats.rows) == 1)
            for key in "dTE":
                await pilot.press(key)
                await until(pilot, lambda: "read-only" in lines_of(app)[-1])
                app.said_until = 0.0
            assert app.screen is screen

    run(test)


# The model and how it answers.


def test_without_a_model_one_is_told_what_to_do_and_asked_when_it_is_needed(tmp_path: Path) -> None:
    async def test() -> None:
        chats = Chats(tmp_path, models=("run:one", "org/two"))
        async with chatting(chats) as (app, pilot, screen):
            text = text_of(app)
            assert "No model yet" in text and ":demo" in text and "no model" in text
            await pilot.press(*"hello", "enter")
            await until(pilot, lambda: isinstance(app.screen, ModelPicker))
            await until(pilot, lambda: "org/two" in text_of(app))
            await pilot.press(*"TWO")
            await until(pilot, lambda: "run:one" not in text_of(app))
            await pilot.press("enter")
            await until(pilot, lambda: screen.conversation.messages and not screen.busy)
            assert screen.view is not None and screen.view.model == "org/two"
            assert said(screen)[0] == "u1/1 hello"

    run(test)


def test_any_model_can_be_typed_or_completed(tmp_path: Path) -> None:
    (tmp_path / "models" / "mine").mkdir(parents=True)
    (tmp_path / "models" / "mine" / "config.json").write_text("{}")

    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            for typed, keys in (
                ("http://127.0.0.1:1/v1#m", ["enter"]),
                ("org/unheard-of", ["enter"]),
                (f"{tmp_path}/models/mi", ["tab", "enter"]),
                ("tin", ["down", "up", "pagedown", "pageup", "enter"]),
            ):
                await leave(pilot, screen)
                await pilot.press("m")
                await until(pilot, lambda: isinstance(app.screen, ModelPicker))
                picker = app.screen
                picker.query_one("Input").value = typed
                await until(
                    pilot,
                    lambda t=typed, p=picker: p.query_one("ModelList").rows and t in p.query_one("ModelList").rows[0],
                )
                await pilot.press(*keys)
                await until(pilot, lambda: app.screen is screen)
                want = {"tin": "tiny", f"{tmp_path}/models/mi": f"{tmp_path}/models/mine"}.get(typed, typed)
                await until(pilot, lambda w=want: screen.view is not None and screen.view.model == w)
            await leave(pilot, screen)
            await pilot.press("m")
            await until(pilot, lambda: isinstance(app.screen, ModelPicker))
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is screen)

    run(test)


def test_settings_are_checked_and_used(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await leave(pilot, screen)
            await pilot.press("P")
            await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
            await pilot.press(*"Be brief", "alt+enter", *"and kind", "tab", "backspace", *"-1", "enter")
            await until(pilot, lambda: "temperature must be 0 or more" in text_of(app))
            await pilot.press("backspace", "backspace", *"0.7", "tab", "down", *"51", "tab", *"9", "enter")
            await until(pilot, lambda: app.screen is screen)
            await until(pilot, lambda: screen.view is not None and screen.view.system == "Be brief\nand kind")
            assert screen.view is not None and screen.view.sampling.as_dict() == {
                "temperature": 0.7, "top_p": 1.0, "max_new_tokens": 51, "seed": 9,
            }  # fmt: skip
            assert "System" in text_of(app) and "and kind" in text_of(app)
            await ask(pilot, screen, "go")
            assert "cut at max_new_tokens" in text_of(app)
            await leave(pilot, screen)
            await pilot.press("P", "escape")
            await until(pilot, lambda: app.screen is screen)

    run(test)


def test_another_screen_begins_a_conversation(tmp_path: Path) -> None:
    async def test() -> None:
        good = pretend(Clock())
        sources = Sources(good.machine, good.runs, Chats(tmp_path), good.clock, pretend=True)
        async with dashboard(sources=sources) as (app, pilot):
            app.chat_with("run:first")
            await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.view is not None)
            await until(pilot, lambda: app.screen.view.model == "run:first")
            await until(pilot, lambda: app.focused is app.screen.prompt)
            await ask(pilot, app.screen, "hi")
            app.chat_with("run:second")
            await until(pilot, lambda: app.screen.view.model == "run:second" and not app.screen.conversation.messages)
            await pilot.press("escape", "1")
            await until(pilot, lambda: app.current_mode == "home")
            app.chat_with("run:third")
            await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.view.model == "run:third")
            await until(pilot, lambda: app.chat_model is None)
            await pilot.press("escape", "colon", *"chat run:x", "enter")
            await until(pilot, lambda: app.screen.view.model == "run:x")

    run(test)


def test_a_model_begins_to_load_while_one_writes_to_it_and_is_not_changed_under_an_answer(tmp_path: Path) -> None:
    class Started(PretendEngine):
        started = 0

        def start(self) -> None:
            self.started += 1

    class Slow(Chats):
        def make(self, model: str) -> Engine:
            return Started(rate=30, name=model)

    async def test() -> None:
        async with chatting(Slow(tmp_path)) as (app, pilot, screen):
            assert screen.desk.engine is None
            await pilot.press(*"hel")
            await until(pilot, lambda: isinstance(screen.desk.engine, Started) and screen.desk.engine.started == 1)
            await pilot.press(*"lo", "enter")
            await until(pilot, lambda: screen.answer is not None)
            await leave(pilot, screen)
            await pilot.press("m")
            await until(pilot, lambda: "still answering" in lines_of(app)[-1])
            assert app.screen is screen
            await pilot.press("escape")
            await until(pilot, lambda: not screen.busy)

    run(test)


# What fails.


class Trouble(Chats):
    """Engines that do what they are told."""

    def __init__(self, folder: Path, *events: Any) -> None:
        super().__init__(folder)
        self.events = events

    def make(self, model: str) -> Engine:
        events = self.events

        class Telling(PretendEngine):
            def answer(self, messages: Any, sampling: Any, *rest: Any) -> Any:
                for event in events:
                    if isinstance(event, Exception):
                        raise event
                    yield event
                yield from super().answer(messages, sampling, *rest)

        return Telling(rate=None, name=model)


def test_a_missing_extra_says_its_line(tmp_path: Path) -> None:
    async def test() -> None:
        chats = Trouble(tmp_path, Loading("starting"), MissingExtraError("pip install 'hfterm[train]'"))
        async with chatting(chats) as (app, pilot, screen):
            await ask(pilot, screen, "go")
            assert "pip install 'hfterm[train]'" in lines_of(app)[-1]
            app.said_until = 0.0
            await pilot.pause()
            assert "pip install 'hfterm[train]'" in text_of(app), "it stays under the question"
            screen.desk.engine = None
            chats.events = ()
            await leave(pilot, screen)
            await pilot.press("left", "R")
            await until(pilot, lambda: "how far each step" in text_of(app))
            assert "pip install" not in text_of(app)

    run(test)


def test_a_model_that_dies_leaves_what_it_said(tmp_path: Path) -> None:
    async def test() -> None:
        died = HftermError("the process of tiny died of SIGKILL", "ask again \x1b[2J")
        chats = Trouble(tmp_path, Piece("Half an"), Note("top_p is not known there"), Piece(" answer"), died)
        async with chatting(chats) as (app, pilot, screen):
            await ask(pilot, screen, "go")
            app.said_until = 0.0
            await pilot.pause()
            text = text_of(app)
            assert "Half an answer" in text and "(broken off)" in text and "SIGKILL" in text
            assert "top_p is not known there" in text and "\x1b" not in text

    run(test)


def test_a_store_that_is_damaged_is_said_and_one_can_talk(tmp_path: Path) -> None:
    (tmp_path / "chats.db").write_bytes(b"no database" * 1000)

    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await until(pilot, lambda: "not saved" in text_of(app))
            await ask(pilot, screen, "go")
            assert "how far each step" in text_of(app)

    run(test)


def test_a_conversation_that_vanishes_while_it_is_open_is_said(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path)) as (app, pilot, screen):
            await ask(pilot, screen, "one")
            with Store(tmp_path / "chats.db") as other:
                other.delete(other.last().id)
            screen.prompt.write("two")
            await pilot.press("enter")
            await until(pilot, lambda: not screen.busy)
            await pilot.pause()
            assert "deleted" in text_of(app) and screen.prompt.text == "two", "what was written is not lost"
            await pilot.press("ctrl+n")
            await until(pilot, lambda: screen.conversation.messages == [])
            assert screen.prompt.text == "two"
            await pilot.press("enter")
            await answered(pilot, screen)
            assert said(screen)[0] == "u1/1 two"

    run(test)


def test_an_engine_that_hangs_leaves_the_screen_usable(tmp_path: Path) -> None:
    import threading

    free = threading.Event()

    class Hanging(PretendEngine):
        def answer(self, messages: Any, sampling: Any, *rest: Any) -> Any:
            yield Loading("waiting for the server")
            free.wait(30)
            yield from super().answer(messages, sampling, *rest)

        def stop(self) -> None:
            free.set()
            super().stop()

    class Slow(Chats):
        def make(self, model: str) -> Engine:
            return Hanging(rate=None, name=model)

    async def test() -> None:
        async with chatting(Slow(tmp_path)) as (app, pilot, screen):
            await pilot.press(*"go", "enter")
            await until(pilot, lambda: screen.answer is not None)
            await leave(pilot, screen)
            await pilot.press("2")
            await until(pilot, lambda: app.current_mode == "gpus")
            await pilot.press("4")
            await until(pilot, lambda: app.current_mode == "chat" and "reading the conversation" in text_of(app))
            await pilot.press("escape")
            await until(pilot, lambda: not screen.busy)

    run(test)


# Looks.

ODD = "👩‍💻 שלום עולם مرحبا 漢字かな e\u0301 \u200b\u202e \x1b[31mred\x1b[0m \x07 🏳️‍🌈 " + "🇩🇪" * 5


def test_emoji_right_to_left_and_escape_sequences(tmp_path: Path) -> None:
    async def test() -> None:
        chats = Trouble(tmp_path, Piece(ODD + "\n\n```\n" + ODD + "\n```\n\n| a |\n|---|\n| " + ODD + " |\n\n"))
        async with chatting(chats, real=True, model="org/" + ODD[:20]) as (app, pilot, screen):
            await ask(pilot, screen, ODD + "\n" + ODD)
            for size in ((120, 40), (48, 20), (80, 24), (200, 50)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
                lines = lines_of(app)
                assert not any(set(line) & {"\x1b", "\x07", "\u202e"} for line in lines)
                assert "漢字" in "".join(lines) and "שלום" in "".join(lines)

    run(test)


def test_a_storm_of_sizes(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path, rate=300)) as (app, pilot, screen):
            await ask(pilot, screen, "one")
            await pilot.press(*"two", "enter")
            for n in range(20):
                await pilot.resize_terminal(20 + 37 * n % 221, 5 + 11 * n % 56)
            for size in ((20, 5), (47, 30), (100, 11), (80, 24), (240, 60)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
                assert len(lines_of(app)) == size[1]
            await until(pilot, lambda: not screen.busy)
            assert "Read the file line by line" in text_of(app)

    run(test)


def test_narrow_ones_show_the_list_or_the_conversation_and_the_devices(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path), (80, 24)) as (app, pilot, screen):
            await three(pilot, screen)
            assert not screen.chats.display and "mem" in lines_of(app)[1]
            await leave(pilot, screen)
            await pilot.press("o")
            await pilot.pause()
            assert "lighthouse" in text_of(app) and "Write" not in text_of(app)
            await pilot.press("escape")
            await pilot.pause()
            assert "Write" in text_of(app) and app.focused is screen.conversation and app.current_mode == "chat"
            await pilot.press("slash", *"light")
            await until(pilot, lambda: len(screen.chats.rows) == 1)
            await pilot.press("enter", "enter")
            await until(pilot, lambda: said(screen)[:1] == ["u1/1 lighthous"])
            assert "Write" in text_of(app)
            await pilot.press("i")
            await pilot.pause()
            assert app.focused is screen.prompt

    run(test)


def test_every_key_is_found_in_the_help_and_the_last_line_tells_what_works(tmp_path: Path) -> None:
    async def test() -> None:
        async with chatting(Chats(tmp_path), (150, 90)) as (app, pilot, screen):
            last = lines_of(app)[-1]
            assert "Enter send" in last and "Esc leave" in last and "/ " not in last and "? help" not in last
            await ask(pilot, screen, "go")
            await leave(pilot, screen)
            last = lines_of(app)[-1]
            assert "i write" in last and "R again" in last and "e edit" in last and "? help" in last
            await pilot.press("question_mark")
            await until(pilot, lambda: "Everywhere" in text_of(app))
            from hfterm.dashboard import keys

            for key in keys.all_keys():
                if key.group in ("talk", "chat") and key.id not in ("chat.stop", "talk.older", "talk.newer"):
                    assert key.help[:30] in text_of(app), key

    run(test)


def test_ascii_without_colour(tmp_path: Path) -> None:
    async def test() -> None:
        term = terminal(glyphs="ascii", colors="none")
        async with chatting(Chats(tmp_path), term=term) as (app, pilot, screen):
            for n in range(3):
                await ask(pilot, screen, str(n))
            for keys in ([], ["R"], ["m"], ["escape", "P"], ["escape", "T"], ["escape", "o", "d"]):
                await leave(pilot, screen) if app.screen is screen else None
                await pilot.press(*keys)
                await pilot.pause(0.2)
                text = text_of(app)
                assert text.isascii(), (keys, sorted({c for c in text if not c.isascii()}))

    run(test)


def test_thousands_of_conversations_and_hundreds_of_messages(tmp_path: Path) -> None:
    with Store(tmp_path / "chats.db") as store:
        for n in range(1500):
            store.create("tiny", title=f"talk {n}").add("user", f"about {n}")
        session = store.create("tiny", title="long")
        for n in range(250):
            session.add("user", f"question {n}")
            session.add("assistant", ANSWERS[n % 3], model="tiny", stop="end")
        session.add("user", "x" * 5000 + "\n" * 5000)
        session.add("assistant", "\n\n".join(ANSWERS) * 60, model="tiny", stop="end")

    async def test() -> None:
        async with chatting(Chats(tmp_path), (80, 24)) as (_, pilot, screen):
            await until(pilot, lambda: len(screen.chats.rows) == 1501)
            screen.open(screen.chats.rows[0].id)
            await until(pilot, lambda: len(screen.conversation.messages) == 502)
            await leave(pilot, screen)
            drawn = [m for m in screen.conversation.messages if m._body is not None]
            assert len(drawn) < 5, "only what is near is drawn"
            await pilot.press("g", "pagedown", "G", "left", "left", "left", "n", "N")
            await pilot.resize_terminal(60, 20)
            await pilot.pause()
            assert len([m for m in screen.conversation.messages if m._body is not None]) < 20

    run(test)


def test_the_demo_has_conversations_to_look_at() -> None:
    async def test() -> None:
        async with dashboard((100, 40), screen="chat") as (app, pilot):
            screen = app.screen
            assert isinstance(screen, ChatScreen)
            await until(pilot, lambda: len(screen.chats.rows) == 3)
            screen.conversation.focus()
            await pilot.press("slash", *"jq")
            await until(pilot, lambda: len(screen.chats.rows) == 1)
            await pilot.press("enter", "enter")
            await until(pilot, lambda: "jq -c" in text_of(app) and "41.7 tokens/s" in text_of(app))

    run(test)


def test_words_about_models_times_and_files() -> None:
    assert [short_model(m) for m in ("/a/b/c/", "org/m", "run:x", "http://h:1/v1#m", "http://h:1/v1", "https://me:secret@h/v1")] == [
        "c", "org/m", "run:x", "m", "h:1", "***@h",
    ]  # fmt: skip
    assert [kind(m) for m in ("run:x", "http://h", "./a", "org/m")] == ["run", "server", "folder", "model"]
    now = 1_600_000_000.0
    moments = {30: "now", 300: "5m", 7200: "2h", 5 * 86400: "5d", 100 * 86400: "14w", 9e8: "29y"}
    import datetime

    for seconds, words in moments.items():
        then = datetime.datetime.fromtimestamp(now - seconds, datetime.UTC).isoformat()
        assert age(then, now) == words
    assert age("nonsense") == ""
    assert (
        slug("A question, with ../signs!") == "a-question-with-signs"
        and slug("漢字 ?") == "漢字"
        and slug("...") == "chat"
    )


def test_a_file_to_write_is_checked(tmp_path: Path) -> None:
    check_path(str(tmp_path / "new.jsonl"))
    for text, words in (
        ("  ", "a name"),
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "no" / "x"), "no such folder"),
    ):
        with pytest.raises(UsageError, match=words):
            check_path(text)
