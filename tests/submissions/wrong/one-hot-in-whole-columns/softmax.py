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
    N, C = X.shape[0], W.shape[1]
    Z = X.dot(W)
    Z = Z - np.max(Z, axis=1).reshape(-1, 1)
    logP = Z - np.log(np.sum(np.exp(Z), axis=1)).reshape(-1, 1)
    Y = np.zeros((N, C))
    Y[:, y] = 1
    loss = -np.sum(Y * logP) / N + reg * np.sum(W ** 2)
    dW = np.dot(X.T, np.exp(logP) - Y) / N + 2 * reg * W
    return loss, dW
