"""Records scikit-learn's transforms for shared/features/compile-pipeline.test.ts and engine/training/fit-column.test.ts.

Run from the repository's root, with scikit-learn and pandas installed:
    python bench/peers/record-encoders.py > shared/features/fixtures/sklearn-encoders.json
"""

import json

import numpy as np
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler

random = np.random.default_rng(5)


def column(values):
    return np.asarray(values, dtype=float).reshape(-1, 1)


def text(values):
    return np.asarray(values, dtype=object).reshape(-1, 1)


def listed(values):
    return [None if v is None or (isinstance(v, float) and np.isnan(v)) else v for v in values]


train = [float(v) for v in np.round(random.gamma(2, 30, 60), 3)]
for i in range(0, 60, 7):
    train[i] = float("nan")
apply = [0.0, 12.5, float("nan"), -40.0, 1e6, 33.25]

numeric = []
scalers = {"standard": StandardScaler, "minmax": MinMaxScaler, "none": None}
for impute in ["mean", "median", "constant"]:
    for scale, scaler in scalers.items():
        imputer = SimpleImputer(strategy=impute, fill_value=-1.0 if impute == "constant" else None)
        steps = make_pipeline(imputer, scaler()) if scaler else make_pipeline(imputer)
        steps.fit(column(train))
        numeric.append(
            {
                "impute": impute,
                "scale": scale,
                "fill": float(steps[0].statistics_[0]),
                "expected": steps.transform(column(apply)).ravel().tolist(),
            }
        )
constant = make_pipeline(SimpleImputer(), StandardScaler()).fit(column([3.5] * 12))

cities = ["Oslo", "Bergen", "Oslo", "001", "1", "Ålesund", "Bergen", "oslo", "Oslo", "1", "001", ""]
seen = ["Oslo", "1", "001", "Paris", "", "Ålesund"]
onehot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(text(cities))
ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
ordinal.fit(text([*cities, np.nan]))

print(
    json.dumps(
        {
            "sklearn": sklearn.__version__,
            "numeric": {"train": listed(train), "apply": listed(apply), "cases": numeric},
            "constantColumn": {"train": [3.5] * 12, "apply": [3.5, 4.5], "expected": constant.transform(column([3.5, 4.5])).ravel().tolist()},
            "onehot": {
                "train": cities,
                "categories": onehot.categories_[0].tolist(),
                "apply": seen,
                "expected": onehot.transform(text(seen)).tolist(),
            },
            "ordinal": {
                "categories": [c for c in ordinal.categories_[0].tolist() if isinstance(c, str)],
                "apply": [*seen, None],
                "expected": ordinal.transform(text([*seen, np.nan])).ravel().tolist(),
            },
        }
    )
)
