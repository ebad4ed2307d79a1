//! Which register a file is, and which column holds what.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::near::{fold, likeness};
use super::super::profiles::{KindDefaults, PROFILES, Profile};
use super::super::types::{Kind, Role};
use super::Look;
use super::values;
use crate::field::Field;

/// A profile with a lower score is a coincidence of headings.
const LEAST_SCORE: f64 = 2.0;
/// Headings beyond this many are not looked at: no register has as many.
const MOST_HEADINGS: usize = 1_000;
/// Headings that are at least this much like a usual one are taken for it.
const LEAST_LIKENESS: f64 = 0.8;

/// What a file is guessed to be.
#[derive(Debug)]
pub(super) struct Guess {
    /// Which register or list.
    pub(super) profile: Option<&'static Profile>,
    /// Why that one.
    pub(super) why: String,
    /// Whether it asks or answers.
    pub(super) role: Role,
    /// Which heading holds which field, in the order of fields.
    pub(super) columns: BTreeMap<Field, Told>,
    /// What a row proves; nothing for populations.
    pub(super) evidence: Option<Evidence>,
    /// Headings for which there is no use, with the reason if there is one.
    pub(super) unused: Vec<(String, &'static str)>,
    /// The newest day in the file, and the heading under which it stands.
    pub(super) newest: Option<(Date, String)>,
}

/// A heading, and why it is believed to be the one.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) heading: String,
    pub(super) why: String,
}

/// What a row is guessed to prove.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) kind: KindGuess,
    pub(super) date: Option<Told>,
}

/// Where the kind of evidence is guessed to come from.
#[derive(Debug)]
pub(super) enum KindGuess {
    Fixed(Kind),
    Column { column: Told, kinds: Vec<(&'static str, Kind)> },
}

impl Guess {
    pub(super) fn has(&self, field: Field) -> bool {
        self.columns.contains_key(&field)
    }

    /// Whether a person can be looked for by these columns.
    pub(super) fn is_usable(&self) -> bool {
        [
            Field::FullName,
            Field::Surname,
            Field::Certificate,
            Field::CertificateNumber,
            Field::Document,
            Field::Unzr,
            Field::Rnokpp,
        ]
        .into_iter()
        .any(|field| self.has(field))
    }
}

/// Guesses what a file is.
pub(super) fn guess(look: &Look) -> Guess {
    let (profile, why) = profile(look);
    let mut columns = Columns::new(look, profile);
    let evidence = profile.and_then(|profile| columns.evidence(profile));
    columns.by_exact_heading();
    columns.by_like_heading();
    columns.by_values();
    columns.drop_doubled_parts();
    let school = [Field::School, Field::Grade, Field::ContactLost];
    let role = match profile {
        Some(profile) => profile.role,
        None if school.iter().any(|field| columns.found.contains_key(field)) => Role::Population,
        None => Role::Registry,
    };
    // An unknown register confirms nobody until somebody says what it proves.
    let unknown = Evidence { kind: KindGuess::Fixed(Kind::Identity), date: None };
    let evidence = evidence.or((role == Role::Registry).then_some(unknown));
    let newest = columns.newest(evidence.as_ref());
    let unused = columns.unused();
    Guess { profile, why, role, columns: columns.found, evidence, unused, newest }
}

/// A job asks about somebody: without a list of pupils the first unknown list with names
/// is taken for it.
pub(super) fn settle_roles<'a>(guesses: impl Iterator<Item = &'a mut Guess>) {
    let mut guesses: Vec<&mut Guess> = guesses.collect();
    if guesses.iter().any(|guess| guess.role == Role::Population) {
        return;
    }
    let named = |guess: &Guess| guess.has(Field::FullName) || guess.has(Field::Surname);
    if let Some(first) = guesses.iter_mut().find(|g| g.profile.is_none() && named(g)) {
        first.role = Role::Population;
        first.evidence = None;
        "no file looks like a school's list: this one was taken; CHECK".clone_into(&mut first.why);
    }
}

/// The profile that fits the headings and the name of the file best, and why.
fn profile(look: &Look) -> (Option<&'static Profile>, String) {
    let headings: BTreeSet<String> = look.headings.iter().map(|heading| fold(heading)).collect();
    let has = |aliases: &[&str]| aliases.iter().any(|alias| headings.contains(&fold(alias)));
    let file = fold(&look.file_name());
    let mut scored: Vec<(f64, usize, &Profile)> = PROFILES
        .iter()
        .map(|profile| {
            let mut fields = 0;
            let mut score = 0.0;
            for (field, aliases) in profile.columns {
                if has(aliases) {
                    fields += 1;
                    // A field that every profile has tells nothing.
                    let sharing =
                        PROFILES.iter().filter(|p| p.columns.iter().any(|(f, _)| f == field));
                    score += 1.0 / sharing.count() as f64;
                }
            }
            if let Some(evidence) = &profile.evidence {
                if has(evidence.date) {
                    (score, fields) = (score + 2.0, fields + 1);
                }
                if let KindDefaults::Column { column, .. } = &evidence.kind
                    && has(column)
                {
                    (score, fields) = (score + 1.0, fields + 1);
                }
            }
            if profile.file_names.iter().any(|part| file.contains(part)) {
                score += 2.0;
            }
            (score, fields, profile)
        })
        .collect();
    // Stable: of equals the first profile wins, which for schools is the commonest.
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    match scored.as_slice() {
        [(best, fields, profile), (next, _, rival), ..] if *best >= LEAST_SCORE => {
            let close = best - next < 0.5 && rival.role != profile.role;
            if close {
                return (None, format!("{} or {}? CHECK", profile.title, rival.title));
            }
            let doubt = if best - next < 0.5 { ", though it could be another" } else { "" };
            let all = look.headings.len();
            (
                Some(profile),
                format!("{}: {fields} of {all} headings are known{doubt}", profile.title),
            )
        }
        _ => (None, "no known register: CHECK what it is".to_owned()),
    }
}

/// The columns of a file while they are being told apart.
struct Columns<'a> {
    look: &'a Look,
    profile: Option<&'static Profile>,
    found: BTreeMap<Field, Told>,
    /// Headings taken by a field or by the evidence.
    taken: BTreeSet<usize>,
    /// Headings that stand twice: no reader can tell which one is meant.
    doubled: BTreeSet<usize>,
}

