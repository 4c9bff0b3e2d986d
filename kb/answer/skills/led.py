"""What looking a message up finds beside what a skill makes of it: where it stands, and where it answers alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kb.answer.plain_text import OPEN
from kb.answer.question import LAID_OUT, Question
from kb.answer.quoting import FETCHED, beside_best, best_odds, quoted
from kb.answer.scoring.reading import fitted
from kb.answer.skills.evidence import Made
from kb.answer.spans.answer_types import asked_for
from kb.answer.stretches import answering_alone
from kb.answer.understand.matter import narrows
from kb.answer.understand.request_forms import asks_for_dates
from kb.answer.understand.scope import among, cited_of, texts_of
from kb.ports import Ports
from kb.records import Filters, Skill
from kb.verify.citations import inside, overlap

LED: Final = frozenset[Skill]({"obligations", "compare", "summary"})
"""Skills whose answer on a matter stands below the stretches that looking it up finds."""
OF_MATTER: Final = 0.4
"""How likely a summary must be wanted of a matter for that."""
PLAINLY: Final = 0.3
"""Log-odds from which one passage says all that may be a question: no request for a summary of a whole paper has a passage above."""


def on_matter(wanted: Question) -> bool:
    """Whether what is wanted of papers is wanted on a matter, and not of them as a whole."""
    return wanted.skill in LED and wanted.matter != "" and wanted.of_matter >= OF_MATTER


def answered_alone(wanted: Question, ports: Ports) -> bool:
    """Whether a message is looked up though a skill seems to be wanted: one passage is the answer."""
    return (on_matter(wanted) and wanted.points is None and in_one_place(wanted, ports)) or of_one_day(wanted, ports)


def in_one_place(wanted: Question, ports: Ports) -> bool:
    """Whether one passage of the papers that are meant answers by itself, and very surely so."""
    return _best_odds(wanted, ports) >= PLAINLY


def of_one_day(wanted: Question, ports: Ports) -> bool:
    """Whether a timeline is wanted of what is only asked when it was, and a passage surely answers that."""
    asks_when = wanted.skill == "timeline" and asked_for(wanted.asked) == "date" and not asks_for_dates(wanted.text)
    return asks_when and _best_odds(wanted, ports) >= fitted().sure


def _best_odds(wanted: Question, ports: Ports) -> float:
    """The log-odds that the passage of the papers that are meant answers which does best."""
    return best_odds(wanted.asked, ports.search(wanted.asked, FETCHED, among(wanted.filters, wanted.papers)).hits, ports)


def with_quotes(made: Made, wanted: Question, ports: Ports) -> Made:
    """What a skill made, and what looking the message up finds that it does not show.

    That stands above what is told of a matter, which one place may say better than a list of what was read from all, and above the summary
    of a paper one passage of which surely answers; else below it, where it answers and the message may as well be a question. Below stands
    also what is found beside a comparison that says what differs.
    """
    leads = on_matter(wanted)
    plainly = not leads and wanted.skill == "summary" and wanted.points is None and in_one_place(wanted, ports)
    if made.refusal is not None or not (leads or plainly or (wanted.skill in LAID_OUT and wanted.may_ask)):
        return made
    filters = meant_by(wanted, ports) if wanted.skill == "compare" else among(wanted.filters, wanted.papers)
    result = ports.search(wanted.asked, FETCHED, filters)
    statements, grade = quoted(wanted.asked, wanted.language, result, ports, named=leads)
    cited = [citation for statement in made.statements for citation in statement.citations[:1]]
    first_of = next((block.kind for block in made.blocks if block.kind != "text"), "")
    told = wanted.skill == "compare" and first_of == "points"  # it says first what differs
    if told or not (leads or plainly):
        more = [one for one in statements if not any(overlap(answering_alone(one).citations[0], there) for there in cited)]
        return replace(made, statements=(*made.statements, *more[:OPEN])) if leads or grade == "answers" else made
    first = beside_best(wanted.asked, statements[: OPEN if leads else 1], result.hits, ports)
    return made.led_by([one for one in first if not any(inside(one.citations[0], there) for there in cited)])


def meant_by(wanted: Question, ports: Ports) -> Filters:
    """Where the answer is looked for.

    A message by which the asker says which of several papers was meant is answered from that paper, and one that wants only some of what
    the last answer told ("only those that got money") from the papers of that answer.
    """
    named = wanted.named
    chosen = bool(wanted.history) and wanted.history[-1].answer.skill == "clarify"
    if wanted.filters.documents:
        return wanted.filters
    if wanted.history and narrows(wanted.text):
        return among(wanted.filters, named or cited_of(wanted.history[-1].answer, ports.papers()))
    if not named or len(texts_of(named, ports)) > 1 or not (chosen or wanted.declined):
        return wanted.filters
    return among(wanted.filters, named)
