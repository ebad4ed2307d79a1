//! How often unrelated records bear the same identifier, a slip of it, or its neighbour.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::LEVELS;
use crate::compare::{CERTIFICATE_NEIGHBOURHOOD, Comparison, Packed, Side, level};
use crate::normalize::{Document, DocumentKind};

/// Left identifiers whose slips are counted; chosen by content, not by position.
const SLIP_SAMPLE: usize = 50_000;

/// Comparisons of identifiers.
pub(super) const IDENTIFIERS: [Comparison; 4] =
    [Comparison::Certificate, Comparison::Document, Comparison::Unzr, Comparison::Rnokpp];

/// Bearers of identifiers among the right records.
#[derive(Debug)]
pub(super) struct Bearers {
    /// Identifiers that more than one record bears, with their number.
    shared: FxHashMap<u64, u32>,
    /// Records that bear any.
    total: u64,
    /// The chance of an identifier that no other record bears.
    lone: f64,
}

impl Bearers {
    /// Counts the bearers of one kind of identifier, and gives the chances of its levels.
    pub(super) fn new(comparison: Comparison, left: &Side, right: &Side) -> (Self, [f64; LEVELS]) {
        let mut shared = counts(comparison, right);
        let total: u64 = shared.values().map(|&n| u64::from(n)).sum();
        let once = shared.values().filter(|&&n| n == 1).count() as u64;
        let on_left = left.packed.iter().filter(|r| identifier(comparison, r) != 0).count() as u64;
        let mut levels = chances(comparison, left, &shared, total);
        for (chance, floor) in levels.iter_mut().zip(floors(comparison)) {
            *chance = chance.max(floor);
        }
        shared.retain(|_, n| *n > 1);
        // Two records more than were seen share theirs with another: what is unique so far may
        // not stay so, the less surely the more that are not.
        let doubled = total.saturating_sub(once) as f64;
        let world = total.max(on_left) as f64;
        let lone = (doubled + 2.0) / (total as f64 + 2.0) / (world + 1.0);
        let lone = lone.max(floors(comparison)[usize::from(level::EXACT)]);
        (Self { shared, total, lone }, levels)
    }

    /// The chance that a random right record bears the very identifier of `left`, though it is
    /// another child's. One that many records bear is a default value, and proves little.
    pub(super) fn chance(&self, comparison: Comparison, left: &Packed) -> f64 {
        match self.shared.get(&identifier(comparison, left)) {
            Some(&bearers) => (f64::from(bearers - 1) / self.total as f64).max(self.lone),
            None => self.lone,
        }
    }
}

/// Chances that hold however few records a register has: what the digits alone allow.
///
/// A certificate has 10⁶ numbers and 27 series, the commonest of which has a tenth of the
/// births; 59 numbers are one slip away, 6 are neighbours. РНОКПП and УНЗР spend their
/// leading digits on the birth date, so slips meet only among children of nearby days.
fn floors(comparison: Comparison) -> [f64; LEVELS] {
    match comparison {
        Comparison::Certificate => [0.0, 1e-7, 1e-6, 6e-6, 6e-7, 0.0, 0.0, 0.0],
        Comparison::Document => [0.0, 1e-7, 5e-6, 0.0, 0.0, 0.0, 0.0, 0.0],
        _ => [0.0, 1e-8, 1e-6, 0.0, 0.0, 0.0, 0.0, 0.0],
    }
}

/// An identifier as one number; 0 where it is missing.
pub(super) fn identifier(comparison: Comparison, record: &Packed) -> u64 {
    let document = |d: Document| {
        let letters = u64::from(u16::from_le_bytes(d.letters));
        (d.kind as u64) << 48 | letters << 32 | u64::from(d.number)
    };
    match comparison {
        Comparison::Certificate if record.certificate.kind == DocumentKind::BirthCertificate => {
            document(record.certificate)
        }
        Comparison::Document => document(record.document),
        Comparison::Unzr => record.unzr,
        Comparison::Rnokpp => record.rnokpp,
        _ => 0,
    }
}

fn counts(comparison: Comparison, side: &Side) -> FxHashMap<u64, u32> {
    let mut counts = FxHashMap::default();
    for record in &side.packed {
        match identifier(comparison, record) {
            0 => {}
            number => *counts.entry(number).or_default() += 1,
        }
    }
    counts
}

