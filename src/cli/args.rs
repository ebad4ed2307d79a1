//! The arguments of every command.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::memory;
use crate::pipeline::Allow;
use crate::report::words::Lang;

/// Find the children whose status no state register confirms.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "zvirka",
    version,
    max_term_width = 100,
    about = "Find the children whose status no state register confirms.\n\
             Звірка: знайти дітей, чий статус не підтверджує жоден державний реєстр.",
    after_help = "Examples:\n  \
        zvirka init aikom.xlsx births.parquet border.csv   write a job to edit\n  \
        zvirka run job.toml                                link, decide, report\n  \
        zvirka explain out aikom:17                        why this child has this status\n\n\
        Exit codes: 0 done; 1 failed; 2 wrong arguments or job; 3 done, but more rows were\n\
        rejected than the job allows; 130 interrupted, and nothing half-written left.",
    disable_help_subcommand = true
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose", display_order = 900)]
    pub quiet: bool,

    /// Say more
    #[arg(short, long, global = true, display_order = 901)]
    pub verbose: bool,

    /// Show no bars, only lines
    #[arg(long, global = true, display_order = 902)]
    pub no_progress: bool,

    /// Language, uk or en [default: en; of a run's lists, the job's]
    #[arg(long, global = true, value_enum, hide_possible_values = true, display_order = 903)]
    pub lang: Option<Language>,
}

impl Arguments {
    /// The language of what the terminal shows: English unless another is named.
    #[must_use]
    pub fn shown_lang(&self) -> Lang {
        self.named_lang().unwrap_or(Lang::En)
    }

    /// The language that was named, which goes before that of a job.
    #[must_use]
    pub fn named_lang(&self) -> Option<Lang> {
        self.lang.map(Into::into)
    }
}

/// A language of outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Ukrainian.
    Uk,
    /// English.
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Uk => Self::Uk,
            Language::En => Self::En,
        }
    }
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Link, decide, report: the main job.
    #[command(
        about = "Link, decide, report: the main job.\nЗіставити списки, визначити статуси, скласти перелік.",
        after_help = "Examples:\n  \
            zvirka run job.toml                  into the folder that the job names\n  \
            zvirka run job.toml --out /data/july\n  \
            zvirka run job.toml --threads 4 --no-progress 2> run.log\n  \
            zvirka run job.toml --lang en        summary and lists in English\n  \
            zvirka run job.toml --model model.json   with weights trained before\n  \
            zvirka run job.toml --out august --previous july   children keep their ids\n  \
            zvirka run job.toml --allow undated      though a register bears no days\n  \
            zvirka run job.toml --memory 4GiB --timings   within 4 GiB; where the time went\n\n\
            Ctrl-C leaves nothing half-written: the folder of an earlier run stays as it was.\n\
            The exit code is 130 then."
    )]
    Run(Run),
    /// Train the weights, and decide nothing.
    #[command(
        about = "Train the weights of all registers, show them, and decide nothing.\n\
                 Навчити ваги для всіх реєстрів і показати їх, нічого не вирішуючи.",
        after_help = "Examples:\n  \
            zvirka train job.toml                       writes model.json\n  \
            zvirka train job.toml -o july.json --force\n  \
            zvirka train job.toml --labels labels.csv   with pairs that people have judged\n  \
            zvirka run job.toml --model model.json      and then, to use it"
    )]
    Train(Train),
    /// Look at extracts and write a job to edit.
    #[command(
        about = "Look at extracts, guess format and columns, write a job to edit.\n\
                 Оглянути витяги, вгадати формати й колонки, написати завдання.",
        after_help = "Examples:\n  \
            zvirka init aikom.xlsx kurs.csv births.parquet border.csv\n  \
            zvirka init data/*.csv -o jobs/july.toml\n  \
            zvirka init aikom.xlsx -o -          to the terminal"
    )]
    Init(Init),
    /// Why a child has its status.
    #[command(
        about = "Why this child has this status: records, links, evidence.\n\
                 Чому дитина має такий статус: записи, збіги, свідчення.",
        after_help = "The answer holds personal data.\n\nExamples:\n  \
            zvirka explain out aikom:17          the 18th data row of the source aikom\n  \
            zvirka explain out kurs:UA-000123    by the source's own identifier"
    )]
    Explain(Explain),
    /// Whether a run is what it says.
    #[command(
        about = "Check a run's folder: files, inputs, seal; then run again and compare.\n\
                 Перевірити теку звірки: файли, вхідні дані, печатку; повторити й порівняти.",
        after_help = "The second run takes as long as the first, and its files, which hold personal data, lie in a\n\
            temporary folder beside DIR until it ends. Nothing in DIR is changed.\n\nExamples:\n  \
            zvirka verify out                        all, with a second run\n  \
            zvirka verify out --quick                hashes alone\n  \
            zvirka verify out --seal 3f8a…           also against the seal that the run printed\n  \
            zvirka verify /archive/july --job /archive/data/job.toml --json\n\n\
            Exit codes: 0 everything holds; 1 something does not, and the answer says what."
    )]
    Verify(Verify),
    /// Which children changed between two runs, and why.
    #[command(
        about = "Which children changed between two runs, and why: data, rule, model or decision.\n\
                 Що змінилося між двома запусками і чому.",
        after_help = "Nobody leaves the list silently: whoever was on it and is not stands first, with the\n\
            record, the register's row and the day that made the difference, or as not explained.\n\n\
            Causes, the main one first: data (a school record or a linked row of a register came,\n\
            went or changed), decision (people decided otherwise), rule (the job's settings differ),\n\
            model (the same rows are weighed otherwise), program (another one, and nothing else).\n\n\
            The answer holds identifiers and rows, no names. Exit code 0 whenever the runs could be\n\
            compared.\n\nExamples:\n  \
            zvirka diff june july                        what changed, on the terminal\n  \
            zvirka diff june july --out changes.csv      for a spreadsheet\n  \
            zvirka diff june july --json > changes.json  every change with every difference"
    )]
    Diff(Diff),
    /// Figures against ground truth.
    #[command(
        about = "Figures against ground truth: precision, recall, hidden children.\n\
                 Виміряти якість за відомою правдою.",
        after_help = "Examples:\n  \
            zvirka evaluate out --truth truth\n  \
            zvirka evaluate out --truth truth --json figures.json --html figures.html\n  \
            zvirka evaluate out --labels judged.csv    where only some pairs are known"
    )]
    Evaluate(Evaluate),
    /// Invented registers with truth.
    #[command(
        about = "Invent registers with known truth, and a job for them.\n\
                 Вигадати реєстри з відомою правдою для перевірки.",
        after_help = "Nobody in them exists. The same seed gives the same bytes.\n\nExamples:\n  \
            zvirka synth --children 2000 --seed 1 --out try\n  \
            zvirka synth --children 100000 --seed 1 --out hard --error-scale 2"
    )]
    Synth(Synth),
    /// How fast it is here.
    #[command(
        about = "Measure speed and memory on invented registers, beside what the machine can do at best.\n\
                 Виміряти швидкість і пам'ять на вигаданих реєстрах.",
        after_help = "Each size is invented, linked by a process of its own, and evaluated; the floor is measured\n\
            in between: reading the same bytes, sorting as many keys, looking up as many pairs.\n\
            A million children take about 1 GB of disk. docs/performance.md tells how to read it.\n\n\
            Examples:\n  \
            zvirka bench                               10,000, 100,000 and 1,000,000 children\n  \
            zvirka bench --children 5000 --repeat 3    the median of three runs\n  \
            zvirka bench --dir /data/bench             keeps the registers for the next time"
    )]
    Bench(Bench),
}

