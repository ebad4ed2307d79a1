//! What is known about each child: links, marks, and registers that do not hold it.

use jiff::civil::{Date, date};
use rayon::prelude::*;

use super::decide::{evidence_record, settles_nothing, tells_losses};
use super::heads::{Extracts, recency};
use super::movements::class_of;
use super::{Linked, Register};
use crate::compare::{self, Comparator, Packed};
use crate::job::{Job, Kind, Scope};
use crate::normalize::{Displacement, Lexicon, Records, Withdrawal, World, marks};
use crate::resolve::{Decision, Possible, exact_identifiers};
use crate::verdict::{self, Case, Evidence, Gone, Period};

/// The days that count in a source.
pub(super) fn period(job: &Job, source: usize) -> Period {
    let own = job.sources[source].evidence.as_ref().and_then(|rule| rule.since);
    Period { since: own.unwrap_or(job.evidence_since), as_of: job.as_of }
}

/// Sources that copy each other have the same number.
fn witnesses(job: &Job) -> Vec<usize> {
    let mut names: Vec<&str> = Vec::new();
    job.sources
        .iter()
        .map(|source| {
            let name = source.evidence.as_ref().map_or(source.name.as_str(), |rule| &rule.witness);
            names.iter().position(|&held| held == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        })
        .collect()
}

/// The cases of all children, without their links.
pub(super) fn bare(job: &Job, world: &World, linked: &Linked, extracts: &Extracts) -> Vec<Case> {
    let witness_of = witnesses(job);
    (0..linked.children.records.len())
        .into_par_iter()
        .map(|child| bare_case(job, world, linked, extracts, child, &witness_of))
        .collect()
}

/// Adds what links say; statuses follow from that alone.
///
/// `links` are those to be looked at, one list a register.
pub(super) fn with_links(
    job: &Job,
    world: &World,
    linked: &Linked,
    mut cases: Vec<Case>,
    links: &[Vec<&Possible>],
) -> Vec<Case> {
    let witness_of = witnesses(job);
    let evidence: Vec<Vec<(u32, Evidence)>> = linked
        .registers
        .iter()
        .zip(links)
        .map(|(register, links)| {
            let witness = witness_of[register.source];
            let period = period(job, register.source);
            links
                .par_iter()
                .map(|possible| {
                    (
                        possible.child,
                        evidence(job, world, linked, register, possible, witness, period),
                    )
                })
                .collect()
        })
        .collect();
    for (child, evidence) in evidence.into_iter().flatten() {
        cases[child as usize].evidence.push(evidence);
    }
    cases
}

/// Adds what people are told beside the links: which registers are silent, and whose brother
/// or sister is sought.
pub(super) fn complete(job: &Job, world: &World, linked: &Linked, cases: &mut [Case]) {
    let scopes: Vec<Option<Covered<'_>>> = linked
        .registers
        .iter()
        .map(|register| {
            let scope = job.sources[register.source].scope.as_ref()?;
            Some(Covered::new(scope, period(job, register.source)))
        })
        .collect();
    let tells_sightings: Vec<bool> =
        (0..job.sources.len()).map(|source| !tells_losses(job, source)).collect();
    cases.par_iter_mut().enumerate().for_each(|(child, case)| {
        for (register, scope) in linked.registers.iter().zip(&scopes) {
            // Not to stand among the dead or the sought needs no mention.
            if tells_sightings[register.source]
                && !case.evidence.iter().any(|e| e.source == register.source)
            {
                let covered = scope.as_ref().is_none_or(|scope| scope.child(world, linked, child));
                case.absent.push((register.source, covered));
            }
        }
    });
    mark_siblings(linked, cases);
}

fn evidence(
    job: &Job,
    world: &World,
    linked: &Linked,
    register: &Register,
    possible: &Possible,
    witness: usize,
    period: Period,
) -> Evidence {
    let (records, i) = evidence_record(world, register, possible);
    // What the estimates find beyond the model is found of every link of the register.
    let wrong = ((1.0 - possible.probability) * register.errors.ratio()).min(1.0);
    let right = &register.side.packed[possible.right as usize];
    // A row of a register of the dead or the sought that does not say in words known to the job
    // what it tells: it may tell of a search.
    let unread = records.evidence_kind[i].is_none() && tells_losses(job, register.source);
    let kind = match records.evidence_kind[i] {
        Some(kind) => kind,
        None if unread => Kind::ReportedMissing,
        None => Kind::Identity,
    };
    let identified = possible.link
        && linked.children.records[possible.child as usize].iter().any(|&id| {
            let left = &linked.population.packed[id as usize];
            exact_identifiers(linked.comparator.pattern(left, right)) > 0
        });
    Evidence {
        source: register.source,
        witness,
        kind,
        date: records.evidence_date[i],
        period,
        region: records.region[i],
        decision: if possible.link && !unread { Decision::Link } else { Decision::Review },
        probability: 1.0 - wrong,
        twin_risk: possible.twin_risk,
        identified,
        vouched: false,
    }
}

/// Marks, what the school says and vouches for, and whether the child can be found at all.
fn bare_case(
    job: &Job,
    world: &World,
    linked: &Linked,
    extracts: &Extracts,
    child: usize,
    witness_of: &[usize],
) -> Case {
    let mut case = Case {
        possible_double: u32::try_from(child)
            .is_ok_and(|child| linked.children.doubles.contains_key(&child)),
        ..Case::default()
    };
    let ids = &linked.children.records[child];
    case.assessable = ids.iter().any(|&id| findable(job, linked, id));
    case.gone = gone(job, world, linked, extracts, ids);
    // What an earlier extract said does not hold any more where a later one speaks.
    let latest = extracts.latest_of(linked, ids);
    let mut newest = None;
    let mut unread = false;
    for &id in &latest {
        let (source, i) = linked.population.origin[id as usize];
        let (records, i) = (&world.sources[usize::from(source)], i as usize);
        case.contact_lost |= records.contact_lost[i] == Some(true);
        unread |= records.contact_unread[i];
        case.displacement = case.displacement.max(records.displacement[i]);
        let left = records.withdrawal[i];
        if left == Withdrawal::Missing {
            case.elsewhere = true;
        } else {
            // A death that one school tells of is not outdone by what another says later.
            let recent = (left == Withdrawal::Died, recency(world, linked, extracts, id), left);
            if newest.as_ref().is_none_or(|held| recent > *held) {
                case.withdrawal = (left, records.withdrawal_date[i]);
                newest = Some(recent);
            }
        }
    }
    case.elsewhere &= newest.is_some();
    if case.displacement == Displacement::Missing {
        case.displacement = Displacement::None;
    }
    // A school that lost contact cannot vouch, whichever of the child's schools it is; nor can
    // any where one says that the child left for anything but another school, or a list of
    // earlier days. What is written and cannot be read is taken for the worse.
    let left = !matches!(case.withdrawal.0, Withdrawal::Missing | Withdrawal::Moved);
    if !case.contact_lost && !unread && !left && case.gone.is_none() {
        for &id in &latest {
            let (source, i) = linked.population.origin[id as usize];
            let (source, i) = (usize::from(source), i as usize);
            let records = &world.sources[source];
            if let (Some(_), Some(kind), Withdrawal::Missing) =
                (&job.sources[source].evidence, records.evidence_kind[i], records.withdrawal[i])
            {
                case.evidence.push(Evidence {
                    source,
                    witness: witness_of[source],
                    kind,
                    date: records.evidence_date[i],
                    period: period(job, source),
                    region: records.region[i],
                    decision: Decision::Link,
                    probability: 1.0,
                    twin_risk: false,
                    identified: false,
                    vouched: true,
                });
            }
        }
    }
    case
}

/// The first class after which pupils leave school.
const LEAVING: i8 = 9;

/// Whether a child stands in earlier extracts only.
fn gone(
    job: &Job,
    world: &World,
    linked: &Linked,
    extracts: &Extracts,
    ids: &[u32],
) -> Option<Gone> {
    let last = *ids.iter().max_by_key(|&&id| recency(world, linked, extracts, id))?;
    let (source, i) = linked.population.origin[last as usize];
    let source = usize::from(source);
    if extracts.is_latest(source) {
        return None;
    }
    let day = job.sources[source].extracted;
    let grade = &world.lexicon.labels[world.sources[source].grade[i as usize] as usize];
    let leaving = class_of(grade).is_some_and(|class| class >= LEAVING);
    let over_summer = |day: Date| {
        // The school year ends in June.
        let end = |year| date(year, 6, 1);
        extracts.day.is_some_and(|latest| {
            day < end(latest.year()) && end(latest.year()) <= latest || day < end(latest.year() - 1)
        })
    };
    let graduated = leaving && day.is_some_and(over_summer);
    Some(Gone { source, day, graduated })
}

/// Whether a perfect copy of the record in some register that settles would be accepted.
fn findable(job: &Job, linked: &Linked, id: u32) -> bool {
    let record = &linked.population.packed[id as usize];
    let itself = linked.comparator.pattern(record, record);
    linked.registers.iter().filter(|register| !settles_nothing(job, register.source)).any(
        |register| {
            let score = register.linkage.scorer.best_possible(&linked.comparator, record, itself);
            register.contest.could_accept(&register.linkage.pairs, &linked.children, itself, score)
        },
    )
}

/// Whom a register covers.
struct Covered<'a> {
    scope: &'a Scope,
    regions: Vec<String>,
    /// Whether the extract's days are days that count.
    days: bool,
}

