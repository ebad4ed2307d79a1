//! Keys of two sides → numbered blocks.
//!
//! Both sides' keys are sorted and merged. A block, a key that both sides have, gets a number;
//! what a record keeps of its keys is the numbers of its blocks, half as long as a hash and none
//! where nobody shares the key. Blocks are numbered in the order of their first right record, so
//! that records that stand together are found in blocks that stand together.

use rayon::prelude::*;

use super::keys::RuleKeys;

/// One rule's blocks.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Where the records of block `n` start, at `n - 1`; and the last end.
    starts: Vec<u32>,
    /// Right records by block, each block's ascending.
    ids: Vec<u32>,
}

impl Blocks {
    /// The right records of a block; none of block 0.
    pub(super) fn of(&self, block: u32) -> &[u32] {
        match block {
            0 => &[],
            n => {
                let n = n as usize;
                &self.ids[self.starts[n - 1] as usize..self.starts[n] as usize]
            }
        }
    }
}

/// The blocks of one side's records under one rule.
#[derive(Debug, Default)]
pub(super) struct Column {
    /// By record the block of its first key; 0 where it has none.
    pub(super) first: Vec<u32>,
    /// Records with the blocks of their further keys.
    pub(super) further: Vec<(u32, u32)>,
}

/// What the blocks of a rule are.
#[derive(Debug, Default)]
pub(super) struct Census {
    pub(super) blocks: u64,
    /// Pairs of the block that has most.
    pub(super) largest: u64,
    pub(super) pairs: u64,
    /// Pairs of keys; within a side every record meets itself, and every pair is met twice.
    pub(super) cost: u64,
    /// Keys of blocks that cost more than the cap, sorted.
    pub(super) costly: Vec<u64>,
}

/// The sorted keys of both sides.
#[derive(Debug)]
pub(super) struct Join {
    left: Vec<(u64, u32)>,
    /// `None` where both sides are one.
    right: Option<Vec<(u64, u32)>>,
}

/// A block: where its entries stand on both sides.
#[derive(Clone, Debug)]
pub(super) struct Met {
    pub(super) left: std::ops::Range<usize>,
    pub(super) right: std::ops::Range<usize>,
}

/// A side so many times smaller than the other is asked first which keys it has.
const MUCH_SMALLER: usize = 2;

impl Join {
    /// Sorts the keys of two sides, or of a side with itself.
    pub(super) fn new(left: &RuleKeys, right: Option<&RuleKeys>) -> Self {
        let Some(right) = right else {
            return Self { left: sorted(left, &Sieve::all()), right: None };
        };
        let sizes = [left, right].map(|keys| keys.first.len() + keys.further.len());
        if sizes[0] * MUCH_SMALLER <= sizes[1] {
            let left = sorted(left, &Sieve::all());
            let right = sorted(right, &Sieve::of(left.iter().map(|entry| entry.0)));
            Self { left, right: Some(right) }
        } else if sizes[1] * MUCH_SMALLER <= sizes[0] {
            let right = sorted(right, &Sieve::all());
            Self {
                left: sorted(left, &Sieve::of(right.iter().map(|entry| entry.0))),
                right: Some(right),
            }
        } else {
            let (left, right) =
                rayon::join(|| sorted(left, &Sieve::all()), || sorted(right, &Sieve::all()));
            Self { left, right: Some(right) }
        }
    }

    fn right(&self) -> &[(u64, u32)] {
        self.right.as_deref().unwrap_or(&self.left)
    }

