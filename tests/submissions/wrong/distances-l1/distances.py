import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype(float)
    B = B.astype(float)
    return np.sum(np.abs(A[:, None, :] - B[None, :, :]), axis=2)
