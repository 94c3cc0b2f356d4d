"""Opens what a bill run wrote with readers that are not ours, and holds them to one another.

    readers.py check STORE              datasets in DuckDB, pandas and pyarrow; workbooks in openpyxl
    readers.py csv STORE NAME FILE      one dataset as CSV, timestamps as FOCUS writes them

STORE is the directory of a store that holds one run of each period. For every dataset: DuckDB and pandas count the same
rows and add up each decimal column to the same sum; the least and greatest value that a footer states for a row group
are those that its rows have, by pyarrow's reading of the footer and by DuckDB's, so that a reader that skips by
statistics skips nothing it should see; and a filter on negative amounts, which DuckDB answers by such skipping, finds as
many as pandas does. Each run's open.sql opens it, and fills the formulas of its charges.
"""

import contextlib
import decimal
import pathlib
import sys

import duckdb
import openpyxl
import pandas
import pyarrow
import pyarrow.compute
import pyarrow.parquet


def datasets(store):
    """The Parquet files of each dataset, by name."""
    found = {}
    for file in sorted(pathlib.Path(store, "datasets").rglob("*.parquet")):
        name = file.relative_to(pathlib.Path(store, "datasets")).parts[0]
        found.setdefault(name, []).append(file)
    if not found:
        sys.exit(f"no Parquet file below {store}/datasets")
    return found


def ask(query):
    return duckdb.execute(query).fetchall()


def from_files(files):
    return "read_parquet([" + ", ".join("'" + str(f).replace("'", "''") + "'" for f in files) + "])"


def quoted(column):
    return '"' + column.replace('"', '""') + '"'


def check_sums(name, files):
    """Counts and sums by two readers. Returns the number of rows and of decimal columns."""
    source = from_files(files)
    frame = pandas.concat([pyarrow.parquet.read_table(f).to_pandas(types_mapper=pandas.ArrowDtype) for f in files])
    schema = pyarrow.parquet.read_schema(files[0])
    columns = [field.name for field in schema if pyarrow.types.is_decimal(field.type)]
    # 38 digits may not hold the sum of many of them, so both sides add in a wider type: text to Python's decimal here,
    # a list of values there.
    rows = ask(f"select count(*) from {source}")[0][0]
    same(f"{name}: rows", rows, len(frame))
    for column in columns:
        values = [v for v in frame[column] if not pandas.isna(v)]
        texts = ask(f"select {quoted(column)}::varchar from {source} where {quoted(column)} is not null")
        same(f"{name}.{column}: values", len(texts), len(values))
        same(f"{name}.{column}: sum", sum((decimal.Decimal(t) for t, in texts), decimal.Decimal()), sum(values, decimal.Decimal()))
        below = ask(f"select count(*) from {source} where {quoted(column)} < 0")[0][0]
        same(f"{name}.{column}: negative values", below, sum(v < 0 for v in values))
    return rows, len(columns)


def check_footer(file):
    """The statistics of one file against its rows. Returns how many were compared."""
    opened = pyarrow.parquet.ParquetFile(file)
    stated = {
        (group, path): (low, high)
        for group, path, low, high in ask(
            f"select row_group_id, path_in_schema, stats_min_value, stats_max_value from parquet_metadata('{file}')"
        )
    }
    compared = 0
    for group in range(opened.num_row_groups):
        table = opened.read_row_group(group)
        for index, field in enumerate(opened.schema_arrow):
            statistics = opened.metadata.row_group(group).column(index).statistics
            where = f"{file.name}, group {group}, {field.name}"
            if pyarrow.types.is_decimal(field.type):
                low, high = (v.as_py() for v in pyarrow.compute.min_max(table.column(index)).values())
                if low is not None:
                    if statistics is None or not statistics.has_min_max:
                        sys.exit(f"{where}: no statistics")
                    same(f"{where}: least and greatest in pyarrow", (statistics.min, statistics.max), (low, high))
                    texts = stated[group, field.name]
                    same(f"{where}: least and greatest in DuckDB", tuple(map(decimal.Decimal, texts)), (low, high))
                    compared += 1
            if statistics is not None and statistics.has_null_count:
                same(f"{where}: nulls", statistics.null_count, table.column(index).null_count)
    return compared


def check_workbooks(store):
    """Opens every workbook and looks for cells that a spreadsheet shows as an error."""
    for file in sorted(pathlib.Path(store).rglob("*.xlsx")):
        book = openpyxl.load_workbook(file)
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "e":
                        sys.exit(f"{file.name}, {sheet.title}!{cell.coordinate}: {cell.value}")
        print(f"{file.name}: " + ", ".join(f"{s.title} {s.max_row} × {s.max_column}" for s in book))


def check(store):
    decimal.getcontext().prec = 100
    for name, files in datasets(store).items():
        rows, sums = check_sums(name, files)
        footers = sum(check_footer(f) for f in files)
        print(f"{name}: {rows} rows in {len(files)} files, {sums} sums equal, {footers} footer statistics right")
    check_workbooks(store)
    for script in sorted(pathlib.Path(store, "reports").rglob("open.sql")):
        check_script(store, script.resolve())


def check_script(store, script):
    """Opens a run as its script does, and puts every charge's numbers into its formula: none lacks a number or a place."""
    with contextlib.chdir(store):
        duckdb.execute(script.read_text())
        if not ask("select 1 from duckdb_views() where view_name = 'charges'"):
            return
        odd, rows = ask(
            "select count(*) filter (contains(text, '{') or ends_with(text, '(') or places != numbers), count(*) from (select "
            "arithmetic(x_Steps, x_StepNumbers) as text, len(regexp_extract_all(x_Steps, '\\{')) as places, "
            "coalesce(len(string_split(x_StepNumbers, ';')), 0) as numbers from charges)"
        )[0]
    same(f"{script.name}: charges whose arithmetic cannot be read", odd, 0)
    print(f"{script.name}: the arithmetic of {rows} charges")


def same(what, got, want):
    if got != want:
        sys.exit(f"{what}: {got} and {want} should be equal")


def csv(store, name, file):
    files = datasets(store)[name]
    schema = pyarrow.parquet.read_schema(files[0])
    columns = ", ".join(
        f"strftime({quoted(f.name)}, '%Y-%m-%dT%H:%M:%SZ') as {quoted(f.name)}"
        if pyarrow.types.is_timestamp(f.type)
        else quoted(f.name)
        for f in schema
    )
    duckdb.execute("set timezone = 'UTC'")
    duckdb.execute(f"copy (select {columns} from {from_files(files)}) to '{file}' (header, delimiter ',')")


match sys.argv[1:]:
    case ["check", store]:
        check(store)
    case ["csv", store, name, file]:
        csv(store, name, file)
    case _:
        sys.exit(__doc__)
