"""Splink 5 with DuckDB: links the pupils with one register.

    python splink_peer.py PREPARED REGISTER OUT --unique true

The set-up follows Splink's own tutorial: u by random sampling, the share of matches by
deterministic rules, m by expectation maximisation over two blocking rules that do not share a
column, term frequencies of names. Two things are said by hand, because sampling cannot tell
them: u of the identifiers, which agree by chance so seldom that every agreement in a sample is
a true match.
"""

import argparse
import json
import logging
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

# Pairs of less weight (log2 of the odds of a match) are not written: 1 in 1,000.
LEAST_WEIGHT = -10
# Splink names no threshold of its own; its documentation's examples take this one.
LINK = 0.95
# A register of fewer rows has too few matches for expectation maximisation, and is small
# enough for wide blocks.
SMALL = 2_000


def identifier(column, exact, near):
    """Agreement, one slip, disagreement, with u set by hand."""
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            cll.NullLevel(column),
            cll.ExactMatchLevel(column).configure(u_probability=exact, fix_u_probability=True),
            cll.DamerauLevenshteinLevel(column, 1).configure(
                u_probability=near, fix_u_probability=True
            ),
            cll.ElseLevel().configure(u_probability=1 - exact - near, fix_u_probability=True),
        ],
    )


def certificate():
    """Six digits and two letters: 10^6 numbers, about 50 series; 59 numbers are a slip away.

    Twins are registered one after the other, so numbers next to each other are no slip.
    Without this, Splink's best false pairs are twins, and its recall at high precision falls.
    """
    number, series = "certificate_number", "certificate_series"
    same = f"{series}_l = {series}_r"
    u = [2e-8, 1e-6, 59e-6 / 50]
    levels = [
        cll.CustomLevel(f"{number}_l = {number}_r and {same}", "number and series"),
        cll.CustomLevel(f"{number}_l = {number}_r", "number"),
        cll.CustomLevel(
            f"damerau_levenshtein({number}_l, {number}_r) <= 1 and {same}"
            f" and abs({number}_l::int - {number}_r::int) > 2",
            "near number and series",
        ),
        cll.ElseLevel(),
    ]
    for level, chance in zip(levels, [*u, 1 - sum(u)], strict=True):
        level.configure(u_probability=chance, fix_u_probability=True)
    return cl.CustomComparison(
        output_column_name="certificate", comparison_levels=[cll.NullLevel(number), *levels]
    )


def birth_date():
    """Splink's comparison of birth dates, with day and month swapped besides."""
    day, month = "substr(birth_date_{0}, 9, 2)", "substr(birth_date_{0}, 6, 2)"
    swapped = " and ".join([
        "substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4)",
        f"{day.format('l')} = {month.format('r')}",
        f"{month.format('l')} = {day.format('r')}",
    ])  # fmt: skip
    return cl.CustomComparison(
        output_column_name="birth_date",
        comparison_levels=[
            cll.NullLevel("birth_date"),
            cll.ExactMatchLevel("birth_date"),
            cll.DamerauLevenshteinLevel("birth_date", 1),
            cll.CustomLevel(swapped, "day and month swapped"),
            cll.CustomLevel("substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4)", "year"),
            cll.ElseLevel(),
        ],
    )


def comparisons(shared):
    """Those whose columns both sides fill."""
    # УНЗР: birth date (1 in 6,500 agree), and 10,000 serials; РНОКПП: the same, 5,000 a sex.
    all_of_them = {
        "surname": cl.NameComparison("surname"),
        "given_name": cl.NameComparison("given_name"),
        "patronymic": cl.NameComparison("patronymic"),
        "birth_date": birth_date(),
        "sex": cl.ExactMatch("sex"),
        "certificate_number": certificate(),
        "document": identifier("document", 1e-8, 1e-6),
        "unzr": identifier("unzr", 1.5e-8, 1.5e-6),
        "rnokpp": identifier("rnokpp", 1.5e-8, 1.5e-6),
        "region": cl.ExactMatch("region"),
    }
    return [made for column, made in all_of_them.items() if column in shared]


