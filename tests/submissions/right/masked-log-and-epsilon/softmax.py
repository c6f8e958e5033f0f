import numpy as np

eps = 1e-15  # so that log never sees 0


def softmax_jacobian(z):
    shift = -np.amax(z)
    ez = np.exp(z + shift)          # adding minus the maximum
    s = ez / (np.sum(ez) + eps * 0)
    S = np.tile(s, (len(s), 1))     # every row is s
    return S.T * (np.identity(len(s)) - S)


def cross_entropy_gradients(W, b, x, y):
    z = x.dot(W) + b
    z += -np.amax(z)
    ez = np.exp(z)
    a = ez / np.sum(ez)
    one_hot = np.zeros(a.shape)
    one_hot[y] = 1
    da = np.zeros(a.shape)
    np.divide(-one_hot, a, out=da, where=one_hot > 0)
    dz = a - one_hot
    dW = np.tensordot(x, dz, axes=0)
    db = 1.0 * dz
    return da, dz, dW, db


def softmax_loss_naive(W, X, y, reg):
    loss = 0.0
    dW = np.zeros_like(W)
    num_train, num_classes = X.shape[0], W.shape[1]

    for i in range(num_train):
        scores = X[i].dot(W)
        scores += -np.amax(scores)
        total = np.sum(np.exp(scores))
        loss += -(scores[y[i]] - np.ma.log(total))
        for j in range(num_classes):
            prob = np.exp(scores[j]) / total
            if j == y[i]:
                dW[:, j] += (-1 + prob) * X[i]
            else:
                dW[:, j] += prob * X[i]

    loss /= num_train
    dW /= num_train
    loss += reg * np.sum(W * W)
    dW += 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    scores += -np.amax(scores, axis=1, keepdims=True)
    exp_scores = np.exp(scores)
    total = np.sum(exp_scores, axis=1, keepdims=True)
    log_probs = scores - np.log(total + eps)
    loss = -np.sum(log_probs[np.arange(num_train), y]) / num_train + reg * np.sum(W * W)

    probs = exp_scores / total
    one_hot = np.zeros_like(probs)
    one_hot[np.arange(num_train), y] = 1
    dW = np.dot(X.T, probs - one_hot) / num_train + 2 * reg * W
    return loss, dW
