"""Writes random files of usage as pyarrow, DuckDB, pandas and Python's csv write them, and beside each the same rows as plain CSV.

A request is a line of JSON on the standard input: the format's fields, the writer, a directory, and the numbers of the first file and
the one behind the last. File n is n there, its rows as plain CSV are n.csv, and a line of JSON on the standard output says how it was
written, what its source has to declare, for what it may be refused (may), and for what rows of it may be rejected (codes); an empty
line ends the answer. Whatever a writer makes of a value, such as the nearest binary fraction, is what stands in the plain CSV, too.
"""

import csv
import decimal
import gzip
import io
import json
import os
import random
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa

decimal.getcontext().prec = 60

TEXTS = [
    "a", "b c", "ä", "x, y", 'say "x"', "two\nlines", "two\r\nlines", "a\ttab", " blank ", "semi;colon", "a|bar", "007", "1e5", "-", "🙂", "it's",
    "back\\slash", "{}", "[1]", "#x", "=1+1", "0", "true", "long " * 30, "'quoted'", "\u00a0", "1,5", "2024-09-01", "a\\", "Größe",
]
DIGITS = ["000123456789", "123456789012", "7", "00", "9007199254740993", "100200300401"]
CURRENCIES = ["EUR", "USD", "JPY"]


class Column:
    """A field of the object and its values: None, text, Decimal, a time, a day, or what JSON has."""

    def __init__(self, field, values):
        self.name, self.kind, self.filled, self.values = field["name"], field["kind"], field["filled"], values


class Case:
    """A file: its rows, and what its source has to know of it."""

    def __init__(self, r, request):
        self.r, self.request = r, request
        self.zone, self.nulls, self.times, self.binary = "UTC", [], [], False
        self.may, self.codes, self.how = [], [], []
        if not request["csv"]:
            self.may.append("comes as JSON")
        self.tolerant = r.random() < 0.75
        if r.random() < 0.2:
            self.zone = "Europe/Berlin"
        rows = r.choice([1, 1, 2, 3, 5, 8, 40]) if r.random() < 0.97 else r.choice([0, 3000])
        self.rows = rows
        if request["json"] and self.rows == 0:
            self.may.append("it is empty")
        fields = [f for f in request["fields"] if f["filled"] or f["there"] or r.random() < 0.8]
        self.columns = [Column(f, values(r, f, rows)) for f in fields]
        if r.random() < 0.3:
            r.shuffle(self.columns)

    def time(self, layout):
        """A way to write times that the source declares, if it is one that declares such."""
        if self.tolerant:
            if layout not in self.times:
                self.times.append(layout)
        else:
            self.codes.append("bad_time")

    def fraction(self, name):
        """A column of binary fractions."""
        self.binary = self.tolerant
        if not self.tolerant:
            self.may.append("does not hold decimals exactly")

    def null(self, text):
        """A text for what is null, which means that only if the source declares it."""
        if self.tolerant:
            self.nulls.append(text)
            return
        self.codes += ["bad_decimal", "bad_time", "bad_value", "bad_json", "unknown_currency"]
        for c in self.columns:
            if c.kind not in ("decimal", "time", "day", "map"):
                c.values = [text if v is None else v for v in c.values]

    def describe(self, n):
        return {"n": n, "how": " ".join(self.how), "zone": self.zone, "nulls": self.nulls, "times": self.times, "binary": self.binary,
                "may": self.may, "codes": self.codes}


def values(r, field, rows):
    """Random values of a field. Ends are after starts, whose names sort behind theirs."""
    kind, null = field["kind"], 0 if field["filled"] else r.choice([0, 0, 0.3, 1])
    few = [one(r, field) for _ in range(r.choice([1, 3, 50]))]
    out = []
    for _ in range(rows):
        v = None if r.random() < null else r.choice(few)
        out.append(v)
    if kind == "decimal" and r.random() < 0.2:
        out = [None if v is None else v.to_integral_value() for v in out]
    return out


