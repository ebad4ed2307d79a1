//! How often unrelated records agree: u, from the frequencies of values, without sampling
//! pairs.
//!
//! For names the chance of each level is Σ p(a)·q(b) over all pairs of distinct values at
//! that level, p and q the frequencies on both sides; [`Neighbours`] lists the pairs. The
//! inner sum alone, Σ q(b), is the chance that a random record of the register agrees with
//! the very value `a`: what makes a rare surname weigh more than a common one, at fuzzy
//! levels too.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::LEVELS;
use crate::compare::{
    CERTIFICATE_NEIGHBOURHOOD, Comparator, Comparison, Neighbours, Packed, Side, date, level,
};
use crate::normalize::{Document, DocumentKind, PartialDate, Sex};

/// Probabilities by comparison and level; level 0 is unused.
pub type Levels = [[f64; LEVELS]; Comparison::COUNT];

/// Two names in each other's place by chance: too rare to count, so set.
const SWAPPED_CHANCE: f64 = 1e-6;
/// The least chance of a level that can occur at all.
const LEAST_CHANCE: f64 = 1e-9;
/// Left identifiers whose slips are counted; chosen by content, not by position.
const SLIP_SAMPLE: usize = 50_000;

/// Chances of agreement between two sides.
#[derive(Debug)]
pub struct Frequencies {
    /// u by comparison and level.
    pub u: Levels,
    /// By left code: how many right records agree at each level, as a chance.
    pub surname: Vec<[f32; LEVELS]>,
    /// As [`Self::surname`].
    pub given_name: Vec<[f32; LEVELS]>,
    /// As [`Self::surname`].
    pub patronymic: Vec<[f32; LEVELS]>,
    /// As [`Self::surname`].
    pub birth_date: Vec<[f32; LEVELS]>,
    /// As [`Self::surname`].
    pub region: Vec<[f32; LEVELS]>,
    /// As [`Self::surname`].
    pub school: Vec<[f32; LEVELS]>,
    /// Identifiers that more than one right record bears, with their number.
    shared: [FxHashMap<u64, u32>; 4],
    /// Right records that bear each identifier at all.
    bearers: [u64; 4],
    /// Share of the right records in which each comparison's value is filled in.
    pub filled: [f64; Comparison::COUNT],
}

/// Neighbours of the names and dates of a comparator: the same for every register.
#[derive(Debug)]
pub struct Similar {
    surnames: Neighbours,
    given_names: Neighbours,
    patronymics: Neighbours,
    dates: Vec<Vec<(u32, u8)>>,
}

impl Similar {
    /// Finds the neighbours of every distinct name and date.
    #[must_use]
    pub fn new(comparator: &Comparator) -> Self {
        Self {
            surnames: comparator.surnames.neighbours(),
            given_names: comparator.given_names.neighbours(),
            patronymics: comparator.patronymics.neighbours(),
            dates: date_neighbours(comparator),
        }
    }
}

/// Identifiers with a number of their own, in the order of `shared` and `bearers`.
const IDENTIFIERS: [Comparison; 4] =
    [Comparison::Certificate, Comparison::Document, Comparison::Unzr, Comparison::Rnokpp];

impl Frequencies {
    /// Counts the values of both sides.
    #[must_use]
    pub fn new(comparator: &Comparator, similar: &Similar, left: &Side, right: &Side) -> Self {
        let mut u = [[0.0; LEVELS]; Comparison::COUNT];
        let mut field = |comparison: Comparison, value: fn(&Packed) -> u32, sum: &Sum<'_>| {
            let (left, right) = (count(left, value), count(right, value));
            let (chances, by_level) = chances(&left, &right, sum);
            u[comparison as usize] = complete(comparison, by_level);
            chances
        };
        let surname = field(
            Comparison::Surname,
            |r| r.surname,
            &Sum::Names(&similar.surnames, &|code| comparator.surnames.is_initial(code)),
        );
        let given_name = field(
            Comparison::GivenName,
            |r| r.given_name,
            &Sum::Names(&similar.given_names, &|code| comparator.given_names.is_initial(code)),
        );
        let patronymic = field(
            Comparison::Patronymic,
            |r| r.patronymic,
            &Sum::Names(&similar.patronymics, &|code| comparator.patronymics.is_initial(code)),
        );
        let birth_date = field(
            Comparison::BirthDate,
            |r| r.birth_date,
            &Sum::Dates(&similar.dates, &|code| comparator.dates.date(code)),
        );
        let region = field(Comparison::Region, |r| r.region, &Sum::Equal);
        let school = field(Comparison::School, |r| r.school, &Sum::Equal);
        field(Comparison::Sex, |r| sex_code(r.sex), &Sum::Equal);

