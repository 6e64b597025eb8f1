"""Record what Textual paints: an app run without a terminal, every write of its driver kept."""

import asyncio
from typing import Any

from textual import events
from textual.driver import Driver
from textual.geometry import Size


class Recorder(Driver):
    """A driver that keeps what it is given; ``App(driver_class=Recorder)`` with ``run_test(headless=False)``."""

    def __init__(self, app: Any, **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self.writes: list[str] = []

    def write(self, data: str) -> None:
        """Keep it."""
        self.writes.append(data)

    def start_application_mode(self) -> None:
        """Tell the app its size."""
        self.resize(*(self._size or (80, 24)))

    def resize(self, columns: int, lines: int) -> None:
        """Tell the app a new size; the size is kept among the writes."""
        self.writes.append(f"size {columns} {lines}")
        self._size = (columns, lines)
        event = events.Resize(Size(columns, lines), Size(columns, lines))
        asyncio.run_coroutine_threadsafe(self._app._post_message(event), loop=self._loop)

    def disable_input(self) -> None:
        """Nothing is read."""

    def stop_application_mode(self) -> None:
        """Nothing was changed."""
