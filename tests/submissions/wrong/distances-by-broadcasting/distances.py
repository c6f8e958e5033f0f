import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    return np.sum((A[:, np.newaxis, :] - B[np.newaxis, :, :]) ** 2, axis=2)
