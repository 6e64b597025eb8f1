"""A download's progress as words, for whoever cannot show a bar."""

import os
import time
from collections.abc import Callable
from typing import Any

from hfterm.text import human_bytes

EVERY_SECONDS = 0.25


def bar_class(say: Callable[[str], None]) -> type:
    """A tqdm class that draws nothing and tells ``say`` how many bytes of a download have come.

    The Hub client sums all files of a repository in a bar of unit ``B`` whose total grows as it learns the
    sizes. Its bars of other units (files) are passed over, and the one of what goes over the wire: that may
    be less than what arrives.
    """
    from tqdm.auto import tqdm  # type: ignore[import-untyped]

    class Said(tqdm):  # type: ignore[misc]
        said = 0.0

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.sink = open(os.devnull, "w")  # noqa: SIM115 (closed with the bar)
            super().__init__(*args, **{**kwargs, "file": self.sink, "disable": False})

        def update(self, n: float | None = 1) -> bool | None:
            shown: bool | None = super().update(n)
            now = time.monotonic()
            if (
                self.unit == "B"
                and self.n
                and not str(self.desc).startswith("Downloading bytes")
                and now - self.said >= EVERY_SECONDS
            ):
                self.said = now
                total = f" of {human_bytes(self.total)}" if self.total and self.total >= self.n else ""
                say(f"downloading: {human_bytes(self.n)}{total}")
            return shown

        def close(self) -> None:
            super().close()
            self.sink.close()

    return Said
