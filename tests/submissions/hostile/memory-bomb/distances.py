import numpy as np


def pairwise_squared_distances(A, B):
    hoard = []
    while True:
        hoard.append(np.ones(1 << 22))
