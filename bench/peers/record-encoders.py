"""Records scikit-learn's transforms for shared/features/compile-pipeline.test.ts and engine/training/features/*.test.ts.

Run from the repository's root, with scikit-learn and pandas installed:
    python bench/peers/record-encoders.py > shared/features/fixtures/sklearn-encoders.json
"""

import json

import numpy as np
import pandas as pd
import sklearn
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)

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

# One case per encoder: fitted on `train` by the column's spec, applied to `apply`; `trained` are out-of-fold encodings.
cases = []


def case(name, type, spec, train_values, apply_values, expected, **more):
    rows = np.asarray(expected, dtype=float)
    rows = rows.reshape(len(apply_values), -1)
    cases.append(
        {
            "name": name,
            "type": type,
            "spec": spec,
            "train": listed(train_values),
            "apply": listed(apply_values),
            "expected": [[None if np.isnan(v) else float(v) for v in row] for row in rows],
            **more,
        }
    )


def scaled(name, spec, *steps, values=train, applied=apply):
    steps = make_pipeline(*steps).fit(column(values))
    case(name, "numeric", spec, values, applied, steps.transform(column(applied)))


median = SimpleImputer(strategy="median")
modes = [3.0, 3.0, 5.0, 5.0, 1.0, float("nan"), 2.0, 8.0, 5.0, 3.0]
scaled("most frequent", {"impute": "mostFrequent", "scale": "none"}, SimpleImputer(strategy="most_frequent"), values=modes, applied=[1.0, float("nan")])
scaled("robust", {"scale": "robust"}, median, RobustScaler())
scaled("quantile, uniform", {"scale": "quantile"}, median, QuantileTransformer(n_quantiles=60))
scaled(
    "quantile, normal",
    {"scale": "quantile", "distribution": "normal"},
    median,
    QuantileTransformer(n_quantiles=60, output_distribution="normal"),
)
positive = [0.0, 12.5, float("nan"), -0.5, 1e6, 33.25]
scaled("log1p", {"scale": "log1p"}, median, FunctionTransformer(np.log1p), applied=positive)
scaled("Yeo-Johnson", {"scale": "yeoJohnson"}, median, PowerTransformer(), applied=[0.0, 12.5, float("nan"), -4.0, 900.0])
both_signs = [v - 40.0 for v in train]
scaled("Yeo-Johnson of either sign", {"scale": "yeoJohnson"}, median, PowerTransformer(), values=both_signs, applied=[0.0, 12.5, -30.0, 90.0])
scaled("missing indicator", {"scale": "none", "missingIndicator": True}, SimpleImputer(strategy="median", add_indicator=True))
bins = {"n_bins": 4, "quantile_method": "linear"}
scaled("quantile bins", {"bins": 4}, median, KBinsDiscretizer(encode="onehot-dense", strategy="quantile", **bins))
scaled("uniform bins", {"bins": {"count": 4, "strategy": "uniform", "encode": "ordinal"}}, median, KBinsDiscretizer(encode="ordinal", strategy="uniform", n_bins=4))

towns = ["Oslo", "Bergen", "Oslo", "Bodø", "Hamar", "Ålesund", "Bergen", "Oslo", "Oslo", "Bodø", "Voss", "Bergen"] * 2 + ["Moss"]
asked = ["Oslo", "Voss", "Paris", "Bodø", "Moss"]
for name, least in [("one-hot from 4 rows on", 4), ("one-hot from a share on", 0.2)]:
    encoder = OneHotEncoder(min_frequency=least, handle_unknown="infrequent_if_exist", sparse_output=False).fit(text(towns))
    case(name, "categorical", {"minFrequency": least}, towns, asked, encoder.transform(text(asked)))
sizes = ["small", "large", "middle", "small", "large", "middle"] * 2
ordered = OrdinalEncoder(categories=[["small", "middle", "large"]], handle_unknown="use_encoded_value", unknown_value=-1).fit(text(sizes))
case("ordinal in a given order", "categorical", {"type": "ordinal", "order": ["small", "middle", "large"]}, sizes, ["large", "small", "huge"], ordered.transform(text(["large", "small", "huge"])))
hashed = FeatureHasher(n_features=8, input_type="string")
case("hashing", "categorical", {"encode": "hashing", "width": 8}, towns, asked, hashed.transform([[v] for v in asked]).toarray())
shares = pd.Series(towns).value_counts(normalize=True)
case("frequency", "categorical", {"encode": "frequency"}, towns, asked, [shares.get(v, 0.0) for v in asked])

gappy = [None if i % 11 == 3 else v for i, v in enumerate(towns)]
targets = {
    "binary": ([int(v) for v in random.integers(0, 2, len(towns))], []),
    "regression": ([float(v) for v in np.round(random.normal(100, 20, len(towns)), 2)], []),
    "multiclass": ([i % 3 for i in range(len(towns))], ["a", "b", "c"]),
}
kinds = {"binary": "binary", "regression": "continuous", "multiclass": "multiclass"}
for task, (y, classes) in targets.items():
    values, y = text(gappy), np.asarray(y)

    def fitted(keep):
        return TargetEncoder(target_type=kinds[task]).fit(values[keep], y[keep])

    all_rows = np.arange(len(y)) >= 0
    known = [*asked, None]
    trained = []
    for i in range(len(y)):
        others = np.arange(len(y)) % 5 != i % 5
        trained.append(fitted(others).transform(values[i : i + 1])[0].tolist())
    case(f"target, {task}", "categorical", {"encode": "target"}, gappy, known, fitted(all_rows).transform(text(known)), task=task, target=y.tolist(), classes=classes, trained=trained)

moments = ["2023-12-31T23:59:59.000Z", "2024-02-29T00:00:00.000Z", "1969-07-20T20:17:40.000Z", "2000-03-01T12:30:15.000Z", "2024-12-30T05:06:07.000Z"]
times = pd.to_datetime(pd.Series(moments))
parts = ["year", "quarter", "month", "day", "dayOfYear", "weekday", "hour", "minute", "second", "epoch"]
fields = [times.dt.year, times.dt.quarter, times.dt.month, times.dt.day, times.dt.dayofyear, times.dt.dayofweek, times.dt.hour, times.dt.minute, times.dt.second, (times - pd.Timestamp("1970-01-01", tz="UTC")).dt.total_seconds()]
case("timestamp parts", "timestamp", {"parts": parts, "cyclical": False}, moments, moments, np.column_stack(fields))
pairs = []
for values, first, length in [(times.dt.month, 1, 12), (times.dt.weekday, 0, 7), (times.dt.hour, 0, 24)]:
    angle = 2 * np.pi * (values - first) / length
    pairs += [np.sin(angle), np.cos(angle)]
case("cyclical pairs", "timestamp", {"parts": ["month", "weekday", "hour"], "cyclical": True}, moments, moments, np.column_stack(pairs))

notes = ["The red fox, the RED fox!", "a b c", "Ålesund is größer than 東京 or Oslo", "fox and hound and fox", "", "don't stop_me now 42"]
new_notes = ["the fox said: größer", "", "unheard of words", "RED red rEd"]
words = make_pipeline(HashingVectorizer(n_features=16, norm=None, alternate_sign=False), TfidfTransformer()).fit(notes)
case("text", "text", {"width": 16}, notes, new_notes, words.transform(new_notes).toarray())

print(
    json.dumps(
        {
            "sklearn": sklearn.__version__,
            "cases": cases,
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
