"""Finding answers: what counts in modules and notebooks, how it is lifted out of cells, and what is said of it."""

import gc
import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.homework import FUNCTIONS, MODULES
from autograder.intake.submission import Submission
from public_checks import reading
from public_checks.answers import choose, listed
from public_checks.notebook import lift, read_notebook
from public_checks.reading import Reading, Unreadable, absent_imports, definitions, place
from tests.handed_in import FULL, REFERENCE
from tests.notebooks import notebook_of

STUB = 'def softmax_jacobian(z):\n    """Words."""\n    raise NotImplementedError("replace this line")\n'
FILLED = "def softmax_jacobian(z):\n    return z\n"


def lifted(*cells: object, module: str = "softmax") -> str:
    return lift(read_notebook(notebook_of(*cells)), module).source.decode()


def code(*cells: object) -> list[str]:
    """What is lifted for softmax, without header, markers and blank lines."""
    return [line for line in lifted(*cells).split("\n") if line and not line.startswith("# ")]


@pytest.mark.parametrize(
    ("body", "filled"),
    [
        ('"""Words."""\n    raise NotImplementedError("later")', False),
        ("raise NotImplementedError", False),
        ('"""Words."""', False),
        ("pass", False),
        ("...", False),
        ("raise ValueError", True),
        ("return None", True),
        ("s = z\n    raise NotImplementedError", True),
    ],
)
def test_a_stub_is_a_function_that_does_nothing_yet(body, filled):
    """Anything more is an answer, finished or not."""
    assert definitions(f"def softmax_jacobian(z):\n    {body}\n")["softmax_jacobian"].filled is filled


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (b"\xef\xbb\xbfimport numpy\r\ndef softmax_jacobian(z):\r\n    return z\r\n", {"softmax_jacobian": (2, True)}),
        ("# coding: latin-1\n# \xe4\n".encode("latin-1") + FILLED.encode(), {"softmax_jacobian": (3, True)}),
        ((STUB + FILLED).encode(), {"softmax_jacobian": (4, True)}),
        ((FILLED + STUB).encode(), {"softmax_jacobian": (3, False)}),
        (b"softmax_jacobian = lambda z: z", {"softmax_jacobian": (1, True)}),
        (b"from solution import softmax_jacobian", {"softmax_jacobian": (1, False)}),
        (b"def helper(): return '\\d'\nclass A:\n    def softmax_jacobian(z): return z", {}),
        (b"", {}),
    ],
)
def test_the_last_definition_at_the_top_level_counts(source, found):
    """In any encoding that Python reads."""
    assert {name: (answer.line, answer.filled) for name, answer in definitions(source).items()} == found


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        (b"x = 1\ndef f(:\n", 2, "invalid syntax"),
        (b"x = 1\0", 0, "null bytes"),
        (b"# \xe4\nx = '\xe4'", 0, "(?i)utf-8"),
        (b"# coding: nonsense\n", 0, "nonsense"),
        (b"x = " + b"-" * 100_000 + b"1", 0, "nested too deeply"),
        (b"x\n" * reading.MAX_CODE, 0, "KiB of code"),
    ],
)
def test_what_is_not_python_is_said_with_line_and_reason(source, line, words):
    """However it is broken, and whatever Python makes of its depth."""
    with pytest.raises(Unreadable, match=words) as caught:
        definitions(source)
    assert not line or caught.value.line == line


@pytest.mark.parametrize("source", [b"x = 1" + b" + 1" * 50_000, b"x = y" + b".y" * 100_000])
def test_an_endless_expression_is_read_or_too_deep(source):
    """Each Python draws the line elsewhere; what it reads and cannot compile fails in the worker, when it is imported."""
    module = Reading("softmax", "softmax.py", FILLED.encode() + source)
    assert list(module.answers) == ["softmax_jacobian"] or module.problem == "softmax.py (it is nested too deeply)"


