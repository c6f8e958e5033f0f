"""The pages over a class: the numbers of the folder, whatever lies in it, and to each student only their own."""

import dataclasses
import html
import json
import math
import os
import re
import shutil
import statistics
import weakref
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import main
from autograder.configuration import Configuration
from autograder.homework import checks, checks_of
from autograder.judge.meters.cpu import CPU_LIMIT
from autograder.judge.results import CheckResult, Failure, Report, TestResult
from autograder.report.course import Metadata, points, worth_of_checks
from autograder.report.page import ResultsError, figures, panels, templates, write_page, writing
from autograder.report.page.items import discrimination
from autograder.report.page.reading import report_of
from autograder.report.store import save, to_json
from autograder.report.tables.grades import write_grades
from autograder.report.tables.students import Class
from tests.classes import a_class, folder, graded
from tests.grader import autograder_process, read_table

WORTH = worth_of_checks(Configuration())  # hundredths of a point, by check


class Tables(HTMLParser):
    """The texts of all tables of a page, by rows and cells, each table under the id or heading it is labelled with."""

    def __init__(self, page):
        super().__init__()
        self.found, self.label = {}, ""
        self.cell = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "div" and "wide" in (dict(attributes).get("class") or ""):
            found = dict(attributes)
            self.label = found.get("aria-labelledby") or found["aria-label"]
        elif tag == "table":
            self.found[self.label] = []
        elif tag == "tr":
            self.found[self.label].append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.found[self.label][-1].append(" ".join(self.cell.split()))
            self.cell = None


def changed(**values):
    """A report.json in which some values are others."""
    return json.dumps({**to_json(graded("bad")), **values}).encode()


def page_of(out):
    return write_page(out).read_text(encoding="utf-8")


def words_of(page):
    """What a page says, without its tags."""
    page = re.sub(r"<(style|script|svg).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def results(out):
    """The results.json of those graded, read without the code under test."""
    return {
        row["submission"]: (row, json.loads((out / row["submission"] / "results.json").read_text(encoding="utf-8")))
        for row in read_table(out / "grades.csv")
        if row["status"] == "graded"
    }


@pytest.mark.parametrize(("size", "seed"), [(60, 1), (60, 2), (13, 3), (10, 4), (9, 5), (1, 6)])
def test_checks_stand_with_the_numbers_of_the_class(tmp_path, size, seed):
    """Against the standard library's correlation, from the files as they are on disk."""
    page = page_of(folder(tmp_path, a_class(size, seed)))
    tests = [document["tests"] for _, document in results(tmp_path).values()]
    head, *table = Tables(page).found["checks"]
    assert [title for title in head if title] == [
        "No.",
        "Check",
        "Worth",
        "Passed",
        "Points",
        "Level",
        "Tells apart",
        "In words",
    ]
    assert [row[0] for row in table] == [check.number for check in checks().values()]
    defined = 0
    for k, row in enumerate(table):
        passed = [test[k]["status"] == "passed" for test in tests]
        rest = [sum(other["score"] for j, other in enumerate(test) if j != k) for test in tests]
        fraction = statistics.fmean(test[k]["score"] / test[k]["max_score"] for test in tests)
        assert (row[1], int(row[3])) == (f"{tests[0][k]['name'].partition(': ')[2]} {tests[0][k]['tags'][2]}", sum(passed))
        assert float(row[5].removesuffix(" %")) == pytest.approx(100 * fraction, abs=0.5000001)
        assert row[6] == ("easy" if fraction >= 0.85 else "hard" if fraction < 0.5 else "medium")
        if size < 10 or len(set(passed)) == 1:
            assert row[7] == "–"
        else:
            defined += 1
            expected = statistics.correlation(list(map(float, passed)), rest)
            assert float(row[7].replace("−", "-")) == pytest.approx(expected, abs=0.0050001)
    assert defined > 5 or size < 10


def test_a_check_that_is_worth_nothing_is_neither_easy_nor_hard(tmp_path):
    """Of a total of a hundredth, one check has it all."""
    page = page_of(folder(tmp_path, [graded("a")], Configuration(total_points=0.01)))
    levels = [(row[2], row[5], row[6]) for row in Tables(page).found["checks"][1:]]
    assert sorted(levels) == [("0", "–", "–")] * (len(checks()) - 1) + [("0.01", "100 %", "easy")]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10_000)), min_size=10, max_size=80))
