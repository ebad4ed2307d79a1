//! Paths of a job: patterns become files, names tell formats, and the output must not
//! swallow an input.

use std::path::{Component, Path, PathBuf};

use super::near::{did_you_mean, nearest};
use super::reader::{At, Notes, OneOrMany};
use super::types::Format;

/// More files than this are not one source but a mistaken pattern.
const MOST_FILES: usize = 10_000;

/// `path` relative to the job file's folder `base`.
pub(super) fn beside(base: &Path, path: &str) -> PathBuf {
    if base.as_os_str().is_empty() { PathBuf::from(path) } else { base.join(path) }
}

/// The files that `patterns` name, sorted, each once; `None` after a problem.
pub(super) fn find(
    base: &Path,
    patterns: &At<OneOrMany>,
    key: &str,
    notes: &Notes,
) -> Option<Vec<PathBuf>> {
    let line = patterns.line;
    if patterns.value.0.is_empty() {
        notes.error(line, key, "the list names no file", "name at least one file");
        return None;
    }
    let mut files = Vec::new();
    let mut sound = true;
    for pattern in &patterns.value.0 {
        match expand(base, pattern) {
            Ok(found) => files.extend(found),
            Err((message, hint)) => {
                notes.error(line, key, message, hint);
                sound = false;
            }
        }
    }
    let named = files.len();
    files.sort();
    files.dedup();
    if files.len() < named {
        notes.warn(
            line,
            key,
            "the list names a file twice",
            "it is read once; remove one of the names",
        );
    }
    sound.then_some(files)
}

/// The files that one pattern names, or what is wrong and what to do.
fn expand(base: &Path, pattern: &str) -> Result<Vec<PathBuf>, (String, String)> {
    let path = beside(base, pattern);
    // A name that is a file is meant literally, brackets and all.
    if path.is_file() {
        return Ok(vec![path]);
    }
    if path.is_dir() {
        let hint =
            format!("name the files in it, such as \"{}/*.csv\"", pattern.trim_end_matches('/'));
        return Err((format!("`{pattern}` is a directory"), hint));
    }
    if !pattern.contains(['*', '?', '[']) {
        return Err((format!("there is no file `{pattern}`"), absent(base, &path)));
    }
    let escaped = if Path::new(pattern).is_absolute() || base.as_os_str().is_empty() {
        pattern.to_owned()
    } else {
        format!("{}/{pattern}", glob::Pattern::escape(&base.to_string_lossy()))
    };
    let found = glob::glob(&escaped).map_err(|wrong| {
        let hint = "write `*` for any letters, `?` for one, `[ab]` for one of some";
        (format!("`{pattern}` is no pattern of names: {}", wrong.msg), hint.to_owned())
    })?;
    // A folder that cannot be entered hides files, and a hidden file hides children.
    let mut files = Vec::new();
    for entry in found.take(MOST_FILES + 1) {
        let entry = entry.map_err(|_| {
            (
                format!("a folder under `{pattern}` cannot be read"),
                "check its permissions".to_owned(),
            )
        })?;
        if entry.is_file() {
            files.push(entry);
        }
    }
    if files.len() > MOST_FILES {
        return Err((
            format!("`{pattern}` matches more than {MOST_FILES} files"),
            "narrow the pattern".to_owned(),
        ));
    }
    if files.is_empty() {
        let hint = format!("patterns are relative to the folder of the job file, {}", place(base));
        return Err((format!("no file matches `{pattern}`"), hint));
    }
    Ok(files)
}

fn place(base: &Path) -> String {
    if base.as_os_str().is_empty() {
        "the working folder".to_owned()
    } else {
        format!("`{}`", base.display())
    }
}

/// What to do about a file that is not there: the nearest name beside it, if any.
fn absent(base: &Path, path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut names: Vec<String> = std::fs::read_dir(folder.unwrap_or(Path::new(".")))
        .into_iter()
        .flatten()
        .take(MOST_FILES)
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let near = name.as_deref().and_then(|name| nearest(name, names.iter().map(String::as_str)));
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("paths are relative to the folder of the job file, {}", place(base)),
    }
}

