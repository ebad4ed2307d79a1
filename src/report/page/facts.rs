//! What the page counts, in one pass over the children and one over the links.

use std::collections::BTreeMap;

use super::super::{Run, Traits, groups};
use super::figure::{Bucket, Found, Trace};
use crate::job::Role;
use crate::normalize::Displacement;
use crate::resolve::Decision;
use crate::verdict::{Child, ReasonCode, Status, Tier};

/// Ages of a band, first and last, in full years.
pub(super) const BANDS: [(u8, u8); 5] = [(0, 5), (6, 9), (10, 14), (15, 17), (18, u8::MAX)];

/// Statuses that registers settle.
pub(super) const SETTLED: [Status; 3] =
    [Status::Confirmed, Status::ConfirmedAbroad, Status::Deceased];

/// Reasons that tell of children who came and went.
pub(super) const MOVEMENTS: [ReasonCode; 8] = [
    ReasonCode::Vanished,
    ReasonCode::Graduated,
    ReasonCode::SchoolSaysMoved,
    ReasonCode::SchoolSaysFinished,
    ReasonCode::SchoolSaysAbroad,
    ReasonCode::SchoolSaysNowhere,
    ReasonCode::SchoolSaysDied,
    ReasonCode::SiblingMissing,
];

/// The statuses of the list.
pub(super) fn listed() -> Vec<Status> {
    Status::ALL.into_iter().filter(|status| status.is_candidate()).collect()
}

/// A field of the ministry's letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Four {
    Certificate,
    BirthDate,
    Displacement,
    ContactLost,
}

impl Four {
    pub(super) const ALL: [Self; 4] =
        [Self::Certificate, Self::BirthDate, Self::Displacement, Self::ContactLost];

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::BirthDate => "birth_date",
            Self::Displacement => "displacement",
            Self::ContactLost => "contact_lost",
        }
    }

    /// Whether a child has it.
    fn is_filled(self, traits: &Traits) -> bool {
        match self {
            Self::Certificate => traits.certificate,
            Self::BirthDate => traits.birth_date.is_full(),
            Self::Displacement => traits.displacement != Displacement::Missing,
            Self::ContactLost => traits.contact_lost.is_some(),
        }
    }
}

/// Children that have something in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) all: Bucket,
    /// On the list.
    pub(super) listed: Bucket,
    /// Of the list: a person has to look.
    pub(super) review: Bucket,
    /// Of the list: nothing that counts was found.
    pub(super) unconfirmed: Bucket,
    /// Of the list: a register holds the child as sought.
    pub(super) sought: Bucket,
    /// Without each of the four fields.
    pub(super) lacking: [Bucket; 4],
}

impl Group {
    fn add(&mut self, at: usize, child: &Child, traits: &Traits) {
        self.all.add(at);
        if child.status.is_candidate() {
            self.listed.add(at);
        }
        match child.status {
            Status::Review => self.review.add(at),
            Status::Unconfirmed => self.unconfirmed.add(at),
            Status::ReportedMissing => self.sought.add(at),
            _ => {}
        }
        for (field, lacking) in Four::ALL.into_iter().zip(&mut self.lacking) {
            if !field.is_filled(traits) {
                lacking.add(at);
            }
        }
    }
}

/// How a register holds the children.
#[derive(Clone, Debug, Default)]
pub(super) struct RegisterFacts {
    pub(super) name: String,
    pub(super) source: usize,
    /// Children by [`Found::ALL`].
    pub(super) found: [Bucket; 3],
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) total: Group,
    /// By [`Status::ALL`].
    pub(super) statuses: [Bucket; 7],
    /// Of children with a settled status: A, B, not stated.
    pub(super) tiers: [Bucket; 3],
    pub(super) registers: Vec<RegisterFacts>,
    /// By [`Trace::ALL`], then by [`Status::ALL`].
    pub(super) traces: [[Bucket; 7]; 4],
    /// By codes of labels.
    pub(super) regions: BTreeMap<u32, Group>,
    pub(super) offices: BTreeMap<u32, Group>,
    pub(super) displaced: BTreeMap<Option<&'static str>, Group>,
    pub(super) sexes: BTreeMap<Option<&'static str>, Group>,
    pub(super) ages: BTreeMap<Option<(u8, u8)>, Group>,
    pub(super) surnames: BTreeMap<Option<&'static str>, Group>,
    /// By [`MOVEMENTS`].
    pub(super) movements: [Bucket; 8],
    pub(super) renamed: Bucket,
    /// Children on the list by reason.
    pub(super) reasons: BTreeMap<ReasonCode, Bucket>,
}

