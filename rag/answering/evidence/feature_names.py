"""The features of a candidate sentence, by name: the columns of their table."""

from __future__ import annotations

__all__ = ["FEATURES", "INDEX"]

FEATURES = (
    "sentence",  # share of the question's worth that the sentence holds
    "window",  # ... with its neighbours
    "framed",  # ... with title and heading too
    "passage",  # ... that the whole passage holds
    "clause",  # ... that three clauses in a row hold
    "rare",  # share of the four worthiest terms in the sentence
    "rare_framed",  # ... with neighbours, title, heading
    "cosine",  # of question and sentence
    "cosine_lead",  # cosine less the best other candidate's
    "passage_cosine",  # best cosine in the passage
    "score",  # the passage's fused score over the best passage's
    "rank",  # 1 / rank of the passage
    "typed",  # holds a span of the asked kind that is not in the question
    "untyped",  # the kind of question accepts anything
    "near",  # worth of the terms near the best such span
    "years_lack",  # a year asked for is not told here, in the neighbours or the frame
    "years_clash",  # ... and another one is
    "figures_lack",  # share of the asked figures not in the window
    "names_lack",  # share of the asked names not in window, frame
    "length",  # log of the sentence's length in characters
    "news",  # share of the sentence's terms that are not in the question
    "fragment",  # no closing punctuation: a heading or furniture
    "interrogative",  # the sentence asks itself
    "items",  # marks of an enumeration, where a list is asked for
    "reader",  # relevance by the reader, 0 without one
    "reader_lead",  # ... less the best other candidate's
    "answerable",  # probability by the reader, 0 without one
    "pointed",  # how surely the reader points at the words that answer, 0 without one
    "cross",  # question and sentence are in different scripts
    "cross_cosine",
    "cross_reader",
    "sentence_lead",  # coverage less the best other candidate's
    "reason",  # words of a reason, where a reason is asked for
    "focus",  # worth near the asking word that the sentence holds
    "focus_passage",  # ... that the passage holds
    "focus_cosine",  # of the words next to the asking word and the nearest clause
    "phrase",  # those words stand in the sentence as they are asked
    "soft",  # mean of the best cosine that each piece of the question finds in the sentence
    "soft_lead",  # ... less the best other candidate's
    "soft_framed",  # ... in the sentence, its neighbours, title and heading
    "soft_focus",  # ... for the words next to the asking word
    "soft_lack",  # how badly the worst-met worthy piece is met
    "amount_lack",  # an amount is asked for and none is here
    "date_lack",  # a date is asked for and none is here
    "person_lack",  # a person is asked for and none is here
    "unit_lack",  # no figure has the unit that was asked for
    "place_lack",  # the passage does not name the place that was asked about
    "place_clash",  # ... and the heading or the sentence names another one of its kind
    "items_lack",  # so many things are asked for, and no row of so many is here
    "years_far",  # the passage tells of other years
    "cross_sentence",  # what of "sentence" comes by translation
    "cross_soft",
    "place_far",  # no passage of the document names the place, its title neither
    "unfit",  # tells of another one of several, of no such value, or counts and does not name
    "row_named",  # a row of a table that the question names
    "row_other",  # ... of which it names another one
    "column_named",  # ... of whose columns it names one
    "alike",  # cosine of question and sentence by the reader's encoder, 0 without one
    "alike_lead",  # ... less the best other candidate's
)
INDEX = {name: i for i, name in enumerate(FEATURES)}
