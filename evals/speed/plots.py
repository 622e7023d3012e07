"""Line plots of the growth figures as SVG, without a plotting library."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

PLOTS = {
    "build": (["build s", "update 1% s"], "seconds"),
    "query": (
        [
            "dense p50 ms",
            "dense p95 ms",
            "lexical p50 ms",
            "lexical p95 ms",
            "both and texts p50 ms",
        ],
        "milliseconds",
    ),
    "recall": (["recall@10"], "share"),
    "memory": (["build peak MB", "query peak MB"], "MB"),
    "size": (["bytes a passage", "catalog bytes a passage"], "bytes"),
    "open": (["open s"], "seconds"),
}
COLOURS = ("#1b6ca8", "#d1495b", "#3a7d44", "#edae49", "#6b4e9b")
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 380, 70, 50, 40


def _svg(title: str, unit: str, names: list[str], rows: list[dict[str, Any]]) -> str:
    xs = [math.log10(row["passages"]) for row in rows]
    values = [row[name] for row in rows for name in names if name in row]
    low_x, high_x = min(xs), max(*xs, min(xs) + 1)
    top = max(values) * 1.1 or 1

    def x(value: float) -> float:
        return LEFT + (value - low_x) / (high_x - low_x) * (WIDTH - LEFT - 190)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        '  font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="24" font-size="15">{title} ({unit}) by number of passages</text>',
    ]
    for step in range(6):
        value = top * step / 5
        parts.append(
            f'<line x1="{LEFT}" x2="{x(high_x):.0f}" y1="{y(value):.1f}" y2="{y(value):.1f}" '
            f'stroke="#ddd"/><text x="{LEFT - 8}" y="{y(value) + 4:.1f}" '
            f'text-anchor="end">{value:.3g}</text>'
        )
    parts.extend(
        f'<text x="{x(at):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">'
        f"{row['passages']:,}</text>"
        for at, row in zip(xs, rows, strict=True)
    )
    for place, name in enumerate(names):
        colour = COLOURS[place % len(COLOURS)]
        points = [(x(at), y(row[name])) for at, row in zip(xs, rows, strict=True) if name in row]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.extend(
            f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points
        )
        parts.append(
            f'<text x="{WIDTH - 175}" y="{TOP + 20 + 20 * place}" fill="{colour}">{name}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def draw(rows: list[dict[str, Any]], folder: Path) -> None:
    """One file for each plot."""
    for title, (names, unit) in PLOTS.items():
        (folder / f"growth-{title}.svg").write_text(_svg(title, unit, names, rows), "utf-8")


if __name__ == "__main__":
    path = Path(sys.argv[1])
    draw(json.loads(path.read_text("utf-8"))["growth"], path.parent)
