//! Duplicates: claims that one-to-one assignment alone refuses.
//!
//! Where a register holds a person once, and each pair is accepted by itself, a false link to a
//! child or record that is truly linked shows: the child claims two records, or two children
//! claim the record (T. Blakely, C. Salmond, *Probabilistic record linkage and a method to
//! calculate the positive predictive value*, International Journal of Epidemiology 31, 2002).
//!
//! Of `N` children and `R` persons in the register `T` are linked truly. Let a false pair that
//! would be accepted by itself be as likely in each of the N·R cells of the table. Those in the
//! cells that share a child or a person with a true link are seen; there are
//! T·R + T·N − T² such cells. Those in the (N − T)·(R − T) cells with neither are seen by nobody,
//! and stand as links. So
//!
//! false links = seen · (N − T)·(R − T) / (T·(N + R − T)).
//!
//! Pairs that hang together hold as many true links as their children or their persons, whichever
//! are fewer; the rest of them may be false. They may also be true: a child whom the lists split in
//! two claims its record twice, and a person whom the register holds twice is claimed twice by its
//! child. So a claim too many counts as false only as far as the claimants are shown to be two
//! persons: УНЗР or РНОКПП on both, and no identifier that agrees. Among claimants with no
//! identifiers to compare two persons are taken to be as common as among the others.
//!
//! Where the twins of those who are linked are themselves in both lists, the cells are not alike,
//! and the figure is too low.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use super::{Method, Subject, bounds};
use crate::compare::{Comparator, Comparison, MISSING, Packed, certificate, level};
use crate::resolve::alone;

/// The key of the method.
const KEY: &str = "duplicates";
/// Claimants of one group that are compared with each other, at the most.
const MOST: usize = 32;

/// The method; none for a register of events, where a child may have many records.
pub(super) fn method(subject: Subject<'_>, measured: u64) -> Option<Method> {
    if !subject.contest.unique {
        return None;
    }
    let pairs = &subject.linkage.pairs;
    let doubles = |a: u32, b: u32| {
        let of = subject.children.doubles.get(&a);
        of.is_some_and(|of| of.iter().any(|&(double, _)| double == b))
    };
    let claims: Vec<Claim> = alone(pairs, subject.children, subject.contest)
        .iter()
        .filter(|p| p.link)
        .map(|p| Claim {
            child: p.child,
            person: pairs.person(p.right),
            left: p.left,
            right: p.right,
        })
        .collect();
    let seen = seen(claims, |a, b| {
        let (left, right) = (&subject.population.packed, &subject.right.packed);
        if a.child == b.child {
            verdict(subject.comparator, &right[a.right as usize], &right[b.right as usize])
        } else {
            // Children who may be one, and whom no identifier tells apart, are.
            let told = verdict(subject.comparator, &left[a.left as usize], &left[b.left as usize]);
            told.or_else(|| doubles(a.child, b.child).then_some(false))
        }
    });
    let scale = scale(
        subject.children.records.len() as f64,
        subject.right.len() as f64,
        seen.true_links as f64,
    )?;
    let value = seen.false_claims();
    let (low, high) = bounds::poisson(value);
    // What nobody sees is a count of its own.
    let figure = bounds::realised((value * scale, low * scale, high * scale));
    Some(Method::new(KEY, figure, measured, seen.true_links + seen.too_many))
}

/// A pair that would be accepted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    child: u32,
    person: u32,
    left: u32,
    right: u32,
}

/// Whether two records are of two persons, by their identifiers; `None` where none can be compared.
fn verdict(comparator: &Comparator, a: &Packed, b: &Packed) -> Option<bool> {
    let pattern = comparator.pattern(a, b);
    let kinds = [
        // Another certificate may be a repeat one, and tells of nobody else.
        (Comparison::Certificate, certificate::DIGITS, u8::MAX),
        (Comparison::Unzr, level::IDENTIFIER_SLIP, level::IDENTIFIER_DIFFERENT),
        (Comparison::Rnokpp, level::IDENTIFIER_SLIP, level::IDENTIFIER_DIFFERENT),
    ];
    let levels = kinds.map(|(kind, near, different)| match pattern.level(kind) {
        MISSING => None,
        at if at <= near => Some(false),
        // A slip: nobody can tell.
        at if at < different => None,
        _ => Some(true),
    });
    if levels.contains(&Some(false)) {
        return Some(false);
    }
    levels.contains(&Some(true)).then_some(true)
}

#[derive(Debug, Default, PartialEq)]
struct Seen {
    true_links: u64,
    /// Claims beyond those that can be true together.
    too_many: u64,
    /// Pairs of claimants shown to be two persons, and shown to be one.
    two: u64,
    one: u64,
}

impl Seen {
    /// The claims too many, as far as claimants are two persons; half of them where no two
    /// claimants can be compared.
    fn false_claims(&self) -> f64 {
        let told = self.two + self.one;
        let share = if told == 0 { 0.5 } else { self.two as f64 / told as f64 };
        self.too_many as f64 * share
    }
}

