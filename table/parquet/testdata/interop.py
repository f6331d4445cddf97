"""Writes small Parquet files as other engines do, and reads ours with them.

    interop.py make DIR            files, and rows.jsonl: column names, then the rows
    interop.py read ENGINE FILE    the same of FILE as ENGINE (duckdb, pyarrow) sees it

Every file made holds some columns of rows.jsonl, except those of arrow-rs
(tpcgen-cli), which have their own rows beside them. A row is a JSON array: integers for dates (days) and times (microseconds), text
for decimals, {"hex": ...} for binaries, arrays for lists, structs (values in order)
and maps (keys and values alternating).
"""
import datetime
import decimal
import json
import os
import shutil
import subprocess
import sys
import uuid

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

EPOCH = datetime.datetime(1970, 1, 1)


def norm(v):
    if isinstance(v, dict):
        return [norm(x) for x in v.values()]
    if isinstance(v, tuple):  # a map entry
        return [norm(x) for x in v]
    if isinstance(v, list):
        if v and all(isinstance(x, tuple) for x in v):
            return [norm(y) for x in v for y in x]
        return [norm(x) for x in v]
    if isinstance(v, datetime.datetime):
        if v.tzinfo:
            v = v.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return round((v - EPOCH) / datetime.timedelta(microseconds=1))
    if isinstance(v, datetime.date):
        return (v - EPOCH.date()).days
    if isinstance(v, decimal.Decimal):
        return format(v, "f")
    if isinstance(v, uuid.UUID):
        return {"hex": v.hex}
    if isinstance(v, (bytes, bytearray)):
        return {"hex": v.hex()}
    return v


def dump(f, table):
    print(json.dumps(table.column_names), file=f)
    for row in zip(*[c.to_pylist() for c in table.columns]):
        print(json.dumps([norm(v) for v in row], ensure_ascii=False), file=f)


def dump_to(path, table):
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        dump(f, table)


N = 60


def table():
    d = decimal.Decimal
    ts = [None if i % 7 == 3 else EPOCH + datetime.timedelta(days=i * 400 - 9000, microseconds=i * 1001) for i in range(N)]
    null = lambda f: [None if i % 5 == 2 else f(i) for i in range(N)]
    return pa.table({
        "b": pa.array(null(lambda i: i % 3 == 0), pa.bool_()),
        "i8": pa.array(null(lambda i: i - 30), pa.int8()),
        "i16": pa.array([i * 500 - 15000 for i in range(N)], pa.int16()),
        "i32": pa.array(null(lambda i: i * 70_000_000 - 2_000_000_000), pa.int32()),
        "i64": pa.array(null(lambda i: (i - 30) * 10**16), pa.int64()),
        "u8": pa.array(null(lambda i: 255 - i), pa.uint8()),
        "u32": pa.array(null(lambda i: 2**32 - 1 - i), pa.uint32()),
        "f32": pa.array(null(lambda i: i / 4 - 3), pa.float32()),
        "f64": pa.array(null(lambda i: i / 8 - 1e300), pa.float64()),
        "d9": pa.array(null(lambda i: d(i - 30) / 100), pa.decimal128(9, 2)),
        "d18": pa.array(null(lambda i: d(i - 30) * 10**12 + d("0.01")), pa.decimal128(18, 2)),
        "d38": pa.array(null(lambda i: d(i - 30) * 10**30 + d("0.000001")), pa.decimal128(38, 6)),
        "s": pa.array(null(lambda i: "value %d é" % (i % 6)), pa.string()),
        "long": pa.array(null(lambda i: "x" * i + str(i)), pa.string()),
        "bin": pa.array(null(lambda i: bytes([i, 255, 0])), pa.binary()),
        "date": pa.array(null(lambda i: datetime.date(1970, 1, 1) + datetime.timedelta(days=i * 300 - 8000)), pa.date32()),
        "ts": pa.array(ts, pa.timestamp("us")),
        "tz": pa.array(ts, pa.timestamp("us", tz="UTC")),
        "ms": pa.array([t and t.replace(microsecond=t.microsecond // 1000 * 1000) for t in ts], pa.timestamp("ms", tz="UTC")),
        "list": pa.array(null(lambda i: None if i % 11 == 0 else [None if k == 1 else i * k for k in range(i % 4)]), pa.list_(pa.int64())),
        "struct": pa.array(null(lambda i: {"x": i, "y": None if i % 3 == 0 else "t%d" % i}), pa.struct([("x", pa.int32()), ("y", pa.string())])),
        "map": pa.array(null(lambda i: [("k%d" % k, i + k) for k in range(i % 3)]), pa.map_(pa.string(), pa.int64())),
        "lists": pa.array(null(lambda i: [[{"z": "q%d" % k}] * (k % 3) for k in range(i % 4)]), pa.list_(pa.list_(pa.struct([("z", pa.string())])))),
    })


def make(out):
    t = table()
    flat = t.select([c for c in t.column_names if c not in ("list", "struct", "map", "lists")])
    dump_to(f"{out}/rows.jsonl", t)
    narrow = t.select(["i32", "i64", "long", "s", "f32", "f64"])

    def arrow(name, what, **kw):
        pq.write_table(what, f"{out}/{name}.parquet", **kw)

    arrow("pyarrow_snappy_v1", t, compression="snappy", data_page_version="1.0", row_group_size=40)
    arrow("pyarrow_zstd_v2", t, compression="zstd", data_page_version="2.0", data_page_size=64, write_batch_size=8, write_page_index=True)
    arrow("pyarrow_plain_gzip", flat, compression="gzip", use_dictionary=False)
    arrow("pyarrow_int96", flat.select(["ts", "i32"]), use_deprecated_int96_timestamps=True)
    arrow("pyarrow_delta", narrow, use_dictionary=False, compression="none", column_encoding={
        "i32": "DELTA_BINARY_PACKED", "i64": "DELTA_BINARY_PACKED", "long": "DELTA_LENGTH_BYTE_ARRAY",
        "s": "DELTA_BYTE_ARRAY", "f32": "BYTE_STREAM_SPLIT", "f64": "BYTE_STREAM_SPLIT"})
    arrow("pyarrow_small_int_decimal", flat.select(["d9", "d18", "d38"]), store_decimal_as_integer=True)
    arrow("pyarrow_empty", t.slice(0, 0))

    con = duckdb.connect()
    con.execute("set timezone='UTC'")
    con.register("t", t)
    con.register("flat", flat)
    for codec in ("zstd", "snappy"):
        con.execute(f"copy t to '{out}/duckdb_{codec}.parquet' (format parquet, compression {codec})")
    con.execute(f"copy (select * exclude u32 from flat) to '{out}/duckdb_v2.parquet' (format parquet, parquet_version v2)")
    tpcgen = shutil.which("tpcgen-cli", path=os.path.dirname(sys.executable))
    if tpcgen:
        subprocess.run([tpcgen, "tpch", "parquet", "-s", "0.001", "--tables=supplier", "--output-dir", out], check=True, capture_output=True)
        os.rename(f"{out}/supplier.parquet", f"{out}/arrowrs_supplier.parquet")
        dump_to(f"{out}/arrowrs_supplier.jsonl", pq.read_table(f"{out}/arrowrs_supplier.parquet"))


def read(engine, path):
    if engine == "pyarrow":
        t = pq.read_table(path)
    else:
        con = duckdb.connect()
        con.execute("set timezone='UTC'")
        t = con.execute(f"select * from read_parquet('{path}')").to_arrow_table()
    dump(sys.stdout, t)


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    read(sys.argv[2], sys.argv[3])