@given(st.one_of(st.binary(), st.text().map(str.encode), st.text(alphabet="def ():\n\t x='\"\\#\0=,[]{}@;").map(str.encode)))
def test_reading_a_module_raises_nothing_but_its_own_error(source):
    """Whatever it holds."""
    try:
        definitions(source)
        absent_imports(source)
    except Unreadable:
        pass


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["cells", "source", "cell_type", "id", "worksheets"]), inner)
    ),
)
LINES = (
    *("import numpy as np", "from x import *", "a = 1", "b = a; c = b", "@b", "def softmax_jacobian(z):"),
    *("    return a + np.e", "softmax_jacobian = c", "class a(c):", "    c = b", "%%time", "%x", "a += 1", "\ud800"),
    *("\f", "if a:", "'''", "#", "é = 1"),
)
CODE = st.lists(st.sampled_from(LINES)).map("\n".join)


@given(
    st.one_of(
        st.binary(), JSON.map(lambda tree: json.dumps(tree).encode()), st.lists(CODE).map(lambda cells: notebook_of(*cells))
    )
)
def test_a_notebook_is_read_whatever_it_holds(content):
    """Or said not to be one; what is lifted out of it can be read."""
    choice = choose({"homework.ipynb": content})
    assert choice.readings or "homework.ipynb cannot be read" in choice.remarks[0]
    assert not any(reading.problem for reading in choice.readings.values())


@given(st.data())
def test_the_reference_in_cells_is_lifted_whole_and_every_line_maps_back(data):
    """Wherever its functions are, and whatever lies between them."""
    parts = [part for source in REFERENCE.values() for part in re.split(r"\n\n\n(?=def )", source.decode())]
    noise = st.lists(
        st.sampled_from(["", "%matplotlib inline\nx = 1", "print(1)", "import plots", "# words", "def broken(:"]), max_size=3
    )
    cells = [cell for part in parts for cell in (*data.draw(noise), part)]
    end = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    choice = choose({"homework.ipynb": notebook_of(*(cell.replace("\n", end) for cell in cells))})
    shown = [cell.split("\n") for cell in cells if cell]
    for module, source in choice.sources.items():
        assert {name for name, answer in definitions(source).items() if answer.filled} == {
            name for name, home in FUNCTIONS.items() if home == module
        }
        for line, text in enumerate(source.decode().split("\n")[:-1], 1):
            if found := re.fullmatch(r"cell (\d+) line ([1-9]\d*) of homework.ipynb", place(source, line, f"{module}.py")):
                assert text in ("", shown[int(found[1]) - 1][int(found[2]) - 1])
        namespace: dict[str, object] = {}
        exec(compile(source, "lifted", "exec"), namespace)
        assert set(FUNCTIONS) & set(namespace) == {name for name, home in FUNCTIONS.items() if home == module}


def test_only_what_the_answers_need_is_lifted():
    """By name, through helpers and constants; plots and experiments stay behind."""
    kept = code(
        "import numpy as np; import matplotlib.pyplot as plt\nfrom plots import images\nEPS = 1e-12; SHOW = True\nexp = np.exp",
        "def softmax(z):\n    return exp(z) + EPS\n\ndef draw(z):\n    plt.plot(z)",
        "def softmax_jacobian(z):\n    return softmax(z)",
        "draw(softmax_jacobian(np.ones(3)))",
    )
    assert kept == [
        *("import numpy as np", "EPS = 1e-12", "exp = np.exp", "def softmax(z):", "    return exp(z) + EPS"),
        *("def softmax_jacobian(z):", "    return softmax(z)"),
    ]


