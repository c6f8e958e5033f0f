"""What mistakes in a softmax loss and its gradient are called, and what students are asked about them."""

import numpy as np

from autograder.hidden.mistakes.fit import Array
from autograder.hidden.mistakes.softmax import VARIANTS, Factor, GradientModel, LossModel
from public_checks.expect import VALUE_TOLERANCE, Hint

_FLOATS = np.finfo(np.float64), np.finfo(np.float32)
FLOORS = np.array(
    [
        *(10.0**-k for k in (*range(6, 31), 100, 200, 300)),
        *(float(number) for kind in _FLOATS for number in (kind.eps, kind.tiny)),
    ]
)  # what is added to a probability, or the least it is clipped to, so that its logarithm stays finite
COMMON = frozenset(
    ["no-mean", "no-reg", "half-reg", "double-reg", "reg-over-n", "row-spared"]
)  # to loss and gradient, or in one of them
LOSS_QUESTIONS = {
    "no-mean": "The loss grows with the number of examples: is the mean over them missing?",
    "no-reg": "The loss does not depend on reg: where does reg * sum(W**2) come in?",
    "half-reg": "The regularization is half of what it should be: is there a factor 0.5 that the question does not have?",
    "double-reg": "The regularization is twice what it should be: where does the 2 come from?",
    "reg-over-n": "The regularization shrinks with the number of examples: should the mean reach it?",
    "row-spared": "The regularization leaves out a row of W: does the question spare the bias?",
    "divided-by-classes": "The loss is divided by the number of classes: which axis is the mean over?",
    "log-base": "The loss is the right one times a constant: which base has your logarithm?",
    "no-log": "The loss is the mean probability of the right class: where is the logarithm?",
    "wrong-axis": "Loss and gradient fit probabilities along the other axis: over which axis do those of one example sum to 1?",
    "loss-sign": "The loss is the right one with the other sign: which sign does -log p have?",
}
GRADIENT_QUESTIONS = {
    "no-mean": "dW grows with the number of examples: is the mean over them missing?",
    "reg-over-n": LOSS_QUESTIONS["reg-over-n"],
    "row-spared": LOSS_QUESTIONS["row-spared"],
    "divided-by-classes": "dW is divided by the number of classes: which axis is the mean over?",
    "wrong-axis": LOSS_QUESTIONS["wrong-axis"],
    "no-reg": "dW does not depend on reg: what is the derivative of reg * sum(W**2)?",
    "half-reg": "The part of reg is half of the derivative of reg * sum(W**2): what is the derivative of W**2?",
    "double-reg": "The part of reg is twice the derivative of reg * sum(W**2): is it there twice?",
    "mean-twice": "dW shrinks with the number of examples: is it divided by N twice?",
    "brackets": "One of X'P and X'Y is divided by N once more than the other: where do the brackets stand?",
    "indicator-repeated": "At the right class dW has -C where -1 is due: how often does that line run?",
    "loss-only": "dW holds nothing from the examples: is the gradient of the data term still to do?",
    "no-indicator": "dW has the part of all classes, but does the right class not get a -1 of its own?",
    "indicator-added": "At the right class dW has +1 where p - 1 is due: which sign has it?",
    "sign": "dW is the right one with the other sign: does it point uphill?",
}


def name_loss(model: LossModel | None) -> str | None:
    """Name the mistake in a loss."""
    if model is None or model.right:
        return None
    if model.variant:
        return _name_variant(model.variant, [model.data, model.penalty])
    if model.data.is_(1):
        return _name_penalty(model.penalty)
    if not (model.penalty.is_(1) or model.penalty == model.data):
        return None  # two mistakes at once: the numbers do not say which one the student should look at
    for name, factor in (
        ("no-mean", (1.0, 1, 0)), ("divided-by-classes", (1.0, 0, -1)), ("divided-by-classes", (1.0, 1, -1)),
        ("loss-sign", (-1.0,)),
        ("log-base", (1 / np.log(2),)), ("log-base", (1 / np.log(10),)),
    ):  # fmt: skip
        if model.data.is_(*factor):
            return name
    return None


def name_gradient(model: GradientModel | None) -> str | None:
    """Name the mistake in a gradient."""
    if model is None or model.right:
        return None
    pull, push, shrink = model.pull, model.push, model.shrink
    if model.variant:
        return _name_variant(model.variant, [pull, push, shrink])
    if model.idle:
        return "loss-only"
    if pull.is_(1) and push.is_(1):
        return _name_penalty(shrink)
    if pull.is_(-1) and push.is_(-1) and (shrink.is_(1) or shrink.is_(-1)):
        return "sign"
    if not (shrink.is_(1) or shrink == pull):
        return None
    for name, pull_factor, push_factor in (
        ("no-indicator", (1.0,), (0.0,)), ("indicator-added", (1.0,), (-1.0,)), ("indicator-repeated", (1.0,), (1.0, 0, 1)),
        ("no-mean", (1.0, 1, 0), (1.0, 1, 0)), ("divided-by-classes", (1.0, 0, -1), (1.0, 0, -1)),
        ("divided-by-classes", (1.0, 1, -1), (1.0, 1, -1)), ("mean-twice", (1.0, -1, 0), (1.0, -1, 0)),
        ("brackets", (1.0, 1, 0), (1.0,)), ("brackets", (1.0,), (1.0, -1, 0)),
    ):  # fmt: skip
        if pull.is_(*pull_factor) and push.is_(*push_factor):
            return name
    return None


def _name_variant(variant: str, factors: list[Factor]) -> str | None:
    if VARIANTS[variant].spared is None:
        return "wrong-axis"
    return "row-spared" if all(factor.is_(1) for factor in factors) else None


def _name_penalty(factor: Factor) -> str | None:
    for name, named in (("no-reg", (0.0,)), ("half-reg", (0.5,)), ("double-reg", (2.0,)), ("reg-over-n", (1.0, -1, 0))):
        if factor.is_(*named):
            return name
    return None


def hint_for_loss(loss: str | None, gradient: str | None) -> Hint | None:
    """Ask about a mistake in the loss, which may be the gradient's too."""
    if loss is None:
        return None
    suffix = "-loss" if loss in COMMON and loss != gradient else ""
    return Hint(loss + suffix, LOSS_QUESTIONS[loss])


def hint_for_floor(loss: float, Z: Array, y: Array) -> Hint | None:
    """Ask about a floor under the probabilities.

    Parameters
    ----------
    loss : float
        Of scores that lie so far apart that all probabilities are 0 or 1, without regularization.
    Z : ndarray of shape (N, C)
        The scores.
    y : ndarray of shape (N,)
        The right classes.
    """
    share = float(np.mean(Z.argmax(axis=1) != y))  # of examples whose right class has probability 0
    if share == 0.0 or not np.any(np.isclose(loss, -share * np.log(FLOORS), rtol=VALUE_TOLERANCE, atol=0.0)):
        return None
    question = (
        "Where a probability is 0 to the computer, your loss is that of one small number: is something added to it, or is it"
        " clipped? Can you have log p without p?"
    )
    return Hint("floor-in-log", question)


def hint_for_gradient(gradient: str | None, loss: str | None) -> Hint | None:
    """Ask about a mistake in the gradient, which may be the loss's too."""
    if gradient is None:
        return None
    suffix = "-gradient" if gradient in COMMON and gradient != loss else ""
    return Hint(gradient + suffix, GRADIENT_QUESTIONS[gradient])