def blocking(shared, small):
    """The rules of zvirka's src/block/rules.rs, as far as Splink can say them."""
    year, start = "substr(birth_date, 1, 4)", "substr(surname, 1, 3)"
    rules = [(column,) for column in ("certificate_number", "unzr", "rnokpp", "document")]
    rules += [
        ("birth_date", start),
        ("birth_date", "given_name"),
        ("birth_date", "patronymic", "substr(surname, 1, 1)"),
        ("surname", "given_name", "patronymic"),
        ("surname", "given_name", year),
    ]
    if small:
        rules += [("birth_date",), ("surname", "given_name")]
    given = [rule for rule in rules if all(part in shared or "(" in part for part in rule)]
    swapped = (
        "l.birth_date = r.birth_date and l.surname = r.given_name and l.given_name = r.surname"
    )
    return [*(block_on(*rule) for rule in given), swapped]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("prepared", type=Path)
    arguments.add_argument("register")
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--unique", choices=["true", "false"], required=True)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument(
        "--model-from", type=Path, help="a model that lends a small register its m"
    )
    arguments = arguments.parse_args()
    logging.getLogger("splink").setLevel(logging.WARNING)

    began, phases = time.perf_counter(), {}
    database = duckdb.connect()
    database.execute(f"set threads = {arguments.threads}")
    api = DuckDBAPI(database)
    files = {
        "pupils": arguments.prepared / f"{arguments.register}.pupils.parquet",
        "register": arguments.prepared / f"{arguments.register}.parquet",
    }
    tables, filled, rows = [], [], {}
    for table, file in files.items():
        database.execute(
            f"create table {table} as select source || ':' || row as unique_id, * from "
            f"read_parquet('{file}')"
        )
        names = [c[0] for c in database.execute(f"describe {table}").fetchall()]
        counts = database.execute(
            f"select {', '.join(f'count({name})' for name in names)} from {table}"
        ).fetchall()[0]
        rows[table] = database.execute(f"select count(*) from {table}").fetchall()[0][0]
        filled.append({name for name, count in zip(names, counts, strict=True) if count})
        tables.append(api.register(table, dataset_display_name=table))
    shared = filled[0] & filled[1]
    small = rows["register"] < SMALL
    linker = Linker(
        tables,
        SettingsCreator(
            link_type="link_only",
            comparisons=comparisons(shared),
            blocking_rules_to_generate_predictions=blocking(shared, small),
            retain_matching_columns=False,
            additional_columns_to_retain=["source", "row"],
        ),
        log_level=logging.WARNING,
    )

    phases["load"] = time.perf_counter() - began
    names = [part for part in ("surname", "given_name", "patronymic") if part in shared]
    certain = [block_on("birth_date", *names)]
    if "certificate_number" in shared:
        certain.append(block_on("certificate_number", "birth_date"))
    notes = []
    try:
        linker.training.estimate_probability_two_random_records_match(certain, recall=0.8)
    except ValueError as problem:
        notes.append(f"share of matches not estimated: {problem}")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    in_latin = database.execute(
        "select avg(regexp_matches(surname, '[A-Z]')::int) > 0.5 from register"
    ).fetchall()[0][0]
    # What births teach of Cyrillic names does not hold of Latin ones.
    lent = small and not in_latin and arguments.model_from
    if lent and arguments.model_from.exists():
        notes.append("m of names, dates and certificates taken from the model of births")
        take_m(linker, json.loads(arguments.model_from.read_text()))
    else:
        for rule in (block_on("birth_date"), block_on("surname", "given_name")):
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(rule)
            except Exception as problem:  # Splink raises many kinds where a block is empty.
                notes.append(f"no training: {type(problem).__name__}: {str(problem)[:200]}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    model = linker.misc.save_model_to_json()
    (arguments.out / "splink.json").write_text(json.dumps(model, indent=1))

    phases["train"] = time.perf_counter() - began - phases["load"]
    pairs = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT).physical_name
    phases["predict"] = time.perf_counter() - began - sum(phases.values())
    # Splink may put either side first.
    database.execute(f"""
        create table scored as select
            if(source_l = '{arguments.register}', source_r, source_l) as population_source,
            if(source_l = '{arguments.register}', row_r, row_l) as population_row,
            if(source_l = '{arguments.register}', row_l, row_r) as registry_row,
            match_weight as score, match_probability >= {LINK} as accepted
        from {pairs}""")
    write = lambda query, name: database.execute(
        f"copy ({query}) to '{arguments.out / name}' (format parquet)"
    )
    write("select * from scored", "splink.parquet")
    # The best pupil of a row on each list, and of a pupil the best row, where one person has
    # one row. Ties stay.
    best = "score = max(score) over (partition by population_source, registry_row)"
    if arguments.unique == "true":
        best += " and score = max(score) over (partition by population_source, population_row)"
    write(f"select * from scored qualify {best}", "splink-best.parquet")
    phases["write"] = time.perf_counter() - began - sum(phases.values())
    (arguments.out / "splink.notes.json").write_text(json.dumps(notes))
    (arguments.out / "splink.phases.json").write_text(json.dumps(phases))


def take_m(linker, model):
    """Sets m of the comparisons that the other model has too."""
    trained = {c["output_column_name"]: c["comparison_levels"] for c in model["comparisons"]}
    for comparison in linker._settings_obj.comparisons:
        levels = trained.get(comparison.output_column_name)
        if levels is None or len(levels) != len(comparison.comparison_levels):
            continue
        for mine, other in zip(comparison.comparison_levels, levels, strict=True):
            if not mine.is_null_level and isinstance(other.get("m_probability"), float):
                mine.m_probability = other["m_probability"]


if __name__ == "__main__":
    main()
