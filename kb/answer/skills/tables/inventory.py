"""Which papers there are: of a kind, language or time, on a matter, the newest, how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ingest.records import KINDS
from kb.answer.document_selection.document_filters import matter_left, selection
from kb.answer.document_selection.language_versions import Edition, cited_of, editions, held, name_cell, newest_first, texts_of
from kb.answer.document_selection.topic_relevance import Matter, matter_of, speaking
from kb.answer.presentation.rendering import said_day
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.skills.tables.answering_sentences import fitting, told_by
from kb.answer.skills.tables.cell_values import CellReader
from kb.answer.skills.tables.table_columns import Aspect, aspects, wholly
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Filters, Grade, Hit, Refusal
from kb.verify.prompt_injection import addressed_from
from lang.languages import LANGUAGES, Language
from lang.sentences import sentence_spans
from lang.words.names import name_keys
from prompts.phrases import phrase

FETCHED = 200
STATED = 60
"""Papers that are read for what they state, those whose passages are nearest."""
SHOWN = 30
NEAREST = 5
"""Papers that are shown where none holds the words of the matter, and one of them comes near to it."""
FIRST = 3
"""Papers that are shown for the newest or oldest: it, and those that follow."""
SENTENCE = 160


def inventory(question: Question, ports: Ports) -> SkillResult | None:
    """The papers that are meant, each with kind, date, publisher and language; a refusal that says what is there where none is."""
    papers = held(ports.papers(), question.filters)
    wanted = selection(question.text)
    # One paper that is named, or that the talk was about, does not limit what else is there; several are "which of these".
    meant = papers if len(texts_of(question.papers, ports)) < 2 and wanted.order is None else question.papers or papers
    chosen = wanted.of(meant, ports)
    if not (wanted.kinds or wanted.forms) and question.of_kind:  # minutes, tenders, questions and answers
        chosen = [paper for paper in chosen if paper in question.of_kind]
    language, matter = question.said_in, matter_left(question.matter).strip(" ?？。.।")
    if not papers:
        return None
    if matter:
        return _on_matter(question, matter, chosen, papers, ports)
    found = newest_first(editions(chosen, ports))
    if not found:
        return SkillResult(
            refusal=Refusal("not_in_documents", phrase("inventory.none", language, counts=counts_line(editions(papers, ports), language)))
        )
    evidence = Evidence(ports)
    lines = [_count(found, language)] if wanted.count or wanted.order is None else []
    several = [one for one in found if len(one.papers) > 1]
    if several and lines:
        lines.append(phrase("inventory.versions", language, k=len(several), papers=len(chosen)))
    blocks: list[Block] = []
    if wanted.order is not None:
        first, undated = _first(found, newest=wanted.order == "newest")
        if undated:
            lines.append(phrase("inventory.undated", language, n=undated))
        if first:
            blocks.append(_points(phrase(f"inventory.{wanted.order}", language), first, question, evidence, ports))
        found = [one for one in found if one not in first] if wanted.count else []
    if found:
        blocks.append(_points("", found, question, evidence, ports))
    head = [Block("text", " ".join(lines))] if lines else []
    return SkillResult(evidence.statements, (*head, *blocks))


def speaking_papers(
    matter: str, question: Question, papers: Sequence[DocumentInfo], ports: Ports
) -> tuple[list[Edition], dict[int, Hit], Matter, bool]:
    """The texts that speak of a matter, with the passage of each paper that shows it, and whether they hold its words."""
    ids = {paper.id for paper in papers}
    limits = question.filters if len(ids) == len(ports.papers()) else Filters(documents=tuple(sorted(ids)))
    result = ports.search(matter, FETCHED, limits) if ids else None
    hits = [hit for hit in result.hits if hit.document_id in ids] if result is not None else []
    asked = matter_of(matter, question.language, result.terms if result is not None else ())
    known = {paper.id: paper for paper in papers}
    found = speaking(asked, hits, ports) if not (keys := wholly(matter)) else _stating(hits, keys, known, question, ports)
    sure = bool(found)
    if not sure:
        first = {hit.document_id: hit for hit in reversed(hits)}
        found = dict(sorted(first.items(), key=lambda one: one[1].rank)[:NEAREST])
        if not any(told_by(matter, question.language, known[one], ports) is not None for one in found):
            found = {}
    order = {one: at for at, one in enumerate(found)}
    chosen = sorted((paper for paper in papers if paper.id in found), key=lambda paper: order[paper.id])
    return editions(chosen, ports), found, asked, sure


def _for_what(aspect: Aspect) -> Aspect:
    """Of amounts the sentence that says what they are for tells more than the amounts."""
    return aspects()["cost_of"] if aspect.key == "amount" else aspect


def _stating(
    hits: Sequence[Hit], wanted: Sequence[Aspect], known: Mapping[int, DocumentInfo], question: Question, ports: Ports
) -> dict[int, Hit]:
    """The papers of the hits that state any of the aspects, each with the passage where it does."""
    sheet = CellReader(ports, Evidence(ports), question.language, question.said_in)
    first: dict[int, Hit] = {}
    for hit in hits:
        first.setdefault(hit.document_id, hit)
    return {
        one: first[one] for one in list(first)[:STATED] if any(sheet.fill(Edition((known[one],)), aspect) is not None for aspect in wanted)
    }


def earlier_papers(question: Question, papers: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """The papers that the answer before this one listed: *make a table of them*."""
    last = question.history[-1].answer if question.history else None
    if last is None or last.skill not in ("inventory", "table", "compare"):
        return []
    cited = cited_of(last, papers)
    return [paper for paper in papers if paper in cited]


def counts_line(found: Sequence[Edition], language: Language) -> str:
    """How many texts there are of each kind."""
    counts = Counter(one.papers[0].kind for one in found)
    return ", ".join(f"{phrase(f'inventory.kinds.{kind}', language)} {counts[kind]}" for kind in KINDS if counts[kind])


def _on_matter(
    question: Question, matter: str, chosen: Sequence[DocumentInfo], papers: Sequence[DocumentInfo], ports: Ports
) -> SkillResult:
    language = question.said_in
    found, hits, asked, sure = speaking_papers(matter, question, chosen, ports)
    kinds = selection(question.text).kinds
    if not (found and sure) and kinds:  # no agreement on it, but news of one
        found, hits, asked, beside = speaking_papers(matter, question, papers, ports)
        if found and beside:
            named = ", ".join(phrase(f"inventory.kinds.{kind}", language) for kind in kinds)
            line = phrase("inventory.none_of_kind", language, matter=matter, kind=named)
            return _laid_out(line, found, hits, asked, matter, question, ports, "answers")
    of_kind = newest_first(editions(chosen, ports)) if len(chosen) < len(papers) else []
    if of_kind and not sure:  # what is left of the message may name no matter: "which agreements between two cities have you got?"
        lines = f"{phrase('inventory.unnamed', language, matter=matter)} {_count(of_kind, language)}"
        evidence = Evidence(ports)
        block = _points("", of_kind, question, evidence, ports)
        return SkillResult(evidence.statements, (Block("text", lines), block), grade="nearest")
    if not found:
        counts = counts_line(editions(papers, ports), language)
        return SkillResult(refusal=Refusal("not_in_documents", phrase("inventory.none_on", language, matter=matter, counts=counts)))
    if sure:
        wanted = selection(question.text)
        if wanted.order is not None:
            found = _first(found, newest=wanted.order == "newest")[0] or found
        line = phrase("inventory.matter", language, matter=matter, n=len(found))
        several = [one for one in found if len(one.papers) > 1]
        if several:
            line += " " + phrase("inventory.versions", language, k=len(several), papers=sum(len(one.papers) for one in found))
    else:
        line = phrase("inventory.nearest", language, matter=matter)
    return _laid_out(line, found, hits, asked, matter, question, ports, "answers" if sure else "nearest")


def _laid_out(
    line: str,
    found: Sequence[Edition],
    hits: Mapping[int, Hit],
    asked: Matter,
    matter: str,
    question: Question,
    ports: Ports,
    grade: Grade,
) -> SkillResult:
    language, evidence = question.said_in, Evidence(ports)
    sheet, stated = CellReader(ports, evidence, question.language, language), wholly(matter)

    def said(edition: Edition) -> Cell | None:
        filled = next((made for aspect in stated if (made := sheet.fill(edition, _for_what(aspect))) is not None), None)
        if filled is not None:
            return filled.cell
        shown = next((paper for paper in edition.readable(language) if paper.id in hits), None)
        return _sentence(shown, hits[shown.id], asked, evidence, ports, sure=grade == "answers") if shown is not None else None

    block = _points("", found, question, evidence, ports, said)
    return SkillResult(evidence.statements, (Block("text", line), block), grade=grade)


def _first(found: Sequence[Edition], *, newest: bool) -> tuple[list[Edition], int]:
    """The newest or oldest texts, those of one day together, and how many have no date."""
    dated = [one for one in found if one.papers[0].date is not None]
    ordered = sorted(dated, key=lambda one: str(one.papers[0].date), reverse=newest)
    same = [one for one in ordered if one.papers[0].date == ordered[0].papers[0].date]
    return ordered[: max(len(same), 1)], len(found) - len(dated)


def _count(found: Sequence[Edition], language: Language) -> str:
    kinds = {one.papers[0].kind for one in found}
    if len(kinds) == 1:
        return phrase("inventory.count", language, kind=phrase(f"inventory.kinds.{next(iter(kinds))}", language), n=len(found))
    return phrase("inventory.all", language, n=len(found), counts=counts_line(found, language))


def _points(
    heading: str,
    found: Sequence[Edition],
    question: Question,
    evidence: Evidence,
    ports: Ports,
    said: Callable[[Edition], Cell | None] = lambda _edition: None,
) -> Block:
    language = question.said_in
    others = [paper for one in found for paper in one.papers]
    rows: list[tuple[Cell, ...]] = []
    for one in found[:SHOWN]:
        row = [name_cell(one, language, evidence, ports, others), Cell(_described(one, language))]
        shown = said(one)
        row += [shown] if shown is not None and shown.text and shown.text != " ".join(one.shown(language).title.split()) else []
        rows.append(tuple(row))
    if len(found) > SHOWN:
        rows.append((Cell(phrase("inventory.more", language, n=len(found) - SHOWN)),))
    return Block("points", heading, rows=tuple(rows))


def _described(edition: Edition, language: Language) -> str:
    """Kind, date, publisher and languages, in the reader's words."""
    paper = edition.shown(language)
    dated = next((one.date for one in edition.readable(language) if one.date is not None), None)
    spoken = [one.language for one in edition.papers if one.language in LANGUAGES]
    return " · ".join(
        part
        for part in (
            phrase(f"kind.{paper.kind}", language),
            said_day(dated, language) if dated else phrase("inventory.undated_paper", language),
            paper.publisher or "",
            ", ".join(dict.fromkeys(phrase(f"language.{one}", language) for one in spoken)),
        )
        if part
    )