def one(r, field):
    kind = field["kind"]
    if kind == "decimal":
        places = r.choice([0, 1, 2, 2, 4, 6, 9, 12, 18])
        top = r.choice([10, 1000, 10**6, 10**9])
        v = Decimal(r.randrange(top * 10**places)).scaleb(-places)
        return -v if r.random() < 0.2 else v
    if kind == "time":
        hours = r.randrange(24 * 15) + (24 * 15 if "end" in field["name"].lower() else 0)
        t = datetime(2024, 9, 1, tzinfo=UTC) + timedelta(hours=hours)
        if r.random() < 0.05:
            t += timedelta(microseconds=r.choice([1, 1000, 123456, 500_000, 59_000_000]))
        return t
    if kind == "day":
        return date(2024, 9, 1) + timedelta(days=r.randrange(30))
    if kind == "month":
        return "202409"
    if kind == "map":
        return {r.choice(["env", "team", "a b", "ä", "user:x"]): r.choice(TEXTS[:22]) for _ in range(r.randrange(4))}
    if kind == "labels":
        return [{"key": k, "value": r.choice(["x", "it's", "ä"])} for k in r.sample(["env", "team", "b"], r.randrange(3))]
    if kind == "credits":
        return [{"name": r.choice(["S", "it's"]), "amount": -Decimal(r.randrange(1000)) / 100, "type": "PROMOTION"} for _ in range(r.randrange(3))]
    if kind == "podlabels":
        return "|".join(f"label_{k}:v" for k in r.sample(["app", "tier"], r.randrange(3)))
    if kind == "currency":
        return r.choice(CURRENCIES)
    if kind == "choice":
        return r.choice(field["values"])
    if kind == "digits":
        return r.choice(DIGITS)
    return r.choice(TEXTS) if r.random() < 0.7 else r.choice(DIGITS)


def plain(v):
    """The text of a value in plain CSV."""
    if v is None:
        return ""
    if isinstance(v, Decimal):
        return format(v, "f")
    if isinstance(v, datetime):
        return instant(v)
    if isinstance(v, date):
        return v.isoformat()
    if isinstance(v, (dict, list)):
        return json.dumps(v, default=lambda d: float(d), ensure_ascii=False)
    return str(v)


def instant(t):
    t = t.astimezone(UTC)
    return t.strftime("%Y-%m-%dT%H:%M:%S") + (f".{t.microsecond:06d}" if t.microsecond else "") + "Z"


def write_plain(path, columns, rows):
    def quote(text):
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in '",\r\n') else text

    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(",".join(quote(c.name) for c in columns) + "\n")
        for i in range(rows):
            f.write(",".join(quote(plain(c.values[i])) for c in columns) + "\n")


# What a column's values are written as. Each returns texts or values for the writer, and changes the column's own to what that holds.


def spelled_decimals(r, column):
    """Decimals as texts: as they are, with an exponent, with noughts behind them."""
    way = r.choice(["f", "f", "E", "zeros", "plus"])
    out = []
    for v in column.values:
        if v is None:
            out.append(None)
        elif way == "E":
            out.append(f"{v:.40e}" if r.random() < 0.2 else str(v.normalize()))
        elif way == "zeros":
            out.append(format(v, "f") + ("000" if "." in format(v, "f") else ".0"))
        elif way == "plus" and v > 0:
            out.append("+" + format(v, "f"))
        else:
            out.append(format(v, "f"))
    return out


