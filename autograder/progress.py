"""How far a run is: what lands is counted, shown on the terminal, and kept in a recent grades.csv."""

import time
from pathlib import Path

from rich.progress import Progress

from autograder.report.store import Row
from autograder.report.tables.grades import write_grades
from autograder.report.tables.students import Class
from autograder.report.tally import Tally

KEEPING = 60.0  # seconds at least between grades.csv of a run and the next one
KEEPING_SHARE = 0.02  # of the run's time that writing them may take: 100,000 rows take some 10 s


class Follower:
    """Follows a run, row by row.

    Parameters
    ----------
    out : Path
        Folder of the results.
    people : Class
        Whose submissions they are.
    tally : Tally
        Counts what lands.
    progress : Progress
        Where its bar is shown, with a field for the counts.
    """

    def __init__(self, out: Path, people: Class, tally: Tally, progress: Progress) -> None:
        self._out, self._people, self._tally, self._progress = out, people, tally, progress
        self._task = progress.add_task("Grading", total=tally.submissions, counts="")
        self._kept, self._pause = time.monotonic(), KEEPING

    def landed(self, row: Row) -> None:
        """Count a row, show it, and write grades.csv where the last one is old.

        Raises
        ------
        OSError
            It cannot be written.
        """
        tally = self._tally
        tally.add(row)
        self._progress.update(self._task, advance=1, counts=tally.counts())
        if (now := time.monotonic()) - self._kept > self._pause:
            write_grades(self._out, tally.rows(), self._people)
            self._kept = time.monotonic()
            self._pause = max(KEEPING, (self._kept - now) / KEEPING_SHARE)
            if not self._progress.console.is_terminal:
                self.say(f"{tally.landed} of {tally.submissions} submissions have a result: {tally.counts()}.")

    def say(self, words: str) -> None:
        """Print a sentence above the bar."""
        self._progress.console.print(words, markup=False, soft_wrap=True)
