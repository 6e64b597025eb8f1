"""Texts that were looked at and found good: kept in files, compared, renewed with ``--renew-snapshots``."""

import contextlib
import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.dash import until

# How long a screen must stay as it is to be taken for a new golden.
STILL_SECONDS = 0.6


class Goldens:
    """The goldens under ``folder``; with ``renew`` they are written instead of compared."""

    def __init__(self, folder: Path, renew: bool) -> None:
        self.folder, self.renew = folder, renew
        self.differences: list[str] = []

    def path(self, name: str) -> Path:
        """The file of a golden."""
        return self.folder / f"{name}.txt"

    def text(self, name: str) -> str | None:
        """What is kept; None when nothing is."""
        path = self.path(name)
        return path.read_text("utf-8") if path.exists() else None

    def check(self, name: str, found: str) -> None:
        """Compare, or write; differences are kept for :meth:`done`, so that a run shows all of them."""
        found = found.rstrip("\n") + "\n"
        if self.renew:
            self.path(name).parent.mkdir(parents=True, exist_ok=True)
            self.path(name).write_text(found, "utf-8")
        elif (kept := self.text(name)) != found:
            self.differences.append(difference(name, kept, found))

    async def screen(self, name: str, pilot: Any, paint: Callable[[], str]) -> None:
        """The same for what is painted, as soon as it is so; a renewed one waits until nothing moves."""
        if self.renew:
            await still(pilot, paint)
        else:
            kept = self.text(name)
            with contextlib.suppress(AssertionError):  # the difference is told below
                await until(pilot, lambda: paint().rstrip("\n") + "\n" == kept, 10.0)
        self.check(name, paint())

    def done(self) -> None:
        """Fail with what differs."""
        assert not self.differences, "\n\n".join(
            [*self.differences, "renew with: pytest tests/dashboard/test_snapshots.py --renew-snapshots; then look"]
        )


async def still(pilot: Any, paint: Callable[[], str]) -> None:
    """Wait until nothing has changed for a while."""
    import time

    seen, since = "", time.monotonic()
    while time.monotonic() - since < STILL_SECONDS:
        await pilot.pause(0.05)
        if (now := paint()) != seen:
            seen, since = now, time.monotonic()


def difference(name: str, kept: str | None, found: str) -> str:
    """Only lines that differ, with their numbers, the old above the new and a mark under each changed cell."""
    if kept is None:
        return f"{name}: there is no golden yet; found\n{found}"
    old, new = kept.splitlines(), found.splitlines()
    lines = [f"{name}: {len(old)} lines kept, {len(new)} found"]
    if len(old) != len(new):
        return "\n".join([*lines, *difflib.unified_diff(old, new, "kept", "found", lineterm="", n=1)])
    for number, (a, b) in enumerate(zip(old, new, strict=True), 1):
        if a != b:
            width = max(len(a), len(b))
            marks = "".join("^" if x != y else " " for x, y in zip(a.ljust(width), b.ljust(width), strict=True))
            lines += [f"{number:>3} kept  {a}", f"    found {b}", f"          {marks.rstrip()}"]
    return "\n".join(lines)
