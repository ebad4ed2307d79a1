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

use super::identifiers::{Bearers, IDENTIFIERS, identifiers};
use super::{Family, LEVELS};
use crate::compare::{
    BirthDates, Comparator, Comparison, NameTable, Neighbours, Packed, Side, Similar, certificate,
    date, level,
};

/// Probabilities by comparison and level; level 0 is unused.
pub type Levels = [[f64; LEVELS]; Comparison::COUNT];

/// Two names in each other's place by chance: too rare to count, so set.
const SWAPPED_CHANCE: f64 = 1e-6;
/// The least chance of a level that can occur at all.
const LEAST_CHANCE: f64 = 1e-9;

/// Chances of agreement between two sides.
#[derive(Debug)]
pub struct Frequencies {
    /// u by comparison and level.
    pub u: Levels,
    /// By comparison and left code: the chance of each level; empty where values are not told
    /// apart. 0 stands for the average.
    by_value: [Vec<[f32; LEVELS]>; Comparison::COUNT],
    /// Bearers of identifiers, in the order of [`IDENTIFIERS`].
    bearers: Vec<Bearers>,
    /// Share of the right records in which each comparison's value is filled in.
    pub filled: [f64; Comparison::COUNT],
}

/// The comparisons of interned values.
const VALUES: [Comparison; 7] = [
    Comparison::Surname,
    Comparison::GivenName,
    Comparison::Patronymic,
    Comparison::BirthDate,
    Comparison::Region,
    Comparison::School,
    Comparison::Sex,
];

/// How common values are in the whole world of the job: every source together.
///
/// A register of a dozen records cannot say how common a name is; all sources can.
#[derive(Debug)]
pub struct Reference {
    /// Records of the population by code, in the order of [`VALUES`].
    left: Vec<Vec<u64>>,
    /// By left code: records of the world at each level.
    agreeing: Vec<Vec<[u64; LEVELS]>>,
    /// Records of the world that have a value.
    totals: Vec<u64>,
    /// How many relatives a child has; as expected until children are known and counted.
    pub family: Family,
}

impl Reference {
    /// Counts the values of `sides` that agree with those of `left`.
    #[must_use]
    pub fn new(comparator: &Comparator, similar: &Similar, left: &Side, sides: &[&Side]) -> Self {
        let mut reference = Self {
            left: Vec::new(),
            agreeing: Vec::new(),
            totals: Vec::new(),
            family: Family::expected(),
        };
        for comparison in VALUES {
            let value = value_of(comparison);
            let on_left = count([left], value);
            let world = count(sides.iter().copied(), value);
            let sum = Sum::new(comparison, comparator, similar);
            reference.agreeing.push(agreeing(&on_left, &world, &sum));
            reference.totals.push(world.iter().skip(1).sum());
            reference.left.push(on_left);
        }
        reference
    }
}

/// Records that a register needs to speak for itself half and half with the world.
const OWN_VOICE: f64 = 2_000.0;

