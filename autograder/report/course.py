"""A judge's report on the scale of a course: its points, what lateness leaves of them, and what students see when."""

from dataclasses import replace

from autograder.configuration import Configuration
from autograder.judge.results import Report
from autograder.report import lateness
from autograder.report.marks import worth_of_checks
from autograder.report.metadata import Metadata
from autograder.report.visibility import for_students
from autograder.report.words import progress


def for_course(report: Report, configuration: Configuration, metadata: Metadata) -> Report:
    """Scale a report, so that full marks are those of the configuration, and say above the points how late it is.

    Parameters
    ----------
    report : Report
        From the judge.
    configuration : Configuration
        Points, visibility and lateness as the course has them.
    metadata : Metadata
        When the submission came and was due, and the attempt before.
    """
    worth = worth_of_checks(configuration)
    checks = tuple(
        replace(result.worth(worth[result.check.id]), visibility=configuration.visibility_of(result.check))
        for result in report.checks
    )
    scaled = replace(report, checks=checks, kept=lateness.kept(metadata, configuration))
    late = lateness.sentence(metadata, configuration) if checks else ""
    about = progress(for_students(scaled), metadata), late
    return replace(scaled, about=tuple(sentence for sentence in about if sentence))
