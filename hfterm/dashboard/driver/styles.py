"""Text styles as a terminal keeps them, and the shortest way from one to another.

Codes are those of ECMA-48 SGR (``ESC [ ... m``) with the colours of ISO 8613-6 (38, 48). A style is made once:
two that look the same are the same object.
"""

from functools import lru_cache

# What switches attributes off: the code, and all that it ends.
_OFF: tuple[tuple[int, frozenset[int]], ...] = (
    (22, frozenset({1, 2})),
    (23, frozenset({3, 20})),
    (24, frozenset({4, 21})),
    (25, frozenset({5, 6})),
    (27, frozenset({7})),
    (28, frozenset({8})),
    (29, frozenset({9})),
    (54, frozenset({51, 52})),
    (55, frozenset({53})),
)
_ON = frozenset().union(*(ended for _, ended in _OFF))
_ENDED_BY = dict(_OFF)
# Attributes that show on an empty cell: lines, frames, and reverse, which paints it in the ink's colour.
_SEEN_ON_BLANK = frozenset({4, 7, 9, 21, 51, 52, 53})


class Style:
    """Attributes (SGR codes), the codes of the two colours (empty: the terminal's own) and a hyperlink's address."""

    __slots__ = ("attributes", "background", "blank", "foreground", "link")

    def __init__(self, attributes: frozenset[int], foreground: str, background: str, link: str) -> None:
        self.attributes = attributes
        self.foreground = foreground
        self.background = background
        self.link = link
        # How an empty cell in this style looks: its ink does not count unless something is drawn with it.
        self.blank: Style = self
        if not attributes & _SEEN_ON_BLANK and (attributes or foreground):
            self.blank = style(frozenset(), "", background, link)

    def __repr__(self) -> str:
        return f"Style({sorted(self.attributes)}, {self.foreground!r}, {self.background!r}, {self.link!r})"


_styles: dict[tuple[frozenset[int], str, str, str], Style] = {}
_STYLES = 4096


def style(attributes: frozenset[int], foreground: str, background: str, link: str = "") -> Style:
    """The one style that looks like this."""
    key = (attributes, foreground, background, link)
    found = _styles.get(key)
    if found is None:
        found = _styles[key] = Style(*key)
    return found


PLAIN = style(frozenset(), "", "")
NO_LINK = "\x1b]8;;\x1b\\"
"""Ends a hyperlink (OSC 8)."""


@lru_cache(8192)
def styled(before: Style, codes: str) -> Style:
    """``before`` after the parameters of an SGR sequence (``1;38;2;255;0;0``; empty resets).

    Codes that no style here knows (underline colours, fonts) are left out.
    """
    attributes, foreground, background = set(before.attributes), before.foreground, before.background
    rest = codes.split(";")
    rest.reverse()
    while rest:
        word = rest.pop()
        head, _, detail = word.partition(":")
        code = int(head) if head else 0
        if code == 0:
            attributes, foreground, background = set(), "", ""
        elif code in (38, 48, 58):
            if not detail:
                count = 4 if rest and rest[-1] == "2" else 2
                word = ";".join([word, *(rest.pop() for _ in range(min(count, len(rest))))])
            if code == 38:
                foreground = word
            elif code == 48:
                background = word
        elif code == 4 and detail:
            attributes -= _ENDED_BY[24]
            attributes |= set() if detail == "0" else {4}
        elif code in _ON:
            attributes.add(code)
        elif code in _ENDED_BY:
            attributes -= _ENDED_BY[code]
        elif 30 <= code <= 39 or 90 <= code <= 97:
            foreground = "" if code == 39 else word
        elif 40 <= code <= 49 or 100 <= code <= 107:
            background = "" if code == 49 else word
    return style(frozenset(attributes), foreground, background, before.link)


@lru_cache(8192)
def uncoloured(before: Style, codes: str) -> Style:
    """As :func:`styled`, without colours (https://no-color.org)."""
    after = styled(before, codes)
    return style(after.attributes, "", "", after.link)


@lru_cache(8192)
def transition(before: Style | None, after: Style) -> str:
    """The shortest sequence that makes a terminal in style ``before`` (None: unknown) write in ``after``."""
    if before is after:
        return ""
    link = _link(after.link) if after.link != (before.link if before else "") else ""
    wanted = [str(code) for code in sorted(after.attributes)]
    wanted += [code for code in (after.foreground, after.background) if code]
    whole = ";".join(["0", *wanted]) if wanted else ""
    if before is None:
        return f"{link}\x1b[{whole}m"
    parts: list[str] = []
    kept = before.attributes & after.attributes
    gone = before.attributes - after.attributes
    new = after.attributes - before.attributes
    for code, ended in _OFF:
        if gone & ended:
            parts.append(str(code))
            new |= kept & ended
    parts += [str(code) for code in sorted(new)]
    if before.foreground != after.foreground:
        parts.append(after.foreground or "39")
    if before.background != after.background:
        parts.append(after.background or "49")
    if not parts:
        return link
    return f"{link}\x1b[{min(';'.join(parts), whole, key=len)}m"


@lru_cache(8192)
def emptying(before: Style | None, blank: Style) -> Style:
    """The style to write an empty cell that looks like ``blank`` in: the ink of ``before`` is kept where it can be."""
    if before is None or blank.blank is not blank or (before.attributes | blank.attributes) & _SEEN_ON_BLANK:
        return blank
    return style(before.attributes, before.foreground, blank.background, blank.link)


def _link(address: str) -> str:
    """OSC 8 for an address; parts of one link that are painted apart share an id, so that they light up together."""
    if not address:
        return NO_LINK
    return f"\x1b]8;id={abs(hash(address)) % 10000};{address}\x1b\\"


def drop_styles() -> None:
    """Forget the styles made so far except the plain one; those still in use stay as they are."""
    _styles.clear()
    _styles[frozenset(), "", "", ""] = PLAIN
    for cached in (styled, uncoloured, transition, emptying):
        cached.cache_clear()


def too_many_styles() -> bool:
    """Whether so many styles were made (by an animated gradient, say) that it is time to drop them."""
    return len(_styles) > _STYLES
