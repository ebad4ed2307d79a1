//! `candidates.xlsx`: what officials open.
//!
//! The first sheet tells what the list is ([`about`](super::about)). Then comes the whole list,
//! and, if the job asks for it, a sheet for each education office, region or school, in the
//! order of their names. Rows go to the disk as they are written.

use std::collections::BTreeMap;
use std::path::Path;

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::about::{self, Contents};
use super::names::Names;
use super::{AFTER, BEFORE, cell, head, new_workbook, texts_after};
use crate::field::Field;
use crate::job::SheetsBy;
use crate::report::candidates::{Candidate, Candidates};
use crate::report::folder::{Fault, Sink};
use crate::report::words::{self, Lang};

/// Rows of data that fit a sheet under its heading.
const SHEET_ROWS: usize = 1_048_575;

/// Offices, regions or schools that have a sheet of their own. Spreadsheets of more sheets open
/// slowly, and nobody finds one among them.
const MOST_SHEETS: usize = 200;

/// Writes `candidates.xlsx`.
pub(in crate::report) fn xlsx(
    list: &Candidates<'_>,
    scratch: &Path,
    sink: &mut Sink,
) -> Result<(), Fault> {
    let limits = Limits { rows: SHEET_ROWS, sheets: MOST_SHEETS };
    Ok(workbook(list, scratch, limits)?.save_to_writer(sink)?)
}

/// What fits.
#[derive(Clone, Copy)]
struct Limits {
    /// Rows of a sheet.
    rows: usize,
    /// Sheets of offices, regions or schools.
    sheets: usize,
}

/// The children of one office, region or school.
struct Group {
    /// As it is written; `None` where nothing is stated.
    label: Option<String>,
    /// Places on the list, first on the list first.
    places: Vec<usize>,
}

/// The groups that have sheets, in the order of their names, and how many have none.
fn groups(list: &Candidates<'_>, by: SheetsBy, most: usize) -> (Vec<Group>, u64) {
    let mut places: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for place in 0..list.len() {
        places.entry(list.group(place, by)).or_default().push(place);
    }
    let blank = places.remove(&0);
    let mut groups: Vec<Group> = places
        .into_iter()
        .map(|(code, places)| Group { label: list.spelt(by, code), places })
        .collect();
    // Codes follow the alphabet, so that equals stay in an order that no row number decides.
    let left_out = groups.len().saturating_sub(most) as u64;
    groups.sort_by_key(|group| std::cmp::Reverse(group.places.len()));
    groups.truncate(most);
    groups.sort_by(|a, b| a.label.cmp(&b.label));
    groups.extend(blank.map(|places| Group { label: None, places }));
    (groups, left_out)
}

/// The list as a workbook.
fn workbook(list: &Candidates<'_>, scratch: &Path, limits: Limits) -> Result<Workbook, XlsxError> {
    let lang = list.run.job.report.lang;
    let title =
        lang.of("Перелік дітей без підтвердженого статусу", "Children without a confirmed status");
    let mut workbook = new_workbook(title, scratch)?;
    let mut names = Names::default();
    let about = names.give(lang.of("Про перелік", "About"));
    let mut contents = Contents::default();
    // It is written last, when the other sheets have their names, and stands first.
    workbook.add_worksheet().set_name(&about)?;

    let mut writer = ListWriter::new(list, limits.rows);
    let by = list.run.job.report.sheets_by;
    let whole = match by {
        Some(_) => lang.of("Усі", "All"),
        None => lang.of("Діти", "Children"),
    };
    let places: Vec<usize> = (0..list.len()).collect();
    let first = writer.write(&mut workbook, &mut names, whole, &places)?;
    contents.add(first, lang.of("увесь перелік", "the whole list"), list.len());
    if let Some(by) = by {
        let (groups, left_out) = groups(list, by, limits.sheets);
        for group in groups {
            let label = group.label.as_deref().unwrap_or(words::not_stated(lang));
            let sheet = writer.write(&mut workbook, &mut names, label, &group.places)?;
            contents.add(sheet, label, group.places.len());
        }
        contents.left_out(by, left_out);
    }
    about::write(workbook.worksheet_from_index(0)?, list, &contents)?;
    Ok(workbook)
}

/// Writes rows of the list to sheets.
struct ListWriter<'a> {
    list: &'a Candidates<'a>,
    lang: Lang,
    headings: Vec<(&'static str, u8)>,
    sheet_rows: usize,
    wrap: Format,
    top: Format,
}

impl<'a> ListWriter<'a> {
    fn new(list: &'a Candidates<'a>, sheet_rows: usize) -> Self {
        let lang = list.run.job.report.lang;
        let heading = |&(_, (uk, en), width): &super::ListColumn| (lang.of(uk, en), width);
        let mut headings: Vec<_> = BEFORE.iter().map(heading).collect();
        for &field in &list.fields {
            headings.push((words::field(field, lang), field_width(field)));
        }
        headings.extend(AFTER.iter().map(heading));
        headings.push((lang.of("Рішення", "Decision"), 30));
        Self {
            list,
            lang,
            headings,
            sheet_rows,
            wrap: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            top: Format::new().set_align(FormatAlign::Top),
        }
    }

