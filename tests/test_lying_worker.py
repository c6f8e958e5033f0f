"""A worker that lies: whatever it sends, the judge makes of it a value or a death, and words that are fit to be shown."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.judge import worker as judges_worker
from autograder.judge.no_answer import NoAnswer, raised_at_import, raised_in_call
from autograder.judge.worker import Reply, WorkerDied, is_answer
from autograder.text import LONGEST_MESSAGE, for_message
from autograder.wire import LENGTHS, MAX_TEXT, encode
from public_checks.reading import HEADER, MARKER
from tests.frames import CHANNEL, answers, is_plain, parts, values
from tests.hostile_bytes import MORE, mutated

LIAR = f"""{CHANNEL}
import time
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


# What is made of its claims

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
KEYS = ["type", "base", "message", "file", "line", "\ud800"]
claims = st.dictionaries(st.sampled_from(KEYS), CLAIM)
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
        assert len(missing.message) <= LONGEST_MESSAGE + 3


@pytest.mark.parametrize(
    ("kind", "base", "shown"),
    [
        ("ValueError", "ValueError", "ValueError"),
        ("LinAlgError", "ValueError", "LinAlgError"),
        ("UFuncTypeError", "TypeError", "TypeError"),
        ("<b>passed</b>", "BaseException", "BaseException"),
        (["ValueError"], "KeyError", "KeyError"),
        ("passed", "<b>100</b>", "an exception of its own"),
        ("passed", ["KeyError"], "an exception of its own"),
        ("passed", None, "an exception of its own"),
    ],
)
def test_an_exception_is_named_by_its_built_in_base_or_not_at_all(kind, base, shown):
    """No name is shown but one that the judge knows."""
    raised = {"type": kind, "base": base, "message": "", "file": None, "line": None}
    problem = raised_in_call("softmax_jacobian", raised, {"softmax": b""})
    assert problem.summary == f"softmax_jacobian raised {shown}."
    assert problem.kind == shown


def test_a_module_that_this_numpy_lacks_is_said_to_be_numpys():
    """Only numpy can be imported, and that it is numpy should not confuse."""
    raised = {
        "type": "ModuleNotFoundError",
        "message": "No module named 'numpy.lib.function_base'",
        "file": "softmax.py",
        "line": 1,
    }
    problem = raised_at_import("softmax.py", raised, {"softmax": b"x"})
    assert problem.summary == (
        "softmax.py cannot be imported: it imports numpy.lib.function_base at softmax.py line 1,"
        f" which numpy {np.__version__} does not have here."
        " Remove the import, or import the name from numpy itself."
    )


@pytest.mark.parametrize("file", [[], {}, np.zeros(2), ["softmax.py"], 3])
def test_a_forged_place_is_said_to_be_forged(file):
    """What is not even a text once took the grader down, and the submission had no marks but an error."""
    with pytest.raises(NoAnswer, match="wrote to the grader's channel"):
        raised_in_call("softmax_jacobian", {"type": "ValueError", "file": file}, {"softmax": b""})


@MORE
@given(st.text())
def test_a_harmless_text_is_printable_and_short(text):
    """And stays as it is when it is made harmless once more."""
    plain = for_message(text * 40)
    assert is_fit_to_be_shown(plain)
    assert len(plain) <= LONGEST_MESSAGE + 3
    assert plain.endswith("...") or for_message(plain) == plain


def test_a_soft_hyphen_is_not_for_message():
    """It is invisible, and splits a word that someone looks for."""
    assert for_message("a\xadb") == "a b"


@MORE
@given(values | answers, st.lists(st.booleans(), max_size=3))
def test_only_what_can_be_used_as_an_answer_is_taken_for_one(answer, returned):
    """A result and a count of steps for each call, and a list of arguments for each that are to come back."""
    if is_answer(answer, [{"returned": back} for back in returned]):
        assert len(answer["results"]) == len(answer["steps"]) == len(returned)
        assert len(answer["arguments"]) == sum(returned)
        assert all(type(count) is int for count in answer["steps"][1::2])
