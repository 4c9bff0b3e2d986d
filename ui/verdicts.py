"""Why a statement is not verified, in words."""

from __future__ import annotations

from kb.records import Finding, Statement, Status, Verdict
from ui.i18n import Strings

MOST = 3
"""Reasons that are told; one is enough to look at the source."""
_LONGEST = 80
_PLAIN = frozenset({"quote", "negation", "denials", "support", "instruction", "link", "language", "doubtful"})


def reasons(statement: Statement, words: Strings) -> str | None:
    """One line that says why, in the language of the interface; None for a verified statement and for a quote."""
    return findings(statement.verdict, statement.status, words)


def findings(verdict: Verdict | None, status: Status, words: Strings) -> str | None:
    """The same for any wording that was held against its source; None where it is verified, or nothing was found wrong with it."""
    if verdict is None or status == "verified" or not verdict.findings:
        return None
    told = list(dict.fromkeys(_reason(finding, words) for finding in verdict.findings))[:MOST]
    return words("why.title", reasons="; ".join(told))


def _reason(finding: Finding, words: Strings) -> str:
    said, shown = _short(finding.said), _short(finding.shown)
    if finding.check in _PLAIN:
        return words(f"why.{finding.check}", said=said)
    return words(f"why.{finding.check}.{'instead' if shown else 'absent'}", said=said, shown=shown)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
