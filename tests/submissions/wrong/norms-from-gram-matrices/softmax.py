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
    a = np.exp(x @ W + b - max(x @ W + b))
    a /= a.sum()
    t = np.eye(len(a))[y]
    dz = a - t
    return -t / a[y], dz, x.reshape(-1, 1) * dz, dz


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
