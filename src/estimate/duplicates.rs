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
//! Where one child's school records were not joined, their claims on its record seem false: the
//! figure is then too high. Where the twins of those who are linked are themselves in both lists, the
//! cells are not alike, and it is too low.
//!
//! Pairs that hang together hold as many true links as their children or their persons, whichever
//! are fewer; the rest of them are false.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use super::{Method, Subject, bounds};
use crate::resolve::alone;

/// The key of the method.
const KEY: &str = "duplicates";

/// The method; none for a register of events, where a child may have many records.
pub(super) fn method(subject: Subject<'_>, measured: u64) -> Option<Method> {
    if !subject.contest.unique {
        return None;
    }
    let pairs = &subject.linkage.pairs;
    let person = |right: u32| pairs.copies.get(&right).copied().unwrap_or(right);
    // Children who may be one are counted as one: two claims of theirs may both be true.
    let same = |child: u32| {
        let doubles = subject.children.doubles.get(&child);
        doubles.into_iter().flatten().map(|&(double, _)| double).fold(child, u32::min)
    };
    let claims: Vec<(u32, u32)> = alone(pairs, subject.children, subject.contest)
        .iter()
        .filter(|p| p.link)
        .map(|p| (same(p.child), person(p.right)))
        .collect();
    let seen = seen(claims);
    let scale = scale(
        subject.children.records.len() as f64,
        subject.right.len() as f64,
        seen.true_links as f64,
    )?;
    let value = seen.false_claims as f64;
    let (low, high) = bounds::poisson(value);
    // What nobody sees is a count of its own.
    let figure = bounds::realised((value * scale, low * scale, high * scale));
    Some(Method::new(KEY, figure, measured, seen.true_links + seen.false_claims))
}

#[derive(Debug, PartialEq)]
struct Seen {
    true_links: u64,
    false_claims: u64,
}

/// Of claims by child and person, how many can be true together, and how many are left over.
fn seen(mut claims: Vec<(u32, u32)>) -> Seen {
    claims.sort_unstable();
    claims.dedup();
    let children = claims.iter().map(|c| c.0 as usize + 1).max().unwrap_or(0);
    let persons = claims.iter().map(|c| c.1 as usize + 1).max().unwrap_or(0);
    let mut sets = UnionFind::<usize>::new(children + persons);
    for &(child, person) in &claims {
        sets.union(child as usize, children + person as usize);
    }
    let mut groups = BTreeMap::<usize, (Vec<u32>, Vec<u32>)>::new();
    for &(child, person) in &claims {
        let group = groups.entry(sets.find(child as usize)).or_default();
        group.0.push(child);
        group.1.push(person);
    }
    let distinct = |ids: &mut Vec<u32>| {
        ids.sort_unstable();
        ids.dedup();
        ids.len() as u64
    };
    let true_links = groups.values_mut().map(|(a, b)| distinct(a).min(distinct(b))).sum::<u64>();
    Seen { true_links, false_claims: claims.len() as u64 - true_links }
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

    #[test]
    fn what_cannot_be_true_together_is_false() {
        // A pair, a child with two records, two children with one record, and a square.
        let claims =
            vec![(0, 0), (1, 1), (1, 2), (2, 3), (3, 3), (4, 4), (4, 5), (5, 4), (5, 5), (0, 0)];
        assert_eq!(seen(claims), Seen { true_links: 5, false_claims: 4 });
        assert_eq!(seen(Vec::new()), Seen { true_links: 0, false_claims: 0 });
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
        let mut claims: Vec<(u32, u32)> = (0..50).map(|i| (i, i)).collect();
        for child in (1..100).step_by(10) {
            claims.extend((5..100).step_by(10).map(|person| (child, person)));
        }
        let ends = |&(child, person): &(u32, u32)| child < 50 || person < 50;
        let visible = claims.iter().filter(|claim| ends(claim)).count() - 50;
        let estimate = visible as f64 * scale(100.0, 100.0, 50.0).unwrap();
        assert!((estimate - 25.0).abs() < 1e-9, "{estimate}");
    }
}
