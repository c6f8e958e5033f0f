"""What is said of a submission: in one line, as a whole, and of each check; as blocks, and their HTML.

File names and the words of exceptions are anyone's: no text is interpreted, and none can become too long.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from autograder.configuration import Configuration
from autograder.homework import MODULES, checks, questions
from autograder.judge.results import CheckResult, Outcome, Report, TestResult
from autograder.report.course import by_question, for_students, points
from autograder.text import for_html
from public_checks.answers import listed

LONGEST_OUTPUT = 100_000  # characters: Gradescope cuts what is longer in the middle, through tags and all
CUT = "The rest was left out: it is too long."


@dataclass(frozen=True)
class Look:
    """Attributes of the tags, each with a blank before it."""

    text: str
    verbatim: str
    hint: str
    words: str  # of a table's cell
    number: str


def _inline(style: str) -> str:
    return f' style="{style}"'


MARGIN = "margin: 0 0 8px 0"
CELL = "padding: 2px 14px 2px 0; text-align:"
# A result brings no style sheet; without its styles it reads as well, if less at a glance.
INLINE = Look(
    _inline(MARGIN),
    _inline(f"{MARGIN}; white-space: pre-wrap; padding: 6px 10px; background: #f6f6f6; color: #222"),
    _inline(f"{MARGIN}; padding: 6px 10px; border-left: 4px solid #e0a800; background: #fff8e1; color: #222"),
    _inline(f"{CELL} left"),
    _inline(f"{CELL} right"),
)
CLASSES = Look("", ' class="verbatim"', ' class="hint"', "", ' class="number"')  # of the page, which has a style sheet


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more."""

    text: str


@dataclass(frozen=True)
class Heading:
    """What the next blocks are about."""

    text: str


@dataclass(frozen=True)
class Verbatim:
    """Lines that are laid out as they are: a table of numbers, the words of an exception."""

    text: str


@dataclass(frozen=True)
class Hint:
    """A question that points at a mistake."""

    text: str


@dataclass(frozen=True)
class Table:
    """A row of titles, rows, and a last one that sums them up or is empty; two columns of words, then numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


Block = Paragraph | Heading | Verbatim | Hint | Table


def to_html(blocks: Iterable[Block], look: Look = INLINE) -> str:
    """Render blocks as HTML, up to the longest output that Gradescope takes."""
    rendered: list[str] = []
    left = LONGEST_OUTPUT - len(_html(Paragraph(CUT), look)) - 1
    for block in blocks:
        piece = _html(block, look)
        left -= len(piece) + 1
        if left < 0:
            rendered.append(_html(Paragraph(CUT), look))
            break
        rendered.append(piece)
    return "\n".join(rendered)


def _html(block: Block, look: Look) -> str:
    if isinstance(block, Table):
        lines = [("th", block.columns), *(("td", row) for row in block.rows), ("th", block.total)]
        head, *rows = [
            "<tr>" + "".join(_cell(tag, text, k, look) for k, text in enumerate(row)) + "</tr>" for tag, row in lines if row
        ]
        return f"<table{look.text}><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    text = for_html(block.text)
    if isinstance(block, Verbatim):
        return f"<pre{look.verbatim}>\n{text}</pre>"  # a parser drops the line break after the tag, and only that one
    if isinstance(block, Hint):
        return f"<p{look.hint}><strong>Hint:</strong> {text}</p>"
    if isinstance(block, Heading):
        return f"<p{look.text}><strong>{text}</strong></p>"
    return f"<p{look.text}>{text}</p>"


def _cell(tag: str, text: str, column: int, look: Look) -> str:
    return f"<{tag}{look.words if column < 2 else look.number}>{for_html(text)}</{tag}>"


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


def _points_table(report: Report, *, complete: bool) -> Table:
    titles = {row["question"]: row["title"] for row in questions()}
    rows = []
    for question, results in by_question(report).items():
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