        let mut shared: [FxHashMap<u64, u32>; 4] = std::array::from_fn(|_| FxHashMap::default());
        let mut bearers = [0; 4];
        for (i, comparison) in IDENTIFIERS.into_iter().enumerate() {
            let counts = identifier_counts(comparison, right);
            bearers[i] = counts.values().map(|&n| u64::from(n)).sum();
            u[comparison as usize] =
                complete(comparison, identifier_chances(comparison, left, &counts, bearers[i]));
            shared[i] = counts;
            shared[i].retain(|_, n| *n > 1);
        }
        let filled = std::array::from_fn(|i| {
            let comparison = Comparison::ALL[i];
            let filled = right.packed.par_iter().filter(|r| is_filled(comparison, r)).count();
            filled as f64 / right.len().max(1) as f64
        });
        Self {
            u,
            surname,
            given_name,
            patronymic,
            birth_date,
            region,
            school,
            shared,
            bearers,
            filled,
        }
    }

    /// The chance that a random right record agrees with this left record at `level`.
    #[must_use]
    pub fn chance(&self, comparison: Comparison, left: &Packed, at: u8) -> f64 {
        let average = self.u[comparison as usize][usize::from(at)];
        let (table, code) = match comparison {
            Comparison::Surname => (&self.surname, left.surname),
            Comparison::GivenName => (&self.given_name, left.given_name),
            Comparison::Patronymic => (&self.patronymic, left.patronymic),
            Comparison::BirthDate => (&self.birth_date, left.birth_date),
            Comparison::Region => (&self.region, left.region),
            Comparison::School => (&self.school, left.school),
            Comparison::Sex => return average,
            Comparison::Certificate
            | Comparison::Document
            | Comparison::Unzr
            | Comparison::Rnokpp => {
                return if at == level::EXACT {
                    self.identifier_chance(comparison, left)
                } else {
                    average
                };
            }
        };
        match table.get(code as usize).map(|levels| f64::from(levels[usize::from(at)])) {
            Some(chance) if chance > 0.0 => chance,
            _ => average,
        }
    }

    /// An identifier that many records bear is a default value, and proves little.
    fn identifier_chance(&self, comparison: Comparison, left: &Packed) -> f64 {
        let i = IDENTIFIERS.iter().position(|&c| c == comparison).unwrap_or_default();
        let bearers = self.shared[i].get(&identifier(comparison, left)).copied().unwrap_or(1);
        (f64::from(bearers) + 1.0) / (self.bearers[i] as f64 + 1.0)
    }
}

/// Which values agree with which, and how.
enum Sum<'a> {
    /// Only with themselves.
    Equal,
    /// As the neighbours say; initials not even exactly with themselves.
    Names(&'a Neighbours, &'a (dyn Fn(u32) -> bool + Sync)),
    /// As the neighbours say, and within a year.
    Dates(&'a [Vec<(u32, u8)>], &'a (dyn Fn(u32) -> PartialDate + Sync)),
}

/// Records by code.
fn count(side: &Side, value: fn(&Packed) -> u32) -> Vec<u64> {
    let largest = side.packed.iter().map(value).max().unwrap_or(0);
    let mut counts = vec![0; largest as usize + 1];
    for record in &side.packed {
        counts[value(record) as usize] += 1;
    }
    counts
}