    /// The keys that both sides have.
    fn met(&self) -> impl Iterator<Item = Met> + '_ {
        met(&self.left, self.right())
    }

    /// What the blocks cost.
    pub(super) fn census(&self, cap: u64) -> Census {
        self.count(cap, usize::MAX)
    }

    /// What the blocks of at most `most` right records cost.
    pub(super) fn census_up_to(&self, most: usize) -> Census {
        self.count(u64::MAX, most)
    }

    fn count(&self, cap: u64, most: usize) -> Census {
        let mut census = Census::default();
        for met in self.met().filter(|met| met.right.len() <= most) {
            let (n, others) = (met.left.len() as u64, met.right.len() as u64);
            let pairs = if self.right.is_none() { n * (n - 1) / 2 } else { n * others };
            if pairs > 0 {
                census.blocks += 1;
                census.largest = census.largest.max(pairs);
                census.pairs += pairs;
            }
            census.cost += n * others;
            if n * others > cap {
                census.costly.push(self.left[met.left.start].0);
            }
        }
        census
    }

    /// The blocks, each of at most `most` right records, and what block each record is in.
    pub(super) fn blocks_of(
        &self,
        keys: (&RuleKeys, &RuleKeys),
        most: usize,
    ) -> (Blocks, Column, Column) {
        let alone = |met: &Met| self.right.is_none() && met.left.len() < 2;
        let mut found: Vec<Met> =
            self.met().filter(|met| met.right.len() <= most && !alone(met)).collect();
        // First ids are of several blocks where a record has several keys.
        found.par_sort_unstable_by_key(|met| (self.right()[met.right.start].1, met.right.start));
        let mut blocks = Blocks { starts: vec![0], ids: Vec::new() };
        let column =
            |keys: &RuleKeys| Column { first: vec![0; keys.first.len()], further: Vec::new() };
        let (mut left, mut right) = (column(keys.0), column(keys.1));
        let note = |column: &mut Column, keys: &RuleKeys, entries: &[(u64, u32)], block: u32| {
            for &(key, id) in entries {
                if keys.first(id) == key {
                    column.first[id as usize] = block;
                } else {
                    column.further.push((id, block));
                }
            }
        };
        for (met, block) in found.into_iter().zip(1..) {
            note(&mut left, keys.0, &self.left[met.left], block);
            let entries = &self.right()[met.right];
            if self.right.is_some() {
                note(&mut right, keys.1, entries, block);
            }
            blocks.ids.extend(entries.iter().map(|&(_, id)| id));
            // A rule has fewer keys than 2^32.
            #[allow(clippy::cast_possible_truncation)]
            blocks.starts.push(blocks.ids.len() as u32);
        }
        blocks.ids.shrink_to_fit();
        (blocks, left, right)
    }
}

/// The keys that two sorted lists have in common.
pub(super) fn met<'a>(
    left: &'a [(u64, u32)],
    right: &'a [(u64, u32)],
) -> impl Iterator<Item = Met> + 'a {
    let (mut from, mut met) = (0, 0);
    std::iter::from_fn(move || {
        while from < left.len() {
            let key = left[from].0;
            let start = from;
            from += left[start..].iter().take_while(|entry| entry.0 == key).count();
            met += right[met..].iter().take_while(|entry| entry.0 < key).count();
            let end = met + right[met..].iter().take_while(|entry| entry.0 == key).count();
            if end > met {
                return Some(Met { left: start..from, right: met..end });
            }
        }
        None
    })
}

/// The keys with their records, sorted, as far as the sieve lets them pass.
fn sorted(keys: &RuleKeys, sieve: &Sieve) -> Vec<(u64, u32)> {
    // Ids are 32 bits.
    #[allow(clippy::cast_possible_truncation)]
    let first = keys.first.par_iter().enumerate().map(|(id, &key)| (key, id as u32));
    let mut entries: Vec<(u64, u32)> =
        first.filter(|&(key, _)| key != 0 && sieve.passes(key)).collect();
    let further = keys.further.iter().map(|&(id, key)| (key, id));
    entries.extend(further.filter(|&(key, _)| sieve.passes(key)));
    entries.par_sort_unstable();
    entries
}

/// Which keys a small side may have: a bit for each value of the leading bits.
pub(super) struct Sieve {
    bits: Vec<u64>,
    shift: u32,
}

impl Sieve {
    /// Lets everything pass.
    pub(super) fn all() -> Self {
        Self { bits: Vec::new(), shift: 0 }
    }

    /// Lets pass some keys, and of all others about one in sixteen.
    pub(super) fn of(keys: impl ExactSizeIterator<Item = u64>) -> Self {
        let width = (keys.len().max(4) * 16).next_power_of_two().ilog2();
        let mut sieve = Self { bits: vec![0; (1 << width) / 64], shift: 64 - width };
        for key in keys {
            let place = key >> sieve.shift;
            sieve.bits[(place / 64) as usize] |= 1 << (place % 64);
        }
        sieve
    }

    pub(super) fn passes(&self, key: u64) -> bool {
        if self.bits.is_empty() {
            return true;
        }
        let place = key >> self.shift;
        self.bits[(place / 64) as usize] >> (place % 64) & 1 == 1
    }
}
