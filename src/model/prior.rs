//! What m probabilities are expected to be before any pair is seen: Dirichlet priors that
//! carry small registers and are washed out by large ones.

use super::LEVELS;
use crate::compare::Comparison;

/// How many pairs of one child the prior counts for.
pub(super) const STRENGTH: f64 = 20.0;

/// No disagreement is rarer than this among pairs of one child, however clean the training
/// pairs were: blocking brings mostly clean pairs to training.
pub(super) const DIFFERENT_FLOOR: f64 = 0.004;

/// No other level is rarer than this.
pub(super) const LEVEL_FLOOR: f64 = 0.000_5;

/// Expected m by level; index 0 is unused.
pub(super) fn m(comparison: Comparison) -> [f64; LEVELS] {
    match comparison {
        Comparison::Surname => [0.0, 0.90, 0.035, 0.03, 0.008, 0.007, 0.02, 0.0],
        Comparison::GivenName => [0.0, 0.90, 0.035, 0.03, 0.005, 0.005, 0.007, 0.018],
        Comparison::Patronymic => [0.0, 0.90, 0.04, 0.03, 0.007, 0.005, 0.018, 0.0],
        Comparison::BirthDate => [0.0, 0.955, 0.004, 0.022, 0.006, 0.004, 0.009, 0.0],
        Comparison::Sex => [0.0, 0.992, 0.008, 0.0, 0.0, 0.0, 0.0, 0.0],
        Comparison::Certificate => [0.0, 0.84, 0.05, 0.025, 0.003, 0.082, 0.0, 0.0],
        Comparison::Document => [0.0, 0.90, 0.02, 0.08, 0.0, 0.0, 0.0, 0.0],
        Comparison::Unzr | Comparison::Rnokpp => [0.0, 0.985, 0.004, 0.011, 0.0, 0.0, 0.0, 0.0],
        Comparison::Region => [0.0, 0.8, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0],
        Comparison::School => [0.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prior_is_a_distribution_over_the_levels() {
        for comparison in Comparison::ALL {
            let m = m(comparison);
            assert!((m.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{comparison:?}");
            let levels = comparison.levels().len();
            assert!(m[1..=levels].iter().all(|&p| p > 0.0), "{comparison:?}");
            assert!(m[levels + 1..].iter().all(|&p| p == 0.0), "{comparison:?}");
        }
    }
}
