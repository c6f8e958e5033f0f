"""What only the grader knows of this homework: hidden checks, a file a question, and what explains the numbers of an answer."""
