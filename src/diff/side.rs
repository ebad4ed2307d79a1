//! One of two runs, as much of it as the comparison keeps in memory.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::runs::Runs;
use super::types::{LinkView, RecordView, Standing};
use crate::resolve::Decision;
use crate::run_folder::{FolderError, Mark, RunFolder, TableError};
use crate::verdict::{Status, Tier};

/// A child. Reasons and marks that many share are kept once.
#[derive(Debug)]
pub(super) struct SideChild {
    pub(super) id: Box<str>,
    pub(super) source: u16,
    pub(super) row: u64,
    pub(super) status: Status,
    pub(super) tier: Option<Tier>,
    last_evidence: Option<Date>,
    codes: u32,
    marks: u32,
    records: Range<u32>,
    former: Range<u32>,
}

/// A school record of a child.
#[derive(Debug)]
pub(super) struct SideRecord {
    pub(super) view: RecordView,
    /// Hash of its values, where the folder tells it.
    content: Option<u64>,
}

/// A register's row that is linked to a child.
#[derive(Debug)]
pub(super) struct SideLink {
    child: u32,
    pub(super) content: u64,
    pub(super) twin_risk: bool,
    pub(super) view: LinkView,
}

/// A run.
#[derive(Debug, Default)]
pub(super) struct Side {
    /// Sorted by id.
    pub(super) children: Vec<SideChild>,
    records: Vec<SideRecord>,
    former: Vec<Box<str>>,
    codes: Vec<Box<[Arc<str>]>>,
    marks: Vec<[Option<Box<str>>; Mark::ALL.len()]>,
}

/// The links of a run.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Those of the children that were asked for, by child.
    all: Vec<SideLink>,
    /// Register and content of every linked row, sorted.
    rows: Vec<(u16, u64)>,
    /// Hashes of the school records of those children, by source and row, sorted.
    contents: Vec<((u16, u64), u64)>,
}

/// The place of a source, or what is wrong with the file.
fn place(runs: &Runs, file: &str, column: &str, source: &str) -> Result<u16, FolderError> {
    runs.place(source).ok_or_else(|| {
        FolderError::Table(TableError::Value {
            file: file.to_owned(),
            column: column.to_owned(),
            row: None,
            reason: "names a source that is not in manifest.json".to_owned(),
        })
    })
}

/// Things kept once, by number.
struct Pool<T> {
    all: Vec<T>,
    numbers: FxHashMap<T, u32>,
}

impl<T: Clone + Eq + std::hash::Hash> Pool<T> {
    fn new() -> Self {
        Self { all: Vec::new(), numbers: FxHashMap::default() }
    }

    fn number(&mut self, item: T) -> u32 {
        if let Some(number) = self.numbers.get(&item) {
            return *number;
        }
        let number = small(self.all.len());
        self.all.push(item.clone());
        self.numbers.insert(item, number);
        number
    }
}

impl Pool<Arc<str>> {
    /// A text that is kept once.
    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some((known, _)) = self.numbers.get_key_value(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.number(Arc::clone(&text));
        text
    }
}

