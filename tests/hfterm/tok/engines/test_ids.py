from array import array

import pytest

from hfterm.tok.engines import Ids

LISTS = [[1, 2], [], [65535, 0], [3]]


def test_ids_of_texts_come_back_in_every_form() -> None:
    ids = Ids.of(LISTS)
    assert len(ids) == 4
    assert list(ids.lists()) == LISTS
    assert ids.lengths() == [2, 0, 2, 1]
    assert ids[2].tolist() == [65535, 0]


@pytest.mark.parametrize("code", ["H", "I"])
def test_arrays_have_the_wanted_width(code: str) -> None:
    assert list(Ids.of(LISTS).arrays(code)) == [array(code, one) for one in LISTS]


def test_two_batches_are_put_together() -> None:
    ids = Ids.of(LISTS)
    assert list((ids + ids).lists()) == LISTS * 2
    assert list((Ids.of([]) + ids).lists()) == LISTS
    assert list((ids + Ids.of([])).lists()) == LISTS
