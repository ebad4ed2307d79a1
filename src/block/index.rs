//! The blocks of two sides, under all rules.

use rayon::prelude::*;

use super::join::{Blocks, Census, Column, Join, Sieve};
use super::keys::{CHUNK, RuleKeys};
use super::refine::{BLOCK_CAP, costly};
use super::{Grounds, RULES, Rule, leftover};
use crate::compare::{Comparator, Side};

/// Pairs per record of both sides that a loose rule may cost; one that costs more is left out.
const LOOSE_BUDGET: u64 = 10;

/// Most rules that are cast for all records.
const MOST_FOR_ALL: usize = 15;

/// What a rule's blocks cost, known before any pair is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulePlan {
    /// The rule's name.
    pub rule: &'static str,
    /// Keys of the records on both sides; one that several records have counts for each.
    pub keys: u64,
    /// Blocks: distinct keys that bring a pair together.
    pub blocks: u64,
    /// Pairs of the block that has most.
    pub largest: u64,
    /// Pairs that the rule alone would hand on; one that several keys bring together counts
    /// for each.
    pub pairs: u64,
    /// Blocks that were too large and were refined.
    pub refined: u64,
    /// Pairs that refined blocks lost because their records differ in what refined them, or
    /// because one of them lacks it.
    pub parted: u64,
    /// Pairs of blocks that nothing could refine, dropped: their records are told apart by
    /// nothing that a rule knows.
    pub dropped: u64,
    /// Whether the rule is cast: a loose one may cost too much, and one for left-over records is
    /// not for a side with itself.
    pub cast: bool,
}

/// The blocks of a record, in one cache line: by rule for all records that of its first key, 0
/// where it has none; in the last place where its further blocks stand.
type Row = [u32; MOST_FOR_ALL + 1];

/// The blocks of one side's records.
#[derive(Debug, Default)]
struct Blocked {
    rows: Vec<Row>,
    /// Further blocks of records that have any, by record, then rule.
    further: Vec<(u8, u32)>,
    /// Where those of the n-th such record start, at n; and the last end.
    starts: Vec<u32>,
}

impl Blocked {
    /// Gathers the columns of all rules. `records` are on this side.
    fn new(columns: &[Column], records: usize) -> Self {
        let mut rows = vec![Row::default(); records];
        rows.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, rows)| {
            for (rule, column) in columns.iter().enumerate().filter(|(_, c)| !c.first.is_empty()) {
                for (row, &block) in rows.iter_mut().zip(&column.first[chunk * CHUNK..]) {
                    row[rule] = block;
                }
            }
        });
        let mut blocked = Self { rows, ..Self::default() };
        blocked.note_further(columns);
        blocked
    }

    /// Notes the further blocks of all rules, in place of those noted before.
    fn note_further(&mut self, columns: &[Column]) {
        let mut all: Vec<(u32, u8, u32)> = columns
            .iter()
            .zip(0_u8..)
            .flat_map(|(column, rule)| column.further.iter().map(move |&(id, n)| (id, rule, n)))
            .collect();
        all.par_sort_unstable();
        (self.further, self.starts) = (Vec::with_capacity(all.len()), vec![0]);
        for (run, n) in all.chunk_by(|a, b| a.0 == b.0).zip(1..) {
            self.rows[run[0].0 as usize][MOST_FOR_ALL] = n;
            self.further.extend(run.iter().map(|&(_, rule, block)| (rule, block)));
            // Fewer than keys, whose number is below 2^32.
            #[allow(clippy::cast_possible_truncation)]
            self.starts.push(self.further.len() as u32);
        }
    }

    /// Further blocks of a record.
    fn further(&self, id: u32) -> &[(u8, u32)] {
        match self.rows[id as usize][MOST_FOR_ALL] as usize {
            0 => &[],
            n => &self.further[self.starts[n - 1] as usize..self.starts[n] as usize],
        }
    }

    /// All blocks of a record with their rules.
    fn of(&self, id: u32) -> impl Iterator<Item = (usize, u32)> + Clone + '_ {
        let row = &self.rows[id as usize];
        let first =
            row[..MOST_FOR_ALL].iter().copied().enumerate().filter(|&(_, block)| block != 0);
        first.chain(self.further(id).iter().map(|&(rule, block)| (usize::from(rule), block)))
    }
}

