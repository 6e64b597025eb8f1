"""What the chat screen works with, without the screen."""

import json
from pathlib import Path

import pytest

from hfterm.chat.store import Store
from hfterm.dashboard.answers import Answer
from hfterm.dashboard.desk import Desk
from hfterm.errors import HftermError, UsageError
from hfterm.inference.engine import Engine
from hfterm.inference.pretend import PretendEngine
from hfterm.inference.sampling import Sampling


class Source:
    """Real stores, engines that answer at once."""

    def __init__(self, path: Path, *models: str) -> None:
        self.path, self.offered, self.opened = path, list(models), list[PretendEngine]()

    def store(self) -> Store:
        return Store(self.path)

    def engine(self, model: str) -> Engine:
        self.opened.append(PretendEngine(rate=None, name=model))
        return self.opened[-1]

    def models(self) -> list[str]:
        return self.offered


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(Source(tmp_path / "chats.db"))
    found.begin("tiny")
    return found


def ask(desk: Desk, text: str, **more: object) -> Answer:
    answer = Answer(desk.ask(text, **more), lambda _: None)  # type: ignore[arg-type]
    answer.run()
    assert answer.take()
    return answer


def said(desk: Desk) -> list[tuple[str, tuple[int, int]]]:
    return [(message.content[:12], place) for message, place in desk.view().messages]


def test_a_new_conversation_takes_the_model_that_was_used_last_or_the_only_one(tmp_path: Path) -> None:
    assert Desk(Source(tmp_path / "a.db")).begin().model == ""
    assert Desk(Source(tmp_path / "a.db", "one", "two")).begin().model == ""
    desk = Desk(Source(tmp_path / "a.db", "only"))
    assert desk.begin().model == "only"
    desk.choose_model("other")
    ask(desk, "hi")
    assert Desk(Source(tmp_path / "a.db", "only")).begin().model == "other"
    desk.settle("Be brief", Sampling(temperature=0.5))
    like = desk.begin(None, desk.view())
    assert (like.model, like.system, like.sampling.temperature, like.messages) == ("other", "Be brief", 0.5, ())


def test_nothing_is_saved_before_something_is_said(desk: Desk) -> None:
    desk.settle("x", Sampling(top_p=0.5))
    assert desk.sessions() == []
    ask(desk, "hi")
    assert [row.title for row in desk.sessions()] == ["hi"]
    assert desk.open(desk.view().id).system == "x"


def test_asking_again_and_editing_make_branches(desk: Desk) -> None:
    ask(desk, "one")
    ask(desk, "two")
    second = desk.view().messages[3][0]
    again = Answer(desk.again(second), lambda _: None)
    again.run()
    assert [place for _, place in said(desk)] == [(1, 1), (1, 1), (1, 1), (2, 2)]
    found = desk.beside(again.answering.message, -1)  # type: ignore[arg-type]
    assert found is not None and found[1].id == second.id
    assert desk.beside(second, -1) is None
    first = desk.view().messages[0][0]
    ask(desk, "one, edited", edited=first)
    assert said(desk)[0] == ("one, edited", (2, 2)) and len(said(desk)) == 2
    view = desk.edit(desk.view().messages[1][0], "my own words")
    assert [(m.content, m.stop, place) for m, place in view.messages][1] == ("my own words", "edited", (2, 2))
    assert desk.beside(view.messages[0][0], -1) is not None and len(said(desk)) == 4


def test_one_engine_at_a_time_and_the_same_for_the_same_model(desk: Desk) -> None:
    ask(desk, "one")
    first = desk.engine
    ask(desk, "two")
    assert desk.engine is first and desk.engine_of("tiny")
    desk.choose_model("other")
    assert desk.engine is not first and not desk.engine_of("tiny")


def test_without_a_model_nothing_is_asked(desk: Desk) -> None:
    desk.begin("")
    with pytest.raises(UsageError, match="m chooses one"):
        desk.ask("hi")
    assert desk.sessions() == []


