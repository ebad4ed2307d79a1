//! Possible pairs → links; links and marks → children with statuses.

use rayon::prelude::*;

use super::cases::{asked, bare, complete, period, with_links};
use super::heads::{Extracts, Head, fingerprints, heads, population_ref, record_ref};
use super::labels::clear_rare;
use super::movements::movements;
use super::previous::Previous;
use super::traits::traits;
use super::{Linked, Register};
use crate::compare::Comparison;
use crate::job::{Job, Kind, KindRule};
use crate::normalize::{Records, World, marks};
use crate::report::{ErrorEstimate, Movement, Thresholds, Traits};
use crate::resolve::{Decision, Link, Possible};
use crate::verdict::{About, Case, Child, Costs, Verdict, decide as decide_case, priority};

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
    /// One a child; none where there is but one extract.
    pub(super) movements: Vec<Movement>,
    /// What each child is known by in the next run.
    pub(super) fingerprints: Vec<Vec<String>>,
    /// Expected number of children on the list for whom evidence that counts is at hand.
    pub(super) needless: f64,
    /// Children outside the scopes of the populations.
    pub(super) not_asked: u64,
}

pub(super) fn decide(
    job: &Job,
    world: &World,
    linked: &Linked,
    previous: Option<&Previous>,
) -> Decided {
    let costs = job.decision.costs();
    let extracts = Extracts::of(job);
    let mut prints = fingerprints(world, linked);
    let heads = heads(job, world, linked, &extracts, &prints, previous);
    let bare = bare(job, world, linked, &extracts);
    let asked = asked(job, world, linked);

    // What the accepted links alone would decide: where a look could change it follows.
    let accepted: Vec<Vec<&Possible>> = (linked.registers.iter())
        .map(|register| register.possible.iter().filter(|p| p.link).collect())
        .collect();
    // These cases are of no use beyond their verdicts: they go before the full ones are made.
    let first: Vec<Verdict> = with_links(job, world, linked, bare.clone(), &accepted)
        .par_iter()
        .map(decide_case)
        .collect();
    drop(accepted);
    let least = least(job, world, linked, costs, &first, &asked);

    let thresholds = Thresholds { confirm: linked.confirm, review: least };
    let shown = shown(job, world, linked, least, &first);
    let mut cases = with_links(job, world, linked, bare, &shown);
    complete(job, world, linked, &mut cases);
    cases.par_iter_mut().zip(&first).for_each(|(case, first)| {
        case.held_back =
            !first.status.is_candidate() && costs.holds_back(first.wrong_probability, least);
    });
    let verdicts: Vec<Verdict> = cases.par_iter().map(decide_case).collect();

    let mut order: Vec<usize> = (0..heads.len()).filter(|&child| asked[child]).collect();
    order.par_sort_by(|&a, &b| heads[a].id.cmp(&heads[b].id));
    let mut place = vec![None; heads.len()];
    for (position, &child) in order.iter().enumerate() {
        place[child] = Some(position);
    }
    let not_asked = (heads.len() - order.len()) as u64;
    let needless = needless(job, world, linked, &verdicts, &first, &order);
    let points = Points::of(job, world);
    let mut traits: Vec<Traits> =
        order.par_iter().map(|&child| traits(world, linked, &extracts, child)).collect();
    let children: Vec<Child> = order
        .par_iter()
        .zip(&traits)
        .map(|(&child, traits)| {
            let doubles = doubles(linked, &heads, child);
            let verdict = verdicts[child].clone();
            child_of(job, &heads[child], &cases[child], verdict, &points, traits, doubles)
        })
        .collect();
    let expected = children.iter().map(|child| child.wrong_probability).sum();
    let wrong = ErrorEstimate { expected, upper: upper_bound(expected) };
    let mut movements = movements(job, world, linked, &extracts, &cases, &order);
    // The links are the largest of all: what they need not goes before they come.
    drop((cases, verdicts, first, heads));
    let links = links(world, linked, &shown, &place);
    clear_rare(&world.lexicon.labels, &mut traits, &mut movements);
    let fingerprints = order.iter().map(|&child| std::mem::take(&mut prints[child])).collect();
    Decided {
        children,
        links,
        thresholds,
        wrong,
        traits,
        movements,
        fingerprints,
        needless,
        not_asked,
    }
}

/// Ids of the children who may be this one, sorted.
fn doubles(linked: &Linked, heads: &[Head], child: usize) -> Vec<String> {
    let known = u32::try_from(child).ok().and_then(|child| linked.children.doubles.get(&child));
    let mut ids: Vec<String> =
        known.into_iter().flatten().map(|(other, _)| heads[*other as usize].id.clone()).collect();
    ids.sort();
    ids
}

