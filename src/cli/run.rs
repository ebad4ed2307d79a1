//! `zvirka run`: the main job.

use super::args::Run;
use super::{Exit, Printer, WrongArguments};
use crate::job;
use crate::pipeline::{self, Allow, Learning, Options, Previous};
use crate::report::words::Lang;

pub(super) fn run(command: &Run, lang: Lang, printer: &Printer) -> anyhow::Result<Exit> {
    let (job, warnings) = job::open_with_warnings(&command.job)?;
    printer.problems(&warnings);
    let out = command.out.clone().unwrap_or_else(|| job.output.clone());
    job.check_output(&out).map_err(WrongArguments)?;
    let learning = Learning::open(command.model.as_deref(), command.labels.as_deref())?;
    let previous = command.previous.as_deref().map(Previous::read).transpose()?;
    let allow = command.allow.iter().fold(Allow::default(), Allow::and);
    let options = Options { out, threads: command.threads, lang, learning, previous, allow };
    let progress = printer.progress();
    let outcome = pipeline::run(&job, &options, &*progress)?;
    progress.finish();
    drop(progress);
    printer.data(&outcome.summary.join("\n"))?;
    if outcome.too_many_rejected {
        let share = job.max_rejected_share;
        printer.warn(&format!(
            "more rows were rejected than max_rejected_share = {share} allows\n  \
             hint: see rejected.csv in {}",
            options.out.display()
        ));
        return Ok(Exit::TooManyRejected);
    }
    Ok(Exit::Done)
}
