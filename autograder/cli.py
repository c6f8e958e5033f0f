"""The command line: autograder grade, report, audit, doctor, build."""

import json
import os
import platform
import sys
import time
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograder.configuration import DEFAULT_SEED, Configuration, ConfigurationError
from autograder.homework import ASSIGNMENT, QUESTIONS

if TYPE_CHECKING:
    from autograder.report.tally import Tally
    from autograder.submission import Place

PLAIN_WIDTH = 160  # columns of the table where the output is no terminal
LONG = 50  # rows of the table that are shown; of more submissions, only those that are not graded, and a summary
RATE_OVER = 120.0  # seconds over which the rate is taken: what one submission takes differs a hundredfold
KEEPING = 60.0  # seconds at least between grades.csv of a run and the next one
KEEPING_SHARE = 0.02  # of the run's time that writing them may take: 100,000 rows take some 10 s
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
@click.option("--scheduler", metavar="ADDRESS", help="Judge on a Dask cluster, as tcp://host:8786; docs/scaling.md starts one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output, and nothing else there.")
@SETTINGS
def grade(
    paths: tuple[Path, ...],
    out: Path,
    jobs: int | None,
    seed: int | None,
    fresh: bool,
    scheduler: str | None,
    as_json: bool,
    config: Path | None,
) -> None:
    """Grade submissions: folders or zips with the answer files, or folders of such.

    Exits with 0 when every submission has a result, however bad its marks; with 1 when the grader itself failed on any.
    """
    from autograder.batch import Busy, alone
    from autograder.report.page import write_page
    from autograder.report.tally import Tally

    configuration = _read(config)
    if jobs and scheduler:
        raise click.UsageError("--jobs is for this machine; on a cluster, each worker judges one submission at a time.")
    tally = Tally(out, ())
    settings = {
        "jobs": jobs or configuration.jobs or len(os.sched_getaffinity(0)),
        "seed": configuration.hidden_seed if seed is None else seed,
        "fresh": fresh,
        "configuration": configuration,
    }
    started = time.monotonic()
    problem, interrupted = "", False
    try:
        submissions = _find(paths)
        tally = Tally(out, submissions)
        with alone(out):
            try:
                problem = _grade(submissions, out, tally, scheduler, settings)
            except KeyboardInterrupt:
                interrupted = True
                click.echo("Stopping.", err=True)
            if problem and not tally.landed:
                raise click.ClickException(f"{problem}.")
            grades = _write_grades(out, tally)
            page = None if interrupted else write_page(out)
            if as_json:
                _print_json(out, tally, grades, page, time.monotonic() - started, interrupted)
            else:
                _print_results(tally, configuration, grades, page)
    except Busy as error:
        raise click.UsageError(f"{error}: wait for it, or choose another folder.") from error
    except KeyboardInterrupt:  # a second one, while the grades were written, or one before there was any
        interrupted = True
    except OSError as error:
        problem = f"{out} cannot be written: {error}. {tally.landed} of {tally.submissions} submissions have a result"
    if interrupted:
        click.echo("Interrupted. Nothing is lost: the same command goes on where it stopped.", err=as_json)
        _leave(130)
    if problem:
        raise click.ClickException(f"{problem}; the same command goes on where it stopped.")
    sys.exit(1 if tally.failed else 0)


@main.command()
@click.argument("results", metavar="DIR", type=click.Path(path_type=Path))
def report(results: Path) -> None:
    """Write DIR/index.html over a folder of results, and DIR/<submission>/report.html for each student."""
    from autograder.batch import Busy, alone
    from autograder.report.page import ResultsError, write_page

    try:
        if not results.is_dir():
            raise ResultsError(f"{results} is no folder of results.")
        with alone(results):
            click.echo(write_page(results))
    except (ResultsError, Busy) as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"A page cannot be written: {error}") from error


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


def _find(paths: tuple[Path, ...]) -> dict[str, "Place"]:
    from autograder.submission import find

    try:
        return find(list(paths))
    except OSError as error:
        raise click.UsageError(str(error)) from error