fn child_of(
    job: &Job,
    head: &Head,
    case: &Case,
    verdict: Verdict,
    points: &Points,
    traits: &Traits,
    doubles: Vec<String>,
) -> Child {
    let about = About {
        as_of: job.as_of,
        birth_date: head.birth_date,
        region: points.region(traits.region),
    };
    Child {
        id: head.id.clone(),
        main: head.main.clone(),
        records: head.records.clone(),
        status: verdict.status,
        priority: priority(verdict.status, case, about, &job.priority),
        reasons: verdict.reasons,
        last_evidence: verdict.last_evidence,
        wrong_probability: verdict.wrong_probability,
        tier: verdict.tier,
        former: head.former.clone(),
        doubles,
    }
}

/// Points by region, by the codes of labels.
struct Points(Vec<(u32, i32)>);

impl Points {
    fn of(job: &Job, world: &World) -> Self {
        let code = |name: &str| {
            let label = marks::region(name);
            let place = world.lexicon.labels.binary_search_by(|held| (**held).cmp(&label)).ok()?;
            u32::try_from(place).ok()
        };
        let regions = job.priority.regions.iter();
        Self(regions.filter_map(|(name, &points)| Some((code(name)?, points))).collect())
    }

    fn region(&self, code: u32) -> i32 {
        self.0.iter().find(|(held, _)| *held == code).map_or(0, |(_, points)| *points)
    }
}

/// What a look has to save to be taken: over all pairs that might settle a child nothing else
/// settles, and all children who might be held back.
fn least(
    job: &Job,
    world: &World,
    linked: &Linked,
    costs: Costs,
    first: &[Verdict],
    asked: &[bool],
) -> f64 {
    let waiting = linked.registers.iter().flat_map(|register| {
        register
            .possible
            .iter()
            .filter(|p| asked[p.child as usize])
            .filter(|p| !p.link && first[p.child as usize].status.is_candidate())
            .filter(|p| counts(job, world, register, p))
            .map(|p| costs.waiting(p.probability))
    });
    let settled = first
        .iter()
        .zip(asked)
        .filter(|(verdict, asked)| **asked && !verdict.status.is_candidate())
        .map(|(verdict, _)| verdict)
        .map(|verdict| costs.settled(verdict.wrong_probability))
        .filter(|saved| *saved >= costs.held);
    costs.least(waiting.chain(settled).collect(), job.decision.review_capacity)
}

/// The accepted links, and the possible ones that people are to look at.
fn shown<'a>(
    job: &Job,
    world: &World,
    linked: &'a Linked,
    least: f64,
    first: &[Verdict],
) -> Vec<Vec<&'a Possible>> {
    let costs = job.decision.costs();
    linked
        .registers
        .iter()
        .map(|register| {
            // A death or a search might overturn a status. Shown as soon as overlooking it costs
            // more than looking: at 1 / (1 + cost).
            let overturns = |p: &Possible| {
                let (records, i) = evidence_record(world, register, p);
                matches!(records.evidence_kind[i], Some(Kind::Deceased | Kind::ReportedMissing))
            };
            let takes_time = |p: &Possible| {
                first[p.child as usize].status.is_candidate() && counts(job, world, register, p)
            };
            let shown = |p: &&Possible| {
                let least = if overturns(p) {
                    1.0 - linked.confirm
                } else if takes_time(p) {
                    least
                } else {
                    costs.look
                };
                p.link || p.probability >= least
            };
            register.possible.iter().filter(shown).collect()
        })
        .collect()
}

