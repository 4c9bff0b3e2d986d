"""What a document is called, and who brought it out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile, takewhile
from pathlib import PurePath

import regex

from ingest.extract.document_kinds import BYLINE
from ingest.records import Block, Found, Hints, Kind
from lang.labels import read_item, read_label
from lang.sentences import sentence_spans
from lang.values.dates import dates_in

MAX_TITLE = 300
_OPENING_BLOCKS = 12
_HEAD_BLOCKS = 20
_LONGEST_FORM = 40
"""Characters of a title that only says what kind of paper it is: *Memorandum of Understanding*."""
_WIDE = 3
"""Letters that one of Japanese counts for there."""
_LONGEST_LINE = 170
"""Characters of a line under a letterhead that may be the title."""
_STOPS = (".", "।", "。", ":", "：", ",", ";")
_SHARED_WORDS = 0.75
_PUBLISHER_BLOCKS = 8
_MAX_PUBLISHER = 80
_WORD = regex.compile(r"\p{Han}|[\p{L}\p{M}\p{N}--\p{Han}]+", regex.V1)
_FILE_LIKE = regex.compile(
    r"\.\w{2,5}$|^microsoft \w+ -|^untitled|^document\d*$|^無題|^(?:english|marathi|hindi|japanese)$|^(?:home|index)$", regex.I
)
_SUBJECT = regex.compile(r"^\W{0,2}(?:विषय|विषयः|subject|sub|re|件\s?名|題\s?名)\s*\.?\s*[:：-]+\s*(?P<title>\S.{5,})$", regex.I | regex.S)
_ABOUT = regex.compile(
    r"^(?P<title>.{12,250}?बाबत|.{4,80}?について)\s*[.…।]*(?P<tail>\s?[（(](?:通知|通達|依頼|回答|照会|報告|周知)[）)])?\s*$", regex.S
)
_LETTER = regex.compile(r"第\s?\p{Nd}+\s?号|[殿様]$|महानगरपालिका$|नगरपालिका$|शासन$|विभाग$|मंत्रालय$|शासन निर्णय क्र|परिपत्र")
_DOTS = regex.compile(r"\s*[.…]{2,}$")

_ORGANISATION = regex.compile(
    r"\b(?:ministry|department|bureau|corporation|municipality|council|government|office|agency|authority|commission|institute|university"
    r"|committee|cent(?:re|er)|secretariat|division|directorate|board|city hall|foundation|association|company|limited|ltd"
    r"|hospital|society|college|school|trust|bank|union|city of|town of|municipality of)\b"
    r"|महानगरपालिका|महापालिका|नगरपालिका|नगर परिषद|मंत्रालय|विभाग|शासन(?! निर्णय)|सरकार|कार्यालय|आयोग|संस्था|प्राधिकरण|मंडळ|मंडल|संचालनालय"
    r"|निदेशालय|निगम|ब्यूरो|समिती|समिति|रुग्णालय|अस्पताल|विद्यापीठ|विश्वविद्यालय|महाविद्यालय|न्यास|परिषद|संघ(?!र्ष)|(?:[省庁局課部市県府室]|市役所|機構|協会|財団|研究所|委員会|議会|大学|病院|学校|組合|公社|株式会社|センター)(?:長)?$",
    regex.I,
)
_NEWSPAPER = regex.compile(
    r"\b(?:news|times|ledger|herald|post|tribune|express|gazette|journal|chronicle|daily|mail|observer)\b"
    r"|समाचार|वार्ता|दैनिक|वृत्त|टाइम्स|टाईम्स|पत्रिका|新聞|新報|通信|タイムズ|日報|ニュース",
    regex.I,
)
_PAPER_WORDS = regex.compile(
    r"memorand|agreement|contract|treaty|\baccord\b|\bdeed\b|evaluation|\bagenda\b|report|policy|statement|plan\b|\bminutes\b|\bmeeting\b|\bresolution\b|\btender|\bby-?laws?\b|\brules\b|\bregulations?\b|\bcircular\b"
    r"|\bnotice\b|\bquestions\b|\blease\b|\bregister\b|करार|अहवाल|धोरण|निर्णय|परिपत्र|ज्ञापन|नीति|रिपोर्ट"
    r"|समझौत|सहमति|अनुबंध|अनुबन्ध|संधि|सामंजस्य|सहकार्य|मूल्यांकन|मूल्यमापन|अधिसूचना|सूचना|योजना"
    r"|इतिवृत्त|कार्यवृत्त|संकल्प|बैठक|निविदा|उपविध|नियम|आदेश|भाडेपट्ट|पंजी|नोंदवही"
    r"|報告|覚書|協定|計画|規程|条例|議事録|会議録|公告|契約書|決議|規則|規約|要領|要綱|台帳|細則",
    regex.I,
)
_GOES_ON = regex.compile(
    r"^(?:between|by and between|among|on|concerning|regarding|relating to|in the field of|and)(?:\s|$)"
    r"|^[^।.]{4,160}?(?:के बीच|के मध्य|यांच्या(?:त|तील|मध्ये|मधील)|यांच्या दरम्यान|हेतु|साठी|करिता|बाबत|के संबंध में|के लिए)(?:\s[^।.]{0,80})?$"
    r"|^[^。]{0,120}?(?:との間の|に関する|についての)[^。]{0,80}$|^[^。]{4,120}について$",
    regex.I,
)
"""A line that goes on with the title above it."""
_KANA_OR_HAN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_JAPANESE_BREAK = regex.compile(r"(?<=[\p{Han}\p{Hiragana}\p{Katakana}ー])\n(?=[\p{Han}\p{Hiragana}\p{Katakana}ー])")
_NUMBERED = regex.compile(r"\bitem \p{N}|(?:क्र\.|क्रमांक|पत्रांक|\bno\.|\bref\b|第\s?\p{N}+\s?号|/).*\p{N}{2}", regex.I)
"""The number of a paper or of a file, not its title."""
_FORM = regex.compile(
    r"memorand|agreement|contract|\baccord\b|\bdeed\b|letter of intent|declaration|statement"
    r"|करार|समझौत|सहमति|अनुबंध|अनुबन्ध|ज्ञापन|घोषणा|इरादापत्र|आशय ?पत्र|निविदा"
    r"|覚書|協定|契約書|合意書|宣言|意向書",
    regex.I,
)
"""What an agreement is called, whose title goes on with its parties and its matter."""
_ONLY_FORM = regex.compile(
    r"(?:(?:memorandum|memoranda|agreement|contract|accord|deed|minutes|report|circular|resolution|letter|intent|of|on|the|joint|good|best"
    r"|practice|practices|understanding|co-?operation|evaluation|final|meeting)\b[\s:,-]*)+"
    r"|(?:(?:सहकार्य|सामंजस्य|सहयोग|समझौता|सहमति|करार|करारनामा|ज्ञापन|अनुबंध|अहवाल|रिपोर्ट|परिपत्रक|परिपत्र|ठराव|उत्तम|कार्यप्रणाली|प्रतिवेदन)\s*)+"
    r"|(?:優良|先進|取組|好|事例|報告書?|覚書|協力|協定書?|合意書|契約書|基本|調査|評価|集)+",
    regex.I,
)
"""A title of words of its form alone: what it is of stands in the line below."""
_LONGEST_MATTER = 90
_SECTION = regex.compile(
    r"(?:executive )?summary|introduction|background|preface|abstract|contents|overview|purpose|preamble|foreword"
    r"|प्रस्तावना|पार्श्वभूमी|सारांश|उद्देशिका|उद्देश|भूमिका|पृष्ठभूमि|उद्देश्य|अनुक्रमणिका|विषय ?सूची|概要|要旨|はじめに|背景|目次|目的|前文",
    regex.I,
)
_OPEN = regex.compile(r"(?<![\p{L}\p{M}])(?:the|and|of|between|on|और|आणि|व|एवं|तथा)$|及び$", regex.I)
"""How a line ends that goes on in the next."""
_DEFINES = regex.compile(
    r"hereinafter|以下「|यापुढे|(?:जिसे|जिन्हें)? ?आगे [\"“'‘]|यांच्या.{0,20}(?:करण्यात|झाला)|किया जाता|is made|entered into", regex.I
)
_DATE_LEAD = regex.compile(r"(?:दिनांक|दि\.|dated?|date|on|日付)?\s*[:：]?\s*$", regex.I)


def find_title(text: str, blocks: Sequence[Block], hints: Hints, uri: str) -> Found[str]:
    """The subject line of a letter or circular; else the declared or the printed title; else the first sentence.

    A declared title that is a file name or strange to the text gives way to the printed one, and a letterhead to anything better
    that stands below it.
    """
    if subject := _subject(blocks):
        return subject
    titles = list(takewhile(lambda b: b.role == "title", dropwhile(lambda b: b.role != "title", blocks)))
    if len(titles) == 1 and is_letterhead(titles[0].text):
        titles = (_below_letterhead(titles[0], blocks[:_HEAD_BLOCKS]) or titles)[:1]
    lines = _gone_on(titles or [b for b in blocks[:5] if b.role == "heading"][:1], blocks)
    printed = _joined([b.text for b in lines])[:MAX_TITLE]
    declared = " ".join((hints.title or "").split())[:MAX_TITLE]
    if declared and not _FILE_LIKE.search(declared):
        strange = not _speaks_of(blocks, declared) and (bool(titles) or lines[:1] == list(blocks[:1]))  # a later heading is no better
        strange = strange or (
            len(titles) == 1 and printed not in declared and not is_letterhead(printed) and _declared(text, declared).start is None
        )
        form = len(declared) <= _LONGEST_FORM and any(words.search(declared) for words in (_FORM, _PAPER_WORDS))
        part = form and len(printed) > len(declared) and printed.startswith(declared)  # "Agreement", of all that is printed
        if hints.sure_title or not (printed and (strange or part or declared.startswith(printed))):
            return _declared(text, declared)
    if printed:
        return Found(printed, text[lines[0].start : lines[-1].end], lines[0].start, lines[-1].end)
    if not blocks:
        return Found(PurePath(uri).stem, origin="file")
    first = blocks[0]
    start, end = sentence_spans(first.text, first.language)[0]
    line = _DOTS.sub("", " ".join(first.text[start:end].split()))
    value = line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rstrip() + "…"
    return Found(value, text[first.start + start : first.start + end], first.start + start, first.start + end, "likely")


def _joined(lines: Sequence[str]) -> str:
    """The lines as one; Japanese has no space where a line ends, but one behind the first, which says what kind of paper it is."""
    head, rest = " ".join(lines[0].split()) if lines else "", "\n".join(" ".join(line.split()) for line in lines[1:])
    return f"{head} {_JAPANESE_BREAK.sub('', rest)}".replace("\n", " ").strip()


def _gone_on(lines: Sequence[Block], blocks: Sequence[Block]) -> list[Block]:
    """The lines of a title, and below one that only says what kind of paper it is those that go on with it: between whom and on what."""
    found = list(lines)
    form = sum(len(b.text) * (_WIDE if _KANA_OR_HAN.search(b.text) else 1) for b in found) <= _LONGEST_FORM and any(
        _PAPER_WORDS.search(b.text) for b in found
    )
    for block in (b for b in blocks if found and b.start > found[-1].end):
        size = sum(len(b.text) for b in found) + len(block.text)
        goes_on = (
            (form and _GOES_ON.search(block.text)) or _OPEN.search(found[-1].text) or (len(found) == 1 and _is_matter_of(found[0], block))
        )
        if size > MAX_TITLE or block.role not in ("title", "heading", "paragraph") or not goes_on:
            break
        if block.text.endswith(_STOPS) or _DEFINES.search(block.text) or read_label(block.text) is not None:
            break
        found.append(block)
    return found


def _is_matter_of(title: Block, below: Block) -> bool:
    """Whether the line below a title of a form alone says of what it is: a short one that is no office, day, label or clause."""
    line = below.text.strip()
    return (
        _ONLY_FORM.fullmatch(title.text.strip()) is not None
        and len(line) <= _LONGEST_MATTER
        and not regex.search(r"[:：]|^\p{Nd}", line)
        and not _ORGANISATION.search(line)
        and _SECTION.fullmatch(line) is None
        and not dates_in(line)
        and read_item(line) is None
    )


def is_letterhead(line: str) -> bool:
    """Whether a line names an office and no paper of it."""
    name = line.strip(" '\"‘’“”\t")
    return len(name) <= _MAX_PUBLISHER and _ORGANISATION.search(name) is not None and _PAPER_WORDS.search(name) is None


def _below_letterhead(head: Block, blocks: Sequence[Block]) -> list[Block]:
    """What may be the title below a letterhead: the first line that names a paper, else the headings that are no clauses.

    Such a line stands above the headings and the running text; one that gives the number of a paper is none.
    """
    under = list(takewhile(lambda b: b.role == "paragraph" and len(b.text) <= _LONGEST_LINE, (b for b in blocks if b.start > head.end)))
    headings = [b for b in blocks if b.role == "heading" and not is_letterhead(b.text)]
    headings = [b for b in headings if read_label(b.text) is None and read_item(b.text) is None]
    called = [b for b in (*headings, *under) if names_paper(b.text) and not b.text.endswith(_STOPS)]
    return called[:1] or headings


def names_paper(line: str) -> bool:
    """Whether a line says what kind of paper it is, and is not its number."""
    return _PAPER_WORDS.search(line) is not None and _NUMBERED.search(line) is None


def find_publisher(text: str, blocks: Sequence[Block], hints: Hints, kind: Kind, title: Found[str]) -> Found[str] | None:
    """Whom the file declares; else the newspaper or office that a short line at the top names, with its date or as a letterhead."""
    if hints.publisher and (kind == "news" or _is_body(hints.publisher, text)):
        return _declared(text, hints.publisher)
    if kind == "agreement":
        return None
    head = blocks[:_PUBLISHER_BLOCKS]
    wanted = _NEWSPAPER if kind == "news" else _ORGANISATION
    for block in head:
        if len(block.text) > _MAX_PUBLISHER or block.start == title.start or _SUBJECT.match(block.text):
            continue
        dates = dates_in(block.text)
        name, shift = block.text, 0
        if dates:
            name = _DATE_LEAD.sub("", block.text[: dates[0].start]) or block.text[dates[-1].end :]
            shift = block.text.index(name) if name else 0
        lead = len(name) - len(name.lstrip(" ,、·|:：-–—'‘"))
        name = name.strip(" ,、·|:：-–—'’‘")
        credited = kind == "news" and bool(dates) and BYLINE.search(block.text) is not None and not BYLINE.search(name)
        if len(name) < 2 or not (wanted.search(name) or credited) or (kind != "news" and not is_letterhead(name)):
            continue
        if kind in ("report", "best_practice") and not dates and not _next_is_date(head, block):
            continue
        start = block.start + shift + lead
        return Found(name, text[start : start + len(name)], start, start + len(name), "sure" if dates else "likely")
    return None


def _is_body(name: str, text: str) -> bool:
    """Whether a declared name is that of a body, or the text knows it: programs also write the name of a device or an account there."""
    return _ORGANISATION.search(name) is not None or _NEWSPAPER.search(name) is not None or name.casefold() in text.casefold()


def _next_is_date(head: Sequence[Block], block: Block) -> bool:
    following = next((b for b in head if b.start > block.start), None)
    return following is not None and len(following.text) <= _MAX_PUBLISHER and bool(dates_in(following.text))


def _subject(blocks: Sequence[Block]) -> Found[str] | None:
    head = blocks[:_HEAD_BLOCKS]
    letter = any(_LETTER.search(b.text) for b in head if len(b.text) <= _MAX_PUBLISHER)
    for pattern, blocks_ in ((_SUBJECT, head), (_ABOUT, head if letter else [])):
        for block in blocks_:
            if match := pattern.match(block.text):
                start, end = match.span("title")
                if pattern is _ABOUT and match.group("tail"):
                    end = match.end("tail")
                value = _DOTS.sub("", " ".join(block.text[start:end].split()))[:MAX_TITLE]
                return Found(value, block.text[start:end], block.start + start, block.start + end)
    return None


def _declared(text: str, value: str) -> Found[str]:
    """A declared fact, with its place where the text says the same."""
    words = regex.escape(value, special_only=True, literal_spaces=False).replace(r"\ ", r"\s+")
    match = regex.search(words, text)
    if match is None:
        return Found(value, origin="file")
    return Found(value, match.group(), match.start(), match.end())


def _speaks_of(blocks: Sequence[Block], title: str) -> bool:
    """Whether most words of a title stand in the opening of the text, as those of a running head or a template do not."""
    opening = set(_WORD.findall("\n".join(b.text for b in blocks[:_OPENING_BLOCKS]).casefold()))
    words = _WORD.findall(title.casefold())
    return sum(word in opening for word in words) >= _SHARED_WORDS * len(words)
