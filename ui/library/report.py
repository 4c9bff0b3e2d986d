"""What a job of the library has come to, file by file, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from ingest.errors import ErrorName
from ui.doubt import badly_read_words
from ui.i18n import Strings
from ui.library.jobs import Item, Job, Outcome
from ui.markup import html

SIGN: Final = {"waiting": "…", "working": "↻", "done": "✓", "rejected": "✗", "failed": "✗", "cancelled": "–"}
REJECTS: Final = (*get_args(ErrorName), "ChangedFileError")
_NOTES: Final = 5
"""Warnings that are shown of one file; a scan may have one for every page."""


def heading_html(job: Job, words: Strings) -> str:
    """How the job as a whole stands."""
    if not job.finished:
        said = words.count("library.job.running", len(job.items))
    else:
        done = sum(item.state == "done" for item in job.items)
        said = words("library.job.done", done=done, total=len(job.items))
    return f'<div class="setu-over" role="status" aria-live="polite">{html(said)}</div>'


def items_html(job: Job, titles: Mapping[str, str], words: Strings) -> str:
    """Every file with how far it is or what became of it; ``titles`` are those of the documents that the reader may see, by source."""
    return f'<ul class="setu-job">{"".join(_item(item, titles, words) for item in job.items)}</ul>'


def reject_words(kind: str, words: Strings) -> str:
    """Why a file was not taken in and what to do, in the language of the page; "" where the reason itself is, or its kind is not known.

    What exactly is wrong is said in English; this goes before it.
    """
    return words(f"library.why.{kind}") if kind in REJECTS and words.language != "en" else ""


def _item(item: Item, titles: Mapping[str, str], words: Strings) -> str:
    said = words(f"library.item.{item.state}")
    bar = ""
    if item.state == "working":
        said = _step(item, words)
        bar = f'<progress max="100" value="{round(100 * item.share)}" aria-label="{html(item.name)}"></progress>'
    elif item.state == "done" and len(item.outcomes) == 1:
        said = words(f"documents.{item.outcomes[0].result}")
    elif item.state == "done" and item.outcomes:
        taken = sum(o.result != "rejected" for o in item.outcomes)
        said = words("library.job.inside", taken=taken, total=len(item.outcomes))
    named = len(item.outcomes) > 1
    inside = "".join(_outcome(o, titles, words, named=named) for o in item.outcomes if named or o.reason or titles.get(o.twin))
    notes = [*([item.trouble] if item.trouble else []), *item.notes[:_NOTES]]
    more = "".join(f'<div class="setu-note" lang="en">⚠ {html(note)}</div>' for note in notes)
    if len(item.notes) > _NOTES:
        more += f'<div class="setu-note">⚠ {html(words("library.job.more_notes", n=len(item.notes) - _NOTES))}</div>'
    for one in item.badly_read:
        whose = f"{one.file}: " if one.file != item.name else ""
        more += f'<div class="setu-note"><span aria-hidden="true">◐</span> {html(whose + badly_read_words(one, words))}</div>'
    state = f'<span class="setu-job-{item.state}"><span aria-hidden="true">{SIGN[item.state]}</span> {html(said)}</span>'
    head = f'<div class="setu-job-head"><strong>{html(item.name)}</strong> {state}</div>'
    return f"<li>{head}{bar}{f'<ul>{inside}</ul>' if inside else ''}{more}</li>"


def _outcome(outcome: Outcome, titles: Mapping[str, str], words: Strings, *, named: bool) -> str:
    said = [html(f"{outcome.name}: {words(f'documents.{outcome.result}')}")] if named else []
    why = " ".join(t for t in (outcome.reason, outcome.remedy) if t)
    said += [html(ours)] if (ours := reject_words(outcome.kind, words)) else []
    said += [f'<span lang="en">{html(why)}</span>'] if why else []
    said += [html(words("library.job.twin", title=titles[outcome.twin]))] if outcome.twin in titles else []
    return f"<li>{' – '.join(said)}</li>"


def _step(item: Item, words: Strings) -> str:
    step = item.progress
    if step is None or (step.stage == "read" and not step.pages_total):
        return words(f"library.item.{item.state}")
    done, total = (step.pages_done, step.pages_total) if step.stage == "read" else (step.done, step.total)
    return words(f"library.step.{step.stage}", done=done, total=total)
