"""What students and platforms receive, generated from the solutions."""
