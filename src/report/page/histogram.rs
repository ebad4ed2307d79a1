//! How the weights of links are spread, by register, with the thresholds.

use super::super::words;
use super::facts::Facts;
use super::figure::{Figure, Found};
use super::flow::register_figure;
use super::pen::{Pen, length};
use super::texts::fill;
use crate::resolve::Decision;

/// Bars at most.
const BINS: f64 = 44.0;
/// Size of a drawing, and of its margins.
const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 210.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 18.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 30.0;

/// The histogram of one register.
pub(super) struct Histogram {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) linked: Figure,
    pub(super) possible: Figure,
    pub(super) bars: Vec<Bar>,
    pub(super) zero: String,
    pub(super) ticks: Vec<Tick>,
    pub(super) counts: Vec<Tick>,
    pub(super) lines: Vec<Line>,
    pub(super) bins: Vec<Bin>,
    /// Edges of the drawing.
    pub(super) right: String,
    pub(super) foot: String,
}

pub(super) struct Bar {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) height: String,
    pub(super) class: &'static str,
}

pub(super) struct Tick {
    pub(super) at: String,
    pub(super) label: String,
}

pub(super) struct Line {
    pub(super) x: String,
    pub(super) label: &'static str,
    /// Whether the words stand to the left of the line.
    pub(super) before: bool,
    pub(super) text_x: String,
}

pub(super) struct Bin {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) accepted: String,
    pub(super) review: String,
}

/// Weights by bins of one width.
struct Binned {
    low: f64,
    step: f64,
    /// Accepted, for review.
    counts: Vec<[u64; 2]>,
}

impl Binned {
    /// Of finite weights; nothing where there are none.
    fn of(weights: &[(f64, bool)]) -> Option<Self> {
        let least = weights.iter().map(|w| w.0).min_by(f64::total_cmp)?;
        let most = weights.iter().map(|w| w.0).max_by(f64::total_cmp)?;
        let step = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
            .into_iter()
            .find(|step| (most - least) / step < BINS - 1.0)
            .unwrap_or(((most - least) / (BINS - 2.0)).ceil());
        let low = (least / step).floor() * step;
        let bins = ((most - low) / step).floor();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to BINS")]
        let index = |weight: f64| ((weight - low) / step).floor().clamp(0.0, bins) as usize;
        let mut counts = vec![[0, 0]; index(most) + 1];
        for &(weight, accepted) in weights {
            counts[index(weight)][usize::from(!accepted)] += 1;
        }
        Some(Self { low, step, counts })
    }

    fn high(&self) -> f64 {
        self.low + self.step * self.counts.len() as f64
    }
}

/// One a register that has links.
pub(super) fn histograms(pen: &mut Pen<'_>, facts: &Facts) -> Vec<Histogram> {
    let mut weights = vec![Vec::new(); pen.run.job.sources.len()];
    for link in pen.run.links {
        if let Some(weights) = weights.get_mut(link.registry.source)
            && link.weight.is_finite()
        {
            weights.push((link.weight, link.decision == Decision::Link));
        }
    }
    let mut all = Vec::new();
    for (number, register) in facts.registers.iter().enumerate() {
        if let Some(binned) = Binned::of(&weights[register.source]) {
            let mut figure = |found: Found| {
                let bucket = &register.found[found as usize];
                register_figure(pen, number, &register.name, found, bucket)
            };
            let (linked, possible) = (figure(Found::Linked), figure(Found::Possible));
            all.push(histogram(pen, &register.name, &binned, linked, possible));
        }
    }
    all
}

/// The weight from which a pair without rivals reaches a probability: its odds, less those that
/// any pair has before it is looked at.
fn threshold(pen: &Pen<'_>, register: &str, probability: f64) -> Option<f64> {
    let entry = pen.run.model.registries().iter().find(|entry| entry.name == register)?;
    let odds = |share: f64| (share / (1.0 - share)).log2();
    let weight = odds(probability) - odds(entry.lambda);
    weight.is_finite().then_some(weight)
}

