//! `zvirka explain`: why a child has its status.

use super::args::Explain;
use super::{Exit, Printer};
use crate::explain;
use crate::report::words::Lang;

pub(super) fn run(command: &Explain, lang: Lang, printer: &Printer) -> anyhow::Result<Exit> {
    let explanation = explain::explain(&command.dir, &command.record, lang)?;
    if command.json {
        printer.data(&serde_json::to_string_pretty(&explanation.to_json())?)?;
    } else {
        printer.data(&explanation.to_text())?;
    }
    Ok(Exit::Done)
}