/// Chances of the levels of an identifier, by counting how many right records bear the
/// left one, its slips and its neighbours.
fn chances(
    comparison: Comparison,
    left: &Side,
    counts: &FxHashMap<u64, u32>,
    bearers: u64,
) -> [f64; LEVELS] {
    let mut chosen: Vec<(u64, u64)> = left
        .packed
        .iter()
        .zip(&left.content)
        .map(|(record, &content)| (content, identifier(comparison, record)))
        .filter(|&(_, number)| number != 0)
        .collect();
    chosen.sort_unstable();
    chosen.truncate(SLIP_SAMPLE);
    let on_right = |number: u64| u64::from(counts.get(&number).copied().unwrap_or(0));
    let certificate = comparison == Comparison::Certificate;
    let mut by_number = FxHashMap::<u64, u64>::default();
    if certificate {
        // Integer sums do not depend on the order of the table.
        #[allow(clippy::iter_over_hash_type)]
        for (&key, &n) in counts {
            *by_number.entry(key & 0xFFFF_FFFF).or_default() += u64::from(n);
        }
    }
    let digits = match comparison {
        Comparison::Unzr => 13,
        Comparison::Rnokpp => 10,
        _ => 6,
    };
    let [exact, other_letters, slips, near] = chosen
        .par_iter()
        .map(|&(_, key)| {
            let (class, number) =
                if digits == 6 { (key & !0xFFFF_FFFF, key & 0xFFFF_FFFF) } else { (0, key) };
            let exact = on_right(key);
            let mut near = 0;
            if certificate {
                for step in 1..=u64::from(CERTIFICATE_NEIGHBOURHOOD) {
                    near += on_right(class | (number + step) & 0xFFFF_FFFF);
                    near += number.checked_sub(step).map_or(0, |n| on_right(class | n));
                }
            }
            let slips = slips(number, digits)
                .filter(|other| !certificate || other.abs_diff(number) > 3)
                .map(|other| on_right(class | other))
                .sum();
            let same_digits = by_number.get(&number).copied().unwrap_or(0);
            [exact, same_digits.saturating_sub(exact), slips, near]
        })
        .reduce(|| [0; 4], |a, b| std::array::from_fn(|i| a[i] + b[i]));
    let pairs = (chosen.len() as u64 * bearers).max(1) as f64;
    let mut levels = [0.0; LEVELS];
    levels[usize::from(level::EXACT)] = exact as f64 / pairs;
    if certificate {
        levels[usize::from(level::CERTIFICATE_DIGITS)] = other_letters as f64 / pairs;
        levels[usize::from(level::CERTIFICATE_SLIP)] = slips as f64 / pairs;
        levels[usize::from(level::CERTIFICATE_NEIGHBOUR)] = near as f64 / pairs;
    } else {
        levels[usize::from(level::IDENTIFIER_SLIP)] = slips as f64 / pairs;
    }
    levels
}

/// Numbers one slip away: one digit replaced, or two neighbours swapped.
fn slips(number: u64, digits: u32) -> impl Iterator<Item = u64> {
    let digit = move |place: u32| number / 10_u64.pow(place) % 10;
    let replaced = (0..digits).flat_map(move |place| {
        (0..10)
            .filter(move |&to| to != digit(place))
            .map(move |to| number - digit(place) * 10_u64.pow(place) + to * 10_u64.pow(place))
    });
    let swapped =
        (1..digits).filter(move |&place| digit(place) != digit(place - 1)).map(move |place| {
            let (high, low) = (digit(place), digit(place - 1));
            let unit = 10_u64.pow(place - 1);
            number - high * unit * 10 - low * unit + low * unit * 10 + high * unit
        });
    replaced.chain(swapped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::one_digit_slip;

    #[test]
    fn slips_are_all_numbers_one_slip_away() {
        let naive: Vec<u64> = (0..10_000).filter(|&n| one_digit_slip(1_224, n, 4)).collect();
        let mut found: Vec<u64> = slips(1_224, 4).collect();
        found.sort_unstable();
        assert_eq!(found, naive);
    }

    #[test]
    fn an_identifier_that_many_bear_proves_little() {
        let bearing = |number| Packed { rnokpp: number, ..Packed::default() };
        let side = |packed: Vec<Packed>| Side {
            content: (0..packed.len() as u64).collect(),
            packed,
            ..Side::default()
        };
        let mut records = vec![bearing(7); 50];
        records.extend((100..150).map(bearing));
        let (right, left) = (side(records), side(vec![bearing(7), bearing(101)]));
        let (bearers, levels) = Bearers::new(Comparison::Rnokpp, &left, &right);
        assert!(bearers.chance(Comparison::Rnokpp, &left.packed[0]) > 0.4);
        assert!(bearers.chance(Comparison::Rnokpp, &left.packed[1]) < 0.02);
        // Half of the left records meet half of the right ones, the other meets one.
        assert!((levels[1] - 51.0 / 200.0).abs() < 1e-12);
    }

    #[test]
    fn a_tiny_register_does_not_make_slips_impossible() {
        let bearing = |number| Packed { rnokpp: number, ..Packed::default() };
        let side = Side { packed: vec![bearing(1)], content: vec![1], ..Side::default() };
        let (_, levels) = Bearers::new(Comparison::Rnokpp, &side, &side);
        assert!(levels[2] >= 1e-6);
    }
}
