"""The picture of a page of a PDF, with the quote boxed."""

from __future__ import annotations


class ImageError(Exception):
    """The page cannot be shown as an image; the message says why."""


def page_image(original, page, quote):
    raise ImageError("")
