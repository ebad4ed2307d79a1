//! Point estimates with 95 % intervals.
//!
//! - A share `k` of `n` has Wilson's score interval (E. B. Wilson, *Probable inference, the
//!   law of succession, and statistical inference*, JASA 22, 1927), which stays within 0
//!   and 1 and keeps its coverage for shares near the ends. Where nothing or everything
//!   was counted it has the exact interval of C. J. Clopper and E. S. Pearson
//!   (*The use of confidence or fiducial limits illustrated in the case of the binomial*,
//!   Biometrika 26, 1934), both sides at 2.5 %.
//! - A rate of rare events has the exact interval throughout.
//! - F1 rests on one share. Of the pairs that are true or linked, let `J` be the share that
//!   are both; given how many such pairs there are, their number is binomial, and
//!   F1 = 2J / (1 + J) rises with J. So the ends of the interval of `J` give those of F1.
//!
//! All of them count pairs or children as drawn independently. Pairs of one child, and
//! children of one family or school, stand or fall together, so the intervals are
//! approximate, and rather too narrow.

use serde::Serialize;

/// The 97.5 % point of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Half of the probability that an interval leaves out.
const TAIL: f64 = 0.025;

/// A share of a whole, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// How many were counted.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// `count / of`.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// A figure with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// The share `count` of `of`, with Wilson's interval, or the exact one at the ends.
/// Nothing where there is nothing to take a share of. `count` above `of` counts as all.
#[must_use]
pub fn share(count: u64, of: u64) -> Option<Share> {
    if of == 0 {
        return None;
    }
    let count = count.min(of);
    let (low, high) =
        if count == 0 || count == of { clopper_pearson(count, of) } else { wilson(count, of) };
    Some(Share { count, of, value: count as f64 / of as f64, low, high })
}

/// How many of `per` are counted where `count` of `of` are, with the exact interval.
#[must_use]
pub fn rate(count: u64, of: u64, per: f64) -> Option<Estimate> {
    if of == 0 {
        return None;
    }
    let count = count.min(of);
    let (low, high) = clopper_pearson(count, of);
    Some(Estimate { value: count as f64 / of as f64 * per, low: low * per, high: high * per })
}

/// F1 from true links, false links and missed pairs, with the interval of the module's
/// notes. Nothing where there are none of them.
#[must_use]
pub fn f1(true_positives: u64, false_positives: u64, missed: u64) -> Option<Estimate> {
    let jaccard = share(
        true_positives,
        true_positives.saturating_add(false_positives).saturating_add(missed),
    )?;
    let f1 = |j: f64| 2.0 * j / (1.0 + j);
    Some(Estimate { value: f1(jaccard.value), low: f1(jaccard.low), high: f1(jaccard.high) })
}

