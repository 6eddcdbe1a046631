"""Records what scikit-learn, SciPy and NumPy say of evaluation for shared/evaluation/*.test.ts.

Run from the repository's root, with scikit-learn and SciPy installed:
    python bench/peers/record-evaluation.py > shared/evaluation/fixtures/sklearn-evaluation.json
"""

import json
import warnings

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics as m
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.calibration import calibration_curve
from sklearn.inspection import partial_dependence, permutation_importance

warnings.simplefilter("ignore")
random = np.random.default_rng(23)


def plain(value):
    return np.asarray(value, dtype=float).tolist()


def calibration(actual, scores, strategy, bins):
    true, predicted = calibration_curve(actual, scores, n_bins=bins, strategy=strategy)
    if strategy == "uniform":
        edges = np.linspace(0, 1, bins + 1)
    else:
        edges = np.percentile(scores, np.linspace(0, 1, bins + 1) * 100)
    counts = np.bincount(np.searchsorted(edges[1:-1], scores), minlength=bins)
    counts = counts[counts > 0]
    error = float(np.sum(counts * np.abs(true - predicted)) / len(scores))
    return {"strategy": strategy, "bins": bins, "actual": plain(true), "predicted": plain(predicted),
            "rows": counts.tolist(), "error": error}


def binary(name, actual, scores):
    actual, scores = np.asarray(actual), np.asarray(scores, dtype=float)
    fpr, tpr, thresholds = m.roc_curve(actual, scores, drop_intermediate=False)
    precision, recall, pr_thresholds = m.precision_recall_curve(actual, scores)
    order = np.argsort(-scores, kind="stable")
    ends = [i for i in range(len(order)) if i + 1 == len(order) or scores[order[i + 1]] < scores[order[i]]]
    gain = [float(actual[order[: e + 1]].sum() / actual.sum()) for e in ends]
    share = [(e + 1) / len(order) for e in ends]
    return {
        "name": name,
        "actual": actual.tolist(),
        "scores": scores.tolist(),
        "roc": {"falsePositiveRate": plain(fpr[1:]), "truePositiveRate": plain(tpr[1:]), "thresholds": plain(thresholds[1:])},
        "auc": m.roc_auc_score(actual, scores),
        "precisionRecall": {"precision": plain(precision), "recall": plain(recall), "thresholds": plain(pr_thresholds)},
        "averagePrecision": m.average_precision_score(actual, scores),
        "brier": m.brier_score_loss(actual, scores),
        "confusion": [
            {"threshold": float(t), "matrix": m.confusion_matrix(actual, scores >= t, labels=[0, 1]).tolist()}
            for t in (0.2, 0.5, 0.8)
        ],
        "gain": {"share": share, "gain": gain},
        "calibration": [calibration(actual, scores, s, b) for s in ("uniform", "quantile") for b in (5, 10)],
    }


class Linear(RegressorMixin, BaseEstimator):
    """A model whose predictions are given: a weighted sum with one product in it."""

    def fit(self, x, y):
        self.n_features_in_ = x.shape[1]
        return self

    def __sklearn_is_fitted__(self):
        return True

    def predict(self, x):
        return 2 * x[:, 0] - x[:, 1] + 0.5 * x[:, 0] * x[:, 2]


class Logistic(ClassifierMixin, BaseEstimator):
    def fit(self, x, y):
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = x.shape[1]
        return self

    def __sklearn_is_fitted__(self):
        return True

    def predict_proba(self, x):
        p = 1 / (1 + np.exp(-(2 * x[:, 0] - x[:, 1] + 0.5 * x[:, 0] * x[:, 2])))
        return np.stack([1 - p, p], axis=1)

    def predict(self, x):
        return (self.predict_proba(x)[:, 1] >= 0.5).astype(int)


