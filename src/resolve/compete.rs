//! Rivals: the probability of a pair against every other record that might be the one.
//!
//! In a register of unique persons a child has at most one record, and a record belongs to one
//! child: a pair's probability is its share of all one-to-one assignments ([`marginals`]). In
//! a register of events a child may have many records, but an event is of one person: there
//! children compete for the record alone. Either way a tie leaves each at half at best, and is
//! so refused.
//!
//! The prior of a pair knows both ends: how many children have a record, and how many records
//! are of one of the children. What is left over on either side is left for each other.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

use super::assign::{Edge, marginals};
use super::{Candidate, Children, Pairs, SUREST, may_link};
use crate::compare::{Comparison, Pattern, level};
use crate::model::Score;

/// The terms on which pairs compete.
#[derive(Clone, Copy, Debug)]
pub struct Contest {
    /// The register holds a person once.
    pub unique: bool,
    /// Probability from which a pair is accepted.
    pub confirm: f64,
    /// log2 odds by which a match must beat kinship.
    pub kin_margin: f64,
}

/// A child and a register's record that may be one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Possible {
    /// The child.
    pub child: u32,
    /// Id in the register's side.
    pub right: u32,
    /// The school record that fits best.
    pub left: u32,
    /// Probability that they are one.
    pub probability: f64,
    /// Siblings or twins explain the pair nearly as well.
    pub twin_risk: bool,
    /// Too many pairs hang together for an exact assignment: the probability is the lower of
    /// those against the rivals of either end.
    pub bounded: bool,
    /// Accepted.
    pub link: bool,
}

/// A coverage nearer to one than this is not believed.
const MOST_COVERAGE: f64 = 0.95;

/// Pairs of lower odds take no part in assignments: what such a pair could take from another is
/// less than this, and it is far below anything that is shown.
const LEAST_ODDS: f64 = 1e-3;

impl Contest {
    /// Whether a pair of this pattern and score, with no rival, would be accepted.
    #[must_use]
    pub fn could_accept(
        self,
        pairs: &Pairs,
        children: &Children,
        pattern: Pattern,
        score: Score,
    ) -> bool {
        let score = score.covered(pairs.coverage);
        let terms = Terms::new(pairs, children);
        let odds = (score.effective() + terms.prior(self.unique)).exp2();
        odds / (1.0 + odds) >= self.confirm && !self.twin_risk(&terms, score) && may_link(pattern)
    }

    /// Whether siblings or twins explain a pair nearly as well as one child does.
    fn twin_risk(self, terms: &Terms, score: Score) -> bool {
        score.weight + terms.kin_prior() - score.kin < self.kin_margin
    }
}

/// What the priors are made of.
struct Terms {
    children: f64,
    right: f64,
    /// Share of the children who have a record.
    covered: f64,
    /// Share of the records that are of one of the children.
    held: f64,
}

impl Terms {
    fn new(pairs: &Pairs, children: &Children) -> Self {
        let count = children.records.len().max(1) as f64;
        let right = pairs.sizes.1.max(1) as f64;
        // Pairs of school records are more than children; children are what is compared here.
        let joined = count / pairs.sizes.0.max(1) as f64;
        let matches = (pairs.matches * joined).max(1e-3);
        Self {
            children: count,
            right,
            covered: (matches / count).min(MOST_COVERAGE),
            held: (matches / right).min(MOST_COVERAGE),
        }
    }

    /// log2 of the prior odds of a pair against both ends being single. Where a child may have
    /// many records, only a record can be single.
    fn prior(&self, unique: bool) -> f64 {
        let record = self.held / (1.0 - self.held) / self.children;
        let odds = if unique { record / (1.0 - self.covered) } else { record };
        odds.log2()
    }

    /// log2 of the prior odds of a match, to be set against those of kin.
    fn kin_prior(&self) -> f64 {
        (self.covered / self.right).log2()
    }
}

/// Gives every pair of child and record its probability, sorted by child, then record.
#[must_use]
pub fn compete(pairs: &Pairs, children: &Children, contest: Contest) -> Vec<Possible> {
    settle_all(pairs, children, contest, &Terms::new(pairs, children), true)
}