def test_discrimination_is_pearsons_correlation_with_passing(pairs):
    passed, rest = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs], float)
    found = discrimination(passed, rest)
    if len({*passed}) == 1 or len({*rest}) == 1:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(statistics.correlation(passed.astype(float).tolist(), rest.tolist()), abs=1e-9)


def test_a_check_does_not_correlate_with_itself(tmp_path):
    """Who fails one check alone is as good in all others: with its own points in the sum, it would tell strong from weak."""
    page = page_of(folder(tmp_path, [graded(f"s{k}", ["q1.numerical"] if k % 2 else []) for k in range(20)]))
    row = next(row for row in Tables(page).found["checks"] if row[0] == "1.3")
    assert row[7] == "–"


def test_the_page_says_what_most_got_wrong_and_what_tells_and_what_is_unfair(tmp_path):
    """In a class of 30: 20 fail 4.6, the 12 weakest all of q1, and the 10 strongest 5.4."""
    first = {check for check in checks() if check.startswith("q1.")}
    failed = [({"q4.loops"} if k < 20 else {"q5.integer"}) | (first if k < 12 else set()) for k in range(30)]
    words = words_of(page_of(folder(tmp_path, [graded(f"s{k}", missed) for k, missed in enumerate(failed)])))
    assert (
        "Most students lost points in 4.6: 20 of 30. «no Python loop along examples, features or classes». Then 1.1 (12)"
        in words
    )
    assert re.search(r"1\.\d tells strong from weak best: 0\.\d\d\. «", words)
    assert "The strong fail more often than the weak: 5.4 (−0." in words
    assert "⚠ the strong fail it more" in words


@pytest.mark.parametrize(
    ("size", "failing", "says"),
    [
        (12, 0, "Nobody lost a point."),
        (12, 12, "each is passed by all or by none."),
        (12, 5, "No check was failed by most. The most often failed is 3.3: 5 of 12."),
        (9, 5, "Which check tells strong from weak is not known: that takes 10 graded submissions, and there are 9."),
    ],
)
def test_the_page_claims_no_more_than_the_class_shows(tmp_path, size, failing, says):
    reports = [graded(f"s{k}", ["q3.identities"] if k < failing else []) for k in range(size)]
    assert says in words_of(page_of(folder(tmp_path, reports)))


def test_mistakes_are_counted_once_for_a_submission_and_say_what_students_read(tmp_path):
    """The first hint of a question has its first sentence, also where another check repeats it."""
    mean, sign = ("no-mean", "Is the <mean> & all over them missing?"), ("sign", "Which sign has it?")
    again = tuple(
        CheckResult.of(check, (TestResult("", 1.0, "failed", Failure("Wrong.", hint=("no-mean", words))),))
        for check, words in ((checks()["q4.loss"], mean[1]), (checks()["q4.gradient"], "It is 2 times too large."))
    )
    reports = [
        Report("twice", "graded", "", again),
        graded("once", ["q4.loss", "q3.loss"], {"q4": mean, "q3": sign}),
        graded("none"),
    ]
    page = page_of(folder(tmp_path, reports))
    table = Tables(page).found["mistakes"][1:]
    assert [(row[0], row[1]) for row in table] == [("q4:no-mean", "2"), ("q3:sign", "1")]
    assert table[0][3] == "Is the <mean> & all over them missing? 2 submissions twice once"
    behind = re.search(r"q4:no-mean</th>.*?</details>", page, re.DOTALL)[0]
    assert re.findall(r'href="([^"]*)"', behind) == ["twice/report.html", "once/report.html"]
    assert "The commonest mistake is q4:no-mean: 2 of 3." in words_of(page)
    assert {row[0]: row[-1] for row in Tables(page).found["submissions"]}["once"] == "q4:no-mean q3:sign"


