"""The handwritten digits, split into examples to learn from and examples held back."""

from pathlib import Path

import numpy as np

EVERY = 6  # one image in six is for learning; the file is sorted by writer, so both parts hold all of them
DATA = Path(__file__).parent / "data" / "digits.npz"


def load_digits():
    """Read the UCI optical digits, 1,797 images of 8 x 8 grey values.

    Returns
    -------
    X_train : ndarray of shape (300, 64)
        Images as rows, float64, grey values scaled to [0, 1].
    y_train : ndarray of shape (300,)
        The digits that they show.
    X_test : ndarray of shape (1497, 64)
        Images held back.
    y_test : ndarray of shape (1497,)
        Their digits.
    """
    with np.load(DATA) as data:
        X = data["images"].reshape(-1, 64) / 16.0
        y = data["labels"].astype(np.int64)
    held_back = np.arange(len(X)) % EVERY != 0
    return X[~held_back], y[~held_back], X[held_back], y[held_back]
