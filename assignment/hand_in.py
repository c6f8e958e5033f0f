"""Look at your answers as the grader will find them, and put them into submission.zip."""

import sys
import zipfile
from pathlib import Path

from public_checks.answers import MAX_MODULE, MAX_NOTEBOOK, Choice, choose, listed
from public_checks.notebook import NOTEBOOK
from public_checks.reading import absent_imports, place
from public_checks.tables import FUNCTIONS, MODULES, QUESTION_OF

HERE = Path(__file__).resolve().parent
ANSWERS = (*(f"{module}.py" for module in MODULES), NOTEBOOK)
WRITTEN = ("written.pdf", "written.md")
PLACEHOLDER = "*Your answer here.*"
ZIP = HERE / "submission.zip"
NOTHING = ("missing", "not started", "its cell is not found")
EPOCH = (2026, 1, 1, 0, 0, 0)  # of every file in the zip: the same answers make the same zip
ROW = "{:<4}{:<28}{:<38}{}"


def main() -> int:
    """Check, say what was found, and make the zip; return 1 where there is nothing to hand in."""
    files = {name: (HERE / name).read_bytes() for name in (*ANSWERS, *WRITTEN) if (HERE / name).is_file()}
    choice = choose({name: files[name] for name in ANSWERS if name in files and len(files[name]) <= limit(name)})
    functions = {name: state(choice, name) for name in FUNCTIONS}
    texts = written(choice, files)
    for name, (where, what) in functions.items():
        say(ROW.format(QUESTION_OF[name], name, where, what))
    for question, (where, what) in texts.items():
        say(ROW.format(question, "written question", where, what))
    say("")
    for warning in warnings(choice, files):
        say(f"Warning: {warning}")

    if all(what in NOTHING for _, what in (*functions.values(), *texts.values())):
        old = f" {ZIP.name} is still an old one." if ZIP.exists() else ""
        if any(name in files for name in ANSWERS):
            say(f"No answer was found, so no zip was made.{old} Is everything saved?")
        else:
            say(f"There is no {', '.join(ANSWERS[:-1])} or {ANSWERS[-1]} in {HERE}, so no zip was made.{old}")
        return 1
    try:
        with zipfile.ZipFile(ZIP, "w") as archive:
            for name in files:
                info = zipfile.ZipInfo(name, EPOCH)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
                archive.writestr(info, files[name])
    except OSError as error:
        say(f"{ZIP} cannot be written ({error.strerror}). Is it open in another program?")
        return 1
    say(f"{ZIP.name} holds {listed(list(files))}. Upload it: {ZIP}")
    return 0


def state(choice: Choice, function: str) -> tuple[str, str]:
    """Where the answer that counts for a function is, and how far it is."""
    reading = choice.readings.get(FUNCTIONS[function])
    if reading is None:
        return "", "missing"
    answer = reading.answers.get(function)
    if answer and answer.filled:
        return place(reading.source, answer.line, reading.file), "filled"
    if broken := reading.problem or reading.lost.get(function):
        return reading.file, f"cannot be read: {broken}"
    if answer:
        return place(reading.source, answer.line, reading.file), "not started"
    return reading.file, "missing"


def written(choice: Choice, files: dict[str, bytes]) -> dict[str, tuple[str, str]]:
    """Where the answers to the written questions are, and whether they are there."""
    found = {}
    elsewhere = listed([name for name in WRITTEN if name in files])
    for question in ("w1", "w2", "w3"):
        text = choice.notebook.texts.get(f"{question}-answer") if choice.notebook else None
        if text is not None and text.strip() not in ("", PLACEHOLDER):
            found[question] = NOTEBOOK, "answered"
        elif elsewhere:
            found[question] = elsewhere, "handed in, not looked into"
        else:
            found[question] = NOTEBOOK, "not started" if text is not None else "its cell is not found"
    return found


def warnings(choice: Choice, files: dict[str, bytes]) -> list[str]:
    """What may cost points and can still be changed."""
    found = [
        f"{name} has {len(files[name]) / 2**20:.1f} MiB, and the grader reads {limit(name) >> 20} at most."
        + (" Clear its outputs." if name == NOTEBOOK else "")
        for name in ANSWERS
        if name in files and len(files[name]) > limit(name)
    ]
    for module, reading in choice.readings.items():
        questions = listed([QUESTION_OF[name] for name in FUNCTIONS if FUNCTIONS[name] == module])
        found += [
            f"{place(reading.source, line, reading.file)} imports {name}, which the grader does not have."
            f" Remove the import, or {questions} may earn nothing."
            for name, line in ({} if reading.problem else absent_imports(reading.source)).items()
        ]
        if reading.problem:
            found.append(f"{reading.problem} cannot be read: as it is, {questions} earn nothing.")
    return [*choice.remarks, *found]


def limit(name: str) -> int:
    """Bytes of a file that the grader reads."""
    return MAX_NOTEBOOK if name == NOTEBOOK else MAX_MODULE


def say(text: str) -> None:
    """Print a line, in characters that every terminal has."""
    print(text.encode("ascii", "backslashreplace").decode())


if __name__ == "__main__":
    sys.exit(main())