/// The one format of `files`; `None` after a problem.
pub(super) fn format(files: &[PathBuf], line: usize, key: &str, notes: &Notes) -> Option<Format> {
    let mut formats = Vec::new();
    for file in files {
        let Some(format) = super::files_seen::format_of(file) else {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
            notes.error(
                line,
                key,
                format!("the format of `{}` cannot be told", name.unwrap_or_default()),
                "set format = \"csv\", \"tsv\", \"xlsx\", \"ods\", \"parquet\" or \"ndjson\"",
            );
            return None;
        };
        formats.push(format);
    }
    let first = *formats.first()?;
    if let Some(other) = formats.iter().find(|format| **format != first) {
        notes.error(
            line,
            key,
            format!("the files have different formats: {} and {}", first.key(), other.key()),
            "make each format a source of its own, or set `format`",
        );
        return None;
    }
    Some(first)
}

/// The canonical label of a text encoding.
pub(super) fn encoding(label: &str) -> Result<String, String> {
    let plain = label.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    let usual = match plain.as_str() {
        "cp1251" | "1251" | "win-1251" | "win1251" | "ansi" => "windows-1251",
        "koi8u" | "koi8-u" => "koi8-u",
        "cp866" | "866" | "dos" | "oem866" | "dos-866" => "ibm866",
        "utf8" | "utf-8-bom" | "utf-8-sig" | "utf8-bom" => "utf-8",
        "utf16" | "utf16le" | "unicode" => "utf-16le",
        "utf16be" => "utf-16be",
        other => other,
    };
    let known = ["utf-8", "windows-1251", "koi8-u", "cp866", "utf-16le", "utf-16be"];
    match encoding_rs::Encoding::for_label(usual.as_bytes()) {
        Some(found) if found != encoding_rs::REPLACEMENT => Ok(found.name().to_ascii_lowercase()),
        _ => Err(did_you_mean(&plain, &known)),
    }
}

/// Why `out` cannot be the run's folder of a job at `job` with these inputs, and what to do.
pub(super) fn output_problem<'a>(
    out: &Path,
    job: &Path,
    inputs: impl Iterator<Item = &'a PathBuf>,
) -> Option<(String, &'static str)> {
    let hint = "name a folder of its own, such as \"out\"";
    if out.is_file() {
        return Some((format!("`{}` is a file", out.display()), hint));
    }
    let out = settled(out);
    // The folder is replaced whole by the next run: whatever else is in it would go.
    if settled(job).starts_with(&out) {
        return Some(("the output folder holds the job file".to_owned(), hint));
    }
    for input in inputs {
        let file = settled(input);
        if file.starts_with(&out) {
            return Some((
                format!("the output folder holds the input `{}`", input.display()),
                hint,
            ));
        }
        if out.starts_with(&file) {
            return Some((format!("the output is inside the input `{}`", input.display()), hint));
        }
    }
    None
}

/// An absolute path without `.` and `..`, links followed as far as the path exists.
fn settled(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut settled = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                settled.pop();
            }
            Component::CurDir => {}
            other => settled.push(other),
        }
        if let Ok(real) = settled.canonicalize() {
            settled = real;
        }
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_have_many_names() {
        for label in ["cp1251", "1251", "Windows-1251", "WINDOWS_1251", "win1251"] {
            assert_eq!(encoding(label).as_deref(), Ok("windows-1251"), "{label}");
        }
        assert_eq!(encoding("KOI8U").as_deref(), Ok("koi8-u"));
        assert_eq!(encoding("dos").as_deref(), Ok("ibm866"));
        assert_eq!(encoding("utf8").as_deref(), Ok("utf-8"));
        assert_eq!(encoding("utf-16").as_deref(), Ok("utf-16le"));
        assert_eq!(encoding("windows-1521").unwrap_err(), "did you mean `windows-1251`?");
        assert!(encoding("klingon").is_err());
        assert!(encoding("iso-2022-kr").is_err(), "decodes to nothing");
    }

    #[test]
    fn an_output_swallows_no_input() {
        let folder = tempfile::tempdir().unwrap();
        let job = folder.path().join("job.toml");
        let input = folder.path().join("data/a.csv");
        std::fs::create_dir(folder.path().join("data")).unwrap();
        std::fs::write(&input, "a").unwrap();
        let wrong = |out: &str| {
            output_problem(&folder.path().join(out), &job, [&input].into_iter()).is_some()
        };
        assert!(!wrong("out"));
        assert!(!wrong("data/out"));
        assert!(wrong("data"));
        assert!(wrong("out/../data"));
        assert!(wrong("data/a.csv"));
        assert!(wrong("data/a.csv/out"));
        assert!(wrong("."));
        assert!(wrong(".."));
    }
}
