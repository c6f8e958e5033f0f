"""The homework as data: which functions students fill, what each check is worth, where files lie, and the reference answers."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from public_checks.reading import GIVEN as GIVEN
from public_checks.tables import FUNCTIONS as FUNCTIONS
from public_checks.tables import GIVEN_FUNCTIONS as GIVEN_FUNCTIONS
from public_checks.tables import KINDS as KINDS
from public_checks.tables import MODULES as MODULES
from public_checks.tables import QUESTION_OF as QUESTION_OF
from public_checks.tables import TITLE as TITLE
from public_checks.tables import points
from public_checks.tables import questions as questions

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENT = ROOT / "assignment"
SOLUTIONS = ROOT / "solutions"
PUBLIC_CHECKS = ASSIGNMENT / "public_checks"
HIDDEN_CHECKS = Path(__file__).resolve().parent / "hidden"

QUESTIONS = {row["question"]: row["module"] for row in questions()}  # the module that each question needs


@dataclass(frozen=True)
class Check:
    """One row of the points table.

    Parameters
    ----------
    id : str
        As in ``q4.timing``; never changes.
    number : str
        Place in the question, as in ``4.7``.
    kind : str
        One of `KINDS`.
    points : float
        What it is worth.
    seen : str
        ``public`` or ``hidden``.
    title : str
        The sentence that a student reads.
    """

    id: str
    number: str
    kind: str
    points: float
    seen: str
    title: str

    @property
    def question(self) -> str:
        """The question it belongs to, as in ``q4``."""
        return self.id.partition(".")[0]


@cache
def checks() -> dict[str, Check]:
    """All checks by id, in the order of the points table.

    Returns
    -------
    checks : dict of str to Check
        Read from ``assignment/public_checks/points.csv``.
    """
    places: dict[str, int] = {}
    table = {}
    for row in points():
        question = row["id"].partition(".")[0]
        places[question] = places.get(question, 0) + 1
        number = f"{question[1:]}.{places[question]}"
        table[row["id"]] = Check(row["id"], number, row["kind"], float(row["points"]), row["seen"], row["check"])
    return table


def checks_of(question: str) -> list[str]:
    """Ids of the checks of a question."""
    return [name for name, check in checks().items() if check.question == question]


@cache
def reference(module: str) -> ModuleType:
    """Load a module of the reference answers, under a name that no submission has.

    Parameters
    ----------
    module : str
        ``softmax`` or ``distances``.
    """
    spec = importlib.util.spec_from_file_location(f"reference.{module}", SOLUTIONS / f"{module}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def given_sources() -> dict[str, bytes]:
    """Sources of the given modules by name."""
    return {name: (ASSIGNMENT / f"{name}.py").read_bytes() for name in GIVEN}
