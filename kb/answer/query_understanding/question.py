"""What is wanted of the papers: decided once, for every part of the answering code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final, cast

from kb.answer.document_selection.document_linking import MEANT, SURELY_MEANT, joined_words, likely, most_like, two_sides
from kb.answer.document_selection.document_mentions import NAMING, Named, named_papers, naming, without
from kb.answer.document_selection.language_versions import held, papers_before, texts_of
from kb.answer.query_understanding.intent import (
    INTENTS,
    Intent,
    adds,
    asked_alone,
    asked_in_form,
    asked_of_owner,
    asks_for_draft,
    asks_for_items,
    asks_for_table,
    asks_in_short,
    asks_shorter,
    asks_what_is_held,
    chances,
    checks,
    even,
    likeliest,
    of_matter,
    skill_of,
    without_comparing,
)
from kb.answer.query_understanding.query_parsing import (
    answered_in,
    language_wanted,
    met,
    narrows,
    owner_named,
    points_back,
    points_wanted,
    skill_words,
    without_language,
)
from kb.answer.query_understanding.request_matter import BRIEF, asking, in_matter, matter_of, without_form, without_lead
from kb.ports import Ports
from kb.records import Answer, Citation, DocumentInfo, Filters, Skill, Turn
from kb.search.follow_up import content
from kb.verify.citations import inside
from lang.languages import Language
from lang.normalise import search_form

LAID_OUT: Final = frozenset[Intent]({"compare", "table", "timeline", "inventory", "obligations"})
"""Skills that lay out what papers say. They take all that are named; the others the one that fits best, unless several are spoken of."""
_OF_MATTER: Final = frozenset({"timeline", "inventory", "table", "obligations", "draft"})
"""Skills that take a name for the matter, and not for a paper, where nothing is said of papers: a timeline of Hoshimori, a letter to it."""
_PUT_ANEW: Final = frozenset({"summary", "draft", "table", "timeline", "obligations", "compare"})
_WAYS: Final = frozenset({"summary", "digest", "translate", "lookup", "outside", "chat", "draft"})
"""What a message seems to want that only says how the answer before is to be put."""
SURELY: Final = 0.85
TWO: Final = 2
AS_WELL: Final = 0.8
"""How likely a third paper must be to be compared as well."""
FOLLOWING: Final = 0.5
"""How likely a comparison must be after an answer, where the message names what some paper is known by."""
CALLED: Final = 0.05
"""How likely a paper must be that alone has the names of the message."""
_INTO: Final = frozenset({"translate"})
"""Skills of which a language that is named is not that of the paper."""
_MADE: Final = frozenset[Intent]({"summary", "digest", "draft", "define", "translate"})
"""What is written anew: a text of quotes."""
SURE: Final[Mapping[Intent, float]] = MappingProxyType(dict.fromkeys(INTENTS, 0.5) | dict.fromkeys(_MADE, 0.4))
"""How likely an intent must be to be followed; else the question is looked up. What is told is right as often as it is said to be."""
IN_TALK: Final = 0.8
"""The same after an answer: there people mostly go on asking ("and the quarterly report?"), and say so where they want something made."""
_ENDS: Final = " ?？。.।!！"
BENEATH: Final = 0.8
"""How likely duties must be wanted by what a message says beside the table that it asks for, to be what the table is made of."""
MAY_ASK: Final = 0.8
"""How likely a skill must be, for what is typed not to be looked up as well: of 46 requests below it 14 wanted that."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message as it is understood, with what the conversation says of it.

    ``text`` is the message as it was typed, ``asked`` the same made whole with the conversation. ``papers`` are those that it means: by
    name, by kind, or because the conversation is about them (then ``carried`` is true); none where it means no paper in particular.
    ``settled`` is whether they are the two texts that a comparison surely means.
    ``named`` are those that it calls by name itself, ``of_kind`` all papers of the kind that it speaks of ("the agreements"), ``dated``
    those of them that it tells by their day; ``many`` is whether it speaks of several. ``of_matter`` is how likely a summary is wanted of
    a matter, and not of papers as a whole. ``matter`` is what it asks about, without the words that say what is to be done and without
    those that name the papers; "" where it asks for no matter in particular. ``compared`` is the message whose matter is compared without
    the names of papers: what is looked up in each. ``declined`` says why a message is not for papers. ``points`` is into how many it
    wants the answer cut, half of those told before where it only wants that shorter. ``language`` is the asker's, ``answer_in`` that in
    which the answer is wanted, ``told_in`` the same where the message asks for it in so many words. ``filters`` limit the papers that may
    answer; ``today`` is the day it is for the asker. ``sure`` is how likely the skill is wanted.
    ``again`` is whether it has no matter of its own after a look-up: it can only say how what was told is to be put.
    """

    text: str
    asked: str
    language: Language
    skill: Skill = "lookup"
    papers: tuple[DocumentInfo, ...] = ()
    carried: bool = False
    settled: bool = False
    matter: str = ""
    of_matter: float = 1.0
    compared: str = ""
    of_kind: tuple[DocumentInfo, ...] = ()
    named: tuple[DocumentInfo, ...] = ()
    dated: tuple[DocumentInfo, ...] = ()
    many: bool = False
    declined: Intent | None = None
    points: int | None = None
    answer_in: Language = "und"
    told_in: Language = "und"
    sure: float = 1.0
    today: date = date.min
    history: tuple[Turn, ...] = ()
    filters: Filters = Filters()
    again: bool = False

    @property
    def may_ask(self) -> bool:
        """Whether the message may as well be a question that one place answers."""
        return self.sure < MAY_ASK

    def says(self, words: str) -> bool:
        """Whether words stand in the message as they are, none taken out from amidst them."""
        return " ".join(words.split()).casefold() in " ".join(self.text.split()).casefold()

    @property
    def shown_matter(self) -> str:
        """The matter as it is shown to people: where words were taken out from amidst it, the whole message."""
        matter, whole = self.matter.strip(_ENDS), " ".join(self.text.split()).strip(_ENDS)
        return matter if not whole or self.says(matter) else whole

    @property
    def said_in(self) -> Language:
        """The language of the words of ours in the answer."""
        return self.answer_in if self.answer_in != "und" else self.language


def understand(
    question: str, asked: str, language: Language, history: Sequence[Turn], filters: Filters, ports: Ports, typed: str = ""
) -> Question:
    """What a message wants; ``asked`` is the message made whole with the conversation, ``typed`` what was typed, in whatever letters."""
    told_in, bare = answered_in(question)[1], without_language(question, language)
    asks_anew = bare != question
    if asks_anew:
        question, asked = bare, answered_in(asked)[0]
    before = _last_done(history)
    papers = held(ports.papers(), filters)
    named = named_papers(question, language, papers, ports.known_by())
    said = Question(
        question,
        asked,
        language,
        many=named.many,
        matter=in_matter(question, language, (*named.words, *asking())),
        of_kind=named.of_kind,
        named=named.papers if named.by_name or named.genres or len(question.split()) <= BRIEF else (),
        dated=tuple(paper for paper in named.of_kind if paper.id in named.dated),
        points=points_wanted(question),
        answer_in=told_in or language_wanted(question) or "und",
        told_in=told_in or "und",
        today=ports.today(),
        history=tuple(history),
        filters=filters,
    )
    told = not asks_anew and before is not None and before.skill in ("lookup", "clarify") and bool(before.statements) and not named.papers
    said = replace(said, again=told and len(content(said.matter, language)) <= 1)
    likely_wanted = chances(without_lead(question, language), ports.wants)
    if typed:  # put into its own script by rule, it may read worse than as it was typed
        likely_wanted = even(likely_wanted, chances(without_lead(typed, language), ports.wants))
    intent, sure = _intent(said, likely_wanted, named, before, ports)
    by_form = intent == "lookup" or (intent == "table" and sure < SURE[intent] and not _surely(said, named, papers, ports))
    may_be_two = (by_form or intent == "compare") and bool(joined_words(asked, named))
    settled = _settled(said, named, papers, ports) if intent == "compare" else ()
    sides = settled or (two_sides(asked, named, papers, texts_of(papers, ports), filters, ports) if may_be_two else ())
    intent, sure = ("compare", 0.0) if sides and by_form else (intent, sure)
    skill = skill_of(intent)
    if skill in ("lookup", "chat", "decline"):
        said = replace(said, asked=without_form(asked, language)) if skill == "lookup" else said
        return replace(said, skill=skill, declined=intent if skill == "decline" else None)
    named = naming(named, settled, ports.known_by()) if settled else named
    as_papers = bool(named.genres) or (skill not in _OF_MATTER and (skill != "compare" or named.by_name))
    named = named if as_papers else replace(named, papers=())
    matter = in_matter(question, language, (*(named.words if as_papers else named.kind_words), *asking()))
    leans = points_back(question) or skill == "compare"
    whole, of_papers = asked, named.words
    if skill in LAID_OUT and before is not None and leans and len(content(matter, language)) <= 1:
        whole = before.asked_as or before.question
        of_papers = named_papers(whole, before.language, papers, ports.known_by()).words
        matter = f"{in_matter(whole, before.language, (*of_papers, *asking()))} {matter}".strip()
    if skill == "compare":
        said = replace(said, compared=without(whole, (*of_papers, *skill_words()["compare"])))
    meant, carried = (sides, False) if sides else _meant(replace(said, skill=skill, matter=matter), named, papers, before, ports)
    if skill == "summary":
        matter = (matter or said.asked) if intent == "digest" else "" if meant else matter
        said = replace(said, of_matter=of_matter(likely_wanted) if intent == "digest" else 0.0)
    if skill == "inventory":  # "which papers have you got in Japanese?" speaks of the papers, and not of the answer
        said = replace(said, answer_in="und")
    if said.points is None and before is not None and before.skill == skill and asks_shorter(question):
        said = replace(said, points=max(1, told_points(before) // 2))
    return replace(said, skill=skill, matter=matter, papers=meant, carried=carried, settled=bool(settled), sure=sure)


def _intent(said: Question, likely: Mapping[Intent, float], named: Named, before: Answer | None, ports: Ports) -> tuple[Intent, float]:
    """What is wanted, and how sure that is; what only says how the last answer is to be put ("shorter") wants the same again."""
    if (alone := asked_alone(said.text)) is not None:
        return alone, 1.0
    if before is None and not named.papers and len(named.genres) == 1 and not named.many:
        likely = without_comparing(said.text, likely)
    best, sure = likeliest(likely)
    if skill_of(best) == "summary" and asks_for_items(said.text):
        return "lookup", sure
    brief = not named.papers and len(content(said.matter, said.language)) <= BRIEF
    how = said.points is not None or said.answer_in != "und" or skill_of(best) == "summary" or asks_shorter(said.text)
    if before is not None and before.skill in _PUT_ANEW and best in _WAYS and brief and how:
        return cast(Intent, before.skill), 1.0
    if said.again and said.answer_in == "und" and asks_shorter(said.text):
        return "summary", 1.0
    if said.again and said.answer_in != "und" and best in _WAYS:
        return "translate", 1.0  # "and in Japanese?"
    if said.again and (best == "table" or asks_for_table(said.text) or met(skill_words()["table"], search_form(said.text).text)):
        return "table", 1.0  # "put that in a table"
    if before is not None and before.skill == "draft" and adds(said.text):
        return "draft", 1.0
    if (owned := asked_of_owner(said.text)) is not None and _names_owner(said, ports):
        return owned, 1.0
    reported = {"agreement", "news"} <= {*named.genres, *(paper.kind for paper in named.papers)}
    if reported and named.genres and (best == "compare" or (best == "lookup" and checks(said.text))):
        return "compare", min(sure, likely["compare"])  # a newspaper beside what was signed
    if best == "compare" and before is not None and named.known and sure >= FOLLOWING:
        return best, sure  # what the answer before told, of another paper
    of_papers = bool(named.genres or said.filters.documents) or named.by_name
    if best != "draft" and asks_for_draft(said.text):
        return "draft", 1.0
    if best == "translate" and (asks_in_short(said.text) or said.points is not None):  # no translation is cut into five lines
        best, sure = ("digest" if likely["digest"] > likely["summary"] else "summary"), 1.0  # in another language
    in_form = asked_in_form(said.text) if of_papers else None
    if best == "table" and (in_form == "obligations" or _of_duties(said.text, ports)):
        return "obligations", sure  # who does what by when, as a table
    if best == "lookup" or sure < (SURE[best] if before is None else max(SURE[best], IN_TALK)):
        if in_form is None and asks_for_table(said.text):
            return "table", likely["table"]
        return in_form or "lookup", sure
    if best == "obligations" and named.genres and not content(said.matter, said.language) and asks_what_is_held(said.text):
        return "inventory", likely["inventory"]  # nothing but a kind, and that it is held
    narrowed = best == "inventory" and before is not None and before.skill != "inventory" and narrows(said.text)
    if narrowed or (best == "chat" and named.papers and sure < SURELY):
        return "lookup", sure  # which of what was told is asked, and not which of our papers
    if (best == "outside" or (best == "chat" and sure < SURELY)) and said.asked != said.text and before is not None:
        return "lookup", sure  # what leans on an answer of the papers is about them
    return best, sure


def _of_duties(message: str, ports: Ports) -> bool:
    """Whether what a message says beside the table that it asks for wants duties: "what both sides have to do, as a table"."""
    return chances(without(message, skill_words()["table"]), ports.wants)["obligations"] >= BENEATH


def _names_owner(said: Question, ports: Ports) -> bool:
    """Whether a message names somebody who sees to obligations."""
    owners = {kept.handling.owner for those in ports.handlings().values() for kept in those}
    return owner_named(said.text, said.language, owners) != ""


def told_points(answer: Answer) -> int:
    """How many points or rows an answer has."""
    return sum(len(block.rows) for block in answer.blocks if block.kind in ("points", "table"))


def _last_done(history: Sequence[Turn]) -> Answer | None:
    """The answer that a message may lean on: the last that was more than talk, and of one that only told it shorter the one before."""
    done = [turn.answer for turn in reversed(history) if turn.answer.skill != "chat"]
    if len(done) > 1 and done[0].skill == "summary" and done[1].skill in ("lookup", "clarify"):
        told, before = _cited(done[0]), _cited(done[1])
        if told and all(any(inside(one, other) for other in before) for one in told):
            return done[1]
    return done[0] if done else None


def _cited(answer: Answer) -> list[Citation]:
    return [citation for statement in answer.statements for citation in statement.citations]


def _meant(
    said: Question, named: Named, papers: Sequence[DocumentInfo], before: Answer | None, ports: Ports
) -> tuple[tuple[DocumentInfo, ...], bool]:
    """The papers that a message means, and whether because the conversation is about them."""
    skill, question, found = said.skill, said.text, named.papers
    if named.many and not named.by_name and skill in LAID_OUT - {"compare"}:
        found = named.of_kind or found  # all of the kind, and not those alone that have a word of the message in their title
    texts = len(texts_of(found, ports))
    of_before = papers_before(before, papers, ports, every=named.many) if before is not None else ()
    of_kind = {*named.of_kind}
    one_of_kind = texts == 1 and of_kind.issuperset(found)
    may_be_one = bool(of_before) if skill == "compare" else skill != "inventory" and not named.many
    alone = _surely(said, named, papers, ports) if may_be_one else ()
    if skill != "compare" and one_of_kind and not of_kind.intersection(alone):
        alone = ()  # a report of floods is no agreement that speaks more of them
    if skill == "compare" and of_before and (texts == 1 or texts > TWO):
        found = alone if alone and not set(alone).intersection(of_before) else found
        one = len(texts_of(found, ports)) == 1
        beside = found if one else most_like(of_before[0], found, texts_of(papers, ports), said.filters, ports)
        return (*of_before[:1], *(paper for paper in beside if paper not in of_before[:1])), True
    named_sides = named.by_name and (texts == TWO or (texts > 1 and before is not None))
    if found and (named.many if skill != "compare" else named_sides):
        return _in_language(found, named, skill), False
    # A letter to the newspaper speaks of one, and is not of its news.
    if of_before and (points_back(question) or (not found and (not named.genres or skill == "draft"))):
        fitting = tuple(paper for paper in of_before if paper in named.of_kind)
        return fitting or of_before, True
    if alone and skill != "compare":
        return _in_language(alone, named, skill), bool(set(alone).intersection(of_before))
    if skill != "inventory" and not (named.many and not found):
        again = tuple(paper for paper in of_before if paper in found)
        likely = again or _likely(said, named, papers, ports)
        if skill != "compare" and one_of_kind and not of_kind.intersection(likely):
            likely = found
        if likely:
            return _in_language(likely, named, skill), bool(again)
    return (_in_language(found, named, skill) if named.many or skill in LAID_OUT else ()), False


def _surely(said: Question, named: Named, papers: Sequence[DocumentInfo], ports: Ports) -> tuple[DocumentInfo, ...]:
    """The papers of the text that is surely meant, if any."""
    about = matter_of(said.text, said.language, named)
    chances = likely(said.text, about, named, papers, texts_of(papers, ports), said.filters, ports, parted=False)
    text = next((text for text, chance in chances.items() if chance >= SURELY_MEANT), None)
    return tuple(paper for paper in papers if text is not None and paper.id in text)


def _in_language(papers: tuple[DocumentInfo, ...], named: Named, skill: Skill) -> tuple[DocumentInfo, ...]:
    """Of some papers those in the language that is spoken of, if any; where it is not the language of the answer."""
    spoken = tuple(paper for paper in papers if paper.language in named.languages)
    return spoken if spoken and skill not in _INTO else papers


def _likely(said: Question, named: Named, papers: Sequence[DocumentInfo], ports: Ports) -> tuple[DocumentInfo, ...]:
    """The papers of the text that is likely meant; of a comparison those of two, or of all that are."""
    compared = said.skill == "compare"
    about = matter_of(said.text, said.language, named)
    chances = likely(said.text, about, named, papers, texts_of(papers, ports), said.filters, ports, parted=compared)
    order = _of_kind(list(chances), named) if compared else _called(list(chances), named)
    if not order or chances[order[0]] < (MEANT if order[0] == next(iter(chances)) else CALLED):
        return ()
    if compared:
        texts = [at for n, at in enumerate(order) if chances[at] >= (MEANT if n < TWO else AS_WELL)]
        return tuple(paper for text in texts for paper in papers if paper.id in text) if len(texts) > 1 else ()
    return tuple(paper for paper in papers if paper.id in order[0])


def _settled(said: Question, named: Named, papers: Sequence[DocumentInfo], ports: Ports) -> tuple[DocumentInfo, ...]:
    """The papers of the two texts that a comparison surely means; () where it may mean others, or speaks of news and means none."""
    about = matter_of(said.text, said.language, named)
    chances = likely(said.text, about, named, papers, texts_of(papers, ports), said.filters, ports, parted=True)
    found = tuple(paper for text, chance in chances.items() if chance >= SURELY_MEANT for paper in papers if paper.id in text)
    both = {"agreement", "news"}
    suits = not both <= set(named.genres) or {paper.kind for paper in found} == both
    return found if suits and len(texts_of(found, ports)) == TWO else ()


def _of_kind(texts: Sequence[frozenset[int]], named: Named) -> list[frozenset[int]]:
    """Of some texts those of the one kind that a message speaks of, where two or more are."""
    kind = {paper.id for paper in named.of_kind} if len(named.genres) == 1 else set()
    fitting = [text for text in texts if text & kind]
    return fitting if len(fitting) >= TWO else list(texts)


def _called(texts: Sequence[frozenset[int]], named: Named) -> list[frozenset[int]]:
    """Of some texts those of the kind that a message speaks of and with its names, where any has them."""
    kind = {paper.id for paper in named.of_kind}
    of_kind = [text for text in texts if text & kind] or list(texts)
    names = {text: max(named.names.get(at, 0.0) for at in text) for text in of_kind}
    most = max(names.values(), default=0.0)
    return [text for text in of_kind if names[text] >= most] if most >= NAMING else list(texts)
