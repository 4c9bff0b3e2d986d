"""Who a letter is from and to: the people that a request names, or those whom the papers name for its words (*the contact point*)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from kb.answer.quotation.citation_builder import Evidence
from kb.answer.skills.drafting.draft_request import ours, says_role
from kb.answer.skills.lookup import numbering
from kb.ports import Ports
from kb.records import DocumentInfo
from lang.languages import Language, Script, script_of
from lang.sentences import sentence_spans
from lang.words.names import name_keys
from lang.words.search_tokens import script

_CAPITAL = r"\p{Lu}[\p{L}\p{M}’'.-]*"
_PERSON = regex.compile(
    rf"(?:Mr|Mrs|Ms|Dr|Prof|Shri|Smt|Hon)\.? {_CAPITAL}(?: (?:bin |al-|de |van )?{_CAPITAL}){{0,3}}"
    r"|(?<![\p{L}\p{M}])(?:श्रीमती|श्री|डॉ|प्रा|सुश्री|सौ|कु)\.? [\p{Devanagari}]+(?: (?!यांन|यांच|हे |को |ने |और |आणि |व )[\p{Devanagari}]+){1,2}"
    r"|(?<=[\p{Han}、（(])[\p{Han}]{2,4}[ 　]?[\p{Han}]{0,3}(?=氏|様|さん)|[\p{Katakana}ー]+(?:[・=＝][\p{Katakana}ー]+)+(?=氏|様|さん)?"
)
"""A person by what stands before or after their name."""
_OFFICE_AFTER = regex.compile(r",\s(?P<office>(?:the )?\p{Lu}[^,;.]*?(?: \([^)]*\))?)(?=,| and |;|\.|$)")
_ON_BEHALF = regex.compile(r"(?:वतीने|की ओर से|की तरफ से|[:：;,、，])\s*")
_COMMON = frozenset(
    "the and that our your contact point points for from side संपर्क अधिकारी अधिकार वतीने आणि हे यांच्या".split()  # noqa: SIM905
)
_WORDS = regex.compile(r"[\p{L}\p{M}]{3,}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a paper names: as they are written to, for which side (words of the paper), and where it says so."""

    called: str
    side: str
    paper: DocumentInfo
    start: int
    end: int
    office: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """The one who writes, or is written to: the words, and the statements that hold them."""

    said: str
    cited: tuple[int, ...] = ()


def parties(
    sender: str, addressee: str, papers: Sequence[DocumentInfo], language: Language, ports: Ports, evidence: Evidence
) -> tuple[Party, Party]:
    """The sender and addressee of a letter: for words that name a contact point or side, the person of the papers, else the words.

    ``said`` is "" where the request names nobody.
    """
    by: Person | None = None
    to: Person | None = None
    for known in _lists(papers, language, evidence, ports) if sender or addressee else ():
        to = _of_side(addressee, known)
        by = _of_side(sender, [person for person in known if person is not to])
        others = [person for person in known if person not in (to, by)]
        if by is None and sender and to is not None and len(others) == 1 and (ours(sender) or says_role(sender)):
            by = others[0]
        elif to is None and addressee and by is not None and len(others) == 1 and (ours(addressee) or says_role(addressee)):
            to = others[0]
        if by or to:
            by, to = (_in_own(person, known, papers, language, evidence, ports) for person in (by, to))
            break
    held = _signatories(papers, ports)
    return _party(sender, by or _in_office(sender, held), evidence), _party(addressee, to or _in_office(addressee, held), evidence)


def _party(said: str, person: Person | None, evidence: Evidence) -> Party:
    if person is not None and (cited := evidence.cite(person.paper, person.start, person.end)):
        return Party(person.called, cited)
    return Party("" if says_role(said) or ours(said) else said[:1].upper() + said[1:])


def _lists(papers: Sequence[DocumentInfo], language: Language, evidence: Evidence, ports: Ports) -> Iterator[list[Person]]:
    """The contact points of each paper that names any; those of papers in the script of the letter first."""
    found = [contacts for paper in papers if (contacts := _contacts(paper, evidence, ports))]
    yield from sorted(found, key=lambda contacts: script(contacts[0].called) != _script_of_letter(language))


def _script_of_letter(language: Language) -> Script:
    return script_of("en" if language == "und" else language)


