//! What would settle a child's status: the next steps of a clerk, the one of the highest
//! expected gain first.
//!
//! The gain of a step is the probability that it settles the status.
//!
//! | step | gain |
//! | --- | --- |
//! | ask the police about a search, look into contradicting evidence | 1: who holds the search or the record knows |
//! | compare a possible link's two records | its probability, if its evidence would count; 1 where a sighting counts and only a possible death or search stands against it, since either answer settles |
//! | ask the school for a field, or check one | see [`gain`] |
//! | take a field from a record that is linked already | the gain of the field × the share of that register's records that have it |
//! | ask for an extract that covers the child | see [`gain`] |
//! | have an undated record dated | the share of the register's accepted links whose evidence counts |
//! | have the school's word proved: moved, died, abroad; ask the police about a sibling's search | ½: nobody has counted how often it proves true |
//! | ask the school and the family where the child is; where contact is lost, look for the family | ½ × the chance that no register holds evidence that counts, see [`gain`] |
//! | reconcile school records, ask what became of a former pupil | 0: last |
//!
//! Costs are left out: every step is a letter or a look at two records.

mod gain;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::compare::{Comparison, MISSING};
use crate::job::Kind;
use crate::resolve::Link;
use crate::verdict::{Child, ReasonCode, Status};

use super::Run;
use super::words::{self, Lang, Outside};
use gain::ESSENTIAL;
pub(super) use gain::{Filled, Gains, could_settle};

/// Records of sightings to compare that are listed of a child.
const MOST_COMPARED: usize = 3;
/// Fields to check that are listed of a child.
const MOST_CHECKED: usize = 2;
/// A field that gains less is not asked for by itself.
const LEAST_ASKED: f64 = 0.005;
/// A field that is there, and gains less, is not checked.
const LEAST_CHECKED: f64 = 0.01;
/// Nor one that gains less than this share of what the best does.
const LEAST_OF_BEST: f64 = 0.1;
/// What nobody has counted.
const EVEN: f64 = 0.5;
/// A register in which a field is rarer is not asked for it.
const LEAST_FILLED: f64 = 0.5;

/// A child, and what is known of it.
pub(super) struct Asked<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) child: &'a Child,
    /// Its possible links, the likeliest first.
    pub(super) possible: &'a [&'a Link],
    /// Its accepted links.
    pub(super) accepted: &'a [&'a Link],
    pub(super) filled: Filled,
    /// Registers that do not cover it, and why.
    pub(super) outside: &'a [(usize, Outside)],
    pub(super) gains: &'a Gains,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step<'a> {
    pub(super) action: Action<'a>,
    /// Probability that it settles the status.
    pub(super) gain: f64,
}

