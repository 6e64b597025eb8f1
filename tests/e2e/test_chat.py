"""A conversation with the real small model, in its own process: slow."""

from contextlib import closing
from pathlib import Path

import pytest

from hfterm.chat.answer import Answering
from hfterm.chat.export import record
from hfterm.chat.store import Store
from hfterm.inference.engine import Done, Loading, Piece, open_engine
from hfterm.inference.sampling import Sampling
from support.small import shared_small

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_conversation_with_the_real_model(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    model = str(shared_small(tmp_path_factory))
    with Store(tmp_path / "chats.db") as store, closing(open_engine(model, device="cpu")) as engine:
        session = store.create(model, sampling=Sampling(max_new_tokens=24))
        session.add("user", "What is the capital of France?")
        first = list(Answering(session, engine))
        assert any(isinstance(e, Loading) and e.text.startswith("reading 513") for e in first)
        assert "Paris" in session.path()[-1].content and session.path()[-1].stop == "end"

        session.add("user", "And of Italy? Answer with one word.")
        second = list(Answering(session, engine))
        assert "Rome" in session.path()[-1].content
        done = second[-1]
        assert isinstance(done, Done) and done.prompt_tokens and done.prompt_tokens > 40
        assert not any(isinstance(e, Loading) for e in second)

        session.add("user", "Tell me a long story about a lighthouse.")
        session.sampling = Sampling(max_new_tokens=2000, temperature=0.8, seed=1)
        for event in Answering(session, engine):
            if isinstance(event, Piece):
                engine.stop()
        story = session.path()[-1]
        assert story.stop == "stopped" and 0 < story.stats["completion_tokens"] < 100

        exported = record(session)
        assert exported is not None and [m["role"] for m in exported["messages"]] == ["user", "assistant"] * 2
