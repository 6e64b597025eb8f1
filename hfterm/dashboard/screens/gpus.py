"""GPUs: the devices, the chosen one's trends, the processes and the runs they belong to; without a GPU the host."""

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.containers import Vertical
from textual.widget import Widget

from hfterm.dashboard import keys
from hfterm.dashboard.screens.base import BaseScreen
from hfterm.dashboard.widgets.device_detail import DeviceDetail
from hfterm.dashboard.widgets.device_list import DeviceList
from hfterm.dashboard.widgets.host_panel import HostPanel
from hfterm.dashboard.widgets.notices import Notices
from hfterm.dashboard.widgets.process_list import ON_GPUS, ON_HOST, OUTSIDE, UNSEEN, ProcessList, place
from hfterm.dashboard.widgets.virtual_list import VirtualList

# So many devices leave room for higher curves.
FEW = 3


class GpusScreen(BaseScreen):
    """What the machine does, and who does it."""

    CSS_PATH = "gpus.tcss"
    TITLE = "GPUs"
    AUTO_FOCUS = "ProcessList"
    BINDINGS: ClassVar[Any] = keys.bindings("gpus")

    def body(self) -> Iterable[Widget]:
        """Devices and the chosen one (or the host), what there is to say, processes."""
        with Vertical(classes="body devices"):
            with Vertical(classes="left"):
                yield DeviceList(id="devices")
                yield HostPanel(id="host")
            yield DeviceDetail(id="detail")
        yield Notices(classes="body")
        yield ProcessList(id="processes", classes="body")

    def on_mount(self) -> None:
        """Follow the machine."""
        super().on_mount()
        self.hfterm.topics["machine"].subscribe(self, lambda _: self.look())

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile."""
        super().on_screen_resume()
        self.query_one(DeviceList).look()
        self.look()

    # What is shown.

    def look(self) -> None:
        """Show the newest look at the machine."""
        sample = self.hfterm.state.machine
        if sample is None or self not in self.app.screen_stack:
            return
        devices, processes = self.query_one(DeviceList), self.query_one(ProcessList)
        devices.look()
        self.set_class(devices.shown_device is None, "-host")
        self.set_class(devices.count <= FEW, "-few")
        self.query_one(DeviceDetail).show(devices.shown_device)
        rows, selected = self._rows(sample), devices.selected
        on_gpus = devices.shown_device is not None
        processes.unseen = OUTSIDE if any("container" in note for note in sample.notes) else UNSEEN
        processes.EMPTY = f"no process on GPU {selected}" if selected else "no process on a GPU"
        if sample.error and not rows:
            processes.EMPTY = "unknown: the driver does not tell"
        on = f" on GPU {selected}" if selected else " on all GPUs" if len(sample.devices) > 1 else ""
        title = f"Processes{on}" if on_gpus else "Busiest processes"
        if str(processes.border_title) != title:
            processes.border_title = title
        processes.show_rows(rows, ON_GPUS if on_gpus else ON_HOST)

    def _rows(self, sample: Any) -> list[dict[str, Any]]:
        """The processes on the chosen device (and its parts), those that use most memory first within a GPU."""
        totals = {str(d["device"]): d["memory_total"] for d in sample.devices}
        rows = []
        for row in sample.processes:
            total = totals.get(str(row["gpu"]))
            share = 100 * row["memory"] / total if total and row["memory"] is not None else None
            rows.append({**row, "share": share})
        selected = self.query_one(DeviceList).selected
        if selected is not None:
            rows = [row for row in rows if row["gpu"] == selected or str(row["gpu"]).startswith(f"{selected}:")]
        if sample.devices:
            rows.sort(key=lambda row: (place(row["gpu"]), -(row["memory"] or 0), row["pid"]))
        return rows

    def on_device_list_selected(self) -> None:
        """Another device: its trends, its processes."""
        self.look()

    # What is done.

    def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """To the run of a process, or all about it."""
        if message.row["run"]:
            self.go_to_run(message.row["run"])
        else:
            self.action_info()

    def go_to_run(self, name: str) -> None:
        """Go to the Runs screen, at that run."""
        run = next((run for run in self.hfterm.state.runs or [] if run.name == name), None)
        if run is not None:
            self.hfterm.state.run_key = run.key
        else:
            self.hfterm.say(f"the run {name} is not listed (yet)", "warn")
        self.hfterm.action_goto("runs")

    def action_info(self) -> None:
        """All about the process under the cursor."""
        from hfterm.dashboard.screens.process import ProcessScreen

        row = self.query_one(ProcessList).current
        if row is None:
            self.hfterm.say("no process here", "warn")
            return

        def then(what: str | None) -> None:
            if what == "signal":
                self.signal([row])
            elif what == "run":
                self.go_to_run(row["run"])

        self.app.push_screen(ProcessScreen(row), then)

    def action_signal(self) -> None:
        """Send a signal to the marked processes, or to the one under the cursor."""
        self.signal(self.query_one(ProcessList).chosen())

    def signal(self, rows: list[dict[str, Any]]) -> None:
        """Ask which signal to send to these."""
        from hfterm.dashboard.screens.signal_menu import SignalMenu

        if not rows:
            self.hfterm.say("no process here", "warn")
        elif self.hfterm.allowed("send signals"):
            self.app.push_screen(SignalMenu(rows))

    def action_trends(self) -> None:
        """The chosen device and the host on the whole screen."""
        from hfterm.dashboard.screens.trends import TrendsScreen

        self.app.push_screen(TrendsScreen(self.query_one(DeviceList)))

    def action_next_device(self) -> None:
        """The next device."""
        self.query_one(DeviceList).step(1)

    def action_previous_device(self) -> None:
        """The device before."""
        self.query_one(DeviceList).step(-1)

    def action_all_devices(self) -> None:
        """All devices."""
        self.query_one(DeviceList).select(None)
