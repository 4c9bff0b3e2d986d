"""A line that names a paper is its title, though an office stands in it; a line that names an office alone is none."""

from __future__ import annotations

import pytest

from ingest.understand.titles import is_letterhead


@pytest.mark.parametrize(
    "line",
    ["Port of Salmora Corporation", "तिंदवी महानगरपालिका", "लहर नगर निगम, कल्याण विभाग", "風ヶ浦市港湾課", "Office of the Harbour Board"],
)
def test_an_office_is_a_letterhead(line: str) -> None:
    assert is_letterhead(line)


@pytest.mark.parametrize(
    "line",
    [
        "Salmora Municipal Corporation (Lighthouses) By-laws, 2023",
        "Notice of the Harbour Board",
        "तिंदवी महानगरपालिका दीपगृह नियम, २०२४",
        "तिंदवी नगर निगम (दीपस्तंभ) उपविधियाँ",
        "風ヶ浦市灯台規則",
    ],
)
def test_what_an_office_lays_down_is_a_title(line: str) -> None:
    assert not is_letterhead(line)