/// The blocks of a linkage.
#[derive(Debug)]
pub struct Blocker {
    left: Blocked,
    /// `None` where both sides are one: a pair is handed on once, the smaller id first.
    right: Option<Blocked>,
    /// By rule.
    blocks: Vec<Blocks>,
    /// What each rule's blocks cost.
    plan: Vec<RulePlan>,
}

/// One rule, cast.
struct Cast {
    plan: RulePlan,
    blocks: Blocks,
    columns: [Column; 2],
}

impl Blocker {
    /// Blocks of two sides.
    #[must_use]
    pub fn new(comparator: &Comparator, left: &Side, right: &Side) -> Self {
        Self::build(comparator, left, Some(right), BLOCK_CAP)
    }

    /// Blocks of a side with itself.
    #[must_use]
    pub fn within(comparator: &Comparator, side: &Side) -> Self {
        Self::build(comparator, side, None, BLOCK_CAP)
    }

    pub(super) fn build(
        comparator: &Comparator,
        left: &Side,
        right: Option<&Side>,
        cap: u64,
    ) -> Self {
        let rules: Vec<&Rule> =
            RULES.iter().filter(|rule| rule.grounds != Grounds::Leftover).collect();
        debug_assert!(rules.len() <= MOST_FOR_ALL);
        let (mut plan, mut blocks) = (Vec::new(), Vec::new());
        let mut columns = [Vec::new(), Vec::new()];
        let mut push = |cast: Cast| {
            plan.push(cast.plan);
            blocks.push(cast.blocks);
            for (all, column) in columns.iter_mut().zip(cast.columns) {
                all.push(column);
            }
        };
        let casts: Vec<Cast> =
            rules.into_par_iter().map(|rule| cast(rule, comparator, left, right, cap)).collect();
        casts.into_iter().for_each(&mut push);
        let mut blocker = Self {
            left: Blocked::new(&columns[0], left.len()),
            right: right.map(|right| Blocked::new(&columns[1], right.len())),
            blocks,
            plan,
        };
        blocker.cast_for_left_over(comparator, left, right, columns);
        blocker
    }

    /// Casts the rules for records that no other rule convincingly reaches.
    fn cast_for_left_over(
        &mut self,
        comparator: &Comparator,
        left: &Side,
        right: Option<&Side>,
        mut columns: [Vec<Column>; 2],
    ) {
        let rules = &RULES[self.plan.len()..];
        // Most records of a side have no counterpart there: nearly all would be left over.
        let Some(right) = right else {
            for rule in rules {
                self.plan.push(empty_plan(rule, false));
                self.blocks.push(Blocks::default());
            }
            return;
        };
        let [left_ids, right_ids] = leftover::left_over(self, left.len(), right.len());
        for rule in rules {
            let (left_keys, found) =
                leftover::keys(rule, &left_ids, (comparator, left), &Sieve::all());
            // Of the right keys only those are held that some left record may have.
            let sieve = Sieve::of(left_keys.iter().map(|&(_, key)| key));
            let (right_keys, more) = leftover::keys(rule, &right_ids, (comparator, right), &sieve);
            let keys =
                [left_keys, right_keys].map(|further| RuleKeys { further, ..RuleKeys::default() });
            let join = Join::new(&keys[0], Some(&keys[1]));
            let (blocks, left_column, right_column) =
                join.blocks_of((&keys[0], &keys[1]), leftover::MOST);
            let census = join.census_up_to(leftover::MOST);
            self.plan.push(RulePlan { keys: found + more, ..planned(rule, &census) });
            self.blocks.push(blocks);
            columns[0].push(left_column);
            columns[1].push(right_column);
        }
        // These rules give nothing but further blocks.
        self.left.note_further(&columns[0]);
        if let Some(blocked) = &mut self.right {
            blocked.note_further(&columns[1]);
        }
    }

    /// The right side's blocks.
    fn right(&self) -> &Blocked {
        self.right.as_ref().unwrap_or(&self.left)
    }

    /// Fills `ids` with those of the right side in the blocks of a left record under one rule,
    /// ascending, each once.
    pub fn block(&self, rule: usize, left: u32, ids: &mut Vec<u32>) {
        self.gather(left, |other| other == rule, ids);
    }

    /// Fills `ids` with those of all right records that some rule pairs with `left`, ascending,
    /// each once.
    pub fn candidates(&self, left: u32, ids: &mut Vec<u32>) {
        self.gather(left, |_| true, ids);
    }

