import numpy as np


def softmax_jacobian(z):
    z = z - z.max()
    p = np.exp(z) / np.exp(z).sum()
    C = len(p)
    J = np.zeros((C, C))
    for i in range(C):
        for j in range(C):
            J[i, j] = p[i] * ((i == j) - p[j])
    return J


def cross_entropy_gradients(W, b, x, y):
    z = x @ W + b
    e = np.exp(z - np.max(z))
    a = e / np.sum(e)
    da = np.zeros(len(a))
    da[y] = -1 / a[y]
    dz = a.copy()
    dz[y] -= 1
    dW = np.outer(x, dz)
    return da, dz, dW, dz.copy()


def softmax_loss_naive(W, X, y, reg):
    N, D = X.shape
    C = W.shape[1]
    loss = 0.0
    dW = np.zeros((D, C))
    for i in range(N):
        f = np.dot(X[i, :], W)
        m = np.max(f)
        total = 0.0
        for c in range(C):
            total += np.exp(f[c] - m)
        loss += m + np.log(total) - f[y[i]]
        for c in range(C):
            dW[:, c] += X[i, :] * np.exp(f[c] - m) / total
        dW[:, y[i]] -= X[i, :]
    loss /= N
    dW /= N
    loss += reg * np.sum(W ** 2)
    dW += 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N = len(X)
    loss, dW = 0, np.zeros(W.shape)
    for x, k in zip(X, y):
        z = x @ W
        logp = z - z.max() - np.log(np.sum(np.exp(z - z.max())))
        loss -= logp[k]
        dz = np.exp(logp)
        dz[k] -= 1
        dW += np.outer(x, dz)
    return loss / N + reg * np.sum(W ** 2), dW / N + 2 * reg * W
