"""Writes small Parquet files in many forms, and their values as JSON, for serving/batch/parquet.

    python bench/peers/record-parquet.py serving/batch/parquet/fixtures
with pyarrow. Recorded with pyarrow 26.0.1.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
rows = 240
random = np.random.default_rng(7)
gaps = random.random(rows) < 0.2


def column(values, kind, missing=False):
    return pa.array([None if missing and gaps[i] else v for i, v in enumerate(values)], kind)


words = ["Month-to-month", "One year", "Two year", "ünï ✓", ""]
table = pa.table(
    {
        "double": column(random.normal(size=rows).tolist(), pa.float64()),
        "gaps": column(random.normal(size=rows).tolist(), pa.float64(), True),
        "few": column((random.integers(0, 5, rows) / 4).tolist(), pa.float64(), True),
        "float": column(random.normal(size=rows).astype("float32").tolist(), pa.float32()),
        "int": column(random.integers(-(2**31), 2**31, rows).tolist(), pa.int32()),
        "small": column(random.integers(-9, 9, rows).tolist(), pa.int8(), True),
        "long": column([int(v) for v in random.integers(-(2**62), 2**62, rows)], pa.int64()),
        "unsigned": column([int(v) for v in random.integers(0, 2**63, rows)], pa.uint64()),
        "unsigned32": column([int(v) for v in random.integers(0, 2**32, rows)], pa.uint32()),
        "truth": column([bool(v) for v in random.integers(0, 2, rows)], pa.bool_()),
        "truth_gaps": column([bool(v) for v in random.integers(0, 2, rows)], pa.bool_(), True),
        "text": column([words[i] for i in random.integers(0, 5, rows)], pa.string()),
        "text_gaps": column([words[i] for i in random.integers(0, 5, rows)], pa.string(), True),
        "names": column([f"customer {i} {'x' * int(i % 9)}" for i in range(rows)], pa.string(), True),
        "nothing": pa.nulls(rows, pa.float64()),
    }
)
non_null = pa.schema([pa.field(f.name, f.type, nullable=f.name not in ("double", "int", "truth", "text")) for f in table.schema])
table = table.cast(non_null)

forms = {
    "plain": dict(use_dictionary=False, compression="none"),
    "dictionary": dict(compression="snappy"),
    "second": dict(compression="snappy", data_page_version="2.0"),
    "second-plain": dict(compression="zstd", data_page_version="2.0", use_dictionary=False),
    "pages": dict(compression="gzip", data_page_size=512, write_batch_size=64, dictionary_pagesize_limit=600),
    "brotli": dict(compression="brotli", row_group_size=100),
}
for name, options in forms.items():
    pq.write_table(table, folder / f"{name}.parquet", **options)

def plain(value):
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("JSON has no such number")
    # Beyond 53 bits JSON readers differ: the nearest double is what counts.
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


values = {name: [plain(v) for v in table[name].to_pylist()] for name in table.column_names}
(folder / "values.json").write_text(json.dumps(values, separators=(",", ":"), ensure_ascii=False) + "\n")
