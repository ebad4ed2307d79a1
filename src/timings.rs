//! How long each stage of a run took, and how much memory the program had needed by its end.
//!
//! A [`Watch`] stands between a work and its [`Progress`] and notes when stages begin. What it notes goes
//! to `timings.json` and to the terminal, never to another output.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::memory;
use crate::progress::Progress;

/// One stage; what is not known is absent. Serialises as an item of `stages` in `timings.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Its key: `read`, `names`, `join_records`, `link:NAME`, `estimate:NAME`, `decide`, `write`.
    /// A key of two words and a colon that begins with that of another stage, such as
    /// `write:children.parquet`, is a part of it, and parts may have worked at the same time.
    pub stage: String,
    /// Wall time.
    pub seconds: f64,
    /// Rows that it worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Pairs that it compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<u64>,
    /// The most memory that the program has had in use up to its end, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_bytes: Option<u64>,
}

impl Stage {
    /// Whether it is a part of a stage of the list, whose time holds its own.
    #[must_use]
    pub fn is_part(&self, stages: &[Self]) -> bool {
        let whole = self.stage.split_once(':').map(|(whole, _)| whole);
        whole.is_some_and(|whole| stages.iter().any(|stage| stage.stage == whole))
    }
}

/// Tells another [`Progress`] all it is told, and notes how long the stages took.
pub struct Watch<'a> {
    tell: &'a dyn Progress,
    noted: Mutex<Noted>,
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("noted", &self.noted).finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Noted {
    done: Vec<Stage>,
    open: Option<(String, Instant)>,
}

impl Noted {
    fn close(&mut self) {
        if let Some((stage, since)) = self.open.take() {
            let seconds = since.elapsed().as_secs_f64();
            let peak_bytes = memory::peak();
            self.done.push(Stage { stage, seconds, peak_bytes, ..Stage::default() });
        }
    }
}

impl<'a> Watch<'a> {
    /// A watch that passes on to `tell`.
    #[must_use]
    pub fn new(tell: &'a dyn Progress) -> Self {
        Self { tell, noted: Mutex::default() }
    }

    fn noted(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says of a stage that is over on how much it worked.
    pub fn worked(&self, stage: &str, rows: Option<u64>, pairs: Option<u64>) {
        if let Some(stage) = self.noted().done.iter_mut().find(|done| done.stage == stage) {
            stage.rows = rows.or(stage.rows);
            stage.pairs = pairs.or(stage.pairs);
        }
    }

    /// The stages so far, the open one as if it ended now.
    #[must_use]
    pub fn stages(&self) -> Vec<Stage> {
        let noted = self.noted();
        let mut so_far = Noted { done: noted.done.clone(), open: noted.open.clone() };
        so_far.close();
        so_far.done
    }
}

impl Progress for Watch<'_> {
    fn stage(&self, name: &str) {
        let mut noted = self.noted();
        noted.close();
        noted.open = Some((key(name), Instant::now()));
        drop(noted);
        self.tell.stage(name);
    }

    fn total(&self, units: u64) {
        self.tell.total(units);
    }

    fn advance(&self, units: u64) {
        self.tell.advance(units);
    }

    fn finish(&self) {
        self.noted().close();
        self.tell.finish();
    }

    fn message(&self, line: &str) {
        self.tell.message(line);
    }
}

/// Stages as people see them, and as `timings.json` names them; a name that ends in a space or colon is
/// followed by that of a source.
const KEYS: [(&str, &str); 7] = [
    ("Reading and normalising", "read"),
    ("Comparing distinct names", "names"),
    ("Joining school records", "join_records"),
    ("Linking ", "link:"),
    ("Estimating errors of ", "estimate:"),
    ("Deciding", "decide"),
    ("Writing", "write"),
];

/// The key of a stage; of one that has none, its first words with `_` between.
fn key(name: &str) -> String {
    for (shown, key) in KEYS {
        if let Some(source) = name.strip_prefix(shown)
            && (source.is_empty() || shown.ends_with(' '))
        {
            return format!("{key}{source}");
        }
    }
    name.to_lowercase().split_whitespace().take(3).collect::<Vec<_>>().join("_")
}

