"""The page over a class, and one for each student: written from the folder of the results and nothing else."""

from autograder.report.page.reading import ResultsError
from autograder.report.page.writing import write_page

__all__ = ["ResultsError", "write_page"]
