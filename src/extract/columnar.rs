//! Parquet: only the wanted columns are read, each cast to text.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray as _, BinaryViewArray, Decimal128Array, Decimal256Array, Float64Array,
    StringViewArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, Schema, TimeUnit};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
    RowSelector,
};

use super::collect::{CHUNK_ROWS, Collector, Progress, Value};
use super::error::ExtractError;
use super::format::kind_of;
use super::grid;
use super::heading;
use super::limits::Limits;
use crate::job::Format;

/// Clocks of Ukraine since 1996, as POSIX writes them.
const KYIV: &str = "EET-2EEST,M3.5.0/3,M10.5.0/4";

/// The headings of a file, those of nested columns included.
pub(super) fn headings(path: &Path) -> Result<Vec<String>, ExtractError> {
    let (_, metadata) = open(path)?;
    Ok(metadata.schema().fields().iter().map(|field| field.name().clone()).collect())
}

/// The headings of the columns that can be read as text.
pub(super) fn readable(path: &Path) -> Result<Vec<String>, ExtractError> {
    let (_, metadata) = open(path)?;
    let fields = metadata.schema().fields().iter();
    Ok(fields.filter(|f| !is_nested(f.data_type())).map(|field| field.name().clone()).collect())
}

/// Opens a file and checks what its footer claims.
fn open(path: &Path) -> Result<(File, ArrowReaderMetadata), ExtractError> {
    let mut file = File::open(path).map_err(|e| ExtractError::io(path, e))?;
    check_frame(path, &mut file)?;
    let metadata =
        grid::guard(path, || ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()))?
            .map_err(|_| ExtractError::damaged(path, None, "its footer cannot be read"))?;
    let footer = metadata.metadata();
    let limits = Limits::DEFAULT;
    if footer.num_row_groups() > limits.row_groups {
        return Err(ExtractError::too_large(
            path,
            "the number of row groups",
            limits.row_groups as u64,
        ));
    }
    let mut rows: u64 = 0;
    for group in footer.row_groups() {
        let of_group = u64::try_from(group.num_rows())
            .map_err(|_| ExtractError::damaged(path, None, "a row group has fewer than no rows"))?;
        rows = rows.saturating_add(of_group);
        for column in group.columns() {
            let bytes = u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX);
            if bytes > limits.column_chunk_bytes {
                let what = "a column of a row group";
                return Err(ExtractError::too_large(path, what, limits.column_chunk_bytes));
            }
        }
    }
    if rows > limits.parquet_rows {
        return Err(ExtractError::too_large(path, "the number of rows", limits.parquet_rows));
    }
    if i64::try_from(rows).ok() != Some(footer.file_metadata().num_rows()) {
        return Err(ExtractError::damaged(path, None, "its footer contradicts itself"));
    }
    Ok((file, as_views(metadata)))
}

/// Texts as views: a view of a dictionary's long value costs nothing, while copies of it
/// could make a small file fill memory. It is faster, too.
fn as_views(metadata: ArrowReaderMetadata) -> ArrowReaderMetadata {
    let view = |kind: &DataType| match kind {
        DataType::Utf8 | DataType::LargeUtf8 => Some(DataType::Utf8View),
        DataType::Binary | DataType::LargeBinary => Some(DataType::BinaryView),
        _ => None,
    };
    let fields = metadata.schema().fields().iter().map(|field| {
        let kind = match field.data_type() {
            DataType::Dictionary(_, value) => view(value),
            kind => view(kind),
        };
        kind.map_or_else(
            || field.clone(),
            |kind| Arc::new(field.as_ref().clone().with_data_type(kind)),
        )
    });
    let schema = Arc::new(Schema::new_with_metadata(
        fields.collect::<Vec<_>>(),
        metadata.schema().metadata().clone(),
    ));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).unwrap_or(metadata)
}