@pytest.mark.parametrize(
    ("cells", "kept"),
    [
        ([FILLED, "a = 1\n" + FILLED.replace("z\n", "a\n")], ["a = 1", "def softmax_jacobian(z):", "    return a"]),
        (["a = 1", FILLED.replace("z\n", "a\n"), "a = 2"], ["def softmax_jacobian(z):", "    return a", "a = 2"]),
        (["a = 1\nb = a", "a = 2", "softmax_jacobian = b"], ["a = 1", "b = a", "softmax_jacobian = b"]),
        (["a = 1", "a += 2", "softmax_jacobian = a"], ["a = 1", "a += 2", "softmax_jacobian = a"]),
        (["a, (b, c) = 1, (2, 3)\nsoftmax_jacobian = b"], ["a, (b, c) = 1, (2, 3)", "softmax_jacobian = b"]),
        (["f = lambda z: z.sum()\nsoftmax_jacobian = f"], ["f = lambda z: z.sum()", "softmax_jacobian = f"]),
        (
            ["@a\n@b\nclass C:\n    d = e\n", "softmax_jacobian = C"],
            ["@a", "@b", "class C:", "    d = e", "softmax_jacobian = C"],
        ),
        (["e = 1\nclass C:\n    d = e", "softmax_jacobian = C"], ["e = 1", "class C:", "    d = e", "softmax_jacobian = C"]),
        (["z = 3\ny = 1\n" + FILLED], FILLED.splitlines()),
        (["from numpy import *\nfrom pylab import *\n" + FILLED], ["from numpy import *", *FILLED.splitlines()]),
        (
            ["from pylab import *\nsoftmax_jacobian = lambda z: exp(z)"],
            ["from pylab import *", "softmax_jacobian = lambda z: exp(z)"],
        ),
        (["from __future__ import annotations\nfrom softmax import *\nfrom softmax import softmax_jacobian"], []),
        (["if True:\n    def softmax_jacobian(z): return z"], []),
        (["x = 'ä'; a = 'ö'; b = 2; softmax_jacobian = a  # ü"], ["a = 'ö'; softmax_jacobian = a"]),
    ],
)
def test_a_name_means_what_it_meant_when_the_notebook_ran_from_top_to_bottom(cells, kept):
    """The last definition before its use; a function looks its names up when all cells have run."""
    assert code(*cells) == kept


@pytest.mark.parametrize(
    "cell",
    [
        f"%matplotlib inline\n!pip install x\n?len\nnp.exp?\nfiles = !ls\n{FILLED}",
        f"%%time\n{FILLED}",
        f"\n%%capture out\n{FILLED}",
        f"for i in x:\n    %time f(i)\n{FILLED}",
        [line + "\n" for line in FILLED.splitlines()],
        FILLED.replace("\n", "\r\n"),
    ],
)
def test_lines_that_only_ipython_understands_do_no_harm(cell):
    """Nor do the ways to write down the text of a cell."""
    assert code(cell) == FILLED.splitlines()


def test_what_looks_like_magic_in_a_string_or_an_expression_is_none():
    """Python is tried first."""
    text = "def softmax_jacobian(z):\n    '''\n    %d\n    '''\n    return (z\n        % 2)"
    assert code(text) == text.split("\n")


def test_a_cell_of_another_language_holds_nothing():
    """Whatever its text looks like."""
    assert code("%%javascript\n" + FILLED) == []


def test_cells_are_counted_as_jupyter_shows_them_after_a_run_of_all():
    """Empty ones and text do not count."""
    source = lifted("x = 1", "", {"cell_type": "markdown", "source": "# words"}, "  \n", "\n\n" + FILLED)
    line = next(number for number, text in enumerate(source.split("\n"), 1) if "return z" in text)
    assert place(source.encode(), line, "softmax.py") == "cell 2 line 4 of homework.ipynb"
    assert place(FILLED.encode(), 2, "softmax.py") == "softmax.py line 2"


def test_a_notebook_of_format_3_is_read_too():
    """Its cells lie in worksheets."""
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": FILLED}]}]}
    assert choose({"homework.ipynb": json.dumps(old).encode()}).readings["softmax"].questions == ["q1"]


