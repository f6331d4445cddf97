"""Runs SQL in Spark for the benchmark, inside one JVM.

Reads and writes the lines that duckdb_driver.py describes; "cpu" is left out. There
are no more partitions than the few threads keep busy, as many small ones cost more.

Arguments: THREADS, MEMORY ("" for 4g).
"""

import json
import sys
import tempfile
import time

import pyspark
from pyspark.sql import SparkSession


def text(value):
    if value is None:
        return None
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def answer(session, request):
    start = time.perf_counter()
    rows = session.sql(request["sql"]).collect()
    seconds = time.perf_counter() - start
    out = {"seconds": seconds, "count": len(rows)}
    if request.get("rows"):
        out["rows"] = [[text(v) for v in row] for row in rows]
    return out


def start(threads, memory, scratch):
    session = (
        SparkSession.builder.master(f"local[{int(threads)}]")
        .appName("bench")
        .config("spark.driver.memory", memory or "4g")
        .config("spark.sql.shuffle.partitions", 2 * int(threads))
        .config("spark.sql.warehouse.dir", scratch)
        .config("spark.local.dir", scratch)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session


def main():
    with tempfile.TemporaryDirectory() as scratch:
        session = start(*sys.argv[1:3], scratch)
        print(json.dumps({"version": pyspark.__version__}), flush=True)
        for line in sys.stdin:
            try:
                out = answer(session, json.loads(line))
            except Exception as error:
                out = {"error": str(error)}
            print(json.dumps(out), flush=True)
        session.stop()


main()