/// Checks the marks at both ends and the length of the footer, so that the error says
/// what is wrong and a footer that lies is not allocated.
fn check_frame(path: &Path, file: &mut File) -> Result<(), ExtractError> {
    let io = |e| ExtractError::io(path, e);
    let size = file.metadata().map_err(io)?.len();
    if size == 0 {
        return Err(ExtractError::Empty { file: path.into() });
    }
    let mut head = Vec::new();
    file.by_ref().take(4_096).read_to_end(&mut head).map_err(io)?;
    if !head.starts_with(b"PAR1") && !head.starts_with(b"PARE") {
        let (file, looks_like) = (path.into(), kind_of(&head));
        return Err(ExtractError::WrongFormat { file, expected: Format::Parquet, looks_like });
    }
    let cut_off = || ExtractError::damaged(path, None, "its end is missing");
    if size < 12 {
        return Err(cut_off());
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::End(-8)).map_err(io)?;
    file.read_exact(&mut tail).map_err(io)?;
    if head.starts_with(b"PARE") || tail.ends_with(b"PARE") {
        return Err(ExtractError::Encrypted { file: path.into() });
    }
    if !tail.ends_with(b"PAR1") {
        return Err(cut_off());
    }
    let footer = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    if footer > size - 12 {
        return Err(cut_off());
    }
    if footer > Limits::DEFAULT.footer_bytes {
        return Err(ExtractError::too_large(path, "the footer", Limits::DEFAULT.footer_bytes));
    }
    file.rewind().map_err(io)
}

/// Reads the rows of a file. Every row gets a number, blank ones too: whether a row is
/// blank cannot be told from the wanted columns alone.
pub(super) fn read(
    path: &Path,
    progress: &Progress,
    into: &mut Collector,
) -> Result<(), ExtractError> {
    let (file, metadata) = open(path)?;
    let header: Vec<String> = metadata.schema().fields().iter().map(|f| f.name().clone()).collect();
    let wanted = heading::locate(&header, into.headings(), path, None)?;
    check_types(path, metadata.schema(), &wanted)?;
    into.begin(path, None);

    let total = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
    let first = into.next_row();
    if let Some(only) = into.only()
        && only.range(first..first + total).next().is_none()
    {
        into.skip(total);
        return Ok(());
    }
    let picked: Option<BTreeSet<u64>> =
        into.only().map(|only| only.range(first..first + total).map(|row| row - first).collect());

    let mask = ProjectionMask::roots(metadata.parquet_schema(), wanted.iter().copied());
    let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
        .with_projection(mask)
        .with_batch_size(CHUNK_ROWS);
    if let Some(rows) = &picked {
        builder = builder.with_row_selection(selection(rows));
    }
    // Projection keeps the order of the file, not of the headings.
    let mut order: Vec<usize> = wanted.clone();
    order.sort_unstable();
    order.dedup();
    let places: Vec<usize> = wanted.iter().filter_map(|w| order.binary_search(w).ok()).collect();

    let broken = |row| ExtractError::damaged(path, Some(row), "its data cannot be read");
    let mut reader = grid::guard(path, || builder.build())?.map_err(|_| broken(first))?;
    let mut coming = picked.as_ref().map(|rows| rows.iter().copied());
    loop {
        let next = into.next_row();
        let Some(batch) = grid::guard(path, || reader.next())? else { break };
        let batch = batch.map_err(|_| broken(next))?;
        let columns: Vec<ArrayRef> = places.iter().map(|&i| batch.column(i).clone()).collect();
        let texts = columns
            .iter()
            .zip(into.headings())
            .map(|(column, heading)| text(path, heading, column));
        let texts: Vec<Texts> = texts.collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            if let Some(number) = coming.as_mut().and_then(Iterator::next) {
                into.skip(first + number - into.next_row());
            }
            if into.row(|i| texts[i].value(row)) == ControlFlow::Break(()) {
                return Ok(());
            }
        }
        into.check(path)?;
        let done = into.next_row() - first;
        // Below 2^53 in any file that exists.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        progress.at((progress.size as f64 * done as f64 / total.max(1) as f64) as u64);
    }
    let read = into.next_row() - first;
    if picked.is_none() && read != total {
        return Err(broken(into.next_row()));
    }
    into.skip(total - read);
    Ok(())
}

