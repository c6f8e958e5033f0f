import math

import numpy as np


def softmax_jacobian(z):
    C = len(z)
    m = max(z)
    e = [math.exp(v - m) for v in z]
    s = [v / sum(e) for v in e]
    J = np.zeros((C, C))
    for i in range(C):
        for j in range(C):
            if i == j:
                J[i, j] = s[i] * (1 - s[i])
            else:
                J[i, j] = -s[i] * s[j]
    return J


def cross_entropy_gradients(W, b, x, y):
    D, C = W.shape
    z = [sum(x[d] * W[d, c] for d in range(D)) + b[c] for c in range(C)]
    m = max(z)
    total = sum(math.exp(v - m) for v in z)
    a = [math.exp(v - m) / total for v in z]
    da = np.zeros(C)
    da[y] = -1 / a[y]
    dz = np.array(a)
    dz[y] -= 1
    dW = np.zeros((D, C))
    for d in range(D):
        for c in range(C):
            dW[d, c] = x[d] * dz[c]
    return da, dz, dW, dz.copy()


def softmax_loss_naive(W, X, y, reg):
    N, D = X.shape
    C = W.shape[1]
    loss = 0.0
    dW = np.zeros((D, C))
    for i in range(N):
        scores = [0.0] * C
        for c in range(C):
            for d in range(D):
                scores[c] += X[i, d] * W[d, c]
        biggest = max(scores)
        total = 0.0
        for c in range(C):
            total += math.exp(scores[c] - biggest)
        loss += math.log(total) + biggest - scores[y[i]]
        for c in range(C):
            p = math.exp(scores[c] - biggest) / total
            if c == y[i]:
                p -= 1
            for d in range(D):
                dW[d, c] += X[i, d] * p
    loss /= N
    for d in range(D):
        for c in range(C):
            loss += reg * W[d, c] ** 2
            dW[d, c] = dW[d, c] / N + 2 * reg * W[d, c]
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    scores = X @ W
    biggest = scores.max(axis=1, keepdims=True)
    e = np.exp(scores - biggest)
    total = e.sum(axis=1, keepdims=True)
    picked = scores[np.arange(N), y]
    loss = (np.log(total[:, 0]) + biggest[:, 0] - picked).sum() / N
    loss += reg * (W ** 2).sum()
    p = e / total
    p[np.arange(N), y] -= 1
    return loss, X.T @ p / N + 2 * reg * W