impl Frequencies {
    /// Counts the values of both sides; `reference` knows the left side and the world.
    #[must_use]
    pub fn new(
        comparator: &Comparator,
        similar: &Similar,
        reference: &Reference,
        left: &Side,
        right: &Side,
    ) -> Self {
        let mut u = [[0.0; LEVELS]; Comparison::COUNT];
        let mut by_value: [Vec<[f32; LEVELS]>; Comparison::COUNT] =
            std::array::from_fn(|_| Vec::new());
        let values: Vec<_> = VALUES
            .par_iter()
            .enumerate()
            .map(|(i, &comparison)| {
                let counts = count([right], value_of(comparison));
                let total: u64 = counts.iter().skip(1).sum();
                let sum = Sum::new(comparison, comparator, similar);
                let levels = agreeing(&reference.left[i], &counts, &sum);
                let own = Agreeing { levels: &levels, total };
                let (levels, total) = (&reference.agreeing[i], reference.totals[i]);
                let world = Agreeing { levels, total };
                let weight = own.total as f64 / (own.total as f64 + OWN_VOICE);
                let own_u = own.average(&reference.left[i]);
                let world_u = world.average(&reference.left[i]);
                let blended =
                    std::array::from_fn(|l| weight * own_u[l] + (1.0 - weight) * world_u[l]);
                (complete(comparison, blended), by_code(&own, &world))
            })
            .collect();
        for (comparison, (levels, by_code)) in VALUES.into_iter().zip(values) {
            u[comparison as usize] = levels;
            by_value[comparison as usize] = by_code;
        }
        let counted: Vec<_> = IDENTIFIERS
            .par_iter()
            .map(|&comparison| Bearers::new(comparison, comparator, left, right))
            .collect();
        for (comparison, (_, levels)) in IDENTIFIERS.into_iter().zip(&counted) {
            u[comparison as usize] = complete(comparison, *levels);
        }
        let bearers = counted.into_iter().map(|(bearers, _)| bearers).collect();
        let filled = std::array::from_fn(|i| {
            let comparison = Comparison::ALL[i];
            let filled = right.packed.par_iter();
            let filled = filled.filter(|r| is_filled(comparison, comparator, r)).count();
            filled as f64 / right.len().max(1) as f64
        });
        let mut frequencies = Self { u, by_value, bearers, filled };
        frequencies.change_of_surname();
        frequencies
    }

    /// Surname and patronymic are compared apart, but where both differ they are one level:
    /// its chance is that of both.
    fn change_of_surname(&mut self) {
        let differ =
            |comparison: Comparison| self.u[comparison as usize][comparison.levels().len()];
        let both = differ(Comparison::Surname) * differ(Comparison::Patronymic);
        if self.filled[Comparison::Patronymic as usize] > 0.0 {
            self.u[Comparison::Surname as usize][usize::from(level::SURNAME_CHANGED)] = both;
        }
    }

    /// Number of left codes that a comparison tells apart; 0 for identifiers.
    pub(super) fn codes(&self, comparison: Comparison) -> u32 {
        // Codes are 32 bits.
        #[allow(clippy::cast_possible_truncation)]
        let codes = self.by_value[comparison as usize].len() as u32;
        codes
    }

    /// The chance that a random right record agrees with this left record at `level`.
    #[must_use]
    pub fn chance(
        &self,
        comparison: Comparison,
        comparator: &Comparator,
        left: &Packed,
        at: u8,
    ) -> f64 {
        let average = self.u[comparison as usize][usize::from(at)];
        if let Some(i) = IDENTIFIERS.iter().position(|&c| c == comparison) {
            return if same_number(comparison, at) {
                self.bearers[i].chance(comparison, comparator, left)
            } else {
                average
            };
        }
        let code = value_of(comparison)(left) as usize;
        match self.by_value[comparison as usize].get(code) {
            Some(levels) if levels[usize::from(at)] > 0.0 => f64::from(levels[usize::from(at)]),
            _ => average,
        }
    }
}

/// Whether identifiers that agree at a level are the same number: the Roman part makes it no
/// rarer.
pub(super) fn same_number(comparison: Comparison, at: u8) -> bool {
    at == level::EXACT || (comparison == Comparison::Certificate && at == certificate::ROMAN)
}

/// The interned value of a comparison; 0 where it is missing, or where the comparison has
/// none.
pub(super) fn value_of(comparison: Comparison) -> fn(&Packed) -> u32 {
    match comparison {
        Comparison::Surname => |r| r.surname,
        Comparison::GivenName => |r| r.given_name,
        Comparison::Patronymic => |r| r.patronymic,
        Comparison::BirthDate => |r| r.birth_date,
        Comparison::Region => |r| r.region,
        Comparison::School => |r| r.school,
        Comparison::Sex => |r| r.sex as u32,
        Comparison::Certificate | Comparison::Document | Comparison::Unzr | Comparison::Rnokpp => {
            |_| 0
        }
    }
}

