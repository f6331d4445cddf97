"""Runs SQL in DuckDB for the benchmark.

Reads one JSON object a line from standard input, {"sql": TEXT, "rows": BOOL}, and
answers each with a line on standard output: {"seconds": S, "cpu": S, "count": N,
"rows": [[...]]} or {"error": TEXT}. The first line it writes is {"version": TEXT}. Values
are strings, or null. The times, of the clock and of the processor, include fetching
the rows.

Arguments: THREADS, MEMORY ("" for DuckDB's default), DATABASE (":memory:" or a file).
"""

import json
import sys
import tempfile
import time

import duckdb


def text(value):
    if value is None:
        return None
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def answer(connection, request):
    start, cpu = time.perf_counter(), time.process_time()
    rows = connection.execute(request["sql"]).fetchall()
    seconds = time.perf_counter() - start
    out = {"seconds": seconds, "cpu": time.process_time() - cpu, "count": len(rows)}
    if request.get("rows"):
        out["rows"] = [[text(v) for v in row] for row in rows]
    return out


def main():
    with tempfile.TemporaryDirectory() as scratch:
        serve(scratch, *sys.argv[1:4])


def serve(scratch, threads, memory, database):
    connection = duckdb.connect(database)
    connection.execute(f"SET threads = {int(threads)}")
    connection.execute("SET enable_progress_bar = false")  # it would write to standard output
    connection.execute("SET default_null_order = 'nulls_first_on_asc_last_on_desc'")  # as in our dialect
    connection.execute(f"SET temp_directory = '{scratch}'")
    if memory:
        connection.execute(f"SET memory_limit = '{memory}'")
    print(json.dumps({"version": duckdb.__version__}), flush=True)
    for line in sys.stdin:
        try:
            out = answer(connection, json.loads(line))
        except Exception as error:
            out = {"error": str(error)}
        print(json.dumps(out), flush=True)


main()
