//! The rows of `children.parquet` as two runs are compared by them: no sentences, texts
//! borrowed, so that a million children take seconds.

use arrow::array::{
    Array, AsArray, BooleanArray, Date32Array, ListArray, StringArray, UInt64Array,
};
use jiff::civil::Date;

use super::FolderError;
use super::table::{Rows, Table, TableError, date_at, text_at, texts_at};
use crate::verdict::{Status, Tier};

/// What a child's main record, or its school, says beside who the child is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// The school.
    School,
    /// The region.
    Region,
    /// The education office.
    Office,
    /// The class.
    Grade,
    /// Displaced or not.
    Displacement,
    /// Whether contact is lost.
    ContactLost,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 6] = [
        Self::School,
        Self::Region,
        Self::Office,
        Self::Grade,
        Self::Displacement,
        Self::ContactLost,
    ];

    /// The name of its column.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Region => "region",
            Self::Office => "office",
            Self::Grade => "grade",
            Self::Displacement => "displacement",
            Self::ContactLost => "contact_lost",
        }
    }
}

/// One child as it stands in a run; its texts live as long as the visit.
#[derive(Clone, Copy, Debug)]
pub struct StandingRow<'a> {
    /// Stable text id.
    pub child: &'a str,
    /// Source of its main record.
    pub source: &'a str,
    /// Row of its main record.
    pub row: u64,
    /// What was decided.
    pub status: Status,
    /// How well a settled status is founded.
    pub tier: Option<Tier>,
    /// The latest evidence that counts.
    pub last_evidence: Option<Date>,
    columns: &'a Columns,
    index: usize,
}

impl<'a> StandingRow<'a> {
    /// Why: `code` or `code:source`.
    pub fn reason_codes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.columns.codes.at(self.index)
    }

    /// All its school records: what names each from run to run, its source, its row, and the
    /// hash of its values where the run wrote that. `None` where the run wrote no such thing.
    pub fn records(
        &self,
    ) -> impl Iterator<Item = Option<(&'a str, &'a str, u64, Option<u64>)>> + use<'a> {
        let columns = self.columns;
        let mut keys = columns.keys.at(self.index);
        let mut contents = columns.contents.as_ref().map(|contents| contents.at(self.index));
        columns.records.at(self.index).map(move |record| {
            let (source, row) = record.rsplit_once(':')?;
            let content = contents.as_mut().and_then(Iterator::next);
            let content = content.map(|text| u64::from_str_radix(text, 16).ok());
            Some((keys.next()?, source, row.parse().ok()?, content.flatten()))
        })
    }

    /// Ids that its records had in the previous run and that gave way to its own.
    pub fn former(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.columns.former.as_ref().map(|former| former.at(self.index)).into_iter().flatten()
    }

    /// What its main record and its school say, by [`Mark::ALL`].
    pub fn marks(&self) -> impl Iterator<Item = Option<&'a str>> + use<'a> {
        let (columns, i) = (self.columns, self.index);
        let texts =
            columns.marks.iter().map(move |mark| mark.as_ref().and_then(|texts| text_at(texts, i)));
        let lost = columns.contact_lost.as_ref().filter(|lost| lost.is_valid(i));
        texts.chain([lost.map(|lost| if lost.value(i) { "true" } else { "false" })])
    }
}

/// Lists of text, and the texts in them.
#[derive(Debug)]
struct Lists(ListArray, StringArray);

impl Lists {
    fn of(rows: &Rows, column: &str) -> Result<Self, TableError> {
        let lists = rows.lists(column)?;
        let texts = lists.values().as_string::<i32>().clone();
        Ok(Self(lists, texts))
    }

    fn at(&self, i: usize) -> impl Iterator<Item = &str> {
        texts_at(&self.0, &self.1, i)
    }
}

/// Columns of a batch.
#[derive(Debug)]
struct Columns {
    child: StringArray,
    source: StringArray,
    row: UInt64Array,
    status: StringArray,
    codes: Lists,
    records: Lists,
    keys: Lists,
    tier: Option<StringArray>,
    last_evidence: Option<Date32Array>,
    former: Option<Lists>,
    contents: Option<Lists>,
    marks: [Option<StringArray>; 5],
    contact_lost: Option<BooleanArray>,
}

const NEEDED: [&str; 7] =
    ["child", "source", "row", "status", "reason_codes", "records", "record_keys"];

/// Those that an earlier version may not have written.
const WELCOME: [&str; 10] = [
    "tier",
    "last_evidence",
    "former",
    "record_contents",
    "school",
    "region",
    "office",
    "grade",
    "displacement",
    "contact_lost",
];

impl Columns {
    fn of(rows: &Rows, there: &[&str]) -> Result<Self, TableError> {
        let has = |column: &str| there.contains(&column);
        let text = |column| has(column).then(|| rows.text(column)).transpose();
        let list = |column| has(column).then(|| Lists::of(rows, column)).transpose();
        let mut marks = [const { None }; 5];
        for (mark, place) in Mark::ALL.into_iter().zip(&mut marks) {
            *place = text(mark.key())?;
        }
        Ok(Self {
            child: rows.text("child")?,
            source: rows.text("source")?,
            row: rows.numbers("row")?,
            status: rows.text("status")?,
            codes: Lists::of(rows, "reason_codes")?,
            records: Lists::of(rows, "records")?,
            keys: Lists::of(rows, "record_keys")?,
            tier: text("tier")?,
            last_evidence: has("last_evidence").then(|| rows.dates("last_evidence")).transpose()?,
            former: list("former")?,
            contents: list("record_contents")?,
            marks,
            contact_lost: has("contact_lost").then(|| rows.flags("contact_lost")).transpose()?,
        })
    }

    fn row(&self, rows: &Rows, i: usize) -> Result<StandingRow<'_>, TableError> {
        let text = |array, column| text_at(array, i).ok_or_else(|| rows.bad(column, i, "empty"));
        let status = text_at(&self.status, i)
            .and_then(Status::from_key)
            .ok_or_else(|| rows.bad("status", i, "no status of this program"))?;
        let tier = match self.tier.as_ref().and_then(|tiers| text_at(tiers, i)) {
            None => None,
            Some(key) => Some(
                Tier::from_key(key)
                    .ok_or_else(|| rows.bad("tier", i, "no tier of this program"))?,
            ),
        };
        let row = StandingRow {
            child: text(&self.child, "child")?,
            source: text(&self.source, "source")?,
            row: self.row.value(i),
            status,
            tier,
            last_evidence: self.last_evidence.as_ref().and_then(|days| date_at(days, i)),
            columns: self,
            index: i,
        };
        if row.records().any(|record| record.is_none()) {
            return Err(rows.bad("records", i, "an item is no `source:row`, or has no key"));
        }
        Ok(row)
    }
}

/// Hands the children of the table to `visit`.
pub(super) fn standings<E: From<FolderError>>(
    table: Table,
    visit: &mut dyn FnMut(&StandingRow<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let welcome = WELCOME.into_iter().filter(|column| table.has(column));
    let wanted: Vec<&str> = NEEDED.into_iter().chain(welcome).collect();
    for rows in table.batches(&wanted).map_err(FolderError::from)? {
        let rows = rows.map_err(FolderError::from)?;
        let columns = Columns::of(&rows, &wanted).map_err(FolderError::from)?;
        for i in 0..rows.len() {
            visit(&columns.row(&rows, i).map_err(FolderError::from)?)?;
        }
    }
    Ok(())
}
