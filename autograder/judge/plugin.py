"""The pytest plugin that turns a session over public and hidden checks into a verdict on one submission.

A check asks for the student functions that it needs by naming its parameters after them; here they are proxies into the
sandbox.
"""

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from draws import PUBLIC_SEED, check_rng
from expect import Hint, Mismatch

from autograder.homework import FUNCTIONS, checks, reference
from autograder.judge.evidence.base import NotJudged
from autograder.judge.evidence.distances import DistanceEvidence
from autograder.judge.evidence.softmax import SoftmaxEvidence
from autograder.judge.examination import Examination, NoAnswer, RemoteFunction
from autograder.judge.meters.cpu import Race, Yardstick
from autograder.judge.sandbox import SandboxError
from autograder.judge.training import train
from autograder.judge.verdict import Outcome, Part


class Judge:
    """Plugin for the session that judges one submission.

    Parameters
    ----------
    examination : Examination
        The submission.
    yardsticks : dict of str to Yardstick
        The reference of q4 and of q5, at work in workers of the same kind.
    seed : int
        Hidden.
    """

    def __init__(self, examination: Examination, yardsticks: dict[str, Yardstick], seed: int) -> None:
        self.examination, self._yardsticks, self._seed = examination, yardsticks, seed
        self.parts: list[Part] = []
        self.faults: list[str] = []
        self.lost: SandboxError | None = None
        self._told: dict[tuple[str, str], str] = {}
        self._root: dict[str, str] = {}

    # What checks ask for

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """Random numbers of the check at hand, from the hidden seed."""
        return check_rng(self._seed, _check_id(request.node))

    @pytest.fixture
    def observe(self) -> Callable[..., Any]:
        """Call a function; return its result and its arguments as the call left them."""
        return lambda function, *arguments: function.observe(*arguments)

    @pytest.fixture
    def gradient_descent(self) -> Callable[..., Any]:
        """Training, which calls the loss step by step."""
        return train

    @pytest.fixture
    def naive_evidence(self) -> SoftmaxEvidence:
        """What is known of softmax_loss_naive."""
        return self._naive

    @pytest.fixture
    def vectorized_evidence(self) -> SoftmaxEvidence:
        """What is known of softmax_loss_vectorized."""
        return self._vectorized

    @pytest.fixture
    def distance_evidence(self) -> DistanceEvidence:
        """What is known of pairwise_squared_distances."""
        return self._distances

    @pytest.fixture
    def alive(self) -> Callable[[RemoteFunction], None]:
        """Expect a softmax loss that is more than a constant."""
        known = {"softmax_loss_naive": lambda: self._naive, "softmax_loss_vectorized": lambda: self._vectorized}
        return lambda function: known[function.name]().require_alive()

    @pytest.fixture
    def naive_baseline(self) -> Callable[..., Any]:
        """The student's own loop, or the reference's where the student's is the one that is wrong."""
        naive: Callable[..., Any] = reference("softmax").softmax_loss_naive
        theirs = self._naive_in_q4
        try:
            right = all(model is not None and model.right for model in (theirs.loss_model, theirs.gradient_model))
            return theirs.function if theirs.alive and (right or theirs.agrees_with(self._vectorized)) else naive
        except NoAnswer:
            return naive

    @cached_property
    def _naive(self) -> SoftmaxEvidence:
        return self._softmax_evidence("softmax_loss_naive", "q3")

    @cached_property
    def _naive_in_q4(self) -> SoftmaxEvidence:
        return self._softmax_evidence("softmax_loss_naive", "q4")

    @cached_property
    def _vectorized(self) -> SoftmaxEvidence:
        return self._softmax_evidence("softmax_loss_vectorized", "q4")

    @cached_property
    def _distances(self) -> DistanceEvidence:
        name = "pairwise_squared_distances"
        return DistanceEvidence(self.examination.function(name), self._yardsticks["q5"], check_rng(self._seed, name))

    def _softmax_evidence(self, name: str, question: str) -> SoftmaxEvidence:
        # Loops are measured against the vectorized reference too.
        return SoftmaxEvidence(self.examination.function(name), self._yardsticks["q4"], check_rng(self._seed, name), question)

    def measurements(self) -> dict[str, float | None]:
        """What was measured, by name: CPU ratio and steps a row of each axis, as far as asked for; None for an infinity."""
        found: dict[str, float | None] = {}
        for question, evidence in (("q4", self._vectorized), ("q5", self._distances)):
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

    # What pytest asks for

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Go through the points table row by row, so that the first message of a question is the plainest."""
        order = {check: place for place, check in enumerate(checks())}
        items.sort(key=lambda item: order[_check_id(item)])

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Give each question a worker of its own."""
        self.examination.turn_to(checks()[_check_id(item)].question)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run a check and take note of its outcome; pytest need not explain it a second time."""
        error = None
        try:
            pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames})
        except SandboxError as gone:
            self.lost = gone
            pyfuncitem.session.shouldstop = str(gone)
            return True
        except Exception as raised:
            error = raised
        self.parts.append(self._part(pyfuncitem, error))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of a check that could not even begin."""
        if report.failed:
            self.faults.append(f"{report.nodeid}: {report.longreprtext}")

    def _part(self, item: pytest.Function, error: BaseException | None) -> Part:
        check = _check_id(item)
        weight = float(item.get_closest_marker("check").kwargs.get("weight", 1))  # type: ignore[union-attr]
        title = (item.obj.__doc__ or "").strip()

        def part(outcome: Outcome, message: str = "", hint: tuple[str, str] | None = None) -> Part:
            # A plain tuple: reports travel to processes that know nothing of the checks' own types.
            return Part(check, title, weight, outcome, message, hint and (hint[0], hint[1]))

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
        return part("failed", self._in_public(item, error), hint)

    def _crash_hint(self, question: str) -> Hint | None:
        """What may be wrong with an answer whose shapes do not fit together."""
        return self._distances.crash_hint if question == "q5" else None

    def _in_public(self, item: pytest.Function, error: Mismatch | NoAnswer) -> str:
        """What is told of a failure: the same one on the public seed, since an answer could put hidden data into any word."""
        if "rng" not in item.funcargs or getattr(error, "final", False):
            return error.summary
        # A new worker, which has never seen the hidden data: nothing of them can get into its words.
        self.examination.close()
        names = item._fixtureinfo.argnames
        arguments = {name: item.funcargs[name] for name in names} | {"rng": check_rng(PUBLIC_SEED, _check_id(item))}
        try:
            item.obj(**arguments)
        except Mismatch as public:
            return public.summary + (f"\nWith the public data:\n{public.table}" if public.table else "")
        except NoAnswer as public:
            return "\n".join(filter(None, [public.summary, public.message]))
        except NotJudged:
            pass
        what = "the result is not right" if isinstance(error, Mismatch) else "there is no result"
        return f"This fails with the hidden data, and not with the public data: {what}."


def _check_id(item: pytest.Item) -> str:
    marker = item.get_closest_marker("check")
    assert marker is not None, f"{item.nodeid} belongs to no check"
    return str(marker.args[0])


def _function_fixture(name: str) -> Any:
    @pytest.fixture(name=name)
    def function(self: Judge) -> RemoteFunction:
        return self.examination.function(name)

    return function


for _name in FUNCTIONS:
    setattr(Judge, _name, _function_fixture(_name))
