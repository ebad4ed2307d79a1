//! The children of the run against the persons of the population.

use std::collections::BTreeMap;

use super::EvaluateError;
use super::figures::{ChildFigures, ConfusionRow, GroupFigures, HiddenFigures, StatusFigures};
use super::hidden::Suspects;
use super::intervals::{rate, share};
use super::links::school_records;
use super::truth::{Person, Truth};
use crate::run_folder::RunFolder;
use crate::verdict::Status;

/// Number of a child: its row in `children.parquet`.
pub(super) type ChildNumber = u32;

/// Who is in which child of the run.
#[derive(Debug)]
pub(super) struct Grouping {
    /// Status found, by child.
    pub(super) statuses: Vec<Status>,
    /// Person and child, each pair once, sorted.
    pub(super) by_person: Vec<(Person, ChildNumber)>,
    /// Child and person, each pair once, sorted.
    pub(super) by_child: Vec<(ChildNumber, Person)>,
    /// How many school records the truth gives each person.
    pub(super) school_records: Vec<u32>,
}

/// The part of sorted `pairs` that begins with `key`.
fn of_key<K: Ord + Copy, V: Copy>(pairs: &[(K, V)], key: K) -> impl Iterator<Item = V> {
    let from = pairs.partition_point(|pair| pair.0 < key);
    pairs[from..].iter().take_while(move |pair| pair.0 == key).map(|pair| pair.1)
}

impl Grouping {
    /// The children that hold records of this person.
    pub(super) fn children(&self, person: Person) -> impl Iterator<Item = ChildNumber> {
        of_key(&self.by_person, person)
    }

    /// The persons whose records the child holds.
    pub(super) fn persons(&self, child: ChildNumber) -> impl Iterator<Item = Person> {
        of_key(&self.by_child, child)
    }

    /// The status found for a person: that which stands first on the candidate list.
    pub(super) fn found(&self, person: Person) -> Option<Status> {
        self.children(person).map(|child| self.statuses[child as usize]).min()
    }

    /// The persons of the population, by number.
    pub(super) fn population(&self) -> impl Iterator<Item = Person> {
        self.school_records.iter().zip(0..).filter(|(records, _)| **records > 0).map(|pair| pair.1)
    }
}

/// Reads the children and whose records they hold.
pub(super) fn read(run: &RunFolder, truth: &Truth) -> Result<Grouping, EvaluateError> {
    let index: BTreeMap<&str, usize> = run.manifest.names().zip(0..).collect();
    let mut statuses = Vec::new();
    let mut by_child = Vec::new();
    run.children::<EvaluateError>(&mut |child| {
        let number =
            ChildNumber::try_from(statuses.len()).map_err(|_| EvaluateError::TooManyChildren)?;
        statuses.push(child.status);
        for (source, row) in &child.records {
            let source = *index
                .get(source.as_str())
                .ok_or(EvaluateError::UnknownSource { file: "children.parquet" })?;
            let rows = truth.sources.get(source).and_then(Option::as_ref);
            by_child.extend(rows.and_then(|rows| rows.person(*row)).map(|p| (number, p)));
        }
        Ok(())
    })?;
    by_child.sort_unstable();
    by_child.dedup();
    let mut by_person: Vec<_> = by_child.iter().map(|&(child, person)| (person, child)).collect();
    by_person.sort_unstable();
    let school_records = school_records(run, truth);
    Ok(Grouping { statuses, by_person, by_child, school_records })
}

/// Counts what [`read`] found.
pub(super) fn measure(truth: &Truth, grouping: &Grouping, suspects: Suspects) -> ChildFigures {
    let judged = grouping.by_child.chunk_by(|a, b| a.0 == b.0);
    let (mut children, mut joined) = (0, 0);
    for persons in judged {
        children += 1;
        joined += u64::from(persons.len() > 1);
    }
    let (mut found, mut split) = (0, 0);
    for places in grouping.by_person.chunk_by(|a, b| a.0 == b.0) {
        found += 1;
        split += u64::from(places.len() > 1);
    }
    ChildFigures {
        children: grouping.statuses.len() as u64,
        unjudged: (grouping.statuses.len() as u64).saturating_sub(children),
        persons: grouping.population().count() as u64,
        wrongly_joined: share(joined, children),
        split: share(split, found),
        statuses: truth.statuses.as_ref().map(|statuses_of| StatusFigures {
            groups: groups(truth, statuses_of, grouping),
            ..statuses(statuses_of, grouping, suspects)
        }),
    }
}

/// The recall of the list in the groups of the truth.
fn groups(truth: &Truth, statuses: &[Option<Status>], grouping: &Grouping) -> Vec<GroupFigures> {
    let asked = |person: &Person| {
        grouping.school_records.get(*person as usize).is_some_and(|records| *records > 0)
    };
    let figures = |(group, persons): (&String, &Vec<Person>)| {
        let (mut known, mut belong, mut listed) = (0, 0, 0);
        for &person in persons.iter().filter(|person| asked(person)) {
            let Some(status) = statuses.get(person as usize).copied().flatten() else { continue };
            known += 1;
            if status.is_candidate() {
                belong += 1;
                listed += u64::from(grouping.found(person).is_some_and(Status::is_candidate));
            }
        }
        GroupFigures { group: group.clone(), persons: known, list_recall: share(listed, belong) }
    };
    truth.groups.iter().map(figures).collect()
}

fn statuses(truth: &[Option<Status>], grouping: &Grouping, suspects: Suspects) -> StatusFigures {
    let zeros: BTreeMap<&'static str, u64> = Status::ALL.map(|s| (s.key(), 0)).into();
    let mut confusion = Status::ALL.map(|status| ConfusionRow {
        truth: status.key(),
        found: zeros.clone(),
        not_in_run: 0,
    });
    let status_of = |person: Person| truth.get(person as usize).copied().flatten();
    let (mut persons, mut without_status, mut belong, mut listed) = (0, 0, 0, 0);
    for person in grouping.population() {
        let Some(status) = status_of(person) else {
            without_status += 1;
            continue;
        };
        persons += 1;
        let found = grouping.found(person);
        belong += u64::from(status.is_candidate());
        listed += u64::from(status.is_candidate() && found.is_some_and(Status::is_candidate));
        for row in confusion.iter_mut().filter(|row| row.truth == status.key()) {
            match found {
                Some(found) => *row.found.entry(found.key()).or_default() += 1,
                None => row.not_in_run += 1,
            }
        }
    }
    let mut needless: BTreeMap<&'static str, u64> =
        Status::ALL.into_iter().filter(|s| s.is_candidate()).map(|s| (s.key(), 0)).collect();
    let (mut cases, mut right) = (0, 0);
    for pairs in grouping.by_child.chunk_by(|a, b| a.0 == b.0) {
        let status = grouping.statuses[pairs[0].0 as usize];
        let mut truths = pairs.iter().filter_map(|pair| status_of(pair.1)).peekable();
        if !status.is_candidate() || truths.peek().is_none() {
            continue;
        }
        cases += 1;
        if truths.any(Status::is_candidate) {
            right += 1;
        } else {
            *needless.entry(status.key()).or_default() += 1;
        }
    }
    let (causes, examples) = suspects.counted();
    let hidden = belong - listed;
    StatusFigures {
        persons,
        without_status,
        list_recall: share(listed, belong),
        list_precision: share(right, cases),
        confusion: confusion.to_vec(),
        groups: Vec::new(),
        hidden: HiddenFigures {
            persons: hidden,
            of: belong,
            per_10_000: rate(hidden, persons, 10_000.0),
            causes,
            examples,
        },
        needless,
    }
}
