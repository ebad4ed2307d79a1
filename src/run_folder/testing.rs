//! Small run folders and truth for tests, written as a run writes them.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests write where they like")]

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, ListBuilder, RecordBatch, StringArray,
    StringBuilder, UInt16Array, UInt64Array,
};
use jiff::civil::{Date, date};
use parquet::arrow::ArrowWriter;
use serde_json::json;
use tempfile::TempDir;

use crate::compare::Comparison;

/// A child to be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct TestChild {
    pub(crate) child: String,
    pub(crate) records: Vec<(&'static str, u64)>,
    pub(crate) id: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) codes: Vec<&'static str>,
    pub(crate) reasons: Vec<&'static str>,
    pub(crate) last_evidence: Option<Date>,
    pub(crate) tier: Option<&'static str>,
    /// What names its records from run to run; `source:r<row>` where none are given.
    pub(crate) keys: Vec<String>,
    /// Hashes of its records; none are written where no child has any.
    pub(crate) contents: Vec<u64>,
    pub(crate) former: Vec<String>,
    pub(crate) school: Option<&'static str>,
}

/// A link to be written.
#[derive(Clone, Debug)]
pub(crate) struct TestLink {
    pub(crate) population: (&'static str, u64),
    pub(crate) population_id: Option<String>,
    pub(crate) child: String,
    pub(crate) registry: (&'static str, u64),
    pub(crate) registry_id: Option<String>,
    pub(crate) weight: f64,
    pub(crate) probability: f64,
    pub(crate) decision: &'static str,
    pub(crate) twin_risk: bool,
    pub(crate) kind: Option<&'static str>,
    pub(crate) date: Option<Date>,
    pub(crate) contents: [u64; 2],
    pub(crate) levels: Vec<(Comparison, &'static str, f64)>,
}

impl TestLink {
    pub(crate) fn new(
        population: (&'static str, u64),
        child: &str,
        registry: (&'static str, u64),
        probability: f64,
    ) -> Self {
        Self {
            population,
            population_id: None,
            child: child.to_owned(),
            registry,
            registry_id: None,
            weight: (probability / (1.0 - probability)).log2(),
            probability,
            decision: if probability >= 0.99 { "link" } else { "review" },
            twin_risk: false,
            kind: Some("present"),
            date: Some(date(2023, 1, 9)),
            contents: [population.1, registry.1],
            levels: Vec::new(),
        }
    }
}

/// A run to be written: sources are name, role and rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct TestRun {
    pub(crate) sources: Vec<(&'static str, &'static str, u64)>,
    /// Files by source, with their hashes.
    pub(crate) files: Vec<(&'static str, String, String)>,
    pub(crate) job_hash: Option<String>,
    pub(crate) job_path: Option<String>,
    /// Further keys of the manifest's `job`, or other values for those it has.
    pub(crate) job: Vec<(&'static str, serde_json::Value)>,
    /// Further keys of the manifest.
    pub(crate) manifest: Vec<(&'static str, serde_json::Value)>,
    /// Leave out the columns that early versions did not write.
    pub(crate) early: bool,
    pub(crate) children: Vec<TestChild>,
    pub(crate) links: Vec<TestLink>,
}

impl TestRun {
    /// Writes the folder.
    pub(crate) fn write(&self) -> TempDir {
        let dir = TempDir::new().unwrap();
        write(&dir.path().join("children.parquet"), self.child_columns());
        write(&dir.path().join("links.parquet"), self.link_columns());
        let sources: Vec<_> = self
            .sources
            .iter()
            .map(|(name, role, rows)| {
                let files: Vec<_> = self
                    .files
                    .iter()
                    .filter(|file| file.0 == *name)
                    .map(|file| json!({"file": file.1, "blake3": file.2}))
                    .collect();
                json!({"source": name, "role": role, "rows": rows, "files": files})
            })
            .collect();
        let mut manifest = json!({
            "job": {
                "name": "test", "as_of": "2023-07-05", "evidence_since": "2022-02-24",
                "blake3": self.job_hash,
            },
            "inputs": sources,
        });
        for (key, value) in &self.job {
            manifest["job"][*key] = value.clone();
        }
        for (key, value) in &self.manifest {
            manifest[*key] = value.clone();
        }
        fs::write(dir.path().join("manifest.json"), manifest.to_string()).unwrap();
        let timings = json!({"job_path": self.job_path, "threads": 1, "stages": []});
        fs::write(dir.path().join("timings.json"), timings.to_string()).unwrap();
        dir
    }

    fn child_columns(&self) -> Vec<(&'static str, ArrayRef)> {
        let all = &self.children;
        let records: Vec<Vec<String>> = all
            .iter()
            .map(|c| c.records.iter().map(|(source, row)| format!("{source}:{row}")).collect())
            .collect();
        let main = |c: &TestChild| c.records[0];
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let mut columns = vec![
            ("child", texts(all.iter().map(|c| Some(c.child.clone())))),
            ("source", texts(all.iter().map(|c| Some(main(c).0.to_owned())))),
            ("row", Arc::new(UInt64Array::from_iter_values(all.iter().map(|c| main(c).1)))),
            ("id", texts(all.iter().map(|c| c.id.clone()))),
            ("records", lists(&records)),
            ("status", texts(all.iter().map(|c| Some(c.status.to_owned())))),
            ("reason_codes", lists(&all.iter().map(|c| owned(&c.codes)).collect::<Vec<_>>())),
            ("reasons", lists(&all.iter().map(|c| owned(&c.reasons)).collect::<Vec<_>>())),
            ("last_evidence", dates(all.iter().map(|c| c.last_evidence))),
            ("priority", Arc::new(UInt16Array::from_iter_values(all.iter().map(|_| 500)))),
            (
                "wrong_probability",
                Arc::new(Float64Array::from_iter_values(all.iter().map(|_| 0.001))),
            ),
        ];
        if self.early {
            return columns;
        }
        let key = |(source, row): &(&str, u64)| format!("{source}:r{row}");
        let keys = |c: &TestChild| match c.keys.as_slice() {
            [] => c.records.iter().map(key).collect(),
            keys => keys.to_vec(),
        };
        columns.extend([
            ("tier", texts(all.iter().map(|c| c.tier.map(str::to_owned)))),
            ("record_keys", lists(&all.iter().map(keys).collect::<Vec<_>>())),
            ("former", lists(&all.iter().map(|c| c.former.clone()).collect::<Vec<_>>())),
            ("school", texts(all.iter().map(|c| c.school.map(str::to_owned)))),
        ]);
        if all.iter().any(|c| !c.contents.is_empty()) {
            let hex = |c: &TestChild| c.contents.iter().map(|h| format!("{h:016x}")).collect();
            columns.push(("record_contents", lists(&all.iter().map(hex).collect::<Vec<_>>())));
        }
        columns
    }

    fn link_columns(&self) -> Vec<(&'static str, ArrayRef)> {
        let all = &self.links;
        let numbers = |pick: fn(&TestLink) -> f64| -> ArrayRef {
            Arc::new(Float64Array::from_iter_values(all.iter().map(pick)))
        };
        let rows = |pick: fn(&TestLink) -> u64| -> ArrayRef {
            Arc::new(UInt64Array::from_iter_values(all.iter().map(pick)))
        };
        let mut columns = vec![
            ("population_source", texts(all.iter().map(|l| Some(l.population.0.to_owned())))),
            ("population_row", rows(|l| l.population.1)),
            ("population_id", texts(all.iter().map(|l| l.population_id.clone()))),
            ("child", texts(all.iter().map(|l| Some(l.child.clone())))),
            ("registry", texts(all.iter().map(|l| Some(l.registry.0.to_owned())))),
            ("registry_row", rows(|l| l.registry.1)),
            ("registry_id", texts(all.iter().map(|l| l.registry_id.clone()))),
            ("weight", numbers(|l| l.weight)),
            ("probability", numbers(|l| l.probability)),
            ("decision", texts(all.iter().map(|l| Some(l.decision.to_owned())))),
            (
                "twin_risk",
                Arc::new(all.iter().map(|l| Some(l.twin_risk)).collect::<BooleanArray>()),
            ),
            ("evidence_kind", texts(all.iter().map(|l| l.kind.map(str::to_owned)))),
            ("evidence_date", dates(all.iter().map(|l| l.date))),
        ];
        if !self.early {
            columns.push(("population_content", rows(|l| l.contents[0])));
            columns.push(("registry_content", rows(|l| l.contents[1])));
        }
        for comparison in Comparison::ALL {
            let of = |l: &TestLink| l.levels.iter().find(|level| level.0 == comparison).copied();
            let level = all.iter().map(|l| {
                Some(of(l).map_or_else(|| "missing".to_owned(), |level| level.1.to_owned()))
            });
            let weight = all.iter().map(|l| of(l).map_or(0.0, |level| level.2));
            let name = |what: &str| -> &'static str {
                Box::leak(format!("{what}_{}", comparison.key()).into_boxed_str())
            };
            columns.push((name("level"), texts(level)));
            columns.push((name("weight"), Arc::new(Float64Array::from_iter_values(weight))));
        }
        columns
    }
}

/// Writes the columns as a Parquet file.
pub(crate) fn write(path: &Path, columns: Vec<(&'static str, ArrayRef)>) {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)))
            .unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// A column of text.
pub(crate) fn texts(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn dates(values: impl Iterator<Item = Option<Date>>) -> ArrayRef {
    let epoch = date(1970, 1, 1);
    Arc::new(values.map(|day| day.map(|day| (day - epoch).get_days())).collect::<Date32Array>())
}

fn lists(values: &[Vec<String>]) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for list in values {
        builder.append_value(list.iter().map(Some));
    }
    Arc::new(builder.finish())
}