/// Of claims, how many can be true together, and how many are left over; `two_persons` tells of two
/// claims that share a child or a person whether the other ends are two persons.
fn seen(mut claims: Vec<Claim>, two_persons: impl Fn(Claim, Claim) -> Option<bool>) -> Seen {
    claims.sort_unstable();
    claims.dedup_by_key(|claim| (claim.child, claim.person));
    let children = claims.iter().map(|c| c.child as usize + 1).max().unwrap_or(0);
    let persons = claims.iter().map(|c| c.person as usize + 1).max().unwrap_or(0);
    let mut sets = UnionFind::<usize>::new(children + persons);
    for claim in &claims {
        sets.union(claim.child as usize, children + claim.person as usize);
    }
    let mut groups = BTreeMap::<usize, Vec<Claim>>::new();
    for &claim in &claims {
        groups.entry(sets.find(claim.child as usize)).or_default().push(claim);
    }
    let distinct = |ids: &mut Vec<u32>| {
        ids.sort_unstable();
        ids.dedup();
        ids.len() as u64
    };
    let mut seen = Seen::default();
    for group in groups.values() {
        let (mut left, mut right): (Vec<u32>, Vec<u32>) =
            group.iter().map(|claim| (claim.child, claim.person)).unzip();
        let true_links = distinct(&mut left).min(distinct(&mut right));
        seen.true_links += true_links;
        seen.too_many += group.len() as u64 - true_links;
        if group.len() > MOST {
            continue;
        }
        for (i, &a) in group.iter().enumerate() {
            for &b in &group[i + 1..] {
                if a.child == b.child || a.person == b.person {
                    match two_persons(a, b) {
                        Some(true) => seen.two += 1,
                        Some(false) => seen.one += 1,
                        None => {}
                    }
                }
            }
        }
    }
    seen
}

/// False links for each false claim that is seen.
fn scale(children: f64, right: f64, true_links: f64) -> Option<f64> {
    let shown = true_links * (children + right - true_links);
    let hidden = (children - true_links).max(0.0) * (right - true_links).max(0.0);
    (shown > 0.0).then(|| hidden / shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(pairs: &[(u32, u32)]) -> Vec<Claim> {
        let claim = |&(child, person)| Claim { child, person, left: child, right: person };
        pairs.iter().map(claim).collect()
    }

    #[test]
    fn what_cannot_be_true_together_is_too_much() {
        // A pair, a child with two records, two children with one record, and a square.
        let pairs =
            [(0, 0), (1, 1), (1, 2), (2, 3), (3, 3), (4, 4), (4, 5), (5, 4), (5, 5), (0, 0)];
        let found = seen(claims(&pairs), |_, _| None);
        assert_eq!(found, Seen { true_links: 5, too_many: 4, two: 0, one: 0 });
        assert!((found.false_claims() - 2.0).abs() < 1e-12);
        assert_eq!(seen(Vec::new(), |_, _| None), Seen::default());
    }

    #[test]
    fn claims_of_one_person_split_in_two_are_not_false() {
        // Four records each claimed by two children: once they are two persons, twice one, and
        // once nothing tells.
        let pairs: Vec<(u32, u32)> = (0..4).flat_map(|i| [(2 * i, i), (2 * i + 1, i)]).collect();
        let found = seen(claims(&pairs), |a, _| {
            [Some(true), Some(false), Some(false), None][a.person as usize]
        });
        assert_eq!(found, Seen { true_links: 4, too_many: 4, two: 1, one: 2 });
        assert!((found.false_claims() - 4.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn false_claims_strike_all_cells_alike() {
        // 100 children, 80 persons, 60 true links: 40 · 20 cells are seen by nobody, and
        // 60 · 80 + 60 · 100 − 3,600 share an end.
        let found = scale(100.0, 80.0, 60.0).unwrap();
        assert!((found - 800.0 / 7_200.0).abs() < 1e-12);
        assert!(scale(100.0, 80.0, 0.0).is_none());
        assert_eq!(scale(60.0, 80.0, 60.0), Some(0.0));
    }

    #[test]
    fn the_estimate_is_near_the_truth_where_claims_strike_alike() {
        // 50 of 100 children linked to 50 of 100 persons; false claims on a grid of cells, each
        // tenth by tenth: 100 in all, of which 25 in cells that neither end shows.
        let mut pairs: Vec<(u32, u32)> = (0..50).map(|i| (i, i)).collect();
        for child in (1..100).step_by(10) {
            pairs.extend((5..100).step_by(10).map(|person| (child, person)));
        }
        let ends = |&(child, person): &(u32, u32)| child < 50 || person < 50;
        let visible = pairs.iter().filter(|claim| ends(claim)).count() - 50;
        let estimate = visible as f64 * scale(100.0, 100.0, 50.0).unwrap();
        assert!((estimate - 25.0).abs() < 1e-9, "{estimate}");
    }
}
