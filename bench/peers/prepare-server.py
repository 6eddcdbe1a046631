"""Trains the model that a peer of bench/servers.ts serves and saves it as that peer wants it; prints one line of JSON.

    python bench/peers/prepare-server.py peer kind telco_churn.csv folder

with peer "fastapi", "mlflow", "bentoml" or "mlserver", and kind "gbdt" or "logistic". The folder holds model.joblib,
and what the peer wants beside it. `bytes` counts the files of the peer's package and of all packages it requires,
with the model; `runtimeBytes` those of Python and its standard library.
"""

import importlib.metadata as metadata
import json
import os
import re
import sys
import sysconfig

os.environ["OMP_NUM_THREADS"] = "1"

import joblib
import pandas as pd
import sklearn
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

peer, kind, csv, folder = sys.argv[1:5]
packages = {
    "fastapi": ["fastapi", "uvicorn"],
    "mlflow": ["mlflow"],
    "bentoml": ["bentoml"],
    "mlserver": ["mlserver", "mlserver-sklearn"],
}[peer] + ["scikit-learn", "pandas"]

frame = pd.read_csv(csv)
inputs, target = frame.drop(columns="churn"), frame["churn"]
words = [name for name in inputs if not pd.api.types.is_numeric_dtype(inputs[name])]
numbers = [name for name in inputs if name not in words]
if kind == "gbdt":
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer((encoder, words), ("passthrough", numbers))
    trees = HistGradientBoostingClassifier(max_iter=100, max_depth=6, learning_rate=0.1, max_leaf_nodes=None,
                                           early_stopping=False, categorical_features=list(range(len(words))))
    pipeline = make_pipeline(columns, trees)
else:
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), words), (scaled, numbers))
    pipeline = make_pipeline(columns, LogisticRegression(max_iter=1000))
train_x, test_x, train_y, test_y = train_test_split(inputs, target, test_size=0.25, stratify=target, random_state=7)
pipeline.fit(train_x, train_y)
auc = roc_auc_score(test_y == "Yes", pipeline.predict_proba(test_x)[:, 1])

os.makedirs(folder, exist_ok=True)
model_file = os.path.join(folder, "model.joblib")
joblib.dump(pipeline, model_file)
with open(os.path.join(folder, "columns.json"), "w") as file:
    json.dump({name: "str" if name in words else "float" for name in inputs}, file)
if peer == "mlflow":
    import mlflow

    mlflow.sklearn.save_model(pipeline, os.path.join(folder, "mlflow"), pyfunc_predict_fn="predict_proba",
                              serialization_format="cloudpickle",
                              signature=mlflow.models.infer_signature(train_x, pipeline.predict_proba(train_x)))
if peer == "mlserver":
    settings = {"name": "churn", "implementation": "mlserver_sklearn.SKLearnModel",
                "parameters": {"uri": model_file, "version": "1"}}
    with open(os.path.join(folder, "model-settings.json"), "w") as file:
        json.dump(settings, file)


def bytes_of_packages(names):
    seen, total = set(), 0
    waiting = [(name, set()) for name in names]
    while waiting:
        name, extras = waiting.pop()
        key = (re.sub(r"[-_.]+", "-", name).lower(), frozenset(extras))
        if key in seen:
            continue
        known = any(other[0] == key[0] for other in seen)
        seen.add(key)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # Required on another platform or by an extra that is not installed.
        if not known:
            for file in distribution.files or []:
                path = distribution.locate_file(file)
                total += os.path.getsize(path) if os.path.isfile(path) else 0
        for requirement in distribution.requires or []:
            match = re.match(r"([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?", requirement)
            wanted = re.search(r"extra\s*==\s*['\"]([^'\"]+)", requirement)
            if wanted and wanted.group(1) not in extras:
                continue
            waiting.append((match.group(1), set((match.group(2) or "").replace(" ", "").split(",")) - {""}))
    return total


def bytes_of_folder(root, without=()):
    total = 0
    for path, names, files in os.walk(root):
        names[:] = [name for name in names if name not in without]
        total += sum(os.path.getsize(os.path.join(path, file)) for file in files
                     if os.path.isfile(os.path.join(path, file)))
    return total


runtime = bytes_of_folder(sysconfig.get_path("stdlib"), ("site-packages", "dist-packages", "test", "__pycache__"))
print(json.dumps({
    "versions": {name: metadata.version(name) for name in packages},
    "python": sys.version.split()[0],
    "auc": auc,
    "bytes": bytes_of_packages(packages) + bytes_of_folder(folder),
    "runtimeBytes": runtime + os.path.getsize(os.path.realpath(sys.executable)),
}))
