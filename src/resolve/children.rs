//! School records of one child → one child.
//!
//! Pupils move, and stand in two systems at once. Joining two different children would
//! lend one the other's evidence, so a join needs the same certainty as a link, every two
//! records of the child must be compatible (complete linkage: no chain of resemblances),
//! and two rows of one class list are two children unless an identifier proves otherwise.

use std::collections::BTreeMap;

use super::{Candidate, Pairs, SUREST, contradicts, may_link, proven};
use crate::compare::{Comparator, Packed, Side};
use crate::normalize::{Document, Sex, World};

/// The children of the population.
#[derive(Clone, Debug, Default)]
pub struct Children {
    /// For each school record (id in the population's side) its child.
    pub of_record: Vec<u32>,
    /// For each child its school records, ascending.
    pub records: Vec<Vec<u32>>,
    /// For each child the children that may be the same one, though not certainly, each with
    /// the probability that it is; ascending.
    pub doubles: BTreeMap<u32, Vec<(u32, f64)>>,
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
        let probability = probability(candidate).min(SUREST);
        if a != b && probability >= 0.5 && !contradicts(candidate.pattern) {
            children.doubles.entry(a).or_default().push((b, probability));
            children.doubles.entry(b).or_default().push((a, probability));
        }
    }
    for list in children.doubles.values_mut() {
        // Of several pairs of records the surest.
        list.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        list.dedup_by_key(|double| double.0);
    }
    children
}

/// Fills in what a record lacks from the other records of its child, where these agree on it.
///
/// What one school knows is then held for and against a link of every record of the child: a
/// record without a patronymic is no way around the patronymic in the other.
pub fn complete(side: &mut Side, children: &Children) {
    fn agreed<T: Copy + PartialEq>(values: impl Iterator<Item = T>, none: T) -> T {
        let mut known = values.filter(|&value| value != none);
        let first = known.next().unwrap_or(none);
        if known.all(|value| value == first) { first } else { none }
    }
    for ids in children.records.iter().filter(|ids| ids.len() > 1) {
        let records: Vec<Packed> = ids.iter().map(|&id| side.packed[id as usize]).collect();
        macro_rules! fill {
            ($($field:ident = $none:expr),+) => {
                $(
                    let value = agreed(records.iter().map(|r| r.$field), $none);
                    for &id in ids {
                        let record = &mut side.packed[id as usize];
                        if record.$field == $none {
                            record.$field = value;
                        }
                    }
                )+
            };
        }
        fill!(
            unzr = 0,
            rnokpp = 0,
            surname = 0,
            given_name = 0,
            patronymic = 0,
            birth_date = 0,
            sex = Sex::Missing
        );
        // Documents come with their further ones.
        if records.iter().all(|record| record.further == 0) {
            fill!(certificate = Document::MISSING, document = Document::MISSING);
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::BirthDates;
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
            copies: BTreeMap::new(),
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
        assert_eq!(apart.doubles[&0][0].0, 1);
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

    #[test]
    fn a_record_is_completed_where_the_others_agree() {
        let mut side = Side {
            packed: vec![record(1, 0), record(0, 77), record(2, 77), record(1, 5)],
            ..Side::default()
        };
        side.packed[3].patronymic = 1;
        let children = Children {
            of_record: vec![0, 0, 0, 1],
            records: vec![vec![0, 1, 2], vec![3]],
            ..Children::default()
        };
        complete(&mut side, &children);
        let given_names: Vec<u32> = side.packed.iter().map(|r| r.given_name).collect();
        // The others say 1 and 2: nothing is known.
        assert_eq!(given_names, [1, 0, 2, 1]);
        let numbers: Vec<u64> = side.packed.iter().map(|r| r.rnokpp).collect();
        assert_eq!(numbers, [77, 77, 77, 5]);
        // Another child's record lends nothing.
        assert_eq!(side.packed[0].patronymic, 0);
    }
}
