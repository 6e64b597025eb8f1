"""The viewer's ``?`` page."""

from rich.text import Text

from hfterm.dashboard import keys
from hfterm.dashboard.screens.help import HelpScreen
from hfterm.dashboard.viewer.view_keys import KEYS, RECORD_KEYS


class ViewHelp(HelpScreen):
    """The keys of the rows, then those of one record."""

    def _lines(self) -> list[Text]:
        lines: list[Text] = []
        app = self.app
        shade, ascii_only = app.shade, app.ascii  # type: ignore[attr-defined]
        for title, table in (("Rows", KEYS), ("A record", RECORD_KEYS)):
            lines.append(Text(title, style=shade("title"), end=""))
            for key in table:
                names = keys.shown(key.keys)
                line = Text("  ", end="")
                line.append(f"{keys.ascii_shown(names) if ascii_only else names:<18}", style=shade("accent"))
                lines.append(line.append(f" {key.help}"))
            lines.append(Text("", end=""))
        return lines
