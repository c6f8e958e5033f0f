"""A roster in any form that instructors have it: whose submission is whose, who is missing, and what platforms take back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS, TITLE
from autograder.intake.finding import find
from autograder.intake.folders import Place
from autograder.report.store import Row
from autograder.report.tables.gradebooks import canvas_sentences, write_gradebooks
from autograder.report.tables.grades import COLUMNS, write_grades
from autograder.report.tables.sheets import as_csv, read_csv
from autograder.report.tables.students import Class
from autograder.roster import Roster, RosterError, Student, read_roster
from autograder.text import NUMBER, for_csv, for_terminal, from_csv
from tests.downloads import METADATA, answers
from tests.grader import all_of, read_table
from tests.handed_in import below, packed

ADA, JANE = Student("Ada Lovelace", "007", "ada@uni.edu"), Student("Jane van Doe", "12", "jane@uni.edu")
GRADESCOPE = """\
First Name,Last Name,SID,Email,Role,Section
Ada,Lovelace,007,ada@uni.edu,Student,A
Jane,van Doe,12,jane@uni.edu,Student,
Grace,Hopper,99,grace@uni.edu,Instructor,
"""
CANVAS = f"""\
Student,ID,SIS User ID,SIS Login ID,Section,{TITLE} (4711),Other (4712),Final Score
    Points Possible,,,,,100,10,(read only)
,,,,,Manual Posting,,
"Lovelace, Ada",5001,007,ada@uni.edu,Mon and Tue,,3,1
"van Doe, Jane",5002,12,jane@uni.edu,Mon,44,,
"Student, Test",5003,,0a1b2c,Mon,,,
"""
CANVAS_IN_TWO = """\
LastName,FirstName,ID,SIS User ID,SIS Login ID,Integration ID,Section,Homework (4711)
    Points Possible,,,,,,,100
Lovelace,Ada,5001,007,ada@uni.edu,,Mon,
van Doe,Jane,5002,12,jane@uni.edu,,Mon,44
Student,Test,5003,,0a1b2c,,Mon,
"""


def roster(tmp_path: Path, text: str, code: str = "utf-8") -> Roster:
    """Read a roster of that text."""
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(code))
    return read_roster(path)


@pytest.mark.parametrize(
    "text",
    [
        GRADESCOPE,
        CANVAS,
        CANVAS_IN_TWO,
        "id,first_name,last_name,email\n007,Ada,Lovelace,ada@uni.edu\n12,Jane,van Doe,jane@uni.edu\n",
        "name,sid,email\nAda Lovelace,007,ada@uni.edu\nJane van Doe,12,jane@uni.edu\n",
        "E-Mail;SID;Full Name\nada@uni.edu;007;Ada Lovelace\njane@uni.edu;12;Jane van Doe\n",
        'sep=;\r\nEMAIL;sid;Name\r\nada@uni.edu;007;"Lovelace, Ada"\r\njane@uni.edu;12;"van Doe, Jane"\r\n',
        "\n\n\tSid\tNAME \tEmail Address\n\t007\tAda  Lovelace\tada@uni.edu\n\n\t12\tJane van Doe\tjane@uni.edu\textra\n",
        "name,sid,email\nAda Lovelace,007,ada@uni.edu\nAda Lovelace,007,ada@uni.edu\nJane van Doe,12,jane@uni.edu\n",
    ],
    ids=["Gradescope", "Canvas", "Canvas, two names", "nbgrader", "plain", "semicolons", "Excel", "tabs", "twice"],
)
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_roster_names_the_students(tmp_path, text, code):
    """Whatever exported it and however Excel saved it; no teacher, no test student, nobody twice."""
    found = roster(tmp_path, text, code)
    assert [member.student for member in found.members] == [ADA, JANE]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_letters_of_a_name_survive_every_code(tmp_path, code):
    """Umlauts are the first to go."""
    (member,) = roster(tmp_path, "name,sid\nZoë Müller-Ångström,1\n", code).members
    assert (member.first, member.last, member.student.name) == ("Zoë", "Müller-Ångström", "Zoë Müller-Ångström")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "has no column that tells who a student is"),
        (b"Ada,007\nJane,12\n", "has no column that tells who a student is"),
        (b"section,points\nA,1\n", "has no column that tells who a student is"),
        (b"name,sid\n", "names no student"),
        (b"name,sid\n,\n", "names no student"),
        (b'name,sid\n"Ada,007\nJane,12\n', "is no CSV in line 3"),
        (b'name,sid\n"Ada"x,007\n', "is no CSV in line 2"),
        (b"PK\x03\x04rest", "is a workbook of Excel"),
        (b"name\0,s\0id\nAda,1\n", "is no text that can be read"),
        (b"name,sid\nAd\x81,1\n", "is no text that can be read"),
        (b"\xff\xfen\0a\0", "has no column"),
        (b"\xff\xfen\0a", "is no text that can be read"),
        (b"name,sid\n" + b"x" * 200_000 + b",1\n", "is no CSV in line 2"),
    ],
)
def test_a_roster_that_cannot_be_read_is_wrong_usage(tmp_path, content, says):
    """Told before anything is graded, with the file's name."""
    path = tmp_path / "roster.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RosterError, match=r"roster\.csv") as raised:
        read_roster(path)
    assert says in str(raised.value)


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: ("name,sid,email\n" + text).encode()))
def test_any_file_is_a_roster_or_none(tmp_path_factory, content):
    """No other exception, and whatever a student is called fits into a line."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        found = read_roster(path)
    except RosterError:
        return
    for member in found.members:
        assert all(for_terminal(word) == word for word in (member.student.sid, member.student.email, member.label))


@pytest.mark.parametrize("text", [GRADESCOPE, CANVAS], ids=["Gradescope", "Canvas"])
@pytest.mark.parametrize(
    ("student", "found"),
    [
        (Student(sid="007"), ADA),
        (Student(sid="7"), ADA),
        (Student(sid="7", email="jane@uni.edu"), ADA),
        (Student(email="ADA@Uni.edu", name="A."), ADA),
        (Student(sid="no", email="no", name="jane VAN doe"), JANE),
        (Student(name="van Doe, Jane"), JANE),
        (Student(name="Doe"), None),
        (Student(sid="9999"), None),
        (Student(), None),
    ],
)
def test_a_student_is_found_by_id_address_and_name(tmp_path, text, student, found):
    """In that order; zeros in front are what Excel takes away."""
    member = roster(tmp_path, text).match(student)
    assert (member and member.student) == found


def test_a_name_that_two_students_have_finds_neither(tmp_path):
    """Marks of the one are not given to the other."""
    found = roster(tmp_path, "name,sid\nJane Doe,1\nJane Doe,2\nDoe Jane,3\n")
    assert found.match(Student(name="Jane Doe")) is None
    assert found.match(Student(name="Jane Doe", sid="2")) is found.members[1]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("007", ADA),
        ("ada@uni.edu", ADA),
        ("ada", ADA),
        ("Lovelace_Ada", ADA),
        ("JANE", JANE),
        ("janevandoe", JANE),
        ("doe", None),
    ],
)
def test_a_folder_that_is_called_after_a_student_is_theirs(tmp_path, name, found):
    """By id, address, the part before the @, or name."""
    member = roster(tmp_path, GRADESCOPE).called(name)
    assert (member and member.student) == found


def test_canvas_numbers_are_not_ids_of_the_university(tmp_path):
    """5002 is Jane to Canvas, though another student's id is 5002."""
    text = CANVAS + '"Poe, Edgar",5009,5002,poe,Mon,,,\n'
    found = roster(tmp_path, text)
    assert found.match(Student("vandoejane", "5002"), from_canvas=True).student == JANE
    assert found.match(Student(sid="5002")).student.name == "Edgar Poe"


# -- tables ------------------------------------------------------------------------------------------------------------------


def row(name: str, score: int = 80, status: str = "graded") -> Row:
    """A row as saving a report gives it, with a score in points."""
    return Row(name, 100 * score, dict.fromkeys(QUESTIONS, 100), status, 0.1)


PLACES = {
    "submission_101": Place(Path("/x"), "a/", (ADA, JANE), "2026-09-18T16:58:11-07:00"),
    "submission_102": Place(Path("/x"), "b/", (Student("Bob Unknown", "", "bob@uni.edu"),)),
}


