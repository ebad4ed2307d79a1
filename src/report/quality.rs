//! `quality.xlsx`: one sheet a view, for those who mend the data.

mod gaps;

use std::collections::BTreeMap;
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::field::Field;
use crate::job::{Kind, Role, SheetsBy};

use super::Run;
use super::candidates::Candidates;
use super::folder::{Fault, Sink};
use super::movements::{self, MovementKind};
use super::sheets::{candidate_statuses, cell, head, new_workbook};
use super::tally::Tally;
use super::words::{self, Lang};

/// Rows of one view; what is rarer is left out.
const ROWS_SHOWN: usize = 100_000;

/// What children are grouped by, one view each.
const GROUPINGS: [SheetsBy; 3] = [SheetsBy::Office, SheetsBy::School, SheetsBy::Region];

/// One value of a row.
enum Value {
    Text(String),
    Count(u64),
    /// A share of 1, shown as a percentage.
    Share(f64),
    Nothing,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

/// Headings in both languages, with widths in characters.
type Heading = ((&'static str, &'static str), u8);

/// Writes the workbook.
pub(super) fn workbook(
    run: &Run<'_>,
    tally: &Tally,
    list: &Candidates<'_>,
    scratch: &Path,
    sink: &mut Sink,
) -> Result<(), Fault> {
    let lang = run.job.report.lang;
    let mut workbook = new_workbook(lang.of("Якість даних", "Quality of the data"), scratch)?;
    overview(run, tally, lang, &mut workbook)?;
    registers(tally, lang, &mut workbook)?;
    fields(run, tally, lang, &mut workbook)?;
    for by in GROUPINGS {
        groups(list, by, lang, &mut workbook)?;
    }
    for by in GROUPINGS {
        gaps::sheet(list, by, lang, &mut workbook)?;
    }
    if !run.movements.is_empty() {
        movements(run, lang, &mut workbook)?;
    }
    rejections(tally, lang, &mut workbook)?;
    workbook.save_to_writer(sink)?;
    Ok(())
}

/// Headings in one language.
fn headings(all: &[Heading], lang: Lang) -> Vec<(&'static str, u8)> {
    all.iter().map(|&((uk, en), width)| (lang.of(uk, en), width)).collect()
}

fn view(
    workbook: &mut Workbook,
    name: &str,
    headings: &[(&str, u8)],
    rows: &[Vec<Value>],
) -> Result<(), XlsxError> {
    let sheet: &mut Worksheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    let rows = &rows[..rows.len().min(ROWS_SHOWN)];
    head(sheet, headings, u32::try_from(rows.len()).unwrap_or(u32::MAX))?;
    let share = Format::new().set_num_format("0.00%");
    let mut at = 0;
    for row in rows {
        at += 1;
        for (column, value) in (0..).zip(row) {
            match value {
                Value::Text(text) => sheet.write_string(at, column, cell(text))?,
                Value::Count(count) => sheet.write_number(at, column, *count as f64)?,
                Value::Share(value) if value.is_finite() => {
                    sheet.write_number_with_format(at, column, *value, &share)?
                }
                Value::Share(_) | Value::Nothing => sheet,
            };
        }
    }
    Ok(())
}

/// What became of the pupils between two extracts, and between which regions they went.
fn movements(run: &Run<'_>, lang: Lang, workbook: &mut Workbook) -> Result<(), XlsxError> {
    let all = run.movements.len() as u64;
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (kind, n) in movements::counts(run) {
        rows.push(vec![
            movements::name(kind, lang).into(),
            Value::Nothing,
            Value::Nothing,
            n.into(),
            ratio(n, all),
        ]);
    }
    let name = movements::name(MovementKind::Region, lang);
    for ([from, to], n) in movements::flows(run) {
        rows.push(vec![name.into(), from.into(), to.into(), n.into(), ratio(n, all)]);
    }
    let heads: [Heading; 5] = [
        (("Що сталося", "What happened"), 34),
        (("Звідки", "From"), 24),
        (("Куди", "To"), 24),
        (("Дітей", "Children"), 12),
        (("Частка", "Share"), 10),
    ];
    view(workbook, lang.of("Рух дітей", "Movements"), &headings(&heads, lang), &rows)
}

fn ratio(part: u64, whole: u64) -> Value {
    if whole == 0 { Value::Nothing } else { Value::Share(part as f64 / whole as f64) }
}

fn overview(
    run: &Run<'_>,
    tally: &Tally,
    lang: Lang,
    workbook: &mut Workbook,
) -> Result<(), XlsxError> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (status, n) in &tally.statuses {
        rows.push(vec![
            words::status(*status, lang).into(),
            (*n).into(),
            ratio(*n, tally.children),
            words::status_meaning(*status, lang).into(),
        ]);
    }
    rows.push(vec![
        lang.of("Разом у переліку", "On the list").into(),
        tally.candidates.into(),
        ratio(tally.candidates, tally.children),
        lang.of("діти, статус яких слід з’ясувати", "children whose status is to be settled")
            .into(),
    ]);
    let day = words::date(run.job.as_of, lang);
    let all = format!("{} {day}", lang.of("усі діти на", "all children as of"));
    rows.push(vec![
        lang.of("Усього дітей", "Children in all").into(),
        tally.children.into(),
        Value::Nothing,
        (&*all).into(),
    ]);
    let headings = headings(
        &[
            (("Статус", "Status"), 28),
            (("Дітей", "Children"), 12),
            (("Частка", "Share"), 10),
            (("Що це означає", "What it means"), 72),
        ],
        lang,
    );
    view(workbook, lang.of("Огляд", "Overview"), &headings, &rows)
}

