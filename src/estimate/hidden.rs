//! Children whose record in the register is certain: an identifier that no one else bears on
//! either side is the same, and the names are compatible.
//!
//! What the linker would have done without that knowledge can be checked against it (validation
//! by a strong identifier held back, as in K. Harron et al., *Challenges in administrative data
//! linkage for research*, Big Data & Society 4, 2017):
//!
//! - `hidden`: all identifiers of the child are hidden, and its records compete again. A link to
//!   another person's record is false; none to its own is a miss. Links that rest on no
//!   identifier are like these.
//! - `removed`: its own record is taken out of the register, too. Any link is false. Children
//!   without a link are like these: those who have an identifier like the children as they are,
//!   the others like those whose identifiers are hidden.
//!
//! A record that the child was linked with while its identifiers were seen is never false.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::sample::{contest, every, linked, person, size};
use super::{Method, Part, Subject};
use crate::compare::{Comparison, MISSING, Packed, level};
use crate::normalize::Document;
use crate::resolve::{Candidate, Possible};

/// Anchors below which the methods say nothing.
const FEWEST: usize = 200;
/// Anchors at the most.
const MOST: usize = 30_000;

/// The children whose record is certain.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Child → the person in the register.
    pub(super) of: BTreeMap<u32, u32>,
    /// The children's school records, ascending by child.
    pub(super) records: Vec<u32>,
}

/// A record whose identifiers are hidden.
pub(super) fn bare(record: Packed) -> Packed {
    Packed {
        unzr: 0,
        rnokpp: 0,
        certificate: Document::MISSING,
        document: Document::MISSING,
        further: 0,
        ..record
    }
}

/// Kind and value of an identifier.
type Identifier = (Comparison, Document, u64);

/// The identifiers of a record.
fn identifiers(record: &Packed) -> impl Iterator<Item = Identifier> {
    let documents =
        [(Comparison::Certificate, record.certificate), (Comparison::Document, record.document)];
    let numbers = [(Comparison::Unzr, record.unzr), (Comparison::Rnokpp, record.rnokpp)];
    let documents = documents.into_iter().filter(|(_, document)| !document.is_missing());
    let numbers = numbers.into_iter().filter(|&(_, number)| number != 0);
    documents
        .map(|(kind, document)| (kind, document, 0))
        .chain(numbers.map(|(kind, number)| (kind, Document::MISSING, number)))
}

/// Identifiers and who bears them; `None` where several do.
fn bearers(records: &[Packed], owner: impl Fn(u32) -> u32) -> FxHashMap<Identifier, Option<u32>> {
    let mut bearers = FxHashMap::default();
    for (record, id) in records.iter().zip(0..) {
        let own = owner(id);
        for identifier in identifiers(record) {
            let held = bearers.entry(identifier).or_insert(Some(own));
            if *held != Some(own) {
                *held = None;
            }
        }
    }
    bearers
}

impl Anchors {
    /// The accepted links of a register that an identifier proves; a sample by content.
    pub(super) fn find(subject: Subject<'_>) -> Self {
        let (population, children) = (subject.population, subject.children);
        let left = bearers(&population.packed, |id| children.of_record[id as usize]);
        let right = bearers(&subject.right.packed, |id| person(subject, id));
        let certain = |p: &&Possible| {
            let a = &population.packed[p.left as usize];
            let b = &subject.right.packed[p.right as usize];
            let pattern = subject.comparator.pattern(a, b);
            let given = pattern.level(Comparison::GivenName);
            let compatible = given != MISSING
                && given <= level::GIVEN.near
                && pattern.level(Comparison::Surname) < level::SURNAME_DIFFERENT;
            let of_a: Vec<Identifier> = identifiers(a).collect();
            compatible
                && identifiers(b).any(|identifier| {
                    of_a.contains(&identifier)
                        && left.get(&identifier) == Some(&Some(p.child))
                        && right.get(&identifier) == Some(&Some(person(subject, p.right)))
                })
        };
        let mut found: Vec<(u64, u32, u32)> = subject
            .possible
            .iter()
            .filter(|p| p.link)
            .filter(certain)
            .map(|p| (population.content[p.left as usize], p.child, person(subject, p.right)))
            .collect();
        found.sort_unstable();
        let mut seen = BTreeSet::new();
        found.retain(|&(_, child, _)| seen.insert(child));
        if found.len() < FEWEST {
            return Self::default();
        }
        let of: BTreeMap<u32, u32> = every(&found, size(found.len(), MOST))
            .into_iter()
            .map(|(_, child, person)| (child, person))
            .collect();
        let records =
            of.keys().flat_map(|&child| children.records[child as usize].iter().copied()).collect();
        Self { of, records }
    }
}