/// For each left code the chance of each level, and the average over left records.
fn chances(left: &[u64], right: &[u64], sum: &Sum<'_>) -> (Vec<[f32; LEVELS]>, [f64; LEVELS]) {
    let on_right = |code: u32| right.get(code as usize).copied().unwrap_or(0);
    let total_left: u64 = left.iter().skip(1).sum();
    let total_right: u64 = right.iter().skip(1).sum();
    let mut by_year = FxHashMap::<u16, u64>::default();
    if let Sum::Dates(_, date) = sum {
        for (&n, code) in right.iter().zip(0_u32..).skip(1) {
            if date(code).is_full() {
                *by_year.entry(date(code).year).or_default() += n;
            }
        }
    }
    let counts: Vec<[u64; LEVELS]> = left
        .par_iter()
        .enumerate()
        .map(|(code, &n)| {
            let mut levels = [0; LEVELS];
            if n == 0 || code == 0 {
                return levels;
            }
            // Codes are 32 bits.
            #[allow(clippy::cast_possible_truncation)]
            let code = code as u32;
            match sum {
                Sum::Equal => levels[usize::from(level::EXACT)] = on_right(code),
                Sum::Names(neighbours, is_initial) => {
                    if !is_initial(code) {
                        levels[usize::from(level::EXACT)] = on_right(code);
                    }
                    for &(other, at) in neighbours.of(code) {
                        levels[usize::from(at)] += on_right(other);
                    }
                }
                Sum::Dates(neighbours, date) => {
                    let year = date(code).year;
                    let mut same_year = 0;
                    for &(other, at) in &neighbours[code as usize] {
                        levels[usize::from(at)] += on_right(other);
                        if date(other).is_full() && date(other).year == year {
                            same_year += on_right(other);
                        }
                    }
                    if date(code).is_full() {
                        levels[usize::from(date::YEAR)] =
                            by_year.get(&year).copied().unwrap_or(0).saturating_sub(same_year);
                    }
                }
            }
            levels
        })
        .collect();

    let mut average = [0.0; LEVELS];
    let mut table = vec![[0.0_f32; LEVELS]; counts.len()];
    for ((levels, &n), row) in counts.iter().zip(left).zip(&mut table).skip(1) {
        if n == 0 {
            continue;
        }
        for (at, &agreeing) in levels.iter().enumerate().skip(1) {
            let share = n as f64 / total_left as f64;
            average[at] += share * agreeing as f64 / total_right.max(1) as f64;
            // One more than was seen: the next register will hold a rare name once more.
            #[allow(clippy::cast_possible_truncation)]
            let chance = ((agreeing + 1) as f64 / (total_right + 1) as f64) as f32;
            // 0 stands for levels that no neighbour has: the average serves there.
            row[at] = if agreeing == 0 && at != usize::from(level::EXACT) { 0.0 } else { chance };
        }
    }
    (table, average)
}

/// Fills in what was not summed: the swap levels, the least chances, and disagreement as
/// all the rest.
fn complete(comparison: Comparison, mut levels: [f64; LEVELS]) -> [f64; LEVELS] {
    let different = comparison.levels().len();
    match comparison {
        Comparison::Surname => levels[usize::from(level::SURNAME_SWAPPED)] = SWAPPED_CHANCE,
        Comparison::GivenName => levels[usize::from(level::GIVEN_SWAPPED)] = SWAPPED_CHANCE,
        _ => {}
    }
    for chance in &mut levels[1..different] {
        *chance = chance.max(LEAST_CHANCE);
    }
    let agreeing: f64 = levels[1..different].iter().sum();
    levels[different] = (1.0 - agreeing).max(0.001);
    levels
}

fn sex_code(sex: Sex) -> u32 {
    sex as u32
}

fn is_filled(comparison: Comparison, record: &Packed) -> bool {
    match comparison {
        Comparison::Surname => record.surname != 0,
        Comparison::GivenName => record.given_name != 0,
        Comparison::Patronymic => record.patronymic != 0,
        Comparison::BirthDate => record.birth_date != 0,
        Comparison::Sex => record.sex != Sex::Missing,
        Comparison::Region => record.region != 0,
        Comparison::School => record.school != 0,
        _ => identifier(comparison, record) != 0,
    }
}

