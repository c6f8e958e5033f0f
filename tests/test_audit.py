"""The audit: which mutants are made, which are let through, and what makes it fail."""

import ast
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner

from autograder.audit import survivors
from autograder.audit.mutants import Mutant, mutants
from autograder.cli import main
from autograder.homework import MODULES, SOLUTIONS, checks
from autograder.judge.results import CheckResult, Report, TestResult

MODULE = '''"""A module, with 1 + 1 in its docstring."""
import numpy as np

LIMIT = 1 + 1


def f(z, X, y):
    """Return z + 1."""
    start = z + 1
    # BEGIN SOLUTION
    {}
    # END SOLUTION
    return start + 1


def g(z):
    return z + 1
'''


def changes(*lines: str) -> set[str]:
    found = mutants(MODULE.format("\n    ".join(lines)), "softmax")
    assert all(mutant.function == "f" for mutant in found)
    return {mutant.change.partition(" -> ")[2] for mutant in found}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a = z - y", {"a = z + y", "a = z * y", "a = y - z", "a = z", "a = y", "a = -(z - y)", "pass"}),
        ("a = -z", {"a = z", "pass"}),
        ("a = z == y", {f"a = z {sign} y" for sign in ("!=", "<", "<=", ">", ">=")} | {"pass"}),
        ("return True", {"return False", "return -True"}),
        ("return 2", {"return 0", "return 1", "return 3", "return -2"}),
        ("return 2.0", {"return 0.0", "return 1.0", "return 3.0", "return -2.0"}),
        ("a = X[y]", {"a = X[0]", "a = X", "pass"}),
        ("a[y] -= 1.0", {"a[y] += 1.0", "a[y] *= 1.0", "a[y] = 1.0", "a[0] -= 1.0", "a -= 1.0"}),
        ("a = X[:, y]", {"a = X[y, :]", "a = X[:, :]", "a = X[:, 0]", "a = X", "pass"}),
        ("a = z.copy()", {"a = z", "pass"}),
        ("a = z.astype(np.float64)", {"a = z", "a = z.astype(np.float32)", "pass"}),
        ("a = np.log(z)", {"a = np.log1p(z)", "a = np.log2(z)", "a = z", "pass"}),
        ("a = np.sum(z, axis=0, keepdims=True)", {"a = np.sum(z, axis=1, keepdims=True)", "a = np.sum(z, keepdims=True)"}),
        ("a = np.sum(z, axis=0, keepdims=True)", {"a = np.sum(z, axis=0, keepdims=False)"}),
        ("a = np.sum(z, axis=0)", {"a = np.mean(z, axis=0)", "a = np.sum(z, axis=1)", "a = np.sum(z)"}),
        ("a = np.outer(z, y)", {"a = np.outer(y, z)", "a = z"}),
        ("a = X.T @ z", {"a = X @ z", "a = z @ X.T", "a = X.T * z", "a = X.T"}),
        ("a = X @ z", {"a = X.T @ z"}),
        ("W = z + X", {"W = (z + X).T"}),
        ("if z: a = y", {"pass", "if True:"}),
        ("for i in z: a = y", {"pass"}),
        ("return 0.0 if z else y", {"return 0.0", "return y", "return y if z else 0.0"}),
        ("return z, X", {"return z", "return X", "return (z,)", "return (X, z)", "return (-z, X)", "return (z, X.T)"}),
    ],
)  # fmt: skip
def test_a_line_has_its_mutants(line: str, expected: set[str]):
    """Each is one mistake."""
    assert expected <= changes(line)


def test_a_short_line_has_no_other_mutants():
    """Nothing outside the markers is changed, no docstring, and a transpose of a vector changes nothing."""
    assert changes("a = z.T @ X[y]") == {
        "pass", "a = z @ X[y]", "a = z.T * X[y]", "a = X[y] @ z.T", "a = z.T", "a = X[y]", "a = -(z.T @ X[y])",
        "a = z.T @ X[0]", "a = z.T @ X",
    }  # fmt: skip
    assert changes("return z, y") == {
        "return z",
        "return y",
        "return (z,)",
        "return (y,)",
        "return (y, z)",
        "return (-z, y)",
        "return (z, -y)",
    }
    assert changes("a = z % y") == {"a = z", "a = y", "a = y % z", "a = -(z % y)", "pass"}
    assert changes("pass") == set()


def test_mutants_differ_and_compile():
    """Of equal ones there is one, none is the reference, and the names of a change made twice are different."""
    for module in MODULES:
        source = (SOLUTIONS / f"{module}.py").read_text()
        found = mutants(source, module)
        dumps = {ast.dump(ast.parse(text)) for text in (source, *(mutant.source for mutant in found))}
        assert len(dumps) == len({mutant.id for mutant in found}) + 1 == len(found) + 1
        assert all(ast.get_docstring(ast.parse(mutant.source)) for mutant in found)
    twice = mutants(MODULE.format("a = -z\n    a = -z"), "softmax")
    assert [mutant.change for mutant in twice] == [
        "a = -z -> pass",
        "a = -z -> a = z",
        "a = -z -> pass #2",
        "a = -z -> a = z #2",
    ]
    assert changes("f(z)[0] = y") == {"pass", "z[0] = y", "f(z)[1] = y"}  # no f(z) = y, which does not compile


