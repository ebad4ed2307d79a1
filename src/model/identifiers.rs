//! How often unrelated records bear the same identifier, a slip of it, or its neighbour.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::LEVELS;
use crate::compare::{
    CERTIFICATE_NEIGHBOURHOOD, Comparator, Comparison, Packed, Side, certificate,
    certificate_level, certificate_slips, level,
};
use crate::normalize::{Document, DocumentKind};

/// Left identifiers whose slips are counted; chosen by content, not by position.
const SLIP_SAMPLE: usize = 20_000;

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
    pub(super) fn new(
        comparison: Comparison,
        comparator: &Comparator,
        left: &Side,
        right: &Side,
    ) -> (Self, [f64; LEVELS]) {
        let mut shared = counts(comparison, comparator, right);
        let total: u64 = shared.values().map(|&n| u64::from(n)).sum();
        let once = shared.values().filter(|&&n| n == 1).count() as u64;
        let on_left = left
            .packed
            .iter()
            .filter(|record| identifiers(comparison, comparator, record).next().is_some())
            .count() as u64;
        let chosen = chosen(comparison, comparator, left);
        let mut levels = if comparison == Comparison::Certificate {
            certificate_chances(&chosen, &shared, total)
        } else {
            chances(comparison, &chosen, &shared, total)
        };
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

    /// The chance that a random right record bears an identifier of `left`, though it is
    /// another child's. One that many records bear is a default value, and proves little; a
    /// child of several may meet with each.
    pub(super) fn chance(
        &self,
        comparison: Comparison,
        comparator: &Comparator,
        left: &Packed,
    ) -> f64 {
        identifiers(comparison, comparator, left)
            .map(|identifier| match self.shared.get(&identifier) {
                Some(&bearers) => (f64::from(bearers - 1) / self.total as f64).max(self.lone),
                None => self.lone,
            })
            .sum::<f64>()
            .max(self.lone)
    }
}

/// Chances that hold however few records a register has: what the digits alone allow.
///
/// A certificate has 10⁶ numbers and 27 series, the commonest of which has a tenth of the
/// births; 59 numbers are one slip away, 6 are neighbours. РНОКПП and УНЗР spend their
/// leading digits on the birth date, so slips meet only among children of nearby days.
fn floors(comparison: Comparison) -> [f64; LEVELS] {
    match comparison {
        // Exact, roman, letters, digits, slip, digit, neighbour.
        Comparison::Certificate => floor(&[1e-7, 1e-7, 5e-7, 1e-6, 2e-6, 4e-6, 6e-7]),
        Comparison::Document => floor(&[1e-7, 5e-6]),
        _ => floor(&[1e-8, 1e-6]),
    }
}

fn floor(levels: &[f64]) -> [f64; LEVELS] {
    let mut floors = [0.0; LEVELS];
    floors[1..=levels.len()].copy_from_slice(levels);
    floors
}

/// The identifiers of a record, each as one number.
pub(super) fn identifiers<'a>(
    comparison: Comparison,
    comparator: &'a Comparator,
    record: &'a Packed,
) -> impl Iterator<Item = u64> + 'a {
    let (certificates, documents, number) = match comparison {
        Comparison::Certificate => (Some(comparator.certificates(record)), None, 0),
        Comparison::Document => (None, Some(comparator.documents(record)), 0),
        Comparison::Unzr => (None, None, record.unzr),
        Comparison::Rnokpp => (None, None, record.rnokpp),
        _ => (None, None, 0),
    };
    let certificates = certificates.into_iter().flatten();
    let certificates = certificates.filter(|d| d.kind == DocumentKind::BirthCertificate);
    let documents = certificates.chain(documents.into_iter().flatten()).map(as_number);
    documents.chain(std::iter::once(number)).filter(|&number| number != 0)
}

/// A document as one number, the Roman part left out; 0 where it is missing.
fn as_number(document: Document) -> u64 {
    let letters = u64::from(u16::from_le_bytes(document.letters));
    (document.kind as u64) << 48 | letters << 32 | u64::from(document.number)
}

