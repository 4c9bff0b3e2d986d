"""Obligations in an English sentence: the modal verb or verb of intention, its subject, and where the clause ends."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from kb.agreements.card_records import Force
from kb.agreements.extraction.actors import EN_BODY, Actors, Said, merged

_ADVERB = r"(?:also|further|jointly|mutually|together|therefore|both|hereby|each|accordingly|\w+ly)"
_MARKS: tuple[tuple[Force, str], ...] = (
    ("shall", r"(?:shall|must)\b"),
    ("will", r"will\b"),
    (
        "should",
        r"(?:should|(?:is|are)\s(?:hereby\s|kindly\s)?(?:requested|advised|asked|urged)\sto|ought\sto|endeavou?rs?\sto|strives?\sto|seeks?\sto)\b",
    ),
    ("may", r"may\b|(?:is|are)\s(?:free|entitled|permitted|allowed)\sto\b"),
    (
        "shall",
        r"(?:commits?|agrees?|undertakes?|pledges?|promises?)\sto\b(?!\s(?:an?|the|this|these|their|its|our)\b)|(?:is|are)\s(?:hereby\s)?(?:committed|obliged|obligated|required|bound|directed|instructed|ordered)\sto\b(?!\s(?:an?|the|this|these|their|its|our)\b)"
        r"|(?:is|are)\sto\b(?=\s\p{Ll})|(?:is|are)\sresponsible\sfor\b|(?:have|has)\s(?:agreed|committed|undertaken|pledged)\sto\b",
    ),
    (
        "intends",
        r"(?:intends?|plans?|expects?|aims?|propose)\sto\b|(?:is|are)\s(?:intended|expected|planned)\sto\b|(?:have\s|has\s)?(?:decided|resolved)\sto\b"
        r"|(?:announced|declares?|affirms?|affirmed|expressed|stated?)\s(?:their|its|the)\s(?:shared\s|joint\s|firm\s)?intention\sto\b"
        r"|(?:announced|affirmed|confirmed)\splans\sto\b",
    ),
)
_MARK = regex.compile("|".join(rf"(?P<m{at}>\b(?:{pattern}))" for at, (_, pattern) in enumerate(_MARKS)), regex.I)
_NOT = regex.compile(r"\s+(?:(?:also|only)\s+)?not\b", regex.I)
_NO = regex.compile(r"^(?:no|neither|none)\b", regex.I)
_PARTICIPLE = (
    r"(?:\w+(?:ed|wn)|held|made|set|given|borne|paid|kept|sent|met|taken|done|built|brought|begun|chosen|drawn|found|laid|led|left|lent"
    r"|put|read|run|sold|spent|taught|told|undertaken|written|hosted|cost|upheld|sought|overseen|dealt)\b"
)
_PASSIVE = regex.compile(
    rf"\s+(?:(?:not|only|also|then|thereafter|normally|{_ADVERB})\s+)*be(?:\s+(?:\w+ly|also|co-))*\s*(?P<done>{_PARTICIPLE}|co-\w+ed\b)",
    regex.I,
)
_STATE = regex.compile(
    r"^(?:comprised|composed|based|subject|known|deemed|considered|called|located|required|concerned|related|limited|interpreted|construed"
    r"|understood|regarded|entitled|replaced|superseded|constituted)$",
    regex.I,
)
_AGENT = regex.compile(
    r"\bby\s+(?P<actor>(?:the|each|either|both|an?)\s[^,;]+?)(?=,|;|\.?$|\s(?:within|before|after|in|on|at|to|under)\b)", regex.I
)
_WORD = r"[\p{L}\p{N}][\p{L}\p{M}\p{N}.’'/–-]*"
_NOT_WORD = (
    r"(?:in|on|at|by|with|to|from|under|during|within|into|between|through|among|upon|against|without|towards?|across|about|per|via|as|that|which|who|whom|whose|if|unless|while|when|where|after|before|because|since"
    r"|is|are|was|were|be|been|has|have|had|and|or|of|for|the|an?|each|either|every|any|all|both|no|its|their|this|these|such|other|another"
    r"|year|years|month|months|week|day|days|phase|time|together|along|further|also|thereby|so|provides?|otherwise|identified|intend|agree|commit)"
)
_DET = (
    r"(?:the|each\sof\sthe|both\sof\sthe|either\sof\sthe|each|either|every|any|all|both|neither|no|an?|its|their|these|such|other|the\sother"
    r"|another)"
)
_PLAIN = rf"(?:(?!{_NOT_WORD}\s|{_NOT_WORD}$){_WORD}|\((?:[^()]{{1,60}})\))"
_NOUNS = rf"(?:{_DET}\s+)?{_PLAIN}(?:\s+{_PLAIN}){{0,9}}"
_NP = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}\p{{N}}])(?P<np>{_NOUNS}(?:,?\s+(?:and|or|of|for)\s+{_NOUNS}|,\s+{_NOUNS}(?:\s+of\s+{_NOUNS})*(?=,)){{0,24}}),?\s*(?:{_ADVERB}\s+)*$",
    regex.I,
)
_ELIDED = regex.compile(
    r"(?:\b(?:and|or|but)\b|,)(?:,?\s+(?:in\ssuch\s(?:a\s)?case|also|then|further|thereafter|if\snecessary|jointly|\w+ly|,[^,]+,)){0,2},?\s*$",
    regex.I,
)
_PRONOUN = regex.compile(r"(?:^|\s)(?P<np>they|it|we|he|she)\s*(?:,\s)?(?:both\s|also\s|\w+ly\s)*$", regex.I)
_SHORT = regex.compile(r"(?:U\.?S\.?(?:A\.?)?|U\.?K\.?|E\.?U\.?|U\.?N\.?|U\.?A\.?E\.?)$")
_BODY = regex.compile(rf"(?:{EN_BODY})$", regex.I)
_INSTRUMENT = regex.compile(
    r"^(?:(?:the|this|that|any|an?|each|its|such|all|today’s|the\spresent)\s+)?(?:present\s+)?(?:\p{Lu}[\p{L}-]+\s+){0,3}"
    r"(?:memorand\w*|mo[uca]\b|agreement|framework|protocol|arrangement|deal|article|annex|amendments?|terminat\w*|discontinu\w*|renewal"
    r"|term|duration|text|texts|provisions?|clause|section|paragraph|cooperation|collaboration)\b",
    regex.I,
)
_SUBJECT = regex.compile(
    r"^(?:[^,]{1,200},\s+)?(?P<np>(?:the|each|either|both)\s+[^,;]{2,60}?)\s+(?:continue|acknowledge|recogni[sz]e|consider|support|confirm|affirm|reaffirm|will|shall|intend|agree|commit)\w*\b",
    regex.I,
)
_SHARE = regex.compile(
    rf"\s+and\s+(?P<np>(?:the|each)\s+{_PLAIN}(?:\s+{_PLAIN}){{0,4}})\s+(?P<rest>\p{{Nd}}[\p{{Nd}}.,]*\s?(?:%|per\s?cent|percent)[^,;.]*)",
    regex.I,
)
_REACH = 500
"""How far before its verb a subject may begin."""
_PREAMBLE = regex.compile(
    r"^(?:whereas|(?:\w+\s)?(?:recogni[sz]ing|considering|noting|recalling|desiring|wishing|believing|affirming|reaffirming|emphasi[sz]ing|seeking|welcoming"
    r"|expressing|acknowledging|convinced|aware|mindful|having|conscious|determined|bearing))\b[^.]*(?:;|,|;\sand)$",
    regex.I,
)


_MINUTED = regex.compile(
    r"^(?:Action(?:\s+(?:point|item))?\s*\d*\s*[:.–-]\s*)?(?P<np>(?P<title>(?:Mr|Ms|Mrs|Dr|Shri|Smt)\.?\s)?[^,;:.]{2,70}?)\s+to\s(?P<verb>\p{Ll}+\b"
    r"[^.;]*\b(?:by|before|within|until|no\slater\sthan)\b[^.;]*\p{Nd}[^.;]*)\.?$"
)
"""How minutes lay down who does what: "The Chief Engineer to send the drawings by 5 June"."""


class EnglishReader:
    """Reads sentence after sentence; remembers the last subject, which "they" and "it" of the next one mean."""

    def __init__(self, actors: Actors) -> None:
        self._actors = actors
        self._last = ""

    def read(self, sentence: str) -> list[Said]:
        """The obligations of a sentence in order; none for a preamble's "Recognising …;"."""
        if _PREAMBLE.match(sentence):
            return []
        found: list[Said] = []
        previous = 0
        subject = self._opening(sentence)
        for mark in _MARK.finditer(sentence):
            one = self._clause(sentence, mark, previous, found, subject)
            if one is not None:
                found.append(one)
                if one.actor:
                    subject = one.actor
            previous = mark.end()
        if subject:
            self._last = subject
        if not found and (minuted := _MINUTED.match(sentence)) is not None and (self._acts(minuted["np"]) or minuted["title"]):
            return [Said(minuted["np"], "shall", 0, len(sentence), minuted.start("verb"))]
        found = self._bounded(sentence, merged(self._bounded(sentence, found)))
        return [*found, *self._shares(sentence, found)]

    def _opening(self, sentence: str) -> str:
        """Who the sentence's first clause speaks of, where that is somebody who can owe something."""
        match = _SUBJECT.match(sentence)
        if match is None:
            match = regex.match(r"^(?:[^,]{1,80},\s+)?(?P<np>(?:the|each|both)\s+(?:two\s+)?\p{L}+)\s", sentence, regex.I)
        return match["np"] if match is not None and self._acts(match["np"]) else ""

    def _clause(self, sentence: str, mark: regex.Match[str], previous: int, found: Sequence[Said], subject: str) -> Said | None:
        force = next(force for at, (force, _) in enumerate(_MARKS) if mark.group(f"m{at}"))
        before = sentence[previous : mark.start()]
        passive = _PASSIVE.match(sentence, mark.end())
        action = mark.end()
        actor, start = self._subject(before, previous, subject, bool(found))
        np = sentence[start : mark.start()].strip() if start is not None else ""
        if start is None:
            return None
        if _NOT.match(sentence, mark.end()) or _NO.match(np):
            if force in ("shall", "will", "may", "should"):
                force = "must_not"
            else:
                return None
        if actor:
            is_passive = passive is not None
            if passive is not None:
                if _STATE.match(passive["done"]):
                    return None
                actor = ""
        else:
            is_passive = True
            if passive is None or force == "intends" or _STATE.match(passive["done"]) or _INSTRUMENT.match(np) or _RELATIVE.search(before):
                return None
        if is_passive and passive is not None and (agent := _agent(sentence, passive.end())):
            actor, is_passive = agent, False
        # "A workshop will be held": what is done is told by the whole clause.
        return Said(actor, force, start, len(sentence), start if passive is not None else action, is_passive)

    def _subject(self, before: str, offset: int, subject: str, inherits: bool) -> tuple[str, int | None]:
        """Who stands before the mark and where the clause begins; "" for a thing, None where there is no clause of its own."""
        if pronoun := _PRONOUN.search(before):
            meant = {"it": "", "we": pronoun["np"]}.get(pronoun["np"].lower(), subject or self._last)
            return (meant, offset + pronoun.start("np")) if meant else ("", None)
        match = _NP.search(before, max(0, len(before) - _REACH))
        np = match["np"] if match is not None else ""
        if match is not None and np:
            # What follows a verb of duty at once is the verb of its action.
            verb = offset > 0 and not before[: match.start("np")].strip()
            chosen, at = self._narrowed(np, whole=not verb)
            if chosen:
                return chosen, offset + match.start("np") + at
        if _ELIDED.search(before) and (inherits or subject):
            return subject, offset + len(before)
        lead = before.strip()
        if lead and not regex.search(r"\b(?:that|which|who|whom)$", lead, regex.I):
            return "", offset + _clause_start(before)
        return "", None

    def _narrowed(self, np: str, *, whole: bool) -> tuple[str, int]:
        """The longest end of a noun phrase that can act, and where it begins in the phrase; "" where there is none."""
        # "… airfare of its officers and the Ministry will": what follows "and" before what follows "of".
        joined = [m.end() for m in regex.finditer(r",\s+(?:and\s+)?|\s(?:and|or)\s+", np, regex.I)]
        owned = [m.end() for m in regex.finditer(r"\s(?:of|for)\s+|\s+(?=(?:the|each|either|both)\s)", np, regex.I)]
        for at in (*((0,) if whole else ()), *joined, *owned):
            if self._acts(np[at:]):
                return np[at:], at
        return "", 0

    def _acts(self, np: str) -> bool:
        """Whether the head of a noun phrase is a party, an office or a body."""
        phrase = regex.sub(r"^(?:and|or)\s+", "", np.strip(" ,"), flags=regex.I)
        parts = [p for p in regex.split(r",\s+(?:and\s+)?|\s+and\s+", phrase) if p.strip()]
        return bool(parts) and all(self._one_acts(part) for part in parts)

    def _one_acts(self, part: str) -> bool:
        shown = regex.sub(r"\s*\([^()]*\)", "", part).strip()
        bare = regex.sub(rf"^(?:{_DET})\s+", "", shown, flags=regex.I)
        head = regex.split(r"\s+(?:of|for|on|in|under)\s+", bare)[0]
        if regex.match(r"(?:each|either|both|all|none)\sof\b", shown, regex.I):
            return True
        if self._actors.known(bare) or self._actors.known(head):
            return True
        if _SHORT.match(bare):
            return True
        return _BODY.search(head) is not None and not regex.search(r"\bany\s+other\b", shown, regex.I)

    def _bounded(self, sentence: str, found: Sequence[Said]) -> list[Said]:
        """The clauses cut where the next one begins; a lone one is the whole sentence."""
        if len(found) == 1:
            one = found[0]
            return [Said(one.actor, one.force, 0, len(sentence), one.action, one.passive)]
        out = []
        for at, one in enumerate(found):
            end = found[at + 1].start if at + 1 < len(found) else len(sentence)
            piece = regex.sub(r"(?:[,;\s]|\b(?:and|or|but|while|which|that))+$", "", sentence[one.start : end])
            start = one.start
            out.append(Said(one.actor, one.force, start, start + max(len(piece), 1), one.action, one.passive))
        return out

    def _shares(self, sentence: str, found: Sequence[Said]) -> list[Said]:
        """The second of "the Ministry will bear 60 per cent and the Corporation 40 per cent" owes as the first does."""
        if len(found) != 1 or not (match := _SHARE.search(sentence, found[0].action)) or not self._acts(match["np"]):
            return []
        one = found[0]
        return [Said(match["np"], one.force, 0, len(sentence), match.start("rest"))]


_RELATIVE = regex.compile(r"(?:\bthat|\bwhich|\bwho|\bwhose|\bwhom)\b[^,;]*$", regex.I)


def _agent(sentence: str, after: int) -> str:
    match = _AGENT.search(sentence, after, after + 220)
    return match["actor"] if match is not None and match.start() - after < 12 else ""


def _clause_start(before: str) -> int:
    """Where the last clause of what stands before a mark begins."""
    ends = [
        m.end()
        for m in regex.finditer(
            r"[;:]\s|,\s(?:and|or|but)\s|\s(?:and|or|but)\s(?=(?:its|the|their|an?|each)\s)|\b(?:that|which)\s", before, regex.I
        )
    ]
    return ends[-1] if ends else 0
