"""The command line: autograder grade, report, audit, doctor, build."""

import os
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from autograder.configuration import DEFAULT_SEED, Configuration, ConfigurationError
from autograder.homework import ASSIGNMENT, QUESTIONS

if TYPE_CHECKING:
    from autograder.intake.places import Place
    from autograder.report.tables.students import Class
    from autograder.report.tally import Tally
    from autograder.roster import Roster

SETTINGS = click.option(
    "--config", type=click.Path(path_type=Path), help="Settings of the course; autograder/configuration.toml explains them."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Grade the homework, and build what students and platforms receive."""


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the results.")
@click.option(
    "--jobs", type=click.IntRange(1), help="Processes that judge side by side (default: the configuration's, else one a core)."
)
@click.option("--seed", type=click.IntRange(0), help="Hidden seed of the checks (default: the configuration's).")
@click.option("--fresh", is_flag=True, help="Grade again what has been graded before.")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Judge on the Dask cluster at tcp://host:8786; docs/scaling.md says how to start one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output, and nothing else there.")
@click.option(
    "--roster",
    "roster_file",
    type=click.Path(path_type=Path),
    help="Who is in the class: the CSV of Gradescope, Canvas or nbgrader.",
)
@SETTINGS
def grade(
    paths: tuple[Path, ...],
    out: Path,
    jobs: int | None,
    seed: int | None,
    fresh: bool,
    scheduler: str | None,
    as_json: bool,
    roster_file: Path | None,
    config: Path | None,
) -> None:
    """Grade submissions: folders or zips with the answer files, or folders of such, as platforms export them.

    Exits with 0 when every submission has a result, however bad its marks; with 1 when the grader itself failed on any.
    """
    from autograder.batch import Busy, alone
    from autograder.report.tables import due
    from autograder.report.tables.gradebooks import canvas_sentences, write_gradebooks
    from autograder.report.tables.grades import write_grades
    from autograder.report.tables.students import Class
    from autograder.report.tally import Tally
    from autograder.terminal import print_json, print_results

    configuration = _configuration(config)
    if jobs and scheduler:
        raise click.UsageError("--jobs is for this machine; on a cluster, each worker judges one submission at a time.")
    if seed is not None:
        configuration = replace(configuration, hidden_seed=seed)
    jobs = jobs or configuration.jobs or len(os.sched_getaffinity(0))
    tally = Tally(out, ())
    started = time.monotonic()
    problem, interrupted = "", False
    try:
        submissions, roster, remarks = _find(paths, roster_file)
        tally, people = Tally(out, submissions), Class.of(submissions, roster)
        with alone(out):
            try:
                problem = _grade(out, people, tally, configuration, jobs, scheduler, fresh=fresh)
            except KeyboardInterrupt:
                interrupted = True
                click.echo("Stopping.", err=True)
            if problem and not tally.landed:
                raise click.ClickException(f"{problem}.")
            written = [write_grades(out, tally.rows(), people)]
            written += write_gradebooks(out, tally.rows(), people, configuration)
            if not interrupted:
                from autograder.report.page import write_page  # with matplotlib: what takes memory comes last

                written.append(write_page(out))
            remarks += [*people.sentences(), *due.sentences(people, configuration), *canvas_sentences(people, configuration)]
            remarks += _held_back(configuration, out)
            if as_json:
                seconds = round(time.monotonic() - started, 2)
                print_json(out, tally, written, remarks, seconds=seconds, interrupted=interrupted)
            else:
                print_results(tally, configuration, written, remarks)
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
@click.option("--all", "everything", is_flag=True, help="Students' pages show also what the settings show later.")
def report(results: Path, everything: bool) -> None:
    """Write DIR/index.html over a folder of results, and DIR/<submission>/report.html for each student."""
    from autograder.batch import Busy, alone
    from autograder.report.page import ResultsError, write_page

    try:
        if not results.is_dir():
            raise ResultsError(f"{results} is no folder of results.")
        with alone(results):
            click.echo(write_page(results, everything=everything))
            click.echo(
                "Students' pages show everything."
                if everything
                else "Students' pages leave out what the settings show later, if anything; --all shows it."
            )
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
    from autograder.terminal import progress_bar

    with progress_bar() as progress:
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
    from autograder.terminal import print_findings

    findings = examine()
    print_findings(findings)
    sys.exit(1 if any(finding.needed and not finding.good for finding in findings) else 0)


@main.group()
def build() -> None:
    """Build what students and platforms receive."""


@build.command()
@click.option("--out", default=ASSIGNMENT, type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@SETTINGS
def assignment(out: Path, config: Path | None) -> None:
    """Write the stubs, the notebook and the handout's README.md, generated from the solutions."""
    from autograder.release.handout import build_assignment

    for path in build_assignment(out, _configuration(config)):
        click.echo(path)


@build.command()
@click.option("--out", default="dist", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@SETTINGS
def handout(out: Path, config: Path | None) -> None:
    """Write homework.zip, which students unpack."""
    from autograder.release.handout import build_handout

    click.echo(build_handout(out, _configuration(config)))


@build.command()
@click.option("--out", default="dist", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@SETTINGS
def gradescope(out: Path, config: Path | None) -> None:
    """Write autograder.zip, which Gradescope builds its image from."""
    from autograder.release.gradescope import build_gradescope, settings_in_words

    configuration = _configuration(config)
    click.echo(build_gradescope(out, configuration))
    click.echo(f"  {settings_in_words(configuration)}")


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
    from autograder.release.gradescope import settings_in_words
    from autograder.release.otter import OtterError, build_otter, prove

    configuration = _configuration(config)
    try:
        paths = build_otter(out, configuration)
        prove(out.absolute(), configuration)
    except OtterError as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        click.echo(path)
    click.echo(f"  {settings_in_words(configuration)}")


@build.command(name="all")
@click.option("--out", default="dist", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@SETTINGS
@click.pass_context
def everything(context: click.Context, out: Path, config: Path | None) -> None:
    """Write homework.zip, autograder.zip, and the courses of otter and nbgrader in folders of their own."""
    context.invoke(handout, out=out, config=config)
    context.invoke(gradescope, out=out, config=config)
    context.invoke(otter, out=out / "otter", config=config)
    context.invoke(nbgrader, out=out / "nbgrader", config=config)


def _configuration(config: Path | None) -> Configuration:
    """Read the settings of a course; every mistake in them is told."""
    if config is None and Path("course.toml").is_file():
        click.echo("course.toml lies here and is not used: name it, as in --config course.toml.", err=True)
    try:
        return Configuration.from_toml(config) if config else Configuration()
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error


def _find(paths: tuple[Path, ...], roster_file: Path | None) -> tuple[dict[str, "Place"], "Roster | None", list[str]]:
    """Find submissions and who is in the class, and what is to be said of either."""
    from autograder.intake.finding import find
    from autograder.intake.roster_csv import RosterError, read_roster

    remarks: list[str] = []
    try:
        return find(list(paths), remarks), read_roster(roster_file) if roster_file else None, remarks
    except (OSError, RosterError) as error:
        raise click.UsageError(str(error)) from error


def _grade(
    out: Path,
    people: "Class",
    tally: "Tally",
    configuration: Configuration,
    jobs: int,
    scheduler: str | None,
    *,
    fresh: bool,
) -> str:
    """Grade, here or on a cluster, and show how far it is.

    Returns
    -------
    problem : str
        Why not all were judged; empty if they were.
    """
    from autograder import batch, pool
    from autograder.progress import Follower
    from autograder.report.tables import due
    from autograder.terminal import progress_bar

    seed = configuration.hidden_seed
    with progress_bar(counts="") as progress:
        follower = Follower(out, people, tally, progress)
        grade_by = partial(
            batch.grade,
            people.submissions,
            out,
            configuration,
            fresh=fresh,
            metadata=due.metadata_of(people, configuration),
            landed=follower.landed,
        )
        if scheduler is None:
            grade_by(judges=partial(pool.judge_all, jobs=jobs, seed=seed))
            return ""
        from autograder import cluster

        try:
            grade_by(judges=partial(cluster.judge_all, scheduler=scheduler, seed=seed, say=follower.say))
        except cluster.Unreachable as error:
            raise click.UsageError(str(error)) from error
        except cluster.ClusterError as error:
            return str(error)
    return ""


def _held_back(configuration: Configuration, out: Path) -> list[str]:
    """What to say where students' pages do not show everything."""
    from autograder.report.words import shown_later

    later = shown_later(configuration)
    if not later:
        return []
    checks = "1 check" if len(later) == 1 else f"{len(later)} checks"
    everything = f"autograder report {out} --all writes them with everything"
    return [f"Students' pages leave out {checks} and the total, as the settings say: {everything}."]


def _leave(code: int) -> NoReturn:
    """End at once: threads of the cluster's client, or a judge at work, are not waited for."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
