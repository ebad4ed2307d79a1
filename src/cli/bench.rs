//! `zvirka bench`: how fast it is here.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::args::Bench;
use super::{Exit, Printer};
use crate::bench::{self, Machine, Plan};
use crate::report;

pub(super) fn run(command: &Bench, printer: &Printer) -> anyhow::Result<Exit> {
    let scratch = match &command.dir {
        Some(dir) => {
            fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
            None
        }
        None => Some(report::scratch().context("no temporary folder; hint: name one by --dir")?),
    };
    let dir = match (&command.dir, &scratch) {
        (Some(dir), _) => dir.as_path(),
        (None, Some(scratch)) => scratch.path(),
        // A folder was named, or made above.
        (None, None) => Path::new("."),
    };
    let plan = Plan {
        program: std::env::current_exe().context("the program does not find itself")?,
        children: command.children.clone(),
        seed: command.seed,
        repeat: command.repeat,
        threads: command.threads,
    };
    printer.data(&format!("{}\n", Machine::here(command.threads)))?;
    let progress = printer.progress();
    let mut sizes = Vec::new();
    for &children in &plan.children {
        sizes.push(bench::measure(&plan, children, dir, &*progress)?);
    }
    progress.finish();
    drop(progress);
    printer.data(&bench::table(&sizes))?;
    Ok(Exit::Done)
}
