"""Write digits.npz beside this file from scikit-learn's copy of the UCI optical digits (`pip install scikit-learn` first).

Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
https://doi.org/10.24432/C50P49, licence CC BY 4.0. scikit-learn ships the 1,797 images of its test part.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

if __name__ == "__main__":
    digits = load_digits()
    np.savez_compressed(
        Path(__file__).with_name("digits.npz"),
        images=digits.images.astype(np.uint8),  # (1797, 8, 8), grey values from 0 to 16
        labels=digits.target.astype(np.uint8),  # (1797,)
    )
