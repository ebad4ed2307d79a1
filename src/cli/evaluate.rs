//! `zvirka evaluate`: figures against ground truth.

use std::path::Path;

use anyhow::Context as _;

use super::args::Evaluate;
use super::{Exit, Printer};
use crate::{evaluate, labels, pipeline, report};

pub(super) fn run(command: &Evaluate, printer: &Printer) -> anyhow::Result<Exit> {
    let labelled = match &command.labels {
        None => None,
        Some(path) => {
            let labels = labels::read(path)?;
            Some(evaluate::evaluate_labels(&command.dir, &labels)?)
        }
    };
    let measured = match &command.truth {
        None => None,
        Some(truth) => Some(measure(command, truth, printer)?),
    };
    if let Some(path) = &command.json {
        let mut value = serde_json::to_value(&measured)?;
        if let Some(labelled) = &labelled {
            if value.is_null() {
                value = serde_json::json!({});
            }
            value["labelled"] = serde_json::to_value(labelled)?;
        }
        let mut json = serde_json::to_string_pretty(&value)?;
        json.push('\n');
        write(path, &json, printer)?;
    }
    if let (Some(path), Some(measured)) = (&command.html, &measured) {
        write(path, &measured.to_html()?, printer)?;
    }
    let tables = [measured.map(|m| m.to_table()), labelled.map(|l| l.to_table())];
    printer.data(&tables.into_iter().flatten().collect::<Vec<_>>().join("\n"))?;
    Ok(Exit::Done)
}

fn measure(
    command: &Evaluate,
    truth: &Path,
    printer: &Printer,
) -> anyhow::Result<evaluate::Evaluation> {
    // A wrong folder shows before the inputs are read again, and once.
    evaluate::true_pairs(&command.dir, truth)?;
    let progress = printer.progress();
    let lost = match pipeline::lost::count(&command.dir, truth, &*progress) {
        Ok(lost) => Some(lost),
        Err(error) => {
            // The other figures need the run's folder and the truth alone.
            progress.message(&format!("pairs lost by blocking are not counted: {error:#}"));
            None
        }
    };
    let figures = evaluate::evaluate(&command.dir, truth, lost.as_ref())?;
    progress.finish();
    Ok(figures)
}

fn write(path: &Path, text: &str, printer: &Printer) -> anyhow::Result<()> {
    report::replace_file(path, text.as_bytes())
        .with_context(|| format!("{} cannot be written", path.display()))?;
    printer.detail(&format!("wrote {}", path.display()));
    Ok(())
}
