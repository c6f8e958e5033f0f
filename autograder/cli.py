"""The command line: autograder init, grade, report, audit, doctor, build."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click

from autograder.configuration import DEFAULT_SEED, DOCUMENTED, Configuration, with_own_seed
from autograder.errors import AutograderError, WrongUsage
from autograder.homework import ASSIGNMENT, QUESTIONS

SETTINGS = click.option(
    "--config", type=click.Path(path_type=Path), help="Settings of the course; autograder/configuration.toml explains them."
)


class Commands(click.Group):
    """Commands whose errors become a line on standard error and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AutograderError as error:
            if error.exit_code == click.UsageError.exit_code:
                raise click.UsageError(str(error)) from error
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
    from autograder import run
    from autograder.terminal import print_json, print_results, progress_bar

    configuration = _configuration(config, seed)
    if jobs and scheduler:
        raise click.UsageError("--jobs is for this machine; on a cluster, each worker judges one submission at a time.")
    jobs = jobs or configuration.jobs or len(os.sched_getaffinity(0))
    request = run.Request(paths, out, configuration, jobs, scheduler, roster_file, fresh)

    def show(summary: run.Summary) -> None:
        progress.stop()
        if as_json:
            print_json(out, summary)
        else:
            print_results(summary, configuration)

    try:
        with progress_bar(counts="") as progress:
            summary = run.grade(request, progress, show)
    except KeyboardInterrupt:
        _leave_interrupted(as_json)
    if summary.interrupted:
        _leave_interrupted(as_json)
    if summary.problem:
        raise AutograderError(f"{summary.problem}; {run.GOES_ON}.")
    sys.exit(1 if summary.tally.failed else 0)


@main.command()
@click.argument("results", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Students' pages show also what the settings show later.")
def report(results: Path, everything: bool) -> None:
    """Write DIR/index.html over a folder of results, and DIR/<submission>/report.html for each student."""
    from autograder.batch import alone
    from autograder.report.page import ResultsError, write_page

    if not results.is_dir():
        raise ResultsError(f"{results} is not a results folder.")
    try:
        with alone(results):
            click.echo(write_page(results, everything=everything))
    except OSError as error:
        raise AutograderError(f"A page cannot be written: {error}") from error
    click.echo(
        "Students' pages show everything."
        if everything
        else "Students' pages leave out what the settings show later, if anything; --all shows it."
    )


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


@main.command()
@click.option(
    "--out", default="course.toml", type=click.Path(dir_okay=False, path_type=Path), help="File to write; it must not exist."
)
def init(out: Path) -> None:
    """Write the settings of a new course, each with what it means, and with a hidden seed of its own."""
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(with_own_seed(DOCUMENTED.read_text(encoding="utf-8")))
    except FileExistsError:
        why = "with another seed, marks could not be compared"
        raise WrongUsage(f"{out} is there already, and stays as it is: {why}.") from None
    except OSError as error:
        raise WrongUsage(f"{out} cannot be written: {error}") from error
    click.echo(out)


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

    for path in build_nbgrader(out, config):
        click.echo(path)


@build.command()
@click.option("--out", default="dist/otter", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.")
@SETTINGS
def otter(out: Path, config: Path | None) -> None:
    """Write an otter course: a master notebook, what students unpack, and the zip for `otter run` and Gradescope."""
    from autograder.release.gradescope import settings_in_words
    from autograder.release.otter import build_otter, prove

    configuration = _configuration(config)
    paths = build_otter(out, configuration)
    prove(out.absolute(), configuration)
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


def _configuration(config: Path | None, seed: int | None = None) -> Configuration:
    """Read the settings of a course, and replace their seed if one is given; all mistakes are reported at once."""
    if config is None and Path("course.toml").is_file():
        click.echo("course.toml lies here and is not used: name it, as in --config course.toml.", err=True)
    configuration = Configuration.from_toml(config) if config else Configuration()
    if seed is not None:
        configuration = replace(configuration, hidden_seed=seed)
    if configuration.seed_can_be_found and (config or seed is not None):
        click.echo(
            f"The hidden seed {configuration.hidden_seed} is short: a submission could find it by trying, and with it the data"
            " of the hidden checks. `autograder init` writes a course.toml with a seed of its own.",
            err=True,
        )
    return configuration


def _leave_interrupted(as_json: bool) -> NoReturn:
    """End at once: threads of the cluster's client, or a judge at work, are not waited for."""
    click.echo("Interrupted. Nothing is lost: the same command goes on where it stopped.", err=as_json)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(130)
