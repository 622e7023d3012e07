"""Provinces that a Chinese text names by their one-character names in a row: 京津冀, 粤港澳, 川渝."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["provinces_in"]

_SURE = {
    "京": "北京",
    "津": "天津",
    "冀": "河北",
    "晋": "山西",
    "蒙": "内蒙古",
    "辽": "辽宁",
    "沪": "上海",
    "苏": "江苏",
    "浙": "浙江",
    "皖": "安徽",
    "闽": "福建",
    "赣": "江西",
    "鲁": "山东",
    "豫": "河南",
    "鄂": "湖北",
    "湘": "湖南",
    "粤": "广东",
    "桂": "广西",
    "琼": "海南",
    "渝": "重庆",
    "川": "四川",
    "黔": "贵州",
    "滇": "云南",
    "藏": "西藏",
    "陕": "陕西",
    "陇": "甘肃",
    "甘": "甘肃",
    "澳": "澳门",
}
#: Common characters, which are provinces only between the others: 粤港澳, 陕甘宁青新.
_BESIDE = {
    "吉": "吉林",
    "黑": "黑龙江",
    "贵": "贵州",
    "云": "云南",
    "青": "青海",
    "宁": "宁夏",
    "新": "新疆",
    "港": "香港",
    "台": "台湾",
}
_NAMES = _SURE | _BESIDE
#: 北京津 and 江苏浙 end one name and begin another, and 川藏 may be what is hidden: the row stands by itself.
_ROW = re.compile(rf"(?<![东南西北江长湛天四])[{''.join(_NAMES)}]{{2,8}}(?![州江门贴品])")
_LEAST = 2


@lru_cache(maxsize=4096)
def provinces_in(normalised: str) -> frozenset[str]:
    """The full names of provinces in rows of short ones, two of them sure: 四川 and 重庆 of 川渝."""
    return frozenset(
        _NAMES[one]
        for row in _ROW.findall(normalised)
        if sum(character in _SURE for character in row) >= _LEAST
        for one in row
    )
