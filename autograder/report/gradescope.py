"""A report as Gradescope's results.json."""

import platform
from importlib import metadata
from typing import Any

from autograder.homework import QUESTIONS, checks
from autograder.judge.verdict import Part, Report, Result

MARKS = {"passed": "✓", "failed": "✗", "not judged": "–"}


def results(report: Report) -> dict[str, Any]:
    """Render a report.

    Parameters
    ----------
    report : Report
        The verdict on one submission.

    Returns
    -------
    results : dict
        What results.json holds, by Gradescope's schema.
    """
    return {
        "score": report.score,
        "execution_time": round(report.seconds, 2),
        "output": _summary(report),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(result) for result in report.results],
        "leaderboard": [
            {"name": f"{question}: times faster than a loop", "value": round(speed_up, 1), "order": "desc"}
            for question, speed_up in report.speed_ups.items()
        ],
        "extra_data": {
            "status": report.status,
            "sandbox": list(report.sandbox),
            "hints": report.hints,
            "meters": report.meters,
            "versions": versions(),
        },
    }


def versions() -> dict[str, str]:
    """Versions of everything that a verdict could depend on."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in ("autograder", "numpy", "pytest")}}


def first_words(report: Report) -> str:
    """The first thing to say of a submission, in one line; empty if it is all right."""
    if report.status != "graded":
        return report.reason
    for result in report.results:
        for part in result.parts:
            if part.outcome == "failed":
                return f"{result.check.id}: {part.message.splitlines()[0]}"
    return report.reason


def _summary(report: Report) -> str:
    if report.status == "invalid":
        return report.reason
    lines = [report.reason] if report.status == "graded" else ["The grader itself failed; your instructor has been told."]
    most = {question: sum(check.points for check in checks().values() if check.question == question) for question in QUESTIONS}
    lines += [f"{question}: {report.question_score(question):g} of {points:g} points" for question, points in most.items()]
    return "\n".join(filter(None, lines))


def _test(result: Result) -> dict[str, Any]:
    check = result.check
    return {
        "name": f"{check.id}: {check.title}",
        "number": check.number,
        "score": result.score,
        "max_score": check.points,
        "status": "passed" if result.passed else "failed",
        "output": _output(result),
        "visibility": "visible",
        "tags": [check.question, check.kind, check.id],
    }


def _output(result: Result) -> str:
    """Say what each part found; a check of one part needs no heading."""
    if len(result.parts) == 1:
        return _words(result.parts[0])
    return "\n".join(
        f"{MARKS[part.outcome]} {part.title}" + (f"\n{_words(part)}" if part.outcome != "passed" else "")
        for part in result.parts
    )


def _words(part: Part) -> str:
    if part.outcome == "passed":
        return "passed"
    return part.message + (f"\nHint: {part.hint[1]}" if part.hint else "")
