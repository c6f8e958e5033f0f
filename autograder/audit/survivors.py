"""Are the checks adequate? They judge every mutant of the reference; those that they let through need an argument."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.audit.mutants import Mutant, mutants
from autograder.homework import MODULES, SOLUTIONS, questions
from autograder.intake.submission import Submission
from autograder.pool import judge_all

EQUIVALENT = Path(__file__).with_name("equivalent.csv")  # mutants that may survive, each with the argument for it
MOST_EQUIVALENT = 10  # a longer list would be a way round the checks
REFERENCE = "reference"  # the control: if it does not get full marks, nothing follows from a mutant that does not


@dataclass(frozen=True)
class Audit:
    """What the checks made of the mutants.

    Parameters
    ----------
    mutants : list of Mutant
        All that were judged.
    survivors : list of Mutant
        Those with full marks.
    arguments : dict of str to str
        By a mutant's id: why it may survive.
    faults : list of str
        Where judging itself failed.
    """

    mutants: list[Mutant]
    survivors: list[Mutant]
    arguments: dict[str, str]
    faults: list[str]

    @property
    def problems(self) -> list[str]:
        """Why the checks, or the arguments, are not adequate."""
        ids = {mutant.id for mutant in self.survivors}
        unexplained = [f"unexplained survivor: {name}" for name in ids if not self.arguments.get(name)]
        stale = [f"stale argument, no such survivor: {name}" for name in self.arguments if name not in ids]
        many = [f"{len(self.arguments)} equivalent mutants; {MOST_EQUIVALENT} at most"]
        return [*self.faults, *sorted(unexplained), *stale, *(many if len(self.arguments) > MOST_EQUIVALENT else [])]

    def lines(self) -> Iterator[str]:
        """The survivors, each with its argument; the counts by question; the problems."""
        for mutant in self.survivors:
            yield f"{mutant.id}\n    {self.arguments.get(mutant.id) or 'UNEXPLAINED'}"
        yield "\nquestion  mutants  killed  survivors"
        for row in questions():
            of, left = (sum(m.function == row["function"] for m in group) for group in (self.mutants, self.survivors))
            if of:
                yield f"{row['question']:8}  {of:7}  {of - left:6}  {left:9}"
        yield f"{'all':8}  {len(self.mutants):7}  {len(self.mutants) - len(self.survivors):6}  {len(self.survivors):9}"
        yield from self.problems


def audit(*, jobs: int, seed: int, question: str | None = None, landed: Callable[[int], None] = lambda _: None) -> Audit:
    """Judge every mutant of the reference.

    Parameters
    ----------
    jobs : int
        Number of processes that judge side by side.
    seed : int
        Hidden seed of the checks.
    question : str or None
        As in ``q4``, to judge the mutants of one question only.
    landed : callable
        Takes the number of submissions in all as each is judged.

    Returns
    -------
    audit : Audit
        With the arguments for the functions in question.
    """
    functions = [row["function"] for row in questions() if question in (None, row["question"])]
    texts = {module: (SOLUTIONS / f"{module}.py").read_text(encoding="utf-8") for module in MODULES}
    found = [mutant for module in MODULES for mutant in mutants(texts[module], module) if mutant.function in functions]
    sources = {REFERENCE: texts} | {mutant.id: {**texts, mutant.module: mutant.source} for mutant in found}
    submissions = [
        Submission(name, {module: text.encode() for module, text in modules.items()}) for name, modules in sources.items()
    ]
    perfect, faults = set(), []
    for report in judge_all(submissions, jobs, seed):
        if report.status == "graded" and all(result.passed for result in report.checks):
            perfect.add(report.submission)
        if report.status != "graded" or report.faults or (report.submission == REFERENCE and REFERENCE not in perfect):
            scored = f"{report.score / 100:g} points, {report.status}"
            faults.append(f"not judged: {report.submission}: {scored}, {report.reason[-200:]}{'; '.join(report.faults)[-200:]}")
        landed(len(submissions))
    elsewhere = {row["function"] for row in questions()} - set(functions)
    arguments = {name: why for name, why in read_arguments().items() if name.partition(":")[0] not in elsewhere}
    return Audit(found, [mutant for mutant in found if mutant.id in perfect], arguments, faults)


def read_arguments() -> dict[str, str]:
    """Why each mutant that may survive may do so, by its id."""
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {row["mutant"]: row["argument"] for row in csv.DictReader(file)}
