"""Whatever a worker answers, no check of the grader's fails by itself, and none takes more memory than a right answer costs."""

import copy
import random
import tracemalloc
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.homework import FUNCTIONS, reference
from autograder.intake.submission import Submission
from autograder.judge.no_answer import NoAnswer
from autograder.judge.results import Report
from autograder.judge.student_code import StudentCode
from autograder.wire import Opaque
from tests.handed_in import reference_but

RUNS = 60  # of all checks, a tenth of a second each
WEIGHED = 12  # of them, with memory traced, which takes five times as long
MOST_MEMORY = 300 << 20  # bytes; a right answer's checks take 40 MB, and what a worker may send has 32 MB
RIGHT = 0.6, 0.9, 0.99  # shares of calls that are answered rightly, so that later checks are reached too


def odd_values(rng: random.Random, right: Any) -> Any:
    """A value that a worker can send, of a wrong kind, shape, type or size; some near the right one."""
    size = rng.choice([0, 1, 2, 3, 5, 1000])
    shape = tuple(rng.choice([0, 1, 2, 3, 5, 7]) for _ in range(rng.randrange(5)))
    wide = rng.choice([(1 << 22, 1, 1), (1, 20_000), (20_000, 1), (1 << 20,), (0, 5), (2, 0)])
    dtype = rng.choice([bool, np.int8, np.uint8, np.int64, np.uint64, np.float16, np.float32, np.float64, complex])
    made = [
        *(None, True, False, 0, -1, 1 << 70, -(1 << 70), 0.0, -0.0, np.nan, np.inf, -np.inf, 1e308, 5e-324, 1j),
        *("", "x" * size, b"bytes", [], (), {}, [[]], [[1], [2, 3]], ["a", 1], [None] * 4, (1.0,), (1.0, 2.0), {"a": 1}),
        np.zeros(shape, dtype),
        np.ones(wide, rng.choice([bool, np.uint8])),
        np.full(shape, np.nan),
        np.full(shape, 1e308),
        np.asfortranarray(np.ones(shape[:2])),
        *(np.float32(1), np.int8(1), np.bool_(True), np.complex128(1j), Opaque("ndarray_of_object"), Opaque("Tensor")),
    ]
    near = [right, [right], (right,), (right, right), (right, right, right), {"a": right}]
    if isinstance(right, tuple):
        near += [right[::-1], right[:1], right[1:], list(right), (*right, None), *right]
        near.append(tuple(odd_entries(rng, entry) for entry in right))
    if isinstance(right, np.ndarray):
        near += [
            right.T,
            right.ravel(),
            right.tolist(),
            right[np.newaxis],
            right.astype(dtype),
            right[:0],
            odd_entries(rng, right),
        ]
    return rng.choice(made if rng.random() < 0.5 else near)


def odd_entries(rng: random.Random, right: Any) -> Any:
    """The right value with something odd in some of its entries."""
    odd = rng.choice([np.nan, np.inf, -np.inf, 0.0, 1e308, -1e308, 1e-320, 3.0])
    if not isinstance(right, np.ndarray):
        return odd
    changed = np.array(right, dtype=float)
    changed[np.array([rng.random() < 0.3 for _ in range(changed.size)]).reshape(changed.shape)] = odd
    return changed


def answering(rng: random.Random, share: float, real: Any) -> Any:
    """An ask that a worker could answer like this: rightly by a share of all calls, else by anything."""

    def ask(code: StudentCode, function: str, calls: list[dict[str, Any]], *, weighed: bool = False) -> tuple[Any, Any]:
        if code._trusted:
            return real(code, function, calls, weighed=weighed)
        if rng.random() < 0.02:
            raise NoAnswer("no answer", kind=rng.choice(["ValueError", "MemoryError", ""]), final=rng.random() < 0.5)
        results = []
        for call in calls:
            right = right_answer(function, call)
            results.append(right if rng.random() < share else odd_values(rng, right))
        arguments = [call["arguments"] for call in calls if call.get("returned")]
        if rng.random() > share:
            arguments = [[odd_values(rng, entry) for entry in given] for given in arguments]
        steps = [rng.choice([-1, 0, 7, 7, 7, 1 << 39]) if call.get("counted") else 0 for call in calls]
        peak = rng.choice([0, 0, 1 << 40])
        reply = SimpleNamespace(cpu=rng.choice([0.0, 1e-4, 1e-3, 1.0]), peak=peak, held=peak)
        return {"results": results, "arguments": arguments, "steps": steps}, reply

    return ask


def right_answer(function: str, call: dict[str, Any]) -> Any:
    """What the reference returns."""
    module = FUNCTIONS.get(function)
    if module is None or "within" in call:
        return None
    given = [getattr(entry, "array", entry) for entry in call["arguments"]]
    with np.errstate(all="ignore"):
        return getattr(reference(module), function)(*copy.deepcopy(given))


def judged(the_judge: Any, monkeypatch: pytest.MonkeyPatch, seed: int) -> Report:
    """The report on a worker that answers by a seed."""
    rng = random.Random(seed)
    real = StudentCode.ask
    with monkeypatch.context() as patch:
        patch.setattr(StudentCode, "ask", answering(rng, RIGHT[seed % len(RIGHT)], real))
        patch.setattr(StudentCode, "stay_on", lambda *_: None)
        return the_judge.judge(Submission("any", reference_but()))


pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")


def test_no_answer_makes_a_check_of_the_graders_fail(the_judge, monkeypatch):
    """Of any kind, shape, type or size, at any call of any check: the report is whole."""
    for seed in range(RUNS):
        report = judged(the_judge, monkeypatch, seed)
        assert (report.status, report.faults) == ("graded", ()), f"seed {seed}"


@pytest.mark.slow
def test_no_answer_takes_the_judges_memory(the_judge, monkeypatch):
    """Where its form is looked at first, nothing is broadcast against it."""
    for seed in range(WEIGHED):
        tracemalloc.start()
        judged(the_judge, monkeypatch, seed)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < MOST_MEMORY, f"seed {seed}: {peak >> 20} MB"