def test_the_head_counts_who_submitted_and_takes_quartiles_of_those_graded(tmp_path):
    reports = [
        *a_class(23, 7),
        Report("bad-zip", "invalid", "It cannot be read."),
        Report("crashed", "error", "The grader failed."),
    ]
    page = page_of(folder(tmp_path, reports, students={"eve@example.edu": {"names": "Eve"}}))
    words = words_of(page)
    assert f"25 submissions, {points(sum(WORTH.values()))} points in all" in words
    tiles = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page))
    assert [tiles[status] for status in ("graded", "invalid", "error", "missing")] == ["23", "1", "1", "1"]
    low, middle, high = statistics.quantiles([float(row["score"]) for row, _ in results(tmp_path).values()], method="inclusive")
    assert float(tiles["median"]) == pytest.approx(middle, abs=0.006)
    assert list(map(float, tiles["middle half"].split("–"))) == [pytest.approx(low, abs=0.006), pytest.approx(high, abs=0.006)]
    table = Tables(page).found
    assert table["Not graded"][1:] == [["crashed", "error", "The grader failed."], ["bad-zip", "invalid", "It cannot be read."]]
    assert "Not handed in 1 of the roster eve@example.edu" in words
    slowest = max(read_table(tmp_path / "grades.csv"), key=lambda row: float(row["seconds"] or 0))
    assert f"Slowest to judge {slowest['submission']} {float(slowest['seconds']):.1f} s" in words
    assert [row[0] for row in table["submissions"][1:]] == [*(report.submission for report in reports), "eve@example.edu"]


def test_the_pages_name_the_homework(tmp_path, monkeypatch):
    """Its title is text, whatever stands in it."""
    monkeypatch.setattr(writing, "TITLE", "Sums & <products>")
    page = page_of(folder(tmp_path, [graded("a")]))
    for text in (page, (tmp_path / "a" / "report.html").read_text(encoding="utf-8")):
        assert text.count("Sums &amp; &lt;products&gt;") == 2
        assert "<products>" not in text


def test_the_page_tells_when_it_was_graded_by_the_files(tmp_path):
    folder(tmp_path, [graded("a"), graded("b")])
    for name, moment in (("a", 1_700_000_000), ("b", 1_700_086_400)):
        os.utime(tmp_path / name / "report.json", (moment, moment))
    assert "last graded 2023-11-15 22:13 UTC" in page_of(tmp_path)


@pytest.mark.parametrize("status", ["invalid", "error"])
def test_a_class_in_which_nothing_was_graded_has_a_page(tmp_path, status):
    words = words_of(page_of(folder(tmp_path, [Report("a", status, "The reason.")])))
    assert "1 submission," in words and "No submission was graded." in words and "The reason." in words


def test_a_class_of_none_has_a_page(tmp_path):
    write_grades(tmp_path, [], Class.of({}))
    assert "0 submissions" in words_of(page_of(tmp_path))


def test_full_marks_that_differ_are_told(tmp_path):
    """After a run with other settings that left some results as they were."""
    table = [save(tmp_path, graded(str(points)), "key", Configuration(total_points=points)) for points in (50, 100)]
    write_grades(tmp_path, table, Class.of({}))
    assert "Full marks differ between submissions: 50 for 1, 100 for 1." in words_of(page_of(tmp_path))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"", "is broken (JSONDecodeError)"),
        (b"\xff\xfe{}", "is broken"),
        (b"[]", "is broken (TypeError)"),
        (b"null", "is broken (TypeError)"),
        (b"{}", "is broken (KeyError)"),
        (b"[" * 100_000, "is broken (RecursionError)"),
        (changed(reason=3), "is broken (TypeError)"),
        (changed(reason="\ud800"), "is broken (UnicodeEncodeError)"),
        (changed(checks=[{}]), "is broken (KeyError)"),
        (changed(checks=1), "is broken (TypeError)"),
        (changed(about=["a", 1]), "is broken (TypeError)"),
        (changed(kept=True), "is broken (TypeError)"),
        (changed(kept="1"), "is broken (TypeError)"),
        (changed(kept=math.nan), "is broken (ValueError)"),
        (changed(kept=1.5), "is broken (ValueError)"),
        (changed(status="perfect"), "is broken (ValueError)"),
        (changed(meters=[{"question": "q4", "meter": "cpu_ratio", "axis": "N", "value": []}]), "is broken (TypeError)"),
        (changed(speed_ups={"q4": None}), "is broken (TypeError)"),
    ],
)
def test_a_result_that_cannot_be_used_is_told_and_the_others_stand(tmp_path, content, says):
    folder(tmp_path, [graded("good"), graded("bad")])
    path = tmp_path / "bad" / "report.json"
    path.unlink() if content is None else path.write_bytes(content)
    page = page_of(tmp_path)
    row = Tables(page).found["Not graded"][1]
    assert row[:2] == ["bad", "no result"] and says in row[2] and row[2].endswith(": grade it again")
    assert 'href="good/report.html"' in page and 'href="bad/report.html"' not in page


