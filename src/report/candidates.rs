//! The ranked list of children whose status nothing confirms.
//!
//! The list holds which children, in which order, with which links, and the fields of
//! their main records as the school wrote them. Texts are made row by row when a file asks
//! for them, so that a long list does not fill the memory.

mod searched;
mod spelling;

use std::collections::{BTreeMap, BTreeSet};

use crate::field::Field;
use crate::job::{Role, SheetsBy};
use crate::resolve::{Decision, Link};
use crate::verdict::{Child, Reason, ReasonCode, Status};

use super::settle::{self, Filled, Gains};
use super::words::{self, Lang};
use super::{ReportError, Run, Traits};
use searched::Scopes;
use spelling::Spelling;

/// Possible links that are shown of a child, beside those that tell of a death or a search.
const LINKS_SHOWN: usize = 3;

/// The list.
pub(super) struct Candidates<'a> {
    pub(super) run: &'a Run<'a>,
    /// The fields that the populations of the job map, by [`Field::ALL`].
    pub(super) fields: Vec<Field>,
    /// Indices of the children, first on the list first.
    order: Vec<usize>,
    /// Links of candidates as (child, link): possible ones first, the best link of a child
    /// first.
    links: Vec<(usize, usize)>,
    /// One a source.
    raw: Vec<Raw>,
    spelling: Spelling,
    scopes: Scopes,
    gains: Gains,
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
    /// What the supplied extracts say, in one sentence.
    pub(super) statement: String,
    /// What each register gave.
    pub(super) searched: Vec<String>,
    /// Sentences.
    pub(super) reasons: Vec<String>,
    pub(super) codes: Vec<String>,
    /// The best possible links, each in words.
    pub(super) links: Vec<String>,
    pub(super) what_would_settle: String,
    /// One a step, in the order of the steps.
    pub(super) settle_codes: Vec<String>,
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

        let populations =
            || run.job.sources.iter().filter(|source| source.role == Role::Population);
        let fields: Vec<Field> = Field::ALL
            .into_iter()
            .filter(|field| populations().any(|source| source.columns.contains_key(field)))
            .collect();
        let mut wanted = order.clone();
        let examples = spelling::examples(run);
        wanted.extend(examples.iter().map(|example| example.child));
        let raw = fetch(run, &wanted)?;
        let scopes = Scopes::new(run);
        let mut list = Self {
            run,
            fields,
            order,
            links: links(run),
            raw,
            spelling: Spelling::default(),
            scopes,
            gains: Gains::default(),
        };
        list.spelling =
            Spelling::new(run, &examples, &|child, field| list.value(&run.children[child], field));
        let filled: BTreeSet<Filled> =
            list.order.iter().map(|&child| list.filled(child, &list.accepted(child))).collect();
        list.gains = Gains::new(run, &filled, &list.scopes.covered_shares(run));
        Ok(list)
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

    /// What groups the child at a place of the list: a code of [`Run::labels`], 0 where nothing
    /// is stated.
    pub(super) fn group(&self, place: usize, by: SheetsBy) -> u32 {
        self.order.get(place).map_or(0, |&child| label(&traits(self.run, child), by))
    }

    /// How a label is written, for people; `None` where nothing is stated.
    pub(super) fn spelt(&self, by: SheetsBy, code: u32) -> Option<String> {
        self.spelling.of(self.run, by, code)
    }

    /// The row at a place of the list.
    pub(super) fn row(&self, place: usize) -> Candidate<'a> {
        let run = self.run;
        let lang = run.job.report.lang;
        let index = self.order[place];
        let child = &run.children[index];
        let links = self.links(index);
        let possible: Vec<&Link> =
            links.iter().copied().filter(|link| link.decision == Decision::Review).collect();
        let outside = self.scopes.of(run, &traits(run, index));
        let steps = settle::steps(&settle::Asked {
            run,
            child,
            possible: &possible,
            accepted: &links[possible.len()..],
            filled: self.filled(index, &links[possible.len()..]),
            outside: &outside,
            gains: &self.gains,
        });
        Candidate {
            rank: place as u64 + 1,
            child,
            values: self.fields.iter().map(|&field| self.value(child, field)).collect(),
            records: child.records.iter().map(|record| run.record(record)).collect(),
            statement: statement(run, child),
            searched: searched::phrases(run, child, &links, &outside),
            reasons: run.reasons(child, lang),
            codes: run.codes(child),
            links: (possible.iter().enumerate())
                .filter(|(at, link)| *at < LINKS_SHOWN || settle::tells_loss(link))
                .map(|(_, link)| describe(run, link))
                .collect(),
            what_would_settle: settle::text(&steps, lang),
            settle_codes: steps.iter().map(settle::Step::code).collect(),
        }
    }

    /// The links of a child: possible ones first, each record once.
    fn links(&self, child: usize) -> Vec<&'a Link> {
        let start = self.links.partition_point(|(other, _)| *other < child);
        let mut links: Vec<&Link> = Vec::new();
        for &(_, link) in self.links[start..].iter().take_while(|(other, _)| *other == child) {
            let link = &self.run.links[link];
            let seen = |other: &&Link| {
                (other.registry.source, other.registry.row)
                    == (link.registry.source, link.registry.row)
            };
            if !links.iter().any(seen) {
                links.push(link);
            }
        }
        links
    }

    /// The accepted links of a child.
    fn accepted(&self, child: usize) -> Vec<&'a Link> {
        let links = self.links(child).into_iter();
        links.filter(|link| link.decision == Decision::Link).collect()
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

    /// What a child's school records hold to look for it with.
    fn filled(&self, child: usize, accepted: &[&Link]) -> Filled {
        let own = &self.run.children[child];
        let filled = Filled::of(&traits(self.run, child), &|field| self.value(own, field));
        filled.with_links(accepted)
    }
}