fn is_filled(comparison: Comparison, comparator: &Comparator, record: &Packed) -> bool {
    value_of(comparison)(record) != 0
        || identifiers(comparison, comparator, record).next().is_some()
}

/// How much commoner than chance would have it a value is that `n` of `total` records
/// bear: its share less two standard deviations, and less the one record that is asked about.
pub(super) fn surplus(n: u64, total: u64) -> f64 {
    let n = n as f64;
    ((n - 1.0 - 2.0 * n.sqrt()) / total.max(1) as f64).max(0.0)
}

/// Right records by left code and level.
struct Agreeing<'a> {
    levels: &'a [[u64; LEVELS]],
    total: u64,
}

impl Agreeing<'_> {
    /// The chance of each level, averaged over left records.
    fn average(&self, left: &[u64]) -> [f64; LEVELS] {
        let total_left: u64 = left.iter().skip(1).sum();
        let pairs = total_left.max(1) as f64 * self.total.max(1) as f64;
        let mut sums = [0_u128; LEVELS];
        for (levels, &n) in self.levels.iter().zip(left).skip(1) {
            for (sum, &agreeing) in sums.iter_mut().zip(levels) {
                *sum += u128::from(n) * u128::from(agreeing);
            }
        }
        sums.map(|sum| sum as f64 / pairs)
    }
}

/// The chance of each level by left code.
///
/// The world says how common a value is, one record more than was seen; a register in
/// which it is commoner than that (a default value) is believed over the world.
fn by_code(own: &Agreeing<'_>, world: &Agreeing<'_>) -> Vec<[f32; LEVELS]> {
    let chances = own.levels.iter().zip(world.levels).map(|(own_levels, world_levels)| {
        std::array::from_fn(|at| {
            let (n, everywhere) = (own_levels[at], world_levels[at]);
            if n == 0 && everywhere == 0 && at != usize::from(level::EXACT) {
                return 0.0;
            }
            let common = (everywhere + 1) as f64 / (world.total + 1) as f64;
            #[allow(clippy::cast_possible_truncation)]
            let chance = common.max(surplus(n, own.total)) as f32;
            chance
        })
    });
    chances.collect()
}

/// Which values agree with which, and how.
enum Sum<'a> {
    /// Only with themselves.
    Equal,
    /// As the neighbours say; initials not even exactly with themselves.
    Names(&'a Neighbours, &'a NameTable),
    /// As the neighbours say, and within a year.
    Dates(&'a [Vec<(u32, u8)>], &'a BirthDates),
}

impl<'a> Sum<'a> {
    fn new(comparison: Comparison, comparator: &'a Comparator, similar: &'a Similar) -> Self {
        match comparison {
            Comparison::Surname => Self::Names(&similar.surnames, &comparator.surnames),
            Comparison::GivenName => Self::Names(&similar.given_names, &comparator.given_names),
            Comparison::Patronymic => Self::Names(&similar.patronymics, &comparator.patronymics),
            Comparison::BirthDate => Self::Dates(&similar.dates, &comparator.dates),
            _ => Self::Equal,
        }
    }
}

/// Records by code.
fn count<'a>(sides: impl IntoIterator<Item = &'a Side>, value: fn(&Packed) -> u32) -> Vec<u64> {
    let mut counts = vec![0];
    for record in sides.into_iter().flat_map(|side| &side.packed) {
        let code = value(record) as usize;
        if code >= counts.len() {
            counts.resize(code + 1, 0);
        }
        counts[code] += 1;
    }
    counts
}

