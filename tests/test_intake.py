"""What instructors download goes in as it is: each submission has its own name, and the answers that its student wrote."""

import itertools
import os
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.homework import MODULES
from autograder.intake import archives
from autograder.intake.finding import find
from autograder.intake.folders import Place
from autograder.intake.submission import stage
from autograder.roster import Student
from tests.downloads import EXPORT, METADATA, answers, laid, notebook
from tests.handed_in import below, packed


def owners(path: Path) -> dict[str, str | None]:
    """Whose answers are staged under each name; None where there are none."""
    staged = {name: stage(name, place.path, place.inside) for name, place in find([path]).items()}
    whose = {}
    for name, submission in staged.items():
        said = set(re.findall(r"'(\w+)'", b"".join(submission.sources.values()).decode()))
        assert len(said) <= 1
        whose[name] = said.pop() if said else None
    return whose


CASES = {
    "Gradescope's export": (
        below("assignment_77_export", EXPORT),
        {
            "submission_101": "ada",
            "submission_102": "pair",
            "submission_103": None,
            "submission_104": "d",
            "submission_105": "e",
        },
    ),
    "Canvas's download": (
        {
            **{f"doejane_LATE_12345_{k}_{name}": content for k, (name, content) in enumerate(answers("jane").items())},
            "o_brien2_345_81_softmax-1.py": b"s = 'o'\n",
            "o_brien2_345_80_distances-12.py": b"s = 'o'\n",
            "ümit_346_90_homework-2.zip": packed(answers("umit")),
            "rossi_347_91_Homework 2 (final).ipynb": notebook("rossi"),
            "text_348_text.html": b"<p>see my e-mail</p>",
            "grades.csv": b"",
        },
        {"doejane_12345": "jane", "o_brien2_345": "o", "ümit_346": "umit", "rossi_347": "rossi", "text_348": None},
    ),
    "Canvas's download, anonymous": (
        {"anon_Xy12z_80_softmax.py": b"s = 'x'\n", "LATE_anon_1bC9q_81_softmax-3.py": b"s = 'c'\n"},
        {"anon_Xy12z": "x", "anon_1bC9q": "c"},
    ),
    "Gradescope's export of one": (
        below(
            "assignment_7_export", {"submission_metadata.yml": METADATA.encode(), **below("submission_101/hw", answers("ada"))}
        ),
        {"submission_101": "ada"},
    ),
    "Canvas's download of one": ({"doe_1_2_softmax-1.py": b"s = 'd'\n"}, {"doe_1": "d"}),
    "nbgrader's submissions of one": (below("submitted/ada/ps1", answers("ada")), {"ada": "ada"}),
    "nbgrader's course": (
        {
            **below("source/ps1", answers("solution")),
            **below("submitted/ada/ps1", {"homework.ipynb": notebook("ada"), "timestamp.txt": b"2026-09-18 23:58:11.5 UTC"}),
            **below("submitted/bob/ps1", {"my copy.ipynb": notebook("bob")}),
            **below("submitted/ada/ps0", {"hello.ipynb": notebook("no")}),
            **below("submitted/eve/ps0", {"hello.ipynb": notebook("no")}),
            **below("autograded/ada/ps1", {"homework.ipynb": notebook("autograded")}),
            "gradebook.db": b"",
        },
        {"ada": "ada", "bob": "bob"},
    ),
    "nbgrader, two assignments": (
        {
            "nbgrader_config.py": b"",
            **below("submitted/ada/ps1", {"homework.ipynb": notebook("1")}),
            **below("submitted/ada/again", answers("2")),
            **below("submitted/bob/ps1", answers("b")),
        },
        {"ada-ps1": "1", "ada-again": "2", "bob": "b"},
    ),
    "folders": (
        {**below("a", answers("a")), **below("b/hw/final", answers("b")), "__MACOSX/a/._softmax.py": b"", "c/": b""},
        {"a": "a", "b": "b", "c": None},
    ),
    "zips": (
        {"a.zip": packed(answers("a")), "b.zip": packed(below("hw", answers("b"))), "c.rar": b"Rar!", ".hidden.zip": b""},
        {"a": "a", "b": "b", "c": None},
    ),
    "a folder and a zip of one name": (
        {**below("a", answers("a")), "a.zip": packed(answers("z")), **below("b", answers("b"))},
        {"a": "a", "a.zip": "z", "b": "b"},
    ),
    "sections": (
        {f"{day}/{who}/{file}": text for day in ("mon", "tue") for who in "ab" for file, text in answers(day + who).items()},
        {"mon-a": "mona", "mon-b": "monb", "tue-a": "tuea", "tue-b": "tueb"},
    ),
}


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize("case", CASES)
def test_a_download_is_graded_as_it_is(tmp_path, case, form):
    """In a folder, in the zip that nobody opened, and in one more folder around."""
    files, expected = CASES[case]
    assert owners(laid(files, tmp_path, form)) == expected
    (tmp_path / "around").mkdir()
    assert owners(laid(below("around", files), tmp_path / "around", form)) == expected


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_zip_in_a_download_is_read_from_memory_alone(tmp_path, form):
    """Nothing is unpacked to disk, whatever is staged."""
    path = laid(CASES["Gradescope's export"][0], tmp_path, form)
    before = sorted(tmp_path.rglob("*"))
    owners(path)
    assert sorted(tmp_path.rglob("*")) == before


