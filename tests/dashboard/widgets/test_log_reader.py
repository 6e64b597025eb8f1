"""What the thread behind a log reads while others write, cut and remove the file."""

from pathlib import Path

from hfterm.dashboard.widgets.log_reader import Wish, look
from hfterm.dashboard.widgets.log_window import Glass, Place
from hfterm.tracking.tail import Line, LogTail


class Removed(LogTail):
    """Its file goes away after it was looked at and before it is read."""

    def before(self, offset: int, count: int) -> list[Line]:
        self.path.unlink(missing_ok=True)
        return super().before(offset, count)


class Cut(LogTail):
    """Its file is begun anew after it was looked at and before it is read, once."""

    def before(self, offset: int, count: int) -> list[Line]:
        if self.path.stat().st_size > 10:
            self.path.write_text("anew\n")
        return super().before(offset, count)


def wish(tail: LogTail, place: Place | None = None) -> Wish:
    return Wish(0, Glass(tail, 40, 10, wrapped=False), place, 0, 0, None)


def test_a_file_that_goes_while_it_is_read_leaves_what_is_shown(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\n" * 50)
    tail = Removed(tmp_path / "log")
    seen = look(wish(tail))
    assert seen.window is None and tail.missing


def test_a_file_that_is_cut_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\n" * 50)
    tail = Cut(tmp_path / "log")
    seen = look(wish(tail))
    assert seen.window is not None and [row.text for row in seen.window.rows] == ["anew"]


def test_an_empty_file_shows_that_it_is_empty(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    seen = look(wish(LogTail(tmp_path / "log")))
    assert seen.window is not None and not seen.window.rows
