"""Records XGBoost's models, predictions and training for the tests of boosted trees, and checks ours in XGBoost.

Run from the repository's root, with xgboost installed:
    python bench/peers/record-gbdt.py > shared/models/gbdt/fixtures/xgboost-models.json
    python bench/peers/record-gbdt.py training > engine/training/gbdt/fixtures/xgboost-training.json
With a model.json of ours and rows as JSON lists (null where missing), prints XGBoost's predictions of it:
    python bench/peers/record-gbdt.py model.json rows.json
"""

import json
import sys

import numpy as np
import xgboost as xgb


def plain(rows):
    return [[None if np.isnan(value) else float(value) for value in row] for row in rows]


def predict(path_of_model, path_of_rows):
    booster = xgb.Booster(model_file=path_of_model)
    with open(path_of_rows) as file:
        rows = np.array(json.load(file), dtype=np.float32)
    matrix = xgb.DMatrix(rows, feature_types=booster.feature_types, enable_categorical=True)
    print(json.dumps(booster.predict(matrix, validate_features=False).tolist()))


def record():
    random = np.random.default_rng(5)
    x = random.normal(size=(400, 4)).astype(np.float32)
    x[:, 1] = np.round(x[:, 1])
    x[random.random(x.shape) < 0.15] = np.nan
    # A column without missing values: only later rows miss it.
    x[:, 3] = random.integers(0, 2, 400)
    filled = np.nan_to_num(x, nan=1.5)
    signal = filled[:, 0] * 2 + filled[:, 1] * filled[:, 3] + random.normal(size=400) * 0.3
    classes = np.digitize(signal, [-1, 1])
    held = x[:60].copy()
    held[::7, 3] = np.nan
    cases = [
        ("binary", {"objective": "binary:logistic"}, signal > 0),
        ("multiclass", {"objective": "multi:softprob", "num_class": 3}, classes),
        ("squared error", {"objective": "reg:squarederror"}, signal * 1000 + 5000),
        ("absolute error", {"objective": "reg:absoluteerror"}, signal),
        ("Poisson", {"objective": "count:poisson"}, random.poisson(np.exp(signal / 3))),
        ("quantile", {"objective": "reg:quantileerror", "quantile_alpha": 0.8}, signal),
        ("leaf-wise", {"objective": "reg:squarederror", "grow_policy": "lossguide", "max_leaves": 9, "max_depth": 0}, signal),
        ("pruned by gamma", {"objective": "reg:squarederror", "gamma": 20}, signal),
        ("a forest per round", {"objective": "binary:logistic", "num_parallel_tree": 2, "subsample": 0.5}, signal > 0),
    ]
    coded, coded_held = categorical_rows(random, 400)
    worth = np.sin(np.nan_to_num(coded[:, 0]) * 3) + (coded[:, 1] == 1) * 2 + np.cos(coded[:, 3] * 2) * 2
    worth = worth + random.normal(size=len(coded)) * 0.3
    cases = [(*case, x, held, None) for case in cases] + [
        ("categories, squared error", {"objective": "reg:squarederror"}, worth, coded, coded_held, CODED),
        ("categories, multiclass", {"objective": "multi:softprob", "num_class": 3}, np.digitize(worth, [-1, 1]),
         coded, coded_held, CODED),
    ]
    found = []
    for name, parameters, target, data, later, types in cases:
        parameters = {"max_depth": 3, "eta": 0.3, "seed": 1, "nthread": 1, **parameters}
        matrix = xgb.DMatrix(data, np.asarray(target, dtype=np.float32), feature_types=types, enable_categorical=True)
        booster = xgb.train(parameters, matrix, 6)
        later_matrix = xgb.DMatrix(later, feature_types=types, enable_categorical=True)
        expected = booster.predict(later_matrix).reshape(len(later), -1)
        # Per row and output one value per feature and the base.
        explained = xgb.DMatrix(later[:15], feature_types=types, enable_categorical=True)
        contributions = booster.predict(explained, pred_contribs=True).reshape(15, -1)
        scores = {kind: booster.get_score(importance_type=kind) for kind in ["weight", "total_gain", "total_cover"]}
        found.append({
            "name": name, "rows": plain(later), "model": bytes(booster.save_raw("json")).decode(),
            "expected": rounded(expected), "contributions": rounded(contributions), "importance": scores,
        })
    print(json.dumps({"xgboost": xgb.__version__, "models": found}))