def test_ids_stay_when_lines_move():
    """The function and the line tell a mutant, not the line's number."""
    moved = "# one\n# more\n" + MODULE.replace("def g", "def h():\n    pass\n\n\ndef g")
    before, after = (mutants(text.format("a = z - y"), "softmax") for text in (MODULE, moved))
    assert [mutant.id for mutant in before] == [mutant.id for mutant in after]


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run the command on the mutants of q1, of which the judge lets some through, with some arguments."""

    def pretend(lets_through: Callable[[str], bool], arguments: dict[str, str], status: str = "graded") -> tuple[int, str]:
        def judge_all(submissions, *_) -> Iterator[Report]:
            for submission in submissions:
                outcome = "passed" if lets_through(submission.name) else "failed"
                results = tuple(CheckResult.of(check, (TestResult("", 1.0, outcome),)) for check in checks().values())
                state = status if submission.name == survivors.REFERENCE else "graded"
                yield Report(submission.name, state, "why", results)

        monkeypatch.setattr(survivors, "judge_all", judge_all)
        monkeypatch.setattr(survivors, "read_arguments", lambda: arguments)
        run = CliRunner().invoke(main, ["audit", "--question", "q1", "--jobs", "1"])
        return run.exit_code, run.output

    return pretend


def reference_only(name: str) -> bool:
    return name == survivors.REFERENCE


def jacobian_mutants() -> list[Mutant]:
    source = (SOLUTIONS / "softmax.py").read_text()
    return [mutant for mutant in mutants(source, "softmax") if mutant.function == "softmax_jacobian"]


def test_checks_that_kill_all_are_adequate(pretend):
    """And the counts are shown; an argument for another question is not missed."""
    code, output = pretend(reference_only, {"pairwise_squared_distances: a -> b": "why not"})
    count = len(jacobian_mutants())
    assert (code, f"q1  {count:13}  {count:6}  {0:9}" in output) == (0, True), output


def test_checks_that_let_all_through_are_not(pretend):
    """Every survivor is listed as unexplained."""
    code, output = pretend(lambda _: True, {})
    assert code == 1
    assert all(f"{mutant.id}\n    UNEXPLAINED" in output for mutant in jacobian_mutants())


def test_an_argument_explains_a_survivor_and_only_a_survivor(pretend):
    """One for a mutant that is killed, or that is none, is stale; an empty one is none."""
    name = jacobian_mutants()[0].id
    assert pretend(lambda at: at in (name, survivors.REFERENCE), {name: "because"})[0] == 0
    assert pretend(lambda at: at in (name, survivors.REFERENCE), {name: ""})[0] == 1
    for stale in (name, "no_such_function: a -> b"):
        code, output = pretend(reference_only, {stale: "because"})
        assert (code, f"stale argument, no such survivor: {stale}" in output) == (1, True)


def test_more_than_ten_arguments_are_too_many(pretend):
    """However good they are."""
    arguments = {mutant.id: "because" for mutant in jacobian_mutants()[:11]}
    code, output = pretend(lambda at: at in arguments or reference_only(at), arguments)
    assert (code, "11 equivalent mutants; 10 at most" in output) == (1, True)
    del arguments[next(iter(arguments))]
    assert pretend(lambda at: at in arguments or reference_only(at), arguments)[0] == 0


def test_nothing_follows_where_judging_fails(pretend):
    """The reference is judged too, and has to have full marks."""
    for code, output in (pretend(lambda _: False, {}), pretend(reference_only, {}, "error")):
        assert (code, "not judged: reference" in output) == (1, True)


def test_a_mutant_that_could_not_be_judged_is_no_survivor(pretend, monkeypatch):
    """It has no failed check, since it has no checks at all."""
    name = jacobian_mutants()[0].id
    _, run = pretend(reference_only, {}), survivors.judge_all

    def judge_all(submissions, *arguments) -> Iterator[Report]:
        for report in run(submissions, *arguments):
            yield Report(name, "error", "the process that judged it died twice") if report.submission == name else report

    monkeypatch.setattr(survivors, "judge_all", judge_all)
    output = CliRunner().invoke(main, ["audit", "--question", "q1", "--jobs", "1"]).output
    assert "UNEXPLAINED" not in output
    assert f"not judged: {name}" in output


def test_the_arguments_name_mutants():
    """At most ten, each in a line, on every Python."""
    ids = {mutant.id for module in MODULES for mutant in mutants((SOLUTIONS / f"{module}.py").read_text(), module)}
    arguments = survivors.read_arguments()
    assert set(arguments) <= ids
    assert len(arguments) <= survivors.MOST_EQUIVALENT
    assert all(argument and "\n" not in argument for argument in arguments.values())


@pytest.mark.slow
def test_the_checks_of_the_jacobian_are_adequate(hidden_seed):
    """A real audit of one function; make audit does all."""
    found = survivors.audit(jobs=2, seed=hidden_seed, question="q1")
    assert not found.problems
