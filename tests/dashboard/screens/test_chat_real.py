"""The chat screen with real engines: a tiny model in its own process, and a server that speaks OpenAI's protocol."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from hfterm.chat.store import Store
from hfterm.dashboard.screens.chat import ChatScreen
from hfterm.dashboard.screens.model_picker import ModelList, ModelPicker
from hfterm.dashboard.sources import Sources, pretend, real
from hfterm.inference.local import LocalEngine
from hfterm.inference.sampling import Sampling
from hfterm.processes import process_start
from support.dash import Clock, dashboard, lines_of, text_of, until
from support.openai_server import Reply, openai_server
from support.tiny import tiny_model


def run(test: Callable[[], Awaitable[Any]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HFTERM_HOME", str(tmp_path))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return tmp_path


def sources() -> Sources:
    """The real chats, and machine and runs that are pretended."""
    good = pretend(Clock())
    return Sources(good.machine, good.runs, real(device="cpu").chat)


async def opened(pilot: Any, app: Any) -> ChatScreen:
    screen = app.screen
    assert isinstance(screen, ChatScreen)
    await until(pilot, lambda: screen.view is not None)
    return screen


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that never ends an answer by itself."""
    from safetensors.torch import load_file, save_file

    folder = tiny_model(tmp_path_factory.mktemp("chat") / "tiny")
    weights = load_file(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    weights["lm_head.weight"][config["eos_token_id"]] = weights["lm_head.weight"][300] / 2
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 1_000_000}))
    return folder


def test_a_local_model_answers_is_stopped_dies_and_answers_again(endless: Path, home: Path) -> None:
    async def test() -> None:
        async with dashboard(sources=sources(), screen="chat", model=str(endless)) as (app, pilot):
            screen = await opened(pilot, app)
            assert "tiny" in lines_of(app)[1]
            await screen.off(screen.desk.settle, None, Sampling(max_new_tokens=100_000))
            screen.prompt.write("Who keeps the lighthouse?")
            await pilot.press("enter")
            await until(pilot, lambda: "loading" in text_of(app) or (screen.answer and screen.answer.lines.content), 60)
            # The keys work while the model loads.
            screen.conversation.focus()
            await pilot.press("1")
            await until(pilot, lambda: app.current_mode == "home")
            await pilot.press("4")
            await until(pilot, lambda: screen.answer is not None and len(screen.answer.lines.content) > 40, 90)
            assert "answering" in lines_of(app)[1]
            await pilot.press("escape")
            await until(pilot, lambda: not screen.busy)
            await until(pilot, lambda: "(stopped)" in text_of(app) and "ready: on cpu" in lines_of(app)[1])
            engine = screen.desk.engine
            assert isinstance(engine, LocalEngine) and engine.pid is not None
            pid = engine.pid

            screen.action_write()
            screen.prompt.write("And the lamp?")
            await pilot.press("enter")
            await until(pilot, lambda: screen.answer is not None and screen.answer.lines.content, 60)
            os.kill(pid, signal.SIGKILL)
            await until(pilot, lambda: not screen.busy)
            await until(pilot, lambda: "(broken off)" in text_of(app) and "dead" in lines_of(app)[1])
            assert "memory" in text_of(app)

            screen.conversation.focus()
            await pilot.press("R")
            await until(pilot, lambda: screen.answer is not None and screen.answer.lines.content, 90)
            await pilot.press("ctrl+c")
            await until(pilot, lambda: not screen.busy)
            # Its head may have been scrolled away: how much was answered until it stopped is the machine's affair.
            await until(pilot, lambda: screen.conversation.messages[-1].place == (2, 2))
            last = engine.pid
        assert last is not None
        for _ in range(500):
            if process_start(last) is None:
                break
            await asyncio.sleep(0.01)
        assert process_start(last) is None, "the worker has gone with the dashboard"
        with Store() as store:
            assert [m.stop for m in store.last().path() if m.role == "assistant"] == ["stopped", "stopped"]

    run(test)


def test_a_model_that_is_not_there_says_so(home: Path) -> None:
    async def test() -> None:
        async with dashboard(sources=sources(), screen="chat", model="./no/such/model") as (app, pilot):
            screen = await opened(pilot, app)
            screen.prompt.write("Hello?")
            await pilot.press("enter")
            await until(pilot, lambda: screen.failed is not None, 60)
            await pilot.pause()
            assert "no/such/model" in lines_of(app)[-1] and "no/such/model" in text_of(app)
            assert not screen.busy

    run(test)