impl<'a> Covered<'a> {
    fn new(scope: &'a Scope, period: Period) -> Self {
        let ended = scope.events_to.is_some_and(|to| to < period.since);
        let begins_later = scope.events_from.is_some_and(|from| from > period.as_of);
        Self { scope, regions: regions(scope), days: !ended && !begins_later }
    }

    fn child(&self, world: &World, linked: &Linked, child: usize) -> bool {
        self.days
            && linked.children.records[child].iter().any(|&id| {
                let (source, i) = linked.population.origin[id as usize];
                let records = &world.sources[usize::from(source)];
                covers(&world.lexicon, records, i as usize, self.scope, &self.regions)
            })
    }
}

/// The children who are asked about: those of whom some record is in the scope of its list. A
/// child whose birth year or region is not known is asked about.
///
/// Records outside of the scope stay with their child, and in the contest for the registers'
/// records: what they say of the child holds wherever they are.
pub(super) fn asked(job: &Job, world: &World, linked: &Linked) -> Vec<bool> {
    let scopes: Vec<Option<(&Scope, Vec<String>)>> = job
        .sources
        .iter()
        .map(|source| source.scope.as_ref().map(|scope| (scope, regions(scope))))
        .collect();
    linked
        .children
        .records
        .par_iter()
        .map(|ids| {
            ids.iter().any(|&id| {
                let (source, i) = linked.population.origin[id as usize];
                let records = &world.sources[usize::from(source)];
                scopes[usize::from(source)].as_ref().is_none_or(|(scope, regions)| {
                    covers(&world.lexicon, records, i as usize, scope, regions)
                })
            })
        })
        .collect()
}

