"""The reference at work: what the CPU time of a submission is compared with, in workers of the same kind."""

from functools import cached_property

from autograder.homework import FUNCTIONS, QUESTION_OF, QUESTIONS, SOLUTIONS
from autograder.judge.evidence import Evidence, kind_for
from autograder.judge.meters.cpu import Yardstick
from autograder.judge.sandbox import Sandbox
from autograder.judge.student_code import StudentCode, StudentFunction
from public_checks.draws import check_rng


class Reference:
    """The reference answers, each module in a long-lived worker.

    Parameters
    ----------
    sandbox : Sandbox
        Where the workers come from.
    seed : int
        Hidden.
    """

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self._seed = seed
        self._code: dict[str, StudentCode] = {}  # by module
        self._yardsticks: dict[str, Yardstick] = {}
        for question, module in QUESTIONS.items():
            if module not in self._code:
                source = (SOLUTIONS / f"{module}.py").read_bytes()
                self._code[module] = StudentCode(sandbox, {module: source}, trusted=True)
                self._code[module].turn_to(question)

    def function(self, name: str, module: str) -> StudentFunction:
        """Stand in for one of its functions, or for one of the given code, in the worker of a module."""
        return self._code[module].function(name)

    def yardstick(self, kind: type[Evidence], name: str) -> Yardstick:
        """The function that one of a submission's is compared with; the same for all submissions."""
        unit = kind.unit or name
        if unit not in self._yardsticks:
            self._yardsticks[unit] = Yardstick(self.function(unit, FUNCTIONS[unit]), kind.draw, self._seed)
        return self._yardsticks[unit]

    @cached_property
    def loop_ratios(self) -> dict[str, float]:
        """CPU time of the reference's loops in units of its vectorized answers, at many rows, by the name of the function."""
        found = {}
        for name, module in FUNCTIONS.items():
            kind = kind_for(name)
            if kind is not None and kind.loop and name == (kind.unit or name):
                rng = check_rng(self._seed, f"loop of {name}")
                found[name] = kind(self.function(kind.loop, module), self.yardstick(kind, name), rng).loop_ratio()
        return found

    def speed_ups(self, evidence: dict[str, Evidence]) -> dict[str, float]:
        """How many times faster than a loop a submission is, by question; 0 where that was not measured."""
        found = {}
        for name, loop in self.loop_ratios.items():
            race = evidence[name].first_race if name in evidence else None
            found[QUESTION_OF[name]] = loop / race.ratio if race else 0.0
        return found
