"""What `lang` reads out of a text, as the golden tables of `lang/` write it."""

from __future__ import annotations

from collections.abc import Sequence

from lang import labels as numbering
from lang import languages, modality, normalise
from lang import references as places
from lang import sentences as splitting
from lang.languages import Language
from lang.values import dates as days
from lang.values import quantities as amounts
from lang.words import names as naming
from lang.words import search_tokens, stemming


def dates(text: str) -> list[object]:
    return [(str(found.when), text[found.start : found.end]) for found in days.dates_in(text)]


def durations(text: str) -> list[str]:
    return [str(found.value) for found in days.durations_in(text)]


def quantities(text: str, skip: Sequence[tuple[int, int]] = ()) -> list[object]:
    """Role, value and unit of each; where a quantity is a code or a clause, its code stands for the value."""
    found = amounts.quantities_in(text, skip)
    assert all(text[one.start : one.end] == one.text for one in found)
    return [(one.role, one.code) if one.role in ("code", "clause") else (one.role, str(one.value), one.unit) for one in found]


def quantity_texts(text: str) -> list[str]:
    return [one.text for one in amounts.quantities_in(text)]


def label(text: str) -> object:
    found = numbering.read_label(text)
    return found and (found.family, found.value)


def number(text: str) -> int:
    return numbering.number(text)


def item(text: str) -> object:
    """The numbering of an item as printed, if it may also be an entry of a path."""
    found = numbering.read_item(text)
    return found and numbering.is_item_entry(found.printed) and found.printed


def entry(text: str) -> list[str]:
    """What an entry of a path may be."""
    return ["article"] * numbering.is_article_entry(text) + ["item"] * numbering.is_item_entry(text)


def references(text: str) -> list[object]:
    """The key of each place that is named, and the numbers inside it."""
    return [(*found.keys, list(found.inside)) for found in places.references(text)]


def without_references(text: str) -> list[str]:
    return places.without_references(text).split()


def arabic_labels(text: str) -> str:
    return places.arabic_labels(text)


def place_keys(path: Sequence[str]) -> tuple[str, ...]:
    return places.place_keys(path)


def stands_inside(path: Sequence[str], inside: Sequence[str]) -> bool:
    return places.stands_inside(path, inside)


def language(text: str, default: Language = "und") -> str:
    return languages.detect(text, default)


def sentences(text: str, language: Language) -> list[str]:
    return [text[start:end] for start, end in splitting.sentence_spans(text, language)]


def claims(text: str) -> list[str]:
    return list(modality.claims(text))


def flips(statement: str, evidence: str) -> list[str]:
    return [flip.claim for flip in modality.flips(statement, [evidence])]


def denials(text: str) -> int:
    return modality.denials(text)


def denies_more(statement: str, evidence: str) -> bool:
    return modality.denies_more(statement, evidence)


def display_form(text: str) -> str:
    return normalise.clean(text)


def search_form(text: str) -> str:
    return normalise.search_form(text).text


def found_in_original(text: str, part: str) -> str:
    """What of the text is marked for a part of its search form."""
    form = normalise.search_form(text)
    at = form.text.index(part)
    start, end = form.span(at, at + len(part))
    return text[start:end]


def words(text: str, language: Language) -> tuple[str, ...]:
    return search_tokens.analyse(text, language).words


def parts(text: str, language: Language) -> tuple[str, ...]:
    return search_tokens.analyse(text, language).parts


def stem(text: str, language: str) -> str:
    return stemming.STEMMERS[language](normalise.search_form(text).text)


def fold(text: str) -> str:
    return stemming.fold(text)


def names(text: str, language: Language) -> list[str]:
    return [name.surface for name in naming.names(text, language)]


def names_in_one_line(text: str, language: Language) -> str:
    return " ".join(names(text, language))


def name_keys(text: str, language: Language) -> tuple[str, ...]:
    return naming.name_keys(text, language)


def word_count(text: str, language: Language) -> int:
    return len(words(text, language))


def script(text: str) -> str:
    return search_tokens.script(text)


def content_words(text: str, language: Language) -> tuple[str, ...]:
    return search_tokens.content_words(text, language)