# -- Canvas and nbgrader -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_canvas_tells_the_number_of_a_student_and_letters_of_the_name(tmp_path, form):
    """Nothing where the grading is anonymous."""
    jane = find([laid(CASES["Canvas's download"][0], tmp_path, form)])["doejane_12345"]
    assert jane.students == (Student(name="doejane", sid="12345"),)
    (tmp_path / "anonymous").mkdir()
    places = find([laid(CASES["Canvas's download, anonymous"][0], tmp_path / "anonymous", form)])
    assert {place.students for place in places.values()} == {()}


@pytest.mark.parametrize(
    ("files", "read"),
    [
        ({"d_1_5_softmax-1.py": "old", "d_1_9_softmax-2.py": "new"}, "new"),
        ({"d_1_5_softmax.py": "own", "d_1_9_softmax-1.py": "counted"}, "own"),
        ({"d_1_5_softmax-1.py": "d", "d_1_9_softmax-final.py": "other"}, "d"),
        ({"d_1_5_softmax-1.py": "d", "d_12_9_softmax.py": "of another"}, "d"),
        ({"d_1_5_9_8_softmax.py": "no", "d_1_6_softmax.py": "d"}, "d"),
    ],
)
def test_of_canvas_files_that_were_called_the_same_one_counts(tmp_path, files, read):
    """The one that the student called so, else the one that was handed in last."""
    path = laid({name: f"s = {whose!r}\n".encode() for name, whose in files.items()}, tmp_path, "zip")
    assert owners(path)["d_1"] == read


def test_files_of_which_only_some_are_called_as_canvas_calls_them_are_of_one_student(tmp_path):
    """A student's own folder, in which a file happens to be called so."""
    files = {**answers("a"), "try_1_2_softmax.py": b"s = 'b'\n"}
    assert owners(laid(files, tmp_path, "folder")) == {"download": "a"}


def test_names_in_a_zip_of_rubys_are_read(tmp_path):
    """It writes UTF-8 and does not say so."""
    content = packed({"XXmit_346_90_softmax.py": b"s = 'u'\n"}).replace(b"XXmit", "ümit".encode())
    (tmp_path / "submissions.zip").write_bytes(content)
    assert owners(tmp_path / "submissions.zip") == {"ümit_346": "u"}


