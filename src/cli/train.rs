//! `zvirka train`: the weights of all registers, learned and shown.

use std::path::Path;

use anyhow::Context as _;

use super::args::Train;
use super::{Exit, Printer, WrongArguments};
use crate::job::{self, Job};
use crate::model::saved;
use crate::pipeline::{self, Learning};
use crate::report;
use crate::report::learned;
use crate::report::words::Lang;

pub(super) fn run(command: &Train, lang: Lang, printer: &Printer) -> anyhow::Result<Exit> {
    let (job, warnings) = job::open_with_warnings(&command.job)?;
    printer.problems(&warnings);
    check(&command.output, command.force, &job)?;
    let learning = Learning::open(None, command.labels.as_deref())?;
    let progress = printer.progress();
    let model = pipeline::train(&job, &learning, command.threads, &*progress)?;
    drop(progress);
    report::replace_file(&command.output, saved::text(&model.value()).as_bytes())
        .with_context(|| format!("{} cannot be written", command.output.display()))?;
    printer.data(&learned::table(&model, lang))?;
    printer.say(&format!("wrote {}", command.output.display()));
    Ok(Exit::Done)
}

/// Refuses to write over what is there, unless told to; and over what is read, always.
fn check(output: &Path, force: bool, job: &Job) -> Result<(), WrongArguments> {
    let Ok(place) = output.canonicalize() else { return Ok(()) };
    let inputs = job.sources.iter().flat_map(|source| &source.files).chain([&job.path]);
    let read = inputs.filter_map(|file| file.canonicalize().ok()).any(|file| file == place);
    if read {
        let text = "is read by the job\n  hint: name another file by -o";
        return Err(WrongArguments(format!("{} {text}", output.display())));
    }
    if !force {
        let text = "is already there\n  hint: name another file by -o, or overwrite it by --force";
        return Err(WrongArguments(format!("{} {text}", output.display())));
    }
    Ok(())
}
