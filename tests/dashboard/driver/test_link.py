"""The link fills a thin line only a little, a fat one as much as it takes, and survives lost answers."""

import pytest

from hfterm.dashboard.driver.link import UNLIMITED, Link


class Wire:
    """A line of ``rate`` bytes a second that answers ``delay`` seconds later; time is a number."""

    def __init__(self, rate: float, delay: float, lose: int = 0) -> None:
        self.link, self.rate, self.delay, self.lose = Link(), rate, delay, lose
        self.now, self.free = 0.0, 0.0
        self.answers: list[float] = []
        self.arrived = 0

    @property
    def waiting(self) -> float:
        """Seconds until what was written is through."""
        return max(0.0, self.free - self.now)

    def write(self, size: int) -> None:
        if asked := self.link.wants_question(size, self.now):
            self.link.asked(size, self.now)
        self.link.wrote(size)
        self.free = max(self.free, self.now) + size / self.rate
        if asked:
            if self.lose:
                self.lose -= 1
            else:
                self.answers.append(self.free + self.delay)

    def paint(self, seconds: float, want: int = 1 << 20) -> list[float]:
        """Write as much as there is room for, every 10 ms, at most ``want`` at a time; how long each had to wait."""
        waits = []
        end = self.now + seconds
        while self.now < end:
            while self.answers and self.answers[0] <= self.now:
                self.link.answered(self.answers.pop(0))
            if room := self.link.room(self.now):
                self.write(min(room, want))
                waits.append(self.waiting)
            self.now += 0.01
        return waits


@pytest.mark.parametrize("rate", [3_000, 10_000, 50_000])
@pytest.mark.parametrize("delay", [0.001, 0.05, 0.3])
def test_a_thin_line_is_kept_busy_and_never_far_behind(rate: float, delay: float) -> None:
    wire = Wire(rate, delay)
    wire.write(100)
    wire.paint(10)
    before = wire.link.bytes_written
    waits = wire.paint(10)
    assert max(waits) < 0.5 + 1024 / rate
    assert wire.link.bytes_written - before > 10 * rate * (0.5 if delay < 0.2 else 0.2)


def test_a_fat_line_is_not_held_back() -> None:
    wire = Wire(10_000_000, 0.2)
    wire.paint(5)
    before = wire.link.bytes_written
    wire.paint(5, want=20_000)  # a whole screen each time
    assert wire.link.bytes_written - before > 5 * 200_000
    assert 190 < wire.link.delay_ms < 260


def test_small_paint_passes_at_once_on_a_line_that_is_only_far() -> None:
    wire = Wire(1_000_000, 0.4)
    wire.paint(3, want=40)
    before = wire.link.bytes_written
    wire.paint(1, want=40)  # keys, faster than anyone types
    assert wire.link.bytes_written - before >= 100 * 40


def test_it_asks_seldom_when_little_is_written() -> None:
    wire = Wire(1_000_000, 0.01)
    asked = 0
    for _ in range(200):
        wire.now += 0.1
        asked += wire.link.wants_question(20, wire.now)
        wire.write(20)
        wire.paint(0.02, want=0)
    assert 15 <= asked <= 30


def test_a_terminal_that_never_answers_is_not_waited_for() -> None:
    wire = Wire(1_000_000, 0.01, lose=1 << 30)
    wire.paint(0.3)
    assert wire.link.room(wire.now) == 0
    wire.paint(0.3)
    assert wire.link.room(wire.now) == UNLIMITED and not wire.link.answering
    assert not wire.link.behind


def test_lost_answers_are_forgotten() -> None:
    wire = Wire(100_000, 0.02)
    wire.paint(2)
    wire.lose = 100
    wire.paint(1)
    assert wire.link.room(wire.now) == 0
    before = wire.link.bytes_written
    wire.lose = 0
    wire.paint(12)
    assert wire.link.bytes_written > before + 200_000


def test_an_answer_to_nothing_is_no_harm() -> None:
    link = Link()
    link.answered(1.0)
    assert link.unanswered == 0 and link.delay_ms == 0


def test_it_says_when_it_is_behind() -> None:
    wire = Wire(10_000, 0.05)
    wire.write(100)
    wire.paint(0.3, want=0)
    assert not wire.link.is_behind(wire.now)
    wire.write(10_000)
    assert not wire.link.is_behind(wire.now + 0.1)
    assert wire.link.is_behind(wire.now + 0.5)
    wire.paint(2, want=0)
    assert not wire.link.is_behind(wire.now) and wire.link.unanswered == 0
    wire.link.writing(wire.now)  # the kernel takes nothing more
    assert wire.link.is_behind(wire.now + 0.2)