/// Both methods, from the scored pairs of the anchors' records with hidden identifiers.
pub(super) fn methods(
    subject: Subject<'_>,
    measured: u64,
    anchors: &Anchors,
    candidates: &[Candidate],
) -> Vec<Method> {
    if anchors.of.is_empty() {
        return Vec::new();
    }
    let child_of = |record: u32| subject.children.of_record[record as usize];
    let of_record: Vec<u32> = anchors.records.iter().map(|&record| child_of(record)).collect();
    let first = subject.population.len();
    let child = |c: &Candidate| match (c.left as usize).checked_sub(first) {
        Some(further) => of_record[further],
        None => child_of(c.left),
    };
    let own = |c: &Candidate| anchors.of.get(&child(c)) == Some(&person(subject, c.right));
    let others = |c: &Candidate| !anchors.of.contains_key(&child(c));
    let shown = linked(subject, subject.possible);
    let tell = |possible: &[Possible]| Tally::of(&anchors.of, &shown, &linked(subject, possible));

    let about = |child: u32| anchors.of.contains_key(&child);
    let hidden = tell(&contest(subject, about, others, candidates.iter().copied(), &of_record));
    let none = std::iter::empty();
    let as_they_are = tell(&contest(subject, about, |c| !own(c), none, &[]));
    let without = candidates.iter().filter(|c| !own(c)).copied();
    let bare = tell(&contest(subject, about, others, without, &of_record));

    let mut methods = Vec::new();
    let unproven = unproven(subject);
    let part = Part {
        part: "links",
        found: hidden.false_links,
        sample: hidden.links,
        like: unproven as f64,
    };
    if let Some(method) = Method::of_parts("hidden", measured, vec![part]) {
        let missed = hidden.missed as f64 / anchors.of.len() as f64;
        methods.push(Method { missed: Some(missed), parts: Vec::new(), ..method });
    }
    let (with, lacking) = unlinked(subject, &shown);
    let part = |part, tally: &Tally, like: u64| Part {
        part,
        found: tally.children,
        sample: anchors.of.len() as u64,
        like: like as f64,
    };
    let parts = vec![part("with_identifiers", &as_they_are, with), part("without", &bare, lacking)];
    methods.extend(Method::of_parts("removed", measured, parts));
    methods
}

/// What became of the anchors.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    /// Links of theirs.
    links: u64,
    /// Links to persons that they were not linked with before.
    false_links: u64,
    /// Children who have such a link.
    children: u64,
    /// Children not linked with their own record.
    missed: u64,
}

impl Tally {
    fn of(
        anchors: &BTreeMap<u32, u32>,
        shown: &BTreeMap<u32, BTreeSet<u32>>,
        now: &BTreeMap<u32, BTreeSet<u32>>,
    ) -> Self {
        let none = BTreeSet::new();
        let mut tally = Self::default();
        for (child, own) in anchors {
            let (before, now) =
                (shown.get(child).unwrap_or(&none), now.get(child).unwrap_or(&none));
            let wrong = now.iter().filter(|&p| p != own && !before.contains(p)).count() as u64;
            tally.links += now.len() as u64;
            tally.false_links += wrong;
            tally.children += u64::from(wrong > 0);
            tally.missed += u64::from(!now.contains(own));
        }
        tally
    }
}

/// Accepted links that rest on no identifier.
fn unproven(subject: Subject<'_>) -> u64 {
    let exact = |p: &&Possible| {
        let a = &subject.population.packed[p.left as usize];
        let b = &subject.right.packed[p.right as usize];
        let pattern = subject.comparator.pattern(a, b);
        let identifiers =
            [Comparison::Certificate, Comparison::Document, Comparison::Unzr, Comparison::Rnokpp];
        !identifiers.into_iter().any(|c| pattern.level(c) == level::EXACT)
    };
    subject.possible.iter().filter(|p| p.link).filter(exact).count() as u64
}

/// Children without a link: those of whom some identifier is known, and the others.
fn unlinked(subject: Subject<'_>, linked: &BTreeMap<u32, BTreeSet<u32>>) -> (u64, u64) {
    let mut counts = (0, 0);
    for (child, records) in (0..).zip(&subject.children.records) {
        if linked.contains_key(&child) {
            continue;
        }
        let known = records
            .iter()
            .any(|&id| identifiers(&subject.population.packed[id as usize]).next().is_some());
        *(if known { &mut counts.0 } else { &mut counts.1 }) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(persons: &[u32]) -> BTreeSet<u32> {
        persons.iter().copied().collect()
    }

    #[test]
    fn another_persons_record_is_false_unless_it_was_known() {
        let anchors = BTreeMap::from([(0, 10), (1, 11), (2, 12), (3, 13)]);
        let shown = BTreeMap::from([
            (0, set(&[10])),
            (1, set(&[11, 50])),
            (2, set(&[12])),
            (3, set(&[13])),
        ]);
        // Its own; two that were known; another's; none.
        let now = BTreeMap::from([(0, set(&[10])), (1, set(&[11, 50])), (2, set(&[60]))]);
        let tally = Tally::of(&anchors, &shown, &now);
        assert_eq!(tally, Tally { links: 4, false_links: 1, children: 1, missed: 2 });
    }

    #[test]
    fn an_identifier_in_two_hands_is_nobodys() {
        let record = |rnokpp, unzr| Packed { unzr, rnokpp, ..Packed::default() };
        let records = [record(7, 0), record(7, 8), record(9, 8), record(0, 0)];
        // The first two records are one child's.
        let found = bearers(&records, |id| [0, 0, 1, 2][id as usize]);
        let number = |kind, number| found[&(kind, Document::MISSING, number)];
        assert_eq!(number(Comparison::Rnokpp, 7), Some(0));
        assert_eq!(number(Comparison::Rnokpp, 9), Some(1));
        assert_eq!(number(Comparison::Unzr, 8), None);
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn nothing_of_the_identifiers_is_left() {
        let document = Document { number: 5, ..Document::MISSING };
        let record = Packed {
            unzr: 1,
            rnokpp: 2,
            certificate: document,
            document,
            further: 3,
            surname: 4,
            ..Packed::default()
        };
        assert_eq!(identifiers(&bare(record)).count(), 0);
        assert_eq!((bare(record).surname, bare(record).further), (4, 0));
    }
}
