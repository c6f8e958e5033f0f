"""The wire: what is sent arrives, and nothing else gets in, whatever the bytes of a frame are."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.wire import MAX_TEXT, Opaque, Strided, WireError, decode, encode
from tests.frames import answers, arrays, is_plain, parts, values
from tests.hostile_bytes import MORE, mutated, peak


def cross(value, **options):
    return decode(*parts(encode(value)), **options)


@given(arrays)
def test_an_array_arrives_as_it_is(array):
    """Type, shape, every bit."""
    arrived = cross(array)
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert arrived.tobytes() == array.tobytes()
    assert arrived.flags.writeable


plain_leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=5)
plain_values = st.recursive(plain_leaves, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner), max_leaves=8)


@given(plain_values)
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


def test_deep_nesting_is_refused():
    """Before it exhausts the reader's stack."""
    with pytest.raises(WireError):
        decode(b"[" * 100_000 + b"]" * 100_000, b"")
    with pytest.raises(WireError):
        decode(b'{"tuple":[' * 50 + b"]}" * 50, b"")


# Whatever the frame holds: a value or a refusal, in a small multiple of its memory


def read(text, payload):
    """Decode a frame as the judge does; return whether it was taken, after looking at what came of it."""
    try:
        value, taken = peak(lambda: decode(text, payload))
    except WireError:
        return False
    assert is_plain(value)
    assert taken < 64 * (len(text) + len(payload)) + 100_000
    return True


@given(st.binary(max_size=200), st.binary(max_size=64))
def test_noise_is_refused_or_read_never_a_crash(text, payload):
    """The reader raises WireError and nothing else."""
    read(text, payload)


@MORE
@given(values)
def test_whatever_the_wire_takes_arrives_bit_for_bit(value):
    """What arrived makes the same frame once more, and the frame is not changed by the way."""
    frame = encode(value)
    assert encode(decode(*parts(frame))) == frame


@MORE
@given(answers.map(encode), st.data())
def test_a_mutated_frame_is_a_value_or_refused(frame, data):
    """A value of the few types that cross, in a small multiple of the frame's memory; never any other exception."""
    text, payload = parts(frame)
    which = data.draw(st.sampled_from(["text", "payload", "both"]))
    read(
        data.draw(mutated(st.just(text))) if which != "payload" else text,
        data.draw(mutated(st.just(payload))) if which != "text" else payload,
    )


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(),
    st.sampled_from(["<f8", "|b1", "|O", "<U9", "C", "F", "strided", "int", "__class__", "\ud800", "", "softmax_jacobian\n"]),
)
described = st.recursive(
    ODD,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["array", "shape", "order", "scalar", "tuple", "list", "dict", "opaque"]),
            inner,
            max_size=4,
        )
        | st.fixed_dictionaries(
            {
                "array": st.sampled_from(["<f8", "|b1", "|i1"]) | ODD,
                "shape": st.lists(st.sampled_from([0, 1, 2, 2**32, 2**63]) | ODD, max_size=5),
                "order": st.sampled_from(["C", "F"]) | ODD,
            }
        )
    ),
    max_leaves=10,
)


@MORE
@given(described, st.integers(0, 32))
def test_a_description_that_nearly_is_one_is_a_value_or_refused(packed, size):
    """Every field of every type."""
    read(json.dumps(packed).encode(), bytes(size))


@pytest.mark.parametrize(
    "number", ["9" * 19, "-" + "9" * 19, "9" * 100_000, "-" + "9" * MAX_TEXT, str(2**63), str(-(2**63) - 1), "1" + "0" * 4299]
)
def test_an_integer_of_more_than_64_bits_is_refused(number):
    """numpy has no such number, and Pythons without a limit on digits take a minute to read it."""
    assert not read(number.encode(), b"")


def test_the_longest_integers_that_numpy_has_arrive():
    """Both ends of 64 bits."""
    for number in (2**63 - 1, -(2**63)):
        assert decode(str(number).encode(), b"") == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"1e999", float("inf")),
        (b"-1e999", float("-inf")),
        (b"0." + b"9" * 100_000, 1.0),
        (b"1e" + b"9" * 100_000, float("inf")),
        (b"-Infinity", float("-inf")),
        (b'"\\ud800"', "\ud800"),
        (b'{"list":[1],"tuple":[2],"tuple":[3]}', (3,)),
    ],
)
def test_odd_ways_to_write_a_value_are_read_as_json_reads_them(text, value):
    """Numbers too large are infinite, and the last of two equal keys counts."""
    assert decode(text, b"") == value


@pytest.mark.parametrize(
    "piece",
    [
        *('""', "999", "1.5", "[]", "{}", '{"":0}', '"ab"', '{"list":[]}', '{"dict":{"":0}}', '{"opaque":"int"}'),
        *('{"array":"|b1","shape":[0],"order":"C"}', '{"scalar":"|b1","shape":[],"order":"C"}', '{"tuple":[null,null]}'),
    ],
)
def test_the_smallest_pieces_of_a_frame_take_a_small_multiple_of_its_memory(piece):
    """As many of them as go into an eighth of the longest text; a byte of payload for each."""
    many = MAX_TEXT // 8 // (len(piece) + 1)
    text = '{"list":[' + ",".join([piece] * many) + "]}"
    assert read(text.encode(), bytes(many if "scalar" in piece else 0)) == (piece not in ("[]", "{}", '{"":0}'))
    with contextlib.suppress(WireError):
        _, taken = peak(lambda: decode(text.encode(), bytes(many)))
        assert taken < 64 * len(text)