/// `zvirka run`.
#[derive(Args, Clone, Debug)]
pub struct Run {
    /// The job file
    #[arg(value_name = "JOB")]
    pub job: PathBuf,
    /// The run's folder, instead of the one that the job names
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Threads to work with [default: all]; changes no output
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<NonZeroUsize>,
    /// Weights trained before, by `zvirka train` or a run, instead of training anew
    #[arg(long, value_name = "FILE", conflicts_with = "labels")]
    pub model: Option<PathBuf>,
    /// Pairs that people have judged, to train with
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// The previous run's folder: children keep the ids they had in it
    #[arg(long, value_name = "DIR")]
    pub previous: Option<PathBuf>,
    /// Go on in spite of degenerate input: undated, unfilled, constant, links_everything, empty,
    /// or all; with commas between
    #[arg(long, value_name = "KIND", value_parser = Allow::parse)]
    pub allow: Vec<Allow>,
    /// Memory to keep within, such as 4GiB or 800MB [default: no bound]; changes no output
    #[arg(long, value_name = "SIZE", value_parser = memory::parse)]
    pub memory: Option<u64>,
    /// Show where the time went; timings.json has it in any case
    #[arg(long)]
    pub timings: bool,
}

/// `zvirka train`.
#[derive(Args, Clone, Debug)]
pub struct Train {
    /// The job file
    #[arg(value_name = "JOB")]
    pub job: PathBuf,
    /// The model to write
    #[arg(short, long, value_name = "FILE", default_value = "model.json")]
    pub output: PathBuf,
    /// Overwrite the model
    #[arg(long)]
    pub force: bool,
    /// Pairs that people have judged, to train with
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// Threads to work with [default: all]; changes no output
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<NonZeroUsize>,
}

/// `zvirka init`.
#[derive(Args, Clone, Debug)]
pub struct Init {
    /// Extracts to look at
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The job file to write; `-` for the terminal
    #[arg(short, long, value_name = "JOB", default_value = "job.toml")]
    pub output: PathBuf,
    /// Overwrite the job file
    #[arg(long)]
    pub force: bool,
}

