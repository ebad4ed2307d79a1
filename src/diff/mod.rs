//! What changed between two runs: children new on the list, gone from it, changed, each
//! attributed to data, decision, rule, model or program.
//!
//! **No silent exit from the list**: for every child who was on it and is not, the comparison
//! says why, or says loudly that it cannot. Gone from the population is an exit as well, and
//! so is being merged into a child who is settled.
//!
//! | module | |
//! | --- | --- |
//! | `runs` | what differs between the runs as wholes: files, job, model, program |
//! | `side` | one run, as much of it as is kept in memory |
//! | `pair` | which child is which |
//! | `attribute` | what differs for a child, and what that comes from |
//! | `words`, `text`, `json`, `sheet` | how it is told |
//!
//! Everything is told by content: ids, hashes of values, kinds and days of evidence. Row
//! numbers are shown and never compared, for rows move; only where the files of a source are
//! the same, byte for byte, is a row the same row.
//!
//! Links are read only of children who changed, so that a million children take seconds.

mod attribute;
mod json;
mod pair;
mod runs;
mod sheet;
mod side;
#[cfg(test)]
mod tests;
mod text;
mod types;
mod words;

use std::path::Path;
use std::sync::Arc;

pub use crate::report::words::Lang;
pub use runs::{Runs, Setting, SourceChange};
pub use types::{
    Cause, Change, Diff, Difference, Kind, LinkView, Objection, RecordView, Standing, What,
};

use self::attribute::{Both, Codes};
use self::pair::{Keys, Pairs};
use self::side::Side;
use crate::run_folder::{FolderError, RunFolder};
use crate::verdict::Status;

/// Why two runs could not be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// The old run's folder cannot be read.
    #[error("the old run: {0}")]
    Old(#[source] FolderError),
    /// The new run's folder cannot be read.
    #[error("the new run: {0}")]
    New(#[source] FolderError),
}

/// Compares two runs by their folders.
pub fn diff(old: &Path, new: &Path) -> Result<Diff, DiffError> {
    let folders = (
        RunFolder::open(old).map_err(DiffError::Old)?,
        RunFolder::open(new).map_err(DiffError::New)?,
    );
    let runs = Runs::of(folders.0.manifest.clone(), folders.1.manifest.clone());
    let (old, new) =
        rayon::join(|| Side::read(&folders.0, &runs), || Side::read(&folders.1, &runs));
    let (old, new) = (old.map_err(DiffError::Old)?, new.map_err(DiffError::New)?);
    let keys = [Keys::of(&old, &runs), Keys::of(&new, &runs)];
    let keys = [&keys[0], &keys[1]];
    let pairs = pair::pair(&old, &new, keys);
    let changed = changed(&old, &new, &pairs);
    let wanted = |pick: fn(&(Kind, u32, u32)) -> u32| {
        let mut wanted: Vec<u32> = changed.iter().map(pick).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    };
    let (of_old, of_new) = (wanted(|change| change.1), wanted(|change| change.2));
    let (links_old, links_new) = rayon::join(
        || old.links(&folders.0, &runs, &of_old),
        || new.links(&folders.1, &runs, &of_new),
    );
    let links = [links_old.map_err(DiffError::Old)?, links_new.map_err(DiffError::New)?];
    let links = [&links[0], &links[1]];

    let both = Both { runs: &runs, old: &old, new: &new, keys, links };
    let mut changes: Vec<Change> =
        changed.iter().map(|&(kind, o, n)| changed_child(&both, kind, o, n)).collect();
    for (kind, children) in [(Kind::Gone, &pairs.gone), (Kind::New, &pairs.new)] {
        changes.extend(children.iter().map(|&child| lonely_child(&both, kind, child)));
    }
    changes.sort_by(|a, b| {
        let place = |change: &Change| (!change.left_list(), change.kind);
        place(a).cmp(&place(b)).then_with(|| a.child().cmp(b.child()))
    });
    let listed = |side: &Side| {
        side.children.iter().filter(|child| child.status.is_candidate()).count() as u64
    };
    Ok(Diff {
        children: (old.children.len() as u64, new.children.len() as u64),
        listed: (listed(&old), listed(&new)),
        matrix: matrix(&old, &new, &pairs),
        changes,
        runs,
    })
}

/// The children of both runs of whom something differs.
fn changed(old: &Side, new: &Side, pairs: &Pairs) -> Vec<(Kind, u32, u32)> {
    let kind = |&(o, n): &(u32, u32)| {
        let (a, b) = (&old.children[o as usize], &new.children[n as usize]);
        let kind = match (a.status.is_candidate(), b.status.is_candidate()) {
            (true, false) => Kind::Left,
            (false, true) => Kind::Entered,
            _ if a.status != b.status => Kind::Status,
            _ if a.tier != b.tier || old.codes(o) != new.codes(n) => Kind::Reasons,
            _ => return None,
        };
        Some((kind, o, n))
    };
    let same = pairs.same.iter().filter_map(kind);
    let merged = pairs.merged.iter().map(|&(o, n)| (Kind::Merged, o, n));
    let split = pairs.split.iter().map(|&(o, n)| (Kind::Split, o, n));
    same.chain(merged).chain(split).collect()
}

/// One change of a child that both runs know.
fn changed_child(both: &Both<'_>, kind: Kind, o: u32, n: u32) -> Change {
    let (was, is) = (both.old.codes(o), both.new.codes(n));
    let without = |codes: &[Arc<str>], others: &[Arc<str>]| -> Vec<Arc<str>> {
        codes.iter().filter(|code| others.binary_search(code).is_err()).cloned().collect()
    };
    let (codes_came, codes_went) = (without(is, was), without(was, is));
    let codes = Codes { came: &codes_came, went: &codes_went };
    let differences = both.differences(kind, (o, n), codes);
    Change {
        kind,
        old: Some(both.old.standing(o)),
        new: Some(both.new.standing(n)),
        codes_came,
        codes_went,
        differences,
    }
}

/// One change of a child that one run alone knows.
fn lonely_child(both: &Both<'_>, kind: Kind, child: u32) -> Change {
    let gone = kind == Kind::Gone;
    let side = if gone { both.old } else { both.new };
    let standing = Some(side.standing(child));
    let codes = side.codes(child).to_vec();
    let (old, new) = if gone { (standing, None) } else { (None, standing) };
    let (codes_came, codes_went) = if gone { (Vec::new(), codes) } else { (codes, Vec::new()) };
    let differences = both.alone(kind, child);
    Change { kind, old, new, codes_came, codes_went, differences }
}

/// Children by their status in both runs.
fn matrix(old: &Side, new: &Side, pairs: &Pairs) -> [[u64; 8]; 8] {
    const NONE: usize = Status::ALL.len();
    let place = |status: Status| Status::ALL.iter().position(|s| *s == status).unwrap_or(NONE);
    let of_old = |o: u32| place(old.children[o as usize].status);
    let of_new = |n: u32| place(new.children[n as usize].status);
    let mut matrix = [[0; 8]; 8];
    for &(o, n) in pairs.same.iter().chain(&pairs.merged).chain(&pairs.split) {
        matrix[of_old(o)][of_new(n)] += 1;
    }
    for &o in &pairs.gone {
        matrix[of_old(o)][NONE] += 1;
    }
    for &n in &pairs.new {
        matrix[NONE][of_new(n)] += 1;
    }
    matrix
}
