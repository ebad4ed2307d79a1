//! Whether a stated probability means what it says: a reliability table (Murphy and Winkler,
//! "Reliability of subjective probability forecasts of precipitation and temperature", 1977).

use serde::Serialize;

use super::intervals::{Share, share};
use super::links::Ranked;
use crate::resolve::Decision;

/// Edges of the bins of stated probability, the last one closed.
const EDGES: [f64; 16] = [
    0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.999_95,
    0.999_99, 1.0,
];

/// Stated against found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Bins that hold a pair, by rising probability.
    pub bins: Vec<Bin>,
    /// Over the accepted links.
    pub accepted: Errors,
    /// Over all accepted and possible links.
    pub shown: Errors,
}

/// Pairs of about one stated probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// The least probability.
    pub from: f64,
    /// The next bin's least.
    pub to: f64,
    /// Mean of the stated probabilities.
    pub stated: f64,
    /// Share of true pairs, with its interval.
    pub found: Option<Share>,
    /// The errors of its pairs.
    pub errors: Errors,
}

/// False pairs, stated and found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Errors {
    /// Pairs.
    pub pairs: u64,
    /// Σ(1 − p): how many should be false.
    pub expected_false: f64,
    /// How many are.
    pub false_pairs: u64,
}

impl Errors {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            pairs: self.pairs + other.pairs,
            expected_false: self.expected_false + other.expected_false,
            false_pairs: self.false_pairs + other.false_pairs,
        }
    }

    fn of<'a>(links: impl Iterator<Item = &'a Ranked>) -> Self {
        links.fold(Self::default(), |sum, link| Self {
            pairs: sum.pairs + 1,
            expected_false: sum.expected_false + (1.0 - link.probability),
            false_pairs: sum.false_pairs + u64::from(!link.is_true),
        })
    }
}

/// Measures links, sorted by falling probability.
pub(super) fn measure(links: &[Ranked]) -> Calibration {
    let bins = EDGES.windows(2).filter_map(|edges| {
        let (from, to) = (edges[0], edges[1]);
        let last = to >= 1.0;
        let within = |l: &&Ranked| l.probability >= from && (l.probability < to || last);
        let errors = Errors::of(links.iter().filter(within));
        let found = share(errors.pairs - errors.false_pairs, errors.pairs);
        let stated = 1.0 - errors.expected_false / errors.pairs.max(1) as f64;
        (errors.pairs > 0).then_some(Bin { from, to, stated, found, errors })
    });
    Calibration {
        bins: bins.collect(),
        accepted: Errors::of(links.iter().filter(|l| l.decision == Decision::Link)),
        shown: Errors::of(links.iter()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stated_and_found_are_counted_by_bin() {
        let link = |probability, is_true, decision| Ranked {
            probability,
            weight: 0.0,
            is_true,
            decision,
            pair: (0, 0, 0),
        };
        let links = [
            link(1.0, true, Decision::Link),
            link(0.9999, true, Decision::Link),
            link(0.9999, false, Decision::Link),
            link(0.8, true, Decision::Review),
            link(0.75, false, Decision::Review),
            link(0.02, false, Decision::Review),
        ];
        let found = measure(&links);
        let bins: Vec<(f64, u64, u64)> =
            found.bins.iter().map(|b| (b.from, b.errors.pairs, b.errors.false_pairs)).collect();
        assert_eq!(bins, [(0.02, 1, 1), (0.75, 2, 1), (0.9999, 2, 1), (0.999_99, 1, 0)]);
        let likely = found.bins[1];
        assert!((likely.stated - 0.775).abs() < 1e-12);
        assert!((likely.errors.expected_false - 0.45).abs() < 1e-12);
        assert_eq!(likely.found.map(|s| (s.count, s.of)), Some((1, 2)));
        assert_eq!((found.accepted.pairs, found.accepted.false_pairs), (3, 1));
        assert!((found.accepted.expected_false - 0.0002).abs() < 1e-12);
        assert_eq!((found.shown.pairs, found.shown.false_pairs), (6, 3));
    }
}
