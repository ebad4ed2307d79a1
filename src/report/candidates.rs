//! The ranked list of children whose status nothing confirms.
//!
//! The list holds which children, in which order, with which possible links, and the
//! fields of their main records as the school wrote them. Texts are made row by row when
//! a file asks for them, so that a long list does not fill the memory.

use std::collections::{BTreeMap, BTreeSet};

use crate::field::Field;
use crate::job::Role;
use crate::resolve::{Decision, Link};
use crate::verdict::Child;

use super::words::{self, Lang};
use super::{ReportError, Run, settle};

/// Possible links that are shown of a child.
const LINKS_SHOWN: usize = 3;

/// The list.
pub(super) struct Candidates<'a> {
    run: &'a Run<'a>,
    /// The fields that the populations of the job map, by [`Field::ALL`].
    pub(super) fields: Vec<Field>,
    /// Indices of the children, first on the list first.
    order: Vec<usize>,
    /// Review links of candidates as (child, link), best link of a child first.
    possible: Vec<(usize, usize)>,
    /// One a source.
    raw: Vec<Raw>,
}

/// Fields of main records as they were written.
#[derive(Default)]
struct Raw {
    /// Which of the fetched values make up a field.
    slots: Vec<(Field, Vec<usize>)>,
    /// Fetched values by row.
    values: BTreeMap<u64, Vec<Option<String>>>,
}

/// One row of the list.
pub(super) struct Candidate<'a> {
    /// Place on the list, from 1.
    pub(super) rank: u64,
    pub(super) child: &'a Child,
    /// By [`Candidates::fields`].
    pub(super) values: Vec<Option<String>>,
    /// `source:row` of all school records.
    pub(super) records: Vec<String>,
    /// Sentences.
    pub(super) reasons: Vec<String>,
    pub(super) codes: Vec<String>,
    /// The best possible links, each in words.
    pub(super) links: Vec<String>,
    pub(super) what_would_settle: String,
}

impl<'a> Candidates<'a> {
    /// Ranks the candidates and fetches their fields.
    pub(super) fn collect(run: &'a Run<'a>) -> Result<Self, ReportError> {
        let mut order: Vec<usize> = (0..run.children.len())
            .filter(|&child| run.children[child].status.is_candidate())
            .collect();
        order.sort_by(|&a, &b| {
            let (a, b) = (&run.children[a], &run.children[b]);
            b.priority.cmp(&a.priority).then_with(|| a.id.cmp(&b.id))
        });

        let is_candidate =
            |child: usize| run.children.get(child).is_some_and(|c| c.status.is_candidate());
        let mut possible: Vec<(usize, usize)> = (run.links.iter().enumerate())
            .filter(|(_, link)| link.decision == Decision::Review && is_candidate(link.child))
            .map(|(index, link)| (link.child, index))
            .collect();
        // Stable: equal probabilities stay in the order given, which no row number decides.
        possible.sort_by(|a, b| {
            let probability = |link: usize| run.links[link].probability;
            a.0.cmp(&b.0).then_with(|| probability(b.1).total_cmp(&probability(a.1)))
        });

        let populations =
            || run.job.sources.iter().filter(|source| source.role == Role::Population);
        let fields = Field::ALL
            .into_iter()
            .filter(|field| populations().any(|source| source.columns.contains_key(field)))
            .collect();
        let raw = fetch(run, &order)?;
        Ok(Self { run, fields, order, possible, raw })
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The children on the list, in order.
    pub(super) fn children(&self) -> impl Iterator<Item = &'a Child> {
        self.order.iter().map(|&child| &self.run.children[child])
    }

    /// The rows of the list, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Candidate<'a>> {
        (0..self.order.len()).map(|place| self.row(place))
    }

    fn row(&self, place: usize) -> Candidate<'a> {
        let run = self.run;
        let index = self.order[place];
        let child = &run.children[index];
        let links = self.links(index);
        Candidate {
            rank: place as u64 + 1,
            child,
            values: self.fields.iter().map(|&field| self.value(child, field)).collect(),
            records: child.records.iter().map(|record| run.record(record)).collect(),
            reasons: run.reasons(child, Lang::Uk),
            codes: run.codes(child),
            links: links.iter().map(|link| describe(run, link)).collect(),
            what_would_settle: settle::what_would_settle(run, child, &links, &|field| {
                self.value(child, field).is_some()
            }),
        }
    }

    /// The best possible links of a child.
    fn links(&self, child: usize) -> Vec<&'a Link> {
        let start = self.possible.partition_point(|(other, _)| *other < child);
        self.possible[start..]
            .iter()
            .take_while(|(other, _)| *other == child)
            .take(LINKS_SHOWN)
            .map(|&(_, link)| &self.run.links[link])
            .collect()
    }

    /// A field of a child's main record as the school wrote it; alternative spellings are
    /// parted by ` | `.
    pub(super) fn value(&self, child: &Child, field: Field) -> Option<String> {
        let raw = self.raw.get(child.main.source)?;
        let (_, slots) = raw.slots.iter().find(|(other, _)| *other == field)?;
        let values = raw.values.get(&child.main.row)?;
        let mut parts: Vec<&str> = Vec::new();
        for part in slots.iter().filter_map(|&slot| values.get(slot)?.as_deref()) {
            if !part.trim().is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        (!parts.is_empty()).then(|| parts.join(" | "))
    }
}

fn fetch(run: &Run<'_>, order: &[usize]) -> Result<Vec<Raw>, ReportError> {
    let mut wanted = vec![BTreeSet::new(); run.job.sources.len()];
    for &child in order {
        let main = &run.children[child].main;
        if let Some(rows) = wanted.get_mut(main.source) {
            rows.insert(main.row);
        }
    }
    let mut raw = Vec::with_capacity(wanted.len());
    for (source, rows) in run.job.sources.iter().zip(wanted) {
        let mut headings: Vec<String> = Vec::new();
        let mut slots = Vec::new();
        for (&field, names) in &source.columns {
            let mut places = Vec::with_capacity(names.len());
            for name in names {
                let place = headings.iter().position(|heading| heading == name);
                places.push(place.unwrap_or_else(|| {
                    headings.push(name.clone());
                    headings.len() - 1
                }));
            }
            slots.push((field, places));
        }
        if rows.is_empty() || headings.is_empty() {
            raw.push(Raw::default());
            continue;
        }
        let values = (run.pick)(source, &headings, &rows)
            .map_err(|fault| ReportError::Pick { name: source.name.clone(), source: fault })?;
        // A list with blanks where there was a child would send nobody to look for it.
        if let Some(&row) = rows.iter().find(|row| !values.contains_key(row)) {
            return Err(ReportError::RowGone { name: source.name.clone(), row });
        }
        raw.push(Raw { slots, values });
    }
    Ok(raw)
}

/// A possible link in words, its record first as `zvirka explain` takes it.
fn describe(run: &Run<'_>, link: &Link) -> String {
    let mut text = run.record(&link.registry);
    text.push_str(" (ймовірність ");
    text.push_str(&words::percent(link.probability, Lang::Uk));
    if let Some(kind) = link.evidence_kind {
        text.push_str("; свідчення: ");
        text.push_str(words::kind(kind, Lang::Uk));
        if let Some(date) = link.evidence_date {
            text.push(' ');
            text.push_str(&words::date(date, Lang::Uk));
        }
    }
    if link.twin_risk {
        text.push_str("; можливо, близнюк, брат чи сестра");
    }
    text.push(')');
    text
}
