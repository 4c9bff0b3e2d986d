"""The language model that writes answers: which is in force, trying one out, keeping it, switching it off.

What is kept, and when a key may go where, is decided in `kb.generate.model_choice`; here is only drawn and asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from pydantic import SecretStr

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.generate.chat_model import LangChainChat, model_name
from kb.generate.model_choice import Fixed, choose, fixed, is_plain, opened, switch_off
from kb.generate.model_trial import LIST_S, Offer, Sentence, Trial, offer, try_out
from kb.settings import Settings, llm_key
from lang.languages import LANGUAGES
from ui.auth.authentication import refused
from ui.components.i18n import Strings
from ui.components.markup import html, label, table_html
from ui.pages.admin.model_verdict import verdict

WAYS: Final = ("openai", "anthropic", "ollama", "server")
MOST_NAMED: Final = 40
"""Models of a server that are listed; the others are counted."""
_SAID: Final = "model-said"
_TURN: Final = "model-turn"


def language_model(kb: KnowledgeBase, words: Strings) -> None:
    """Draw what is in force and, for an admin of all groups, the form that tries out and keeps a model."""
    st.html(f'<p class="setu-facts">{html(words("model.about"))}</p>')
    if said := st.session_state.pop(_SAID, None):
        st.success(label(said), icon=":material/check:")
    held = fixed(kb.settings)
    _in_force(kb.settings, held, words)
    if kb.reader.groups is not None:
        st.info(words("model.of_all"))
        return
    if held.model:
        st.info(words("model.fixed"))
    _form(kb, held, words)


def _in_force(settings: Settings, held: Fixed, words: Strings) -> None:
    if not settings.llm:
        st.info(words("model.none"))
        return
    try:
        chat = opened(settings, settings.llm)
        kept = held.key or llm_key(settings) is not None
    except KnowledgeBaseError as error:
        st.warning(label(str(error)))
        return
    rows = [
        (words("model.name"), f"<code>{html(chat.name)}</code>"),
        (words("model.from"), html(words("model.from_environment" if held.model else "model.from_file"))),
        (words("model.key"), html(words("model.key_environment" if held.key else "model.key_kept" if kept else "model.key_none"))),
        (words("model.goes_to"), f"<code>{html(chat.address)}</code>"),
    ]
    st.html(table_html(words("model.in_force"), [words("model.what"), words("model.value")], rows))
    _told_where(chat, words)


def _told_where(chat: LangChainChat, words: Strings) -> None:
    st.html(f'<p class="setu-note">{html(words("model.sent", address=chat.address))}</p>')
    if is_plain(chat.address):
        st.warning(words("model.plain"))


def _form(kb: KnowledgeBase, held: Fixed, words: Strings) -> None:
    settings = kb.settings
    way, address, model = _parts(settings.llm)
    # A key for each state and each save, so that the fields show what is in force, and the typed key is gone once it is kept.
    key = f"model-{words.language}-{settings.llm}-{st.session_state.get(_TURN, 0)}"
    with st.form(key):
        st.html(f'<h3 class="setu-heading">{html(words("model.set"))}</h3>')
        way = st.selectbox(
            words("model.way"), WAYS, index=WAYS.index(way), format_func=lambda one: words(f"model.way_{one}"), key=f"{key}-way",
            disabled=held.model,
        )  # fmt: skip
        address = st.text_input(
            words("model.address"), address, key=f"{key}-address", help=words("model.address_help"), autocomplete="off", disabled=held.model
        )
        model = st.text_input(
            words("model.model"), model, key=f"{key}-model", help=words("model.model_help"), autocomplete="off", disabled=held.model
        )
        secret = st.text_input(
            words("model.key"), key=f"{key}-key", type="password", autocomplete="new-password", disabled=held.key,
            help=words("model.key_fixed" if held.key else "model.key_help"),
        )  # fmt: skip
        with st.container(horizontal=True):
            tried = st.form_submit_button(words("model.test"), icon=":material/speed:", help=words("model.test_help"))
            saved = st.form_submit_button(words("model.save"), type="primary", disabled=held.model)
    off = bool(settings.llm) and not held.model and st.button(words("model.off"), key="model-off", icon=":material/power_settings_new:")
    if not (tried or saved or off) or refused(kb.reader, "admin"):
        return
    given = SecretStr(secret) if secret and not held.key else None
    try:
        if off:
            kb.write_with(switch_off(settings))
            _begin_anew(words("model.switched_off"))
        elif (llm := settings.llm if held.model else _setting(way, address, model, words, listing=tried)) and saved:
            kb.write_with(kept := choose(settings, llm, given))
            _begin_anew(words("model.saved", model=str(kept.llm)))
        elif llm:
            _try(kb, llm, given, words)
    except KnowledgeBaseError as error:
        st.error(label(str(error)))
    except OSError as error:
        st.error(label(f"{error.strerror or error}: {settings.home}"))


def _begin_anew(said: str) -> None:
    """Draw the page again with empty fields, and say what was done."""
    st.session_state[_SAID] = said
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.rerun()


def _parts(llm: str | None) -> tuple[str, str, str]:
    """What the fields show of a setting: who runs the model, the address, the name."""
    try:
        named = model_name(llm or "")
    except KnowledgeBaseError:
        return "openai", "", ""
    if named.url:
        return "server", named.url, named.model
    return (named.provider, "", named.model) if named.provider in WAYS else ("openai", "", "")


def _setting(way: str, address: str, model: str, words: Strings, *, listing: bool) -> str:
    """The setting that the fields make; "" where something is missing, which is said. Without a name the models are to be listed."""
    model, address = model.strip(), address.strip()
    if not model and not listing:
        st.error(words("model.no_model"))
        return ""
    if way != "server":
        return f"{way}:{model}"
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound or parts.username or parts.password or parts.query or parts.fragment:
        st.error(words("model.no_address"))
        return ""
    return f"{address}#{model}"


def _try(kb: KnowledgeBase, llm: str, given: SecretStr | None, words: Strings) -> None:
    chat = opened(kb.settings, llm, given)
    kb.recorded("model_tested", llm)
    named = not llm.endswith((":", "#"))
    trial = Trial(kb.settings.llm_tokens, kb.settings.llm_seconds)
    if named:
        _told_where(chat, words)
    told, listed, written = st.status(label(words("model.asking", address=chat.address))), st.container(), st.empty()
    if not named:
        _listed(offer(chat, min(LIST_S, trial.seconds)), "", listed, words)
    else:
        with closing(try_out(chat, trial)) as steps:
            for step in steps:
                if isinstance(step, Offer):
                    _listed(step, model_name(llm).model, listed, words)
                elif isinstance(step, Sentence):
                    written.html(_table(trial.sentences, words))
        points = "".join(f"<li>{html(said)}</li>" for said in verdict(trial, words))
        st.html(f'<h3 class="setu-heading">{html(words("model.verdict"))}</h3><ul class="setu-admin-verdict" role="status">{points}</ul>')
    failed = trial.broke_off is not None
    told.update(label=label(words("model.asked", address=chat.address)), state="error" if failed else "complete")


def _listed(found: Offer, wanted: str, place: st.delta_generator.DeltaGenerator, words: Strings) -> None:
    if not found.models:
        said = words("model.offers_fault", reason=found.fault) if found.fault else words("model.offers_none")
        place.html(f'<p class="setu-note">{html(said)}</p>')
        return
    names = " ".join(f"<code>{html(name)}</code>" for name in found.models[:MOST_NAMED])
    left = len(found.models) - MOST_NAMED
    more = f" {html(words.count('model.more', left))}" if left > 0 else ""
    missing = f"<p>{html(words('model.not_offered', model=wanted))}</p>" if wanted and not _among(wanted, found.models) else ""
    place.html(f'<p class="setu-note">{html(words.count("model.offers", len(found.models)))}: {names}{more}</p>{missing}')


def _among(wanted: str, models: Sequence[str]) -> bool:
    """Whether a model is listed; Ollama lists ``gemma3`` as ``gemma3:latest``."""
    return wanted in models or f"{wanted}:latest" in models


def _table(sentences: Sequence[Sentence], words: Strings) -> str:
    heads = [words(f"model.{key}") for key in ("language", "sentence", "written_in", "first", "rate")]
    rows = [
        (
            html(words(f"language.{one.language}")),
            f'<span lang="{one.written_in}">{html(one.text or "–")}</span>',
            _found(one, words),
            html(words("model.seconds", n=f"{one.first_s:.1f}") if one.text else "–"),
            html(words("model.tokens", n=f"{one.rate:.0f}" if one.rate >= 10 else f"{one.rate:.1f}") if one.rate else "–"),
        )
        for one in sentences
    ]
    return table_html(words("model.sentences"), heads, rows)


def _found(one: Sentence, words: Strings) -> str:
    if one.right:
        outcome, sign, said = "ok", "✓", words("model.right")
    elif not one.text:
        outcome, sign, said = "failed", "✗", words("model.nothing")
    else:
        other = one.written_in in LANGUAGES and one.written_in != one.language
        outcome, sign, said = "failed", "✗", words(f"language.{one.written_in}") if other else words("model.other")
    return f'<span class="setu-admin-{outcome}"><span aria-hidden="true">{sign}</span> {html(said)}</span>'
