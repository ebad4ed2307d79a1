//! What it is worth to learn a field: the chance that a register then confirms the child.
//!
//! A register *r* holds a record of the child with probability *C*: its coverage among the
//! children that it covers, as the model found it. Were it there, its match weight *W* would be
//! a sum of weights, one a comparison, each of a level that comes with probability *m*; nothing
//! is added where the school or the register lacks the value. The link is accepted if *W*
//! reaches *T*, the weight that lifts the prior odds of the register to the confirm threshold.
//! Let
//!
//! - *A* = P(*W* ≥ *T*) with the fields as they are;
//! - *M* = P(*W* < *T* and *W'* ≥ *T*), where *W'* has the field: a missing one drawn by *m*, one
//!   that the school wrote wrongly put right, so that it agrees exactly;
//! - *F* = the share of the register's accepted links whose evidence counts, (k + 1) / (n + 2).
//!
//! The child was not linked. By Bayes the register holds it all the same with probability
//! *C*(1 − *A*) / (1 − *CA*), and then the field lets it be linked with probability
//! *M* / (1 − *A*). So the gain is
//!
//! ```text
//! F · C · M / (1 − C · A)
//! ```
//!
//! and of several registers 1 − ∏(1 − gain). That no register holds evidence of it that counts has
//! the probability ∏(1 − *F* · *C*(1 − *A*) / (1 − *CA*)). An extract that covers the child where this one
//! does not gains *F* · *C* · *A*.
//!
//! Of the disagreements that *m* expects, half are the school's slips, which a look at the
//! documents puts right, and half the register's. A field that agrees in an accepted link to
//! another register is not wrong at the school; one that differs there is, with probability ½.
//!
//! The distribution of *W* is computed exactly on a grid of a quarter of a bit, once for every
//! register and set of fields. What it leaves out: weights are those of the average value, not of
//! this child's names; comparisons are taken as independent; rivals and twins are not looked
//! at; the sex is left out, since the given name says it. It orders steps; it is no forecast.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::compare::Comparison;
use crate::field::Field;
use crate::job::{Kind, KindRule, Role};
use crate::model::saved::Entry;
use crate::report::{Run, Traits};
use crate::resolve::{Decision, Link};

/// Steps of the grid to a bit.
const GRID: f64 = 4.0;
/// No single comparison is taken for more bits than this, either way.
const MOST_BITS: f64 = 40.0;
/// A register is never taken to hold every child.
const MOST_COVERAGE: f64 = 0.999;

/// Of the disagreements between two records, the share that is the school's.
const OWN_SLIPS: f64 = 0.5;

/// What identifies a child, and what a school's record always should have.
pub(super) const ESSENTIAL: [Comparison; 5] = [
    Comparison::Surname,
    Comparison::GivenName,
    Comparison::Patronymic,
    Comparison::BirthDate,
    Comparison::Certificate,
];

/// What a child's school records hold to look for it with: comparisons by their bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Filled {
    present: u16,
    /// Written, but of no full use: an initial, a date in parts, a number that is none.
    doubtful: u16,
    /// Agrees with a record that was accepted as the child's.
    agreed: u16,
    /// Differs from such a record, and agrees with none.
    differs: u16,
}

impl Filled {
    /// Of the traits of a child, and the fields of its main record as they were written.
    pub(in crate::report) fn of(traits: &Traits, value: &dyn Fn(Field) -> Option<String>) -> Self {
        use Comparison as C;
        let mut filled = Self::default();
        let full = value(Field::FullName).unwrap_or_default();
        let mut words =
            full.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
        for (comparison, field) in [
            (C::Surname, Field::Surname),
            (C::GivenName, Field::GivenName),
            (C::Patronymic, Field::Patronymic),
        ] {
            let part = words.next();
            let letters = value(field)
                .or_else(|| part.map(str::to_owned))
                .map_or(0, |name| name.chars().filter(|letter| letter.is_alphabetic()).count());
            filled.set(comparison, letters > 1, letters == 1);
        }
        let date = traits.birth_date;
        let written = || value(Field::BirthDate).is_some() || !date.is_missing();
        filled.set(C::BirthDate, date.is_full(), !date.is_full() && written());
        let numbers = [Field::CertificateNumber, Field::Certificate, Field::CertificateSeries];
        let written = || numbers.into_iter().any(|field| value(field).is_some());
        filled.set(C::Certificate, traits.certificate, !traits.certificate && written());
        for (comparison, field) in
            [(C::Document, Field::Document), (C::Unzr, Field::Unzr), (C::Rnokpp, Field::Rnokpp)]
        {
            filled.set(comparison, value(field).is_some(), false);
        }
        filled.set(C::Region, traits.region != 0, false);
        filled.set(C::School, traits.school != 0, false);
        filled
    }