/// `zvirka explain`.
#[derive(Args, Clone, Debug)]
pub struct Explain {
    /// A run's folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// A record: source:row or source:id
    #[arg(value_name = "RECORD", value_parser = record)]
    pub record: String,
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
}

/// `zvirka verify`.
#[derive(Args, Clone, Debug)]
pub struct Verify {
    /// A run's folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The job file, if it no longer lies where the run found it
    #[arg(long, value_name = "JOB")]
    pub job: Option<PathBuf>,
    /// Compare hashes, and do not run again
    #[arg(long)]
    pub quick: bool,
    /// The seal that the run printed, as it was noted
    #[arg(long, value_name = "HEX", value_parser = seal)]
    pub seal: Option<String>,
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
    /// Threads to run again with [default: all]; changes no output
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<NonZeroUsize>,
}

/// `zvirka diff`.
#[derive(Args, Clone, Debug)]
pub struct Diff {
    /// The folder of the earlier run
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The folder of the later run
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// Show every child, not only the first 50
    #[arg(long, conflicts_with = "json")]
    pub all: bool,
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
    /// Also write the changes as a table: a file whose name ends in .csv
    #[arg(long, value_name = "FILE", value_parser = csv_file)]
    pub out: Option<PathBuf>,
}

/// `zvirka evaluate`.
#[derive(Args, Clone, Debug)]
pub struct Evaluate {
    /// A run's folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The folder with the truth: a NAME.parquet or NAME.csv for each source
    #[arg(long, value_name = "TRUTHDIR", required_unless_present = "labels")]
    pub truth: Option<PathBuf>,
    /// Pairs that people have judged: a csv of source, row, registry, registry_row, same
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// Also write the figures as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Also write the figures as a page
    #[arg(long, value_name = "FILE", requires = "truth")]
    pub html: Option<PathBuf>,
}

/// `zvirka synth`.
#[derive(Args, Clone, Debug)]
pub struct Synth {
    /// Children in the schools' lists
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=50_000_000))]
    pub children: u64,
    /// Where chance begins
    #[arg(long, value_name = "S")]
    pub seed: u64,
    /// The folder to write into
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Rates of errors, instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// Multiply all rates of errors, from 0 to 100
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = scale)]
    pub error_scale: f64,
    /// Let most children live in this region, such as Чернівецька
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Overwrite what is in the folder
    #[arg(long)]
    pub force: bool,
}

/// `zvirka bench`.
#[derive(Args, Clone, Debug)]
pub struct Bench {
    /// Sizes: children in the schools' lists, with commas between
    #[arg(
        long,
        value_name = "N",
        value_delimiter = ',',
        default_values_t = [10_000, 100_000, 1_000_000],
        value_parser = clap::value_parser!(u64).range(100..=50_000_000)
    )]
    pub children: Vec<u64>,
    /// Where chance begins
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Keep the registers here, and use those that are there [default: a temporary folder]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Run each so often, and show the median
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub repeat: u32,
    /// Threads to work with [default: all]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<NonZeroUsize>,
}

/// Beyond some hundreds, threads only wait for each other; a million stop the machine.
const MOST_THREADS: usize = 1024;

fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let threads = text.parse().ok().filter(|threads: &NonZeroUsize| threads.get() <= MOST_THREADS);
    threads.ok_or_else(|| format!("write a number from 1 to {MOST_THREADS}"))
}

/// Digits of a BLAKE3 hash.
const SEAL_DIGITS: usize = 64;

fn seal(text: &str) -> Result<String, String> {
    let digits = text.trim();
    if digits.len() == SEAL_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(digits.to_ascii_lowercase());
    }
    Err(format!("write all {SEAL_DIGITS} hexadecimal digits of the seal"))
}

fn record(text: &str) -> Result<String, String> {
    match text.split_once(':') {
        Some((source, row)) if !source.is_empty() && !row.is_empty() => Ok(text.to_owned()),
        _ => Err("write source:row or source:id, such as aikom:17".to_owned()),
    }
}

fn csv_file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_csv = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    is_csv.then_some(path).ok_or_else(|| "name a file that ends in .csv".to_owned())
}

fn scale(text: &str) -> Result<f64, String> {
    let scale = text.parse::<f64>().ok().filter(|scale| (0.0..=100.0).contains(scale));
    scale.ok_or_else(|| "write a number from 0 to 100".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_a_whole_hash() {
        let whole = "0a".repeat(32);
        assert_eq!(seal(&format!(" {} ", whole.to_uppercase())), Ok(whole.clone()));
        for text in ["", "0a1b", &whole[1..], &whole.replace('0', "g")] {
            assert!(seal(text).is_err(), "{text}");
        }
    }

    #[test]
    fn threads_are_some_and_not_a_million() {
        assert_eq!(threads("4").map(NonZeroUsize::get), Ok(4));
        for text in ["0", "-1", "1025", "1000000", "x", ""] {
            assert!(threads(text).is_err(), "{text}");
        }
    }
}
