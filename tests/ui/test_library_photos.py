"""Photos that are sent as the pages of one paper."""

from __future__ import annotations

import io
import zipfile

from kb.store.catalogue import media_suffix
from ui.leaf import DRAWN
from ui.library.intake import as_one_paper


def test_photos_sent_as_pages_of_one_paper_become_one_file_beside_the_others() -> None:
    class Photo(io.BytesIO):
        def __init__(self, name: str) -> None:
            super().__init__(name.encode())
            self.name, self.size = name, len(name)

    sent = [Photo("IMG_10.jpg"), Photo("note.txt"), Photo("IMG_2.JPG")]
    paper, note = as_one_paper(sent)
    assert (paper.name, note.name) == ("IMG_2.pages.zip", "note.txt")
    with zipfile.ZipFile(paper) as archive:
        assert archive.namelist() == ["001 IMG_2.JPG", "002 IMG_10.jpg"]
    assert [one.name for one in as_one_paper(sent[:2])] == ["IMG_10.jpg", "note.txt"]


def test_the_pages_of_a_photo_can_be_drawn() -> None:
    assert media_suffix("image") in DRAWN
    assert media_suffix("docx") not in DRAWN
