import numpy as np


def softmax_jacobian(z):
    z = z.reshape(-1)
    p = np.exp(z - z.max())
    p /= p.sum()
    J = p[:, None] * (np.eye(p.size) - p[None, :])
    return J


def cross_entropy_gradients(W, b, x, y):
    z = np.dot(x, W) + b
    p = np.exp(z - z.max())
    p /= p.sum()
    da = np.zeros(p.shape)
    np.put(da, y, -1.0 / p[y])
    dz = np.array(p)
    np.put(dz, y, p[y] - 1.0)
    dW = np.dot(x.reshape(-1, 1), dz.reshape(1, -1))
    db = np.array(dz)
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    num_train = X.shape[0]
    num_class = W.shape[1]
    loss = 0.0
    dW = np.zeros_like(W)
    for i, (xi, yi) in enumerate(zip(X, y)):
        f = xi.dot(W)
        f -= np.max(f)
        denom = np.sum(np.exp(f))
        loss += -f[yi] + np.log(denom)
        for j in range(num_class):
            dW[:, j] += np.exp(f[j]) / denom * xi
        dW[:, yi] -= xi
    return loss / num_train + reg * np.sum(W * W), dW / num_train + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    idx = np.expand_dims(y, axis=1)

    f = X.dot(W)
    f = f - f.max(axis=1, keepdims=True)
    log_p = f - np.log(np.exp(f).sum(axis=1, keepdims=True))
    loss = -np.take_along_axis(log_p, idx, axis=1).sum() / num_train
    loss += reg * np.sum(W * W)

    p = np.exp(log_p)
    np.put_along_axis(p, idx, np.take_along_axis(p, idx, axis=1) - 1, axis=1)
    dW = X.T.dot(p) / num_train + 2 * reg * W
    return loss, dW
