r"""Bytes -> text: the encoding whose text is the most plausible, and how sure that is.

The first codec that does not raise is a poor judge: nearly every GB18030 text also "is" Big5, Shift
JIS or EUC-KR. So each codec that can decode the bytes is scored by its text: common characters
count for it, rare ones, private ones and odd neighbours against it, per byte, so that one-byte and
two-byte encodings compare.

Line ends become ``\\n`` here and nowhere else; a byte order mark is dropped. From here on a
document's text is fixed.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache

from rag.reading.frequency import HAN, HANGUL

__all__ = ["Decoded", "decode", "normalize_line_ends", "printable"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
#: (name to report, codecs to try in this order); earlier ones win ties.
_CANDIDATES = (
    ("gb18030", ("gb18030",)),
    ("big5", ("cp950", "big5hkscs")),
    ("shift_jis", ("cp932",)),
    ("euc-jp", ("euc_jp",)),
    ("euc-kr", ("cp949",)),
    ("windows-1252", ("cp1252",)),
    ("windows-1251", ("cp1251",)),
    ("koi8-r", ("koi8_r",)),
    ("windows-1250", ("cp1250",)),
    ("windows-1254", ("cp1254",)),
    ("windows-1253", ("cp1253",)),
    ("windows-1256", ("cp1256",)),
    ("windows-1255", ("cp1255",)),
    ("tis-620", ("cp874",)),
)
#: How files name the encodings of Chinese, Japanese and Korean that take two bytes a character.
_TWO_BYTE_NAMES = re.compile(r"gb|x-gbk|big5|shift|x-sjis|sjis|euc|ks_c|cp9|ms9", re.IGNORECASE)
_SAMPLE = 1 << 13
#: Chinese text in the right encoding scores far above this, in any other far below.
_CLEAR = 1.4
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTERS = re.compile(rb"[A-Za-z]")
#: Two-byte characters that English words hardly have beside them: neither Latin nor Greek. The
#: Latin letters of eastern Europe count within a word only: their bytes are those of 欧 and 女 too.
_OTHERS = re.compile("(?![\u0391-\u03c9])[\u0180-\u07ff]|(?<![A-Za-z])[\u0100-\u017f](?![A-Za-z])")
_ASCII = bytes(range(0x80))
#: Control characters that no text has (escape is left out: ISO-2022 uses it).
_CONTROLS = bytes((*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
#: A best score below this, or a margin to the next best below the other, is doubtful.
_DOUBTFUL_SCORE = 0.55
_DOUBTFUL_MARGIN = 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    r"""A text and the encoding it was read in.

    Attributes:
        text: With ``\\n`` line ends, without a byte order mark or lone surrogates.
        encoding: A name Python knows, such as ``utf-8``, ``gb18030``, ``big5`` or ``utf-16-le``.
        doubt: Why the encoding may be wrong, as one clause; None when there is no doubt.
    """

    text: str
    encoding: str
    doubt: str | None = None


def decode(data: bytes, *, declared: str | None = None) -> Decoded | None:
    """The text of ``data``, or None when the bytes are no text in any encoding known.

    Args:
        data: A whole file, or a piece of one that begins at a character.
        declared: What the file or its sender says the encoding is; it is believed when the bytes
            can be decoded so and the text is not implausible.
    """
    for mark, name, codec in _BOMS:
        if data.startswith(mark):
            text, bad = _decode(data[len(mark) :], name)
            return Decoded(
                text=normalize_line_ends(text),
                encoding="utf-8" if codec == "utf-8-sig" else name,
                doubt=_replaced(bad, name),
            )
    sample = _sample(data)
    if _controls(sample) * 500 <= len(sample):
        text8 = _utf8(data)
        if text8 is not None and not _is_doubtful_utf8(text8, sample, declared):
            note = None
            if b"\0" in data:
                text8, note = text8.replace("\0", "\ufffd"), "NUL characters were replaced"
            if "\x1b$" in text8[:_SAMPLE] or "~{" in text8[:_SAMPLE]:
                seven = _seven_bit(data)
                if seven is not None:
                    return seven
            return Decoded(text=normalize_line_ends(text8), encoding="utf-8", doubt=note)
    return _most_plausible(data, sample, declared)


def normalize_line_ends(text: str) -> str:
    r"""``text`` with ``\\n`` for ``\\r\\n`` and ``\\r``."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def printable(text: str) -> str:
    """``text`` with U+FFFD for each lone surrogate, which no database or terminal takes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _utf8(data: bytes) -> str | None:
    """The text if it is UTF-8, a few broken bytes (a truncated end, say) forgiven."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Only what is cut off at the end is forgiven here; other faults compete with other
        # encodings.
        if error.end == len(data) and error.reason == "unexpected end of data" and error.start > 8:
            return data[: error.start].decode("utf-8")
    return None


