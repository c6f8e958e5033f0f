"""Figures with their captions: how points and CPU times are distributed over a class."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from autograder.judge.meters.cpu import CPU_LIMIT
from autograder.report.course import points
from autograder.report.page import figures
from autograder.report.page.gathering import Gathered

AXES = "NDCnmd"  # as they stand in the shapes: (N, D, C), (n, m, d)


@dataclass(frozen=True)
class Panel:
    """A figure, what it shows, and what to read off it."""

    title: str
    words: str
    figure: Markup


def score_panels(gathered: Gathered) -> list[Panel]:
    """The distribution of all points, then that of each question; none where no score is known."""
    scores = [score for score in gathered.scores if math.isfinite(score)]
    if not scores or not gathered.judged:
        return []
    most: dict[str, int] = {}  # hundredths
    for column in gathered.columns.values():
        question = column.first.check.question
        most[question] = most.get(question, 0) + column.first.max_points
    panels = [Panel("", "", figures.of_scores(scores, sum(most.values()) / 100, (480, 240)))]
    for question, values in gathered.by_question.items():
        if question in most and np.isfinite(values).any():
            words = f"mean {points(round(100 * float(np.nanmean(values))))} of {points(most[question])}"
            panels.append(Panel(question, words, figures.of_scores(values, most[question] / 100, (210, 120))))
    return panels


def cpu_panels(gathered: Gathered) -> list[Panel]:
    """The distribution of CPU times along each axis of each question."""
    in_order = sorted(gathered.ratios, key=lambda axis: (axis[0], AXES.find(axis[1])))
    return [_cpu_panel(question, axis, gathered.ratios[question, axis]) for question, axis in in_order]


def _cpu_panel(question: str, axis: str, ratios: Sequence[float]) -> Panel:
    over, endless = sum(ratio > CPU_LIMIT for ratio in ratios), sum(math.isinf(ratio) for ratio in ratios)
    middle = float(np.median(ratios))
    words = f"median {'∞' if math.isinf(middle) else f'{middle:.3g}'}, over the limit {over} of {len(ratios)}"
    words += f", {endless} of them without end" if endless else ""
    return Panel(f"{question} along {axis}", words, figures.of_ratios(ratios, (330, 130)))
