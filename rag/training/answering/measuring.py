"""What an order and a refusal reach on the cases kept for measuring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.answering.scoring.networks import Network
from rag.answering.scoring.refusal import Refusal
from rag.training.answering.refusal import confidence_row
from rag.training.answering.seen import Seen

__all__ = ["curve", "measure"]


def measure(
    seen: Sequence[Seen], ranking: Network, refusal: Refusal, *, reading: bool
) -> dict[str, dict[str, float]]:
    """By kind: questions, share of right first sentences, share refused at the threshold."""
    table: dict[str, list[tuple[bool, bool]]] = {}
    for one in seen:
        row, right = confidence_row(one, ranking, reading=reading)
        refused = float(refusal(row[None, :])[0]) < 0
        kind = one.case.kind
        if not one.case.answerable and one.case.answers:
            kind += " without" if one.case.without else " masked"
        table.setdefault(kind, []).append((right, refused))
    return {
        kind: {
            "questions": len(pairs),
            "first_right": round(float(np.mean([right for right, _ in pairs])), 3),
            "refused": round(float(np.mean([refused for _, refused in pairs])), 3),
        }
        for kind, pairs in sorted(table.items())
    }


def curve(
    seen: Sequence[Seen], ranking: Network, refusal: Refusal, *, reading: bool
) -> list[dict[str, float]]:
    """For thresholds of confidence: refused of the answerable, the near misses, the off-topic."""
    logits: dict[str, list[float]] = {"answerable": [], "near": [], "off": []}
    for one in seen:
        row, _ = confidence_row(one, ranking, reading=reading)
        if one.case.answerable:
            kind = "answerable"
        elif one.case.kind == "off-topic" or one.case.masked:
            kind = "off"
        else:
            kind = "near"
        logits[kind].append(float(refusal(row[None, :])[0]))
    points = []
    for threshold in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        cut = float(np.log(threshold / (1 - threshold)))
        share = {
            name: round(float(np.mean([value < cut for value in values] or [False])), 3)
            for name, values in logits.items()
        }
        points.append({"threshold": threshold, **share})
    return points