    /// The same with what the accepted links of the child say of the fields that are present.
    pub(in crate::report) fn with_links(mut self, links: &[&Link]) -> Self {
        for comparison in ESSENTIAL {
            for link in links {
                match link.pattern.level_name(comparison) {
                    "exact" | "spelling" | "translation" | "form" => {
                        self.agreed |= bit(comparison);
                    }
                    // The same name or date, in part.
                    "missing" | "variant" | "diminutive" | "part" | "initial" | "partial"
                    | "default" | "swapped_fields" | "letters" => {}
                    _ => self.differs |= bit(comparison),
                }
            }
        }
        self.agreed &= self.present;
        self.differs &= self.present & !self.agreed;
        self
    }

    fn set(&mut self, comparison: Comparison, present: bool, doubtful: bool) {
        self.present |= u16::from(present) * bit(comparison);
        self.doubtful |= u16::from(doubtful) * bit(comparison);
    }

    pub(super) const fn has(self, comparison: Comparison) -> bool {
        self.present & bit(comparison) != 0
    }

    pub(super) const fn is_doubtful(self, comparison: Comparison) -> bool {
        self.doubtful & bit(comparison) != 0
    }

    /// All that the odds depend on.
    const fn known(self) -> Self {
        Self { doubtful: 0, ..self }
    }
}

/// The bit of a comparison.
const fn bit(comparison: Comparison) -> u16 {
    1 << comparison as u16
}

/// What each field is worth, for the sets of fields that occur.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Gains {
    registers: Vec<Register>,
    /// By place among the registers and [`Filled::known`].
    odds: BTreeMap<(usize, Filled), Odds>,
    /// What schools can be asked for: the essential, and numbers that some list has a column for.
    askable: Vec<Comparison>,
}

/// A register that could settle a status.
#[derive(Clone, Debug)]
struct Register {
    source: usize,
    coverage: f64,
    /// Share of its accepted links whose evidence counts.
    fresh: f64,
}

/// How the match weight of a child's true record falls out.
#[derive(Clone, Debug, PartialEq)]
struct Odds {
    /// Probability that it is accepted as it is.
    accepted: f64,
    /// Probability that it is not, and would be with this field.
    lifted: [f64; Comparison::COUNT],
    /// The same with all essential fields that are missing.
    together: f64,
}

impl Gains {
    /// `filled` are the sets of fields that occur, `covered` the share of the children that each
    /// source covers.
    pub(in crate::report) fn new(
        run: &Run<'_>,
        filled: &BTreeSet<Filled>,
        covered: &[f64],
    ) -> Self {
        let mut gains = Self::default();
        gains.askable.extend(ESSENTIAL);
        for (comparison, field) in
            [(Comparison::Unzr, Field::Unzr), (Comparison::Rnokpp, Field::Rnokpp)]
        {
            if run.job.populations().any(|source| source.columns.contains_key(&field)) {
                gains.askable.push(comparison);
            }
        }
        for (source, settings) in run.job.sources.iter().enumerate() {
            let entry = run.model.registries().iter().find(|entry| entry.name == settings.name);
            let (Some(entry), true) = (entry, may_settle(run, source)) else { continue };
            let offset = run.errors.registers.iter().find(|one| one.register == settings.name);
            let offset = offset.map_or(0.0, |errors| errors.offset_bits);
            let need = bits_needed(run.thresholds.confirm, entry.lambda) + offset;
            if !need.is_finite() {
                continue;
            }
            let scale = Scale::new(entry, need);
            let place = gains.registers.len();
            let askable = &gains.askable;
            let known: BTreeSet<Filled> = filled.iter().map(|filled| filled.known()).collect();
            let known: Vec<Filled> = known.into_iter().collect();
            let odds: Vec<_> =
                known.par_iter().map(|&filled| scale.odds(filled, askable)).collect();
            gains.odds.extend(known.iter().map(|&filled| (place, filled)).zip(odds));
            let share = covered.get(source).copied().unwrap_or(1.0);
            let coverage = if share > 0.0 { entry.coverage / share } else { entry.coverage };
            gains.registers.push(Register {
                source,
                coverage: coverage.clamp(0.0, MOST_COVERAGE),
                fresh: fresh(run, source),
            });
        }
        gains
    }

