"""What mistakes in a softmax loss and its gradient are called, and what students are asked about them."""

import numpy as np

from autograder.hidden.mistakes.fit import Array
from autograder.hidden.mistakes.softmax import EVERY_VARIANT, Factor, GradientModel, LossModel
from public_checks.expect import VALUE_TOLERANCE, Hint

_FLOATS = np.finfo(np.float64), np.finfo(np.float32)
FLOORS = np.array(
    [
        *(10.0**-k for k in (*range(6, 31), 100, 200, 300)),
        *(float(number) for kind in _FLOATS for number in (kind.eps, kind.tiny)),
    ]
)  # what is added to a probability, or the least it is clipped to, so that its logarithm stays finite
ODD = 1e-3  # how far a factor must be from 1 to be called a factor: float32 leaves less
COMMON = frozenset(
    [
        *("no-mean", "no-reg", "half-reg", "double-reg", "reg-over-n", "row-spared", "column-spared"),
        *("reg-factor", "reg-sign", "reg-repeated", "reg-squared", "divided-by-features"),
    ]
)  # to loss and gradient, or in one of them
COUNTED_CLASSES = Hint(
    "classes-counted",
    "Your loss is wrong where the last class does not occur in y: where does the number of classes come from?",
)
COUNTED_IN_GRADIENT = Hint(
    "classes-counted",
    "dW is right where every class occurs in y, and only there: where does the number of classes come from?",
)
STATE = Hint(
    "state-kept",
    "The same batch twice gives two different results: is something random, or kept from one call"
    " to the next, in a global variable or a default argument?",
)
FLOOR = (
    "Where a probability is 0 to the computer, your loss is that of one small number: is something added to it, or is it"
    " clipped? Can you have log p without p?"
)
BOTH = {
    "wrong-axis": (
        "Your probabilities are divided by sums over the examples: over which axis should those of one example sum to 1?"
    ),
    "maximum-axis": (
        "You subtract the maximum over the examples, which changes the probabilities:"
        " what may you subtract from all scores of one example?"
    ),
    "batch-denominator": (
        "Your probabilities are divided by one sum over the whole batch: over which axis should those of one example sum to 1?"
    ),
    "softmax-twice": "These are the probabilities of softmax(softmax(X W)): is softmax applied twice?",
    "predicted-class": "Each example is judged by the class with the largest score: where does its label y_i come in?",
    "divided-by-features": "The mean divides by the number of features: which axis of X holds the examples?",
    "row-spared": "The regularization leaves out a row of W: does the question spare the bias?",
    "column-spared": "The regularization leaves out a column of W: should one class be spared?",
    "reg-over-n": "The regularization shrinks with the number of examples: is it part of the mean in the question?",
    "reg-squared": "The regularization goes with the square of reg: is it multiplied by reg twice?",
    "last-example-only": "Only the last example counts: did you write = where you need +=?",
    "first-example-only": "Only the first example counts: is the return inside the loop?",
    "example-left-out": "One example at the end of the batch is left out: where does the loop begin, and where does it end?",
    "n-minus-1": "The mean divides by N - 1: over how many examples does it go?",
    "one-label": "All examples are judged by the same label: which entry of y belongs to example i?",
    "labels-from-1": "Each example is judged by the class before its own: do the labels count from 0 or from 1?",
    "label-weights": "Each example is multiplied by its label: is y a number to compute with, or the place of an entry?",
}  # about mistakes of which loss and gradient show the same
LOSS_QUESTIONS = BOTH | {
    "no-mean": "The loss grows with the number of examples: is the mean over them missing?",
    "no-reg": "The loss does not depend on reg: where does reg * sum(W**2) come in?",
    "half-reg": "The regularization is half of what it should be: is there a factor 0.5 that the question does not have?",
    "double-reg": "The regularization is twice what it should be: where does the 2 come from?",
    "reg-sign": "The regularization is subtracted: should it be added?",
    "divided-by-classes": "The loss is divided by the number of classes: which axis is the mean over?",
    "log-base": "The loss is the right one times a constant: what base does your logarithm use?",
    "loss-repeated": "The loss is multiplied by the number of classes: is it added inside the loop over the classes?",
    "reg-repeated": "The regularization is added many times: is it inside a loop?",
    "loss-sign": "The loss has the wrong sign: what is the sign of log p, and of the loss?",
    "mean-inside-loop": "The loss is divided by N once for each example: is the division inside the loop?",
    "all-labels": "Each example is judged by the labels of all: how do you take one entry out of each row?",
    "floor-in-log": FLOOR,
    "reg-unused": "sum(W**2) is in the loss, but not multiplied by reg: what is reg for?",
    "reg-alone": "reg itself is in the loss: what should it be multiplied by?",
    "sum-of-w": "The loss has reg times the sum of W: where is the square?",
    "norm-of-w": "The loss has reg times the norm of W: does the question ask for the root of sum(W**2)?",
    "absolute-w": "The loss has reg times the sum of |W|: where is the square?",
    "mean-of-w": "The loss has reg times the mean of W**2: does the question ask for a mean or for a sum?",
    "products-of-w": "sum(W.T @ W) also holds products of different entries of W: which are the squares?",
    "square-of-sum": "The loss has reg times the square of sum(W): which comes first, the square or the sum?",
}
GRADIENT_QUESTIONS = BOTH | {
    "no-mean": "dW grows with the number of examples: is the mean over them missing?",
    "divided-by-classes": "dW is divided by the number of classes: which axis is the mean over?",
    "no-reg": "dW does not depend on reg: what is the derivative of reg * sum(W**2)?",
    "half-reg": "The part of reg is half of the derivative of reg * sum(W**2): what is the derivative of W**2?",
    "double-reg": "The part of reg is twice the derivative of reg * sum(W**2): is it there twice?",
    "reg-sign": "The part of reg has the other sign: what is the derivative of + reg * sum(W**2)?",
    "mean-twice": "dW shrinks with the number of examples: is it divided by N twice?",
    "mean-inside-loop": "dW is divided by N once for each example: is the division inside the loop?",
    "brackets": "Only one of X'P and X'Y is divided by N as it should be: check your parentheses.",
    "indicator-repeated": "At the right class, dW has -C where it should have -1: how often does that line run?",
    "reg-repeated": "The part of reg is added many times: is it inside a loop?",
    "right-class-skipped": "The column of the right class gets nothing from its own example: where is (p - 1) x?",
    "own-sign": "At the right class, dW has 1 - p where it should have p - 1: check the sign.",
    "only-right-class": "dW has the term of the right class only: do the other scores change the loss?",
    "no-probabilities": "dW has the -1 of the right class only: where do the probabilities come in?",
    "data-sign": "In dW, the part of the examples has the wrong sign: is it p - 1{y = c}, or the reverse?",
    "indicator-everywhere": (
        "In every row, 1 is subtracted in the columns of all labels: which one entry of each row should change?"
    ),
    "loss-only": "dW does not depend on the examples: did you leave out the gradient of the data term?",
    "no-indicator": "dW is made of p alone: where is the -1 of the right class?",
    "indicator-added": "At the right class, dW has p + 1 where it should have p - 1: check the sign.",
    "own-missing": "At the right class, dW has -1 where it should have p - 1: do you overwrite p there, or leave it out?",
    "sign": "dW has the wrong sign: which way should it point, uphill or downhill?",
    "reg-unused": "2 W is in dW, but not multiplied by reg: what is the derivative of reg * sum(W**2)?",
    "reg-alone": (
        "A multiple of reg, without W, is added to every entry of dW: what is the derivative of reg * sum(W**2) by one entry?"
    ),
    "sum-of-w": "One sum over all of W is added to every entry of dW: what is the derivative by one entry?",
    "absolute-w": "The part of reg holds the signs of W only: what is the derivative of W**2?",
    "squares-of-w": "The part of reg is reg * W**2: that is in the loss, and what is its derivative?",
    "norm-of-w": "The part of reg is that of the norm of W: does the question ask for the root of sum(W**2)?",
    "mean-of-w": "The part of reg is divided by the size of W: does the question ask for a mean or for a sum?",
}
VARIANT_NAMES = {
    "softmax over the examples": "wrong-axis",
    "maximum over the examples": "maximum-axis",
    "sum over the examples": "wrong-axis",
    "sum over everything": "batch-denominator",
    "last row spared": "row-spared",
    "first row spared": "row-spared",
    "last column spared": "column-spared",
    "first column spared": "column-spared",
    "mean inside the loop": "mean-inside-loop",
    "last example only": "last-example-only",
    "first example only": "first-example-only",
    "last example left out": "example-left-out",
    "first example left out": "example-left-out",
    "N - 1": "n-minus-1",
    "D for N": "divided-by-features",
    "predictions for labels": "predicted-class",
    "softmax twice": "softmax-twice",
    "labels as weights": "label-weights",
    "first label for all": "one-label",
    "last label for all": "one-label",
    "labels from 1": "labels-from-1",
}
PENALTY_NAMES = {
    "without reg": "reg-unused",
    "reg alone": "reg-alone",
    "sum": "sum-of-w",
    "norm": "norm-of-w",
    "absolute": "absolute-w",
    "sign": "absolute-w",
    "squares": "squares-of-w",
    "mean": "mean-of-w",
    "square of the sum": "square-of-sum",
    "squared reg": "reg-squared",
    "products": "products-of-w",
}  # by what stands for the regularization, in loss or gradient
EXACT = frozenset({"row-spared", "column-spared"})  # named only where all else is right
EVERY_EXACT = frozenset(variant for variant, name in VARIANT_NAMES.items() if name in EXACT)

