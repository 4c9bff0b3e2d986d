"""The scripts and style sheets are files that parse, keep a few rules, and reach the page with words that cannot break out of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import regex

from tests.support import PROJECT
from ui import assets

SCRIPTS = sorted(assets.FOLDER.glob("*.js"))
SHEETS = sorted([*PROJECT.joinpath("ui").rglob("*.css"), *PROJECT.joinpath("eval").rglob("*.css")])
CODE = [path for room in ("ui", "eval", "training") for path in PROJECT.joinpath(room).rglob("*.py")]


def named(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def node() -> str:
    """That of Playwright, or of this machine; the test is skipped where there is neither."""
    try:
        from playwright._impl._driver import compute_driver_executable
    except ImportError:
        found = shutil.which("node")
    else:
        found = compute_driver_executable()[0]
    return found or pytest.skip("needs Node.js, which Playwright brings")


def refused(script: str) -> str:
    """What Node.js says is wrong with the syntax of a module."""
    done = subprocess.run([node(), "--input-type=module", "--check", "-"], input=script, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


RULES = {
    "loose comparison": r"(?<![=!<>])[=!]=(?!=)",
    "var": r"\bvar\s",
    "text that becomes markup": r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b",
    "text that becomes code": r"\b(eval|Function)\(",
    "left from debugging": r"\bconsole\.|\bdebugger\b|\balert\(",
    "something from elsewhere": r"https?://|\bimport\b|\bfetch\(",
    "a name to fill in": r"%[sd]|\{\{|__[A-Z]+__",
}


def broken(script: str) -> Iterator[str]:
    """The rules that a script does not keep, but for what its comments say."""
    code = regex.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", script, flags=regex.S)
    yield from (rule for rule, pattern in RULES.items() if regex.search(pattern, code))


def wrong(sheet: str) -> Iterator[str]:
    """What is wrong with the blocks and declarations of a style sheet."""
    bare = regex.sub(r"/\*.*?\*/", " ", sheet, flags=regex.S)
    bare = regex.sub(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", "text", bare)
    if regex.search(r"[\"']|/\*|\*/", bare):
        yield "a string or comment that does not end"
    if regex.search(r"@import|url\(|</", bare):
        yield "something from elsewhere, or the end of the element"
    while blocks := list(regex.finditer(r"([^{};]*)\{([^{}]*)\}", bare)):
        for block in blocks:
            if not block[1].strip():
                yield "a block without a selector"
            if block[1].count("(") != block[1].count(")") or block[1].count("[") != block[1].count("]"):
                yield f"brackets: {block[1].strip()}"
            for declaration in filter(None, map(str.strip, block[2].split(";"))):
                if not regex.fullmatch(r"-{0,2}[a-z][a-z-]*\s*:\s*[^:]+", declaration) or declaration.count("(") != declaration.count(")"):
                    yield f"no declaration: {declaration}"
        bare = regex.sub(r"[^{};]*\{[^{}]*\}", " ", bare)
    if "{" in bare or "}" in bare:
        yield "braces that do not match"


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_parses_and_keeps_the_rules(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    assert refused(script) == ""
    allowed = ["text that becomes markup"] if path.name == "plot.js" else []  # its figures are made and escaped by eval.report.plots
    assert list(broken(script)) == allowed


@pytest.mark.parametrize("path", SHEETS, ids=named)
def test_a_style_sheet_parses(path: Path) -> None:
    assert list(wrong(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("script", ["export default function ({ data }) { return data. }", "const a = 1; const a = 2;", "if (a { }"])
def test_a_script_with_a_fault_is_refused(script: str) -> None:
    assert "SyntaxError" in refused(script)


@pytest.mark.parametrize(
    ("script", "rule"),
    [
        ("if (a == b) c();", "loose comparison"),
        ("var a;", "var"),
        ("box.innerHTML = said;", "text that becomes markup"),
        ("eval(a)", "text that becomes code"),
        ("console.log(a)", "left from debugging"),
        ('a.src = "https://x.test/a.js";', "something from elsewhere"),
        ('a = "%s";', "a name to fill in"),
    ],
)
def test_a_script_that_breaks_a_rule_is_reported(script: str, rule: str) -> None:
    assert list(broken(script)) == [rule]


FAULTY = """
a { color: red;
a { color: red; } }
a { color red; }
a { color: rgb(1; }
a[b { color: red; }
{ color: red; }
a { content: "x; }
@media (x) { a { color: red; }
a { color: red; width 1px; }
@import 'b.css';
a { background: url(b.png); }
"""


@pytest.mark.parametrize("sheet", FAULTY.strip().splitlines())
def test_a_style_sheet_with_a_fault_is_reported(sheet: str) -> None:
    assert list(wrong(sheet)) != []


def test_no_script_or_style_sheet_stands_in_a_string_of_python() -> None:
    inside = regex.compile(r"document\.(?:get|query|body|cookie)|=> \{|\bexport default\b|\{ [a-z-]+: [^{}'\"]*; ")
    found = [named(path) for path in CODE if inside.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_every_asset_is_used() -> None:
    said = "\n".join(path.read_text(encoding="utf-8") for path in CODE)
    for path in assets.FOLDER.iterdir():
        if path.suffix in {".js", ".css", ".html"}:
            assert f'"{path.name}"' in said or f"'{path.name}'" in said or f'component("{path.stem}")' in said, path.name


DANGEROUS = "</script></style><b>\"'\\\n\u2028 \u0939"


def test_data_reach_a_script_as_they_are_and_cannot_end_it() -> None:
    made = assets.script("scroll_to_mark.js", [DANGEROUS, 3])
    assert made.count("</") == 1
    assert made.endswith("}\n</script>")
    assert refused(made.removeprefix("<script>").removesuffix("</script>")) == ""
    assert json.loads(made.split("const data = ")[1].split(";\n")[0]) == [DANGEROUS, 3]


def test_words_reach_a_style_sheet_as_strings_and_cannot_end_it() -> None:
    made = assets.style("uploader.css", choose='"Choose" </style>', drop="फ़ाइल")
    assert made.count("</") == 1
    assert r'--setu-choose: "\"Choose\" \3c /style>"; --setu-drop: "फ़ाइल";' in made