impl Facts {
    pub(super) fn of(run: &Run<'_>) -> Self {
        let mut facts = Self::default();
        let traces = facts.links(run);
        for (at, child) in run.children.iter().enumerate() {
            let traits = run.traits.get(at).copied().unwrap_or_default();
            facts.child(run, at, child, &traits, traces[at]);
        }
        facts
    }

    fn child(&mut self, run: &Run<'_>, at: usize, child: &Child, traits: &Traits, trace: Trace) {
        let status = Status::ALL.iter().position(|status| *status == child.status).unwrap_or(0);
        self.statuses[status].add(at);
        self.traces[trace as usize][status].add(at);
        if SETTLED.contains(&child.status) {
            let tier = child.tier.map_or(2, |tier| usize::from(tier == Tier::B));
            self.tiers[tier].add(at);
        }
        let age = groups::age(traits.birth_date, run.job.as_of);
        let band = age.and_then(|age| BANDS.into_iter().find(|band| age <= band.1));
        for group in [
            &mut self.total,
            self.regions.entry(traits.region).or_default(),
            self.offices.entry(traits.office).or_default(),
            self.displaced.entry(groups::displacement(traits.displacement)).or_default(),
            self.sexes.entry(groups::sex(traits.sex)).or_default(),
            self.ages.entry(band).or_default(),
            self.surnames.entry(groups::surname(traits.surname)).or_default(),
        ] {
            group.add(at, child, traits);
        }
        let mut codes: Vec<_> = child.reasons.iter().map(|reason| reason.code).collect();
        codes.sort_unstable();
        codes.dedup();
        for (code, bucket) in MOVEMENTS.iter().zip(&mut self.movements) {
            if codes.contains(code) {
                bucket.add(at);
            }
        }
        if !child.former.is_empty() {
            self.renamed.add(at);
        }
        if child.status.is_candidate() {
            for code in codes {
                self.reasons.entry(code).or_default().add(at);
            }
        }
    }

    /// Counts children by register, and gives each child its trace.
    fn links(&mut self, run: &Run<'_>) -> Vec<Trace> {
        let sources = run.job.sources.len();
        let mut linked = vec![Vec::new(); sources];
        let mut possible = vec![Vec::new(); sources];
        for link in run.links {
            if link.registry.source < sources && link.child < run.children.len() {
                match link.decision {
                    Decision::Link => linked[link.registry.source].push(link.child),
                    Decision::Review => possible[link.registry.source].push(link.child),
                }
            }
        }
        let mut accepted = vec![0_u8; run.children.len()];
        let mut seen = vec![false; run.children.len()];
        for (source, settings) in run.job.sources.iter().enumerate() {
            if settings.role != Role::Registry {
                continue;
            }
            let mut facts =
                RegisterFacts { name: settings.name.clone(), source, ..Default::default() };
            // 0 nothing, 1 possible, 2 linked.
            let mut here = vec![0_u8; run.children.len()];
            for &child in &possible[source] {
                here[child] = 1;
            }
            for &child in &linked[source] {
                here[child] = 2;
            }
            for (child, held) in here.into_iter().enumerate() {
                let found = match held {
                    2 => Found::Linked,
                    1 => Found::Possible,
                    _ => Found::Nothing,
                };
                facts.found[found as usize].add(child);
                accepted[child] = accepted[child].saturating_add(u8::from(held == 2));
                seen[child] |= held > 0;
            }
            self.registers.push(facts);
        }
        let trace = |(accepted, seen)| match (accepted, seen) {
            (2.., _) => Trace::Several,
            (1, _) => Trace::One,
            (0, true) => Trace::Possible,
            (0, false) => Trace::Nothing,
        };
        accepted.into_iter().zip(seen).map(trace).collect()
    }
}
