//! Numbers of documents: control digits, and issuing without collisions.
//!
//! Blocks of families are made in parallel and know nothing of each other, yet a
//! number must be issued once. So the positions of every number range are shared out
//! among the blocks beforehand, and scattered by an affine map `x·stride + offset mod
//! modulus` (a bijection where stride and modulus are coprime), lest neighbours in the
//! block be neighbours in the range. Twins alone get consecutive numbers.

use std::collections::BTreeMap;

use super::days::{Day, civil};
use super::tables::REGIONS;

/// Sex of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sex {
    Male,
    Female,
}

/// Series and number of a birth certificate, as issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Certificate {
    /// Generation of the blank, 1 for І.
    pub(super) roman: u8,
    /// Index into [`REGIONS`].
    pub(super) region: usize,
    /// Number on the blank, up to six digits.
    pub(super) number: u32,
}

impl Certificate {
    /// The two letters of the series.
    pub(super) fn letters(self) -> &'static str {
        REGIONS.get(self.region).map_or("", |region| region.letters)
    }

    /// The number as printed.
    pub(super) fn digits(self) -> String {
        format!("{:06}", self.number)
    }
}

/// The control digit of an УНЗР over its first twelve digits: ICAO 9303, weights 7, 3, 1.
pub(super) fn unzr_control(digits: u64) -> u64 {
    let mut rest = digits;
    let mut sum = 0;
    for place in (0..12).rev() {
        sum += rest % 10 * [7, 3, 1][place % 3];
        rest /= 10;
    }
    sum % 10
}

/// The control digit of a РНОКПП over its first nine digits.
pub(super) fn rnokpp_control(digits: u64) -> u64 {
    const WEIGHTS: [i64; 9] = [-1, 5, 7, 9, 4, 6, 10, 5, 7];
    let mut rest = digits;
    let mut sum = 0_i64;
    for weight in WEIGHTS.into_iter().rev() {
        sum += i64::try_from(rest % 10).unwrap_or(0) * weight;
        rest /= 10;
    }
    u64::try_from(sum.rem_euclid(11) % 10).unwrap_or(0)
}

/// A ЄДРПОУ code: `base` (seven digits) and its control digit.
pub(super) fn edrpou(base: u64) -> String {
    let shifted = (3_000_000..6_000_000).contains(&base);
    let sum = |plus: u64| -> u64 {
        let mut rest = base;
        (0..7_u64).rev().fold(0, |sum, place| {
            let weight = if !shifted {
                place + 1
            } else if place == 0 {
                7
            } else {
                place
            };
            let digit = rest % 10;
            rest /= 10;
            sum + digit * (weight + plus)
        }) % 11
    };
    let control = match sum(0) {
        10 => sum(2) % 10,
        first => first,
    };
    format!("{base:07}{control}")
}

/// A range of numbers that is issued once over all blocks.
struct Range {
    modulus: u64,
    stride: u64,
}

/// Pairs of consecutive certificate numbers: 1-2, 3-4, … (a prime count of them).
const CERTIFICATE_PAIRS: Range = Range { modulus: 499_979, stride: 193_939 };
/// Codes 0001-9999 of one birth date.
const UNZR_CODES: Range = Range { modulus: 9_999, stride: 3_571 };
/// Serials of one birth date and sex: three digits, and five digits of the right parity.
const RNOKPP_SERIALS: Range = Range { modulus: 5_000, stride: 1_667 };
/// Travel passports: a hundred series of a million.
const PASSPORTS: Range = Range { modulus: 99_999_989, stride: 61_803_399 };
/// Identity cards: nine digits.
const CARDS: Range = Range { modulus: 999_999_937, stride: 618_033_989 };
/// Identifiers of rows: ten digits.
const ROW_IDS: Range = Range { modulus: 9_999_999_967, stride: 6_180_339_887 };

impl Range {
    /// The number at `position`, shifted by `offset`.
    fn at(&self, position: u64, offset: u64) -> u64 {
        let wide = u128::from(position) * u128::from(self.stride) + u128::from(offset);
        u64::try_from(wide % u128::from(self.modulus)).unwrap_or(0)
    }
}

/// Issues the numbers of one block.
pub(super) struct Issuer {
    block: u64,
    blocks: u64,
    seed: u64,
    certificates: BTreeMap<(u8, usize), u64>,
    unzr: BTreeMap<Day, u64>,
    rnokpp: BTreeMap<(Day, Sex), u64>,
    passports: u64,
    cards: u64,
    rows: u64,
}

impl Issuer {
    /// The issuer of block `block` of `blocks`.
    pub(super) fn new(seed: u64, block: u64, blocks: u64) -> Self {
        Self {
            block,
            blocks: blocks.max(1),
            seed,
            certificates: BTreeMap::new(),
            unzr: BTreeMap::new(),
            rnokpp: BTreeMap::new(),
            passports: 0,
            cards: 0,
            rows: 0,
        }
    }

    /// The next position of this block in `range`; `None` where its share is used up.
    fn position(block: u64, blocks: u64, range: &Range, used: &mut u64) -> Option<u64> {
        let share = range.modulus / blocks;
        let next = *used;
        *used += 1;
        (next < share).then(|| block * share + next)
    }

