"""Scores a Parquet file with a scikit-learn pipeline for bench/batch.ts; prints one line of JSON.

    python bench/peers/time-batch.py telco_churn.csv model input.parquet output.parquet threads
with model "gbdt" (HistGradientBoosting) or "logistic". Trained on the CSV; then the Parquet file is read by pyarrow in
batches of 100,000 rows as a pandas frame, goes through a ColumnTransformer and the model, and is written with its
prediction and probabilities. Time holds reading, scoring and writing, not imports and training.
"""

import json
import os
import re
import sys
import time

source, kind, given, output, threads = sys.argv[1:6]
os.environ["OMP_NUM_THREADS"] = threads
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

frame = pd.read_csv(source)
target = frame.pop("churn")
words = [name for name in frame.columns if frame[name].dtype.kind not in "biuf" and name != "customer_id"]
numbers = [name for name in frame.columns if name not in words and name != "customer_id"]
if kind == "gbdt":
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = ColumnTransformer([("numbers", "passthrough", numbers), ("words", encoder, words)])
    model = HistGradientBoostingClassifier(max_iter=100, max_depth=6, learning_rate=0.1, early_stopping=False)
else:
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = ColumnTransformer([("numbers", scaled, numbers), ("words", OneHotEncoder(handle_unknown="ignore"), words)])
    model = LogisticRegression(max_iter=1000)
pipeline = make_pipeline(columns, model).fit(frame, target)

begun, cpu = time.perf_counter(), time.process_time()
reader, writer, rows = pq.ParquetFile(given), None, 0
for batch in reader.iter_batches(batch_size=100_000):
    part = batch.to_pandas()
    probabilities = pipeline.predict_proba(part)
    part["prediction"] = pipeline.classes_[probabilities.argmax(axis=1)]
    for k, label in enumerate(pipeline.classes_):
        part[f"probability_{label}"] = probabilities[:, k]
    table = pa.Table.from_pandas(part, preserve_index=False)
    writer = writer or pq.ParquetWriter(output, table.schema)
    writer.write_table(table)
    rows += len(part)
writer.close()
print(
    json.dumps(
        {
            "rows": rows,
            "seconds": time.perf_counter() - begun,
            "cpuSeconds": time.process_time() - cpu,
            # Of this process alone: what getrusage says begins with the peak of the one that started it.
            "peakBytes": int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) * 1024,
            "title": f"scikit-learn {sklearn.__version__}",
        }
    )
)
