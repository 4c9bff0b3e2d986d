"""Obligations in a Marathi or Hindi sentence: the verb that ends each clause, and the party or body that stands before it."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from kb.agreements.card_records import Force
from kb.agreements.extraction.actors import DEV_BODIES, DEV_BODY, Actors, Said, merged
from lang.languages import Language
from lang.values.dates import dates_in

_END = r"(?=\s*(?:$|[,;।.:]|(?:आणि|व|तसेच|तथा|और|एवं|परंतु|मात्र|लेकिन|किंवा|या)(?![\p{L}\p{M}])))"
_FORMS: dict[Language, tuple[tuple[Force, bool, str], ...]] = {
    # force, whether nobody is named as the doer, how the clause ends
    "mr": (
        ("must_not", True, r"(?:\w+ता\s+येणार\s+नाही|(?:\w+)\s+जाणार\s+नाही(?:त)?|\w+ण्यात\s+येणार\s+नाही(?:त)?)"),
        ("must_not", False, r"(?:\w+णार\s+नाही(?:त)?|\w+ू\s+नये|\w+ू\s+शकणार\s+नाही(?:त)?|\w+ता\s+कामा\s+नये)"),
        ("may", True, r"\w+ता\s+ये(?:ईल|तील|ते|तात)"),
        ("may", False, r"\w+\s+शक(?:ेल|तील|तो|ते|तात)"),
        ("shall", False, r"(?:\w+(?:णे|ण्यास)\s+(?:बंधनकारक|अनिवार्य|आवश्यक)\s*(?:राहील|असेल|आहे)?"
                         r"|\w+(?:ावे|ावी|ावा|ाव्या|ावेत)\s+लाग(?:ेल|तील)|\w+ण्यास\s+बांधील\s+(?:राहील|राहतील|असेल|असतील))"),
        ("shall", True, r"\w+ण्यात\s+या(?:वे|वी|वा|व्यात|वेत|वीत)"),
        ("should", False, r"\w+(?:ावे|ावी|ावा|ाव्यात|ावेत|ावीत)"),
        ("will", True, r"(?:\w+ण्यात\s+ये(?:ईल|तील)|(?:केल|दिल|घेतल|ठेवल|नेमल|पाठवल|काढल|मांडल)(?:ी|ा|े|्या)\s+जा(?:ईल|तील))"),
        ("intends", False, r"\w+(?:ण्याचा|ण्याचे)\s+(?:मानस|इरादा|उद्दिष्ट)\s*(?:आहे|ठेवतात|बाळगतात)?|\w+ू\s+इच्छितात"),
        ("will", False, r"\w+(?:ेल|ईल|ील|तील)"),
    ),
    "hi": (
        ("must_not", True, r"नहीं\s+\w+\s+जा(?:एगा|एगी|एंगे|एँगे|एंगी|एँगी|येगा|येगी|येंगे|\s+सकेगा|\s+सकता\s+है)"
                            r"|\w+\s+नहीं\s+जा(?:एगा|एगी|एंगे|एँगे|एंगी|एँगी)"),
        ("must_not", False, r"नहीं\s+(?:\w+\s+)?(?:\w+(?:ेगा|ेगी|ेंगे|एगा|एगी|एंगे|एँगे)|सक(?:ता|ती|ते)\s+(?:है|हैं))"),
        ("may", True, r"\w+\s+जा\s+सक(?:ता|ती|ते|ेगा|ेगी|ेंगे)(?:\s+(?:है|हैं))?"),
        ("may", False, r"\w+\s+सक(?:ता|ती|ते|ेगा|ेगी|ेंगे)(?:\s+(?:है|हैं))?"),
        ("shall", False, r"\w+ना\s+(?:होगा|अनिवार्य\s+(?:होगा|है)|आवश्यक\s+(?:होगा|है))"
                         r"|\w+ने\s+(?:होंगे)|\w+नी\s+होगी|\w+ने\s+के\s+लिए\s+बाध्य\s+(?:होगा|होंगे|होगी|है|हैं)"),
        ("should", False, r"\w+(?:ना|नी|ने)\s+चाहिए"),
        ("shall", True, r"(?:की|किया|किए|दी|दिया|दिए|ली|लिया|लिए|रखा|रखी|रखे|भेजा|भेजी|\w+[ाीेएई])\s+जा(?:ए|एँ|एं|ये|यें)"),
        ("should", False, r"\w*(?:करें|दें|रखें|भेजें|लें|कराएँ|कराएं|बनाएँ|बनाएं|पहुँचाएँ|पहुंचाएं|करवाएँ|करवाएं)"),
        ("will", True, r"(?:की|किया|किए|दी|दिया|दिए|ली|लिया|लिए|रखा|रखी|रखे|भेजा|भेजी|बनाई|बनाया|\w+[ाीेएई])"
                       r"\s+जा(?:एगा|एगी|एंगे|एँगे|एंगी|एँगी|येगा|येगी|येंगे)"),
        ("intends", False, r"\w+ने\s+का\s+(?:इरादा|आशय)\s+(?:रखते|रखता)\s+(?:हैं|है)"),
        ("will", False, r"\w+(?:ेगा|ेगी|ेंगे|एगा|एगी|एंगे|एँगे|ऊँगा)|होगा|होगी|होंगे"),
    ),
}  # fmt: skip
_STATES: dict[Language, regex.Pattern[str]] = {
    "mr": regex.compile(r"(?:राह(?:ील|तील)|अस(?:ेल|तील)|नस(?:ेल|तील)|हो(?:ईल|तील))$"),
    "hi": regex.compile(r"(?:रहेगा|रहेगी|रहेंगे|होगा|होगी|होंगे|जाएगा|जाएगी|जाएँगे|जाएंगे)$"),
}
_ROLE = regex.compile(r"(?:सह-?अध्यक्ष|अध्यक्ष|प्रमुख|सदस्य|समन्वयक|जबाबदार|जिम्मेदार|उत्तरदायी)\s+(?:अस|हो)\p{M}*\w*$")
_HAPPENS = regex.compile(r"(?:बैठक|कार्यशाळा|परिषद|सभा|बैठकें|बैठका|कार्यशाला)\p{M}*(?![\p{L}\p{M}])")
_OBLIQUE_COMMITTEE = regex.compile(
    r"(?P<body>(?:[\p{L}\p{M}]+\s+)?समिती)(?:ची|चे|च्या|चा)(?![\p{L}\p{M}])|(?P<hi>(?:[\p{L}\p{M}]+\s+)?समिति)\s+(?:की|के|का)(?![\p{L}\p{M}])"
)
_INSTRUMENT = regex.compile(
    r"(?:^|\s)(?:हा|हे|ही|सदर|या|ह्या|यह|इस|उक्त)\s+(?:सामंजस्य\s+|सहकार्य\s+|सहयोग\s+|समझौता\s+)?(?:करार|ज्ञापन|समझौता|मसुदा|अनुबंध)(?![\p{L}\p{M}])"
    r"|(?:मजकूर|मुदत|नूतनीकरण|नवीनीकरण|अवधि|अवधी|पाठ)(?![\p{L}\p{M}])"
)
_LIST_LEAD = (
    r"(?:(?:प्रत्येक|कोणताही|कोणतेही|कोणतीही|दोन्ही|उभय|सर्व|दुसरा|पहिला|प्रथम|द्वितीय|तृतीय|संबंधित|एक|दोन|तीन|चार|पाच"
    r"|कोई\s+भी|कोई|दोनों|सभी|दूसरा|पहला|हर|दो|पाँच)\s+)?"
)
_ADJECTIVE = (
    r"(?:(?:सहभागी|संयुक्त|भागीदार|करारकर्ता|करारकर्ते|अतिरिक्त|उप|मुख्य|तांत्रिक|सुकाणू|संचालन|स्थानिक|राज्य|केंद्र|जिल्हा|नगर|तकनीकी|संचालन|हस्ताक्षरकर्ता)\s+)*"
)
_BODIES = "|".join(sorted(map(regex.escape, DEV_BODY), key=len, reverse=True))
_NAMED = regex.compile(rf"(?<![\p{{L}}\p{{M}}-])(?P<np>{_LIST_LEAD}{_ADJECTIVE}(?:{_BODIES}))(?![\p{{L}}\p{{M}}])")
_NOT_SUBJECT = regex.compile(
    r"\s*(?:[(][^()]*[)]\s*)?(?:का|की|के|को|से|में|पर|द्वारा|तक|आणि|व|और|तथा|साठी|कडे|कडून|यांच्या|यांना|येथे)(?![\p{L}\p{M}])"
)
_HE = regex.compile(r"^(?P<np>.{3,160}?)\s+(?:हे|ही)\s+(?=\S)")
_NOUNS_BEFORE = regex.compile(
    r"^(?:(?!\S*(?:ने|नी|ला|ना|चे|ची|चा|च्या|साठी|ात|ून|ील|पर्यंत|पणे)\s|(?:को|का|की|के|से|में|तक|पर|आणि|व|और|तथा|तसेच|हे|ही|हा|तो|ती|ते|वह|वे)\s)[\p{L}\p{M}-]+\s+){1,3}$"
)
"""What stands before an office at the beginning of a clause and belongs to its name: "सर्व प्रभाग" of "सर्व प्रभाग अधिकाऱ्यांनी"."""
_GENITIVE = regex.compile(r"(?:[\p{L}\p{M}-]+(?:ाचे|ाच्या|ाची|ाचा|ेचे|ेच्या|ेची|ीचे|ीच्या|ीची)\s+)+$")
_PART = r"\p{Nd}[\p{Nd}.,]*\s*(?:टक्के|प्रतिशत|%|(?:(?:हज़?ार|लाख|करोड़|कोटी)\s+)?(?:रुपये|रुपए|रु\.))"
_PAYER = r"(?:(?:प्रथम|द्वितीय|तृतीय|पहिला|दुसरा)\s+)?[\p{L}\p{M}]+"
_SHARE = regex.compile(rf"(?P<a>{_PART}\s+(?P<one>{_PAYER}))\s+(?:आणि|व|और|तथा)\s+(?P<b>{_PART}\s+(?P<two>{_PAYER})\s+[\p{{L}}\p{{M}}]+)")


class DevanagariReader:
    """Reads the sentences of one language."""

    def __init__(self, actors: Actors, language: Language) -> None:
        self._language = language if language in _FORMS else "mr"
        self._forms = tuple(
            (
                force,
                passive,
                regex.compile(
                    rf"(?<![\p{{L}}\p{{M}}])(?:{pattern.replace(chr(92) + 'w', '[' + chr(92) + 'p{L}' + chr(92) + 'p{M}-]')}){_END}"
                ),
            )
            for force, passive, pattern in _FORMS[self._language]
        )
        self._names = tuple(sorted((n for n in actors.names if regex.search(r"\p{Devanagari}", n)), key=len, reverse=True))
        own = "|".join(map(regex.escape, self._names))
        self._own = regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?P<np>{_LIST_LEAD}{_ADJECTIVE}(?:{own}))(?![\p{{L}}\p{{M}}])") if own else None

    def read(self, sentence: str) -> list[Said]:
        """The obligations of a sentence in order."""
        found: list[Said] = []
        for start, end, verb, force, passive in self._clauses(sentence):
            clause = sentence[start:end]
            if shared := self._shared(clause, start, force):
                found += shared
                continue
            one = self._said(clause, start, end, verb, force, passive, found[-1].actor if found else "")
            if one is not None:
                found.append(one)
        found = merged(found)
        if len(found) == 1:
            one = found[0]
            return [Said(one.actor, one.force, 0, len(sentence), one.action, one.passive)]
        return found

    def _clauses(self, sentence: str) -> list[tuple[int, int, int, Force, bool]]:
        """Start, end, start of the verb, force and voice of each clause that a finite verb ends."""
        verbs: list[tuple[int, int, Force, bool]] = []
        for force, passive, pattern in self._forms:
            for match in pattern.finditer(sentence):
                if not any(a < match.end() and match.start() < b for a, b, *_ in verbs):
                    verbs.append((match.start(), match.end(), force, passive))
        out, start = [], 0
        for verb, end, force, passive in sorted(verbs):
            skip = regex.match(r"\s*[,;]?\s*(?:(?:आणि|व|तसेच|तथा|और|एवं|परंतु|मात्र|लेकिन)\s+)?", sentence[start:]) if start else None
            begin = start + (skip.end() if skip is not None else 0)
            out.append((begin, end, verb, force, passive))
            start = end
        return out

    def _said(self, clause: str, start: int, end: int, verb: int, force: Force, passive: bool, before: str) -> Said | None:
        actor, place = self._agent(clause) if passive else self._actor(clause)
        if passive and actor:
            return Said(actor, force, start, end, start + place)
        if not actor and not passive and force in ("shall", "should"):
            actor, place = self._obliged(clause)
        if _STATES[self._language].search(clause) and not passive and force == "will":
            if _HAPPENS.search(clause) and not _INSTRUMENT.search(clause):
                body = _OBLIQUE_COMMITTEE.search(clause)
                actor = (body["body"] or body["hi"]) if body is not None else ""
            elif not (actor and (_ROLE.search(clause) or dates_in(clause))):
                return None
        elif not actor and not passive:
            if not before or _INSTRUMENT.search(clause):
                return None
            actor = before
        if not actor and _INSTRUMENT.search(clause[: max(verb - start, 0)]) and not regex.search(r"आल्यापासून|होने के", clause):
            return None
        return Said(actor, force, start, end, start + place, passive)

    def _actor(self, clause: str) -> tuple[str, int]:
        """Who does it, in the nominative, and where the action begins in the clause; "" where nobody is named."""
        if he := _HE.match(clause):
            # "… हे तीन कार्यगट": what they are belongs to their name.
            kind = _NAMED.match(clause, he.end())
            end = kind.end() if kind is not None and not _NOT_SUBJECT.match(clause, kind.end()) else he.end("np")
            return clause[:end].strip(" ,"), max(end, he.end())
        for pattern in (self._own, _NAMED):
            if pattern is None:
                continue
            for match in pattern.finditer(clause):
                if not _NOT_SUBJECT.match(clause, match.end()):
                    return self._widened(clause, match), match.end()
        return "", 0

    def _agent(self, clause: str) -> tuple[str, int]:
        """By whom it is done: "विभाग द्वारा", "विभागाकडून"; "" where nobody is named."""
        for name in (*self._names, *DEV_BODIES):
            match = regex.search(
                rf"(?<![\p{{L}}\p{{M}}])(?P<lead>{_LIST_LEAD}{_ADJECTIVE}){regex.escape(name)}(?:\s+(?:के\s+)?द्वारा|\p{{M}}?(?:कडून|मार्फत|तर्फे))(?![\p{{L}}\p{{M}}])",
                clause,
            )
            if match is not None:
                before = _NOUNS_BEFORE.match(clause[: match.start()])
                return f"{before[0] if before is not None else ''}{match['lead']}{name}", match.end()
        return "", 0

    def _obliged(self, clause: str) -> tuple[str, int]:
        """Who must: in Marathi "महानगरपालिकेने", in Hindi "निगम को"; "" where nobody is named."""
        for name in (*self._names, *DEV_BODIES):
            match = regex.search(
                rf"(?<![\p{{L}}\p{{M}}])(?P<lead>{_LIST_LEAD}{_ADJECTIVE})(?:{'|'.join(_doing(name))})(?![\p{{L}}\p{{M}}])", clause
            )
            if match is not None:
                before = _NOUNS_BEFORE.match(clause[: match.start()])
                return f"{before[0] if before is not None else ''}{match['lead']}{name}", match.end()
        return "", 0

    def _widened(self, clause: str, match: regex.Match[str]) -> str:
        """An office with whose it is: "मंत्रालयाच्या … महासंचालक"."""
        lead = _GENITIVE.search(clause[: match.start("np")])
        office = regex.search(r"(?:संचालक|आयुक्त|सचिव|अधिकारी|निदेशक|मंत्री|विभाग)$", match["np"])
        if lead is not None and office:
            return lead[0] + match["np"]
        unit = office or regex.search(r"(?:कक्ष|पथक|प्रकोष्ठ|अभियंता|कार्यालय)$", match["np"])
        before = _NOUNS_BEFORE.match(clause[: match.start()]) if unit else None
        return (before[0] if before is not None else "") + match["np"]

    def _shared(self, clause: str, start: int, force: Force) -> list[Said]:
        """Each owes its part in "६० टक्के मंत्रालय आणि ४० टक्के महानगरपालिका उचलेल"."""
        match = _SHARE.search(clause)
        if match is None:
            return []
        whole = start, start + len(clause)
        return [Said(match[name], force, *whole, start + match.start(part)) for name, part in (("one", "a"), ("two", "b"))]


def _doing(name: str) -> tuple[str, ...]:
    """A name with the endings of the one who must act."""
    stem = regex.sub("ा$", "", name)
    oblique = regex.sub("ी$", "", name)
    bent = f"{oblique.removesuffix('र')}ऱ्या" if oblique.endswith("र") else f"{oblique}्या"
    plural = (f"{bent}ने", f"{bent}ांनी", f"{bent}ंनी", f"{oblique}ियों को") if oblique != name else ()
    forms = (
        f"{name}ने",
        f"{name}ाने",
        f"{name}ीने",
        f"{stem}ेने",
        f"{name}ांनी",
        f"{stem}ांनी",
        f"{name}नी",
        f"{stem}्याने",
        f"{stem}्यांनी",
        f"{name} को",
        f"{name}ों को",
        *plural,
    )
    return tuple(map(regex.escape, forms))


def readers(actors: Actors) -> Sequence[DevanagariReader]:
    """One for Marathi, one for Hindi."""
    return DevanagariReader(actors, "mr"), DevanagariReader(actors, "hi")
