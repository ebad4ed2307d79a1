//! The records that are scored once more: decoys, and children whose identifiers are hidden.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::{Method, Subject, decoys, duplicates, expected, hidden};
use crate::compare::Side;
use crate::resolve::{Candidate, Children, Pairs, Possible, compete_beside};

/// One in so many children stands in a sample, but no fewer than [`LEAST`] and no more than each
/// method's most. It bounds the time: a record of a sample costs what a school record costs.
const SHARE: usize = 25;
/// The smallest sample, where there are so many.
const LEAST: usize = 2_000;

/// How many of `all` are taken, `most` at most.
pub(super) fn size(all: usize, most: usize) -> usize {
    (all / SHARE).max(LEAST).min(most).min(all)
}

/// Every k-th of `list`, `size` at most: spread over an order by content.
pub(super) fn every<T: Copy>(list: &[T], size: usize) -> Vec<T> {
    if size == 0 || list.is_empty() {
        return Vec::new();
    }
    list.iter().copied().step_by(list.len().div_ceil(size)).collect()
}

/// The methods that look at links again, all but the model's.
pub(super) fn looked_at(subject: Subject<'_>) -> Vec<Method> {
    let measured = expected::accepted(subject.possible);
    let decoys = decoys::invent(subject);
    // In a register of events a child's other records are no one else's, known or not: what a
    // hidden identifier leaves linked cannot be judged.
    let hidden = if subject.contest.unique {
        hidden::Anchors::find(subject)
    } else {
        hidden::Anchors::default()
    };

    let mut side = Side::default();
    for decoy in &decoys {
        side.packed.push(decoy.packed);
        side.origin.push(decoy.origin);
        side.content.push(decoy.content);
    }
    for &record in &hidden.records {
        side.packed.push(hidden::bare(subject.population.packed[record as usize]));
        side.origin.push(subject.population.origin[record as usize]);
        side.content.push(subject.population.content[record as usize]);
    }
    let first = id(subject.population.len());
    let further =
        subject.linkage.further(subject.comparator, subject.similar, (&side, subject.right), first);
    let cut = further.partition_point(|c| c.left < first + id(decoys.len()));
    let (of_decoys, of_hidden) = further.split_at(cut);

    let mut methods = Vec::new();
    methods.extend(decoys::method(subject, measured, &decoys, of_decoys));
    // Left ids of the hidden records follow the real ones, as if there were no decoys.
    let shift = id(decoys.len());
    let of_hidden: Vec<Candidate> =
        of_hidden.iter().map(|c| Candidate { left: c.left - shift, ..*c }).collect();
    methods.extend(hidden::methods(subject, measured, &hidden, &of_hidden));
    methods.extend(duplicates::method(subject, measured));
    methods
}

// Ids are 32 bits.
#[allow(clippy::cast_possible_truncation)]
pub(super) const fn id(len: usize) -> u32 {
    len as u32
}

/// The contest of the real pairs that `keep` leaves, with further ones. `of_record` has the
/// child of each further record; children beyond the real ones are made.
///
/// Only what may bear on the further ones, and on the children that are asked `about`, is settled:
/// the children who want one of their records, with all that these have. Rivals further off than
/// that hardly tell.
pub(super) fn contest(
    subject: Subject<'_>,
    about: impl Fn(u32) -> bool,
    keep: impl Fn(&Candidate) -> bool,
    further: impl Iterator<Item = Candidate>,
    of_record: &[u32],
) -> Vec<Possible> {
    let (real, pairs) = (subject.children, &subject.linkage.pairs);
    // Who competes matters, not which records they have: those are not copied.
    let mut children = Children {
        of_record: real.of_record.clone(),
        records: vec![Vec::new(); real.records.len()],
        doubles: real.doubles.clone(),
    };
    children.of_record.extend_from_slice(of_record);
    let last = of_record.iter().map(|&child| child as usize + 1).max().unwrap_or(0);
    if last > children.records.len() {
        children.records.resize(last, Vec::new());
    }
    let further: Vec<Candidate> = further.collect();
    let child = |c: &Candidate| real.of_record[c.left as usize];
    let kept: Vec<&Candidate> = pairs.candidates.iter().filter(|c| keep(c)).collect();
    let asked = kept.iter().copied().filter(|c| about(child(c)));
    let wanted: FxHashSet<u32> = asked.chain(&further).map(|c| person(subject, c.right)).collect();
    let mut bears = vec![false; real.records.len()];
    for c in &kept {
        bears[child(c) as usize] |= about(child(c)) || wanted.contains(&person(subject, c.right));
    }
    let near = kept.into_iter().filter(|c| bears[child(c) as usize]).copied();
    let candidates: Vec<Candidate> = near.chain(further).collect();
    let pairs = Pairs {
        candidates,
        matches: pairs.matches,
        sizes: pairs.sizes,
        coverage: pairs.coverage,
        copies: pairs.copies.clone(),
    };
    compete_beside(&pairs, &children, subject.contest, (&subject.linkage.pairs, real))
}

/// Who a register's record is of.
pub(super) fn person(subject: Subject<'_>, right: u32) -> u32 {
    subject.linkage.pairs.person(right)
}

/// The persons that each child is linked with.
pub(super) fn linked(subject: Subject<'_>, possible: &[Possible]) -> BTreeMap<u32, BTreeSet<u32>> {
    let mut linked = BTreeMap::<u32, BTreeSet<u32>>::new();
    for p in possible.iter().filter(|p| p.link) {
        linked.entry(p.child).or_default().insert(person(subject, p.right));
    }
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_spread_and_bounded() {
        assert_eq!(size(100, 20_000), 100);
        assert_eq!(size(10_000, 20_000), 2_000);
        assert_eq!(size(100_000, 20_000), 4_000);
        assert_eq!(size(9_000_000, 20_000), 20_000);
        let list: Vec<u32> = (0..10).collect();
        assert_eq!(every(&list, 4), [0, 3, 6, 9]);
        assert_eq!(every(&list, 10), list);
        assert!(every(&list, 0).is_empty() && every::<u32>(&[], 4).is_empty());
    }
}
