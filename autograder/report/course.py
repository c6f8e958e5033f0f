"""A judge's report on the scale of a course: its points, what lateness leaves of them, and what students see when."""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import floor

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS, checks, checks_of
from autograder.judge.results import CheckResult, Report, TestResult
from autograder.text import counted

DAY = timedelta(days=1)
SHOWN_LATER = "a check that is shown later"  # in place of its id


@dataclass(frozen=True)
class Earlier:
    """What a check had at the attempt before this one."""

    passed: bool
    score: float
    most: float


@dataclass(frozen=True)
class Metadata:
    """What is known of a submission beside its files.

    Parameters
    ----------
    submitted : datetime or None
        When it was handed in.
    due : datetime or None
        When it was due: for a group, the latest date of any member, since an extension that one was given serves the work of
        all; None where there is no due date, or none can be read.
    attempt : int or None
        1 for the first.
    before : dict of str to Earlier
        What every check had at the latest attempt before this one; empty where there is none, or another grader's.
    remark : str
        For the instructor: what could not be read.
    """

    submitted: datetime | None = None
    due: datetime | None = None
    attempt: int | None = None
    before: dict[str, Earlier] = field(default_factory=dict)
    remark: str = ""

    @property
    def late(self) -> timedelta:
        """How late it is; zero if it is not, or if that is not known."""
        if self.submitted is None or self.due is None:
            return timedelta(0)
        return max(self.submitted - self.due, timedelta(0))


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
    scaled = replace(report, checks=checks, kept=kept_fraction(metadata, configuration))
    late = lateness_sentence(metadata, configuration) if checks else ""
    about = progress(for_students(scaled), metadata), late
    return replace(scaled, about=tuple(sentence for sentence in about if sentence))


def full_marks(configuration: Configuration) -> int:
    """Hundredths in all: the total of the configuration, or of the points table where it has none."""
    total = configuration.total_points
    return round(100 * (sum(check.points for check in checks().values()) if total is None else total))


def worth_of_checks(configuration: Configuration) -> dict[str, int]:
    """Hundredths that each check is worth, by its id: in all, full marks."""
    return shares(full_marks(configuration), {name: check.points for name, check in checks().items()})


def worth_of_questions(configuration: Configuration) -> dict[str, int]:
    """Hundredths that each question is worth."""
    worth = worth_of_checks(configuration)
    return {question: sum(worth[name] for name in checks_of(question)) for question in QUESTIONS}


def points(hundredths: int) -> str:
    """Points as text, without zeros at the end: 250 hundredths are ``2.5``."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def shares(total: int, weights: dict[str, float]) -> dict[str, int]:
    """Divide a total into whole numbers in proportion to weights: rounded down, the rest to the largest remainders."""
    exact = {name: total * weight / sum(weights.values()) for name, weight in weights.items()}
    parts = {name: floor(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: parts[name] - exact[name])
    for name in by_remainder[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def kept_fraction(metadata: Metadata, configuration: Configuration) -> float:
    """Fraction of the points that a submission keeps: 1 where it is in time, or where that is not known."""
    late = metadata.late
    if late <= timedelta(minutes=configuration.grace_minutes):
        return 1.0
    if configuration.latest_day is not None and late > configuration.latest_day * DAY:
        return 0.0
    return max(0.0, 1 - configuration.percent_per_day / 100 * math.ceil(late / DAY))


def lateness_sentence(metadata: Metadata, configuration: Configuration) -> str:
    """Say how late a submission is and what follows; nothing where it is in time."""
    if not metadata.late or metadata.due is None:
        return ""
    said = f"This was handed in {span(metadata.late)} after it was due ({_moment(metadata.due)})."
    fraction = kept_fraction(metadata, configuration)
    percent, grace, latest = configuration.percent_per_day, configuration.grace_minutes, configuration.latest_day
    if not percent and latest is None:
        return said
    if fraction == 1:
        in_grace, free = metadata.late <= timedelta(minutes=grace), counted(grace, "minute")
        return f"{said} {f'That is within {free} of grace: it' if in_grace else 'It'} keeps its points."
    if latest is not None and metadata.late > latest * DAY:
        return f"{said} More than {counted(latest, 'day')} late, it gets no points."
    return f"{said} It loses {100 * (1 - fraction):g} % of its points: {percent:g} % for each day that has begun."


def lateness_note(metadata: Metadata, configuration: Configuration) -> str:
    """Say in a few words why a score is lower than the sum of its questions; nothing where it is not."""
    fraction = kept_fraction(metadata, configuration)
    if fraction == 1:
        return ""
    return f"Late by {span(metadata.late)}: {f'{100 * (1 - fraction):g} % taken off' if fraction else 'no points'}."


def on_platform(metadata: Metadata, configuration: Configuration) -> Metadata:
    """What holds on Gradescope: the due date of the assignment there; if it has none, the course's."""
    ours = read_moment(configuration.due)
    if ours is None or metadata.due == ours:
        return metadata
    if metadata.due is None:
        return replace(metadata, due=ours)
    said = (
        f"It was due {_moment(metadata.due)}, as the platform says; {_moment(ours)} of the configuration does not count here."
    )
    return replace(metadata, remark=" ".join(filter(None, [metadata.remark, said])))


def read_moment(text: str | None) -> datetime | None:
    """Read a time in ISO 8601, if there is one."""
    return datetime.fromisoformat(text) if text else None


def _moment(time: datetime) -> str:
    """A time to the minute, with its zone."""
    return f"{time:%Y-%m-%d %H:%M} {time.tzinfo}"


def span(time: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = math.ceil(time.total_seconds() / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = [counted(count, unit) for count, unit in ((days, "day"), (hours, "hour"), (minutes, "minute")) if count]
    return " ".join(units[:2])


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
    for question, results in by_question(report).items():
        earlier = [metadata.before[result.check.id] for result in results]
        if any(round(100 * old.most) != new.max_points for old, new in zip(earlier, results)):
            continue  # the scale was another one
        before, now = sum(round(100 * old.score) for old in earlier), sum(new.points for new in results)
        if before != now:
            moved.append(f"{question} went from {points(before)} to {points(now)}")
    return ". ".join([f"{said}: {told}", *([", ".join(moved)] if moved else [])]) + "."


def by_question(report: Report) -> dict[str, list[CheckResult]]:
    """Results of the checks by question, in the order of the questions."""
    found: dict[str, list[CheckResult]] = {}
    for result in report.checks:
        found.setdefault(result.check.question, []).append(result)
    return found
