"""What is said of a submission: in one line, as a whole, and of each check."""

from collections.abc import Collection

from autograder.configuration import Configuration
from autograder.homework import MODULES, checks, questions
from autograder.judge.results import CheckResult, Outcome, Report, TestResult
from autograder.report.blocks import Block, Heading, Hint, Paragraph, Table, Verbatim
from autograder.report.marks import points
from autograder.report.metadata import Metadata
from autograder.report.visibility import for_students
from public_checks.answers import listed

SIGNS: dict[Outcome, str] = {"passed": "✓", "failed": "✗", "not judged": "–"}
NOT_THEIRS = "This is no mistake of yours. Your instructor can see the reason and grade again: write to them if this stays."
UNFINISHED = (
    "Your submission has not been graded yet: the autograder was stopped before its end, most likely by a limit of time or"
    " memory.",
    "The 0 is not your mark, and your files are safe. Submit the same files once more. If you read this again, write to your"
    " instructor, who can raise the limits and run the autograder again.",
)


def shown_later(configuration: Configuration) -> frozenset[str]:
    """Ids of the checks that students do not see at once."""
    return frozenset(name for name, check in checks().items() if configuration.visibility_of(check) != "visible")


def first_words(report: Report) -> str:
    """The first thing to say of a submission, in one line; empty if it is all right."""
    failed = report.first_failed
    if report.status == "graded" and failed and failed.failure:
        return failed.failure.summary
    return report.reason


def summary(report: Report) -> list[Block]:
    """What stands above the checks: attempt, lateness, points by question.

    Of checks that students do not see yet, nothing is in it, and no sum that includes them.

    Parameters
    ----------
    report : Report
        With all its checks.
    """
    blocks: list[Block] = [Paragraph(text) for text in report.about]
    if report.status == "error":
        missing = ": some points may be missing." if report.checks else "."
        blocks += [Paragraph(f"The grader itself failed{missing}"), Paragraph(NOT_THEIRS)]
    elif report.reason:
        blocks.append(Paragraph(report.reason))
    if report.status == "invalid":
        files = listed([f"{module}.py" for module in MODULES])
        blocks.append(Paragraph(f"What to do: hand in {files}, or homework.ipynb with your answers; a .zip of them will do."))
    if report.checks:
        blocks += _standing(report)
    return blocks


def _standing(report: Report) -> list[Block]:
    """Points by question, and what to look at first."""
    shown = for_students(report)
    later = len(report.checks) - len(shown.checks)
    blocks: list[Block] = [_points_table(shown, complete=not later)]
    if later:
        left_out = "1 more check is" if later == 1 else f"{later} more checks are"
        blocks.append(Paragraph(f"{left_out} shown later: the table leaves {'it' if later == 1 else 'them'} out."))
    if shown.first_failed:
        blocks.append(Paragraph(f"Look first at {shown.first_failed.check.id}; what fails after it may follow from it."))
    return blocks


def of_check(result: CheckResult) -> list[Block]:
    """What each test of a check found, with each hint once; nothing of a check that passed as a whole."""
    if result.passed:
        return []
    found = [_of_test(test, result.check.id) for test in result.tests]
    one_reason = result.outcome == "not judged" and all(blocks == found[0] for blocks in found)
    if found and (len(found) == 1 or one_reason):
        return found[0]
    blocks: list[Block] = []
    for test, its_blocks in zip(result.tests, found):
        blocks.append(Heading(f"{SIGNS[test.outcome]} {test.title}"))
        blocks += [block for block in its_blocks if not (isinstance(block, Hint) and block in blocks)]
    return blocks


def name(result: CheckResult) -> str:
    """The line that stands for a check."""
    return f"{SIGNS[result.outcome]} {result.check.id}: {result.check.title}"


def progress(report: Report, metadata: Metadata) -> str:
    """Say which attempt this is, and what has changed since the one before it; nothing where that is not known.

    Parameters
    ----------
    report : Report
        On the scale of the course, with the checks that students see now.
    metadata : Metadata
        Has what every check had at the attempt before.
    """
    if metadata.attempt is None:
        return ""
    said = f"Attempt {metadata.attempt}"
    if not metadata.before or not report.checks:
        return f"{said}."
    change = sum(result.passed - metadata.before[result.check.id].passed for result in report.checks)
    told = "as many checks pass as last time"
    if change:
        one = abs(change) == 1
        comparative, noun, verb = "more" if change > 0 else "fewer", "check" if one else "checks", "passes" if one else "pass"
        told = f"{abs(change)} {comparative} {noun} {verb} than last time"
    moved = []
    for question, results in _by_question(report).items():
        earlier = [metadata.before[result.check.id] for result in results]
        if any(round(100 * old.most) != new.max_points for old, new in zip(earlier, results)):
            continue  # the scale was another one
        before, now = sum(round(100 * old.score) for old in earlier), sum(new.points for new in results)
        if before != now:
            moved.append(f"{question} went from {points(before)} to {points(now)}")
    return ". ".join([f"{said}: {told}", *([", ".join(moved)] if moved else [])]) + "."


def _by_question(report: Report) -> dict[str, list[CheckResult]]:
    """Results of the checks by question, in the order of the questions."""
    found: dict[str, list[CheckResult]] = {}
    for result in report.checks:
        found.setdefault(result.check.question, []).append(result)
    return found


def _points_table(report: Report, *, complete: bool) -> Table:
    titles = {row["question"]: row["title"] for row in questions()}
    rows = []
    for question, results in _by_question(report).items():
        earned, worth = sum(result.points for result in results), sum(result.max_points for result in results)
        rows.append((question, titles.get(question, ""), f"{points(earned)} of {points(worth)}", _passed(results)))
    total: tuple[str, ...] = ()
    if complete:
        if taken := report.earned - report.score:
            rows.append(("", "Taken off, since it is late", f"-{points(taken)}", ""))
        total = ("", "Total", f"{points(report.score)} of {points(report.max_score)}", _passed(report.checks))
    return Table(("", "", "Points", "Checks passed"), tuple(rows), total)


def _passed(results: Collection[CheckResult]) -> str:
    return f"{sum(result.passed for result in results)} of {len(results)}"


def _of_test(test: TestResult, check: str) -> list[Block]:
    """The sentence, what was measured or raised, and at most one hint."""
    if test.outcome == "not judged":
        return [Paragraph(f"not judged: {_why_not(test, check)}")]
    failure = test.failure
    if failure is None:
        return []
    blocks: list[Block] = [Paragraph(failure.summary)]
    if failure.on_public_data:
        blocks.append(Paragraph("With the public data:"))
    if failure.table:
        blocks.append(Verbatim(failure.table))
    if failure.hint:
        blocks.append(Hint(failure.hint[1]))
    return blocks


def _why_not(test: TestResult, check: str) -> str:
    if not test.blocked_by:
        return "the grader failed at this check; your instructor can see why"
    if test.blocked_by == (check,):
        return "it fails as above"
    return f"{listed(list(test.blocked_by))} failed"
