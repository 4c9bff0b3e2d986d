"""``setu train``: a module is made, kept, shown, looked after and deleted in the terminal."""

from __future__ import annotations

import errno
import json
import time
from pathlib import Path

import pytest
import regex
from click.testing import CliRunner, Result

from tests.once import copied
from tests.ui.export.training_modules import templates
from ui.cli.main import cli
from ui.components.i18n import strings
from ui.export.training_modules.module_formats import MODULE_FORMATS

PAPER = """# Memorandum of Cooperation on Tide Warnings

## Article 1 Tide gauges

The Ministry of Tides will install forty tide gauges in the harbour of Ottermouth by 30 June 2026.

The Port of Ottermouth will check each tide gauge twice a year and will repair it within fourteen days.

## Article 2 Costs

The tide gauges will cost Rs 3.20 crore, of which the Ministry of Tides will bear 70 per cent.
"""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train")
    (folder / "memorandum.md").write_text(PAPER, encoding="utf-8")
    assert run(folder, "ingest", str(folder / "memorandum.md")).exit_code == 0
    return folder


@pytest.fixture
def home(first: Path, made: dict, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the test's own, as it was when the module had been made; the paper stays where it was taken from."""
    server = first / "home" / "vectors" / "service.sock"
    for _ in range(300):  # until the server of the vectors is gone, files come and go
        if not server.exists():
            break
        time.sleep(0.05)
    folder = tmp_path_factory.mktemp("copy")
    copied(first / "home", folder / "home")
    return folder


@pytest.fixture
def paper(first: Path) -> Path:
    return first / "memorandum.md"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner(env={"SETU_HOME": str(folder / "home")}).invoke(cli, arguments)


@pytest.fixture(scope="module")
def made(first: Path) -> dict:
    result = run(first, "train", "make", "tide gauges", "--slides", "6", "--items", "3", "--audience", "engineers", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_module_is_made_and_every_line_has_its_status_and_citations(home: Path, made: dict) -> None:
    bullets = [bullet for slide in made["slides"] for bullet in slide["bullets"]]
    assert bullets
    assert {bullet["status"] for bullet in bullets} == {"verified"}
    assert all(citation["quote"] and citation["page_label"] for bullet in bullets for citation in bullet["citations"])
    assert all(item["status"] == "verified" for item in made["quiz"])
    assert made["request"]["audience"] == "engineers"


def test_the_kept_modules_are_listed_and_shown(home: Path, made: dict) -> None:
    listed = json.loads(run(home, "train", "list", "--json").stdout)
    assert [(one["id"], one["title"]) for one in listed] == [(made["id"], "tide gauges")]
    shown = run(home, "train", "show", made["id"]).stdout
    assert "✓ The Ministry of Tides will install forty tide gauges" in shown
    assert "SLIDES" in shown
    assert json.loads(run(home, "train", "show", made["id"], "--json").stdout) == made


def test_a_part_is_made_again(home: Path, made: dict) -> None:
    assert run(home, "train", "remake", made["id"], "briefing").exit_code == 0
    again = json.loads(run(home, "train", "show", made["id"], "--json").stdout)
    assert [s["lines"] for s in again["briefing"]] == [s["lines"] for s in made["briefing"]]


def test_what_went_stale_is_named_offered_and_taken_over(home: Path, paper: Path, made: dict) -> None:
    fresh = run(home, "train", "stale", made["id"])
    assert (fresh.exit_code, fresh.stdout) == (0, "Nothing is stale.\n")
    paper.write_text(PAPER.replace("forty tide gauges", "fifty tide gauges"), encoding="utf-8")
    assert run(home, "ingest", str(paper)).exit_code == 0
    changed = run(home, "train", "stale", made["id"])
    assert changed.exit_code == 1
    assert "now:       The Ministry of Tides will install fifty tide gauges" in changed.stdout
    assert run(home, "train", "stale", made["id"], "--accept").exit_code == 0
    assert "fifty tide gauges" in run(home, "train", "show", made["id"]).stdout


def test_a_module_is_written_as_a_file_whose_links_open_its_sources(home: Path, made: dict, tmp_path: Path) -> None:
    done = run(home, "train", "export", made["id"], "-o", str(tmp_path), "--format", "moodle", "--address", "http://office.example")
    assert done.exit_code == 0, done.output
    (file,) = tmp_path.iterdir()
    assert file.name == "setu-tide-gauges-en.xml"
    assert done.stdout.startswith(f"{file}: ")
    links = set(regex.findall(r"http://office\.example/\?passage=([\d.]+)", file.read_text(encoding="utf-8")))
    assert links
    for link in links:
        assert run(home, "show", "passage", link).exit_code == 0


def test_the_name_of_the_file_says_what_kind_it_is(home: Path, made: dict, tmp_path: Path) -> None:
    assert run(home, "train", "export", made["id"], "-o", str(tmp_path / "all lines.CSV")).exit_code == 0
    assert (tmp_path / "all lines.CSV").read_bytes().startswith(b"\xef\xbb\xbfpart,id")
    kinds = run(home, "train", "export", made["id"], "--formats").stdout
    assert {line.split()[0] for line in kinds.splitlines()} == set(MODULE_FORMATS)


def test_an_export_that_fails_leaves_the_earlier_file_and_the_module(
    home: Path, made: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lines.csv"
    file.write_text("as it was", encoding="utf-8")
    full = OSError(errno.ENOSPC, "No space left on device", str(file))

    def half(self: Path, data: bytes) -> int:
        with self.open("wb") as out:
            out.write(data[:100])
        raise full

    monkeypatch.setattr(Path, "write_bytes", half)
    failed = run(home, "train", "export", made["id"], "-o", str(file))
    monkeypatch.undo()
    assert (failed.exit_code, failed.stderr.count("\n")) == (2, 1)
    assert "No space left" in failed.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["lines.csv"]
    assert file.read_text(encoding="utf-8") == "as it was"
    assert run(home, "train", "export", made["id"], "-o", str(file)).exit_code == 0
    assert file.stat().st_size > 1000


def test_a_file_says_of_a_source_that_a_later_version_is_in_force_and_still_opens_it(
    home: Path, paper: Path, made: dict, tmp_path: Path
) -> None:
    paper.write_text(PAPER.replace("forty", "ninety").replace("3.20", "4.10"), encoding="utf-8")
    assert run(home, "ingest", str(paper)).exit_code == 0
    assert run(home, "train", "export", made["id"], "-o", str(tmp_path / "old.md")).exit_code == 0
    text = (tmp_path / "old.md").read_text(encoding="utf-8")
    assert regex.search(r"version \d \(superseded since [^)]+\)", text), text[-800:]
    links = regex.findall(r"passage=([\d.]+)", text)
    told = [run(home, "show", "passage", link) for link in sorted(set(links))[:3]]
    assert [one.exit_code for one in told] == [0, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("make", "underwater basket weaving competition"), "say nothing of"),
        (("make", "tide gauges", "--document", "99"), "Document 99 is not in use"),
        (("make", "tide gauges", "--minutes", "3"), "from 10 to 480"),
        (("show", "nope"), "There is no module nope"),
        (("delete", "nope"), "nothing was deleted"),
        (("export", "nope", "--format", "csv"), "There is no module nope"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(home: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run(home, "train", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "docm"), "There is no format docm. There are: "),
        ((), "What kind of file is wanted?"),
        (("-o", "module.zip"), "What kind of file is wanted?"),
        (("--format", "csv", "--beside", "mr"), "cannot stand in columns in csv"),
        (("--format", "csv", "-o", "no/such/folder/lines.csv"), "Check that the path exists"),
    ],
)
def test_a_file_that_cannot_be_made_is_told(home: Path, made: dict, arguments: tuple[str, ...], said: str) -> None:
    result = run(home, "train", "export", made["id"], *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_marks_every_line_whose_source_was_deleted(home: Path, paper: Path, made: dict, tmp_path: Path) -> None:
    (info,) = json.loads(run(home, "docs", "list", "--json").stdout)
    assert run(home, "docs", "delete", str(info["id"]), "--yes").exit_code == 0
    for into in ("md", "pptx", "docx", "csv"):
        done = run(home, "train", "export", made["id"], "-o", str(tmp_path), "--format", into)
        assert done.exit_code == 0, done.output
    (file,) = tmp_path.glob("*.md")
    text = file.read_text(encoding="utf-8")
    assert strings("en")("source.gone").rstrip(".") in text
    quoted = [line for line in text.splitlines() if regex.search(r"\[\^\d+\]$", line) and not line.startswith("[^")]
    assert quoted
    assert [line for line in quoted if f"⚠ {strings('en')('status.unsupported')}" not in line] == []
    assert run(home, "ingest", str(paper)).exit_code == 0


def test_a_module_is_deleted(home: Path) -> None:
    made = json.loads(run(home, "train", "make", "tide gauges", "--slides", "5", "--items", "0", "--json").stdout)
    assert run(home, "train", "delete", made["id"]).exit_code == 0
    assert run(home, "train", "show", made["id"]).exit_code == 2


def test_a_part_of_a_module_and_slides_in_a_template_are_written(home: Path, made: dict, tmp_path: Path) -> None:
    for contents, name in (("pre", "pre.xml"), ("pack", "pack.md"), ("feedback", "form.docx")):
        done = run(home, "train", "export", made["id"], "-o", str(tmp_path / name), "--contents", contents)
        assert done.exit_code == 0, done.output
    assert "Pre-test" in (tmp_path / "pre.xml").read_text(encoding="utf-8")
    assert "It is no training" in (tmp_path / "pack.md").read_text(encoding="utf-8")
    template, logo = tmp_path / "institute.potx", tmp_path / "logo.png"
    template.write_bytes(templates.template())
    logo.write_bytes(templates.picture())
    slides = str(tmp_path / "slides.pptx")
    assert run(home, "train", "export", made["id"], "-o", slides, "--template", str(template), "--logo", str(logo)).exit_code == 0
    template.write_bytes(b"broken")
    failed = run(home, "train", "export", made["id"], "-o", slides, "--template", str(template))
    assert failed.exit_code != 0
    assert "institute.potx" in failed.output
    assert "Traceback" not in failed.output


def test_a_training_of_three_days_is_made_and_says_what_is_left_open(home: Path) -> None:
    made = run(home, "train", "make", "tide gauges", "--length", "three_days", "--slides", "8", "--items", "3", "--json")
    assert made.exit_code == 0, made.output
    module = json.loads(made.stdout)
    assert {step["day"] for step in module["plan"]} == {1, 2, 3}
    assert [note["about"] for note in module["notes"] if note["code"] == "thin_programme"]
    preview = run(home, "train", "preview", "tide gauges", "--length", "three_days")
    assert "Missing: length" in preview.stdout