    /// A certificate and its consecutive neighbour, of generation `roman` or, where the
    /// region's blanks of that generation are used up, of a later one.
    pub(super) fn certificates(&mut self, region: usize, roman: u8) -> [Certificate; 2] {
        let (block, blocks) = (self.block, self.blocks);
        let (roman, position) = (roman..=20)
            .find_map(|roman| {
                let used = self.certificates.entry((roman, region)).or_default();
                Some((roman, Self::position(block, blocks, &CERTIFICATE_PAIRS, used)?))
            })
            .unwrap_or((roman, block));
        let offset = self.seed % 1_000_003 + region as u64 * 7_919 + u64::from(roman) * 104_729;
        let pair = CERTIFICATE_PAIRS.at(position, offset);
        let first = u32::try_from(pair * 2 + 1).unwrap_or(1);
        [first, first + 1].map(|number| Certificate { roman, region, number })
    }

    /// An УНЗР of thirteen digits for somebody born on `birth`; `None` where the codes
    /// of that day are used up.
    pub(super) fn unzr(&mut self, birth: Day) -> Option<u64> {
        let used = self.unzr.entry(birth).or_default();
        let position = Self::position(self.block, self.blocks, &UNZR_CODES, used)?;
        let offset = self.seed % 9_973 + u64::from(birth.unsigned_abs()) * 31;
        let date = civil(birth);
        let day = u64::try_from(
            i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day()),
        )
        .unwrap_or(0);
        let digits = day * 10_000 + UNZR_CODES.at(position, offset) + 1;
        Some(digits * 10 + unzr_control(digits))
    }

    /// A РНОКПП of ten digits; `None` where the serials of that day are used up.
    pub(super) fn rnokpp(&mut self, birth: Day, sex: Sex) -> Option<u64> {
        // Day 1 is 1 January 1900.
        const BEFORE_1970: i32 = 25_568;
        let used = self.rnokpp.entry((birth, sex)).or_default();
        let position = Self::position(self.block, self.blocks, &RNOKPP_SERIALS, used)?;
        let offset = self.seed % 4_999 + u64::from(birth.unsigned_abs()) * 17;
        let serial = RNOKPP_SERIALS.at(position, offset);
        let parity = u64::from(sex == Sex::Male);
        let digits = u64::from(birth.saturating_add(BEFORE_1970).unsigned_abs()) * 10_000
            + serial / 5 * 10
            + serial % 5 * 2
            + parity;
        Some(digits * 10 + rnokpp_control(digits))
    }

    /// A passport for travel abroad: two Latin letters and six digits.
    pub(super) fn passport(&mut self) -> String {
        let position =
            Self::position(self.block, self.blocks, &PASSPORTS, &mut self.passports).unwrap_or(0);
        let number = PASSPORTS.at(position, self.seed % 1_000_003);
        let series = number / 1_000_000;
        let letter = |n: u64| char::from(b"ABCEHKMTPX"[usize::try_from(n % 10).unwrap_or(0)]);
        format!("{}{}{:06}", letter(series / 10), letter(series), number % 1_000_000)
    }

    /// An identity card: nine digits.
    pub(super) fn card(&mut self) -> String {
        let position =
            Self::position(self.block, self.blocks, &CARDS, &mut self.cards).unwrap_or(0);
        format!("{:09}", CARDS.at(position, self.seed % 1_000_003))
    }

    /// An identifier of a row: ten digits, which no other row of any source bears.
    pub(super) fn row(&mut self) -> u64 {
        let position =
            Self::position(self.block, self.blocks, &ROW_IDS, &mut self.rows).unwrap_or(0);
        ROW_IDS.at(position, self.seed % 1_000_003)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::synth::days::day;

    #[test]
    fn control_digits_of_worked_examples() {
        assert_eq!(unzr_control(199_108_240_002), 6);
        assert_eq!(unzr_control(201_803_120_123), 3);
        assert_eq!(unzr_control(201_005_039_023), 7);
        assert_eq!(rnokpp_control(175_901_377), 6);
        assert_eq!(rnokpp_control(417_090_123), 6);
        assert_eq!(rnokpp_control(456_569_999), 0); // remainder 10
        assert_eq!(edrpou(3_285_596), "32855961");
        assert_eq!(edrpou(214_734), "02147345");
        assert_eq!(edrpou(1_348), "00013480");
    }

    #[test]
    fn strides_visit_every_number() {
        fn gcd(a: u64, b: u64) -> u64 {
            if b == 0 { a } else { gcd(b, a % b) }
        }
        for range in [CERTIFICATE_PAIRS, UNZR_CODES, RNOKPP_SERIALS, PASSPORTS, CARDS, ROW_IDS] {
            assert_eq!(gcd(range.modulus, range.stride), 1);
        }
    }

    #[test]
    fn no_number_is_issued_twice() {
        let birth = day(2014, 3, 12);
        let mut seen = BTreeSet::new();
        let mut issued = 0;
        for block in 0..50 {
            let mut issuer = Issuer::new(9, block, 50);
            for _ in 0..60 {
                for certificate in issuer.certificates(3, 1) {
                    seen.insert(format!("{certificate:?}"));
                    issued += 1;
                }
                let rnokpp = issuer.rnokpp(birth, Sex::Male).unwrap();
                assert!(rnokpp.to_string().starts_with("41709"));
                seen.insert(rnokpp.to_string());
                seen.insert(format!("{:?}", issuer.unzr(birth).unwrap()));
                seen.insert(issuer.passport());
                seen.insert(issuer.card());
                seen.insert(format!("row {}", issuer.row()));
                issued += 5;
            }
        }
        assert_eq!(seen.len(), issued);
    }

    #[test]
    fn used_up_blanks_move_on_to_the_next_generation() {
        let mut issuer = Issuer::new(9, 0, 499_979);
        assert_eq!(issuer.certificates(0, 1)[0].roman, 1);
        assert_eq!(issuer.certificates(0, 1)[0].roman, 2);
        assert_eq!(issuer.unzr(0), None);
    }
}
