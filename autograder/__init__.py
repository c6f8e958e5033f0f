"""Grade numerical homework: submissions in, verdicts out."""