def _controls(sample: bytes) -> int:
    """How many bytes are control characters that no text has."""
    return len(sample) - len(sample.translate(None, _CONTROLS))


def _high(sample: bytes) -> int:
    """How many bytes are not ASCII."""
    return len(sample.translate(None, _ASCII))


def _is_doubtful_utf8(text: str, sample: bytes, declared: str | None) -> bool:
    """Whether a handful of two-byte characters may be a short text in a two-byte encoding.

    Among English words they are signs such as © and ×, or letters; others, such as Cyrillic, are
    Han misread. Not so where the file itself names such an encoding: then they may be the one Han
    character on a page of markup.
    """
    high = _high(sample)
    if not 0 < high <= 12:
        return False
    if (
        len(_LETTERS.findall(sample)) >= 2 * high
        and not _TWO_BYTE_NAMES.match(declared or "")
        and not _OTHERS.search(text)
    ):
        return False
    return all(c < "\u0800" for c in text) and _score(text[:_SAMPLE], high) < 0.5


def _seven_bit(data: bytes) -> Decoded | None:
    for name in ("iso2022_jp_2", "iso2022_kr", "hz"):
        if name == "hz" and not re.search(rb"~\{(?:[!-w][!-~])+~\}", data):
            continue
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if any(c > "\u2e80" for c in text):
            return Decoded(text=normalize_line_ends(text), encoding=name.replace("_", "-"))
    return None


def _most_plausible(data: bytes, sample: bytes, declared: str | None) -> Decoded | None:
    high = _high(sample)
    scored: list[tuple[float, str, str]] = []
    if len(data) % 2 == 0:
        scored += _scored_utf16(data)
    if b"\0" not in sample and _controls(sample) * 100 <= len(sample):
        broken = _broken_utf8(sample, high)
        if broken is not None:
            scored.append((broken, "utf-8", "utf-8"))
        for name, names in _CANDIDATES:
            for codec in names:
                text = _decode_sample(sample, codec)
                if text is not None:
                    # Kana lie in GB 2312 where EUC-JP has them; Chinese text hardly uses them.
                    japanese = name == "gb18030" and len(_KANA.findall(text)) * 12 > len(text)
                    scored.append((_score(text, high) - 0.6 * japanese, name, codec))
                    break
            if name == "big5" and scored and max(scored)[0] > _CLEAR:
                break  # the common case needs no look at a dozen rarer ones
    if declared:
        scored = [_favoured(item, declared) for item in scored]
    scored.sort(key=lambda item: -item[0])
    if not scored or scored[0][0] < -0.5:
        return None
    best, name, codec = scored[0]
    text, bad = _decode(data, codec)
    doubt = _replaced(bad, name)
    if best < _DOUBTFUL_SCORE:
        doubt = doubt or "the text reads oddly in every encoding known"
    elif len(scored) > 1 and best - scored[1][0] < _DOUBTFUL_MARGIN:
        other = _decode_sample(sample, scored[1][2])
        if other is not None and other != _decode_sample(sample, codec):
            doubt = doubt or f"{scored[1][1]} is nearly as likely"
    if high and high < 8:
        doubt = doubt or "there are too few characters to be sure"
    return Decoded(text=normalize_line_ends(text), encoding=name, doubt=doubt)


