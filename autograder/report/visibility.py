"""What a student may see of a report now: the one place where checks that are shown later are left out."""

from dataclasses import replace

from autograder.judge.results import CheckResult, Report, TestResult

SHOWN_LATER = "a check that is shown later"  # in place of its id


def for_students(report: Report) -> Report:
    """Leave out the checks that are shown later, and their names wherever another check was blocked by them."""
    checks = redacted(report).checks
    return replace(report, checks=tuple(result for result in checks if result.visibility == "visible"))


def redacted(report: Report) -> Report:
    """Keep all checks, but tell of none that it was blocked by one that is shown later: that would say how this one ended."""
    later = {result.check.id for result in report.checks if result.visibility != "visible"}
    if not later:
        return report

    def without_names(test: TestResult, check: str) -> TestResult:
        hidden = later - {check}  # a check may name itself: its name is shown with it
        return replace(test, blocked_by=(SHOWN_LATER,)) if hidden.intersection(test.blocked_by) else test

    def without_blockers(result: CheckResult) -> CheckResult:
        return replace(result, tests=tuple(without_names(test, result.check.id) for test in result.tests))

    return replace(report, checks=tuple(without_blockers(result) for result in report.checks))


def with_everything(report: Report) -> Report:
    """Show all checks, as once nothing is held back any more."""
    return replace(report, checks=tuple(replace(result, visibility="visible") for result in report.checks))
