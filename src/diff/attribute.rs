//! What differs for one child, and what that comes from.
//!
//! Causes, the main one first: `data` > `decision` > `rule` > `model` > `program`. What the
//! folders prove goes before what is merely left.
//!
//! - **data**: a school record of the child came, went or changed, or a register's row that is
//!   linked to it did. Rows are told by the hash of their values, or by the register's id. A
//!   row of a source whose files are the same, byte for byte, has not changed: if it reads
//!   otherwise, the job reads it otherwise. The folder knows linked rows alone: a row of a
//!   changed register that was linked to nobody is taken for a new one.
//! - **decision**: people decided otherwise.
//! - **rule**: the rows are the same, and a setting of the job makes the difference: evidence
//!   counts by its day or not, a row proves something else, a register covers the child or
//!   not, costs moved the threshold across a link, or the job is all that differs.
//! - **model**: the rows are the same, and a link is held likelier or less likely, or came or
//!   went with a row that was there: the model or the rest of the lists weighs it otherwise.
//! - **program**: another program, and nothing of the above.
//!
//! The folder tells the values' hash only of those school records that have a link. Where a
//! list changed, and one of the runs knows no link of the record, the record may have changed:
//! this is said, as not proved, where nothing else is proved.

use std::sync::Arc;

use super::pair::Keys;
use super::runs::{Runs, SourceChange};
use super::side::{Links, Side, SideLink, SideRecord};
use super::types::{Cause, Difference, Kind, LinkView, Objection, What};
use crate::job::Kind as EvidenceKind;
use crate::run_folder::Mark;
use crate::verdict::{Period, ReasonCode};

/// Probabilities this near to each other are the same.
const EQUAL: f64 = 1e-12;

/// Reasons that depend on other children than the one they are of.
const OF_OTHERS: [ReasonCode; 6] = [
    ReasonCode::RecordsDiffer,
    ReasonCode::HeldBack,
    ReasonCode::SiblingMissing,
    ReasonCode::PossibleTwin,
    ReasonCode::Ambiguous,
    ReasonCode::Vanished,
];

/// What is known of the school records of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Records {
    Same,
    Unknown,
    Changed,
}

/// Two runs.
pub(super) struct Both<'a> {
    pub(super) runs: &'a Runs,
    pub(super) old: &'a Side,
    pub(super) new: &'a Side,
    pub(super) keys: [&'a Keys<'a>; 2],
    pub(super) links: [&'a Links; 2],
}

/// Reason codes that came, and that went.
#[derive(Clone, Copy)]
pub(super) struct Codes<'a> {
    pub(super) came: &'a [Arc<str>],
    pub(super) went: &'a [Arc<str>],
}

impl Codes<'_> {
    fn all(&self) -> impl Iterator<Item = &str> {
        self.came.iter().chain(self.went).map(|code| &**code)
    }

    /// Whether one of them is about a source.
    fn name(&self, source: &str) -> bool {
        self.all().any(|code| is_about(code, source))
    }

    /// Whether one of them is of this kind.
    fn have(&self, wanted: ReasonCode) -> bool {
        self.all().any(|code| code.split(':').next() == Some(wanted.key()))
    }
}

fn is_about(code: &str, source: &str) -> bool {
    code.split_once(':').is_some_and(|(_, named)| named == source)
}

/// The differences of one child, as they are gathered.
struct Found<'a> {
    both: &'a Both<'a>,
    kind: Kind,
    codes: Codes<'a>,
    /// Whether the status or the tier differs.
    verdict: bool,
    records: Records,
    /// School records that are another child's in the other run.
    joins: Vec<What>,
    all: Vec<Difference>,
}

impl Both<'_> {
    /// The differences of a child of one run alone.
    pub(super) fn alone(&self, kind: Kind, child: u32) -> Vec<Difference> {
        let side = if kind == Kind::Gone { self.old } else { self.new };
        let mut found = Found::new(self, kind, Codes { came: &[], went: &[] }, true);
        for record in side.records(child) {
            found.one_sided(record, kind == Kind::New);
        }
        found.joined();
        found.done()
    }

    /// The differences of a child, or of two of which one is part of the other. `codes` came or
    /// went with it.
    pub(super) fn differences(
        &self,
        kind: Kind,
        (o, n): (u32, u32),
        codes: Codes<'_>,
    ) -> Vec<Difference> {
        let (old, new) = (&self.old.children[o as usize], &self.new.children[n as usize]);
        let verdict = (old.status, old.tier) != (new.status, new.tier);
        let mut found = Found::new(self, kind, codes, verdict);
        let unknown = found.records(self.old.records(o), self.new.records(n));
        if found.records != Records::Changed {
            found.marks(self.old.marks(o), self.new.marks(n));
        }
        found.joined();
        let moved = found.links(self.links[0].of(o), self.links[1].of(n));
        found.scopes();
        found.rest(unknown, moved);
        found.done()
    }
}

