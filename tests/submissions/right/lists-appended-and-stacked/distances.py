import numpy as np


def pairwise_squared_distances(A, B):
    A, B = [M.astype(float) for M in (A, B)]
    a2, b2 = [np.sum(M * M, axis=1) for M in (A, B)]
    grid_a, grid_b = np.meshgrid(a2, b2, indexing='ij')
    P = grid_a + grid_b - 2 * A @ B.T
    return np.maximum(P, 0)
