import numpy as np


def logsumexp(z):
    return np.logaddexp.reduce(z, axis=-1, keepdims=True)


def softmax_jacobian(z):
    logs = z - logsumexp(z)
    s = np.exp(logs)
    J = np.zeros((z.size, z.size))
    J[np.arange(z.size), np.arange(z.size)] = s
    return J - np.exp(logs[:, None] + logs[None, :])   # s_i s_j = exp(log s_i + log s_j)


def cross_entropy_gradients(W, b, x, y):
    z = x @ W + b
    log_a = z - logsumexp(z)
    da = np.zeros(z.size)
    da[y] = -np.exp(-log_a[y])
    dz = np.exp(log_a)
    dz[y] = np.expm1(log_a[y])      # exp(.) - 1 without losing digits
    return da, dz, np.outer(x, dz), dz.copy()


def softmax_loss_naive(W, X, y, reg):
    N, D = X.shape
    C = W.shape[1]
    loss = 0.0
    dW = np.zeros((D, C))
    for n in range(N):
        log_total = -np.inf
        for c in range(C):
            log_total = np.logaddexp(log_total, X[n] @ W[:, c])
        loss += log_total - X[n] @ W[:, y[n]]
        for c in range(C):
            dW[:, c] += np.exp(X[n] @ W[:, c] - log_total) * X[n]
        dW[:, y[n]] -= X[n]
    return loss / N + reg * np.sum(W ** 2), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    Z = X @ W
    Z -= Z.max()
    logP = Z - logsumexp(Z)
    picked = logP[np.arange(N), y]
    loss = -picked.sum() / N + reg * np.sum(W ** 2)
    G = np.exp(logP)
    G[np.arange(N), y] = np.expm1(picked)
    dW = X.T @ G / N + 2 * reg * W
    return loss, dW
