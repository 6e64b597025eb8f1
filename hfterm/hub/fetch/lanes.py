"""Whether more connections to a file are worth it: tried, and measured."""

# So long a rate is measured before and after a change.
WINDOW_SECONDS = 1.0
# Twice the connections must make the whole so much faster for twice as many again to be worth trying.
WORTH = 1.2
# A file of which less is left is not helped.
LEAST_LEFT = 32 << 20


class Climb:
    """Doubles the connections, for as long as that makes the whole faster.

    Under a limit for each connection n of them are n times as fast; where the line or the disk is the limit, none
    helps. ``most``: connections in all.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._since: float | None = None
        self._bytes = 0
        self._before = 0.0
        self.settled = False

    def step(self, now: float, came: int, lanes: int) -> int:
        """How many connections to add now, ``came`` bytes having come in all over ``lanes`` connections."""
        if self.settled or lanes >= self.most:
            return 0
        if self._since is None:
            self._since, self._bytes = now, came
            return 0
        if now - self._since < WINDOW_SECONDS:
            return 0
        rate = (came - self._bytes) / (now - self._since)
        self._since, self._bytes = now, came
        if rate < self._before * WORTH or not rate:
            self.settled = bool(self._before)
            return 0
        self._before = rate
        return min(lanes, self.most - lanes)

    def again(self) -> None:
        """What goes on is something else now: a rate of before tells nothing."""
        self._since, self._before = None, 0.0
