//! Bounds of counts that are no whole numbers, and of sums.

use crate::evaluate::intervals::ln_gamma;

/// Half of the probability that an interval leaves out.
const TAIL: f64 = 0.025;

/// The exact 95 % interval of a Poisson mean of which `count` was counted (F. Garwood, *Fiducial
/// limits for the Poisson distribution*, Biometrika 28, 1936), continued to counts that are no
/// whole numbers.
pub(crate) fn poisson(count: f64) -> (f64, f64) {
    let count = count.max(0.0);
    let low = if count > 0.0 { gamma_quantile(count, TAIL) } else { 0.0 };
    (low, gamma_quantile(count + 1.0, 1.0 - TAIL))
}

/// The 95 % interval of a sum of independent figures, each `(value, low, high)`: the squares of
/// the distances from the figures to their bounds add up (G. Y. Zou, A. Donner, *Construction of
/// confidence intervals about effect measures: a general approach*, Statistics in Medicine 27,
/// 2008).
pub(super) fn sum(parts: &[(f64, f64, f64)]) -> (f64, f64, f64) {
    let value: f64 = parts.iter().map(|p| p.0).sum();
    let low: f64 = parts.iter().map(|p| (p.0 - p.1).powi(2)).sum();
    let high: f64 = parts.iter().map(|p| (p.2 - p.0).powi(2)).sum();
    (value, (value - low.sqrt()).max(0.0), value + high.sqrt())
}

/// The 95 % interval of a count whose mean has the interval `(value, low, high)`: the count is as
/// far from its mean as a Poisson number is, beside what is not known of the mean. The squares of
/// both distances add up, as in [`sum`].
pub(super) fn realised((value, low, high): (f64, f64, f64)) -> (f64, f64, f64) {
    let (least, most) = poisson(value);
    (
        value,
        (value - (value - low).hypot(value - least)).max(0.0),
        value + (high - value).hypot(most - value),
    )
}

/// Where the gamma distribution of shape `a` reaches `target`, by halving.
fn gamma_quantile(a: f64, target: f64) -> f64 {
    let (mut low, mut high) = (0.0, 2.0 * a + 20.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if gamma_cdf(a, middle) < target {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The regularised incomplete gamma function P(a, x), by its series (DLMF 8.11.4): all its terms
/// are positive.
fn gamma_cdf(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let mut term = 1.0;
    let mut sum = 1.0;
    // The terms grow up to x - a and fall from there.
    for n in 1..1_000_000_u32 {
        term *= x / (a + f64::from(n));
        sum += term;
        if term < sum * 1e-16 {
            break;
        }
    }
    (sum.ln() + a * x.ln() - x - ln_gamma(a + 1.0)).exp().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_of_counts_are_those_of_the_tables() {
        // Garwood's limits, 95 %, two-sided.
        for (count, low, high) in [
            (0.0, 0.0, 3.689),
            (1.0, 0.0253, 5.572),
            (3.0, 0.6187, 8.767),
            (10.0, 4.795, 18.39),
            (100.0, 81.36, 121.63),
        ] {
            let found = poisson(count);
            assert!((found.0 - low).abs() < 1e-3 * low.max(1.0) + 5e-3, "{count}: {found:?}");
            assert!((found.1 - high).abs() < 1e-3 * high + 5e-3, "{count}: {found:?}");
        }
        let (low, high) = poisson(0.3);
        assert!(low < 0.01 && 3.689 < high && high < 5.0);
    }

    #[test]
    fn a_count_is_less_certain_than_its_mean() {
        // Nothing unknown of the mean: Garwood's limits for 10.
        let (_, low, high) = realised((10.0, 10.0, 10.0));
        assert!((low - 4.795).abs() < 5e-3 && (high - 18.39).abs() < 5e-3);
        let (_, low, high) = realised((10.0, 7.0, 14.0));
        assert!((low - (10.0 - (9.0_f64 + 27.09).sqrt())).abs() < 0.01, "{low}");
        assert!((high - (10.0 + (16.0_f64 + 70.39).sqrt())).abs() < 0.01, "{high}");
    }

    #[test]
    fn distances_of_a_sum_add_up_as_squares() {
        let (value, low, high) = sum(&[(10.0, 7.0, 13.0), (20.0, 16.0, 24.0)]);
        assert!((value - 30.0).abs() < 1e-12);
        assert!((low - 25.0).abs() < 1e-12 && (high - 35.0).abs() < 1e-12);
        // One part keeps its own bounds.
        assert_eq!(sum(&[(1.0, 0.5, 3.0)]), (1.0, 0.5, 3.0));
    }
}
