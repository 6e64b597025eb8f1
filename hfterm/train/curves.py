"""Curves of a run as a small SVG picture, which any browser shows (https://www.w3.org/TR/SVG11/)."""

import math
from collections.abc import Mapping, Sequence

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 36, 40
# Points of a line at most: more than there are pixels help nobody.
MOST_POINTS = 600
COLORS = ("#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#475569")


def svg(series: Mapping[str, Points], title: str) -> str:
    """The lines over their steps; points are (step, value), in order. Values that are no numbers are left out."""
    lines = {name: thin([(x, y) for x, y in points if math.isfinite(y)]) for name, points in series.items()}
    lines = {name: points for name, points in lines.items() if points}
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    x_low, x_high = _span(xs)
    y_low, y_high = _span(ys)

    def at(x: float, y: float) -> str:
        right = LEFT + (x - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)
        down = HEIGHT - BOTTOM - (y - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)
        return f"{right:.1f},{down:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#334155">',
        f"<title>{_escaped(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for y in ticks(y_low, y_high):
        left, down = at(x_low, y).split(",")
        parts.append(f'<path d="M{left} {down}H{WIDTH - RIGHT}" stroke="#e2e8f0"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{float(down) + 4:.1f}" text-anchor="end">{y:.6g}</text>')
    for x in ticks(x_low, x_high):
        left, down = at(x, y_low).split(",")
        parts.append(f'<text x="{left}" y="{float(down) + 18:.1f}" text-anchor="middle">{x:.10g}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">step</text>')
    place = float(LEFT)
    for number, (name, points) in enumerate(lines.items()):
        color = COLORS[number % len(COLORS)]
        path = "L".join(at(x, y).replace(",", " ") for x, y in points)
        dot = "" if len(points) > 1 else ' stroke-linecap="round"'
        path = path if len(points) > 1 else f"{path}h0.1"
        parts.append(f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="2" stroke-linejoin="round"{dot}/>')
        parts.append(f'<path d="M{place:.0f} 20h16" stroke="{color}" stroke-width="3"/>')
        parts.append(f'<text x="{place + 20:.0f}" y="24">{_escaped(name)}</text>')
        place += 36 + 7.5 * len(name)
    return "\n".join([*parts, "</svg>"]) + "\n"


def thin(points: Points, most: int = MOST_POINTS) -> list[tuple[float, float]]:
    """At most so many points: the means of neighbours, with the first and the last as they are."""
    if len(points) <= most:
        return list(points)
    inner, count = points[1:-1], most - 2
    found = [points[0]]
    for n in range(count):
        part = inner[len(inner) * n // count : len(inner) * (n + 1) // count]
        found.append((sum(x for x, _ in part) / len(part), sum(y for _, y in part) / len(part)))
    return [*found, points[-1]]


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from ``low`` to ``high``, about so many."""
    step = 10 ** math.floor(math.log10((high - low) / about))
    step *= next((factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= about), 10)
    first = math.ceil(low / step)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _span(values: Sequence[float]) -> tuple[float, float]:
    """From the lowest to the highest, with some room where they are one."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high - low > 1e-12 * max(abs(low), abs(high), 1e-300):
        return low, high
    return low - (abs(low) / 10 or 0.5), high + (abs(high) / 10 or 0.5)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
