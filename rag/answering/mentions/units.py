"""Units of figures: which are money, and which are one in two spellings or languages."""

from __future__ import annotations

__all__ = ["is_currency", "same_unit"]

_DOLLARS = frozenset("usd hkd twd sgd aud cad nzd".split())
#: What each spelling of a currency can be: "$" is any dollar, "¥" yuan or yen.
_CURRENCIES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("$", "dollar", "dollars"), _DOLLARS),
    **dict.fromkeys(("¥", "￥"), frozenset({"cny", "jpy"})),
    "元": frozenset({"cny", "hkd", "twd"}),
    **{
        spelling: frozenset({code})
        for code, spellings in {
            "usd": "us$ usd usdollar usdollars u.s.dollar u.s.dollars 美元 美金",
            "hkd": "hk$ hkd hongkongdollars 港元 港币",
            "twd": "nt$ twd 新台币 台币",
            "aud": "a$ au$ aud 澳元",
            "cad": "c$ ca$ cad 加元",
            "sgd": "s$ sgd",
            "eur": "€ eur euro euros 欧元",
            "gbp": "£ ￡ gbp pound pounds 英镑",
            "cny": "rmb cny yuan renminbi 人民币 元人民币 人民币元",
            "jpy": "yen jpy 日元 日圆 円",
            "krw": "krw 韩元",
            "inr": "₹ inr rupee rupees 卢比",
            "rub": "₽ rub ruble rubles rouble roubles 卢布",
            "chf": "chf franc francs swissfrancs 法郎 瑞士法郎",
        }.items()
        for spelling in spellings.split()
    },
}

_SAME_UNITS = (
    {"个", "项", "处", "件", "家", "名", "人", "位", "条", "座", "所", "次", "户", "批", "种", "类",
     "人次", "余人次", "场", "套", "片", "栋", "支", "期"},
    {"公里", "千米", "km", "kilometres", "kilometers", "kilometre", "kilometer"},
    {"平方公里", "平方千米", "km²", "square"},
    {"米", "m", "metres", "meters"},
    {"公斤", "千克", "kg"},
    {"吨", "tonnes", "tons", "t"},
    {"年", "years", "year"}, {"天", "日", "days", "day"}, {"月", "个月", "months", "month"},
    {"小时", "hours", "hour", "h"}, {"分钟", "minutes", "minute", "min"},
)  # fmt: skip


def same_unit(one: str, other: str) -> bool:
    """Whether two units can be one: spellings of a measure, or counted nouns across languages."""
    if is_currency(one) and is_currency(other):
        return bool(_CURRENCIES[one] & _CURRENCIES[other])
    if is_currency(one) != is_currency(other):
        counted = other if is_currency(one) else one
        return not any(counted in group for group in _SAME_UNITS)
    if one == other or one.isascii() != other.isascii():
        # Across languages the counted noun is translated; the value decides.
        return one == other or not any(
            (one in group) != (other in group) for group in _SAME_UNITS[1:]
        )
    if one.isascii():
        # "20 years" and "20 schools": any English word stands behind the number, so only
        # known measures can contradict.
        groups = [[unit in group for group in _SAME_UNITS] for unit in (one, other)]
        return not (any(groups[0]) and any(groups[1])) or groups[0] == groups[1]
    return any(one in group and other in group for group in _SAME_UNITS)


def is_currency(unit: str) -> bool:
    """Whether the unit of a figure is money."""
    return unit in _CURRENCIES
