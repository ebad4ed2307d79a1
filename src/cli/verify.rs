//! `zvirka verify`: whether a run is what it says.

use super::args::Verify;
use super::{Exit, Printer};
use crate::report::words::Lang;
use crate::verify::{self, Request};

pub(super) fn run(command: &Verify, lang: Lang, printer: &Printer) -> anyhow::Result<Exit> {
    let request = Request {
        dir: &command.dir,
        job: command.job.as_deref(),
        quick: command.quick,
        seal: command.seal.as_deref(),
        threads: command.threads,
    };
    let progress = printer.progress();
    let found = verify::verify(request, &*progress)?;
    drop(progress);
    if command.json {
        printer.data(&serde_json::to_string_pretty(&found.to_json())?)?;
    } else {
        printer.data(&found.to_text(lang))?;
    }
    Ok(if found.holds { Exit::Done } else { Exit::Failed })
}
