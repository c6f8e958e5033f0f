"""Hostile bytes: whatever a submission holds or a worker sends, its readers make of it a value or a reason, in bounded memory.

Inputs are honest ones with pieces cut, doubled and overwritten, and others made by a grammar that nearly is the right one.
"""

import ast
import contextlib
import copy
import io
import json
import os
import re
import socket
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.homework import ASSIGNMENT, FUNCTIONS, MODULES, SOLUTIONS
from autograder.intake.finding import find
from autograder.intake.naming import MAX_NAME, unique_names
from autograder.intake.places import Place
from autograder.judge import worker as judges_worker
from autograder.judge.examination import _is_answer
from autograder.judge.no_answer import MAX_MESSAGE, NoAnswer, harmless, raised_at_import, raised_in_call
from autograder.judge.worker import Reply, WorkerDied
from autograder.submission import MAX_MODULE, Submission, stage
from autograder.wire import (
    DTYPES,
    LENGTHS,
    MAX_DIMENSIONS,
    MAX_TEXT,
    TYPES,
    Opaque,
    WireError,
    decode,
    encode,
)

from answers import MAX_NOTEBOOK, choose
from cells import MAX_VALUES, read_notebook
from reading import HEADER, MARKER, MAX_CODE, MAX_WORDS, Reading, Unreadable, absent_imports, definitions

MORE = settings(max_examples=3 * settings.default.max_examples)  # for what takes a millisecond
LONGEST_REASON = 2000  # characters: nine sentences, as many as there can be
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


# -- the wire ----------------------------------------------------------------------------------------------------------------

