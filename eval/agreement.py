"""Does a judge agree with people? Agreement beyond chance, and a share corrected for the judge's errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a judge said of statements that people have labelled: counts of right and wrong yes and no."""

    right_yes: int
    wrong_yes: int
    right_no: int
    wrong_no: int

    @property
    def judged(self) -> int:
        """Statements in all."""
        return self.right_yes + self.wrong_yes + self.right_no + self.wrong_no

    @property
    def share(self) -> float:
        """Share of statements on which judge and people agree."""
        return (self.right_yes + self.right_no) / self.judged

    @property
    def kappa(self) -> float:
        """Agreement beyond chance (Cohen, 1960): 1 is perfect, 0 what two who do not look would reach."""
        yes, said = (self.right_yes + self.wrong_no) / self.judged, (self.right_yes + self.wrong_yes) / self.judged
        chance = yes * said + (1 - yes) * (1 - said)
        return (self.share - chance) / (1 - chance) if chance < 1 else 0.0

    @property
    def sensitivity(self) -> float | None:
        """Share of the supported that the judge calls supported; None where there is none."""
        return self.right_yes / (self.right_yes + self.wrong_no) if self.right_yes + self.wrong_no else None

    @property
    def specificity(self) -> float | None:
        """Share of the others that it does not; None where there is none."""
        return self.right_no / (self.right_no + self.wrong_yes) if self.right_no + self.wrong_yes else None

    def corrected(self, share: float) -> float | None:
        """The share that people would call supported where the judge calls ``share`` so (Rogan & Gladen, 1978), kept within 0 and 1.

        None where the judge tells no better than chance. It holds where the judge errs as often as on the labelled statements.
        """
        if self.sensitivity is None or self.specificity is None or self.sensitivity + self.specificity <= 1:
            return None
        return min(1.0, max(0.0, (share + self.specificity - 1) / (self.sensitivity + self.specificity - 1)))

    def report(self) -> dict[str, float | int | None]:
        """For a report: counts, shares rounded to four places."""
        shares = {"agreement": self.share, "kappa": self.kappa, "sensitivity": self.sensitivity, "specificity": self.specificity}
        return {"judged": self.judged, **{name: None if value is None else round(value, 4) for name, value in shares.items()}}


def agreement(said: Sequence[bool], labels: Sequence[bool]) -> Agreement:
    """Compare what a judge said with labels of people, statement by statement.

    Raises:
        ValueError: the lengths differ, or there is nothing to compare.
    """
    if len(said) != len(labels) or not said:
        raise ValueError(f"Labels are needed for each statement: {len(said)} judged, {len(labels)} labelled.")
    pairs = list(zip(said, labels, strict=True))
    return Agreement(
        right_yes=sum(a and b for a, b in pairs),
        wrong_yes=sum(a and not b for a, b in pairs),
        right_no=sum(not a and not b for a, b in pairs),
        wrong_no=sum(b and not a for a, b in pairs),
    )