def spelled_times(case, column):
    """Times as texts of several layouts."""
    r = case.r
    way = r.choice(["Z", "Z", "offset", "shift", "blank", "naive", "millis", "tz", "minutes"])
    zone = ZoneInfo(case.zone)
    out = []
    for t in column.values:
        if t is None:
            out.append(None)
        elif way == "Z":
            out.append(instant(t))
        elif way == "offset":
            out.append(t.isoformat())
        elif way == "shift":
            out.append(t.astimezone(ZoneInfo("Asia/Kolkata")).isoformat())
        elif way == "blank":
            out.append(str(t))
        elif way == "naive":
            out.append(t.astimezone(zone).replace(tzinfo=None).isoformat(sep=" "))
        elif way == "millis":
            out.append(instant(t)[:-1] + ("000" if t.microsecond else ".000") + "Z")
        elif way == "tz":
            out.append(t.strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC"))
        else:
            out.append(t.strftime("%Y-%m-%dT%H:%MZ"))
    if way == "naive":
        case.time("2006-01-02 15:04:05")
    elif way == "tz":
        case.time("2006-01-02 15:04:05 -0700 MST")
    elif way == "minutes":
        case.time("2006-01-02T15:04Z")
        column.values = [None if t is None else t.replace(second=0, microsecond=0) for t in column.values]
    return out


def spelled_days(case, column):
    way = case.r.choice(["iso", "american", "short"])
    if way == "iso":
        return [None if d is None else d.isoformat() for d in column.values]
    return [None if d is None else (f"{d.month:02d}/{d.day:02d}/{d.year}" if way == "american" else f"{d.month}/{d.day}/{d.year}") for d in column.values]


def spelled(case, column):
    """A column as texts."""
    if column.kind == "decimal":
        return spelled_decimals(case.r, column)
    if column.kind == "time":
        return spelled_times(case, column)
    if column.kind == "day":
        return spelled_days(case, column)
    return [None if v is None else plain(v) for v in column.values]


def floats(column, width=64):
    """The nearest binary fractions, which become the column's own values, by their shortest decimals."""
    import numpy as np

    kind = np.float64 if width == 64 else np.float32
    out = [None if v is None else kind(float(v)) for v in column.values]
    column.values = [None if v is None else Decimal(str(v)) for v in out]
    return out


def integral(column):
    return all(v is None or v == v.to_integral_value() and abs(v) < 2**31 for v in column.values)


def numeric(column):
    """Texts that a program takes for numbers, and that keep their digits then."""
    return all(v is None or isinstance(v, str) and v.isdigit() and (v == "0" or v[0] != "0") and int(v) < 2**53 for v in column.values)


# pyarrow


def arrow_column(case, c):
    r = case.r
    if c.kind == "decimal":
        return arrow_decimal(case, c)
    if c.kind == "time":
        return arrow_time(case, c)
    if c.kind == "day":
        if r.random() < 0.5:
            return pa.array(c.values, pa.date32())
        if r.random() < 0.5:
            return pa.array([None if d is None else datetime(d.year, d.month, d.day) for d in c.values], pa.timestamp(r.choice(["s", "ms", "us", "ns"])))
        return pa.array(spelled_days(case, c), pa.string())
    if c.kind == "map":
        if r.random() < 0.5:
            return pa.array([None if v is None else list(v.items()) for v in c.values], pa.map_(pa.string(), pa.string()))
        return pa.array([None if v is None else plain(v) for v in c.values], pa.string())
    if c.kind in ("labels", "credits"):
        if r.random() < 0.7:
            amount = pa.float64() if r.random() < 0.7 else pa.decimal128(38, 9)
            members = [("key", pa.string()), ("value", pa.string())] if c.kind == "labels" else [("name", pa.string()), ("amount", amount), ("type", pa.string())]
            convert = (lambda x: float(x)) if amount == pa.float64() else (lambda x: x)
            rows = [None if v is None else [{k: convert(x) if isinstance(x, Decimal) else x for k, x in e.items()} for e in v] for v in c.values]
            return pa.array(rows, pa.list_(pa.struct(members)))
        return pa.array([None if v is None else plain(v) for v in c.values], pa.string())
    if numeric(c) and r.random() < 0.3:
        kind = r.choice([pa.int64(), pa.uint64(), pa.float64(), pa.decimal128(38, 0)])
        convert = {pa.float64(): float}.get(kind, lambda v: Decimal(v) if pa.types.is_decimal(kind) else int(v))
        return pa.array([None if v is None else convert(v) for v in c.values], kind)
    kind = r.choice([pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), None, None])
    if kind is None:
        return pa.array(c.values, pa.string()).dictionary_encode()
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if v is None else v.encode() for v in c.values], kind)
    if all(v is None for v in c.values) and r.random() < 0.5:
        return pa.nulls(len(c.values))
    return pa.array(c.values, kind)


