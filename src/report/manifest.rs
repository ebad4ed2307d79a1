//! `manifest.json`: what went in and what came out, by hash; `timings.json`: what differs
//! from run to run. The manifest names files without their folders, so that it says the
//! same wherever the inputs lie.
//!
//! Its first key is its [`seal`]: BLAKE3 of the text without that line. Whoever edits the manifest
//! and leaves the seal is found out; whoever makes a new seal is found out by the one that was
//! noted elsewhere when the run ended.

use std::fs::File;
use std::io;
use std::path::Path;

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::folder::Output;
use super::tally::Tally;
use super::{ReportError, Run};
use crate::timings::Stage;

/// Version of the folder's form.
const FORMAT: u32 = 1;

/// One file that was read.
struct Hashed {
    bytes: u64,
    blake3: String,
}

/// Hashes of all that was read.
pub(super) struct Inputs {
    job: Hashed,
    /// One list a source, one item a file.
    sources: Vec<Vec<Hashed>>,
    /// The program; absent where the system does not show it.
    binary: Option<String>,
}

impl Inputs {
    /// Reads every input once more, several at a time, none into memory.
    pub(super) fn hash(run: &Run<'_>) -> Result<Self, ReportError> {
        let sources = || {
            run.job
                .sources
                .par_iter()
                .map(|source| source.files.par_iter().map(|file| input(file)).collect())
                .collect::<Result<Vec<Vec<_>>, _>>()
        };
        let (binary, sources) = rayon::join(program, sources);
        Ok(Self { job: input(&run.job.path)?, sources: sources?, binary })
    }
}

fn input(path: &Path) -> Result<Hashed, ReportError> {
    hash(path).map_err(|source| ReportError::Input { file: file_name(path), source })
}

fn hash(path: &Path) -> io::Result<Hashed> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(Hashed { bytes: hasher.count(), blake3: hasher.finalize().to_hex().to_string() })
}

/// BLAKE3 of a file, in hexadecimal digits, and its size.
pub(crate) fn hash_of(path: &Path) -> io::Result<(String, u64)> {
    hash(path).map(|hashed| (hashed.blake3, hashed.bytes))
}

/// BLAKE3 of this program; `None` where the system does not show it.
pub(crate) fn program() -> Option<String> {
    std::env::current_exe().and_then(|path| hash(&path)).ok().map(|hashed| hashed.blake3)
}

/// Key of the seal.
pub(crate) const SEAL: &str = "seal";

/// The text of a manifest: the only one that is taken for sealed.
pub(crate) fn text(manifest: &Value) -> String {
    // Keys are strings and numbers are numbers: nothing of this can fail.
    let mut text = serde_json::to_string_pretty(manifest).unwrap_or_default();
    text.push('\n');
    text
}

/// BLAKE3 of the text of a manifest without the line of its seal; so `sed 2d manifest.json`
/// shows what is hashed.
pub(crate) fn seal(manifest: &Value) -> String {
    let mut open = manifest.clone();
    if let Some(keys) = open.as_object_mut() {
        keys.shift_remove(SEAL);
    }
    blake3::hash(text(&open).as_bytes()).to_hex().to_string()
}

