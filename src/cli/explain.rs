//! `zvirka explain`: why a child has its status.

use std::path::Path;

use super::args::Explain;
use super::{Exit, Printer};

pub(super) fn run(command: &Explain, printer: &Printer) -> anyhow::Result<Exit> {
    printer.data(&explain(&command.dir, &command.record)?)?;
    Ok(Exit::Done)
}

fn explain(_dir: &Path, _record: &str) -> anyhow::Result<String> {
    anyhow::bail!("not yet")
}
