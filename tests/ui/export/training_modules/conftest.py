"""Training modules in four languages out of the sample papers, and one full of signs that formats read as their own."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from lang.languages import LANGUAGES, Language
from tests.once import copied, once
from tests.papers import few_samples
from tests.ui import links
from training.make import make
from training.records import Line, Module, Request
from ui.components.i18n import strings
from ui.export.training_modules.module_formats import ModuleFormat, export_module

DAY = date(2026, 11, 25)
SIGNS = r"{ward=7} ~ # *all* _x_ <b>siren</b> [drill](http://harbour.invalid/x) $x_1$ \\times & `siren.sh` | -> <img src=x> : end"
"""What GIFT, HTML, Markdown, LaTeX and Typst would read as their own."""
TOPICS: dict[Language, str] = {"en": "flood warning", "mr": "पूर इशारा", "hi": "बाढ़ की चेतावनी", "ja": "洪水警報"}
BESIDE: dict[Language, Language] = {"en": "mr", "mr": "en", "hi": "en", "ja": "en"}

Made = Callable[[Language], Module]


@pytest.fixture(scope="package")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    home = copied(few_samples(tmp_path_factory), tmp_path_factory.mktemp("modules") / "home")
    with KnowledgeBase.open(Settings.load(home=home)) as opened:
        yield opened
    written.cache_clear()
    stands.cache_clear()


@pytest.fixture(scope="package")
def made(kb: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A module in a language, with another beside it, made at the first call."""

    def keep(language: Language, folder: Path) -> None:
        slides, items = (10, 8) if language == "en" else (7, 4)
        request = Request(TOPICS[language], (language, BESIDE[language]), "engineers", slides=slides, items=items)
        (folder / "module").write_bytes(pickle.dumps(make(kb, request)))

    @cache
    def module(language: Language) -> Module:
        kept: Module = pickle.loads((once(tmp_path_factory, f"module-{language}", partial(keep, language)) / "module").read_bytes())
        return kept

    return module


@pytest.fixture(scope="package")
def hostile(made: Made) -> Module:
    """A module whose first objective, slide, glossary meaning and every question hold the signs: a person typed them."""
    module = made("en")

    def typed(line: Line) -> Line:
        return replace(line, text=f"{SIGNS} {line.text}", origin="edited")

    slide = module.slides[1]
    options = [replace(item, options=tuple(replace(o, text=f"{o.text} {SIGNS}") for o in item.options)) for item in module.quiz]
    return replace(
        module,
        title=f"{SIGNS} {module.title}",
        objectives=tuple(map(typed, module.objectives)),
        slides=(module.slides[0], replace(slide, bullets=tuple(map(typed, slide.bullets))), *module.slides[2:]),
        quiz=tuple(replace(item, prompt=f"{SIGNS} {item.prompt}") for item in options),
        glossary=tuple(
            replace(entry, meaning=typed(replace(module.handout[0].lines[0], id=f"{entry.id}-meaning"))) for entry in module.glossary
        ),
    )


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param


@cache
def written(kb: KnowledgeBase, module: Module, into: ModuleFormat, beside: Language | None = None) -> bytes:
    """The file of a module in its own language; the same again is not made twice."""
    return export_module(kb, module, into, strings(module.language), today=DAY, address=links.AT, beside=beside)


@cache
def stands(kb: KnowledgeBase, link: str) -> str:
    """The text that a link leads to; nothing changes the papers, so no link is followed twice."""
    return links.stands(kb, link)
