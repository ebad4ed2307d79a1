//! Names of sheets that Excel takes, made of what people call things.

use std::collections::BTreeSet;

/// Characters that fit a name, in UTF-16 units.
const UNITS: usize = 31;

/// What no name may hold.
const FORBIDDEN: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// Gives names to sheets, none twice without regard to case.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// The name for a label: cut, and numbered where it is taken.
    pub(super) fn give(&mut self, label: &str) -> String {
        let plain: String = label
            .chars()
            .map(|c| if FORBIDDEN.contains(&c) || c.is_control() { ' ' } else { c })
            // No XML holds these.
            .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
            .collect();
        let mut plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        if plain.trim_matches(['\'', ' ']).is_empty() {
            plain.push('–');
        }
        let mut number = 1_u64;
        loop {
            let end = if number == 1 { String::new() } else { format!(" ({number})") };
            let name = format!("{}{end}", cut(&plain, UNITS - end.len()));
            // Excel keeps the name "History" for itself.
            if name.to_lowercase() != "history" && self.0.insert(folded(&name)) {
                return name;
            }
            number += 1;
        }
    }
}

/// One form of names that differ by case alone.
fn folded(name: &str) -> String {
    name.to_lowercase().to_uppercase().to_lowercase()
}

/// The beginning that fits, without an apostrophe or a space at either end.
fn cut(text: &str, units: usize) -> &str {
    let text = text.trim_matches(['\'', ' ']);
    let (mut fits, mut end) = (0, 0);
    for (at, letter) in text.char_indices() {
        fits += letter.len_utf16();
        if fits > units {
            break;
        }
        end = at + letter.len_utf8();
    }
    text[..end].trim_end_matches(['\'', ' '])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_xlsxwriter::{Workbook, check_sheet_name};

    use super::*;

    #[test]
    fn labels_become_names() {
        let mut names = Names::default();
        for (label, name) in [
            ("Управління освіти", "Управління освіти"),
            ("управління ОСВІТИ", "управління ОСВІТИ (2)"),
            ("Відділ освіти: м. Вигадане / [1]", "Відділ освіти м. Вигадане 1"),
            ("Департамент освіти і науки Вигаданської ОДА", "Департамент освіти і науки Вига"),
            ("Департамент освіти і науки Вигадинської ОДА", "Департамент освіти і науки (2)"),
            ("'лапки'", "лапки"),
            ("History", "History (2)"),
            ("\t", "–"),
        ] {
            assert_eq!(names.give(label), name, "{label}");
        }
    }

    proptest! {
        #[test]
        fn names_are_valid_and_none_is_given_twice(
            labels in prop::collection::vec(
                "[аАбБїЇßẞİiıςσ'\\[\\]:*?/\\\\ 😀\n]{0,40}|[Hh]istory|.{0,40}", 1..40),
        ) {
            let mut names = Names::default();
            let mut workbook = Workbook::new();
            let mut seen = BTreeSet::new();
            for label in &labels {
                let name = names.give(label);
                prop_assert!(check_sheet_name(&name).is_ok(), "{name:?}");
                prop_assert!(name.to_lowercase() != "history");
                prop_assert!(seen.insert(name.to_lowercase()), "{name:?} twice");
                workbook.add_worksheet().set_name(&name).unwrap();
            }
            prop_assert!(workbook.save_to_buffer().is_ok());
        }
    }
}
