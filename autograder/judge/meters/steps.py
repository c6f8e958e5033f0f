"""Interpreter steps: exactly as many for many rows as for few in vectorized code, whatever the machine does meanwhile."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from autograder.judge.meters.cpu import JITTER, Shape
from autograder.orders import SWITCHED_OFF

STEP_SIZES = (10, 20, 30)  # of the shortest axis; C-level switches such as np.choose's 32 choices cost no steps
SPREAD = 1.8  # times the shortest axis's size, of the longest; with the jitter at most 58, while np.choose takes up to 64
FEW_STEP_SIZES = (4, 8)  # where a loop is what is wanted
STEP_OTHERS = 5, 9  # least and largest size of the axes that are not watched where one is
LEAST_GROWTH = 0.2  # steps for each of many rows: a loop over blocks of 60 rows costs more, one over 1,000 rows 0.1
OTHER_WAY = 200  # steps that another way of computing may take where there are many rows, as beyond np.choose's limit


def jittered(sizes: Sequence[float], rng: np.random.Generator) -> list[int]:
    """Sizes near the usual ones."""
    return [round(size * rng.uniform(1 - JITTER, 1 + JITTER)) for size in sizes]


def growing_together(axes: int, rng: np.random.Generator) -> Iterator[list[Shape]]:
    """Shapes in which all axes grow, in as many orders as there are axes: each is the shortest once, and stays it.

    A loop over whichever axis is the shortest, or the longest, goes along the same one in all shapes of an order.
    """
    for first in range(axes):
        spread = np.roll(np.linspace(1.0, SPREAD, axes), first)
        yield [tuple(jittered((size * spread).tolist(), rng)) for size in STEP_SIZES]


def growth(sizes: Sequence[int], counts: Sequence[int]) -> float:
    """Steps that each further row costs: the least growth from one size to the next.

    A loop costs steps in every interval, a path that depends on the size (as np.choose up to 32 classes) in at most one.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of rows, which rise.
    counts : sequence of int
        Steps at each.

    Returns
    -------
    steps : float
        Exactly 0 for vectorized code, infinite where the counter was switched off.
    """
    if SWITCHED_OFF in counts:
        return math.inf
    intervals = pairwise(zip(sizes, counts))
    least = min((more - few) / (large - small) for (small, few), (large, more) in intervals)
    return max(0.0, least)
