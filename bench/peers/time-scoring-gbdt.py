"""Times scikit-learn and XGBoost on the rows and model that bench/scoring.ts wrote; prints one JSON document.

    python bench/peers/time-scoring-gbdt.py folder width
"""

import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import xgboost
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPRegressor

folder, width = sys.argv[1], int(sys.argv[2])
inputs = np.fromfile(os.path.join(folder, "inputs.f32"), dtype=np.float32).reshape(-1, width)
target = inputs.sum(axis=1)
booster = xgboost.Booster({"nthread": 1}, model_file=os.path.join(folder, "model.json"))
predictors = {
    "linear": LinearRegression().fit(inputs, target).predict,
    "mlp": MLPRegressor(hidden_layer_sizes=(64, 32), max_iter=1).fit(inputs[:2000], target[:2000]).predict,
    "gbdt": booster.inplace_predict,
}


def timed(work, repeats):
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[repeats // 2]


found = {}
for name, predict in predictors.items():
    rows = [inputs[r : r + 1] for r in range(1000)]
    single = timed(lambda: [predict(row) for row in rows], 3) / len(rows)
    batch = timed(lambda: predict(inputs), 5)
    found[name] = {"single": single * 1e6, "batch": len(inputs) / batch}
some = xgboost.DMatrix(inputs[:1000])
found["shap"] = {"single": 0, "batch": timed(lambda: booster.predict(some, pred_contribs=True), 3)}
print(json.dumps(found))
