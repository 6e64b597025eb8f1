"""The screens, in the order of their numbers. A new screen is a row here and a module with its style sheet."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hfterm.dashboard.screens.base import BaseScreen


class Entry(NamedTuple):
    """A screen: ``where`` is ``module:Class``, imported on the first visit."""

    name: str
    title: str
    help: str
    where: str

    def load(self) -> "BaseScreen":
        """Import the screen and make it."""
        import importlib

        module, _, name = self.where.partition(":")
        screen: BaseScreen = getattr(importlib.import_module(module), name)()
        return screen


SCREENS = (
    Entry("home", "Home", "the machine, the live run, what to do next", "hfterm.dashboard.screens.home:HomeScreen"),
    Entry("gpus", "GPUs", "devices and the processes on them", "hfterm.dashboard.screens.gpus:GpusScreen"),
    Entry("runs", "Runs", "training runs, charts, logs", "hfterm.dashboard.screens.runs:RunsScreen"),
    Entry("chat", "Chat", "talk to a model", "hfterm.dashboard.screens.chat:ChatScreen"),
)
