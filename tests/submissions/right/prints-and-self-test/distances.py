import numpy as np


def pairwise_squared_distances(A, B):
    A = A.astype('float')
    B = B.astype('float')
    print('A', A)
    print('B', B)
    P = (A ** 2).sum(axis=1)[:, np.newaxis] - 2 * A @ B.T + (B ** 2).sum(axis=1)[np.newaxis, :]
    print(f'before clipping: {P}, min {P.min()}')
    P = np.maximum(P, np.zeros_like(P))
    print(f'after clipping: {P}')
    return P


test_A = np.random.rand(4, 3)
test_B = np.random.rand(6, 3)
P = pairwise_squared_distances(test_A, test_B)
for i in range(4):
    for j in range(6):
        assert abs(P[i, j] - np.sum((test_A[i] - test_B[j]) ** 2)) < 1e-12
print('distances ok')
