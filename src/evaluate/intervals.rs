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
    wilson_at(count, of, Z)
}

/// Wilson's score interval of `count` of `of` that reaches `z` standard errors to either side:
/// wider than 95 % where many are looked at together. `of` above 0.
#[must_use]
pub fn wilson_at(count: u64, of: u64, z: f64) -> (f64, f64) {
    let n = of as f64;
    let p = count as f64 / n;
    let scale = 1.0 + z * z / n;
    let middle = (p + z * z / (2.0 * n)) / scale;
    let half = z / scale * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// Standard errors to either side of an interval that is one of `looks`, so that with 95 %
/// probability all of them hold (Bonferroni).
#[must_use]
pub fn reach(looks: u64) -> f64 {
    if looks <= 1 { Z } else { upper_point(TAIL / looks as f64) }
}

/// Where the standard normal distribution leaves `tail` above it; `tail` below 0.024. The
/// rational approximation of P. J. Acklam (2003) for the tails, good to 1.2e-9 of the value.
fn upper_point(tail: f64) -> f64 {
    let q = (-2.0 * tail.ln()).sqrt();
    let above = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    let below = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    let at = |terms: &[f64]| terms.iter().fold(0.0, |sum, term| sum * q + term);
    -at(&above) / at(&below)
}

/// The share `a.0` of `a.1` as a multiple of the share `b.0` of `b.1`, with the interval that
/// follows from Wilson's intervals of both, each reaching `reach` standard errors to either
/// side (MOVER-R: R. G. Newcombe, *MOVER-R confidence intervals for ratios and products of two
/// independently estimated quantities*, Statistical Methods in Medical Research 25, 2016).
/// Nothing where one side is empty; infinite where `b.0` is 0.
#[must_use]
pub fn ratio(a: (u64, u64), b: (u64, u64), reach: f64) -> Option<Estimate> {
    if a.1 == 0 || b.1 == 0 {
        return None;
    }
    let (a, b) = ((a.0.min(a.1), a.1), (b.0.min(b.1), b.1));
    let (own, other) = (a.0 as f64 / a.1 as f64, b.0 as f64 / b.1 as f64);
    if a.0 == 0 && b.0 == 0 {
        return Some(Estimate { value: f64::NAN, low: 0.0, high: f64::INFINITY });
    }
    let ((least, most), (under, over)) = (wilson_at(a.0, a.1, reach), wilson_at(b.0, b.1, reach));
    // How far a limit is from zero and from twice the share: p² at the share itself.
    let near = |limit: f64, share: f64| limit * (2.0 * share - limit);
    let both = own * other;
    let low = {
        let (top, bottom) = (near(least, own).max(0.0), near(over, other));
        let root = (both * both - top * bottom).max(0.0).sqrt();
        if top == 0.0 { 0.0 } else { top / (both + root) }
    };
    let high = {
        let (top, bottom) = (near(most, own), near(under, other));
        let root = (both * both - top * bottom).max(0.0).sqrt();
        if bottom > 0.0 { (both + root) / bottom } else { f64::INFINITY }
    };
    let value = if b.0 == 0 { f64::INFINITY } else { own / other };
    Some(Estimate { value, low, high })
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
    fn many_looks_reach_farther() {
        assert!((reach(0) - Z).abs() < 1e-15 && (reach(1) - Z).abs() < 1e-15);
        // Tails of 0.0125, 0.0025 and 0.00025: 2.241403, 2.807034 and 3.480756.
        for (looks, z) in [(2, 2.241_402_728), (10, 2.807_033_768), (100, 3.480_756_404)] {
            assert!((reach(looks) - z).abs() < 1e-7, "{looks}: {}", reach(looks));
        }
    }

    /// Wilson's intervals of 30 of 100 and 100 of 1,000 are 0.218950 to 0.395849 and 0.082911 to
    /// 0.120155; the formula with these, by hand.
    #[test]
    fn ratios_follow_from_both_intervals() {
        let found = ratio((30, 100), (100, 1_000), Z).unwrap();
        let top = 0.218_950 * (0.6 - 0.218_950);
        let bottom = 0.120_155 * (0.2 - 0.120_155);
        let low = (0.03 - (0.000_9_f64 - top * bottom).sqrt()) / bottom;
        let (top, bottom) = (0.395_849 * (0.6 - 0.395_849), 0.082_911 * (0.2 - 0.082_911));
        let high = (0.03 + (0.000_9_f64 - top * bottom).sqrt()) / bottom;
        assert!((found.value - 3.0).abs() < 1e-12);
        close((found.low, found.high), (low, high), 1e-3);
        assert!(2.0 < found.low && found.low < 2.2 && 4.0 < found.high && found.high < 4.3);
        // Nothing to compare with, and nothing at all.
        let found = ratio((5, 100), (0, 1_000), Z).unwrap();
        assert!(found.value.is_infinite() && found.low > 1.0 && found.high.is_infinite());
        assert_eq!(ratio((5, 100), (0, 0), Z), None);
        assert!(ratio((0, 100), (0, 100), Z).unwrap().value.is_nan());
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
        fn ratios_lie_within_their_intervals_and_wider_looks_hold_narrower_ones(
            n in 1_u64..100_000, k in any::<u64>(), m in 1_u64..100_000, l in any::<u64>(),
        ) {
            let (a, b) = ((k % (n + 1), n), (l % (m + 1), m));
            let (one, many) = (ratio(a, b, Z).unwrap(), ratio(a, b, reach(50)).unwrap());
            prop_assert!(0.0 <= one.low && one.low <= one.high);
            if one.value.is_finite() {
                prop_assert!(one.low <= one.value * (1.0 + 1e-9));
                prop_assert!(one.value <= one.high * (1.0 + 1e-9));
            }
            prop_assert!(many.low <= one.low * (1.0 + 1e-9) + 1e-12);
            prop_assert!(many.high >= one.high * (1.0 - 1e-9));
        }

        #[test]
        fn shares_lie_within_their_intervals(n in 1_u64..u64::MAX >> 12, k in any::<u64>()) {
            let share = share(k % (n + 1), n).unwrap();
            prop_assert!(0.0 <= share.low && share.low <= share.value + 1e-12);
            prop_assert!(share.value <= share.high + 1e-12 && share.high <= 1.0);
        }
    }
}
