//! Blocks against a naive search for pairs.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::block::facets::{Facet, facets};
use crate::block::rules::REFINEMENTS;
use crate::compare::{BirthDates, Packed};
use crate::normalize::{Document, DocumentKind, Further, Letters, Lexicon, Name, PartialDate};

fn certificate(number: u32) -> Document {
    Document { kind: DocumentKind::BirthCertificate, number, ..Document::MISSING }
}

/// Five names, the fourth of two sounds, and a choice between the first and the third; of
/// further documents one certificate.
fn comparator() -> Comparator {
    let names = || {
        let mut names = vec![Name::default()];
        names.extend((1..6_u8).map(|i| Name {
            letters: Letters::new(&[i, i + 1, i + 2]),
            skeleton: Letters::new(&[i, i + 1, i + 2]),
            fold: u64::from(i),
            sounds: if i == 4 { vec![4, 2] } else { vec![u64::from(i)] },
            ..Name::default()
        }));
        names.push(Name { forms: vec![1, 3], ..names[1].clone() });
        names
    };
    let further = Further { certificates: vec![certificate(2)], ..Further::default() };
    let lexicon = Lexicon {
        surnames: names(),
        given_names: names(),
        patronymics: names(),
        further: vec![Further::default(), further],
        ..Lexicon::default()
    };
    let dates = (1..5).map(|day| PartialDate { year: 2012, month: 1, day });
    Comparator::new(&lexicon, BirthDates::new(dates))
}

fn record() -> impl Strategy<Value = Packed> {
    (0_u32..7, 0_u32..7, 0_u32..7, 0_u32..5, 0_u32..4, 0_u64..3, 0_u32..2).prop_map(
        |(surname, given_name, patronymic, birth_date, number, unzr, further)| Packed {
            surname,
            given_name,
            patronymic,
            birth_date,
            unzr,
            further,
            certificate: if number == 0 { Document::MISSING } else { certificate(number) },
            ..Packed::default()
        },
    )
}

/// All pairs of a left record, each with the first rule that reaches it.
fn candidates(blocker: &Blocker, left: u32) -> Vec<(u32, usize)> {
    let mut ids = Vec::new();
    blocker.candidates(left, &mut ids);
    assert!(ids.is_sorted_by(|a, b| a < b));
    ids.into_iter().map(|right| (right, blocker.reached_by(left, right).unwrap())).collect()
}

/// The pairs of a left record under one rule.
fn block(blocker: &Blocker, rule: usize, left: u32) -> Vec<u32> {
    let mut ids = Vec::new();
    blocker.block(rule, left, &mut ids);
    ids
}

fn side(packed: Vec<Packed>) -> Side {
    Side { packed, ..Side::default() }
}

proptest! {
    #[test]
    fn candidates_are_the_pairs_that_share_a_key_each_once(
        left in proptest::collection::vec(record(), 0..30),
        right in proptest::collection::vec(record(), 0..30),
    ) {
        let comparator = comparator();
        let (left, right) = (side(left), side(right));
        let blocker = Blocker::new(&comparator, &left, &right);
        let mut found = Vec::new();
        for l in 0..u32::try_from(left.len()).unwrap() {
            let tight = candidates(&blocker, l).into_iter().filter(|&(_, rule)| !RULES[rule].loose);
            found.extend(tight.map(|(r, rule)| (l, r, rule)));
        }
        let mut naive = BTreeSet::new();
        for (l, a) in left.packed.iter().enumerate() {
            for (r, b) in right.packed.iter().enumerate() {
                // Loose rules are tested by themselves: which are cast depends on the costs.
                let first = RULES.iter().position(|rule| {
                    let keys = |record| {
                        {
                            let facets = facets(&comparator, record);
                            facets.iter().map(|f| rule.key(f)).collect::<Vec<_>>()
                        }
                    };
                    !rule.loose && keys(a).iter().any(|x| *x != 0 && keys(b).contains(x))
                });
                if let Some(rule) = first {
                    naive.insert((u32::try_from(l).unwrap(), u32::try_from(r).unwrap(), rule));
                }
            }
        }
        for (l, a) in left.packed.iter().enumerate() {
            for (r, b) in right.packed.iter().enumerate() {
                let (l, r) = (u32::try_from(l).unwrap(), u32::try_from(r).unwrap());
                let [x, y] = [a, b].map(|record| facets(&comparator, record));
                for (i, rule) in RULES.iter().enumerate().filter(|(_, rule)| !rule.loose) {
                    let shared = x.iter().map(|f| rule.key(f)).any(|key| {
                        key != 0 && y.iter().any(|f| rule.key(f) == key)
                    });
                    prop_assert_eq!(blocker.rules_of(l, r) >> i & 1 == 1, shared);
                }
            }
        }
        prop_assert_eq!(found.len(), naive.len());
        prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), naive);
    }

    #[test]
    fn within_a_side_no_record_meets_itself(
        records in proptest::collection::vec(record(), 0..30),
    ) {
        let comparator = comparator();
        let side = side(records);
        let blocker = Blocker::within(&comparator, &side);
        let mut seen = BTreeSet::new();
        for l in 0..u32::try_from(side.len()).unwrap() {
            for (r, _) in candidates(&blocker, l) {
                assert!(l < r);
                assert!(seen.insert((l, r)));
            }
        }
        let alone: u64 = blocker.plan().iter().map(|plan| plan.pairs).sum();
        prop_assert!(seen.len() as u64 <= alone);
    }
}

