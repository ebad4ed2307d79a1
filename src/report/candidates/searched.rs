//! Which registers were searched for a child, and what each gave: one phrase a register.

use jiff::civil::Date;

use crate::job::{Kind, Role};
use crate::normalize::marks;
use crate::report::settle::could_settle;
use crate::report::words::{self, Finding, Outside};
use crate::report::{Run, Traits};
use crate::resolve::{Decision, Link};
use crate::verdict::{Child, Reason, ReasonCode};

/// The registers with a scope, and the regions of it as they are spelt in [`Run::labels`].
pub(super) struct Scopes(Vec<(usize, Vec<String>)>);

impl Scopes {
    pub(super) fn new(run: &Run<'_>) -> Self {
        let scoped = (run.job.sources.iter().enumerate())
            .filter(|(_, source)| source.role == Role::Registry)
            .filter_map(|(at, source)| {
                let scope = source.scope.as_ref()?;
                Some((at, scope.regions.iter().map(|region| marks::region(region)).collect()))
            });
        Self(scoped.collect())
    }

    /// The registers that do not cover a child, and why.
    pub(super) fn of(&self, run: &Run<'_>, traits: &Traits) -> Vec<(usize, Outside)> {
        let scoped = self.0.iter();
        scoped
            .filter_map(|(at, regions)| Some((*at, outside(run, *at, regions, traits)?)))
            .collect()
    }

    /// The share of the children that each source covers.
    pub(super) fn covered_shares(&self, run: &Run<'_>) -> Vec<f64> {
        let mut shares = vec![1.0; run.job.sources.len()];
        for (at, regions) in &self.0 {
            let covered = |traits: &&Traits| outside(run, *at, regions, traits).is_none();
            let covered = run.traits.iter().filter(covered).count();
            shares[*at] = covered as f64 / run.traits.len().max(1) as f64;
        }
        shares
    }
}

fn outside(run: &Run<'_>, source: usize, regions: &[String], traits: &Traits) -> Option<Outside> {
    let scope = run.job.sources[source].scope.as_ref()?;
    let region = run.label(traits.region);
    if !regions.is_empty() && region.is_some_and(|own| !regions.iter().any(|one| one == own)) {
        return Some(Outside::Region);
    }
    let year = i16::try_from(traits.birth_date.year).unwrap_or(0);
    let early = scope.born_from.is_some_and(|from| year < from);
    let late = scope.born_to.is_some_and(|to| year > to);
    (year != 0 && (early || late)).then_some(Outside::Years)
}

/// What each register gave, in the order of the job: `ehealth: no record that fits`.
/// `links` are the child's, possible ones first, the best first; `outside` names the registers
/// that do not cover it.
pub(super) fn phrases(
    run: &Run<'_>,
    child: &Child,
    links: &[&Link],
    outside: &[(usize, Outside)],
) -> Vec<String> {
    let lang = run.job.report.lang;
    let mut phrases = Vec::new();
    for (at, source) in run.job.sources.iter().enumerate() {
        if source.role != Role::Registry {
            continue;
        }
        let scope = source.scope.as_ref();
        let finding = finding(run, child, links, outside, at);
        let events = scope.map(|scope| (scope.events_from, scope.events_to));
        let events = events.filter(|_| finding == Finding::NothingFits).unwrap_or_default();
        phrases.push(format!("{}: {}", source.name, words::finding(finding, events, lang)));
    }
    phrases
}

fn finding(
    run: &Run<'_>,
    child: &Child,
    links: &[&Link],
    outside: &[(usize, Outside)],
    source: usize,
) -> Finding {
    let own = |reason: &&Reason| reason.source == Some(source);
    // Reasons stand in the order in which they tell most.
    if let Some(told) = child.reasons.iter().filter(own).find_map(by_reason) {
        if told != Finding::Outside(Outside::Other) {
            return told;
        }
        let why = outside.iter().find(|(at, _)| *at == source);
        return Finding::Outside(why.map_or(Outside::Other, |(_, why)| *why));
    }
    let own = || links.iter().filter(|link| link.registry.source == source);
    let day = |link: &Link| (link.evidence_kind.unwrap_or(Kind::Identity), link.evidence_date);
    let latest = own().filter(|link| link.decision == Decision::Link).map(|link| day(link));
    let latest: Option<(Kind, Option<Date>)> = latest.max_by_key(|&(kind, day)| (day, kind));
    if let Some((kind, day)) = latest {
        return if kind == Kind::Identity { Finding::Identity } else { Finding::Seen(kind, day) };
    }
    if let Some(best) = own().next() {
        return if could_settle(run, best) {
            Finding::Possible(best.evidence_date)
        } else {
            Finding::PossibleOnly(best.evidence_date)
        };
    }
    let why = outside.iter().find(|(at, _)| *at == source);
    why.map_or(Finding::NothingFits, |(_, why)| Finding::Outside(*why))
}

/// What a reason tells of what a register gave; `None` where it tells of something else.
fn by_reason(reason: &Reason) -> Option<Finding> {
    let seen = || Finding::Seen(reason.kind.unwrap_or(Kind::Present), reason.date);
    Some(match reason.code {
        ReasonCode::SettledBy => seen(),
        ReasonCode::SoughtBy => Finding::Sought(reason.date),
        ReasonCode::Contradiction => {
            Finding::Contradicted(reason.kind.unwrap_or(Kind::Identity), reason.date)
        }
        ReasonCode::HeldBack => Finding::HeldBack(reason.date),
        ReasonCode::PossibleLink => Finding::Possible(reason.date),
        ReasonCode::PossibleTwin => Finding::Twin,
        ReasonCode::Ambiguous => Finding::Several,
        ReasonCode::TooOld => Finding::TooOld(reason.date),
        ReasonCode::InFuture => Finding::InFuture(reason.date),
        ReasonCode::Undated => Finding::Undated,
        ReasonCode::IdentityOnly => Finding::Identity,
        ReasonCode::NotFound => Finding::NothingFits,
        ReasonCode::OutOfScope => Finding::Outside(Outside::Other),
        ReasonCode::ContactLost
        | ReasonCode::DisplacedInternally
        | ReasonCode::DisplacedAbroad
        | ReasonCode::TooFewFields
        | ReasonCode::SchoolVouches
        | ReasonCode::RecordsDiffer
        | ReasonCode::Vanished
        | ReasonCode::Graduated
        | ReasonCode::SchoolSaysDied
        | ReasonCode::SchoolSaysAbroad
        | ReasonCode::SchoolSaysFinished
        | ReasonCode::SchoolSaysMoved
        | ReasonCode::SchoolSaysNowhere
        | ReasonCode::SiblingMissing => return None,
    })
}