arrays = hnp.arrays(
    st.sampled_from(sorted(DTYPES)), hnp.array_shapes(min_dims=0, max_dims=MAX_DIMENSIONS, min_side=0, max_side=3)
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


def read(text, payload):
    """Decode a frame as the judge does; return whether it was taken, after looking at what came of it."""
    try:
        value, taken = peak(lambda: decode(text, payload))
    except WireError:
        return False
    assert is_plain(value)
    assert taken < 64 * (len(text) + len(payload)) + 100_000
    return True


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
    assert int(number[:20]) == -(2**63) - 1 or not read(number.encode(), b"")


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


# -- a worker that lies ------------------------------------------------------------------------------------------------------

LIAR = """
import os, time
def is_open(descriptor):
    try:
        os.write(descriptor, b"")
    except OSError:
        return False
    return True
CHANNEL = next(descriptor for descriptor in range(3, 32) if is_open(descriptor))
def lie(frame, then):
    os.write(CHANNEL, frame.tobytes())
    if then == "leave":
        os._exit(0)
    if then == "close":
        os.close(CHANNEL)
    if then == "sleep":
        time.sleep(1000)
    return 1
"""
REQUEST = {"function": "lie", "calls": [{"arguments": [0, ""]}]}


def liar(sandbox):
    worker = sandbox.fork()
    order = {"sources": {"softmax": LIAR}, "module": "softmax", "functions": ["lie"]}
    assert worker.ask(order, 5.0).value == {"functions": ["lie"]}
    return worker


lengths = st.sampled_from([0, 1, 15, 16, MAX_TEXT, MAX_TEXT + 1, 2**31, 2**63, 2**64 - 1])
headers = st.one_of(
    st.just(encode({"results": [1], "steps": [0], "arguments": []})),
    mutated(answers.map(encode)),
    answers.flatmap(lambda answer: mutated(st.just(parts(encode(answer))[0]))).map(
        lambda text: LENGTHS.pack(len(text), 0) + text
    ),
    st.builds(lambda text, payload, rest: LENGTHS.pack(text, payload) + rest, lengths, lengths, st.binary(max_size=40)),
)


@settings(max_examples=max(30, settings.default.max_examples // 2))
@given(headers, st.sampled_from(["return", "leave", "close", "sleep"]))
def test_a_worker_that_writes_what_it_likes_has_answered_or_died(sandbox, frame, then):
    """It is answered with a plain value, or with how it ended; the next worker of the same sandbox is as good as ever."""
    worker = liar(sandbox)
    request = {"function": "lie", "calls": [{"arguments": [np.frombuffer(frame, np.uint8), then]}]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judges_worker, "STALL", 0.2)
        for _ in range(2):  # what is left of a frame lies in wait for the second question
            try:
                reply = worker.ask(request, 2.0)
            except WorkerDied as death:
                words = str(death)
                break
            words = ""
            assert isinstance(reply, Reply)
            assert is_plain(reply.value)
    assert words.isprintable()
    worker.end()
    honest = liar(sandbox)
    honest.end()


# -- what is made of its claims ----------------------------------------------------------------------------------------------

CLAIM = st.one_of(
    values,
    st.text(max_size=400),
    st.integers(-3, 12),
    st.sampled_from(
        [
            *("softmax.py", "training.py", "distances.py", ".py", "../softmax.py", "ValueError", "NotImplementedError"),
            *("ModuleNotFoundError", "No module named 'x'", "No module named 'x\n'", "<b>\x1b[31m`\xad\u202e\ud800" * 40),
        ]
    ),
)
claims = st.dictionaries(st.sampled_from(["type", "message", "file", "line", "\ud800"]), CLAIM)
HOSTILE_SOURCES = (
    b"def softmax_jacobian(z):\n    return z\n",
    (HEADER.format("x" * 60) + "\n" + MARKER.format("x" * 60, 7) + "\nx\n").encode(),
    (HEADER.format("<b>") + "\r" + MARKER.format("<b>", "9" * 7) + "\r\x1b").encode(),
    b"\xff\x00\r\r\n\n",
)


def is_fit_to_be_shown(words):
    return words.isprintable() and not re.search(r"[<>`\xad]", words)


@MORE
@given(claims, st.sampled_from(HOSTILE_SOURCES))
def test_the_words_made_of_a_workers_claims_are_fit_to_be_shown(raised, source):
    """Short, printable, without markup, whatever a call, or the import, is said to have raised."""
    for make, of in ((raised_in_call, "softmax_jacobian"), (raised_at_import, "softmax.py")):
        try:
            missing = make(of, raised, {"softmax": source})
        except NoAnswer as forged:
            missing = forged
        assert is_fit_to_be_shown(missing.summary)
        assert len(missing.summary) < 250
        assert is_fit_to_be_shown(missing.message)
        assert len(missing.message) <= MAX_MESSAGE + 3


@pytest.mark.parametrize("file", [[], {}, np.zeros(2), ["softmax.py"], 3])
def test_a_forged_place_is_said_to_be_forged(file):
    """What is not even a text once took the grader down, and the submission had no marks but an error."""
    with pytest.raises(NoAnswer, match="wrote to the grader's channel"):
        raised_in_call("softmax_jacobian", {"type": "ValueError", "file": file}, {"softmax": b""})


@MORE
@given(st.text())
def test_a_harmless_text_is_printable_and_short(text):
    """And stays as it is when it is made harmless once more."""
    plain = harmless(text * 40)
    assert is_fit_to_be_shown(plain)
    assert len(plain) <= MAX_MESSAGE + 3
    assert plain.endswith("...") or harmless(plain) == plain


def test_a_soft_hyphen_is_not_harmless():
    """It is invisible, and splits a word that someone looks for."""
    assert harmless("a\xadb") == "a b"


@MORE
@given(values | answers, st.lists(st.booleans(), max_size=3))
def test_only_what_can_be_used_as_an_answer_is_taken_for_one(answer, returned):
    """A result and a count of steps for each call, and a list of arguments for each that are to come back."""
    if _is_answer(answer, [{"returned": back} for back in returned]):
        assert len(answer["results"]) == len(answer["steps"]) == len(returned)
        assert len(answer["arguments"]) == sum(returned)
        assert all(type(count) is int for count in answer["steps"][1::2])


# -- modules -----------------------------------------------------------------------------------------------------------------

REFERENCE = [(SOLUTIONS / f"{module}.py").read_bytes() for module in MODULES]
SOURCES = st.sampled_from([*REFERENCE, b"def softmax_jacobian(z):\n    return z\n"])
NESTS = (
    *("(", "[", "{", "{a:", "{**", "f(", "f(a=", "f(*", "f(**", "(a,", "lambda: ", "lambda x=", "[a for a in ", "a[", "a[:"),
    *("not ", "await ", "a if a else ", "a**", "-", "f'{", "(a:=", "x=", "x: ", "(yield ", "with (", "if a: ", "@a\n", "a;"),
    *("elif a: b\n", "a.", "a\\\n", "'' ", "f'' ", "'''", "def f(a=", "class A(", "match a:\n case [", "print "),
)
nested = st.builds(
    lambda piece, times, end: (piece * min(times, (MAX_CODE - 9) // len(piece)) + end).encode(),
    st.sampled_from(NESTS),
    st.sampled_from([3, 30, 90, 99, 100, 198, 200, 990, 2990, 6000, 100_000]),
    st.sampled_from(["", "a", "?", "a b", ")", "]", "1\n", "\0", "=1"]),
)
codings = st.builds(
    lambda mark, name, body: mark + b"# coding: " + name.encode() + b"\n" + body,
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\n", b"#\r", b"\f", b"x = 1\n"]),
    st.sampled_from(
        [
            *(
                "hex",
                "rot13",
                "undefined",
                "utf-7",
                "utf-16",
                "utf-32",
                "idna",
                "punycode",
                "unicode_escape",
                "latin-1",
                "cp037",
            ),
            *("raw_unicode_escape", "big5", "base64", "zlib", "mbcs", "utf-8-sig", "x" * 100_000, "../../etc/passwd"),
        ]
    ),
    st.binary(max_size=30) | SOURCES,
)


@given(st.one_of(mutated(SOURCES), nested, codings, st.lists(st.sampled_from(CRUMBS)).map(b"".join)))
def test_a_modules_text_is_read_or_said_to_be_unreadable(source):
    """By a short line of printable words, wherever Python gives up, and whatever it quotes."""
    reading = Reading("softmax", "softmax.py", source)
    if reading.problem:
        with pytest.raises(Unreadable) as caught:
            absent_imports(source)
        assert caught.value.words.isprintable()
        assert len(caught.value.words) <= MAX_WORDS
        assert reading.problem.isprintable()
        assert caught.value.words in reading.problem
    else:
        absent_imports(source)
        assert set(reading.answers) <= set(FUNCTIONS)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (f"def f({'x' * 9999}, {'x' * 9999}): pass", "duplicate argument 'xxx"),
        (b"# coding: " + b"x" * 9999 + b"\n", "encoding"),
        (b"# coding: punycode\n-" + b"a" * 50, "codec|code point"),
        ("@a\n" * 80_000, "invalid syntax|expected"),
    ],
)
def test_what_python_quotes_is_cut(source, words):
    """A name may have as many characters as a file, and a codec's message a line end."""
    with pytest.raises(Unreadable, match=words) as caught:
        definitions(source)
    assert caught.value.words.isprintable()
    assert len(str(caught.value)) <= MAX_WORDS + 20


# -- notebooks ---------------------------------------------------------------------------------------------------------------

HANDOUT = json.loads((ASSIGNMENT / "homework.ipynb").read_bytes())


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4}).encode()


def looked_at(content, name="homework.ipynb"):
    """Choose from a notebook alone; what is said can be printed, and what is lifted is Python."""
    choice = choose({name: content})
    for remark in choice.remarks:
        assert remark.isprintable()
        assert len(remark) < 400
    for lifted in choice.readings.values():
        assert not lifted.problem or "nested too deeply" in lifted.problem  # the same depth, read from a deeper call
        assert all(words.isprintable() for words in lifted.lost.values())
        lifted.source.decode()
    assert choice.readings or "cannot be read" in choice.remarks[0]
    return choice


def places(tree):
    """All places in a tree of JSON: (container, key)."""
    found, todo = [], [tree]
    while todo:
        node = todo.pop()
        inside = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        found += [(node, key) for key, _ in inside]
        todo += [value for _, value in inside if isinstance(value, (dict, list))]
    return found


WRONG = (
    None,
    True,
    7,
    1e999,
    float("nan"),
    "",
    "\ud800",
    "\0",
    [],
    {},
    [None, 3, [], "x\n"],
    ["\ud800"],
    {"cells": []},
    "x" * 9999,
)


@given(st.data())
def test_a_notebook_with_wrong_types_anywhere_is_read_or_said_not_to_be_one(data):
    """Cells without a source, sources of numbers, ids that are lists."""
    tree = {"root": copy.deepcopy(HANDOUT)}
    for _ in range(data.draw(st.integers(1, 6))):
        keys = data.draw(st.sampled_from(KEYS))
        everywhere = [place for place in places(tree) if place[1] in keys] or places(tree)
        node, key = data.draw(st.sampled_from(everywhere))
        if isinstance(node, dict) and data.draw(st.integers(0, 3)) == 0:
            del node[key]
        else:
            node[key] = data.draw(st.sampled_from(WRONG).map(copy.deepcopy))
        if not isinstance(tree.get("root"), (dict, list)):
            break
    looked_at(json.dumps(tree.get("root")).encode())


KEYS = (("root",), ("cells",), ("source",), ("cell_type", "id"), ("metadata", "outputs"), tuple(range(9)))
SMALL = notebook("import numpy as np\nEPS = 1e-9", "@np.vectorize\ndef softmax_jacobian(z):\n    return z + EPS", "x = f()")


@MORE
@given(mutated(st.just(SMALL)))
def test_a_notebook_with_broken_bytes_is_read_or_said_not_to_be_one(content):
    """Whether the JSON or the code in it is hit."""
    looked_at(content)


BLANK = ("", "", "", "\f", " \f", "\\\n", "\\\n  ", "\ufeff")
SIMPLE = (
    *(
        "a = 1",
        "b = a",
        "c: int = b",
        "a += 1",
        "import os as b",
        "from x import *",
        "from numpy import *",
        "x, (y, z) = 1, (2, 3)",
    ),
    *(
        "raise SystemExit",
        "1 / 0",
        "softmax_jacobian = a",
        "é = 'ä\u2028'",
        "del a",
        "f = lambda z=b: z",
        "d = '''a\n@b\n  '''",
    ),
    *(
        "a = (1,\n  2)",
        "%time a",
        "!ls",
        "a?",
        "x = [i for i in b]",
        "'\\\n'",
        "from __future__ import annotations",
        "global a",
    ),
)
COMPOUND = (
    *(
        "def softmax_jacobian(z):\n    return a + b",
        "class b(a):\n    c = b\n    def m(self): return d",
        "async def a(): await b",
    ),
    *(
        "def b(x=a, *, y: c = d) -> e: pass",
        "if a:\n    b = 1",
        "def a(): return 1; b = 2",
        "def d():\n\tx = '''\n@a\n'''\n\n\treturn x",
    ),
    *("class e: pass", "def c(): # words\n  # more\n  pass\n  # and more", "for a in b: pass", "def e(\n  z): (yield)"),
)
DECORATORS = (
    "@a\n",
    "@b.c(d)\n",
    "@ \\\n a\n",
    "@(\n\n# x\n a)\n",
    "\f@a\n",
    "\\\n @a\n",
    "@a # @\n\n# words\n",
    "@(a\n @ b)\n",
)
statements = st.one_of(
    st.builds(
        lambda blank, parts, end: blank + end.join(parts),
        st.sampled_from(BLANK),
        st.lists(st.sampled_from(SIMPLE), min_size=1, max_size=3),
        st.sampled_from(["; ", ";\\\n"]),
    ),
    st.builds(
        lambda blank, at, rest: blank + "".join(at) + rest,
        st.sampled_from(BLANK),
        st.lists(st.sampled_from(DECORATORS), max_size=2),
        st.sampled_from(COMPOUND),
    ),
)
cells = st.lists(
    st.builds(
        lambda texts, end: "\n".join(texts).replace("\n", end),
        st.lists(statements, min_size=1, max_size=4),
        st.sampled_from(["\n"] * 4 + ["\r\n", "\r"]),
    ),
    min_size=1,
    max_size=4,
)


def tops(source):
    """The statements at the top level, without their places."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [ast.dump(node) for node in ast.parse(source).body]


@MORE
@given(cells)
def test_what_is_lifted_out_of_any_layout_is_the_cells_own_statements(cells):
    """Each means what it means in its cell, and none is run: some would end the test. Lifted again, they are the same."""
    choice = looked_at(notebook(*cells))
    own = {ast.dump(node) for cell in choice.notebook.cells for node in cell.statements}
    for module, source in choice.sources.items():
        assert set(tops(source)) <= own
        again = looked_at(notebook(source.decode())).sources[module]
        assert [text for text in tops(source) if "alias(name='*')" not in text] == [
            text for text in tops(again) if "alias(name='*')" not in text
        ]


@pytest.mark.parametrize("before", ["\f@b\n", " \f@b\n", "b = 1\n\f@b\n@b\n", "@(\n\n b)\n", "@ \\\n b\n"])
def test_a_decorator_is_lifted_wherever_its_sign_stands(before):
    """Behind a form feed, which Python takes for the beginning of a line, too: this once ended the run over a class."""
    source = looked_at(notebook(before + "def softmax_jacobian(z):\n    return z")).sources["softmax"]
    assert "Name(id='b'" in tops(source)[-1].partition("decorator_list=")[2]


@pytest.mark.parametrize("times", [90, 300, *range(2900, 3010, 10), 6000])
def test_depth_on_the_verge_of_what_python_reads_is_lifted_or_left_out(times):
    """The statement is looked at by itself once more, from another depth of calls."""
    for text in ("a" + ".b" * times, "-" * times + "a", "(" * (times % 210) + "a" + ")" * (times % 210)):
        choice = looked_at(notebook(f"softmax_jacobian = {text}"))
        reading = choice.readings["softmax"]
        assert reading.questions == ["q1"] or reading.problem or "Left out" in choice.remarks[0]


def test_a_name_of_any_length_is_shown_short():
    """In remarks on what the answers use, and on what a cell cannot be read for."""
    long = "x" * 50_000
    choice = looked_at(notebook(f"{long} = f()", f"def softmax_jacobian(z): return {long}", f"def f({long}, {long}): pass"))
    assert "The answers use xxx" in " ".join(choice.remarks)
    assert "duplicate argument 'xxx" in " ".join(choice.remarks)


@pytest.mark.parametrize("piece", [b"{},", b"[],", b'{"":0},', b"1,", b'"ab",', b"[[[1,2],3],4],"])
def test_a_notebook_of_countless_values_is_refused_before_it_takes_memory(piece):
    """20 MiB of empty dicts, 100 kB as a zip, would become 700 MB."""
    content = b'{"cells":[' + piece * (MAX_VALUES // sum(map(piece.count, b"[{,")) + 1) + b"0]}"
    with pytest.raises(Unreadable, match="clear the outputs") as caught:
        read_notebook(content)
    assert caught.value.words.isprintable()
    # A part of that many is read, and takes that part of the memory.
    part = b'{"cells":[' + piece * (MAX_VALUES // sum(map(piece.count, b"[{,")) // 32) + b"0]}"
    assert peak(lambda: read_notebook(part))[1] < (300 << 20) // 32


# -- archives ----------------------------------------------------------------------------------------------------------------


def packed(files, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return data.getvalue()


FILES = {"hw/softmax.py": REFERENCE[0], "hw/distances.py": REFERENCE[1], "hw/homework.ipynb": SMALL, "hw/ä.txt": b"x"}
HONEST = (
    packed(FILES),
    packed(FILES, zipfile.ZIP_STORED),
    packed({"softmax.py": b"#" * 100_000}),
    packed({"a.zip": packed(FILES)}),
)
END_RECORD = struct.Struct("<4s4H2LH")
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
SIZES = (0, 1, 2, 0x14, 0x2D, 0x3F, 0x7F, 99, 1 << 11, 0xFFFF, 1 << 20, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
NAMES = (
    *(
        b"",
        b"\0",
        b"/",
        b"//",
        b"..",
        b".",
        b"../softmax.py",
        b"/softmax.py",
        b"softmax.py/",
        b"softmax.py\0x",
        b"C:\\softmax.py",
    ),
    *(b"a\n\x1b[31m.txt", b"\xff\xfe", b"\xed\xa0\x80.ipynb", b"homework.ipynb", b"a/" * 300 + b"softmax.py", b"x" * 60_000),
    *(b"softmax.py", b"distances.py", "\u202e.ipynb".encode(), b"<b>.ipynb", b"__MACOSX/softmax.py", b".softmax.py"),
)


@st.composite
def forged(draw):
    """A zip whose directory, end record and local headers hold what no zip program writes."""
    entries, body, directory = draw(st.integers(1, 3)), bytearray(), bytearray()
    for _ in range(entries):
        name, content = draw(st.sampled_from(NAMES)), draw(st.sampled_from([b"", b"s = 1\n", SMALL, b"#" * 5000]))
        extra = draw(
            st.sampled_from(
                [b"", b"\1\0\x18\0" + b"\xff" * 24, b"\1\0\x08\0" + bytes(8), b"\x75\x70\5\0\1\0\0\0\0", b"\1\0\xff\xff"]
            )
        )
        start = len(body)
        head = [b"PK\3\4", 20, 0, 0, 0, 0, 0, len(content), len(content), len(name), 0]
        row = [b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, len(content), len(content), len(name), len(extra), 0, 0, 0, 0, start]
        for record in (head, row):
            for _ in range(draw(st.integers(0, 2))):
                field = draw(st.integers(1, len(record) - 1))
                wide = field in ((6, 7, 8) if record is head else (7, 8, 9, 15, 16))
                record[field] = draw(st.sampled_from(SIZES)) & (0xFFFFFFFF if wide else 0xFFFF)
        body += LOCAL.pack(*head) + name + content
        directory += CENTRAL.pack(*row) + name + extra
    end = [b"PK\5\6", 0, 0, entries, entries, len(directory), len(body), 0]
    for _ in range(draw(st.integers(0, 2))):
        field = draw(st.integers(1, 7))
        end[field] = draw(st.sampled_from(SIZES)) & (0xFFFFFFFF if field in (5, 6) else 0xFFFF)
    front = draw(st.sampled_from([b"", b"", b"x" * 7]))
    return front + bytes(body + directory) + END_RECORD.pack(*end)


def staged(path):
    """Stage a submission; whatever it is, what leaves it is within the limits, and what is said can be printed."""
    before = sorted(path.parent.rglob("*"))
    submission, taken = peak(lambda: stage("x", path))
    assert isinstance(submission, Submission)
    assert set(submission.sources) <= set(MODULES)
    assert all(isinstance(source, bytes) and len(source) <= MAX_MODULE for source in submission.sources.values())
    assert submission.sources or submission.reason.startswith("Nothing was graded")
    assert submission.reason.isprintable()
    assert len(submission.reason) < LONGEST_REASON
    assert taken < MAX_NOTEBOOK + (8 << 20)  # a buffer as long as the longest member may be
    assert sorted(path.parent.rglob("*")) == before
    return submission


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Where a zip is written, alone in its folder."""
    return tmp_path_factory.mktemp("zips") / "x.zip"


@MORE
@given(st.one_of(mutated(st.sampled_from(HONEST)), forged(), st.builds(bytes.__add__, st.sampled_from(HONEST), forged())))
def test_a_zip_with_anything_forged_is_staged_or_said_to_be_unreadable(archive, content):
    """Sizes, offsets, overlaps, flags, methods, names: nothing is written, and little memory is taken."""
    archive.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile has some on names in extra fields, since Python 3.12
        staged(archive)


@pytest.mark.parametrize("name", [b"\0oftmax.py", b"/" * 10, b"..........", b"\0" * 10])
def test_an_entry_without_a_name_is_passed_over(archive, name):
    """zipfile itself fails at it before Python 3.12, and so did the run over a class."""
    archive.write_bytes(packed({"Xoftmax.py": b"", "distances.py": b"d = 1\n"}).replace(b"Xoftmax.py", name))
    assert staged(archive).sources == {"distances": b"d = 1\n"}


def test_a_zip_of_countless_entries_is_refused_before_its_directory_is_read(archive):
    """65,535 of them, or more than that many fields can say: a million would take a minute and 500 MB."""
    one = packed({"a": b""})
    entry = one[one.rindex(b"PK\1\2") : one.rindex(b"PK\5\6")]
    for count in (10_001, 65_535, 300_000):
        directory = entry * count
        end = END_RECORD.pack(b"PK\5\6", 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), one.rindex(b"PK\1\2"), 0)
        archive.write_bytes(one[: one.rindex(b"PK\1\2")] + directory + end)
        assert "more than 10000 files" in staged(archive).reason


