import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfterm.chat import export
from hfterm.chat.session import Session
from hfterm.chat.slash import write_file
from hfterm.chat.store import Store
from hfterm.errors import HftermError, UsageError
from hfterm.records import read
from hfterm.train.examples import build
from support.tiny import tiny_model


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.unsaved() as store:
        yield store


def talk(store: Store, *stops: str | None, system: str | None = None) -> Session:
    session = store.create("m", system=system)
    for number, stop in enumerate(stops, 1):
        session.add("user", f"question {number}")
        session.add("assistant", f"answer {number}", stop=stop)
    return session


def answers(session: Session) -> list[str]:
    record = export.record(session)
    return [m["content"][-1] for m in record["messages"] if m["role"] == "assistant"] if record else []


def test_a_record(store: Store) -> None:
    session = talk(store, "end", system="Be brief.")
    assert export.record(session) == {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "question 1"},
            {"role": "assistant", "content": "answer 1"},
        ],
        "id": session.id,
        "title": "question 1",
        "model": "m",
        "created": session.created,
    }


@pytest.mark.parametrize(
    ("stops", "kept"),
    [
        (["end", "end"], "12"),
        (["end", "stopped"], "1"),
        (["end", "broken"], "1"),
        (["end", None], "1"),
        (["end", "filtered"], "1"),
        (["end", "length"], "12"),
        (["stopped", "edited"], "12"),
        (["stopped"], ""),
        ([], ""),
    ],
)
def test_what_would_teach_to_stop_is_left_out(store: Store, stops: list[str | None], kept: str) -> None:
    assert "".join(answers(talk(store, *stops))) == kept


def test_the_branch_that_is_active(store: Store) -> None:
    session = talk(store, "end", "end")
    first = session.path()[1]
    session.choose(session.edit(first, "better 9"))
    assert answers(session) == ["9"]
    session.choose(first)
    assert answers(session) == ["1", "2"]


def test_an_unanswered_question_and_an_empty_answer_are_left_out(store: Store) -> None:
    session = talk(store, "end")
    session.add("user", "and?")
    assert answers(session) == ["1"]
    session.add("assistant", " \n", stop="end")
    assert answers(session) == ["1"]


def test_the_trainer_takes_it(store: Store, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    sessions = [talk(store, "end", "end", system="Be brief."), talk(store, "end"), talk(store, "stopped")]
    path = write_file(tmp_path / "chats.jsonl", sessions)
    rows = list(read(path))
    assert len(rows) == 2
    tokenizer = AutoTokenizer.from_pretrained(tiny_model(tmp_path / "tiny"))
    examples = build(rows, tokenizer, source=str(path), max_length=256)
    assert len(examples) == 2
    learned = [
        i for i, label in zip(examples.first["input_ids"], examples.first["labels"], strict=True) if label != -100
    ]
    assert tokenizer.decode(learned) == "answer 1<|end|>\nanswer 2<|end|>\n"


def test_markdown(store: Store) -> None:
    session = talk(store, "end", "stopped", system="Be brief.")
    session.title = "About  fish"
    assert export.markdown(session) == (
        f"# About fish\n\n*m, {session.created}*\n\n## System\n\nBe brief.\n\n## You\n\nquestion 1\n\n"
        "## Model\n\nanswer 1\n\n## You\n\nquestion 2\n\n## Model (unfinished: stopped)\n\nanswer 2\n"
    )


def test_files(store: Store, tmp_path: Path) -> None:
    session = talk(store, "end")
    write_file(tmp_path / "a.MD", [session, session])
    assert (tmp_path / "a.MD").read_text().count("# question 1") == 2
    write_file(tmp_path / "new" / "a.ndjson", [session])
    assert json.loads((tmp_path / "new" / "a.ndjson").read_text())["id"] == session.id
    with pytest.raises(UsageError, match=r"let the name end in \.md or \.jsonl"):
        write_file(tmp_path / "a.txt", [session])
    with pytest.raises(HftermError, match="no answer to export"):
        write_file(tmp_path / "b.jsonl", [talk(store, "stopped")])
    assert not (tmp_path / "b.jsonl").exists()
