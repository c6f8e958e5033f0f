"""The tables over a class: grades.csv, and where students are known, those that platforms take."""
