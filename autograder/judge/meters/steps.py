"""Interpreter steps for each further row along an axis: exactly 0 for vectorized code, whatever the machine does meanwhile."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.judge.student_code import StudentFunction
from autograder.orders import SWITCHED_OFF

STEP_SIZES = (16, 32, 48)  # rows along the axis; C-level switches such as np.choose's 32 choices cost no steps
FEW_STEP_SIZES = (4, 8)  # where a loop is what is wanted
LARGE_STEP_SIZES = (389, 797)  # where a loop shows that begins at a size, or goes in blocks
JITTER = 1 / 8  # of a size, up or down, so that no answer can know it: at most 54 rows, while np.choose takes up to 64
Arguments = tuple[Any, ...]


def jittered(sizes: Sequence[int], rng: np.random.Generator) -> list[int]:
    """Sizes near the usual ones."""
    return [round(size * rng.uniform(1 - JITTER, 1 + JITTER)) for size in sizes]


def steps_per_row(function: StudentFunction, pairs: Mapping[int, tuple[Arguments, Arguments]]) -> float:
    """Count how many more interpreter steps each further row along an axis costs.

    Parameters
    ----------
    function : StudentFunction
        The function to watch.
    pairs : mapping of int to pair of tuples
        Arguments to warm up with and arguments to count with, by the number of rows, which rises.

    Returns
    -------
    steps : float
        The least growth from one size to the next, per row: a loop costs steps in every interval, a path that depends on the
        size (as np.choose up to 32 classes) in at most one. Exactly 0 for vectorized code, infinite where the counter was
        switched off.
    """
    counts = function.count_steps(list(pairs.values()))
    if SWITCHED_OFF in counts:
        return math.inf
    steps = pairwise(zip(pairs, counts))
    return max(0.0, min((more - few) / (large - small) for (small, few), (large, more) in steps))
