"""One submission under examination: its functions as proxies, a worker for each question, and why an answer is missing."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.homework import FUNCTIONS, QUESTIONS, given_sources
from autograder.judge.sandbox import Sandbox, TookTooLong, Worker, WorkerDied
from autograder.wire import IDENTIFIER, FunctionName

CALL_CPU = 3.0  # seconds for one request; the longest honest one, a loop over 8,000 rows that is to lose its points, takes 1
TRAINING_CPU = 30.0  # seconds for 30 steps of gradient descent; with a loss in scalar loops it takes 3
IMPORT_CPU = 5.0  # seconds; code at the top level that trains for a minute does not belong in an answer
LIVES = 3  # deaths of a question's worker before its remaining checks are not judged
TRIES = 2  # of a function that takes too long, in all questions: a student waits for the verdict
MAX_MESSAGE = 200  # characters shown of an exception's message


class NoAnswer(AssertionError):
    """A function of the submission gave no result.

    Parameters
    ----------
    summary : str
        What happened and where, without anything that the exception's author could have put in.
    message : str
        The exception's own words, made harmless: fit for checks on the public seed only.
    hint : tuple of (str, str) or None
        Id and question.
    final : bool
        Whether there is no more to say: the call cost a worker its life, and is not to be tried again for the sake of words.
    """

    def __init__(self, summary: str, message: str = "", hint: tuple[str, str] | None = None, *, final: bool = False) -> None:
        super().__init__(summary)
        self.summary, self.message, self.hint, self.final = summary, message, hint, final


class RemoteFunction:
    """A function of the submission, called in its worker; it has the signature of the student's function.

    Parameters
    ----------
    examination : Examination
        Whose submission it belongs to.
    name : str
        The function, or ``module.function`` for one of the given code.
    cpu_limit : float
        CPU time of one request, seconds.
    """

    def __init__(self, examination: "Examination", name: str, cpu_limit: float = CALL_CPU) -> None:
        self._examination, self.name, self._cpu_limit = examination, name, cpu_limit

    def __call__(self, *arguments: Any) -> Any:
        """Call it once; raises `NoAnswer`."""
        return self.map([arguments])[0]

    def map(self, calls: Sequence[Sequence[Any]]) -> list[Any]:
        """Call it for each tuple of arguments, in one request; raises `NoAnswer` if any call does."""
        results: list[Any] = self._ask([{"arguments": list(arguments)} for arguments in calls])[0]["results"]
        return results

    def observe(self, *arguments: Any) -> tuple[Any, Any]:
        """Call it once; return its result and the arguments as it left them."""
        answer = self._ask([{"arguments": list(arguments), "returned": True}])[0]
        return answer["results"][0], answer["arguments"][0]

    def count_steps(self, calls: Sequence[tuple[Sequence[Any], Sequence[Any]]]) -> list[int]:
        """Count interpreter steps.

        Parameters
        ----------
        calls : sequence of pairs
            Arguments to warm up with, so that caches fill and nothing that happens only once is counted, and arguments of
            the same shapes to count with.

        Returns
        -------
        steps : list of int
            Bytecodes executed by each counted call, as the worker claims.
        """
        request = [
            {"arguments": list(arguments), "counted": counted} for pair in calls for counted, arguments in enumerate(pair)
        ]
        steps: list[int] = self._ask(request)[0]["steps"][1::2]
        return steps

    def measure(self, *arguments: Any) -> tuple[Any, float, int]:
        """Call it once; return its result, its CPU time (seconds) and the growth of its memory (bytes), as the kernel says."""
        answer, cpu, peak = self._ask([{"arguments": list(arguments)}], weighed=True)
        return answer["results"][0], cpu, peak

    def _ask(self, calls: list[dict[str, Any]], *, weighed: bool = False) -> tuple[dict[str, Any], float, int]:
        for call in calls:
            call["arguments"] = [FunctionName(a.name) if isinstance(a, RemoteFunction) else a for a in call["arguments"]]
        return self._examination.ask(self.name, calls, self._cpu_limit, weighed=weighed)


class Examination:
    """The state of judging one submission: which worker lives, which module cannot be imported, who died how often.

    Parameters
    ----------
    sandbox : Sandbox
        Where workers come from.
    sources : mapping of str to bytes
        The submission's modules by name.
    trusted : bool
        Whether the sources are the reference's.
    """

    def __init__(self, sandbox: Sandbox, sources: Mapping[str, bytes], *, trusted: bool = False) -> None:
        self._sandbox, self._trusted = sandbox, trusted
        self._sources = {**given_sources(), **sources}
        self._submitted = set(sources)
        self._question = ""
        self._worker: Worker | None = None
        self._functions: list[str] = []
        self._broken: dict[str, NoAnswer] = {}
        self._deaths: Counter[str] = Counter()
        self._too_long: dict[str, list[NoAnswer]] = defaultdict(list)
        self.layers: list[str] = []

    def turn_to(self, question: str) -> None:
        """Go on with another question, in a worker that has seen nothing of the one before."""
        if question != self._question:
            self.close()
            self._question = question

    def function(self, name: str, cpu_limit: float = CALL_CPU) -> RemoteFunction:
        """Stand in for a function of the submission."""
        return RemoteFunction(self, name, cpu_limit)

    def close(self) -> None:
        """End the worker, if one lives."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def ask(
        self, function: str, calls: list[dict[str, Any]], cpu_limit: float, *, weighed: bool
    ) -> tuple[dict[str, Any], float, int]:
        """Have the worker call a function.

        Raises
        ------
        NoAnswer
            The function is missing, raised, took too long, or took its process down.
        """
        if len(self._too_long[function]) >= TRIES:
            raise self._too_long[function][-1]
        worker = self._living_worker()
        if "." not in function and function not in self._functions:
            raise NoAnswer(f"{self._module}.py defines no function {function}.")
        try:
            reply = worker.ask({"function": function, "calls": calls}, cpu_limit, weighed=weighed)
        except WorkerDied as death:
            self._worker = None
            self._deaths[self._question] += 1
            missing = NoAnswer(f"{function}: {death}.", final=True)
            if isinstance(death, TookTooLong):
                self._too_long[function].append(missing)
            raise missing from None
        answer = reply.value
        if isinstance(answer, dict) and isinstance(answer.get("raised"), dict):
            raise self._raised(function, answer["raised"])
        if not _is_answer(answer, calls):
            self.close()
            raise NoAnswer(f"{function}: its process wrote to the grader's channel.")
        return answer, reply.cpu, reply.peak

    @property
    def _module(self) -> str:
        return QUESTIONS[self._question]

    def _living_worker(self) -> Worker:
        module = self._module
        if module in self._broken:
            raise self._broken[module]
        if module not in self._submitted:
            raise NoAnswer(f"{module}.py is missing from the submission.")
        if self._worker is not None:
            return self._worker
        if self._deaths[self._question] >= LIVES:
            raise NoAnswer(f"the process of this question ended {LIVES} times; it is not started again.")
        worker = self._sandbox.fork(trusted=self._trusted)
        self.layers = worker.layers
        wanted = [name for name, home in FUNCTIONS.items() if home == module]
        order = {
            "sources": {name: source.decode("latin-1") for name, source in self._sources.items()},
            "module": module,
            "functions": wanted,
        }
        try:
            answer = worker.ask(order, IMPORT_CPU).value
        except WorkerDied as death:
            during = "It runs at import: does code at the top level belong under if __name__ == '__main__'?"
            hint = ("import-time", during) if isinstance(death, TookTooLong) else None
            self._broken[module] = NoAnswer(f"{module}.py cannot be imported: {death}.", hint=hint)
            raise self._broken[module] from None
        if isinstance(answer, dict) and isinstance(answer.get("functions"), list):
            self._functions = [name for name in wanted if name in answer["functions"]]
            self._worker = worker
            return worker
        worker.end()
        raised = answer.get("raised") if isinstance(answer, dict) else None
        self._broken[module] = self._raised(module, raised if isinstance(raised, dict) else {}, importing=True)
        raise self._broken[module]

    def _raised(self, function: str, raised: dict[str, Any], *, importing: bool = False) -> NoAnswer:
        """Turn what a worker says of an exception into words; none of it is believed to be more than text."""
        kind, message, file, line = (raised.get(key) for key in ("type", "message", "file", "line"))
        kind = kind if isinstance(kind, str) and IDENTIFIER.fullmatch(kind) else "an exception"
        module = file.removesuffix(".py") if isinstance(file, str) else ""
        known = module in self._sources
        where = f" at {module}.py line {line}" if known and type(line) is int and 0 < line < 10**6 else ""
        words = harmless(message) if isinstance(message, str) else ""
        if kind == "NotImplementedError" and not importing:
            return NoAnswer(
                f"{function} is not filled in yet.", hint=("stub", "This one is still waiting for you: where would you begin?")
            )
        if not importing:
            return NoAnswer(f"{function} raised {kind}{where}.", words)
        missing = re.fullmatch(r"No module named '([A-Za-z_][\w.]{0,60})'", words)
        if kind == "ModuleNotFoundError" and missing:
            return NoAnswer(
                f"{self._module}.py cannot be imported: it imports {missing[1]}{where}, which is not there."
                " Only numpy and the standard library are; remove the import."
            )
        return NoAnswer(f"{self._module}.py cannot be imported: {kind}{where}.", words)


def harmless(text: str) -> str:
    """Cut a text of unknown origin and take control characters and markup out of it."""
    plain = re.sub(r"[^ -~\u00a1-\u024f]+", " ", text).translate(str.maketrans("<>`", "()'"))
    return plain if len(plain) <= MAX_MESSAGE else plain[:MAX_MESSAGE] + "..."


def _is_answer(answer: Any, calls: list[dict[str, Any]]) -> bool:
    """Whether a frame has the form of an answer to these calls."""
    returned = sum(call.get("returned", False) for call in calls)
    sizes = {"results": len(calls), "steps": len(calls), "arguments": returned}
    return (
        isinstance(answer, dict)
        and all(isinstance(answer.get(key), list) and len(answer[key]) == size for key, size in sizes.items())
        and all(type(count) is int for count in answer["steps"])
        and all(isinstance(arguments, list) for arguments in answer["arguments"])
    )
