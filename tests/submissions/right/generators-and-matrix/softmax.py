import numpy as np


def softmax_jacobian(z):
    e = np.exp(z - z.max())
    s = e / e.sum()
    return np.array([[s[i] * ((i == j) - s[j]) for j in range(len(s))] for i in range(len(s))])


def cross_entropy_gradients(W, b, x, y):
    z = W.T.dot(x) + b
    e = np.exp(z - z.max())
    a = e / e.sum()
    da = np.array([-1 / a[y] if c == y else 0.0 for c in range(len(a))])
    dz = np.array([a[c] - 1 if c == y else a[c] for c in range(len(a))])
    dW = np.column_stack([x * g for g in dz])
    return da, dz, dW, dz


def rows(W, X, y):
    for x, label in zip(X, y):
        z = [x.dot(w) for w in W.T]
        m = max(z)
        lse = m + np.log(sum(np.exp(v - m) for v in z))
        yield lse - z[label], [np.exp(v - lse) - (c == label) for c, v in enumerate(z)]


def softmax_loss_naive(W, X, y, reg):
    losses, grads = zip(*rows(W, X, y))
    dW = sum(np.outer(x, g) for x, g in zip(X, grads)) / len(y)
    return sum(losses) / len(y) + reg * np.sum(W ** 2), dW + 2 * reg * W


def softmax_loss_vectorized(W, X, y, reg):
    Z = X.dot(W)
    m = Z.max(1)
    lse = m + np.log(np.exp(Z.T - m).sum(0))
    loss = (lse - Z[list(range(len(y))), y]).mean() + reg * np.linalg.norm(W) ** 2
    G = np.exp(Z.T - lse).T
    G[list(range(len(y))), y] -= 1
    return loss, X.T.dot(G) / len(y) + reg * 2 * W
