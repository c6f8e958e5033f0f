"""Finding and staging: every submission has its name and its row, and only the named files ever leave it."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.homework import ASSIGNMENT, MODULES, QUESTIONS, SOLUTIONS
from autograder.intake import submission
from autograder.intake.finding import find, unique_names
from autograder.intake.folders import Place
from autograder.intake.submission import stage
from public_checks.answers import listed
from tests.handed_in import REFERENCE, packed, write_files
from tests.notebooks import notebook_of


def zipped(path: Path, files: dict[str, bytes], modes: dict[str, int] | None = None) -> Path:
    """Write a zip, into a folder that is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed(files, modes=modes))
    return path


SOURCES = {module: f"{module} = 1\n".encode() for module in MODULES}
ANSWERS = {f"{module}.py": source for module, source in SOURCES.items()}


Q1 = notebook_of("import matplotlib", "def softmax_jacobian(z):\n    return z")
Q3_AND_Q5 = notebook_of("def softmax_loss_naive(W, X, y, reg): return 1", "def pairwise_squared_distances(A, B): return 1")


def test_a_folder_with_answers_is_a_submission(tmp_path):
    """By its own name."""
    assert find([write_files(tmp_path / "alice", REFERENCE)]) == {"alice": Place(tmp_path / "alice")}


def test_a_folder_of_folders_and_zips_is_a_class(tmp_path):
    """Also those without an answer, which need a row too; not what systems leave behind."""
    write_files(tmp_path / "class" / "alice", REFERENCE)
    zipped(tmp_path / "class" / "bob.zip", ANSWERS)
    for name in ("empty", "__MACOSX", ".git", "__pycache__"):
        (tmp_path / "class" / name).mkdir()
    (tmp_path / "class" / "submission_metadata.yml").write_text("x")
    assert set(find([tmp_path / "class"])) == {"alice", "bob", "empty"}


def test_an_empty_folder_is_a_submission_without_answers(tmp_path):
    """It is said, not skipped."""
    (tmp_path / "empty").mkdir()
    assert find([tmp_path / "empty"]) == {"empty": Place(tmp_path / "empty")}
    assert f"there is no {listed(list(ANSWERS), 'or')} in it" in stage("empty", tmp_path / "empty").reason


def test_answers_wrapped_in_folders_are_one_submission(tmp_path):
    """As an unpacked zip leaves them."""
    write_files(tmp_path / "class" / "alice" / "hw" / "final", REFERENCE)
    assert set(find([tmp_path / "class"])) == {"alice"}
    assert set(stage("alice", tmp_path / "class" / "alice").sources) == set(MODULES)


def test_classes_in_a_folder_are_looked_into(tmp_path):
    """One level more of folders is no reason to lose a class."""
    for group in ("monday", "tuesday"):
        for student in ("a", "b"):
            write_files(tmp_path / group / student, REFERENCE)
    assert set(find([tmp_path])) == {"monday-a", "monday-b", "tuesday-a", "tuesday-b"}


def test_equal_names_are_told_apart_by_as_much_of_the_path_as_it_takes(tmp_path):
    """Joined by a hyphen; names that are unique stay short."""
    for place in ("x/hw/alice", "y/hw/alice", "y/hw/bob"):
        write_files(tmp_path / place, REFERENCE)
    assert set(find([tmp_path / "x/hw", tmp_path / "y/hw"])) == {"x-hw-alice", "y-hw-alice", "bob"}


def test_a_folder_and_a_zip_of_one_name_are_two_submissions(tmp_path):
    """Neither is lost."""
    write_files(tmp_path / "alice", REFERENCE)
    zipped(tmp_path / "alice.zip", ANSWERS)
    assert set(find([tmp_path])) == {"alice", "alice.zip"}


def test_the_same_path_twice_is_one_submission(tmp_path):
    """Graded once."""
    write_files(tmp_path / "alice", REFERENCE)
    assert len(find([tmp_path, tmp_path / "alice", tmp_path / "." / "alice"])) == 1


@given(st.sets(st.lists(st.sampled_from(["a", "b", "a-b"]), min_size=1, max_size=4).map(tuple), min_size=1, max_size=8))
def test_every_path_gets_a_name_of_its_own(paths):
    """However the folders are called."""
    names = unique_names([Path("/", *parts) for parts in paths])
    assert len(names) == len(paths)


