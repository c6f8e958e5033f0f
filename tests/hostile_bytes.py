"""Hostile bytes: honest ones with pieces cut, doubled and overwritten; and what it costs to read them."""

import tracemalloc

from hypothesis import settings
from hypothesis import strategies as st

MORE = settings(max_examples=3 * settings.default.max_examples)  # for what takes a millisecond
CRUMBS = (
    *(b"\0", b"\xff" * 8, b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\n", b"\r", b"\f", b"\\", b'"', b"'", b"[", b"]", b"{", b"}"),
    *(b"\\ud800", b"NaN", b"-Infinity", b"1e999", b"9" * 30, b"9" * 5000, b"-1", b"null", b"[]", b'{"":0}', b"[" * 3000),
    *(b'"shape":', b"<f8", b"|O", b"4294967296", b'"tuple"', b'"dict"', b'"cells":', b'"source":', b"PK\1\2", b"PK\5\6"),
    *(b"(" * 300, b"@", b"lambda:", b"# coding: hex\n", b"def softmax_jacobian(z):\n", b"%%time\n", b"    ", b"\t", b"class"),
)


@st.composite
def mutated(draw, originals):
    """An honest text of bytes with up to five pieces overwritten, taken out, doubled, or moved in from elsewhere."""
    data = bytearray(draw(originals))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        piece = draw(st.one_of(st.sampled_from(CRUMBS), st.binary(min_size=1, max_size=4), st.just(bytes(data[start:end]) * 2)))
        data[start : draw(st.sampled_from([start, end, min(start + len(piece), len(data))]))] = piece
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 9)) == 0 else data)


def peak(work):
    """The result of some work, and the memory that it took at its highest point: bytes."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
