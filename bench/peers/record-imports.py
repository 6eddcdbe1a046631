"""Records XGBoost models as Python users save them, with rows and predictions, for the tests of importing.

Run from the repository's root, with xgboost and pandas installed:
    python bench/peers/record-imports.py > engine/importing/fixtures/xgboost-imports.json
"""

import json
import tempfile

import numpy as np
import pandas as pd
import xgboost as xgb


def saved(model):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        model.save_model(file.name)
        with open(file.name) as written:
            return written.read()


def plain(frame):
    rows = json.loads(frame.to_json(orient="records", double_precision=15))
    return rows


def record():
    random = np.random.default_rng(11)
    n = 300
    contract = pd.Categorical(random.choice(["month", "year", "two-year"], n))
    contract[random.random(n) < 0.1] = np.nan
    frame = pd.DataFrame({
        "charges": np.where(random.random(n) < 0.1, np.nan, random.normal(60, 20, n)),
        "contract": contract,
        "partner": random.random(n) < 0.5,
        "tenure": random.integers(0, 72, n),
        "plan": pd.Categorical(random.choice([10, 20, 30], n)),
    })
    signal = frame["charges"].fillna(50) / 20 + (frame["contract"] == "month") * 2 - frame["tenure"] / 30
    signal = signal + (frame["plan"].astype(int) == 20) * 1.5 + frame["partner"] * 0.5 + random.normal(size=n) * 0.3
    held = frame.iloc[:40]
    settings = {"n_estimators": 5, "max_depth": 3, "enable_categorical": True, "max_cat_to_onehot": 1}
    cases = []

    binary = xgb.XGBClassifier(**settings).fit(frame, signal > 3)
    cases.append({"name": "named columns with categories", "model": saved(binary), "rows": plain(held),
                  "expected": binary.predict_proba(held).tolist()})
    several = xgb.XGBClassifier(**settings).fit(frame, np.digitize(signal, [2, 4]))
    cases.append({"name": "three classes", "model": saved(several), "rows": plain(held),
                  "expected": several.predict_proba(held).tolist()})
    matrix = frame[["charges", "tenure"]].to_numpy(dtype=np.float32)
    number = xgb.train({"max_depth": 3, "objective": "reg:squarederror"}, xgb.DMatrix(matrix, signal), 5)
    unnamed = [{"f0": None if np.isnan(a) else float(a), "f1": float(b)} for a, b in matrix[:40]]
    cases.append({"name": "a number, columns without names", "model": saved(number), "rows": unnamed,
                  "expected": number.predict(xgb.DMatrix(matrix[:40])).tolist()})
    print(json.dumps({"xgboost": xgb.__version__, "cases": cases}))


record()
