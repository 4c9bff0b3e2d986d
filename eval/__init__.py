"""Does it work? Metrics, gold data, gates and reports."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / "eval" / "data"