    /// What schools can be asked for.
    pub(super) fn askable(&self) -> &[Comparison] {
        &self.askable
    }

    /// The chance that a field leads to evidence that counts, and the register that gives most of
    /// it, among those that `may` be looked at.
    pub(super) fn of_field(
        &self,
        filled: Filled,
        comparison: Comparison,
        may: &dyn Fn(usize) -> bool,
    ) -> (f64, Option<usize>) {
        self.sum(filled, may, &|odds| odds.lifted[comparison as usize])
    }

    /// The same of all essential fields that are missing.
    pub(super) fn together(&self, filled: Filled, may: &dyn Fn(usize) -> bool) -> f64 {
        self.sum(filled, may, &|odds| odds.together).0
    }

    fn sum(
        &self,
        filled: Filled,
        may: &dyn Fn(usize) -> bool,
        lifted: &dyn Fn(&Odds) -> f64,
    ) -> (f64, Option<usize>) {
        let mut none = 1.0;
        let mut best: Option<(f64, usize)> = None;
        for (place, register) in self.registers.iter().enumerate() {
            let Some(odds) = self.odds.get(&(place, filled.known())) else { continue };
            if !may(register.source) {
                continue;
            }
            let gain = register.gain(odds.accepted, lifted(odds));
            none *= 1.0 - gain;
            if gain > best.map_or(0.0, |(most, _)| most) {
                best = Some((gain, register.source));
            }
        }
        (1.0 - none, best.map(|(_, source)| source))
    }

    /// The chance that none of the registers that `may` be looked at holds evidence of a child that
    /// counts, since it was linked to none.
    pub(super) fn no_register(&self, filled: Filled, may: &dyn Fn(usize) -> bool) -> f64 {
        1.0 - self.sum(filled, may, &|odds| 1.0 - odds.accepted).0
    }

    /// The chance that an extract which covers the child confirms it.
    pub(super) fn of_extract(&self, filled: Filled, source: usize) -> f64 {
        let place = self.registers.iter().position(|register| register.source == source);
        let odds = place.and_then(|place| Some((place, self.odds.get(&(place, filled.known()))?)));
        odds.map_or(0.0, |(place, odds)| {
            let register = &self.registers[place];
            register.fresh * register.coverage * odds.accepted
        })
    }

    /// The chance that evidence of a register counts, once its day is known.
    pub(super) fn fresh(&self, source: usize) -> f64 {
        let register = self.registers.iter().find(|register| register.source == source);
        register.map_or(0.5, |register| register.fresh)
    }
}

impl Register {
    fn gain(&self, accepted: f64, lifted: f64) -> f64 {
        (self.fresh * self.coverage * lifted / (1.0 - self.coverage * accepted)).clamp(0.0, 1.0)
    }
}

/// The share of the records of a register that have a value.
pub(super) fn filled_shares(entry: &Entry) -> [f64; Comparison::COUNT] {
    let mut filled = [0.0; Comparison::COUNT];
    for comparison in &entry.comparisons {
        if let Some(own) = Comparison::from_key(comparison.key) {
            filled[own as usize] = comparison.filled;
        }
    }
    filled
}

/// The match weight that lifts the prior odds to the threshold.
fn bits_needed(confirm: f64, lambda: f64) -> f64 {
    (confirm / (1.0 - confirm)).log2() + ((1.0 - lambda) / lambda).log2()
}

/// The kinds of evidence that rows of a source may prove.
fn kinds(run: &Run<'_>, source: usize) -> Vec<Kind> {
    let rule = run.job.sources.get(source).and_then(|source| source.evidence.as_ref());
    match rule.map(|rule| &rule.kind) {
        None => vec![Kind::Identity],
        Some(KindRule::Fixed(kind)) => vec![*kind],
        Some(KindRule::Column { kinds, .. }) => kinds.values().copied().collect(),
    }
}

