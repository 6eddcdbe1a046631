"""Writes engine/importing/fixtures/onnx/ and onnx-imports.json beside it: small ONNX models as scikit-learn and PyTorch users make them, with rows and
what Python's onnxruntime predicts for them.

    python bench/peers/record-onnx.py

Needs scikit-learn, skl2onnx, onnx and onnxruntime; the models of PyTorch are made where torch can be imported, else
those that are there are kept.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import skl2onnx
from skl2onnx import to_onnx
from skl2onnx.common.data_types import BooleanTensorType, FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

warnings.filterwarnings("ignore")
out = Path(__file__).resolve().parents[2] / "engine" / "importing" / "fixtures" / "onnx"
out.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(11)
rows_recorded = 40
cases = []


def save(name, model, feeds, columns, classes):
    """Records the model and what it answers to the first rows of its feeds."""
    (out / f"{name}.onnx").write_bytes(model if isinstance(model, bytes) else model.SerializeToString())
    session = onnxruntime.InferenceSession(str(out / f"{name}.onnx"))
    fixed = isinstance(session.get_inputs()[0].shape[0], int)
    few = {key: value[:rows_recorded] for key, value in feeds.items()}
    runs = (
        [session.run(None, {key: value[i : i + 1] for key, value in few.items()}) for i in range(rows_recorded)]
        if fixed
        else [session.run(None, few)]
    )
    last = runs[0][-1]
    if isinstance(last, list):
        expected = [list(map(float, one.values())) for one in last]
    else:
        expected = np.concatenate([run[-1] for run in runs]).astype("float64").reshape(rows_recorded, -1).tolist()
    labels = [run[0] for run in runs] if len(runs[0]) > 1 else []
    cases.append(
        {
            "name": name,
            "rows": rows_of(few, columns),
            "classes": classes,
            "expected": expected,
            "labels": np.concatenate(labels).ravel().tolist() if labels else None,
        }
    )


def plain(value):
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and np.isnan(value) else value


def rows_of(feeds, columns):
    if len(feeds) == 1:
        (matrix,) = feeds.values()
        return [dict(zip(columns, map(plain, row))) for row in matrix]
    names = list(feeds)
    return [{name: plain(feeds[name][i, 0]) for name in names} for i in range(rows_recorded)]


# A table of customers, one tensor per column.
n = 500
table = pd.DataFrame(
    {
        "tenure": random.integers(0, 73, n),
        "charges": random.normal(65, 25, n).astype("float32").round(2),
        "contract": random.choice(["month", "one year", "two years"], n, p=[0.6, 0.25, 0.15]),
        "partner": random.random(n) < 0.5,
    }
)
odds = 0.9 - 0.06 * table.tenure + 0.02 * (table.charges - 65) + 1.2 * (table.contract == "month") - 0.4 * table.partner
churned = random.random(n) < 1 / (1 + np.exp(-odds))
table.loc[random.random(n) < 0.1, "charges"] = np.nan
encode = make_column_transformer(
    (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["charges"]),
    (OneHotEncoder(handle_unknown="ignore"), ["contract"]),
    ("passthrough", ["tenure", "partner"]),
)
types = [
    ("tenure", Int64TensorType([None, 1])),
    ("charges", FloatTensorType([None, 1])),
    ("contract", StringTensorType([None, 1])),
    ("partner", BooleanTensorType([None, 1])),
]
customers = {
    "tenure": table[["tenure"]].to_numpy().astype("int64"),
    "charges": table[["charges"]].to_numpy().astype("float32"),
    "contract": table[["contract"]].to_numpy().astype(object),
    "partner": table[["partner"]].to_numpy().astype(bool),
}
logistic = make_pipeline(encode, LogisticRegression(max_iter=1000)).fit(table, np.where(churned, "leaves", "stays"))
save("logistic-maps", to_onnx(logistic, initial_types=types), customers, None, ["leaves", "stays"])
boosted = make_pipeline(encode, GradientBoostingClassifier(n_estimators=30, max_depth=3, random_state=1))
boosted.fit(table, churned.astype(int))
save(
    "boosted",
    to_onnx(boosted, initial_types=types, options={id(boosted): {"zipmap": False}}),
    customers,
    None,
    [0, 1],
)

# Measurements, one tensor of all columns.
names = ["length", "width", "depth", "weight"]
centers = random.normal(0, 2, (3, 4))
kind = random.integers(0, 3, n)
measured = (centers[kind] + random.normal(0, 1, (n, 4))).astype("float32")
labels = np.array(["finch", "robin", "wren"])[kind]
forest = RandomForestClassifier(n_estimators=20, max_depth=5, random_state=1).fit(measured, labels)
save("forest", to_onnx(forest, measured[:1], options={"zipmap": False}), {"X": measured}, names, ["finch", "robin", "wren"])
network = MLPClassifier((8,), max_iter=300, random_state=1).fit(measured, labels)
save("network", to_onnx(network, measured[:1], options={"zipmap": False}), {"X": measured}, names, ["finch", "robin", "wren"])

# Prices, with a category that has an order.
cuts = ["fair", "good", "ideal"]
stones = pd.DataFrame({"carat": random.gamma(2, 0.4, n).astype("float32"), "cut": random.choice(cuts, n)})
price = 4000 * stones.carat * (1 + 0.2 * stones.cut.map(cuts.index)) + random.normal(0, 100, n)
priced = make_pipeline(
    make_column_transformer((OrdinalEncoder(categories=[cuts]), ["cut"]), remainder="passthrough"),
    GradientBoostingRegressor(n_estimators=30, max_depth=3, random_state=1),
).fit(stones, price)
save(
    "price",
    to_onnx(priced, initial_types=[("carat", FloatTensorType([None, 1])), ("cut", StringTensorType([None, 1]))]),
    {"carat": stones[["carat"]].to_numpy(), "cut": stones[["cut"]].to_numpy().astype(object)},
    None,
    None,
)
holes = measured.copy()
holes[random.random(holes.shape) < 0.1] = np.nan
trees = GradientBoostingRegressor(n_estimators=10, max_depth=3, random_state=1).fit(measured, measured @ [1, 2, 3, 4])
save("never-missing", to_onnx(trees, measured[:1]), {"X": measured}, names, None)
# As of a library whose trees learned where missing values go.
tracking = to_onnx(trees, measured[:1])
(ensemble,) = [node for node in tracking.graph.node if node.op_type == "TreeEnsembleRegressor"]
nodes = next(len(one.ints) for one in ensemble.attribute if one.name == "nodes_nodeids")
for one in [one for one in ensemble.attribute if one.name == "nodes_missing_value_tracks_true"]:
    ensemble.attribute.remove(one)
ensemble.attribute.append(onnx.helper.make_attribute("nodes_missing_value_tracks_true", [i % 2 for i in range(nodes)]))
save("missing", tracking, {"X": holes}, names, None)

versions = {"skl2onnx": skl2onnx.__version__, "onnxruntime": onnxruntime.__version__}
try:
    import io

    import torch

    torch.manual_seed(3)

    def exported(model, batch, **more):
        file = io.BytesIO()
        shape = {"x": {0: "rows"}, "p": {0: "rows"}} if batch is None else None
        example = torch.zeros(batch or 1, 4)
        given = dict(input_names=["x"], output_names=["p"], dynamic_axes=shape, dynamo=False)
        torch.onnx.export(model, example, file, **given, **more)
        return file.getvalue()

    body = [torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 8), torch.nn.Tanh()]
    softmax = torch.nn.Sequential(*body, torch.nn.Linear(8, 3), torch.nn.Softmax(dim=1))
    save("torch-softmax", exported(softmax, None), {"x": measured}, names, None)
    sigmoid = torch.nn.Sequential(*body, torch.nn.Linear(8, 1), torch.nn.Sigmoid())
    save("torch-one-row", exported(sigmoid, 1), {"x": measured}, names, None)
    logits = torch.nn.Sequential(*body, torch.nn.Linear(8, 3))
    (out / "torch-logits.onnx").write_bytes(exported(logits, None))
    versions["torch"] = torch.__version__
except ImportError:
    before = json.loads((out.parent / "onnx-imports.json").read_text())
    cases += [case for case in before["cases"] if case["name"].startswith("torch")]
    versions["torch"] = before["torch"]

(out.parent / "onnx-imports.json").write_text(json.dumps({**versions, "cases": cases}) + "\n")
for path in sorted(out.iterdir()):
    print(path.name, path.stat().st_size)
