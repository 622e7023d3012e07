"""Small plots as inline SVG, readable on a light and on a dark page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from rag.evaluation.measures import Measure

__all__ = ["bars", "curve", "histogram", "whiskers"]

_WIDTH, _ROW, _LEFT = 460, 18, 150


def whiskers(measures: Sequence[Measure]) -> str:
    """A dot and its interval for each measure, on a scale from 0 to 100%."""
    drawn = [measure for measure in measures if not math.isnan(measure.value)]
    rows = []
    for at, measure in enumerate(drawn):
        y = _ROW * at + 12
        low, high = (
            (measure.low, measure.high)
            if not math.isnan(measure.low)
            else (
                measure.value,
                measure.value,
            )
        )
        rows.append(
            f"<text x='{_LEFT - 8}' y='{y + 4}' text-anchor='end'>{escape(measure.name)}</text>"
            f"<line x1='{_x(low)}' x2='{_x(high)}' y1='{y}' y2='{y}' stroke='#4a90d9' "
            "stroke-width='3' stroke-opacity='.5'/>"
            f"<circle cx='{_x(measure.value)}' cy='{y}' r='4' fill='#4a90d9'/>"
            f"<text x='{_WIDTH - 4}' y='{y + 4}' text-anchor='end'>{100 * measure.value:.1f}</text>"
        )
    height = _ROW * len(drawn) + 8
    grid = "".join(
        f"<line x1='{_x(share)}' x2='{_x(share)}' y1='0' y2='{height}' stroke='#8884'/>"
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    return _svg(grid + "".join(rows), height)


def _x(share: float) -> float:
    return round(_LEFT + (_WIDTH - _LEFT - 44) * share, 1)


def bars(rows: Sequence[tuple[str, float, str]], *, digits: int = 0) -> str:
    """(name, length, tooltip) as horizontal bars, the longest as wide as the plot."""
    most = max((length for _, length, _ in rows), default=0) or 1
    drawn = []
    for at, (name, length, tip) in enumerate(rows):
        y = _ROW * at + 3
        drawn.append(
            f"<g><title>{escape(tip)}</title>"
            f"<text x='{_LEFT - 8}' y='{y + 11}' text-anchor='end'>{escape(name)}</text>"
            f"<rect x='{_LEFT}' y='{y}' width='{_x(length / most) - _LEFT:.1f}' height='13' "
            "fill='#d98c4a' fill-opacity='.7'/>"
            f"<text x='{_x(length / most) + 5}' y='{y + 11}'>{length:.{digits}f}</text></g>"
        )
    return _svg("".join(drawn), _ROW * len(rows) + 8) if rows else "<p class=note>nothing</p>"


def histogram(above: Sequence[float], below: Sequence[float], *, bins: int = 20) -> str:
    """Two mirrored histograms of values in [0, 1], each scaled to its own size."""
    half, width = 70, (_WIDTH - 40) / bins
    drawn = [f"<line x1='20' x2='{_WIDTH - 20}' y1='{half}' y2='{half}' stroke='#888'/>"]
    for values, colour, up in ((above, "#4aa56b", True), (below, "#c9504a", False)):
        counts = [0] * bins
        for value in values:
            counts[min(bins - 1, max(0, int(value * bins)))] += 1
        for at, count in enumerate(counts):
            if not count:
                continue
            height = 60 * count / max(counts)
            y = half - height if up else half
            drawn.append(
                f"<rect x='{20 + at * width:.1f}' y='{y:.1f}' width='{width - 1:.1f}' "
                f"height='{height:.1f}' fill='{colour}'><title>{at / bins:.2f} to "
                f"{(at + 1) / bins:.2f}: {count}</title></rect>"
            )
    drawn += [
        f"<text x='20' y='{2 * half + 12}'>0</text>",
        f"<text x='{_WIDTH - 28}' y='{2 * half + 12}'>1</text>",
    ]
    return _svg("".join(drawn), 2 * half + 16)


def curve(points: Sequence[tuple[float, float]]) -> str:
    """A line through (x, y) points; x from 0 to 1, y from 0 to its largest."""
    height, left = 150, 40
    most = max(0.05, *(y for _, y in points))
    path = " ".join(
        f"{left + (_WIDTH - left - 20) * x:.1f},{10 + (height - 30) * (1 - y / most):.1f}"
        for x, y in points
    )
    return _svg(
        f"<rect x='{left}' y='10' width='{_WIDTH - left - 20}' height='{height - 30}' fill='none' "
        f"stroke='#8884'/><polyline points='{path}' fill='none' stroke='#4a90d9' stroke-width='2'/>"
        f"<text x='{left - 4}' y='18' text-anchor='end'>{100 * most:.0f}%</text>"
        f"<text x='{left - 4}' y='{height - 18}' text-anchor='end'>0</text>"
        f"<text x='{left}' y='{height - 4}'>0</text>"
        f"<text x='{_WIDTH - 20}' y='{height - 4}' text-anchor='end'>100%</text>",
        height,
    )


def _svg(inside: str, height: float) -> str:
    return (
        f"<svg width='{_WIDTH}' height='{height:.0f}' viewBox='0 0 {_WIDTH} {height:.0f}' "
        f"role='img'>{inside}</svg>"
    )