/// What to do. It is not compared, for records are named by their rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action<'a> {
    /// Ask the police about the search of these registers.
    Police(Vec<&'a str>),
    /// Find out whether this evidence holds, which others contradict.
    Contradiction(&'a str, Option<Kind>, Option<Date>),
    /// Choose which record of this register is the child's, if any.
    Choose(&'a str),
    /// Compare the school record with a register's.
    Compare {
        /// `source:row`.
        record: String,
        /// Fields that differ, with their levels.
        differ: Vec<(Comparison, &'static str)>,
        /// Fields that one of the records lacks.
        lack: Vec<Comparison>,
        /// It may be a twin's or a sibling's.
        twin: bool,
    },
    /// Take a field from a record that is linked already.
    Take(Comparison, &'a str, String),
    /// Ask the school for a field, for the sake of a register; `true` where it is there in part.
    Ask(Comparison, bool, Option<&'a str>),
    /// Ask the school for all of these.
    Complete(Vec<Comparison>),
    /// Check a field of the school record against the documents.
    Check(Comparison, Option<&'a str>),
    /// Ask for an extract that covers the child.
    Extract(&'a str, Outside),
    /// Ask a register for the day of its evidence.
    Undated(&'a str),
    /// Check a day after the day of the check.
    InFuture(&'a str, Date),
    /// Ask the police about a brother or sister who is sought by this register.
    Sibling(&'a str),
    /// Have a death proved that the school tells of, by this register.
    Death(Option<&'a str>),
    /// Ask which school the child went to.
    NextSchool,
    /// Have proved that the child is abroad.
    ProofAbroad,
    /// Ask the family why the child attends nowhere.
    Nowhere,
    /// Agree school records that may be of one child.
    Records(Vec<String>),
    /// Ask what became of the pupil after school.
    AfterSchool,
    /// Look for the family.
    Family,
    /// Find out where the child is; since when there is no evidence, or the latest that is.
    Whereabouts {
        /// The first day from which nothing counts.
        since: Date,
        /// Evidence that does not count.
        last: Option<Date>,
    },
}

impl Step<'_> {
    /// What comes first of equal gain.
    const fn rank(&self) -> u8 {
        match self.action {
            Action::Police(_) => 0,
            Action::Contradiction(..) => 1,
            Action::Choose(_) | Action::Compare { .. } => 2,
            Action::Take(..) => 3,
            Action::Ask(..) => 4,
            Action::Complete(_) => 5,
            Action::Check(..) => 6,
            Action::Extract(..) => 7,
            Action::Undated(_) | Action::InFuture(..) => 8,
            Action::Sibling(_) => 9,
            Action::Death(_) => 10,
            Action::NextSchool => 11,
            Action::ProofAbroad => 12,
            Action::Nowhere => 13,
            Action::Records(_) => 14,
            Action::AfterSchool => 15,
            Action::Family => 16,
            Action::Whereabouts { .. } => 17,
        }
    }

    /// A stable code: `ask_school:certificate_number`, `compare:ehealth:123`.
    pub(super) fn code(&self) -> String {
        match &self.action {
            Action::Police(sources) => match sources.first() {
                Some(source) => format!("ask_police:{source}"),
                None => "ask_police".to_owned(),
            },
            Action::Sibling(source) => format!("ask_police:{source}"),
            Action::Contradiction(source, ..)
            | Action::Choose(source)
            | Action::Take(_, source, _)
            | Action::Extract(source, _)
            | Action::Undated(source)
            | Action::InFuture(source, _)
            | Action::Death(Some(source)) => format!("ask_register:{source}"),
            Action::Compare { record, .. } => format!("compare:{record}"),
            Action::Ask(field, ..) => format!("ask_school:{}", key(*field)),
            Action::Check(field, _) => format!("check_school:{}", key(*field)),
            Action::Complete(fields) => {
                let keys: Vec<_> = fields.iter().map(|field| key(*field)).collect();
                format!("ask_school:{}", keys.join("+"))
            }
            Action::Death(None) => "ask_school:death_record".to_owned(),
            Action::NextSchool => "ask_school:next_school".to_owned(),
            Action::AfterSchool => "ask_school:after_school".to_owned(),
            Action::Records(_) => "compare_school_records".to_owned(),
            Action::ProofAbroad => "ask_family:abroad".to_owned(),
            Action::Nowhere => "ask_family:schooling".to_owned(),
            Action::Family => "ask_family".to_owned(),
            Action::Whereabouts { .. } => "ask_school:whereabouts".to_owned(),
        }
    }
}

/// The key of the field that a comparison is about.
const fn key(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Certificate => "certificate_number",
        other => other.key(),
    }
}

/// Steps as one text: numbered where there are several.
pub(super) fn text(steps: &[Step<'_>], lang: Lang) -> String {
    let mut texts = Vec::with_capacity(steps.len());
    for (step, number) in steps.iter().zip(1..) {
        let text = words::step(step, lang);
        texts.push(if steps.len() > 1 { format!("{number}) {text}.") } else { format!("{text}.") });
    }
    texts.join(" ")
}

/// The steps, the one of the highest gain first.
pub(super) fn steps<'a>(asked: &Asked<'a>) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let child = asked.child;
    let nowhere = matches!(child.status, Status::Unconfirmed | Status::NotAssessable);
    // What no register holds, people alone can tell.
    let untraced = if nowhere { EVEN * no_register(asked) } else { 0.0 };
    of_reasons(asked, untraced, &mut steps);
    compared(asked, &mut steps);
    let unseen = child.last_evidence.is_none()
        && matches!(child.status, Status::Unconfirmed | Status::NotAssessable | Status::Review);
    if unseen {
        fields(asked, &mut steps);
    }
    if steps.is_empty() || nowhere {
        let old = child.reasons.iter().filter(|reason| reason.code == ReasonCode::TooOld);
        let last = old.filter_map(|reason| reason.date).max();
        let since = asked.run.job.evidence_since;
        // A school that lost contact does not know.
        let lost = child.reasons.iter().any(|reason| reason.code == ReasonCode::ContactLost);
        let gain = if lost { 0.0 } else { untraced };
        steps.push(Step { action: Action::Whereabouts { since, last }, gain });
    }
    // Stable: equals stay in the order of the job, of the reasons and of the links.
    steps.sort_by(|a, b| b.gain.total_cmp(&a.gain).then(a.rank().cmp(&b.rank())));
    steps.dedup_by(|a, b| a.action == b.action);
    steps
}

/// Whether a register may be asked for the child: it covers it, and has no record of it, not
/// even maybe.
fn may_hold(asked: &Asked<'_>, source: usize) -> bool {
    let mut links = asked.possible.iter().chain(asked.accepted);
    !links.any(|link| link.registry.source == source)
        && !asked.outside.iter().any(|(at, _)| *at == source)
}

/// The chance that no register holds evidence of the child that counts.
fn no_register(asked: &Asked<'_>) -> f64 {
    asked.gains.no_register(asked.filled, &|source| may_hold(asked, source))
}

/// What single reasons ask for. `untraced` is what people can tell of whom no register does.
fn of_reasons<'a>(asked: &Asked<'a>, untraced: f64, steps: &mut Vec<Step<'a>>) {
    let (run, child) = (asked.run, asked.child);
    let mut add = |gain, action| steps.push(Step { action, gain });
    let name = |source: Option<usize>| source.map_or("?", |source| run.source_name(source));
    let mut sought = Vec::new();
    let mut several = Vec::new();
    for reason in &child.reasons {
        let source = name(reason.source);
        match reason.code {
            ReasonCode::SoughtBy if !sought.contains(&source) => sought.push(source),
            ReasonCode::Contradiction => {
                add(1.0, Action::Contradiction(source, reason.kind, reason.date));
            }
            ReasonCode::Ambiguous if asked.possible.is_empty() && !several.contains(&source) => {
                several.push(source);
                add(EVEN, Action::Choose(source));
            }
            ReasonCode::Undated => {
                let gain = reason.source.map_or(EVEN, |source| asked.gains.fresh(source));
                add(gain, Action::Undated(source));
            }
            ReasonCode::InFuture => {
                let gain = reason.source.map_or(EVEN, |source| asked.gains.fresh(source));
                add(gain, Action::InFuture(source, run.job.as_of));
            }
            ReasonCode::SiblingMissing => add(EVEN, Action::Sibling(source)),
            ReasonCode::SchoolSaysDied => {
                let register = gain::of_the_dead(run).map(|source| run.source_name(source));
                add(EVEN, Action::Death(register));
            }
            ReasonCode::SchoolSaysMoved | ReasonCode::Vanished => add(EVEN, Action::NextSchool),
            ReasonCode::SchoolSaysAbroad | ReasonCode::DisplacedAbroad => {
                add(EVEN, Action::ProofAbroad);
            }
            ReasonCode::SchoolSaysNowhere => add(EVEN, Action::Nowhere),
            ReasonCode::SchoolSaysFinished | ReasonCode::Graduated => add(0.0, Action::AfterSchool),
            ReasonCode::ContactLost => add(untraced, Action::Family),
            ReasonCode::RecordsDiffer => {
                add(0.0, Action::Records(child.doubles.clone()));
            }
            _ => {}
        }
    }
    if child.status == Status::ReportedMissing || !sought.is_empty() {
        add(1.0, Action::Police(sought));
    }
}

/// Whether a link tells of a death or a search.
pub(super) const fn tells_loss(link: &Link) -> bool {
    matches!(link.evidence_kind, Some(Kind::Deceased | Kind::ReportedMissing))
}

/// The possible links that would settle the status.
fn compared<'a>(asked: &Asked<'a>, steps: &mut Vec<Step<'a>>) {
    let settling = asked.possible.iter().filter(|link| could_settle(asked.run, link));
    let mut sightings = 0;
    for link in settling {
        // However unlikely, a possible death or search is never left out.
        let loss = tells_loss(link);
        sightings += usize::from(!loss);
        if !loss && sightings > MOST_COMPARED {
            continue;
        }
        // The sighting counts as soon as nothing stands against it.
        let gain = if asked.child.last_evidence.is_some() && loss { 1.0 } else { link.probability };
        let gain = if gain.is_finite() { gain } else { 0.0 };
        let (mut differ, mut lack) = (Vec::new(), Vec::new());
        for comparison in Comparison::ALL {
            let level = link.pattern.level(comparison);
            // Other documents are missing in most registers: nothing to see.
            if level == MISSING && ESSENTIAL.contains(&comparison) {
                lack.push(comparison);
            } else if level > 1 {
                differ.push((comparison, link.pattern.level_name(comparison)));
            }
        }
        let record = asked.run.record(&link.registry);
        let twin = link.twin_risk;
        steps.push(Step { action: Action::Compare { record, differ, lack, twin }, gain });
    }
}

/// What fields of the school record are worth, and extracts that cover the child.
fn fields<'a>(asked: &Asked<'a>, steps: &mut Vec<Step<'a>>) {
    let Asked { run, filled, gains, .. } = *asked;
    let may = |source: usize| may_hold(asked, source);
    let mut checks = Vec::new();
    let mut left = Vec::new();
    let mut asked_for = false;
    let of_field = |&field: &Comparison| (field, gains.of_field(filled, field, &may));
    let worth: Vec<_> = gains.askable().iter().map(of_field).collect();
    let best = worth.iter().map(|(_, (gain, _))| *gain).fold(0.0, f64::max);
    for (field, (gain, register)) in worth {
        let register = register.map(|source| run.source_name(source));
        let told = gain >= best * LEAST_OF_BEST;
        if filled.has(field) {
            if told && gain >= LEAST_CHECKED {
                checks.push(Step { action: Action::Check(field, register), gain });
            }
        } else if told && gain >= LEAST_ASKED {
            let doubtful = filled.is_doubtful(field);
            steps.push(Step { action: Action::Ask(field, doubtful, register), gain });
            asked_for = true;
            take(asked, field, gain, steps);
        } else if ESSENTIAL.contains(&field) {
            left.push(field);
        }
    }
    if !left.is_empty() {
        // What single fields gain is counted once.
        let gain = if asked_for { 0.0 } else { gains.together(filled, &may) };
        steps.push(Step { action: Action::Complete(left), gain });
    }
    checks.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    checks.truncate(MOST_CHECKED);
    steps.append(&mut checks);

    let linked = |source: usize| {
        asked.possible.iter().chain(asked.accepted).any(|link| link.registry.source == source)
    };
    for &(source, why) in asked.outside.iter().filter(|(source, _)| !linked(*source)) {
        let gain = gains.of_extract(filled, source);
        if gain >= LEAST_ASKED {
            let action = Action::Extract(run.source_name(source), why);
            steps.push(Step { action, gain });
        }
    }
}

/// A linked record that is likely to have the field which the school record lacks.
fn take<'a>(asked: &Asked<'a>, field: Comparison, gain: f64, steps: &mut Vec<Step<'a>>) {
    let run = asked.run;
    let mut best: Option<(f64, &Link)> = None;
    for &link in asked.accepted.iter().filter(|link| link.pattern.level(field) == MISSING) {
        let name = run.source_name(link.registry.source);
        let entry = run.model.registries().iter().find(|entry| entry.name == name);
        let share = entry.map_or(0.0, |entry| gain::filled_shares(entry)[field as usize]);
        if share >= LEAST_FILLED && best.is_none_or(|(most, _)| share > most) {
            best = Some((share, link));
        }
    }
    if let Some((share, link)) = best {
        let source = run.source_name(link.registry.source);
        let action = Action::Take(field, source, run.record(&link.registry));
        steps.push(Step { action, gain: gain * share });
    }
}
