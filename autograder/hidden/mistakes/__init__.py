"""Which mistake explains these numbers: least squares of an answer on the terms of the right formula.

A mistake in a factor, a sign or a missing term changes coefficients and leaves no residual, so that the answer can be
predicted, mistake and all; a mistake in the structure leaves a residual, and then nothing is said.
"""
