import pytest

from hfterm.batch import Batch
from hfterm.errors import AccessError, HftermError, NotFoundError, PartlyDoneError


def root(text: str) -> float:
    if text == "x":
        raise NotFoundError("no number 'x'", "see the others")
    if text == "-1":
        raise AccessError("no root of '-1'")
    return float(text) ** 0.5


def run(*texts: str) -> tuple[list[float], HftermError | None]:
    batch = Batch("numbers", "rooted")
    found = list(batch.each(texts, root))
    try:
        batch.finish()
    except HftermError as exc:
        return found, exc
    return found, None


def test_all_is_well() -> None:
    assert run("4", "9") == ([2.0, 3.0], None)
    assert run() == ([], None)


def test_a_single_thing_has_its_own_error() -> None:
    found, error = run("x")
    assert found == [] and isinstance(error, NotFoundError) and error.hint == "see the others"


def test_some_fail() -> None:
    found, error = run("4", "x", "9", "-1")
    assert found == [2.0, 3.0] and isinstance(error, PartlyDoneError) and error.failed == ("x", "-1")
    assert str(error) == "2 of 4 numbers could not be rooted: no number 'x'; no root of '-1'"


@pytest.mark.parametrize(("texts", "code"), [(("x", "x "), 3), (("x", "-1"), 1)])
def test_all_fail(texts: tuple[str, ...], code: int) -> None:
    batch = Batch("numbers", "rooted")
    assert list(batch.each(texts, lambda text: root(text.strip()))) == []
    with pytest.raises(HftermError) as caught:
        batch.finish()
    assert caught.value.exit_code == code and not isinstance(caught.value, PartlyDoneError)
