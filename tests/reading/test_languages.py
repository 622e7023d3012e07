"""Languages of short texts."""

from __future__ import annotations

import pytest

from rag.reading import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("港口去年的吞吐量增长了一成，今年还要扩建。", "zh"),
        ("港口去年的吞吐量增長了一成，今年還要擴建。", "zh-Hant"),
        ("IT公司发布GPT-4模型API接口 for developers", "zh"),
        ("港は去年より忙しいです。", "ja"),
        ("항구는 작년보다 바쁩니다.", "ko"),
        ("The harbour is busier than it was last year.", "en"),
        ("Der Hafen ist größer als im letzten Jahr.", "de"),
        ("Le port est plus grand que l'année dernière.", "fr"),
        ("El puerto es más grande que el año pasado.", "es"),
        ("Порт стал больше, чем в прошлом году.", "ru"),
        ("Порт став більшим, ніж торік, і має нові причали.", "uk"),
        ("الميناء أكبر من العام الماضي", "ar"),
        ("बंदरगाह पिछले साल से बड़ा है।", "hi"),
        ("ท่าเรือใหญ่กว่าปีที่แล้ว", "th"),
        ("Το λιμάνι είναι μεγαλύτερο.", "el"),
        ("Liman geçen yıldan daha büyük ve yeni.", "tr"),
        ("Cảng lớn hơn năm ngoái và được mở rộng.", "vi"),
        ("1234 5678", None),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect_language(text) == language
