"""Interpreter steps: none a row for vectorized code, some for every loop, whoever runs it."""

import math

import numpy as np
import pytest

from autograder.judge.meters.steps import STEP_SIZES, growing_together, jittered
from autograder.judge.meters.steps import growth as growth_of
from autograder.orders import SWITCHED_OFF
from autograder.worker.watch import ITEMS_ARE_ARGUMENTS, ITEMS_AT

PRELUDE = "import functools, itertools, math, operator, random, statistics, sys\nimport numpy as np\n"
WATCHED = [f"{module.__name__}.{name}" for module, name in (*ITEMS_AT, *ITEMS_ARE_ARGUMENTS) if hasattr(module, name)]

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
    "np.stack(x[:, None])",
    "np.vstack(list(x[:, None]))",
    "np.concatenate(list(x[:, None]))",
    "np.column_stack([x, x])",
    "np.block(list(x))",
    "np.split(x, len(x))",
    "np.unique(x[None], axis=1)",
    "np.ma.vstack(list(x[:, None]))",
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
    "max(*x)",
    "math.hypot(*x)",
    "math.dist(x, x)",
    "statistics.fmean(x)",
    "operator.countOf(x, 1.5)",
    "__import__('_functools').reduce(operator.add, x)",
    "list(random._accumulate(x))",
    "list(itertools.groupby(x, math.exp))",
    "list(itertools.takewhile(math.exp, x))",
    "list(itertools.dropwhile(math.log, x))",
    "list(itertools.filterfalse(math.log, x))",
    "np._core.umath.frompyfunc(math.exp, 1, 1)(x)",
    "np.vectorize(math.exp, signature='()->()')(x)",
    "np.polyval(x, 1.0)",
    "exec(compile('for v in x: v', np.__file__, 'exec'))",
    "np.stack.__code__ = (lambda x: [v for v in x]).__code__; np.stack(x)",
]
EVASIONS = [
    "t = sys.gettrace(); sys.settrace(None); [v for v in x]; sys.settrace(t)",
    "t = getattr(sys._getframe(), '_'.join(['f', 'trace'])); sys.settrace(None); [v for v in x]; sys.settrace(t)",
    "x if sys.gettrace() or hasattr(sys, 'monitoring') and any(map(sys.monitoring.get_tool, range(6))) else [v for v in x]",
    "sys.setprofile(lambda *_: [v for v in x]); len(x); sys.setprofile(None)",
    "sys.addaudithook(lambda *_: [v for v in x])",
    "sys._getframe().f_trace_opcodes = False; i = 0\n    while i < len(x): i += 1",
    "sys._getframe().f_trace = None; i = 0\n    while i < len(x): i += 1",
    "setattr(sys._getframe(), 'f_trace', None); i = 0\n    while i < len(x): i += 1",
    "rebuilt(np.stack, asanyarray=float)(x)",
    "np.stack(x[:, None]); rebuilt(np.stack, asanyarray=float)(x)",
    "recoded(np.stack, asanyarray=float)(x)",
]
# Has numpy's bytecodes call functions of the answer's own, until they meet what they do not expect.
REBUILDS = """
def ignore(f, x):
    try: f(x)
    except AttributeError: pass
def with_defaults(made, f):
    made.__defaults__, made.__kwdefaults__ = f.__defaults__, f.__kwdefaults__
    return lambda x: ignore(made, x)
def rebuilt(f, **names):
    return with_defaults(type(f)(f.__code__, {"__builtins__": __builtins__, **names}), f)
def recoded(f, **names):
    globals().update(names)
    made = lambda: 0
    made.__code__ = f.__code__
    return with_defaults(made, f)
"""


def growth(start, expression, helpers=""):
    """Steps of a call with 16, 32 and 48 rows, after one call to warm up."""
    worker = start(f"{PRELUDE}{helpers}def f(n):\n    x = np.linspace(1, 2, int(n))\n    {expression}\n")
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


@pytest.mark.parametrize("evasion", EVASIONS)
def test_a_loop_that_evades_the_counter_is_counted_or_the_evasion_is_noticed(start, evasion):
    """Pausing and going on leaves everything as it was found."""
    small, middle, large = growth(start, evasion, REBUILDS)
    assert small == middle == large == SWITCHED_OFF or min(large - middle, middle - small) >= 16


@pytest.mark.parametrize("switch", ["settrace", "setprofile"])
def test_a_tracer_that_was_set_before_does_not_run_while_steps_are_counted(start, switch):
    """What it runs would not be counted."""
    source = f"seen = []\nsys.{switch}(lambda *_: seen.append(1))\ndef g(): pass\ndef f():\n    seen.clear()\n    g()\n"
    worker = start(f"{PRELUDE}{source}    return len(seen)")
    assert worker.ask({"function": "f", "calls": [{"arguments": [], "counted": True}]}, 2.0).value["results"] == [0]


