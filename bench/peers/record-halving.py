"""Records the schedules of scikit-learn's HalvingRandomSearchCV: python record-halving.py > halving.json"""
import json
import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV, KFold
import sklearn

cases = []
for candidates, factor, rows, folds, least in [
    (9, 3, 1000, 5, "exhaust"), (27, 3, 1000, 5, "exhaust"), (20, 3, 999, 3, "exhaust"), (20, 2, 640, 5, "exhaust"),
    (81, 3, 400, 5, "exhaust"), (64, 4, 2000, 2, "exhaust"), (10, 2, 300, 5, 40), (30, 3, 500, 5, 100),
    (5, 3, 100, 5, 100), (12, 2.5, 800, 4, "exhaust"), (2, 3, 50, 5, "exhaust"), (100, 3, 120, 5, 20),
]:
    search = HalvingRandomSearchCV(
        DummyRegressor(strategy="constant"), {"constant": list(range(1000))}, n_candidates=candidates, factor=factor,
        min_resources=least, cv=KFold(folds, shuffle=True, random_state=0), random_state=0, refit=False,
    )
    search.fit(np.zeros((rows, 1)), np.arange(rows, dtype=float))
    cases.append({
        "candidates": candidates, "factor": factor, "rows": rows, "folds": folds,
        "least": None if least == "exhaust" else least,
        "rungs": [{"candidates": c, "resource": r} for c, r in zip(search.n_candidates_, search.n_resources_)],
    })
print(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}, indent=1))