fn selection(rows: &BTreeSet<u64>) -> RowSelection {
    let mut selectors = Vec::with_capacity(2 * rows.len());
    let mut next = 0;
    for &row in rows {
        // Row numbers are below the limit of rows in a file.
        selectors.push(RowSelector::skip(usize::try_from(row - next).unwrap_or(usize::MAX)));
        selectors.push(RowSelector::select(1));
        next = row + 1;
    }
    selectors.into_iter().filter(|s| s.row_count > 0).collect::<Vec<_>>().into()
}

fn is_nested(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, value) => is_nested(value),
        DataType::RunEndEncoded(_, value) => is_nested(value.data_type()),
        other => other.is_nested(),
    }
}

fn check_types(path: &Path, schema: &Schema, wanted: &[usize]) -> Result<(), ExtractError> {
    for &column in wanted {
        let field = schema.field(column);
        let not_text = |kind: &str, remedy| {
            let (file, column, kind) = (path.into(), field.name().clone(), kind.into());
            Err(ExtractError::NotText { file, column, kind, remedy })
        };
        if is_nested(field.data_type()) {
            return not_text("lists or structs", "write its parts as columns of their own");
        }
        match field.data_type() {
            DataType::Interval(_) | DataType::Duration(_) => {
                return not_text("spans of time", "write it as text");
            }
            DataType::Timestamp(_, Some(zone)) if zone_of(zone).is_none() => {
                let remedy = "write it in UTC, in Europe/Kyiv, or as text";
                return not_text("instants in a time zone that is not known", remedy);
            }
            _ => {}
        }
    }
    Ok(())
}

/// The zone in which an instant is to be read as a date.
fn zone_of(name: &str) -> Option<TimeZone> {
    match name {
        "UTC" | "Z" | "Etc/UTC" | "GMT" => Some(TimeZone::UTC),
        "Europe/Kyiv" | "Europe/Kiev" => TimeZone::posix(KYIV).ok(),
        offset => {
            let (sign, digits) = match offset.as_bytes().first()? {
                b'+' => (1, &offset[1..]),
                b'-' => (-1, &offset[1..]),
                _ => return None,
            };
            let digits: String = digits.chars().filter(|c| *c != ':').collect();
            let number: i32 = digits.parse().ok().filter(|_| matches!(digits.len(), 2 | 4))?;
            let (hours, minutes) =
                if digits.len() == 2 { (number, 0) } else { (number / 100, number % 100) };
            let seconds = sign * (hours * 3600 + minutes * 60);
            jiff::tz::Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
        }
    }
}

/// A column as text.
enum Texts {
    Plain(StringViewArray),
    Bytes(BinaryViewArray),
    Made(Vec<Option<Result<String, &'static str>>>),
}

impl Texts {
    fn value(&self, row: usize) -> Value<'_> {
        match self {
            Self::Plain(array) if array.is_valid(row) => Value::Text(array.value(row)),
            Self::Bytes(array) if array.is_valid(row) => std::str::from_utf8(array.value(row))
                .map_or(Value::Bad("its bytes are no text"), Value::Text),
            Self::Plain(_) | Self::Bytes(_) => Value::Empty,
            Self::Made(values) => match values.get(row) {
                Some(Some(Ok(text))) => Value::Text(text),
                Some(Some(Err(reason))) => Value::Bad(reason),
                _ => Value::Empty,
            },
        }
    }
}

