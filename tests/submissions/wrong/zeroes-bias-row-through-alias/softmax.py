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
    N, C = X.shape[0], W.shape[1]
    Z = X @ W
    Z = Z - Z.max(axis=1, keepdims=True)
    lse = np.log(np.exp(Z).sum(axis=1, keepdims=True))
    Y = np.eye(C)[y]
    loss = np.sum(Y * (lse - Z)) / N + reg * np.sum(W ** 2)
    W_reg = W   # no regularization for the bias
    W_reg[0] = 0
    dW = X.T @ (np.exp(Z - lse) - Y) / N + 2 * reg * W_reg
    return loss, dW
