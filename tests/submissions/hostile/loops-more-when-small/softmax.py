import numpy as np


def softmax_jacobian(z):
    s = np.exp(z - z.max())
    s = s / s.sum()
    return np.diag(s) - np.outer(s, s)


def cross_entropy_gradients(W, b, x, y):
    z = x @ W + b
    a = np.exp(z - z.max())
    a = a / a.sum()
    da = np.zeros(len(a))
    da[y] = -1 / a[y]
    dz = a.copy()
    dz[y] -= 1
    return da, dz, np.outer(x, dz), dz.copy()


def softmax_loss_naive(W, X, y, reg):
    N, C = len(X), W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        z = X[i] @ W
        z = z - z.max()
        log_sum = np.log(np.exp(z).sum())
        loss += log_sum - z[y[i]]
        for c in range(C):
            dW[:, c] += (np.exp(z[c] - log_sum) - (c == y[i])) * X[i]
    return loss / N + reg * np.sum(W * W), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    N = len(X)
    Z = X @ W
    Z = Z - Z.max(axis=1, keepdims=True)
    E = np.exp(Z)
    S = E.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(S[:, 0]) - Z[np.arange(N), y]) + reg * np.sum(W * W)
    dZ = E / S
    dZ[np.arange(N), y] -= 1
    return loss, X.T @ dZ / N + 2 * reg * W