def test_no_module_holds_a_builtin_that_is_watched(start):
    """Neither numpy nor the standard library, under whatever name."""
    worker = start(
        f"""{PRELUDE}
import gc, types
def original(watched):
    inner = next(part for part in gc.get_referents(watched) if type(part) is types.FunctionType and part.__name__ == "watched")
    return dict(zip(inner.__code__.co_freevars, inner.__closure__))["original"].cell_contents
def f():
    import builtins
    originals = {{id(original(watched)) for watched in ({", ".join(WATCHED)}, np.frompyfunc)}}
    homes = ("numpy", *sys.stdlib_module_names)
    modules = [(name, vars(module)) for name, module in list(sys.modules.items()) if name.partition(".")[0] in homes]
    held = [f"{{home}}.{{name}}" for home, names in modules for name, value in names.items() if id(value) in originals]
    return len(originals), " ".join(held)
"""
    )
    count, held = worker.ask({"function": "f", "calls": [{"arguments": []}]}, 5.0).value["results"][0]
    assert (count, held) == (len(WATCHED) + 1, "")


@pytest.mark.parametrize("name", [*WATCHED, "np.frompyfunc"])
def test_a_watched_builtin_does_not_hand_out_the_original(start, name):
    """Not by an attribute."""
    worker = start(
        f"{PRELUDE}import builtins\ndef f():\n    return hasattr({name}, '__wrapped__'), hasattr({name}, '__closure__')"
    )
    assert worker.ask({"function": "f", "calls": [{"arguments": []}]}, 2.0).value["results"] == [(False, False)]


@pytest.mark.parametrize("call", ["map(abs, [])", "filter(None, [])", "itertools.accumulate([])", "itertools.groupby([])"])
def test_what_a_watched_builtin_returns_does_not_hand_out_the_original(start, call):
    """Its type would be that."""
    worker = start(f"{PRELUDE}def f():\n    return type({call}).__name__")
    assert worker.ask({"function": "f", "calls": [{"arguments": []}]}, 2.0).value["results"] == ["generator"]


def test_print_options_change_nothing(start):
    """Else an f-string runs Python once for each number."""
    worker = start(f"{PRELUDE}def f(n):\n    with np.printoptions(threshold=np.inf):\n        return len(str(np.ones(int(n))))")
    short, long = worker.ask({"function": "f", "calls": [{"arguments": [n]} for n in (100, 1000)]}, 2.0).value["results"]
    assert short == long


@pytest.mark.parametrize(
    "expression",
    [
        "sum([1, 2, 3]) == 6 and sum([[1], [2]], []) == [1, 2] and sum((x for x in (1, 2)), start=5) == 8",
        "list(map(max, [1, 5], [3, 4])) == [3, 5] and max([1, 3]) == 3 and max([], default=7) == 7",
        "max([1, -3], key=abs) == -3 and min(4, 2) == 2 and sorted([2, 1], reverse=True) == [2, 1]",
        "functools.reduce(operator.mul, [1, 2, 3], 4) == 24 and list(itertools.accumulate([1, 2])) == [1, 3]",
        "any([0, 1]) and not all([0, 1]) and math.prod([2, 3], start=2) == 12 and list(filter(None, [0, 1])) == [1]",
        "math.dist((0, 0), (3, 4)) == 5 == math.hypot(3, 4) and math.hypot() == 0 and max(1, -3, key=abs) == -3",
        "[(k, list(g)) for k, g in itertools.groupby('aab')] == [('a', ['a', 'a']), ('b', ['b'])]",
        "list(itertools.takewhile(bool, [1, 0, 1])) == [1] and list(itertools.dropwhile(bool, [1, 0, 1])) == [0, 1]",
        "list(itertools.filterfalse(bool, [1, 0])) == [0] and operator.countOf([1, 2, 1], 1) == 2",
        "statistics.fmean([1, 3]) == 2 and statistics.median([3, 1, 2]) == 2",
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


def test_sizes_at_which_steps_are_counted_cannot_be_known():
    """They are drawn near the usual ones, in order, and below np.choose's 64 choices where it matters."""
    draws = [jittered(STEP_SIZES, np.random.default_rng(seed)) for seed in range(50)]
    assert all(small < middle < large < 64 for small, middle, large in draws)
    assert all(len({draw[place] for draw in draws}) > 1 for place in range(3))


def test_each_axis_is_the_shortest_once_while_all_grow():
    """And the longest: so a loop over whichever is the shortest goes along one and the same axis."""
    for seed in range(50):
        orders = list(growing_together(3, np.random.default_rng(seed)))
        for pick in (np.argmin, np.argmax):
            places = [{int(pick(shape)) for shape in order} for order in orders]
            assert sorted(places, key=min) == [{0}, {1}, {2}]
        assert all(np.all(np.diff(order, axis=0) > 0) for order in orders)
        assert max(size for order in orders for shape in order for size in shape) < 64


def test_growth_is_that_of_every_interval():
    """A path that changes at one size is no loop, one that begins at a size is."""

    def found(steps):
        return growth_of(STEP_SIZES, [steps(size) for size in STEP_SIZES])

    assert found(lambda size: 5 + 3 * size) == 3
    assert found(lambda size: 5 + 100 * (size > 15)) == 0
    assert found(lambda size: 5 + 2 * max(size - 15, 0)) == 1
    assert math.isinf(found(lambda size: SWITCHED_OFF * size**0))
