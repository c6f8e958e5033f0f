"""Where the CPU time of a right submission goes: starting workers, their answers, asking for them, checking them.

docs/scaling.md has the table.
"""

import os
import sys
import time
from collections import defaultdict
from typing import Any

from autograder.homework import ROOT, SOLUTIONS
from autograder.orders import ONE_THREAD

os.environ.update(ONE_THREAD)
sys.path.insert(0, str(ROOT))

from autograder.intake.submission import stage
from autograder.judge.judge import Judge
from autograder.judge.worker import Worker
from tests.processes import cpu_time

ROUNDS = 10


def main() -> None:
    """Print milliseconds a submission."""
    spent: defaultdict[str, float] = defaultdict(float)
    ask = Worker.ask

    def timed(worker: Worker, request: Any, *arguments: Any, **options: Any) -> Any:
        before = time.process_time()
        reply = ask(worker, request, *arguments, **options)
        spent["the judge: asking, and reading answers"] += time.process_time() - before
        if "function" in request:
            spent["workers: answers"] += reply.cpu
        elif request:
            spent["workers: import"] += reply.cpu
        return reply

    submission, judge = stage("solutions", SOLUTIONS), Judge(1)
    judge.judge(submission)  # the reference is started with the first one
    Worker.ask = timed  # type: ignore[method-assign]
    own, zygote = time.process_time(), cpu_time(judge.sandbox._zygote.pid)
    for _ in range(ROUNDS):
        judge.judge(submission)
    own, zygote = time.process_time() - own, cpu_time(judge.sandbox._zygote.pid) - zygote
    judge.close()
    spent["the judge: checks"] = own - spent["the judge: asking, and reading answers"]
    spent["workers: fork, confinement, end"] = zygote - spent["workers: answers"] - spent["workers: import"]
    for name in sorted(spent):
        print(f"{name:40} {1000 * spent[name] / ROUNDS:6.1f} ms")
    print(f"{'together':40} {1000 * (own + zygote) / ROUNDS:6.1f} ms")


if __name__ == "__main__":
    main()