def test_names_in_an_archive_are_shown_without_what_could_mean_something(archive):
    """Control characters, direction marks, markup."""
    archive.write_bytes(packed({"a\n\x1b[31m<b>\u202e.txt": b"", "x" * 9999: b""}))
    assert "only a___31m_b__.txt, xxx" in staged(archive).reason


# -- folders -----------------------------------------------------------------------------------------------------------------


def odd_folder(folder):
    """A folder of what is no regular file, and of names that no one gives."""
    folder.mkdir()
    os.mkfifo(folder / "softmax.py")
    here = os.getcwd()  # noqa: PTH109
    with socket.socket(socket.AF_UNIX) as one:
        os.chdir(folder)  # a socket's path has 107 bytes at most
        try:
            one.bind("distances.py")
        finally:
            os.chdir(here)
    (folder / "homework.ipynb").symlink_to("/etc/passwd")
    (folder / "loop.zip").symlink_to("loop.zip")
    (folder / "round").symlink_to(".")
    (folder / "d" / "softmax.py" / "softmax.py" / "distances.py").mkdir(parents=True)
    for name in (b"\xff\n\x1b[31m.txt", b"=1+1.csv", b"x" * 255, "\u202e".encode(), b"a\\b"):
        (folder / os.fsdecode(name)).write_bytes(b"")
    return folder


