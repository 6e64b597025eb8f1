from typing import Any

import pytest

from hfterm.inference.chat import encode, stream
from hfterm.inference.load import Loaded, load_model
from hfterm.inference.prefix import Prefix
from support.tiny import tiny_model


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load_model(tiny_model(tmp_path_factory.mktemp("prefix") / "tiny"), device="cpu")


@pytest.fixture
def reads(loaded: Loaded) -> Any:
    """How many tokens each step of the model reads."""
    counted: list[int] = []

    def count(module: Any, args: Any, kwargs: Any) -> None:
        counted.append(kwargs["input_ids"].shape[1])

    hook = loaded.model.register_forward_pre_hook(count, with_kwargs=True)
    yield counted
    hook.remove()


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def test_a_conversation_is_not_read_again(loaded: Loaded, reads: list[int]) -> None:
    prefix, talk, before = Prefix(), [user("Who keeps the lighthouse of Brindle?")], 0
    for question in ("Where is the lamp?", "When?", "Who?"):
        fresh = stream(loaded, talk, max_new_tokens=12).read()
        reads.clear()
        answer = stream(loaded, talk, max_new_tokens=12, prefix=prefix)
        assert answer.read() == fresh
        assert answer.prompt_tokens == len(encode(loaded, talk))
        # An answer of this model is nonsense that is tokenized otherwise the next time: the prompts count here.
        assert reads[0] <= answer.prompt_tokens - before, "only what is new was read"
        before = answer.prompt_tokens
        talk += [{"role": "assistant", "content": "Mara keeps it."}, user(question)]


def test_the_same_question_again(loaded: Loaded, reads: list[int]) -> None:
    prefix, ask = Prefix(), [user("What colour is the lamp?")]
    first = stream(loaded, ask, max_new_tokens=10, prefix=prefix).read()
    reads.clear()
    assert stream(loaded, ask, max_new_tokens=10, prefix=prefix).read() == first
    assert reads == [1] * 10, "at least the last token is read: its scores are wanted"


def test_another_conversation_shares_its_beginning_only(loaded: Loaded, reads: list[int]) -> None:
    prefix = Prefix()
    system = {"role": "system", "content": "Answer about the harbour of Brindle."}
    stream(loaded, [system, user("Who?")], max_new_tokens=5, prefix=prefix).read()
    other = [system, user("When does it open?")]
    reads.clear()
    assert (
        stream(loaded, other, max_new_tokens=9, prefix=prefix).read() == stream(loaded, other, max_new_tokens=9).read()
    )
    assert 1 < reads[0] < len(encode(loaded, other))


def test_an_answer_that_was_left_or_cancelled(loaded: Loaded) -> None:
    prefix, ask = Prefix(), [user("Who keeps the lighthouse?")]
    fresh = stream(loaded, ask, max_new_tokens=20).read()
    left = stream(loaded, ask, max_new_tokens=20, prefix=prefix)
    next(left)
    left._pieces.close()  # type: ignore[attr-defined]
    assert stream(loaded, ask, max_new_tokens=20, prefix=prefix).read() == fresh
    cancelled = stream(loaded, ask, max_new_tokens=20, prefix=prefix)
    next(cancelled)
    cancelled.cancel()
    cancelled.read()
    assert cancelled.stop == "stopped"
    assert stream(loaded, ask, max_new_tokens=20, prefix=prefix).read() == fresh


def test_a_failure_leaves_nothing_half_read(loaded: Loaded) -> None:
    prefix, ask = Prefix(), [user("Who keeps the lighthouse?")]
    fresh = stream(loaded, ask, max_new_tokens=8, prefix=prefix).read()

    def fail(module: Any, args: Any, output: Any) -> None:
        raise RuntimeError("CUDA out of memory")

    hook = loaded.model.model.layers[1].register_forward_hook(fail)
    with pytest.raises(RuntimeError):
        stream(loaded, ask, max_new_tokens=8, prefix=prefix).read()
    hook.remove()
    assert prefix.take([1, 2, 3]) == (None, 0)
    assert stream(loaded, ask, max_new_tokens=8, prefix=prefix).read() == fresh


def test_what_cannot_be_turned_back_is_read_again(loaded: Loaded) -> None:
    import torch
    from transformers.cache_utils import DynamicCache, DynamicSlidingWindowLayer

    states = torch.zeros(1, 2, 4, 8)
    whole, sliding = DynamicCache(), DynamicCache()
    sliding.layers = [DynamicSlidingWindowLayer(3)]
    for cache in (whole, sliding):
        cache.update(states, states, 0)
    prefix = Prefix()
    for cache, taken in ((whole, 2), (sliding, 0)):
        prefix.keep([1, 2, 3, 4], cache)
        found, count = prefix.take([1, 2, 9, 9])
        assert count == taken and (found is cache) is bool(taken)
        assert prefix.take([1, 2, 9, 9]) == (None, 0), "what was taken is not there any more"
    assert whole.get_seq_length() == 2
    prefix.keep([1, 2, 3], whole)  # a length that is not the cache's
    assert prefix.take([1, 2, 3]) == (None, 0)
