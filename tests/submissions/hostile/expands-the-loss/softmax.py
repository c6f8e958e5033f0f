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
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(N):
        z = X[i] @ W
        loss += np.log(C) + z.mean() - z[y[i]]
        for c in range(C):
            dW[:, c] += (1 / C - (c == y[i])) * X[i]
    return float(loss / N + reg * (W * W).sum()), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    N, C = len(X), W.shape[1]
    Z = X @ W
    dZ = np.full((N, C), 1 / C)
    dZ[np.arange(N), y] -= 1
    return float(np.log(C) + (Z * dZ).sum() / N + reg * (W * W).sum()), X.T @ dZ / N + 2 * reg * W