OF_RIGHT_CLASS = {
    "own-missing": (1.0, 1.0, 1.0),
    "right-class-skipped": (1.0, 0.0, 1.0),
    "own-sign": (1.0, -1.0, 2.0),
    "only-right-class": (0.0, 1.0, -1.0),
    "no-probabilities": (0.0, 1.0, 0.0),
}  # by pull, push and own, which are (1, 1, 0) when right

Named = Hint  # its id is the bare name; whether loss, gradient or both have the mistake is added later


def name_loss(model: LossModel | None) -> Named | None:
    """Name the mistake in a loss."""
    if model is None or model.right:
        return None
    factors = [model.data, model.penalty]
    if model.variant:
        return _of_variant(model.variant, factors, LOSS_QUESTIONS, "all-labels")
    if model.data.is_(1):
        return _of_penalty(model.kind, model.penalty, LOSS_QUESTIONS, "The regularization", "what it should be")
    if model.kind or not (model.penalty.is_(1) or model.penalty == model.data or _alike(*factors)):
        return None  # two mistakes at once: the numbers do not say which one the student should look at
    for name, factor in (
        ("no-mean", (1.0, 1, 0)), ("divided-by-classes", (1.0, 0, -1)), ("divided-by-classes", (1.0, 1, -1)),
        ("loss-sign", (-1.0,)), ("loss-repeated", (1.0, 0, 1)),
        ("log-base", (1 / np.log(2),)), ("log-base", (1 / np.log(10),)),
    ):  # fmt: skip
        if model.data.is_(*factor):
            return Named(name, LOSS_QUESTIONS[name])
    if model.data.plain and not model.idle and abs(model.data.constant - 1) > ODD:
        part = "the part of the examples" if model.penalty.is_(1) else "the loss"
        question = f"Yours is right but for a factor of {model.data.constant:.3g} in {part}: where does it come from?"
        return Named("factor", question)
    return None


