//! The changes for a terminal: what differs between the runs, counts, the matrix of statuses,
//! and the children, those who left the list first.

use std::fmt::Write as _;

use super::runs::{Runs, SourceChange};
use super::types::{Cause, Change, Diff, Kind, Standing};
use super::words::{self as told, say};
use crate::columns::{aligned, harmless};
use crate::report::words::{self, Lang};
use crate::verdict::{Status, Tier};

/// Children that are shown unless all are asked for. Whoever left the list unexplained is
/// always shown.
const SHOWN: usize = 50;

/// Differences that are shown of a child; JSON and CSV have them all.
const DIFFERENCES: usize = 6;

impl Diff {
    /// The changes as text.
    #[must_use]
    pub fn to_text(&self, lang: Lang, all: bool) -> String {
        let mut out = String::new();
        self.write_runs(lang, &mut out);
        if self.changes.is_empty() {
            let _ = writeln!(
                out,
                "\n{}",
                say(
                    lang,
                    "Статус, ступінь і підстави кожної дитини ті самі",
                    "No child's status, tier or reasons differ"
                )
            );
        } else {
            self.write_counts(lang, &mut out);
            self.write_matrix(lang, &mut out);
        }
        self.write_list(lang, &mut out);
        let _ = writeln!(out, "\n{}", self.sanity(lang));
        self.write_unexplained(lang, &mut out);
        self.write_children(lang, all, &mut out);
        out
    }

    fn write_runs(&self, lang: Lang, out: &mut String) {
        let runs = &self.runs;
        let names = [say(lang, "Старий запуск", "Old run"), say(lang, "Новий запуск", "New run")];
        for (name, manifest) in names.into_iter().zip(&runs.manifests) {
            let job = &manifest.job;
            let _ = writeln!(
                out,
                "{name}: {} · {} … {}",
                harmless(&job.name),
                words::date(job.evidence_since, lang),
                words::date(job.as_of, lang)
            );
        }
        let _ = writeln!(out, "{}:", say(lang, "Між запусками", "Between the runs"));
        let same = say(lang, "те саме", "the same");
        for cause in Cause::ALL {
            let text = between(runs, cause, lang).unwrap_or_else(|| same.to_owned());
            let _ = writeln!(out, "  {}: {}", told::cause(cause, lang), harmless(&text));
        }
    }

    /// Kinds by main causes.
    fn write_counts(&self, lang: Lang, out: &mut String) {
        let mut head = vec![say(lang, "Діти", "Children").to_owned()];
        head.extend(Cause::ALL.map(|cause| told::cause(cause, lang).to_owned()));
        head.push(say(lang, "не пояснено", "unexplained").to_owned());
        head.push(say(lang, "разом", "all").to_owned());
        let mut rows = vec![head];
        for kind in Kind::ALL {
            let causes = Cause::ALL.into_iter().map(Some).chain([None]);
            let counts: Vec<u64> = causes.map(|cause| self.count(kind, cause)).collect();
            let sum: u64 = counts.iter().sum();
            if sum > 0 {
                let mut row = vec![told::kind(kind, lang).to_owned()];
                row.extend(counts.into_iter().chain([sum]).map(|n| number(n, lang)));
                rows.push(row);
            }
        }
        let _ =
            writeln!(out, "\n{}", say(lang, "Зміни за головною причиною", "Changes by main cause"));
        out.push_str(&aligned(&rows));
    }

    /// Statuses of the old run by those of the new.
    fn write_matrix(&self, lang: Lang, out: &mut String) {
        let has_row = |i: usize| self.matrix[i].iter().any(|&n| n > 0);
        let has_column = |j: usize| self.matrix.iter().any(|row| row[j] > 0);
        let name = |i: usize, none: &str| {
            Status::ALL.get(i).map_or(none, |&status| words::status(status, lang)).to_owned()
        };
        let mut head = vec![say(lang, "було ↓ · стало →", "was ↓ · is →").to_owned()];
        let gone = say(lang, "немає", "gone");
        head.extend((0..8).filter(|&j| has_column(j)).map(|j| name(j, gone)));
        let mut rows = vec![head];
        for i in (0..8).filter(|&i| has_row(i)) {
            let mut row = vec![name(i, say(lang, "не було", "new"))];
            row.extend((0..8).filter(|&j| has_column(j)).map(|j| number(self.matrix[i][j], lang)));
            rows.push(row);
        }
        let _ = writeln!(out, "\n{}", say(lang, "Діти за станом", "Children by status"));
        out.push_str(&aligned(&rows));
    }