fn registers(tally: &Tally, lang: Lang, workbook: &mut Workbook) -> Result<(), XlsxError> {
    let mut headings = headings(
        &[
            (("Реєстр", "Register"), 24),
            (("Прийнято збігів", "Links accepted"), 12),
            (("На перевірку", "For review"), 12),
            (("Дітей зі збігом", "Children linked"), 12),
        ],
        lang,
    );
    headings.extend(Kind::ALL.map(|kind| (words::kind(kind, lang), 14)));
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for register in &tally.registers {
        let mut row: Vec<Value> = vec![
            (&*register.name).into(),
            register.links.into(),
            register.review.into(),
            register.children.into(),
        ];
        row.extend(register.kinds.iter().map(|(_, n)| Value::Count(*n)));
        rows.push(row);
    }
    view(workbook, lang.of("Реєстри", "Registers"), &headings, &rows)
}

fn fields(
    run: &Run<'_>,
    tally: &Tally,
    lang: Lang,
    workbook: &mut Workbook,
) -> Result<(), XlsxError> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (source, count) in run.job.sources.iter().zip(&tally.rejected) {
        let role = match source.role {
            Role::Population => lang.of("школи", "schools"),
            Role::Registry => lang.of("реєстр", "register"),
        };
        let fills = run.fills.get(count.source).map_or(&[][..], Vec::as_slice);
        let read = count.seen.saturating_sub(count.rows);
        for (field, headings) in &source.columns {
            let filled = fills.iter().find(|(other, _)| other == field).map(|(_, n)| *n);
            rows.push(vec![
                (&*source.name).into(),
                role.into(),
                words::field(*field, lang).into(),
                (&*headings.join(" | ")).into(),
                read.into(),
                filled.map_or(Value::Nothing, Value::Count),
                filled.map_or(Value::Nothing, |filled| ratio(filled, read)),
            ]);
        }
    }
    let headings = headings(
        &[
            (("Джерело", "Source"), 20),
            (("Роль", "Role"), 10),
            (("Поле", "Field"), 26),
            (("Стовпці", "Columns"), 30),
            (("Прочитано рядків", "Rows read"), 14),
            (("Заповнено", "Filled"), 14),
            (("Частка", "Share"), 10),
        ],
        lang,
    );
    view(workbook, lang.of("Поля", "Fields"), &headings, &rows)
}

/// Candidates by a label, most first.
fn groups(
    list: &Candidates<'_>,
    by: SheetsBy,
    lang: Lang,
    workbook: &mut Workbook,
) -> Result<(), XlsxError> {
    let statuses: Vec<_> = candidate_statuses().collect();
    let mut counts: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for (place, child) in list.children().enumerate() {
        let row = counts.entry(list.group(place, by)).or_insert_with(|| vec![0; statuses.len()]);
        if let Some(at) = statuses.iter().position(|status| *status == child.status) {
            row[at] += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    // Stable, so equal counts stay in the order of their labels.
    counts.sort_by_key(|(_, row)| std::cmp::Reverse(row.iter().sum::<u64>()));
    let rows: Vec<Vec<Value>> = counts
        .iter()
        .map(|(code, row)| {
            let label = list.spelt(by, *code);
            let label = label.as_deref().unwrap_or(words::not_stated(lang));
            let mut values = vec![label.into(), row.iter().sum::<u64>().into()];
            values.extend(row.iter().map(|n| Value::Count(*n)));
            values
        })
        .collect();
    let mut headings =
        vec![(words::grouping(by, lang), 44), (lang.of("Дітей у переліку", "On the list"), 12)];
    headings.extend(statuses.iter().map(|status| (words::status(*status, lang), 16)));
    view(workbook, title(by, lang), &headings, &rows)
}

/// The name of the sheet of candidates by a label.
const fn title(by: SheetsBy, lang: Lang) -> &'static str {
    match by {
        SheetsBy::Office => lang.of("Органи управління", "Offices"),
        SheetsBy::Region => lang.of("Області", "Regions"),
        SheetsBy::School => lang.of("Заклади", "Schools"),
    }
}

fn rejections(tally: &Tally, lang: Lang, workbook: &mut Workbook) -> Result<(), XlsxError> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for ((source, field, reason, whole_row), n) in &tally.reasons {
        let name = tally.rejected.get(*source).map_or("?", |count| &count.name);
        // A heading or the key of a field.
        let field =
            Field::from_key(field).map_or(field.as_str(), |field| words::field(field, lang));
        rows.push(vec![
            name.into(),
            field.into(),
            words::rejection(reason, lang).into(),
            if *whole_row {
                lang.of("увесь рядок", "the whole row")
            } else {
                lang.of("значення", "the value")
            }
            .into(),
            (*n).into(),
        ]);
    }
    let headings = headings(
        &[
            (("Джерело", "Source"), 20),
            (("Поле", "Field"), 26),
            (("Причина", "Reason"), 70),
            (("Утрачено", "Lost"), 14),
            (("Разів", "Times"), 10),
        ],
        lang,
    );
    view(workbook, lang.of("Відхилено", "Rejected"), &headings, &rows)
}