def test_a_folder_of_canvas_is_listed_once(tmp_path, monkeypatch):
    """3,000 students would list their 6,000 files 3,000 times."""
    path = laid({f"doe{k}_{k}_{k}_softmax.py": f"s = '{k}'\n".encode() for k in range(40)}, tmp_path, "folder")
    places = find([path])
    listed, honest = [], os.scandir

    class Listed:
        def __init__(self, path):
            self.inner = honest(path)

        def __enter__(self):
            return self

        def __iter__(self):
            listed.append(1)
            return iter(self.inner)

        def __exit__(self, *_):
            self.inner.close()

        close = __exit__

    monkeypatch.setattr(os, "scandir", Listed)
    for k in range(40):
        assert stage("x", path, places[f"doe{k}_{k}"].inside).sources == {"softmax": f"s = '{k}'\n".encode()}
    assert len(listed) == 1


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_nbgrader_tells_the_id_and_the_time(tmp_path, form):
    """From the folder's name and timestamp.txt."""
    places = find([laid(CASES["nbgrader's course"][0], tmp_path, form)])
    assert places["ada"].students == (Student(sid="ada"),)
    assert places["ada"].submitted == "2026-09-18T23:58:11+00:00"
    assert places["bob"].submitted == ""


def test_the_folder_of_nbgraders_submissions_alone_will_do(tmp_path):
    """As instructors copy it from the server."""
    files, expected = CASES["nbgrader's course"]
    course = laid(files, tmp_path, "folder")
    assert owners(course / "submitted") == expected


# -- zips of a class ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        answers("a"),
        below("hw", answers("a")),
        {"part1/softmax.py": b"s = 'a'\n", "part2/distances.py": b"s = 'a'\n"},
        {**below("hw", answers("a")), "hw/old/softmax.py": b"old"},
        {"homework2.zip": packed(answers("a"))},
        {},
    ],
    ids=["plain", "wrapped", "in parts", "with an old copy", "a zip in it", "empty"],
)
def test_a_students_zip_is_one_submission(tmp_path, files):
    """By its own name, and nothing is said of a class."""
    remarks = []
    path = laid(files, tmp_path, "zip")
    assert find([path], remarks) == {"download": Place(path)}
    assert remarks == []


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a.zip": b"no zip"}, "it cannot be read"),
        ({"a.zip": packed({"softmax.py": b"#" * (4 << 20)})}, "softmax.py is larger than 1 MiB"),
        ({"a.zip": packed({"softmax.py": b"#" * 900_000})}, "softmax.py unpacks to 900000 bytes"),
        ({"a.zip": packed({"x": bytes(archives.MAX_INNER)}, zipfile.ZIP_STORED)}, "a.zip is larger than 24 MiB"),
        ({"a.zip": packed({"x": bytes(9 << 20)}, zipfile.ZIP_STORED)}, "a.zip unpacks to"),
        ({"a.zip": packed(dict.fromkeys(map(str, range(archives.MAX_MEMBERS + 1)), b""))}, "more than 10000 files"),
        ({"a.zip": packed({"inner.zip": packed(answers("a"))})}, "only inner.zip"),
        ({"a.tar": b""}, "it should be a .zip"),
    ],
    ids=["noise", "large", "bomb", "large zip", "bomb of a zip", "countless", "zip in a zip in a zip", "tar"],
)
def test_the_limits_hold_for_a_zip_within_the_zip_of_a_class(tmp_path, files, says):
    """And cost nobody else anything."""
    path = laid({**files, "b.zip": packed(answers("b"))}, tmp_path, "zip")
    places = find([path])
    assert stage("a", path, places["a"].inside).reason.count(says) == 1
    assert stage("b", path, places["b"].inside).sources.keys() == set(MODULES)


def test_a_class_may_hold_more_files_than_a_submission(tmp_path, monkeypatch):
    """Each of its zips may not; where the class has too many, that is said, and nothing is listed."""
    for module in ("intake.submission", "intake.archives"):
        monkeypatch.setattr(f"autograder.{module}.MAX_MEMBERS", 3)
    files = {f"{who}/{name}": text for who in "abc" for name, text in answers(who).items()}
    path = laid(files, tmp_path, "zip")
    assert owners(path) == {"a": "a", "b": "b", "c": "c"}
    monkeypatch.setattr("autograder.intake.finding.MAX_CLASS_MEMBERS", 5)
    remarks = []
    ((name, place),) = find([path], remarks).items()
    assert stage(name, place.path, place.inside).reason == "Nothing was graded: the zip holds more than 3 files."
    assert remarks == [
        "download.zip was not looked into: the zip holds more than 5 files. If it holds a class, unpack it and name the folder."
    ]


