"""The code of one submission: its functions as proxies, a worker for each question, and the time that it has left."""

import contextlib
import math
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.homework import FUNCTIONS, QUESTIONS, given_sources
from autograder.judge.limits import LEAST_OWN, Budget
from autograder.judge.no_answer import NoAnswer, raised_at_import, raised_in_call
from autograder.judge.sandbox import Sandbox
from autograder.judge.worker import Reply, TookTooLong, Worker, WorkerDied, is_answer
from public_checks.reading import origin

CALL_CPU = 3.0  # seconds for one request; the longest honest one, a loop over 8,000 rows that is to lose its points, takes 1
TRAINING_CPU = 30.0  # seconds for 30 training steps; a loss in scalar loops takes 10
IMPORT_CPU = 5.0  # seconds; code at the top level that trains for a minute does not belong in an answer
LIVES = 3  # deaths of the worker by one function, before that function is not called again
TRIES = 2  # of a function that takes too long: a student waits for the verdict


@dataclass(frozen=True)
class Measured:
    """What came of a request that was measured."""

    results: list[Any]  # of the calls
    steps: list[int]  # interpreter steps of each call, as the worker claims; 0 where they were not counted
    cpu: float  # seconds, as the kernel says, the request's own cost included
    peak: int  # growth of memory during the calls, bytes
    held: int  # the same since before the module was imported: what an answer took earlier is in it


class StudentFunction:
    """A function of the submission, called in its worker; it takes the same positional arguments.

    Parameters
    ----------
    code : StudentCode
        Whose submission it belongs to.
    name : str
        The function, or ``module.function`` for one of the given code.
    """

    def __init__(self, code: "StudentCode", name: str) -> None:
        self._code, self.name = code, name

    def __call__(self, *arguments: Any) -> Any:
        """Call it once; raises `NoAnswer`."""
        return self.map([arguments])[0]

    def map(self, calls: Sequence[Sequence[Any]]) -> list[Any]:
        """Call it for each tuple of arguments, in one request; raises `NoAnswer` if any call does."""
        answer, _ = self._code.ask(self.name, [{"arguments": list(arguments)} for arguments in calls])
        results: list[Any] = answer["results"]
        return results

    def observe(self, *arguments: Any) -> tuple[Any, Any]:
        """Call it once; return its result and the arguments as it left them."""
        answer, _ = self._code.ask(self.name, [{"arguments": list(arguments), "returned": True}])
        return answer["results"][0], answer["arguments"][0]

    def within(self, given: str, *arguments: Any) -> Any:
        """Call a given function, as in ``training.gradient_descent``, in the worker: this one is its first argument."""
        answer, _ = self._code.ask(self.name, [{"arguments": list(arguments), "within": given}])
        return answer["results"][0]

    def measure(self, *calls: Sequence[Any], counted: bool = False) -> Measured:
        """Call it for each tuple of arguments in one request, and measure that; raises `NoAnswer` if any call does.

        Parameters
        ----------
        *calls : sequence
            The arguments of each call.
        counted : bool
            Whether to count interpreter steps as well, which takes some time of its own.
        """
        request = [{"arguments": list(arguments), "counted": counted} for arguments in calls]
        answer, reply = self._code.ask(self.name, request, weighed=True)
        return Measured(answer["results"], answer["steps"], reply.cpu, reply.peak, reply.held)

    def idle(self, *calls: Sequence[Any]) -> float:
        """CPU time of a request with these arguments that calls nothing, seconds."""
        _, reply = self._code.ask("", [{"arguments": list(arguments)} for arguments in calls])
        return reply.cpu

    def in_new_worker(self) -> "StudentFunction":
        """The same function; its next call finds a worker that has done nothing but import the module."""
        self._code.close()
        return self

    def stay_on(self, processors: set[int]) -> None:
        """Let its worker compute on some processors only."""
        self._code.stay_on(processors)


