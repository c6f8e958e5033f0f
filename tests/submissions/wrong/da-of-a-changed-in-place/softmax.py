import numpy as np


def softmax_jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    return np.diag(p) - np.outer(p, p)


def cross_entropy_gradients(W, b, x, y):
    z = x @ W + b
    e = np.exp(z - np.max(z))
    a = e / e.sum()
    dz = a
    dz[y] -= 1
    da = np.zeros(len(a))
    da[y] = -1 / a[y]
    return da, dz, np.outer(x, dz), dz


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