def test_grades_have_no_more_columns_where_nobody_is_known(tmp_path):
    """What reads them today goes on reading them."""
    places = {"alice": Place(Path("/x"))}
    nobody = Class.of(places)
    rows = [row("alice")]
    assert (
        write_grades(tmp_path, rows, nobody).read_text()
        == f"{','.join(COLUMNS)}\nalice,80{',1' * len(QUESTIONS)},graded,0.10\n"
    )
    assert write_gradebooks(tmp_path, rows, nobody) == []


def test_grades_name_the_students_and_who_is_missing(tmp_path):
    """All of a group, in one row; what nobody handed in has no marks."""
    people = roster(tmp_path, GRADESCOPE + "Edgar,Poe,55,,Student,\nNo,Address,,,Student,\n")
    write_grades(tmp_path, map(row, PLACES), Class.of(PLACES, people))
    first, second, poe, nobody = read_table(tmp_path / "grades.csv")
    assert list(first) == [*COLUMNS, "names", "emails", "sids", "submitted"]
    assert (first["names"], first["emails"]) == ("Ada Lovelace; Jane van Doe", "ada@uni.edu; jane@uni.edu")
    assert (first["sids"], first["submitted"]) == ("007; 12", "2026-09-18T16:58:11-07:00")
    assert (second["names"], second["status"], second["submitted"]) == ("Bob Unknown", "graded", "")
    assert (poe["submission"], poe["status"], poe["score"], poe["q1"], poe["seconds"]) == ("55", "missing", "", "", "")
    assert nobody["submission"] == "No Address"
    assert Class.of(PLACES, people).sentences() == [
        "2 of 4 students on the roster have not submitted: 55, No Address.",
        "Nobody on the roster is known to have handed in submission_102; graded all the same.",
    ]


def test_the_last_of_a_students_submissions_counts(tmp_path):
    """By the time that is told, and it is said that there are several."""
    times = {"new": "2026-09-18T16:00:00-07:00", "old": "2026-09-18T22:00:00+00:00", "none": ""}
    places = {name: Place(Path("/x"), name, (ADA,), time) for name, time in times.items()}
    write_gradebooks(tmp_path, [row("new", 70), row("old", 90), row("none", 10)], Class.of(places))
    assert [line["Total Score"] for line in read_table(tmp_path / "gradescope.csv")] == ["70"]
    (said,) = Class.of(places).sentences()
    assert said == (
        "More than one submission is of ada@uni.edu (none, old, new): in canvas.csv and gradescope.csv the last one counts."
    )


def test_canvas_takes_the_table_back(tmp_path):
    """Its own columns and numbers up to the section, the assignment's column, and the row of points; nobody else."""
    people = roster(tmp_path, CANVAS + '"Poe, Edgar",5004,5,poe,Tue,17,,\n')
    rows = [row("submission_101", 80), row("submission_102", 30)]
    places = {**PLACES, "submission_101": Place(Path("/x"), "a/", (ADA,))}
    write_gradebooks(tmp_path, rows, Class.of(places, people))
    assert (tmp_path / "canvas.csv").read_text().splitlines() == [
        f"Student,ID,SIS User ID,SIS Login ID,Section,{TITLE} (4711)",
        f"    Points Possible,,,,,{all_of()}",
        '"Lovelace, Ada",5001,007,ada@uni.edu,Mon and Tue,80',
        '"van Doe, Jane",5002,12,jane@uni.edu,Mon,44',
        '"Poe, Edgar",5004,5,poe,Tue,17',
    ]


HOMEWORKS = "Homework 3 (777),homework 4,Twice (1),Twice (2)"


@pytest.mark.parametrize(
    ("column", "written", "says"),
    [
        ("Homework 3", "Homework 3 (777)", ()),
        (" homework 3 (777)", "Homework 3 (777)", ()),
        ("Homework 4", "homework 4", ()),
        ("Twice (2)", "Twice (2)", ()),
        ("Twice", "Twice", ("2 columns «Twice»", "Twice (1), Twice (2)")),
        ("Homework 3 (778)", "Homework 3 (778)", ("no column «Homework 3 (778)»", "Homework 3 (777)")),
        (None, TITLE, (f"no column «{TITLE}»", "canvas.column", "There are Homework 3 (777), Twice (1), Twice (2)")),
    ],
)
def test_canvas_gets_the_column_that_the_settings_name(tmp_path, column, written, says):
    """Where the gradebook has none, or two, the instructor is told which there are."""
    people = Class.of(PLACES, roster(tmp_path, CANVAS.replace(f"{TITLE} (4711),Other (4712)", HOMEWORKS)))
    course = Configuration(canvas_column=column)
    write_gradebooks(tmp_path, map(row, PLACES), people, course)
    assert (tmp_path / "canvas.csv").read_text().partition("\n")[0].split(",")[5:] == [written]
    told = " ".join(canvas_sentences(people, course))
    assert bool(told) == bool(says)
    assert all(words in told for words in says)


