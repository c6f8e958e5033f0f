import numpy as np

np.ones(20_000_000)  # 160 MB, gone at once


def pairwise_squared_distances(A, B):
    A = A.astype(float)
    B = B.astype(float)
    return ((A[:, None, :] - B[None, :, :]) ** 2).sum(axis=2)