@pytest.mark.parametrize("name", ["a\nimport os\n#.ipynb", "# coding: rot13.ipynb", "x" * 200 + ".ipynb", "\udcff<b>.ipynb"])
def test_the_name_of_a_notebook_is_made_harmless(name):
    """It stands in a comment at the top of what is lifted, and in messages."""
    choice = choose({name: notebook_of(FILLED)})
    source = choice.sources["softmax"]
    assert set(definitions(source)) == {"softmax_jacobian"}
    lines = source.decode().split("\n")
    assert all(line.startswith("# ") for line in lines[:2])
    assert lines[2:4] == FILLED.splitlines()
    assert re.fullmatch(r"cell 1 line 2 of [\w .()-]{1,60}", place(source, 4, "softmax.py"))


PARTS = {
    "filled": FILLED,
    "stub": STUB,
    "broken": "def softmax_jacobian(z:\n    return z\n",
}


@pytest.mark.parametrize(
    ("module", "cell", "counts", "says"),
    [
        (
            "filled",
            "filled",
            "softmax.py",
            "softmax.py is graded, since it answers q1; what homework.ipynb answers (q1) is not.",
        ),
        ("filled", "stub", "softmax.py", ""),
        ("filled", "broken", "softmax.py", ""),
        ("filled", None, "softmax.py", ""),
        ("stub", "filled", "homework.ipynb", ""),
        ("stub", "stub", "softmax.py", ""),
        ("stub", "broken", "homework.ipynb", "Left out, since it cannot be read: cell 1 line 1 of homework.ipynb ("),
        ("broken", "filled", "homework.ipynb", "cannot be read, so the answers in homework.ipynb are graded."),
        ("broken", "stub", "softmax.py", ""),
        ("broken", "broken", "softmax.py", ""),
        (None, "stub", "homework.ipynb", ""),
        (None, "broken", "homework.ipynb", "Left out, since it cannot be read: cell 1 line 1 of homework.ipynb ("),
    ],
)
def test_the_file_that_answers_counts_and_the_module_before_the_notebook(module, cell, counts, says):
    """It is said where something is passed over."""
    files = {**REFERENCE, "distances.py": b"def pairwise_squared_distances(A, B): return 1"}
    del files["softmax.py"]
    files |= {"softmax.py": PARTS[module].encode()} if module else {}
    files |= {"homework.ipynb": notebook_of(PARTS[cell])} if cell else {}
    choice = choose(files)
    assert choice.readings["softmax"].file == counts
    remarks = [remark for remark in choice.remarks if not remark.startswith("homework.ipynb has no")]
    assert len(remarks) == bool(says)
    assert says in " ".join(remarks)


def test_each_module_is_chosen_by_itself():
    """One may come from its file, the other from the notebook."""
    cells = notebook_of("def pairwise_squared_distances(A, B): return 1")
    choice = choose({**REFERENCE, "distances.py": b"", "homework.ipynb": cells})
    assert {module: reading.file for module, reading in choice.readings.items()} == {
        module: "homework.ipynb" if module == "distances" else f"{module}.py" for module in MODULES
    }
    assert choice.remarks == ()


@pytest.mark.parametrize(
    "content", [b"", b"no JSON", b"[" * 100_000, b"[]", b"{}", b'{"cells": 3}', b'{"cells": []}', b"9" * 100_000]
)
def test_a_broken_notebook_costs_nothing_beside_modules(content):
    """It is mentioned."""
    choice = choose(REFERENCE | {"homework.ipynb": content})
    assert choice.sources == {module: REFERENCE[f"{module}.py"] for module in MODULES}
    assert "homework.ipynb cannot be read" in choice.remarks[0]


def test_what_an_answer_uses_and_does_not_get_is_named():
    """Global results of other cells, and functions that are nowhere."""
    choice = choose(
        {"homework.ipynb": notebook_of("X = load()\ny = 1", "def softmax_jacobian(z):\n    return z @ X", "X += 1")}
    )
    assert "The answers use X, which cell 1 of homework.ipynb makes by running code" in choice.remarks[0]
    absent = [name for name, module in FUNCTIONS.items() if module == "softmax" and name != "softmax_jacobian"]
    assert choice.remarks[1] == f"homework.ipynb has no {listed(absent)}."