impl<'a> Columns<'a> {
    fn new(look: &'a Look, profile: Option<&'static Profile>) -> Self {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, heading) in look.headings.iter().enumerate() {
            places.entry(fold(heading)).or_default().push(index);
        }
        let doubled = places.into_values().filter(|at| at.len() > 1).flatten().collect();
        Self { look, profile, found: BTreeMap::new(), taken: BTreeSet::new(), doubled }
    }

    /// Columns that nobody has taken, with their headings.
    fn free(&self) -> Vec<(usize, &'a str)> {
        let headings = self.look.headings.iter().enumerate().take(MOST_HEADINGS);
        headings
            .filter(|(index, heading)| {
                !heading.trim().is_empty()
                    && !self.taken.contains(index)
                    && !self.doubled.contains(index)
            })
            .map(|(index, heading)| (index, heading.as_str()))
            .collect()
    }

    /// The headings under which the profile, or else any profile, has its fields.
    fn usual(&self) -> Vec<(Field, &'static str)> {
        let profiles = PROFILES.iter().filter(|p| self.profile.is_none_or(|own| own.key == p.key));
        profiles
            .flat_map(|profile| profile.columns)
            .flat_map(|(field, aliases)| aliases.iter().map(|alias| (*field, *alias)))
            .collect()
    }

    fn take(&mut self, index: usize, heading: &str, field: Field, why: String) {
        let fit = values::fit(field, &self.look.column(index));
        let why = match fit {
            Some(fit) if fit < 0.8 => format!("{why}, but only {} fit; CHECK", percent(fit)),
            _ => why,
        };
        self.taken.insert(index);
        self.found.insert(field, Told { heading: heading.to_owned(), why });
    }

    fn by_exact_heading(&mut self) {
        // In the order of the profile: its likeliest headings come first.
        for (field, alias) in self.usual() {
            if self.found.contains_key(&field) {
                continue;
            }
            let alias = fold(alias);
            let found = self.free().into_iter().find(|(_, heading)| fold(heading) == alias);
            if let Some((index, heading)) = found {
                self.take(index, heading, field, "the usual heading".to_owned());
            }
        }
    }

    fn by_like_heading(&mut self) {
        for (index, heading) in self.free() {
            if is_of_another(heading) {
                continue;
            }
            let plain = format!(" {} ", fold(heading));
            let mut best: Option<(f64, Field, &str)> = None;
            for (field, alias) in self.usual() {
                if self.found.contains_key(&field) {
                    continue;
                }
                let folded = fold(alias);
                let within = folded.chars().count() >= 5 && plain.contains(&format!(" {folded} "));
                let like = if within { 0.95 } else { likeness(heading, alias) };
                if like >= LEAST_LIKENESS && best.is_none_or(|(most, ..)| like > most) {
                    best = Some((like, field, alias));
                }
            }
            if let Some((_, field, alias)) = best {
                self.take(index, heading, field, format!("the heading is like \"{alias}\"; check"));
            }
        }
    }

    fn by_values(&mut self) {
        for (index, heading) in self.free() {
            if is_of_another(heading) {
                continue;
            }
            let values = self.look.column(index);
            let Some((field, share)) = values::field_like(&values) else { continue };
            if !self.found.contains_key(&field) {
                let why = format!("by the look of {} of its values; CHECK", percent(share));
                self.take(index, heading, field, why);
            }
        }
    }

    /// A whole beside its parts says the same twice: the parts are kept.
    fn drop_doubled_parts(&mut self) {
        for (whole, part) in
            [(Field::FullName, Field::Surname), (Field::Certificate, Field::CertificateNumber)]
        {
            if self.found.contains_key(&part)
                && let Some(told) = self.found.remove(&whole)
            {
                self.taken.retain(|index| self.look.headings.get(*index) != Some(&told.heading));
            }
        }
    }

    /// What a row proves by the profile, in the columns of this file.
    fn evidence(&mut self, profile: &'static Profile) -> Option<Evidence> {
        let defaults = profile.evidence.as_ref()?;
        let kind = match &defaults.kind {
            KindDefaults::Fixed(kind) => KindGuess::Fixed(*kind),
            KindDefaults::Column { column, kinds } => match self.claim(column) {
                Some((index, column)) => {
                    let values: BTreeSet<String> =
                        self.look.column(index).iter().map(|value| fold(value)).collect();
                    let seen = |word: &&(&str, Kind)| values.contains(&fold(word.0));
                    let mut known: Vec<_> = kinds.iter().filter(seen).copied().collect();
                    if known.is_empty() {
                        known = kinds.to_vec();
                    }
                    known.dedup_by_key(|(word, _)| fold(word));
                    KindGuess::Column { column, kinds: known }
                }
                // What a row says is not known, so it says nothing.
                None => KindGuess::Fixed(Kind::Identity),
            },
        };
        let date = self.claim(defaults.date).map(|(_, told)| told);
        Some(Evidence { kind, date })
    }

    /// Takes the column under the first of `aliases`, or one much like it.
    fn claim(&mut self, aliases: &[&str]) -> Option<(usize, Told)> {
        let free = self.free();
        let exact = aliases.iter().find_map(|alias| {
            let found = free.iter().find(|(_, heading)| fold(heading) == fold(alias));
            found.map(|found| (*found, "the usual heading".to_owned()))
        });
        let like = || {
            free.iter().find_map(|found| {
                let alias =
                    aliases.iter().find(|alias| likeness(found.1, alias) >= LEAST_LIKENESS)?;
                Some((*found, format!("the heading is like \"{alias}\"; check")))
            })
        };
        let ((index, heading), why) = exact.or_else(like)?;
        self.taken.insert(index);
        Some((index, Told { heading: heading.to_owned(), why }))
    }

    /// The newest day in the columns that say when something was.
    fn newest(&self, evidence: Option<&Evidence>) -> Option<(Date, String)> {
        let updated = self.found.get(&Field::Updated);
        let dated = evidence.and_then(|evidence| evidence.date.as_ref());
        let columns = updated.into_iter().chain(dated);
        let newest = columns.filter_map(|told| {
            let index = self.look.headings.iter().position(|h| *h == told.heading)?;
            Some((newest_of(&self.look.column(index))?, told.heading.clone()))
        });
        newest.max_by_key(|(date, _)| *date)
    }

    fn unused(&self) -> Vec<(String, &'static str)> {
        let headings = self.look.headings.iter().enumerate();
        let unused = headings.filter(|(i, h)| !self.taken.contains(i) && !h.trim().is_empty());
        unused
            .map(|(index, heading)| {
                let why = if self.doubled.contains(&index) {
                    "stands twice in the file"
                } else if values::share_of_dates(&self.look.column(index)) >= 0.8 {
                    "holds dates"
                } else {
                    ""
                };
                (heading.clone(), why)
            })
            .collect()
    }
}

/// The newest day that is no slip: a day far after all others is one.
fn newest_of(values: &[&str]) -> Option<Date> {
    let mut days: Vec<Date> = values
        .iter()
        .filter_map(|value| values::date(value))
        .filter(|date| (2014..=2100).contains(&date.year()))
        .collect();
    days.sort_unstable();
    let near = |pair: &&[Date]| pair[1].year() - pair[0].year() <= 1;
    days.windows(2).rev().find(near).map(|pair| pair[1])
}

/// Whether a heading speaks of a parent, a document's issue or an order, not of the child.
fn is_of_another(heading: &str) -> bool {
    const STRANGERS: [&str; 20] = [
        "матер",
        "мати",
        "батьк",
        "батьків",
        "опікун",
        "представник",
        "заявник",
        "родич",
        "видач",
        "видан",
        "наказ",
        "контакт",
        "телефон",
        "mother",
        "father",
        "parent",
        "guardian",
        "applicant",
        "issue",
        "phone",
    ];
    let heading = fold(heading).replace("по батькові", "");
    STRANGERS.iter().any(|word| heading.contains(word))
}

fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).floor())
}
