"""Interpreter steps for each further row along an axis: exactly 0 for vectorized code, whatever the machine does meanwhile."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.judge.examination import RemoteFunction
from autograder.worker.steps import SWITCHED_OFF

STEP_SIZES = (16, 32, 48)  # rows along the axis; C-level switches such as np.choose's 32 choices cost no steps
FEW_STEP_SIZES = (5, 10, 15)  # where a loop is what is wanted
LARGE_STEP_SIZES = (389, 797)  # where a loop shows that begins at a size, or goes in blocks
JITTER = 1 / 8  # of a size, up or down, so that no answer can know it: at most 54 rows, while np.choose takes up to 64
Arguments = tuple[Any, ...]


def steps_per_row(
    function: RemoteFunction,
    draw: Callable[[int, str], Arguments],
    sizes: Sequence[Sequence[int]],
    rng: np.random.Generator | None = None,
) -> float:
    """Count how many more interpreter steps each further row along an axis costs.

    Parameters
    ----------
    function : RemoteFunction
        The function to watch.
    draw : callable
        Takes the size of the axis and a purpose; returns arguments that differ for another purpose.
    sizes : sequence of sequences of int
        Rows along the axis; the second sequence is looked at where the first shows no loop.
    rng : numpy.random.Generator, optional
        Hidden; draws sizes near the usual ones.

    Returns
    -------
    steps : float
        The smaller of the growths from small to middle and from middle to large, per row: a loop costs steps in both
        intervals, a path that depends on the size (as np.choose up to 32 classes) in at most one; where it is 0, that between
        the large sizes. Exactly 0 for vectorized code, infinite where the counter was switched off.
    """
    growth = 0.0
    for usual in sizes:
        rows = [size if rng is None else round(size * rng.uniform(1 - JITTER, 1 + JITTER)) for size in usual]
        counts = function.count_steps([(draw(size, "warm-up"), draw(size, "count")) for size in rows])
        if SWITCHED_OFF in counts:
            return math.inf
        pairs = pairwise(zip(rows, counts))
        growth = max(0.0, min((more - few) / (large - small) for (small, few), (large, more) in pairs))
        if growth > 0:
            break
    return growth