def test_the_directory_of_a_class_is_read_once(tmp_path, monkeypatch):
    """3,000 submissions would read it 3,000 times."""
    path = laid({f"{k:03}/{name}": text for k in range(40) for name, text in answers(str(k)).items()}, tmp_path, "zip")
    read = []
    honest = zipfile.ZipFile.infolist
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda archive: read.append(1) or honest(archive))
    assert len(owners(path)) == 40
    assert len(read) == 1


def test_a_class_that_changes_on_disk_is_read_anew(tmp_path):
    """What was kept of the old one is not believed."""
    path = laid(below("a", answers("a")) | below("b", answers("b")), tmp_path, "zip")
    assert owners(path) == {"a": "a", "b": "b"}
    inside = find([path])["b"].inside
    path.write_bytes(packed(below("a", answers("new")) | below("c", answers("c"))))
    assert owners(path) == {"a": "new", "c": "c"}
    assert stage("b", path, inside).reason == "Nothing was graded: it is no longer where it was found."


def test_a_long_directory_of_few_files_is_not_read(tmp_path):
    """Comments of 64 kB make 10 MB of 200 entries."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for k in range(200):
            info = zipfile.ZipInfo(str(k))
            info.comment = b"x" * 60_000
            archive.writestr(info, b"")
    assert "or its list of them is broken" in stage("a", tmp_path / "a.zip").reason


# -- anything ----------------------------------------------------------------------------------------------------------------

FOLDERS = ("a", "b", "submission_1", "submission_2", "submitted", "assignment_1_export", "source", "__MACOSX", ".git", "A b")
FILES = (
    *("softmax.py", "distances.py", "homework.ipynb", "x.ipynb", "a.zip", "b.zip", "c.rar", "timestamp.txt"),
    *("gradebook.db", "submission_metadata.yml", "doe_1_2_softmax.py", "doe_1_3_distances-1.py", "roe_LATE_2_4_x.zip"),
    *("anon_q_5_x.ipynb", "read.me"),
)
CONTENTS = {
    ".py": [b"s = 1\n"],
    ".ipynb": [notebook("n"), b"{}"],
    ".zip": [packed(answers("z")), b"PK"],
    ".yml": [METADATA.encode(), b"["],
}


@st.composite
def file_trees(draw):
    """Files in folders, with the names that mean something to any of the platforms."""
    files = {}
    for _ in range(draw(st.integers(0, 12))):
        around = draw(st.lists(st.sampled_from(FOLDERS), max_size=4))
        name = draw(st.sampled_from(FILES))
        files["/".join([*around, name])] = draw(st.sampled_from(CONTENTS.get(Path(name).suffix, [b"x"])))
    for around in draw(st.lists(st.lists(st.sampled_from(FOLDERS), min_size=1, max_size=3), max_size=2)):
        files["/".join([*around, ""])] = b""
    taken = {"/".join(name.split("/")[:k]) for name in files for k in range(1, name.count("/") + 1)}
    return {name: content for name, content in files.items() if name not in taken}


counter = itertools.count()


@given(file_trees())
def test_any_tree_of_files_has_submissions_with_names_of_their_own(tmp_path_factory, files):
    """Nothing raises, no two lie at the same place, each is staged, and from its zip as from the folder that it was."""
    base = tmp_path_factory.getbasetemp() / f"tree{next(counter)}"
    base.mkdir()
    (base / "download").mkdir()
    found = {form: find([laid(files, base, form)]) for form in ("folder", "zip")}
    sources = {}
    for form, places in found.items():
        assert len({(place.path, place.inside) for place in places.values()}) == len(places)
        sources[form] = {name: stage(name, place.path, place.inside).sources for name, place in places.items()}
    if set(found["zip"]) != {"download"}:  # else it may be one student's
        assert sources["zip"] == sources["folder"]
        students = {form: [place.students for place in places.values()] for form, places in found.items()}
        assert students["zip"] == students["folder"]
