"""Colours by role, for each theme; the terminal's own background and text colour stay.

The colour-blind palette is Okabe and Ito's (https://jfly.uni-koeln.de/color/), its order after Wong,
Nature Methods 8, 441 (2011).
"""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rich.style import Style
    from textual.theme import Theme


class Shades(NamedTuple):
    """The colours of a theme, as rich names them; ``series`` are those of runs and curves."""

    dark: bool
    accent: str
    good: str
    warn: str
    bad: str
    dim: str
    series: tuple[str, ...]


_DARK = Shades(
    True, "#5fafff", "#87d75f", "#ffaf5f", "#ff6b6b", "#8a8a8a",
    ("#5fafff", "#ffaf5f", "#87d75f", "#d787ff", "#ff87af", "#5fd7d7", "#d7d75f", "#af87ff"),
)  # fmt: skip
_LIGHT = Shades(
    False, "#005faf", "#2f7d00", "#a65900", "#c40000", "#767676",
    ("#005faf", "#a65900", "#2f7d00", "#8700af", "#af005f", "#007575", "#6b6b00", "#5f3fd7"),
)  # fmt: skip
# Blue, orange, bluish green, reddish purple, sky blue, vermilion, yellow, grey.
_OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")
_ANSI = ("blue", "yellow", "green", "magenta", "red", "cyan", "bright_yellow", "bright_magenta")

THEMES: dict[str, Shades] = {
    "dark": _DARK,
    "light": _LIGHT,
    "colorblind": Shades(True, "#56b4e9", "#56b4e9", "#e69f00", "#d55e00", "#8a8a8a",
                         ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2", "#999999")),
    "colorblind-light": Shades(False, "#0072b2", "#0072b2", "#b36b00", "#d55e00", "#767676", _OKABE_ITO),
    "ansi-dark": Shades(True, "bright_blue", "green", "yellow", "red", "bright_black", _ANSI),
    "ansi-light": Shades(False, "blue", "green", "magenta", "red", "bright_black", _ANSI),
}  # fmt: skip


def theme_for(setting: str, colors: str, dark: bool) -> str:
    """The theme that a setting (``auto`` or a name) means on a terminal with ``colors`` (none, 16, 256, truecolor)."""
    if setting != "auto":
        return setting
    shade = "dark" if dark else "light"
    return f"ansi-{shade}" if colors in ("none", "16") else shade


def textual_themes() -> "list[Theme]":
    """The themes as Textual takes them, named ``hfterm-NAME``."""
    from textual.theme import Theme

    def ansi(color: str) -> str:
        return color if color.startswith("#") else f"ansi_{color}"

    return [
        Theme(
            name=f"hfterm-{name}",
            ansi=True,  # lets the terminal's own background and foreground through
            dark=shades.dark,
            primary=ansi(shades.accent),
            secondary=ansi(shades.series[5]),
            accent=ansi(shades.accent),
            success=ansi(shades.good),
            warning=ansi(shades.warn),
            error=ansi(shades.bad),
            foreground="ansi_default",
            background="ansi_default",
            surface="ansi_default",
            panel="ansi_default",
            boost="ansi_default",
            variables={
                "ansi-background": "ansi_black" if shades.dark else "ansi_white",
                "ansi-foreground": "ansi_white" if shades.dark else "ansi_black",
                "input-selection-foreground": "ansi_default",
                "screen-selection-background": ansi(shades.dim),
                "screen-selection-foreground": "ansi_default",
                "border": ansi(shades.accent),
                "border-blurred": ansi(shades.dim),
                "dim": ansi(shades.dim),
                "block-cursor-foreground": "ansi_black" if shades.dark else "ansi_bright_white",
                "block-cursor-background": ansi(shades.accent),
                "block-cursor-text-style": "none",
                "input-cursor-background": ansi(shades.accent),
                "input-cursor-foreground": "ansi_black" if shades.dark else "ansi_bright_white",
                "input-cursor-text-style": "none",
                "input-selection-background": ansi(shades.dim),
                "scrollbar": ansi(shades.dim),
                "scrollbar-hover": ansi(shades.accent),
                "scrollbar-active": ansi(shades.accent),
                "scrollbar-background": "ansi_default",
                "scrollbar-background-hover": "ansi_default",
                "scrollbar-background-active": "ansi_default",
                "scrollbar-corner-color": "ansi_default",
                "footer-background": "ansi_default",
            },
        )
        for name, shades in THEMES.items()
    ]


@lru_cache(maxsize=512)
def style(theme: str, role: str | int | tuple[int, str], colored: bool = True) -> "Style":
    """The rich style of a role in a theme: a number is a curve; ``(number, "dim")`` a faint one.

    Roles: accent, good, warn, bad, dim, axis, label, title, cursor, select, strong, plain. Without colour,
    attributes alone tell them apart.
    """
    from rich.style import Style

    shades = THEMES[theme]
    if isinstance(role, tuple):
        return Style(color=shades.series[role[0] % len(shades.series)] if colored else None, dim=True)
    if isinstance(role, int):
        return Style(color=shades.series[role % len(shades.series)] if colored else None)
    attributes = {
        "title": Style(bold=True), "strong": Style(bold=True), "select": Style(reverse=True),
        "cursor": Style(reverse=True), "bad": Style(bold=True), "accent": Style(bold=True) if not colored else Style(),
    }  # fmt: skip
    colors = {
        "accent": shades.accent, "good": shades.good, "warn": shades.warn, "bad": shades.bad, "dim": shades.dim,
        "axis": shades.dim, "label": shades.dim,
    }  # fmt: skip
    found = attributes.get(role, Style())
    color = colors.get(role)
    return found + Style(color=color) if color and colored else found
