//! How many of the accepted links are false, estimated in every run, without labels.
//!
//! A model that is wrong about its probabilities is wrong about its errors, too. So each
//! register's links are also estimated by methods that do not believe the probabilities, each of
//! which sees another way to be wrong:
//!
//! | method | what it counts | what it cannot see |
//! | --- | --- | --- |
//! | `model` | Σ(1 − p) of the accepted links | what the model does not know |
//! | `decoys` | invented children that were linked | ways in which real children are alike |
//! | `hidden` | links to another record than the identifier shows, once it is hidden | children who have no record |
//! | `removed` | links of children whose record was taken out of the register | children unlike those with identifiers |
//! | `duplicates` | claims that only one-to-one assignment refuses | a false claim nobody else makes |
//!
//! Pairs that were never compared cannot be false; how many of them were missed, capture and
//! recapture between the blocking rules tells.
//!
//! [`estimate`] runs them all. The largest, by its lower 95 % bound so that the noise of small
//! counts does not, drives the register's threshold: where it exceeds both Σ(1 − p) and what the
//! costs allow (1 − confirm for every accepted link), the odds a link needs are raised by as
//! much, once. The threshold is never lowered.

mod bounds;
mod decoys;
mod duplicates;
mod expected;
mod hidden;
mod sample;
mod unseen;

pub(crate) use bounds::poisson;

use serde::Serialize;

use crate::compare::{Comparator, Side, Similar};
use crate::job::Job;
use crate::normalize::World;
use crate::resolve::{Children, Contest, Linkage, Possible, SUREST, compete};

/// What the methods look at: one register's links.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The job.
    pub job: &'a Job,
    /// All records.
    pub world: &'a World,
    /// What compares them.
    pub comparator: &'a Comparator,
    /// The levels of its names.
    pub similar: &'a Similar,
    /// The school records.
    pub population: &'a Side,
    /// The children.
    pub children: &'a Children,
    /// The register's records.
    pub right: &'a Side,
    /// The population linked with them.
    pub linkage: &'a Linkage,
    /// On what terms pairs compete.
    pub contest: Contest,
    /// The pairs as they came out.
    pub possible: &'a [Possible],
}

/// The error rates of a run's links.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ErrorRates {
    /// By register, in the order of the job.
    pub registers: Vec<RegisterErrors>,
}

/// The error rates of one register's links.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RegisterErrors {
    /// Name of the register.
    pub register: String,
    /// Accepted links of children and records.
    pub accepted: u64,
    /// Accepted links before the threshold was raised: those that the methods looked at.
    pub measured: u64,
    /// What each method says, `model` first.
    pub methods: Vec<Method>,
    /// The accepted links by what is known of the children.
    pub strata: Vec<Stratum>,
    /// Pairs of one child that no blocking rule brought together.
    pub never_compared: Option<Unseen>,
    /// By how many bits the odds that a link needs were raised.
    pub offset_bits: f64,
    /// Key of the method that is largest by its lower bound, where that is more than Σ(1 − p).
    pub driving: Option<&'static str>,
}

/// What one method says about the links that were measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Method {
    /// Its key.
    pub method: &'static str,
    /// False links.
    pub false_links: f64,
    /// Share of them among the links measured.
    pub rate: f64,
    /// Lower end of the 95 % interval of `false_links`.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What the method rests on: links, decoys or children looked at.
    pub sample: u64,
    /// Share of the sample's true links that were not accepted, where the method knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<f64>,
    /// The figures that it is the sum of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// One summand of a method.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Its key.
    pub part: &'static str,
    /// How many of the sample were linked falsely.
    pub found: u64,
    /// Of how many.
    pub sample: u64,
    /// How many real children are like the sample.
    pub like: f64,
}

/// Accepted links of the children that have one value in common.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stratum {
    /// `region`, `displacement`, `age` or `sex`.
    pub by: &'static str,
    /// The value; empty where the school does not say.
    pub value: String,
    /// Accepted links.
    pub accepted: u64,
    /// Σ(1 − p) over them.
    pub expected_false: f64,
}

/// Pairs of one child that no blocking rule brought together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Unseen {
    /// How many.
    pub pairs: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Part {
    /// `found` of `sample` stand for false links among `like` children: figure, low, high.
    fn figure(&self) -> Option<(f64, f64, f64)> {
        let rate = crate::evaluate::intervals::rate(self.found, self.sample, self.like)?;
        Some((rate.value, rate.low, rate.high))
    }
}

impl Method {
    /// The sum of parts; nothing where none of them has a sample.
    fn of_parts(method: &'static str, measured: u64, parts: Vec<Part>) -> Option<Self> {
        let figures: Vec<_> = parts.iter().filter_map(Part::figure).collect();
        if figures.is_empty() {
            return None;
        }
        let (value, low, high) = bounds::sum(&figures);
        let sample = parts.iter().map(|part| part.sample).sum();
        Some(Self { parts, ..Self::new(method, (value, low, high), measured, sample) })
    }

    fn new(
        method: &'static str,
        (false_links, low, high): (f64, f64, f64),
        measured: u64,
        sample: u64,
    ) -> Self {
        Self {
            method,
            false_links,
            rate: false_links / (measured.max(1) as f64),
            low,
            high,
            sample,
            missed: None,
            parts: Vec::new(),
        }
    }
}

impl RegisterErrors {
    /// How many times Σ(1 − p) the driving method finds at least; 1 where none does.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        drive(&self.methods).map_or(1.0, |drives| drives.exceeds(0.0))
    }

    /// Pairs of methods whose 95 % intervals do not overlap.
    #[must_use]
    pub fn disagreements(&self) -> Vec<(&Method, &Method)> {
        let mut found = Vec::new();
        for (i, a) in self.methods.iter().enumerate() {
            for b in &self.methods[i + 1..] {
                if a.high < b.low || b.high < a.low {
                    found.push((a, b));
                }
            }
        }
        found
    }
}

