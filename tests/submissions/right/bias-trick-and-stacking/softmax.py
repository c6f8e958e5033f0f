import numpy as np


def with_one(v):
    return np.append(v, 1.0)


def softmax_and_log(z):
    def shifted(v):
        return v - np.amax(v, axis=-1, keepdims=True)

    def log_sum(v):
        return np.log(np.sum(np.exp(v), axis=-1, keepdims=True))

    z = shifted(z)
    log_p = z - log_sum(z)
    return np.exp(log_p), log_p


def softmax_jacobian(z):
    p, _ = softmax_and_log(z)
    # column j is p * (e_j - p_j)
    return np.column_stack(list(p * (np.eye(p.size)[j] - p[j]) for j in range(p.size)))


def cross_entropy_gradients(W, b, x, y):
    theta = np.vstack([W, b])             # (D + 1, C)
    a, _ = softmax_and_log(with_one(x) @ theta)
    e_y = np.zeros(b.size)
    e_y[[y]] = 1
    da = -e_y / a[[y]]
    dz = a - e_y
    dtheta = np.outer(with_one(x), dz)
    dW, db = dtheta[:-1], dtheta[-1]
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    def one_example(x, label):
        p, log_p = softmax_and_log(x @ W)
        p[label] -= 1
        return -log_p[label], x[:, np.newaxis] * p

    loss, dW = reg * np.sum(W ** 2), 2 * reg * W
    N = len(y)
    n = N
    while n:
        n -= 1
        l, g = one_example(X[n], y[n])
        loss, dW = loss + l / N, dW + g / N
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N = len(y)
    p, log_p = softmax_and_log(X @ W)
    where = [*range(N)], y.tolist()
    loss = -np.mean(log_p[where]) + reg * np.sum(W ** 2)
    p[where] -= 1
    return loss, X.T @ p / N + 2 * reg * W