/// Wilson's score interval of `count` of `of`; `of` above 0.
#[must_use]
pub fn wilson(count: u64, of: u64) -> (f64, f64) {
    let n = of as f64;
    let p = count as f64 / n;
    let scale = 1.0 + Z * Z / n;
    let middle = (p + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// The exact interval of `count` of `of`; `count` at most `of`, `of` above 0.
#[must_use]
pub fn clopper_pearson(count: u64, of: u64) -> (f64, f64) {
    let (k, n) = (count as f64, of as f64);
    // At the ends the tail is a plain power; ln_1p and exp_m1 keep the digits of
    // intervals as narrow as one in millions.
    let low = match count {
        0 => 0.0,
        _ if count == of => (TAIL.ln() / n).exp(),
        _ => beta_quantile(k, n - k + 1.0, TAIL),
    };
    let high = match count {
        _ if count == of => 1.0,
        0 => -(TAIL.ln() / n).exp_m1(),
        _ => beta_quantile(k + 1.0, n - k, 1.0 - TAIL),
    };
    (low, high)
}

/// Where the beta distribution reaches `target`, by halving: 60 steps leave less than
/// 1e-18, and the distribution is computed to about 1e-12.
fn beta_quantile(a: f64, b: f64, target: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // First by orders of magnitude, so that tiny quantiles keep their relative precision.
    let mut small = 0.5;
    while small > 1e-300 && beta_cdf(a, b, small) > target {
        high = small;
        small *= 0.5;
    }
    if high < 1.0 {
        low = small;
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if beta_cdf(a, b, middle) < target {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The regularised incomplete beta function I_x(a, b), by the continued fraction of
/// DLMF 8.17.22, evaluated by Lentz's method.
fn beta_cdf(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges fast on the near side of the mean.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_cdf_below(b, a, 1.0 - x);
    }
    beta_cdf_below(a, b, x)
}

fn beta_cdf_below(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut upper = 1.0;
    let mut lower = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = lower;
    // About sqrt(max(a, b)) steps are needed: enough for 10^12 trials.
    for m in 1..1_000_000_u32 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        lower = 1.0 / away(1.0 + even * lower);
        upper = away(1.0 + even / upper);
        fraction *= lower * upper;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        lower = 1.0 / away(1.0 + odd * lower);
        upper = away(1.0 + odd / upper);
        let step = lower * upper;
        fraction *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (front * fraction / a).clamp(0.0, 1.0)
}

/// The logarithm of the gamma function for positive `x`: Stirling's series (DLMF 5.11.1)
/// from 15 on, and the recurrence below.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    let mut x = x;
    let mut shift = 0.0;
    while x < 15.0 {
        shift -= x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse
        * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0))));
    shift + (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(pair: (f64, f64), expected: (f64, f64), within: f64) {
        assert!(
            (pair.0 - expected.0).abs() <= within && (pair.1 - expected.1).abs() <= within,
            "{pair:?} is not {expected:?}"
        );
    }

    /// R. G. Newcombe, Statistics in Medicine 17 (1998), table I: methods 3 (Wilson) and
    /// 5 (Clopper–Pearson).
    #[test]
    fn intervals_agree_with_the_published_table() {
        close(wilson(81, 263), (0.2553, 0.3662), 5e-5);
        close(wilson(15, 148), (0.0624, 0.1605), 5e-5);
        close(wilson(1, 29), (0.0061, 0.1718), 5e-5);
        close(clopper_pearson(81, 263), (0.2527, 0.3676), 5e-5);
        close(clopper_pearson(15, 148), (0.0578, 0.1617), 5e-5);
        close(clopper_pearson(0, 20), (0.0, 0.1684), 5e-5);
        close(clopper_pearson(1, 29), (0.0009, 0.1776), 5e-5);
    }

    #[test]
    fn exact_ends_are_powers_of_the_tail() {
        // 1 − 0.025^(1/10) and its mirror.
        close(clopper_pearson(0, 10), (0.0, 0.308_497_1), 1e-7);
        close(clopper_pearson(10, 10), (0.691_502_9, 1.0), 1e-7);
        // The rule of three point seven: 3.688879 / n for large n.
        let (_, high) = clopper_pearson(0, 1_000_000);
        assert!((high * 1e6 - 3.688_87).abs() < 1e-4, "{high}");
    }

    /// With many trials the exact interval tends to Poisson's (Garwood 1936): for 1 event
    /// 0.02532 to 5.57164, for 10 events 4.79539 to 18.39036.
    #[test]
    fn rare_events_have_the_poisson_interval() {
        let one = rate(1, 100_000_000, 1e8).unwrap();
        close((one.low, one.high), (0.025_32, 5.571_64), 1e-5);
        let ten = rate(10, 100_000_000, 1e8).unwrap();
        close((ten.low, ten.high), (4.795_39, 18.390_36), 1e-4);
    }

    #[test]
    fn gamma_has_its_known_values() {
        for (x, value) in [(1.0, 0.0), (2.0, 0.0), (5.0, 24.0_f64.ln()), (11.0, 3_628_800_f64.ln())]
        {
            assert!((ln_gamma(x) - value).abs() < 1e-12, "{x}");
        }
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-12);
        // ln(1e7!) = 151180965.48756…
        assert!((ln_gamma(1e7 + 1.0) - 151_180_965.487_563_8).abs() < 1e-5);
    }

    #[test]
    fn f1_agrees_with_its_definition_and_nothing_has_no_share() {
        let estimate = f1(90, 10, 20).unwrap();
        let (precision, recall) = (0.9, 90.0 / 110.0);
        let expected = 2.0 * precision * recall / (precision + recall);
        assert!((estimate.value - expected).abs() < 1e-12);
        assert!(estimate.low < expected && expected < estimate.high);
        assert_eq!(share(0, 0), None);
        assert_eq!(f1(0, 0, 0), None);
        assert_eq!(rate(0, 0, 1e4), None);
    }

    /// The binomial tail summed term by term.
    fn tail_from(k: u64, n: u64, p: f64) -> f64 {
        (k..=n)
            .map(|i| {
                let choose: f64 = (0..i).map(|j| (n - j) as f64 / (i - j) as f64).product();
                choose
                    * p.powi(i32::try_from(i).unwrap())
                    * (1.0 - p).powi(i32::try_from(n - i).unwrap())
            })
            .sum()
    }

    proptest! {
        #[test]
        fn exact_limits_leave_their_tails(n in 1_u64..60, k in 0_u64..60) {
            let k = k % (n + 1);
            let (low, high) = clopper_pearson(k, n);
            prop_assert!(low <= k as f64 / n as f64 && k as f64 / n as f64 <= high);
            if k > 0 {
                prop_assert!((tail_from(k, n, low) - TAIL).abs() < 1e-9);
            }
            if k < n {
                prop_assert!((1.0 - tail_from(k + 1, n, high) - TAIL).abs() < 1e-9);
            }
        }

        #[test]
        fn shares_lie_within_their_intervals(n in 1_u64..u64::MAX >> 12, k in any::<u64>()) {
            let share = share(k % (n + 1), n).unwrap();
            prop_assert!(0.0 <= share.low && share.low <= share.value + 1e-12);
            prop_assert!(share.value <= share.high + 1e-12 && share.high <= 1.0);
        }
    }
}
