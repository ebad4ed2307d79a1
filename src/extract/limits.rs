//! What a file may cost. A hostile or broken file is refused before it fills memory.

/// Caps on what one file may claim or inflate to. The defaults are far above any
/// honest extract; [`Limits::DEFAULT`] is what every reader uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one text record (line), line ends included: 1 MiB.
    pub record_bytes: usize,
    /// Bytes of a text record that spans lines, after which its quote counts as never
    /// closed: 64 KiB.
    pub quoted_bytes: usize,
    /// Lines of a text record, after which its quote counts as never closed: 1,000.
    pub quoted_lines: usize,
    /// Quotes never closed in one file, after which the file is refused: 10,000.
    pub open_quotes: u64,
    /// Rows searched for the header, blank ones not counted: 30.
    pub header_rows: usize,
    /// Columns of a table that are looked at: 16,384, what a worksheet can have.
    pub columns: usize,
    /// Entries of a zip container (xlsx, ods): 10,000.
    pub zip_entries: usize,
    /// Bytes that all entries of a zip container inflate to: 4 GiB.
    pub inflated_bytes: u64,
    /// Bytes that an entry held in memory whole (shared strings, styles) inflates to:
    /// 512 MiB.
    pub held_bytes: u64,
    /// Inflated to stored bytes of one entry, once it is over [`Self::ratio_from`]: 200.
    pub ratio: u64,
    /// Inflated bytes below which the ratio is not looked at: 16 MiB.
    pub ratio_from: u64,
    /// Bytes between two cells of a sheet's XML, so also of one cell: 1 MiB.
    pub cell_bytes: u64,
    /// Rows of a worksheet: 1,048,576, what a worksheet can have.
    pub sheet_rows: u64,
    /// Rows of one Parquet file: 2^32.
    pub parquet_rows: u64,
    /// Row groups of one Parquet file: 100,000.
    pub row_groups: usize,
    /// Declared bytes of one column in one row group: 2 GiB.
    pub column_chunk_bytes: u64,
    /// Bytes of a Parquet footer: 256 MiB.
    pub footer_bytes: u64,
    /// Rejected rows and values of one source, after which it is refused: 1,000,000.
    pub rejected: usize,
}

impl Limits {
    /// The limits that every reader uses.
    pub const DEFAULT: Self = Self {
        record_bytes: 1 << 20,
        quoted_bytes: 64 << 10,
        quoted_lines: 1_000,
        open_quotes: 10_000,
        header_rows: 30,
        columns: 16_384,
        zip_entries: 10_000,
        inflated_bytes: 4 << 30,
        held_bytes: 512 << 20,
        ratio: 200,
        ratio_from: 16 << 20,
        cell_bytes: 1 << 20,
        sheet_rows: 1_048_576,
        parquet_rows: 1 << 32,
        row_groups: 100_000,
        column_chunk_bytes: 2 << 30,
        footer_bytes: 256 << 20,
        rejected: 1_000_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
