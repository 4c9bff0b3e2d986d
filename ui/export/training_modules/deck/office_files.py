"""The office's template and logo for slides: files of the home that an admin sends, or files that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kb.files import atomic_write
from kb.settings import SLIDE_LOGOS, SLIDE_TEMPLATE, Settings
from ui.export.formats import ExportError
from ui.export.training_modules.deck.house_look import house_look
from ui.export.training_modules.deck.look import Look
from ui.export.training_modules.deck.office_logo import checked_logo, with_logo
from ui.export.training_modules.deck.office_template import template_look

_CHOOSE: Final = "Correct the setting, or name another file."


def template_of(settings: Settings) -> Path | None:
    """The template in force; None for Setu's own look."""
    return settings.slide_template or _there(settings.home / SLIDE_TEMPLATE)


def logo_of(settings: Settings) -> Path | None:
    """The logo in force; None for none."""
    return settings.slide_logo or next((found for name in SLIDE_LOGOS if (found := _there(settings.home / name))), None)


def look_of(template: Path | None, logo: Path | None) -> Look:
    """The look that a template and a logo give.

    Raises:
        ExportError: one of the files cannot be read or used; it says why and what to do.
    """
    look = house_look() if template is None else template_look(_read(template, "template"), str(template))
    return look if logo is None else with_logo(look, _read(logo, "logo"), str(logo))


def keep_template(settings: Settings, data: bytes, name: str) -> None:
    """Keep a template in the home, in place of the one before.

    Raises:
        ExportError: no slides can be made with it.
        OSError: it cannot be written.
    """
    template_look(data, name)
    atomic_write(settings.home / SLIDE_TEMPLATE, data)


def keep_logo(settings: Settings, data: bytes, name: str) -> None:
    """Keep a logo in the home, in place of the one before.

    Raises:
        ExportError: it is no PNG or JPEG, damaged or too large.
        OSError: it cannot be written.
    """
    ending, _ = checked_logo(data, name)
    kept = next(one for one in SLIDE_LOGOS if one.endswith(ending))
    atomic_write(settings.home / kept, data)
    for other in SLIDE_LOGOS:
        if other != kept:
            (settings.home / other).unlink(missing_ok=True)


def forget(settings: Settings, *, template: bool = False, logo: bool = False) -> None:
    """Remove what was kept; what a setting names stays."""
    for name in ((SLIDE_TEMPLATE,) if template else ()) + (SLIDE_LOGOS if logo else ()):
        (settings.home / name).unlink(missing_ok=True)


def _there(file: Path) -> Path | None:
    return file if file.is_file() else None


def _read(file: Path, what: str) -> bytes:
    try:
        return file.expanduser().read_bytes()
    except OSError as error:
        raise ExportError(f"{file}: the {what} for slides cannot be read ({error.strerror or error}). {_CHOOSE}") from error
