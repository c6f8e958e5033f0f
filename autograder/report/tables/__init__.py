"""A class: whose submissions they are, who is late, grades.csv, and the tables that platforms take."""