def test_only_regular_files_of_a_folder_are_opened(tmp_path):
    """No pipe, which would wait for ever, no socket, no link to anywhere or to itself, no folder with a module's name."""
    folder = odd_folder(tmp_path / "alice")
    assert find([tmp_path]) == {"alice": Place(folder)}
    assert staged(folder).sources == {}
    (folder / "z").mkdir()
    (folder / "z" / "softmax.py").write_bytes(b"s = 1\n")
    assert staged(folder).sources == {"softmax": b"s = 1\n"}


pathnames = st.text(st.characters(blacklist_characters="/\0"), min_size=1, max_size=90) | st.binary(
    min_size=1, max_size=90
).map(lambda name: os.fsdecode(name.replace(b"/", b"_").replace(b"\0", b"_")))


@MORE
@given(
    st.sets(
        st.tuples(st.just("/"), pathnames | st.just("a"), pathnames | st.sampled_from(["grades.csv", "x" * 255])),
        min_size=1,
        max_size=6,
    )
)
def test_every_submissions_name_is_unique_printable_and_fit_for_a_folder(paths):
    """Also of bytes that are no text, of names cut to equal ones, and of the results' own."""
    names = unique_names([Path(*path) for path in paths])
    assert len(names) == len({Path(*path) for path in paths})
    for name in names:
        assert name.isprintable()
        assert len(name.encode()) <= MAX_NAME + 3
        assert name not in ("grades.csv", "index.html", "")


