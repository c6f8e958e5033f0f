import numpy as np


def pairwise_squared_distances(A, B):
    A, B = A.astype(float), B.astype(float)
    return np.array(list(map(lambda a: np.sum((B - a) ** 2, axis=1), A)))