fn histogram(
    pen: &Pen<'_>,
    register: &str,
    binned: &Binned,
    linked: Figure,
    possible: Figure,
) -> Histogram {
    let t = pen.t;
    let raised = pen.run.errors.registers.iter().find(|errors| errors.register == register);
    let raised = raised.map_or(0.0, |errors| errors.offset_bits);
    let confirm = threshold(pen, register, pen.run.thresholds.confirm).map(|w| w + raised);
    let review = threshold(pen, register, pen.run.thresholds.review);
    // The thresholds are seen even where no link is near.
    let near = |weight: &Option<f64>| weight.filter(|w| w.abs() < 200.0);
    let lines = [near(&review), near(&confirm)];
    let low = lines.iter().flatten().fold(binned.low, |low, w| low.min(w - 1.0));
    let high = lines.iter().flatten().fold(binned.high(), |high, w| high.max(w + 1.0));
    let x = |weight: f64| LEFT + (WIDTH - LEFT - RIGHT) * (weight - low) / (high - low);

    // Both sides have one logarithmic scale: a link alone is a step high, too.
    let size = |count: u64| if count == 0 { 0.0 } else { (count as f64).log10() + 0.3 };
    let most =
        |side: usize| binned.counts.iter().map(|counts| size(counts[side])).fold(0.0_f64, f64::max);
    let (up, down) = (most(0).max(1.3), most(1).max(1.3));
    let unit = (HEIGHT - TOP - BOTTOM) / (up + down);
    let zero = TOP + up * unit;

    let mut bars = Vec::new();
    let mut bins = Vec::new();
    for (number, counts) in binned.counts.iter().enumerate() {
        let from = binned.low + binned.step * number as f64;
        let width = x(from + binned.step) - x(from);
        for (side, class) in [(0, "up"), (1, "down")] {
            let height = size(counts[side]) * unit;
            if height > 0.0 {
                bars.push(Bar {
                    x: length(x(from) + 0.5),
                    y: length(if side == 0 { zero - height } else { zero }),
                    width: length((width - 1.0).max(0.5)),
                    height: length(height),
                    class,
                });
            }
        }
        if counts != &[0, 0] {
            bins.push(Bin {
                from: words::decimal(from, 0, pen.lang),
                to: words::decimal(from + binned.step, 0, pen.lang),
                accepted: pen.count(counts[0]),
                review: pen.count(counts[1]),
            });
        }
    }
    Histogram {
        name: register.to_owned(),
        title: fill(t.hist_svg, &[&register]),
        linked,
        possible,
        bars,
        zero: length(zero),
        ticks: ticks(pen, low, high, &x),
        counts: scale(pen, zero, unit, (up, down)),
        lines: [(lines[0], t.hist_review_line, true), (lines[1], t.hist_confirm_line, false)]
            .into_iter()
            .filter_map(|(weight, label, before)| {
                let at = x(weight?);
                let text = if before { at - 4.0 } else { at + 4.0 };
                Some(Line { x: length(at), label, before, text_x: length(text) })
            })
            .collect(),
        bins,
        right: length(WIDTH - RIGHT),
        foot: length(HEIGHT - BOTTOM),
    }
}

/// Marks of weights: at most eight, at round numbers.
fn ticks(pen: &Pen<'_>, low: f64, high: f64, x: &dyn Fn(f64) -> f64) -> Vec<Tick> {
    let step = [5.0, 10.0, 20.0, 50.0, 100.0, 200.0]
        .into_iter()
        .find(|step| (high - low) / step <= 8.0)
        .unwrap_or(500.0);
    let mut ticks = Vec::new();
    let mut at = (low / step).ceil() * step;
    while at <= high && ticks.len() < 20 {
        let sign = if at > 0.0 { "+" } else { "" };
        let label = format!("{sign}{}", words::decimal(at, 0, pen.lang));
        ticks.push(Tick { at: length(x(at)), label });
        at += step;
    }
    ticks
}

/// Marks of counts on both sides: powers of ten.
fn scale(pen: &Pen<'_>, zero: f64, unit: f64, (up, down): (f64, f64)) -> Vec<Tick> {
    let mut ticks = Vec::new();
    for (reach, sign) in [(up, -1.0), (down, 1.0)] {
        let mut power = 0_u32;
        while f64::from(power) + 0.3 <= reach && power < 12 {
            ticks.push(Tick {
                at: length(zero + sign * (f64::from(power) + 0.3) * unit),
                label: pen.count(10_u64.pow(power)),
            });
            power += if reach > 4.0 { 2 } else { 1 };
        }
    }
    ticks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weights_fall_into_bins_of_one_width() {
        let binned = Binned::of(&[(-3.2, false), (-3.0, true), (4.0, true), (4.9, true)]).unwrap();
        assert!((binned.low + 4.0).abs() < 1e-12 && (binned.step - 1.0).abs() < 1e-12);
        assert_eq!(binned.counts.len(), 9);
        assert_eq!(binned.counts[0], [0, 1]);
        assert_eq!(binned.counts[1], [1, 0]);
        assert_eq!(binned.counts[8], [2, 0]);
        assert!(Binned::of(&[]).is_none());
    }

    proptest! {
        #[test]
        fn no_weight_is_lost(weights in proptest::collection::vec(
            (-1e4_f64..1e4, any::<bool>()), 1..200,
        )) {
            let binned = Binned::of(&weights).unwrap();
            let all: u64 = binned.counts.iter().flatten().sum();
            prop_assert_eq!(all, weights.len() as u64);
            let accepted: u64 = binned.counts.iter().map(|counts| counts[0]).sum();
            prop_assert_eq!(accepted, weights.iter().filter(|w| w.1).count() as u64);
            prop_assert!(binned.counts.len() <= 45);
            let high = binned.high();
            prop_assert!(weights.iter().all(|w| binned.low <= w.0 && w.0 <= high));
        }
    }
}
