"""The wire: what is sent arrives, and nothing else gets in."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.wire import DTYPES, LENGTHS, MAX_DIMENSIONS, Opaque, Strided, WireError, decode, encode


def cross(value, **options):
    frame = encode(value)
    text, payload = LENGTHS.unpack(frame[: LENGTHS.size])
    body = frame[LENGTHS.size :]
    assert len(body) == text + payload
    return decode(body[:text], body[text:], **options)


arrays = hnp.arrays(
    st.sampled_from(sorted(DTYPES)), hnp.array_shapes(min_dims=0, max_dims=MAX_DIMENSIONS, min_side=0, max_side=4)
)


@given(arrays)
def test_an_array_arrives_as_it_is(array):
    """Type, shape, every bit."""
    arrived = cross(array)
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert arrived.tobytes() == array.tobytes()
    assert arrived.flags.writeable


leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=5)
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner), max_leaves=8)


@given(values)
def test_numbers_and_tuples_arrive_as_they_are(value):
    """A tuple stays a tuple, a list a list."""
    assert cross(value) == value


def test_memory_order_arrives():
    """Answers may be asked for inputs in any order."""
    array = np.arange(12.0).reshape(3, 4)
    assert cross(np.asfortranarray(array)).flags.f_contiguous
    strided = cross(Strided(array), judges=True)
    assert not strided.flags.c_contiguous
    assert not strided.flags.f_contiguous
    assert np.array_equal(strided, array)


def test_only_the_judge_asks_for_arrays_that_take_more_memory_than_bytes():
    """A worker could make the judge set aside sixteen times what it sends."""
    with pytest.raises(WireError):
        cross(Strided(np.arange(12.0).reshape(3, 4)))


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (2**70, Opaque("int")),
        (object(), Opaque("object")),
        ((x for x in ()), Opaque("generator")),
        (np.array([None]), Opaque("ndarray_of_object")),
        (np.ones((1, 1)).view(np.matrix), np.array([[1.0]])),
        (np.float32(3), np.float32(3)),
        (type("Evil name", (), {})(), Opaque("object")),
    ],
)
def test_what_does_not_cross_is_named_by_its_type(value, arrives):
    """The type's name, if it is one, and nothing of the value."""
    assert cross(value) == arrives


@pytest.mark.parametrize(
    "packed",
    [
        {"array": "<f8", "shape": [2**40, 2**40], "order": "C"},
        {"array": "<f8", "shape": [0, 2**62], "order": "C"},
        {"array": "<f8", "shape": [-1], "order": "C"},
        {"array": "<f8", "shape": [True], "order": "C"},
        {"array": "<f8", "shape": [1] * 9, "order": "C"},
        {"array": "|O", "shape": [1], "order": "C"},
        {"array": "<U9", "shape": [1], "order": "C"},
        {"array": "<f8", "shape": [1], "order": "K"},
        {"array": "<f8", "shape": [1]},
        {"array": "<f8", "shape": [2], "order": "C"},
        {"array": "<f4", "shape": [1], "order": "C"},
        {"opaque": "not an identifier"},
        {"function": "__import__('os')"},
        {"pickle": "gASVAA=="},
        {"tuple": 3},
        [1, 2],
    ],
)
def test_a_frame_that_breaks_the_rules_is_refused(packed):
    """8 bytes of payload, and a description that does not fit them."""
    with pytest.raises(WireError):
        decode(json.dumps(packed).encode(), bytes(8))


@given(st.binary(max_size=200), st.binary(max_size=64))
def test_noise_is_refused_or_read_never_a_crash(text, payload):
    """The reader raises WireError and nothing else."""
    with contextlib.suppress(WireError):
        decode(text, payload)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(st.sampled_from(["array", "shape", "order", "tuple", "list", "dict", "scalar", "opaque"]), x)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_refused_or_read_never_a_crash(packed):
    """Also where it nearly looks like a frame."""
    with contextlib.suppress(WireError):
        decode(json.dumps(packed).encode(), bytes(16))


def test_deep_nesting_is_refused():
    """Before it exhausts the reader's stack."""
    with pytest.raises(WireError):
        decode(b"[" * 100_000 + b"]" * 100_000, b"")
    with pytest.raises(WireError):
        decode(b'{"tuple":[' * 50 + b"]}" * 50, b"")
