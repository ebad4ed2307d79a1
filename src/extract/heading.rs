//! Headings: how two of them are the same, where they stand, which columns they name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use super::error::{ExtractError, MissingHeading};
use crate::job::{KindRule, Source};

/// A heading as it is shown: trimmed, white space folded to single spaces, invisible
/// marks left out.
pub(super) fn clean(heading: &str) -> String {
    let visible: String = heading
        .chars()
        .filter(|c| !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{ad}'))
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What two headings have in common if they are the same: [`clean`], one kind of
/// apostrophe, composed letters, lower case.
pub(super) fn fold(heading: &str) -> String {
    clean(heading)
        .nfc()
        .map(|c| {
            if matches!(c, '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}' | '\u{2018}') { '\'' } else { c }
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Every heading that the source's settings name.
pub(super) fn named_by(source: &Source) -> BTreeSet<String> {
    let mut named: BTreeSet<String> = source.columns.values().flatten().cloned().collect();
    if let Some(evidence) = &source.evidence {
        named.extend(evidence.date.clone());
        if let KindRule::Column { column, .. } = &evidence.kind {
            named.insert(column.clone());
        }
    }
    named
}

/// The same, folded.
pub(super) fn folded_names(source: &Source) -> BTreeSet<String> {
    named_by(source).iter().map(|heading| fold(heading)).collect()
}

/// How many of `hints` stand among `cells`.
pub(super) fn hits<'a>(
    cells: impl IntoIterator<Item = &'a str>,
    hints: &BTreeSet<String>,
) -> usize {
    let folded: BTreeSet<String> = cells.into_iter().map(fold).collect();
    folded.intersection(hints).count()
}

/// Which of the first rows of a table is its header, an index into `rows`.
///
/// The row that holds most of the headings asked for, if it holds two (or all);
/// otherwise the first row that has nearly as many distinct texts as any other: titles
/// above a header are short, data below it are partly numbers.
pub(super) fn find_header(rows: &[Vec<String>], hints: &BTreeSet<String>) -> Option<usize> {
    if !hints.is_empty() {
        let found: Vec<usize> =
            rows.iter().map(|row| hits(row.iter().map(String::as_str), hints)).collect();
        let most = found.iter().copied().max().unwrap_or(0);
        if most >= hints.len().min(2) {
            return found.iter().position(|&n| n == most);
        }
    }
    let texts: Vec<usize> = rows.iter().map(|row| distinct_texts(row)).collect();
    let most = texts.iter().copied().max().filter(|&most| most > 0)?;
    texts.iter().position(|&n| 4 * n >= 3 * most)
}

fn distinct_texts(row: &[String]) -> usize {
    row.iter()
        .map(|cell| fold(cell))
        .filter(|cell| cell.chars().any(char::is_alphabetic))
        .collect::<BTreeSet<_>>()
        .len()
}

/// For each heading the index of its column in `header`.
///
/// # Errors
/// [`ExtractError::MissingHeadings`] with all that are missing, or
/// [`ExtractError::DuplicateHeading`].
pub(super) fn locate(
    header: &[String],
    headings: &[String],
    file: &Path,
    sheet: Option<&str>,
) -> Result<Vec<usize>, ExtractError> {
    let mut places: BTreeMap<String, (usize, Option<usize>)> = BTreeMap::new();
    for (column, heading) in header.iter().enumerate() {
        places
            .entry(fold(heading))
            .and_modify(|(_, second)| {
                second.get_or_insert(column);
            })
            .or_insert((column, None));
    }
    let mut columns = Vec::with_capacity(headings.len());
    let mut missing = Vec::new();
    // A row of data could have been taken for the header, and must not be quoted.
    let is_header = headings.iter().any(|heading| places.contains_key(&fold(heading)));
    for heading in headings {
        match places.get(&fold(heading)) {
            Some((first, None)) => columns.push(*first),
            Some((first, Some(second))) => {
                return Err(ExtractError::DuplicateHeading {
                    file: file.into(),
                    sheet: sheet.map(Into::into),
                    heading: clean(heading),
                    columns: (first + 1, second + 1),
                });
            }
            None => missing.push(MissingHeading {
                heading: clean(heading),
                nearest: is_header.then(|| nearest(heading, header)).flatten(),
            }),
        }
    }
    if missing.is_empty() {
        Ok(columns)
    } else {
        Err(ExtractError::MissingHeadings {
            file: file.into(),
            sheet: sheet.map(Into::into),
            missing,
        })
    }
}

/// The heading most like `heading`, if it is like it at all (Jaro–Winkler).
fn nearest(heading: &str, header: &[String]) -> Option<String> {
    let folded = fold(heading);
    header
        .iter()
        .filter(|candidate| !clean(candidate).is_empty())
        // A file can claim thousands of columns with long headings.
        .take(1_000)
        .filter(|candidate| candidate.len() <= 400 && folded.len() <= 400)
        .map(|candidate| (strsim::jaro_winkler(&folded, &fold(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| clean(candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(ToString::to_string).collect()
    }

    fn hints(headings: &[&str]) -> BTreeSet<String> {
        headings.iter().map(|h| fold(h)).collect()
    }

    #[test]
    fn spellings_of_one_heading_fold_to_one() {
        for spelling in ["Ім'я", " ім’я ", "ІМʼЯ", "\u{feff}Ім`я", "ім\u{b4}я"] {
            assert_eq!(fold(spelling), "ім'я", "{spelling:?}");
        }
        assert_eq!(fold("Дата\r\n  народження"), "дата народження");
        assert_eq!(fold("и\u{306}"), "й");
    }

    #[test]
    fn the_header_is_found_under_titles() {
        let rows = [
            row(&["Список учнів станом на 01.09"]),
            row(&["", "Чернівці", ""]),
            row(&["№", "Прізвище", "Ім'я", "Дата нар."]),
            row(&["1", "Тестенко", "Проба", "01.02.2012"]),
        ];
        assert_eq!(find_header(&rows, &BTreeSet::new()), Some(2));
        assert_eq!(find_header(&rows, &hints(&["прізвище", "ІМ’Я", "нема"])), Some(2));
    }

    #[test]
    fn no_text_means_no_header() {
        assert_eq!(find_header(&[row(&["1", "2"]), row(&["3", ""])], &BTreeSet::new()), None);
        assert_eq!(find_header(&[], &hints(&["a"])), None);
    }

    #[test]
    fn missing_headings_are_listed_with_the_nearest() {
        let header = row(&["Прізвище", "Ім'я", "Дата народження"]);
        let wanted = row(&["Прізвіще", "ім’я", "УНЗР"]);
        let error = locate(&header, &wanted, Path::new("a.csv"), None).unwrap_err();
        let ExtractError::MissingHeadings { missing, .. } = &error else { panic!("{error}") };
        assert_eq!(missing.len(), 2);
        assert_eq!(missing[0].nearest.as_deref(), Some("Прізвище"));
        assert_eq!(missing[1].nearest, None);
        assert!(error.to_string().contains("hint:"));
    }

    #[test]
    fn a_wanted_heading_that_stands_twice_is_an_error() {
        let header = row(&["a", "ПІБ", "b", " піб "]);
        let error = locate(&header, &row(&["ПІБ"]), Path::new("a.csv"), None).unwrap_err();
        assert!(matches!(error, ExtractError::DuplicateHeading { columns: (2, 4), .. }));
        assert_eq!(locate(&header, &row(&["b"]), Path::new("a.csv"), None).unwrap(), [2]);
    }
}
