//! The children of the previous run, so that a child keeps its id.

use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::run_folder::{FolderError, KnownChild, RunFolder};

/// Children of the previous run, and what they are known by.
#[derive(Clone, Debug, Default)]
pub struct Previous {
    ids: Vec<String>,
    /// Record key → child, and whether it is the child's main record; `None` where two children
    /// claim it.
    owners: FxHashMap<String, Option<(usize, bool)>>,
    /// Fingerprint → child; `None` where two children bear it.
    bearers: FxHashMap<String, Option<usize>>,
    /// The table of children: folder and name, and its hash.
    given: (String, String),
    path: PathBuf,
}

impl Previous {
    /// Reads the children of a run's folder.
    ///
    /// # Errors
    /// The folder is none of a run, or of a version that did not write what is needed.
    pub fn read(dir: &Path) -> anyhow::Result<Self> {
        let folder = RunFolder::open(dir)?;
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        let mut previous = Self {
            given: (format!("{name}/children.parquet"), folder.children_hash()?),
            path: dir.to_owned(),
            ..Self::default()
        };
        folder.known_children::<FolderError>(&mut |child| {
            previous.add(child);
            Ok(())
        })?;
        let ids: FxHashSet<&str> = previous.ids.iter().map(String::as_str).collect();
        anyhow::ensure!(
            ids.len() == previous.ids.len(),
            "{name}/children.parquet: two children bear one id, so the file was changed since its \
             run\nhint: take the folder as its run wrote it; `zvirka verify` tells what changed"
        );
        Ok(previous)
    }

    fn add(&mut self, child: KnownChild) {
        let at = self.ids.len();
        self.ids.push(child.id);
        for (i, key) in child.record_keys.into_iter().enumerate() {
            let is_main = child.main == Some(i);
            self.owners.entry(key).and_modify(|held| *held = None).or_insert(Some((at, is_main)));
        }
        for print in child.fingerprints {
            self.bearers.entry(print).and_modify(|held| *held = None).or_insert(Some(at));
        }
    }

    /// The child that has a record, and whether it is its main one.
    pub(super) fn owner(&self, key: &str) -> Option<(usize, bool)> {
        *self.owners.get(key)?
    }

    /// The one child that bears a fingerprint.
    pub(super) fn bearer(&self, print: &str) -> Option<usize> {
        *self.bearers.get(print)?
    }

    pub(super) fn id(&self, child: usize) -> &str {
        &self.ids[child]
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The table of children that was read, and its hash.
    #[must_use]
    pub fn given(&self) -> (&str, &str) {
        (&self.given.0, &self.given.1)
    }
}
