"""What the grader knows of this homework and students never see: hidden checks, a file a question, and what explains an answer."""
