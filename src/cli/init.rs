//! `zvirka init`: look at extracts, write a job to edit.

use super::args::Init;
use super::{Exit, Printer};

pub(super) fn run(_command: &Init, _printer: &Printer) -> anyhow::Result<Exit> {
    anyhow::bail!("not yet")
}