/// A count as 32 bits: no run has more children or records than that.
fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Side {
    /// Reads the children.
    pub(super) fn read(folder: &RunFolder, runs: &Runs) -> Result<Self, FolderError> {
        let mut side = Self::default();
        let (mut texts, mut codes, mut marks) = (Pool::new(), Pool::new(), Pool::new());
        folder.standings::<FolderError>(&mut |row| {
            let at = |source| place(runs, "children.parquet", "records", source);
            let first = small(side.records.len());
            for (key, source, row, content) in row.records().flatten() {
                let view = RecordView { key: key.into(), source: at(source)?, row };
                side.records.push(SideRecord { view, content });
            }
            let first_former = small(side.former.len());
            side.former.extend(row.former().map(Box::from));
            let mut own: Vec<Arc<str>> =
                row.reason_codes().map(|code| texts.shared(code)).collect();
            own.sort_unstable();
            own.dedup();
            let mut said = [const { None }; Mark::ALL.len()];
            for (place, mark) in said.iter_mut().zip(row.marks()) {
                *place = mark.map(Box::from);
            }
            side.children.push(SideChild {
                id: row.child.into(),
                source: at(row.source)?,
                row: row.row,
                status: row.status,
                tier: row.tier,
                last_evidence: row.last_evidence,
                codes: codes.number(own.into_boxed_slice()),
                marks: marks.number(said),
                records: first..small(side.records.len()),
                former: first_former..small(side.former.len()),
            });
            Ok(())
        })?;
        (side.codes, side.marks) = (codes.all, marks.all);
        // As a run writes them; a folder that was written by another hand may differ.
        if !side.children.is_sorted_by(|a, b| a.id <= b.id) {
            side.children.sort_by(|a, b| (&a.id, a.source, a.row).cmp(&(&b.id, b.source, b.row)));
        }
        Ok(side)
    }

    /// Reads the links of some children, and which rows are linked at all.
    pub(super) fn links(
        &self,
        folder: &RunFolder,
        runs: &Runs,
        wanted: &[u32],
    ) -> Result<Links, FolderError> {
        let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
        for &child in wanted {
            numbers.insert(&self.children[child as usize].id, child);
        }
        let (mut links, mut rows, mut contents) = (Vec::new(), Vec::new(), Vec::new());
        folder.hashed_links::<FolderError>(&mut |link| {
            let registry = place(runs, "links.parquet", "registry", link.registry)?;
            let registry_content = link.registry_content.unwrap_or_default();
            rows.push((registry, registry_content));
            let Some(&child) = numbers.get(link.child) else { return Ok(()) };
            let source = place(runs, "links.parquet", "population_source", link.population_source)?;
            let content = link.population_content.unwrap_or_default();
            contents.push(((source, link.population_row), content));
            links.push(SideLink {
                child,
                content: registry_content,
                twin_risk: link.twin_risk,
                view: LinkView {
                    registry,
                    row: link.registry_row,
                    id: link.registry_id.map(Box::from),
                    kind: link.evidence_kind,
                    date: link.evidence_date,
                    decision: link.decision,
                    probability: link.probability,
                },
            });
            Ok(())
        })?;
        rows.sort_unstable();
        rows.dedup();
        contents.sort_unstable();
        contents.dedup();
        Ok(Links { all: once(links), rows, contents })
    }

    /// The records of a child.
    pub(super) fn records(&self, child: u32) -> &[SideRecord] {
        let range = &self.children[child as usize].records;
        &self.records[range.start as usize..range.end as usize]
    }

    /// Ids that gave way to the child's.
    pub(super) fn former(&self, child: u32) -> &[Box<str>] {
        let range = &self.children[child as usize].former;
        &self.former[range.start as usize..range.end as usize]
    }

    /// The reason codes of a child, sorted.
    pub(super) fn codes(&self, child: u32) -> &[Arc<str>] {
        &self.codes[self.children[child as usize].codes as usize]
    }

    /// What the school says of a child beside, by [`Mark::ALL`].
    pub(super) fn marks(&self, child: u32) -> &[Option<Box<str>>] {
        &self.marks[self.children[child as usize].marks as usize]
    }

    /// How a child stands.
    pub(super) fn standing(&self, child: u32) -> Standing {
        let child = &self.children[child as usize];
        Standing {
            child: child.id.clone(),
            source: child.source,
            row: child.row,
            status: child.status,
            tier: child.tier,
            last_evidence: child.last_evidence,
        }
    }
}

impl Links {
    /// The linked rows of a child, one each, by register and content.
    pub(super) fn of(&self, child: u32) -> &[SideLink] {
        let first = self.all.partition_point(|link| link.child < child);
        let end = self.all.partition_point(|link| link.child <= child);
        &self.all[first..end]
    }

    /// Whether a row of this content is linked to any child.
    pub(super) fn has_row(&self, registry: u16, content: u64) -> bool {
        self.rows.binary_search(&(registry, content)).is_ok()
    }

    /// Hash of a school record's values, where the folder tells it.
    pub(super) fn content(&self, record: &SideRecord) -> Option<u64> {
        let place = (record.view.source, record.view.row);
        let found = self.contents.binary_search_by_key(&place, |(place, _)| *place);
        record.content.or_else(|| Some(self.contents.get(found.ok()?)?.1))
    }
}

/// A child of several school records has a row linked to each of them: once is enough, as the
/// surest has it. Rows of one content stay several.
fn once(mut links: Vec<SideLink>) -> Vec<SideLink> {
    let accepted = |link: &SideLink| link.view.decision != Decision::Link;
    let place = |link: &SideLink| (link.child, link.view.registry, link.content, link.view.row);
    links.sort_by(|a, b| {
        place(a)
            .cmp(&place(b))
            .then(accepted(a).cmp(&accepted(b)))
            .then(b.view.probability.total_cmp(&a.view.probability))
    });
    links.dedup_by(|b, a| {
        let same = place(a) == place(b);
        if same {
            a.twin_risk |= b.twin_risk;
        }
        same
    });
    links
}
