"""What the tests share: seeds, judges that stay warm, the command line, workers, and a student's copy of the handout."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import hypothesis
import pytest
from click.testing import CliRunner

from autograder import pool
from autograder.cli import main
from autograder.configuration import DEFAULT_SEED
from autograder.homework import ASSIGNMENT
from autograder.intake.submission import Submission
from autograder.judge.judge import Judge
from autograder.judge.limits import UNLIMITED, Limits
from autograder.judge.results import Report
from autograder.judge.sandbox import Sandbox
from autograder.judge.worker import Worker
from tests.handed_in import reference_but

SEED = DEFAULT_SEED  # so that commands without a seed find the judge of the other tests

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="module", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Let what a module's tests left unclosed be told there, and not in whichever test the collector runs next."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def judge_of() -> Iterator[Callable[[int], Judge]]:
    """The judge of each hidden seed: starting one takes ten times as long as judging a submission, so they stay."""
    judges: dict[int, Judge] = {}

    def judge_of(seed: int) -> Judge:
        if seed not in judges:
            judges[seed] = Judge(seed)
        return judges[seed]

    yield judge_of
    for started in judges.values():
        started.close()


@pytest.fixture(scope="session")
def the_judge(judge_of: Callable[[int], Judge]) -> Judge:
    """The judge of most tests."""
    return judge_of(SEED)


@pytest.fixture
def autograder(
    judge_of: Callable[[int], Judge], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in this process, with warm judges in place of the pool's; `cwd` is the folder to run it in."""

    def judge_all(
        submissions: Iterable[Submission],
        jobs: int,  # noqa: ARG001
        seed: int,
        limits: Limits = UNLIMITED,
    ) -> Iterator[Report]:
        for submission in submissions:
            yield judge_of(seed).judge(submission, limits)

    monkeypatch.setattr(pool, "judge_all", judge_all)

    def autograder(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        words = [str(argument) for argument in arguments]
        before = Path.cwd()
        os.chdir(cwd or before)
        try:
            result = CliRunner().invoke(main, words, catch_exceptions=False)
        finally:
            os.chdir(before)
        return subprocess.CompletedProcess(words, result.exit_code, result.stdout, result.stderr)

    return autograder


@pytest.fixture(scope="session")
def hidden_seed() -> int:
    """The seed of the judge."""
    return SEED


@pytest.fixture(scope="session")
def judge(the_judge: Judge) -> Callable[..., Report]:
    """Judge a submission whose modules are the reference's, but for those functions that are given anew."""

    def judge(**modules: str) -> Report:
        return the_judge.judge(Submission("sample", reference_but(**modules)))

    return judge


@pytest.fixture
def handout(tmp_path: Path) -> Path:
    """A student's copy of the handout, in a folder of an unlucky name."""
    return Path(shutil.copytree(ASSIGNMENT, tmp_path / "my homework", ignore=shutil.ignore_patterns("__pycache__", ".*")))


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A zygote to fork workers from."""
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture
def start(sandbox: Sandbox) -> Iterator[Callable[[str], Worker]]:
    """Start a worker whose module is the given source and whose functions can all be called."""
    workers = []

    def start(source: str) -> Worker:
        worker = sandbox.fork()
        workers.append(worker)
        answer = worker.ask({"sources": {"softmax": textwrap.dedent(source)}, "module": "softmax", "functions": []}, 5.0).value
        assert answer == {"functions": []}, answer
        return worker

    yield start
    for worker in workers:
        worker.end()