def _favoured(item: tuple[float, str, str], declared: str) -> tuple[float, str, str]:
    score, name, codec = item
    try:
        wanted = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return item
    same = {codecs.lookup(codec).name, codecs.lookup(name).name}
    if wanted in ("gb2312", "gbk"):
        wanted = "gb18030"
    return (score + 1.0, name, codec) if wanted in same else item


def _sample(data: bytes) -> bytes:
    """Up to 8 KB of ``data`` that hold what is not ASCII, beginning at a character."""
    if len(data) <= _SAMPLE:
        return data
    found = _HIGH.search(data)
    start = min(found.start() if found else 0, len(data) - _SAMPLE)
    if found and start < found.start():
        start = found.start()
    if b"\0" in data[:_SAMPLE]:
        start = 0
    return data[start : start + _SAMPLE]


def _decode_sample(sample: bytes, codec: str) -> str | None:
    """The sample's text, a character cut off at its end let go; None if it cannot be decoded."""
    try:
        return codecs.getincrementaldecoder(codec)("strict").decode(sample, final=False)
    except (UnicodeDecodeError, LookupError):
        pass
    # One stray byte in a thousand is damage, not another encoding.
    text = codecs.getincrementaldecoder(codec)("replace").decode(sample, final=False)
    return text if 0 < text.count("\ufffd") * 1000 < len(text) else None


def _broken_utf8(sample: bytes, high: int) -> float | None:
    """Score of UTF-8 for a sample with some invalid bytes, None if most are."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample, final=False)
    bad = text.count("\ufffd")
    wide = sum(1 for c in text if c > "\x7f") - bad
    if wide < 8 * bad or not wide:
        return None
    # Well-formed sequences of three bytes do not arise by chance.
    return max(_score(text, high), 1.0)


def _decode(data: bytes, codec: str) -> tuple[str, int]:
    """The text, and how many characters had to be replaced."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        bad = text.count("\ufffd")
    else:
        bad = 0
    return printable(text).replace("\0", "\ufffd"), bad


def _replaced(bad: int, name: str) -> str | None:
    return f"{bad} byte sequences are not valid {name} and were replaced" if bad else None


def _scored_utf16(data: bytes) -> list[tuple[float, str, str]]:
    sample = data[:_SAMPLE]
    found = []
    for name in ("utf-16-le", "utf-16-be"):
        text = _decode_sample(sample, name)
        if text is None or "\0" in text:
            continue
        plain = sum(1 for c in text if " " <= c <= "~" or c in "\n\r\t")
        controls = sum(1 for c in text if c < " ") - sum(map(text.count, "\n\r\t\f\v"))
        if controls * 50 > len(text):
            continue
        score = (_score(text, 1) + 2.0 * plain) / len(sample)
        found.append((score, name, name))
    return found


def _score(text: str, high: int) -> float:
    """How plausible the characters beyond ASCII are: their weights, per byte beyond ASCII."""
    weights = _weights()
    total = 0.0
    before = " "
    for character in text:
        if character > "\x7f":
            weight = weights.get(character)
            if weight is None:
                weight = weights[character] = _weight(character)
            total += weight
            if character < "\u0e80":
                total += _neighbours(before, character)
            elif before.isascii() and before.isalpha() and weight > 0:
                total -= 0.5  # Han or Hangul glued to a Latin letter: possible, less common
        elif before > "\x7f" and character.isalpha() and before.isalpha():
            if before >= "\u3040":
                total -= 0.7
            else:
                total += 0.2 if before < "\u0250" else -2.0
        before = character
    return total / max(1, high)


_MARKS = frozenset(map(chr, (0x0E31, *range(0x0E34, 0x0E3B), *range(0x0E47, 0x0E4F))))


def _neighbours(before: str, character: str) -> float:
    """For a character of a one-byte encoding: does it fit the one before it?"""
    if character in _MARKS:
        return 0.0 if "\u0e00" < before < "\u0e5c" else -2.0
    if not character.isalpha():
        return -1.0 if before.isalpha() and character not in "»”’…–—" else 0.0
    if not before.isalpha():
        return 0.0
    if character.isupper():
        return -2.5 if before.islower() else -0.6
    if _script(before) != _script(character):
        return -2.0
    if character < "\u0250" and before > "\x7f":
        return -0.9  # two accented letters in a row
    return 0.2


