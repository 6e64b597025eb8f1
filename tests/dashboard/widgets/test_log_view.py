"""A log in a pane: followed, moved over, wrapped, searched, of any size, and when its file goes away."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from hfterm.dashboard.widgets import log_view
from hfterm.dashboard.widgets.log_view import LogPeek, LogView
from hfterm.errors import UsageError
from hfterm.tracking.tail import LogTail
from support.dash import lines_of, terminal, text_of, until
from support.stage import run, stage


def shown(app: Any) -> list[str]:
    """The lines inside the border."""
    return [line[2:-2].rstrip() for line in lines_of(app)[1:-1]]


async def read(pilot: Any, view: LogView) -> None:
    """Until the thread has nothing to do and the view shows what it read."""
    await until(pilot, lambda: not view._errands.busy)
    await pilot.pause()


def make(path: Path, count: int = 100, begin: int = 1) -> LogTail:
    with path.open("a") as stream:
        stream.writelines(f"line {n}\n" for n in range(begin, begin + count))
    return LogTail(path)


def test_it_follows_the_end_until_one_goes_up(tmp_path: Path) -> None:
    async def test() -> None:
        view, tail = LogView(), make(tmp_path / "log")
        async with stage(view, size=(40, 12)) as (app, pilot):
            view.set_tail(tail, "Log of x")
            await read(pilot, view)
            assert shown(app)[-1] == "line 100" and shown(app)[0] == "line 91"
            assert "Log of x" in lines_of(app)[0] and "following" in lines_of(app)[-1]
            make(tail.path, 5, 101)
            view.look()
            await read(pilot, view)
            assert shown(app)[-1] == "line 105"
            await pilot.press("up", "up", "k")
            await read(pilot, view)
            assert shown(app)[-1] == "line 102" and "following" not in lines_of(app)[-1]
            make(tail.path, 50, 106)
            view.look()
            await read(pilot, view)
            assert shown(app)[-1] == "line 102"
            await pilot.press("pageup")
            await read(pilot, view)
            assert shown(app)[0] == "line 84"
            await pilot.press("home")
            await read(pilot, view)
            assert shown(app)[0] == "line 1" and "0%" in lines_of(app)[-1]
            await pilot.press("pagedown", "down", "j", "ctrl+u", "up")
            await read(pilot, view)
            assert shown(app)[0] == "line 2"
            await pilot.press("G")
            await read(pilot, view)
            assert shown(app)[-1] == "line 155" and "following" in lines_of(app)[-1]
            await pilot.press("f")
            make(tail.path, 1, 156)
            view.look()
            await read(pilot, view)
            assert shown(app)[-1] == "line 155" and "following" not in lines_of(app)[-1]
            await pilot.press("f")
            await read(pilot, view)
            assert shown(app)[-1] == "line 156"
            await pilot.press("up", *["down"] * 3)  # down to the end is to follow it again
            await read(pilot, view)
            assert view.following

    run(test)


def test_long_lines_are_cut_moved_sideways_or_wrapped(tmp_path: Path) -> None:
    async def test() -> None:
        path = tmp_path / "log"
        path.write_text("short\n" + " ".join(f"word{n:02d}" for n in range(20)) + "\n学習は進んでいる 🚀 " * 3 + "\n")
        view = LogView()
        async with stage(view, size=(34, 14)) as (app, pilot):
            view.set_tail(LogTail(path), "Log")
            await read(pilot, view)
            assert shown(app)[1] == "word00 word01 word02 word03 w…"
            await pilot.press("right")
            assert shown(app)[1].startswith("rd02 word03") and shown(app)[0] == ""
            await pilot.press(*["l"] * 9)
            assert "word19" in shown(app)[1]  # no further than the text
            await pilot.press(*["h"] * 9)
            assert shown(app)[0] == "short"
            await pilot.press("right", "w")
            await read(pilot, view)
            assert shown(app)[:3] == ["short", "word00 word01 word02 word03", "word04 word05 word06 word07"]
            assert all(len(line) == 34 for line in lines_of(app) if line.isascii())
            await pilot.press("w")
            await read(pilot, view)
            assert shown(app)[1].startswith("word00")

    run(test)


def test_a_filter_marks_lines_and_finds_them(tmp_path: Path) -> None:
    async def test() -> None:
        path = tmp_path / "log"
        path.write_text("".join(f"line {n}{' WARNING slow' if n % 40 == 0 else ''}\n" for n in range(1, 200)))
        view = LogView()
        async with stage(view, size=(40, 12)) as (app, pilot):
            view.set_tail(LogTail(path), "Log")
            await read(pilot, view)
            await pilot.press("n")
            assert app.said() == ("nothing to find: / sets what", "warn")
            view.set_filter("warning")
            await read(pilot, view)
            assert "line 160 WARNING slow" in shown(app) and "/warning" in lines_of(app)[-1]
            assert not view.following
            for key, line in (("N", 120), ("N", 80), ("n", 120), ("n", 160)):
                await pilot.press(key)
                await read(pilot, view)
                assert f"line {line} WARNING slow" in shown(app)
            await pilot.press("n")
            await read(pilot, view)
            assert app.said() == ("no more matches", "warn")
            view.set_filter("line !/WARN/ *1?7")
            await read(pilot, view)
            assert "line 197" in shown(app)
            with pytest.raises(UsageError):
                view.set_filter("/(/")
            view.set_filter("nowhere")
            await read(pilot, view)
            assert "line 197" in shown(app)
            view.set_filter("")
            await read(pilot, view)
            assert "/" not in lines_of(app)[-1]

    run(test)


def test_a_file_that_comes_goes_shrinks_and_changes(tmp_path: Path) -> None:
    async def test() -> None:
        path, view = tmp_path / "log", LogView()
        async with stage(view, size=(50, 12)) as (app, pilot):
            assert "no log yet" in text_of(app)
            await pilot.press("up", "home", "end", "n", "w", "left", "f", "o")  # nothing to do it to
            tail = LogTail(path)
            view.set_tail(tail, "Log")
            await read(pilot, view)
            assert "no such file" in text_of(app)
            make(path, 30)
            view.look()
            await read(pilot, view)
            assert shown(app)[-1] == "line 30"
            path.unlink()
            view.look()
            await read(pilot, view)
            assert shown(app)[-1] == "line 30" and "the file is gone" in lines_of(app)[-1]
            path.write_text("anew\n")
            view.look()
            await read(pilot, view)
            assert [line for line in shown(app) if line] == ["anew"]
            make(path, 50)
            view.look()
            await pilot.press("home", "down")
            path.write_text("cut\n")
            view.look()
            await read(pilot, view)
            assert [line for line in shown(app) if line] == ["cut"] and view.following
            path.write_text("")
            view.look()
            await read(pilot, view)
            assert "nothing in it yet" in text_of(app)
            view.set_tail(None, "Log")
            await pilot.pause()
            assert "no log yet" in text_of(app)

    run(test)


def test_ten_gigabytes_open_at_the_end(tmp_path: Path) -> None:
    async def test() -> None:
        path, view = tmp_path / "log", LogView()
        with path.open("wb") as stream:
            stream.write(b"the first line\n" * 100)
            stream.seek(10 << 30)
            stream.write(b"\nthe last line\n" + b"loss 1.0\n" * 50)
        async with stage(view, size=(60, 12)) as (app, pilot):
            view.set_tail(LogTail(path), "Log")
            await read(pilot, view)
            assert shown(app)[-1] == "loss 1.0" and "10.0 GiB  following" in lines_of(app)[-1]
            await pilot.press(*["pageup"] * 5, "home")
            await read(pilot, view)
            assert shown(app) == ["the first line"] * 10
            view.set_filter("last line")
            await read(pilot, view)
            assert "the last line" in shown(app)
            view.set_filter("nowhere in ten gigabytes")
            await until(pilot, lambda: "searching" in lines_of(app)[-1])
            await pilot.press("end")  # breaks the search off
            await read(pilot, view)
            assert shown(app)[-1] == "loss 1.0" and "searching" not in lines_of(app)[-1]

    run(test)


def test_nothing_steers_the_terminal(tmp_path: Path) -> None:
    async def test() -> None:
        path, view = tmp_path / "log", LogView()
        path.write_bytes(
            b"\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m \x9b5m\xff bad utf-8\r\n 10%\r 50%\r100% done\nhf_" + b"a" * 20
        )
        async with stage(view, size=(60, 8), term=terminal(glyphs="ascii", colors="none")) as (app, pilot):
            view.set_tail(LogTail(path), "Log")
            await read(pilot, view)
            assert "\x1b" not in text_of(app) and "\x9b" not in text_of(app)
            assert "100% done" in shown(app) and "hf_***" in shown(app)

    run(test)


def test_a_disk_that_does_not_answer_stalls_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        answer = threading.Event()

        class Slow(LogTail):
            def poll(self) -> bool:
                answer.wait(20)
                return super().poll()

        monkeypatch.setattr(log_view, "HANGING_SECONDS", 0.05)
        make(tmp_path / "log")
        view = LogView()
        async with stage(view, size=(60, 12)) as (app, pilot):
            view.set_tail(Slow(tmp_path / "log"), "Log")
            await until(pilot, lambda: view._errands.waited > 0.1)
            view.look()
            await pilot.press("up", "home", "end")
            assert "no answer for" in lines_of(app)[-1]
            answer.set()
            await read(pilot, view)
            view.look()
            await read(pilot, view)
            assert shown(app)[-1] == "line 100" and "no answer" not in text_of(app)

    run(test)


def test_the_end_stays_in_sight_when_there_is_less_room(tmp_path: Path) -> None:
    async def test() -> None:
        answer = threading.Event()
        answer.set()

        class Slow(LogTail):
            def poll(self) -> bool:
                answer.wait(20)
                return super().poll()

        make(tmp_path / "log")
        view = LogView()
        async with stage(view, size=(60, 20)) as (app, pilot):
            view.set_tail(Slow(tmp_path / "log"), "Log")
            await read(pilot, view)
            answer.clear()
            await pilot.resize_terminal(60, 8)
            await until(pilot, lambda: len(shown(app)) == 6)
            assert shown(app)[-1] == "line 100"  # before the file was read again
            answer.set()

    run(test)


def test_what_is_copied_and_paged(tmp_path: Path) -> None:
    async def test() -> None:
        view, tail = LogView(), make(tmp_path / "log")
        async with stage(view, size=(40, 6)) as (app, pilot):
            assert view.to_copy() == ("", [])
            view.set_tail(tail, "Log")
            await read(pilot, view)
            assert view.to_copy()[1] == [f"line {n}" for n in range(97, 101)]
            await pilot.press("o")
            assert app.said()[0] == "this terminal cannot be left and come back to"

    os.environ.setdefault("PAGER", "cat")
    run(test)


def test_the_wheel_and_sizes(tmp_path: Path) -> None:
    async def test() -> None:
        view, peek, tail = LogView(), LogPeek(), make(tmp_path / "log")
        async with stage(view, peek, size=(40, 24)) as (app, pilot):
            view.styles.height = peek.styles.height = 12
            for one in (view, peek):
                one.set_tail(tail, "Log")
            await read(pilot, view)
            view.on_mouse_scroll_up(_Event())
            await read(pilot, view)
            assert not view.following
            view.on_mouse_scroll_down(_Event())
            await read(pilot, view)
            assert view.following and not peek.can_focus
            for size in ((240, 60), (3, 3), (20, 5), (80, 24)):
                await pilot.resize_terminal(*size)
                await read(pilot, view)
            assert "line 100" in shown(app)

    run(test)


class _Event:
    def stop(self) -> None:
        pass
