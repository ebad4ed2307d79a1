//! Files in: csv, tsv, xlsx, ods, parquet and ndjson become Arrow batches of
//! text, one column for each heading asked for, and a list of rejected rows.
//! Nothing here knows Ukrainian, and no file is held in memory whole.

mod types;

pub use types::*;