    fn gather(&self, left: u32, wanted: impl Fn(usize) -> bool, ids: &mut Vec<u32>) {
        ids.clear();
        let mut runs = 0;
        for (rule, block) in self.left.of(left).filter(|&(rule, _)| wanted(rule)) {
            let block = self.blocks[rule].of(block);
            let block = match &self.right {
                Some(_) => block,
                None => &block[block.partition_point(|&right| right <= left)..],
            };
            ids.extend_from_slice(block);
            runs += usize::from(!block.is_empty());
        }
        // One block ascends already.
        if runs > 1 {
            ids.sort_unstable();
            ids.dedup();
        }
    }

    /// The first rule that pairs two records.
    #[must_use]
    pub fn reached_by(&self, left: u32, right: u32) -> Option<usize> {
        let rules = self.rules_of(left, right);
        (rules != 0).then(|| rules.trailing_zeros() as usize)
    }

    /// All rules that bring two records together, not the first alone: bit `i` stands for
    /// `RULES[i]`.
    #[must_use]
    pub fn rules_of(&self, left: u32, right: u32) -> u32 {
        let (a, b) = (&self.left.rows[left as usize], &self.right().rows[right as usize]);
        let mut rules = 0;
        for rule in 0..MOST_FOR_ALL {
            rules |= u32::from(a[rule] == b[rule] && a[rule] != 0) << rule;
        }
        if a[MOST_FOR_ALL] != 0 || b[MOST_FOR_ALL] != 0 {
            for (rule, block) in self.left.of(left) {
                let meets = self.right().of(right).any(|other| other == (rule, block));
                rules |= u32::from(meets) << rule;
            }
        }
        rules
    }

    /// What each rule's blocks cost, in the order of [`RULES`].
    #[must_use]
    pub fn plan(&self) -> &[RulePlan] {
        &self.plan
    }
}

/// Casts a rule for all records.
fn cast(rule: &Rule, comparator: &Comparator, left: &Side, right: Option<&Side>, cap: u64) -> Cast {
    let mut left_keys = RuleKeys::new(rule, comparator, left);
    let mut right_keys = right.map(|right| RuleKeys::new(rule, comparator, right));
    let mut join = Join::new(&left_keys, right_keys.as_ref());
    let mut census = join.census(cap);
    let records = left.len() + right.map_or(left.len(), Side::len);
    // Loose rules were always judged by all pairs of keys, equal records' own included.
    let cast = !rule.loose || census.cost <= LOOSE_BUDGET * records as u64;
    if !cast {
        left_keys.clear();
        right_keys.iter_mut().for_each(RuleKeys::clear);
        join = Join::new(&left_keys, right_keys.as_ref());
        census = Census::default();
    }
    let (before, first) = (census.pairs, std::mem::take(&mut census.costly));
    let (costly, refining) = {
        let right = (right_keys.as_ref().unwrap_or(&left_keys), right.unwrap_or(left));
        let same_side = right_keys.is_none();
        costly(rule, first, comparator, [(&left_keys, left), right], same_side, cap)
    };
    if refining.refined > 0 {
        left_keys.refine(rule, &costly, comparator, left);
        for (keys, side) in right_keys.iter_mut().zip(right) {
            keys.refine(rule, &costly, comparator, side);
        }
        join = Join::new(&left_keys, right_keys.as_ref());
        census = join.census(cap);
    }
    let right_keys = right_keys.as_ref().unwrap_or(&left_keys);
    let (blocks, left_column, right_column) = join.blocks_of((&left_keys, right_keys), usize::MAX);
    let plan = RulePlan {
        keys: (left_keys.len() + right_keys.len()) as u64,
        refined: refining.refined,
        parted: before.saturating_sub(census.pairs + refining.dropped),
        dropped: refining.dropped,
        cast,
        ..planned(rule, &census)
    };
    Cast { plan, blocks, columns: [left_column, right_column] }
}

fn planned(rule: &Rule, census: &Census) -> RulePlan {
    RulePlan {
        blocks: census.blocks,
        largest: census.largest,
        pairs: census.pairs,
        ..empty_plan(rule, true)
    }
}

fn empty_plan(rule: &Rule, cast: bool) -> RulePlan {
    RulePlan {
        rule: rule.name,
        keys: 0,
        blocks: 0,
        largest: 0,
        pairs: 0,
        refined: 0,
        parted: 0,
        dropped: 0,
        cast,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