#[test]
fn a_costly_block_is_refined_and_keeps_pairs_that_agree_there_too() {
    let comparator = comparator();
    let twelve_hundred = |given_name| {
        vec![Packed { surname: 1, birth_date: 1, given_name, ..Packed::default() }; 1_200]
    };
    let mut left = twelve_hundred(1);
    left.push(Packed { surname: 1, birth_date: 1, given_name: 2, ..Packed::default() });
    let right = twelve_hundred(2);
    let blocker = Blocker::new(&comparator, &side(left), &side(right));
    let rule = RULES.iter().position(|rule| rule.name == "birth_date+surname").unwrap();
    assert_eq!(blocker.plan()[rule].refined, 1);
    assert_eq!(block(&blocker, rule, 0).len(), 0);
    assert_eq!(block(&blocker, rule, 1_200).len(), 1_200);
}

#[test]
fn a_loose_rule_is_cast_only_where_it_is_cheap() {
    let comparator = comparator();
    let born = |n: usize| side(vec![Packed { birth_date: 1, ..Packed::default() }; n]);
    let loose = RULES.iter().position(|rule| rule.name == "birth_date").unwrap();
    let few = Blocker::new(&comparator, &born(100), &born(5));
    assert_eq!(few.plan()[loose].pairs, 500);
    let many = Blocker::new(&comparator, &born(100), &born(100));
    assert_eq!(many.plan()[loose].pairs, 0);
    assert_eq!(many.reached_by(0, 0), None);
}

#[test]
fn rows_that_nothing_tells_apart_are_dropped_and_counted() {
    let comparator = comparator();
    let equal = |certificate| Packed {
        surname: 1,
        given_name: 2,
        patronymic: 3,
        birth_date: 1,
        certificate,
        ..Packed::default()
    };
    let mut left = vec![equal(Document::MISSING); 20_000];
    let mut right = left.clone();
    left.push(equal(certificate(7)));
    right.push(equal(certificate(7)));
    let blocker = Blocker::new(&comparator, &side(left.clone()), &side(right));
    let names = RULES.iter().position(|rule| rule.name == "names").unwrap();
    let plan = blocker.plan()[names];
    assert_eq!(plan.dropped, 20_000 * 20_000);
    // The pair that has a certificate, and the two that lack it on one side.
    assert_eq!((plan.pairs, plan.blocks, plan.refined), (1, 1, 1));
    assert_eq!(plan.parted, 2 * 20_000);
    assert_eq!(blocker.rules_of(0, 0), 0);
    assert_eq!(blocker.reached_by(20_000, 20_000), Some(0));
    let mut met = 0;
    for l in 0..=20_000 {
        met += candidates(&blocker, l).len();
    }
    assert_eq!(met, 1);

    let within = Blocker::within(&comparator, &side(left));
    assert_eq!(within.plan()[names].dropped, 20_000 * 19_999 / 2);
    assert_eq!(within.plan()[names].pairs, 0);
}