@pytest.mark.parametrize("text", [GRADESCOPE, CANVAS, CANVAS.replace(f"{TITLE} (4711),Other (4712)", "A,B")])
def test_nothing_is_said_of_canvas_where_nothing_is_wrong(tmp_path, text):
    """It is another platform's roster, the column is there, or the gradebook has no assignments yet."""
    assert canvas_sentences(Class.of(PLACES, roster(tmp_path, text))) == []


def test_the_command_says_which_columns_canvas_has(autograder, tmp_path):
    """At the end of its output, and among the remarks of the JSON; with the setting it is silent."""
    (tmp_path / "a").mkdir()
    (tmp_path / "roster.csv").write_text(CANVAS.replace(f"{TITLE} (4711)", "Homework 3 (777)"))
    (tmp_path / "course.toml").write_text('canvas.column = "Homework 3"\n')
    command = ("grade", tmp_path / "a", "--out", tmp_path / "out", "--roster", tmp_path / "roster.csv", "--jobs", 1)
    assert "There are Homework 3 (777), Other (4712): name one as canvas.column" in autograder(*command).stdout
    told = autograder(*command, "--config", tmp_path / "course.toml")
    assert (told.returncode, "canvas.column" in told.stdout) == (0, False)
    assert "Homework 3 (777)" in (tmp_path / "out" / "canvas.csv").read_text()


@pytest.mark.parametrize(("status", "score"), [("graded", "80"), ("invalid", "80"), ("error", "")])
def test_canvas_gets_a_table_without_a_roster_too(tmp_path, status, score):
    """With what Canvas's own file names tell, or Gradescope; no mark where the grader failed."""
    places = {
        "doejane_12345": Place(Path("/x"), "doejane_12345_", (Student("doejane", "12345"),)),
        "submission_1": Place(Path("/x"), "a/", (ADA,)),
    }
    write_gradebooks(tmp_path, [row(name, 80, status) for name in places], Class.of(places))
    _, _, *lines = (tmp_path / "canvas.csv").read_text().splitlines()
    assert lines == [f"doejane,12345,,,,{score}", f'"Lovelace, Ada",,007,ada@uni.edu,,{score}']


def test_gradescopes_table_has_a_row_for_each_student(tmp_path):
    """Members of a group each; questions with what they are worth; who is missing."""
    people = roster(tmp_path, GRADESCOPE + "Edgar,Poe,55,poe@uni.edu,Student,B\n")
    write_gradebooks(tmp_path, map(row, PLACES), Class.of(PLACES, people))
    ada, jane, poe, bob = read_table(tmp_path / "gradescope.csv")
    columns = ("First Name", "Last Name", "SID", "Email", "Sections")
    assert [ada[column] for column in columns] == ["Ada", "Lovelace", "007", "ada@uni.edu", "A"]
    assert (jane["Total Score"], jane["Max Points"], jane["Status"], jane["Submission ID"]) == (
        "80",
        all_of(),
        "Graded",
        "101",
    )
    assert jane["Submission Time"] == "2026-09-18 16:58:11 -0700"
    assert jane[f"5: Squared distances without loops ({float(all_of('q5'))} pts)"] == "1"
    assert (poe["Status"], poe["Total Score"], poe["Submission ID"], poe["Sections"]) == ("Missing", "", "", "B")
    assert (bob["First Name"], bob["Last Name"], bob["Email"]) == ("Bob", "Unknown", "bob@uni.edu")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 170", "'+49 170"),
        ("-Infinity", "'-Infinity"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("-12.5", "-12.5"),
        ("+1e5", "+1e5"),
        ("Ada", "Ada"),
        ("'Ada'", "'Ada'"),
        ("a=b", "a=b"),
        ("", ""),
        (-3, -3),
    ],
)
def test_no_cell_is_a_formula(value, cell):
    """Names and folders come from students, and tables are opened in Excel; what is harmless stays as it is."""
    assert for_csv(value) == cell
    assert from_csv(str(cell)) == str(value)


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b"]), st.text("=+-@'\t\n,;\"a0ü＝ ", max_size=9)), max_size=4))
def test_a_table_is_read_as_it_was_written(tmp_path_factory, rows):
    """And nothing in it begins a formula."""
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes(as_csv(["a", "b"], rows).encode())
    assert list(read_csv(path)) == [{column: line.get(column, "") for column in "ab"} for line in rows]
    for line in read_table(path):
        assert all(cell[:1] not in tuple("=+-@\t\r") or NUMBER.fullmatch(cell) for cell in line.values() if cell)