CODED = ["c", "c", "q", "c"]


def categorical_rows(random, n):
    """Few enough categories for one-hot splits, more for sets of them, and more than fit a word of bits."""
    x = np.column_stack([random.integers(0, 8, n), random.integers(0, 3, n), random.normal(size=n).round(2),
                         random.integers(0, 40, n)]).astype(np.float32)
    x[random.random(n) < 0.1, 0] = np.nan
    held = x[:60].copy()
    held[::5, 3] = np.nan
    # Categories that training has not seen.
    held[1::9, 3] = 41
    held[2::9, 0] = 77
    return x, held


def rounded(values):
    return [[float(f"{value:.9g}") for value in row] for row in values.astype(float)]


def record_training():
    """Few distinct values, so that bins hold one value each and the best splits are the same whatever the sketch."""
    random = np.random.default_rng(9)
    n = 500
    x = np.column_stack([random.integers(0, 30, n), random.integers(0, 12, n), random.integers(0, 2, n)])
    x = x.astype(np.float32)
    x[random.random(n) < 0.2, 0] = np.nan
    filled = np.nan_to_num(x, nan=25)
    signal = np.sin(filled[:, 0] / 5) * 2 + filled[:, 1] / 6 * filled[:, 2] + random.normal(size=n) * 0.5
    cases = [
        ("squared error", "reg:squarederror", {}, signal * 100),
        ("binary", "binary:logistic", {}, (signal > 1).astype(int)),
        ("Poisson", "count:poisson", {}, random.poisson(np.exp(signal / 2))),
        ("multiclass", "multi:softprob", {"num_class": 3}, np.digitize(signal, [0, 1.5])),
        ("l1, l2 and min child weight", "reg:squarederror",
         {"alpha": 30, "lambda": 5, "min_child_weight": 12}, signal * 100),
        ("leaf-wise", "reg:squarederror", {"grow_policy": "lossguide", "max_leaves": 7, "max_depth": 0}, signal * 100),
        ("absolute error", "reg:absoluteerror", {}, signal),
        ("quantile", "reg:quantileerror", {"quantile_alpha": 0.8}, signal),
    ]
    # None is 0: splits beside a value that weighs nothing would be ties, which each settles in its own way.
    weights = np.round(random.uniform(0.2, 3, n), 3)
    cases = [(*case, False) for case in cases] + [
        (f"{case[0]}, weighted", *case[1:], True) for case in cases if case[2].keys() <= {"num_class", "quantile_alpha"}
    ]
    monotone = {"monotone_constraints": "(-1,1,0)"}
    coded = {"feature_types": ["c", "c", "q"]}
    cases += [
        ("monotone", "reg:squarederror", monotone, signal * 100, False),
        ("monotone, binary", "binary:logistic", monotone, (signal > 1).astype(int), True),
        ("categories", "reg:squarederror", coded, signal * 100, False),
        ("categories, binary", "binary:logistic", {**coded, "max_cat_to_onehot": 20}, (signal > 1).astype(int), True),
    ]
    found = []
    for name, objective, extra, target, weighted in cases:
        target = np.round(np.asarray(target, dtype=float), 4)
        parameters = {"objective": objective, "max_depth": 4, "eta": 0.3, "nthread": 1, **extra}
        types = extra.get("feature_types")
        weight = weights if weighted else None
        data = xgb.DMatrix(x, target, weight=weight, feature_types=types, enable_categorical=True)
        booster = xgb.train({key: value for key, value in parameters.items() if key != "feature_types"}, data, 5)
        expected = booster.predict(data).reshape(n, -1)
        found.append({"name": name, "parameters": parameters, "weighted": weighted, "target": target.tolist(),
                      "expected": [[round(float(value), 6) for value in row] for row in expected]})
    print(json.dumps({"xgboost": xgb.__version__, "rows": plain(x), "weights": weights.tolist(), "cases": found}))


if sys.argv[1:] == ["training"]:
    record_training()
elif len(sys.argv) == 3:
    predict(sys.argv[1], sys.argv[2])
else:
    record()
