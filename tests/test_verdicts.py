"""Verdicts: what an answer earns, what it loses, and what a student is told."""

import json
import re

import pytest

from autograder.hidden.test_q2 import draw
from autograder.homework import FUNCTIONS, MODULES, QUESTIONS, checks
from autograder.intake.submission import Submission
from autograder.judge import student_code
from autograder.judge.limits import Limits
from autograder.report.results import results
from autograder.report.words import of_check, to_html
from public_checks.draws import PUBLIC_SEED, check_rng, sizes
from tests.as_read import Page
from tests.handed_in import FULL, OWN, WORTH, reference_but
from tests.processes import busy


def scores(report):
    found = dict.fromkeys(QUESTIONS, 0)
    for result in report.checks:
        found[result.check.question] += result.points
    return {question: hundredths / 100 for question, hundredths in found.items()}


def told(report, check):
    return Page(to_html(of_check(next(result for result in report.checks if result.check.id == check)))).words


def earned(report):
    return {result.check.id for result in report.checks if result.check.question in OWN and result.points}


def test_the_reference_earns_everything(judge):
    """And is told nothing."""
    report = judge()
    assert report.score == FULL
    assert report.hints == {}
    assert report.status == "graded"


SHAPES = {f"{question}.shape" for question in OWN}

PLACEHOLDERS = {
    "zeros": """
        def softmax_jacobian(z): return np.zeros((len(z), len(z)))
        def cross_entropy_gradients(W, b, x, y): return np.zeros_like(b), np.zeros_like(b), np.zeros_like(W), np.zeros_like(b)
        def softmax_loss_naive(W, X, y, reg): return 0.0, np.zeros_like(W)
        softmax_loss_vectorized = softmax_loss_naive
        def pairwise_squared_distances(A, B): return np.zeros((len(A), len(B)))
        """,
    "constants": """
        def softmax_jacobian(z): return np.eye(len(z)) / len(z) - 1 / len(z) ** 2
        def cross_entropy_gradients(W, b, x, y): return b * 0 + 1, b * 0 + 1, W * 0 + 1, b * 0 + 1
        def softmax_loss_naive(W, X, y, reg): return float(np.log(W.shape[1])), np.ones_like(W)
        softmax_loss_vectorized = softmax_loss_naive
        def pairwise_squared_distances(A, B): return np.ones((len(A), len(B)))
        """,
    "copies": """
        def softmax_jacobian(z): return np.outer(z, z)
        def cross_entropy_gradients(W, b, x, y): return b.copy(), b.copy(), W.copy(), b.copy()
        def softmax_loss_naive(W, X, y, reg): return float(W.sum()), W.copy()
        softmax_loss_vectorized = softmax_loss_naive
        def pairwise_squared_distances(A, B): return A @ B.T * 1.0
        """,
    "regularization": """
        def softmax_jacobian(z): return np.eye(len(z)) - 1 / len(z)
        def cross_entropy_gradients(W, b, x, y): return b.copy(), b.copy(), W.copy(), b.copy()
        def softmax_loss_naive(W, X, y, reg): return np.log(W.shape[1]) + reg * np.sum(W**2), 2 * reg * W
        softmax_loss_vectorized = softmax_loss_naive
        def pairwise_squared_distances(A, B): return (A**2).sum(1)[:, None] + 0.0 * (B**2).sum(1)
        """,
    "noise": """
        def softmax_jacobian(z): return np.random.rand(len(z), len(z))
        def cross_entropy_gradients(W, b, x, y): return tuple(np.random.rand(*v.shape) for v in (b, b, W, b))
        def softmax_loss_naive(W, X, y, reg): return float(np.random.rand()), np.random.rand(*W.shape)
        softmax_loss_vectorized = softmax_loss_naive
        def pairwise_squared_distances(A, B): return np.random.rand(len(A), len(B))
        """,
}


@pytest.mark.parametrize("placeholder", PLACEHOLDERS.values(), ids=PLACEHOLDERS)
def test_a_placeholder_earns_shape_points_and_nothing_else(judge, placeholder):
    """Whatever it returns in place of an answer."""
    report = judge(softmax=placeholder, distances=placeholder)
    assert earned(report) <= SHAPES


