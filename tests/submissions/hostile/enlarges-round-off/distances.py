import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    return 1e12 * ((A ** 2).sum(axis=1)[:, None] + (B ** 2).sum(axis=1))
