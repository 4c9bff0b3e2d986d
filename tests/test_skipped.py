"""What a run did not test is said at its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import support

TESTS = """
    import pytest
    from tests.support import shared

    @pytest.mark.parametrize("name", ["one", "two", "three"])
    def test_reads(name):
        shared("corpus", name)

    @pytest.mark.skipif(True, reason="the moon is full")
    def test_at_night():
        raise AssertionError

    def test_passes():
        pass
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_last_lines_say_how_many_tests_were_skipped_and_why(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    conftest = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    pytester.makeconftest(f"{conftest}\n\nfrom tests import support\n\nsupport.SHARED = support.PROJECT / 'absent'\n")
    pytester.makepyfile(TESTS)
    monkeypatch.setenv("PYTHONPATH", str(support.PROJECT))
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", "-n", workers)
    result.assert_outcomes(passed=1, skipped=4)
    assert result.outlines[-3:-1] == [f"3 tests skipped: {support.NO_CORPORA}", "1 test skipped: the moon is full"]


def test_a_lack_of_one_paper_of_the_corpora_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(support, "SHARED", tmp_path)
    with pytest.raises(pytest.skip.Exception, match=r"the reference corpora lack corpus/paper\.md"):
        support.shared("corpus", "paper.md")
