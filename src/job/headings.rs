//! The headings of a source's files, and which field has taken which.

use std::collections::BTreeMap;

use super::near::{fold, listed, nearest};
use super::profiles::field_of;
use crate::field::Field;

/// Headings of a file and who uses them; without a file every heading is believed.
#[derive(Debug)]
pub(super) struct Headings<'a> {
    known: Option<&'a [String]>,
    /// Folded heading → the first that folds to it.
    folded: BTreeMap<String, &'a String>,
    taken: BTreeMap<String, Field>,
}

impl<'a> Headings<'a> {
    pub(super) fn new(known: Option<&'a [String]>) -> Self {
        let mut folded = BTreeMap::new();
        for heading in known.unwrap_or_default() {
            folded.entry(fold(heading)).or_insert(heading);
        }
        Self { known, folded, taken: BTreeMap::new() }
    }

    /// The heading of the file that is meant by `wanted`: the same, or the same but for
    /// case, spaces and apostrophes.
    pub(super) fn find(&self, wanted: &str) -> Option<String> {
        let Some(known) = self.known else { return Some(wanted.to_owned()) };
        let same = known.iter().find(|heading| *heading == wanted);
        same.or_else(|| self.folded.get(&fold(wanted)).copied()).cloned()
    }

    /// Takes the heading meant by `wanted` for `field`, or says what is wrong and what
    /// to do.
    pub(super) fn claim(&mut self, wanted: &str, field: Field) -> Result<String, (String, String)> {
        let real = self.find(wanted).ok_or_else(|| self.unknown(wanted))?;
        match self.taken.get(&real) {
            None => {
                self.taken.insert(real.clone(), field);
                Ok(real)
            }
            Some(first) if *first == field => Err((
                format!("the heading `{real}` is named twice"),
                "name each heading once".to_owned(),
            )),
            Some(first) => Err((
                format!("the heading `{real}` is already used for `{}`", first.key()),
                "use each heading for one field; `full_name` and `certificate` take a column \
                 that holds several parts"
                    .to_owned(),
            )),
        }
    }

    /// Takes a heading of a profile, if the file has it and nobody uses it.
    pub(super) fn claim_quietly(&mut self, wanted: &str, field: Field) -> Option<String> {
        // Without the file it is not known which of the profile's headings there are.
        self.known?;
        let real = self.find(wanted)?;
        if self.taken.contains_key(&real) {
            return None;
        }
        self.taken.insert(real.clone(), field);
        Some(real)
    }

    /// What is wrong with a heading that the file does not have, and what to do.
    pub(super) fn unknown(&self, wanted: &str) -> (String, String) {
        let known: Vec<&str> = self.known.unwrap_or_default().iter().map(String::as_str).collect();
        // Without a header the first row is a person's, and a surname may be like a heading:
        // it is proposed only where two headings are usual ones, or one was found.
        let usual = known.iter().take(1_000);
        let usual: std::collections::BTreeSet<Field> =
            usual.filter_map(|heading| field_of(heading)).collect();
        let is_header = !self.taken.is_empty() || usual.len() >= 2;
        let free = known.iter().copied().filter(|h| is_header && !self.taken.contains_key(*h));
        let near = nearest(wanted, free);
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "the file has no headings".to_owned(),
            None if is_header => {
                format!("the file has {}", listed(&known))
            }
            None => format!(
                "none of the file's {} headings is a usual one; has it a row of headings?",
                known.len()
            ),
        };
        (format!("the file has no heading `{wanted}`"), hint)
    }
}
