"""The judge of one submission: calls every test with what its parameters name, and turns what it raises into words.

A test asks for the student functions that it needs by naming its parameters after them; here they are proxies into the sandbox.
"""

import math
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import pytest

from autograder.homework import FUNCTIONS, QUESTION_OF, checks, reference
from autograder.judge.collection import Test
from autograder.judge.evidence.base import Evidence, NotJudged
from autograder.judge.evidence.distances import DistanceEvidence
from autograder.judge.evidence.softmax import SoftmaxEvidence
from autograder.judge.examination import Examination, NoAnswer, RemoteFunction
from autograder.judge.meters.cpu import Draw, Race, Yardstick
from autograder.judge.sandbox import SandboxError
from autograder.judge.training import train
from autograder.judge.verdict import Outcome, Part

from draws import PUBLIC_SEED, check_rng
from expect import Hint, Mismatch


class Judge:
    """What is known of one submission while it is judged.

    Parameters
    ----------
    examination : Examination
        The submission.
    yardstick : callable
        Takes the name of a function and how to draw its arguments; returns the reference, at work in a worker of the same kind.
    seed : int
        Hidden.
    """

    def __init__(self, examination: Examination, yardstick: Callable[[str, Draw], Yardstick], seed: int) -> None:
        self.examination, self._yardstick, self._seed = examination, yardstick, seed
        self._others: dict[str, Evidence] = {}
        self.faults: list[str] = []
        self._told: dict[tuple[str, str], str] = {}
        self._root: dict[str, str] = {}

    def run(self, tests: Iterable[Test]) -> list[Part]:
        """Judge by some tests, in their order; whatever is wrong with the grader stands in `faults`.

        Raises
        ------
        SandboxError
            The sandbox is lost.
        """
        parts = []
        for test in tests:
            self.examination.turn_to(checks()[test.check].question)
            error: BaseException | None = None
            try:
                test.function(**self._arguments(test, self._seed))
            except SandboxError:
                raise
            except (Exception, pytest.fail.Exception, pytest.skip.Exception) as raised:  # pytest's own are no Exception
                error = raised
            parts.append(self._part(test, error))
        return parts

    def _arguments(self, test: Test, seed: int) -> dict[str, Any]:
        """What a test's parameters name: student functions, random numbers from a seed, what is known of the answers."""
        known: dict[str, Callable[[], Any]] = {
            "rng": lambda: check_rng(seed, test.check),
            "observe": lambda: lambda function, *arguments: function.observe(*arguments),
            "gradient_descent": lambda: train,
            "alive": lambda: self._expect_alive,
            "naive_baseline": lambda: self._naive_baseline,
            "naive_evidence": lambda: self._naive,
            "vectorized_evidence": lambda: self._vectorized,
            "distance_evidence": lambda: self._distances,
            "evidence": lambda: self._evidence,
        }
        return {name: self.examination.function(name) if name in FUNCTIONS else known[name]() for name in test.needs}

    def _evidence(self, kind: type[Evidence], function: RemoteFunction) -> Evidence:
        """What is known of any other function, once for all its tests."""
        if function.name not in self._others:
            reference = self._yardstick(function.name, kind.draw)
            self._others[function.name] = kind(function, reference, check_rng(self._seed, function.name))
        return self._others[function.name]

    def _expect_alive(self, function: RemoteFunction) -> None:
        """Expect a softmax loss that is more than a constant."""
        evidence = self._naive if function.name == "softmax_loss_naive" else self._vectorized
        evidence.require_alive()

    @property
    def _naive_baseline(self) -> Callable[..., Any]:
        """The student's own loop, or the reference's where the student's is the one that is wrong."""
        naive: Callable[..., Any] = reference("softmax").softmax_loss_naive
        theirs = self._naive
        try:
            right = all(model is not None and model.right for model in (theirs.loss_model, theirs.gradient_model))
            return theirs.function if theirs.alive and (right or theirs.agrees_with(self._vectorized)) else naive
        except NoAnswer:
            return naive

    @cached_property
    def _naive(self) -> SoftmaxEvidence:
        return self._softmax_evidence("softmax_loss_naive", "q3")

    @cached_property
    def _vectorized(self) -> SoftmaxEvidence:
        return self._softmax_evidence("softmax_loss_vectorized", "q4")

    @cached_property
    def _distances(self) -> DistanceEvidence:
        name = "pairwise_squared_distances"
        yardstick = self._yardstick(name, DistanceEvidence.draw)
        return DistanceEvidence(self.examination.function(name), yardstick, check_rng(self._seed, name))

    def _softmax_evidence(self, name: str, question: str) -> SoftmaxEvidence:
        # Loops are measured against the vectorized reference too.
        yardstick = self._yardstick("softmax_loss_vectorized", SoftmaxEvidence.draw)
        return SoftmaxEvidence(self.examination.function(name), yardstick, check_rng(self._seed, name), question)

    def measurements(self) -> dict[str, float | None]:
        """What was measured, by name: CPU ratio and steps a row of each axis, as far as asked for; None for an infinity."""
        found: dict[str, float | None] = {}
        others = {QUESTION_OF[name]: evidence for name, evidence in self._others.items()}
        known: dict[str, Evidence] = {"q4": self._vectorized, "q5": self._distances, **others}
        for question, evidence in known.items():
            for axis, race in vars(evidence).get("races", {}).items():  # computed already, or not at all
                found[f"{question}.cpu_ratio.{axis}"] = round(race.ratio, 2) if math.isfinite(race.ratio) else None
            for axis, steps in vars(evidence).get("steps", {}).items():
                found[f"{question}.steps.{axis}"] = steps if math.isfinite(steps) else None
        return found

    def race(self, question: str) -> Race | None:
        """How the answer fared against the reference with many rows, if that was measured."""
        evidence, axis = {"q4": (self._vectorized, "N"), "q5": (self._distances, "n")}[question]
        races: dict[str, Race] = vars(evidence).get("races", {})
        return races.get(axis)

    def _part(self, test: Test, error: BaseException | None) -> Part:
        check = test.check

        def part(outcome: Outcome, message: str = "", hint: tuple[str, str] | None = None) -> Part:
            # A plain tuple: reports travel to processes that know nothing of the checks' own types.
            return Part(check, test.title, test.weight, outcome, message, hint and (hint[0], hint[1]))

        if error is None:
            return part("passed")
        if isinstance(error, NotJudged):
            roots = dict.fromkeys(self._root.get(failed, failed) for failed in error.checks)
            return part("not judged", f"not judged: {' and '.join(roots)} failed")
        if not isinstance(error, (Mismatch, NoAnswer)):
            self.faults.append(f"{check}: {type(error).__name__}: {error}")
            return part("not judged", "not judged: the grader failed at this check; your instructor can see why")
        question = checks()[check].question
        known = (question, error.key) in self._told
        told = self._told.setdefault((question, error.key), check)
        self._root[check] = told
        if known:
            return part("not judged", f"not judged: {told} failed" if told != check else "not judged: it fails as above")
        hint = error.hint or (
            self._crash_hint(question) if isinstance(error, NoAnswer) and error.kind == "ValueError" else None
        )
        return part("failed", self._in_public(test, error), hint)

    def _crash_hint(self, question: str) -> Hint | None:
        """What may be wrong with an answer whose shapes do not fit together."""
        return self._distances.crash_hint if question == "q5" else None

    def _in_public(self, test: Test, error: Mismatch | NoAnswer) -> str:
        """What is told of a failure: the same one on the public seed, since an answer could put hidden data into any word."""
        if "rng" not in test.needs or getattr(error, "final", False):
            return error.summary
        # A new worker, which has never seen the hidden data: nothing of them can get into its words.
        self.examination.close()
        try:
            test.function(**self._arguments(test, PUBLIC_SEED))
        except Mismatch as public:
            return public.summary + (f"\nWith the public data:\n{public.table}" if public.table else "")
        except NoAnswer as public:
            return "\n".join(filter(None, [public.summary, public.message]))
        except NotJudged:
            pass
        what = "the result is not right" if isinstance(error, Mismatch) else "there is no result"
        return f"This fails with the hidden data, and not with the public data: {what}."
