import numpy as np


def softmax_jacobian(z):
    p = np.exp(z - np.max(z))
    p = p / np.sum(p)
    J = np.outer(p, -p)
    np.fill_diagonal(J, p * (1 - p))
    return J


def cross_entropy_gradients(W, b, x, y):
    z = np.dot(x, W) + b
    p = np.exp(z - np.max(z))
    p = p / np.sum(p)
    da = np.zeros_like(p)
    np.add.at(da, y, -1 / p[y])
    dz = np.copy(p)
    np.add.at(dz, y, -1)
    return [da, dz, np.outer(x, dz), np.copy(dz)]


def softmax_loss_naive(W, X, y, reg):
    n = X.shape[0]
    total = 0.0
    grad = np.zeros_like(W)
    for i in range(n):
        z = np.dot(X[i, :], W)
        z = z - np.max(z)
        p = np.exp(z)
        norm = np.sum(p)
        total += np.log(norm) - np.choose(y[i], z)
        p = p / norm
        np.add.at(p, y[i], -1)
        grad += np.outer(X[i, :], p)
    total = total / n + reg * np.sum(np.power(W, 2))
    grad = grad / n + 2 * reg * W
    return total, grad


def softmax_loss_vectorized(W, X, y, reg):
    n = X.shape[0]
    z = np.dot(X, W)
    z = z - np.max(z, axis=1)[:, np.newaxis]
    p = np.exp(z)
    norm = np.sum(p, axis=1)
    right = np.choose(y, z.T)
    loss = np.sum(np.log(norm) - right) / n + reg * np.sum(np.power(W, 2))
    p = p / norm[:, np.newaxis]
    np.add.at(p, (np.arange(n), y), -1)
    grad = np.dot(np.transpose(X), p) / n + 2 * reg * W
    return loss, grad