/// Whether a source is a register that could settle a status.
fn may_settle(run: &Run<'_>, source: usize) -> bool {
    run.job.sources[source].role == Role::Registry
        && kinds(run, source).into_iter().any(Kind::settles)
}

/// The registers of the dead.
pub(super) fn of_the_dead(run: &Run<'_>) -> Option<usize> {
    (0..run.job.sources.len()).find(|&source| {
        run.job.sources[source].role == Role::Registry
            && kinds(run, source).contains(&Kind::Deceased)
    })
}

/// Whether a link would settle a status if it were accepted.
pub(in crate::report) fn could_settle(run: &Run<'_>, link: &Link) -> bool {
    let rule =
        run.job.sources.get(link.registry.source).and_then(|source| source.evidence.as_ref());
    let since = rule.and_then(|rule| rule.since).unwrap_or(run.job.evidence_since);
    let day = link.evidence_date;
    match link.evidence_kind {
        None | Some(Kind::Identity) => false,
        // These change a status whatever their day.
        Some(Kind::Deceased | Kind::ReportedMissing) => day.is_none_or(|day| day <= run.job.as_of),
        Some(_) => day.is_some_and(|day| (since..=run.job.as_of).contains(&day)),
    }
}

fn fresh(run: &Run<'_>, source: usize) -> f64 {
    let (mut links, mut counting) = (0_u64, 0_u64);
    for link in run.links {
        if link.registry.source == source && link.decision == Decision::Link {
            links += 1;
            counting += u64::from(could_settle(run, link));
        }
    }
    (counting + 1) as f64 / (links + 2) as f64
}

/// A weight, in steps of the grid, and its probability.
type Level = (i32, f64);

/// Makes levels likelier by a factor.
fn scale(levels: &mut [Level], factor: f64) {
    for (_, p) in levels {
        *p *= factor;
    }
}

/// What the comparisons of one register may add to a weight.
struct Scale {
    /// The least weight that is accepted, in steps of the grid.
    need: i32,
    /// The levels of each comparison: weight and probability, exact agreement first, the missing
    /// value last. Empty where the register has no such field.
    levels: [Vec<Level>; Comparison::COUNT],
}

/// A distribution of weights: probabilities from the lowest weight on.
#[derive(Clone)]
struct Spread {
    low: i32,
    chance: Vec<f64>,
}

impl Scale {
    fn new(entry: &Entry, need: f64) -> Self {
        let mut levels: [Vec<Level>; Comparison::COUNT] = Default::default();
        for comparison in &entry.comparisons {
            let Some(own) = Comparison::from_key(comparison.key) else { continue };
            if own == Comparison::Sex || comparison.filled <= 0.0 {
                continue;
            }
            let sum: f64 = comparison.levels.iter().map(|level| level.m).sum();
            let known = comparison.levels.iter().filter(|level| level.m > 0.0);
            let step = known.map(|level| {
                let bits = level.weight.clamp(-MOST_BITS, MOST_BITS);
                (steps(bits), comparison.filled * level.m / sum)
            });
            let levels = &mut levels[own as usize];
            levels.extend(step);
            levels.push((0, 1.0 - comparison.filled));
        }
        // Weights are rounded, so what reaches the threshold but for rounding does.
        Self { need: steps(need.clamp(-1e6, 1e6)), levels }
    }

    /// What a field adds, and of that what comes of the school's own slips.
    fn of(&self, filled: Filled, comparison: Comparison) -> (Vec<Level>, Vec<Level>) {
        let mut levels = self.levels[comparison as usize].clone();
        // The first agrees exactly, the last is missing in the register.
        let Some(wrong) = levels.len().checked_sub(1).filter(|&last| last > 1) else {
            return (levels, Vec::new());
        };
        let sum: f64 = levels[1..wrong].iter().map(|(_, p)| p).sum();
        let all = levels[0].1 + sum;
        let mut slips = levels[1..wrong].to_vec();
        if filled.agreed & bit(comparison) != 0 {
            levels[0].1 += sum * OWN_SLIPS;
            scale(&mut levels[1..wrong], 1.0 - OWN_SLIPS);
            slips.clear();
        } else if filled.differs & bit(comparison) != 0 && sum > 0.0 {
            scale(&mut slips, OWN_SLIPS * all / sum);
            scale(&mut levels[..wrong], 1.0 - OWN_SLIPS);
            for ((_, p), (_, slip)) in levels[1..wrong].iter_mut().zip(&slips) {
                *p += slip;
            }
        } else {
            scale(&mut slips, OWN_SLIPS);
        }
        (levels, slips)
    }

