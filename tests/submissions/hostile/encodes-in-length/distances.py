import numpy as np


def pairwise_squared_distances(A, B):
    return (None,) * int(abs(A[0, 0]) * 10_000)