@pytest.mark.parametrize("name", ["../elsewhere", "..", ".", "", "a/b"])
def test_a_name_that_leads_out_of_the_folder_is_not_followed(tmp_path, name):
    """A table that came by mail may hold any."""
    out = folder(tmp_path / "out", [graded("good")])
    (out / "a" / "b").mkdir(parents=True)
    for place in (tmp_path, out, tmp_path / "elsewhere", out / "a" / "b"):
        place.mkdir(exist_ok=True)
        shutil.copy(out / "good" / "report.json", place / "report.json")
    with (out / "grades.csv").open("a") as file:
        file.write(f"{name},100,,,,,,graded,1\n")
    assert "its name is no folder&#39;s" in page_of(out)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("report.html")} == {"out/good/report.html"}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (None, "grades.csv cannot be read (No such file or directory)"),
        (b"", "lacks the columns submission, score, status, seconds"),
        (b"submission,status,seconds\n", "lacks the columns score"),
        (b"\xff\xfe\x00", "is not a table of text"),
        (b"submission,score,status,seconds\n" + 9_999 * b"a,1,graded,1\n" + b"\xff,1,graded,1\n", "cannot be read"),
    ],
)
def test_a_folder_without_results_is_refused(tmp_path, table, says):
    if table is not None:
        (tmp_path / "grades.csv").write_bytes(table)
    run = CliRunner().invoke(main, ["report", str(tmp_path)])
    assert run.exit_code == 2
    assert says in run.output and str(tmp_path) in run.output
    assert not (tmp_path / "index.html").exists()


def test_the_command_says_where_the_page_is(tmp_path):
    run = CliRunner().invoke(main, ["report", str(folder(tmp_path, [graded("a")]))])
    left_out = "Students' pages leave out what the settings show later, if anything; --all shows it."
    assert (run.exit_code, run.output) == (0, f"{tmp_path / 'index.html'}\n{left_out}\n")


def test_the_same_folder_gives_the_same_bytes(tmp_path):
    """In another process too, whose strings have other hashes."""
    folder(tmp_path, a_class(20, 8))
    first = write_page(tmp_path).read_bytes(), (tmp_path / "student-003" / "report.html").read_bytes()
    run = autograder_process("report", tmp_path, env={**os.environ, "PYTHONHASHSEED": "1"})
    assert run.returncode == 0, run.stderr
    assert ((tmp_path / "index.html").read_bytes(), (tmp_path / "student-003" / "report.html").read_bytes()) == first


def test_a_page_that_fails_leaves_the_old_one(tmp_path, monkeypatch):
    folder(tmp_path, [graded("a")])
    before = write_page(tmp_path).read_bytes()

    def fails(*_):
        yield "half"
        raise OSError("the disk is full")

    monkeypatch.setattr(writing, "class_page", fails)
    with pytest.raises(OSError, match="the disk is full"):
        write_page(tmp_path)
    assert (tmp_path / "index.html").read_bytes() == before


def test_one_result_is_in_memory_at_a_time(tmp_path, monkeypatch):
    """The one before may still be there while the next is read."""
    references, alive = [], []

    def watched(out, row):
        alive.append(sum(reference() is not None for reference in references))
        report = report_of(out, row)
        references.append(weakref.ref(report))
        return report

    monkeypatch.setattr(writing, "report_of", watched)
    write_page(folder(tmp_path, a_class(12, 9)))
    assert len(alive) == 12 and max(alive) <= 1


