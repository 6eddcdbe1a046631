"""A model behind FastAPI as most write it: rows checked by pydantic, a pandas frame, the scikit-learn pipeline.

    python bench/peers/serve-fastapi.py folder port

The handler is `async`, which spares each request a thread of the pool: the faster of the two ways.
"""

import json
import os
import sys

import joblib
import pandas as pd
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, create_model

folder, port = sys.argv[1], int(sys.argv[2])
model = joblib.load(os.path.join(folder, "model.joblib"))
with open(os.path.join(folder, "columns.json")) as file:
    kinds = {"str": str, "float": float}
    Row = create_model("Row", **{name: (kinds[kind], ...) for name, kind in json.load(file).items()})


class Body(BaseModel):
    data: list[Row]


app = FastAPI()
classes = [str(label) for label in model.classes_]


@app.post("/predict")
async def predict(body: Body):
    frame = pd.DataFrame([row.model_dump() for row in body.data])
    scores = model.predict_proba(frame).tolist()
    return {
        "prediction": [classes[row.index(max(row))] for row in scores],
        "probabilities": [dict(zip(classes, row)) for row in scores],
    }


uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")
