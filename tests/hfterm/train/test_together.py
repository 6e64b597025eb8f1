"""What the processes of a run agree on."""

import signal

from hfterm.train.together import Together
from hfterm.train.watch import Stopper


class Late(Together):
    """Two processes; a signal comes to this one while it waits for the other."""

    def __init__(self, stopper: Stopper) -> None:
        super().__init__()
        self._group, self.stopper = object(), stopper

    def most(self, number: int) -> int:
        self.stopper.signal = signal.SIGTERM
        return number


def test_a_signal_that_the_others_have_not_heard_of_waits_for_the_next_step() -> None:
    stopper = Stopper(lambda text: None)
    late = Late(stopper)
    assert not late.heed(stopper)  # the other goes on, so this one must too
    assert late.heed(stopper) and stopper.signal == signal.SIGTERM


def test_one_process_alone_heeds_at_once() -> None:
    stopper = Stopper(lambda text: None)
    alone = Together()
    assert not alone.heed(stopper)
    stopper.signal = signal.SIGINT
    assert alone.heed(stopper) and alone.gather("word") == ["word"]
