"""The mix that the reader learns from: real questions, written ones, and those made by rule."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from rag.answering.reader.model import Reader
from rag.answering.reader.spelling import spelling
from rag.embedding import load_embedder
from rag.normalization import normalize
from rag.training.data_files import TRAINING, bucket, needed_rows
from rag.training.reader_data import (
    Candidate,
    Labelled,
    Listing,
    Paragraph,
    RealQuestions,
    Span,
    labelled,
)
from rag.training.reader_gloss import FUNCTION_WORDS, Glossary
from rag.training.reader_guide import AlikeListings, SentenceModel
from rag.training.reader_mining import mistaken
from rag.training.reader_questions import (
    about_another,
    ask_chinese,
    ask_spaced,
    spaced_answers,
    typed_answers,
    without_answer,
)
from rag.training.written import (
    WrittenQuestions,
    written_articles,
    written_contrasts,
    written_reports,
)


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


Maker = Callable[[random.Random], Listing | None]


class Mixture:
    """Listings of several makers, each drawn from by its share.

    Args:
        makers: With the share of each; together any sum.
    """

    def __init__(self, makers: Sequence[tuple[float, Maker]]) -> None:
        self._shares = [share for share, _ in makers]
        self._makers = [maker for _, maker in makers]

    def draw(self, chance: random.Random) -> Listing:
        """One listing: about four candidates, the good one first."""
        while True:
            (maker,) = chance.choices(self._makers, self._shares)
            listing = maker(chance)
            if listing is not None and listing.question.strip():
                return listing


class Pool:
    """Everything that training draws from, and the recipes that mix it.

    Attributes:
        reader: With one, the negatives of written and of real questions are those that it takes for
            answers; without, those nearest in wording.
        all: What the network learns from.
        others: What its adapter learns from: texts in other languages than Chinese.

    Args:
        folder: Of the training data.
        guide: With one, a part of the listings has shares by what it finds alike.
        articles: News articles that questions are made from by rule.
        seed: Of the draws.
    """

    reader: Reader | None = None

    def __init__(
        self,
        folder: Path,
        *,
        guide: SentenceModel | None = None,
        articles: int = 24000,
        seed: int = 0,
    ) -> None:
        chance = random.Random(seed)
        entries = [(r["e"], r["x"]) for r in needed_rows(folder, "titles_dict") if r["l"] == "zh"]
        self.glossary = Glossary(entries)
        self.names = [normalize(x) for _, x in chance.sample(entries, min(20000, len(entries)))]
        self.names = [name for name in self.names if 2 <= len(name) <= 6] or ["某地"]
        grouped: dict[str, list[Labelled]] = defaultdict(list)
        for asked in labelled(folder, TRAINING):
            grouped[asked.source].append(asked)
        self.real = {source: RealQuestions(rows) for source, rows in grouped.items()}
        embedder = load_embedder("bundled")
        # Once among all that was written, so that others' sentences are of any kind, once among their own.
        told = written_articles(folder, TRAINING)
        english = [article for article in told if article.language == "en"]
        foreign = [article for article in told if article.language not in ("zh", "en")]
        self.written = WrittenQuestions(told, embedder)
        self.reports = WrittenQuestions(written_reports(folder, TRAINING), embedder)
        self.contrasts = WrittenQuestions(written_contrasts(folder, TRAINING), embedder)
        self.english = WrittenQuestions(english, embedder)
        self.foreign = WrittenQuestions(foreign, embedder)
        self.articles = [
            row["t"][:2500]
            for row in needed_rows(folder, "news_zh")
            if len(row["t"]) > 120 and bucket(row["t"]) in TRAINING
        ]
        chance.shuffle(self.articles)
        self.articles = self.articles[:articles]
        runs: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for row in needed_rows(folder, "parallel"):
            runs[row["s"], row["l"]].append((row["e"], row["x"]))
        self.runs = {key: run for key, run in runs.items() if len(run) > 100}
        shares = {
            key: min(len(run), 9000)
            * _RUN_WEIGHT.get(key[1], 0.5)
            * _SOURCE_WEIGHT.get(key[0], 1.0)
            for key, run in self.runs.items()
        }
        self._run_keys, self._run_shares = list(shares), list(shares.values())
        makers: list[tuple[float, Maker]] = [
            (0.24, partial(self._from_written, self.written)),
            (0.13, partial(self._from_written, self.reports)),
            (0.10, partial(self._from_written, self.contrasts)),
            (0.17, partial(self._from_written, self.english)),
            (0.13, partial(self._from_written, self.foreign)),
            (0.06, self._from_chinese_qa),
            (0.04, self._from_other_qa),
            (0.01, self._from_news),
            (0.02, self._from_pairs),
        ]
        others: list[tuple[float, Maker]] = [
            (0.31, partial(self._from_written, self.english)),
            (0.26, partial(self._from_written, self.foreign)),
            (0.07, self._from_other_qa),
        ]
        if guide is not None:
            questions = [
                one.question
                for article in told
                for one in article.questions
                if article.language == "en" or one.kind == "english"
            ]
            alike = AlikeListings(folder, questions, guide).draw
            makers.append((0.3, alike))
            others.append((0.36, alike))
        self.all, self.others = Mixture(makers), Mixture(others)

    def draw(self, chance: random.Random) -> Listing:
        """One listing of :attr:`all`."""
        return self.all.draw(chance)

    def _from_written(self, written: WrittenQuestions, chance: random.Random) -> Listing | None:
        drawn = written.draw(chance, headed=chance.random() < 0.6) if written else None
        if drawn is None:
            return None
        whole, elsewhere = drawn
        if not whole.candidates[0].good:  # a near miss: nothing but negatives
            # Nobody knows that other texts do not answer it: a reader would pick those that do.
            others = elsewhere if self.reader is None else ()
            kept, other = self._negatives(whole.question, whole.candidates, others, chance)
            return self._distracted(replace(whole, candidates=(*kept, *other)), chance)
        listing = self._sampled(whole, chance, elsewhere)
        chinese = whole.source.startswith("written-zh")
        style = chance.random()
        if chinese and whole.source.endswith(("-direct", "-paraphrase")) and style < 0.2:
            if style < 0.08:
                return self._paraphrased(listing, chance)
            question = self.glossary.english_question(listing.question, chance)
            return replace(listing, question=question)
        return listing

    def _from_chinese_qa(self, chance: random.Random) -> Listing | None:
        names = [name for name in ("drcd-dev", "cmrc2018-trial") if self.real.get(name)]
        if not names:
            return None
        name = chance.choices(names, [len(self.real[name]) for name in names])[0]
        whole = self.real[name].draw(chance)
        if whole is None:
            return None
        listing = self._sampled(whole, chance)
        style = chance.random()
        if style < 0.34:
            return listing
        if style < 0.62:  # other words on one side, and at times fewer
            return self._paraphrased(listing, chance)
        share = chance.choice((1.0, 1.0, 0.6, 0.3))
        question = listing.question
        if style < 0.86:
            question = self.glossary.english_question(question, chance, share)
        if style > 0.79:
            share = chance.choice((1.0, 1.0, 0.5))
            listing = replace(
                listing,
                candidates=tuple(self._glossed(c, chance, share) for c in listing.candidates),
            )
        return replace(listing, question=question)

    def _paraphrased(self, listing: Listing, chance: random.Random) -> Listing:
        """Question or candidates in synonyms, so that what answers shares few words with what was asked."""
        share = chance.choice((0.5, 0.8, 1.0))
        if chance.random() < 0.3:
            told = tuple(self._in_synonyms(c, chance, share) for c in listing.candidates)
            return replace(listing, candidates=told)
        words = self.glossary.words(normalize(listing.question))
        kept = 0.85 if chance.random() < 0.5 else 1.0
        words = [w for w in words if chance.random() < kept or w in self.glossary_function_words]
        return replace(listing, question="".join(self.glossary.reworded(words, chance, share)))

    def _in_synonyms(self, candidate: Candidate, chance: random.Random, share: float) -> Candidate:
        """A candidate in synonyms; the words that answer stay."""

        def reworded(text: str) -> str:
            return "".join(
                self.glossary.reworded(self.glossary.words(normalize(text)), chance, share)
            )

        if candidate.span is None:
            return replace(candidate, text=reworded(candidate.text))
        start, end = candidate.span
        left, middle = reworded(candidate.text[:start]), candidate.text[start:end]
        text = left + middle + reworded(candidate.text[end:])
        return replace(candidate, text=text, span=(len(left), len(left) + len(middle)))

    @property
    def glossary_function_words(self) -> frozenset[str]:
        """Words that a question keeps: without them nobody knows what is asked."""
        return frozenset(FUNCTION_WORDS)

    def _glossed(self, candidate: Candidate, chance: random.Random, share: float) -> Candidate:
        def gloss(text: str) -> str:
            return self.glossary.english(text, chance, share)

        before, after = gloss(candidate.before[-60:]), gloss(candidate.after[:40])
        if candidate.span is None:
            return replace(candidate, text=gloss(candidate.text), before=before, after=after)
        start, end = candidate.span
        left, middle, right = (
            gloss(part)
            for part in (candidate.text[:start], candidate.text[start:end], candidate.text[end:])
        )
        begin = len(left) + 1 if left else 0
        text = f"{left} {middle} {right}".strip()
        span = (begin, begin + len(middle)) if middle else None
        return replace(candidate, text=text, before=before, after=after, span=span)

    def _from_other_qa(self, chance: random.Random) -> Listing | None:
        names = [name for name in ("iapp-wiki-qa", "arcd") if self.real.get(name)]
        if not names:
            return None
        whole = self.real[chance.choice(names)].draw(chance)
        return self._sampled(whole, chance) if whole else None

    def _sampled(
        self, listing: Listing, chance: random.Random, elsewhere: Sequence[Candidate] = ()
    ) -> Listing:
        """Some of a real listing's negatives, mostly hard ones, and now and then a made near miss."""
        good, *rest = listing.candidates
        kept, other = self._negatives(listing.question, rest, elsewhere, chance)
        if chance.random() < (0.25 if other else 0.45):
            kept = [*kept[:2], *self.near_miss(good, listing.question, chance)]
        kept = [*kept[: 4 - len(other)], *other]
        return self._distracted(replace(listing, candidates=(good, *kept)), chance)

    def _negatives(
        self,
        question: str,
        rest: Sequence[Candidate],
        elsewhere: Sequence[Candidate],
        chance: random.Random,
    ) -> tuple[list[Candidate], list[Candidate]]:
        """Three hard ones, and one of other texts that stays whatever becomes of these; or none."""
        if self.reader is not None:
            return mistaken(self.reader, question, rest, elsewhere, chance), []
        other = chance.sample(elsewhere[:6], 1) if elsewhere else []
        return self._hard(question, rest, chance), other

    def _hard(
        self, question: str, rest: Sequence[Candidate], chance: random.Random
    ) -> list[Candidate]:
        """Three of up to eight drawn candidates: the two nearest in wording, and any other."""
        drawn = chance.sample(rest, min(len(rest), 8))
        asked = _pairs(normalize(question))
        drawn.sort(key=lambda c: len(asked & _pairs(normalize(c.text[:200]))), reverse=True)
        return drawn[:2] + (chance.sample(drawn[2:], 1) if len(drawn) > 2 else [])

    def _distracted(self, listing: Listing, chance: random.Random) -> Listing:
        """At times all candidates lose their neighbours; any may lose a clause that holds no answer."""
        alone = chance.random() < 0.25

        def changed(candidate: Candidate) -> Candidate:
            if alone:
                candidate = replace(candidate, before="", after="")
            if chance.random() < 0.12:
                end = candidate.span[1] if candidate.span else len(candidate.text) // 3
                later = [m.end() for m in re.finditer("[，；,;]", candidate.text) if m.end() > end]
                if later and (candidate.span or not candidate.good):
                    return replace(candidate, text=candidate.text[: chance.choice(later)])
            return candidate

        return replace(listing, candidates=tuple(changed(c) for c in listing.candidates))

    def near_miss(
        self, good: Candidate, question: str, chance: random.Random
    ) -> Iterator[Candidate]:
        """The good sentence without its answer, or about another year or name; at times nothing."""
        if good.span is None:
            return
        if chance.random() < 0.5:
            text = without_answer(good.text, *good.span, chance)
            if len(text) > 6:
                yield replace(good, text=text, good=False, span=None)
        else:
            swapped = about_another(
                good.text, *good.span, question, self.names, self.glossary.words, chance
            )
            if swapped:
                yield replace(good, text=swapped, good=False, span=None)

    def _from_news(self, chance: random.Random) -> Listing | None:
        paragraph = Paragraph.of(chance.choice(self.articles))
        usable = [i for i, (a, b) in enumerate(paragraph.spans) if 12 <= b - a <= 150]
        if len(usable) < 4:
            return None
        chance.shuffle(usable)
        for place in usable[:4]:
            good = paragraph.candidate(place)
            answers = typed_answers(good.text)
            if answers:
                break
        else:
            return None
        kinds = sorted({kind for kind, _, _ in answers})
        kind = chance.choice(kinds)
        answer = chance.choice([a for a in answers if a[0] == kind])
        topic = re.split("[，。：\\s]", paragraph.text.removeprefix("原标题："), maxsplit=1)[0][:14]
        asked = ask_chinese(good.text, answer, self.glossary, chance, topic)
        if not 4 <= len(asked.question) <= 80:
            return None
        title = topic if chance.random() < 0.3 else ""
        good = replace(
            paragraph.candidate(place, head=title), good=True, span=(asked.start, asked.end)
        )
        told = good.text[asked.start : asked.end]
        rest = [
            paragraph.candidate(i, head=title)
            for i in range(len(paragraph.spans))
            if i != place and told not in paragraph.text[slice(*paragraph.spans[i])]
        ]
        letters = set(normalize(asked.question))

        def hardness(candidate: Candidate) -> float:
            same = any(k == asked.kind for k, _, _ in typed_answers(candidate.text[:200]))
            return len(letters & set(normalize(candidate.text))) + 4 * same + 3 * chance.random()

        rest.sort(key=hardness, reverse=True)
        kept = rest[:3]
        if chance.random() < 0.55:
            kept = [*kept[:2], *self.near_miss(good, asked.question, chance)]
        if chance.random() < 0.2:
            kept[-1:] = [self._stranger(chance)]
        question = asked.question
        style = chance.random()
        if style < 0.3:
            question = self.glossary.english_question(
                question, chance, chance.choice((1.0, 1.0, 0.6))
            )
        listing = self._distracted(Listing(question, (good, *kept), "news"), chance)
        if 0.22 < style < 0.36:
            listing = replace(
                listing, candidates=tuple(self._glossed(c, chance, 1.0) for c in listing.candidates)
            )
        return listing

    def _stranger(self, chance: random.Random) -> Candidate:
        paragraph = Paragraph.of(chance.choice(self.articles)[:600])
        if not paragraph.spans:
            return Candidate("。")
        return paragraph.candidate(chance.randrange(len(paragraph.spans)))

    def _from_pairs(self, chance: random.Random) -> Listing | None:
        key = chance.choices(self._run_keys, self._run_shares)[0]
        run = self.runs[key]
        place = chance.randrange(len(run))
        if bucket(run[place][0]) not in TRAINING:
            return None
        return pair_listing(run, place, key[1], self, chance)