def test_searching_looks_in_all_texts(desk: Desk) -> None:
    ask(desk, "Tell me about the lighthouse")
    desk.begin("tiny")
    ask(desk, "And the harbour?")
    assert [row.title for row in desk.sessions("LIGHTHOUSE")] == ["Tell me about the lighthouse"]
    assert len(desk.sessions("flattens")) == 2, "said by the model"
    assert desk.sessions("nowhere") == []


def test_deleting_the_open_one_begins_another_like_it(desk: Desk) -> None:
    ask(desk, "one")
    id = desk.view().id
    desk.delete([id])
    assert desk.view().id != id and desk.view().model == "tiny" and desk.view().messages == ()
    assert desk.sessions() == []
    with pytest.raises(HftermError):
        desk.delete([id])


def test_renaming_the_open_one_and_another(desk: Desk) -> None:
    ask(desk, "one")
    one = desk.view().id
    desk.begin("tiny")
    ask(desk, "two")
    desk.rename(one, "First")
    desk.rename(desk.view().id, "Second")
    assert {row.title for row in desk.sessions()} == {"First", "Second"} and desk.view().title == "Second"


def test_exported_records_can_be_trained_on(desk: Desk, tmp_path: Path) -> None:
    desk.settle("Be kind", Sampling())
    ask(desk, "one")
    path = tmp_path / "out.jsonl"
    assert desk.export([desk.view().id], path) == 1
    assert desk.export([desk.view().id], path, append=True) == 1
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [m["role"] for m in rows[0]["messages"]] == ["system", "user", "assistant"] and rows[0] == rows[1]


def test_exported_markdown_is_to_read(desk: Desk, tmp_path: Path) -> None:
    ask(desk, "one")
    assert desk.export([desk.view().id], tmp_path / "out.md") == 1
    assert (tmp_path / "out.md").read_text().startswith("# one\n")


def test_what_has_no_answer_is_no_record(desk: Desk, tmp_path: Path) -> None:
    desk.ask("never answered")
    with pytest.raises(UsageError, match="no finished answer"):
        desk.export([desk.view().id], tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_file_without_its_last_newline_is_added_to_on_a_line_of_its_own(desk: Desk, tmp_path: Path) -> None:
    ask(desk, "one")
    path = tmp_path / "out.jsonl"
    path.write_text('{"a": 1}')
    desk.export([desk.view().id], path, append=True)
    assert [len(json.loads(line)) for line in path.read_text().splitlines()] == [1, 5]


def test_a_store_that_cannot_be_opened_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "chats.db").write_bytes(b"this is no database" * 100)
    desk = Desk(Source(tmp_path / "chats.db", "only"))
    assert desk.begin().model == "only"
    assert "not saved" in desk.trouble
    ask(desk, "hi")
    assert len(desk.view().messages) == 2


def test_models_are_those_offered_and_those_talked_to(desk: Desk, tmp_path: Path) -> None:
    ask(desk, "hi")
    assert desk.find_models("") == ["tiny"]
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    assert desk.find_models(f"{tmp_path}/mo") == [f"{tmp_path}/model"]


def test_an_answer_told_to_stop_before_it_began_stops(desk: Desk) -> None:
    answer = Answer(desk.ask("hi"), lambda _: None)
    answer.stop()
    answer.run()
    assert answer.take() and answer.wait(0)
    assert answer.done is None or answer.done.stop == "stopped"
    assert all(m.role == "user" or m.stop == "stopped" for m, _ in desk.view().messages)


def test_an_engine_that_fails_is_told_and_what_came_is_kept(tmp_path: Path) -> None:
    class Failing(PretendEngine):
        def answer(self, messages, sampling, *rest):  # type: ignore[no-untyped-def]
            for n, event in enumerate(super().answer(messages, sampling, *rest)):
                if n == 8:
                    raise HftermError("the process of tiny died of SIGSEGV")
                yield event

    class Bad(Source):
        def engine(self, model: str) -> Engine:
            return Failing(rate=None)

    desk = Desk(Bad(tmp_path / "chats.db"))
    desk.begin("tiny")
    answer = Answer(desk.ask("hi"), lambda _: None)
    answer.run()
    assert answer.take() and "SIGSEGV" in str(answer.error)
    assert desk.view().messages[1][0].stop == "broken" and desk.view().messages[1][0].content
