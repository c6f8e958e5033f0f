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
    raise NotImplementedError("replace this line with your answer")


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
    raise NotImplementedError("replace this line with your answer")


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
    raise NotImplementedError("replace this line with your answer")


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
    raise NotImplementedError("replace this line with your answer")
