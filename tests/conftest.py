"""What the tests share: seeds, a bench to judge on, and the way to write a submission in a line."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

import hypothesis
import pytest

from autograder.homework import MODULES, ROOT, SOLUTIONS
from autograder.judge.sandbox import Sandbox
from autograder.judge.session import Bench
from autograder.judge.verdict import Report
from autograder.judge.worker import Worker
from autograder.submission import Submission

SAMPLES = ROOT / "tests" / "submissions"
SEED = 11

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=60)
hypothesis.settings.load_profile("repeatable")


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
        sources = {}
        for module in MODULES:
            reference = (SOLUTIONS / f"{module}.py").read_text(encoding="utf-8")
            sources[module] = (reference + "\n\n" + textwrap.dedent(modules.get(module, ""))).encode()
        return bench.judge(Submission("sample", sources))

    return judge


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
