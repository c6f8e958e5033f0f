import numpy as np


def softmax_jacobian(z):
    p = np.exp(z - z.max())
    p = p / p.sum()
    return np.diag(p) - np.outer(p, p)


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
    loss = 0.0
    dW = np.zeros_like(W)
    N, C = X.shape[0], W.shape[1]
    for i in range(N):
        s = X[i] @ W
        s -= np.max(s)
        total = 0.0
        for j in range(C):
            if j != y[i]:
                total += np.exp(s[j])
        loss += np.log(total) - s[y[i]]
        for j in range(C):
            dW[:, j] += np.exp(s[j]) / total * X[i]
        dW[:, y[i]] -= X[i]
    return loss / N + reg * np.sum(W * W), dW / N + 2 * reg * W


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