def _in_own(
    person: Person | None, known: Sequence[Person], papers: Sequence[DocumentInfo], language: Language, evidence: Evidence, ports: Ports
) -> Person | None:
    """A person as another language version of the paper names them in the script of the letter, where there is one."""
    if person is None or script(person.called) == _script_of_letter(language):
        return person
    beside = ports.counterparts(person.paper.id, person.paper.version, person.start, person.end)
    for paper in (paper for paper in papers if any(paper.id == other.document_id for other in beside)):
        own = _contacts(paper, evidence, ports)
        if len(own) == len(known) and script(own[0].called) == _script_of_letter(language):
            return own[known.index(person)]
    return person


def _contacts(paper: DocumentInfo, evidence: Evidence, ports: Ports) -> list[Person]:
    """The contact points that a paper names, in order, each with the words before it that say whose it is."""
    text = evidence.text(paper)
    if not says_role(text):
        return []
    found: list[Person] = []
    for block in evidence.outline(paper):
        headed = bool(block.path) and says_role(block.path[-1])
        for start, end in sentence_spans(text[block.start : block.end], block.language):
            sentence = text[block.start + start : block.start + end]
            if headed or says_role(sentence):
                first = start + numbering(sentence)
                found += _persons(text[block.start + first : block.start + end], paper, block.start + first, _names_of(paper, ports))
    return found


def _persons(sentence: str, paper: DocumentInfo, start: int, parties: Sequence[str]) -> Iterator[Person]:
    before = 0
    for match in _PERSON.finditer(sentence):
        lead = sentence[before : match.start()]
        if script(sentence) == "latin":
            after = _OFFICE_AFTER.match(sentence, match.end())
            office = after["office"] if after is not None else ""
            called, before = f"{match[0]}, {office}" if office else match[0], after.end() if after is not None else match.end()
        else:
            said = _ON_BEHALF.split(lead)
            office, before = said[-1].strip(" ,、") if len(said) > 1 else "", match.end()
            called = f"{match[0]}, {office}" if office else match[0]
        yield Person(called, _with_party(lead, parties), paper, start, start + len(sentence), office)


def _names_of(paper: DocumentInfo, ports: Ports) -> list[str]:
    return [fact.value for fact in ports.facts(paper.id) if fact.field == "parties"]


def _with_party(lead: str, parties: Sequence[str]) -> str:
    """The words that say whose a contact point is, with the whole name of the party that they shorten."""
    words = _stems(lead)
    shared = [(len(words & _stems(party)), party) for party in parties]
    best = max(shared, default=(0, ""))
    return f"{lead} {best[1]}" if best[0] and sum(n == best[0] for n, _ in shared) == 1 else lead


def _of_side(said: str, known: Sequence[Person]) -> Person | None:
    """The one person whose side shares most words or names with what was said; None where nobody does, or several as much."""
    if not said:
        return None
    words, names = _stems(said), set(name_keys(said, "und"))
    shared = [(2 * len(words & _stems(p.side)) + len(names & set(name_keys(p.side, p.paper.language))), p) for p in known]
    best = max((n for n, _ in shared), default=0)
    found = [person for n, person in shared if n == best]
    return found[0] if best and len({person.called for person in found}) == 1 else None


def _signatories(papers: Sequence[DocumentInfo], ports: Ports) -> list[Person]:
    found = []
    for paper in papers:
        for fact in ports.facts(paper.id):
            if fact.field == "signatories" and fact.start is not None and fact.end is not None and fact.origin == "text":
                name, _, rest = fact.value.partition(" | ")
                office, _, side = rest.partition(" | ")
                found.append(Person(f"{name}, {office}" if office else name, side, paper, fact.start, fact.end, office))
    return found


def _in_office(said: str, known: Sequence[Person]) -> Person | None:
    """The one signatory whose office is what was said: *the Municipal Commissioner*."""
    words = _stems(said)
    found = [person for person in known if words and words == _stems(person.office)]
    return found[0] if len({person.called for person in found}) == 1 else None


def _stems(text: str) -> set[str]:
    """The words of a text by their first letters, which case endings leave alone."""
    return {word.casefold()[:5] for word in _WORDS.findall(text) if word.casefold() not in _COMMON and not says_role(word)}
