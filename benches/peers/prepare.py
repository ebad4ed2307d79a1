"""Reads a job's sources into one Parquet file each, all of one form, for the Python peers.

    python prepare.py JOB OUT [REGISTER...]

Headings, formats and encodings are those of the job. Rows are numbered from 0, without
headings, as zvirka and the truth number them.
"""

import csv
import sys
import tomllib
from functools import cache
from pathlib import Path

import fastexcel
import normalise
import polars as pl

FIELDS = [
    "surname", "given_name", "patronymic", "birth_date", "sex", "certificate_series",
    "certificate_number", "document", "unzr", "rnokpp", "region",
]  # fmt: skip


def headings(source, field):
    """The headings of a field: a job names one, or a list."""
    named = source.get("columns", {}).get(field, [])
    return [named] if isinstance(named, str) else named


def rows_of(path, source):
    """Heading and rows of texts of one file."""
    suffix = path.suffix.lower()
    mapped = [h for field in source["columns"] for h in headings(source, field)]
    if suffix == ".parquet":
        table = pl.read_parquet(path)
        yield table.columns, table.select(pl.all().cast(pl.String)).iter_rows()
    elif suffix == ".xlsx":
        book = fastexcel.read_excel(path)
        for sheet in book.sheet_names:
            rows = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars().iter_rows()
            # Titles stand above the headings.
            for row in rows:
                if set(mapped) <= {(cell or "").strip() for cell in row}:
                    yield [(cell or "").strip() for cell in row], rows
                    break
    else:
        data = path.read_bytes()
        encoding = source.get("encoding")
        if not encoding:
            try:
                data.decode("utf-8-sig")
                encoding = "utf-8-sig"
            except UnicodeDecodeError:
                encoding = "windows-1251"
        text = data.decode(encoding)
        first = text.split("\n", 1)[0]
        delimiter = source.get("delimiter") or max(";,\t", key=first.count)
        rows = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        yield next(rows), rows


name, birth_date = cache(normalise.name), cache(normalise.birth_date)


def record(cells):
    """The fields of one row, of the texts of its cells by field."""
    one = dict.fromkeys(FIELDS)
    if "full_name" in cells:
        parts = normalise.full_name(cells["full_name"])
    else:
        parts = [name(cells.get(f)) for f in ("surname", "given_name", "patronymic")]
    one["surname"], one["given_name"], one["patronymic"] = parts
    one["birth_date"] = birth_date(cells.get("birth_date"))
    one["sex"] = normalise.sex(cells.get("sex"))
    one["region"] = (cells.get("region") or "").lower().removesuffix(" область").strip() or None
    for field in ("certificate", "document"):
        one.update(normalise.document(cells.get(field)))
    if "certificate_number" in cells:
        one["certificate_series"], one["certificate_number"] = normalise.certificate(
            cells.get("certificate_series"), cells["certificate_number"]
        )
    for field, length in (("unzr", 13), ("rnokpp", 10)):
        one[field] = normalise.number(cells.get(field) or one[field], length)
    return one


def read(folder, source):
    """A source as a frame of `row` and `FIELDS`."""
    paths = source["path"]
    paths = [p for pattern in ([paths] if isinstance(paths, str) else paths)
             for p in sorted(folder.glob(pattern))]  # fmt: skip
    if not paths:
        raise SystemExit(f"no file for the source {source['name']}: {source['path']}")
    if "columns" not in source:
        raise SystemExit(f"the source {source['name']} names no columns, and profiles are not read")
    out = []
    for path in paths:
        for heading, rows in rows_of(path, source):
            place = {column: at for at, column in enumerate(heading)}
            at = {field: [place[h] for h in headings(source, field)] for field in source["columns"]}
            for row in rows:
                # Peers hold one value of a field: the first.
                out.append(record({f: next((row[i] for i in at[f] if row[i]), None) for f in at}))
    frame = pl.DataFrame(out, schema=dict.fromkeys(FIELDS, pl.String))
    return frame.with_row_index("row").with_columns(pl.col("row").cast(pl.UInt64))


def main():
    job_file, out, wanted = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    job = tomllib.loads(job_file.read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    schools = []
    for source in job["population"]:
        frame = read(job_file.parent, source).with_columns(source=pl.lit(source["name"]))
        schools.append(frame)
    pupils = pl.concat(schools)
    latin = ["surname", "given_name", "patronymic"]
    in_latin = pupils.with_columns(
        pl.col(latin).map_elements(cache(normalise.kmu55), return_dtype=pl.String)
    )
    for source in job["registry"]:
        if source["name"] not in wanted:
            continue
        frame = read(job_file.parent, source).with_columns(source=pl.lit(source["name"]))
        frame.write_parquet(out / f"{source['name']}.parquet")
        # A register in Latin letters gets the schools' names in Latin letters.
        surnames = frame["surname"].drop_nulls().head(1000)
        share = sum(map(normalise.is_latin, surnames)) / max(len(surnames), 1)
        (in_latin if share > 0.5 else pupils).write_parquet(
            out / f"{source['name']}.pupils.parquet"
        )


if __name__ == "__main__":
    main()
