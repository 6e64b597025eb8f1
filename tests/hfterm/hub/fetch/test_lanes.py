import pytest

from hfterm.hub.fetch.lanes import Climb


@pytest.mark.parametrize(
    ("rate", "reached"),
    [
        (lambda lanes: 20.0 * lanes, 8),  # each connection is limited
        (lambda lanes: 20.0, 2),  # the line is the limit: the second was a trial
        (lambda lanes: min(30.0, 20.0 * lanes), 4),
        (lambda lanes: 20.0 / lanes, 2),
        (lambda lanes: 0.0, 1),  # nothing comes: more connections are no answer
    ],
)
def test_connections_are_added_while_they_help(rate, reached) -> None:
    climb, lanes, came = Climb(8), 1, 0.0
    for tick in range(300):
        came += rate(lanes) * 0.1
        lanes += climb.step(tick * 0.1, int(came * 1000), lanes)
    assert lanes == reached


def test_a_file_that_ends_does_not_spoil_the_comparison() -> None:
    climb = Climb(8)
    assert not climb.step(0.0, 0, 1)
    assert climb.step(1.0, 100, 1)
    climb.again()
    assert not climb.step(2.0, 100, 1)  # a rate of nothing, but of what was before
    assert climb.step(3.0, 150, 1) and not climb.settled
