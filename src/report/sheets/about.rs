//! The first sheet of `candidates.xlsx`: what the list is, what it says and what it does not.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::{candidate_statuses, cell};
use crate::job::{Role, SheetsBy};
use crate::report::candidates::Candidates;
use crate::report::words::{self, Lang};

/// The sheets beside this one.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Name, what it holds, and how many children.
    sheets: Vec<(String, String, usize)>,
    /// How many offices, regions or schools have no sheet.
    left_out: Option<(SheetsBy, u64)>,
}

impl Contents {
    pub(super) fn add(&mut self, sheet: String, what: &str, children: usize) {
        self.sheets.push((sheet, what.to_owned(), children));
    }

    pub(super) fn left_out(&mut self, by: SheetsBy, n: u64) {
        self.left_out = (n > 0).then_some((by, n));
    }
}

/// Writes cells line by line.
struct Lines<'a> {
    sheet: &'a mut Worksheet,
    at: u32,
    bold: Format,
    wrap: Format,
}

impl Lines<'_> {
    fn heading(&mut self, text: &str) -> Result<(), XlsxError> {
        self.at += 1;
        self.sheet.write_string_with_format(self.at, 0, text, &self.bold)?;
        self.at += 1;
        Ok(())
    }

    fn line(&mut self, name: &str, number: Option<f64>, text: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.at, 0, cell(name), &self.wrap)?;
        if let Some(number) = number {
            self.sheet.write_number_with_format(self.at, 1, number, &self.wrap)?;
        }
        if !text.is_empty() {
            self.sheet.write_string_with_format(self.at, 2, cell(text), &self.wrap)?;
        }
        self.at += 1;
        Ok(())
    }
}

pub(super) fn write(
    sheet: &mut Worksheet,
    list: &Candidates<'_>,
    contents: &Contents,
) -> Result<(), XlsxError> {
    let (run, lang) = (list.run, list.run.job.report.lang);
    sheet.set_column_width(0, 46)?.set_column_width(1, 12)?.set_column_width(2, 90)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    let mut lines = Lines {
        sheet,
        at: 0,
        bold: Format::new().set_bold(),
        wrap: Format::new().set_text_wrap().set_align(FormatAlign::Top),
    };
    let title =
        lang.of("Перелік дітей без підтвердженого статусу", "Children without a confirmed status");
    lines.sheet.write_string_with_format(0, 0, title, &lines.bold)?;
    lines.at = 1;
    lines.line(lang.of("Завдання", "Job"), None, &run.job.name)?;
    let as_of = words::date(run.job.as_of, lang);
    lines.line(lang.of("Станом на", "As of"), None, &as_of)?;
    let since = words::date(run.job.evidence_since, lang);
    lines.line(lang.of("Свідчення враховують від", "Evidence counts from"), None, &since)?;
    let children = run.children.len() as f64;
    lines.line(
        lang.of("Дітей у шкільних списках", "Children in the school lists"),
        Some(children),
        "",
    )?;
    lines.line(
        lang.of("Дітей у цьому переліку", "Children on this list"),
        Some(list.len() as f64),
        "",
    )?;

    lines.heading(lang.of("Що каже цей перелік", "What this list says"))?;
    for sentence in words::what_the_list_says(run.job.as_of, lang) {
        lines.line("", None, &sentence)?;
    }

    lines.heading(lang.of("Статуси", "Statuses"))?;
    for status in candidate_statuses() {
        let n = list.children().filter(|child| child.status == status).count();
        let name = words::status(status, lang);
        lines.line(name, Some(n as f64), words::status_meaning(status, lang))?;
    }

    columns(&mut lines, lang)?;
    registers(&mut lines, list, lang)?;

    lines.heading(lang.of("Пріоритет: бали додають", "Priority: points are added up"))?;
    for (key, points) in run.job.priority.points() {
        let name = words::priority(key, lang).unwrap_or(key);
        lines.line(name, Some(f64::from(points)), "")?;
    }
    for (region, points) in &run.job.priority.regions {
        let name = format!("{}: {region}", lang.of("область", "region"));
        lines.line(&name, Some(f64::from(*points)), "")?;
    }

    lines.heading(lang.of("Аркуші", "Sheets"))?;
    for (name, what, children) in &contents.sheets {
        let what = if what == name { "" } else { what };
        lines.line(name, Some(*children as f64), what)?;
    }
    if let Some((by, n)) = contents.left_out {
        let by = words::grouping(by, lang).to_lowercase();
        let text = match lang {
            Lang::Uk => format!("Без окремого аркуша ({by}): {n}; їхні діти є в усьому переліку"),
            Lang::En => {
                format!("Without a sheet ({by}): {n}; their children are on the whole list")
            }
        };
        lines.line("", None, &text)?;
    }
    Ok(())
}

fn columns(lines: &mut Lines<'_>, lang: Lang) -> Result<(), XlsxError> {
    lines.heading(lang.of("Стовпці", "Columns"))?;
    for (name, meaning) in [
        (
            ("Що з’ясувати", "What would settle it"),
            (
                "кроки, які визначили б статус; перший дає найбільше",
                "steps that would settle the status; the first gains most",
            ),
        ),
        (
            ("Де шукали", "Where it was searched"),
            ("що дав кожен реєстр", "what each register gave"),
        ),
        (
            ("Підстави", "Reasons"),
            (
                "чому такий статус, від найважливішої",
                "why the status is as it is, the most telling first",
            ),
        ),
        (
            ("Можливі збіги", "Possible links"),
            (
                "записи реєстрів, які, можливо, належать дитині",
                "records of registers that may be the child's",
            ),
        ),
        (("Рішення", "Decision"), ("порожній: для ваших нотаток", "empty: for your notes")),
    ] {
        lines.line(lang.of(name.0, name.1), None, lang.of(meaning.0, meaning.1))?;
    }
    Ok(())
}

/// The registers that were searched, and for whom each is complete.
fn registers(lines: &mut Lines<'_>, list: &Candidates<'_>, lang: Lang) -> Result<(), XlsxError> {
    lines.heading(lang.of("Де шукали", "Where it was searched"))?;
    for source in &list.run.job.sources {
        if source.role != Role::Registry {
            continue;
        }
        let mut scope = Vec::new();
        if let Some(own) = &source.scope {
            if !own.regions.is_empty() {
                scope.push(format!(
                    "{}: {}",
                    lang.of("області", "regions"),
                    own.regions.join(", ")
                ));
            }
            if own.born_from.is_some() || own.born_to.is_some() {
                let year =
                    |year: Option<i16>| year.map_or_else(String::new, |year| year.to_string());
                let (from, to) = (year(own.born_from), year(own.born_to));
                scope.push(format!("{}: {from}–{to}", lang.of("рік народження", "year of birth")));
            }
            if own.events_from.is_some() || own.events_to.is_some() {
                let day =
                    |day: Option<_>| day.map_or_else(String::new, |day| words::date(day, lang));
                let (from, to) = (day(own.events_from), day(own.events_to));
                scope.push(format!("{}: {from}–{to}", lang.of("події", "events")));
            }
        }
        lines.line(&source.name, None, &scope.join("; "))?;
    }
    Ok(())
}
