//! The files of a run's folder against its manifest.

use std::path::{Component, Path};

use rayon::prelude::*;

use super::{Checked, State};
use crate::report::FILES;
use crate::run_folder::InputFile;

/// Files that the manifest does not hash: itself, and what differs from run to run.
const UNHASHED: [&str; 2] = ["manifest.json", "timings.json"];

/// Every file that the manifest names, and every file that a run writes, with what became of it;
/// and the names of what else lies there.
pub(super) fn check(dir: &Path, outputs: &[InputFile]) -> (Vec<Checked>, Vec<String>) {
    let mut files: Vec<Checked> = outputs
        .par_iter()
        .map(|output| {
            if is_plain(&output.name) {
                Checked::against(&dir.join(&output.name), &output.name, &output.blake3)
            } else {
                // No run writes outside its folder, and nothing is read there.
                Checked { file: output.name.clone(), state: State::Unknown }
            }
        })
        .collect();
    let named = |name: &str| outputs.iter().any(|output| output.name == name);
    let mut others = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if named(&name) || UNHASHED.contains(&name.as_str()) {
            continue;
        }
        if FILES.contains(&name.as_str()) {
            // It looks like a file of the run, and the manifest vouches for none of that name.
            files.push(Checked { file: name, state: State::Unknown });
        } else {
            others.push(name);
        }
    }
    // The order in which a folder is listed is its own.
    files.sort_by(|a, b| a.file.cmp(&b.file));
    others.sort_unstable();
    (files, others)
}

/// Whether a name is one of a file in the folder itself.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
        && !name.contains(['/', '\\'])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn each_file_is_told_by_what_became_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let hash = |bytes: &[u8]| blake3::hash(bytes).to_hex().to_string();
        for (name, bytes) in [
            ("links.parquet", "links"),
            ("report.html", "other"),
            ("errors.json", "nobody vouches for it"),
            ("timings.json", "{}"),
            ("manifest.json", "{}"),
            ("рішення.txt", "ours"),
        ] {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        fs::create_dir(folder.path().join("notes")).unwrap();
        let output =
            |name: &str, bytes: &[u8]| InputFile { name: name.to_owned(), blake3: hash(bytes) };
        let outputs = [
            output("report.html", b"page"),
            output("links.parquet", b"links"),
            output("model.json", b"model"),
            output("../job.toml", b"job"),
            output("notes", b"a folder"),
        ];
        let (files, others) = check(folder.path(), &outputs);
        let told: Vec<(&str, State)> = files.iter().map(|f| (f.file.as_str(), f.state)).collect();
        assert_eq!(
            told,
            [
                ("../job.toml", State::Unknown),
                ("errors.json", State::Unknown),
                ("links.parquet", State::Same),
                ("model.json", State::Missing),
                ("notes", State::Unreadable),
                ("report.html", State::Changed),
            ]
        );
        assert_eq!(others, ["рішення.txt"]);
    }

    #[test]
    fn names_do_not_lead_out_of_the_folder() {
        for name in ["links.parquet", "a b.csv"] {
            assert!(is_plain(name), "{name}");
        }
        for name in ["", ".", "..", "../x", "/etc/passwd", "a/b", "a\\b", "./a"] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
