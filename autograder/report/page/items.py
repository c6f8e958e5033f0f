"""How hard each check is, and whether it tells strong from weak: classical item analysis."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autograder.homework import Check
from autograder.report.page.gathering import ABSENT, Column

FEWEST = 10  # graded submissions: with fewer, a correlation is mostly chance
EASY, HARD = 0.85, 0.5  # mean fraction of the points earned: above, below
WELL, SOMEWHAT = 0.4, 0.2  # discrimination, as Ebel (1972), Essentials of Educational Measurement, draws the lines


@dataclass(frozen=True)
class Item:
    """A check as the class found it.

    Parameters
    ----------
    check : Check
        Its number and title.
    worth : int
        Hundredths of a point.
    taken, passed : int
        How many were judged by it, and passed it as a whole.
    difficulty : float
        Mean fraction of its points that was earned: 1 is easiest; NaN where it is worth nothing.
    discrimination : float
        See `discrimination`; NaN where that is not defined.
    """

    check: Check
    worth: int
    taken: int
    passed: int
    difficulty: float
    discrimination: float

    @property
    def failed(self) -> int:
        """How many lost points in it."""
        return self.taken - self.passed

    @property
    def unfair(self) -> bool:
        """Whether the strong fail it more than the weak, beyond chance: two standard errors of no correlation at all."""
        return self.discrimination < -2 / math.sqrt(self.taken)

    @property
    def how_hard(self) -> str:
        """The difficulty in a word."""
        if math.isnan(self.difficulty):
            return "–"
        return "easy" if self.difficulty >= EASY else "hard" if self.difficulty < HARD else "medium"

    @property
    def how_telling(self) -> str:
        """The discrimination in words."""
        if math.isnan(self.discrimination):
            return "–"
        if self.unfair:
            return "the strong fail it more"
        if self.discrimination >= WELL:
            return "tells apart"
        return "tells somewhat" if self.discrimination >= SOMEWHAT else "does not tell"


def analyse(columns: dict[str, Column]) -> list[Item]:
    """Analyse every check of a class.

    Parameters
    ----------
    columns : dict of str to Column
        What each submission earned in each check, all in the same order.
    """
    totals = sum((_earned(column) for column in columns.values()), np.zeros(1))
    items = []
    for column in columns.values():
        taken = np.asarray(column.earned) != ABSENT
        passed, earned = np.asarray(column.passed, bool)[taken], _earned(column)[taken]
        difficulty = float(earned.mean() / column.first.max_points) if column.first.max_points else math.nan
        telling = discrimination(passed, totals[taken] - earned)
        items.append(Item(column.first.check, column.first.max_points, len(passed), int(passed.sum()), difficulty, telling))
    return items


def discrimination(passed: npt.NDArray[np.bool_], rest: npt.NDArray[np.float64]) -> float:
    """Correlate passing a check with the points in all the others (corrected item-total correlation).

    The point-biserial correlation is ``(M1 - M0) / s * sqrt(p (1 - p))``: M1 and M0 are the mean points in the other checks of
    those who pass and who fail, s is the standard deviation of these points over all (by n), p the fraction who pass. It is
    Pearson's correlation with 0 and 1.

    Parameters
    ----------
    passed : array of bool, shape (n,)
        Whether each submission passes the check.
    rest : array of float, shape (n,)
        Its points in all other checks: with the check's own, a check would correlate with itself.

    Returns
    -------
    discrimination : float
        From -1 to 1; NaN where all or none pass, all have the same points, or there are fewer than `FEWEST`.

    References
    ----------
    F. M. Lord and M. R. Novick (1968), Statistical Theories of Mental Test Scores, chapter 15.
    S. Henrysson (1963), Correction of item-total correlations in item analysis, Psychometrika 28, 211-218.
    """
    p, s = passed.mean() if len(passed) else 0.0, rest.std() if len(rest) else 0.0
    if len(passed) < FEWEST or p in (0, 1) or s == 0:
        return math.nan
    return float((rest[passed].mean() - rest[~passed].mean()) / s * math.sqrt(p * (1 - p)))


def _earned(column: Column) -> npt.NDArray[np.float64]:
    """Hundredths of a point by submission, shape (n,): 0 where the check is absent."""
    earned = np.asarray(column.earned, np.float64)
    return np.where(earned == ABSENT, 0.0, earned)
