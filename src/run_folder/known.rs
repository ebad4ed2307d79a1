//! What the children of a run are known by, for the next run.

use super::FolderError;
use super::table::{Rows, Table, TableError, list_at, text_at};

/// A child and what it is known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownChild {
    /// Its id.
    pub id: String,
    /// `source:id` or `source:#hash` of all its records.
    pub record_keys: Vec<String>,
    /// Which of them is the main one.
    pub main: Option<usize>,
    /// Hashes of name and birth date, and of certificates.
    pub fingerprints: Vec<String>,
}

/// Hands what the children of the table are known by to `visit`.
pub(super) fn known<E: From<FolderError>>(
    table: Table,
    visit: &mut dyn FnMut(KnownChild) -> Result<(), E>,
) -> Result<(), E> {
    let wanted = ["child", "source", "row", "records", "record_keys", "fingerprints"];
    let rows_of = |rows: &Rows| -> Result<Vec<KnownChild>, TableError> {
        let (child, source) = (rows.text("child")?, rows.text("source")?);
        let (row, records) = (rows.numbers("row")?, rows.lists("records")?);
        let (keys, prints) = (rows.lists("record_keys")?, rows.lists("fingerprints")?);
        (0..rows.len())
            .map(|i| {
                let main = format!("{}:{}", text_at(&source, i).unwrap_or_default(), row.value(i));
                Ok(KnownChild {
                    id: text_at(&child, i).ok_or_else(|| rows.bad("child", i, "empty"))?.to_owned(),
                    main: list_at(&records, i).iter().position(|record| *record == main),
                    record_keys: list_at(&keys, i),
                    fingerprints: list_at(&prints, i),
                })
            })
            .collect()
    };
    for rows in table.batches(&wanted).map_err(FolderError::from)? {
        for row in rows.and_then(|rows| rows_of(&rows)).map_err(FolderError::from)? {
            visit(row)?;
        }
    }
    Ok(())
}
