//! Invented registers with truth.
//!
//! A seed → families with children, and what schools and registers hold of them, errors
//! included, in the shapes in which such extracts come; beside them the job that reads
//! them and the truth that measures what came out. Nothing here shares code with the
//! linker: only the raw tables of names are common, so that a fault cannot hide itself.
//!
//! The way of a child: [`world`](self) draws the family, its names, births, schools and
//! numbers; `life` what became of the children, and the true status that follows from the
//! rows they leave; `scribe` writes a row with the errors that `slips` knows; `registers`
//! says which rows and columns each source has; `files` puts them on the disk.
//!
//! Families are made in blocks, each from random streams of its own: one for the world,
//! one for the errors. So blocks are made in parallel and written in order: the files
//! are the same bytes for any number of threads, the people stay the same when only the
//! error rates change, and memory holds a few blocks, whatever the size of the country.
//!
//! Every rate stands in a [`Profile`]; the default is `samples/errors.toml`. All people,
//! numbers and dates are invented; the frequencies of names are a model.

mod days;
mod dice;
mod files;
mod latin;
mod leaving;
mod life;
mod numbers;
mod profile;
mod registers;
mod scribe;
mod slips;
mod tables;
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

pub use life::TrueStatus;
pub use profile::{BySource, ErrorKind, Errors, Profile, Romanisation, Source, World};
pub use scribe::ErrorCounts;

use dice::Dice;
use files::{SHEET_ROWS, Sink, Truth};
use numbers::Issuer;
use registers::{LAYOUTS, Rows};
use scribe::Scribe;
use world::{Maker, Setting};

/// How far the generation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Pupils made and written.
    pub done: u64,
    /// Pupils asked for.
    pub total: u64,
}

/// Is told of the progress; called from one thread at a time, `done` never falling.
pub type ProgressFn = Box<dyn Fn(Progress) + Send + Sync>;

/// What to generate.
pub struct Options {
    /// Distinct children on the lists of schools, 1 to 50 million.
    pub children: u64,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// The folder to write to; made where there is none.
    pub out: PathBuf,
    /// Rates of the world and of the errors.
    pub profile: Profile,
    /// Replace files of an earlier generation.
    pub force: bool,
    /// Told of the progress.
    pub progress: Option<ProgressFn>,
}

/// What was generated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Distinct children on the lists of schools.
    pub children: u64,
    /// All invented children, those in no school included.
    pub persons: u64,
    /// Schools.
    pub schools: u64,
    /// Pupils who have a twin on the lists.
    pub twins: u64,
    /// Pupils in no register at all, whose twin, brother or sister stands in some.
    pub hidden_traps: u64,
    /// Pupils of each true status.
    pub statuses: BTreeMap<TrueStatus, u64>,
    /// Rows of each source, with its file.
    pub rows: BTreeMap<Source, (PathBuf, u64)>,
    /// Errors by kind and source.
    pub errors: ErrorCounts,
    /// The job that reads it all.
    pub job: PathBuf,
}

