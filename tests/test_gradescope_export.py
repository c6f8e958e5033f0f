"""Gradescope's export says who handed in and when; broken or hostile, it costs the names and never the grading."""

import contextlib
import io
import json
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake import platforms
from autograder.intake.finding import find
from autograder.intake.times import as_iso
from autograder.roster import Student
from tests.downloads import EXPORT, METADATA, answers, laid
from tests.handed_in import below, packed

ADA = Student("Ada Lovelace", "007", "ada@uni.edu")
PAIR = (Student("Pair One", "200", "one@uni.edu"), Student("Pair Two", "", "two@uni.edu"))


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_gradescope_tells_who_handed_in_and_when(tmp_path, form):
    """Of a group all members; of a folder that the file does not name, nothing."""
    remarks = []
    places = find([laid(EXPORT, tmp_path, form)], remarks)
    told = {name: (place.students, place.submitted) for name, place in places.items()}
    assert told["submission_101"] == ((ADA,), "2026-09-18T23:58:11+00:00")
    assert told["submission_102"] == (PAIR, "2026-09-18T16:58:11-07:00")
    assert told["submission_103"] == ((), "")
    assert remarks == (["download.zip was read as the zip of a class: it holds 5 submissions."] if form == "zip" else [])


def metadata(tmp_path: Path, content: bytes) -> tuple[list[tuple[Student, ...]], list[str]]:
    """What is known of submissions 101 and 102, and what is said of the file."""
    remarks: list[str] = []
    files = below("submission_101", answers("a")) | below("submission_102", answers("b"))
    places = find([laid(files | {"submission_metadata.yml": content}, tmp_path, "zip")], remarks)
    assert list(places) == ["submission_101", "submission_102"]
    return [place.students for place in places.values()], remarks[:-1]


