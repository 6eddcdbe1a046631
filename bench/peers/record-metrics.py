"""Records scikit-learn's metrics for shared/metrics/metrics.test.ts.

Run from the repository's root, with scikit-learn installed:
    python bench/peers/record-metrics.py > shared/metrics/fixtures/sklearn-metrics.json
"""

import json
import math
import warnings

import numpy as np
import sklearn
from sklearn import metrics as m

warnings.simplefilter("ignore")
random = np.random.default_rng(11)


def binary(name, actual, scores):
    actual, scores = np.asarray(actual), np.asarray(scores, dtype=float)
    predicted = (scores >= 0.5).astype(int)
    expected = {
        "logLoss": m.log_loss(actual, scores, labels=[0, 1]),
        "accuracy": m.accuracy_score(actual, predicted),
        "precision": m.precision_score(actual, predicted, zero_division=0),
        "recall": m.recall_score(actual, predicted, zero_division=0),
        "f1": m.f1_score(actual, predicted, zero_division=0),
    }
    if len(set(actual.tolist())) == 2:
        expected["auc"] = m.roc_auc_score(actual, scores)
    return {"name": name, "actual": actual.tolist(), "scores": scores.tolist(), "expected": expected}


def multiclass(name, actual, probabilities):
    actual, probabilities = np.asarray(actual), np.asarray(probabilities, dtype=float)
    predicted = probabilities.argmax(axis=1)
    classes = probabilities.shape[1]
    return {
        "name": name,
        "actual": actual.tolist(),
        "probabilities": probabilities.tolist(),
        "expected": {
            "accuracy": m.accuracy_score(actual, predicted),
            "macroF1": m.f1_score(actual, predicted, average="macro", zero_division=0),
            "logLoss": m.log_loss(actual, probabilities, labels=list(range(classes))),
        },
    }


def regression(name, actual, predicted):
    return {
        "name": name,
        "actual": list(map(float, actual)),
        "predicted": list(map(float, predicted)),
        "expected": {
            "rmse": math.sqrt(m.mean_squared_error(actual, predicted)),
            "mae": m.mean_absolute_error(actual, predicted),
            "r2": m.r2_score(actual, predicted),
        },
    }


labels = random.integers(0, 2, 120)
blurred = np.clip(labels * 0.3 + random.random(120) * 0.7, 0, 1)
softmax = random.dirichlet([0.7, 0.7, 0.7, 0.7], 90)
target = random.normal(50, 20, 80)

fixture = {
    "sklearn": sklearn.__version__,
    "binary": [
        binary("overlapping scores", labels, blurred),
        binary("many ties", labels, np.round(blurred, 1)),
        binary("every score the same", [0, 1, 1, 0, 1], [0.5] * 5),
        binary("certain and wrong", [0, 1, 0, 1], [1, 0, 0, 1]),
        binary("nothing predicted positive", [0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4]),
        binary("one class only", [1, 1, 1], [0.2, 0.7, 0.9]),
        binary("perfect", [0, 0, 1, 1], [0, 0.2, 0.8, 1]),
    ],
    "multiclass": [
        multiclass("four classes", random.integers(0, 4, 90), softmax),
        multiclass("a class that never occurs", random.integers(0, 2, 40), random.dirichlet([2, 2, 0.05], 40)),
        multiclass("certain and wrong", [0, 1, 2], [[0, 1, 0], [0, 1, 0], [0, 0, 1]]),
    ],
    "regression": [
        regression("noisy", target, target + random.normal(0, 5, 80)),
        regression("worse than the mean", [1, 2, 3], [3, 2, 1]),
        regression("constant target", [4, 4, 4], [4, 5, 4]),
        regression("constant target, exact", [4, 4, 4], [4, 4, 4]),
    ],
}
print(json.dumps(fixture))
