//! From chunks of text to the columns of one source.
//!
//! What is repeated (names, dates, marks, schools) is looked up by how it was written
//! and normalised once; what hardly repeats (full names, certificates, identifiers) is
//! read where it stands. No text is kept but distinct names, labels and the source's
//! own identifiers.
//!
//! [`names`] and [`identity`] read the two halves of a row.

mod identity;
mod names;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, AsArray as _, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use self::identity::DateCell;
use super::names::sex_of_patronymic;
use super::pool::{NameCells, Pool};
use super::records::{Displacement, Further, Records, Sex, Withdrawal};
use super::{dates, defaults, marks};
use crate::extract::{Chunk, Rejected};
use crate::field::Field;
use crate::job::{Kind, KindRule, Role, Source};

/// Distinct spellings of one column beyond this many are read again each time, so that a
/// column mapped by mistake costs time but no memory.
const CACHE: usize = 1 << 20;

/// Longer spellings, in bytes, are not kept.
const LONGEST_KEY: usize = 256;

/// Results by how the value was written.
pub(super) struct Cache<T>(FxHashMap<Box<str>, T>);

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<T: Copy> Cache<T> {
    /// The result for `text`, made by `make` when it is seen first.
    pub(super) fn get(&mut self, text: &str, make: impl FnOnce(&str) -> T) -> T {
        if let Some(&known) = self.0.get(text) {
            return known;
        }
        let made = make(text);
        if self.0.len() < CACHE && text.len() <= LONGEST_KEY {
            self.0.insert(text.into(), made);
        }
        made
    }
}

/// What was read of one source, in codes of its own.
#[derive(Debug, Default)]
pub struct Built {
    /// The records in the order of reading; names and labels are codes of the pools.
    pub(super) records: Records,
    /// Canonical names by code, the empty one first.
    pub(super) names: Vec<Box<str>>,
    /// Labels by code, the empty one first.
    pub(super) labels: Vec<Box<str>>,
    /// What `records.further` points to, counted from 1.
    pub(super) further: Vec<Further>,
    /// Values that could not be used.
    pub(super) rejected: Vec<Rejected>,
}

/// Which columns of a batch hold a field.
type Places = Vec<usize>;

/// Where the kind of evidence comes from.
enum KindPlan {
    Fixed(Option<Kind>),
    Column { place: usize, kinds: BTreeMap<String, Kind> },
}

/// Builds the columns of one source from its chunks.
pub struct SourceBuilder {
    headings: Vec<String>,
    places: [Places; Field::ALL.len()],
    evidence_date: Option<usize>,
    /// The source is a register.
    registry: bool,
    /// The day of evidence that bears none of its own.
    dated: Option<Date>,
    evidence_kind: KindPlan,
    names: Pool,
    labels: Pool,
    cells: NameCells,
    dates: Cache<DateCell>,
    days: Cache<Result<Option<Date>, dates::DateError>>,
    sexes: Cache<Result<Sex, marks::UnknownMark>>,
    displacements: Cache<Result<Displacement, marks::UnknownMark>>,
    contacts: Cache<Result<Option<bool>, marks::UnknownMark>>,
    kinds: Cache<Result<Option<Kind>, marks::UnknownMark>>,
    series: Cache<Option<(u8, [u8; 2])>>,
    withdrawals: Cache<Result<Withdrawal, marks::UnknownMark>>,
    label_codes: [Cache<u32>; 4],
    /// The values of the row at hand, for its hash.
    bytes: Vec<u8>,
    records: Records,
    further: Vec<Further>,
    rejected: Vec<Rejected>,
}

impl SourceBuilder {
    /// A builder for the columns of `source`.
    #[must_use]
    pub fn new(source: &Source) -> Self {
        let mut headings: Vec<String> = Vec::new();
        let mut place = |heading: &String| {
            headings.iter().position(|known| known == heading).unwrap_or_else(|| {
                headings.push(heading.clone());
                headings.len() - 1
            })
        };
        let places = Field::ALL.map(|field| {
            source.columns.get(&field).into_iter().flatten().map(&mut place).collect()
        });
        let rule = source.evidence.as_ref();
        let evidence_date = rule.and_then(|rule| rule.date.as_ref()).map(&mut place);
        let evidence_kind = match rule.map(|rule| &rule.kind) {
            Some(KindRule::Fixed(kind)) => KindPlan::Fixed(Some(*kind)),
            Some(KindRule::Column { column, kinds }) => KindPlan::Column {
                place: place(column),
                kinds: kinds.iter().map(|(value, &kind)| (kind_key(value), kind)).collect(),
            },
            None => KindPlan::Fixed((source.role == Role::Registry).then_some(Kind::Identity)),
        };
        Self {
            headings,
            places,
            evidence_date,
            registry: source.role == Role::Registry,
            dated: rule.and_then(|rule| rule.dated),
            evidence_kind,
            names: Pool::default(),
            labels: Pool::default(),
            cells: NameCells::default(),
            dates: Cache::default(),
            days: Cache::default(),
            sexes: Cache::default(),
            displacements: Cache::default(),
            contacts: Cache::default(),
            kinds: Cache::default(),
            series: Cache::default(),
            withdrawals: Cache::default(),
            label_codes: Default::default(),
            bytes: Vec::new(),
            records: Records::default(),
            further: Vec::new(),
            rejected: Vec::new(),
        }
    }