def test_a_students_page_says_all_that_the_report_does_and_nothing_of_others(tmp_path):
    reports = [
        graded("ada", ["q4.loss"], {"q4": ("no-mean", "Is the mean missing?")}),
        graded("zoe-unlike-all", ["q5.small"], {"q5": ("sqrt", "Is there a root?")}),
    ]
    students = {
        "ada": {"names": "Ada N.", "emails": "ada@example.edu"},
        "zoe-unlike-all": {"names": "Zoe N.", "emails": "zoe@example.edu", "sids": "77001"},
    }
    seed = 918_273_645
    folder(tmp_path, reports, Configuration(hidden_seed=seed), students)
    write_page(tmp_path)
    page = (tmp_path / "ada" / "report.html").read_text(encoding="utf-8")
    words = words_of(page)
    total, lost = (points(worth) for worth in (sum(WORTH.values()), WORTH["q4.loss"]))
    assert "Ada N." in words and f"{points(sum(WORTH.values()) - WORTH['q4.loss'])} of {total}" in words
    assert f"4.3 the loss is right q4.loss , not passed 0 of {lost} It is wrong. yours 1 expected 2 Hint: Is the mean" in words
    assert all(f"{check.number} {check.title}" in html.unescape(words) for check in checks().values())
    for other in ("zoe", "Zoe", "77001", "sqrt", str(seed), "<script", "index.html"):
        assert other not in page


def test_a_students_page_tells_nothing_of_checks_that_are_shown_later(tmp_path):
    """Nor any sum that includes them."""
    configuration = Configuration(visibility={"default": "visible", "q4": "after_published"})
    folder(tmp_path, [graded("ada", ["q4.loss", "q4.timing"])], configuration)
    write_page(tmp_path)
    words = words_of((tmp_path / "ada" / "report.html").read_text(encoding="utf-8"))
    assert "8 more checks are shown later" in words and "q5.small" in words
    sums = [sum(WORTH.values())]
    sums += [sums[0] - WORTH["q4.loss"] - WORTH["q4.timing"], sums[0] - sum(WORTH[name] for name in checks_of("q4"))]
    for told in ("q4", "4.3 the loss", "Total", *(f"{points(worth)} of" for worth in sums), f"of {points(sums[0])}"):
        assert told not in words