    fn spread(&self, filled: Filled) -> Spread {
        let present = Comparison::ALL.into_iter().filter(|&comparison| filled.has(comparison));
        present.fold(Spread::nothing(), |spread, comparison| {
            spread.plus(&self.of(filled, comparison).0)
        })
    }

    fn odds(&self, filled: Filled, askable: &[Comparison]) -> Odds {
        let own = self.spread(filled);
        let mut lifted = [0.0; Comparison::COUNT];
        for &comparison in askable {
            let levels = &self.levels[comparison as usize];
            lifted[comparison as usize] = if !filled.has(comparison) {
                own.lifted(&Spread::nothing().plus(levels), self.need)
            } else if let (Some((exact, _)), (_, slips)) =
                (levels.first(), self.of(filled, comparison))
                && !slips.is_empty()
            {
                let rest = Filled { present: filled.present & !bit(comparison), ..filled };
                self.spread(rest).righted(*exact, &slips, self.need)
            } else {
                0.0
            };
        }
        let missing = ESSENTIAL.into_iter().filter(|&one| !filled.has(one));
        let missing = missing.fold(0, |mask, one| mask | bit(one));
        let missing = Filled { present: missing, ..Filled::default() };
        Odds {
            accepted: own.at_least(self.need),
            lifted,
            together: own.lifted(&self.spread(missing), self.need),
        }
    }
}

/// Bits as steps of the grid.
fn steps(bits: f64) -> i32 {
    #[allow(clippy::cast_possible_truncation, reason = "clamped by the callers")]
    let steps = (bits * GRID).round() as i32;
    steps
}

impl Spread {
    /// Nothing is compared.
    fn nothing() -> Self {
        Self { low: 0, chance: vec![1.0] }
    }

    /// The distribution of the sum with an independent weight.
    fn plus(&self, levels: &[Level]) -> Self {
        let lowest = levels.iter().map(|level| level.0).min();
        let highest = levels.iter().map(|level| level.0).max();
        let (Some(lowest), Some(highest)) = (lowest, highest) else { return self.clone() };
        let width = usize::try_from(highest - lowest).unwrap_or(0);
        let mut chance = vec![0.0; self.chance.len() + width];
        for &(weight, p) in levels {
            let shift = usize::try_from(weight - lowest).unwrap_or(0);
            for (sum, own) in chance[shift..].iter_mut().zip(&self.chance) {
                *sum += own * p;
            }
        }
        Self { low: self.low + lowest, chance }
    }

    fn weights(&self) -> impl Iterator<Item = (i32, f64)> {
        (self.low..).zip(self.chance.iter().copied())
    }

    fn at_least(&self, need: i32) -> f64 {
        self.weights().filter(|(weight, _)| *weight >= need).map(|(_, p)| p).sum()
    }

    /// The chance that the weight falls short and reaches `need` with `more` on top.
    fn lifted(&self, more: &Self, need: i32) -> f64 {
        // What lies above, summed from the end.
        let mut above = vec![0.0; more.chance.len() + 1];
        for (at, p) in more.chance.iter().enumerate().rev() {
            above[at] = above[at + 1] + p;
        }
        let short = self.weights().take_while(|(weight, _)| *weight < need);
        short
            .map(|(weight, p)| {
                let from = usize::try_from((need - weight - more.low).max(0)).unwrap_or(usize::MAX);
                p * above.get(from).copied().unwrap_or(0.0)
            })
            .sum()
    }

    /// The chance that the weight falls short with one of the slips on top, and would not with
    /// `exact` in its place.
    fn righted(&self, exact: i32, slips: &[Level], need: i32) -> f64 {
        self.weights()
            .filter(|(weight, _)| weight + exact >= need)
            .map(|(weight, p)| {
                let short = slips.iter().filter(|(level, _)| weight + level < need);
                p * short.map(|(_, chance)| chance).sum::<f64>()
            })
            .sum()
    }
}