def _grade(submissions: dict[str, "Place"], out: Path, tally: "Tally", scheduler: str | None, settings: dict[str, Any]) -> str:
    """Grade, here or on a cluster; show how far it is, and keep a recent grades.csv meanwhile.

    Returns
    -------
    problem : str
        Why not all were judged; empty if they were.
    """
    from autograder import batch

    with _progress(counts="") as progress:
        task = progress.add_task("Grading", total=len(submissions), counts="")
        kept, pause = time.monotonic(), KEEPING

        def say(words: str) -> None:
            progress.console.print(words, markup=False, soft_wrap=True)

        def landed(row: dict[str, Any]) -> None:
            nonlocal kept, pause
            tally.add(row)
            progress.update(task, advance=1, counts=tally.counts())
            if (now := time.monotonic()) - kept > pause:
                _write_grades(out, tally)
                kept = time.monotonic()
                pause = max(KEEPING, (kept - now) / KEEPING_SHARE)
                if not progress.console.is_terminal:
                    say(f"{tally.landed} of {tally.submissions} submissions have a result: {tally.counts()}.")

        if scheduler is None:
            batch.grade(submissions, out, landed=landed, **settings)
            return ""
        from autograder import cluster

        judges = partial(cluster.judge_all, scheduler=scheduler, seed=settings["seed"], say=say)
        try:
            batch.grade(submissions, out, landed=landed, judges=judges, **settings)
        except cluster.Unreachable as error:
            raise click.UsageError(str(error)) from error
        except cluster.ClusterError as error:
            return str(error)
    return ""


def _write_grades(out: Path, tally: "Tally") -> Path:
    from autograder.report.folder import write_grades

    return write_grades(out, tally.rows())


def _print_results(tally: "Tally", configuration: Configuration, grades: Path, page: Path | None) -> None:
    """Print the table, or for many submissions what needs a look and a summary, and where everything is."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    long = tally.landed > LONG
    shown = list(islice((row for row in tally.rows() if not long or row["status"] != "graded"), LONG))
    if shown:
        console.print(_table(shown, configuration))
    if long:
        hidden = tally.landed - tally.statuses["graded"] - len(shown)
        lines = [*([f"... and {hidden} more that are not graded."] if hidden else []), *tally.summary()]
        console.print("\n".join(lines), markup=False, soft_wrap=True)
    console.print(
        f"{tally.landed} of {tally.submissions} submissions have a result: {grades} and results.json of each.",
        *([f"The page over all of them: {page}"] if page else []),
        sep="\n",
        markup=False,
        soft_wrap=True,
    )
    if tally.failed:
        named = ", ".join(tally.failed[:LONG]) + (f" and {more} more" if (more := len(tally.failed) - LONG) > 0 else "")
        words = f"The grader failed on {named}: the reason is in the table. Run again to try these once more."
        console.print(words, markup=False, soft_wrap=True)


def _print_json(out: Path, tally: "Tally", grades: Path, page: Path | None, seconds: float, interrupted: bool) -> None:
    """Print everything as one JSON document, row by row."""
    about = {
        "out": str(out),
        "grades": str(grades),
        "page": page and str(page),
        "submissions": tally.submissions,
        "landed": tally.landed,
        "counts": {status: tally.statuses[status] for status in ("graded", "invalid", "error")},
        "seconds": round(seconds, 2),
        "interrupted": interrupted,
    }
    head = json.dumps(about, indent=1, ensure_ascii=False).removesuffix("\n}")
    print(head, ',\n "rows": [', sep="", end="")
    for place, row in enumerate(tally.rows()):
        numbers = {column: float(row[column]) for column in ("score", *QUESTIONS, "seconds")}
        told = {**row, **numbers, "results": str(out / row["submission"] / "results.json")}
        print("," if place else "", "\n  ", json.dumps(told, ensure_ascii=False), sep="", end="")
    print("\n ]\n}")


def _leave(code: int) -> NoReturn:
    """End at once: threads of the cluster's client, or a judge at work, are not waited for."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class _Rate(ProgressColumn):
    """Submissions a minute, of late."""

    def render(self, task: Task) -> Text:
        return Text(f"{60 * speed:.0f}/min" if (speed := task.finished_speed or task.speed) else "")


def _progress(**extra: str) -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn()
    more = [TextColumn(f"{{task.fields[{name}]}}", style="dim") for name in extra]
    return Progress(*columns, *more, console=Console(stderr=True), transient=True, speed_estimate_period=RATE_OVER)


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