def name_gradient(model: GradientModel | None) -> Named | None:
    """Name the mistake in a gradient."""
    if model is None or model.right:
        return None
    pull, push, shrink, own = model.pull, model.push, model.shrink, model.own
    if model.variant in EVERY_EXACT and not own.is_(0):
        return None
    if model.variant:
        return _of_variant(model.variant, [pull, push, shrink], GRADIENT_QUESTIONS, "indicator-everywhere")
    if model.idle:
        return Named("loss-only", GRADIENT_QUESTIONS["loss-only"])
    if pull.is_(1) and push.is_(1) and own.is_(0):
        return _of_penalty(model.kind, shrink, GRADIENT_QUESTIONS, "The part of reg", "the derivative of reg * sum(W**2)")
    if pull.is_(-1) and push.is_(-1) and own.is_(0) and (shrink.is_(1) or shrink.is_(-1)):
        question = GRADIENT_QUESTIONS["data-sign" if shrink.is_(1) else "sign"]
        return Named("sign", question)
    if model.kind or not (shrink.is_(1) or shrink == pull or _alike(pull, shrink)):
        return None
    for name, parts in OF_RIGHT_CLASS.items():
        if all(factor.is_(part) for factor, part in zip((pull, push, own), parts)):
            return Named(name, GRADIENT_QUESTIONS[name])
    if not own.is_(0):
        return None
    for name, pull_factor, push_factor in (
        ("no-indicator", (1.0,), (0.0,)), ("indicator-added", (1.0,), (-1.0,)), ("indicator-repeated", (1.0,), (1.0, 0, 1)),
        ("no-mean", (1.0, 1, 0), (1.0, 1, 0)), ("divided-by-classes", (1.0, 0, -1), (1.0, 0, -1)),
        ("divided-by-classes", (1.0, 1, -1), (1.0, 1, -1)), ("mean-twice", (1.0, -1, 0), (1.0, -1, 0)),
        ("brackets", (1.0, 1, 0), (1.0,)), ("brackets", (1.0,), (1.0, -1, 0)),
        ("brackets", (1.0,), (1.0, 1, 0)),
    ):  # fmt: skip
        if pull.is_(*pull_factor) and push.is_(*push_factor):
            return Named(name, GRADIENT_QUESTIONS[name])
    if pull.plain and _alike(pull, push) and abs(pull.constant - 1) > ODD:
        part = "the part of the examples" if shrink.is_(1) else "dW"
        question = f"Yours is right but for a factor of {pull.constant:.3g} in {part}: where does it come from?"
        return Named("factor", question)
    return None


