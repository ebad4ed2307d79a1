//! The list of all pairs of distinct names that agree at all, with their levels.
//!
//! Names within `d` edits share a string that `d` deletions make of each (Mor and Fraenkel 1982,
//! known from SymSpell), so sorting deletion keys finds them all without comparing everything
//! with everything. The chance of agreeing can then be summed exactly instead of sampled, and
//! two names are compared once, however many records bear them.

use rayon::prelude::*;

use super::names::{NameTable, level};

/// Pairs of names that are held at once while levels are worked out.
const MOST_PAIRS: usize = 1 << 23;
/// Names whose keys one task takes.
const TASK: usize = 1 << 12;

/// For each name the other names that agree with it, and at what level.
#[derive(Debug)]
pub struct Neighbours {
    /// Where the neighbours of each code start, and the last end.
    starts: Vec<u32>,
    /// Neighbours by code, each list ascending.
    codes: Vec<u32>,
    /// Their levels.
    levels: Vec<u8>,
    /// The level of all others.
    different: u8,
    /// Codes that do not agree exactly with themselves: initials.
    initials: Vec<bool>,
}

/// The names that have one key.
type Run<'a> = &'a [(u64, u32)];
/// Two names, the lower code first, and their level.
type Pair = (u32, u32, u8);

impl Neighbours {
    /// All neighbours in a table.
    #[must_use]
    pub fn new(table: &NameTable) -> Self {
        // Codes are 32 bits.
        #[allow(clippy::cast_possible_truncation)]
        let codes = table.len() as u32;
        let keys = shared_keys(table);
        let mut pairs: Vec<Pair> = initial_pairs(table);
        let runs: Vec<Run<'_>> = keys.chunk_by(|a, b| a.0 == b.0).collect();
        for range in ranges(&runs, codes) {
            pairs.par_extend(pairs_within(table, &runs, range));
        }
        pairs.par_sort_unstable();
        pairs.dedup();
        Self::of_pairs(table, &pairs)
    }

    /// Both directions of sorted pairs: levels are symmetric.
    fn of_pairs(table: &NameTable, pairs: &[Pair]) -> Self {
        let mut starts = vec![0_u32; table.len() + 1];
        for &(a, b, _) in pairs {
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += u32::from(a != b);
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let total = starts.last().map_or(0, |&end| end as usize);
        let (mut codes, mut levels) = (vec![0; total], vec![0; total]);
        let mut ends = starts.clone();
        let mut push = |of: u32, other: u32, level: u8| {
            let end = &mut ends[of as usize];
            (codes[*end as usize], levels[*end as usize]) = (other, level);
            *end += 1;
        };
        // First the lower neighbours of every name, then the higher ones: each list ascends.
        pairs.iter().filter(|(a, b, _)| a != b).for_each(|&(a, b, level)| push(b, a, level));
        for &(a, b, level) in pairs {
            push(a, b, level);
        }
        let initials = (0..).take(table.len()).map(|code| table.is_initial(code)).collect();
        Self { starts, codes, levels, different: table.different(), initials }
    }

    fn range(&self, code: u32) -> std::ops::Range<usize> {
        self.starts[code as usize] as usize..self.starts[code as usize + 1] as usize
    }

    /// The neighbours of a name with their levels, by code. The name itself is not among them,
    /// unless it is an initial: two equal initials agree as initials, not exactly.
    pub fn of(&self, code: u32) -> impl ExactSizeIterator<Item = (u32, u8)> + '_ {
        let range = self.range(code);
        self.codes[range.clone()].iter().copied().zip(self.levels[range].iter().copied())
    }

    /// The level of two names, as [`NameTable::level`] has it.
    #[must_use]
    pub fn level(&self, a: u32, b: u32) -> u8 {
        if a == b && !self.initials[a as usize] {
            return level::EXACT;
        }
        let range = self.range(a);
        match self.codes[range.clone()].binary_search(&b) {
            Ok(place) => self.levels[range.start + place],
            Err(_) => self.different,
        }
    }

    /// Number of pairs, both directions counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether no two names agree.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }
}

/// The keys of all names, sorted, without those that only one name has.
fn shared_keys(table: &NameTable) -> Vec<(u64, u32)> {
    // Codes are 32 bits.
    #[allow(clippy::cast_possible_truncation)]
    let codes: Vec<u32> = (1..table.len().max(1) as u32).collect();
    let mut keys: Vec<(u64, u32)> = codes
        .par_chunks(TASK)
        .flat_map_iter(|codes| {
            let of = |&code: &u32| table.keys(code).into_iter().map(move |key| (key, code));
            codes.iter().flat_map(of).collect::<Vec<_>>()
        })
        .collect();
    keys.par_sort_unstable();
    // A name has each of its keys once: a run is of several names.
    let alone = |i: usize, keys: &[(u64, u32)]| {
        let same = |j: usize| keys.get(j).is_some_and(|other| other.0 == keys[i].0);
        !(same(i + 1) || (i > 0 && same(i - 1)))
    };
    (0..keys.len())
        .into_par_iter()
        .with_min_len(TASK)
        .filter(|&i| !alone(i, &keys))
        .map(|i| keys[i])
        .collect()
}

/// Ranges of codes whose pairs with higher ones are few enough to be held at once.
fn ranges(runs: &[Run<'_>], codes: u32) -> Vec<std::ops::Range<u32>> {
    let mut met = vec![0_usize; codes as usize];
    for run in runs {
        for (place, &(_, code)) in run.iter().enumerate() {
            met[code as usize] += run.len() - 1 - place;
        }
    }
    let (mut ranges, mut start, mut sum) = (Vec::new(), 0, 0);
    for (code, met) in (0..codes).zip(met) {
        if sum + met > MOST_PAIRS && code > start {
            ranges.push(start..code);
            (start, sum) = (code, 0);
        }
        sum += met;
    }
    ranges.push(start..codes);
    ranges
}

/// The pairs that agree of a range of codes with higher ones.
fn pairs_within(table: &NameTable, runs: &[Run<'_>], range: std::ops::Range<u32>) -> Vec<Pair> {
    let mut pairs: Vec<(u32, u32)> = runs
        .par_chunks(TASK)
        .flat_map_iter(|runs| {
            let mut pairs = Vec::new();
            for run in runs {
                let from = run.partition_point(|&(_, code)| code < range.start);
                let to = run.partition_point(|&(_, code)| code < range.end);
                for (place, &(_, a)) in run[from..to].iter().enumerate() {
                    pairs.extend(run[from + place + 1..].iter().map(|&(_, b)| (a, b)));
                }
            }
            pairs
        })
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    let level = |(a, b): (u32, u32)| (a, b, table.level(a, b));
    let agree = |pair: &Pair| pair.2 != table.different();
    pairs.into_par_iter().with_min_len(TASK).map(level).filter(agree).collect()
}

/// Initials with every name that they agree with: there are few distinct ones.
fn initial_pairs(table: &NameTable) -> Vec<Pair> {
    // Codes are 32 bits.
    #[allow(clippy::cast_possible_truncation)]
    let codes = 1..table.len().max(1) as u32;
    let is_initial = |&code: &u32| table.forms(code).any(|form| table.is_initial(form));
    let initials: Vec<u32> = codes.clone().filter(is_initial).collect();
    initials
        .into_par_iter()
        .flat_map_iter(|i| {
            let others = codes.clone().filter(move |&j| j != i || table.is_initial(i));
            let pair = move |j: u32| (i.min(j), i.max(j), table.level(i, j));
            others.map(pair).filter(|pair| pair.2 != table.different()).collect::<Vec<_>>()
        })
        .collect()
}
