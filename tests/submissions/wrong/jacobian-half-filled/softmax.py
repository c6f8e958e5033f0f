import numpy as np


def softmax_jacobian(z):
    s = np.exp(z - np.max(z))
    s = s / np.sum(s)
    n = len(s)
    J = np.zeros((n, n))
    for i in range(n):
        J[i, i] = s[i] * (1 - s[i])
        for j in range(i + 1, n):
            J[i, j] = -s[i] * s[j]
    return J


def cross_entropy_gradients(W, b, x, y):
    z = x @ W + b
    a = np.exp(z - z.max())
    a = a / a.sum()
    da = np.zeros_like(a)
    da[y] = -1 / a[y]
    dz = a.copy()
    dz[y] -= 1
    return da, dz, np.outer(x, dz), dz.copy()


def softmax_loss_naive(W, X, y, reg):
    N, C = len(X), W.shape[1]
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(N):
        s = X[i] @ W
        s = s - s.max()
        log_sum = np.log(np.exp(s).sum())
        loss += log_sum - s[y[i]]
        for j in range(C):
            p = np.exp(s[j] - log_sum)
            dW[:, j] += (p - (j == y[i])) * X[i]
    loss /= N
    dW /= N
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N, rows = len(X), np.arange(len(X))
    S = X @ W
    S = S - S.max(axis=1, keepdims=True)
    L = S - np.log(np.exp(S).sum(axis=1, keepdims=True))
    loss = -L[rows, y].mean()
    P = np.exp(L)
    P[rows, y] -= 1
    dW = X.T @ P / N
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW
