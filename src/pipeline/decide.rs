//! Possible pairs → links; links and marks → children with statuses.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rayon::prelude::*;

use super::traits::traits;
use super::{Linked, Register};
use crate::compare::Comparison;
use crate::job::{Job, Kind, KindRule, Scope};
use crate::normalize::{Displacement, PartialDate, Records, World, marks};
use crate::report::{ErrorEstimate, Thresholds, Traits};
use crate::resolve::{Decision, Link, Possible, RecordRef};
use crate::verdict::{Case, Child, Evidence, Period, decide as decide_case, priority};

/// No pair below this is worth an auditor's minute, however much time there is.
const LEAST_REVIEW: f64 = 0.02;

/// What a run decided.
#[derive(Debug)]
pub(super) struct Decided {
    /// Sorted by id.
    pub(super) children: Vec<Child>,
    /// By school record, then register, then register record.
    pub(super) links: Vec<Link>,
    pub(super) thresholds: Thresholds,
    pub(super) wrong: ErrorEstimate,
    /// One a child.
    pub(super) traits: Vec<Traits>,
    /// Expected number of children on the list for whom evidence that counts is at hand.
    pub(super) needless: f64,
}

pub(super) fn decide(job: &Job, world: &World, linked: &Linked) -> Decided {
    let settled = settled(job, world, linked);
    let review = review_threshold(job, world, linked, &settled);
    let thresholds = Thresholds { confirm: linked.confirm, review };
    let heads = heads(job, world, linked);
    let shown: Vec<Vec<&Possible>> = linked
        .registers
        .iter()
        .map(|register| {
            // A death or a search might overturn a status. Shown as soon as overlooking it costs
            // more than looking: at 1 / (1 + cost).
            let overturns = |p: &Possible| {
                let (records, i) = evidence_record(world, register, p);
                matches!(records.evidence_kind[i], Some(Kind::Deceased | Kind::ReportedMissing))
            };
            let takes_time =
                |p: &Possible| !settled[p.child as usize] && counts(job, world, register, p);
            let shown = |p: &&Possible| {
                let least = if overturns(p) {
                    1.0 - linked.confirm
                } else if takes_time(p) {
                    review
                } else {
                    LEAST_REVIEW
                };
                p.link || p.probability >= least
            };
            register.possible.iter().filter(shown).collect()
        })
        .collect();

    let cases = cases(job, world, linked, &shown);
    let period = period(job);
    let mut order: Vec<usize> = (0..heads.len()).collect();
    order.sort_by(|&a, &b| heads[a].id.cmp(&heads[b].id));
    let mut place = vec![0; heads.len()];
    for (position, &child) in order.iter().enumerate() {
        place[child] = position;
    }
    let children: Vec<Child> = order
        .par_iter()
        .map(|&child| {
            let verdict = decide_case(&cases[child], period);
            let head = &heads[child];
            Child {
                id: head.id.clone(),
                main: head.main.clone(),
                records: head.records.clone(),
                status: verdict.status,
                priority: priority(verdict.status, &cases[child], head.birth_date, job.as_of),
                reasons: verdict.reasons,
                last_evidence: verdict.last_evidence,
                wrong_probability: verdict.wrong_probability,
                tier: None,
                former: Vec::new(),
            }
        })
        .collect();
    let expected = children.iter().map(|child| child.wrong_probability).sum();
    let wrong = ErrorEstimate { expected, upper: upper_bound(expected) };
    let links = links(world, linked, &shown, &place);
    let traits = order.iter().map(|&child| traits(world, linked, child)).collect();
    Decided { children, links, thresholds, wrong, traits, needless: 0.0 }
}

/// What an accepted or possible pair proves, and whether that counts by its day.
fn counts(job: &Job, world: &World, register: &Register, possible: &Possible) -> bool {
    let (records, i) = evidence_record(world, register, possible);
    records.evidence_kind[i].is_some_and(Kind::settles)
        && period(job).objection(records.evidence_date[i]).is_none()
}

/// Children that some accepted link settles.
fn settled(job: &Job, world: &World, linked: &Linked) -> Vec<bool> {
    let mut settled = vec![false; linked.children.records.len()];
    for register in &linked.registers {
        for possible in register.possible.iter().filter(|p| p.link) {
            settled[possible.child as usize] |= counts(job, world, register, possible);
        }
    }
    settled
}

/// The probability from which pairs go to people: as many as they can look at.
///
/// What takes their time is a pair that might settle a child nothing else settles; only
/// such pairs are counted, and only such pairs are held back.
fn review_threshold(job: &Job, world: &World, linked: &Linked, settled: &[bool]) -> f64 {
    let mut waiting: Vec<f64> = linked
        .registers
        .iter()
        .flat_map(|register| register.possible.iter().map(move |possible| (register, possible)))
        .filter(|(_, p)| !p.link && p.probability >= LEAST_REVIEW && !settled[p.child as usize])
        .filter(|(register, possible)| counts(job, world, register, possible))
        .map(|(_, possible)| possible.probability)
        .collect();
    let capacity = usize::try_from(job.decision.review_capacity).unwrap_or(usize::MAX);
    if waiting.len() <= capacity {
        return LEAST_REVIEW;
    }
    waiting.sort_by(|a, b| b.total_cmp(a));
    // All pairs as likely as the first that is too much wait too: equals are not told apart
    // by chance.
    waiting[capacity].next_up()
}

/// The records of a register and the place of a pair's record among them.
fn evidence_record<'a>(
    world: &'a World,
    register: &Register,
    possible: &Possible,
) -> (&'a Records, usize) {
    let i = register.side.origin[possible.right as usize].1 as usize;
    (&world.sources[register.source], i)
}

fn period(job: &Job) -> Period {
    Period { since: job.evidence_since, as_of: job.as_of }
}

fn proves_identity_only(job: &Job, source: usize) -> bool {
    kinds(job, source).iter().all(|&kind| kind == Kind::Identity)
}

/// Whether a register is of the dead or the sought.
fn tells_losses(job: &Job, source: usize) -> bool {
    kinds(job, source).iter().any(|kind| matches!(kind, Kind::Deceased | Kind::ReportedMissing))
}

/// What the rows of a source may prove.
fn kinds(job: &Job, source: usize) -> Vec<Kind> {
    match job.sources[source].evidence.as_ref().map(|rule| &rule.kind) {
        None => vec![Kind::Identity],
        Some(KindRule::Fixed(kind)) => vec![*kind],
        Some(KindRule::Column { kinds, .. }) => kinds.values().copied().collect(),
    }
}

/// What names a child.
struct Head {
    id: String,
    main: RecordRef,
    records: Vec<RecordRef>,
    birth_date: PartialDate,
}

fn heads(job: &Job, world: &World, linked: &Linked) -> Vec<Head> {
    // A source's identifier names a record only where no other record bears it.
    let mut bearers = BTreeMap::<(u16, &str), u32>::new();
    for &(source, i) in &linked.population.origin {
        if let Some(id) = &world.sources[usize::from(source)].id[i as usize] {
            *bearers.entry((source, id)).or_default() += 1;
        }
    }
    let mut names = BTreeMap::<String, u32>::new();
    linked
        .children
        .records
        .iter()
        .map(|ids| {
            let main = ids
                .iter()
                .copied()
                .max_by_key(|&id| recency(world, linked, id))
                .unwrap_or_default();
            let (source, i) = linked.population.origin[main as usize];
            let records = &world.sources[usize::from(source)];
            let name = &job.sources[usize::from(source)].name;
            let own = records.id[i as usize]
                .as_deref()
                .filter(|&id| bearers.get(&(source, id)) == Some(&1));
            let mut id = match own {
                Some(own) => format!("{name}:{own}"),
                None => format!("{name}:#{:016x}", records.content[i as usize]),
            };
            // Rows equal in every field are told apart by number alone.
            let seen = names.entry(id.clone()).or_default();
            *seen += 1;
            if *seen > 1 {
                id = format!("{id}-{seen}");
            }
            Head {
                id,
                main: population_ref(world, linked, main),
                records: ids.iter().map(|&id| population_ref(world, linked, id)).collect(),
                birth_date: records.birth_date[i as usize],
            }
        })
        .collect()
}

