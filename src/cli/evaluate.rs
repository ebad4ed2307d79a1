//! `zvirka evaluate`: figures against ground truth.

use std::path::Path;

use anyhow::Context as _;

use super::args::Evaluate;
use super::{Exit, Printer};
use crate::{evaluate, pipeline, report};

pub(super) fn run(command: &Evaluate, printer: &Printer) -> anyhow::Result<Exit> {
    // A wrong folder shows before the inputs are read again, and once.
    evaluate::true_pairs(&command.dir, &command.truth)?;
    let progress = printer.progress();
    let lost = match pipeline::lost::count(&command.dir, &command.truth, &*progress) {
        Ok(lost) => Some(lost),
        Err(error) => {
            // The other figures need the run's folder and the truth alone.
            progress.message(&format!("pairs lost by blocking are not counted: {error:#}"));
            None
        }
    };
    let figures = evaluate::evaluate(&command.dir, &command.truth, lost.as_ref())?;
    progress.finish();
    drop(progress);
    if let Some(path) = &command.json {
        let mut json = serde_json::to_string_pretty(&figures)?;
        json.push('\n');
        write(path, &json, printer)?;
    }
    if let Some(path) = &command.html {
        write(path, &figures.to_html()?, printer)?;
    }
    printer.data(&figures.to_table())?;
    Ok(Exit::Done)
}

fn write(path: &Path, text: &str, printer: &Printer) -> anyhow::Result<()> {
    report::replace_file(path, text.as_bytes())
        .with_context(|| format!("{} cannot be written", path.display()))?;
    printer.detail(&format!("wrote {}", path.display()));
    Ok(())
}