def arrow_decimal(case, c):
    r = case.r
    ways = ["exact", "exact", "wide", "text", "dictionary", "double", "float"]
    if integral(c):
        ways += ["int32", "int64", "uint32", "int64"]
    if all(v is None for v in c.values):
        ways += ["null"]
    way = r.choice(ways)
    scale = max((max(0, -v.as_tuple().exponent) for v in c.values if v is not None), default=0)
    digits = max((len(v.as_tuple().digits) + max(0, v.as_tuple().exponent) for v in c.values if v is not None), default=1)
    most = max(scale, digits, 1) + scale
    case.how.append(way)
    if way == "exact":
        if most <= 9 and r.random() < 0.3:
            return pa.array(c.values, pa.decimal32(9, scale))
        if most <= 18 and r.random() < 0.5:
            return pa.array(c.values, pa.decimal64(18, scale))
        precision = r.randint(min(38, most), 38)
        return pa.array(c.values, pa.decimal128(38, 18) if r.random() < 0.4 else pa.decimal128(precision, scale))
    if way == "wide":
        return pa.array(c.values, pa.decimal256(r.randint(40, 76), scale + r.choice([0, 0, 3])))
    if way == "text":
        return pa.array(spelled_decimals(r, c), r.choice([pa.string(), pa.large_string()]))
    if way == "dictionary":
        return pa.array(spelled_decimals(r, c), pa.string()).dictionary_encode()
    if way == "double":
        case.fraction(c.name)
        return pa.array(floats(c), pa.float64())
    if way == "float":
        case.fraction(c.name)
        return pa.array(floats(c, 32), pa.float32())
    if way == "null":
        return pa.nulls(len(c.values))
    if way == "uint32" and any(v is not None and v < 0 for v in c.values):
        way = "int64"
    kind = {"int32": pa.int32(), "int64": pa.int64(), "uint32": pa.uint32()}[way]
    return pa.array([None if v is None else int(v) for v in c.values], kind)


def arrow_time(case, c):
    r = case.r
    way = r.choice(["zoned", "zoned", "zoned", "naive", "text", "dictionary"])
    case.how.append(way)
    if way in ("text", "dictionary"):
        texts = pa.array(spelled_times(case, c), pa.string())
        return texts.dictionary_encode() if way == "dictionary" else texts
    unit = r.choice(["us", "ns", "ms", "s"])
    cut = {"s": 1_000_000, "ms": 1000}.get(unit, 1)
    c.values = [None if t is None else t - timedelta(microseconds=t.microsecond % cut) for t in c.values]
    if way == "naive":
        zone = ZoneInfo(case.zone)
        return pa.array([None if t is None else t.astimezone(zone).replace(tzinfo=None) for t in c.values], pa.timestamp(unit))
    return pa.array(c.values, pa.timestamp(unit, tz=r.choice(["UTC", "Europe/Berlin", "+02:00"])))


def nested(columns, arrays):
    """Arrays by name, those of names with points as structs."""
    tree = {}
    for c, a in zip(columns, arrays):
        at = tree
        *above, name = c.name.split(".")
        for part in above:
            at = at.setdefault(part, {})
        at[name] = a

    def build(node):
        if isinstance(node, dict):
            return pa.StructArray.from_arrays([build(x) for x in node.values()], names=list(node))
        return node.combine_chunks() if isinstance(node, pa.ChunkedArray) else node

    return {name: build(node) for name, node in tree.items()}


def by_pyarrow(case, path):
    import pyarrow.csv
    import pyarrow.parquet as pq

    r = case.r
    if r.random() < 0.2 or not case.request["parquet"] and r.random() < 0.8:
        return arrow_csv(case, path, pyarrow.csv)
    if not case.request["parquet"]:
        case.may.append("it is Parquet")
    arrays = [arrow_column(case, c) for c in case.columns]
    if case.request["json"] and any("." in c.name for c in case.columns):
        arrays = [a.cast(pa.string()) if pa.types.is_null(a.type) else a for a in arrays]
        table = pa.table(nested(case.columns, arrays))
    else:
        table = pa.table(arrays, names=[c.name for c in case.columns])
    options = {
        "compression": r.choice(["snappy", "gzip", "zstd", "brotli", "lz4", "none"]), "data_page_version": r.choice(["1.0", "2.0"]),
        "version": r.choice(["1.0", "2.4", "2.6"]), "row_group_size": r.choice([None, 1, 7, 1000] if case.rows < 1000 else [None, 1000]), "write_statistics": r.random() < 0.5,
        "store_schema": r.random() < 0.5, "data_page_size": r.choice([None, 64, 1000]), "write_page_index": r.random() < 0.3,
        "write_page_checksum": r.random() < 0.3, "use_compliant_nested_type": r.random() < 0.8,
    }
    if r.random() < 0.2 and case.zone == "UTC":  # which says of no time whether it is of a zone
        options["use_deprecated_int96_timestamps"] = True
        case.how.append("int96")
    if r.random() < 0.3:
        options["use_dictionary"] = False
        if r.random() < 0.5:
            options["column_encoding"] = encodings(r, table.schema)
    elif r.random() < 0.2:
        options["dictionary_pagesize_limit"] = 20
    if r.random() < 0.3:
        options["store_decimal_as_integer"] = True
    case.how.append("Parquet " + str(options))
    pq.write_table(table, path, **options)


