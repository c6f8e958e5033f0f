"""Print, for many ways to write q4 and q5, what the meters say: behind CPU_LIMIT and the sizes of long axes in judge/evidence/.

usage: python tests/benchmarks/styles.py [--busy PROCESSES] [--rounds ROUNDS]
"""

import argparse
import re
import sys
from pathlib import Path

from autograder.hidden.loops import expect_fast, expect_no_loop
from autograder.homework import ROOT
from autograder.judge.evidence import kind_for
from autograder.judge.judge import Judge
from autograder.judge.meters.cpu import CPU_LIMIT
from autograder.judge.student_code import StudentCode

sys.path.insert(0, str(ROOT))

from public_checks.draws import check_rng
from tests.processes import busy

HERE = Path(__file__).parent
STYLES = {
    "q4": ("softmax", "softmax_loss_vectorized", HERE / "softmax_styles.py"),
    "q5": ("distances", "pairwise_squared_distances", HERE / "distance_styles.py"),
}
EXPECTED = {"vectorized": (True, True), "wasteful": (True, None), "loop": (False, None)}  # no loop?, fast? None: either


def evidence(judge: Judge, question: str, source: str, round_: int):
    module, name, _ = STYLES[question]
    code = StudentCode(judge.sandbox, {module: source.encode()})
    code.turn_to(question)
    kind = kind_for(name)
    return code, kind(code.function(name), judge.reference.yardstick(kind, name), check_rng(round_, question))


def passes(check, found) -> bool:
    try:
        check(found)
    except AssertionError:
        return False
    return True


def measure(question: str, rounds: int, judge: Judge) -> int:
    """Print a line for each style; return how many verdicts are not as they should be."""
    _, function, path = STYLES[question]
    source = path.read_text()
    wrong = 0
    print(f"\n{question}: CPU time by axis in the reference's (most of {rounds} rounds, limit {CPU_LIMIT:g}), steps a row")
    for style in re.findall(r"^def ((?:vectorized|wasteful|loop)_\w+)", source, re.MULTILINE):
        ratios, steps, verdicts = {}, {}, set()
        for round_ in range(rounds):
            code, found = evidence(judge, question, f"{source}\n\n{function} = {style}\n", round_)
            verdict = passes(expect_no_loop, found), passes(expect_fast, found)
            verdicts.add(verdict)
            for axis, race in vars(found).get("races", {}).items():
                ratios[axis] = max(ratios.get(axis, 0.0), race.ratio)
            steps = {axis: max(steps.get(axis, 0.0), count) for axis, count in vars(found).get("steps", {}).items()}
            code.close()
        no_loop, fast = EXPECTED[style.partition("_")[0]]
        right = all(verdict[0] == no_loop and (fast is None or verdict[1] == fast) for verdict in verdicts)
        wrong += not right
        print(
            f"  {style:30}",
            " ".join(f"{axis} {ratio:7.1f}" for axis, ratio in ratios.items()).ljust(33),
            " ".join(f"{axis} {count:6.1f}" for axis, count in steps.items()).ljust(30),
            "" if right else f"  WRONG VERDICT {verdicts}",
        )
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--busy", type=int, default=0, help="processes that keep the cores busy meanwhile")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    judge = Judge(seed=1)
    with busy(options.busy):
        wrong = sum(measure(question, options.rounds, judge) for question in STYLES)
    judge.close()
    print(f"\n{wrong} styles with a wrong verdict, with {options.busy} busy processes beside.")
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    main()
