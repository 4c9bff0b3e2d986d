"""Scripts and style sheets of the pages, in files beside this one. They are constant: what differs is handed to them as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


@cache
def text(name: str) -> str:
    """What a file says, without its last line break."""
    return (FOLDER / name).read_text(encoding="utf-8").rstrip("\n")


@cache
def component(name: str) -> Callable[..., Any]:
    """The component of Streamlit that ``name.js`` draws, into ``name.html`` and with the look of ``name.css`` where there are such."""
    import streamlit as st

    html, css = (text(f"{name}.{kind}") if (FOLDER / f"{name}.{kind}").is_file() else None for kind in ("html", "css"))
    made: Callable[..., Any] = st.components.v2.component(f"setu_{name}", html=html, css=css, js=text(f"{name}.js"))
    return made


def script(name: str, data: object) -> str:
    """A script as HTML that runs once for every other ``data``, which it finds under that name."""
    return f"<script>\n{{ const data = {_json(data)};\n{text(name)} }}\n</script>"


def style(name: str, **words: str) -> str:
    """A style sheet as HTML that finds each of the words as a string, under ``--setu-NAME``."""
    given = " ".join(f"--setu-{key}: {_json(said, less='3c ')};" for key, said in words.items())
    return f"<style>\n:root {{ {given} }}\n{text(name)}\n</style>"


def _json(data: object, less: str = "u003c") -> str:
    """Data as JSON that cannot end the element it stands in; ``less`` is how ``<`` is written after a backslash there."""
    return json.dumps(data, ensure_ascii=False).replace("<", f"\\{less}")
