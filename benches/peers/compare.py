#!/usr/bin/env python3
"""Compares zvirka with its peers on one invented world, in one run.

    python3 benches/peers/compare.py --children 20000 --seed 1

Needs Python 3.11 with venv, a release build of zvirka, and, the first time, a package index.
Standard library alone: it makes a virtual environment for the rest. What each peer is given,
and what the columns mean: docs/peers.md.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REGISTERS = ["births", "ehealth", "border", "missing", "deaths", "idp"]
PEERS = ["zvirka", "splink", "social", "health"]
TITLES = {
    "zvirka": "zvirka",
    "splink": "Splink",
    "splink-best": "Splink, best of a row",
    "social": "social register's rules",
    "health": "health register's rules",
}


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    listed = lambda allowed: lambda text: pick(text, allowed)
    parser.add_argument("--children", type=int, default=20_000, help="size of the world")
    parser.add_argument("--seed", type=int, default=1, help="of the world")
    parser.add_argument("--error-scale", default="1", help="multiplies the world's errors")
    parser.add_argument(
        "--world", type=Path, help="a world of `zvirka synth`, instead of a new one"
    )
    parser.add_argument("--registers", type=listed(REGISTERS), default=REGISTERS, metavar="A,B")
    parser.add_argument("--peers", type=listed(PEERS), default=PEERS, metavar="A,B")
    parser.add_argument("--zvirka", type=Path, default=ROOT / "target/release/zvirka")
    parser.add_argument("--venv", type=Path, default=ROOT / "target/peers/venv")
    parser.add_argument("--out", type=Path, help="default: target/peers/CHILDREN-SEED-SCALE")
    parser.add_argument("--threads", type=int, default=2, help="for zvirka and Splink")
    return parser.parse_args()


def pick(text, allowed):
    names = text.split(",")
    if unknown := set(names) - set(allowed):
        raise argparse.ArgumentTypeError(
            f"{', '.join(sorted(unknown))}: not of {', '.join(allowed)}"
        )
    return [name for name in allowed if name in names]


def environment(venv):
    """The interpreter of a virtual environment that has the requirements."""
    wanted, mark = (HERE / "requirements.txt").read_text(), venv / "requirements.txt"
    python = venv / "bin" / "python"
    if not mark.exists() or mark.read_text() != wanted:
        say(f"Installing the peers into {venv} …")
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"]
        subprocess.run(pip, check=True)
        mark.write_text(wanted)
    return python


def say(text):
    print(text, file=sys.stderr, flush=True)


def measured(command, log, threads):
    """Runs a child; its wall time in seconds and its greatest resident memory in MB."""
    say("  " + " ".join(str(part) for part in command[:6]))
    limits = {"POLARS_MAX_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    with log.open("ab") as out:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **limits})
        # wait4 tells of this child alone; RUSAGE_CHILDREN would tell the greatest of all.
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        tail = log.read_text(errors="replace")[-2000:]
        raise SystemExit(
            f"{command[0]} {command[1]} failed with {child.returncode}:\n{tail}\n(see {log})"
        )
    return {"seconds": round(seconds, 2), "mb": round(usage.ru_maxrss / 1024)}


def world(options, out, log):
    if options.world:
        return options.world
    made = out / "world"
    if made.exists():
        shutil.rmtree(made)
    command = [options.zvirka, "synth", "--children", str(options.children), "--seed",
               str(options.seed), "--error-scale", options.error_scale, "--out", made, "--quiet"]  # fmt: skip
    measured(command, log, options.threads)
    return made


def run_zvirka(options, folder, job_text, out, log):
    """zvirka on the whole job, and what its own `evaluate` says."""
    # A capacity of 2,000 would leave out possible links that the others hand in.
    wide, changed = re.subn(
        r"(?m)^review_capacity\s*=\s*\d+", "review_capacity = 1000000", job_text
    )
    if not changed:
        raise SystemExit("the job has no review_capacity")
    job = folder / "job-peers.toml"  # its paths are relative to itself
    job.write_text(wide, encoding="utf-8")
    run = out / "zvirka"
    command = [options.zvirka, "run", job, "--out", run, "--threads", str(options.threads),
               "--no-progress"]  # fmt: skip
    cost = measured(command, log, options.threads)
    own = out / "zvirka-evaluate.json"
    command = [
        options.zvirka,
        "evaluate",
        run,
        "--truth",
        folder / "truth",
        "--json",
        own,
        "--quiet",
    ]
    measured(command, log, options.threads)
    job.unlink()
    return cost, run / "links.parquet", json.loads(own.read_text())["registers"]


def check(own, found):
    """Whether figures.py says of zvirka what `zvirka evaluate` says."""
    close = lambda a, b: a == b or (a is not None and b is not None and abs(a - b) < 1e-12)
    for register in own:
        if register["register"] not in found:
            continue
        here = found[register["register"]]["zvirka"]
        there = {
            f"{at['precision']:g}": (at["recall"] or {}).get("value")
            for at in register["recall_at"]
        }
        equal = (
            here["true_pairs"] == register["true_pairs"]
            and here["links"] == register["links"]
            and here["false"] == register["false_positives"]
            and close(here["f1"], (register["f1"] or {}).get("value"))
            and close(here["best_f1"], (register["best_f1"] or {}).get("f1", {}).get("value"))
            and all(close(here["recall_at"][p], there[p]) for p in there)
        )
        if not equal:
            raise SystemExit(f"{register['register']}: figures.py and `zvirka evaluate` differ")


def version(python):
    code = (
        "from importlib.metadata import version as v; print(v('splink'), v('duckdb'), v('polars'))"
    )
    return dict(
        zip(
            ("splink", "duckdb", "polars"),
            subprocess.check_output([python, "-c", code], text=True).split(),
            strict=True,
        )
    )


def main():
    options, load = parse(), [round(average, 2) for average in os.getloadavg()]
    if not options.zvirka.exists():
        raise SystemExit(f"no {options.zvirka}\nhint: cargo build --release, or --zvirka PATH")
    options.zvirka = options.zvirka.resolve()
    name = options.world.name if options.world else (
        f"{options.children}-{options.seed}-{options.error_scale}"
    )  # fmt: skip
    out = options.out or ROOT / "target/peers" / name
    out.mkdir(parents=True, exist_ok=True)
    log = out / "log.txt"
    log.write_bytes(b"")
    python = environment(options.venv)
    folder = world(options, out, log)
    job_text = (folder / "job.toml").read_text(encoding="utf-8")
    job = tomllib.loads(job_text)
    schools = [source["name"] for source in job["population"]]
    unique = {s["name"]: s.get("unique", True) for s in job["registry"]}
    if missing := [name for name in options.registers if name not in unique]:
        raise SystemExit(f"the job has no {', '.join(missing)}")

    tables, costs, notes, own = [], {}, {}, None
    if "zvirka" in options.peers:
        costs["zvirka"], links, own = run_zvirka(options, folder, job_text, out, log)
        tables += [f"{register}=zvirka={links}" for register in options.registers]
    prepared, costs["prepare"] = out / "prepared", None
    for stale in (prepared, out / "peers"):
        shutil.rmtree(stale, ignore_errors=True)
    if set(options.peers) - {"zvirka"}:
        command = [python, HERE / "prepare.py", folder / "job.toml", prepared, *options.registers]
        costs["prepare"] = measured(command, log, options.threads)
    for register in options.registers:
        target = out / "peers" / register
        if "splink" in options.peers:
            command = [python, HERE / "splink_peer.py", prepared, register, target, "--unique",
                       str(unique[register]).lower(), "--threads", str(options.threads)]  # fmt: skip
            # Births come first in every order, have most rows, and lend small registers their m.
            if "births" in options.registers and register != "births":
                command += ["--model-from", out / "peers/births/splink.json"]
            costs.setdefault("splink", {})[register] = measured(command, log, options.threads)
            notes[register] = json.loads((target / "splink.notes.json").read_text())
            for kind in ("splink", "splink-best"):
                tables.append(f"{register}={kind}={target / kind}.parquet")
        for system in ("social", "health"):
            if system in options.peers:
                command = [python, HERE / "rules_peer.py", system, prepared, register, target]
                costs.setdefault(system, {})[register] = measured(command, log, options.threads)
                tables.append(f"{register}={system}={target / system}.parquet")
    measured([python, HERE / "figures.py", folder / "truth", out / "figures.json",
              ",".join(schools), *tables], log, options.threads)  # fmt: skip
    found = json.loads((out / "figures.json").read_text())
    if own is not None:
        check(own, found)
        say("  zvirka's figures are those of `zvirka evaluate`")
    result = {
        "world": {"folder": name, "children": None if options.world else options.children,
                  "seed": None if options.world else options.seed, "error_scale": options.error_scale},
        "versions": {**version(python), "python": sys.version.split()[0],
                     "zvirka": subprocess.check_output([options.zvirka, "--version"], text=True).split()[-1]},
        "threads": options.threads,
        "load_at_start": load,
        "registers": found,
        "costs": costs,
        "splink_notes": notes,
    }  # fmt: skip
    (out / "peers.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    text = markdown(result)
    (out / "peers.md").write_text(text)
    print(text)


def markdown(result):
    share = lambda value: "–" if value is None else f"{value:.4f}"
    lines = [
        "| register | linker | true pairs | links | false | F1 | best F1 | R at P 0.999 | R at P 0.9999 |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for register, linkers in result["registers"].items():
        for linker, f in linkers.items():
            at = f["recall_at"]
            cells = [register, TITLES[linker], f"{f['true_pairs']:,}", f"{f['links']:,}", f"{f['false']:,}",
                     *map(share, (f["f1"], f["best_f1"], at["0.999"], at["0.9999"]))]  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    costs = result["costs"]
    lines += ["", "| linker | what | seconds | memory, MB |", "| --- | --- | ---: | ---: |"]
    row = lambda who, what, cost: lines.append(
        f"| {who} | {what} | {cost['seconds']:,.1f} | {cost['mb']:,} |"
    )
    if "zvirka" in costs:
        row("zvirka", "whole job, from extracts to reports", costs["zvirka"])
    if costs["prepare"]:
        row("the others", "reading and normalising, once for all", costs["prepare"])
    for peer in ("splink", "social", "health"):
        if peer not in costs:
            continue
        each = costs[peer]
        total = {
            "seconds": sum(c["seconds"] for c in each.values()),
            "mb": max(c["mb"] for c in each.values()),
        }
        row(TITLES[peer], "all registers", total)
        if len(each) > 1:
            for register, cost in each.items():
                row(TITLES[peer], register, cost)
    notes = [
        f"- Splink, {register}: {note}"
        for register, some in result["splink_notes"].items()
        for note in some
    ]
    return "\n".join([*lines, *([""] + notes if notes else [])]) + "\n"


if __name__ == "__main__":
    main()