/// How many children of the list would be off it if every pair's truth were known: of those who
/// wait, the chance that some record that would settle them is theirs; of those held back, the
/// chance that their links are right. Children who are sought or whose evidence contradicts are
/// cases whatever a look finds.
///
/// Records of one register are taken for alternatives, registers for independent.
fn needless(
    job: &Job,
    world: &World,
    linked: &Linked,
    verdicts: &[Verdict],
    first: &[Verdict],
    order: &[usize],
) -> f64 {
    let mut nothing_theirs = vec![1.0_f64; verdicts.len()];
    for register in &linked.registers {
        for of_child in register.possible.chunk_by(|a, b| a.child == b.child) {
            let theirs: f64 = of_child
                .iter()
                .filter(|p| !p.link && sees(world, register, p) && counts(job, world, register, p))
                .map(|p| p.probability)
                .sum();
            if let Some(child) = of_child.first().map(|p| p.child as usize) {
                nothing_theirs[child] *= 1.0 - theirs.min(1.0);
            }
        }
    }
    let contradicts = |verdict: &Verdict| {
        use crate::verdict::ReasonCode::{Contradiction, SchoolSaysDied, SoughtBy};
        let codes = verdict.reasons.iter().map(|reason| reason.code);
        codes.into_iter().any(|code| matches!(code, Contradiction | SchoolSaysDied | SoughtBy))
    };
    // In the order of ids, so that the sum is the same for any order of rows.
    order
        .iter()
        .filter(|&&child| verdicts[child].status.is_candidate() && !contradicts(&verdicts[child]))
        .map(|&child| {
            if first[child].status.is_candidate() {
                1.0 - nothing_theirs[child]
            } else {
                1.0 - first[child].wrong_probability
            }
        })
        .sum()
}

/// Whether a pair's record sees the child alive.
fn sees(world: &World, register: &Register, possible: &Possible) -> bool {
    let (records, i) = evidence_record(world, register, possible);
    !matches!(
        records.evidence_kind[i],
        None | Some(Kind::Identity | Kind::Deceased | Kind::ReportedMissing)
    )
}

/// What an accepted or possible pair proves, and whether that counts by its day.
fn counts(job: &Job, world: &World, register: &Register, possible: &Possible) -> bool {
    let (records, i) = evidence_record(world, register, possible);
    records.evidence_kind[i].is_some_and(Kind::settles)
        && period(job, register.source).objection(records.evidence_date[i]).is_none()
}

/// The records of a register and the place of a pair's record among them.
pub(super) fn evidence_record<'a>(
    world: &'a World,
    register: &Register,
    possible: &Possible,
) -> (&'a Records, usize) {
    let i = register.side.origin[possible.right as usize].1 as usize;
    (&world.sources[register.source], i)
}

/// Whether the rows of a register prove identity at the most.
pub(super) fn settles_nothing(job: &Job, source: usize) -> bool {
    kinds(job, source).iter().all(|&kind| kind == Kind::Identity)
}

/// Whether a register is of the dead or the sought.
pub(super) fn tells_losses(job: &Job, source: usize) -> bool {
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

/// The links of the run: for every pair of child and record one for each school record of
/// the child, because what is true of one is true of all.
fn links(
    world: &World,
    linked: &Linked,
    shown: &[Vec<&Possible>],
    place: &[Option<usize>],
) -> Vec<Link> {
    // Small keys are put in order first, for links are large to move.
    let mut keyed: Vec<(u32, usize, &Possible)> = shown
        .par_iter()
        .enumerate()
        .flat_map(|(order, shown)| {
            let asked = |p: &&&Possible| place[p.child as usize].is_some();
            shown.par_iter().filter(asked).flat_map_iter(move |&possible| {
                let ids = &linked.children.records[possible.child as usize];
                ids.iter().map(move |&id| (id, order, possible))
            })
        })
        .collect();
    keyed.par_sort_by_key(|&(id, order, possible)| (id, order, possible.right));
    keyed
        .into_par_iter()
        .map(|(id, order, possible)| {
            let register = &linked.registers[order];
            let child = place[possible.child as usize].unwrap_or_default();
            link(world, linked, register, possible, id, child)
        })
        .collect()
}

/// The link of a school record, of the child at a place of the list of children, with what was
/// found for it in a register.
fn link(
    world: &World,
    linked: &Linked,
    register: &Register,
    possible: &Possible,
    id: u32,
    child: usize,
) -> Link {
    let (records, i) = evidence_record(world, register, possible);
    let left = &linked.population.packed[id as usize];
    let right = &register.side.packed[possible.right as usize];
    let pattern = linked.comparator.pattern(left, right);
    let parts: [f64; Comparison::COUNT] =
        register.linkage.scorer.parts(&linked.comparator, left, pattern);
    Link {
        population: population_ref(world, linked, id),
        registry: record_ref(world, register.side.origin[possible.right as usize]),
        child,
        weight: parts.iter().sum::<f64>()
            + register.linkage.together(&linked.population, id, pattern),
        probability: possible.probability,
        decision: if possible.link { Decision::Link } else { Decision::Review },
        twin_risk: possible.twin_risk,
        pattern,
        parts,
        evidence_kind: records.evidence_kind[i],
        evidence_date: records.evidence_date[i],
    }
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
