"""A Textual app that shows what is hard to paint; run as a program it uses the cell driver."""

import itertools
import random
import sys
from typing import ClassVar

from rich.text import Text
from textual.app import App
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import DataTable, Footer, Input, Label, Log, OptionList, Static

HARD = (
    "plain ascii │ ─ █▉▊▋▌▍▎▏ ⣀⣤⣶⣿ ┏━┓",
    "漢字とかな 한국어 中文字",
    "emoji 😀 👩‍🚀 👍🏽 ⚠️ 🇩🇪🇫🇷 ✔ ⚠ ♥",
    "e\u0301a\u0308 क्षि नमस्ते ไทย",
    "שלום עולם العربية نص ﷺ",
    "zero\u200bwidth soft\xadhyphen tab\there",
)


class Ask(ModalScreen[None]):
    """A box over the middle."""

    CSS = "Ask {align: center middle;} Vertical {width: 30; height: 7; border: thick $error; background: $surface;}"
    BINDINGS: ClassVar = [("escape", "dismiss", "close")]

    def compose(self):
        with Vertical():
            yield Label("漢字 question 😀?")
            yield Input(placeholder="type")


class Painted(App[None]):
    """Everything at once; keys change parts of it."""

    CSS = """
    #hard {border: round $primary; height: 8;} DataTable {width: 40; height: 1fr;} Log {border: heavy $accent;}
    OptionList {width: 24;} #flood {height: 10; display: none;}
    """
    BINDINGS: ClassVar = [
        ("n", "next", "next"),
        ("m", "ask", "ask"),
        ("t", "theme", "theme"),
        ("s", "shell", "shell"),
        ("z", "suspend_process", "stop"),
        ("f", "flood", "flood"),
        ("l", "again", "redraw"),
        ("q", "quit", "quit"),
    ]

    def compose(self):
        yield Static("count 0", id="count")
        yield Static("\n".join(HARD), id="hard", markup=False)
        yield Static(id="flood", markup=False)
        with Horizontal():
            yield DataTable(zebra_stripes=True, cursor_type="row")
            yield Log(max_lines=100)
            yield OptionList(*(f"{number} 漢 choice" for number in range(50)))
        yield Footer()

    def on_mount(self):
        self.numbers = itertools.count(1)
        self.random = random.Random(1)
        table = self.query_one(DataTable)
        table.add_columns("名前", "value", "😀")
        for number in range(30):
            table.add_row(f"row {number}", Text(str(number * 7), style="bold red"), HARD[number % len(HARD)][:9])
        table.focus()

    def action_next(self):
        number = next(self.numbers)
        self.query_one("#count", Static).update(
            Text.assemble(("count ", "dim"), (f"{number}", "bold"), " 漢" * (number % 3))
        )
        self.query_one(Log).write_line(f"{number:04d} {HARD[number % len(HARD)]}")

    def action_ask(self):
        self.push_screen(Ask())

    def action_theme(self):
        self.theme = "textual-light" if self.theme == "textual-dark" else "textual-dark"

    def action_shell(self):
        import subprocess

        with self.suspend():
            subprocess.run(
                "echo in the shell NO_COLOR=$NO_COLOR TEXTUAL=$TEXTUAL_FPS.; stty -a | grep -o -- '-\\?echo '; read x",
                shell=True,
                check=False,
            )

    def action_flood(self):
        self.query_one("#flood").display = True
        self.set_interval(1 / 30, self.flood)

    def flood(self):
        rows = ("".join(self.random.choices("abcdefgh█▉⣿漢 ", k=self.size.width // 2)) for _ in range(10))
        self.query_one("#flood", Static).update("\n".join(rows), layout=False)

    def action_again(self):
        self._driver.forget()


if __name__ == "__main__":
    from hfterm.dashboard.driver.driver import CellDriver

    app = Painted(driver_class=CellDriver)
    app.run(mouse="--mouse" in sys.argv)
    sys.exit(app.return_code)
