"""A report as results.json, in the form of Gradescope on every route; and what only instructors read of it."""

import json
import math
from typing import Any

from autograder.configuration import DEFAULT, Configuration
from autograder.judge.results import CheckResult, Report
from autograder.report import words
from autograder.report.course import Metadata, for_course, redacted
from autograder.report.words import Block, Paragraph, to_html
from autograder.text import printable
from autograder.versions import versions

UNKNOWN = Metadata()


def results(report: Report, configuration: Configuration = DEFAULT, metadata: Metadata = UNKNOWN) -> dict[str, Any]:
    """Render a report.

    Parameters
    ----------
    report : Report
        The verdict on one submission.
    configuration : Configuration
        Scale, visibility and lateness as the course has them.
    metadata : Metadata
        What the platform tells of the submission, if there is a platform.

    Returns
    -------
    results : dict
        What results.json holds, by Gradescope's schema.
    """
    return render(for_course(report, configuration, metadata), configuration, metadata)


def render(report: Report, configuration: Configuration, metadata: Metadata) -> dict[str, Any]:
    """Render a report that is on the scale of its course already; see `results`."""
    shown = redacted(report)
    later = words.shown_later(configuration)
    rendered = _result(report.score, words.summary(report))
    rendered["execution_time"] = round(report.seconds, 2)
    rendered["tests"] = [_test(result) for result in shown.checks]
    if configuration.leaderboard:
        rendered["leaderboard"] = [
            {"name": f"{question}: times faster than a loop", "value": round(speed_up, 1), "order": "desc"}
            for question, speed_up in report.speed_ups.items()
            if 0 < speed_up < math.inf and f"{question}.timing" not in later  # where it is hidden, its board is too
        ]
    rendered["extra_data"] = {
        "status": report.status,
        "reason": printable(report.reason),
        "sandbox": list(report.sandbox),
        "hints": [{"question": question, "id": hint} for question, hint in report.hints],
        "meters": {reading.name: reading.finite for reading in report.meters},
        "versions": dict(versions()),
        "attempt": metadata.attempt,
        "late_seconds": metadata.late.total_seconds(),
        "remark": printable(metadata.remark),
    }
    return rendered


def unfinished() -> dict[str, Any]:
    """Render what stands in results.json until the verdict does: if the run is killed, a student reads this."""
    return {
        **_result(0, [Paragraph(text) for text in words.UNFINISHED]),
        "extra_data": {"status": "error", "reason": "not finished"},
    }


def as_json(rendered: dict[str, Any]) -> str:
    """Write a result as Gradescope takes it, without a NaN."""
    return json.dumps(rendered, ensure_ascii=False, allow_nan=False) + "\n"


def for_instructor(report: Report, metadata: Metadata = UNKNOWN) -> str:
    """What belongs on the standard output of a run on Gradescope, which students do not see."""
    facts = {
        "status": report.status,
        "reason": report.reason,
        "faults": "; ".join(report.faults),
        "metadata": metadata.remark,
        "sandbox": ", ".join(report.sandbox),
        "hints": ", ".join(f"{question}:{hint}" for question, hint in report.hints),
        "meters": ", ".join(f"{reading.name} {reading.value}" for reading in report.meters),
        "versions": ", ".join(f"{package} {version}" for package, version in versions().items()),
        "seconds": f"{report.seconds:.1f}",
    }
    return "\n".join(f"{fact}: {printable(text)}" for fact, text in facts.items() if text)


def _result(hundredths: int, blocks: list[Block]) -> dict[str, Any]:
    """The frame of every result."""
    return {
        "score": hundredths / 100,
        "output": to_html(blocks),
        "output_format": "html",
        "test_output_format": "html",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [],
    }


def _test(result: CheckResult) -> dict[str, Any]:
    check = result.check
    return {
        "name": words.name(result),
        "number": check.number,
        "score": result.points / 100,
        "max_score": result.max_points / 100,
        "status": "passed" if result.passed else "failed",
        "output": to_html(words.of_check(result)),
        "visibility": result.visibility,
        "tags": [check.question, check.kind, check.id],
    }