def _sentence(paper: DocumentInfo, hit: Hit, matter: Matter, evidence: Evidence, ports: Ports, *, sure: bool) -> Cell:
    """The sentence of a passage that holds most of the matter, and of several the nearest to it."""
    program = addressed_from(hit.text)
    spans = [span for span in sentence_spans(hit.text, hit.language) if program is None or span[1] <= program]
    if not spans:
        return Cell("")
    shares = [matter.held(hit.text[start:end], hit.language) or 0.0 for start, end in spans]
    if not any(shares):  # a name that is spelled anew in another script
        asked = set(name_keys(matter.text, matter.language))
        shares = [float(bool(asked & set(name_keys(hit.text[start:end], hit.language)))) for start, end in spans]
    if (
        sure and not any(shares) and hit.language == matter.language
    ):  # the passage as a whole, or its title, speaks of it: no sentence shows that by itself
        return Cell("")
    best = [span for span, share in zip(spans, shares, strict=True) if share == max(shares)]
    best = [span for span in best if span[1] - span[0] > 25] or best
    near = ports.embedder.passages([hit.text[start:end] for start, end in best]) @ ports.embedder.query(matter.text)
    start, end = best[int(near.argmax())]
    said = hit.text[start:end]
    first, last = fitting(said, SENTENCE, matter.named_in(said, hit.language))
    return evidence.quote(paper, hit.start + start + first, hit.start + start + last)
