"""Settings of a course, as hypothesis draws them."""

from datetime import datetime, timezone

from hypothesis import strategies as st

from autograder.configuration import VISIBILITIES, Configuration
from autograder.homework import QUESTIONS, checks

NAMES = ["default", *QUESTIONS, *{check.kind for check in checks().values()}, *checks()]

MOMENTS = st.datetimes(timezones=st.just(timezone.utc)).map(datetime.isoformat)

configurations = st.builds(
    Configuration,
    total_points=st.none() | st.integers(1, 1_000_000).map(lambda hundredths: hundredths / 100),
    hidden_seed=st.integers(0, 2**63 - 1),
    visibility=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VISIBILITIES)).map(
        lambda d: {"default": "visible", **d}
    ),
    deadline_seconds=st.floats(60, 2340),
    jobs=st.none() | st.integers(1, 1024),
    due=st.none() | MOMENTS,
    extensions=st.dictionaries(st.text(), MOMENTS),
    percent_per_day=st.floats(0, 100),
    grace_minutes=st.floats(0, 10_080),
    latest_day=st.none() | st.integers(0, 3650),
    leaderboard=st.booleans(),  # canvas_column is of the tables over a class, and in no JSON
)