    /// How long the list was and is.
    fn write_list(&self, lang: Lang, out: &mut String) {
        let came = self.changes.iter().filter(|change| change.entered_list()).count();
        let left = self.left().count();
        let count = |n: u64| words::count(n, lang);
        let _ = writeln!(
            out,
            "\n{}: {} → {} ({} {}, {} {})",
            say(lang, "У переліку", "On the list"),
            count(self.listed.0),
            count(self.listed.1),
            say(lang, "вийшли", "left"),
            count(left as u64),
            say(lang, "увійшли", "entered"),
            count(came as u64),
        );
    }

    /// Whether everybody who left the list is explained: the point of the comparison.
    #[must_use]
    pub fn sanity(&self, lang: Lang) -> String {
        let left = self.left().count() as u64;
        let explained = self.left().filter(|change| change.is_explained()).count() as u64;
        let possible = self.left().filter(|c| c.is_explained() && !c.is_proved()).count() as u64;
        let who = words::children(left, lang);
        let count = |n: u64| words::count(n, lang);
        if left == 0 {
            return say(lang, "Жодна дитина не вийшла з переліку", "No child left the list")
                .to_owned();
        }
        let mut text = if explained == left {
            match lang {
                Lang::Uk => format!("З переліку вийшло: {who}; пояснено всіх ({})", count(left)),
                Lang::En if left == 1 => format!("{who} left the list, and it is explained"),
                Lang::En => format!("{who} left the list; all {} are explained", count(left)),
            }
        } else {
            let missing = count(left - explained);
            match lang {
                Lang::Uk => format!(
                    "УВАГА: з переліку вийшло: {who}; НЕ ПОЯСНЕНО: {missing}. Перевірте кожну"
                ),
                Lang::En => format!(
                    "ATTENTION: {who} left the list; {missing} NOT EXPLAINED. Look at each of them"
                ),
            }
        };
        if possible > 0 {
            let _ = match lang {
                Lang::Uk => write!(text, "; не доведено, лише можливо: {}", count(possible)),
                Lang::En => {
                    write!(text, "; possible, not proved: {}", count(possible))
                }
            };
        }
        text
    }

    /// Everybody who left the list and is not explained, whatever else is shown.
    fn write_unexplained(&self, lang: Lang, out: &mut String) {
        for change in self.left().filter(|change| !change.is_explained()) {
            let _ = writeln!(out, "  !! {}", harmless(change.child()));
        }
        let others = self.changes.iter().filter(|c| !c.is_explained() && !c.left_list());
        let others = others.count() as u64;
        if others > 0 {
            let _ = writeln!(
                out,
                "{}: {}",
                say(
                    lang,
                    "Не пояснено ще змін (ніхто з цих дітей не вийшов із переліку)",
                    "Other changes not explained (nobody of them left the list)"
                ),
                words::count(others, lang)
            );
        }
    }

    fn write_children(&self, lang: Lang, all: bool, out: &mut String) {
        let shown = if all { self.changes.len() } else { SHOWN };
        if !self.changes.is_empty() {
            let _ = writeln!(out, "\n{}", say(lang, "Причини", "Causes"));
            for cause in Cause::ALL {
                let (name, meaning) = (told::cause(cause, lang), told::meaning(cause, lang));
                let _ = writeln!(out, "  {name}: {meaning}");
            }
        }
        for change in self.changes.iter().take(shown) {
            out.push('\n');
            self.write_child(change, lang, out);
        }
        let rest = self.changes.len().saturating_sub(shown) as u64;
        if rest > 0 {
            let _ = writeln!(
                out,
                "\n{}: {} (--all, --json, --out)",
                say(lang, "Не показано", "Not shown"),
                words::children(rest, lang)
            );
        }
    }

