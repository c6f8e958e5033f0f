import math
import numpy as np

E = math.e


def softmax_jacobian(z):
    top = max(z)
    s = E ** (z - top)
    s = s / s.sum()
    J = np.zeros((len(s), len(s)))
    for i in range(len(s)):
        for j in range(len(s)):
            if i == j:
                J[i][j] = s[i] * (1 - s[j])
            else:
                J[i][j] = -s[j] * s[i]
    return J


def cross_entropy_gradients(W, b, x, y):
    z = x.dot(W) + b
    s = E ** (z - max(z))
    s = s / s.sum()
    da = s * 0
    da[y] = -1 / s[y]
    dz = s * 1
    dz[y] = s[y] - 1
    db = dz * 1
    dW = np.array([xi * dz for xi in x])
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    N = len(X)
    C = len(W[0])
    loss = 0
    dW = W * 0
    for i in range(N):
        f = X[i].dot(W)
        f = f - max(f)
        total = 0
        for j in range(C):
            total = total + E ** f[j]
        loss = loss + math.log(total) - f[y[i]]
        for j in range(C):
            dW[:, j] = dW[:, j] + X[i] * (E ** f[j] / total)
            if j == y[i]:
                dW[:, j] = dW[:, j] - X[i]
    loss = loss / N + reg * (W ** 2).sum()
    dW = dW / N + reg * 2 * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N = len(X)
    f = X.dot(W)
    f = f - np.amax(f, 1, keepdims=True)
    e = E ** f
    total = e.sum(1)
    loss = np.average(np.log(total) - f[range(N), y]) + reg * (W ** 2).sum()
    e = e / total.reshape(N, 1)
    e[range(N), y] = e[range(N), y] - 1
    dW = X.T.dot(e) / N + reg * 2 * W
    return loss, dW
