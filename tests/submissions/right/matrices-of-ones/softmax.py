import numpy as np


def softmax_jacobian(z, *, dtype=np.float64):
    z = np.asarray(z, dtype=dtype)
    ones = np.ones(z.shape)
    e = np.exp(z - np.max(z) * ones)
    s = e / (e @ ones)
    J = -s[:, np.newaxis] @ s[np.newaxis, :]
    J.flat[:: len(s) + 1] += s
    return J


def cross_entropy_gradients(W, b, x, y, *, right_class=1.0):
    z = np.matmul(x, W) + b
    e = np.exp(z - np.max(z))
    a = e / (e @ np.ones(e.shape))
    t = np.zeros(a.shape)
    t[y] = right_class
    da = np.divide(-t, a)
    dz = np.subtract(a, t)
    dW = np.matmul(x[:, np.newaxis], dz[np.newaxis, :])
    return (da, dz, dW, 1 * dz)


def softmax_loss_naive(W, X, y, reg, *, start=0.0):
    N, D = X.shape
    _, C = W.shape
    loss = start
    dW = np.zeros((D, C))
    for i in range(N):
        xi = X[i:i + 1]
        z = np.matmul(xi, W)
        z = z - np.max(z)
        e = np.exp(z)
        n = e @ np.ones((C, 1))
        loss += float(np.log(n[0, 0]) - z[0, y[i]])
        t = np.zeros((1, C))
        t[0, y[i]] = 1
        dW += np.matmul(xi.T, e / n - t)
    dW /= N
    dW += 2 * reg * W
    return loss / N + reg * np.sum(np.square(W)), dW


def softmax_loss_vectorized(W, X, y, reg, *, start=0.0):
    N, D = X.shape
    _, C = W.shape
    Z = np.matmul(X, W)
    Z = Z - np.max(Z, axis=1).reshape(N, 1) @ np.ones((1, C))
    E = np.exp(Z)
    n = E @ np.ones((C, 1))
    T = np.zeros((N, C))
    np.put_along_axis(T, y[:, np.newaxis], 1, axis=1)
    logp = Z - np.log(n) @ np.ones((1, C))
    loss = start - np.ones((1, N)) @ (T * logp) @ np.ones((C, 1)) / N
    loss = loss.item() + reg * np.sum(np.square(W))
    dW = np.matmul(X.T, E / n - T) / N + 2 * reg * W
    return loss, dW
