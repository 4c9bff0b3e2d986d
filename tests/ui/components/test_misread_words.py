"""Words that may be misread are shown as such, named in every export, and whoever uploads a bad scan is told what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb.document_records import BadlyRead
from kb.documents.ingestion import badly_read
from kb.records import Citation, IngestSummary, Statement
from lang.languages import LANGUAGES
from tests.kb.make import base
from tests.scanned import scanned
from ui.cli.commands.ingest import print_summary
from ui.cli.json_output import shape
from ui.cli.output import cited_at
from ui.components.answer_wording import badly_read_words, doubted
from ui.components.i18n import strings
from ui.components.markup import Doubt, page_html, quote_html
from ui.export.citations import Sources
from ui.jobs.ingest_jobs import Item, Outcome
from ui.pages.chat.answer_html import doubt_html, quoted_html
from ui.pages.library.uploads import items_html

EN = strings("en")
QUOTE = "The gauges <b> cost Rs 400 in all."
DOUBTED = Citation(
    1, "Note", "note.pdf", 1, "agreement", None, 1, "1", (), 0, len(QUOTE), "en", QUOTE, "verified", ocr=0.9, doubtful=((4, 10), (23, 26))
)
SOUND = replace(DOUBTED, doubtful=())


def test_doubtful_words_of_a_quote_are_dotted_with_the_reason_also_inside_the_marked_fact() -> None:
    shown = quote_html(QUOTE, "en", [(20, 26)], doubt=Doubt(DOUBTED.doubtful, 'say "why"'))
    assert '<span class="setu-doubtful" title="say &quot;why&quot;">gauges</span> &lt;b&gt; cost' in shown
    assert '<strong>Rs <span class="setu-doubtful" title="say &quot;why&quot;">400</span></strong> in all.' in shown
    assert "setu-doubtful" not in quote_html(QUOTE, "en", [(20, 26)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chat_says_in_every_language_that_dotted_words_may_be_misread(language: str) -> None:
    words = strings(language)  # type: ignore[arg-type]
    drawn = quoted_html(DOUBTED, Statement(QUOTE, "agreed", (DOUBTED,)), words)
    assert drawn.count(f'title="{words("doubt.title")}"') == 2
    assert words("doubt.note") in doubt_html(DOUBTED, words)
    assert doubt_html(SOUND, words) == ""


def test_a_page_shows_doubtful_words_before_in_and_after_the_quote() -> None:
    shown = page_html("one twa three foor", "en", 4, 13, Doubt([(4, 7), (14, 18)], "why"))
    assert '<mark id="setu-mark"><span class="setu-doubtful" title="why">twa</span> three</mark>' in shown
    assert shown.endswith(' <span class="setu-doubtful" title="why">foor</span></div>')


def test_json_the_terminal_and_a_footnote_name_the_doubtful_words_and_give_no_tick(tmp_path: Path) -> None:
    told = shape(DOUBTED)
    assert told["doubtful"] == [{"start": 4, "end": 10, "text": "gauges"}, {"start": 23, "end": 26, "text": "400"}]
    assert (told["status"], shape(SOUND)["status"]) == ("partial", "verified")
    assert doubted(DOUBTED) == "“gauges” · “400”"
    assert "doubtful words: “gauges” · “400”" in cited_at(DOUBTED, "en", EN)
    with base(tmp_path) as kb:
        kb.ingest_documents([scanned("The gauges cost Rs 400.", {"gauges"})])
        (mark,) = Sources(kb, EN, "http://127.0.0.1").mark([DOUBTED])
        assert mark.reference.check.startswith("◐")
        assert "doubtful words: “gauges” · “400”" in mark.reference.check
        (sound,) = Sources(kb, EN, "http://127.0.0.1").mark([SOUND])
        assert sound.reference.check.startswith("✓")
        (page,) = kb.pages(1)
        assert shape(page)["doubtful"] == [{"start": 4, "end": 10, "text": "gauges"}]


def test_a_paper_counts_as_badly_read_by_its_quality_or_by_its_doubtful_words() -> None:
    text = "The tide gauges in Ottermouth cost four hundred rupees in all, and each of them is read by hand at noon."
    assert badly_read(scanned(text, set())) is None
    assert badly_read(scanned(text, {"cost"})) is None
    assert badly_read(scanned(text, {"gauges", "Ottermouth"})) == BadlyRead("/papers/scan.pdf", ("1",), 2)
    assert badly_read(scanned(text, set(), quality=0.6)) == BadlyRead("/papers/scan.pdf", ("1",), 0)


def test_an_ingest_names_badly_read_papers_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    summary = IngestSummary(added=("/in/a.pdf",), badly_read=(BadlyRead("/in/a.pdf", ("2", "iv"), 7),))
    (told,) = json.loads(json.dumps(shape(summary)))["badly_read"]
    assert (told["file"], told["pages"], told["doubtful"]) == ("/in/a.pdf", ["2", "iv"], 7)
    assert set(told["advice"]) == set(LANGUAGES)
    assert all("300" in said or "३००" in said for said in told["advice"].values())
    assert all("2, iv" in said for said in told["advice"].values())
    print_summary(summary, "mr")
    assert strings("mr")("doubt.better") in " ".join(capsys.readouterr().out.split())


def test_the_library_tells_the_uploader_by_the_name_of_the_paper() -> None:
    items = (
        Item("a.pdf", "done", outcomes=(Outcome("a.pdf", "added"),), badly_read=(BadlyRead("a.pdf", ("3",), 1),)),
        Item("b.zip", "done", outcomes=(Outcome("c.pdf", "added"),), badly_read=(BadlyRead("c.pdf", ("1", "2"), 0),)),
    )
    shown = items_html(items, {}, EN)
    assert "Page 3 was badly read from its picture. 1 word of the paper may be misread. Scan it again at 300 dpi" in shown
    assert "c.pdf: Pages 1, 2 were badly read from their pictures. Scan" in shown
    assert badly_read_words(BadlyRead("a", ("1",), 2), strings("hi")).startswith("पृष्ठ 1 ")
