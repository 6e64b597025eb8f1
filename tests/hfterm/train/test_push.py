"""What of a run is pushed, as far as that is known without a Hub."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from hfterm.errors import NotFoundError, UsageError
from hfterm.train import push
from hfterm.train.push import Goal
from support.told_runs import told

pytestmark = pytest.mark.usefixtures("isolated")


@contextlib.contextmanager
def track(name: str, total: int) -> Iterator[Callable[..., None]]:
    yield lambda count, **fields: None


def test_what_is_not_there() -> None:
    stopped = told("stopped", steps=20, state="stopped")
    with pytest.raises(
        NotFoundError, match=r"no final output: it is stopped; push a checkpoint: add --checkpoint best"
    ):
        push.push(stopped, Goal("team/x"), track, lambda text: None)
    with pytest.raises(NotFoundError, match="no complete checkpoint at step 7"):
        push.push(stopped, Goal("team/x", checkpoint="7"), track, lambda text: None)


def test_what_can_never_be_pushed_to_is_refused_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example")
    for repo, words in (("./x", "not a repository"), ("hf://datasets/a/b", "is a dataset"), ("a/b", "HF_HUB_OFFLINE")):
        with pytest.raises(UsageError, match=words):
            push.check(Goal(repo))


def test_the_card_of_a_checkpoint_is_its_own() -> None:
    run = told("demo")
    assert "| steps | 20 |" in push.made_card(run, Goal("a/b", checkpoint="20"))
    assert "| steps | 40 |" in push.made_card(run, Goal("a/b"))
    assert "at step 40 of the run" in push.made_card(run, Goal("a/b", checkpoint="best"))
