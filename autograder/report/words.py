"""What is said of a submission: in one line, as a whole, and of each check."""

from collections.abc import Collection, Iterable, Iterator

from autograder.configuration import Configuration
from autograder.homework import MODULES, checks, checks_of, questions
from autograder.judge.verdict import Outcome, Part, Report, Result
from autograder.report import lateness
from autograder.report.blocks import Block, Heading, Hint, Paragraph, Table, Verbatim
from autograder.report.marks import Marks, points
from autograder.report.metadata import Metadata

from answers import listed

SIGNS: dict[Outcome, str] = {"passed": "✓", "failed": "✗", "not judged": "–"}
HELD_BACK = "not judged: a check that is shown later failed"
NEEDED_CHECK_FAILED = "not judged: a check that it needs failed"
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
    if report.status != "graded":
        return report.reason
    for result in report.results:
        for part in result.parts:
            if part.outcome == "failed":
                words, _, _ = part.message.partition("\n")
                return f"{result.check.id}: {words}"
    return report.reason


def summary(report: Report, marks: Marks, configuration: Configuration, metadata: Metadata) -> list[Block]:
    """What stands above the checks: attempt, lateness, points by question.

    Of checks that students do not see yet, nothing is in it, and no sum that includes them.
    """
    later = shown_later(configuration)
    shown = [name for name in checks() if name not in later]
    about = [_progress(report, marks, metadata, shown), lateness.sentence(metadata, configuration) if report.results else ""]
    blocks: list[Block] = [Paragraph(text) for text in about if text]
    if report.status == "error":
        missing = ": some points may be missing." if report.results else "."
        blocks += [Paragraph(f"The grader itself failed{missing}"), Paragraph(NOT_THEIRS)]
    elif report.reason:
        blocks.append(Paragraph(report.reason))
    if report.status == "invalid":
        files = listed([f"{module}.py" for module in MODULES])
        blocks.append(Paragraph(f"What to do: hand in {files}, or homework.ipynb with your answers; a .zip of them will do."))
    if report.results:
        passed = {result.check.id for result in report.results if result.passed}
        blocks += standing(marks, passed, [r.check.id for r in report.results if _outcome(r) == "failed"], later)
    return blocks


def standing(
    marks: Marks, passed: Collection[str], failed: Iterable[str], later: frozenset[str] = frozenset()
) -> Iterator[Block]:
    """Points by question, and what to look at first.

    Parameters
    ----------
    marks : Marks
        Of every check.
    passed, failed : iterable of str
        Ids of the checks; those that were not judged are in neither.
    later : frozenset of str
        Checks that students do not see yet: of them there is nothing, nor any sum that includes them.
    """
    shown = [name for name in checks() if name not in later]
    yield _points_table(marks, passed, shown)
    if later:
        left_out = "1 more check is" if len(later) == 1 else f"{len(later)} more checks are"
        yield Paragraph(f"{left_out} shown later: the table leaves {'it' if len(later) == 1 else 'them'} out.")
    if first := next((name for name in failed if name in shown), None):
        yield Paragraph(f"Look first at {first}; what fails after it may follow from it.")


def of_check(result: Result, later: frozenset[str] = frozenset()) -> list[Block]:
    """What each part of a check found, with each hint once; nothing of one that passed as a whole.

    Parameters
    ----------
    result : Result
        The outcome.
    later : frozenset of str
        Checks that students do not see yet: how they ended is not told here either.
    """
    if result.passed:
        return []
    told = [_of_part(part, later) for part in result.parts]
    one_reason = _outcome(result) == "not judged" and all(blocks == told[0] for blocks in told)
    if told and (len(told) == 1 or one_reason):
        return told[0]
    headings = [Heading(f"{SIGNS[part.outcome]} {part.title}") for part in result.parts]
    said = [block for heading, blocks in zip(headings, told) for block in (heading, *blocks)]
    return [block for place, block in enumerate(said) if not (isinstance(block, Hint) and block in said[:place])]


def name(result: Result) -> str:
    """The line that stands for a check."""
    return f"{SIGNS[_outcome(result)]} {result.check.id}: {result.check.title}"


def _progress(report: Report, marks: Marks, metadata: Metadata, shown: list[str]) -> str:
    """Which attempt this is, and what has changed since the one before it."""
    if metadata.attempt is None:
        return ""
    said = f"Attempt {metadata.attempt}"
    if not metadata.before or not report.results:
        return f"{said}."
    passed = {result.check.id for result in report.results if result.passed}
    change = sum((check in passed) - metadata.before[check].passed for check in shown)
    told = "as many checks pass as last time"
    if change:
        one = abs(change) == 1
        comparative, noun, verb = "more" if change > 0 else "fewer", "check" if one else "checks", "passes" if one else "pass"
        told = f"{abs(change)} {comparative} {noun} {verb} than last time"
    moved = []
    for row in questions():
        names = [check for check in checks_of(row["question"]) if check in shown]
        if any(round(100 * metadata.before[check].most) != marks.by_check[check].most for check in names):
            continue  # the scale was another one
        before, now = sum(round(100 * metadata.before[check].score) for check in names), marks.earned(names)
        if before != now:
            moved.append(f"{row['question']} went from {points(before)} to {points(now)}")
    return ". ".join([f"{said}: {told}", *([", ".join(moved)] if moved else [])]) + "."


def _points_table(marks: Marks, passed: Collection[str], shown: list[str]) -> Table:
    rows = []
    for row in questions():
        names = [check for check in checks_of(row["question"]) if check in shown]
        if names:
            count = sum(check in passed for check in names)
            many = f"{points(marks.earned(names))} of {points(marks.most(names))}"
            rows.append((row["question"], row["title"], many, f"{count} of {len(names)}"))
    total: tuple[str, ...] = ()
    if len(shown) == len(checks()):
        if taken := marks.earned(shown) - marks.score:
            rows.append(("", "Taken off, since it is late", f"-{points(taken)}", ""))
        total = ("", "Total", f"{points(marks.score)} of {points(marks.most(shown))}", f"{len(passed)} of {len(shown)}")
    return Table(("", "", "Points", "Checks passed"), tuple(rows), total)


def _outcome(result: Result) -> Outcome:
    """Passed as a whole, failed somewhere, or not judged at all."""
    if result.passed:
        return "passed"
    return "failed" if any(part.outcome == "failed" for part in result.parts) else "not judged"


def _of_part(part: Part, later: frozenset[str]) -> list[Block]:
    """The sentence, what was measured or raised, and at most one hint."""
    if part.outcome == "passed":
        return []
    what, _, rest = part.message.partition("\n")
    if part.outcome == "not judged" and any(check in what for check in later):
        what = HELD_BACK
    blocks: list[Block] = [Paragraph(what)]
    first, _, others = rest.partition("\n")
    if first.endswith(":") and others:
        blocks.append(Paragraph(first))
        rest = others
    if rest:
        blocks.append(Verbatim(rest))
    if part.hint:
        blocks.append(Hint(part.hint[1]))
    return blocks
