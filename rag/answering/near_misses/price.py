"""Whether a sentence can hold a price or a wage, in other languages than Chinese and English.

What asks for one is told for each language by its own words; what is one, by currencies of all languages, by
figures of their size, and by words for what costs nothing or half.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from functools import lru_cache

from rag.normalization import normalize

__all__ = ["asks_price", "holds_price"]

_ASKS: dict[str, str] = {
    "de": r"wie teuer|\b(?:was|wie ?viel)\b[^?]*\bkoste(?:t|n|te|ten)\b|wie ?viel verdien"
    r"|wie hoch (?:ist|war|sind|waren) (?:der|die|das) (?:\w+ )?\w*(?:preis|eintritt|lohn|gehalt|miete|gebühr)",
    "fr": r"\bcombien (?:[\w'’-]+ ){0,4}?(?:coût|cout|gagne|pa(?:ie|ye))|\bquel(?:le)? (?:est|était) le (?:prix (?:d|pour|moyen)|tarif|salaire|loyer)",
    "es": r"\bcuánto (?:cuesta|costó|costaba|costará|cobra|vale|gana|paga|se paga)|\bcuál (?:es|era) el (?:precio|sueldo|salario|alquiler)|\bqué precio",
    "it": r"\bquanto (?:costa|costava|costano|è costat|guadagna|si paga)|\bqual (?:è|era) il (?:prezzo|costo|salario|stipendio|canone)",
    "pt": r"\bquanto (?:custa|custou|custava|ganha|se paga)|\bqual (?:é|era) o (?:preço|custo|salário|aluguel)",
    "nl": r"\b(?:hoeveel|wat) kost|\bhoeveel verdien",
    "ru": r"сколько стои|какова цена|какая цена|по какой цене|какая зарплата|какова зарплата|сколько (?:платят|зарабатыва)",
    "uk": r"скільки кошту|яка ціна|яка зарплата",
    "pl": r"\bile kosztuj|\bile kosztował|jaka jest cena",
    "tr": r"kaç (?:lira|para|tl)\b|(?:fiyatı|ücreti|maaşı) (?:ne|kaç)",
    "vi": r"bao nhiêu tiền|giá (?:vé|bán|thuê)[^?]*bao nhiêu|\blương (?:khởi điểm|tháng|của|cơ bản|trung bình)[^?]*bao nhiêu|học phí",
    "el": r"πόσο (?:κοστίζ|κάνει)|τι κοστίζ|ποια (?:είναι|ήταν) η τιμή|πόσα δίδακτρα|ποιος (?:είναι|ήταν) ο μισθός",
    "ar": r"كم (?:يبلغ |تبلغ )?(?:ثمن|سعر|تكلفة|راتب|أجر|رسم|رسوم)|كم (?:ي|ت)?كلف|ما (?:هو |هي )?(?:ثمن|سعر|تكلفة|راتب)",
    "hi": r"कीमत|क़ीमत|वेतन|कितना ख़र्च|कितना खर्च|किराया कितना|कितने रुपये",
    "th": r"(?:ราคา|ค่าจ้าง|ค่าเข้า|ค่าใช้จ่าย|เงินเดือน).*(?:เท่าไร|เท่าไหร่|เท่าใด|กี่)|กี่บาท",
    "ja": r"いくら(?:です|でし|かか)|何円|料金は|値段は",
    "ko": r"(?:가격|요금|비용|입장료|월급).*얼마|얼마(?:입니까|예요|인가요)",
}
_HOLDS = (
    r"[$€£¥₹₫฿₽₺₩]|\b(?:eur|chf|usd|tl|kr|kč|zł)\b|euro|dollar|dólar|доллар|долар|евро|δολάρ|ευρώ|ดอลลาร์|ยูโร|دولار|يورو|डॉलर|यूरो|ドル|ユーロ|달러|유로"
    r"|\bmark|pfennig|fran[ckq]|gulden|taler|thaler|kron|crown|pound|livre|libra|фунт|peset|\breal(?:es)?\b|\breais\b|\bpesos?\b|рубл|копе|крон|гривн|\blir[ae]\b|kuruş"
    r"|\bđồng\b|\bxu\b|δραχμ|บาท|دينار|دنانير|ريال|جنيه|درهم|دراهم|ليرة|ليرات|रुपय|रुपए|रुपये|पैसे|\bleu\b|\blei\b|\bbani\b|円|銭|원|złot|grosz"
    # A price without its currency: kostet vierzig pro Gruppe, le tarif est de 12, 5,50 pro Person.
    r"|\b(?:kostete?t?|coût(?:e|ent|ait)|cuestan?|costó|costano|custam?|стоит|стоят|коштує|kosztuje)\b"
    r"|(?:betr[aä]g|preis|eintritt|verdien|gagne|tarif|prix|loyer|gana|vale|precio|costa|prezzo|preço|цена|ціна|cena|fiyat|ücret)\w*\b[^.!?]{0,25}(?<![\d.,])(?!(?:1[5-9]|20)\d\d(?!\d))\d|\d[.,](?:\d\d(?!\d)|[–-])"
    r"|kein(?:e[nr]?)? (?:eintritt|gebühr|kosten)|entfällt|\bnichts\b|sans frais|aucuns? frais|offert|no se cobra|sin (?:cost[oe]|cargo)|свободн|rappen|\bsoles\b|bolívar"
    r"|gratis|gratuit|kostenlos|kostenfrei|umsonst|\bfrei\b|libre|бесплатн|безкоштовн|ücretsiz|bedava|miễn phí|δωρεάν|ฟรี|مجان|मुफ|निःशुल्क|無料|무료|za darmo"
    r"|hälfte|moitié|mitad|metà|metade|половин|\byarı|\bnửa\b|μισ[οήά]|ครึ่ง|نصف|आध|半|centime|céntimo|centavo|\bcents?\b|triệu|\btỷ\b|mili?[oõ]n|milh|million|εκατομμ"
    r"|миллион|млн|тысяч|мільйон|тисяч|milyon|ล้าน|مليون|ألف|लाख|करोड़|億|万|백만"
)


@lru_cache(maxsize=32)
def _asking(language: str) -> re.Pattern[str] | None:
    return re.compile(normalize(_ASKS[language])) if language in _ASKS else None


@lru_cache(maxsize=1)
def _holding() -> re.Pattern[str]:
    return re.compile(normalize(_HOLDS))


def asks_price(normalised: str, language: str) -> bool:
    """Whether a normalised question in a language asks for a price or a wage."""
    asking = _asking(language)
    return asking is not None and asking.search(normalised) is not None


def holds_price(normalised: str) -> bool:
    """Whether a normalised sentence may hold one."""
    return _holding().search(normalised) is not None
