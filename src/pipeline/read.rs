//! Files → a world.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

use anyhow::Context as _;
use rayon::prelude::*;

use crate::extract::{self, Chunk, Extracted, Rejected};
use crate::field::Field;
use crate::job::{Job, Source};
use crate::normalize::{self, Built, Displacement, Records, Sex, SourceBuilder, Withdrawal, World};
use crate::progress::Progress;

/// Chunks of a source that may wait to be normalised.
const WAITING: usize = 2;

/// All sources of a job, read and normalised.
#[derive(Debug)]
pub struct Reading {
    /// The records.
    pub world: World,
    /// What each source turned out to be.
    pub extracted: Vec<Extracted>,
    /// Rows and values that could not be used, one sorted list a source.
    pub rejected: Vec<Vec<Rejected>>,
    /// How many rows have a usable value of each mapped field, one list a source.
    pub fills: Vec<Vec<(Field, u64)>>,
}

/// Reads every source of a job.
///
/// # Errors
/// The first source, in the order of the job, that could not be read.
pub fn read(job: &Job, progress: &dyn Progress) -> anyhow::Result<Reading> {
    let bytes: u64 = job
        .sources
        .iter()
        .flat_map(|source| &source.files)
        .filter_map(|file| file.metadata().ok())
        .map(|meta| meta.len())
        .sum();
    progress.total(bytes);
    let read: Vec<anyhow::Result<(Built, Extracted)>> = job
        .sources
        .par_iter()
        .map(|source| {
            let mut builder = SourceBuilder::new(source);
            let headings = builder.headings().to_vec();
            let done = AtomicU64::new(0);
            let advance = |now: u64, _| {
                let before = done.fetch_max(now, Ordering::Relaxed);
                progress.advance(now.saturating_sub(before));
            };
            let extract = |sink: &mut dyn FnMut(Chunk)| {
                extract::read(source, &headings, &advance, sink)
                    .with_context(|| format!("source `{}` could not be read", source.name))
            };
            if rayon::current_num_threads() < 2 {
                let extracted = extract(&mut |chunk| builder.push(&chunk))?;
                return Ok((builder.finish(), extracted));
            }
            beside(builder, extract)
        })
        .collect();

    let (mut built, mut extracted) = (Vec::new(), Vec::new());
    for source in read {
        let (source, seen) = source?;
        built.push(source);
        extracted.push(seen);
    }
    let (world, values) = normalize::assemble(built);
    let rejected = extracted
        .iter()
        .zip(values)
        .map(|(extracted, values)| {
            let mut all = extracted.rejected.clone();
            all.extend(values);
            all.sort();
            all
        })
        .collect();
    let fills = job
        .sources
        .iter()
        .zip(&world.sources)
        .map(|(source, records)| fills(source, records))
        .collect();
    Ok(Reading { world, extracted, rejected, fills })
}

/// Reads a source on this thread and normalises it on another, so that the largest source, which
/// the others wait for, takes no longer than the slower of the two. Chunks arrive in the
/// order of reading, and few wait at a time.
fn beside(
    mut builder: SourceBuilder,
    extract: impl FnOnce(&mut dyn FnMut(Chunk)) -> anyhow::Result<Extracted>,
) -> anyhow::Result<(Built, Extracted)> {
    std::thread::scope(|scope| {
        let (sender, chunks) = mpsc::sync_channel::<Chunk>(WAITING);
        let normalising = scope.spawn(move || {
            for chunk in chunks {
                builder.push(&chunk);
            }
            builder.finish()
        });
        // Nobody takes a chunk only where the other thread panicked, which joining tells.
        let extracted = extract(&mut |chunk| drop(sender.send(chunk)));
        drop(sender);
        let built = normalising.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((built, extracted?))
    })
}

/// Usable values by mapped field.
fn fills(source: &Source, records: &Records) -> Vec<(Field, u64)> {
    fn count<T>(values: &[T], filled: impl Fn(&T) -> bool) -> u64 {
        values.iter().filter(|value| filled(value)).count() as u64
    }
    source
        .columns
        .keys()
        .map(|&field| {
            let n = match field {
                Field::Id => records.id.filled(),
                Field::Surname | Field::FullName => count(&records.surname, |&code| code != 0),
                Field::GivenName => count(&records.given_name, |&code| code != 0),
                Field::Patronymic => count(&records.patronymic, |&code| code != 0),
                Field::BirthDate => count(&records.birth_date, |date| !date.is_missing()),
                Field::Sex => count(&records.sex, |&sex| sex != Sex::Missing),
                Field::CertificateSeries => count(&records.certificate, |c| c.letters != [0; 2]),
                Field::CertificateNumber | Field::Certificate => {
                    count(&records.certificate, |c| !c.is_missing())
                }
                Field::Document => (0..records.len())
                    .filter(|&i| {
                        !records.document[i].is_missing()
                            || !records.certificate[i].is_missing()
                            || records.unzr[i] != 0
                            || records.rnokpp[i] != 0
                    })
                    .count() as u64,
                Field::Unzr => count(&records.unzr, |&number| number != 0),
                Field::Rnokpp => count(&records.rnokpp, |&number| number != 0),
                Field::School => count(&records.school, |&code| code != 0),
                Field::Region => count(&records.region, |&code| code != 0),
                Field::Grade => count(&records.grade, |&code| code != 0),
                Field::Displacement => {
                    count(&records.displacement, |&mark| mark != Displacement::Missing)
                }
                Field::ContactLost => count(&records.contact_lost, Option::is_some),
                Field::Updated => count(&records.updated, Option::is_some),
                Field::Office => count(&records.office, |&code| code != 0),
                Field::Withdrawal => {
                    count(&records.withdrawal, |&reason| reason != Withdrawal::Missing)
                }
                Field::WithdrawalDate => count(&records.withdrawal_date, Option::is_some),
                Field::MotherGivenName => count(&records.mother, |&code| code != 0),
                Field::FatherGivenName => count(&records.father, |&code| code != 0),
            };
            (field, n)
        })
        .collect()
}
