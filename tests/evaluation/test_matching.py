from __future__ import annotations

import pytest

from rag.evaluation.matching import exact_match, holds, overlap, token_f1, tokens


@pytest.mark.parametrize(
    ("text", "answer", "held"),
    [
        ("建成172个小区", "172个", True),
        ("建成１７２个小区", "172", True),  # full width
        ("建成1172个小区", "172", False),  # another figure
        ("建成172.5个", "172", False),
        ("建成1,172个", "1172", True),  # grouped thousands
        ("完成率为17.2%", "17.2%", True),
        ("完成率为17.2%", "17.2", True),
        ("韓華局長", "韩华", True),  # Traditional script
        ("“智慧 小区”", "智慧小区", True),  # white space and quotation marks
        ("《意见》", "意见", True),
        ("the catalogue", "cat", False),  # whole words only
        ("The Cat sat", "cat", True),
        ("", "x", False),
        ("x", "", False),
        ("x", "，。", False),  # an answer of punctuation matches nothing
        ("支持打印：√", "√", True),  # a table's sign
        ("支持打印：×", "√", False),
        ("增速为-3.2%", "-3.2%", True),
        ("增速为−3.2%，气温1℃", "-3.2%", True),
        ("增速为3.2%", "-3.2%", False),  # a figure of the other sign
        ("3月-5月", "5月", True),  # a range
        ("ເມືອງຫຼວງແມ່ນວຽງຈັນ", "ວຽງຈັນ", True),  # written without spaces
    ],
)
def test_holds(text, answer, held) -> None:
    assert holds(text, [answer]) is held


def test_tokens_of_mixed_text() -> None:
    assert tokens("AI与2023年的B超，GDP") == ("ai", "与", "2023", "年", "的", "b", "超", "gdp")


def test_exact_match() -> None:
    assert exact_match("172 个。", ["172个"])
    assert not exact_match("约172个", ["172个"])
    assert exact_match("√", ["√"])
    assert not exact_match("", ["√"])
    assert not exact_match("", ["。"])
    assert exact_match("-5 ℃", ["−5℃"])
    assert not exact_match("5℃", ["-5℃"])


def test_f1_by_character() -> None:
    # 2 of 3 given and 2 of 2 wanted: 2 * (2/3) * 1 / (2/3 + 1) = 0.8
    assert token_f1("韩华等", ["韩华"]) == pytest.approx(0.8)
    assert token_f1("韩华等", ["韩华", "韩华等"]) == 1
    assert token_f1("甲", ["乙"]) == 0
    assert token_f1("甲", []) == 0


@pytest.mark.parametrize(
    ("left", "right", "shared"),
    [((0, 4), (2, 9), 2), ((0, 4), (4, 9), 0), ((3, 5), (0, 9), 2), ((7, 9), (0, 2), 0)],
)
def test_overlap(left, right, shared) -> None:
    assert overlap(left, right) == shared