/// An identifier as one number; 0 where it is missing.
fn identifier(comparison: Comparison, record: &Packed) -> u64 {
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

fn identifier_counts(comparison: Comparison, side: &Side) -> FxHashMap<u64, u32> {
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
fn identifier_chances(
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

/// For each date the dates that agree with it better than by the year alone, itself
/// included.
fn date_neighbours(comparator: &Comparator) -> Vec<Vec<(u32, u8)>> {
    // Distinct dates are a few thousand: codes fit 32 bits, and so do all pairs in a second.
    #[allow(clippy::cast_possible_truncation)]
    let codes = comparator.dates.len() as u32;
    (0..codes)
        .into_par_iter()
        .map(|a| {
            (1..codes)
                .filter(|_| a != 0)
                .map(|b| (b, comparator.dates.level(a, b)))
                .filter(|&(_, at)| at < date::YEAR)
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::compare::{Dates, MISSING, one_digit_slip};
    use crate::normalize::{Letters, Lexicon, Name};

    fn comparator() -> Comparator {
        let mut names = vec![Name::default()];
        // Some one edit apart, two with the same fold.
        for (i, word) in ["abcd", "abce", "xyzw", "qqqq"].into_iter().enumerate() {
            let letters: Vec<u8> = word.bytes().map(|b| b - b'a').collect();
            names.push(Name {
                letters: Letters::new(&letters),
                skeleton: Letters::new(&letters),
                fold: [1, 2, 3, 1][i],
                sound: i as u64 + 1,
                ..Name::default()
            });
        }
        let lexicon = Lexicon {
            surnames: names.clone(),
            given_names: names.clone(),
            patronymics: names,
            labels: Vec::new(),
        };
        let dates = (1..29)
            .flat_map(|day| [(2012, 1, day), (2011, 1, day), (2012, day.min(12), 1)])
            .map(|(year, month, day)| PartialDate { year, month, day })
            .chain([PartialDate { year: 2012, month: 0, day: 0 }]);
        Comparator::new(&lexicon, Dates::new(dates))
    }

    fn record(dates: u32) -> impl Strategy<Value = Packed> {
        (0_u32..5, 0_u32..5, 0..dates, 0_u32..3, 0_u64..40).prop_map(
            |(surname, given_name, birth_date, region, number)| Packed {
                surname,
                given_name,
                birth_date,
                region,
                sex: if region == 0 { Sex::Missing } else { Sex::Male },
                rnokpp: number,
                ..Packed::default()
            },
        )
    }

    fn side(packed: Vec<Packed>) -> Side {
        let content = (0..packed.len() as u64).collect();
        Side { packed, content, ..Side::default() }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn u_is_the_share_of_pairs_at_the_level(
            left in proptest::collection::vec(record(60), 1..25),
            right in proptest::collection::vec(record(60), 1..25),
        ) {
            let comparator = comparator();
            let similar = Similar::new(&comparator);
            let (left, right) = (side(left), side(right));
            let frequencies = Frequencies::new(&comparator, &similar, &left, &right);
            for comparison in [
                Comparison::Surname,
                Comparison::BirthDate,
                Comparison::Region,
                Comparison::Sex,
                Comparison::Rnokpp,
            ] {
                let mut counts = [0_u32; LEVELS];
                for a in &left.packed {
                    for b in &right.packed {
                        // Levels alone: no swap, which depends on a second field.
                        let (mut a, mut b) = (*a, *b);
                        (a.given_name, b.given_name) = (0, 0);
                        let at = comparator.pattern(&a, &b).level(comparison);
                        counts[usize::from(at)] += 1;
                    }
                }
                let compared: u32 = counts[1..].iter().sum();
                if compared == 0 {
                    continue;
                }
                for (at, &n) in counts.iter().enumerate().take(comparison.levels().len()).skip(1) {
                    let naive = f64::from(n) / f64::from(compared);
                    let u = frequencies.u[comparison as usize][at];
                    prop_assert!(
                        (u - naive).abs() < 2e-6,
                        "{comparison:?} {at}: {u} for {naive}"
                    );
                }
            }
        }
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
        let comparator = comparator();
        let similar = Similar::new(&comparator);
        let bearing = |number| Packed { rnokpp: number, ..Packed::default() };
        let mut records = vec![bearing(7); 50];
        records.extend((100..150).map(bearing));
        let right = side(records);
        let left = side(vec![bearing(7), bearing(101)]);
        let frequencies = Frequencies::new(&comparator, &similar, &left, &right);
        let chance =
            |i: usize| frequencies.chance(Comparison::Rnokpp, &left.packed[i], level::EXACT);
        assert!(chance(0) > 0.5);
        assert!(chance(1) < 0.02);
        assert!((frequencies.filled[Comparison::Rnokpp as usize] - 1.0).abs() < 1e-12);
        assert_eq!(
            comparator.pattern(&left.packed[0], &right.packed[0]).level(Comparison::Sex),
            MISSING
        );
    }
}