def _script(character: str) -> str:
    if character < "\u0250":
        return "latin"
    return "greek" if character < "\u0400" else "cyrillic" if character < "\u0530" else "other"


_LETTER = 0.9
_COMMON_LETTERS = frozenset("оеаинтсрвлкмдпуαοιετνσρπκηυςλάίόέήμاليمنرتبوهدعسةقיוהלמארתבש")
_COMMON_THAI = frozenset("กขคงจชซดตถทธนบปผพมยรลวศษสหอะัาำิีึืุูเแโใไ่้็์")


@cache
def _weights() -> dict[str, float]:
    """Weight of each common character; two-byte characters weigh up to 2 per byte."""
    weights = dict.fromkeys("，。、：；！？“”‘’（）《》「」『』【】…—　·・ー", 3.0)
    weights.update((c, 2.6) for c in map(chr, range(0x3041, 0x3097)))
    weights.update((c, 2.0) for c in map(chr, range(0x30A1, 0x30FB)))
    weights.update((c, 1.5) for c in map(chr, range(0xFF10, 0xFF5B)))
    for rank, character in enumerate(HANGUL):
        weights[character] = 3.4 if rank < 80 else 2.4
    from rag.normalization import TRANSLATION

    ranks = {character: rank for rank, character in enumerate(HAN)}
    for code in range(0x4E00, 0xA000):
        character = chr(code)
        simple = character.translate(TRANSLATION)
        rank = ranks.get(simple, 5000)
        if rank < 5000:
            weight = 4.0 if rank < 100 else 3.2 if rank < 400 else 2.2
            weights[character] = weight
    return weights


def _weight(character: str) -> float:
    """Weight of a character that is not among the common ones."""
    code = ord(character)
    if 0x4E00 <= code < 0xA000:
        return _han_weight(character)
    if 0xAC00 <= code < 0xD7A4:
        return 0.2 if _fits(character, "euc_kr") else -2.5
    if character in "éèêëàâäáãåæçíìîïñóòôöõøúùûüýßœÄÖÜÅÉÇÑØİışğőűřšžčěůńłśżźąęțșăđ":
        return _LETTER
    if character in _COMMON_LETTERS:
        return 1.1
    if 0x0410 <= code < 0x0450 or character in "іїєґёЁІЇЄҐ":
        return 0.7
    if 0x0386 <= code < 0x03CF or 0x05D0 <= code < 0x05EB or 0x0621 <= code < 0x064B:
        return 0.7
    if 0x0E01 <= code < 0x0E5B:
        return 1.1 if character in _COMMON_THAI else 0.0
    if character in "«»„–•°€£§©®™‚‹›¿¡ºª\xa0׳״،؛؟":
        return 0.4
    if character.isalpha() and code < 0x0250:
        return -0.3
    if 0xE000 <= code < 0xF900 or code >= 0xF0000 or character == "\ufffd":
        return -6.0
    if 0xFF61 <= code < 0xFFA0:
        return -1.0  # half-width katakana: one byte each in Shift JIS
    if 0x80 <= code < 0xA0 or not character.isprintable():
        return -4.0
    if 0x3000 <= code < 0x3040 or 0xFF00 <= code < 0xFFF0 or 0x2000 <= code < 0x2600:
        return 0.0
    return -2.0


def _han_weight(character: str) -> float:
    """Rarer Han characters: those of the first levels of GB 2312 and Big5 are in use."""
    for codec, first, last in (("gb2312", 0xB0A1, 0xD7F9), ("big5", 0xA440, 0xC67E)):
        try:
            value = int.from_bytes(character.encode(codec), "big")
        except UnicodeEncodeError:
            continue
        if first <= value <= last:
            return 0.6
    return -2.0 if _fits(character, "gb2312") or _fits(character, "big5") else -4.0


def _fits(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
