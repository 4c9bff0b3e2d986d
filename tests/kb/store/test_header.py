"""What passages are found by beside their own words: the title and the opening words of their paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.store.document_rows import OPENING, READ, Header, header_of, passage_text

LETTERHEAD = (
    "AGREEMENT\n\nbetween the Harbour Board of Ottermouth and the Town of Minatogi\non the exchange of pilots\n\nArticle 1. Purpose …"
)
CLAUSE = "Article 9. A dispute goes to the two chairs, and from them to no court."


def test_a_header_is_the_title_and_the_words_below_it() -> None:
    header = header_of("AGREEMENT", LETTERHEAD)
    assert header.title == "AGREEMENT"
    assert header.opening.startswith("between the Harbour Board of Ottermouth and the Town of Minatogi on the exchange of pilots")
    assert passage_text(header, CLAUSE) == f"AGREEMENT {header.opening}\n{CLAUSE}"


def test_the_passage_that_opens_the_paper_says_it_itself() -> None:
    header = header_of("AGREEMENT", LETTERHEAD)
    assert passage_text(header, LETTERHEAD) == LETTERHEAD
    assert passage_text(header_of("Pilots", LETTERHEAD), LETTERHEAD) == f"Pilots\n{LETTERHEAD}"


@pytest.mark.parametrize(
    "text",
    [
        "between the Harbour Board of Ottermouth and the Town of Minatogi " * 20,
        "港湾局と湊木町との水先人の交流に関する協定書、" * 20,
        "ओटरमाउथ बंदर मंडळ आणि मिनातोगी नगर यांच्यातील करार " * 20,
        "x" * 2000,
        "",
        "   \n\t ",
    ],
)
def test_opening_words_are_few_in_any_script_and_never_cut_where_words_have_spaces(text: str) -> None:
    opening = header_of("", text).opening
    assert len(opening) <= OPENING
    assert text.split() == [] or opening
    squeezed = " ".join(text.split())
    assert squeezed.startswith(opening)
    if "港" in opening:
        assert len(opening) < OPENING / 2
    if " " in opening and len(opening) < len(squeezed):
        assert squeezed[len(opening)] == " "


def test_the_beginning_of_a_text_gives_the_header_of_the_whole() -> None:
    text = LETTERHEAD + "\n\n" + CLAUSE * 50
    assert header_of("AGREEMENT", text[:READ]) == header_of("AGREEMENT", text)


def test_a_paper_without_title_and_opening_words_adds_nothing() -> None:
    assert passage_text(Header(""), CLAUSE) == CLAUSE


PAPERS = {
    "one.txt": ("the Harbour Board of Ottermouth", "the Town of Minatogi", "pilots", "ninety days", "the two chairs"),
    "two.txt": ("the Library of Wrenfield", "the Archive of Komatsuno", "archivists", "sixty days", "an umpire"),
}


def _paper(one: str, other: str, who: str, days: str, umpire: str) -> str:
    articles = [
        f"The Parties exchange {who} so that each learns how the other works, and publish what was learnt every spring. " * 6,
        "Each Party bears its own costs, and shares those of meetings in equal parts, as the budget of the year allows. " * 6,
        f"A dispute is settled by {umpire}, who hear both Parties within four weeks and give their reasons in writing. " * 6,
        f"Either Party may end this Agreement by giving notice of {days}; what was begun by then is brought to its end. " * 6,
    ]
    body = "\n\n".join(f"Article {at}\n\n{text.strip()}" for at, text in enumerate(articles, 1))
    return f"AGREEMENT\n\nbetween {one} and {other}\n\n{body}\n"


@pytest.fixture(scope="module")
def agreements(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("agreements")
    for name, parts in PAPERS.items():
        (folder / name).write_text(_paper(*parts), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("question", "paper", "said"),
    [
        ("How is a dispute between Wrenfield and Komatsuno settled?", "two.txt", "an umpire"),
        ("What notice ends the agreement of Ottermouth with Minatogi?", "one.txt", "ninety days"),
        ("湊木町との協定は、どうすれば終了できますか。ミナトギとオターマウス", "one.txt", "ninety days"),
        ("रेनफील्ड और कोमात्सुनो के बीच विवाद कौन सुलझाता है?", "two.txt", "an umpire"),
    ],
)
def test_a_clause_is_found_by_the_parties_that_only_the_first_lines_name(
    agreements: Path, tmp_path: Path, question: str, paper: str, said: str
) -> None:
    with KnowledgeBase.open(Settings.load(home=tmp_path)) as kb:
        kb.ingest([agreements], kind="agreement")
        found = [(Path(hit.source).name, said in hit.text) for hit in kb.search(question, k=2).hits]
        assert (paper, True) in found
        assert not kb.verify()
        kb.reindex()
        assert [(Path(hit.source).name, said in hit.text) for hit in kb.search(question, k=2).hits] == found
