//! Σ(1 − p): the false links that the model itself expects, in all and by stratum.

use std::collections::BTreeMap;

use super::{Method, Stratum, Subject, bounds};
use crate::normalize::{Displacement, Sex};
use crate::resolve::{Possible, sum};

/// The key of the method.
pub(super) const KEY: &str = "model";

/// Accepted links.
pub(super) fn accepted(possible: &[Possible]) -> u64 {
    possible.iter().filter(|p| p.link).count() as u64
}

/// Σ(1 − p). Its bounds are those of a count of as many.
pub(super) fn method(possible: &[Possible]) -> Method {
    let value = sum(possible.iter().filter(|p| p.link).map(|p| 1.0 - p.probability));
    let (low, high) = bounds::poisson(value);
    let links = accepted(possible);
    Method::new(KEY, (value, low, high), links, links)
}

/// Accepted links and Σ(1 − p) by what the school record says of the child.
pub(super) fn strata(subject: Subject<'_>, possible: &[Possible]) -> Vec<Stratum> {
    let mut found = BTreeMap::<(usize, String), Vec<f64>>::new();
    for p in possible.iter().filter(|p| p.link) {
        for (place, value) in values(subject, p.left).into_iter().enumerate() {
            found.entry((place, value)).or_default().push(1.0 - p.probability);
        }
    }
    found
        .into_iter()
        .map(|((place, value), wrong)| Stratum {
            by: ["region", "displacement", "age", "sex"][place],
            value,
            accepted: wrong.len() as u64,
            expected_false: sum(wrong.into_iter()),
        })
        .collect()
}

/// Region, mark of displacement, age group and sex of a school record.
fn values(subject: Subject<'_>, left: u32) -> [String; 4] {
    let (source, i) = subject.population.origin[left as usize];
    let (records, i) = (&subject.world.sources[usize::from(source)], i as usize);
    let region = &subject.world.lexicon.labels[records.region[i] as usize];
    let displacement = match records.displacement[i] {
        Displacement::Missing => "",
        Displacement::None => "none",
        Displacement::Internal => "internal",
        Displacement::External => "external",
    };
    let year = i32::from(records.birth_date[i].year);
    let sex = match records.sex[i] {
        Sex::Missing => "",
        Sex::Male => "male",
        Sex::Female => "female",
    };
    let age = age_group(year, i32::from(subject.job.as_of.year()));
    [region.to_string(), displacement.to_owned(), age.to_owned(), sex.to_owned()]
}

/// By school stages; the age is that on the last day of the year.
fn age_group(born: i32, year: i32) -> &'static str {
    match year - born {
        _ if born == 0 => "",
        ..6 => "0-5",
        6..10 => "6-9",
        10..15 => "10-14",
        15..18 => "15-17",
        _ => "18+",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_accepted_links_count() {
        let possible = |probability, link| Possible {
            child: 0,
            right: 0,
            left: 0,
            probability,
            twin_risk: false,
            bounded: false,
            link,
        };
        let method = method(&[possible(0.99, true), possible(0.96, true), possible(0.9, false)]);
        assert!((method.false_links - 0.05).abs() < 1e-12);
        assert!((method.rate - 0.025).abs() < 1e-12);
        assert_eq!(method.sample, 2);
    }

    #[test]
    fn ages_are_those_of_school_stages() {
        let groups = [2025, 2019, 2016, 2012, 2008, 2000, 0].map(|born| age_group(born, 2025));
        assert_eq!(groups, ["0-5", "6-9", "6-9", "10-14", "15-17", "18+", ""]);
    }
}
