"""The checks that you can run yourself, and what reads your answers: the grader uses the same."""
