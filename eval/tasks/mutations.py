"""One fact of a true statement is changed: is it noticed, and is the statement left alone while it is true?

``python -m eval mutations SHARED`` takes sentences of the samples and of the shared corpora in four languages. Each is a statement; its
evidence is the sentence itself with its neighbours, or the passage of its translation, taken for verified quotes. *Unchanged* statements
are written anew where a reader would not mind: digits of the other script, separators, another form of a date. *Changed* ones differ in one
number, amount or unit, date, clause, name, denial or obligation, or have one item more in a list. The changes are made on the surface,
without the readers that look for them.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import regex
from rich.progress import track

from eval import options
from eval.datasets.claims import SEED, StatementPair, statement_pairs
from eval.datasets.written_sentences import verified_citation
from eval.report.tables import markdown
from kb import Settings
from kb.embed.cache import CachedEmbedder
from kb.embed.embedder import bundled_states, open_embedder
from kb.records import Verdict
from kb.verify.verdict import Verifier
from lang.languages import Language
from lang.words.names import name_keys
from training.quiz.distractors import EDITS, NUMBER


@dataclass(frozen=True, slots=True)
class Case:
    """A statement, its evidence, what was done to it (``unchanged``, ``rewritten`` or a kind of fact), and where it is from."""

    statement: str
    evidence: tuple[str, ...]
    change: str
    language: Language
    across: bool
    source: str


_DIGITS = "0123456789"
_DEVANAGARI = "०१२३४५६७८९"
_FULL_WIDTH = "０１２３４５６７８９"
_MORE: Mapping[Language, tuple[str, tuple[str, ...]]] = {
    "en": (" and ", ("an orchestra", "greenhouses", "a swimming pool", "the breeding of horses", "a planetarium", "wind turbines")),
    "mr": (" आणि ", ("वाद्यवृंद", "हरितगृहे", "जलतरण तलाव", "अश्वपालन", "तारांगण", "पवनचक्क्या")),
    "hi": (" और ", ("वाद्यवृंद", "ग्रीनहाउस", "तरणताल", "घोड़ों का पालन", "तारामंडल", "पवनचक्कियाँ")),
    "ja": ("、", ("交響楽団", "温室", "水泳場", "馬の飼育", "プラネタリウム", "風車")),
}
"""What joins two items, and items that none of the corpora's sentences is about."""
FACTS = ("number", "unit", "date", "clause", "name")
"""The kinds of change that the figure of the number, date and name check counts."""
_FACT_CHECKS = ("number", "date", "clause", "name", "counterpart")


def cases(found: Sequence[StatementPair]) -> Iterator[Case]:
    """Each statement as it is, rewritten, and with one change of each kind that can be made to it."""
    chance = random.Random(SEED)
    pool: dict[Language, list[str]] = {}
    for pair in found:
        pool.setdefault(pair.language, []).extend(pair.names)
    for pair in found:
        yield _case(pair, pair.statement, "unchanged")
        rewritten = rewrite(pair.statement, chance)
        if rewritten is not None:
            yield _case(pair, rewritten, "rewritten")
        for kind, edit in EDITS.items():
            changed = edit(pair.language)(pair.statement, chance)
            if changed is not None and changed != pair.statement:
                yield _case(pair, changed, kind)
        changed = one_more(pair.statement, pair.language)
        if changed is not None:
            yield _case(pair, changed, "item")
        changed = _exchange(pair, pool[pair.language], chance) if pair.names else None
        if changed is not None:
            yield _case(pair, changed, "name")


def _case(pair: StatementPair, statement: str, change: str) -> Case:
    return Case(statement, pair.evidence, change, pair.language, pair.across, pair.source)


def rewrite(text: str, chance: random.Random) -> str | None:
    """The same statement with other digits and separators; None where there is no number."""
    if not NUMBER.search(text):
        return None
    to = chance.choice([_DIGITS, _DEVANAGARI if regex.search(r"\p{Devanagari}", text) else _FULL_WIDTH])

    def again(match: regex.Match[str]) -> str:
        plain = regex.sub(r"(?<=\p{Nd}),(?=\p{Nd}{2,3}(?!\p{Nd}))", "", match.group())
        return "".join(to[int(c)] if c.isdecimal() else c for c in plain)

    changed = str(NUMBER.sub(again, text))
    return changed if changed != text else None


