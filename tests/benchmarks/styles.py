"""Print, for many ways to write q4 and q5, what the meters say, as the tables of docs/meters.md.

usage: python tests/benchmarks/styles.py [--busy PROCESSES] [--rounds ROUNDS]
"""

import argparse
import math
import re
import sys
from pathlib import Path

from autograder.hidden.loops import expect_fast, expect_no_loop
from autograder.homework import ROOT
from autograder.judge.evidence import kind_for
from autograder.judge.judge import Judge
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
    """Print a row of a table for each style; return how many verdicts are not as they should be."""
    _, function, path = STYLES[question]
    source = path.read_text()
    wrong = 0
    names = [axis.name for axis in kind_for(function).axes]
    columns = [f"`{question}`", *(f"time, {name}" for name in names), *(f"steps, {name}" for name in names), "distance"]
    print(f"\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for style in re.findall(r"^def ((?:vectorized|wasteful|loop)_\w+)", source, re.MULTILINE):
        ratios, steps, verdicts, distance = {}, {}, set(), math.inf
        for round_ in range(rounds):
            code, found = evidence(judge, question, f"{source}\n\n{function} = {style}\n", round_)
            verdicts.add((passes(expect_no_loop, found), passes(expect_fast, found)))
            for axis in found.axes:
                race = vars(found).get("races", {}).get(axis.name)
                if race is not None:
                    ratios[axis.name] = max(ratios.get(axis.name, 0.0), race.ratio)
                    distance = min(distance, found.limit(axis) / race.ratio, key=lambda times: abs(math.log(times or 1e-9)))
            steps = {axis: max(steps.get(axis, 0.0), count) for axis, count in vars(found).get("steps", {}).items()}
            code.close()
        no_loop, fast = EXPECTED[style.partition("_")[0]]
        right = all(verdict[0] == no_loop and (fast is None or verdict[1] == fast) for verdict in verdicts)
        wrong += not right
        cells = [f"{ratios[name]:.1f}" if name in ratios else "" for name in names]
        cells += [f"{steps[name]:.3g}" if name in steps else "" for name in names]
        far = f"{max(distance, 1 / distance):.1f} {'below' if distance > 1 else 'above'}" if 0 < distance < math.inf else ""
        print(f"| {style} | {' | '.join(cells)} | {far}{'' if right else f' WRONG VERDICT {verdicts}'} |", flush=True)
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
