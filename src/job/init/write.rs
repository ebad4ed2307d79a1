//! The text of a proposed job, with the reason of every guess beside it.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use jiff::civil::{Date, date};

use super::super::types::Role;
use super::Look;
use super::guess::{Guess, KindGuess, Told};

/// The day from which evidence counts unless the analyst says otherwise: the full-scale
/// invasion.
const EVIDENCE_SINCE: Date = date(2022, 2, 24);

/// More unused headings than this are counted, not listed.
const MOST_UNUSED: usize = 40;

/// The text of a job at `job` for these sources.
pub(super) fn text(sources: &[(Guess, Vec<Look>)], job: &Path) -> String {
    let mut lines = head(sources, job);
    let mut names = BTreeSet::new();
    for role in [Role::Population, Role::Registry] {
        for (guess, looks) in sources.iter().filter(|(guess, _)| guess.role == role) {
            let name = name(guess, looks, &mut names);
            let block = source(guess, looks, &name, job);
            lines.push(String::new());
            if role == Role::Registry && !guess.is_usable() {
                lines.push(
                    "# No name, certificate or number was recognised: name the columns,".into(),
                );
                lines.push("# then take the marks off the lines below.".into());
                lines.extend(block.iter().map(|line| format!("# {line}").trim_end().to_owned()));
            } else {
                lines.extend(block);
            }
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn head(sources: &[(Guess, Vec<Look>)], job: &Path) -> Vec<String> {
    let stem = job.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let stem = stem.filter(|stem| stem != "-" && !stem.trim().is_empty());
    let newest = sources
        .iter()
        .filter_map(|(guess, looks)| Some((guess.newest.as_ref()?, looks.first()?)))
        .max_by_key(|((day, _), _)| *day);
    let (as_of, why) = match newest {
        Some(((day, heading), look)) if *day > EVIDENCE_SINCE => {
            let place = format!("{} of {}", quoted(heading), quoted(&look.file_name()));
            (*day, format!("the newest day seen in {place}; CHECK: set the day of the extracts"))
        }
        // With both days the same, next to nothing counts: nobody is confirmed by mistake.
        _ => (
            EVIDENCE_SINCE,
            "NOT KNOWN, no dated column was found: set the day of the extracts".into(),
        ),
    };
    vec![
        format!("#:schema ./{}", super::super::SCHEMA_FILE),
        "# A job of zvirka: whose status is asked (population), where to look (registry), and"
            .into(),
        "# what counts as proof. Every guess says why; look first at those that say CHECK, then"
            .into(),
        "# at every `kind` and `date`: they decide who is confirmed.".into(),
        String::new(),
        "[job]".into(),
        format!("name = {}", quoted(stem.as_deref().unwrap_or("job"))),
        commented(&format!("as_of = {as_of}"), &why),
        commented(
            &format!("evidence_since = {EVIDENCE_SINCE}"),
            "older evidence proves existence only",
        ),
        commented("output = \"out\"", "the run's folder"),
        String::new(),
        "[decision]".into(),
        commented(
            "hidden_child_cost = 10000",
            "one hidden child costs as much as this many needless cases",
        ),
        commented("review_capacity = 2000", "pairs that the auditors can look at"),
    ]
}

/// A name for the source that no other has.
fn name(guess: &Guess, looks: &[Look], names: &mut BTreeSet<String>) -> String {
    let stem = looks.first().and_then(|look| look.path.file_stem());
    let stem = stem.map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let base = guess.profile.map_or(stem, |profile| profile.key.to_owned());
    let fit = |c: char| if c.is_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' };
    let base: String = base.chars().map(fit).take(48).collect();
    let base = if base.is_empty() { "source".to_owned() } else { base };
    let mut name = base.clone();
    let mut count = 1;
    while !names.insert(name.to_lowercase()) {
        count += 1;
        name = format!("{base}_{count}");
    }
    name
}

fn source(guess: &Guess, looks: &[Look], name: &str, job: &Path) -> Vec<String> {
    let role = match guess.role {
        Role::Population => "population",
        Role::Registry => "registry",
    };
    let mut lines = vec![format!("# {}", one_line(&guess.why)), format!("[[{role}]]")];
    lines.push(format!("name = {}", quoted(name)));
    let paths: Vec<String> = looks.iter().map(|look| quoted(&relative(&look.path, job))).collect();
    let seen = looks.first().map(seen).unwrap_or_default();
    lines.push(match paths.as_slice() {
        [path] => commented(&format!("path = {path}"), &seen),
        paths => commented(&format!("path = [{}]", paths.join(", ")), &seen),
    });
    // A name that tells no format, or the wrong one, needs help.
    if let Some(look) = looks.first()
        && super::files_seen::format_of(&look.path) != Some(look.format)
    {
        lines.push(commented(
            &format!("format = \"{}\"", look.format.key()),
            "the name does not tell it",
        ));
    }
    if let Some(profile) = guess.profile {
        lines.push(commented(
            &format!("profile = \"{}\"", profile.key),
            "adds usual headings to `columns`",
        ));
    }
    if guess.role == Role::Registry {
        let unique = guess.profile.is_none_or(|profile| profile.unique);
        let why = if unique {
            "one person, one record"
        } else {
            "a person may stand in it more than once"
        };
        let why = if guess.profile.is_none() { format!("{why}; CHECK") } else { why.to_owned() };
        lines.push(commented(&format!("unique = {unique}"), &why));
    }
    lines.push(format!("[{role}.columns]"));
    for (field, told) in &guess.columns {
        lines.push(told_line(field.key(), told));
    }
    lines.extend(unused(guess));
    lines.extend(evidence(guess, role));
    lines
}

/// How a file is written.
fn seen(look: &Look) -> String {
    let mut seen = vec![look.format.key().to_owned()];
    seen.extend(look.encoding.clone());
    seen.extend(look.delimiter.map(|delimiter| match delimiter {
        '\t' => "parted by tabs".to_owned(),
        other => format!("parted by {}", quoted(&other.to_string())),
    }));
    if !look.sheets.is_empty() {
        let sheets: Vec<String> = look.sheets.iter().map(|sheet| quoted(sheet)).collect();
        seen.push(format!("sheets {}", sheets.join(", ")));
    }
    seen.join(", ")
}

fn unused(guess: &Guess) -> Vec<String> {
    if guess.unused.is_empty() {
        return Vec::new();
    }
    let mut lines = vec!["# not used:".to_owned()];
    for (heading, why) in guess.unused.iter().take(MOST_UNUSED) {
        let line = format!("#   {}", quoted(heading));
        lines.push(if why.is_empty() { line } else { format!("{line} ({why})") });
    }
    if guess.unused.len() > MOST_UNUSED {
        lines.push(format!("#   and {} more", guess.unused.len() - MOST_UNUSED));
    }
    lines
}

fn evidence(guess: &Guess, role: &str) -> Vec<String> {
    let Some(evidence) = &guess.evidence else { return Vec::new() };
    let mut lines = vec![format!("[{role}.evidence]")];
    let mut settles = true;
    match &evidence.kind {
        KindGuess::Fixed(kind) => {
            settles = kind.settles();
            let why = if guess.profile.is_some() {
                "what such a register proves"
            } else {
                "proves existence only; CHECK: set what a row proves, and since when (date)"
            };
            lines.push(commented(&format!("kind = \"{}\"", kind.key()), why));
        }
        KindGuess::Column { column, kinds } => {
            lines.push(told_line("kind_column", column));
            let kinds: Vec<String> = kinds
                .iter()
                .map(|(word, kind)| format!("{} = \"{}\"", quoted(word), kind.key()))
                .collect();
            lines.push(commented(
                &format!("kinds = {{ {} }}", kinds.join(", ")),
                "CHECK that every value of the column is here",
            ));
        }
    }
    match &evidence.date {
        Some(date) => lines.push(told_line("date", date)),
        None if settles => {
            lines.push("# date = \"…\"  CHECK: without a date nothing is settled".to_owned());
        }
        None => {}
    }
    lines
}

fn told_line(key: &str, told: &Told) -> String {
    commented(&format!("{key} = {}", quoted(&told.heading)), &told.why)
}

/// A line with a comment that stands in line with the others.
fn commented(line: &str, comment: &str) -> String {
    let pad = 40usize.saturating_sub(line.chars().count()).max(2);
    format!("{line}{:pad$}# {}", "", one_line(comment))
}

fn one_line(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<_>>().join(" ")
}

/// A TOML text; what cannot stand in a line is escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            control if control.is_control() => {
                // Every control character is below U+00A0, so four digits are enough.
                let code = format!("\\u{:04X}", u32::from(control));
                quoted.push_str(&code);
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// `file` as seen from the folder of `job`, with `/`; absolute if that is far.
fn relative(file: &Path, job: &Path) -> String {
    let folder =
        job.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
    let (Ok(file_real), Ok(folder_real)) = (real(file), real(folder)) else {
        return file.to_string_lossy().into_owned();
    };
    let (to, from): (Vec<Component>, Vec<Component>) =
        (file_real.components().collect(), folder_real.components().collect());
    let shared = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
    let up = from.len() - shared;
    let path: PathBuf = if up > 3 || shared <= 1 {
        file_real
    } else {
        std::iter::repeat_n(Component::ParentDir, up).chain(to[shared..].iter().copied()).collect()
    };
    let text = path.to_string_lossy().into_owned();
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}