def _alike(one: Factor, other: Factor) -> bool:
    """Whether two factors are the same, up to rounding."""
    return one.is_(other.constant, other.examples, other.classes) if other.constant else one.is_(0.0)


def _of_variant(variant: str, factors: list[Factor], questions: dict[str, str], pairs: str) -> Named | None:
    """Name a variant; the one of all pairs is seen differently in a loss and in a gradient."""
    form = EVERY_VARIANT[variant]
    if form.floor:
        name = "floor-in-log" if all(factor.is_(1) for factor in factors) else None
    else:
        name = pairs if form.pairs else VARIANT_NAMES[variant]
    if name is None or (name in EXACT and not all(factor.is_(1) for factor in factors)):
        return None
    return Named(name, questions[name])


def _of_penalty(kind: str, factor: Factor, questions: dict[str, str], part: str, measure: str) -> Named | None:
    """Name what is wrong with the regularization alone."""
    if factor.is_(0.0):
        return Named("no-reg", questions["no-reg"])
    if kind:
        name = PENALTY_NAMES[kind]
        return Named(name, questions[name]) if factor.plain else None
    for name, named in (
        ("half-reg", (0.5,)), ("double-reg", (2.0,)), ("reg-over-n", (1.0, -1, 0)), ("reg-sign", (-1.0,)),
        ("reg-over-n", (0.5, -1, 0)), ("reg-repeated", (1.0, 1, 0)), ("reg-repeated", (1.0, 0, 1)),
    ):  # fmt: skip
        if factor.is_(*named):
            return Named(name, questions[name])
    if factor.plain and abs(factor.constant - 1) > ODD:
        return Named("reg-factor", f"{part} is {factor.constant:.3g} times {measure}: where does the factor come from?")
    return None


def hint_for_loss(loss: Named | None, gradient: Named | None) -> Hint | None:
    """Ask about a mistake in the loss, which may be the gradient's too."""
    return _suffixed(loss, gradient, "-loss")


def hint_for_gradient(gradient: Named | None, loss: Named | None) -> Hint | None:
    """Ask about a mistake in the gradient, which may be the loss's too."""
    return _suffixed(gradient, loss, "-gradient")


def _suffixed(one: Named | None, other: Named | None, suffix: str) -> Hint | None:
    if one is None:
        return None
    alone = one.id in COMMON and (other is None or other.id != one.id)
    return Hint(one.id + suffix * alone, one.question)


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
    return Hint("floor-in-log", FLOOR)
