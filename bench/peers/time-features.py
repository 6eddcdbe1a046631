"""Times scikit-learn's ColumnTransformer on the flights for bench/features.ts; prints one line of JSON.

    python bench/peers/time-features.py flights.parquet
"""

import json
import resource
import sys
import time

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler, TargetEncoder

flights = pd.read_parquet(sys.argv[1], columns=["date", "distance", "origin", "destination", "delay"])
flights = flights[flights["delay"].notna()]
late = (flights["delay"] > 15).astype(int).to_numpy()
flights = flights.drop(columns="delay")
for name in ["origin", "destination"]:
    flights[name] = flights[name].astype(object)


def parts(frame):
    dates = frame["date"].dt
    return pd.DataFrame({"month": dates.month, "weekday": dates.weekday, "hour": dates.hour})


pipeline = ColumnTransformer(
    [
        ("date", FunctionTransformer(parts), ["date"]),
        ("distance", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["distance"]),
        ("origin", OneHotEncoder(min_frequency=0.02, handle_unknown="infrequent_if_exist"), ["origin"]),
        ("destination", TargetEncoder(random_state=7), ["destination"]),
    ]
)
start, before = time.perf_counter(), time.process_time()
# Fits and transforms at once: the only way to have the target encoding cross-fitted.
inputs = pipeline.fit_transform(flights, late)
seconds = time.perf_counter() - start
processor = time.process_time() - before
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"fit": 0, "transform": seconds, "processor": processor, "peakMegabytes": peak, "rows": len(flights), "width": inputs.shape[1]}))