def test_names_that_results_cannot_have_are_changed(tmp_path):
    """Results of `grades.csv` would lie where the table of all grades goes."""
    for name in (b"grades.csv", b"\xff", b"\xfe", b"a\nb"):
        folder = tmp_path / os.fsdecode(name)
        folder.mkdir()
        (folder / "softmax.py").write_bytes(b"")
    assert set(find([tmp_path])) == {"grades.csv-2", "_", "_-2", "a_b"}


def test_folders_deeper_than_any_class_are_one_submission(tmp_path):
    """A chain of classes within classes is followed as deep as answers are looked for, no deeper."""
    folder = tmp_path
    for _ in range(40):
        for name in ("a", "b"):
            (folder / name).mkdir()
            (folder / name / "softmax.py").write_bytes(b"")
        folder = folder / "c"
        folder.mkdir()
    found = find([tmp_path])
    assert len(found) == len(set(found.values())) < 20
    staged(tmp_path / "c")


def test_a_folder_that_may_not_be_read_ends_no_run(tmp_path):
    """It is passed over where others are found, and said where it is the submission itself; root may read everything."""
    for name in ("alice/closed", "bob"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "alice" / "softmax.py").write_bytes(b"s = 1\n")
    closed = [tmp_path / "alice" / "closed", tmp_path / "bob"]
    really = os.scandir

    def scandir(path):
        if os.fspath(path) in map(str, closed):
            raise PermissionError(13, "Permission denied", path)
        return really(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        assert find([tmp_path]) == {"alice": Place(tmp_path / "alice"), "bob": Place(tmp_path / "bob")}
        assert stage("alice", tmp_path / "alice").sources == {"softmax": b"s = 1\n"}
        assert stage("bob", tmp_path / "bob").reason == "Nothing was graded: it cannot be read (PermissionError)."