/// The traits of a child.
fn traits(run: &Run<'_>, child: usize) -> Traits {
    run.traits.get(child).copied().unwrap_or_default()
}

/// The code of what groups a child.
pub(super) const fn label(traits: &Traits, by: SheetsBy) -> u32 {
    match by {
        SheetsBy::Office => traits.office,
        SheetsBy::Region => traits.region,
        SheetsBy::School => traits.school,
    }
}

/// The links of candidates, see [`Candidates::links`].
fn links(run: &Run<'_>) -> Vec<(usize, usize)> {
    let is_candidate =
        |child: usize| run.children.get(child).is_some_and(|c| c.status.is_candidate());
    let mut links: Vec<(usize, usize)> = (run.links.iter().enumerate())
        .filter(|(_, link)| is_candidate(link.child))
        .map(|(index, link)| (link.child, index))
        .collect();
    // Stable: equals stay in the order given, which no row number decides.
    links.sort_by(|a, b| {
        let (own, other) = (&run.links[a.1], &run.links[b.1]);
        let of_main = |link: &Link| link.population == run.children[link.child].main;
        a.0.cmp(&b.0)
            .then_with(|| other.decision.cmp(&own.decision))
            .then_with(|| other.probability.total_cmp(&own.probability))
            // Of one record the line that compares it with the main school record.
            .then_with(|| own.registry.source.cmp(&other.registry.source))
            .then_with(|| own.registry.content.cmp(&other.registry.content))
            .then_with(|| of_main(other).cmp(&of_main(own)))
    });
    links
}

fn fetch(run: &Run<'_>, children: &[usize]) -> Result<Vec<Raw>, ReportError> {
    let mut wanted = vec![BTreeSet::new(); run.job.sources.len()];
    for &child in children {
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

/// What the supplied extracts say of a child, in one sentence.
fn statement(run: &Run<'_>, child: &Child) -> String {
    let lang = run.job.report.lang;
    let sought = |reason: &&Reason| reason.code == ReasonCode::SoughtBy;
    let mut registers: Vec<&str> = Vec::new();
    for source in child.reasons.iter().filter(sought).filter_map(|reason| reason.source) {
        let name = run.source_name(source);
        if !registers.contains(&name) {
            registers.push(name);
        }
    }
    let registers = if child.status == Status::ReportedMissing { registers } else { Vec::new() };
    words::statement(child.status, run.job.as_of, &registers, lang)
}

/// A possible link in words, its record first as `zvirka explain` takes it.
fn describe(run: &Run<'_>, link: &Link) -> String {
    let lang: Lang = run.job.report.lang;
    let mut notes = vec![format!(
        "{} {}",
        lang.of("ймовірність", "probability"),
        words::percent(link.probability, lang)
    )];
    if let Some(kind) = link.evidence_kind {
        let kind = words::kind(kind, lang);
        let day = link
            .evidence_date
            .map_or_else(String::new, |day| format!(" {}", words::date(day, lang)));
        notes.push(format!("{}: {kind}{day}", lang.of("свідчення", "evidence")));
    }
    if link.twin_risk {
        let twin = lang.of("можливо, близнюк, брат чи сестра", "may be a twin's or a sibling's");
        notes.push(twin.to_owned());
    }
    format!("{} ({})", run.record(&link.registry), notes.join("; "))
}