ONE_MISTAKE = [
    # module, answer, shares that it loses by check, hints
    (
        "softmax",
        "def softmax_jacobian(z):\n    s = np.exp(z) / np.exp(z).sum()\n    return np.diag(s) - np.outer(s, s)",
        {"q1.stability": 1},
        {"q1:overflow"},
    ),
    (
        "softmax",
        """
        vectorized = softmax_loss_vectorized
        def softmax_loss_vectorized(W, X, y, reg):
            loss, dW = vectorized(W, X, y, reg)
            return loss, dW * len(X) - 2 * reg * W * (len(X) - 1)
        """,
        {"q4.gradient": 1, "q4.agree": 1},
        {"q4:no-mean-gradient"},
    ),
    (
        "softmax",
        """
        naive = softmax_loss_naive
        def softmax_loss_naive(W, X, y, reg):
            loss, dW = naive(W, X, y, reg)
            return loss - reg * np.sum(W**2) / 2, dW - reg * W
        """,
        {"q3.identities": 1, "q3.loss": 1, "q3.gradient": 0.5},
        {"q3:half-reg"},
    ),
    (
        "softmax",
        """
        naive = softmax_loss_naive
        def softmax_loss_naive(W, X, y, reg):
            loss, dW = naive(W, X, y, reg)
            return loss, dW - 2 * reg * W
        """,
        {"q3.gradient": 1},
        {"q3:no-reg-gradient"},
    ),
    (
        "softmax",
        """
        def softmax_loss_vectorized(W, X, y, reg):
            W -= 0.0
            W *= 1.0000001
            Z = X @ W
            Z -= Z.max(axis=1, keepdims=True)
            log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
            P = np.exp(log_P)
            loss = -log_P[np.arange(len(y)), y].mean() + reg * np.sum(W**2)
            P[np.arange(len(y)), y] -= 1
            return loss, X.T @ P / len(y) + 2 * reg * W
        """,
        {"q4.shape": 1},
        {"q4:mutates-input"},
    ),
    (
        "softmax",
        """
        def softmax_jacobian(z):
            z -= np.max(z)
            s = np.exp(z) / np.exp(z).sum()
            return np.diag(s) - np.outer(s, s)
        """,
        {"q1.shape": 1},
        {"q1:mutates-input"},
    ),
    *(
        (
            "softmax",
            f"""
            exact = cross_entropy_gradients
            def cross_entropy_gradients(W, b, x, y):
                gradients = exact(W, b, x, y)
                {change}
                return gradients
            """,
            {"q2.shape": 1},
            {"q2:mutates-input"},
        )
        for change in ("W *= 2", "b += x @ W", "x[0] = 1000")
    ),
    *(
        (
            "softmax",
            f"""
            exact = cross_entropy_gradients
            def cross_entropy_gradients(W, b, x, y):
                da, dz, dW, db = exact(W, b, x, y)
                return {values}
            """,
            loses,
            hints,
        )
        for values, loses, hints in (
            ("da, dz, np.outer(x, da), db", {"q2.dW": 1}, {"q2:from-da"}),
            ("da, dz, dW, da.copy()", {"q2.db": 1}, {"q2:from-da"}),
            ("da, dz, np.tile(dz, (len(x), 1)), db", {"q2.dW": 1}, {"q2:no-x"}),
            ("da, da, np.outer(x, da), da", {"q2.dz": 0.75}, {"q2:jacobian-left-out"}),
            ("da, *(d / b.size for d in (dz, dW, db))", {"q2.dz": 0.75}, {"q2:divided-by-classes"}),
        )
    ),
    (
        "softmax",
        """
        def cross_entropy_gradients(W, b, x, y):
            z = x @ W + b
            a = np.exp(z - z.max())
            a /= a.sum()
            da = -np.eye(len(b))[y] / np.maximum(a, 1e-12)
            dz = da @ softmax_jacobian(z)
            return da, dz, np.outer(x, dz), dz
        """,
        {"q2.dz": 0.25},
        {"q2:dz-through-da"},
    ),
    *(
        (
            "softmax",
            f"""
            naive, vectorized = softmax_loss_naive, softmax_loss_vectorized
            def softmax_loss_naive(W, X, y, reg):
                loss, dW = naive(W, X, y, reg)
                return {values}
            def softmax_loss_vectorized(W, X, y, reg):
                loss, dW = vectorized(W, X, y, reg)
                return {values}
            """,
            {"q3.shape": 1, "q4.shape": 1},
            {"q3:three-returned", "q4:three-returned"},
        )
        for values in ("loss, 0.5, dW", "loss, dW, X @ W", "[X, y, dW, loss]", "loss, None, dW, y")
    ),
    *(
        (
            "softmax",
            f"""
            exact = cross_entropy_gradients
            def cross_entropy_gradients(W, b, x, y):
                da, dz, dW, db = exact(W, b, x, y)
                return {values}
            """,
            {"q2.shape": 1},
            {"q2:more-than-four"},
        )
        for values in ("b, da, dz, dW, db", "da, dz, dW, db, x, W", "0.5, da, dz, b[:2], dW, db")
    ),
    (
        "distances",
        "exact = pairwise_squared_distances\ndef pairwise_squared_distances(A, B):\n    return np.sqrt(exact(A, B))",
        {"q5.small": 1, "q5.values": 1},
        {"q5:sqrt"},
    ),
    (
        "distances",
        """
        def pairwise_squared_distances(A, B):
            A, B = A.astype(float), B.astype(float)
            return (A**2).sum(1)[:, None] + (B**2).sum(1) - 2 * A @ B.T
        """,
        {"q5.duplicates": 1},
        {"q5:negative"},
    ),
    (
        "distances",
        "def pairwise_squared_distances(A, B):\n    return ((A[:, None].astype(float) - B) ** 2).sum(axis=2)",
        {"q5.memory": 1},
        {"q5:broadcast-3d"},
    ),
]