    fn write_child(&self, change: &Change, lang: Lang, out: &mut String) {
        let causes: Vec<&str> =
            change.causes().into_iter().map(|cause| told::cause(cause, lang)).collect();
        let causes = if change.is_explained() {
            causes.join(", ")
        } else {
            say(lang, "НЕ ПОЯСНЕНО", "NOT EXPLAINED").to_owned()
        };
        let _ = writeln!(
            out,
            "{} · {} · {causes}",
            harmless(change.child()),
            told::kind_of_one(change.kind, lang)
        );
        let side = |standing: Option<&Standing>| {
            standing.map_or_else(
                || "–".to_owned(),
                |s| {
                    let tier = s.tier.map_or("", Tier::key);
                    let tier = if tier.is_empty() { String::new() } else { format!(" {tier}") };
                    let place = format!("{}:{}", self.runs.name(s.source), s.row);
                    format!("{}{tier} ({})", words::status(s.status, lang), harmless(&place))
                },
            )
        };
        let (old, new) = (side(change.old.as_ref()), side(change.new.as_ref()));
        let _ = writeln!(out, "  {old} → {new}");
        if let (Kind::Merged | Kind::Split, Some(old), Some(new)) =
            (change.kind, &change.old, &change.new)
        {
            let _ = writeln!(out, "  {} → {}", harmless(&old.child), harmless(&new.child));
        }
        let codes = change.codes_went.iter().map(|code| format!("−{code}"));
        let codes: Vec<String> =
            codes.chain(change.codes_came.iter().map(|code| format!("+{code}"))).collect();
        if !codes.is_empty() {
            let _ = writeln!(out, "  {}", harmless(&codes.join(" ")));
        }
        for difference in change.differences.iter().take(DIFFERENCES) {
            let text = told::difference(difference, &self.runs, lang);
            let _ =
                writeln!(out, "  • {}: {}", told::cause(difference.cause, lang), harmless(&text));
        }
        let rest = change.differences.len().saturating_sub(DIFFERENCES);
        if rest > 0 {
            let _ = writeln!(out, "  … +{rest}");
        }
    }
}

/// A count in a table; a dot for none, so that the others stand out.
fn number(n: u64, lang: Lang) -> String {
    if n == 0 { "·".to_owned() } else { words::count(n, lang) }
}

/// What differs between the runs as wholes; `None` where nothing does.
pub(super) fn between(runs: &Runs, cause: Cause, lang: Lang) -> Option<String> {
    let parts = match cause {
        Cause::Data => data(runs, lang),
        Cause::Decision => {
            let text = say(lang, "рішення людей інші", "decisions of people differ");
            runs.decisions.then(|| text.to_owned()).into_iter().collect()
        }
        Cause::Rule => rules(runs, lang),
        Cause::Model => model(runs, lang),
        Cause::Program => match &runs.versions {
            Some((old, new)) => vec![format!("{old} → {new}")],
            None if runs.program => vec![
                say(
                    lang,
                    "інший файл програми тієї самої версії",
                    "another binary of the same version",
                )
                .to_owned(),
            ],
            None => Vec::new(),
        },
    };
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn data(runs: &Runs, lang: Lang) -> Vec<String> {
    let names = |wanted: SourceChange| {
        let pairs = runs.names.iter().zip(&runs.sources);
        pairs.filter(|pair| *pair.1 == wanted).map(|pair| pair.0.as_str()).collect::<Vec<_>>()
    };
    let kinds = [
        (SourceChange::Differs, say(lang, "інші файли", "other files of")),
        (SourceChange::Added, say(lang, "додано", "added")),
        (SourceChange::Removed, say(lang, "прибрано", "removed")),
    ];
    let parts = kinds.into_iter().map(|(change, word)| (word, names(change)));
    let parts = parts.filter(|(_, names)| !names.is_empty());
    parts.map(|(word, names)| format!("{word}: {}", names.join(", "))).collect()
}

fn rules(runs: &Runs, lang: Lang) -> Vec<String> {
    let mut parts: Vec<String> =
        runs.settings.iter().map(|s| format!("{} {} → {}", s.key, s.old, s.new)).collect();
    if runs.job && parts.is_empty() {
        let text = say(lang, "файл завдання інший", "the job file is another");
        parts.push(text.to_owned());
    }
    parts
}

/// Whether the model differs, and why.
fn model(runs: &Runs, lang: Lang) -> Vec<String> {
    if !runs.model {
        return Vec::new();
    }
    let mut why = Vec::new();
    if runs.given_model {
        why.push(say(lang, "дано іншу модель", "another model was given"));
    }
    if runs.labels {
        why.push(say(lang, "дано інші позначені пари", "other judged pairs were given"));
    }
    if runs.data() {
        why.push(say(lang, "інші дані", "other data"));
    }
    if runs.program {
        why.push(say(lang, "інша програма", "another program"));
    }
    if why.is_empty() && runs.job {
        why.push(say(lang, "інше завдання", "another job"));
    }
    let other = say(lang, "model.json інший", "model.json differs");
    vec![if why.is_empty() { other.to_owned() } else { format!("{other}: {}", why.join(", ")) }]
}