/// Why nothing was generated. No text of it holds a cell's value.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The number of children is out of range.
    #[error("children: {0} is not between 1 and 50000000")]
    Children(u64),
    /// The profile cannot be used.
    #[error("{path}: {reason}", path = path.display())]
    Profile {
        /// The profile; empty for one that was not read from a file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Files of an earlier generation are in the way.
    #[error("{path} exists already: name another folder, or ask to replace it (--force)", path = .0.display())]
    Exists(PathBuf),
    /// A file could not be written.
    #[error("{path} cannot be written", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The largest number of pupils.
const MOST_CHILDREN: u64 = 50_000_000;
/// Pupils of a block, at least; larger countries have larger blocks, so that there are
/// never more than [`MOST_BLOCKS`] to share the number ranges.
const BLOCK: u64 = 2_000;
const MOST_BLOCKS: u64 = 1_000;
/// Blocks that are in memory at a time.
const BATCH: u64 = 8;

/// Invents registers of `options.children` pupils and writes them to `options.out`:
/// `aikom.xlsx`, `kurs.csv`, `drats.parquet`, `ehealth.parquet`, `border.csv`,
/// `missing.csv`, `deaths.csv`, `vpo.csv`, `job.toml`, and for each source
/// `truth/NAME.parquet` (`row` u64, 0-based data row; `person` u64), and
/// `truth/children.parquet` (`person` u64, `status`) for the pupils, and `truth/groups.parquet`
/// (`person`, `group`) for those who are counted apart: twins (`twin`), and pupils in no register
/// whose brother or sister is in one (`trap`).
///
/// Files appear when all are whole.
///
/// # Errors
/// See [`SynthError`].
pub fn generate(options: &Options) -> Result<Summary, SynthError> {
    generate_with(options, SHEET_ROWS)
}

/// As [`generate`], with `sheet_rows` data rows a sheet.
fn generate_with(options: &Options, sheet_rows: u32) -> Result<Summary, SynthError> {
    if !(1..=MOST_CHILDREN).contains(&options.children) {
        return Err(SynthError::Children(options.children));
    }
    options
        .profile
        .check()
        .map_err(|reason| SynthError::Profile { path: PathBuf::new(), reason })?;
    let files = output_files();
    if !options.force
        && let Some(old) =
            files.iter().map(|file| options.out.join(file)).find(|file| file.exists())
    {
        return Err(SynthError::Exists(old));
    }
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |e: std::io::Error| SynthError::Write { path, source: e.into() }
    };
    std::fs::create_dir_all(options.out.join("truth")).map_err(failed(&options.out))?;
    // Inside the folder, so that a rename stays on one disk.
    let mut ground = crate::interrupt::Ground::hold();
    let half_done = tempfile::Builder::new()
        .prefix(".synth-")
        .tempdir_in(&options.out)
        .map_err(failed(&options.out))?;
    let folder = half_done.path();
    ground.own(folder);
    drop(ground);
    std::fs::create_dir(folder.join("truth")).map_err(failed(folder))?;

    let mut writer = Writer::create(options, folder, sheet_rows)?;
    writer.all(options)?;
    let summary = writer.finish()?;
    let job = job_text(&options.profile.name, options.children);
    std::fs::write(folder.join(JOB), job).map_err(failed(&options.out.join(JOB)))?;
    // All of them or, where a signal comes before, none.
    let _ground = crate::interrupt::Ground::hold();
    for file in &files {
        let to = options.out.join(file);
        std::fs::rename(folder.join(file), &to).map_err(failed(&to))?;
    }
    Ok(summary)
}

const JOB: &str = "job.toml";

/// Every file of a generation, relative to its folder.
fn output_files() -> Vec<PathBuf> {
    let truth = |name: &str| Path::new("truth").join(format!("{name}.parquet"));
    let mut files = vec![PathBuf::from(JOB), truth("children"), truth("groups")];
    for layout in &LAYOUTS {
        files.push(layout.file.into());
        files.push(truth(layout.source.key()));
    }
    files
}

/// The job file: `name` goes in as a TOML string.
fn job_text(name: &str, children: u64) -> String {
    let name = toml::Value::String(name.to_owned()).to_string();
    // Auditors of a small office look at fewer pairs than a ministry.
    let capacity = (children / 50).clamp(50, 2_000).to_string();
    include_str!("job_template.toml").replace("\"{name}\"", &name).replace("{capacity}", &capacity)
}

/// What one block gives.
struct Block {
    rows: Rows,
    statuses: Vec<(u64, TrueStatus)>,
    /// Who is counted apart.
    groups: Vec<(u64, &'static str)>,
    persons: u64,
    twins: u64,
    hidden_traps: u64,
    errors: ErrorCounts,
}

/// The blocks of a generation.
struct Plan {
    setting: Setting,
    seed: u64,
    children: u64,
    /// Pupils of a block; the last has fewer.
    size: u64,
    blocks: u64,
}

impl Plan {
    fn new(options: &Options) -> Self {
        let size = options.children.div_ceil(MOST_BLOCKS).max(BLOCK);
        Self {
            setting: Setting::new(options.children, options.seed, options.profile.clone()),
            seed: options.seed,
            children: options.children,
            size,
            blocks: options.children.div_ceil(size),
        }
    }

