"""``hfterm ui``: the dashboard."""

from pathlib import Path

import click

from hfterm.output import Output

from .options import command

SCREENS = ("home", "gpus", "runs", "chat")
GLYPHS = ("auto", "braille", "blocks", "ascii")
THEMES = ("auto", "dark", "light", "colorblind", "colorblind-light", "ansi-dark", "ansi-light")


@command()
@click.argument("folder", nargs=-1, type=click.Path(path_type=Path), help="Folders with runs to show beside our own.")
@click.option("--screen", type=click.Choice(SCREENS), default="home", show_default=True, help="Where to begin.")
@click.option("--demo", is_flag=True, help="Show pretend GPUs, a pretend run and a pretend chat.")
@click.option("--readonly", is_flag=True, help="Let nothing be stopped, deleted or started.")
@click.option(
    "--mouse/--no-mouse", default=True, help="Have the mouse, or leave it to the terminal. [default: have it]"
)
@click.option("--glyphs", type=click.Choice(GLYPHS), default="auto", show_default=True, help="What to draw with.")
@click.option("--theme", type=click.Choice(THEMES), default="auto", show_default=True, help="Colours.")
@click.option(
    "--interval", type=click.FloatRange(min=0.1, max=3600), default=1.0, show_default=True, metavar="SECONDS",
    help="How often to look.",
)  # fmt: skip
@click.option("--keymap", metavar="ID=KEY...", help="Keys of your own: 'app.quit=Q,f10 chart.log=L'.")
@click.option("--keys", is_flag=True, help="Print the key table and leave.")
def cli(
    out: Output,
    folder: tuple[Path, ...],
    screen: str,
    demo: bool,
    readonly: bool,
    mouse: bool,
    glyphs: str,
    theme: str,
    interval: float,
    keymap: str | None,
    keys: bool,
) -> None:
    """Open the dashboard: GPUs, training runs, chat.

    The same as hfterm alone on a terminal. FOLDER adds runs of other programs: trainer_state.json,
    TensorBoard event files, JSON Lines, CSV. What runs goes on when it is closed. ? there explains the
    keys; the setting ui.keymap changes them.

    \b
    Examples:
      hfterm ui
      hfterm ui ~/experiments --screen runs
      hfterm ui --demo
    """
    if keys:
        from hfterm.dashboard.keys import GROUPS, all_keys

        rows = ({"id": k.id, "keys": k.keys, "where": GROUPS[k.group], "help": k.help} for k in all_keys())
        out.records(rows, key="id")
        return
    from hfterm.dashboard.launch import open_dashboard

    code = open_dashboard(
        folder,
        demo=demo,
        screen=screen,
        readonly=readonly,
        mouse=mouse,
        glyphs=glyphs,
        theme=theme,
        interval=interval,
        keymap=keymap or "",
    )
    if code:
        raise SystemExit(code)