class StudentCode:
    """A submission while it is judged: its worker, its broken modules, how often each function killed it, and what is known.

    Parameters
    ----------
    sandbox : Sandbox
        Where workers come from.
    sources : mapping of str to bytes
        The submission's modules by name.
    trusted : bool
        Whether the sources are the reference's.
    wall_limit : float
        Time that the answers to one question may take by the wall clock, seconds: a platform's limit must be kept.
    own_limit : float
        Time that the whole submission may compute or sleep, seconds. A question may take half of what is left.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        sources: Mapping[str, bytes],
        *,
        trusted: bool = False,
        wall_limit: float = math.inf,
        own_limit: float = math.inf,
    ) -> None:
        self._sandbox, self._trusted = sandbox, trusted
        self._wall_limit, self._own_left = wall_limit, own_limit
        self._sources = {**given_sources(), **sources}
        self._submitted = dict(sources)
        self._question = ""
        self._worker: Worker | None = None
        self._functions: list[str] = []
        self._broken: dict[str, NoAnswer] = {}  # by module that cannot be imported
        self._deaths: dict[str, list[WorkerDied]] = defaultdict(list)  # by function that was called
        self._budget = Budget(wall_limit, own_limit)
        self.layers: list[str] = []  # of the sandbox, that are in force
        self.evidence: dict[str, Any] = {}  # what the judge knows of each function, by name
        self.public_evidence: dict[str, Any] = {}  # the same from public data
        self.in_public = False  # whether what is asked now is public
        self.failures: dict[tuple[str, str], str] = {}  # by question and key of a failure, the check that it failed first
        self.faults: list[str] = []  # errors in the checks' own code
        self.root_of: dict[str, str] = {}  # by check, the one whose failure it repeats

    def turn_to(self, question: str) -> None:
        """Go on with another question, in a worker that has seen nothing of the one before."""
        if question != self._question:
            self.close()
            self._question = question
            self._own_left -= self._budget.own
            self._budget = Budget(self._wall_limit, max(self._own_left / 2, LEAST_OWN))

    def function(self, name: str) -> StudentFunction:
        """Stand in for a function of the submission."""
        return StudentFunction(self, name)

    def stay_on(self, processors: set[int]) -> None:
        """Let its worker, which is started if needed, compute on some processors only, where the system lets us choose."""
        with contextlib.suppress(OSError):
            os.sched_setaffinity(self._living_worker().process, processors)

    def close(self) -> None:
        """End the worker, if one lives."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def ask(self, function: str, calls: list[dict[str, Any]], *, weighed: bool = False) -> tuple[dict[str, Any], Reply]:
        """Have the worker call a function.

        Raises
        ------
        NoAnswer
            The function is missing, raised, took too long, or took its process down.
        """
        deaths = self._deaths[function]
        if len(deaths) >= LIVES or sum(isinstance(death, TookTooLong) for death in deaths) >= TRIES:
            raise NoAnswer(f"{function}: {deaths[-1]}.", final=True)
        if self._budget.used_up:
            whose = "submission" if self._budget.own > self._budget.own_limit else "question"
            raise NoAnswer(f"{function}: the time for this {whose} is used up; what is left is not judged.", final=True)
        worker = self._living_worker()
        if function in FUNCTIONS and function not in self._functions:
            raise NoAnswer(f"{self._file} defines no function {function}.")
        try:
            limit = TRAINING_CPU if any("within" in call for call in calls) else CALL_CPU
            wall, own = self._budget.wall_left, self._budget.own_left
            request = {"function": function, "calls": calls}
            reply = worker.ask(request, limit, wall_limit=wall, own_limit=own, weighed=weighed)
        except WorkerDied as death:
            self._worker = None
            self._spend(death)
            deaths.append(death)
            raise NoAnswer(f"{function}: {death}.", final=True) from None
        self._spend(reply)
        answer = reply.value
        if isinstance(answer, dict) and isinstance(answer.get("raised"), dict):
            raise raised_in_call(function, answer["raised"], self._submitted)
        if not is_answer(answer, calls):
            self.close()
            raise NoAnswer(f"{function}: its process wrote to the grader's channel.", final=True)
        return answer, reply

    @property
    def _module(self) -> str:
        return QUESTIONS[self._question]

    @property
    def _file(self) -> str:
        """Where the code of the question comes from, to begin a sentence with."""
        notebook = origin(self._sources[self._module], "")
        return f"The code taken from {notebook}" if notebook else f"{self._module}.py"

    def _spend(self, spent: Reply | WorkerDied) -> None:
        if not self._trusted:
            self._budget.spend(spent)

    def _living_worker(self) -> Worker:
        module = self._module
        if module in self._broken:
            raise self._broken[module].again()
        if module not in self._submitted:
            raise NoAnswer(f"There is no {module}.py that could be judged.")
        if self._worker is not None:
            return self._worker
        worker = self._sandbox.fork(trusted=self._trusted)
        self.layers = worker.layers
        wanted = [name for name, home in FUNCTIONS.items() if home == module]
        order = {
            "sources": {name: source.decode("latin-1") for name, source in self._sources.items()},
            "module": module,
            "functions": wanted,
        }
        try:
            wall, own = self._budget.wall_left, self._budget.own_left
            reply = worker.ask(order, IMPORT_CPU, wall_limit=wall, own_limit=own)
        except WorkerDied as death:
            during = "It runs at import: does code at the top level belong under if __name__ == '__main__'?"
            hint = ("import-time", during) if isinstance(death, TookTooLong) else None
            self._broken[module] = NoAnswer(f"{module}.py cannot be imported: {death}.", hint=hint)
            raise self._broken[module].again() from None
        self._spend(reply)
        answer = reply.value
        if isinstance(answer, dict) and isinstance(answer.get("functions"), list):
            there = {name for name in answer["functions"] if isinstance(name, str)}
            self._functions = [name for name in wanted if name in there]
            self._worker = worker
            return worker
        worker.end()
        raised = answer.get("raised") if isinstance(answer, dict) else None
        self._broken[module] = raised_at_import(self._file, raised if isinstance(raised, dict) else {}, self._submitted)
        raise NoAnswer(self._broken[module].summary, self._broken[module].message)
