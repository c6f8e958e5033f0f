"""A result as its student reads it once nothing is held back any more: made from results.json, without judging again."""

from dataclasses import replace

from autograder.homework import checks
from autograder.report import words
from autograder.report.blocks import to_html
from autograder.report.marks import Mark, Marks
from autograder.report.page.reading import StudentResult


def opened(result: StudentResult) -> StudentResult:
    """Show all checks, and with them the sums that they belong to.

    Of a check that could not be judged because of one that was held back, results.json does not tell because of which: the page
    says that one failed, and shows them all.
    """
    if all(outcome.visible for outcome in result.outcomes):
        return result
    outcomes = tuple(
        replace(outcome, visible=True, output=outcome.output.replace(words.HELD_BACK, words.NEEDED_CHECK_FAILED))
        for outcome in result.outcomes
    )
    by_check = {outcome.id: Mark(outcome.earned, outcome.most) for outcome in outcomes}
    earned = sum(mark.earned for mark in by_check.values())
    marks = Marks(by_check, kept=result.score / earned if earned else 1.0)
    about, _, _ = result.summary.partition("<table")  # what stands above the points is the same before and after
    standing = words.standing(
        marks,
        passed={outcome.id for outcome in outcomes if outcome.passed},
        failed=[outcome.id for outcome in outcomes if outcome.mark == words.SIGNS["failed"]],
    )
    # Where the checks have changed since, their sums would be those of no course: each stands below with its own points.
    return replace(result, outcomes=outcomes, summary=about + (to_html(standing) if set(by_check) == set(checks()) else ""))
