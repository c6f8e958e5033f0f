"""The softmax classifier: one example, then a batch with loops, then the same batch without.

Notation: N examples, D features, C classes; X (N, D) holds one example a row, W (D, C) one class a column,
y (N,) the right classes. Scores Z = X W, probabilities P = softmax of each row of Z.
"""

import numpy as np


def softmax_jacobian(z):
    """Jacobian of the softmax function at one vector of scores.

    Parameters
    ----------
    z : ndarray of shape (C,)
        Scores. They may lie in the thousands, where a plain exp overflows.

    Returns
    -------
    J : ndarray of shape (C, C)
        J[i, j] = ds_i / dz_j = s_i (1{i = j} - s_j), for s = softmax(z).
    """
    # Hint: softmax(z) = softmax(z - max(z)), so no exponent needs to be positive.
    # BEGIN SOLUTION
    s = np.exp(z - np.max(z))
    s /= np.sum(s)
    return np.diag(s) - np.outer(s, s)
    # END SOLUTION


def cross_entropy_gradients(W, b, x, y):
    """Gradients of the cross-entropy loss of one example, backwards through a = softmax(z), z = x W + b.

    The loss is l = -log a_y.

    Parameters
    ----------
    W : ndarray of shape (D, C)
        Weights.
    b : ndarray of shape (C,)
        Biases.
    x : ndarray of shape (D,)
        One example.
    y : int
        Its class, 0 <= y < C.

    Returns
    -------
    da : ndarray of shape (C,)
        dl/da with the entries of a taken as free variables (as if they need not sum to 1).
    dz : ndarray of shape (C,)
        dl/dz = da J, with J the softmax Jacobian. It simplifies.
    dW : ndarray of shape (D, C)
        dl/dW.
    db : ndarray of shape (C,)
        dl/db.
    """
    # Hint: only da contains a division. Simplify dz on paper before you write it.
    # BEGIN SOLUTION
    z = x @ W + b
    a = np.exp(z - np.max(z))
    a /= np.sum(a)

    da = np.zeros_like(a)
    da[y] = -1.0 / a[y]
    dz = a.copy()
    dz[y] -= 1.0
    dW = np.outer(x, dz)
    db = dz.copy()
    return da, dz, dW, db
    # END SOLUTION


def softmax_loss_naive(W, X, y, reg):
    """Softmax loss and its gradient, example by example, with explicit loops.

    loss = mean_i(-log P[i, y_i]) + reg * sum(W**2)

    Parameters
    ----------
    W : ndarray of shape (D, C)
        Weights.
    X : ndarray of shape (N, D)
        Examples.
    y : ndarray of shape (N,)
        Classes: integers from 0 to C - 1.
    reg : float
        Strength of the regularization.

    Returns
    -------
    loss : float
        The loss.
    dW : ndarray of shape (D, C)
        d loss / dW.
    """
    # Hint: -log P[i, y_i] = log(sum_j exp(z_j)) - z_{y_i}. In this form no logarithm of 0 can occur.
    # BEGIN SOLUTION
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        z = X[i] @ W
        z -= np.max(z)
        log_sum = np.log(np.sum(np.exp(z)))
        loss += log_sum - z[y[i]]
        for c in range(C):
            dz = np.exp(z[c] - log_sum) - (1.0 if c == y[i] else 0.0)
            dW[:, c] += dz * X[i]
    loss = loss / N + reg * np.sum(W**2)
    dW = dW / N + 2.0 * reg * W
    return loss, dW
    # END SOLUTION


def softmax_loss_vectorized(W, X, y, reg):
    """Softmax loss and its gradient, with matrix operations and no Python loop.

    Parameters and results are those of `softmax_loss_naive`.

    Parameters
    ----------
    W : ndarray of shape (D, C)
        Weights.
    X : ndarray of shape (N, D)
        Examples.
    y : ndarray of shape (N,)
        Classes: integers from 0 to C - 1.
    reg : float
        Strength of the regularization.

    Returns
    -------
    loss : float
        The loss.
    dW : ndarray of shape (D, C)
        d loss / dW.
    """
    # Hint: Z[np.arange(N), y] picks one score from each row.
    # BEGIN SOLUTION
    N = X.shape[0]
    rows = np.arange(N)
    Z = X @ W
    Z -= np.max(Z, axis=1, keepdims=True)
    E = np.exp(Z)
    sums = np.sum(E, axis=1, keepdims=True)
    loss = np.mean(np.log(sums[:, 0]) - Z[rows, y]) + reg * np.sum(W**2)

    dZ = E / sums
    dZ[rows, y] -= 1.0
    dW = X.T @ dZ / N + 2.0 * reg * W
    return loss, dW
    # END SOLUTION