impl<'a> Found<'a> {
    fn new(both: &'a Both<'a>, kind: Kind, codes: Codes<'a>, verdict: bool) -> Self {
        Self {
            both,
            kind,
            codes,
            verdict,
            records: Records::Same,
            joins: Vec::new(),
            all: Vec::new(),
        }
    }

    fn push(&mut self, cause: Cause, certain: bool, what: What) {
        self.all.push(Difference { cause, certain, what });
    }

    /// Sorted: what is proved first, then by cause, then what the changed reasons are about.
    fn done(self) -> Vec<Difference> {
        let runs = self.both.runs;
        let about = |what: &What| {
            let registry = what.link().map(|link| runs.name(link.registry));
            registry.is_some_and(|registry| self.codes.name(registry))
        };
        let mut all = self.all;
        // Stable: within these, records before rows, and each in the order of their content.
        all.sort_by_key(|d| (!d.certain, d.cause, !about(&d.what)));
        all
    }

    /// What another content of a source comes from; `None` where nothing can have changed it.
    fn source_cause(&self, source: u16) -> Option<Cause> {
        let runs = self.both.runs;
        match runs.source(source) {
            SourceChange::Same => self.reading_cause(),
            _ => Some(Cause::Data),
        }
    }

    /// What it comes from that the same row reads otherwise.
    fn reading_cause(&self) -> Option<Cause> {
        let runs = self.both.runs;
        if runs.job { Some(Cause::Rule) } else { runs.program.then_some(Cause::Program) }
    }

    /// A record that the other run has not with this child.
    fn one_sided(&mut self, record: &SideRecord, came: bool) {
        let view = record.view.clone();
        // Another child of the other run may have it.
        let [old, new] = self.both.keys;
        if if came { old } else { new }.has(&view) {
            self.joins.push(if came { What::RecordJoined(view) } else { What::RecordParted(view) });
            return;
        }
        let Some(cause) = self.source_cause(view.source) else { return };
        let what = if came { What::RecordCame(view) } else { What::RecordWent(view) };
        if cause == Cause::Data {
            self.records = Records::Changed;
        }
        self.push(cause, true, what);
    }

    /// School records are joined otherwise: because one of them changed, or are judged otherwise.
    fn joined(&mut self) {
        let runs = self.both.runs;
        for what in std::mem::take(&mut self.joins) {
            if self.records == Records::Changed {
                self.push(Cause::Data, true, what);
                continue;
            }
            let certain = self.records == Records::Same && !runs.decisions;
            if runs.decisions {
                self.push(Cause::Decision, false, what.clone());
            }
            if self.only_job() {
                self.push(Cause::Rule, certain, what);
                continue;
            }
            // The costs also decide from where on two school records are one child's.
            if runs.costs() {
                self.push(Cause::Rule, false, what.clone());
            }
            self.push(Cause::Model, certain && !runs.costs(), what);
        }
    }

    /// Whether the job is all that differs between the runs.
    fn only_job(&self) -> bool {
        let runs = self.both.runs;
        let others = runs.data() || runs.given_model || runs.labels || runs.decisions;
        runs.job && !others && !runs.program
    }

    /// Compares school records. Gives those of which it is not known whether they changed.
    fn records<'r>(&mut self, old: &'r [SideRecord], new: &'r [SideRecord]) -> Vec<&'r SideRecord> {
        let runs = self.both.runs;
        let same_key = |a: &SideRecord, b: &SideRecord| a.view.key == b.view.key;
        let same_row = |a: &SideRecord, b: &SideRecord| {
            (a.view.source, a.view.row) == (b.view.source, b.view.row)
                && runs.same_rows(a.view.source)
        };
        let mut unknown = Vec::new();
        let Matched { pairs, went, came } = matched(old, new, &[&same_key, &same_row]);
        for (a, b) in pairs {
            if self.kind == Kind::Merged {
                self.joins.push(What::RecordParted(a.view.clone()));
            } else if self.kind == Kind::Split {
                self.joins.push(What::RecordJoined(b.view.clone()));
            }
            // The same file, or a key that is the hash itself.
            if self.source_cause(b.view.source) != Some(Cause::Data)
                || a.view.key == b.view.key && runs.is_hash(&b.view)
            {
                continue;
            }
            let [old, new] = self.both.links;
            match (old.content(a), new.content(b)) {
                (Some(x), Some(y)) if x == y => {}
                (Some(_), Some(_)) => {
                    self.records = Records::Changed;
                    let what = What::RecordChanged(a.view.clone(), b.view.clone());
                    self.push(Cause::Data, true, what);
                }
                _ => {
                    self.records = self.records.max(Records::Unknown);
                    unknown.push(b);
                }
            }
        }
        // Of one that is part of another, the other's records are no news.
        if self.kind != Kind::Split {
            for record in went {
                self.one_sided(record, false);
            }
        }
        if self.kind != Kind::Merged {
            for record in came {
                self.one_sided(record, true);
            }
        }
        unknown
    }