/// For each left code how many right records agree with it at each level.
fn agreeing(left: &[u64], right: &[u64], sum: &Sum<'_>) -> Vec<[u64; LEVELS]> {
    let on_right = |code: u32| right.get(code as usize).copied().unwrap_or(0);
    let mut by_year = FxHashMap::<u16, u64>::default();
    if let Sum::Dates(_, dates) = sum {
        for (&n, code) in right.iter().zip(0_u32..).skip(1) {
            let date = dates.date(code);
            if date.is_full() {
                *by_year.entry(date.year).or_default() += n;
            }
        }
    }
    left.par_iter()
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
                Sum::Names(neighbours, table) => {
                    if !table.is_initial(code) {
                        levels[usize::from(level::EXACT)] = on_right(code);
                    }
                    for (other, at) in neighbours.of(code) {
                        levels[usize::from(at)] += on_right(other);
                    }
                }
                Sum::Dates(neighbours, dates) => {
                    let date = dates.date(code);
                    let mut same_year = 0;
                    for &(other, at) in &neighbours[code as usize] {
                        levels[usize::from(at)] += on_right(other);
                        let other_date = dates.date(other);
                        if other_date.is_full() && other_date.year == date.year {
                            same_year += on_right(other);
                        }
                    }
                    if date.is_full() {
                        levels[usize::from(date::YEAR)] =
                            by_year.get(&date.year).copied().unwrap_or(0).saturating_sub(same_year);
                    }
                }
            }
            levels
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::{Letters, Lexicon, Name, PartialDate, Sex};

    fn comparator() -> Comparator {
        let mut names = vec![Name::default()];
        // Some one edit apart, two with the same fold.
        for (i, word) in ["abcd", "abce", "xyzw", "qqqq"].into_iter().enumerate() {
            let letters: Vec<u8> = word.bytes().map(|b| b - b'a').collect();
            names.push(Name {
                letters: Letters::new(&letters),
                skeleton: Letters::new(&letters),
                fold: [1, 2, 3, 1][i],
                sounds: vec![i as u64 + 1],
                ..Name::default()
            });
        }
        let lexicon = Lexicon {
            surnames: names.clone(),
            given_names: names.clone(),
            patronymics: names,
            ..Lexicon::default()
        };
        let dates = (1..29)
            .flat_map(|day| [(2012, 1, day), (2011, 1, day), (2012, day.min(12), 1)])
            .map(|(year, month, day)| PartialDate { year, month, day })
            .chain([PartialDate { year: 2012, month: 0, day: 0 }]);
        Comparator::new(&lexicon, BirthDates::new(dates))
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
            // The world is the register alone: own and common frequencies are one.
            let reference = Reference::new(&comparator, &similar, &left, &[&right]);
            let frequencies =
                Frequencies::new(&comparator, &similar, &reference, &left, &right);
            for comparison in [
                Comparison::Surname,
                Comparison::BirthDate,
                Comparison::Region,
                Comparison::Sex,
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
    fn a_tiny_register_takes_the_worlds_word_for_how_common_a_name_is() {
        let comparator = comparator();
        let similar = Similar::new(&comparator);
        let named = |surname| Packed { surname, ..Packed::default() };
        // In the world code 1 is common and code 3 is rare; the register holds one of each.
        let mut world = vec![named(1); 990];
        world.extend(vec![named(3); 10]);
        let (left, right) = (side(world), side(vec![named(1), named(3)]));
        let reference = Reference::new(&comparator, &similar, &left, &[&left, &right]);
        let frequencies = Frequencies::new(&comparator, &similar, &reference, &left, &right);
        let chance =
            |code| frequencies.chance(Comparison::Surname, &comparator, &named(code), level::EXACT);
        assert!(chance(1) > 0.9);
        assert!(chance(3) < 0.02);
    }

    #[test]
    fn a_register_full_of_one_value_is_believed_over_the_world() {
        let comparator = comparator();
        let similar = Similar::new(&comparator);
        let named = |surname| Packed { surname, ..Packed::default() };
        let mut world = vec![named(3); 10_000];
        world.push(named(1));
        let (left, right) = (side(world), side(vec![named(1); 100]));
        let reference = Reference::new(&comparator, &similar, &left, &[&left]);
        let frequencies = Frequencies::new(&comparator, &similar, &reference, &left, &right);
        assert!(
            frequencies.chance(Comparison::Surname, &comparator, &named(1), level::EXACT) > 0.7
        );
    }
}