@pytest.mark.parametrize(("module", "answer", "loses", "hints"), ONE_MISTAKE)
def test_one_mistake_costs_once_and_is_named(judge, module, answer, loses, hints):
    """Everything that can still be judged is."""
    report = judge(**{module: answer})
    lost = {result.check.id: 1 - result.fraction for result in report.checks if not result.passed}
    assert {check: share for check, share in lost.items() if not check.endswith("timing")} == pytest.approx(loses, abs=1e-3)
    assert {f"{question}:{hint}" for question, hint in report.hints} >= hints


def test_an_error_is_told_once(judge):
    """Its followers say which check failed, and repeat nothing."""
    report = judge(softmax="def softmax_jacobian(z):\n    return z.nonsense")
    assert "AttributeError at softmax.py line" in told(report, "q1.shape")
    assert "no attribute 'nonsense'" in told(report, "q1.shape")
    for check in ("q1.identities", "q1.numerical", "q1.stability"):
        assert told(report, check).splitlines()[-1] == "not judged: q1.shape failed"
        assert "nonsense" not in told(report, check)


def test_a_hidden_check_shows_position_and_ratio_from_hidden_data_and_values_from_public_data_only(judge, hidden_seed):
    """An answer that returns its inputs would print them as «yours»."""
    answer = """
        exact = cross_entropy_gradients
        def cross_entropy_gradients(W, b, x, y):
            da, dz, dW, db = exact(W, b, x, y)
            return da, dz, W.copy(), db
        """
    message = told(judge(softmax=answer), "q2.dW")
    public, hidden = (draw(check_rng(seed, "q2.dW"))[0] for seed in (PUBLIC_SEED, hidden_seed))
    shown = set(re.findall(r"-?\d+\.\d+(?:e[-+]\d+)?", message))
    assert {f"{value:.6g}" for value in public.ravel()} & shown
    for digits in (4, 5, 6):
        assert not {f"{value:.{digits}g}" for value in hidden.ravel()} & shown


def test_an_exception_from_hidden_data_shows_no_message(judge, hidden_seed):
    """Its author chose the words; where the public data make it raise too, those are shown."""
    answer = "def softmax_jacobian(z):\n    raise ValueError(' '.join(map(str, z)))"
    message = told(judge(softmax=answer), "q1.shape")
    rng = check_rng(PUBLIC_SEED, "q1.shape")
    public = rng.normal(size=sizes(rng, 2, 2, 9)[0])
    assert f"{public[0]}" in message
    hidden_rng = check_rng(hidden_seed, "q1.shape")
    hidden = hidden_rng.normal(size=sizes(hidden_rng, 2, 2, 9)[0])
    assert f"{hidden[0]}" not in message