    /// The headings to ask the reader for: those of the columns in the order of the
    /// fields, then those of the evidence; each once.
    #[must_use]
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// Takes the rows of a chunk, whose columns are [`Self::headings`] in that order.
    pub fn push(&mut self, chunk: &Chunk) {
        // Readers hand out `Utf8`; another kind of text is no reason to lose a column.
        let texts: Vec<Option<ArrayRef>> = chunk
            .batch
            .columns()
            .iter()
            .map(|column| match column.data_type() {
                DataType::Utf8 => Some(Arc::clone(column)),
                _ => cast(column, &DataType::Utf8).ok(),
            })
            .collect();
        let columns: Vec<Option<&StringArray>> =
            texts.iter().map(|text| text.as_ref()?.as_string_opt::<i32>()).collect();
        let rows = chunk.batch.num_rows();
        for (i, &number) in chunk.rows.iter().enumerate().take(rows) {
            self.push_row(&Row { columns: &columns, i, number });
        }
    }

    /// The finished columns.
    #[must_use]
    pub fn finish(mut self) -> Built {
        self.rejected.extend(defaults::drop_defaults(&mut self.records, &mut self.further));
        Built {
            records: self.records,
            names: self.names.into_texts(),
            labels: self.labels.into_texts(),
            further: self.further,
            rejected: self.rejected,
        }
    }

    fn push_row(&mut self, row: &Row<'_>) {
        let content = self.content(row);
        let mut names = self.read_names(row);
        let mut identity = self.read_identity(row);
        if identity.sex == Sex::Missing && names.patronymic != 0 {
            identity.sex = sex_of_patronymic(self.names.main(names.patronymic));
        }
        let id = self.value(row, Field::Id).trim();
        let mother = self.parent(row, Field::MotherGivenName);
        let father = self.parent(row, Field::FatherGivenName);
        names.patronymic = self.names.with_father(names.patronymic, father);
        let school = self.label(row, Field::School, 0, marks::school);
        let region = self.label(row, Field::Region, 1, marks::region);
        let grade = self.label(row, Field::Grade, 2, marks::grade);
        let displacement = self.first(row, Field::Displacement, |this, text| {
            this.displacements.get(text, marks::displacement)
        });
        let contact_lost = self.first(row, Field::ContactLost, |this, text| {
            this.contacts.get(text, marks::contact_lost)
        });
        let updated =
            self.first(row, Field::Updated, |this, text| this.days.get(text, dates::parse_full));
        let office = self.label(row, Field::Office, 3, marks::office);
        let withdrawal = self.first(row, Field::Withdrawal, |this, text| {
            this.withdrawals.get(text, marks::withdrawal)
        });
        let withdrawal_date = self
            .first(row, Field::WithdrawalDate, |this, text| this.days.get(text, dates::parse_full));
        let (mut evidence_kind, evidence_date) = self.evidence(row);
        // What is written and cannot be read is no sign that the pupil is there.
        let told = self.rejected.iter().rev().take_while(|one| one.row == Some(row.number));
        let unread = |field: Field| told.clone().any(|one| one.field == field.key());
        let contact_unread = unread(Field::ContactLost);
        let left_unread = unread(Field::Withdrawal) || withdrawal_date.is_some();
        let withdrawal = match withdrawal {
            Withdrawal::Missing if left_unread => Withdrawal::Unread,
            read => read,
        };
        // A list of pupils that stands as a register tells where those are of whom the school
        // knows; of the others it proves no more than that they exist.
        let unknown =
            contact_lost == Some(true) || contact_unread || withdrawal != Withdrawal::Missing;
        let sighting = |kind| !matches!(kind, Kind::Deceased | Kind::ReportedMissing);
        if self.registry && unknown && evidence_kind.is_some_and(sighting) {
            evidence_kind = Some(Kind::Identity);
        }
        let further = identity.take_further();
        let further = if further.is_empty() {
            0
        } else {
            self.further.push(further);
            // Fewer than records, whose numbers are 32 bits.
            u32::try_from(self.further.len()).unwrap_or(0)
        };

        let records = &mut self.records;
        records.row.push(row.number);
        records.content.push(content);
        records.id.push(id);
        records.surname.push(names.surname);
        records.given_name.push(names.given);
        records.patronymic.push(names.patronymic);
        records.mother.push(mother);
        records.father.push(father);
        records.birth_date.push(identity.birth_date.first);
        records.sex.push(identity.sex);
        records.certificate.push(identity.certificate.first);
        records.document.push(identity.document.first);
        records.further.push(further);
        records.unzr.push(identity.unzr);
        records.rnokpp.push(identity.rnokpp);
        records.school.push(school);
        records.region.push(region);
        records.grade.push(grade);
        records.displacement.push(displacement);
        records.contact_lost.push(contact_lost);
        records.updated.push(updated);
        records.office.push(office);
        records.withdrawal.push(withdrawal);
        records.withdrawal_date.push(withdrawal_date);
        records.contact_unread.push(contact_unread);
        records.evidence_kind.push(evidence_kind);
        records.evidence_date.push(evidence_date);
    }