    fn block(&self, block: u64) -> Block {
        let pupils = self.size.min(self.children - block * self.size);
        // Streams: two a block, one more a block from the end, and the last of all for the schools.
        let world = Dice::new(self.seed, block * 2);
        let errors = Dice::new(self.seed, block * 2 + 1);
        let issuer = || Issuer::new(self.seed, block, self.blocks);
        // A block has about 1.8 children for each pupil; 2^20 numbers are beyond any.
        let mut maker = Maker::new(&self.setting, world, issuer(), block << 20);
        let leaving = Dice::new(self.seed, u64::MAX - 1 - block);
        let mut scribe = Scribe::new(&self.setting.profile.errors, errors, leaving, issuer());
        let mut made = Block {
            rows: Rows::default(),
            statuses: Vec::new(),
            groups: Vec::new(),
            persons: 0,
            twins: 0,
            hidden_traps: 0,
            errors: ErrorCounts::default(),
        };
        let mut left = usize::try_from(pupils).unwrap_or(0);
        while left > 0 {
            let family = maker.family(left);
            let listed = |at: usize| family.children.get(at).is_some_and(world::Child::is_pupil);
            for child in family.children.iter().filter(|child| child.is_pupil()) {
                left = left.saturating_sub(1);
                made.statuses.push((child.person, child.life.status()));
                let twin = child.twin.is_some_and(listed);
                made.groups.extend(twin.then_some((child.person, "twin")));
                made.groups.extend(child.life.hidden_trap.then_some((child.person, "trap")));
                made.twins += u64::from(twin);
                made.hidden_traps += u64::from(child.life.hidden_trap);
            }
            made.persons += family.children.len() as u64;
            registers::write(&family, &self.setting, &mut scribe, &mut made.rows);
        }
        // Extracts do not come family by family.
        for rows in &mut made.rows.0 {
            scribe.dice.shuffle(rows);
        }
        made.errors = scribe.counts;
        made
    }
}

/// Writes blocks, in order.
struct Writer {
    plan: Plan,
    sinks: Vec<Sink>,
    truth: Truth,
    groups: Truth,
    out: PathBuf,
    summary: Summary,
}

impl Writer {
    fn create(options: &Options, folder: &Path, sheet_rows: u32) -> Result<Self, SynthError> {
        let plan = Plan::new(options);
        let sinks: Result<_, _> =
            LAYOUTS.iter().map(|layout| Sink::create(layout, folder, sheet_rows)).collect();
        let summary = Summary {
            children: options.children,
            schools: world::schools(&plan.setting),
            job: options.out.join(JOB),
            ..Summary::default()
        };
        let truth = Truth::create(folder, "children", Some("status"))?;
        let groups = Truth::create(folder, "groups", Some("group"))?;
        Ok(Self { plan, sinks: sinks?, truth, groups, out: options.out.clone(), summary })
    }

    /// Makes and writes all blocks: while a batch is written, the next is made.
    fn all(&mut self, options: &Options) -> Result<(), SynthError> {
        let blocks = self.plan.blocks;
        let make = |plan: &Plan, from: u64| -> Vec<Block> {
            (from..blocks.min(from + BATCH)).into_par_iter().map(|b| plan.block(b)).collect()
        };
        let mut batch = make(&self.plan, 0);
        let mut next = BATCH;
        while !batch.is_empty() {
            let Self { plan, sinks, truth, groups, summary, .. } = self;
            let (written, made) = rayon::join(
                || write_batch(sinks, [truth, groups], summary, &batch),
                || if next < blocks { make(plan, next) } else { Vec::new() },
            );
            written?;
            if let Some(tell) = &options.progress {
                let done = options.children.min(next * plan.size);
                tell(Progress { done, total: options.children });
            }
            batch = made;
            next += BATCH;
        }
        Ok(())
    }

    fn finish(self) -> Result<Summary, SynthError> {
        let mut summary = self.summary;
        self.truth.finish()?;
        self.groups.finish()?;
        let rows: Result<Vec<u64>, _> = self.sinks.into_par_iter().map(Sink::finish).collect();
        summary.rows = LAYOUTS
            .iter()
            .zip(rows?)
            .map(|(layout, rows)| (layout.source, (self.out.join(layout.file), rows)))
            .collect();
        Ok(summary)
    }
}

fn write_batch(
    sinks: &mut [Sink],
    [truth, groups]: [&mut Truth; 2],
    summary: &mut Summary,
    batch: &[Block],
) -> Result<(), SynthError> {
    sinks.par_iter_mut().enumerate().try_for_each(|(at, sink)| {
        batch.iter().filter_map(|block| block.rows.0.get(at)).try_for_each(|rows| sink.write(rows))
    })?;
    for block in batch {
        let (persons, statuses): (Vec<u64>, Vec<&str>) =
            block.statuses.iter().map(|(person, status)| (*person, status.key())).unzip();
        truth.write(persons, Vec::new(), Some(&statuses))?;
        let (persons, named): (Vec<u64>, Vec<&str>) = block.groups.iter().copied().unzip();
        groups.write(persons, Vec::new(), Some(&named))?;
        for (_, status) in &block.statuses {
            *summary.statuses.entry(*status).or_default() += 1;
        }
        summary.persons += block.persons;
        summary.twins += block.twins;
        summary.hidden_traps += block.hidden_traps;
        summary.errors.merge(&block.errors);
    }
    Ok(())
}
