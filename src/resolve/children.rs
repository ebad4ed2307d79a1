//! School records of one child → one child.
//!
//! Pupils move, and stand in two systems at once. Joining two different children would
//! lend one the other's evidence, so a join needs the same certainty as a link, every two
//! records of the child must be compatible (complete linkage: no chain of resemblances),
//! and two rows of one class list are two children unless an identifier proves otherwise.

use std::collections::BTreeMap;

use super::{Candidate, Pairs, exact_identifiers, may_link};
use crate::compare::{
    Comparator, Comparison, MISSING, Pattern, Side, certificate, date, level, name,
};
use crate::normalize::World;

/// The children of the population.
#[derive(Clone, Debug, Default)]
pub struct Children {
    /// For each school record (id in the population's side) its child.
    pub of_record: Vec<u32>,
    /// For each child its school records, ascending.
    pub records: Vec<Vec<u32>>,
    /// For each child the children that may be the same one, though not certainly.
    pub doubles: BTreeMap<u32, Vec<u32>>,
}

/// Joins the records of `side`; `confirm` is the probability from which a join is safe.
#[must_use]
pub fn join(
    pairs: &Pairs,
    comparator: &Comparator,
    world: &World,
    side: &Side,
    confirm: f64,
) -> Children {
    let n = side.len().max(2) as f64;
    let prior = (pairs.matches.max(1e-3) / (n * (n - 1.0) / 2.0)).log2();
    let probability = |c: &Candidate| 1.0 / (1.0 + (-(c.effective + prior)).exp2());

    let mut edges: Vec<&Candidate> = pairs
        .candidates
        .iter()
        .filter(|c| {
            probability(c) >= confirm
                && may_link(c.pattern)
                && (proven(c.pattern) || !same_class_list(world, side, c))
        })
        .collect();
    // Surest first; equals by content, so that rows may come in any order.
    edges.sort_by(|a, b| {
        let content = |c: &Candidate| {
            let (l, r) = (side.content[c.left as usize], side.content[c.right as usize]);
            (l.min(r), l.max(r))
        };
        b.effective.total_cmp(&a.effective).then_with(|| content(a).cmp(&content(b)))
    });

    // Ids are 32 bits.
    #[allow(clippy::cast_possible_truncation)]
    let mut of_record: Vec<u32> = (0..side.len() as u32).collect();
    let mut records: Vec<Vec<u32>> = of_record.iter().map(|&id| vec![id]).collect();
    for edge in edges {
        let (a, b) = (of_record[edge.left as usize], of_record[edge.right as usize]);
        if a == b {
            continue;
        }
        let compatible = records[a as usize].iter().all(|&x| {
            records[b as usize].iter().all(|&y| {
                let pattern =
                    comparator.pattern(&side.packed[x as usize], &side.packed[y as usize]);
                !contradicts(pattern)
            })
        });
        if !compatible {
            continue;
        }
        let (into, from) = (a.min(b), a.max(b));
        let moved = std::mem::take(&mut records[from as usize]);
        for &record in &moved {
            of_record[record as usize] = into;
        }
        records[into as usize].extend(moved);
    }

    // Number the children through, in the order of their first records.
    let mut number = vec![0_u32; records.len()];
    let mut children = Children::default();
    for (slot, mut list) in records.into_iter().enumerate() {
        if list.is_empty() {
            continue;
        }
        list.sort_unstable();
        #[allow(clippy::cast_possible_truncation)]
        let next = children.records.len() as u32;
        number[slot] = next;
        children.records.push(list);
    }
    children.of_record = of_record.into_iter().map(|slot| number[slot as usize]).collect();

    for candidate in &pairs.candidates {
        let a = children.of_record[candidate.left as usize];
        let b = children.of_record[candidate.right as usize];
        if a != b && probability(candidate) >= 0.5 && !contradicts(candidate.pattern) {
            children.doubles.entry(a).or_default().push(b);
            children.doubles.entry(b).or_default().push(a);
        }
    }
    for list in children.doubles.values_mut() {
        list.sort_unstable();
        list.dedup();
    }
    children
}

/// Whether two records say things that one child's records hardly say.
fn contradicts(pattern: Pattern) -> bool {
    let given_name = pattern.level(Comparison::GivenName);
    let birth_date = pattern.level(Comparison::BirthDate);
    given_name == level::GIVEN_DIFFERENT
        || birth_date >= date::YEAR
        || pattern.level(Comparison::Sex) == level::DIFFERENT
        || (given_name != name::EXACT
            && pattern.level(Comparison::Certificate) == certificate::NEIGHBOUR)
}