    /// xxh3 of the mapped values as written, each after its length.
    fn content(&mut self, row: &Row<'_>) -> u64 {
        self.bytes.clear();
        for place in 0..self.headings.len() {
            let text = row.text(place);
            self.bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            self.bytes.extend_from_slice(text.as_bytes());
        }
        xxh3_64(&self.bytes)
    }

    /// The first value of a field's columns that is not missing. Where none is, and one
    /// could not be read, that is reported.
    fn first<T: Default + PartialEq, E: ToString>(
        &mut self,
        row: &Row<'_>,
        field: Field,
        mut read: impl FnMut(&mut Self, &str) -> Result<T, E>,
    ) -> T {
        let mut problem = None;
        for i in 0..self.places[field as usize].len() {
            let text = row.text(self.places[field as usize][i]);
            if text.is_empty() {
                continue;
            }
            match read(self, text) {
                Ok(value) if value != T::default() => return value,
                Ok(_) => {}
                Err(error) => problem = problem.or(Some(error)),
            }
        }
        if let Some(error) = problem {
            self.reject(row, field.key(), error.to_string());
        }
        T::default()
    }

    fn reject(&mut self, row: &Row<'_>, field: &str, reason: String) {
        self.rejected.push(Rejected {
            row: Some(row.number),
            field: field.to_owned(),
            reason,
            whole_row: false,
        });
    }

    fn label(
        &mut self,
        row: &Row<'_>,
        field: Field,
        cache: usize,
        read: fn(&str) -> String,
    ) -> u32 {
        for i in 0..self.places[field as usize].len() {
            let text = row.text(self.places[field as usize][i]);
            let labels = &mut self.labels;
            let code = self.label_codes[cache].get(text, |text| labels.intern(&read(text)));
            if code != 0 {
                return code;
            }
        }
        0
    }

    fn evidence(&mut self, row: &Row<'_>) -> (Option<Kind>, Option<Date>) {
        let own = self.evidence_date.filter(|&place| !row.text(place).trim().is_empty());
        let date = own.map_or(self.dated, |place| {
            let read = self.days.get(row.text(place), dates::parse_full);
            read.unwrap_or_else(|error| {
                let heading = self.headings[place].clone();
                self.reject(row, &heading, error.to_string());
                None
            })
        });
        let kind = match &self.evidence_kind {
            KindPlan::Fixed(kind) => *kind,
            KindPlan::Column { place, kinds } => {
                let place = *place;
                let read = self.kinds.get(row.text(place), |text| {
                    let key = kind_key(text);
                    match kinds.get(&key) {
                        Some(&kind) => Ok(Some(kind)),
                        None if key.is_empty() => Ok(None),
                        None => Err(marks::UnknownMark),
                    }
                });
                read.unwrap_or_else(|_| {
                    let heading = self.headings[place].clone();
                    let reason = "value is not among the kinds of the job".to_owned();
                    self.reject(row, &heading, reason);
                    None
                })
            }
        };
        (kind, date)
    }
}

/// A value that decides the kind of evidence, as it is compared: without case,
/// surrounding space and the kind of apostrophe.
fn kind_key(text: &str) -> String {
    text.trim().to_lowercase().replace(['’', 'ʼ', '‘', '`', '´', '′'], "'")
}

/// One row of a batch.
struct Row<'a> {
    columns: &'a [Option<&'a StringArray>],
    i: usize,
    number: u64,
}

impl<'a> Row<'a> {
    /// The text of a column; empty where it is null or not there.
    fn text(&self, place: usize) -> &'a str {
        match self.columns.get(place) {
            Some(Some(column)) if column.is_valid(self.i) => column.value(self.i),
            _ => "",
        }
    }
}
