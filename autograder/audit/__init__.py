"""The audit of the checks, by mutants of the reference."""