    /// What the school says beside, as far as it proves that a record changed.
    fn marks(&mut self, old: &[Option<Box<str>>], new: &[Option<Box<str>>]) {
        let pairs = Mark::ALL.into_iter().zip(old.iter().zip(new));
        let differ: Vec<Mark> =
            pairs.filter(|(_, (old, new))| old != new).map(|(mark, _)| mark).collect();
        if differ.is_empty() || matches!(self.kind, Kind::Merged | Kind::Split) {
            return;
        }
        // Only where a record may have changed: another may have become the main one.
        if self.records == Records::Unknown {
            self.records = Records::Changed;
            self.push(Cause::Data, true, What::Marks(differ));
        }
    }

    /// Compares linked rows. Gives how many of the same rows have another probability.
    fn links(&mut self, old: &[SideLink], new: &[SideLink]) -> usize {
        let runs = self.both.runs;
        let same_content = |a: &SideLink, b: &SideLink| {
            a.view.registry == b.view.registry && a.content == b.content
        };
        let same_id = |a: &SideLink, b: &SideLink| {
            a.view.registry == b.view.registry && a.view.id.is_some() && a.view.id == b.view.id
        };
        let same_row = |a: &SideLink, b: &SideLink| {
            (a.view.registry, a.view.row) == (b.view.registry, b.view.row)
                && runs.same_rows(a.view.registry)
        };
        let mut moved = 0;
        let Matched { pairs, went, came } =
            matched(old, new, &[&same_content, &same_id, &same_row]);
        for (a, b) in pairs {
            moved += usize::from((a.view.probability - b.view.probability).abs() > EQUAL);
            self.linked_twice(a, b);
        }
        for link in went {
            self.linked_once(link, false);
        }
        for link in came {
            self.linked_once(link, true);
        }
        moved
    }

    /// A row that is linked in both runs.
    fn linked_twice(&mut self, a: &SideLink, b: &SideLink) {
        let both = || (a.view.clone(), b.view.clone());
        let says = |link: &SideLink| (link.view.kind, link.view.date);
        let changed = a.content != b.content;
        if changed && self.source_cause(b.view.registry) == Some(Cause::Data) {
            let (old, new) = both();
            self.push(Cause::Data, true, What::RowChanged(old, new));
            return;
        }
        if says(a) == says(b) {
            let [was, is] = [(0, a), (1, b)].map(|(run, link)| self.objection(run, &link.view));
            if was != is && self.matters(&b.view) {
                self.push(Cause::Rule, true, What::Counts(b.view.clone(), was, is));
            }
        } else if let Some(cause) = self.reading_cause() {
            let (old, new) = both();
            self.push(cause, true, What::Proves(old, new));
        }
        if a.view.decision != b.view.decision {
            let (old, new) = both();
            let probabilities = (Some(a.view.probability), Some(b.view.probability));
            self.judged(probabilities, &What::Judged(old, new));
        } else if a.twin_risk != b.twin_risk {
            let what = What::TwinRisk(b.view.clone(), b.twin_risk);
            self.judged((Some(a.view.probability), Some(b.view.probability)), &what);
        }
    }

    /// Why evidence does not count in one of the runs.
    fn objection(&self, run: usize, link: &LinkView) -> Objection {
        let job = &self.both.runs.manifests[run].job;
        let period = Period { since: job.evidence_since, as_of: job.as_of };
        if link.kind.is_none_or(|kind| kind == EvidenceKind::Identity) {
            return None;
        }
        period.objection(link.date)
    }

    /// A row that is linked in one run alone.
    fn linked_once(&mut self, link: &SideLink, came: bool) {
        let view = &link.view;
        let [old, new] = self.both.links;
        let there = if came { old } else { new }.has_row(view.registry, link.content);
        if !there && self.source_cause(view.registry) == Some(Cause::Data) {
            let view = view.clone();
            self.push(
                Cause::Data,
                true,
                if came { What::RowCame(view) } else { What::RowWent(view) },
            );
            return;
        }
        let p = Some(view.probability);
        if came {
            self.judged((None, p), &What::Linked(view.clone()));
        } else {
            self.judged((p, None), &What::Unlinked(view.clone()));
        }
    }

    /// Whether a link can have made the difference.
    fn matters(&self, link: &LinkView) -> bool {
        let proves = link.kind.is_some_and(|kind| kind != EvidenceKind::Identity);
        self.verdict && proves || self.codes.name(self.both.runs.name(link.registry))
    }

