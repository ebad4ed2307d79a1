//! One to one: the probability of each pair over all ways to pair children with records.
//!
//! Where a child has at most one record and a record at most one child, pairs that share
//! either exclude each other. An assignment picks pairs of which no two share anything; its
//! odds are the product of its pairs' odds. The probability of a pair is the share of the
//! assignments that hold it, each counted by its odds: the best assignment, the second best,
//! and all others. A margin to the second best alone would be kinder than this.
//!
//! Pairs fall apart into connected components, nearly all of which are one pair or a star.
//! The rest are summed exactly over the subsets of their smaller side (a forward–backward
//! pass over the larger, as for the permanent of a sparse matrix; Larsen, "Hierarchical
//! Bayesian record linkage", 2012, has the distribution).

use std::cmp::Ordering;

/// A pair: a place on the left, one on the right, its odds against both being single.
pub(super) type Edge = (usize, usize, f64);

/// Nodes of the smaller side up to which a component is summed exactly.
const MOST_SMALLER: usize = 12;
/// Cells (nodes of the larger side × subsets of the smaller) up to which it is.
const MOST_CELLS: usize = 1 << 20;
/// Odds are not told apart above this: a product of twelve must stay finite.
const MOST_ODDS: f64 = 1e24;

/// The probability of each edge of one component, or `None` where the component is too large
/// to be summed exactly.
///
/// The order of nodes and edges changes no bit of the answer: nodes are taken in the order of
/// their odds.
pub(super) fn marginals(edges: &[Edge]) -> Option<Vec<f64>> {
    if let &[(_, _, odds)] = edges {
        return Some(vec![odds / (1.0 + odds)]);
    }
    let edges: Vec<Edge> = edges.iter().map(|&(l, r, odds)| (l, r, odds.min(MOST_ODDS))).collect();
    let lefts = ranks(edges.iter().map(|&(l, _, odds)| (l, odds)));
    let rights = ranks(edges.iter().map(|&(_, r, odds)| (r, odds)));
    let (smaller, larger) = (lefts.len().min(rights.len()), lefts.len().max(rights.len()));
    if smaller > MOST_SMALLER || larger << smaller > MOST_CELLS {
        return None;
    }
    // Edges by node of the larger side: its rank, the rank on the smaller side, odds.
    let rank = |ranks: &[usize], node| ranks.iter().position(|&held| held == node).unwrap_or(0);
    let mut by_larger: Vec<Vec<(usize, f64, usize)>> = vec![Vec::new(); larger];
    for (i, &(l, r, odds)) in edges.iter().enumerate() {
        let (l, r) = (rank(&lefts, l), rank(&rights, r));
        let (big, small) = if lefts.len() > rights.len() { (l, r) } else { (r, l) };
        by_larger[big].push((small, odds, i));
    }
    for edges in &mut by_larger {
        edges.sort_by_key(|&(small, _, _)| small);
    }

    let subsets = 1_usize << smaller;
    // Odds of all assignments of the first nodes of the larger side that use just this subset.
    let mut forward = vec![vec![0.0; subsets]; larger + 1];
    forward[0][0] = 1.0;
    for (node, edges) in by_larger.iter().enumerate() {
        let mut next = forward[node].clone();
        for &(small, odds, _) in edges {
            let bit = 1 << small;
            for used in (0..subsets).filter(|used| used & bit == 0) {
                next[used | bit] += forward[node][used] * odds;
            }
        }
        forward[node + 1] = next;
    }
    let total: f64 = forward[larger].iter().sum();
    // Odds of all assignments of the remaining nodes, where this subset is used already.
    let mut backward = vec![1.0; subsets];
    let mut answer = vec![0.0; edges.len()];
    for (node, edges) in by_larger.iter().enumerate().rev() {
        let mut before = backward.clone();
        for &(small, odds, i) in edges {
            let bit = 1 << small;
            for used in (0..subsets).filter(|used| used & bit == 0) {
                let rest = odds * backward[used | bit];
                before[used] += rest;
                answer[i] += forward[node][used] / total * rest;
            }
        }
        backward = before;
    }
    Some(answer)
}

/// The nodes in the order of their odds, each once: by how many, then by what they are.
fn ranks(ends: impl Iterator<Item = (usize, f64)>) -> Vec<usize> {
    let mut ends: Vec<(usize, f64)> = ends.collect();
    ends.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let mut nodes: Vec<&[(usize, f64)]> = ends.chunk_by(|a, b| a.0 == b.0).collect();
    nodes.sort_by(|a, b| {
        let each = a.iter().zip(b.iter()).map(|(a, b)| b.1.total_cmp(&a.1));
        let first = each.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
        a.len().cmp(&b.len()).then(first)
    });
    nodes.iter().map(|node| node[0].0).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by listing every assignment.
    fn naive(edges: &[Edge]) -> Vec<f64> {
        let mut sums = vec![0.0; edges.len()];
        let mut total = 0.0;
        for chosen in 0..1_u32 << edges.len() {
            let picked: Vec<usize> = (0..edges.len()).filter(|i| chosen >> i & 1 == 1).collect();
            let clash = |a: usize, b: usize| edges[a].0 == edges[b].0 || edges[a].1 == edges[b].1;
            if picked.iter().any(|&a| picked.iter().any(|&b| a < b && clash(a, b))) {
                continue;
            }
            let odds: f64 = picked.iter().map(|&i| edges[i].2).product();
            total += odds;
            for &i in &picked {
                sums[i] += odds;
            }
        }
        sums.iter().map(|sum| sum / total).collect()
    }

    proptest! {
        #[test]
        fn marginals_are_shares_of_all_assignments(
            drawn in proptest::collection::btree_map((0_usize..5, 0_usize..5), -10.0_f64..20.0, 1..11),
        ) {
            let edges: Vec<Edge> = drawn.iter().map(|(&(l, r), &w)| (l, r, w.exp2())).collect();
            let found = marginals(&edges).unwrap();
            for (found, expected) in found.iter().zip(naive(&edges)) {
                prop_assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
            }
            // Other numbers and another order: the same bits.
            let other: Vec<Edge> = edges.iter().rev().map(|&(l, r, w)| (9 - l, 9 - r, w)).collect();
            let mut again = marginals(&other).unwrap();
            again.reverse();
            prop_assert_eq!(found, again);
        }
    }

    #[test]
    fn a_rival_with_a_better_record_of_its_own_is_hardly_one() {
        // Two children fit one record equally well; a record fits the second alone.
        let found = marginals(&[(0, 0, 1e6), (1, 0, 1e6), (1, 1, 1e6)]).unwrap();
        assert!(found[0] > 0.99999 && found[1] < 1e-5 && found[2] > 0.99999);
    }

    #[test]
    fn many_sure_pairs_stay_finite_and_too_many_are_refused() {
        let full = |n: usize| -> Vec<Edge> {
            (0..n).flat_map(|l| (0..n).map(move |r| (l, r, 1e60))).collect()
        };
        let found = marginals(&full(12)).unwrap();
        assert!(found.iter().all(|p| (p - 1.0 / 12.0).abs() < 1e-9));
        assert!(marginals(&full(13)).is_none());
    }
}