@pytest.mark.parametrize("late", [False, True])
def test_with_all_a_page_is_that_of_a_course_that_holds_nothing_back(tmp_path, late):
    """Made from the same folder."""
    waits = CheckResult.of(checks()["q5.values"], (TestResult("", 1.0, "not judged", blocked_by=("q4.loss",)),))
    report = graded("ada", ["q4.loss", "q5.small"], {"q4": ("no-mean", "Is the mean missing?")})
    swapped = tuple(waits if result.check.id == "q5.values" else result for result in report.checks)
    report = dataclasses.replace(report, checks=swapped)
    due = datetime(2026, 3, 1, tzinfo=timezone.utc)
    metadata = Metadata(submitted=due + timedelta(hours=30), due=due) if late else Metadata()
    pages = []
    for name, visibility in (("later", {"default": "visible", "q4": "after_due_date"}), ("at-once", {"default": "visible"})):
        out = folder(tmp_path / name, [report], course := Configuration(visibility=visibility, percent_per_day=10))
        save(out, report, "key", course, metadata)
        assert CliRunner().invoke(main, ["report", str(out), "--all"]).exit_code == 0
        pages.append((out / "ada" / "report.html").read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    assert "not judged: q4.loss failed" in pages[0]
    assert ("Taken off, since it is late" in pages[0]) == late
    write_page(tmp_path / "later")
    assert f"{len(checks_of('q4'))} more checks are shown later" in (tmp_path / "later" / "ada" / "report.html").read_text()


def test_with_all_checks_of_another_homework_have_their_own_sums(tmp_path):
    """The points table has changed since; the report holds what each check was worth."""
    configuration = Configuration(visibility={"default": "after_due_date"})
    folder(tmp_path, [graded("ada", ["q4.loss"])], configuration)
    path = tmp_path / "ada" / "report.json"
    document = json.loads(path.read_text())
    document["checks"] = [check for check in document["checks"] if not check["id"].startswith("q5")]
    path.write_text(json.dumps(document))
    write_page(tmp_path, everything=True)
    page = (tmp_path / "ada" / "report.html").read_text(encoding="utf-8")
    most = sum(WORTH.values()) - sum(WORTH[name] for name in checks_of("q5"))
    assert f"Total {points(most - WORTH['q4.loss'])} of {points(most)}" in words_of(page)
    assert "shown later" not in page
    assert "4.3 the loss is right" in words_of(page)


def test_a_folder_whose_name_a_spreadsheet_takes_for_a_formula_has_its_page(tmp_path):
    """In grades.csv a quote stands before the name, and none before the folder's."""
    folder(tmp_path, [graded("=1+2")])
    assert "'=1+2," in (tmp_path / "grades.csv").read_text()
    write_page(tmp_path)
    assert "=1+2" in (tmp_path / "=1+2" / "report.html").read_text()


@pytest.mark.parametrize("status", ["invalid", "error"])
def test_a_students_page_says_what_to_do_where_nothing_was_graded(tmp_path, status):
    folder(tmp_path, [Report("ada", status, "a zip that cannot be read")])
    write_page(tmp_path)
    words = words_of((tmp_path / "ada" / "report.html").read_text(encoding="utf-8"))
    assert {"invalid": "What to do: hand in", "error": "This is no mistake of yours."}[status] in words


def test_a_name_of_several_students_and_odd_letters_stands_in_link_and_text(tmp_path):
    name = "Ünï #1 50% ?"
    folder(tmp_path, [graded(name)], students={name: {"names": "A; B", "submitted": "2026-03-01T10:00:00+01:00"}})
    page = page_of(tmp_path)
    assert 'href="%C3%9Cn%C3%AF%20%231%2050%25%20%3F/report.html"' in page
    assert Tables(page).found["submissions"][1][:2] == [name, "A; B"]
    assert "2026-03-01 10:00" in page


@pytest.mark.parametrize(
    ("ratios", "over", "bars"),
    [
        ([1.0, CPU_LIMIT], 0, (2, 0)),  # a reading at the limit is within it, also in the picture
        ([math.nextafter(CPU_LIMIT, math.inf), 1.0], 1, (1, 1)),
        ([1e-9, 1e9, math.inf], 2, (1, 2)),
        ([math.inf], 1, (0, 1)),
    ],
)
def test_cpu_times_over_the_limit_stand_beyond_its_line(ratios, over, bars):
    drawn = figures.of_ratios(ratios, (330, 130))
    assert (drawn.count('fill="var(--good)"'), drawn.count('fill="var(--bad)"')) == bars
    assert f"over the limit {over} of {len(ratios)}" in panels._cpu_panel("q4", "N", ratios).words


def test_a_histogram_has_a_bar_for_each_bin_with_someone_in_it():
    """Full marks belong to the last bin; what is no number to none."""
    drawn = figures.of_scores([0, 0, 55, 100, math.nan], 100, (480, 240))
    assert drawn.count('fill="var(--good)"') == 3
    assert "style" not in drawn and "#0000" not in drawn


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "shade", "hint"])
@pytest.mark.parametrize("letters", ["ink", "quiet", "good"])
def test_letters_stand_out_from_their_ground(scheme, ground, letters):
    """WCAG 2 asks for a contrast of 4.5 to 1."""
    palettes = re.findall(r":root \{(.*?)\}", Path(templates.HERE / "page.css").read_text(encoding="utf-8"), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", palettes[["light", "dark"].index(scheme)]))
    high, low = sorted((luminance(colours[letters]), luminance(colours[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_no_results_are_no_page(tmp_path):
    with pytest.raises(ResultsError, match="holds no results"):
        write_page(tmp_path / "nowhere")


def test_a_hint_that_two_checks_give_is_one_sentence(tmp_path):
    """And the question's other hint has its own."""
    mean, rows = ("no-mean", "The mean?"), ("loop-rows", "The rows?")
    hints = {"q4.loss": mean, "q4.gradient": mean, "q4.loops": rows}
    report = graded("a", hints)
    failed = [
        CheckResult.of(checks()[name], (TestResult("", 1.0, "failed", Failure("It is wrong.", hint=hint)),))
        for name, hint in hints.items()
    ]
    others = [result for result in report.checks if result.check.id not in hints]
    page = page_of(folder(tmp_path, [dataclasses.replace(report, checks=(*failed, *others))]))
    cells = [cell for row in Tables(page).found["mistakes"] for cell in row]
    assert sorted(cell.partition("?")[0] for cell in cells if cell.startswith("The ")) == ["The mean", "The rows"]
