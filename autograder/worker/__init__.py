"""The far side of the process boundary: what runs where a student's code runs. Nothing here knows a secret."""