def test_a_server_answers_with_thoughts_and_is_hung_up_on(home: Path) -> None:
    async def test() -> None:
        with openai_server() as server:
            server.replies = [
                Reply(thinking=("Let me", " see."), pieces=("Mara ", "**keeps**", " it.")),
                Reply(pieces=("Half", " of", " it"), stall_after=2),
                Reply(pieces=("Half", " of", " it"), drop_after=2),
            ]
            url = f"{server.url}/v1#mara-7b"
            async with dashboard(sources=sources(), screen="chat", model=url) as (app, pilot):
                screen = await opened(pilot, app)
                screen.prompt.write("Who?")
                await pilot.press("enter")
                await until(pilot, lambda: screen.conversation.messages and not screen.busy)
                await until(pilot, lambda: "Mara keeps it." in text_of(app) and "11 + 3 tokens" in text_of(app))
                screen.conversation.focus()
                await pilot.press("t")
                await until(pilot, lambda: "Let me see." in text_of(app))
                assert server.asked()[0]["messages"] == [{"role": "user", "content": "Who?"}]

                screen.action_write()
                screen.prompt.write("And then?")
                await pilot.press("enter")
                await until(pilot, lambda: screen.answer is not None and screen.answer.lines.content == "Half of")
                await pilot.press("escape")
                await until(pilot, lambda: not screen.busy)
                await until(pilot, server.hung_up.is_set)
                assert "(stopped)" in text_of(app)

                screen.prompt.write("And now?")
                await pilot.press("enter")
                await until(pilot, lambda: not screen.busy and not screen.prompt.text)
                await until(pilot, lambda: "(broken off)" in text_of(app))

    run(test)


def test_a_server_that_is_not_there_or_refuses_says_so(home: Path) -> None:
    async def test() -> None:
        with openai_server() as server:
            server.refuse_all = (401, {}, '{"error": {"message": "no such key \\u001b[2J"}}')
            async with dashboard(sources=sources(), screen="chat", model=f"{server.url}/v1#m") as (app, pilot):
                screen = await opened(pilot, app)
                for model, words in ((f"{server.url}/v1#m", "no such key"), ("http://127.0.0.1:9/v1#m", "127.0.0.1:9")):
                    await screen.off(screen.desk.choose_model, model)
                    screen.show(await screen.off(screen.desk.view))
                    screen.action_write()
                    screen.prompt.write("Hello?")
                    await pilot.press("enter")
                    await until(pilot, lambda: screen.failed is not None)
                    await until(pilot, lambda w=words: w in text_of(app))
                    assert "\x1b" not in text_of(app)
                    screen.failed = None

    run(test)


def test_a_server_of_several_models_is_asked_which(home: Path) -> None:
    async def test() -> None:
        with openai_server() as server:
            server.models = ["mara-7b", "mara-70b"]
            async with dashboard(sources=sources(), screen="chat") as (app, pilot):
                screen = await opened(pilot, app)
                screen.prompt.write("Who?")
                await pilot.press("enter")
                await until(pilot, lambda: isinstance(app.screen, ModelPicker))
                app.screen.query_one("Input").value = server.url  # type: ignore[attr-defined]
                await until(pilot, lambda: app.screen.query_one(ModelList).rows == [server.url])
                await pilot.press("enter")
                await until(pilot, lambda: "Which of its models" in text_of(app) and "mara-70b" in text_of(app))
                await pilot.press("down", "enter")
                await until(pilot, lambda: screen.conversation.messages and not screen.busy)
                assert server.asked()[0]["model"] == "mara-70b"
                assert "mara-70b" in lines_of(app)[1]

    run(test)


def test_cached_models_and_runs_are_offered(home: Path) -> None:
    (home / "runs" / "demo" / "output").mkdir(parents=True)
    (home / "runs" / "demo" / "output" / "config.json").write_text("{}")
    (home / "runs" / "demo" / "run.json").write_text("{}")

    async def test() -> None:
        async with dashboard(sources=sources(), screen="chat") as (app, pilot):
            screen = await opened(pilot, app)
            screen.conversation.focus()
            await pilot.press("m")
            await until(pilot, lambda: isinstance(app.screen, ModelPicker))
            await until(pilot, lambda: "run:demo" in text_of(app))

    run(test)
