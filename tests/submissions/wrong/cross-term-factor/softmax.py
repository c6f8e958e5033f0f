import numpy as np


def softmax_jacobian(z):
    s = np.exp(z - max(z))
    s /= s.sum()
    return s[:, None] * (np.eye(len(s)) - s[None, :])


def cross_entropy_gradients(W, b, x, y):
    a = np.exp(x @ W + b - max(x @ W + b))
    a /= a.sum()
    t = np.eye(len(a))[y]
    dz = a - t
    return -t / a[y], dz, x.reshape(-1, 1) * dz, dz


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    num_train = X.shape[0]
    num_classes = W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)
        scores -= np.max(scores)
        log_sum = np.log(np.sum(np.exp(scores)))
        loss += log_sum - scores[y[i]]
        for j in range(num_classes):
            p = np.exp(scores[j] - log_sum)
            dW[:, j] += (p - (j == y[i])) * X[i]
    loss = loss / num_train + reg * np.sum(W * W)
    dW = dW / num_train + 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    f = np.dot(X, W)
    m = f.max(axis=1)
    e = np.exp(f - m[:, None])
    s = e.sum(axis=1)
    loss = np.mean(m + np.log(s) - f[range(N), y])
    loss += reg * np.sum(W ** 2)
    P = e / s[:, None]
    P[range(N), y] -= 1
    dW = np.dot(X.T, P) / N
    dW += 2 * reg * W
    return loss, dW
