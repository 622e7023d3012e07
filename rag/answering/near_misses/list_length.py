"""Whether a list is as long as the question says: the five measures, 三个方面."""

from __future__ import annotations

import re

from rag.answering.question.analysis import AskedFor

__all__ = ["lacks_items"]

_COUNT = re.compile(
    r"((?<![\d.])\d{1,2}|[两二三四五六七八九十])(?:大|个|条|家|项|种|区|类|方面|座|所|位|名|步|点|句|级|块(?!钱)|张)"
)
_DIGITS_OF = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"两": 2}


def lacks_items(asked: AskedFor, normalised: str, following: str) -> bool:
    """Whether a list of a told length is asked for, and no row of that length stands here or is to follow.

    ``normalised`` is the sentence, ``following`` the text behind it, normalised too.
    """
    count = _COUNT.search(asked.normalised)
    if count is None:
        return False
    number = _DIGITS_OF.get(count.group(1)) or int(count.group(1))
    if not 2 <= number <= 20:
        return False
    if normalised.rstrip().endswith(":"):
        return False  # announced: its members may be sentences of their own
    text = normalised + following
    rows = re.findall(r"[^,。;:!?、]{1,30}(?:、[^,。;:!?、]{1,30})+", text)
    longest = max((row.count("、") + 1 + row.count("和") for row in rows), default=0)
    enumerated = len(re.findall(r"[一二三四五六七八九十]是|第[一二三四五六七八九十]|\d\.", text))
    commas = max((part.count(",") + 1 for part in re.findall(r'[":][^"。]*', text)), default=0)
    dashes = max(
        (row.count("-") + 1 for row in re.findall(r"[^,。;\s]+-[^,。;\s]+", text)), default=0
    )
    # Two need no comma: 示范区和经济区.
    pair = 2 * bool(re.search(r"[^,。;:!?、\s]{2}[和与及][^,。;:!?、\s]{2}", text))
    return max(longest, pair, enumerated, commas, dashes, text.count(";") + 1) < number
