import numpy as np


def softmax_jacobian(z):
    s = np.subtract(z, np.max(z))
    np.exp(s, out=s)
    np.divide(s, np.add.reduce(s), out=s)
    J = np.empty((s.size, s.size))
    np.multiply.outer(s, s, out=J)
    np.negative(J, out=J)
    J[np.diag_indices_from(J)] += s
    return J


def cross_entropy_gradients(W, b, x, y):
    a = np.dot(x, W)
    np.add(a, b, out=a)
    np.subtract(a, np.maximum.reduce(a), out=a)
    np.exp(a, out=a)
    np.divide(a, np.add.reduce(a), out=a)
    da = np.zeros_like(a)
    da[y] -= 1.0 / a[y]
    dz = np.empty_like(a)
    np.copyto(dz, a)
    dz[y] -= 1.0
    dW = np.empty(W.shape)
    np.multiply.outer(x, dz, out=dW)
    return da, dz, dW, np.copy(dz)


def softmax_loss_naive(W, X, y, reg):
    N = X.shape[0]
    loss = 0.0
    dW = np.zeros(W.shape)
    z = np.empty(W.shape[1])
    outer = np.empty(W.shape)
    for i in range(N):
        np.dot(X[i], W, out=z)
        z -= np.maximum.reduce(z)
        picked = z[y[i]]
        np.exp(z, out=z)
        total = np.add.reduce(z)
        loss += np.log(total) - picked
        z /= total
        z[y[i]] -= 1.0
        np.multiply.outer(X[i], z, out=outer)
        dW += outer
    loss /= N
    dW /= N
    loss += reg * np.vdot(W, W)
    dW += 2.0 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    N = X.shape[0]
    rows = np.arange(N)
    S = np.dot(X, W)
    S -= np.maximum.reduce(S, axis=1, keepdims=True)
    picked = S[rows, y]
    np.exp(S, out=S)
    total = np.add.reduce(S, axis=1, keepdims=True)
    S /= total
    np.subtract.at(S, (rows, y), 1.0)
    np.log(total, out=total)
    loss = (np.add.reduce(total, axis=None) - np.add.reduce(picked)) / N
    loss += reg * np.vdot(W, W)
    dW = np.dot(X.T, S)
    dW /= N
    dW += (2.0 * reg) * W
    return loss, dW
