"""What our plugin hands to otter, and what our master notebook is made from. otter itself runs in test_otter."""

import warnings

import pytest

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS, checks_of
from autograder.report.course import worth_of_checks
from autograder.report.results import results
from tests.grader import marks_but


@pytest.fixture(scope="module")
def verdict_class():
    """`Verdict`, whose import brings otter along, and the deprecated calls of what otter imports."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from autograder.routes.otter import Verdict
    return Verdict


def test_otter_reads_our_points_and_writes_our_results(judge, verdict_class):
    """results.json is ours, unchanged; otter's own numbers are for programs that call otter."""
    rendered = results(judge(distances="def pairwise_squared_distances(A, B):\n    return A"))
    verdict = verdict_class(rendered, worth_of_checks(Configuration()))
    assert verdict.to_gradescope_dict(None) is rendered
    earned = {question: verdict.get_score(question) for question in QUESTIONS}
    assert earned == {**marks_but({}), "q5": 0}
    assert (verdict.total, verdict.possible) == (pytest.approx(rendered["score"]), pytest.approx(sum(marks_but({}).values())))
    failed = {result.test_case.name for result in verdict.get_result("q5").test_case_results if not result.passed}
    assert failed == set(checks_of("q5"))


def test_results_without_any_check_are_0_of_all_points_to_otter(verdict_class):
    """As of a submission in which there is nothing to judge; they are those of the course."""
    for total in (20, 100):
        verdict = verdict_class({"score": 0, "tests": []}, worth_of_checks(Configuration(total_points=total)))
        assert (verdict.total, verdict.possible) == (0, pytest.approx(total))