/// The regions of a scope, as labels have them.
fn regions(scope: &Scope) -> Vec<String> {
    scope.regions.iter().map(|region| marks::region(region)).collect()
}

/// Whether a record is in a scope. What the record does not say puts it outside of nothing.
fn covers(
    lexicon: &Lexicon,
    records: &Records,
    i: usize,
    scope: &Scope,
    regions: &[String],
) -> bool {
    let region = &lexicon.labels[records.region[i] as usize];
    // What is no known region may be any.
    let in_region = regions.is_empty()
        || !marks::is_region(region)
        || regions.iter().any(|covered| covered.as_str() == &**region);
    let year = i16::try_from(records.birth_date[i].year).unwrap_or(0);
    let in_years = year == 0
        || (scope.born_from.is_none_or(|from| year >= from)
            && scope.born_to.is_none_or(|to| year <= to));
    in_region && in_years
}

/// Marks the children of one school who share surname and patronymic with a child that is
/// sought, and are another child.
fn mark_siblings(linked: &Linked, cases: &mut [Case]) {
    let sought: Vec<(usize, usize)> = cases
        .iter()
        .enumerate()
        .filter_map(|(child, case)| Some((child, verdict::open_search_of(case)?)))
        .collect();
    let packed = |child: usize| -> Vec<&Packed> {
        let ids = &linked.children.records[child];
        ids.iter().map(|&id| &linked.population.packed[id as usize]).collect()
    };
    let mut schools: rustc_hash::FxHashMap<u32, Vec<usize>> = rustc_hash::FxHashMap::default();
    for &(child, _) in &sought {
        for record in packed(child).iter().filter(|record| record.school != 0) {
            schools.entry(record.school).or_default();
        }
    }
    for (child, ids) in linked.children.records.iter().enumerate() {
        for &id in ids {
            let school = linked.population.packed[id as usize].school;
            if let Some(pupils) = schools.get_mut(&school) {
                pupils.push(child);
            }
        }
    }
    for (child, source) in sought {
        for record in packed(child) {
            for &other in schools.get(&record.school).into_iter().flatten() {
                let is_sibling = other != child
                    && packed(other).iter().any(|o| siblings(&linked.comparator, record, o));
                if is_sibling {
                    let held = &mut cases[other].sibling_missing;
                    *held = Some(held.map_or(source, |held| held.min(source)));
                }
            }
        }
    }
}

fn siblings(comparator: &Comparator, a: &Packed, b: &Packed) -> bool {
    let same = |level: u8| matches!(level, compare::name::EXACT | compare::name::SPELLING);
    let given = comparator.given_names.level(a.given_name, b.given_name);
    a.school == b.school
        && given == compare::level::GIVEN_DIFFERENT
        && same(comparator.surnames.level(a.surname, b.surname))
        && same(comparator.patronymics.level(a.patronymic, b.patronymic))
}
