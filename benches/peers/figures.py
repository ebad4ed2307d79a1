"""Pairs with scores against the truth: one definition for every linker.

    python figures.py TRUTH OUT.json SCHOOL,... REGISTER=LINKER=FILE...

A true pair is a school record and a register's row of one person. Pairs are ranked by score;
equal scores are one step, so a threshold takes them all or none. Recall at a precision is the
greatest recall of a threshold that keeps the precision; the best F1 is the greatest of all
thresholds. The same as zvirka's src/evaluate/links.rs.
"""

import json
import sys
from pathlib import Path

import polars as pl

# In ten-thousandths, so that whole numbers decide.
PRECISIONS = {"0.9999": 9999, "0.999": 9990, "0.99": 9900}
PAIR = ["population_source", "population_row", "registry_row"]


def truth_of(folder, source):
    return pl.read_parquet(Path(folder) / f"{source}.parquet").with_columns(
        pl.col("row").cast(pl.UInt64), pl.col("person").cast(pl.String)
    )


def true_pairs(schools, register):
    """School records times register rows, person by person."""
    counts = [
        frame.group_by("person").len(name)
        for frame, name in ((schools, "left"), (register, "right"))
    ]
    both = counts[0].join(counts[1], on="person")
    return int((both["left"].cast(pl.Int64) * both["right"].cast(pl.Int64)).sum())


def f1(true, taken, all_true):
    return 2 * true / (all_true + taken) if all_true + taken else None


def steps(pairs, score):
    """Cumulated pairs and true pairs after each run of equal scores, best first."""
    return (
        pairs.group_by(score)
        .agg(taken=pl.len().cast(pl.Int64), true=pl.col("is_true").sum().cast(pl.Int64))
        .sort(score, descending=True)
        .with_columns(pl.col("taken", "true").cum_sum())
    )


def figures(pairs, score, all_true):
    """Figures of pairs with the columns `is_true`, `accepted` and those of the score."""
    accepted = pairs.filter("accepted")
    links, right = accepted.height, int(accepted["is_true"].sum())
    ranked = steps(pairs, score)
    recall_at = {}
    for name, share in PRECISIONS.items():
        kept = ranked.filter(
            (pl.col("true") * 10_000 >= pl.col("taken") * share) & (pl.col("true") > 0)
        )
        recall_at[name] = kept["true"].max() / all_true if kept.height and all_true else None
    best = max(
        (f1(t, n, all_true) or 0 for n, t in ranked.select("taken", "true").iter_rows()),
        default=None,
    )
    return {
        "true_pairs": all_true,
        "scored_pairs": pairs.height,
        "links": links,
        "false": links - right,
        "precision": right / links if links else None,
        "recall": right / all_true if all_true else None,
        "f1": f1(right, links, all_true),
        "best_f1": best,
        "recall_at": recall_at,
    }


def judge(pairs, schools, register):
    """Adds `is_true`; pairs of rows of nobody known are dropped. A pair must stand once."""
    if pairs.select(PAIR).is_duplicated().any():
        raise SystemExit("a pair stands twice")
    persons = schools.rename({"source": PAIR[0], "row": PAIR[1], "person": "left"})
    right = register.rename({"row": PAIR[2], "person": "right"})
    return (
        pairs.with_columns(pl.col(PAIR[1:]).cast(pl.UInt64))
        .join(persons, on=PAIR[:2])
        .join(right, on=PAIR[2])
        .with_columns(is_true=pl.col("left") == pl.col("right"))
    )


def main():
    truth, out, names, tables = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:]
    schools = pl.concat(
        truth_of(truth, name).with_columns(source=pl.lit(name)) for name in names.split(",")
    )
    found = {}
    for argument in tables:
        name, linker, file = argument.split("=", 2)
        register = truth_of(truth, name)
        score = ["score"]
        pairs = pl.scan_parquet(file)
        if linker == "zvirka":
            score = ["probability", "weight"]
            pairs = pairs.filter(pl.col("registry") == name).with_columns(
                accepted=pl.col("decision") == "link"
            )
        pairs = pairs.select(*PAIR, *score, "accepted").collect()
        pairs = judge(pairs, schools, register)
        found.setdefault(name, {})[linker] = figures(pairs, score, true_pairs(schools, register))
    out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