/// As [`compete`], where beside the real ones there are children invented to test the links;
/// the prior is that of the `real` pairs and children.
pub(crate) fn compete_beside(
    pairs: &Pairs,
    children: &Children,
    contest: Contest,
    real: (&Pairs, &Children),
) -> Vec<Possible> {
    settle_all(pairs, children, contest, &Terms::new(real.0, real.1), true)
}

/// As [`compete`], each pair by itself: as if nothing had a rival.
pub(crate) fn alone(pairs: &Pairs, children: &Children, contest: Contest) -> Vec<Possible> {
    settle_all(pairs, children, contest, &Terms::new(pairs, children), false)
}

fn settle_all(
    pairs: &Pairs,
    children: &Children,
    contest: Contest,
    terms: &Terms,
    rivals: bool,
) -> Vec<Possible> {
    let entries = entries(pairs, children, terms.prior(contest.unique));
    let sizes = (children.records.len(), pairs.sizes.1);
    let groups = match (rivals, contest.unique) {
        (false, _) => (0..entries.len()).map(|i| vec![i]).collect(),
        (true, true) => components(&entries, sizes),
        (true, false) => persons(&entries),
    };
    let settled: Vec<Vec<(f64, bool)>> = groups
        .par_iter()
        .map(|group| Rivals { entries: &entries, children, unique: contest.unique }.settle(group))
        .collect();
    let mut probabilities = vec![(0.0, false); entries.len()];
    for (i, settled) in groups.iter().flatten().zip(settled.into_iter().flatten()) {
        probabilities[*i] = settled;
    }
    let leads = leads(&entries, pairs);
    let possible = entries.iter().zip(probabilities).map(|(entry, (probability, bounded))| {
        let candidate = entry.candidate;
        // What the best record of the person rules out, it rules out for all that fit.
        let lead = leads.get(&(entry.child, entry.person)).filter(|_| entry.odds >= FITTING);
        let lead = lead.map_or(candidate, |&lead| lead);
        let twin_risk = contest.twin_risk(terms, lead.score);
        let named = candidate.pattern.level(Comparison::GivenName) != level::GIVEN_DIFFERENT;
        let accepted = probability >= contest.confirm
            && !twin_risk
            && may_link(lead.pattern)
            && (named || may_link(candidate.pattern));
        Possible {
            child: entry.child,
            right: candidate.right,
            left: candidate.left,
            probability,
            twin_risk,
            bounded,
            link: accepted,
        }
    });
    possible.collect()
}

/// The best pair of school record and register record for a child and a record.
struct Entry<'a> {
    child: u32,
    /// Who the record is of: the record itself, or of its copies the first.
    person: u32,
    candidate: &'a Candidate,
    odds: f64,
}

/// For each child and record the pair that fits best; equals by the smaller record.
fn entries<'a>(pairs: &'a Pairs, children: &Children, prior: f64) -> Vec<Entry<'a>> {
    let entry = |candidate: &'a Candidate| Entry {
        child: children.of_record[candidate.left as usize],
        person: pairs.person(candidate.right),
        candidate,
        odds: (candidate.effective + prior).exp2(),
    };
    let mut entries: Vec<Entry<'a>> = pairs.candidates.iter().map(entry).collect();
    entries.par_sort_by(|a, b| {
        let place = |e: &Entry<'_>| (e.child, e.candidate.right);
        let best_first = b.candidate.effective.total_cmp(&a.candidate.effective);
        place(a).cmp(&place(b)).then(best_first).then(a.candidate.left.cmp(&b.candidate.left))
    });
    entries.dedup_by_key(|e| (e.child, e.candidate.right));
    entries
}

/// For each child and person of several records the record that fits best.
fn leads<'a>(entries: &[Entry<'a>], pairs: &Pairs) -> BTreeMap<(u32, u32), &'a Candidate> {
    let mut leads = BTreeMap::<(u32, u32), &Candidate>::new();
    for entry in entries.iter().filter(|e| pairs.copies.contains_key(&e.candidate.right)) {
        let rank = |c: &Candidate| (c.effective, c.pattern);
        let lead = leads.entry((entry.child, entry.person)).or_insert(entry.candidate);
        let ((held, a), (new, b)) = (rank(lead), rank(entry.candidate));
        if new.total_cmp(&held).then(b.cmp(&a)).is_gt() {
            *lead = entry.candidate;
        }
    }
    leads
}

