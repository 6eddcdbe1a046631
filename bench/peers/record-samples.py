"""Records what scikit-learn reaches on the samples' questions, for e2e/samples.spec.ts.

Each figure is the mean and standard deviation of a metric over a few random splits (a quarter of the rows tested on),
since another program's split of the same rows cannot be drawn again.

    OMP_NUM_THREADS=1 python bench/peers/record-samples.py > e2e/fixtures/samples-scikit-learn.json
"""
import json
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

samples = Path(__file__).parents[2] / "resources/samples"
churn = pd.read_csv(samples / "churn/data/telco_churn.csv")
diamonds = pd.read_csv(samples / "diamonds/data/diamonds.csv")
diamonds = diamonds[(diamonds.x > 0) & (diamonds.y > 0) & (diamonds.z > 0)]

numbers = make_column_selector(dtype_include="number")
words = make_column_selector(dtype_exclude="number")


def prepared(model):
    return make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            (OneHotEncoder(handle_unknown="ignore"), words),
        ),
        model,
    )


def as_codes(model, categories="auto"):
    codes = OrdinalEncoder(
        categories=categories, handle_unknown="use_encoded_value", unknown_value=np.nan
    )
    return make_pipeline(
        make_column_transformer((codes, words), remainder="passthrough"), model
    )


def over_splits(make, inputs, target, score, classes, splits=8):
    values = []
    for seed in range(splits):
        stratify = target if classes else None
        parts = train_test_split(inputs, target, test_size=0.25, random_state=seed, stratify=stratify)
        train_x, test_x, train_y, test_y = parts
        model = make(len(train_x)).fit(train_x, train_y)
        values.append(score(model, test_x, test_y))
    return {"mean": round(float(np.mean(values)), 5), "sd": round(float(np.std(values, ddof=1)), 5)}


def auc(model, inputs, target):
    return roc_auc_score(target == "Yes", model.predict_proba(inputs)[:, 1])


def accuracy(model, inputs, target):
    return accuracy_score(target, model.predict(inputs))


def r2(model, inputs, target):
    return r2_score(target, model.predict(inputs))


customers, left = churn.drop(columns="churn"), churn.churn
stones, price = diamonds.drop(columns="price"), diamonds.price
logs = stones.drop(columns=["x", "y", "z"]).assign(carat=np.log(stones.carat))
orders = [
    ["Fair", "Good", "Very Good", "Premium", "Ideal"],
    ["J", "I", "H", "G", "F", "E", "D"],
    ["I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"],
]
proportions = pd.DataFrame(
    {
        "depth": stones.depth,
        "table": stones.table,
        "roundness": stones.x / stones.y,
        "height": stones.z / stones.x,
        "carat": stones.carat,
    }
)


def lasso_logistic(rows):
    # The penalty here is in units of the mean loss: C is one over it and the rows.
    return prepared(LogisticRegression(penalty="l1", C=1 / (0.002 * rows), solver="liblinear", max_iter=1000))


models = {
    "churn-lasso": {"auc": over_splits(lasso_logistic, customers, left, auc, True)},
    "churn-trees": {
        "auc": over_splits(
            lambda _: as_codes(
                HistGradientBoostingClassifier(
                    max_iter=150, learning_rate=0.08, max_depth=4, early_stopping=True, n_iter_no_change=20
                )
            ),
            customers,
            left,
            auc,
            True,
        )
    },
    "price-linear": {
        "r2": over_splits(lambda _: as_codes(LinearRegression(), orders), stones, price, r2, False)
    },
    "price-lasso": {
        "r2": over_splits(lambda _: prepared(Lasso(alpha=0.01)), logs, np.log(price), r2, False)
    },
    "price-trees": {
        "r2": over_splits(
            lambda _: as_codes(HistGradientBoostingRegressor(max_iter=150, max_depth=6)),
            stones,
            price,
            r2,
            False,
            5,
        )
    },
    "cut": {
        "accuracy": over_splits(
            lambda _: HistGradientBoostingClassifier(max_iter=30, learning_rate=0.2, max_depth=5),
            proportions,
            stones.cut,
            accuracy,
            True,
            3,
        )
    },
    "price-network": {
        "r2": over_splits(
            lambda _: prepared(
                MLPRegressor(hidden_layer_sizes=[64, 32], learning_rate_init=0.01, batch_size=256, max_iter=15)
            ),
            stones.assign(carat=np.log(stones.carat)),
            price,
            r2,
            False,
            3,
        )
    },
}
print(json.dumps({"scikit-learn": sklearn.__version__, "models": models}, indent=2))
