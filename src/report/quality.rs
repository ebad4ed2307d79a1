//! `quality.xlsx`: one sheet a view, for those who mend the data.

use std::collections::BTreeMap;
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::field::Field;
use crate::job::{Kind, Role};
use crate::verdict::Child;

use super::Run;
use super::candidates::Candidates;
use super::folder::{Fault, Sink};
use super::sheets::{candidate_statuses, cell, head, new_workbook};
use super::tally::Tally;
use super::words::{self, Lang};

/// Rows of one view; what is rarer is left out.
const ROWS_SHOWN: usize = 100_000;

/// Stands for a label that the record lacks.
const BLANK: &str = "(не вказано)";

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

/// Writes the workbook.
pub(super) fn workbook(
    run: &Run<'_>,
    tally: &Tally,
    list: &Candidates<'_>,
    scratch: &Path,
    sink: &mut Sink,
) -> Result<(), Fault> {
    let mut workbook = new_workbook("Якість даних", scratch)?;
    let by = |field| move |child: &Child| list.value(child, field);
    overview(run, tally, &mut workbook)?;
    registers(tally, &mut workbook)?;
    fields(run, tally, &mut workbook)?;
    groups(list, "Заклади", "Заклад освіти", &by(Field::School), &mut workbook)?;
    groups(list, "Області", "Область", &by(Field::Region), &mut workbook)?;
    rejections(tally, &mut workbook)?;
    workbook.save_to_writer(sink)?;
    Ok(())
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

fn ratio(part: u64, whole: u64) -> Value {
    if whole == 0 { Value::Nothing } else { Value::Share(part as f64 / whole as f64) }
}

fn overview(run: &Run<'_>, tally: &Tally, workbook: &mut Workbook) -> Result<(), XlsxError> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (status, n) in &tally.statuses {
        rows.push(vec![
            words::status(*status, Lang::Uk).into(),
            (*n).into(),
            ratio(*n, tally.children),
            words::status_meaning(*status, Lang::Uk).into(),
        ]);
    }
    rows.push(vec![
        "Разом у списку".into(),
        tally.candidates.into(),
        ratio(tally.candidates, tally.children),
        "діти, статус яких слід з’ясувати".into(),
    ]);
    let day = words::date(run.job.as_of, Lang::Uk);
    let all = format!("усі діти на {day}");
    rows.push(vec!["Усього дітей".into(), tally.children.into(), Value::Nothing, (&*all).into()]);
    let headings = [("Статус", 28), ("Дітей", 12), ("Частка", 10), ("Що це означає", 72)];
    view(workbook, "Огляд", &headings, &rows)
}

fn registers(tally: &Tally, workbook: &mut Workbook) -> Result<(), XlsxError> {
    let mut headings = vec![
        ("Реєстр", 24),
        ("Прийнято збігів", 12),
        ("На перевірку", 12),
        ("Дітей зі збігом", 12),
    ];
    headings.extend(Kind::ALL.map(|kind| (words::kind(kind, Lang::Uk), 14)));
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
    view(workbook, "Реєстри", &headings, &rows)
}

fn fields(run: &Run<'_>, tally: &Tally, workbook: &mut Workbook) -> Result<(), XlsxError> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for (source, count) in run.job.sources.iter().zip(&tally.rejected) {
        let role = match source.role {
            Role::Population => "школи",
            Role::Registry => "реєстр",
        };
        let fills = run.fills.get(count.source).map_or(&[][..], Vec::as_slice);
        for (field, headings) in &source.columns {
            let filled = fills.iter().find(|(other, _)| other == field).map(|(_, n)| *n);
            let read = count.seen.saturating_sub(count.rows);
            rows.push(vec![
                (&*source.name).into(),
                role.into(),
                words::field(*field, Lang::Uk).into(),
                (&*headings.join(", ")).into(),
                read.into(),
                filled.map_or(Value::Nothing, Value::Count),
                filled.map_or(Value::Nothing, |filled| ratio(filled, read)),
            ]);
        }
    }
    let headings = [
        ("Джерело", 20),
        ("Роль", 10),
        ("Поле", 26),
        ("Стовпці", 30),
        ("Прочитано рядків", 14),
        ("Заповнено", 14),
        ("Частка", 10),
    ];
    view(workbook, "Поля", &headings, &rows)
}

/// Candidates by a label of their main record, most first.
fn groups(
    list: &Candidates<'_>,
    name: &str,
    heading: &str,
    label: &dyn Fn(&Child) -> Option<String>,
    workbook: &mut Workbook,
) -> Result<(), XlsxError> {
    let statuses: Vec<_> = candidate_statuses().collect();
    let mut counts: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for child in list.children() {
        let written = label(child).unwrap_or_else(|| BLANK.to_owned());
        let label = written.split_whitespace().collect::<Vec<_>>().join(" ");
        let row = counts.entry(label).or_insert_with(|| vec![0; statuses.len()]);
        if let Some(at) = statuses.iter().position(|status| *status == child.status) {
            row[at] += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    // Stable, so equal counts stay in the order of their labels.
    counts.sort_by_key(|(_, row)| std::cmp::Reverse(row.iter().sum::<u64>()));
    let rows: Vec<Vec<Value>> = counts
        .iter()
        .map(|(label, row)| {
            let mut values = vec![Value::from(&**label), row.iter().sum::<u64>().into()];
            values.extend(row.iter().map(|n| Value::Count(*n)));
            values
        })
        .collect();
    let mut headings = vec![(heading, 44), ("Дітей у списку", 12)];
    headings.extend(statuses.iter().map(|status| (words::status(*status, Lang::Uk), 16)));
    view(workbook, name, &headings, &rows)
}

fn rejections(tally: &Tally, workbook: &mut Workbook) -> Result<(), XlsxError> {
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for ((source, field, reason, whole_row), n) in &tally.reasons {
        let name = tally.rejected.get(*source).map_or("?", |count| &count.name);
        // A heading or the key of a field.
        let field =
            Field::from_key(field).map_or(field.as_str(), |field| words::field(field, Lang::Uk));
        rows.push(vec![
            name.into(),
            field.into(),
            (&**reason).into(),
            if *whole_row { "увесь рядок" } else { "значення" }.into(),
            (*n).into(),
        ]);
    }
    let headings =
        [("Джерело", 20), ("Поле", 26), ("Причина", 70), ("Утрачено", 14), ("Разів", 10)];
    view(workbook, "Відхилено", &headings, &rows)
}
