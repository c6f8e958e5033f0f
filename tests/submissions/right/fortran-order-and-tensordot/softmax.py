import numpy as np


def softmax_jacobian(z):
    z = np.ascontiguousarray(z)
    w = np.exp(z - z.max())
    w = w / w.sum()
    J = np.empty((w.size, w.size), order="F")
    J[...] = -np.tensordot(w, w, axes=0)
    J[range(w.size), range(w.size)] += w
    return J


def cross_entropy_gradients(W, b, x, y):
    z = np.tensordot(x, np.asfortranarray(W), axes=1) + b
    w = np.exp(z - z.max())
    a = w / w.sum()
    da = np.zeros_like(a)
    da[y] = -a.sum() / a[y]
    dz = a.copy(order="F")
    dz[y] -= 1
    dW = np.asfortranarray(np.tensordot(x, dz, axes=0))
    return da, dz, dW, dz.copy()


def softmax_loss_naive(W, X, y, reg):
    Xf = np.asfortranarray(X)
    n_examples, n_classes = Xf.shape[0], W.shape[1]
    loss = np.float64(0)
    dW = np.zeros(W.shape, order="F")
    for n in range(n_examples):
        s = np.array([Xf[n, :] @ W[:, k] for k in range(n_classes)])
        s = s - s.max()
        norm = np.exp(s).sum()
        loss = loss + np.log(norm) - s[y[n]]
        for k in range(n_classes):
            dW[:, k] += Xf[n, :] * (np.exp(s[k]) / norm)
            if k == y[n]:
                dW[:, k] -= Xf[n, :]
    dW *= 1.0 / n_examples
    dW += 2.0 * reg * W
    return loss / n_examples + reg * np.tensordot(W, W), dW


def softmax_loss_vectorized(W, X, y, reg):
    n = X.shape[0]
    S = np.asfortranarray(np.tensordot(X, W, axes=1))
    S -= S.max(axis=1, keepdims=True)
    E = np.exp(S)
    norm = E.sum(axis=1)
    loss = (np.log(norm).sum() - S[np.arange(n), y].sum()) / n
    loss += reg * np.tensordot(W, W)
    E /= norm[:, np.newaxis]
    E[np.arange(n), y] -= 1.0
    dW = np.asfortranarray(np.tensordot(X, E, axes=([0], [0])))
    dW /= n
    dW += 2.0 * reg * W
    return loss, dW
