"""Photos that are sent as the pages of one paper."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from kb.store.originals.places import media_suffix
from tests.kb.make import base
from ui.components.source_panel import DRAWN
from ui.jobs.ingest_tasks import Choice, as_one_paper, file_task


def test_photos_sent_as_pages_of_one_paper_become_one_file_beside_the_others() -> None:
    class Photo(io.BytesIO):
        def __init__(self, name: str) -> None:
            super().__init__(name.encode())
            self.name, self.size = name, len(name)

    sent = [Photo("IMG_10.jpg"), Photo("note.txt"), Photo("IMG_2.JPG")]
    paper, note = as_one_paper(sent, 1000)
    assert (paper.name, note.name) == ("IMG_2.pages.zip", "note.txt")
    with zipfile.ZipFile(paper) as archive:
        assert archive.namelist() == ["001 IMG_2.JPG", "002 IMG_10.jpg"]
    assert [one.name for one in as_one_paper(sent[:2], 1000)] == ["IMG_10.jpg", "note.txt"]


def test_photos_that_are_too_large_together_are_refused_and_not_read_into_memory(tmp_path: Path) -> None:
    class Photo(io.BytesIO):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name, self.size = name, 2**20

        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError(f"{self.name} was read")

    with base(tmp_path, max_file_mb=1) as kb:
        (paper,) = as_one_paper([Photo("1.jpg"), Photo("2.jpg")], kb.settings.max_file_mb * 2**20)
        name, run = file_task(kb, paper, paper, Choice())
        (reject,) = run(progress=lambda _progress: None, cancelled=lambda: False).rejected
    assert name == "1.pages.zip"
    assert "2.1 MB, over the limit of 1.0 MB" in reject.reason


def test_the_pages_of_a_photo_can_be_drawn() -> None:
    assert media_suffix("image") in DRAWN
    assert media_suffix("docx") not in DRAWN
