"""Records Arrow streams as pyarrow writes them, for serving/rows/arrow/compressed.test.ts: every codec, dates and
timestamps of every unit, dictionaries and decimals, with nulls.

    python bench/peers/record-arrow.py > serving/rows/arrow/fixtures/pyarrow-streams.json
"""

import base64
import datetime
import decimal
import io
import json

import pyarrow as pa

rows = 300
at = [datetime.datetime(1969, 12, 31, 23, 59, 59, 999_600) + datetime.timedelta(hours=7 * i, microseconds=i) for i in range(rows)]


def gaps(values):
    return [None if i % 11 == 3 else value for i, value in enumerate(values)]


columns = {
    "a": pa.array(gaps([i % 17 * 0.25 for i in range(rows)])),
    "b": pa.array(gaps([["Month-to-month", "One year", "Zwei Jahre ü"][i % 3] for i in range(rows)])).dictionary_encode(),
    "c": pa.array(gaps([i % 2 == 0 for i in range(rows)])),
    "money": pa.array(gaps([decimal.Decimal(i * 1_000_003 - 7) / 100 for i in range(rows)]), pa.decimal128(20, 2)),
    "day": pa.array(gaps([one.date() for one in at]), pa.date32()),
    "day64": pa.array(gaps([one.date() for one in at]), pa.date64()),
    **{unit: pa.array(gaps(at), pa.timestamp("us")).cast(pa.timestamp(unit), safe=False) for unit in ["s", "ms", "us", "ns"]},
    "zoned": pa.array(gaps(at), pa.timestamp("us", tz="Europe/Berlin")),
}
table = pa.table(columns)


def stream(codec):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_table(table, max_chunksize=128)
    return base64.b64encode(sink.getvalue()).decode()


def plain(name):
    # Milliseconds, digits below dropped.
    if name.startswith("day"):
        return [None if one is None else (one - datetime.date(1970, 1, 1)).days * 86_400_000 for one in table[name].to_pylist()]
    if name in ("s", "ms", "us", "ns", "zoned"):
        steps = {"s": 1, "ms": 1, "us": 1000, "ns": 1_000_000, "zoned": 1000}[name]
        times = 1000 if name == "s" else 1
        return [None if one is None else one // steps * times for one in table[name].cast(pa.int64()).to_pylist()]
    if name == "money":
        return [None if one is None else float(one) for one in table[name].to_pylist()]
    return table[name].to_pylist()


print(
    json.dumps(
        {
            "pyarrow": pa.__version__,
            "columns": {name: plain(name) for name in table.column_names},
            "streams": {str(codec): stream(codec) for codec in [None, "lz4", "zstd"]},
        }
    )
)
