"""Frames on the wire: values to be sent as hypothesis draws them, a frame's parts, and a way for answers to send their own."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.wire import DTYPES, LENGTHS, MAX_DIMENSIONS, TYPES, Opaque

# Code with which an answer finds the descriptor over which its worker talks to the judge.
CHANNEL = """
import os
def is_open(descriptor):
    try:
        os.write(descriptor, b"")
    except OSError:
        return False
    return True
CHANNEL = next(descriptor for descriptor in range(3, 32) if is_open(descriptor))
"""

arrays = hnp.arrays(
    st.sampled_from(sorted(DTYPES)), hnp.array_shapes(min_dims=0, max_dims=MAX_DIMENSIONS, min_side=0, max_side=4)
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(st.characters(), max_size=4),
    st.just("\ud800"),
    arrays,
    arrays.map(np.asfortranarray),
    arrays.filter(lambda array: array.size).map(lambda array: array.ravel()[0]),
    st.sampled_from(sorted(TYPES)).map(Opaque),
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
answers = st.builds(
    lambda results, steps: {"results": results, "steps": steps, "arguments": [results]},
    st.lists(values, max_size=3),
    st.lists(st.integers(0, 99), max_size=3),
)


def parts(frame):
    """JSON and array bytes of an honest frame."""
    text, _ = LENGTHS.unpack(frame[: LENGTHS.size])
    return frame[LENGTHS.size :][:text], frame[LENGTHS.size :][text:]


def is_plain(value):
    """Whether it is of the few types that may come over the wire."""
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(item) for key, item in value.items())
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.str in DTYPES and value.ndim <= MAX_DIMENSIONS
    if type(value) is int:
        return -(2**63) <= value < 2**63
    return value is None or type(value) in (bool, float, str) or (type(value) is Opaque and value.type_name in TYPES)