def one_more(text: str, language: Language) -> str | None:
    """The statement with an item more where it joins two; None where it joins none."""
    joint, things = _MORE.get(language, ("", ()))
    if not joint or joint not in text:
        return None
    thing = random.Random(f"{SEED} {text}").choice(things)
    before, after = text.split(joint, 1)
    return f"{before}{'、' if language == 'ja' else ', '}{thing}{joint}{after}"


def _exchange(pair: StatementPair, pool: Sequence[str], chance: random.Random) -> str | None:
    old = chance.choice(pair.names)
    sounds = set(name_keys(old, pair.language))
    shown = " ".join(pair.evidence).casefold()
    for _ in range(30):
        new = chance.choice(pool)
        if new.casefold() not in shown and new not in pair.statement and not sounds & set(name_keys(new, pair.language)):
            return pair.statement.replace(old, new)
    return None


def table(outcomes: Sequence[tuple[Case, bool, bool]]) -> str:
    """Of each kind of change, by language and whether the evidence is in another: noticed of all, and shown as verified."""
    languages: tuple[Language, ...] = ("mr", "hi", "en", "ja")
    kinds = ["unchanged", "rewritten", *EDITS, "name", "item"]
    groups: list[tuple[str, tuple[str, ...]]] = [(kind, (kind,)) for kind in kinds]
    groups += [("FALSE ALARMS (unchanged, rewritten)", ("unchanged", "rewritten")), ("RECALL (number, unit, date, clause, name)", FACTS)]
    rows = []
    for title, group in groups:
        chosen = [o for o in outcomes if o[0].change in group]
        columns = [[o for o in chosen if o[0].language == language] for language in languages]
        columns += [[o for o in chosen if o[0].across is across] for across in (False, True)]
        rows.append([title, *(_share(column) for column in (*columns, chosen))])
    return markdown(["", *languages, "same language", "across", "all"], rows, "statements noticed (in brackets: shown as verified)")


def _share(outcomes: Sequence[tuple[Case, bool, bool]]) -> str:
    if not outcomes:
        return "–"
    noticed, verified = (sum(bool(o[at]) for o in outcomes) for at in (1, 2))
    return f"{noticed / len(outcomes):.3f} of {len(outcomes)} ({verified})"


def _noticed(case: Case, verdict: Verdict) -> bool:
    """Whether the check reports anything of the kind: a fact in a changed fact or an unchanged statement, any claim in a changed claim."""
    facts = case.change in (*FACTS, "unchanged", "rewritten")
    return any(f.check in _FACT_CHECKS if facts else f.check != "support" for f in verdict.findings)


def share(outcomes: Sequence[tuple[Case, bool, bool]], kinds: Sequence[str], across: bool | None = None) -> float:
    """The share noticed among the cases of some kinds."""
    chosen = [o for o in outcomes if o[0].change in kinds and across in (None, o[0].across)]
    return sum(o[1] for o in chosen) / max(1, len(chosen))


@click.command()
@click.argument("shared", type=options.PATH)
@options.every()
@options.save_json(help="write every case with what was found to this file")
def command(shared: Path, every: int, out: Path | None) -> None:
    """Are changed facts noticed, and true statements left alone? SHARED holds benchmarks/ and corpus/."""
    judged = verdicts_of(list(cases(statement_pairs(shared)[::every])))
    outcomes = [
        (case, bool(verdict.findings and any(f.check != "support" for f in verdict.findings)), verdict.status == "verified")
        for case, verdict in judged
    ]
    click.echo(table(outcomes))
    click.echo(str(dict(Counter(case.source for case, _, _ in outcomes))))
    rows = [
        {"statement": c.statement, "evidence": c.evidence, "change": c.change, "language": c.language, "across": c.across,
         "source": c.source, "status": v.status, "support": round(v.support, 3),
         "findings": [[f.check, f.said, f.shown] for f in v.findings]}
        for c, v in judged
    ]  # fmt: skip
    options.save(out, rows, indent=1)


def verdicts_of(cases: Sequence[Case]) -> list[tuple[Case, Verdict]]:
    """Each case and what the default verifier says of it."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings.load(home=Path(home))
        verifier = Verifier(CachedEmbedder(open_embedder(settings)), layered=bundled_states(settings))
        return [
            (case, verifier.judge(case.statement, [verified_citation(text) for text in case.evidence]))
            for case in track(cases, description="judge")
        ]
