"""The page on which one signs in, or reads why not: plain HTML, which works without a script and with password managers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias
from urllib.parse import urlencode

import regex

from lang.codes import LANGUAGES
from ui.i18n import NAMES, Strings
from ui.markup import html

Told: TypeAlias = Literal["", "wrong", "wait", "foreign", "failed"]
"""What went wrong with the last attempt, if anything did."""

_STYLE: Final = """
:root { color-scheme: light dark; --accent: light-dark(#1f5f8b, #7db8e0); --on: light-dark(#ffffff, #14191f);
  --line: light-dark(#8a96a3, #6b7885); --paper: light-dark(#ffffff, #1d242c); --ink: light-dark(#1d2733, #e6ebf0);
  --bad: light-dark(#b3261e, #ff8a80); }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; line-height: 1.6; color: var(--ink);
  background: light-dark(#f3f5f7, #14191f);
  font-family: 'Noto Sans', 'Noto Sans Devanagari', 'Noto Sans CJK JP', 'Hiragino Sans', 'Yu Gothic', system-ui, sans-serif; }
:lang(mr), :lang(hi), :lang(ja) { line-height: 1.75; }
main { width: 100%; max-width: 24rem; background: var(--paper);
  border: 1px solid light-dark(#d5dce3, #37424e); border-radius: 10px; padding: 1.75rem; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.3; }
h1 + p { margin: 0 0 1.25rem; font-size: 0.9rem; }
label { display: block; font-weight: 600; font-size: 0.9rem; margin: 0.9rem 0 0.35rem; }
input { width: 100%; font: inherit; color: inherit; background: var(--paper); padding: 0.55rem 0.7rem;
  border: 1px solid var(--line); border-radius: 6px; }
button, .way { display: block; width: 100%; font: inherit; font-weight: 600; margin-top: 1.4rem; padding: 0.6rem; border: 0;
  border-radius: 6px; cursor: pointer; text-align: center; text-decoration: none; color: var(--on); background: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[role=alert] { color: var(--bad); border-left: 3px solid var(--bad); padding-left: 0.7rem; margin: 1rem 0 0; }
.help { font-size: 0.85rem; margin: 1.1rem 0 0; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 1.4rem 0 0; padding: 1rem 0 0;
  border-top: 1px solid light-dark(#d5dce3, #37424e); }
nav a { color: var(--accent); display: inline-block; padding: 0.2rem 0; }
nav [aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
""".strip()
POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'"
)
"""The page loads nothing, may not be framed and sends its form home only."""


def with_code(sentence: str) -> str:
    """A sentence of ours as HTML; what stands between backticks is a command."""
    return regex.sub(r"`([^`]+)`", r"<code>\1</code>", html(sentence))


def signin_page(words: Strings, path: str, goal: str, *, told: Told = "", minutes: int = 0, name: str = "") -> str:
    """The page with the form.

    Args:
        words: of the language it is shown in.
        path: the address of the form.
        goal: where to go afterwards, a path of this site.
        told: what went wrong.
        minutes: for "wait", how long.
        name: what was typed as name.
    """
    alert = ""
    if told:
        sentence = words("signin.wait", minutes=minutes) if told == "wait" else words(f"signin.{told}")
        alert = f'<p role="alert" id="why">{with_code(sentence)}</p>'
    described = ' aria-describedby="why" aria-invalid="true"' if told == "wrong" else ""
    focus = {"name": "" if name else " autofocus", "password": " autofocus" if name else ""}
    form = f"""{alert}
<form method="post" action="{html(path)}">
<input type="hidden" name="next" value="{html(goal)}">
<input type="hidden" name="lang" value="{words.language}">
<label for="name">{html(words("signin.name"))}</label>
<input id="name" name="name" value="{html(name)}" autocomplete="username" autocapitalize="none" spellcheck="false" required
 maxlength="200"{focus["name"]}{described}>
<label for="password">{html(words("signin.password"))}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="800"{focus["password"]}{described}>
<button type="submit">{html(words("signin.enter"))}</button>
</form>
<p class="help">{html(words("signin.forgotten"))}</p>"""
    return _framed(words, path, goal, form)


def refusal_page(words: Strings, path: str, goal: str, sentence: str, links: Sequence[tuple[str, str]]) -> str:
    """The page that says why somebody is not let in, with links, as text and address, to what they can do about it."""
    ways = "".join(f'\n<a class="way" href="{html(address)}">{html(text)}</a>' for text, address in links)
    return _framed(words, path, goal, f'<p role="status">{with_code(sentence)}</p>{ways}')


def _framed(words: Strings, path: str, goal: str, body: str) -> str:
    current = ' aria-current="true"'
    languages = "".join(
        f'<li><a href="{html(path)}?{html(urlencode({"lang": code, "next": goal}))}" lang="{code}" hreflang="{code}"'
        f"{current if code == words.language else ''}>{html(NAMES[code])}</a></li>"
        for code in LANGUAGES
    )
    return f"""<!DOCTYPE html>
<html lang="{words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{html(words("signin.title"))} · {html(words("app.title"))}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{html(words("app.title"))}</h1>
<p>{html(words("app.tagline"))}</p>
{body}
<nav aria-label="{html(words("app.language"))}"><ul>{languages}</ul></nav>
</main>
</body>
</html>
"""
