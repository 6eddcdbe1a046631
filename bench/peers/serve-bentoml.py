"""A model as a BentoML service, its folder in $MODEL_FOLDER: a pandas frame, the scikit-learn pipeline.

    bentoml serve serve-bentoml:Churn --working-dir bench/peers --port port
"""

import os

import bentoml
import joblib
import pandas as pd


@bentoml.service(workers=1)
class Churn:
    def __init__(self) -> None:
        self.model = joblib.load(os.path.join(os.environ["MODEL_FOLDER"], "model.joblib"))
        self.classes = [str(label) for label in self.model.classes_]

    @bentoml.api
    def predict(self, data: list[dict]) -> dict:
        scores = self.model.predict_proba(pd.DataFrame(data)).tolist()
        return {
            "prediction": [self.classes[row.index(max(row))] for row in scores],
            "probabilities": [dict(zip(self.classes, row)) for row in scores],
        }
