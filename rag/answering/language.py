"""The language of a question, and the few sentences we say ourselves in it."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.normalization import normalize

__all__ = [
    "LANGUAGES",
    "lead_in",
    "other_dates",
    "question_language",
    "refusal_text",
    "text_script",
]

_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("ja", "\u3041-\u30ff"),
    ("ko", "\u1100-\u11ff\uac00-\ud7a3"),
    ("th", "\u0e00-\u0e7f"),
    ("ar", "\u0600-\u06ff"),
    ("he", "\u0590-\u05ff"),
    ("hi", "\u0900-\u097f"),
    ("el", "\u0370-\u03ff"),
    ("ru", "\u0400-\u04ff"),
    ("zh", "\u3400-\u9fff\uf900-\ufaff"),
)
_COUNTERS = {name: re.compile(f"[{ranges}]") for name, ranges in _SCRIPTS}
_LATIN = re.compile("[A-Za-zÀ-ɏ\u1e00-\u1eff]")
_UKRAINIAN = re.compile("[іїєґ]", re.IGNORECASE)
_WORD = re.compile("[a-zà-ɏ\u1e00-\u1eff']+")
# The commonest words of a question; the language with most of them wins, English on a tie.
_COMMON = {
    "en": "the of is what who when where which how many much in was did does are and to for a by "
    "why were has have do can at on with from about it its",
    "fr": "le la les des est quel quelle qui où quand combien comment pourquoi dans du une que et "
    "quels quelles sont été l' d' en au a-t-il de",
    "de": "der die das ist wer wann wo was wie viele welche welcher welches und warum wurde in von "
    "den dem ein eine hat wird sind zu im",
    "es": "el la los las es qué quién cuándo dónde cuántos cuántas cuál cómo por de en una del se "
    "fue que y cuáles son",
    "pt": "o os as é que quem quando onde quantos quantas qual como por do da em uma no na foi são "
    "quais não de e",
    "it": "il lo gli è che chi quando dove quanti quante quale come perché di della del nel una "
    "sono stato stata in e",
    "nl": "de het een is wie wanneer waar wat hoe hoeveel welke en waarom van werd zijn was op",
    "tr": "ne kim nerede nasıl kaç hangi neden niçin ve bir bu mi mı midir nedir kimdir zaman "
    "olarak için ile",
    "vi": "là gì ai khi nào ở đâu bao nhiêu nào tại sao như thế của và có được trong những các",
    "id": "apa siapa kapan mana di berapa bagaimana mengapa yang dan dari adalah pada untuk",
    "pl": "jest kto kiedy gdzie co jak ile który która dlaczego w na i się był była do jaki",
}
_COMMON_SETS = {name: frozenset(words.split()) for name, words in _COMMON.items()}

LANGUAGES = (*_COMMON, "zh", "zh-Hant", "ja", "ko", "th", "ar", "he", "hi", "el", "ru", "uk")

_REFUSALS = {
    "zh": "资料中没有找到这个问题的答案。下面是最接近的段落,供参考。",
    "zh-Hant": "資料中沒有找到這個問題的答案。下面是最接近的段落,供參考。",
    "en": "The documents do not hold an answer to this question. "
    "The nearest passages are listed for reference.",
    "ja": "資料の中にこの質問の答えは見つかりませんでした。最も近い箇所を参考として示します。",
    "ko": "자료에서 이 질문의 답을 찾지 못했습니다. 가장 가까운 구절을 참고로 보여 드립니다.",
    "fr": "Les documents ne contiennent pas de réponse à cette question. "
    "Les passages les plus proches sont donnés à titre indicatif.",
    "de": "Die Dokumente enthalten keine Antwort auf diese Frage. "
    "Die nächstliegenden Stellen sind zur Orientierung aufgeführt.",
    "es": "Los documentos no contienen una respuesta a esta pregunta. "
    "Se muestran los pasajes más cercanos como referencia.",
    "pt": "Os documentos não contêm resposta a esta pergunta. "
    "Os trechos mais próximos são mostrados como referência.",
    "it": "I documenti non contengono una risposta a questa domanda. "
    "I passaggi più vicini sono riportati come riferimento.",
    "nl": "De documenten bevatten geen antwoord op deze vraag. "
    "De dichtstbijzijnde passages staan er ter oriëntatie bij.",
    "ru": "В документах нет ответа на этот вопрос. Ближайшие отрывки приведены для справки.",
    "uk": "У документах немає відповіді на це запитання. Найближчі уривки наведено для довідки.",
    "tr": "Belgelerde bu sorunun yanıtı bulunamadı. En yakın bölümler bilgi için gösteriliyor.",
    "vi": "Tài liệu không có câu trả lời cho câu hỏi này. Các đoạn gần nhất được nêu để tham khảo.",
    "id": "Dokumen tidak memuat jawaban atas pertanyaan ini. "
    "Bagian yang paling dekat ditampilkan sebagai rujukan.",
    "pl": "Dokumenty nie zawierają odpowiedzi na to pytanie. "
    "Najbliższe fragmenty podano dla orientacji.",
    "th": "ไม่พบคำตอบของคำถามนี้ในเอกสาร ข้อความที่ใกล้เคียงที่สุดแสดงไว้เพื่ออ้างอิง",
    "ar": "لا تحتوي الوثائق على إجابة عن هذا السؤال. أقرب المقاطع معروضة للاستئناس.",
    "he": "המסמכים אינם מכילים תשובה לשאלה זו. הקטעים הקרובים ביותר מוצגים לעיון.",
    "hi": "दस्तावेज़ों में इस प्रश्न का उत्तर नहीं मिला। निकटतम अंश संदर्भ के लिए दिए गए हैं।",
    "el": "Τα έγγραφα δεν περιέχουν απάντηση σε αυτή την ερώτηση. "
    "Τα πλησιέστερα αποσπάσματα παρατίθενται ενδεικτικά.",
}
# Said before a quote in another script than the question's: we quote, we do not translate.
_LEAD_INS = {
    "zh": "原文如下:",
    "zh-Hant": "原文如下:",
    "en": "In the source's own words: ",
    "ja": "原文のまま引用します: ",
    "ko": "원문 그대로 인용합니다: ",
    "fr": "Dans les termes de la source : ",
    "de": "Im Wortlaut der Quelle: ",
    "es": "En palabras de la fuente: ",
    "pt": "Nas palavras da fonte: ",
    "it": "Nelle parole della fonte: ",
    "nl": "In de woorden van de bron: ",
    "ru": "Словами источника: ",
    "uk": "Словами джерела: ",
    "tr": "Kaynağın kendi sözleriyle: ",
    "vi": "Nguyên văn từ nguồn: ",
    "id": "Dalam kata-kata sumbernya: ",
    "pl": "Słowami źródła: ",
    "th": "ข้อความตามต้นฉบับ: ",
    "ar": "بنص المصدر: ",
    "he": "בלשון המקור: ",
    "hi": "स्रोत के शब्दों में: ",
    "el": "Με τα λόγια της πηγής: ",
}


@lru_cache(maxsize=2048)
def question_language(text: str) -> str:
    """BCP 47 tag of a question's language, ``en`` where nothing tells.

    Han text is ``zh-Hant`` when some character has a Simplified form and none is Simplified only by
    being different; a Chinese question may hold Latin names and stays Chinese.
    """
    counts = {name: len(pattern.findall(text)) for name, pattern in _COUNTERS.items()}
    latin = len(_LATIN.findall(text))
    if counts["ja"] and counts["ja"] * 6 >= counts["zh"]:
        return "ja"
    script = max(counts, key=lambda name: counts[name] * (3 if name == "zh" else 1))
    if counts[script] * (3 if script == "zh" else 1) >= latin and counts[script]:
        if script == "zh":
            return "zh-Hant" if _is_traditional(text) else "zh"
        if script == "ru" and _UKRAINIAN.search(text):
            return "uk"
        return script
    words = _WORD.findall(text.lower())
    scores = {name: sum(word in common for word in words) for name, common in _COMMON_SETS.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else "en"


def _is_traditional(text: str) -> bool:
    han = "".join(_COUNTERS["zh"].findall(text))
    return normalize(han) != han


def text_script(text: str) -> str:
    """The script that most letters of a text are in: ``han``, ``latin``, or a language tag."""
    sample = text[:2000]
    counts = {name: len(pattern.findall(sample)) for name, pattern in _COUNTERS.items()}
    if counts["ja"] * 6 >= counts["zh"] > 0 and counts["ja"]:
        return "ja"
    # A Han character carries about as much as three Latin letters.
    counts["zh"] *= 3
    counts["latin"] = len(_LATIN.findall(sample))
    best = max(counts, key=lambda name: counts[name])
    return {"zh": "han"}.get(best, best) if counts[best] else ""


def refusal_text(language: str) -> str:
    """What is said when the documents do not hold the answer."""
    return _REFUSALS.get(language, _REFUSALS["en"])


def lead_in(language: str) -> str:
    """What is said before a quote that is not in the question's script; ends with its own space."""
    return _LEAD_INS.get(language, _LEAD_INS["en"])


def other_dates(language: str) -> str:
    """The note beside an answer whose sources are of different dates."""
    if language == "zh":
        return "不同日期的资料说法不同,新的在前。"
    if language == "zh-Hant":
        return "不同日期的資料說法不同,新的在前。"
    return "Sources of different dates differ; the newest stands first."