/// A table for the terminal: seconds, share of all, rows or pairs per second, peak so far.
#[must_use]
pub fn table(stages: &[Stage]) -> String {
    let whole: f64 = stages.iter().filter(|s| !s.is_part(stages)).map(|s| s.seconds).sum();
    let width = stages.iter().map(|s| s.stage.chars().count() + 2).max().unwrap_or(0).max(5);
    let mut text = format!(
        "{:width$} {:>9} {:>6} {:>16} {:>10}\n",
        "stage", "seconds", "share", "rate", "peak"
    );
    for stage in stages {
        let part = stage.is_part(stages);
        let name = if part { format!("  {}", stage.stage) } else { stage.stage.clone() };
        // A part may have worked beside others: its share would count twice.
        let share = if part || whole <= 0.0 {
            String::new()
        } else {
            format!("{:.1} %", 100.0 * stage.seconds / whole)
        };
        let _ = writeln!(
            text,
            "{name:width$} {:>9.3} {share:>6} {:>16} {:>10}",
            stage.seconds,
            rate(stage).unwrap_or_default(),
            stage.peak_bytes.map(memory::shown).unwrap_or_default(),
        );
    }
    let peak = stages.iter().filter_map(|stage| stage.peak_bytes).max();
    let _ = write!(
        text,
        "{:width$} {whole:>9.3} {:>6} {:>16} {:>10}",
        "all",
        "",
        "",
        peak.map(memory::shown).unwrap_or_default()
    );
    // Empty columns leave spaces.
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn rate(stage: &Stage) -> Option<String> {
    let (n, unit) = match (stage.pairs, stage.rows) {
        (Some(pairs), _) => (pairs, "pairs/s"),
        (None, Some(rows)) => (rows, "rows/s"),
        (None, None) => return None,
    };
    (stage.seconds > 0.0).then(|| format!("{} {unit}", magnitude(n as f64 / stage.seconds)))
}

/// A number to three figures, in thousands or millions where it is great.
#[must_use]
pub fn magnitude(n: f64) -> String {
    let (n, unit) = match n {
        n if n >= 1e9 => (n / 1e9, " G"),
        n if n >= 1e6 => (n / 1e6, " M"),
        n if n >= 1e3 => (n / 1e3, " k"),
        n => (n, ""),
    };
    let digits = if n >= 100.0 {
        0
    } else if n >= 10.0 {
        1
    } else {
        2
    };
    format!("{n:.digits$}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Lines, Silent};

    #[test]
    fn a_watch_notes_stages_in_order_and_passes_all_on() {
        let said = Mutex::new(Vec::new());
        let lines = Lines::new(|line: &str| said.lock().unwrap().push(line.to_owned()));
        let watch = Watch::new(&lines);
        watch.stage("Reading and normalising");
        std::thread::sleep(std::time::Duration::from_millis(20));
        watch.message("a row was rejected");
        watch.stage("Linking births");
        watch.stage("Looking for namesakes in other registers");
        watch.worked("read", Some(7), None);
        watch.worked("link:births", None, Some(9));
        watch.worked("nothing", Some(1), Some(1));
        let stages = watch.stages();
        let keys: Vec<&str> = stages.iter().map(|stage| stage.stage.as_str()).collect();
        assert_eq!(keys, ["read", "link:births", "looking_for_namesakes"]);
        assert!(stages[0].seconds >= 0.02 && stages[1].seconds < stages[0].seconds);
        assert_eq!((stages[0].rows, stages[1].pairs, stages[2].rows), (Some(7), Some(9), None));
        watch.finish();
        assert_eq!(watch.stages().len(), 3, "finishing ends the last one, once");
        assert_eq!(
            *said.lock().unwrap(),
            [
                "Reading and normalising …",
                "a row was rejected",
                "Linking births …",
                "Looking for namesakes in other registers …"
            ]
        );
        assert!(Watch::new(&Silent).stages().is_empty());
    }

    #[test]
    fn keys_are_those_of_stages_and_of_sources() {
        assert_eq!(key("Linking Реєстр актів"), "link:Реєстр актів");
        assert_eq!(key("Estimating errors of x"), "estimate:x");
        assert_eq!(key("Writing again"), "writing_again");
    }

    #[test]
    fn a_table_counts_parts_once() {
        let stage = |name: &str, seconds, rows, pairs| Stage {
            stage: name.to_owned(),
            seconds,
            rows,
            pairs,
            peak_bytes: Some(3 << 20),
        };
        let stages = [
            stage("read", 1.0, Some(2_000), None),
            stage("link:births", 2.0, Some(5), Some(3_000_000)),
            stage("write", 1.0, None, None),
            stage("write:children.parquet", 0.9, None, None),
        ];
        assert!(stages[3].is_part(&stages) && !stages[1].is_part(&stages));
        let table = table(&stages);
        let words: Vec<Vec<&str>> =
            table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words[1], ["read", "1.000", "25.0", "%", "2.00", "k", "rows/s", "3.0", "MiB"]);
        let births = ["link:births", "2.000", "50.0", "%", "1.50", "M", "pairs/s", "3.0", "MiB"];
        assert_eq!(words[2], births);
        assert_eq!(words[4], ["write:children.parquet", "0.900", "3.0", "MiB"]);
        assert_eq!(words[5], ["all", "4.000", "3.0", "MiB"]);
        assert_eq!(magnitude(0.5), "0.50");
        assert_eq!(magnitude(123_456.0), "123 k");
    }

    #[test]
    fn stages_are_read_back_with_what_is_missing() {
        let old: Stage = serde_json::from_str(r#"{"stage": "read", "seconds": 1.5}"#).unwrap();
        assert_eq!((old.rows, old.pairs, old.peak_bytes), (None, None, None));
        assert_eq!(serde_json::to_string(&old).unwrap(), r#"{"stage":"read","seconds":1.5}"#);
    }
}