fn text(path: &Path, heading: &str, column: &ArrayRef) -> Result<Texts, ExtractError> {
    let not_text = |kind: &DataType| ExtractError::NotText {
        file: path.into(),
        column: heading.into(),
        kind: format!("values of type {kind}"),
        remedy: "write it as text",
    };
    let to = |kind: &DataType, column: &ArrayRef| {
        grid::guard(path, || cast(column, kind))?.map_err(|_| not_text(column.data_type()))
    };
    match column.data_type() {
        DataType::Dictionary(_, value) => {
            let plain = to(value, column)?;
            text(path, heading, &plain)
        }
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => {
            let bytes = match column.data_type() {
                DataType::FixedSizeBinary(_) => to(&DataType::Binary, column)?,
                _ => column.clone(),
            };
            Ok(Texts::Bytes(to(&DataType::BinaryView, &bytes)?.as_binary_view().clone()))
        }
        DataType::Float16 | DataType::Float32 => {
            // The shortest digits of a narrow float are not those of its double.
            let narrow = to(&DataType::Utf8, column)?;
            let made = narrow
                .as_string::<i32>()
                .iter()
                .map(|v| v.filter(|v| *v != "NaN").map(|v| Ok(without_zeros(v))));
            Ok(Texts::Made(made.collect()))
        }
        DataType::Float64 => {
            let floats: &Float64Array = column.as_primitive();
            Ok(Texts::Made(
                floats
                    .iter()
                    .map(|v| v.filter(|v| !v.is_nan()).map(|v| Ok(grid::number(v))))
                    .collect(),
            ))
        }
        DataType::Decimal128(..) => {
            let values: &Decimal128Array = column.as_primitive();
            let shown = (0..values.len())
                .map(|i| values.is_valid(i).then(|| Ok(without_zeros(&values.value_as_string(i)))));
            Ok(Texts::Made(shown.collect()))
        }
        DataType::Decimal256(..) => {
            let values: &Decimal256Array = column.as_primitive();
            let shown = (0..values.len())
                .map(|i| values.is_valid(i).then(|| Ok(without_zeros(&values.value_as_string(i)))));
            Ok(Texts::Made(shown.collect()))
        }
        DataType::Date32 | DataType::Date64 => {
            let seconds = match column.data_type() {
                DataType::Date32 => {
                    (to(&DataType::Int64, &to(&DataType::Int32, column)?)?, 86_400_000)
                }
                _ => (to(&DataType::Int64, column)?, 1),
            };
            Ok(Texts::Made(instants(&seconds.0, seconds.1, 1_000, &TimeZone::UTC)))
        }
        DataType::Timestamp(unit, zone) => {
            let zone = zone.as_deref().map_or(Some(TimeZone::UTC), zone_of);
            let zone = zone.ok_or_else(|| not_text(column.data_type()))?;
            let per_second = match unit {
                TimeUnit::Second => 1,
                TimeUnit::Millisecond => 1_000,
                TimeUnit::Microsecond => 1_000_000,
                TimeUnit::Nanosecond => 1_000_000_000,
            };
            Ok(Texts::Made(instants(&to(&DataType::Int64, column)?, 1, per_second, &zone)))
        }
        DataType::Utf8View => Ok(Texts::Plain(column.as_string_view().clone())),
        _ => {
            let text = to(&DataType::Utf8View, &to(&DataType::Utf8, column)?)?;
            Ok(Texts::Plain(text.as_string_view().clone()))
        }
    }
}

/// Ticks since 1970, each `scale / per_second` seconds, as dates, or as dates and times
/// where they are not midnight.
fn instants(
    ticks: &ArrayRef,
    scale: i64,
    per_second: i64,
    zone: &TimeZone,
) -> Vec<Option<Result<String, &'static str>>> {
    let ticks = ticks.as_primitive::<Int64Type>();
    let shown = |tick: i64| {
        let seconds = tick.checked_mul(scale).map(|t| t.div_euclid(per_second));
        let instant = seconds.and_then(|s| Timestamp::from_second(s).ok());
        instant.map(|i| show_instant(&i, zone)).ok_or("its date is out of range")
    };
    ticks.iter().map(|tick| tick.map(shown)).collect()
}

fn show_instant(instant: &Timestamp, zone: &TimeZone) -> String {
    let moment = zone.to_datetime(*instant);
    let date = moment.date();
    if moment.time() == jiff::civil::Time::midnight() {
        date.to_string()
    } else {
        moment.strftime("%Y-%m-%dT%H:%M:%S").to_string()
    }
}

/// `12.00` is `12`, `12.50` is `12.5`.
fn without_zeros(number: &str) -> String {
    if number.contains('.') && !number.contains(['e', 'E']) {
        number.trim_end_matches('0').trim_end_matches('.').into()
    } else {
        number.into()
    }
}