/// What orders the school records of a child: the last update, then the content.
pub(super) fn recency(world: &World, linked: &Linked, id: u32) -> (Option<Date>, u64) {
    let (source, i) = linked.population.origin[id as usize];
    let records = &world.sources[usize::from(source)];
    (records.updated[i as usize], linked.population.content[id as usize])
}

fn population_ref(world: &World, linked: &Linked, id: u32) -> RecordRef {
    record_ref(world, linked.population.origin[id as usize])
}

fn record_ref(world: &World, (source, i): (u16, u32)) -> RecordRef {
    let records = &world.sources[usize::from(source)];
    RecordRef {
        source: usize::from(source),
        row: records.row[i as usize],
        id: records.id[i as usize].clone(),
        content: records.content[i as usize],
    }
}

/// What is known about each child.
fn cases(job: &Job, world: &World, linked: &Linked, shown: &[Vec<&Possible>]) -> Vec<Case> {
    let mut witnesses: Vec<&str> = Vec::new();
    let witness_of: Vec<usize> = job
        .sources
        .iter()
        .map(|source| {
            let name = source.evidence.as_ref().map_or(source.name.as_str(), |rule| &rule.witness);
            witnesses.iter().position(|&held| held == name).unwrap_or_else(|| {
                witnesses.push(name);
                witnesses.len() - 1
            })
        })
        .collect();

    let mut cases: Vec<Case> = (0..linked.children.records.len())
        .into_par_iter()
        .map(|child| case_of(job, world, linked, child, &witness_of))
        .collect();
    for (register, shown) in linked.registers.iter().zip(shown) {
        let ratio = register.errors.ratio();
        for possible in shown {
            let (records, i) = evidence_record(world, register, possible);
            // What the estimates find beyond the model is found of every link of the register.
            let wrong = ((1.0 - possible.probability) * ratio).min(1.0);
            cases[possible.child as usize].evidence.push(Evidence {
                source: register.source,
                witness: witness_of[register.source],
                kind: records.evidence_kind[i].unwrap_or(Kind::Identity),
                date: records.evidence_date[i],
                decision: if possible.link { Decision::Link } else { Decision::Review },
                probability: 1.0 - wrong,
                twin_risk: possible.twin_risk,
                vouched: false,
            });
        }
    }
    let scopes: Vec<Option<(Vec<String>, &Scope)>> = linked
        .registers
        .iter()
        .map(|register| {
            job.sources[register.source].scope.as_ref().map(|scope| {
                (scope.regions.iter().map(|region| marks::region(region)).collect(), scope)
            })
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
                let covered =
                    scope.as_ref().is_none_or(|scope| covers(world, linked, child, scope));
                case.absent.push((register.source, covered));
            }
        }
    });
    cases
}

/// Marks, what the school vouches for, and whether the child can be found at all.
fn case_of(job: &Job, world: &World, linked: &Linked, child: usize, witness_of: &[usize]) -> Case {
    let mut case = Case {
        possible_double: u32::try_from(child)
            .is_ok_and(|child| linked.children.doubles.contains_key(&child)),
        ..Case::default()
    };
    let ids = &linked.children.records[child];
    for &id in ids {
        let (source, i) = linked.population.origin[id as usize];
        let records = &world.sources[usize::from(source)];
        case.contact_lost |= records.contact_lost[i as usize] == Some(true);
        let mark = records.displacement[i as usize];
        if mark > case.displacement {
            case.displacement = mark;
        }
        case.assessable |= findable(job, linked, id);
    }
    if case.displacement == Displacement::Missing {
        case.displacement = Displacement::None;
    }
    // A school that lost contact cannot vouch, whichever of the child's schools it is.
    if !case.contact_lost {
        for &id in ids {
            let (source, i) = linked.population.origin[id as usize];
            let source = usize::from(source);
            let records = &world.sources[source];
            if let (Some(_), Some(kind)) =
                (&job.sources[source].evidence, records.evidence_kind[i as usize])
            {
                case.evidence.push(Evidence {
                    source,
                    witness: witness_of[source],
                    kind,
                    date: records.evidence_date[i as usize],
                    decision: Decision::Link,
                    probability: 1.0,
                    twin_risk: false,
                    vouched: true,
                });
            }
        }
    }
    case
}

