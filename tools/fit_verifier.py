"""Fit the checks of support and of names, and say how well they tell (python tools/fit_verifier.py SHARED [--write]).

*Support, same language*: claims of WiCE with the pages they cite. *Support, across languages*: parallel sentences; supported is a sentence
by its translation, whole or cut in half, not supported the translation of the sentence most alike, and a sentence with half of that one.
*Names*: a probe on the states of words that sound like a capitalised word of the English version; then one name is exchanged for another,
and what tells the exchanged one from the others is fitted. Every third sentence, by hash, is held out for the figures.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from eval.datasets.claims import (
    auroc,
    calibration_error,
    capitals,
    evaluate,
    fit_support,
    is_held_out,
    matrix,
    parallel,
    probability,
    read_wice,
)
from kb import Settings
from kb.embed.cache import CachedEmbedder
from kb.embed.embedder import open_embedder
from kb.verify import name_check as checked
from kb.verify.entailment import signals_of
from lang.words.names import name_keys

VERIFY = Path(checked.__file__).parent
PAIRS = (
    ("mr", "en"), ("hi", "en"), ("en", "mr"), ("en", "hi"), ("mr", "hi"), ("hi", "mr"),
    ("ja", "en"), ("en", "ja"), ("mr", "ja"), ("ja", "mr"), ("hi", "ja"), ("ja", "hi"),
)  # fmt: skip
SCRIPT = {"en": "latin", "mr": "devanagari", "hi": "devanagari", "ja": "japanese"}
SIGNS = ("name", "aligned", "nearest", "alike", "unclaimed")
MOST = 450
RIDGE_OF_STATES, RIDGE_OF_SIGNS = 60.0, 1.0


def rounded(names, weights):
    """Weights by name, the constant last."""
    return dict(zip([*names, "constant"], (round(float(w), 3) for w in weights), strict=True))


def support(sentences, embedder, tokens):
    """The weights across languages by reach, from sentences and half-sentences."""
    keys = list(sentences)
    vectors = embedder.passages([sentences[key]["en"] for key in keys])
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    rows = defaultdict(list)
    for said, shown in PAIRS:
        reach = "across_japanese" if "ja" in (said, shown) else "across_devanagari" if "en" not in (said, shown) else "across"
        for at, key in enumerate(keys):
            other = sentences[keys[int(likeness[at].argmax())]][said]
            own, evidence = sentences[key][said], [sentences[key][shown]]
            mixed = halves(own, said)[0] + ("、" if said == "ja" else ", ") + halves(other, said)[1]
            for text, label in ((own, 1), (halves(own, said)[0], 1), (other, 0), (mixed, 0)):
                rows[reach].append((is_held_out(key), float(label), signals_of(text, evidence, tokens)))
    found = {}
    for reach, made in rows.items():
        columns = ["aligned", "covered", "loosest"] if reach == "across_devanagari" else ["aligned", "loosest"]
        signals = matrix([row[2] for row in made])[:, [0, 1, 2] if len(columns) == 3 else [0, 2]]
        held, labels = np.array([row[0] for row in made]), np.array([row[1] for row in made])
        weights = fit_support(signals[~held], labels[~held])
        scores = probability(weights, signals[held])
        told = f"AUROC {auroc(scores, labels[held]):.3f}, ECE {calibration_error(scores, labels[held]):.3f}"
        print(f"support {reach}: {len(made)} pairs, held out {told}")
        found[reach] = rounded(columns, weights)
    return found


def halves(text, language):
    """A sentence in two."""
    units, joint = (list(text), "") if language == "ja" else (text.split(), " ")
    return joint.join(units[: len(units) // 2]), joint.join(units[len(units) // 2 :])


def probe(sentences, tokens, *, across):
    """Per script the weights of the last or middle states, of a capital, and the constant; and the names that were found by sound."""
    words, known = defaultdict(list), defaultdict(list)
    for key, texts in sentences.items():
        sounds = {language: set(name_keys(texts[language], language)) for language in ("mr", "hi", "ja")}
        english = {word: set(name_keys(word, "en")) for word in capitals(texts["en"])}
        of_english = set().union(*english.values()) if english else set()
        for language, text in texts.items():
            states = tokens([text])[0]
            for match in checked.WORD.finditer(text):
                rows = states.rows(match.start(), match.end())
                for surface, keys in checked.sounds_of_word(match.group(), language) if rows else ():
                    capital = float(surface[:1].isupper())
                    name = (
                        any(keys & there for there in sounds.values()) and surface in english
                        if language == "en"
                        else bool(keys & of_english)
                    )
                    meant = states.compared(across=across)[rows].mean(axis=0)
                    words[SCRIPT[language]].append((is_held_out(key), meant, capital, float(name)))
                    if name and len(surface) > 2:
                        known[language, key].append((surface, keys))
    found = {}
    for script, made in words.items():
        held, labels = np.array([row[0] for row in made]), np.array([row[3] for row in made])
        states = np.c_[np.stack([row[1] for row in made]), [row[2] if script == "latin" else 0.0 for row in made]]
        weights = fit_support(states[~held], labels[~held], RIDGE_OF_STATES)
        weights[-2] = weights[-2] if script == "latin" else 0.0
        print(f"names {script}: {len(made)} words, held out AUROC {auroc(probability(weights, states[held]), labels[held]):.3f}")
        found[script] = [round(float(w), 3) for w in weights]
    return found, known


def exchanged(sentences, tokens, embedder, known, weights):
    """Per pair of scripts the weights by which an exchanged name is told from the words that have no counterpart by sound."""
    checked.fits().update(probe_across=weights)
    checker = checked.NameChecker(tokens, embedder.name)
    chance = random.Random(20250312)
    pool = defaultdict(list)
    for (language, _), names in known.items():
        pool[language] += names
    rows = defaultdict(list)
    for said, shown in PAIRS:
        for key, texts in sentences.items():
            evidence, text = texts[shown], texts[said]
            rows[checked.pair(SCRIPT[said], SCRIPT[shown])] += [
                (is_held_out(key), 0.0, signs) for _, signs in checker.signs(text, evidence)
            ]
            for old, _ in known[said, key][:1]:
                new, keys = chance.choice(pool[said])
                if new not in text and not keys & set(name_keys(evidence, shown)):
                    made = checker.signs(text.replace(old, new, 1), evidence)
                    rows[checked.pair(SCRIPT[said], SCRIPT[shown])] += [
                        (is_held_out(key), 1.0, s) for word, s in made if word.surface == new
                    ][:1]
    found = {}
    for pair, made in rows.items():
        held, labels = np.array([row[0] for row in made]), np.array([row[1] for row in made])
        signs = np.array([[row[2][name] for name in SIGNS] for row in made])
        fitted = fit_support(signs[~held], labels[~held], RIDGE_OF_SIGNS)
        told = auroc(probability(fitted, signs[held]), labels[held])
        print(f"exchanged {pair}: {int(labels.sum())} of {len(made)} words, held out AUROC {told:.3f}")
        found[pair] = rounded(SIGNS, fitted)
    return found


def main() -> None:
    """Fit, print and on request write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    parser.add_argument("--write", action="store_true", help="keep the weights in support.json and names.json")
    parser.add_argument("--most", type=int, default=MOST, help="parallel sentences that are used")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        embedder = open_embedder(Settings.load(home=Path(home)))
        everything = parallel(arguments.shared / "benchmarks" / "beir")
        chosen = random.Random(5).sample(sorted(everything), min(arguments.most, len(everything)))
        sentences = {key: everything[key] for key in chosen}
        tokens = CachedEmbedder(embedder, most_tokens=4 * len(everything)).tokens
        wice = evaluate(read_wice(arguments.shared / "benchmarks" / "wice-dev.jsonl"), embedder.tokens)
        told = f"AUROC {wice['auroc']['score']:.3f}, ECE {wice['calibration_error']:.3f}"
        print(f"support same: {wice['claims']} claims of WiCE, cross-validated {told}")
        of_support = {"same": {name: round(w, 3) for name, w in wice["weights"].items()}, **support(sentences, embedder, tokens)}
        of_last, _ = probe(everything, tokens, across=False)
        of_middle, known = probe(everything, tokens, across=True)
        missing = exchanged(sentences, tokens, embedder, known, of_middle)
        of_names = {"probe": of_last, "probe_across": of_middle, "missing": missing}
    if arguments.write:
        (VERIFY / "support.json").write_text(json.dumps(of_support, indent=1) + "\n", encoding="utf-8")
        (VERIFY / "names.json").write_text(json.dumps(of_names) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
