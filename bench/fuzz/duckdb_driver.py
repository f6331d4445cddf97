"""Answers queries with DuckDB for the fuzzer.

Reads a statement as a JSON text a line, and writes for each a line with the answer:
{"rows": [[TEXT or null, ...], ...]} or {"error": TEXT}. After an error of DuckDB's own
it says "fatal": true, and ends: the database cannot be used any more.
"""

import decimal
import json
import sys
import threading

import duckdb

SECONDS = 60  # for a statement


def text(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (list, dict)):
        return json.dumps(inner(value), ensure_ascii=False)
    return str(value)


def inner(value):
    """Gives what is in a nested value as JSON has it."""
    if isinstance(value, list):
        return [inner(v) for v in value]
    if isinstance(value, dict):
        return {text(k): inner(v) for k, v in value.items()}
    return value if value is None or isinstance(value, (bool, int, float)) else text(value)


def head(error):
    return str(error).split("\n")[0]


def answer(connection, sql):
    timer = threading.Timer(SECONDS, connection.interrupt)
    timer.start()
    try:
        rows = connection.execute(sql).fetchall()
        return {"rows": [[text(v) for v in row] for row in rows]}
    except (duckdb.FatalException, duckdb.InternalException) as error:
        return {"error": head(error), "fatal": True}
    except Exception as error:
        return {"error": head(error)}
    finally:
        timer.cancel()


def main():
    connection = duckdb.connect(":memory:")
    connection.execute("SET threads = 1")
    connection.execute("SET memory_limit = '1GB'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET default_null_order = 'nulls_first_on_asc_last_on_desc'")
    for line in sys.stdin:
        out = answer(connection, json.loads(line))
        sys.stdout.write(json.dumps(out) + "\n")
        sys.stdout.flush()
        if "fatal" in out:
            return


main()
