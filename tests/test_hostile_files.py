"""Hostile files: whatever a submission holds, its readers make of it answers or a reason, in bounded memory.

Inputs are honest ones with pieces cut, doubled and overwritten, and others made by a grammar that nearly is the right one.
"""

import ast
import copy
import json
import os
import re
import socket
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.homework import ASSIGNMENT, FUNCTIONS, MODULES
from autograder.intake.finding import find, unique_names
from autograder.intake.folders import Place
from autograder.intake.submission import MAX_MODULE, Submission, stage
from autograder.text import LONGEST_FILENAME
from public_checks.answers import MAX_NOTEBOOK, choose
from public_checks.notebook import MAX_VALUES, read_notebook
from public_checks.reading import MAX_CODE, MAX_WORDS, Reading, Unreadable, absent_imports, definitions
from tests.handed_in import REFERENCE, below, packed
from tests.hostile_bytes import CRUMBS, MORE, mutated, peak
from tests.notebooks import notebook_of

LONGEST_REASON = 2000  # characters: nine sentences, as many as there can be
SOURCES = st.sampled_from([*REFERENCE.values(), b"def softmax_jacobian(z):\n    return z\n"])
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
        (f"def f({'x' * 9999}, {'x' * 9999}): pass", "duplicate (argument|parameter) 'xxx"),
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


# -- notebooks ----------------------------------------------------------------------------------------------------------------

HANDOUT = json.loads((ASSIGNMENT / "homework.ipynb").read_bytes())


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
SMALL = notebook_of("import numpy as np\nEPS = 1e-9", "@np.vectorize\ndef softmax_jacobian(z):\n    return z + EPS", "x = f()")


@MORE
@given(mutated(st.just(SMALL)))
def test_a_notebook_with_broken_bytes_is_read_or_said_not_to_be_one(content):
    """Whether the JSON or the code in it is hit."""
    looked_at(content)


BLANK = ("", "", "", "\f", " \f", "\\\n", "\\\n  ", "\ufeff")
SIMPLE = (
    *("a = 1", "b = a", "c: int = b", "a += 1", "import os as b", "from x import *", "from numpy import *"),
    *("x, (y, z) = 1, (2, 3)", "raise SystemExit", "1 / 0", "softmax_jacobian = a", "é = 'ä\u2028'", "del a"),
    *("f = lambda z=b: z", "d = '''a\n@b\n  '''", "a = (1,\n  2)", "%time a", "!ls", "a?", "x = [i for i in b]"),
    *("'\\\n'", "from __future__ import annotations", "global a"),
)
COMPOUND = (
    *("def softmax_jacobian(z):\n    return a + b", "class b(a):\n    c = b\n    def m(self): return d"),
    *("async def a(): await b", "def b(x=a, *, y: c = d) -> e: pass", "if a:\n    b = 1", "def a(): return 1; b = 2"),
    *("def d():\n\tx = '''\n@a\n'''\n\n\treturn x", "class e: pass"),
    *("def c(): # words\n  # more\n  pass\n  # and more", "for a in b: pass", "def e(\n  z): (yield)"),
)
DECORATORS = (
    *("@a\n", "@b.c(d)\n", "@ \\\n a\n", "@(\n\n# x\n a)\n", "\f@a\n", "\\\n @a\n", "@a # @\n\n# words\n"),
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
    choice = looked_at(notebook_of(*cells))
    own = {ast.dump(node) for cell in choice.notebook.cells for node in cell.statements}
    for module, source in choice.sources.items():
        assert set(tops(source)) <= own
        again = looked_at(notebook_of(source.decode())).sources[module]
        assert [text for text in tops(source) if "alias(name='*')" not in text] == [
            text for text in tops(again) if "alias(name='*')" not in text
        ]


@pytest.mark.parametrize("before", ["\f@b\n", " \f@b\n", "b = 1\n\f@b\n@b\n", "@(\n\n b)\n", "@ \\\n b\n"])
def test_a_decorator_is_lifted_wherever_its_sign_stands(before):
    """Behind a form feed, which Python takes for the beginning of a line, too: this once ended the run over a class."""
    source = looked_at(notebook_of(before + "def softmax_jacobian(z):\n    return z")).sources["softmax"]
    assert "Name(id='b'" in tops(source)[-1].partition("decorator_list=")[2]


@pytest.mark.parametrize("times", [90, 300, *range(2900, 3010, 10), 6000])
def test_depth_on_the_verge_of_what_python_reads_is_lifted_or_left_out(times):
    """The statement is looked at by itself once more, from another depth of calls."""
    for text in ("a" + ".b" * times, "-" * times + "a", "(" * (times % 210) + "a" + ")" * (times % 210)):
        choice = looked_at(notebook_of(f"softmax_jacobian = {text}"))
        reading = choice.readings["softmax"]
        assert reading.questions == ["q1"] or reading.problem or "Left out" in choice.remarks[0]


def test_a_name_of_any_length_is_shown_short():
    """In remarks on what the answers use, and on what a cell cannot be read for."""
    long = "x" * 50_000
    choice = looked_at(notebook_of(f"{long} = f()", f"def softmax_jacobian(z): return {long}", f"def f({long}, {long}): pass"))
    assert "The answers use xxx" in " ".join(choice.remarks)
    assert re.search("duplicate (argument|parameter) 'xxx", " ".join(choice.remarks))


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


# -- archives -----------------------------------------------------------------------------------------------------------------

FILES = below("hw", {**REFERENCE, "homework.ipynb": SMALL, "ä.txt": b"x"})
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
    *(b"", b"\0", b"/", b"//", b"..", b".", b"../softmax.py", b"/softmax.py", b"softmax.py/", b"softmax.py\0x"),
    *(b"C:\\softmax.py", b"a\n\x1b[31m.txt", b"\xff\xfe", b"\xed\xa0\x80.ipynb", b"homework.ipynb"),
    *(b"a/" * 300 + b"softmax.py", b"x" * 60_000, b"softmax.py", b"distances.py", "\u202e.ipynb".encode()),
    *(b"<b>.ipynb", b"__MACOSX/softmax.py", b".softmax.py"),
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


# -- folders ------------------------------------------------------------------------------------------------------------------


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
        assert len(name.encode()) <= LONGEST_FILENAME + 3
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