/// The letters and the number of a certificate of [`as_number`].
const fn letters_and_number(key: u64) -> ([u8; 2], u32) {
    let bytes = key.to_le_bytes();
    ([bytes[4], bytes[5]], u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

fn counts(comparison: Comparison, comparator: &Comparator, side: &Side) -> FxHashMap<u64, u32> {
    let mut counts = FxHashMap::default();
    for record in &side.packed {
        for number in identifiers(comparison, comparator, record) {
            *counts.entry(number).or_default() += 1;
        }
    }
    counts
}

/// Identifiers of left records whose chances are counted, in the order of their content.
fn chosen(comparison: Comparison, comparator: &Comparator, left: &Side) -> Vec<u64> {
    let mut chosen: Vec<(u64, u64)> = left
        .packed
        .iter()
        .zip(&left.content)
        .flat_map(|(record, &content)| {
            identifiers(comparison, comparator, record).map(move |number| (content, number))
        })
        .collect();
    chosen.sort_unstable();
    chosen.truncate(SLIP_SAMPLE);
    chosen.into_iter().map(|(_, number)| number).collect()
}

/// Chances of the levels of certificates, by counting the right ones that bear the number of
/// a left one, a slip of it, or a neighbour.
fn certificate_chances(
    chosen: &[u64],
    counts: &FxHashMap<u64, u32>,
    bearers: u64,
) -> [f64; LEVELS] {
    let mut by_number = FxHashMap::<u32, Vec<([u8; 2], u64)>>::default();
    // Integer sums do not depend on the order of the table.
    #[allow(clippy::iter_over_hash_type)]
    for (&key, &n) in counts {
        let (letters, number) = letters_and_number(key);
        by_number.entry(number).or_default().push((letters, n.into()));
    }
    let bearing = |number: u32| by_number.get(&number).map_or(&[][..], Vec::as_slice);
    let sums = chosen
        .par_iter()
        .map(|&key| {
            let mut levels = [0_u64; LEVELS];
            let (own, number) = letters_and_number(key);
            let certificate = |letters, number| Document {
                kind: DocumentKind::BirthCertificate,
                roman: 0,
                letters,
                number,
            };
            let mut meet = |other: u32| {
                for &(letters, n) in bearing(other) {
                    let level =
                        certificate_level(certificate(own, number), certificate(letters, other));
                    levels[usize::from(level)] += n;
                }
            };
            meet(number);
            for step in 1..=CERTIFICATE_NEIGHBOURHOOD {
                meet(number + step);
                if let Some(other) = number.checked_sub(step) {
                    meet(other);
                }
            }
            for (other, level) in certificate_slips(number) {
                for &(letters, n) in bearing(other) {
                    if own == letters || own == [0; 2] || letters == [0; 2] {
                        levels[usize::from(level)] += n;
                    }
                }
            }
            levels
        })
        .reduce(|| [0; LEVELS], |a, b| std::array::from_fn(|i| a[i] + b[i]));
    let pairs = (chosen.len() as u64 * bearers).max(1) as f64;
    let mut chances = sums.map(|sum| sum as f64 / pairs);
    // Disagreement is all the rest.
    chances[usize::from(certificate::DIFFERENT)] = 0.0;
    chances
}

/// Chances of the levels of other identifiers, by counting how many right records bear the
/// left one, or a slip of it.
fn chances(
    comparison: Comparison,
    chosen: &[u64],
    counts: &FxHashMap<u64, u32>,
    bearers: u64,
) -> [f64; LEVELS] {
    let on_right = |number: u64| u64::from(counts.get(&number).copied().unwrap_or(0));
    let digits = match comparison {
        Comparison::Unzr => 13,
        Comparison::Rnokpp => 10,
        _ => 6,
    };
    let [exact, slips] = chosen
        .par_iter()
        .map(|&key| {
            let (class, number) =
                if digits == 6 { (key & !0xFFFF_FFFF, key & 0xFFFF_FFFF) } else { (0, key) };
            let slips = slips(number, digits).map(|other| on_right(class | other)).sum();
            [on_right(key), slips]
        })
        .reduce(|| [0; 2], |a, b| std::array::from_fn(|i| a[i] + b[i]));
    let pairs = (chosen.len() as u64 * bearers).max(1) as f64;
    let mut levels = [0.0; LEVELS];
    levels[usize::from(level::EXACT)] = exact as f64 / pairs;
    levels[usize::from(level::IDENTIFIER_SLIP)] = slips as f64 / pairs;
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
    use crate::compare::{BirthDates, one_digit_slip};
    use crate::normalize::{Further, Lexicon};

    fn nothing() -> Comparator {
        Comparator::new(&Lexicon::default(), BirthDates::default())
    }

    #[test]
    fn every_certificate_of_a_record_is_counted() {
        let certificate = |letters, number| Document {
            kind: DocumentKind::BirthCertificate,
            roman: 1,
            letters,
            number,
        };
        let further = Further {
            certificates: vec![certificate([17, 11], 222_333), certificate([17, 11], 500_000)],
            ..Further::default()
        };
        let lexicon = Lexicon { further: vec![Further::default(), further], ..Lexicon::default() };
        let comparator = Comparator::new(&lexicon, BirthDates::default());
        let bearing = |certificate, further| Packed { certificate, further, ..Packed::default() };
        let side = |packed: Vec<Packed>| Side {
            content: (0..packed.len() as u64).collect(),
            packed,
            ..Side::default()
        };
        let left = side(vec![bearing(certificate([17, 11], 700_007), 1)]);
        // One of the three, its slip, its number in another series, a neighbour, a stranger.
        let right = side(vec![
            bearing(certificate([17, 11], 222_333), 0),
            bearing(certificate([17, 11], 222_393), 0),
            bearing(certificate([1, 12], 700_007), 0),
            bearing(certificate([17, 11], 500_001), 0),
            bearing(certificate([17, 11], 999_998), 0),
        ]);
        let (_, levels) = Bearers::new(Comparison::Certificate, &comparator, &left, &right);
        let pairs = 3.0 * 5.0;
        let share = |at: u8| levels[usize::from(at)] * pairs;
        assert!((share(certificate::EXACT) - 1.0).abs() < 1e-9);
        assert!((share(certificate::DIGITS) - 1.0).abs() < 1e-9);
        assert!((share(certificate::NEIGHBOUR) - 1.0).abs() < 1e-9);
        let slips = share(certificate::SLIP) + share(certificate::DIGIT);
        assert!((slips - 1.0).abs() < 1e-3, "{slips}");
    }

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
        let (bearers, levels) = Bearers::new(Comparison::Rnokpp, &nothing(), &left, &right);
        assert!(bearers.chance(Comparison::Rnokpp, &nothing(), &left.packed[0]) > 0.4);
        assert!(bearers.chance(Comparison::Rnokpp, &nothing(), &left.packed[1]) < 0.02);
        // Half of the left records meet half of the right ones, the other meets one.
        assert!((levels[1] - 51.0 / 200.0).abs() < 1e-12);
    }

    #[test]
    fn a_tiny_register_does_not_make_slips_impossible() {
        let bearing = |number| Packed { rnokpp: number, ..Packed::default() };
        let side = Side { packed: vec![bearing(1)], content: vec![1], ..Side::default() };
        let (_, levels) = Bearers::new(Comparison::Rnokpp, &nothing(), &side, &side);
        assert!(levels[2] >= 1e-6);
    }
}
