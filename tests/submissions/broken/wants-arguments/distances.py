import argparse

import numpy as np


parser = argparse.ArgumentParser()
parser.add_argument('--k', type=int, required=True)
k = parser.parse_args().k


def pairwise_squared_distances(A, B):
    A = A.astype(float)
    B = B.astype(float)
    P = (A ** 2).sum(axis=1)[:, None] + (B ** 2).sum(axis=1) - 2 * A @ B.T
    return np.maximum(P, 0)
