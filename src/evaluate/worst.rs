//! The false links that were held surest: where to look first.

use std::cmp::Ordering;

use serde::Serialize;

use crate::resolve::Decision;
use crate::run_folder::LinkRow;

/// So many of each register are kept.
const MOST: usize = 10;

/// A link of two persons. Rows and levels, no value of either.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FalseLink {
    /// The school record, `source:row`.
    pub school: String,
    /// The register's record, `source:row`.
    pub register: String,
    /// Stated probability.
    pub probability: f64,
    /// Match weight, log2.
    pub weight: f64,
    /// Whether it was accepted.
    pub accepted: bool,
    /// Whether a twin or sibling explains it nearly as well.
    pub twin_risk: bool,
    /// Comparisons that say something, with their levels.
    pub levels: Vec<(&'static str, String)>,
}

/// The surest false links of a register, accepted ones first.
#[derive(Clone, Debug, Default)]
pub(super) struct Worst(Vec<FalseLink>);

impl Worst {
    pub(super) fn see(&mut self, link: &LinkRow<'_>) {
        let accepted = link.decision == Decision::Link;
        let worse = |last: &FalseLink| {
            (last.accepted && !accepted)
                || (last.accepted == accepted && last.probability > link.probability)
        };
        if self.0.len() == MOST && self.0.last().is_some_and(worse) {
            return;
        }
        let said = link.comparisons().filter(|&(_, level, _)| level != "missing");
        self.0.push(FalseLink {
            school: format!("{}:{}", link.population_source, link.population_row),
            register: format!("{}:{}", link.registry, link.registry_row),
            probability: link.probability,
            weight: link.weight,
            accepted,
            twin_risk: link.twin_risk,
            levels: said.map(|(c, level, _)| (c.key(), level.to_owned())).collect(),
        });
        self.0.sort_by(rank);
        self.0.truncate(MOST);
    }

    pub(super) fn into_links(self) -> Vec<FalseLink> {
        self.0
    }
}

fn rank(a: &FalseLink, b: &FalseLink) -> Ordering {
    b.accepted
        .cmp(&a.accepted)
        .then(b.probability.total_cmp(&a.probability))
        .then(b.weight.total_cmp(&a.weight))
        .then_with(|| (&a.school, &a.register).cmp(&(&b.school, &b.register)))
}
