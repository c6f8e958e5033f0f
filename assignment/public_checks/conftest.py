"""What the checks need, when you run them yourself: your functions by their names, and data from a public seed."""

import copy
import functools
import importlib
import traceback

import numpy as np
import pytest

from public_checks.draws import PUBLIC_SEED, check_rng
from public_checks.expect import Mismatch, loss_and_gradient, number
from public_checks.report import NOTEBOOK, NotThere, ReportByQuestion
from public_checks.tables import FUNCTIONS, GIVEN_FUNCTIONS


def pytest_configure(config):
    """Report by question."""
    config.pluginmanager.register(ReportByQuestion())


def _function(name, module):
    @pytest.fixture(name=name)
    def function(pytestconfig):
        return _on_copies(find(pytestconfig))

    def find(pytestconfig):
        notebook = pytestconfig.stash.get(NOTEBOOK, None)
        if notebook is not None and module not in GIVEN_FUNCTIONS.values():
            if name not in notebook:
                raise NotThere(name, f"The notebook does not know {name} yet: run its cell first.")
            return notebook[name]
        try:
            answers = importlib.import_module(module)
        except Exception as error:
            raise NotThere(name, f"{module}.py cannot be imported:\n{_last_words(error)}") from None
        if not hasattr(answers, name):
            raise NotThere(name, f"{module}.py defines no function {name}.")
        return getattr(answers, name)

    return function


def _on_copies(function):
    """A function that calls another one with copies: what it changes in them costs one check."""

    @functools.wraps(function)
    def call(*arguments):
        return function(*copy.deepcopy(arguments))

    return call


def _last_words(error):
    """An exception as Python prints it, from the last line of code on."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    start = max(k for k, line in enumerate(lines) if line.startswith("  File "))
    return "\n".join(lines[start:])


for _name, _module in (FUNCTIONS | GIVEN_FUNCTIONS).items():
    globals()[_name] = _function(_name, _module)


@pytest.fixture
def rng(request):
    """Random numbers of the check at hand: the same at every run."""
    check = request.node.get_closest_marker("check").args[0]
    return check_rng(PUBLIC_SEED, check)


@pytest.fixture
def observe():
    """Call a function; return its result and its arguments as the call left them."""

    def call(function, *arguments):
        arguments = copy.deepcopy(arguments)
        return function.__wrapped__(*arguments), arguments

    return call


@pytest.fixture
def baseline():
    """Choose what another function should agree with: yours, right or wrong."""
    return lambda function, other: function  # noqa: ARG005


@pytest.fixture
def alive():
    """Expect a loss that depends on weights and classes: an answer that returns a constant has nothing to judge."""

    def check(loss_function):
        rng = np.random.default_rng(PUBLIC_SEED)
        W, X, y = rng.normal(size=(4, 3)), rng.normal(size=(5, 4)), np.array([0, 1, 2, 1, 0])
        cases = (W, y), (2 * W, y), (W, (y + 1) % 3)
        losses = [number(loss_and_gradient(loss_function(V, X, t, 0.0), W.shape)[0], "loss") for V, t in cases]
        if len(set(losses)) < 3:
            raise Mismatch("The loss does not depend on both W and y.")

    return check