def test_hostile_names_stay_text_in_every_table(tmp_path):
    """A student's name, an address, a folder's name, a section of the roster."""
    evil = "=HYPERLINK(1)"
    people = roster(tmp_path, f"name,sid,email,section\n{evil},+a,@b,-c\n{evil},2,,\n")
    places = {"=x": Place(Path("/x"), "", (Student(evil, "+a", "@b"),)), "+y": Place(Path("/x"), "y", (Student("-z"),))}
    owners = Class.of(places, people)
    rows = list(map(row, places))
    for path in [write_grades(tmp_path, rows, owners), *write_gradebooks(tmp_path, rows, owners)]:
        cells = [cell for line in read_table(path) for cell in line.values()]
        assert any("HYPERLINK" in cell for cell in cells)
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_command_grades_an_export_with_a_roster(autograder, tmp_path):
    """From the zip that was downloaded to the tables; who is missing is told, and costs no exit code."""
    files = {"submission_metadata.yml": METADATA.encode(), **below("submission_101", answers("a")), "submission_102/": b""}
    (tmp_path / "export.zip").write_bytes(packed(below("assignment_7_export", files)))
    (tmp_path / "roster.csv").write_text(GRADESCOPE)
    out = tmp_path / "out"
    run = autograder("grade", tmp_path / "export.zip", "--out", out, "--roster", tmp_path / "roster.csv", "--jobs", 1)
    assert run.returncode == 0, run.stderr
    assert "1 of 2 students on the roster has not submitted: jane@uni.edu." in run.stdout
    assert "Nobody on the roster is known to have handed in submission_102; graded all the same." in run.stdout
    assert "canvas.csv" in run.stdout
    assert [(line["submission"], line["status"]) for line in read_table(out / "grades.csv")] == [
        ("submission_101", "graded"),
        ("submission_102", "invalid"),
        ("jane@uni.edu", "missing"),
    ]
    assert len(read_table(out / "canvas.csv")) == 1 + 4
    assert [line["Status"] for line in read_table(out / "gradescope.csv")] == ["Graded", "Missing", "Graded", "Graded"]


def test_a_wrong_roster_is_wrong_usage(autograder, tmp_path):
    """With what to do, and before anything is graded."""
    (tmp_path / "a").mkdir()
    (tmp_path / "roster.csv").write_text("points\n1\n")
    run = autograder("grade", tmp_path / "a", "--out", tmp_path / "out", "--roster", tmp_path / "roster.csv")
    assert run.returncode == 2
    assert "name,sid,email" in run.stderr
    assert not (tmp_path / "out").exists()


def test_nobody_hands_in_for_others_by_calling_folders_after_them(tmp_path):
    """What lies in a student's folder takes no name from the roster, and renames no folder beside it."""
    for folder in ("12", "mallory/007", "mallory/12"):
        (tmp_path / "class" / folder).mkdir(parents=True)
        (tmp_path / "class" / folder / "softmax.py").write_text("x = 1\n")
    found = find([tmp_path / "class"])
    assert set(found) == {"12", "mallory-007", "mallory-12"}
    people = Class.of(found, roster(tmp_path, GRADESCOPE))
    owned = {name: [member.student.name for member in owners] for name, owners in people.owners.items()}
    assert owned == {"12": ["Jane van Doe"], "mallory-007": [], "mallory-12": []}
    assert [member.student.name for member in people.missing] == ["Ada Lovelace"]
    assert set(people.unknown) == {"mallory-007", "mallory-12"}
