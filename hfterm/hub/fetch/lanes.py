"""Whether one more connection to a file is worth it: tried, and measured."""

# So long a rate is measured before and after a change.
WINDOW_SECONDS = 1.0
# By so much the whole must become faster for another connection to stay worth trying.
WORTH = 1.2
# A file of which less is left is not helped.
LEAST_LEFT = 32 << 20


class Climb:
    """Adds connections one by one, for as long as each makes the whole faster.

    Under a limit for each connection n of them are n times as fast; where the line or the disk is the limit, none
    helps. ``most``: connections in all.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._since: float | None = None
        self._bytes = 0
        self._before = 0.0
        self.settled = False

    def step(self, now: float, came: int, lanes: int) -> bool:
        """Whether to add a connection now, ``came`` bytes having come in all over ``lanes`` connections."""
        if self.settled or lanes >= self.most:
            return False
        if self._since is None:
            self._since, self._bytes = now, came
            return False
        if now - self._since < WINDOW_SECONDS:
            return False
        rate = (came - self._bytes) / (now - self._since)
        self._since, self._bytes = now, came
        if rate < self._before * WORTH or not rate:
            self.settled = bool(self._before)
            return False
        self._before = rate
        return True

    def again(self) -> None:
        """What goes on is something else now: a rate of before tells nothing."""
        self._since, self._before = None, 0.0