/// Whether both records stand on one class list.
fn same_class_list(world: &World, side: &Side, candidate: &Candidate) -> bool {
    let (a, i) = side.origin[candidate.left as usize];
    let (b, j) = side.origin[candidate.right as usize];
    if a != b {
        return false;
    }
    let records = &world.sources[usize::from(a)];
    let (i, j) = (i as usize, j as usize);
    records.school[i] != 0
        && records.school[i] == records.school[j]
        && records.grade[i] != 0
        && records.grade[i] == records.grade[j]
}

/// Whether an identifier, the given name and the birth date all agree exactly.
fn proven(pattern: Pattern) -> bool {
    let birth_date = pattern.level(Comparison::BirthDate);
    exact_identifiers(pattern) >= 1
        && pattern.level(Comparison::GivenName) == name::EXACT
        && (birth_date == date::EXACT || birth_date == MISSING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{BirthDates, Packed};
    use crate::model::Score;
    use crate::normalize::{Letters, Lexicon, Name, PartialDate, Records, Sex};

    fn comparator() -> Comparator {
        let mut names = vec![Name::default()];
        names.extend([[1, 2, 3], [4, 5, 6], [7, 8, 9]].map(|word| Name {
            letters: Letters::new(&word),
            skeleton: Letters::new(&word),
            fold: u64::from(word[0]),
            sounds: vec![u64::from(word[0])],
            ..Name::default()
        }));
        let lexicon = Lexicon {
            surnames: names.clone(),
            given_names: names.clone(),
            patronymics: names,
            ..Lexicon::default()
        };
        Comparator::new(
            &lexicon,
            BirthDates::new([PartialDate { year: 2012, month: 5, day: 7 }].into_iter()),
        )
    }

    /// A population of one source whose records all stand in one class.
    fn population(records: &[Packed]) -> (World, Side) {
        let n = records.len();
        let columns = Records {
            row: (0..n as u64).collect(),
            school: vec![1; n],
            grade: vec![2; n],
            ..Records::default()
        };
        let side = Side {
            packed: records.to_vec(),
            origin: (0..).take(n).map(|i| (0, i)).collect(),
            content: (0..n as u64).collect(),
        };
        (World { sources: vec![columns], ..World::default() }, side)
    }

    fn joined(records: &[Packed], edges: &[(u32, u32)], classes: [u32; 3]) -> Children {
        let comparator = comparator();
        let (mut world, side) = population(records);
        world.sources[0].grade = records.iter().zip(classes).map(|(_, class)| class).collect();
        let candidates = edges
            .iter()
            .map(|&(left, right)| Candidate {
                left,
                right,
                pattern: comparator.pattern(&records[left as usize], &records[right as usize]),
                score: Score { weight: 60.0, kin: -20.0 },
                effective: 60.0,
            })
            .collect();
        let pairs = Pairs {
            candidates,
            matches: 1.0,
            sizes: (records.len(), records.len()),
            coverage: 1.0,
        };
        join(&pairs, &comparator, &world, &side, 0.9999)
    }

    fn record(given_name: u32, rnokpp: u64) -> Packed {
        Packed {
            surname: 1,
            given_name,
            birth_date: 1,
            rnokpp,
            sex: Sex::Male,
            ..Packed::default()
        }
    }

    #[test]
    fn records_in_two_classes_join() {
        let children = joined(&[record(1, 0), record(1, 0)], &[(0, 1)], [1, 2, 0]);
        assert_eq!(children.records, [vec![0, 1]]);
        assert_eq!(children.of_record, [0, 0]);
    }

    #[test]
    fn two_rows_of_a_class_list_stay_apart_without_proof() {
        let apart = joined(&[record(1, 0), record(1, 0)], &[(0, 1)], [1, 1, 0]);
        assert_eq!(apart.records.len(), 2);
        // They may still be one: neither is the other's rival.
        assert_eq!(apart.doubles[&0], [1]);
        let proven = joined(&[record(1, 77), record(1, 77)], &[(0, 1)], [1, 1, 0]);
        assert_eq!(proven.records.len(), 1);
    }

    #[test]
    fn a_chain_of_resemblances_does_not_join_its_ends() {
        // The middle record lacks its given name; its neighbours are two children.
        let records = [record(1, 5), record(0, 5), record(2, 5)];
        let mut edges = [(0, 1), (1, 2)];
        for _ in 0..2 {
            let children = joined(&records, &edges, [1, 2, 3]);
            assert!(children.records.len() >= 2, "{:?}", children.records);
            assert_ne!(children.of_record[0], children.of_record[2]);
            edges.reverse();
        }
    }
}
