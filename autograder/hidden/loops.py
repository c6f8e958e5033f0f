"""No loop, and no loop's time: what q4 and q5 have in common in their checks of loops and timing."""

import math

from autograder.judge.evidence.base import Evidence
from autograder.judge.meters.cpu import CPU_LIMIT, TOO_LARGE

from expect import Hint, Mismatch

AXES = {
    "N": ("examples", "loop-rows"),
    "D": ("features", "loop-features"),
    "C": ("classes", "loop-classes"),
    "n": ("rows of A", "loop-rows"),
    "m": ("rows of B", "loop-rows"),
    "d": ("coordinates", "loop-features"),
}  # what each axis counts, and the id of a loop along it

WHOLE = "Which operation on whole arrays does this for all {} at once?"


def expect_no_loop(evidence: Evidence) -> None:
    """Expect no interpreter steps along any axis, and no loop's CPU time where an axis is long.

    Too much CPU time together with too much memory is waste, not a loop, if a short axis shows none: it costs only timing.
    """
    for axis, steps in evidence.steps.items():
        things, hint = AXES[axis]
        if math.isinf(steps):
            raise Mismatch(
                "The function switches off the counter of interpreter steps; without it, loop points cannot be earned."
            )
        if steps > 0:
            raise Mismatch(
                f"A Python loop runs along {axis}: {steps:.3g} interpreter steps more for each further one of the {things}.",
                hint=Hint(hint, f"{WHOLE.format(things)} Python's own sum, max or map take one after another too."),
            )
    for axis, race in evidence.races.items():
        things, hint = AXES[axis]
        if race.ratio > CPU_LIMIT and not (race.wasteful and evidence.short_race(axis).ratio <= CPU_LIMIT):
            raise Mismatch(
                f"With many {things} it takes {race.ratio:.0f} times the CPU time of the vectorized reference, as a loop does.",
                hint=Hint(hint, WHOLE.format(things)),
            )


def expect_fast(evidence: Evidence) -> None:
    """Expect CPU time near the reference's where any axis is long."""
    races = {f"many {AXES[axis][0]}": race for axis, race in evidence.races.items()}
    if evidence.wide is not None:
        races["many of everything"] = evidence.wide
    what, slowest = max(races.items(), key=lambda item: item[1].ratio)
    if slowest is TOO_LARGE:
        raise Mismatch(f"With {what} it needs more memory than there is: is there an array larger than the answer needs?")
    if slowest.slow:
        waste = f" It also takes {slowest.peak / 1e6:.0f} MB of memory: is there an array larger than the answer needs?"
        raise Mismatch(
            f"With {what} it takes {slowest.ratio:.0f} times the CPU time of the vectorized reference;"
            f" {slowest.limit:.0f} times is the limit.{waste if slowest.wasteful else ''}"
        )