/// Runs all methods on a register's links. Where one of them finds more false links than the
/// model expects, gives the terms with the threshold raised, and the pairs settled on them.
#[must_use]
pub fn estimate(
    name: &str,
    subject: Subject<'_>,
) -> (RegisterErrors, Option<(Contest, Vec<Possible>)>) {
    let measured = expected::accepted(subject.possible);
    let mut methods = vec![expected::method(subject.possible)];
    let looked = if measured > 0 { sample::looked_at(subject) } else { Vec::new() };
    methods.extend(looked);
    let mut errors = RegisterErrors {
        register: name.to_owned(),
        accepted: measured,
        measured,
        methods,
        ..RegisterErrors::default()
    };
    let mut raised = None;
    let drives = drive(&errors.methods);
    errors.driving = drives.map(|drives| drives.method);
    let allowed = (1.0 - subject.contest.confirm) * measured as f64;
    if let Some(ratio) = drives.map(|drives| drives.exceeds(allowed)).filter(|&ratio| ratio > 1.0) {
        errors.offset_bits = ratio.log2();
        let contest = Contest { confirm: raise(subject.contest.confirm, ratio), ..subject.contest };
        let possible = compete(&subject.linkage.pairs, subject.children, contest);
        errors.accepted = expected::accepted(&possible);
        raised = Some((contest, possible));
    }
    let last = raised.as_ref().map_or(subject.possible, |(_, possible)| possible);
    errors.strata = expected::strata(subject, last);
    errors.never_compared = unseen::never_compared(subject, last);
    (errors, raised)
}

/// What a method finds at least, and what the model expects.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Driving {
    method: &'static str,
    low: f64,
    model: f64,
}

impl Driving {
    /// How many times what is found exceeds what is expected, or allowed.
    fn exceeds(self, allowed: f64) -> f64 {
        self.low / self.model.max(allowed)
    }
}

/// The method with the largest lower bound, where that exceeds the model's figure.
fn drive(methods: &[Method]) -> Option<Driving> {
    let model = methods.iter().find(|method| method.method == expected::KEY)?.false_links;
    // Of equals the first.
    let largest = methods
        .iter()
        .filter(|method| method.method != expected::KEY)
        .reduce(|a, b| if b.low > a.low { b } else { a })?;
    let drives = model > 0.0 && largest.low > model;
    drives.then_some(Driving { method: largest.method, low: largest.low, model })
}

/// A probability whose odds are `ratio` times those of `confirm`; at most what anything is held
/// to be.
fn raise(confirm: f64, ratio: f64) -> f64 {
    let odds = confirm / (1.0 - confirm).max(f64::MIN_POSITIVE) * ratio;
    (odds / (1.0 + odds)).min(SUREST).max(confirm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(method: &'static str, figure: (f64, f64, f64)) -> Method {
        Method::new(method, figure, 1_000, 100)
    }

    #[test]
    fn the_largest_lower_bound_drives() {
        let model = method(expected::KEY, (2.0, 0.2, 7.2));
        let noisy = method("decoys", (50.0, 0.0, 90.0));
        let sure = method("hidden", (16.0, 8.0, 25.0));
        let drives = drive(&[model.clone(), noisy.clone(), sure]).unwrap();
        assert_eq!((drives.method, drives.exceeds(0.0)), ("hidden", 4.0));
        // Costs that allow four are exceeded twofold, and ten not at all.
        assert!((drives.exceeds(4.0) - 2.0).abs() < 1e-12 && drives.exceeds(10.0) < 1.0);
        assert_eq!(drive(&[model.clone(), noisy]), None);
        assert_eq!(drive(&[model]), None);
        let none = method(expected::KEY, (0.0, 0.0, 3.7));
        assert_eq!(drive(&[none, method("hidden", (9.0, 8.0, 10.0))]), None);
    }

    #[test]
    fn odds_are_raised_and_never_lowered() {
        // 19 to 1, raised fourfold: 76 to 1.
        assert!((raise(0.95, 4.0) - 76.0 / 77.0).abs() < 1e-12);
        assert!((raise(0.95, 0.5) - 0.95).abs() < 1e-12);
        assert!((raise(0.9999, 1e9) - SUREST).abs() < 1e-12);
    }

    #[test]
    fn disagreement_is_where_intervals_are_apart() {
        let errors = RegisterErrors {
            methods: vec![
                method("model", (2.0, 0.2, 7.2)),
                method("decoys", (9.0, 7.0, 12.0)),
                method("hidden", (20.0, 13.0, 30.0)),
            ],
            ..RegisterErrors::default()
        };
        let apart: Vec<_> =
            errors.disagreements().iter().map(|(a, b)| (a.method, b.method)).collect();
        assert_eq!(apart, [("model", "hidden"), ("decoys", "hidden")]);
    }

    #[test]
    fn parts_are_scaled_to_the_children_like_them() {
        let part = |found, sample, like| Part { part: "twins", found, sample, like };
        let method =
            Method::of_parts("decoys", 200, vec![part(2, 100, 500.0), part(0, 0, 9.0)]).unwrap();
        // 2 of 100 of 500 are 10; of 200 links a twentieth.
        assert!((method.false_links - 10.0).abs() < 1e-9 && (method.rate - 0.05).abs() < 1e-12);
        // Clopper–Pearson for 2 of 100: 0.243 % to 7.04 %.
        assert!((method.low - 1.21).abs() < 0.02 && (method.high - 35.2).abs() < 0.1);
        assert!(Method::of_parts("decoys", 200, vec![part(0, 0, 9.0)]).is_none());
    }
}
