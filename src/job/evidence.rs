//! What a link to a source's row proves: the keys of `evidence`, what the profile
//! adds, and whether that can settle anything.

use std::collections::BTreeMap;

use super::draft::DraftSource;
use super::headings::Headings;
use super::profiles::{EvidenceDefaults, KindDefaults};
use super::raw::EvidenceTable;
use super::reader::{At, Notes};
use super::types::{EvidenceRule, Kind, KindRule, Role};
use crate::field::Field;

/// Says what a link to a row of `source` proves; `None` if nothing beyond identity, or
/// after a problem.
pub(super) fn resolve(
    source: &DraftSource,
    headings: &Headings<'_>,
    columns: &BTreeMap<Field, Vec<String>>,
    notes: &Notes,
) -> Option<EvidenceRule> {
    let defaults = source.profile.and_then(|profile| profile.evidence.as_ref());
    let own = source.raw.evidence.as_ref();
    if own.is_none() && defaults.is_none() {
        return None;
    }
    let empty = EvidenceTable::default();
    let looked = Looking {
        raw: own.map_or(&empty, |own| &own.value),
        defaults,
        headings,
        key: format!("{}.evidence", source.key),
        line: own.map_or(source.line, |own| own.line),
        notes,
    };
    let kind = looked.kind();
    let date = looked.date();
    let witness = looked.raw.witness.as_ref().map(|witness| witness.value.clone());
    let witness = witness
        .or_else(|| {
            source.profile.filter(|_| defaults.is_some()).map(|profile| profile.key.to_owned())
        })
        .or_else(|| source.name.clone())?;
    let kind = kind?;
    let (date, undated) = match date {
        Dated::By(heading) => (Some(heading), false),
        Dated::Not => (None, true),
        // Reported already; a warning on top would only confuse.
        Dated::Wrong => (None, false),
    };
    let dated = looked.raw.dated.as_ref().map(|at| at.value);
    let since = looked.raw.since.as_ref().map(|at| at.value);
    if undated && dated.is_none() && settles(&kind) {
        looked.notes.warn(
            looked.line,
            &looked.key,
            "evidence without a date settles nothing",
            "name the heading of its day: date = \"…\", or the day of all: dated = 2023-07-01",
        );
    }
    if source.role == Role::Population && !columns.contains_key(&Field::ContactLost) {
        looked.notes.warn(
            looked.line,
            &looked.key,
            "the school vouches even for children with whom contact is lost",
            "map contact_lost, so that those are left out",
        );
    }
    Some(EvidenceRule { kind, date, dated, since, witness })
}

fn settles(kind: &KindRule) -> bool {
    match kind {
        KindRule::Fixed(kind) => kind.settles(),
        KindRule::Column { kinds, .. } => kinds.values().any(|kind| kind.settles()),
    }
}

/// Whether evidence bears a date.
enum Dated {
    By(String),
    Not,
    Wrong,
}

/// The evidence of one source, being looked at.
struct Looking<'a> {
    raw: &'a EvidenceTable,
    defaults: Option<&'static EvidenceDefaults>,
    headings: &'a Headings<'a>,
    key: String,
    line: usize,
    notes: &'a Notes,
}

