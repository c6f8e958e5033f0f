"""The judge of one submission: calls every test with what its parameters name, and turns what it raises into words.

A test asks for the student functions that it needs by naming its parameters after them; here they are proxies into the sandbox.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from autograder.homework import FUNCTIONS, GIVEN_FUNCTIONS, QUESTION_OF, checks
from autograder.judge.collection import Test
from autograder.judge.evidence import Evidence, NotJudged, kind_for
from autograder.judge.examination import Examination, RemoteFunction
from autograder.judge.meters.cpu import Race, Yardstick
from autograder.judge.no_answer import NoAnswer
from autograder.judge.results import Failure, Measurement, TestResult
from autograder.judge.sandbox import SandboxError

from draws import PUBLIC_SEED, check_rng
from expect import Hint, Mismatch


class Judge:
    """What is known of one submission while it is judged.

    Parameters
    ----------
    examination : Examination
        The submission.
    yardstick : callable
        Takes a kind of evidence and the name of a function; returns the reference, at work in a worker of the same kind.
    seed : int
        Hidden.
    """

    def __init__(self, examination: Examination, yardstick: Callable[[type[Evidence], str], Yardstick], seed: int) -> None:
        self.examination, self._yardstick, self._seed = examination, yardstick, seed
        self._known: dict[str, Evidence] = {}
        self.faults: list[str] = []
        self._told: dict[tuple[str, str], str] = {}
        self._root: dict[str, str] = {}

    def run(self, tests: Iterable[Test]) -> dict[str, tuple[TestResult, ...]]:
        """Judge by some tests, in their order; whatever is wrong with the grader stands in `faults`.

        Returns
        -------
        results : dict of str to tuple of TestResult
            By the id of the check.

        Raises
        ------
        SandboxError
            The sandbox is lost.
        """
        results: dict[str, tuple[TestResult, ...]] = {}
        for test in tests:
            self.examination.turn_to(checks()[test.check].question)
            error: BaseException | None = None
            try:
                test.function(**self._arguments(test, self._seed))
            except SandboxError:
                raise
            except (Exception, pytest.fail.Exception, pytest.skip.Exception) as raised:  # pytest's own are no Exception
                error = raised
            results[test.check] = (*results.get(test.check, ()), self._result(test, error))
        return results

    def _arguments(self, test: Test, seed: int) -> dict[str, Any]:
        """What a test's parameters name: functions, random numbers from a seed, what is known of the answers."""
        known: dict[str, Any] = {
            "rng": check_rng(seed, test.check),
            "observe": lambda function, *arguments: function.observe(*arguments),
            "evidence": self.evidence,
            "alive": lambda function: self.evidence(function).require_alive(),
            "baseline": lambda function, other: self.evidence(function).baseline(self.evidence(other)),
            **{name: partial(self._within, f"{module}.{name}") for name, module in GIVEN_FUNCTIONS.items()},
        }
        return {name: self.examination.function(name) if name in FUNCTIONS else known[name] for name in test.needs}

    def evidence(self, function: RemoteFunction) -> Evidence:
        """What is known of a function of the submission, once for all tests.

        Raises
        ------
        LookupError
            The homework has no kind of evidence for it.
        """
        name = function.name
        if name not in self._known:
            kind = kind_for(name)
            if kind is None:
                raise LookupError(f"no class is registered with @evidence_for({name!r})")
            self._known[name] = kind(function, self._yardstick(kind, name), check_rng(self._seed, name))
        return self._known[name]

    def _within(self, given: str, function: RemoteFunction, *arguments: Any) -> Any:
        """Call a given function, as in ``training.gradient_descent``, with a function of the submission."""
        return self.evidence(function).within(given, *arguments)

    def measurements(self) -> tuple[Measurement, ...]:
        """What was measured along each axis, as far as asked for: CPU ratios and steps for each further row."""
        found: list[Measurement] = []
        for evidence in self._known.values():
            for axis, race in vars(evidence).get("races", {}).items():  # computed already, or not at all
                ratio = round(race.ratio, 2) if math.isfinite(race.ratio) else None
                found.append(Measurement(evidence.question, "cpu_ratio", axis, ratio))
            for axis, steps in vars(evidence).get("steps", {}).items():
                found.append(Measurement(evidence.question, "steps", axis, steps if math.isfinite(steps) else None))
        return tuple(found)

    def race(self, function: str) -> Race | None:
        """How a function fared against the reference where its first axis is long, if that was measured."""
        return self._known[function].first_race if function in self._known else None

    def _result(self, test: Test, error: BaseException | None) -> TestResult:
        """Say how a test ended, from the exception that ended it, or None."""

        def not_judged(*blocked_by: str) -> TestResult:
            return TestResult(test.title, test.weight, "not judged", blocked_by=blocked_by)

        check = test.check
        if error is None:
            return TestResult(test.title, test.weight, "passed")
        if isinstance(error, NotJudged):
            return not_judged(*dict.fromkeys(self._root.get(failed, failed) for failed in error.checks))
        if not isinstance(error, (Mismatch, NoAnswer)):
            self.faults.append(f"{check}: {type(error).__name__}: {error}")
            return not_judged()
        question = checks()[check].question
        known = (question, error.key) in self._told
        root = self._told.setdefault((question, error.key), check)
        self._root[check] = root
        if known:
            return not_judged(root)
        failure = self._in_public(test, error)
        crashed = isinstance(error, NoAnswer) and error.kind == "ValueError"
        hint = error.hint or (self._crash_hint(question) if crashed else None)
        # A plain tuple: reports travel to processes that know nothing of the checks' own types.
        failure = replace(failure, hint=(hint[0], hint[1]) if hint else None)
        return TestResult(test.title, test.weight, "failed", failure)

    def _crash_hint(self, question: str) -> Hint | None:
        """What may be wrong with an answer to a question whose shapes do not fit together."""
        name = next(name for name in FUNCTIONS if QUESTION_OF[name] == question)
        return self.evidence(self.examination.function(name)).crash_hint if kind_for(name) else None

    def _in_public(self, test: Test, error: Mismatch | NoAnswer) -> Failure:
        """What is told of a failure: the same one on the public seed, since an answer could put hidden data into any word."""
        if "rng" not in test.needs or getattr(error, "final", False):
            return Failure(error.summary)
        # A new worker, which has never seen the hidden data: nothing of them can get into its words.
        self.examination.close()
        try:
            test.function(**self._arguments(test, PUBLIC_SEED))
        except Mismatch as public:
            return Failure(public.summary, public.table, on_public_data=bool(public.table))
        except NoAnswer as public:
            return Failure(public.summary, public.message)
        except NotJudged:
            pass
        what = "the result is not right" if isinstance(error, Mismatch) else "there is no result"
        return Failure(f"This fails with the hidden data, and not with the public data: {what}.")
