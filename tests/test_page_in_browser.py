"""The pages over a class in Chromium: nobody's script runs, nothing is fetched, and they sort, search, fit and print."""

import json
import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from autograder.configuration import Configuration
from autograder.homework import QUESTIONS, checks
from autograder.judge.results import Report
from autograder.report.course import points, worth_of_checks
from autograder.report.page import reading, write_page, writing
from autograder.report.page.gathering import Gathered
from autograder.report.page.reading import report_of, rows
from tests.classes import a_class, folder, graded

pytestmark = pytest.mark.browser

ATTACK = """<img src=x onerror="window.hit=1">'"><script>window.hit=1</script>{{ 7 * 7 }}&lt;b&gt;"""
LONG_NAME = "a-very-long-name-of-a-folder-as-platforms-make-them_" * 3
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def chromium():
    """A browser without a screen."""
    if CHROMIUM is None:
        pytest.fail("These tests drive Chromium, which is not installed: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Open a file; at the end, whatever was requested or complained of beyond it fails the test."""
    contexts, seen = [], []

    def visit(path, **options):
        contexts.append(chromium.new_context(**options))
        contexts[-1].set_default_timeout(300_000)  # milliseconds: a machine that is busy is no failure
        page = contexts[-1].new_page()
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("request", lambda request: None if request.is_navigation_request() else seen.append(request.url))
        page.goto(path.as_uri())
        return page

    visit.seen = seen
    yield visit
    for context in contexts:
        context.close()
    assert seen == []


def column(page, title):
    """Texts of a column of the table of all, of the rows that are shown."""
    return page.evaluate(
        """title => {
            const table = document.getElementById("all");
            const k = [...table.tHead.rows[0].cells].findIndex(cell => cell.textContent === title);
            return [...table.tBodies[0].rows].filter(row => row.checkVisibility()).map(row => row.cells[k].textContent);
        }""",
        title,
    )


def test_a_click_on_a_title_sorts_by_it_and_says_so(tmp_path, visit):
    """Numbers as numbers, from the largest; who has none comes last either way; and the keyboard does the same."""
    failures = ["q1.shape"], [], list(checks()), ["q5.small"], ["q4.loss", "q5.small"]
    reports = [graded(f"s{k}", failed) for k, failed in enumerate(failures)]
    worth = worth_of_checks(Configuration())
    rising = sorted([0, *(sum(worth[name] for name in worth if name not in failed) for failed in failures)])
    scores = [points(score) for score in rising]
    folder(tmp_path, [*reports, Report("s10", "invalid", "")], students={"z@example.edu": {"names": "Z"}})
    page = visit(write_page(tmp_path))
    title = page.locator("#all thead").get_by_role("button", name="Score")
    title.click()
    assert column(page, "Score") == [*reversed(scores), "–"]
    assert page.locator("#all th[aria-sort]").get_attribute("aria-sort") == "descending"
    title.press("Enter")
    assert column(page, "Score") == [*scores, "–"]
    assert page.locator("#all th[aria-sort]").get_attribute("aria-sort") == "ascending"
    page.locator("#all thead").get_by_role("button", name="Submission").press("Space")
    assert column(page, "Submission") == ["s0", "s1", "s2", "s3", "s4", "s10", "z@example.edu"]
    assert page.locator("#all th[aria-sort]").count() == 1


@pytest.mark.parametrize(("title", "place"), [("Tells apart", 8), ("Points", 6)])
def test_numbers_sort_with_their_sign_and_unit(tmp_path, visit, title, place):
    """The true minus of a correlation, and per cent."""
    page = visit(write_page(folder(tmp_path, a_class(40, 10))))
    button = page.locator(".items thead").get_by_role("button", name=title)
    for falling in (True, False):
        button.click()
        cells = page.locator(f".items tbody tr > :nth-child({place})").all_text_contents()
        numbers = [float(text.replace("−", "-").removesuffix(" %")) for text in cells if text != "–"]
        assert numbers == sorted(numbers, reverse=falling)
        assert cells[len(numbers) :] == ["–"] * (len(cells) - len(numbers))
    assert title == "Points" or numbers[0] < 0 < numbers[-1]


def test_the_search_leaves_the_rows_that_have_all_words(tmp_path, visit):
    reports = [
        graded("ada", ["q4.loss"], {"q4": ("no-mean", "?")}),
        graded("bob", ["q4.loss"], {"q4": ("no-mean", "?")}),
        Report("cyd", "invalid", ""),
    ]
    students = {"ada": {"names": "Ada Lovelace", "emails": "al@example.edu"}, "dan@example.edu": {"names": "Dan"}}
    page = visit(write_page(folder(tmp_path, reports, students=students)))
    for wanted, left, said in [
        ("NO-MEAN", ["ada", "bob"], "2 of 4"),
        ("no-mean love", ["ada"], "1 of 4"),
        ("al@exam", ["ada"], "1 of 4"),
        ("invalid", ["cyd"], "1 of 4"),
        ("missing", ["dan@example.edu"], "1 of 4"),
        ("nobody", [], "0 of 4"),
        ("", ["ada", "bob", "cyd", "dan@example.edu"], ""),
    ]:
        page.get_by_label("Search").fill(wanted)
        assert (column(page, "Submission"), page.get_by_role("status").text_content()) == (left, said)


def test_what_students_write_is_text_on_every_page(tmp_path, visit):
    """Folder names, names, addresses, reasons and mistakes."""
    name = ATTACK.replace("/", "∕")
    known = dict.fromkeys(("names", "emails", "sids", "submitted"), ATTACK)
    reports = [graded(name, ["q4.loss"], {"q4": (ATTACK, ATTACK)}), Report(f"{name}2", "invalid", ATTACK)]
    folder(tmp_path, reports, students={name: known, f"{ATTACK}@example.edu": known})
    page = visit(write_page(tmp_path))
    for text, at_least in ((ATTACK, 7), (name, 4)):
        assert page.locator("body").inner_text().count(text) >= at_least
    page.goto((tmp_path / name / "report.html").as_uri())
    assert page.locator("h1").inner_text() == ATTACK
    assert page.locator(".hint").inner_text() == f"Hint: {ATTACK}"
    assert page.evaluate("window.hit") is None


SCRIPTS = '<script>window.hit=1</script><img src="x.png" onerror="window.hit=1"><svg onload="window.hit=1"></svg>'


def test_markup_in_a_report_that_someone_has_changed_is_text(tmp_path, visit):
    """A page is made of data, and all of it is escaped."""
    folder(tmp_path, [graded("ada", ["q4.loss"])])
    path = tmp_path / "ada" / "report.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "about": [SCRIPTS], "reason": SCRIPTS}), encoding="utf-8")
    write_page(tmp_path)
    page = visit(tmp_path / "ada" / "report.html")
    assert page.evaluate("window.hit") is None
    assert page.locator(".summary").inner_text().count(SCRIPTS) == 2


def test_nothing_runs_even_in_a_page_that_someone_has_changed(tmp_path, visit):
    """The policy of a student's page permits no script, image or frame, wherever it comes from."""
    write_page(folder(tmp_path, [graded("ada", ["q4.loss"])]))
    path = tmp_path / "ada" / "report.html"
    path.write_text(path.read_text(encoding="utf-8").replace("</main>", f"{SCRIPTS}</main>"), encoding="utf-8")
    page = visit(path)
    assert page.locator("h1").inner_text() == "ada"
    assert page.evaluate("window.hit") is None
    complaints = [words for words in visit.seen if "Content Security Policy" in words]
    assert len(complaints) >= 3
    visit.seen[:] = [words for words in visit.seen if words not in complaints and not words.endswith("/x.png")]


def test_without_script_everything_is_there(tmp_path, visit):
    page = visit(write_page(folder(tmp_path, a_class(15, 11))), java_script_enabled=False)
    assert page.locator("#all tbody tr").count() == 15
    assert page.locator("#all tbody tr").last.is_visible()
    assert not page.get_by_label("Search").is_visible()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_a_screen(tmp_path, visit, width, scheme):
    """Wide tables scroll for themselves; nothing else is wider than the window, and headings do not overlap."""
    reports = [*a_class(12, 12), graded(LONG_NAME, ["q4.loss"])]
    students = {LONG_NAME: {"names": "Ada " * 30, "emails": f"{'a' * 90}@example.edu"}}
    index = write_page(folder(tmp_path, reports, students=students))
    page = visit(index, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in (index, tmp_path / "student-001" / "report.html", tmp_path / LONG_NAME / "report.html"):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width
    ground, ink = page.evaluate("(style => [style.backgroundColor, style.color])(getComputedStyle(document.documentElement))")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light") and ground != ink


def test_paper_is_white_and_has_what_can_be_read_on_it(tmp_path, visit):
    students = {f"student-{k:03}": {"names": "Ada Lovelace", "emails": "ada@example.edu"} for k in range(12)}
    index = write_page(folder(tmp_path, a_class(12, 13), students=students))
    page = visit(
        index, color_scheme="dark", viewport={"width": 690, "height": 1000}
    )  # A4 without its margins, 96 pixels an inch
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") == 690
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.get_by_label("Search").is_visible() and not page.locator("nav").is_visible()
    assert page.locator("#all tbody tr").last.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_table_of_5000_sorts_and_searches(tmp_path, visit):
    """Without 5,000 folders: the same result counts for each row."""
    folder(tmp_path, a_class(1, 14))
    (row,) = rows(tmp_path)
    report = report_of(tmp_path, row)
    gathered, table = Gathered(list(QUESTIONS)), []
    for k in range(5_000):
        table.append(reading.Row(f"student-{k}", "graded", (k * 7919 % 5_000) / 50, row.questions, 1.0))
        gathered.add(table[-1], report)
    (tmp_path / "index.html").write_text("".join(writing.class_page(gathered, table)), encoding="utf-8")
    page = visit(tmp_path / "index.html")
    page.locator("#all thead").get_by_role("button", name="Score").click()
    scores = list(map(float, column(page, "Score")))
    assert len(scores) == 5_000 and scores == sorted(scores, reverse=True)
    page.get_by_label("Search").fill("student-499")
    assert sorted(column(page, "Submission")) == ["student-499", *(f"student-499{k}" for k in range(10))]


def test_readers_of_screens_get_tables_with_captions_and_headers(tmp_path, visit):
    page = visit(write_page(folder(tmp_path, a_class(12, 15))))
    for table in page.locator("table").all():
        assert table.locator("caption").text_content().strip()
        assert table.locator("thead th:not([scope=col])").count() == table.locator("tbody th:not([scope=row])").count() == 0
        assert table.locator("thead th > button").count() == table.locator("thead th").count()
    identifiers = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(identifiers) == len(set(identifiers))
    assert page.evaluate(
        "[...document.querySelectorAll('[aria-labelledby]')].every(e => e.ariaLabelledByElements.length === 1)"
    )