def permutation(estimator, x, y, scoring, repeats=4, seed=5):
    result = permutation_importance(estimator, x, y, scoring=scoring, n_repeats=repeats, random_state=seed)
    # The shuffles scikit-learn drew: one seed for all columns, then each repeat shuffles what the one before left.
    first = np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1)
    draw = np.random.RandomState(first)
    indexes = np.arange(len(y))
    shuffles, left = [], np.arange(len(y))
    for _ in range(repeats):
        draw.shuffle(indexes)
        left = left[indexes]
        shuffles.append(left.tolist())
    return {"scoring": scoring, "shuffles": shuffles, "importances": result.importances.tolist(),
            "mean": plain(result.importances_mean), "sd": plain(result.importances_std)}


def dependence(estimator, x, column, **arguments):
    result = partial_dependence(estimator, x, [column], method="brute", kind="both", **arguments)
    return {"column": column, "grid": plain(result["grid_values"][0]), "average": plain(result["average"][0]),
            "individual": plain(result["individual"][0])}


labels = random.integers(0, 2, 90)
blurred = np.clip(labels * 0.3 + random.random(90) * 0.7, 0, 1)
inputs = np.round(random.normal(0, 1, (60, 3)), 3)
inputs[:, 2] = random.integers(0, 4, 60)
linear = Linear().fit(inputs, None)
noisy = linear.predict(inputs) + random.normal(0, 0.5, 60)
classes = (random.random(60) < Logistic().fit(inputs, None).predict_proba(inputs)[:, 1]).astype(int)
logistic = Logistic().fit(inputs, classes)

sample = np.round(random.gamma(2, 3, 80), 4)
second = np.round(sample + random.normal(0.3, 1, 80), 4)
target = np.round(random.normal(50, 20, 80), 3)
guess = np.round(target + random.normal(1, 6, 80), 3)


def interval(data, statistic, paired=False):
    result = stats.bootstrap(data, statistic, paired=paired, vectorized=False, n_resamples=9999,
                             method="percentile", confidence_level=0.95, random_state=3)
    return {"low": float(result.confidence_interval.low), "high": float(result.confidence_interval.high)}


pooled = (labels, blurred)
rmse = lambda a, b: float(np.sqrt(np.mean((a - b) ** 2)))
quantile_points = [0, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 1]

print(json.dumps({
    "sklearn": sklearn.__version__,
    "scipy": scipy.__version__,
    "binary": [
        binary("overlapping scores", labels, blurred),
        binary("many ties", labels, np.round(blurred, 1)),
        binary("every score the same", [0, 1, 1, 0, 1], [0.5] * 5),
        binary("perfect", [0, 0, 1, 1], [0, 0.2, 0.8, 1]),
    ],
    "inputs": inputs.tolist(),
    "regression": {"actual": plain(noisy), "importance": permutation(linear, inputs, noisy, "neg_root_mean_squared_error"),
                   "dependence": [dependence(linear, inputs, 0, grid_resolution=9), dependence(linear, inputs, 2)]},
    "classification": {"actual": classes.tolist(), "importance": permutation(logistic, inputs, classes, "roc_auc"),
                       "dependence": [dependence(logistic, inputs, 1, grid_resolution=7)]},
    "bootstrap": {
        "actual": labels.tolist(), "scores": plain(blurred),
        "auc": interval(pooled, lambda a, s: m.roc_auc_score(a, s), paired=True),
        "accuracy": interval(pooled, lambda a, s: float(np.mean(a == (s >= 0.5))), paired=True),
        "logLoss": interval(pooled, lambda a, s: m.log_loss(a, s, labels=[0, 1]), paired=True),
        "target": plain(target), "guess": plain(guess),
        "rmse": interval((target, guess), rmse, paired=True),
        "r2": interval((target, guess), lambda a, b: m.r2_score(a, b), paired=True),
        "other": plain(second[:80] - sample + guess),
        "rmseDifference": interval((target, guess, second - sample + guess),
                                   lambda a, b, c: rmse(a, c) - rmse(a, b), paired=True),
    },
    "quantiles": {"values": plain(sample), "at": quantile_points, "expected": plain(np.quantile(sample, quantile_points))},
}))
