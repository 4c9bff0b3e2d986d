"""Whether a passage speaks of something that is being tried out, by its words in four languages."""

from __future__ import annotations

from typing import Final

import regex

_PILOT: Final = regex.compile(
    r"(?<!\b(?:train|trained|training|airline|fighter|new|student) )\bpilot(?:s|ed|ing)?\b(?! training)"
    r"|\btrial\s+(?:run|project|phase|period|operation)s?\b|\b(?:field|demonstration)\s+(?:trial|test|project)s?\b"
    r"|\bproof[- ]of[- ]concept\b|\btest\s?beds?\b|\bexperimental(?:ly)?\s+(?:basis|project)\w*|\bfirst\s+phase\b.{0,40}\bprojects?\b"
    r"|पथदर्शी|प्रायोगिक|प्रयोग(?:ाच|ात|ासाठी)?\p{M}*\s*(?:तत्त्वावर|तत्वावर|म्हणून|प्रभाग|केला|करण्यात)|पायलट"
    r"|प्रात्यक्षिक\s+प्रकल्प|चाचणी\s+(?:टप्पा|प्रकल्प)"
    r"|प्रायोगिक\s+(?:परियोजना|तौर|आधार)|परीक्षण\s+(?:परियोजना|के\s+तौर|चरण)|मार्गदर्शी\s+परियोजना|प्रदर्शन\s+परियोजना"
    r"|試行|試験(?:的|運用|導入|事業|実施)|実証(?:実験|事業|試験)?|パイロット|モデル事業",
    regex.IGNORECASE,
)


def speaks_of_pilot(text: str) -> bool:
    """Whether a text says that something is piloted, tried or demonstrated.

    The agreement's own word decides (pilot, पथदर्शी, प्रायोगिक, パイロット, 実証), not the topic: a report on a system that has run for
    years is no pilot, and one on trials at the partner's is left to the column of its practice.
    """
    return _PILOT.search(text) is not None