_RUN_WEIGHT = {"zh": 3.0, "zh-hant": 1.5, "ja": 1.0, "ru": 0.8, "es": 0.8, "de": 0.8, "fr": 0.8, "ko": 0.8,
               "ar": 1.0, "hi": 2.0, "th": 2.0, "tr": 0.8, "vi": 1.0, "el": 1.0}  # fmt: skip
_SOURCE_WEIGHT = {"ntrex-128": 6.0, "tatoeba-manythings": 1.0, "tatoeba-laser": 1.0, "stsb-multi-mt": 1.5,
                  "python-docs": 0.5, "django-docs": 0.5, "tensorflow-docs": 0.6, "freebsd-docs": 0.5,
                  "gnome-user-docs": 0.5}  # fmt: skip


def pair_listing(
    run: Sequence[tuple[str, str]], place: int, language: str, pool: Pool, chance: random.Random
) -> Listing | None:
    """A question from one side of a sentence pair, evidence from the other or the same side.

    The neighbours in the file are the negatives: the same page, or nearly the same sentence.
    """
    english, other = run[place]
    asks_other = chance.random() < 0.45
    tells_other = chance.random() < (0.35 if asks_other else 0.62)
    asked_text, told_text = (other if asks_other else english), (other if tells_other else english)
    asked_in = language if asks_other else "en"
    told_side = 1 if tells_other else 0
    if not 10 <= len(english) <= 260 or len(other) < 5 or len(other) > 260:
        return None
    if asked_in.startswith("zh"):
        answers = typed_answers(asked_text)
        if not answers:
            return None
        asked = ask_chinese(asked_text, chance.choice(answers), pool.glossary, chance, "")
    else:
        found = spaced_answers(asked_text)
        answer = chance.choice(found) if found and chance.random() < 0.8 else None
        if answer and answer[2] - answer[1] > len(asked_text) // 2:
            answer = None
        asked = ask_spaced(asked_text, answer, asked_in, chance)
    if len(asked.question) < 4:
        return None
    words = asked_text[asked.start : asked.end]
    span: Span | None = None
    if asks_other == tells_other:
        span = (asked.start, asked.end) if asked.end else None
    elif words:
        position = told_text.find(words)
        if position < 0 and (number := re.search(r"\d[\d.,]*\d|\d", words)):
            position = told_text.find(number.group())
            words = number.group()
        if position >= 0 and told_text.count(words) == 1:
            span = (position, position + len(words))

    def candidate(i: int) -> Candidate:
        before = run[i - 1][told_side] if i and chance.random() < 0.7 else ""
        after = run[i + 1][told_side] if i + 1 < len(run) and chance.random() < 0.7 else ""
        return Candidate(run[i][told_side][:400], before, after)

    good = replace(candidate(place), good=True, span=span)
    near = [i for i in range(max(0, place - 12), min(len(run), place + 13)) if i != place]
    same = normalize(english)
    near = [i for i in near if normalize(run[i][0]) != same and run[i][told_side] != told_text]
    terms = set(spelling(normalize(english)).strong)

    def hardness(i: int) -> float:
        return len(terms & spelling(normalize(run[i][0])).strong) + 2 * chance.random()

    near.sort(key=hardness, reverse=True)
    kept = [candidate(i) for i in near[:3]]
    if span and chance.random() < 0.5:
        kept = [*kept[:2], *pool.near_miss(good, asked.question, chance)]
    if chance.random() < 0.2:
        kept[-1:] = [candidate(chance.randrange(len(run)))]
    return Listing(
        asked.question, (good, *kept), f"pairs-{asked_in}-{language if tells_other else 'en'}"
    )
