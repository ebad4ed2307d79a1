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

/// How often what is known of a date or name in parts (a year, an initial) agrees between one
/// child's records.
pub(super) const PARTIAL_AGREES: f64 = 0.9;

/// How often a date that no calendar has is one slip away from one child's true one.
pub(super) const IMPOSSIBLE_AGREES: f64 = 0.7;

/// Expected m by level; index 0 is unused.
pub(super) fn m(comparison: Comparison) -> [f64; LEVELS] {
    let levels: &[f64] = match comparison {
        Comparison::Surname => &[0.90, 0.025, 0.015, 0.015, 0.012, 0.006, 0.005, 0.003, 0.019],
        Comparison::GivenName => {
            &[0.90, 0.02, 0.015, 0.006, 0.006, 0.015, 0.012, 0.004, 0.005, 0.005, 0.012]
        }
        Comparison::Patronymic => &[0.90, 0.025, 0.02, 0.015, 0.012, 0.006, 0.005, 0.017],
        Comparison::BirthDate => {
            &[0.955, 0.004, 0.001, 0.010, 0.006, 0.005, 0.006, 0.002, 0.003, 0.008]
        }
        Comparison::Sex => &[0.992, 0.008],
        Comparison::Certificate => &[0.84, 0.003, 0.035, 0.012, 0.012, 0.012, 0.001, 0.085],
        Comparison::Document => &[0.90, 0.02, 0.08],
        Comparison::Unzr | Comparison::Rnokpp => &[0.985, 0.004, 0.011],
        Comparison::Region => &[0.8, 0.2],
        Comparison::School => &[0.5, 0.5],
    };
    let mut m = [0.0; LEVELS];
    m[1..=levels.len()].copy_from_slice(levels);
    m
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
