//! `zvirka synth`: invented registers with truth.

use super::args::Synth;
use super::{Exit, Printer};
use crate::progress::Progress;

pub(super) fn run(command: &Synth, printer: &Printer) -> anyhow::Result<Exit> {
    let progress = printer.progress();
    let summary = generate(command, &*progress)?;
    progress.finish();
    drop(progress);
    printer.data(&summary)?;
    Ok(Exit::Done)
}

fn generate(_command: &Synth, _progress: &dyn Progress) -> anyhow::Result<String> {
    anyhow::bail!("not yet")
}
