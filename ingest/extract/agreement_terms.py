"""How long an agreement runs, whether it is renewed, and how a party may end it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from ingest.records import Block, Found, Notice, Renewal
from lang.sentences import sentence_spans
from lang.values.calendars import Duration
from lang.values.dates import ReadDuration, durations_in

_GAP = 60

_IN_FORCE = regex.compile(
    r"\b(?:in (?:force|effect|operation)|valid|operative|effective|validity)\b|अं?मलात|वैध|लागू|कार्यरत|प्रभावी|प्रवृत्त|मान्य|अस्तित्वात"
    r"|効力",
    regex.I,
)
_TERM_NAMED = regex.compile(
    r"\b(?:term|duration|validity)\s(?:of|is|shall|will)\b|period of validity|(?:कालावधी|मुदत|अवधि)(?![\p{L}\p{M}]*\s(?:संप|समाप्त"
    r"|पूर्ण))|有効期間|(?:契約|協定|協力|存続)?期間は",
    regex.I,
)
_RENEW = regex.compile(
    r"\brenew(?:ed|al|able|s)?\b|\b(?:extended|prolonged|extend|extension)\b(?=\s(?:for|by|of\sthis|automatically|on\b))"
    r"|\bautomatically (?:extended|prolonged)"
    r"|नूतनीकरण|मुदत(?:वाढ|\s?वाढ)|मुदत\s.{0,12}वाढव|नवीनी?करण|नवी(?:नी)?कृत|अवधि\s.{0,12}(?:बढ़ा|विस्तार)|更新|(?:期間|効力)[^。]{0,12}延長",
    regex.I,
)
_AUTOMATIC = regex.compile(
    r"automatic(?:ally)?|tacit(?:ly)?|\bunless (?:either|one|any)\b[^.]{0,80}\b(?:notif|notice|terminat|writ)|आपोआप|स्वयंचलित|स्वयंमेव"
    r"|स्वतः|स्वचालित|अपने आप"
    r"|自動的?に?更新|自動更新|(?:ないとき|ない場合|ない限り)[^。]{0,40}更新|同一の?条件で[^。]{0,30}更新(?:される|するもの)",
    regex.I,
)
_END = regex.compile(r"terminat|discontinu|denounc|withdraw|rescind|cancel|समाप्त|रद्द|संपुष्टात|निरस्त|終了|解約|解除|破棄|脱退", regex.I)
_NOTICE = regex.compile(r"\bnotice|notif|सूचना|नोटी?स|通知|通告|申入れ|申し入れ|予告", regex.I)
_OTHER_NOTICE = regex.compile(r"\b(?:absent|unless)\b|\bwithin\b", regex.I)
_OTHER_SUBJECT = regex.compile(
    r"\b(?:pilot|project|confidential|information|dut(?:y|ies)|training|course)\b|प्रकल्प|गोपनीय|परियोजना|秘密|個人情報", regex.I
)


_LIMIT = regex.compile(r"[\p{L}\p{M}]{0,4}\s?(?:आत|भीतर|के भीतर|अंदर|पूर्व|आधी|पहले)|以内|前?まで|前")


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Term, renewal and notice of an agreement, as far as it states them."""

    term: Found[Duration] | None = None
    renewal: Found[Renewal] | None = None
    notice: Found[Notice] | None = None


def find_terms(blocks: Sequence[Block]) -> Terms:
    """Read the clauses on duration, renewal and termination. What a pilot project or a duty of secrecy lasts is no term."""
    sentences = [s for block in blocks if block.role in ("paragraph", "list_item") for s in _sentences(block)]
    return Terms(_term(sentences), _renewal(sentences), _notice(sentences, blocks))


def _sentences(block: Block) -> Iterator[_Sentence]:
    for start, end in sentence_spans(block.text, block.language):
        yield _Sentence(block.text[start:end], block.start + start)


def _cut(sentence: _Sentence, start: int, end: int) -> tuple[str, int, int]:
    return sentence.text[start:end], sentence.start + start, sentence.start + end


def _near(sentence: _Sentence, read: ReadDuration, pattern: regex.Pattern[str], gap: int = _GAP) -> bool:
    return pattern.search(sentence.text, max(0, read.start - gap), min(len(sentence.text), read.end + gap)) is not None


def _term(sentences: Sequence[_Sentence]) -> Found[Duration] | None:
    for sentence in sentences:
        renewed = _RENEW.search(sentence.text)
        for read in durations_in(sentence.text):
            before = sentence.text[: read.start]
            if (
                renewed
                and renewed.start() < read.start
                and not _TERM_NAMED.search(before[: renewed.start()])
                and not _IN_FORCE.search(before[: renewed.start()])
            ):
                continue
            if _NOTICE.search(sentence.text, read.end, read.end + 30) or _LIMIT.match(sentence.text, read.end):
                continue
            stated = _near(sentence, read, _IN_FORCE) or _TERM_NAMED.search(sentence.text, max(0, read.start - _GAP), read.start)
            if (
                stated
                and not _OTHER_SUBJECT.search(sentence.text)
                and not regex.search(r"\bwithin\s+(?:a period of\s+)?$", before, regex.I)
            ):
                return Found(read.value, *_cut(sentence, read.start, read.end))
    return None


def _renewal(sentences: Sequence[_Sentence]) -> Found[Renewal] | None:
    for sentence in sentences:
        match = _RENEW.search(sentence.text)
        if match is None or _OTHER_SUBJECT.search(sentence.text):
            continue
        automatic = _AUTOMATIC.search(sentence.text) is not None
        periods = [d for d in durations_in(sentence.text) if not _is_lead_time(sentence.text, d)]
        near = min(periods, key=lambda d: min(abs(d.start - match.end()), abs(match.start() - d.end)), default=None)
        if near is not None and min(abs(near.start - match.end()), abs(match.start() - near.end)) > _GAP:
            near = None
        return Found(Renewal(automatic, near.value if near else None), *_cut(sentence, 0, len(sentence.text)))
    return None


def _is_lead_time(text: str, read: ReadDuration) -> bool:
    """Whether a duration counts back from an event ("at least three months before it expires")."""
    after = text[read.end : read.end + 25]
    return regex.search(r"\b(?:before|prior|notice)\b|आधी|पूर्व|पहले|前", after) is not None


def _notice(sentences: Sequence[_Sentence], blocks: Sequence[Block]) -> Found[Notice] | None:
    spoken = [s for s in sentences if _END.search(s.text) and _NOTICE.search(s.text) and not _OTHER_SUBJECT.search(s.text)]
    plain = [s for s in spoken if not _RENEW.search(s.text)]
    for sentence in (*plain, *(s for s in spoken if s not in plain)):
        periods = [d for d in durations_in(sentence.text) if not regex.search(r"\bwithin\s+$", sentence.text[: d.start], regex.I)]
        renewal = _RENEW.search(sentence.text)
        if renewal:
            periods = [d for d in periods if _is_lead_time(sentence.text, d)]
        if periods:
            word = min((m for m in _NOTICE.finditer(sentence.text)), key=lambda m: min(abs(m.start() - d.end) for d in periods))
            best = min(periods, key=lambda d: min(abs(word.start() - d.end), abs(d.start - word.end())))
            return Found(Notice(best.value), *_cut(sentence, best.start, best.end))
    return Found(Notice(), *_cut(plain[0], 0, len(plain[0].text))) if plain else None
