//! `zvirka evaluate`: figures against ground truth.

use std::path::Path;

use anyhow::Context as _;

use super::args::Evaluate;
use super::{Exit, Printer};

/// The figures as a table, as JSON and as a page.
struct Figures {
    table: String,
    json: String,
    html: String,
}

pub(super) fn run(command: &Evaluate, printer: &Printer) -> anyhow::Result<Exit> {
    let figures = evaluate(&command.dir, &command.truth)?;
    for (path, text) in [(&command.json, &figures.json), (&command.html, &figures.html)] {
        let Some(path) = path else { continue };
        std::fs::write(path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        printer.detail(&format!("wrote {}", path.display()));
    }
    printer.data(&figures.table)?;
    Ok(Exit::Done)
}

fn evaluate(_dir: &Path, _truth: &Path) -> anyhow::Result<Figures> {
    anyhow::bail!("not yet")
}
