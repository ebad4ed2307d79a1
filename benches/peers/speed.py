#!/usr/bin/env python3
"""Time and memory of zvirka and its peers: one list of pupils (AIKOM) × births, arms interleaved.

    python3 benches/peers/speed.py --children 100000 --rounds 3

In each round every peer works once on the same files, so that whatever else the machine does
meets all of them. Shown are medians, each with the least and the greatest, by phase; and the
links each accepted and how many of them are false, for a fast run that links worse does not
count. Needs what compare.py needs.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import compare

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
REGISTER = "births"


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--children", type=int, default=100_000, help="size of the world")
    parser.add_argument("--seed", type=int, default=1, help="of the world")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--world", type=Path, help="a folder of `zvirka synth`")
    parser.add_argument("--peers", default="zvirka,splink", help="of zvirka, splink")
    parser.add_argument("--zvirka", type=Path, default=ROOT / "target/release/zvirka")
    parser.add_argument("--venv", type=Path, default=ROOT / "target/peers/venv")
    parser.add_argument("--out", type=Path, default=ROOT / "target/peers/speed")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.error_scale = "1"
    options.zvirka = options.zvirka.resolve()
    return options


def job_of_two(world, out):
    """The job with AIKOM and births alone, its paths made absolute."""
    kept = [("", [])]
    for line in (world / "job.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("[["):
            kept.append((line.strip("[] "), []))
        kept[-1][1].append(line)
    lines = []
    for section, body in kept:
        name = next((b.split('"')[1] for b in body if b.startswith("name = ")), None)
        if section in ("population", "registry") and name not in ("aikom", REGISTER):
            continue
        lines += [
            b.replace('path = "', f'path = "{world.resolve()}/') if b.startswith("path = ") else b
            for b in body
        ]
    job = out / "pair.toml"
    job.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return job


def zvirka(options, job, out, log):
    run = out / "zvirka"
    command = [options.zvirka, "run", job, "--out", run, "--threads", str(options.threads), "-q"]
    cost = compare.measured(command, log, options.threads)
    phases = {}
    for stage in json.loads((run / "timings.json").read_text())["stages"]:
        first, _, part = stage["stage"].partition(":")
        if first == "write" and part:
            continue
        phase = first if first in ("read", "estimate", "decide", "write") else "link"
        phases[phase] = phases.get(phase, 0) + stage["seconds"]
    return {**cost, "phases": phases}, run / "links.parquet"


def splink(options, job, out, log):
    python, prepared, target = options.venv / "bin/python", out / "prepared", out / "splink"
    for stale in (prepared, target):
        shutil.rmtree(stale, ignore_errors=True)
    first = compare.measured([python, HERE / "prepare.py", job, prepared, REGISTER], log, options.threads)
    second = compare.measured(
        [python, HERE / "splink_peer.py", prepared, REGISTER, target, "--unique", "true",
         "--threads", str(options.threads)], log, options.threads,
    )  # fmt: skip
    phases = {"prepare": first["seconds"], **json.loads((target / "splink.phases.json").read_text())}
    phases["start"] = second["seconds"] - sum(list(phases.values())[1:])
    cost = {
        "seconds": first["seconds"] + second["seconds"],
        "mb": max(first["mb"], second["mb"]),
        "phases": phases,
    }
    return cost, target / "splink.parquet"


def main():
    options = parse()
    out = options.out
    out.mkdir(parents=True, exist_ok=True)
    log = out / "log.txt"
    log.write_bytes(b"")
    python = compare.environment(options.venv)
    world = compare.world(options, out, log)
    job = job_of_two(world, out)
    arms = {name: {"zvirka": zvirka, "splink": splink}[name] for name in options.peers.split(",")}
    costs, tables, loads = {name: [] for name in arms}, {}, []
    for _ in range(options.rounds):
        for name, arm in arms.items():
            loads.append(os.getloadavg()[0])
            cost, tables[name] = arm(options, job, out, log)
            costs[name].append(cost)
    listed = [f"{REGISTER}={name}={table}" for name, table in tables.items()]
    figures = out / "figures.json"
    compare.measured([python, HERE / "figures.py", world / "truth", figures, "aikom", *listed],
                     log, options.threads)  # fmt: skip
    quality = json.loads(figures.read_text())[REGISTER]
    for name, cost in costs.items():
        cost.append(quality[name])
    print(markdown(options, costs, loads))


def spread(values):
    values = sorted(values)
    return f"{statistics.median(values):.1f} ({values[0]:.1f}–{values[-1]:.1f})"


def markdown(options, costs, loads):
    version = subprocess.check_output([options.zvirka, "--version"], text=True).strip()
    lines = [
        f"{version}, {time.strftime('%Y-%m-%d')}, {options.children} children, AIKOM × births, "
        f"{options.rounds} rounds, {options.threads} threads, {platform.machine()}, "
        f"load before each arm {min(loads):.1f}–{max(loads):.1f}",
        "",
        "| linker | seconds | memory, MB | links | false | R at P 0.999 | phases, s |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, (*runs, quality) in costs.items():
        phases = {p: statistics.median(r["phases"][p] for r in runs) for p in runs[0]["phases"]}
        recall = quality["recall_at"]["0.999"]
        lines.append(
            f"| {name} | {spread([r['seconds'] for r in runs])} | {max(r['mb'] for r in runs):,} | "
            f"{quality['links']:,} | {quality['false']:,} | {'–' if recall is None else f'{recall:.4f}'} | "
            f"{', '.join(f'{p} {s:.1f}' for p, s in phases.items())} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