/// Facets of one side in a block, by place.
type Members = Vec<(u32, Facet)>;

/// Splits a block until it is small enough, and hands on its pairs.
fn split(
    rule: &Rule,
    depth: usize,
    (left, right): (Members, Members),
    cap: usize,
    pairs: &mut BTreeSet<(u32, u32)>,
) {
    let distinct = |members: &Members| members.iter().map(|m| m.0).collect::<BTreeSet<_>>();
    let (ls, rs) = (distinct(&left), distinct(&right));
    if ls.len() * rs.len() <= cap {
        pairs.extend(ls.iter().flat_map(|&l| rs.iter().map(move |&r| (l, r))));
        return;
    }
    let mut blocks = BTreeMap::<u64, (Members, Members)>::new();
    let value = |facet: &Facet| match depth {
        0 => Some(rule.refined(1, facet)),
        _ => REFINEMENTS.get(depth - 1).map(|part| part(facet)),
    };
    for (id, facet) in left {
        let Some(value) = value(&facet) else { return };
        blocks.entry(value).or_default().0.push((id, facet));
    }
    for (id, facet) in right {
        let Some(value) = value(&facet) else { return };
        blocks.entry(value).or_default().1.push((id, facet));
    }
    for block in blocks.into_values() {
        split(rule, depth + 1, block, cap, pairs);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn refined_blocks_are_those_of_splitting_one_by_one(
        left in proptest::collection::vec(record(), 0..12),
        right in proptest::collection::vec(record(), 0..12),
        cap in 1_usize..20,
    ) {
        let comparator = comparator();
        let (left, right) = (side(left), side(right));
        let blocker = Blocker::build(&comparator, &left, Some(&right), cap as u64);
        for (i, rule) in RULES.iter().enumerate().filter(|(_, rule)| !rule.loose) {
            let mut blocks = BTreeMap::<u64, (Members, Members)>::new();
            for (id, record) in left.packed.iter().enumerate() {
                for facet in facets(&comparator, record).iter().filter(|f| rule.key(f) != 0) {
                    let block = blocks.entry(rule.key(facet)).or_default();
                    block.0.push((u32::try_from(id).unwrap(), *facet));
                }
            }
            for (id, record) in right.packed.iter().enumerate() {
                for facet in facets(&comparator, record).iter().filter(|f| rule.key(f) != 0) {
                    let block = blocks.entry(rule.key(facet)).or_default();
                    block.1.push((u32::try_from(id).unwrap(), *facet));
                }
            }
            let mut naive = BTreeSet::new();
            for block in blocks.into_values() {
                split(rule, 0, block, cap, &mut naive);
            }
            let mut found = Vec::new();
            for l in 0..u32::try_from(left.len()).unwrap() {
                found.extend(block(&blocker, i, l).into_iter().map(|r| (l, r)));
                for r in 0..u32::try_from(right.len()).unwrap() {
                    let fires = blocker.rules_of(l, r) >> i & 1 == 1;
                    prop_assert_eq!(fires, naive.contains(&(l, r)));
                }
            }
            prop_assert_eq!(found.len(), naive.len());
            prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), naive);
            prop_assert!(blocker.plan()[i].largest <= cap as u64);
        }
    }
}

