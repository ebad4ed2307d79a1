//! Which child of the new run is which of the old.
//!
//! 1. One id, one child.
//! 2. An id that gave way to another (`former`) names the same child.
//! 3. Of the others, those that share most school records, told by their keys. Keys that
//!    several children of a run bear tell nothing. A source whose files are the same, byte
//!    for byte and in the same order, has kept its rows: there a row number is a key as well.
//!    Elsewhere it never is, for rows move.
//! 4. An old child that is left over, and whose record is some new child's, is merged into
//!    it; a new one likewise is split from an old one. The rest is gone, or new.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::runs::Runs;
use super::side::Side;
use super::types::RecordView;

/// Who is who.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// Old child and new one.
    pub(super) same: Vec<(u32, u32)>,
    /// Old child, and the new one that it is part of.
    pub(super) merged: Vec<(u32, u32)>,
    /// New child, and the old one that it was part of: (old, new).
    pub(super) split: Vec<(u32, u32)>,
    /// Of the old run alone.
    pub(super) gone: Vec<u32>,
    /// Of the new run alone.
    pub(super) new: Vec<u32>,
}

/// The children of a run by the keys of their records.
#[derive(Debug, Default)]
pub(super) struct Keys<'a> {
    /// `None` where several children bear the key.
    texts: FxHashMap<&'a str, Option<u32>>,
    rows: FxHashMap<(u16, u64), u32>,
}

impl<'a> Keys<'a> {
    pub(super) fn of(side: &'a Side, runs: &Runs) -> Self {
        let mut keys = Self::default();
        for child in numbers(side) {
            for record in side.records(child) {
                let view = &record.view;
                keys.texts
                    .entry(&view.key)
                    .and_modify(|known| *known = known.filter(|&known| known == child))
                    .or_insert(Some(child));
                if runs.same_rows(view.source) {
                    keys.rows.insert((view.source, view.row), child);
                }
            }
        }
        keys
    }

    /// Whether a record is of any child.
    pub(super) fn has(&self, record: &RecordView) -> bool {
        self.texts.contains_key(&*record.key)
            || self.rows.contains_key(&(record.source, record.row))
    }

    fn text(&self, key: &str) -> Option<u32> {
        self.texts.get(key).copied().flatten()
    }
}

/// The numbers of all children of a run.
fn numbers(side: &Side) -> impl Iterator<Item = u32> + use<> {
    0..u32::try_from(side.children.len()).unwrap_or(u32::MAX)
}

const NOBODY: u32 = u32::MAX;

/// Pairs the children of two runs.
pub(super) fn pair(old: &Side, new: &Side, keys: [&Keys<'_>; 2]) -> Pairs {
    let mut to_new = vec![NOBODY; old.children.len()];
    let mut to_old = vec![NOBODY; new.children.len()];
    let join = |to_new: &mut Vec<u32>, to_old: &mut Vec<u32>, o: u32, n: u32| {
        if to_new[o as usize] == NOBODY && to_old[n as usize] == NOBODY {
            (to_new[o as usize], to_old[n as usize]) = (n, o);
        }
    };
    // Both are sorted by id.
    let mut n = 0;
    for o in numbers(old) {
        let id = &old.children[o as usize].id;
        while new.children.get(n as usize).is_some_and(|child| child.id < *id) {
            n += 1;
        }
        if new.children.get(n as usize).is_some_and(|child| child.id == *id) {
            join(&mut to_new, &mut to_old, o, n);
            n += 1;
        }
    }
    let find = |side: &Side, id: &str| {
        let found = side.children.binary_search_by(|child| (*child.id).cmp(id)).ok();
        found.and_then(|at| u32::try_from(at).ok())
    };
    // Both ways, so that the comparison can be turned round.
    for n in numbers(new) {
        for o in new.former(n).iter().filter_map(|id| find(old, id)) {
            join(&mut to_new, &mut to_old, o, n);
        }
    }
    for o in numbers(old) {
        for n in old.former(o).iter().filter_map(|id| find(new, id)) {
            join(&mut to_new, &mut to_old, o, n);
        }
    }
    for (o, n) in by_records(old, new, keys, &to_new, &to_old) {
        join(&mut to_new, &mut to_old, o, n);
    }

    let mut pairs = Pairs::default();
    for o in numbers(old) {
        match to_new[o as usize] {
            NOBODY => match best(old, o, keys) {
                Some(n) => pairs.merged.push((o, n)),
                None => pairs.gone.push(o),
            },
            n => pairs.same.push((o, n)),
        }
    }
    for n in numbers(new).filter(|&n| to_old[n as usize] == NOBODY) {
        match best(new, n, [keys[1], keys[0]]) {
            Some(o) => pairs.split.push((o, n)),
            None => pairs.new.push(n),
        }
    }
    pairs
}

/// The children of the other run with which a child shares records, and how many. The keys are
/// those of its own run, then of the other.
fn sharing(side: &Side, child: u32, [own, other]: [&Keys<'_>; 2]) -> BTreeMap<u32, u32> {
    let mut found = BTreeMap::new();
    for record in side.records(child) {
        let view = &record.view;
        // A key that several children bear here tells nothing either.
        let by_text = own.text(&view.key).and_then(|_| other.text(&view.key));
        let by_row = || other.rows.get(&(view.source, view.row)).copied();
        if let Some(there) = by_text.or_else(by_row) {
            *found.entry(there).or_default() += 1;
        }
    }
    found
}

/// Pairs of children that are left over and share records: those that share most first, then
/// by their ids.
fn by_records(
    old: &Side,
    new: &Side,
    keys: [&Keys<'_>; 2],
    to_new: &[u32],
    to_old: &[u32],
) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for o in numbers(old).filter(|&o| to_new[o as usize] == NOBODY) {
        for (n, shared) in sharing(old, o, keys) {
            if to_old[n as usize] == NOBODY {
                found.push((shared, o, n));
            }
        }
    }
    let ids = |o: u32, n: u32| {
        let (o, n) = (&old.children[o as usize].id, &new.children[n as usize].id);
        // The same whichever run is called the old one.
        (o.min(n), o.max(n))
    };
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| ids(a.1, a.2).cmp(&ids(b.1, b.2))));
    found.into_iter().map(|(_, o, n)| (o, n)).collect()
}

/// The child of the other run with which a left-over child shares most records.
fn best(side: &Side, child: u32, keys: [&Keys<'_>; 2]) -> Option<u32> {
    let shared = sharing(side, child, keys).into_iter();
    let mut found: Vec<(u32, u32)> = shared.map(|(there, shared)| (shared, there)).collect();
    // Children are sorted by id: the first of equals.
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    found.first().map(|(_, there)| *there)
}