/// Whether a perfect copy of the record in some register that settles would be accepted.
fn findable(job: &Job, linked: &Linked, id: u32) -> bool {
    let record = &linked.population.packed[id as usize];
    let itself = linked.comparator.pattern(record, record);
    linked.registers.iter().filter(|register| !proves_identity_only(job, register.source)).any(
        |register| {
            let score = register.linkage.scorer.best_possible(&linked.comparator, record, itself);
            register.contest.could_accept(&register.linkage.pairs, &linked.children, itself, score)
        },
    )
}

fn covers(
    world: &World,
    linked: &Linked,
    child: usize,
    (regions, scope): &(Vec<String>, &Scope),
) -> bool {
    linked.children.records[child].iter().any(|&id| {
        let (source, i) = linked.population.origin[id as usize];
        let records = &world.sources[usize::from(source)];
        let region = &world.lexicon.labels[records.region[i as usize] as usize];
        let in_region = regions.is_empty()
            || region.is_empty()
            || regions.iter().any(|covered| covered.as_str() == &**region);
        let year = i16::try_from(records.birth_date[i as usize].year).unwrap_or(0);
        let in_years = year == 0
            || (scope.born_from.is_none_or(|from| year >= from)
                && scope.born_to.is_none_or(|to| year <= to));
        in_region && in_years
    })
}

/// The links of the run: for every pair of child and record one for each school record of
/// the child, because what is true of one is true of all.
fn links(world: &World, linked: &Linked, shown: &[Vec<&Possible>], place: &[usize]) -> Vec<Link> {
    let mut keyed: Vec<((u32, usize, u32), Link)> = linked
        .registers
        .par_iter()
        .zip(shown)
        .enumerate()
        .flat_map_iter(|(order, (register, shown))| {
            let records = &world.sources[register.source];
            shown.iter().flat_map(move |possible| {
                let right = &register.side.packed[possible.right as usize];
                let origin = register.side.origin[possible.right as usize];
                let i = origin.1 as usize;
                let ids = &linked.children.records[possible.child as usize];
                ids.iter().map(move |&id| {
                    let left = &linked.population.packed[id as usize];
                    let pattern = linked.comparator.pattern(left, right);
                    let parts: [f64; Comparison::COUNT] =
                        register.linkage.scorer.parts(&linked.comparator, left, pattern);
                    let link = Link {
                        population: population_ref(world, linked, id),
                        registry: record_ref(world, origin),
                        child: place[possible.child as usize],
                        weight: parts.iter().sum::<f64>()
                            + register.linkage.together(&linked.population, id, pattern),
                        probability: possible.probability,
                        decision: if possible.link { Decision::Link } else { Decision::Review },
                        twin_risk: possible.twin_risk,
                        pattern,
                        parts,
                        evidence_kind: records.evidence_kind[i],
                        evidence_date: records.evidence_date[i],
                    };
                    ((id, order, possible.right), link)
                })
            })
        })
        .collect();
    keyed.par_sort_by_key(|&(key, _)| key);
    keyed.into_iter().map(|(_, link)| link).collect()
}

/// The 95 % upper bound of a Poisson mean of which `expected` was estimated, as if it had
/// been counted: half the χ² quantile with 2·(expected + 1) degrees of freedom, by the
/// approximation of Wilson and Hilferty (1931).
fn upper_bound(expected: f64) -> f64 {
    const Z: f64 = 1.644_853_626_951_472_2;
    let half = expected + 1.0;
    half * (1.0 - 1.0 / (9.0 * half) + Z / (3.0 * half.sqrt())).powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_that_of_the_tables() {
        // Upper 95 % limits of a Poisson mean for counts of 0, 1, 5 and 10 (one-sided).
        for (count, limit) in [(0.0, 2.996), (1.0, 4.744), (5.0, 10.513), (10.0, 16.962)] {
            let bound = upper_bound(count);
            assert!((bound - limit).abs() < 0.02 * limit, "{count}: {bound}");
        }
    }
}
