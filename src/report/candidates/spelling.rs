//! How schools, regions and education offices are written, for people.
//!
//! Children are grouped by one spelling of each label, which is in lower case and without
//! marks. For people it is written as some school wrote it: of the first child, by id, that
//! has the label.

use std::collections::BTreeMap;

use crate::field::Field;
use crate::job::SheetsBy;
use crate::normalize::marks;

use super::{Run, label};

/// What is spelt as schools wrote it. Of regions there are few, and their names are known.
const SPELT: [SheetsBy; 2] = [SheetsBy::Office, SheetsBy::School];

/// The first child with a label.
pub(super) struct Example {
    by: SheetsBy,
    code: u32,
    pub(super) child: usize,
}

/// One example of each label.
pub(super) fn examples(run: &Run<'_>) -> Vec<Example> {
    let mut first: BTreeMap<(u8, u32), usize> = BTreeMap::new();
    for (child, traits) in run.traits.iter().enumerate().take(run.children.len()) {
        for (place, by) in (0..).zip(SPELT) {
            let code = label(traits, by);
            if code != 0 {
                first.entry((place, code)).or_insert(child);
            }
        }
    }
    let example = |((place, code), child)| Example { by: SPELT[usize::from(place)], code, child };
    first.into_iter().map(example).collect()
}

/// Spellings by label.
#[derive(Default)]
pub(super) struct Spelling(BTreeMap<(&'static str, u32), String>);

impl Spelling {
    /// `value` gives a field of a child's main record as it was written.
    pub(super) fn new(
        run: &Run<'_>,
        examples: &[Example],
        value: &dyn Fn(usize, Field) -> Option<String>,
    ) -> Self {
        let mut spelling = BTreeMap::new();
        for Example { by, code, child } in examples {
            let Some(written) = value(*child, by.field()) else { continue };
            let read = if *by == SheetsBy::School { marks::school } else { marks::office };
            // The label may come from another record of the child.
            let own = written.split(" | ").find(|part| run.label(*code) == Some(&*read(part)));
            if let Some(own) = own {
                let own = own.split_whitespace().collect::<Vec<_>>().join(" ");
                spelling.insert((by.key(), *code), own);
            }
        }
        Self(spelling)
    }

    /// How a label is written; `None` where nothing is stated.
    pub(super) fn of(&self, run: &Run<'_>, by: SheetsBy, code: u32) -> Option<String> {
        if code == 0 {
            return None;
        }
        if let Some(spelt) = self.0.get(&(by.key(), code)) {
            return Some(spelt.clone());
        }
        let mut letters = run.label(code)?.chars();
        let first = letters.next()?;
        Some(first.to_uppercase().chain(letters).collect())
    }
}
