//! True pairs that blocking never brought together: what no model can mend.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use rustc_hash::FxHashMap;

use super::read;
use crate::block::Blocker;
use crate::compare::{BirthDates, Comparator, Side};
use crate::evaluate::{LostPairs, true_pairs};
use crate::job::{self, Role};
use crate::progress::Progress;
use crate::run_folder::RunFolder;

/// Counts, by register, the true pairs of a run's inputs that no blocking rule reaches. The
/// inputs are read anew: a run's folder keeps no pair that was not compared.
///
/// # Errors
/// The run, its job, its inputs or the truth cannot be read.
pub fn count(
    dir: &Path,
    truth: &Path,
    progress: &dyn Progress,
) -> anyhow::Result<BTreeMap<String, LostPairs>> {
    let run = RunFolder::open(dir)?;
    let path = run.job_path().context("the run does not say where its job is")?;
    let job = job::open(&path)?;
    progress.stage("Reading again, to see what blocking lost");
    let reading = read(&job, progress)?;
    let world = &reading.world;
    let dates = BirthDates::of(world);
    let comparator = Comparator::new(&world.lexicon, dates);
    let side = |role: Role, name: Option<&str>| {
        let sources = job.sources.iter().zip(&world.sources).enumerate();
        Side::new(
            sources
                .filter(|(_, (s, _))| s.role == role && name.is_none_or(|name| s.name == name))
                .map(|(i, (_, records))| (i, records)),
            &comparator,
        )
    };
    let places = |side: &Side| -> FxHashMap<(u16, u64), u32> {
        let places = side.origin.iter().zip(0_u32..).map(|(&(source, i), id)| {
            ((source, world.sources[usize::from(source)].row[i as usize]), id)
        });
        places.collect()
    };
    let population = side(Role::Population, None);
    let population_places = places(&population);

    progress.stage("Counting pairs that blocking lost");
    let mut lost = BTreeMap::new();
    for (register, pairs) in true_pairs(dir, truth)? {
        let right = side(Role::Registry, Some(&register));
        let right_places = places(&right);
        let blocker = Blocker::new(&comparator, &population, &right);
        let mut counts = LostPairs::default();
        let number = |name: &str| job.sources.iter().position(|s| s.name == name);
        let right_source = number(&register).unwrap_or_default();
        for (source, row, right_row) in pairs {
            counts.true_pairs += 1;
            // Sources are few.
            #[allow(clippy::cast_possible_truncation)]
            let (left, right) = (
                number(&source).and_then(|s| population_places.get(&(s as u16, row))),
                right_places.get(&(right_source as u16, right_row)),
            );
            let reached = match (left, right) {
                (Some(&left), Some(&right)) => blocker.reached_by(left, right).is_some(),
                // A rejected row is compared with nothing.
                _ => false,
            };
            counts.never_compared += u64::from(!reached);
        }
        lost.insert(register, counts);
    }
    Ok(lost)
}
