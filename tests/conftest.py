"""What the tests share: seeds, a bench to judge on, workers, and a student's copy of the handout."""

from __future__ import annotations

import gc
import shutil
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from autograder.homework import ASSIGNMENT
from autograder.judge.sandbox import Sandbox
from autograder.judge.session import Bench
from autograder.judge.verdict import Report
from autograder.judge.worker import Worker
from autograder.submission import Submission
from tests.handed_in import reference_but

SEED = 11

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="module", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Let what a module's tests left unclosed be told there, and not in whichever test the collector runs next."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """A place to judge submissions one after another."""
    bench = Bench(SEED)
    yield bench
    bench.close()


@pytest.fixture(scope="session")
def hidden_seed() -> int:
    """The seed of the bench."""
    return SEED


@pytest.fixture(scope="session")
def judge(bench: Bench) -> Callable[..., Report]:
    """Judge a submission whose modules are the reference's, but for those functions that are given anew."""

    def judge(**modules: str) -> Report:
        return bench.judge(Submission("sample", reference_but(**modules)))

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