impl Looking<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.key)
    }

    /// A heading that the job names, found in the file.
    fn named(&self, at: &At<String>, name: &str) -> Option<String> {
        let found = self.headings.find(&at.value);
        if found.is_none() {
            let (message, hint) = self.headings.unknown(&at.value);
            self.notes.error(at.line, &self.key(name), message, hint);
        }
        found
    }

    fn date(&self) -> Dated {
        if let Some(at) = &self.raw.date {
            self.named(at, "date").map_or(Dated::Wrong, Dated::By)
        } else {
            let usual = self.defaults.map_or(&[][..], |defaults| defaults.date);
            usual.iter().find_map(|alias| self.headings.find(alias)).map_or(Dated::Not, Dated::By)
        }
    }

    fn kind(&self) -> Option<KindRule> {
        let kinds = self.kinds();
        match (&self.raw.kind, &self.raw.kind_column) {
            (Some(_), Some(column)) => {
                let hint =
                    "remove `kind` if rows prove different things, else `kind_column` and `kinds`";
                let message = "`kind` and `kind_column` exclude each other";
                self.notes.error(column.line, &self.key("kind_column"), message, hint);
                None
            }
            (Some(kind), None) => {
                if let Some(idle) = &self.raw.kinds {
                    let hint = "name the deciding column by `kind_column` instead of `kind`, or remove `kinds`";
                    let message = "`kinds` has no meaning beside `kind`";
                    self.notes.error(idle.line, &self.key("kinds"), message, hint);
                }
                Some(KindRule::Fixed(kind.value))
            }
            (None, Some(column)) => {
                let real = self.named(column, "kind_column");
                let kinds = kinds.or_else(|| self.usual_kinds());
                if kinds.is_none() && self.raw.kinds.is_none() {
                    let hint = "say what each value proves, such as kinds = { OUT = \"abroad\", IN = \"present\" }";
                    let message = "`kind_column` needs `kinds`";
                    self.notes.error(column.line, &self.key("kind_column"), message, hint);
                }
                Some(KindRule::Column { column: real?, kinds: kinds? })
            }
            (None, None) => self.usual(kinds),
        }
    }

    /// The kinds that the job gives; `None` if it gives none or they are wrong.
    fn kinds(&self) -> Option<BTreeMap<String, Kind>> {
        let at = self.raw.kinds.as_ref()?;
        if at.value.is_empty() {
            let hint = "say what each value proves, such as kinds = { OUT = \"abroad\" }";
            self.notes.error(at.line, &self.key("kinds"), "no value is given a kind", hint);
            return None;
        }
        let mut seen: BTreeMap<String, Kind> = BTreeMap::new();
        let mut kinds = BTreeMap::new();
        for (word, kind) in &at.value {
            let other = seen.insert(word.trim().to_lowercase(), kind.value);
            if other.is_some_and(|other| other != kind.value) {
                let message = "a value has two kinds: values are compared without case";
                self.notes.error(
                    kind.line,
                    &self.key(&format!("kinds.{word}")),
                    message,
                    "keep one of them",
                );
            }
            kinds.insert(word.clone(), kind.value);
        }
        Some(kinds)
    }

    /// The kinds of the profile's values.
    fn usual_kinds(&self) -> Option<BTreeMap<String, Kind>> {
        match self.defaults.map(|defaults| &defaults.kind) {
            Some(KindDefaults::Column { kinds, .. }) => {
                Some(kinds.iter().map(|(word, kind)| ((*word).to_owned(), *kind)).collect())
            }
            _ => None,
        }
    }

    /// What the profile says, with the job's own `kinds` if it gives them.
    fn usual(&self, kinds: Option<BTreeMap<String, Kind>>) -> Option<KindRule> {
        let complain = |message: &str, hint: &str| {
            // A kind that is there, but wrong, was told where it stands.
            let told = ["kind", "kind_column"].map(|name| self.notes.has_error(&self.key(name)));
            if told == [false, false] {
                self.notes.error(self.line, &self.key, message, hint);
            }
            None
        };
        match self.defaults.map(|defaults| &defaults.kind) {
            Some(KindDefaults::Column { column, .. }) => {
                let Some(real) = column.iter().find_map(|alias| self.headings.find(alias)) else {
                    let hint = "name it by `kind_column`, or set `kind` if all rows prove the same";
                    return complain(
                        "the file has no heading by which the profile tells kinds",
                        hint,
                    );
                };
                Some(KindRule::Column {
                    column: real,
                    kinds: kinds.or_else(|| self.usual_kinds())?,
                })
            }
            _ if self.raw.kinds.is_some() => complain(
                "`kinds` needs `kind_column`",
                "name the heading of the deciding column: kind_column = \"…\"",
            ),
            Some(KindDefaults::Fixed(kind)) => Some(KindRule::Fixed(*kind)),
            None => complain(
                "the kind of the evidence is missing",
                "set kind to identity, present, displaced, abroad, deceased, reported_missing or returned",
            ),
        }
    }
}
