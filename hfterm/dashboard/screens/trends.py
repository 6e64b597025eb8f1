"""The chosen GPU's trends and the host's, on the whole screen."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.screen import ModalScreen

from hfterm.dashboard.widgets.device_detail import DeviceDetail
from hfterm.dashboard.widgets.host_panel import HostPanel
from hfterm.dashboard.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from hfterm.dashboard.app import HftermApp
    from hfterm.dashboard.widgets.device_list import DeviceList


class TrendsScreen(ModalScreen[None]):
    """Shows what ``devices`` has chosen, and chooses there."""

    BINDINGS: ClassVar[Any] = [
        ("escape,q,t", "dismiss", "close"),
        ("right,l,down,j", "step(1)", "next GPU"),
        ("left,h,up,k", "step(-1)", "GPU before"),
        ("0", "all", "all GPUs"),
    ]
    DEFAULT_CSS = """
    TrendsScreen DeviceDetail { height: 3fr; }
    TrendsScreen HostPanel { height: 2fr; }
    """

    def __init__(self, devices: "DeviceList") -> None:
        super().__init__()
        self.devices = devices

    @property
    def hfterm(self) -> "HftermApp":
        """The app."""
        return cast("HftermApp", self.app)

    def compose(self) -> ComposeResult:
        """The device over the host."""
        yield DeviceDetail()
        yield HostPanel()
        yield KeyBar()

    def on_mount(self) -> None:
        """Follow the machine."""
        self.set_class(self.hfterm.ascii, "-ascii")
        self.hfterm.topics["machine"].subscribe(self, lambda _: self.show())
        self.show()

    def show(self) -> None:
        """The chosen device as it is now."""
        device, detail = self.devices.shown_device, self.query_one(DeviceDetail)
        detail.display = device is not None
        detail.show(device)

    def action_step(self, by: int) -> None:
        """Another device."""
        self.devices.step(by)
        self.show()

    def action_all(self) -> None:
        """All devices."""
        self.devices.select(None)
        self.show()

    def to_copy(self) -> tuple[str, Any]:
        """The device's record."""
        return self.devices.to_copy()
