"""Interpreter steps: none a row for vectorized code, some for every loop, whoever runs it."""

import pytest

from autograder.worker.steps import SWITCHED_OFF

PRELUDE = "import functools, itertools, math, operator, sys\nimport numpy as np\n"

VECTORIZED = [
    "np.sum(x)",
    "np.einsum('i,i->', x, x)",
    "np.einsum('i,i->', x, x, optimize=True)",
    "x[range(len(x))]",
    "x[list(range(len(x)))]",
    "np.eye(len(x))[np.arange(len(x))]",
    "np.array(x.tolist())",
    "print(x, f'{x}', repr(x))",
    "np.linalg.norm(x)",
    "np.add.at(x, np.arange(len(x)), 1)",
    "np.ma.log(x)",
    "np.choose(np.zeros(4, int), np.ones((len(x), 4)))",
    "np.set_printoptions(threshold=np.inf); print(f'{x}')",
    "max(3, 5) + min(2.0, 1.0)",
    "sum(x.shape)",
]
LOOPS = [
    "[v for v in x]",
    "sum(x)",
    "sum(x.tolist())",
    "max(x)",
    "min(x)",
    "any(x < 0)",
    "sorted(x)",
    "list(map(math.exp, x))",
    "list(map(math.hypot, x, x))",
    "list(filter(None, x))",
    "functools.reduce(operator.add, x)",
    "list(itertools.accumulate(x))",
    "list(itertools.starmap(math.hypot, zip(x, x)))",
    "math.fsum(x)",
    "math.prod(x)",
    "np.vectorize(math.exp)(x)",
    "np.vectorize(lambda v: v)(x)",
    "np.frompyfunc(math.exp, 1, 1)(x)",
    "np.apply_along_axis(np.sum, 1, x[:, None])",
    "np.fromiter((v for v in x), float)",
    "[v for v in np.nditer(x)]",
]


def growth(start, expression):
    """Steps of a call with 16, 32 and 48 rows, after one call to warm up."""
    worker = start(f"{PRELUDE}def f(n):\n    x = np.linspace(1, 2, int(n))\n    {expression}\n")
    calls = [{"arguments": [size], "counted": counted} for size in (16, 32, 48) for counted in (False, True)]
    reply = worker.ask({"function": "f", "calls": calls}, 5.0).value
    assert "steps" in reply, reply
    return reply["steps"][1::2]


@pytest.mark.parametrize("expression", VECTORIZED)
def test_vectorized_code_takes_as_many_steps_for_any_number_of_rows(start, expression):
    """Exactly as many: there is no noise to allow for."""
    small, middle, large = growth(start, expression)
    assert small == middle == large > 0


@pytest.mark.parametrize("expression", LOOPS)
def test_a_loop_takes_steps_for_each_row(start, expression):
    """Also where a builtin runs it in C."""
    small, middle, large = growth(start, expression)
    assert large - middle >= 16
    assert middle - small >= 16


@pytest.mark.parametrize(
    "expression",
    [
        "sum([1, 2, 3]) == 6 and sum([[1], [2]], []) == [1, 2] and sum((x for x in (1, 2)), start=5) == 8",
        "list(map(max, [1, 5], [3, 4])) == [3, 5] and max([1, 3]) == 3 and max([], default=7) == 7",
        "max([1, -3], key=abs) == -3 and min(4, 2) == 2 and sorted([2, 1], reverse=True) == [2, 1]",
        "functools.reduce(operator.mul, [1, 2, 3], 4) == 24 and list(itertools.accumulate([1, 2])) == [1, 3]",
        "any([0, 1]) and not all([0, 1]) and math.prod([2, 3], start=2) == 12 and list(filter(None, [0, 1])) == [1]",
        "float(np.vectorize(math.exp)(0.0)) == 1.0 and np.frompyfunc(max, 2, 1)(1, 2) == 2",
    ],
)
def test_watched_builtins_give_what_they_gave_before(start, expression):
    """Only the steps differ."""
    worker = start(f"{PRELUDE}def f():\n    return bool({expression})\n")
    assert worker.ask({"function": "f", "calls": [{"arguments": []}]}, 2.0).value["results"] == [True]


def test_a_switched_off_counter_is_noticed(start):
    """On every version of Python, however it is done there."""
    worker = start(
        f"""{PRELUDE}
def f():
    sys.settrace(None)
    if hasattr(sys, "monitoring"):
        for tool in range(6):
            if sys.monitoring.get_tool(tool):
                sys.monitoring.set_events(tool, 0)
"""
    )
    reply = worker.ask({"function": "f", "calls": [{"arguments": [], "counted": True}]}, 2.0).value
    assert reply["steps"] == [SWITCHED_OFF]
