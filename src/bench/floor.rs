//! What no program could beat on this machine: the same bytes read, as many keys sorted, as many
//! look-ups. Real work does more of each; the distance is what a program adds.

use std::fs::File;
use std::hint::black_box;
use std::io::Read as _;
use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;

use super::BenchError;
use crate::block::RULES;

/// Seconds that the bare work takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// Reading all bytes of the inputs one after the other, most likely from the cache.
    pub read: f64,
    /// Sorting `(u64, u32)` keys, one a row and blocking rule, by all threads.
    pub sort: f64,
    /// One look-up a compared pair in a table of 8 MiB, at random, by all threads.
    pub look_up: f64,
}

/// Entries of the table: more than the caches next to a core hold.
const TABLE: usize = 1 << 22;
/// Look-ups of a task.
const TASK: u64 = 1 << 16;

impl Floor {
    /// All together.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.read + self.sort + self.look_up
    }

    /// Measures it.
    ///
    /// # Errors
    /// A file cannot be read, or there are no threads to work with.
    pub fn measure(
        files: &[PathBuf],
        rows: u64,
        pairs: u64,
        threads: usize,
    ) -> Result<Self, BenchError> {
        let since = Instant::now();
        let mut buffer = vec![0; 1 << 20];
        for path in files {
            let mut file = File::open(path).map_err(BenchError::file(path))?;
            while file.read(&mut buffer).map_err(BenchError::file(path))? > 0 {
                black_box(buffer[0]);
            }
        }
        let read = since.elapsed().as_secs_f64();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| BenchError::Form {
            path: PathBuf::from("threads"),
            what: error.to_string(),
        })?;
        let (sort, look_up) = pool.install(|| (sort(rows), look_up(pairs)));
        Ok(Self { read, sort, look_up })
    }
}

/// Mixes a counter to what looks like chance (the finaliser of SplitMix64).
const fn mixed(counter: u64) -> u64 {
    let mut z = counter.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Sorts the keys of all rows, rule after rule.
fn sort(rows: u64) -> f64 {
    let mut seconds = 0.0;
    for rule in 0..RULES.len() as u64 {
        // Row numbers have 32 bits in this program.
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let mut keys: Vec<(u64, u32)> = (0..rows)
            .into_par_iter()
            .map(|row| (mixed(rule << 32 | u64::from(row)), row))
            .collect();
        let since = Instant::now();
        keys.par_sort_unstable();
        seconds += since.elapsed().as_secs_f64();
        black_box(&keys);
    }
    seconds
}

// Any number will do, as long as it is within the table.
#[allow(clippy::cast_possible_truncation)]
fn look_up(pairs: u64) -> f64 {
    let table: Vec<u16> = (0..TABLE as u64).map(|i| (mixed(i) % 0xFFFF) as u16).collect();
    let since = Instant::now();
    let tasks = pairs.div_ceil(TASK);
    let sum = (0..tasks)
        .into_par_iter()
        .map(|task| {
            let end = pairs.min((task + 1) * TASK);
            (task * TASK..end)
                .map(|pair| u64::from(table[(mixed(pair) % TABLE as u64) as usize]))
                .sum::<u64>()
        })
        .reduce(|| 0, u64::wrapping_add);
    black_box(sum);
    since.elapsed().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_there_for_nothing_and_for_something() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("input");
        std::fs::write(&file, vec![7; 3 << 20]).unwrap();
        let floor = Floor::measure(&[file], 1_000, 100_000, 2).unwrap();
        assert!(floor.read > 0.0 && floor.sort > 0.0 && floor.look_up > 0.0);
        assert!(floor.seconds() >= floor.sort);
        Floor::measure(&[], 0, 0, 1).unwrap();
        assert!(Floor::measure(&[dir.path().join("nowhere")], 0, 0, 1).is_err());
    }
}
