//! `zvirka diff`: which children changed between two runs, and why.

use anyhow::Context as _;

use super::args::Diff;
use super::{Exit, Printer};
use crate::report::words::Lang;
use crate::{diff, report};

pub(super) fn run(command: &Diff, lang: Lang, printer: &Printer) -> anyhow::Result<Exit> {
    let changes = diff::diff(&command.old, &command.new)?;
    if let Some(path) = &command.out {
        let mut table = Vec::new();
        changes.write_csv(lang, &mut table)?;
        report::replace_file(path, &table)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        printer.detail(&format!("wrote {}", path.display()));
    }
    if command.json {
        printer.stream(|out| changes.write_json(lang, out))?;
    } else {
        printer.data(&changes.to_text(lang, command.all))?;
    }
    Ok(Exit::Done)
}
