"""Words that end in a full stop without ending a sentence, and words that begin one.

The lists are short on purpose: a missing abbreviation cuts one sentence in two, a wrong one glues
two together, and both are judged by the word that follows as well.
"""

from __future__ import annotations

__all__ = ["ALWAYS", "BEFORE_NUMBER", "MONTHS", "SOMETIMES", "STARTERS"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: A name, a number or an example follows: never the end of a sentence.
ALWAYS = _words(
    """
    mr mrs ms mx dr prof rev fr sr hon gen maj capt cmdr col lt sgt gov sen rep pres amb messrs mme
    mlle st mt ft e.g i.e cf viz vs approx ca resp incl excl esp usw bzw z.b d.h u.a vgl ing dipl hr św ee
    dra sra ул гор обл им т.е т.к т.н напр см inkl exkl sog ggf evtl zzgl bspw проф акад डॉ प्रो
    """
)

#: Abbreviations only before a number or the like: ``No. 5``, but ``He said no. Then he left.``
BEFORE_NUMBER = _words(
    """
    no nos nr num núm fig figs eq eqs sec secs sect ch chap vol p pp para art ver v abs tab tbl pag
    str n° ref refs thm lem prop cor def alg app suppl abb kap bd рис табл стр
    """
)

#: May end a sentence: it does when a word follows that usually begins one.
SOMETIMES = _words(
    """
    inc ltd co corp plc llc bros dept univ assn jr esq etc al ave blvd rd jan feb mar apr jun jul
    aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m ph.d m.d b.a m.a u.s u.k u.n e.u
    d.c usa proc conf mio mrd гг г тыс млн млрд руб т.д т.п др
    """
)

#: Words that begin a sentence far more often than they follow an abbreviation.
STARTERS = _words(
    """
    the a an this that these those it its he she they we you i his her their our my in on at by for
    from with to of as but and or so yet if when while after before since because although though
    however moreover meanwhile then there here what who why how where which some many most all both
    each every no not now today yesterday one two three another other such according despite during
    der die das ein eine es er sie wir im am le la les il elle un une el los las en в на по он она
    они это но и
    """
)

#: After ``3.`` these make a date, not a new sentence (German, Danish, Norwegian, Czech, Finnish
#: ...).
MONTHS = _words(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember
    januari februari mars maj juni juli augusti oktober marts december ledna února března dubna
    května června července srpna září října listopadu prosince
    """
)
