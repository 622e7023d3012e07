"""The few sentences we say ourselves, in the question's language."""

from __future__ import annotations

from rag.retrieval.language import question_language

__all__ = [
    "lead_in",
    "nothing_fits_text",
    "nothing_indexed_text",
    "other_dates",
    "question_language",
    "refusal_text",
    "unanswered_part",
]

_REFUSALS = {
    "zh": "资料中没有找到这个问题的答案。下面是最接近的段落，供参考。",
    "zh-Hant": "資料中沒有找到這個問題的答案。下面是最接近的段落，供參考。",
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
_NOTHING_FITS = {
    "zh": "没有符合条件的资料，无法回答这个问题。",
    "zh-Hant": "沒有符合條件的資料，無法回答這個問題。",
    "en": "No document fits the restriction, so this question cannot be answered.",
    "ja": "条件に合う資料がないため、この質問には答えられません。",
    "ko": "조건에 맞는 자료가 없어 이 질문에 답할 수 없습니다.",
    "fr": "Aucun document ne répond à la restriction : impossible de répondre à cette question.",
    "de": "Kein Dokument entspricht der Einschränkung; die Frage lässt sich nicht beantworten.",
    "es": "Ningún documento cumple la restricción; no se puede responder a esta pregunta.",
    "pt": "Nenhum documento cumpre a restrição; não é possível responder a esta pergunta.",
    "it": "Nessun documento rispetta la restrizione; non è possibile rispondere a questa domanda.",
    "nl": "Geen enkel document voldoet aan de beperking; deze vraag is niet te beantwoorden.",
    "ru": "Нет документов, подходящих под ограничение; ответить на этот вопрос нельзя.",
    "uk": "Немає документів, що відповідають обмеженню; відповісти на це запитання не можна.",
    "tr": "Kısıtlamaya uyan belge yok; bu soru yanıtlanamıyor.",
    "vi": "Không có tài liệu nào phù hợp với giới hạn; không thể trả lời câu hỏi này.",
    "id": "Tidak ada dokumen yang sesuai dengan pembatasan; pertanyaan ini tidak dapat dijawab.",
    "pl": "Żaden dokument nie spełnia ograniczenia; nie można odpowiedzieć na to pytanie.",
    "th": "ไม่มีเอกสารที่ตรงตามเงื่อนไข จึงตอบคำถามนี้ไม่ได้",
    "ar": "لا توجد وثيقة تطابق الشرط، فتتعذر الإجابة عن هذا السؤال.",
    "he": "אין מסמך שעונה על ההגבלה, ולכן אי אפשר להשיב על השאלה.",
    "hi": "कोई दस्तावेज़ शर्त पर खरा नहीं उतरता, इसलिए इस प्रश्न का उत्तर नहीं दिया जा सकता।",
    "el": "Κανένα έγγραφο δεν πληροί τον περιορισμό· η ερώτηση δεν μπορεί να απαντηθεί.",
}
_NOTHING_INDEXED = {
    "zh": "还没有收录任何资料，无法回答这个问题。",
    "zh-Hant": "還沒有收錄任何資料，無法回答這個問題。",
    "en": "Nothing is indexed yet, so this question cannot be answered.",
    "ja": "まだ資料が登録されていないため、この質問には答えられません。",
    "ko": "아직 색인된 자료가 없어 이 질문에 답할 수 없습니다.",
    "fr": "Aucun document n'est encore indexé : impossible de répondre à cette question.",
    "de": "Es ist noch nichts indexiert; die Frage lässt sich nicht beantworten.",
    "es": "Todavía no hay nada indexado; no se puede responder a esta pregunta.",
    "pt": "Ainda não há nada indexado; não é possível responder a esta pergunta.",
    "it": "Non è ancora indicizzato nulla; non è possibile rispondere a questa domanda.",
    "nl": "Er is nog niets geïndexeerd; deze vraag is niet te beantwoorden.",
    "ru": "Пока ничего не проиндексировано; ответить на этот вопрос нельзя.",
    "uk": "Ще нічого не проіндексовано; відповісти на це запитання не можна.",
    "tr": "Henüz hiçbir şey dizine eklenmedi; bu soru yanıtlanamıyor.",
    "vi": "Chưa có tài liệu nào được lập chỉ mục; không thể trả lời câu hỏi này.",
    "id": "Belum ada yang diindeks; pertanyaan ini tidak dapat dijawab.",
    "pl": "Nic jeszcze nie zostało zindeksowane; nie można odpowiedzieć na to pytanie.",
    "th": "ยังไม่มีเอกสารในดัชนี จึงตอบคำถามนี้ไม่ได้",
    "ar": "لم يُفهرس شيء بعد، فتتعذر الإجابة عن هذا السؤال.",
    "he": "עדיין לא נוסף דבר לאינדקס, ולכן אי אפשר להשיב על השאלה.",
    "hi": "अभी कुछ भी अनुक्रमित नहीं है, इसलिए इस प्रश्न का उत्तर नहीं दिया जा सकता।",
    "el": "Δεν έχει ευρετηριαστεί τίποτα ακόμη· η ερώτηση δεν μπορεί να απαντηθεί.",
}
# Said before a quote in another script than the question's: we quote, we do not translate.
_LEAD_INS = {
    "zh": "原文如下：",
    "zh-Hant": "原文如下：",
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


_UNANSWERED_PARTS = {
    "zh": "资料中没有找到答案",
    "zh-Hant": "資料中沒有找到答案",
    "en": "no answer in the documents",
    "ja": "資料の中に答えは見つかりませんでした",
    "ko": "자료에서 답을 찾지 못했습니다",
    "fr": "pas de réponse dans les documents",
    "de": "keine Antwort in den Dokumenten",
    "es": "sin respuesta en los documentos",
    "pt": "sem resposta nos documentos",
    "it": "nessuna risposta nei documenti",
    "nl": "geen antwoord in de documenten",
    "ru": "в документах ответа нет",
    "uk": "у документах відповіді немає",
    "tr": "belgelerde yanıt yok",
    "vi": "không có câu trả lời trong tài liệu",
    "id": "tidak ada jawaban dalam dokumen",
    "pl": "brak odpowiedzi w dokumentach",
    "th": "ไม่พบคำตอบในเอกสาร",
    "ar": "لا إجابة في الوثائق",
    "he": "אין תשובה במסמכים",
    "hi": "दस्तावेज़ों में उत्तर नहीं मिला",
    "el": "δεν υπάρχει απάντηση στα έγγραφα",
}


def refusal_text(language: str) -> str:
    """What is said when the documents do not hold the answer, with the nearest passages beside it."""
    return _REFUSALS.get(language, _REFUSALS["en"])


def nothing_fits_text(language: str) -> str:
    """What is said when no document passes the filter."""
    return _NOTHING_FITS.get(language, _NOTHING_FITS["en"])


def nothing_indexed_text(language: str) -> str:
    """What is said when the index is empty."""
    return _NOTHING_INDEXED.get(language, _NOTHING_INDEXED["en"])


def unanswered_part(question: str) -> str:
    """The line that says of one question of several that the documents do not hold its answer."""
    language = question_language(question)
    told = _UNANSWERED_PARTS.get(language, _UNANSWERED_PARTS["en"])
    if language in ("zh", "zh-Hant", "ja"):
        return f"“{question}”：{told}。"
    return f'"{question}": {told}.'


def lead_in(language: str) -> str:
    """What is said before a quote that is not in the question's script; ends with its own space."""
    return _LEAD_INS.get(language, _LEAD_INS["en"])


def other_dates(language: str) -> str:
    """The note beside an answer whose sources are of different dates."""
    if language == "zh":
        return "不同日期的资料说法不同，新的在前。"
    if language == "zh-Hant":
        return "不同日期的資料說法不同，新的在前。"
    return "Sources of different dates differ; the newest stands first."