/// The manifest with its seal as the first key, and the seal.
pub(super) fn sealed(manifest: Value) -> (Value, String) {
    let seal = seal(&manifest);
    let mut keys = Map::from_iter([(SEAL.to_owned(), json!(seal))]);
    if let Value::Object(rest) = manifest {
        keys.extend(rest);
    }
    (Value::Object(keys), seal)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The manifest. Keys stand in a fixed order.
pub(super) fn manifest(run: &Run<'_>, tally: &Tally, inputs: &Inputs, outputs: &[Output]) -> Value {
    let job = run.job;
    let statuses: Map<_, _> =
        tally.statuses.iter().map(|(status, n)| (status.key().to_owned(), json!(n))).collect();
    let counts: Map<_, _> = run.counts.iter().map(|(name, n)| (name.clone(), json!(n))).collect();
    let outputs: Vec<_> = outputs
        .iter()
        .map(|output| json!({"file": output.file, "bytes": output.bytes, "blake3": output.blake3}))
        .collect();
    json!({
        "format": FORMAT,
        "zvirka": env!("CARGO_PKG_VERSION"),
        "binary": inputs.binary.as_ref().map(|blake3| json!({"blake3": blake3})),
        "job": {
            "name": job.name,
            "file": file_name(&job.path),
            "blake3": inputs.job.blake3,
            "as_of": job.as_of.to_string(),
            "evidence_since": job.evidence_since.to_string(),
            "hidden_child_cost": job.decision.hidden_child_cost,
            "review_capacity": job.decision.review_capacity,
        },
        "inputs": sources(run, tally, inputs),
        "model": given(run.given.model),
        "labels": given(run.given.labels),
        "previous": given(run.given.previous),
        "decisions": null,
        "options": {"lang": job.report.lang, "allow": run.asked.allow},
        "warnings": run.asked.warnings,
        "counts": counts,
        "thresholds": {
            "confirm": run.thresholds.confirm,
            "review": run.thresholds.review,
        },
        "children": tally.children,
        "candidates": tally.candidates,
        "statuses": statuses,
        "registers": registers(tally, run),
        "wrongly_confirmed": {"expected": run.wrong.expected, "upper": run.wrong.upper},
        "outputs": outputs,
    })
}

/// A file that the model was learned from, if there is one.
fn given(file: Option<(&str, &str)>) -> Option<Value> {
    file.map(|(name, blake3)| json!({"file": name, "blake3": blake3}))
}

fn sources(run: &Run<'_>, tally: &Tally, inputs: &Inputs) -> Vec<Value> {
    let mut values = Vec::new();
    for (at, source) in run.job.sources.iter().enumerate() {
        let hashes = inputs.sources.get(at).map_or(&[][..], Vec::as_slice);
        let files: Vec<_> = source
            .files
            .iter()
            .zip(hashes)
            .map(|(path, hashed)| {
                json!({"file": file_name(path), "bytes": hashed.bytes, "blake3": hashed.blake3})
            })
            .collect();
        let extracted = run.extracted.get(at);
        let read: Vec<_> = extracted
            .map_or(&[][..], |extracted| &extracted.files)
            .iter()
            .map(|seen| {
                json!({
                    "file": file_name(&seen.path),
                    "sheet": seen.sheet,
                    "first_row": seen.first_row,
                    "rows": seen.rows,
                    "encoding": seen.encoding,
                    "delimiter": seen.delimiter.map(String::from),
                })
            })
            .collect();
        let (rows, values_lost) =
            tally.rejected.get(at).map_or((0, 0), |count| (count.rows, count.values));
        values.push(json!({
            "source": source.name,
            "role": source.role,
            "since": source.evidence.as_ref().and_then(|rule| rule.since).map(|day| day.to_string()),
            "files": files,
            "read": read,
            "rows": extracted.map_or(0, |extracted| extracted.rows),
            "blank": extracted.map_or(0, |extracted| extracted.blank),
            "rejected_rows": rows,
            "rejected_values": values_lost,
        }));
    }
    values
}

fn registers(tally: &Tally, run: &Run<'_>) -> Vec<Value> {
    let register = |count: &super::RegisterCount| {
        let errors = run.errors.registers.iter().find(|errors| errors.register == count.name);
        json!({
            "registry": count.name,
            "link": count.links,
            "review": count.review,
            "children": count.children,
            "offset_bits": errors.map_or(0.0, |errors| errors.offset_bits),
        })
    };
    tally.registers.iter().map(register).collect()
}

/// What may differ between two runs of the same inputs.
pub(super) fn timings(run: &Run<'_>, writing: &[Stage]) -> Value {
    let place = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        path.to_string_lossy().into_owned()
    };
    let stages: Vec<&Stage> = run.timings.iter().chain(writing).collect();
    json!({
        "job_path": place(&run.job.path),
        "model_path": run.asked.model_path.map(place),
        "labels_path": run.asked.labels_path.map(place),
        "previous_path": run.asked.previous_path.map(place),
        "threads": run.threads,
        "stages": stages,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_is_the_hash_of_the_text_without_its_line() {
        let open = json!({"format": 1, "counts": {"b": 1, "a": [0.1, null]}, "outputs": []});
        let (sealed, seal) = sealed(open.clone());
        let text = text(&sealed);
        // What `sed 2d manifest.json` leaves.
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        assert_eq!(lines.remove(1), format!("  \"seal\": \"{seal}\",\n"));
        let rest = lines.concat();
        assert_eq!(rest, self::text(&open));
        assert_eq!(seal, blake3::hash(rest.as_bytes()).to_hex().as_str());
        // Read back, it is the same; edited, it is not.
        let mut read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((self::seal(&read), self::text(&read)), (seal.clone(), text));
        read["counts"]["b"] = json!(2);
        assert_ne!(self::seal(&read), seal);
    }
}
