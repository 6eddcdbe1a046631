"""Records scikit-learn's and statsmodels' linear and logistic fits for engine/training/dense/linear-models.test.ts.

Run from the repository's root, with scikit-learn and statsmodels installed:
    python bench/peers/record-linear.py > engine/training/dense/fixtures/linear-models.json
"""

import json
import warnings

import numpy as np
import sklearn
import statsmodels.api as sm
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge

warnings.simplefilter("ignore")
random = np.random.default_rng(5)
n = 80
x = np.column_stack([random.normal(size=n), random.normal(3, 2, n), random.integers(0, 2, n), random.exponential(5, n)])
x = np.round(x, 3)
y = np.round(2 * x[:, 0] - 0.7 * x[:, 1] + 3 * x[:, 2] + random.normal(0, 1.5, n) + 4, 3)
weights = np.round(random.uniform(0.2, 3, n), 2)
z = 1.2 * x[:, 0] - 0.5 * x[:, 1] + 1.1 * x[:, 2] + 0.3
binary = (random.uniform(size=n) < 1 / (1 + np.exp(-z))).astype(int)
three = np.clip(np.round(x[:, 0] + random.normal(0, 0.7, n) + 0.3 * x[:, 2]), -1, 1).astype(int) + 1

cases = []


def linear(name, model, weigh, l1=0.0, l2=0.0):
    model.fit(x, y, sample_weight=weights if weigh else None)
    cases.append({"name": name, "task": "regression", "weighted": weigh, "l1": l1, "l2": l2,
                  "weights": model.coef_.tolist(), "biases": [float(model.intercept_)]})


def logistic(name, target, weigh, l1=0.0, l2=0.0, **options):
    model = LogisticRegression(tol=1e-10, max_iter=100_000, **options)
    model.fit(x, target, sample_weight=weights if weigh else None)
    task = "binary" if len(model.classes_) == 2 else "multiclass"
    cases.append({"name": name, "task": task, "weighted": weigh, "l1": l1, "l2": l2,
                  "weights": model.coef_.T.ravel().tolist(), "biases": model.intercept_.tolist()})


total = weights.sum()
tight = {"tol": 1e-12, "max_iter": 1_000_000}
for weigh in (False, True):
    size = total if weigh else n
    of = " with weights" if weigh else ""
    linear("LinearRegression" + of, LinearRegression(), weigh)
    linear("Ridge" + of, Ridge(alpha=7), weigh, l2=7 / size)
    linear("Lasso" + of, Lasso(alpha=0.4, **tight), weigh, l1=0.4)
    linear("ElasticNet" + of, ElasticNet(alpha=0.5, l1_ratio=0.3, **tight), weigh, l1=0.15, l2=0.35)
    logistic("LogisticRegression" + of, binary, weigh, l2=1 / size)
    logistic("LogisticRegression without a penalty" + of, binary, weigh, C=np.inf)
    logistic("LogisticRegression with L1" + of, binary, weigh, l1=1 / (0.2 * size), C=0.2, l1_ratio=1, solver="saga")
    logistic("LogisticRegression with both" + of, binary, weigh, l1=0.4 / (0.2 * size), l2=0.6 / (0.2 * size),
             C=0.2, l1_ratio=0.4, solver="saga")
    logistic("multinomial LogisticRegression" + of, three, weigh, l2=1 / (2 * size), C=2)
    logistic("multinomial LogisticRegression with L1" + of, three, weigh, l1=1 / (0.3 * size), C=0.3, l1_ratio=1,
             solver="saga")

tables = []


def table(name, task, result, weigh, scale=None):
    tables.append({"name": name, "task": task, "weighted": weigh, "estimates": result.params.tolist(),
                   "errors": result.bse.tolist(), "statistics": result.tvalues.tolist(),
                   "pValues": result.pvalues.tolist(), "intervals": result.conf_int().tolist(),
                   "residualDeviation": scale})


design = sm.add_constant(x)
ols = sm.OLS(y, design).fit()
table("OLS", "regression", ols, False, float(np.sqrt(ols.scale)))
wls = sm.WLS(y, design, weights=weights).fit()
table("WLS", "regression", wls, True, float(np.sqrt(wls.scale)))
table("Logit", "binary", sm.Logit(binary, design).fit(disp=0, tol=1e-12, maxiter=200), False)

longley = sm.datasets.longley.load_pandas()
certified = sm.OLS(longley.endog, sm.add_constant(longley.exog)).fit()

# Of the penalised fit with several classes: by the inverse information, of coefficients that sum to zero over them.
model = LogisticRegression(C=2, tol=1e-12, max_iter=100_000).fit(x, three)
p = model.predict_proba(x)
k = p.shape[1]
blocks = np.zeros((5 * k, 5 * k))
for row, shares in zip(np.column_stack([x, np.ones(n)]), p):
    blocks += np.kron(np.outer(row, row), np.diag(shares) - np.outer(shares, shares))
blocks[: 4 * k, : 4 * k] += np.eye(4 * k) / 2
centre = np.kron(np.eye(5), np.eye(k) - 1 / k)
several = np.sqrt(np.diag(centre @ np.linalg.pinv(blocks) @ centre)).tolist()

balanced = LogisticRegression(class_weight="balanced", tol=1e-10, max_iter=100_000).fit(x, binary)

print(json.dumps({
    "versions": {"scikit-learn": sklearn.__version__, "statsmodels": __import__("statsmodels").__version__},
    "inputs": x.tolist(), "numbers": y.tolist(), "binary": binary.tolist(), "three": three.tolist(),
    "rowWeights": weights.tolist(), "cases": cases, "tables": tables,
    "several": {"l2": 1 / (2 * n), "errors": several},
    "balanced": {"weights": balanced.coef_.ravel().tolist(), "biases": balanced.intercept_.tolist()},
    "longley": {"inputs": longley.exog.to_numpy().tolist(), "numbers": longley.endog.tolist(),
                "estimates": certified.params.tolist(), "errors": certified.bse.tolist()},
}))
