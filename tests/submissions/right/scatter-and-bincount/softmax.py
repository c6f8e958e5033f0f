import numpy as np


def softmax_jacobian(z):
    C, = z.shape
    s = np.exp(z - z.max())
    s /= s.sum()
    J = np.zeros((C, C))
    np.add.at(J, (np.arange(C), np.arange(C)), s)
    J -= s[np.newaxis, :] * s[:, np.newaxis]
    return J


def cross_entropy_gradients(W, b, x, y):
    C, = b.shape
    z = x @ W + b
    a = np.exp(z - z.max())
    a /= a.sum()
    t = np.bincount([y], minlength=C)
    da = -t / a
    dz = a - t
    return da, dz, np.outer(x, dz), dz


def softmax_loss_naive(W, X, y, reg):
    N, _ = X.shape
    _, C = W.shape
    loss = 0.0
    P = np.zeros((N, C))
    for n in range(N):
        z = X[n] @ W
        z -= z.max()
        P[n] = np.exp(z)
        total = P[n].sum()
        P[n] /= total
        loss += np.log(total) - z[y[n]]
    dW = np.zeros(W.shape)
    for c in range(C):
        for n in range(N):
            dW[:, c] += (P[n, c] - (1 if y[n] == c else 0)) * X[n]
    return loss / N + reg * np.sum(W ** 2), dW / N + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    N, D = X.shape
    C = W.shape[1]
    Z = X @ W
    Z -= Z.max(axis=1, keepdims=True)
    E = np.exp(Z)
    total = E.sum(axis=1, keepdims=True)
    loss = (np.log(total).sum() - (W.T[y] * X).sum() + (X @ W).max(axis=1).sum()) / N
    loss += reg * np.sum(W ** 2)
    dWt = (E / total).T @ X              # C x D: pulls of all classes
    np.add.at(dWt, y, -X)                # pushes: row y_i gets -x_i
    return loss, dWt.T / N + 2 * reg * W
