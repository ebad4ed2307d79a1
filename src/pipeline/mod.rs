//! The line from a job to a run's folder: what calls the rooms one after the other.
//!
//! [`read`](read::read) files into a world; [`Linked`] links it; `decide` turns links into children with
//! statuses; the report room writes the folder. On the way [`degenerate`] refuses input from which
//! nothing can follow. Threads change no output: everything
//! parallel is collected in order, and nothing depends on where a row stood.

mod cases;
mod decide;
pub mod degenerate;
mod heads;
mod labels;
mod learning;
mod link;
pub mod lost;
mod movements;
mod previous;
mod read;
mod traits;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::job::{Job, Role};
use crate::memory::Rows;
use crate::model::saved::Document;
use crate::normalize::World;
use crate::progress::Progress;
use crate::report::{self, words, words::Lang};
use crate::timings::{Stage, Watch};

pub use degenerate::Allow;
pub use learning::{LabelFile, Learning, LearningError};
pub use link::{Linked, Register};
pub use previous::Previous;
pub use read::{Reading, read};

/// Threads that a run starts at the most.
const MOST_THREADS: usize = 256;

/// How to run a job.
#[derive(Clone, Debug)]
pub struct Options {
    /// The run's folder.
    pub out: PathBuf,
    /// Threads to work with; all of the machine's if `None`. Changes no output.
    pub threads: Option<NonZeroUsize>,
    /// Language of the summary.
    pub lang: Lang,
    /// What to learn from beside the data.
    pub learning: Learning,
    /// The previous run, whose ids the children keep.
    pub previous: Option<Previous>,
    /// Kinds of degenerate input to let pass.
    pub allow: Allow,
    /// Memory to keep within, bytes. Changes no output.
    pub memory: Option<u64>,
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The run at a glance, line by line.
    pub summary: Vec<String>,
    /// More rows of some source were rejected than the job allows.
    pub too_many_rejected: bool,
    /// How long each stage took.
    pub stages: Vec<Stage>,
}

/// Runs a job and writes its folder.
///
/// # Errors
/// What could not be read or written, and the remedy. No folder appears then.
pub fn run(job: &Job, options: &Options, progress: &dyn Progress) -> anyhow::Result<Outcome> {
    pool(options.threads)?.install(|| run_here(job, options, progress))
}

/// Trains the models of a job's registers, and decides nothing.
///
/// # Errors
/// What could not be read, or a label that names what is not there; and the remedy.
pub fn train(
    job: &Job,
    learning: &Learning,
    threads: Option<NonZeroUsize>,
    progress: &dyn Progress,
) -> anyhow::Result<Document> {
    let train = || {
        progress.stage("Reading and normalising");
        let reading = read(job, progress)?;
        let linked = Linked::new(job, &reading.world, learning, progress)?;
        progress.finish();
        Ok(linked.document(job))
    };
    pool(threads)?.install(train)
}

fn pool(threads: Option<NonZeroUsize>) -> anyhow::Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        // More than this brings nothing on any machine, and starts slowly.
        .num_threads(threads.map_or(0, |threads| threads.get().min(MOST_THREADS)))
        .build()
        .context("no threads to work with; hint: name fewer by --threads")
}

fn run_here(job: &Job, options: &Options, progress: &dyn Progress) -> anyhow::Result<Outcome> {
    report::check_output(&options.out)?;
    let watch = Watch::new(progress);
    let progress: &dyn Progress = &watch;

    progress.stage("Reading and normalising");
    let reading = read(job, progress)?;
    let rows = rows(job, &reading.world);
    let judge = |findings| degenerate::judge(findings, &options.allow, options.lang);
    let mut warnings = judge(degenerate::of_world(job, &reading.world))?;

    let need = rows.need();
    need.check(options.memory)?;
    for line in need.lines(options.memory) {
        progress.message(&line);
    }

    let linked = Linked::new(job, &reading.world, &options.learning, progress)?;
    let model = linked.document(job);
    warnings.extend(judge(degenerate::of_links(job, &linked, model.registries()))?);

    progress.stage("Deciding");
    let decided = decide::decide(job, &reading.world, &linked, options.previous.as_ref());

    progress.stage("Writing");
    watch.worked("read", Some(rows.population + rows.registers), None);
    watch.worked("join_records", Some(rows.population), Some(linked.doubles.compared));
    for register in &linked.registers {
        let stage = format!("link:{}", job.sources[register.source].name);
        watch.worked(&stage, Some(register.side.len() as u64), Some(register.linkage.compared));
    }
    watch.worked("decide", Some(decided.children.len() as u64), None);
    let mut timings = watch.stages();
    // The report room times itself, file by file.
    timings.retain(|stage| stage.stage != "write");
    let mut counts = linked.counts(job);
    if decided.not_asked > 0 {
        counts.push(("children_not_asked".to_owned(), decided.not_asked));
    }
    let run = report::Run {
        job,
        extracted: &reading.extracted,
        rejected: &reading.rejected,
        fills: &reading.fills,
        children: &decided.children,
        links: &decided.links,
        movements: &decided.movements,
        model: &model,
        given: report::Given {
            previous: options.previous.as_ref().map(Previous::given),
            ..options.learning.given()
        },
        asked: report::Asked {
            allow: &options.allow.keys(),
            warnings: &warnings.iter().map(degenerate::Finding::warning).collect::<Vec<_>>(),
            model_path: options.learning.model_path.as_deref(),
            labels_path: options.learning.labels_path.as_deref(),
            previous_path: options.previous.as_ref().map(Previous::path),
        },
        errors: &linked.errors(),
        counts: &counts,
        thresholds: decided.thresholds,
        wrong: decided.wrong,
        needless: decided.needless,
        traits: &decided.traits,
        labels: &reading.world.lexicon.labels,
        fingerprints: &decided.fingerprints,
        timings: &timings,
        threads: rayon::current_num_threads(),
        pick: &|source, headings, rows| {
            crate::extract::pick(source, headings, rows).map_err(Into::into)
        },
    };
    let written = report::write(&run, &options.out)?;
    progress.finish();
    let stages = timings.iter().cloned().chain(written.stages).collect();

    let too_many_rejected =
        reading.extracted.iter().zip(&reading.rejected).any(|(extracted, rejected)| {
            let lost = rejected.iter().filter(|r| r.whole_row).count();
            lost as f64 > job.max_rejected_share * extracted.rows as f64
        });
    let mut summary = report::summary_lines(&run, options.lang);
    if decided.not_asked > 0 {
        let text = match options.lang {
            Lang::Uk => "Не йдеться про дітей поза межами запитання (scope)",
            Lang::En => "Children not asked about, outside of the scope",
        };
        summary.insert(1, format!("{text}: {}", words::count(decided.not_asked, options.lang)));
    }
    let (warning, seal) = match options.lang {
        Lang::Uk => ("Застереження", "Печатка"),
        Lang::En => ("Warning", "Seal"),
    };
    summary.extend(warnings.iter().map(|w| format!("{warning}: {}", w.line(options.lang))));
    summary.push(format!("{seal}: {}", written.seal));
    Ok(Outcome { summary, too_many_rejected, stages })
}

/// How many rows the job's sources have.
fn rows(job: &Job, world: &World) -> Rows {
    let mut rows = Rows::default();
    for (source, records) in job.sources.iter().zip(&world.sources) {
        match source.role {
            Role::Population => rows.population += records.len() as u64,
            Role::Registry => rows.registers += records.len() as u64,
        }
    }
    rows
}