BROKEN = {
    "empty": (b"", [(), ()], "(it tells of no submission)"),
    "no mapping": (b"- 1\n- 2\n", [(), ()], "(it tells of no submission)"),
    "cut": (METADATA.encode()[: METADATA.index('  :created_at: "2026')] + b'  :created_at: "20', [(ADA,), ()], "is no YAML"),
    "tabs": (b"submission_101:\n\t:submitters: []\n", [(), ()], "(line 2 is no YAML)"),
    "bytes": (b"submission_101: \xff\xfe\x00\n", [(), ()], "is no YAML"),
    "deep": (b"submission_101: {':submitters': " + b"[" * 3000 + b"]" * 3000 + b"}\n", [(), ()], "more of a submission"),
    "wide": (b"submission_101: {':submitters': [" + b"a, " * 20_000 + b"]}\n", [(), ()], "more of a submission"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_metadata_cost_the_names_and_never_the_grading(tmp_path, case):
    """What stands before the mistake is kept, and the instructor is told where it is."""
    content, known, says = BROKEN[case]
    students, remarks = metadata(tmp_path, content)
    assert students == known
    assert says in " ".join(remarks)
    assert f"the students are known of {sum(map(bool, known))} of the submissions." in remarks[0]


def test_missing_metadata_are_told(tmp_path):
    """The folders alone are an export, too."""
    remarks = []
    files = below("submission_101", answers("a")) | below("submission_102", answers("b"))
    assert list(find([laid(files, tmp_path, "folder")], remarks)) == ["submission_101", "submission_102"]
    assert remarks == ["There is no submission_metadata.yml beside the submissions: it is not known whose they are."]


def test_metadata_of_folders_that_are_not_there_are_told(tmp_path):
    """Somebody deleted them, or the export is another one's."""
    _, remarks = metadata(tmp_path, (METADATA + "submission_9:\n  :submitters: []\n").encode())
    assert remarks == ["submission_metadata.yml tells of submissions that are not beside it (1): submission_9."]


@pytest.mark.parametrize(
    "hostile",
    [
        "!!python/object/apply:os.system ['touch owned']",
        "!ruby/object:Gem::Installer {i: x}",
        "!!python/name:os.system",
        "&a [*a, *a]",
        "<<: *nowhere",
        "{? [a, b] : c, :name: x}",
    ],
)
def test_nothing_in_metadata_is_constructed(tmp_path, monkeypatch, hostile):
    """Tags are passed over; what is no student is no student."""
    monkeypatch.chdir(tmp_path)
    students, _ = metadata(tmp_path, f"submission_101:\n  :submitters:\n  - {hostile}\n".encode())
    assert not (tmp_path / "owned").exists()
    assert all(isinstance(student, Student) for group in students for student in group)


def test_names_from_metadata_fit_into_a_cell_and_onto_a_terminal(tmp_path):
    """One line, nothing that moves the cursor, and no separator of a group's names."""
    name = json.dumps("Bobby\n\x1b[31m; =cmd|' /C calc'!A0 \u202e" + "x" * 5000)
    (students, _), remarks = metadata(tmp_path, f"submission_101: {{':submitters': [{{':name': {name}}}]}}\n".encode())
    assert students[0].name.startswith("Bobby [31m, =cmd|' /C calc'!A0 xxx")
    assert students[0].name.isprintable() and len(students[0].name) <= 200 and ";" not in students[0].name
    assert remarks == []


def test_aliases_and_rails_times_are_understood(tmp_path):
    """Ruby writes an object once, and refers to it afterwards."""
    content = textwrap.dedent(
        """\
        submission_101:
          :submitters: &1
          - &2 {':name': &3 Ada, ':sid': *3}
          :created_at: !ruby/object:ActiveSupport::TimeWithZone
            utc: 2026-09-18 23:58:11.000000000 Z
            time: 2026-09-18 16:58:11.000000000 Z
        submission_102:
          :submitters: *1
        """
    )
    students, remarks = metadata(tmp_path, content.encode())
    assert students == [(Student("Ada", "Ada"),)] * 2
    assert remarks == []
    (place, _) = find([tmp_path / "download.zip"]).values()
    assert place.submitted == "2026-09-18T23:58:11+00:00"


def test_a_student_cannot_hand_in_an_export(tmp_path):
    """What a platform writes is believed only where an instructor points: else one could hand in under another's name."""
    forged = {"submission_metadata.yml": METADATA.encode(), **below("submission_101", answers("x"))}
    forged |= below("submission_102", answers("y"))
    files = {**below("mallory", forged), "trudy.zip": packed(forged), **below("alice", answers("a"))}
    for form in ("folder", "zip"):
        (tmp_path / form).mkdir()
        places = find([laid(files, tmp_path / form, form)])
        assert not any(place.students for place in places.values())
        assert {"alice", "trudy"} <= set(places)


@given(st.binary(max_size=200) | st.text("-:!&*{}[]'\"\n \tsubmtersion_1", max_size=200).map(str.encode))
def test_any_metadata_are_read_or_told_about(content):
    """No other exception, whatever the file holds."""
    told: dict = {}
    with contextlib.suppress(platforms.NotTold):
        platforms.read_metadata(io.BytesIO(content), told)
    for students, submitted in told.values():
        assert all(isinstance(student, Student) for student in students)
        assert isinstance(submitted, str)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2026-09-18 23:58:11.000000000 Z", "2026-09-18T23:58:11+00:00"),
        ("2026-09-18T23:58:11Z", "2026-09-18T23:58:11+00:00"),
        ("2026-09-18 16:58:11.123456789 -07:00", "2026-09-18T16:58:11-07:00"),
        ("2026-09-18 16:58:11 -0700", "2026-09-18T16:58:11-07:00"),
        ("2026-09-18 23:58:11.123456 UTC\n", "2026-09-18T23:58:11+00:00"),
        ("2026-09-18 23:58:11", ""),
        ("2026-09-31 23:58:11 Z", ""),
        ("2026-09-18 23:58:11 +99:00", ""),
        ("2026-09-18 23:58:11 ../../etc/passwd", ""),
        ("2026-09-18 23:58:11 Nowhere/Land", ""),
        ("yesterday", ""),
    ],
)
def test_a_time_has_a_zone_or_is_not_known(written, iso):
    """A time without a zone may be half a day off."""
    assert as_iso(written) == iso