def test_imports_that_the_grader_lacks_are_found_in_functions_too():
    """Not numpy, the standard library, the given modules and the other answers."""
    source = (
        b"import numpy.linalg, math, digits\nfrom distances import x\ndef f():\n    import scipy.special\nfrom . import a\n"
    )
    assert absent_imports(source) == {"scipy.special": 4, ".": 5}


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("numpy", True),
        ("numpy.linalg", True),
        ("numpy.random.mtrand", True),
        ("numpy.lib.function_base", False),  # of numpy 1
        ("numpy.version.nothing", False),
        ("numpy._core.include", False),
        ("numpy.linalg.tests", False),
        ("numpy.conftest", False),
        ("numpy.f2py.__main__", False),
    ],
)
def test_modules_of_numpy_are_looked_up_one_by_one(name, there):
    """Numpy 2 has not all modules of numpy 1."""
    assert absent_imports(f"import {name}".encode()) == ({} if there else {name: 1})


def test_nothing_is_known_of_numpys_modules_without_numpy(monkeypatch):
    """Then no import of one is called a mistake."""
    monkeypatch.setattr(reading, "numpys_spec", lambda: None)
    assert absent_imports(b"import numpy.lib.function_base") == {}


ROUNDS = 4  # a busy machine makes a factor of 2, now and then
MANY = {
    "cells": lambda k: ["x"] * (1_250 * k),
    "names": lambda k: [
        "a = f()\n" * (1_250 * k)
        + "\n".join(f"def f{i}(): return a, f{i + 1}" for i in range(250 * k))
        + "\nsoftmax_jacobian = f0"
    ],
    "blanks": lambda k: ["x y\n" + " " * (25_000 * k) + "z z", "x y" + "\n" * (25_000 * k)],
    "code": lambda k: ["x\n" * (6_000 * k)],
}


@pytest.mark.parametrize("cells", MANY.values(), ids=MANY)
def test_reading_takes_a_time_that_grows_with_the_size_and_no_faster(cells):
    """A notebook is read before anything watches the clock; by squares, four times as much would take 16 times as long."""
    small, large = notebook_of(*cells(1)), notebook_of(*cells(4))

    def cost(content: bytes) -> float:
        started = time.process_time()
        choose({"homework.ipynb": content})
        return time.process_time() - started

    gc.collect()
    gc.freeze()  # else a collection looks at all that the tests before left, as often as there is more to read
    try:
        costs = [(cost(small), cost(large)) for _ in range(ROUNDS)]
    finally:
        gc.unfreeze()
    of_small, of_large = map(min, zip(*costs))
    assert of_large < 8 * of_small


def test_messages_on_a_notebooks_answers_speak_of_its_cells(the_judge):
    """Those on calls, on imports, and on what is not there."""
    cells = [
        "import scipy",
        "def softmax_jacobian(z):\n\n    return z.nonsense",
        "def pairwise_squared_distances(A, B): return scipy",
    ]
    report = the_judge.judge(Submission("x", choose({"homework.ipynb": notebook_of(*cells)}).sources))
    told = {result.check.id: result.failure.summary if result.failure else "" for result in report.checks}
    assert "AttributeError at cell 2 line 3 of homework.ipynb." in told["q1.shape"]
    assert "The code taken from homework.ipynb defines no function cross_entropy_gradients." in told["q2.shape"]
    assert "The code taken from homework.ipynb cannot be imported: it imports scipy at cell 1 line 1" in told["q5.shape"]


def test_the_answers_of_a_notebook_are_worth_what_those_of_modules_are(the_judge):
    """The reference, function by function in cells, has all points."""
    text = b"\n".join(REFERENCE.values()).decode()
    cells = ["%matplotlib inline\nimport matplotlib.pyplot as plt", *re.split(r"\n\n\n(?=def )", text), "plt.plot([1]);"]
    assert the_judge.judge(Submission("x", choose({"homework.ipynb": notebook_of(*cells)}).sources)).score == FULL
