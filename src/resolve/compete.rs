//! Rivals: the probability of a pair against every other record that might be the one.
//!
//! A child has at most one record in a register of unique persons, and a register's record
//! belongs to one child. So the odds of a pair stand against the odds of all pairs of the
//! same child, and of all pairs of the same record, and against there being none; the lower
//! of the two probabilities counts. A tie leaves each at half at best, and is so refused.

use std::collections::BTreeMap;

use super::{Candidate, Children, Pairs, SUREST, may_link};
use crate::compare::Pattern;
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
    /// Accepted.
    pub link: bool,
}

/// A coverage nearer to one than this is not believed.
const MOST_COVERAGE: f64 = 0.95;

impl Contest {
    /// Odds, in units of one pair's, of a child having no record in the register.
    fn none_of_row(self, pairs: &Pairs, children: &Children) -> f64 {
        let terms = Terms::new(pairs, children);
        if self.unique {
            terms.right * (1.0 - terms.covered) / terms.covered
        } else {
            terms.children * terms.right / terms.matches
        }
    }

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
        let odds = score.effective().exp2();
        let prior = Terms::new(pairs, children).kin_prior();
        odds / (self.none_of_row(pairs, children) + odds) >= self.confirm
            && score.weight + prior - score.kin >= self.kin_margin
            && may_link(pattern)
    }
}

/// What the priors are made of.
struct Terms {
    children: f64,
    right: f64,
    matches: f64,
    /// Share of the children who have a record.
    covered: f64,
}

impl Terms {
    fn new(pairs: &Pairs, children: &Children) -> Self {
        let count = children.records.len().max(1) as f64;
        let right = pairs.sizes.1.max(1) as f64;
        // Pairs of school records are more than children; children are what is compared here.
        let joined = count / pairs.sizes.0.max(1) as f64;
        let matches = (pairs.matches * joined).max(1e-3);
        Self { children: count, right, matches, covered: (matches / count).min(MOST_COVERAGE) }
    }

    /// log2 of the prior odds of a match, to be set against those of kin.
    fn kin_prior(&self) -> f64 {
        (self.covered / self.right).log2()
    }
}

/// Gives every pair of child and record its probability, sorted by child, then record.
#[must_use]
pub fn compete(pairs: &Pairs, children: &Children, contest: Contest) -> Vec<Possible> {
    let best = best_pairs(&pairs.candidates, children);
    let terms = Terms::new(pairs, children);
    let none_of_row = contest.none_of_row(pairs, children);
    let held = (terms.matches / terms.right).min(MOST_COVERAGE);
    let none_of_column = terms.children * (1.0 - held) / held;

    let odds = |c: &Candidate| c.effective.exp2();
    let mut rows = BTreeMap::<u32, f64>::new();
    let mut columns = BTreeMap::<u32, Vec<(u32, f64)>>::new();
    for (&(child, right), candidate) in &best {
        *rows.entry(child).or_default() += odds(candidate);
        columns.entry(right).or_default().push((child, odds(candidate)));
    }
    best.iter()
        .map(|(&(child, right), candidate)| {
            let own = odds(candidate);
            let row = if contest.unique { rows[&child] } else { own };
            let doubles = children.doubles.get(&child).map_or(&[][..], Vec::as_slice);
            let column: f64 = columns[&right]
                .iter()
                // A child that may be this very one is no rival.
                .filter(|(rival, _)| doubles.binary_search(rival).is_err())
                .map(|&(_, odds)| odds)
                .sum();
            let probability =
                (own / (none_of_row + row)).min(own / (none_of_column + column)).min(SUREST);
            let twin_risk = candidate.score.weight + terms.kin_prior() - candidate.score.kin
                < contest.kin_margin;
            Possible {
                child,
                right,
                left: candidate.left,
                probability,
                twin_risk,
                link: probability >= contest.confirm && !twin_risk && may_link(candidate.pattern),
            }
        })
        .collect()
}

/// For each child and record the pair that fits best; equals by the smaller record.
fn best_pairs<'a>(
    candidates: &'a [Candidate],
    children: &Children,
) -> BTreeMap<(u32, u32), &'a Candidate> {
    let mut best = BTreeMap::<(u32, u32), &Candidate>::new();
    for candidate in candidates {
        let key = (children.of_record[candidate.left as usize], candidate.right);
        best.entry(key)
            .and_modify(|held| {
                if candidate.effective > held.effective {
                    *held = candidate;
                }
            })
            .or_insert(candidate);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Comparison, Pattern, name};
    use crate::model::Score;

    const CONTEST: Contest = Contest { unique: true, confirm: 0.9999, kin_margin: 7.0 };

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
            children.doubles.entry(a).or_default().push(b);
            children.doubles.entry(b).or_default().push(a);
        }
        children
    }

    fn contest(candidates: Vec<Candidate>, children: &Children, unique: bool) -> Vec<Possible> {
        let pairs = Pairs {
            candidates,
            matches: 50.0,
            sizes: (children.of_record.len(), 100),
            coverage: 1.0,
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
    fn records_of_one_child_and_possible_doubles_are_no_rivals() {
        let pairs = || vec![candidate(0, 0, 40.0, -30.0), candidate(1, 0, 40.0, -30.0)];
        let joined = contest(pairs(), &children(vec![0, 0], &[]), true);
        assert_eq!(joined.len(), 1);
        assert!(joined[0].link);
        let doubles = contest(pairs(), &children(vec![0, 1], &[(0, 1)]), true);
        assert!(doubles.iter().all(|possible| possible.link));
    }
}
