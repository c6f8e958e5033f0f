"""The trusted side: it owns checks, reference, clocks and verdicts, and touches no code of a student's."""
