"""Times XGBoost and scikit-learn on the columns that bench/gbdt.ts wrote; prints one line of JSON per peer.

    python bench/peers/time-gbdt.py folder peer threads
with peer "xgboost" or "sklearn", and folder holding inputs.f32, target.f32 and setting.json.
"""

import json
import os
import sys
import time

folder, peer, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.environ["OMP_NUM_THREADS"] = str(threads)
# Threads that sleep while they wait: spinning ones lose most on a machine with few cores.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np

with open(os.path.join(folder, "setting.json")) as file:
    setting = json.load(file)
train, width = setting["train"], setting["width"]
inputs = np.fromfile(os.path.join(folder, "inputs.f32"), dtype=np.float32).reshape(-1, width)
target = np.fromfile(os.path.join(folder, "target.f32"), dtype=np.float32)
binary = setting["objective"] == "binary:logistic"

if peer == "xgboost":
    import xgboost as library

    start = time.perf_counter()
    data = library.QuantileDMatrix(inputs[:train], target[:train], nthread=threads)
    parameters = {"objective": setting["objective"], "tree_method": "hist", "max_depth": setting["maxDepth"],
                  "eta": setting["learningRate"], "nthread": threads}
    model = library.train(parameters, data, setting["trees"])
    seconds = time.perf_counter() - start
    found = model.predict(library.DMatrix(inputs[train:]))
else:
    import sklearn as library
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if binary else HistGradientBoostingRegressor
    model = kind(max_iter=setting["trees"], max_depth=setting["maxDepth"], learning_rate=setting["learningRate"],
                 max_leaf_nodes=None, min_samples_leaf=1, l2_regularization=1.0, early_stopping=False)
    start = time.perf_counter()
    model.fit(inputs[:train], target[:train])
    seconds = time.perf_counter() - start
    found = model.predict_proba(inputs[train:])[:, 1] if binary else model.predict(inputs[train:])

found.astype(np.float32).tofile(os.path.join(folder, "found.f32"))
print(json.dumps({"version": library.__version__, "seconds": seconds}))