def test_a_hang_costs_only_its_own_question(judge, monkeypatch):
    """The worker is killed, the next question has its own."""
    monkeypatch.setattr(student_code, "CALL_CPU", 1.0)  # the samples hang for as long as graders wait
    report = judge(softmax="def softmax_loss_naive(W, X, y, reg):\n    while True: pass")
    assert scores(report) == {**WORTH, "q3": 0}
    assert "no answer within" in told(report, "q3.shape")


def test_a_crash_costs_only_its_own_question(judge):
    """As does any other death."""
    report = judge(softmax="import signal\ndef softmax_jacobian(z): signal.raise_signal(11)")
    assert scores(report) == {**WORTH, "q1": 0}
    assert "SIGSEGV" in told(report, "q1.shape")


def test_a_module_that_cannot_be_imported_costs_only_its_own_questions(judge):
    """With the line, and the reason."""
    report = judge(softmax="def broken(:")
    assert scores(report) == {q: 0 if module == "softmax" else WORTH[q] for q, module in QUESTIONS.items()}
    assert "SyntaxError at softmax.py line" in told(report, "q1.shape")


def test_every_check_stands_in_the_results_once_with_a_score_within_its_points(judge):
    """With its number, and its id among its tags."""
    rendered = json.loads(json.dumps(results(judge(softmax="def softmax_jacobian(z): return 1"))))
    assert [test["tags"][2] for test in rendered["tests"]] == list(checks())
    for test in rendered["tests"]:
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] == ("passed" if test["score"] == test["max_score"] else "failed")
        assert test["visibility"] == "visible"
        assert test["number"] == checks()[test["tags"][2]].number
    assert rendered["score"] == pytest.approx(sum(test["score"] for test in rendered["tests"]))
    assert {"sandbox", "hints", "meters", "versions"} <= set(rendered["extra_data"])
    assert all(entry["value"] > 1 for entry in rendered["leaderboard"])


@pytest.mark.parametrize(
    "loop",
    [
        "if len(y) > 100: [t for t in y]",
        "for start in range(0, len(y), 32): X[start : start + 32].sum()",
        "import sys; sys.settrace(None); [t for t in y]",
    ],
)
def test_a_loop_that_begins_late_or_goes_in_blocks_or_unwatched_loses_the_points_of_loops(judge, loop):
    """And nothing else."""
    answer = f"""
        vectorized = softmax_loss_vectorized
        def softmax_loss_vectorized(W, X, y, reg):
            {loop}
            return vectorized(W, X, y, reg)
        """
    report = judge(softmax=answer)
    assert scores(report)["q4"] == pytest.approx(WORTH["q4"] - checks()["q4.loops"].points), told(report, "q4.loops")


def test_star_imports_and_the_given_code_can_be_imported(judge):
    """numpy loads some of itself only when asked, and no file can be read by then."""
    imports = "from numpy import *\nfrom digits import load_digits\nfrom gradient_check import relative_error\n"
    assert judge(softmax=imports, distances=imports).score == FULL


def test_what_is_infinite_is_still_valid_json(judge):
    """A counter switched off, an array too large for memory."""
    answer = """
        import sys
        def softmax_loss_vectorized(W, X, y, reg):
            sys.settrace(None)
            for tool in range(6 if hasattr(sys, "monitoring") else 0):
                if sys.monitoring.get_tool(tool):
                    sys.monitoring.set_events(tool, 0)
            return softmax_loss_naive(W, X, y, reg)
        """
    report = judge(softmax=answer)
    assert "switches off the counter" in told(report, "q4.loops")
    assert json.dumps(results(report), allow_nan=False)


