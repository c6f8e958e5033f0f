"""Counts and lists in words."""

import pytest

from autograder.text import counted, first_few


@pytest.mark.parametrize(("count", "words"), [(0, "0 checks"), (1, "1 check"), (2, "2 checks"), (2.5, "2.5 checks")])
def test_only_one_is_singular(count, words):
    assert counted(count, "check") == words


@pytest.mark.parametrize(
    ("names", "words"),
    [([], ""), (["a"], "a"), (["a", "b"], "a, b"), (["a", "b", "c"], "a, b and 1 more"), ("abcde", "a, b and 3 more")],
)
def test_a_list_names_the_first_few_and_counts_the_others(names, words):
    assert first_few(names, 2) == words


def test_a_list_of_phrases_keeps_its_separator():
    assert first_few(["a, x", "b, y", "c, z"], 2, "; ") == "a, x; b, y; and 1 more"
