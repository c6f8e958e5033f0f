"""The homework as specified: points, stubs, reference."""

import ast
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.homework import (
    ASSIGNMENT,
    FUNCTIONS,
    HIDDEN_CHECKS,
    MODULES,
    PUBLIC_CHECKS,
    QUESTIONS,
    TITLE,
    checks,
    checks_of,
    reference,
)
from autograder.judge import collect
from autograder.judge.meters.cpu import Load, Yardstick
from autograder.release.stubs import strip
from public_checks import tables
from public_checks.tables import points

softmax, distances = reference("softmax"), reference("distances")


def test_every_row_of_the_points_table_is_a_check_of_a_question_and_every_question_has_some():
    """No id stands twice, no check is worth nothing, and numbers count the checks of a question."""
    rows = points()
    assert [row["id"] for row in rows] == list(checks())
    assert {check.question for check in checks().values()} == set(QUESTIONS)
    assert all(check.points > 0 and check.seen in ("public", "hidden") for check in checks().values())
    for question in QUESTIONS:
        numbers = [checks()[name].number for name in checks_of(question)]
        assert numbers == [f"{question.removeprefix('q')}.{k + 1}" for k in range(len(numbers))]


def test_questions_stand_in_the_order_of_their_numbers(monkeypatch, tmp_path):
    """A tenth question of a course's own stands behind its sixth."""
    for number in ("", "_q10", "_q6"):
        (tmp_path / f"questions{number}.csv").write_text(f"question\n{number or 'those of all'}\n")
    monkeypatch.setattr(tables, "__file__", str(tmp_path / "tables.py"))
    assert [row["question"] for row in tables.questions.__wrapped__()] == ["those of all", "_q6", "_q10"]


def test_the_title_is_the_heading_of_the_handout():
    """And of every notebook, since both are made from one source."""
    assert (ASSIGNMENT / "README.md").read_text(encoding="utf-8").startswith(f"# {TITLE}\n")


@pytest.mark.parametrize(("folder", "seen"), [(PUBLIC_CHECKS, "public"), (HIDDEN_CHECKS, "hidden")])
def test_every_row_of_the_points_table_has_its_test_where_it_says(folder, seen):
    """Public checks lie where students get them, hidden ones where they do not."""
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("test_*.py"))
    assert set(re.findall(r'mark\.check\("(.*?)"', text)) == {check.id for check in checks().values() if check.seen == seen}


@pytest.mark.parametrize("module", MODULES)
def test_stubs_hold_docstrings_and_hints_and_raise_instead_of_an_answer(module):
    """Nothing but a docstring and one raise is left of each function."""
    source = (ASSIGNMENT / f"{module}.py").read_text(encoding="utf-8")
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    assert [function.name for function in functions] == [name for name, home in FUNCTIONS.items() if home == module]
    for function in functions:
        docstring, statement = function.body
        assert ast.get_docstring(function)
        assert isinstance(docstring, ast.Expr)
        assert isinstance(statement, ast.Raise)
        assert statement.exc.func.id == "NotImplementedError"
        assert "# Hint:" in ast.get_source_segment(source, function)


@pytest.mark.parametrize(
    "source", ["    # BEGIN SOLUTION\n    x\n", "    # END SOLUTION\n", "# BEGIN SOLUTION\nx\n  # END SOLUTION\n"]
)
def test_a_marker_without_its_partner_is_refused(source):
    """Else a forgotten END would publish, or swallow, an answer."""
    with pytest.raises(ValueError, match="partner"):
        strip(source)


def test_the_loop_and_the_matrices_of_the_reference_agree():
    """Two forms, one loss."""
    rng = np.random.default_rng(1)
    for _ in range(5):
        N, D, C = rng.integers(1, 9, size=3)
        W, X, y = rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(C, size=N)
        loop, matrices = softmax.softmax_loss_naive(W, X, y, 0.3), softmax.softmax_loss_vectorized(W, X, y, 0.3)
        np.testing.assert_allclose(loop[0], matrices[0], rtol=1e-12)
        np.testing.assert_allclose(loop[1], matrices[1], rtol=1e-10, atol=1e-13)


def test_the_gradient_of_the_reference_is_that_of_its_loss():
    """Against central differences, which share no code with it."""
    rng = np.random.default_rng(2)
    W, X, y = rng.normal(size=(4, 3)), rng.normal(size=(6, 4)), rng.integers(3, size=6)
    dW, h = softmax.softmax_loss_vectorized(W, X, y, 0.2)[1], 1e-5
    for k in np.ndindex(W.shape):
        step = np.zeros_like(W)
        step[k] = h
        forward, backward = (softmax.softmax_loss_vectorized(W + sign * step, X, y, 0.2)[0] for sign in (1, -1))
        np.testing.assert_allclose(dW[k], (forward - backward) / (2 * h), rtol=1e-6, atol=1e-9)


def test_the_four_gradients_of_the_reference_obey_the_chain_rule():
    """dz = da J, dW = outer(x, dz), db = dz."""
    rng = np.random.default_rng(3)
    W, b, x = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=4)
    da, dz, dW, db = softmax.cross_entropy_gradients(W, b, x, 1)
    np.testing.assert_allclose(dz, da @ softmax.softmax_jacobian(x @ W + b), atol=1e-14)
    np.testing.assert_allclose(dW, np.outer(x, dz))
    np.testing.assert_allclose(db, dz)


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 4),
    st.sampled_from(["float64", "float32", "uint8", "int64"]),
    st.integers(0, 99),
)
def test_distances_of_the_reference_are_those_of_the_definition(n, m, d, dtype, seed):
    """For floats and images, at every small size; never negative."""
    rng = np.random.default_rng(seed)
    A, B = (rng.uniform(0, 255, size=(rows, d)).astype(dtype) for rows in (n, m))
    P = distances.pairwise_squared_distances(A, B)
    expected = ((A.astype(float)[:, None] - B.astype(float)) ** 2).sum(axis=2)
    assert P.shape == (n, m)
    assert np.all(P >= 0)
    eps = np.finfo(np.float32 if dtype == "float32" else float).eps
    assert np.all(np.abs(P - expected) <= 64 * eps * (255.0**2 * d))


def test_a_kind_of_checks_that_is_none_is_told_with_those_that_are(monkeypatch):
    """Else settings that name the kind would pass over the check."""
    table = {name: replace(check, kind="loop") if name == "q4.loops" else check for name, check in checks().items()}
    monkeypatch.setattr(collect, "checks", lambda: table)
    with pytest.raises(collect.CollectionError, match=r"'loop' \(q4.loops\); there are shape, .* loops,"):
        collect.collect.__wrapped__()


def test_arguments_that_are_no_tuple_are_told(the_judge):
    """Who draws a single array would have its rows taken for arguments."""
    name = next(iter(FUNCTIONS))
    reference = the_judge.reference.function(name, FUNCTIONS[name])
    lone = Yardstick(reference, lambda rng, shape: rng.normal(size=shape), 1)
    with pytest.raises(TypeError, match=f"a tuple of arguments for {name}, also where there is only one"):
        lone.problem(Load((3, 4)), "test")
