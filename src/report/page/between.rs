//! What became of the pupils between two extracts, and between which regions they went.

use super::super::movements::{counts, flows, name};
use super::pen::Pen;

/// Flows between regions that the page shows.
const FLOWS: usize = 20;

/// The section's tables; empty where there is but one extract.
#[derive(Default)]
pub(super) struct Between {
    pub(super) rows: Vec<Row>,
    pub(super) flows: Vec<Flow>,
}

/// A movement.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) key: &'static str,
    pub(super) count: String,
    pub(super) share: String,
}

/// Children who went from one region to another.
pub(super) struct Flow {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) count: String,
}

pub(super) fn between(pen: &Pen<'_>) -> Between {
    if pen.run.movements.is_empty() {
        return Between::default();
    }
    let all = pen.run.movements.len() as u64;
    let rows = counts(pen.run)
        .into_iter()
        .map(|(kind, n)| Row {
            name: name(kind, pen.lang),
            key: kind.key(),
            count: pen.count(n),
            share: pen.share(n, all),
        })
        .collect();
    let flows = flows(pen.run)
        .into_iter()
        .take(FLOWS)
        .map(|([from, to], n)| Flow {
            from: from.to_owned(),
            to: to.to_owned(),
            count: pen.count(n),
        })
        .collect();
    Between { rows, flows }
}