    /// The same row is judged otherwise. A side without a probability had no possible link.
    fn judged(&mut self, (old, new): (Option<f64>, Option<f64>), what: &What) {
        let Some(link) = what.link().filter(|link| self.matters(link)) else { return };
        if self.records == Records::Changed {
            self.push(Cause::Data, true, what.clone());
            return;
        }
        let runs = self.both.runs;
        let registry = link.registry;
        let decided = runs.decisions;
        if decided {
            self.push(Cause::Decision, false, what.clone());
        }
        let certain = !decided && self.records == Records::Same;
        if self.only_job() {
            self.push(Cause::Rule, certain, what.clone());
            return;
        }
        // Whether a probability crosses the threshold because that moved, or moved itself.
        let thresholds = match (old, new) {
            (Some(_), Some(_)) => [0, 1].map(|run| runs.confirm(run, registry)),
            _ => [0, 1].map(|run| runs.review(run)),
        };
        let (mut by_threshold, mut by_itself) = (false, true);
        if let [Some(before), Some(now)] = thresholds {
            let crossed = |p: Option<f64>| p.is_some_and(|p| (p >= before) != (p >= now));
            by_threshold = crossed(old) || crossed(new);
            if let (Some(old), Some(new)) = (old, new) {
                let same = (old - new).abs() <= EQUAL;
                by_threshold |= same && (before - now).abs() > EQUAL;
                by_itself = !same && (old >= now) != (new >= now);
            } else {
                by_itself = !by_threshold;
            }
        }
        let ruled = by_threshold && runs.costs();
        if ruled {
            self.push(Cause::Rule, certain, what.clone());
        }
        if !ruled || by_itself {
            self.push(Cause::Model, certain, what.clone());
        }
    }

    /// Registers that cover the child in one run only.
    fn scopes(&mut self) {
        let runs = self.both.runs;
        if !runs.job {
            return;
        }
        let Codes { came, went } = self.codes;
        for (out, others, covered) in [(went, came, true), (came, went, false)] {
            let out = out.iter().filter_map(|code| code.split_once(':'));
            for (_, register) in out.filter(|(key, _)| *key == ReasonCode::OutOfScope.key()) {
                if let Some(place) = runs.place(register)
                    && others.iter().any(|code| is_about(code, register))
                {
                    let certain = self.records == Records::Same;
                    self.push(Cause::Rule, certain, What::Scope(place, covered));
                }
            }
        }
    }

    /// What is left where the folders prove neither another record nor another rule.
    fn rest(&mut self, unknown: Vec<&SideRecord>, moved: usize) {
        let runs = self.both.runs;
        let proved = |d: &Difference| d.certain && matches!(d.cause, Cause::Data | Cause::Rule);
        if self.all.iter().any(proved) {
            return;
        }
        for record in unknown {
            self.push(Cause::Data, false, What::RecordUnknown(record.view.clone()));
        }
        if !self.all.is_empty() {
            return;
        }
        let others: Vec<ReasonCode> =
            OF_OTHERS.into_iter().filter(|&code| self.codes.have(code)).collect();
        let elsewhere = runs.data() || runs.given_model || runs.labels;
        // After training anew every probability differs a little: no status comes of that alone.
        if elsewhere && moved > 0 && !self.verdict {
            self.push(Cause::Model, !runs.job && !runs.decisions, What::Probabilities(moved));
        } else if elsewhere && !others.is_empty() {
            self.push(Cause::Model, false, What::Others(others));
        }
        if runs.decisions {
            self.push(Cause::Decision, false, What::Decisions);
        }
        if runs.job {
            self.push(Cause::Rule, self.only_job(), What::Settings);
        }
        if self.all.is_empty() && runs.program {
            self.push(Cause::Program, !elsewhere, What::Program);
        }
    }
}

/// What belongs together, and what is left on either side.
struct Matched<'a, T> {
    pairs: Vec<(&'a T, &'a T)>,
    went: Vec<&'a T>,
    came: Vec<&'a T>,
}

/// Whether two items are one.
type Same<'f, T> = &'f dyn Fn(&T, &T) -> bool;

/// Pairs items by one test after the other, in order.
fn matched<'a, T>(old: &'a [T], new: &'a [T], tests: &[Same<'_, T>]) -> Matched<'a, T> {
    let mut went: Vec<&T> = old.iter().collect();
    let mut came: Vec<&T> = new.iter().collect();
    let mut pairs = Vec::new();
    for same in tests {
        went.retain(|&a| match came.iter().position(|&b| same(a, b)) {
            Some(at) => {
                pairs.push((a, came.remove(at)));
                false
            }
            None => true,
        });
    }
    Matched { pairs, went, came }
}
