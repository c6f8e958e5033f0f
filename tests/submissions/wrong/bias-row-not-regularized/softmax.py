import numpy as np


def softmax_jacobian(z):
    e = np.exp(z - np.max(z))
    s = e / np.sum(e)
    return np.diag(s) - np.outer(s, s)


def cross_entropy_gradients(W, b, x, y):
    z = x @ W + b
    e = np.exp(z - np.max(z))
    a = e / np.sum(e)
    da = np.zeros(a.shape)
    da[y] = -1 / a[y]
    dz = a.copy()
    dz[y] -= 1
    dW = np.outer(x, dz)
    db = dz.copy()
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    N = X.shape[0]
    loss, dW = 0.0, np.zeros(W.shape)
    for i in range(N):
        z = X[i] @ W
        z = z - z.max()
        log_sum = np.log(np.exp(z).sum())
        loss += log_sum - z[y[i]]
        g = np.exp(z - log_sum)
        g[y[i]] -= 1
        dW += np.outer(X[i], g)
    loss, dW = loss / N, dW / N
    loss += reg * np.sum(W[:-1] ** 2)      # the bias is not regularized
    dW[:-1] += 2 * reg * W[:-1]
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    Z = X @ W
    Z = Z - Z.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(Z).sum(axis=1, keepdims=True))
    loss = (log_sum[:, 0] - Z[np.arange(N), y]).mean()
    G = np.exp(Z - log_sum)
    G[np.arange(N), y] -= 1
    dW = X.T @ G / N
    loss += reg * np.sum(W[:-1] ** 2)      # the bias is not regularized
    dW[:-1] += 2 * reg * W[:-1]
    return loss, dW