    /// Writes the children at some places of the list, to as many sheets as they need; gives the
    /// name of the first.
    fn write(
        &mut self,
        workbook: &mut Workbook,
        names: &mut Names,
        label: &str,
        places: &[usize],
    ) -> Result<String, XlsxError> {
        let mut first = None;
        let mut rest = places;
        loop {
            let (here, after) = rest.split_at(rest.len().min(self.sheet_rows));
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            let name = names.give(label);
            sheet.set_name(&name)?;
            head(sheet, &self.headings, u32::try_from(here.len()).unwrap_or(u32::MAX))?;
            // The number, the child and the status stay in sight.
            sheet.set_freeze_panes(1, 3)?;
            sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
            for (at, &place) in (1..).zip(here) {
                self.row(sheet, at, &self.list.row(place))?;
            }
            first.get_or_insert(name);
            rest = after;
            if rest.is_empty() {
                return Ok(first.unwrap_or_default());
            }
        }
    }

    fn row(&self, sheet: &mut Worksheet, at: u32, row: &Candidate<'_>) -> Result<(), XlsxError> {
        let top = &self.top;
        // Numbers below 2^53 are exact in a cell.
        sheet.write_number_with_format(at, 0, row.rank as f64, top)?;
        sheet.write_string_with_format(at, 1, cell(&row.child.id), top)?;
        sheet.write_string_with_format(at, 2, words::status(row.child.status, self.lang), top)?;
        sheet.write_number_with_format(at, 3, row.child.priority, top)?;
        let mut column = 4;
        for value in &row.values {
            if let Some(value) = value {
                sheet.write_string_with_format(at, column, cell(value), top)?;
            }
            column += 1;
        }
        for text in texts_after(row) {
            sheet.write_string_with_format(at, column, cell(&text), &self.wrap)?;
            column += 1;
        }
        Ok(())
    }
}

const fn field_width(field: Field) -> u8 {
    match field {
        Field::FullName => 36,
        Field::Surname | Field::Patronymic | Field::Certificate | Field::Document => 20,
        Field::School | Field::Region | Field::Office => 24,
        Field::Sex | Field::Grade => 9,
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::report::testing::Invented;

    /// The sheets of the list by name, without headings.
    fn read(invented: &Invented, limits: Limits) -> Vec<(String, Vec<Vec<Data>>)> {
        let run = invented.run();
        let list = Candidates::collect(&run).unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let bytes = workbook(&list, scratch.path(), limits).unwrap().save_to_buffer().unwrap();
        let mut read: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheets = read.sheet_names().into_iter().map(|name| {
            let range = read.worksheet_range(&name).unwrap();
            (name, range.rows().map(<[Data]>::to_vec).collect())
        });
        sheets.collect()
    }

    fn ranks(sheet: &[Vec<Data>]) -> Vec<f64> {
        let rank = |row: &Vec<Data>| match row[0] {
            Data::Float(rank) => rank,
            ref other => panic!("{other:?} is no rank"),
        };
        sheet[1..].iter().map(rank).collect()
    }

    #[test]
    fn a_long_list_goes_on_on_the_next_sheet() {
        let invented = Invented::new();
        let sheets = read(&invented, Limits { rows: 3, sheets: 9 });
        let names: Vec<_> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Про перелік", "Діти", "Діти (2)"]);
        assert_eq!(ranks(&sheets[1].1), [1.0, 2.0, 3.0]);
        assert_eq!(ranks(&sheets[2].1), [4.0, 5.0, 6.0]);
        for (_, rows) in &sheets[1..] {
            assert_eq!(rows[0][0], Data::String("№".to_owned()));
            assert_eq!(rows[0].last(), Some(&Data::String("Рішення".to_owned())));
        }
    }

    #[test]
    fn each_school_has_a_sheet_and_the_rest_stay_in_the_whole_list() {
        let mut invented = Invented::new();
        invented.job.report.sheets_by = Some(SheetsBy::School);
        invented.job.report.lang = Lang::En;
        invented.traits[6].school = 0;
        let limits = Limits { rows: SHEET_ROWS, sheets: 9 };
        let sheets = read(&invented, limits);
        let names: Vec<_> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["About", "All", "Ліцей другий", "Школа № 1", "(not stated)"]);
        assert_eq!(ranks(&sheets[1].1), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        // Each row as in the whole list, and each child on one sheet.
        let mut again: Vec<&Vec<Data>> =
            sheets[2..].iter().flat_map(|(_, rows)| &rows[1..]).collect();
        again.sort_by(|a, b| format!("{:?}", a[0]).cmp(&format!("{:?}", b[0])));
        assert_eq!(again, sheets[1].1[1..].iter().collect::<Vec<_>>());
        assert_eq!(ranks(&sheets[4].1), [3.0, 6.0]);

        let sheets = read(&invented, Limits { sheets: 1, ..limits });
        let names: Vec<_> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["About", "All", "Школа № 1", "(not stated)"]);
        let told = sheets[0].1.iter().flatten().any(|cell| {
            matches!(cell, Data::String(text) if text.starts_with("Without a sheet (school): 1"))
        });
        assert!(told, "{:?}", sheets[0].1);
    }

    #[test]
    fn the_first_sheet_tells_what_the_list_is() {
        let mut invented = Invented::new();
        invented.job.report.sheets_by = Some(SheetsBy::School);
        invented.job.priority.regions.insert("Київська".to_owned(), 40);
        for lang in [Lang::Uk, Lang::En] {
            invented.job.report.lang = lang;
            let sheets = read(&invented, Limits { rows: SHEET_ROWS, sheets: 1 });
            let lines = sheets[0].1.iter().map(|row| {
                let cells: Vec<_> = row.iter().map(ToString::to_string).collect();
                cells.join(" | ").trim_end_matches([' ', '|']).to_owned()
            });
            let text = lines.collect::<Vec<_>>().join("\n");
            insta::assert_snapshot!(format!("about_{}", lang.key()), text);
        }
    }
}