/// Groups of entries that exclude each other, directly or through others; weak ones alone.
fn components(entries: &[Entry<'_>], (children, right): (usize, usize)) -> Vec<Vec<usize>> {
    let mut sets = UnionFind::<usize>::new(children + right);
    for entry in entries.iter().filter(|e| e.odds >= LEAST_ODDS) {
        sets.union(entry.child as usize, children + entry.person as usize);
    }
    let mut keyed: Vec<(usize, usize)> = (0..entries.len())
        .map(|i| {
            let weak = entries[i].odds < LEAST_ODDS;
            (if weak { children + right + i } else { sets.find(entries[i].child as usize) }, i)
        })
        .collect();
    grouped(&mut keyed)
}

/// Groups of entries of one person's records.
fn persons(entries: &[Entry<'_>]) -> Vec<Vec<usize>> {
    let mut keyed: Vec<(usize, usize)> =
        entries.iter().enumerate().map(|(i, e)| (e.person as usize, i)).collect();
    grouped(&mut keyed)
}

fn grouped(keyed: &mut [(usize, usize)]) -> Vec<Vec<usize>> {
    keyed.par_sort_unstable();
    keyed.chunk_by(|a, b| a.0 == b.0).map(|run| run.iter().map(|&(_, i)| i).collect()).collect()
}

/// Odds of a record by itself from which what other records of its person show is believed of it.
const FITTING: f64 = 0.05;
/// How surely records that look like one person's are: nothing shows a document in two hands.
const ONE_PERSON: f64 = 1.0 - 1e-6;

/// Entries up to which a group is settled again without the doubles of each child.
const MOST_DOUBLES: usize = 64;

struct Rivals<'a> {
    entries: &'a [Entry<'a>],
    children: &'a Children,
    unique: bool,
}

impl Rivals<'_> {
    /// The probability of each entry of a group, and whether it is a bound.
    fn settle(&self, group: &[usize]) -> Vec<(f64, bool)> {
        let (mut settled, bounded) = self.solve(group);
        // A child that may be this very one is no rival to the extent that it is.
        if group.len() > 1 && group.len() <= MOST_DOUBLES {
            for (place, &i) in group.iter().enumerate() {
                let child = self.entries[i].child;
                let Some(doubles) = self.children.doubles.get(&child) else { continue };
                let same = |&other: &usize| {
                    let of = self.entries[other].child;
                    let found = doubles.binary_search_by_key(&of, |&(double, _)| double);
                    found.ok().map(|at| doubles[at].1)
                };
                let Some(least) = group.iter().filter_map(same).reduce(f64::min) else { continue };
                let others: Vec<usize> =
                    group.iter().copied().filter(|other| same(other).is_none()).collect();
                let (alone, _) = self.solve(&others);
                let own = others.iter().position(|&other| other == i).map_or(0.0, |at| alone[at]);
                settled[place] = least * own + (1.0 - least) * settled[place];
            }
        }
        settled.into_iter().map(|probability| (probability.min(SUREST), bounded)).collect()
    }

    fn solve(&self, group: &[usize]) -> (Vec<f64>, bool) {
        let odds = |i: usize| self.entries[i].odds;
        if let &[i] = group {
            return (vec![odds(i) / (1.0 + odds(i))], false);
        }
        // Of several records of a person the one that fits best stands for all.
        let mut edges = BTreeMap::<(u32, u32), f64>::new();
        for &i in group {
            let entry = &self.entries[i];
            let best = edges.entry((entry.child, entry.person)).or_default();
            *best = best.max(entry.odds);
        }
        let list: Vec<Edge> =
            edges.iter().map(|(&(c, p), &odds)| (c as usize, p as usize, odds)).collect();
        let exact = if self.unique {
            marginals(&list)
        } else {
            // One person, who is one of the children at most.
            let all = 1.0 + sum(list.iter().map(|edge| edge.2));
            Some(list.iter().map(|edge| edge.2 / all).collect())
        };
        let bounded = exact.is_none();
        let settled = exact.unwrap_or_else(|| bounds(&list));
        for (edge, probability) in edges.values_mut().zip(settled) {
            *edge = probability;
        }
        let of = |&i: &usize| {
            let entry = &self.entries[i];
            let person = edges[&(entry.child, entry.person)];
            if entry.odds >= FITTING {
                // What the other records of the person show is true of this one.
                person * ONE_PERSON
            } else {
                person.min(entry.odds / (1.0 + entry.odds))
            }
        };
        (group.iter().map(of).collect(), bounded)
    }
}

