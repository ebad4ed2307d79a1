//! `zvirka run`: the main job.

use super::args::Run;
use super::{Exit, Printer, WrongArguments};
use crate::job;
use crate::pipeline::{self, Allow, Learning, Options, Previous};
use crate::report::words::Lang;
use crate::timings;

/// `lang` is the language that was named: of the summary and of the lists. Without it the summary
/// is in English, and the lists are as the job says.
pub(super) fn run(command: &Run, lang: Option<Lang>, printer: &Printer) -> anyhow::Result<Exit> {
    let (mut job, warnings) = job::open_with_warnings(&command.job)?;
    printer.problems(&warnings);
    let out = command.out.clone().unwrap_or_else(|| job.output.clone());
    job.check_output(&out).map_err(WrongArguments)?;
    let learning = Learning::open(command.model.as_deref(), command.labels.as_deref())?;
    if let Some(previous) = &command.previous {
        let same = previous.canonicalize().ok().zip(out.canonicalize().ok());
        if same.is_some_and(|(previous, out)| previous == out) {
            let text = "the run would replace the previous one, whose ids it keeps, and nobody could \
                        verify it any more\n  hint: name another folder with --out";
            return Err(WrongArguments(text.to_owned()).into());
        }
    }
    let previous = command.previous.as_deref().map(Previous::read).transpose()?;
    let allow = command.allow.iter().fold(Allow::default(), Allow::and);
    job.report.lang = lang.unwrap_or(job.report.lang);
    let lang = lang.unwrap_or(Lang::En);
    let (threads, memory) = (command.threads, command.memory);
    let options = Options { out, threads, lang, learning, previous, allow, memory };
    let progress = printer.progress();
    let outcome = pipeline::run(&job, &options, &*progress)?;
    progress.finish();
    drop(progress);
    printer.data(&outcome.summary.join("\n"))?;
    if command.timings {
        printer.say(&timings::table(&outcome.stages));
    }
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
