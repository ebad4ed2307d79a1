"""How two state systems decide "same person", by the project's notes on the field.

Identifiers and registers, section 2.4; neither system was run.

    python rules_peer.py social|health PREPARED REGISTER OUT

`social`: the rules of the information system of the social sphere, first that holds:

1. tax number, and surname with given name, or given name with patronymic, within 2 edits;
2. document, and the full name within 2 edits;
3. document, given name with patronymic within 2 edits, and the same birth date.

`health`: the search for doubles of the health register's index of patients (eHealth MPI).
Pairs share the digits of any document or the tax number; a score adds weights of evidence of
binned edit distances of the parts of the name, of the document and the tax number, and of
sex; a pair with a score of 0.7 is accepted. The real weights and the boosted trees over
them are trained on pairs that clerks labelled, which nobody outside has. The weights here are
set by hand, once, and by no world's truth. Phone, settlements and the twins' flag are left
out: the extracts have none.
"""

import math
import sys
from functools import cache
from pathlib import Path

import polars as pl
from rapidfuzz.distance import Levenshtein

EDITS = 2
ACCEPT = 0.7
FIELDS = [
    "surname", "given_name", "patronymic", "birth_date", "sex", "certificate_series",
    "certificate_number", "document", "rnokpp",
]  # fmt: skip


def candidates(pupils, register, keys):
    """Pairs of rows that agree on any of the keys, each once, with the fields of both."""
    ids = ["source", "row"]
    sides = [
        pl.concat([frame.select(*ids, key=key).drop_nulls("key") for key in keys])
        for frame in (pupils, register)
    ]
    pairs = sides[0].join(sides[1], on="key", suffix="_r").drop("key").unique()
    return pairs.join(pupils.select(*ids, *FIELDS), on=ids).join(
        register.select(*ids, *FIELDS).rename(lambda name: name + "_r"), on=["source_r", "row_r"]
    )


def tagged(tag, expression):
    """A key that agrees only with keys of its kind."""
    return pl.lit(tag) + expression


def near(*pairs):
    """Whether joined parts are within the edits; never where all are missing.

    A part that one side lacks is left out on both: the rules do not say, and this finds more.
    """
    both = [(left, right) for left, right in pairs if left and right]
    if not both:
        return False
    left, right = (" ".join(parts) for parts in zip(*both, strict=True))
    return Levenshtein.distance(left, right, score_cutoff=EDITS) <= EDITS


def social(p):
    """The rank of the rule that holds: 3, 2, 1; 0 where none does."""
    surname = (p["surname"], p["surname_r"])
    given = (p["given_name"], p["given_name_r"])
    patronymic = (p["patronymic"], p["patronymic_r"])
    if p["rnokpp"] and p["rnokpp"] == p["rnokpp_r"]:
        if near(surname, given) or near(given, patronymic):
            return 3
    certificate = p["certificate_number"] and p["certificate_number"] == p["certificate_number_r"]
    certificate = certificate and p["certificate_series"]
    certificate = certificate and p["certificate_series"] == p["certificate_series_r"]
    if certificate or (p["document"] and p["document"] == p["document_r"]):
        if near(surname, given, patronymic):
            return 2
        if p["birth_date"] and p["birth_date"] == p["birth_date_r"] and near(given, patronymic):
            return 1
    return 0


@cache
def folded(text):
    """The fold of the health register: no space, dash or apostrophe; є as е, и as і."""
    text = (text or "").lower().translate(str.maketrans("єи", "еі"))
    return "".join(c for c in text if c not in " -'’ʼ")


# Weight of evidence (natural logarithm) of 0, 1, 2 and more edits.
WEIGHTS = {
    "surname": (4.0, 2.5, 0.0, -2.0),
    "given_name": (2.5, 1.5, -0.5, -3.0),
    "patronymic": (2.5, 2.0, -0.5, -3.0),
    "document": (3.0, 0.0, -1.0, -1.0),
    "rnokpp": (5.0, 2.0, -2.0, -4.0),
    "sex": (0.5, -3.0, -3.0, -3.0),
}
START = -7.0


def documents(pair, side):
    """Everything with digits that a record calls a document, without its letters' look."""
    return [
        value for value in (pair["certificate_number" + side], pair["document" + side]) if value
    ]


def health(p):
    """The sum of the weights; a missing value weighs nothing."""
    total = START
    for part in ("surname", "given_name", "patronymic"):
        left, right = folded(p[part]), folded(p[part + "_r"])
        if left and right:
            total += WEIGHTS[part][min(Levenshtein.distance(left, right), 3)]
    distances = [
        Levenshtein.distance(left, right)
        for left in documents(p, "")
        for right in documents(p, "_r")
    ]
    if distances:
        total += WEIGHTS["document"][min(*distances, 3)]
    for field in ("rnokpp", "sex"):
        if p[field] and p[field + "_r"]:
            total += WEIGHTS[field][min(Levenshtein.distance(p[field], p[field + "_r"]), 3)]
    return total


def main():
    system, prepared, register, out = sys.argv[1], Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    pupils = pl.read_parquet(prepared / f"{register}.pupils.parquet")
    rows = pl.read_parquet(prepared / f"{register}.parquet")
    if system == "social":
        keys = [
            tagged("t", pl.col("rnokpp")),
            tagged("c", pl.col("certificate_series") + pl.col("certificate_number")),
            tagged("d", pl.col("document")),
        ]
        score, accepts = social, lambda value: value > 0
    else:
        keys = [
            tagged("t", pl.col("rnokpp")),
            # Digits of any document: certificates and others in one block.
            tagged("d", pl.col("certificate_number").str.replace_all(r"\D", "")),
            tagged("d", pl.col("document").str.replace_all(r"\D", "")),
        ]
        score, accepts = health, lambda value: 1 / (1 + math.exp(-value)) >= ACCEPT
    pairs = candidates(pupils, rows, keys)
    scores = [score(pair) for pair in pairs.iter_rows(named=True)]
    out.mkdir(parents=True, exist_ok=True)
    pairs.select(
        population_source="source",
        population_row="row",
        registry_row="row_r",
        score=pl.Series(scores, dtype=pl.Float64),
        accepted=pl.Series([accepts(value) for value in scores], dtype=pl.Boolean),
    ).filter(pl.col("score") > (0 if system == "social" else -math.inf)).write_parquet(
        out / f"{system}.parquet"
    )


if __name__ == "__main__":
    main()