/// Keys of a record under any rule.
fn keys_of(comparator: &Comparator, rule: &Rule, record: &Packed) -> BTreeSet<u64> {
    let mut keys = BTreeSet::new();
    for facet in facets(comparator, record).iter() {
        keys.insert(rule.key(facet));
        rule.left_over(facet, &mut |key| {
            keys.insert(key);
        });
    }
    keys.remove(&0);
    keys
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn rules_for_left_over_records_pair_those_that_no_convincing_pair_has(
        left in proptest::collection::vec(record(), 0..12),
        right in proptest::collection::vec(record(), 0..12),
    ) {
        let comparator = comparator();
        let (left, right) = (side(left), side(right));
        let blocker = Blocker::new(&comparator, &left, &right);
        let shares = |name: &str, a: &Packed, b: &Packed| {
            let rule = RULES.iter().find(|rule| rule.name == name).unwrap();
            !keys_of(&comparator, rule, a).is_disjoint(&keys_of(&comparator, rule, b))
        };
        let by_name = [
            "birth_date+surname",
            "birth_date+patronymic+initial",
            "names",
            "surname+given_name+year",
            "birth_date+swapped_names",
        ];
        let convinces = |a: &Packed, b: &Packed| {
            let named = by_name.iter().any(|name| shares(name, a, b));
            let given = shares("birth_date+given_name", a, b);
            let unzr = shares("unzr", a, b);
            unzr || given && named || shares("certificate", a, b) && (given || named)
        };
        let open = |a: &Packed| !right.packed.iter().any(|b| convinces(a, b));
        let open_right = |b: &Packed| !left.packed.iter().any(|a| convinces(a, b));
        for (l, a) in left.packed.iter().enumerate() {
            let l = u32::try_from(l).unwrap();
            let found: BTreeMap<u32, usize> = candidates(&blocker, l).into_iter().collect();
            for (r, b) in right.packed.iter().enumerate() {
                let r = u32::try_from(r).unwrap();
                let mask = blocker.rules_of(l, r);
                for (i, rule) in RULES.iter().enumerate() {
                    if rule.grounds == Grounds::Leftover {
                        let naive = open(a) && open_right(b) && shares(rule.name, a, b);
                        prop_assert_eq!(mask >> i & 1 == 1, naive, "{}", rule.name);
                    }
                }
                let first = (mask != 0).then(|| mask.trailing_zeros() as usize);
                prop_assert_eq!(blocker.reached_by(l, r), first);
                prop_assert_eq!(found.get(&r).copied(), first);
            }
        }
    }

    #[test]
    fn slips_of_a_certificate_share_a_key(number in 1_u32..1_000_000, place in 0_u32..6, digit in 0_u32..10) {
        let keys = |number| keys_of(
            &comparator(),
            RULES.iter().find(|rule| rule.name == "certificate_slip").unwrap(),
            &Packed { certificate: certificate(number), ..Packed::default() },
        );
        let power = 10_u32.pow(place);
        let replaced = number - number / power % 10 * power + digit * power;
        prop_assert!(!keys(number).is_disjoint(&keys(replaced)));
        let mut swapped: Vec<char> = format!("{number:06}").chars().collect();
        swapped.swap(place.min(4) as usize, place.min(4) as usize + 1);
        let swapped: u32 = swapped.into_iter().collect::<String>().parse().unwrap();
        prop_assert!(!keys(number).is_disjoint(&keys(swapped)));
        let lost = number / (power * 10) * power + number % power;
        if number >= 100_000 && lost < 100_000 {
            prop_assert!(!keys(number).is_disjoint(&keys(lost)));
        }
    }
}

#[test]
fn values_too_common_to_find_anybody_are_left_out() {
    let comparator = comparator();
    let record = Packed { surname: 1, given_name: 2, ..Packed::default() };
    let rule = RULES.iter().position(|rule| rule.name == "two_names").unwrap();
    let met = |records: usize| {
        // Surname and given name in each other's place.
        let swapped = Packed { surname: 2, given_name: 1, ..Packed::default() };
        let right = side(vec![swapped; records]);
        block(&Blocker::new(&comparator, &side(vec![record]), &right), rule, 0).len()
    };
    assert_eq!((met(1), met(32), met(33)), (1, 32, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_order_of_rows_changes_nothing(
        left in proptest::collection::vec(record(), 1..14),
        right in proptest::collection::vec(record(), 1..14),
        cap in 1_u64..20,
    ) {
        let comparator = comparator();
        let reversed = |rows: &[Packed]| side(rows.iter().rev().copied().collect());
        let (turned_left, turned_right) = (reversed(&left), reversed(&right));
        let (left, right) = (side(left), side(right));
        let blocker = Blocker::build(&comparator, &left, Some(&right), cap);
        let turned = Blocker::build(&comparator, &turned_left, Some(&turned_right), cap);
        prop_assert_eq!(blocker.plan(), turned.plan());
        let ends = [left.len(), right.len()].map(|len| u32::try_from(len).unwrap() - 1);
        for l in 0..=ends[0] {
            for r in 0..=ends[1] {
                prop_assert_eq!(
                    blocker.rules_of(l, r),
                    turned.rules_of(ends[0] - l, ends[1] - r)
                );
            }
        }
    }
}