@pytest.mark.parametrize("name", ["missing", "notes.txt"])
def test_a_path_that_is_no_submission_is_wrong_usage(tmp_path, name):
    """Said before anything is graded."""
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(FileNotFoundError, match=name):
        find([tmp_path / name])


def test_the_answers_of_a_zip_are_staged_from_any_depth(tmp_path):
    """The shallowest of each name; nothing of what systems add."""
    files = {f"hw/{name}": content for name, content in ANSWERS.items()}
    files |= {"__MACOSX/hw/softmax.py": b"mac", "hw/old/softmax.py": b"old", "numpy.py": b"evil", "conftest.py": b"evil"}
    assert stage("x", zipped(tmp_path / "x.zip", files)).sources == SOURCES


def test_a_zip_in_a_folder_is_looked_into(tmp_path):
    """As some platforms deliver it."""
    zipped(tmp_path / "alice" / "upload.zip", ANSWERS)
    assert stage("alice", tmp_path / "alice").sources == SOURCES


def test_a_missing_module_is_said(tmp_path):
    """The other one is graded all the same."""
    found = {module: source for module, source in SOURCES.items() if module != "distances"}
    staged = stage("x", zipped(tmp_path / "x.zip", {f"{module}.py": source for module, source in found.items()}))
    assert staged.sources == found
    assert staged.reason == "distances.py is missing."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip at all", "cannot be read"),
        (b"PK\x03\x04" + bytes(40), "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_a_damaged_zip_is_invalid_with_a_reason(tmp_path, content, words):
    """Never a traceback."""
    (tmp_path / "x.zip").write_bytes(content)
    staged = stage("x", tmp_path / "x.zip")
    assert not staged.sources
    assert words in staged.reason


def test_other_archives_are_invalid_with_what_to_do(tmp_path):
    """They have a row, which says zip."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "alice.rar").write_bytes(b"Rar!")
    ((name, place),) = find([tmp_path / "class"]).items()
    assert "it should be a .zip" in stage(name, place.path).reason


def test_a_bomb_is_not_unpacked(tmp_path):
    """64 MB in 64 kB are no answer, whatever the directory of the zip claims."""
    staged = stage("x", zipped(tmp_path / "x.zip", {"softmax.py": b"#" * (64 << 20)}))
    assert not staged.sources
    assert staged.reason.startswith("Nothing was graded. softmax.py is larger than 1 MiB. distances.py ")


def test_a_link_is_never_followed(tmp_path):
    """Neither in a folder nor in a zip."""
    secret = tmp_path / "secret.py"
    secret.write_text("secret")
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "softmax.py").symlink_to(secret)
    assert not stage("alice", tmp_path / "alice").sources
    link = zipped(tmp_path / "x.zip", {"softmax.py": str(secret).encode()}, {"softmax.py": stat.S_IFLNK | 0o777})
    assert not stage("x", link).sources


def test_a_huge_answer_is_invalid(tmp_path):
    """A megabyte of source is a mistake, or worse."""
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "softmax.py").write_bytes(b"#" * (submission.MAX_MODULE + 1))
    assert "larger than 1 MiB" in stage("alice", tmp_path / "alice").reason


@given(st.binary(max_size=300))
def test_noise_is_never_more_than_invalid(tmp_path_factory, content):
    """The reader of archives returns a reason, whatever it is given."""
    path = tmp_path_factory.getbasetemp() / "noise.zip"
    path.write_bytes(content)
    assert not stage("x", path).sources


def test_a_folder_with_only_a_notebook_is_a_submission(tmp_path):
    """Of whatever name; what is staged is what its answers need."""
    for student, name in (("alice", "homework.ipynb"), ("bob", "HW2 (bob).ipynb")):
        (tmp_path / student).mkdir()
        (tmp_path / student / name).write_bytes(Q1)
    found = find([tmp_path])
    assert set(found) == {"alice", "bob"}
    for student, place in found.items():
        source = stage(student, place.path).sources["softmax"].decode()
        assert "def softmax_jacobian(z):\n    return z" in source
        assert "matplotlib" not in source
        assert find([place.path]) == {student: place}


def test_an_instructors_notebook_beside_a_class_makes_no_submission_of_it(tmp_path):
    """One with a name of its own; the students below are found."""
    (tmp_path / "notes.ipynb").write_bytes(Q1)
    write_files(tmp_path / "alice", REFERENCE)
    zipped(tmp_path / "bob.zip", ANSWERS)
    assert set(find([tmp_path])) == {"alice", "bob"}


def test_the_notebook_of_a_zip_is_staged(tmp_path):
    """Not the copies that Jupyter and a Mac leave behind."""
    copies = {
        "hw/.ipynb_checkpoints/homework-checkpoint.ipynb": Q3_AND_Q5,
        "__MACOSX/homework.ipynb": b"",
        "._homework.ipynb": b"",
    }
    staged = stage("x", zipped(tmp_path / "x.zip", {**copies, "hw/homework.ipynb": Q1}))
    assert b"softmax_jacobian" in staged.sources["softmax"]
    assert staged.reason.startswith("homework.ipynb has no cross_entropy_gradients")


@pytest.mark.parametrize(
    ("names", "read", "says"),
    [
        (["a.ipynb", "deep/homework.ipynb"], "homework.ipynb", ""),
        (["deep/a.ipynb", "b.ipynb"], "b.ipynb", "Of 2 notebooks, b.ipynb was read; name the one that counts homework.ipynb."),
    ],
)
def test_of_several_notebooks_one_is_read(tmp_path, names, read, says):
    """That with the right name, else the shallowest, and that is said."""
    staged = stage("x", zipped(tmp_path / "x.zip", dict.fromkeys(names, Q1)))
    assert staged.sources["softmax"].startswith(f"# The answers in {read}".encode())
    assert staged.reason.startswith(says or f"{read} has no")


def test_what_was_graded_is_said_where_both_answer(tmp_path):
    """And nothing is said of a notebook that holds stubs."""
    folder = write_files(tmp_path / "alice", REFERENCE)
    (folder / "homework.ipynb").write_bytes(Q3_AND_Q5)
    staged = stage("alice", folder)
    assert staged.sources["softmax"] == (SOLUTIONS / "softmax.py").read_bytes()
    graded = listed([question for question, module in QUESTIONS.items() if module == "softmax"])
    assert f"softmax.py is graded, since it answers {graded}; what homework.ipynb answers (q3) is not." in staged.reason
    (folder / "homework.ipynb").write_bytes((ASSIGNMENT / "homework.ipynb").read_bytes())
    assert stage("alice", folder).reason == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html>", "homework.ipynb cannot be read: it is not a notebook"),
        (b"", "homework.ipynb cannot be read: it is not a notebook"),
        (b" " * (submission.MAX_NOTEBOOK + 1), "homework.ipynb "),
    ],
    ids=["no JSON", "empty", "too large"],
)
@pytest.mark.parametrize("as_zip", [False, True])
def test_a_broken_notebook_is_invalid_alone_and_costs_nothing_beside_modules(tmp_path, content, says, as_zip):
    """It is said in both cases."""
    for files in ({}, ANSWERS):
        write = zipped if as_zip else write_files
        staged = stage("x", write(tmp_path / f"{len(files)}{'.zip' * as_zip}", {**files, "homework.ipynb": content}))
        assert staged.sources == (SOURCES if files else {})
        assert says in staged.reason
        assert staged.reason.startswith("Nothing was graded.") == (not files)


def test_a_damaged_member_is_said(tmp_path):
    """Of a zip whose directory is whole; so is a way of packing whose errors nobody knows."""
    content = bytes(range(256)) * 20
    path = zipped(tmp_path / "x.zip", {"softmax.py": content})
    raw = bytearray(path.read_bytes())
    raw[40:80] = b"\xff" * 40
    path.write_bytes(raw)
    assert "cannot be read" in stage("x", path).reason
    path = zipped(tmp_path / "y.zip", {"softmax.py": content})
    path.write_bytes(path.read_bytes().replace(b"\x08\x00", b"\x0e\x00"))
    assert "an ordinary zip is" in stage("y", path).reason
