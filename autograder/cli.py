"""The command line: autograder grade, audit, doctor, build."""

import os
import platform
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.configuration import DEFAULT_SEED, Configuration, ConfigurationError
from autograder.homework import ASSIGNMENT, QUESTIONS

PLAIN_WIDTH = 160  # columns of the table where the output is no terminal
SETTINGS = click.option(
    "--config", type=click.Path(path_type=Path), help="Settings of the course; autograder/configuration.toml explains them."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Grade the softmax homework, and build what students and platforms receive."""


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the results.")
@click.option("--jobs", type=click.IntRange(1), help="Processes that judge side by side (default: one for each core).")
@click.option("--seed", type=click.IntRange(0), help="Hidden seed of the checks (default: the configuration's).")
@click.option("--fresh", is_flag=True, help="Grade again what has been graded before.")
@click.option(
    "--roster", type=click.Path(path_type=Path), help="Who is in the class: the CSV of Gradescope, Canvas or nbgrader."
)
@SETTINGS
def grade(
    paths: tuple[Path, ...],
    out: Path,
    jobs: int | None,
    seed: int | None,
    fresh: bool,
    roster: Path | None,
    config: Path | None,
) -> None:
    """Grade submissions: folders or zips with the answer files, or folders of such, as platforms export them.

    Exits with 0 when every submission has a result, however bad its marks; with 1 when the grader itself failed on any.
    """
    from autograder import batch
    from autograder.report import students
    from autograder.report.folder import write_grades
    from autograder.report.gradebooks import write_gradebooks
    from autograder.roster import RosterError, read_roster
    from autograder.submission import find

    configuration = _read(config)
    remarks: list[str] = []
    try:
        people = read_roster(roster) if roster else None
        submissions = find(list(paths), remarks)
    except (OSError, RosterError) as error:
        raise click.UsageError(str(error)) from error
    rows: dict[str, dict[str, Any]] = {}
    console, progress = Console(), _progress()
    interrupted = False
    with progress:
        task = progress.add_task("Grading", total=len(submissions))

        def landed(row: dict[str, Any]) -> None:
            rows[row["submission"]] = row
            progress.advance(task)

        try:
            batch.grade(
                submissions,
                out,
                jobs=jobs or configuration.jobs or len(os.sched_getaffinity(0)),
                seed=configuration.hidden_seed if seed is None else seed,
                fresh=fresh,
                landed=landed,
                configuration=configuration,
            )
        except KeyboardInterrupt:
            interrupted = True
    ordered = [rows[name] for name in submissions if name in rows]
    listed = students.with_students(ordered, submissions, people)
    grades = write_grades(out, listed)
    gradebooks = write_gradebooks(out, listed, submissions, people, configuration)
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    console.print(_table(ordered, configuration))
    failed = [row["submission"] for row in ordered if row["status"] == "error"]
    results = f"{escape(str(grades))} and results.json of each"
    console.print(f"{len(ordered)} of {len(submissions)} submissions have a result: {results}.", soft_wrap=True)
    if gradebooks:
        console.print(f"For the platforms: {escape(' and '.join(map(str, gradebooks)))}.", soft_wrap=True)
    for remark in [*remarks, *students.of(submissions, people).sentences(people)]:
        console.print(escape(remark), soft_wrap=True)
    if failed:
        console.print(
            f"The grader failed on {escape(', '.join(failed))}: the reason is in the table. Run again to try these once more."
        )
    if interrupted:
        console.print("Interrupted. Nothing is lost: the same command goes on where it stopped.")
        sys.stdout.flush()
        os._exit(130)  # the pool's processes end with this one; waiting would take the longest submission's time
    sys.exit(1 if failed else 0)


@main.command()
@click.option("--jobs", type=click.IntRange(1), help="Processes that judge side by side (default: one for each core).")
@click.option("--seed", type=click.IntRange(0), default=DEFAULT_SEED, show_default=True, help="Hidden seed of the checks.")
@click.option("--question", type=click.Choice(list(QUESTIONS)), help="Only the mutants of this question's answer.")
def audit(jobs: int | None, seed: int, question: str | None) -> None:
    """Grade mutants of the reference: list those that the checks let through.

    Exits with 1 when one of them is not argued to be equivalent, and when an argument is not needed.
    """
    from autograder.audit.survivors import audit as audited

    with _progress() as progress:
        task = progress.add_task("Auditing", total=None)
        found = audited(
            jobs=jobs or len(os.sched_getaffinity(0)),
            seed=seed,
            question=question,
            landed=lambda total: progress.update(task, total=total, advance=1),
        )
    for line in found.lines():
        click.echo(line)
    sys.exit(1 if found.problems else 0)


@main.command()
def doctor() -> None:
    """Say which layers of the sandbox and which meters work on this machine.

    Exits with 1 when something is missing without which nothing is graded.
    """
    from autograder.judge.doctor import examine
    from autograder.report.gradescope import versions

    findings = examine()
    table = Table(box=None, pad_edge=False, show_header=False)
    verdicts = {
        "layer": ("in force", "missing"),
        "attempt": ("impossible", "possible"),
        "meter": ("works", "fails"),
    }
    for finding in findings:
        good, bad = verdicts[finding.kind]
        style = "green" if finding.good else "bold red" if finding.needed else "yellow"
        table.add_row(finding.name, f"[{style}]{good if finding.good else bad}[/]", escape(finding.words))
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    who = "root" if os.geteuid() == 0 else f"user {os.geteuid()}, not root"
    console.print(f"{platform.system()} {platform.release()}, {platform.machine()}, {who}; ", end="")
    console.print(", ".join(f"{name} {number}" for name, number in versions().items()))
    console.print(table)
    lacking = [finding.name for finding in findings if finding.needed and not finding.good]
    console.print(
        f"Nothing is graded here for want of: {', '.join(lacking)}." if lacking else "Submissions can be graded here."
    )
    sys.exit(1 if lacking else 0)


@main.group()
def build() -> None:
    """Build what students and platforms receive."""


@build.command()
@click.option("--out", default=ASSIGNMENT, type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
def assignment(out: Path) -> None:
    """Write the stubs, the notebook and the handout's README.md, generated from the solutions."""
    from autograder.release.handout import build_assignment

    for path in build_assignment(out):
        click.echo(path)


@build.command()
@click.option("--out", default="dist", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
def handout(out: Path) -> None:
    """Write homework.zip, which students unpack."""
    from autograder.release.handout import build_handout

    click.echo(build_handout(out))


@build.command()
@click.option("--out", default="dist", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@SETTINGS
def gradescope(out: Path, config: Path | None) -> None:
    """Write autograder.zip, which Gradescope builds its image from."""
    from autograder.release.gradescope import build_gradescope

    click.echo(build_gradescope(out, _read(config)))


@build.command()
@click.option("--out", default="course", type=click.Path(file_okay=False, path_type=Path), help="The course's folder.")
@SETTINGS
def nbgrader(out: Path, config: Path | None) -> None:
    """Write a course folder for nbgrader, which then grades in the sandbox."""
    from autograder.release.nbgrader import build_nbgrader

    try:
        paths = build_nbgrader(out, config)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error
    for path in paths:
        click.echo(path)


@build.command()
@click.option("--out", default="dist/otter", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@SETTINGS
def otter(out: Path, config: Path | None) -> None:
    """Write an otter course: a master notebook, what students unpack, and the zip for `otter run` and Gradescope."""
    from autograder.release.otter import OtterError, build_otter, prove

    configuration = _read(config)
    try:
        paths = build_otter(out, configuration)
        prove(out.absolute(), configuration)
    except OtterError as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        click.echo(path)


@build.command(name="all")
@click.option("--out", default="dist", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@SETTINGS
@click.pass_context
def everything(context: click.Context, out: Path, config: Path | None) -> None:
    """Write homework.zip, autograder.zip, and the courses of otter and nbgrader in folders of their own."""
    context.invoke(handout, out=out)
    context.invoke(gradescope, out=out, config=config)
    context.invoke(otter, out=out / "otter", config=config)
    context.invoke(nbgrader, out=out / "nbgrader", config=config)


def _read(config: Path | None) -> Configuration:
    """Read the settings of a course; every mistake in them is told."""
    try:
        return Configuration.from_toml(config) if config else Configuration()
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _table(rows: list[dict[str, Any]], configuration: Configuration) -> Table:
    from autograder.judge.verdict import Report
    from autograder.report.marks import Marks, of_question, points

    worth = Marks.of(Report("", "graded"), configuration)
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column("submission", no_wrap=True, min_width=max((len(row["submission"]) for row in rows), default=0))
    table.add_column("score", justify="right", no_wrap=True)
    for question in QUESTIONS:
        table.add_column(f"{question}/{points(worth.most(of_question(question)))}", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("what to look at first", overflow="ellipsis", no_wrap=True, ratio=1)
    for row in rows:
        style = {"invalid": "yellow", "error": "red"}.get(row["status"])
        words = escape(click.unstyle(row["first_words"]))
        marks = (row["score"], *(row[question] for question in QUESTIONS), row["status"])
        table.add_row(escape(row["submission"]), *marks, words, style=style)
    return table
