"""The judge: calls every test with what its parameters name, and turns what it raises into results.

A test asks for the student functions that it needs by naming its parameters after them; here they are proxies into the sandbox.
It runs twice: on public data, for the words that a student reads, and then on hidden data, for the points.
"""

import time
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograder.homework import FUNCTIONS, GIVEN_FUNCTIONS, QUESTION_OF, QUESTIONS, checks
from autograder.intake.submission import Submission
from autograder.judge.collect import Test, collect
from autograder.judge.evidence import Evidence, NotJudged, Reference, kind_for
from autograder.judge.limits import UNLIMITED, Limits
from autograder.judge.no_answer import METERED, NoAnswer, Words
from autograder.judge.parameters import PARAMETERS
from autograder.judge.results import CheckResult, Failure, Report, TestResult
from autograder.judge.sandbox import Sandbox, SandboxError
from autograder.judge.student_code import StudentCode, StudentFunction
from public_checks.draws import PUBLIC_SEED, check_rng
from public_checks.expect import Hint, Mismatch


class Judge:
    """Judges submissions one after another: a sandbox, and the reference at work in it for comparison.

    Parameters
    ----------
    seed : int
        Hidden seed of all checks.

    Raises
    ------
    CollectionError
        The checks themselves cannot be read.
    SandboxError
        The sandbox cannot work here.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._by_question: dict[str, list[Test]] = {question: [] for question in QUESTIONS}
        for test in collect():
            self._by_question[checks()[test.check].question].append(test)
        self.sandbox = Sandbox()
        self.reference = Reference(self.sandbox, seed)

    def judge(self, submission: Submission, limits: Limits = UNLIMITED) -> Report:
        """Judge a submission by all checks.

        Parameters
        ----------
        submission : Submission
            Staged sources, or the reason why there are none.
        limits : Limits
            Time that its answers may take.

        Returns
        -------
        report : Report
            Where a check's own code fails, only that check is lost, and `Report.faults` says so.

        Raises
        ------
        SandboxError
            The sandbox is lost, and with it this judge.
        """
        started = time.monotonic()
        if not submission.sources:
            return Report(submission.name, "invalid", submission.reason)
        wall_limit = limits.wall / len(QUESTIONS)
        code = StudentCode(self.sandbox, submission.sources, wall_limit=wall_limit, own_limit=limits.own)
        results: dict[str, tuple[TestResult, ...]] = {}
        try:
            for question, tests in self._by_question.items():
                code.turn_to(question)
                public = [self._in_public(test, code) for test in tests]  # before the worker has seen anything hidden
                for test, words in zip(tests, public):
                    error = words.death if words and words.death else self._run(test, code, self._seed)
                    results[test.check] = (*results.get(test.check, ()), self._result(test, code, error, words))
        finally:
            code.close()
        return Report(
            submission.name,
            "graded",
            submission.reason,
            tuple(CheckResult.of(check, results.get(name, ())) for name, check in checks().items()),
            tuple(code.layers),
            tuple(reading for evidence in code.evidence.values() for reading in evidence.measurements()),
            self.reference.speed_ups(code.evidence),
            time.monotonic() - started,
            faults=tuple(code.faults),
        )

    def close(self) -> None:
        """End the sandbox with all its workers."""
        self.sandbox.close()

    def evidence(self, code: StudentCode, function: StudentFunction) -> Evidence:
        """One record of what is known of a function, and another of public data; LookupError where no kind is registered."""
        name = function.name
        records, seed = (code.public_evidence, PUBLIC_SEED) if code.in_public else (code.evidence, self._seed)
        if name not in records:
            kind = kind_for(name)
            if kind is None:
                raise LookupError(f"no class is registered with @evidence_for({name!r})")
            records[name] = kind(function, self.reference.yardstick(kind, name), check_rng(seed, name))
        known: Evidence = records[name]
        return known

    def _run(self, test: Test, code: StudentCode, seed: int) -> BaseException | None:
        """Call a test with what its parameters name; return what it raises."""
        rng = check_rng(seed, test.check)
        try:
            test.function(**{name: self._argument(name, code, rng) for name in test.parameters})
        except SandboxError:
            raise
        except (Exception, pytest.fail.Exception, pytest.skip.Exception) as raised:  # pytest's own are no Exception
            return raised
        return None

    def _argument(self, name: str, code: StudentCode, rng: np.random.Generator) -> Any:
        """What a test is given for a parameter of this name."""
        if name in FUNCTIONS:
            return code.function(name)
        if name in GIVEN_FUNCTIONS:
            return partial(self._within, code, f"{GIVEN_FUNCTIONS[name]}.{name}")
        return PARAMETERS[name].value(self, code, rng)

    def _in_public(self, test: Test, code: StudentCode) -> Words | None:
        """Run a test on the public seed, for what a student reads if it fails; None where it passes, or belongs to a meter.

        An answer could put hidden data into any word that is shown, into a line number or the choice of a mistake, also by
        the clock. So this comes before its worker has seen any.
        """
        if checks()[test.check].kind in METERED:
            return None
        code.in_public = True
        try:
            error = self._run(test, code, PUBLIC_SEED)
            crashed = isinstance(error, NoAnswer) and error.kind == "ValueError"
            hint = self._crash_hint(code, checks()[test.check].question) if crashed else None
        finally:
            code.in_public = False
        if isinstance(error, Mismatch):
            return Words(Failure(error.summary, error.table, on_public_data=bool(error.table)), error.hint)
        if isinstance(error, NoAnswer):
            return Words(Failure(error.summary, error.message), error.hint or hint, error if error.final else None)
        if error is not None and not isinstance(error, NotJudged):
            code.faults.append(f"{test.check}, with public data: {type(error).__name__}: {error}")
        return None

    def _result(self, test: Test, code: StudentCode, error: BaseException | None, public: Words | None) -> TestResult:
        """Say how a test ended, from the exception that ended it, or None, in words that were found before."""
        check, question = test.check, checks()[test.check].question
        if error is None:
            return TestResult(test.title, test.weight, "passed")
        if isinstance(error, NotJudged):
            blockers = dict.fromkeys(code.root_of.get(failed, failed) for failed in error.checks)
            return TestResult(test.title, test.weight, "not judged", blocked_by=tuple(blockers))
        if not isinstance(error, (Mismatch, NoAnswer)):
            code.faults.append(f"{check}: {type(error).__name__}: {error}")
            return TestResult(test.title, test.weight, "not judged")
        first = code.failures.get((question, error.key))
        if first is not None:  # a mistake is reported once
            code.root_of[check] = first
            return TestResult(test.title, test.weight, "not judged", blocked_by=(first,))
        code.failures[question, error.key] = code.root_of[check] = check
        what = "the result is not right" if isinstance(error, Mismatch) else "there is no result"
        words = public or Words(Failure(f"This fails with the hidden data, and not with the public data: {what}."))
        ended = isinstance(error, NoAnswer) and error.final and error.summary != words.failure.summary
        if checks()[check].kind in METERED or ended:
            words = Words(Failure(error.bare), error.hint)
        # A plain tuple: reports travel to processes that know nothing of the checks' own types.
        hint = (words.hint[0], words.hint[1]) if words.hint else None
        return TestResult(test.title, test.weight, "failed", replace(words.failure, hint=hint))

    def _crash_hint(self, code: StudentCode, question: str) -> Hint | None:
        """What may be wrong with an answer to a question whose shapes do not fit together."""
        name = next(name for name in FUNCTIONS if QUESTION_OF[name] == question)
        return self.evidence(code, code.function(name)).crash_hint if kind_for(name) else None

    def _within(self, code: StudentCode, given: str, function: StudentFunction, *arguments: Any) -> Any:
        """Call a given function, as in ``training.gradient_descent``, with a function of the submission."""
        return self.evidence(code, function).within(given, *arguments)
