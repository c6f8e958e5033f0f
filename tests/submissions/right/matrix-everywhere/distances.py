import numpy as np


def pairwise_squared_distances(A, B):
    A, B = np.asmatrix(A.astype(float)), np.asmatrix(B.astype(float))
    aa = np.multiply(A, A).sum(axis=1)     # n x 1
    bb = np.multiply(B, B).sum(axis=1).T   # 1 x m
    P = np.array(aa + bb - 2 * (A * B.T))
    P[P < 0] = 0.
    return P