def test_the_same_answers_get_the_same_marks_while_all_cores_are_busy(judge):
    """A right one keeps them, a loop in disguise does not gain any."""
    loop = """
        vectorized = softmax_loss_vectorized
        def softmax_loss_vectorized(W, X, y, reg):
            sum(X[:, 0])
            return vectorized(W, X, y, reg)
        """
    with busy(4):
        assert {judge().score for _ in range(3)} == {FULL}
        assert {judge(softmax=loop).score for _ in range(3)} == {FULL - round(100 * checks()["q4.loops"].points)}


ODD = {
    "none": "None",
    "text": "'one'",
    "true": "True",
    "integer": "3",
    "huge integer": "2 ** 70",
    "nan": "float('nan')",
    "complex": "1j",
    "nothing in a tuple": "()",
    "pair of none": "(None, None)",
    "loss alone": "(1.0,)",
    "four none": "(None,) * 4",
    "nested": "((1.0, np.ones(3)), [np.ones((2, 2))])",
    "generator": "(x for x in [1, 2])",
    "dict": "{'loss': 1.0}",
    "class": "int",
    "empty array": "np.zeros((0, 3))",
    "array without axes": "np.array(1.0)",
    "complex array": "np.ones((3, 3)) * 1j",
    "array of booleans": "np.ones((3, 3), bool)",
    "array of text": "np.array(['a'])",
    "array of objects": "np.array([None, 1], dtype=object)",
    "array of NaN": "np.full((4, 4), np.nan)",
    "five axes": "np.ones((1, 1, 1, 1, 1))",
    "array of dates": "np.array(['2026-01-01'], dtype='datetime64[D]')",
    "array of records": "np.zeros(2, dtype=[('a', float)])",
    "loss and text": "(1.0, 'dW')",
    "array as loss": "(np.ones(3), np.ones((3, 3)))",
    "infinite loss, list as gradient": "(float('inf'), [[1.0]])",
    "inputs": "(args[0], args[-1])",
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_no_answer_is_so_odd_that_a_check_fails_itself(judge, value):
    """It is told what is expected, and the grader goes on."""
    functions = "\n".join(f"def {name}(*args): return {value}" for name in FUNCTIONS)
    report = judge(**dict.fromkeys(MODULES, functions))
    assert report.status == "graded", report.reason
    assert not earned(report)


@pytest.mark.parametrize("value", ["None", "J[:1, :2]", "np.full_like(J, np.nan)", "'J'"])
def test_odd_answer_at_shifted_scores_fails_no_check_itself(judge, value):
    """What was an array at the first call may be anything at the second."""
    answer = f"""
        exact = softmax_jacobian
        def softmax_jacobian(z):
            J = exact(z)
            return {value} if 4 < z.mean() < 100 else J
        """
    report = judge(softmax=answer)
    assert report.status == "graded", report.reason
    assert scores(report) == {**WORTH, "q1": WORTH["q1"] - checks()["q1.identities"].points}
    assert "J after adding the same number to all scores" in told(report, "q1.identities")


def test_a_platforms_time_limit_is_kept_and_shared_by_the_questions(the_judge):
    """Who computes for ever in one question loses that one only, and the run ends in time."""
    slow = "import time\ndef softmax_jacobian(z):\n    time.sleep(0.5)\n    return z\n"
    report = the_judge.judge(Submission("slow", reference_but(softmax=slow)), Limits(wall=10.0))
    found = [result.failure.summary for result in report.checks if result.check.question == "q1" and result.failure]
    assert any("the time for this question is used up" in summary for summary in found)
    assert report.score == FULL - round(100 * WORTH["q1"])


def test_a_submission_that_sleeps_is_ended_and_keeps_what_was_judged(the_judge):
    """By a limit of its own, of which each question may take half of what is left; another question is not touched."""
    sleepy = """
        import time
        right = softmax_jacobian
        def softmax_jacobian(z):
            time.sleep(0.5)
            return right(z)
        """
    report = the_judge.judge(Submission("sleepy", reference_but(softmax=sleepy)), Limits(own=4.0))
    found = scores(report)
    assert found["q1"] < WORTH["q1"]
    assert {question: found[question] for question in ("q2", "q3", "q4", "q5")} == {
        question: WORTH[question] for question in ("q2", "q3", "q4", "q5")
    }
    assert report.seconds < 15
    assert "the time for this submission is used up" in json.dumps(results(report))