def encodings(r, schema):
    """Encodings other than the plain one of some columns."""
    out = {}
    for f in schema:
        t = f.type
        if pa.types.is_integer(t) and t.bit_width >= 32 or pa.types.is_timestamp(t):
            out[f.name] = r.choice(["DELTA_BINARY_PACKED", "PLAIN", "BYTE_STREAM_SPLIT"])
        elif pa.types.is_string(t) or pa.types.is_binary(t):
            out[f.name] = r.choice(["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "PLAIN"])
        elif pa.types.is_floating(t):
            out[f.name] = r.choice(["BYTE_STREAM_SPLIT", "PLAIN"])
    return out


def arrow_csv(case, path, to):
    arrays = []
    for c in case.columns:
        if c.kind == "decimal" and case.r.random() < 0.4:
            arrays.append(pa.array(floats(c), pa.float64()))
        elif c.kind == "time" and case.r.random() < 0.5:
            arrays.append(pa.array(c.values, pa.timestamp("us", "UTC")))
        else:
            arrays.append(pa.array(spelled(case, c), pa.string()))
    options = to.WriteOptions(delimiter=case.r.choice([",", ";", "\t", "|"]), quoting_style=case.r.choice(["needed", "all_valid"]))
    case.how.append("CSV")
    out = io.BytesIO()
    to.write_csv(pa.table(arrays, names=[c.name for c in case.columns]), out, options)
    save(case, path, out.getvalue())


# DuckDB


def duck_column(case, c, kind):
    """The texts to begin with, and the type that DuckDB makes of them."""
    r = case.r
    if c.kind == "decimal":
        ways = ["DECIMAL(38,18)", "DECIMAL(38,18)", "DOUBLE", "FLOAT", "VARCHAR"]
        if integral(c):
            ways += ["BIGINT", "INTEGER", "HUGEINT"]
        way = r.choice(ways)
        if way == "FLOAT" and kind != "parquet":
            way = "DOUBLE"  # in text, a single one has other digits than the shortest
        case.how.append(way)
        if way == "DOUBLE":
            floats(c)
        elif way == "FLOAT":
            floats(c, 32)
        elif way == "VARCHAR":
            return spelled_decimals(r, c), way
        if way in ("DOUBLE", "FLOAT", "HUGEINT"):
            case.fraction(c.name)
        return [None if v is None else format(v, "f") for v in c.values], way
    if c.kind == "time":
        way = r.choice(["TIMESTAMPTZ", "TIMESTAMPTZ", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", "VARCHAR"])
        case.how.append(way)
        if way == "VARCHAR":
            return spelled_times(case, c), way
        cut = {"TIMESTAMP_S": 1_000_000, "TIMESTAMP_MS": 1000}.get(way, 1)
        c.values = [None if t is None else t - timedelta(microseconds=t.microsecond % cut) for t in c.values]
        if way == "TIMESTAMPTZ":
            return [None if t is None else instant(t) for t in c.values], way
        zone = ZoneInfo(case.zone)
        return [None if t is None else t.astimezone(zone).replace(tzinfo=None).isoformat(sep=" ") for t in c.values], way
    if c.kind == "day":
        return [None if d is None else d.isoformat() for d in c.values], r.choice(["DATE", "VARCHAR", "TIMESTAMP"])
    if c.kind == "map":
        return [None if v is None else plain(v) for v in c.values], r.choice(["JSON", "MAP(VARCHAR, VARCHAR)", "VARCHAR"])
    if c.kind == "labels":
        return [None if v is None else plain(v) for v in c.values], r.choice(["STRUCT(key VARCHAR, value VARCHAR)[]", "JSON", "VARCHAR"])
    if c.kind == "credits":
        return [None if v is None else plain(v) for v in c.values], r.choice(["STRUCT(name VARCHAR, amount DOUBLE, type VARCHAR)[]", "JSON", "VARCHAR"])
    if c.kind in ("choice", "currency") and r.random() < 0.3 and any(c.values):
        return c.values, "ENUM(" + ", ".join("'" + v.replace("'", "''") + "'" for v in sorted({v for v in c.values if v is not None})) + ")"
    if numeric(c) and r.random() < 0.3:
        return c.values, r.choice(["BIGINT", "UBIGINT", "DECIMAL(38,0)"])
    return c.values, r.choice(["VARCHAR", "VARCHAR", "BLOB"]) if all(v is None or v.isascii() and v.isprintable() and "\\" not in v for v in c.values) else "VARCHAR"


def by_duckdb(case, path):
    import duckdb

    r = case.r
    kinds = ["csv", "csv"] + ["parquet"] * (3 if case.request["parquet"] else 0) + ["json"] * (2 if case.request["json"] else 0)
    kind = r.choice(kinds if r.random() < 0.95 else ["csv", "parquet", "json"])
    if not case.request.get("csv", True) and kind == "csv":
        kind = "json"
    if kind == "parquet" and not case.request["parquet"]:
        case.may.append("it is Parquet")
    if kind == "json" and not case.request["json"]:
        case.may.append("it is JSON")
    texts, types, tree = [], [], {}
    for c in case.columns:
        t, k = duck_column(case, c, kind)
        if kind == "csv" and ("MAP" in k or "STRUCT" in k or k == "BLOB"):
            k = "VARCHAR"  # a notation of its own
        if kind == "json" and k == "BLOB":
            k = "VARCHAR"
        if kind == "parquet" and k in ("BLOB",):
            pass
        texts.append(pa.array(t, pa.string()))
        types.append(k)
    con = duckdb.connect(":memory:", config={"threads": 1})
    con.execute("set TimeZone = 'UTC'")
    base = pa.table(texts, names=[f"c{i}" for i in range(len(texts))])
    con.register("base", base)
    expressions = []
    for i, (c, k) in enumerate(zip(case.columns, types)):
        if "MAP" in k or "STRUCT" in k:
            expressions.append((c.name, f"cast(cast(c{i} as json) as {k})"))
        else:
            expressions.append((c.name, f"cast(c{i} as {k})"))
    if kind != "csv" and any("." in name for name, _ in expressions) and case.request["nested"]:
        select = duck_nested(expressions)
    else:
        select = ", ".join(f'{e} as "{name}"' for name, e in expressions)
    options, packing = duck_options(case, kind, types)
    target = path + {"gzip": ".gz", "zstd": ".zst"}.get(packing, "")
    case.how.append(f"{kind} {options}")
    con.execute(f"copy (select {select} from base) to '{target}' ({options})")
    con.close()
    if target != path:
        os.rename(target, path)


def duck_nested(expressions):
    tree = {}
    for name, e in expressions:
        at = tree
        *above, last = name.split(".")
        for part in above:
            at = at.setdefault(part, {})
        at[last] = e

    def build(node):
        if isinstance(node, dict):
            return "struct_pack(" + ", ".join(f'"{n}" := {build(x)}' for n, x in node.items()) + ")"
        return node

    return ", ".join(f'{build(node)} as "{name}"' for name, node in tree.items())


def duck_options(case, kind, types):
    r = case.r
    packing = r.choice(["none", "gzip", "zstd"])
    if kind == "parquet":
        return f"format parquet, compression {r.choice(['snappy', 'zstd', 'gzip', 'uncompressed', 'lz4_raw', 'brotli'])}, " \
            f"parquet_version {r.choice(['v1', 'v2'])}, row_group_size {r.choice([2048, 122880])}", "none"
    if kind == "json":
        for k in types:
            if k.startswith("TIMESTAMP"):
                case.time("2006-01-02 15:04:05" if k != "TIMESTAMPTZ" else "2006-01-02 15:04:05-07")
        return f"format json, array {r.choice(['true', 'false'])}, compression {packing}", packing
    for k in types:
        if k.startswith("TIMESTAMP"):
            case.time("2006-01-02 15:04:05" if k != "TIMESTAMPTZ" else "2006-01-02 15:04:05-07")
    null = ""
    if r.random() < 0.3:
        null = r.choice(["NULL", "\\N", "n/a"])
        case.null(null)
    return f"format csv, header, delimiter '{r.choice([',', ';', '|'])}', compression {packing}, nullstr '{null}'" + (", force_quote *" if r.random() < 0.3 else ""), packing


# pandas


def by_pandas(case, path):
    import pandas as pd

    r = case.r
    kinds = ["csv", "csv"] + ["parquet"] * (3 if case.request["parquet"] else 0) + ["json"] * (2 if case.request["json"] else 0)
    kind = r.choice(kinds if r.random() < 0.95 else ["csv", "parquet", "json"])
    if not case.request.get("csv", True) and kind == "csv":
        kind = "json"
    if kind == "parquet" and not case.request["parquet"]:
        case.may.append("it is Parquet")
    if kind == "json" and not case.request["json"]:
        case.may.append("it is JSON")
    data = {c.name: pandas_column(case, c, kind, pd) for c in case.columns}
    frame = pd.DataFrame(data)
    case.how.append(kind)
    if kind == "parquet":
        options = {"compression": r.choice(["snappy", "gzip", "zstd", None]), "index": r.choice([None, True, False])}
        case.how.append(str(options))
        frame.to_parquet(path, engine="pyarrow", **options)
    elif kind == "json":
        pandas_json(case, path, frame)
    else:
        options = {"index": r.random() < 0.2, "sep": r.choice([",", ";", "\t", "|"]), "quoting": r.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
                   "lineterminator": r.choice(["\n", "\r\n"])}
        if r.random() < 0.2:
            options["na_rep"] = r.choice(["NULL", "nan", "None"])
            case.null(options["na_rep"])
        case.how.append(str(options))
        save(case, path, frame.to_csv(**options).encode())


def pandas_column(case, c, kind, pd):
    r = case.r
    if c.kind == "decimal":
        way = r.choice(["text", "float", "object"] + (["Int64"] if integral(c) else []))
        if kind == "json" and way == "object":
            way = "text"
        case.how.append(way)
        if way == "float":
            if kind == "parquet":
                case.fraction(c.name)
            values = floats(c)
            if kind == "json":  # which writes ten digits behind the point
                values = [None if v is None else float(f"{v:.9g}") for v in values]
                c.values = [None if v is None else Decimal(f"{v:.10f}") for v in values]
            return pd.Series(values, dtype="float64")
        if way == "Int64":
            return pd.Series([None if v is None else int(v) for v in c.values], dtype="Int64")
        if way == "object":
            return pd.Series(c.values, dtype="object")
        return pd.Series(spelled_decimals(r, c), dtype=r.choice(["object", "str"]))
    if c.kind == "time":
        way = r.choice(["zoned", "zoned", "text"])
        case.how.append(way)
        if way == "text" or kind == "json" and case.zone != "UTC":
            return pd.Series(spelled_times(case, c), dtype="object")
        if kind == "json":
            c.values = [None if t is None else t - timedelta(microseconds=t.microsecond % 1000) for t in c.values]
        return pd.Series(pd.to_datetime(c.values, utc=True, format="mixed") if any(c.values) else pd.Series(c.values, dtype="datetime64[us, UTC]"))
    if c.kind == "day":
        return pd.Series(spelled_days(case, c), dtype="object")
    if c.kind in ("map", "labels", "credits"):
        if kind == "json" and r.random() < 0.6:
            return pd.Series([None if v is None else json.loads(plain(v)) for v in c.values], dtype="object")
        if kind == "parquet" and c.kind == "map" and r.random() < 0.3 and any(c.values):
            case.how.append("struct")
            return pd.Series([v or None for v in c.values], dtype="object")
        return pd.Series([None if v is None else plain(v) for v in c.values], dtype="object")
    if kind != "json" and numeric(c) and any(v is not None for v in c.values) and r.random() < 0.3:
        if any(v is None for v in c.values) and kind == "csv":
            return pd.Series(c.values, dtype="object")
        return pd.Series([None if v is None else int(v) for v in c.values], dtype=r.choice(["Int64", "float64"]) if kind == "parquet" else "Int64")
    return pd.Series(c.values, dtype=r.choice(["object", "str", "category"]))


def pandas_json(case, path, frame):
    r = case.r
    lines = r.random() < 0.6
    out = io.StringIO()
    if case.request["nested"] and any("." in c for c in frame.columns):
        frame = fold(frame)
    frame.to_json(out, orient="records", lines=lines, date_format="iso", double_precision=10, force_ascii=r.random() < 0.5, date_unit=r.choice(["ms", "us"]))
    save(case, path, out.getvalue().encode(), fold_times=True)


def fold(frame):
    import pandas as pd

    rows = json.loads(frame.to_json(orient="records", date_format="iso", double_precision=10))
    out = []
    for row in rows:
        tree = {}
        for name, v in row.items():
            at = tree
            *above, last = name.split(".")
            for part in above:
                at = at.setdefault(part, {})
            at[last] = v
        out.append(tree)
    names = list(dict.fromkeys(c.split(".")[0] for c in frame.columns))
    return pd.DataFrame({n: pd.Series([row[n] for row in out], dtype="object") for n in names})


# Python's csv


def by_csv(case, path):
    r = case.r
    texts = [spelled(case, c) for c in case.columns]
    quoting = r.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    dialect = {"delimiter": r.choice([",", ",", ";", "\t", "|"]), "lineterminator": r.choice(["\n", "\r\n", "\r"]), "quoting": quoting}
    if dialect["lineterminator"] == "\r":
        dialect["quoting"] = csv.QUOTE_ALL  # else line feeds stand bare in texts
    if r.random() < 0.1:
        dialect.update(quotechar="'", quoting=csv.QUOTE_ALL)
    elif r.random() < 0.1:
        dialect.update(doublequote=False, escapechar="\\")
        texts = [[t and t.replace("\\", "/").replace("\n", " ") for t in column] for column in texts]
        for c in case.columns:
            if c.kind == "text":
                c.values = [v and v.replace("\\", "/").replace("\n", " ") for v in c.values]
        case.codes += ["bad_quote", "bad_json", "ragged_row"]
    case.how.append(f"{dialect}")
    null = ""
    if r.random() < 0.2:
        null = r.choice(["NULL", "None", "~"])
        case.null(null)
    out = io.StringIO(newline="")
    w = csv.writer(out, **dialect)
    w.writerow([c.name for c in case.columns])
    for i in range(case.rows):
        w.writerow([null if t[i] is None else t[i] for t in texts])
    encoding = r.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-8-sig", "utf-16", "latin-1"])
    text = out.getvalue()
    if encoding == "latin-1" and text.encode("latin-1", "replace").decode("latin-1") != text:
        encoding = "utf-8"
    case.how.append(encoding)
    if encoding == "utf-16":
        case.may.append("UTF-16")
    if encoding == "latin-1":
        case.codes.append("bad_encoding")
        case.may.append("not UTF-8")
    save(case, path, text.encode(encoding))


def save(case, path, data, fold_times=False):
    """Writes what a writer made, plain or packed."""
    packing = case.r.choice(["none", "none", "gzip", "zip", "zstd"])
    if packing == "gzip":
        data = gzip.compress(data)
    elif packing == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("part.csv", data)
        data = buffer.getvalue()
    elif packing == "zstd":
        data = pa.compress(data, codec="zstd", asbytes=True)
    case.how.append(packing)
    with open(path, "wb") as f:
        f.write(data)


WRITERS = {"pyarrow": by_pyarrow, "duckdb": by_duckdb, "pandas": by_pandas, "csv": by_csv}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        for n in range(request["first"], request["behind"]):
            case = Case(random.Random(f"{request['format']} {request['writer']} {n}"), request)
            path = os.path.join(request["dir"], str(n))
            failed = ""
            try:
                WRITERS[request["writer"]](case, path)
            except Exception as e:  # options that the library does not have together
                failed = f"{type(e).__name__}: {e}"
            write_plain(path + ".csv", case.columns, case.rows)
            print(json.dumps({**case.describe(n), "failed": failed}))
        print(flush=True)


if __name__ == "__main__":
    main()