/// The lower of the probabilities of each edge against all edges of either end.
fn bounds(edges: &[Edge]) -> Vec<f64> {
    let sums = |end: fn(&Edge) -> usize| {
        let mut by_end = BTreeMap::<usize, Vec<f64>>::new();
        for edge in edges {
            by_end.entry(end(edge)).or_default().push(edge.2);
        }
        by_end.into_iter().map(|(end, odds)| (end, sum(odds.into_iter()))).collect()
    };
    let (lefts, rights): (BTreeMap<_, _>, BTreeMap<_, _>) = (sums(|e| e.0), sums(|e| e.1));
    edges.iter().map(|edge| edge.2 / (1.0 + lefts[&edge.0].max(rights[&edge.1]))).collect()
}

/// A sum that the order of its parts does not change.
pub(crate) fn sum(parts: impl Iterator<Item = f64>) -> f64 {
    let mut parts: Vec<f64> = parts.collect();
    parts.sort_unstable_by(f64::total_cmp);
    parts.into_iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::name;
    use crate::model::Score;

    const CONTEST: Contest = Contest { unique: true, confirm: 0.9999, kin_margin: 7.0 };
    /// How likely doubles are one child, in these tests.
    const DOUBLE: f64 = 0.9;

    fn candidate(left: u32, right: u32, weight: f64, kin: f64) -> Candidate {
        let score = Score { weight, kin };
        Candidate {
            left,
            right,
            pattern: Pattern::default().with(Comparison::GivenName, name::EXACT),
            score,
            effective: score.effective(),
        }
    }

    fn children(of_record: Vec<u32>, doubles: &[(u32, u32)]) -> Children {
        let count = of_record.iter().max().map_or(0, |&last| last as usize + 1);
        let mut children =
            Children { records: vec![Vec::new(); count], of_record, ..Children::default() };
        for (record, &child) in (0..).zip(&children.of_record) {
            children.records[child as usize].push(record);
        }
        for &(a, b) in doubles {
            children.doubles.entry(a).or_default().push((b, DOUBLE));
            children.doubles.entry(b).or_default().push((a, DOUBLE));
        }
        children
    }

    fn contest(candidates: Vec<Candidate>, children: &Children, unique: bool) -> Vec<Possible> {
        let pairs = Pairs {
            candidates,
            matches: 50.0,
            sizes: (children.of_record.len(), 100),
            coverage: 1.0,
            copies: BTreeMap::new(),
        };
        compete(&pairs, children, Contest { unique, ..CONTEST })
    }

    #[test]
    fn a_clear_pair_is_linked_and_a_tie_is_refused() {
        let two = children(vec![0, 1], &[]);
        let clear = contest(vec![candidate(0, 0, 40.0, -30.0)], &two, true);
        assert!(clear[0].link);
        for tie in [
            [candidate(0, 0, 40.0, -30.0), candidate(0, 1, 40.0, -30.0)],
            [candidate(0, 0, 40.0, -30.0), candidate(1, 0, 40.0, -30.0)],
        ] {
            for possible in contest(tie.to_vec(), &two, true) {
                assert!(!possible.link);
                assert!(possible.probability <= 0.5);
            }
        }
    }

    #[test]
    fn a_register_of_events_may_hold_a_child_often_but_an_event_has_one_child() {
        let two = children(vec![0, 1], &[]);
        let events = vec![candidate(0, 0, 40.0, -30.0), candidate(0, 1, 40.0, -30.0)];
        assert!(contest(events, &two, false).iter().all(|possible| possible.link));
        let claimed = vec![candidate(0, 0, 40.0, -30.0), candidate(1, 0, 40.0, -30.0)];
        assert!(contest(claimed, &two, false).iter().all(|possible| !possible.link));
    }

    #[test]
    fn a_twin_in_the_shade_goes_to_a_person() {
        let one = children(vec![0], &[]);
        let possible = contest(vec![candidate(0, 0, 40.0, 31.0)], &one, true)[0];
        assert!(possible.twin_risk && !possible.link);
    }

    #[test]
    fn records_of_one_child_are_no_rivals_and_doubles_are_as_far_as_they_may_not_be_one() {
        let pairs = || vec![candidate(0, 0, 40.0, -30.0), candidate(1, 0, 40.0, -30.0)];
        let joined = contest(pairs(), &children(vec![0, 0], &[]), true);
        assert_eq!(joined.len(), 1);
        assert!(joined[0].link);
        for unique in [true, false] {
            // One child by nine to one: then both are right, and else one of the two.
            let doubles = contest(pairs(), &children(vec![0, 1], &[(0, 1)]), unique);
            for possible in doubles {
                assert!((possible.probability - 0.95).abs() < 1e-3, "{}", possible.probability);
                assert!(!possible.link);
            }
        }
    }

    #[test]
    fn a_rival_with_a_record_of_its_own_takes_none() {
        let two = children(vec![0, 1], &[]);
        let pairs = vec![
            candidate(0, 0, 40.0, -30.0),
            candidate(1, 0, 40.0, -30.0),
            candidate(1, 1, 60.0, -30.0),
        ];
        let settled = contest(pairs, &two, true);
        assert!(settled[0].link && settled[2].link && settled[1].probability < 1e-4);
    }

    #[test]
    fn a_person_whom_the_register_holds_twice_has_both_records() {
        let one = children(vec![0], &[]);
        let mut pairs = Pairs {
            candidates: vec![candidate(0, 3, 40.0, -30.0), candidate(0, 5, 45.0, -30.0)],
            matches: 50.0,
            sizes: (1, 100),
            coverage: 1.0,
            copies: BTreeMap::from([(3, 3), (5, 3)]),
        };
        assert!(compete(&pairs, &one, CONTEST).iter().all(|possible| possible.link));
        pairs.copies.clear();
        assert!(!compete(&pairs, &one, CONTEST).iter().any(|possible| possible.link));
    }

    #[test]
    fn the_journeys_of_one_traveller_lean_on_the_surest() {
        let two = children(vec![0, 1], &[]);
        let mut pairs = Pairs {
            // The second journey of the first traveller fits poorly, and as a twin's would.
            candidates: vec![
                candidate(0, 3, 40.0, -30.0),
                candidate(0, 5, 12.0, 11.0),
                candidate(1, 7, 12.0, 11.0),
            ],
            matches: 50.0,
            sizes: (2, 100),
            coverage: 1.0,
            copies: BTreeMap::from([(3, 3), (5, 3)]),
        };
        let events = Contest { unique: false, ..CONTEST };
        let links = |pairs: &Pairs| -> Vec<bool> {
            compete(pairs, &two, events).iter().map(|possible| possible.link).collect()
        };
        assert_eq!(links(&pairs), [true, true, false]);
        // What does not fit by itself at all is not carried along.
        pairs.candidates[1] = candidate(0, 5, -5.0, -30.0);
        assert_eq!(links(&pairs), [true, false, false]);
        pairs.copies.clear();
        pairs.candidates[1] = candidate(0, 5, 12.0, 11.0);
        assert_eq!(links(&pairs), [true, false, false]);
    }

    #[test]
    fn what_is_too_large_is_bounded_by_the_rivals_of_either_end() {
        // Fourteen children and fourteen records, all fitting all, each its own best by far.
        let all = children((0..14).collect(), &[]);
        let mut pairs = Vec::new();
        for left in 0..14 {
            for right in 0..14 {
                pairs.push(candidate(left, right, if left == right { 60.0 } else { 30.0 }, -30.0));
            }
        }
        let settled = contest(pairs, &all, true);
        assert!(settled.iter().all(|possible| possible.bounded));
        assert!(settled.iter().all(|possible| possible.link == (possible.child == possible.right)));
    }
}
