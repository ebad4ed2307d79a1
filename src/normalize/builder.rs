//! From chunks of text to the columns of one source.
//!
//! What is repeated (names, dates, marks, schools) is looked up by how it was written
//! and normalised once; what hardly repeats (full names, certificates, identifiers) is
//! read where it stands. No text is kept but distinct names, labels and the source's
//! own identifiers.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, AsArray as _, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::certificates::DocumentError;
use super::documents::AnyDocument;
use super::identifiers::IdentifierError;
use super::names::says_nothing;
use super::pool::{NameCells, Pool, Triple};
use super::records::{Displacement, Document, DocumentKind, PartialDate, Records, Sex};
use super::{certificates, dates, documents, identifiers, marks};
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
    evidence_kind: KindPlan,
    names: Pool,
    labels: Pool,
    cells: NameCells,
    dates: Cache<Result<PartialDate, dates::DateError>>,
    days: Cache<Result<Option<Date>, dates::DateError>>,
    sexes: Cache<Result<Sex, marks::UnknownMark>>,
    displacements: Cache<Result<Displacement, marks::UnknownMark>>,
    contacts: Cache<Result<Option<bool>, marks::UnknownMark>>,
    kinds: Cache<Result<Option<Kind>, marks::UnknownMark>>,
    series: Cache<Option<(u8, [u8; 2])>>,
    label_codes: [Cache<u32>; 3],
    /// The values of the row at hand, for its hash.
    bytes: Vec<u8>,
    records: Records,
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
            label_codes: Default::default(),
            bytes: Vec::new(),
            records: Records::default(),
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
    pub fn finish(self) -> Built {
        Built {
            records: self.records,
            names: self.names.into_texts(),
            labels: self.labels.into_texts(),
            rejected: self.rejected,
        }
    }

    fn push_row(&mut self, row: &Row<'_>) {
        let content = self.content(row);
        let names = self.read_names(row);
        let mut identity = self.read_identity(row);
        self.cross_check(row, &mut identity);
        let id = self.value(row, Field::Id).trim();
        let id = (!id.is_empty()).then(|| id.into());
        let mother = self.parent(row, Field::MotherGivenName);
        let father = self.parent(row, Field::FatherGivenName);
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
        let (evidence_kind, evidence_date) = self.evidence(row);

        let records = &mut self.records;
        records.row.push(row.number);
        records.content.push(content);
        records.id.push(id);
        records.surname.push(names.surname);
        records.given_name.push(names.given);
        records.patronymic.push(names.patronymic);
        records.mother.push(mother);
        records.father.push(father);
        records.birth_date.push(identity.birth_date);
        records.sex.push(identity.sex);
        records.certificate.push(identity.certificate);
        records.document.push(identity.document);
        records.unzr.push(identity.unzr);
        records.rnokpp.push(identity.rnokpp);
        records.school.push(school);
        records.region.push(region);
        records.grade.push(grade);
        records.displacement.push(displacement);
        records.contact_lost.push(contact_lost);
        records.updated.push(updated);
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

    /// The first of a field's columns that says something, or else is not blank; empty where
    /// all are.
    fn value<'a>(&self, row: &Row<'a>, field: Field) -> &'a str {
        let texts = || self.places[field as usize].iter().map(|&place| row.text(place));
        let first = texts().find(|text| !text.trim().is_empty()).unwrap_or_default();
        // БП says nothing among names, and is a series among certificates: it stays, unless
        // another column has more to say.
        if first.is_empty() || texts().nth(1).is_none() || !says_nothing(first) {
            return first;
        }
        texts().find(|text| !says_nothing(text)).unwrap_or(first)
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

    fn parent(&mut self, row: &Row<'_>, field: Field) -> u32 {
        for i in 0..self.places[field as usize].len() {
            let text = row.text(self.places[field as usize][i]);
            let code = self.cells.parent(&mut self.names, text);
            if code != 0 {
                return code;
            }
        }
        0
    }

    /// The child's names: own columns first, then what a column of full names adds.
    fn read_names(&mut self, row: &Row<'_>) -> Triple {
        let surname = self.value(row, Field::Surname);
        let given = self.value(row, Field::GivenName);
        let mut names = Triple::default();
        for i in 0..self.places[Field::Surname as usize].len() {
            let text = row.text(self.places[Field::Surname as usize][i]);
            let cell = self.cells.surname(&mut self.names, text);
            self.expect_name(row, Field::Surname, text, cell != Triple::default());
            names = names.or(cell);
        }
        for i in 0..self.places[Field::GivenName as usize].len() {
            let text = row.text(self.places[Field::GivenName as usize][i]);
            let cell = self.cells.given(&mut self.names, text);
            self.expect_name(row, Field::GivenName, text, cell != Triple::default());
            // What stands in its own column comes before what slipped into the surname's.
            names.given = if cell.given == 0 { names.given } else { cell.given };
            names = names.or(cell);
        }
        for i in 0..self.places[Field::Patronymic as usize].len() {
            let text = row.text(self.places[Field::Patronymic as usize][i]);
            let code = self.cells.patronymic(&mut self.names, text);
            self.expect_name(row, Field::Patronymic, text, code != 0);
            if code != 0 {
                names.patronymic = code;
                break;
            }
        }
        for i in 0..self.places[Field::FullName as usize].len() {
            let text = row.text(self.places[Field::FullName as usize][i]);
            let cell = self.cells.full(&mut self.names, text);
            self.expect_name(row, Field::FullName, text, cell != Triple::default());
            names = names.or(cell);
        }
        // A whole name in one of the two columns.
        if names.given == 0 && surname.trim().contains(char::is_whitespace) {
            let whole = self.cells.full(&mut self.names, surname);
            if whole.given != 0 && whole.surname != 0 {
                names = Triple { surname: whole.surname, ..names }.or(whole);
            }
        } else if names.surname == 0 && given.split_whitespace().nth(2).is_some() {
            let whole = self.cells.full(&mut self.names, given);
            if whole.surname != 0 {
                names = Triple { given: whole.given, ..names }.or(whole);
            }
        }
        self.names.sort_out(names)
    }

    /// Reports a cell that says something, in which no name was found: digits, or the
    /// question marks of a lost encoding.
    fn expect_name(&mut self, row: &Row<'_>, field: Field, text: &str, found: bool) {
        if !found && !says_nothing(text) {
            self.reject(row, field.key(), "no letters of a name".to_owned());
        }
    }

    fn read_identity(&mut self, row: &Row<'_>) -> Identity {
        let mut identity = Identity {
            birth_date: self
                .first(row, Field::BirthDate, |this, text| this.dates.get(text, dates::parse)),
            sex: self.first(row, Field::Sex, |this, text| this.sexes.get(text, marks::sex)),
            certificate: self.read_certificate(row),
            document: Document::MISSING,
            unzr: self.identifier(row, Field::Unzr, identifiers::unzr),
            rnokpp: self.identifier(row, Field::Rnokpp, identifiers::rnokpp),
        };
        self.read_document(row, &mut identity);
        identity
    }

    fn identifier(
        &mut self,
        row: &Row<'_>,
        field: Field,
        read: fn(&str) -> Result<Option<u64>, IdentifierError>,
    ) -> u64 {
        self.first(row, field, |_, text| read(text)).unwrap_or(0)
    }

    /// The certificate from its two columns, or else from the column with both.
    fn read_certificate(&mut self, row: &Row<'_>) -> Document {
        let series = self.value(row, Field::CertificateSeries);
        let number = self.value(row, Field::CertificateNumber);
        if !(series.is_empty() && number.is_empty()) {
            match self.certificate(series, number) {
                Ok(document) if !document.is_missing() => return document,
                Ok(_) => {}
                Err(error) => {
                    self.reject(row, Field::CertificateNumber.key(), error.to_string());
                }
            }
        }
        self.first(row, Field::Certificate, |this, text| this.certificate("", text))
    }

    /// Reads a certificate; the usual form, six digits after a series, by the distinct
    /// series.
    fn certificate(&mut self, series: &str, number: &str) -> Result<Document, DocumentError> {
        let number = number.trim_ascii();
        let digits_at = number.rfind(|c: char| !c.is_ascii_digit());
        let (inner, digits) = match digits_at {
            None => ("", number),
            Some(_) if !series.is_empty() => return certificates::parse(series, number),
            Some(at) => number.split_at(at + number[at..].chars().next().map_or(1, char::len_utf8)),
        };
        let series_text = if series.is_empty() { inner } else { series };
        if digits.len() == 6 && !series_text.is_empty() {
            // Any number shows how the series is read, if it is no placeholder itself.
            let read = self.series.get(series_text, |series| {
                let document = certificates::parse(series, "345678").ok()?;
                let usual =
                    document.kind == DocumentKind::BirthCertificate && document.number == 345_678;
                usual.then_some((document.roman, document.letters))
            });
            let value = digits.parse().ok().filter(|&n| !certificates::is_placeholder_number(n));
            if let (Some((roman, letters)), Some(number)) = (read, value) {
                return Ok(Document {
                    kind: DocumentKind::BirthCertificate,
                    roman,
                    letters,
                    number,
                });
            }
        }
        certificates::parse(series, number)
    }

    /// A column of any document fills what no column of its own has filled.
    fn read_document(&mut self, row: &Row<'_>, identity: &mut Identity) {
        for i in 0..self.places[Field::Document as usize].len() {
            let text = row.text(self.places[Field::Document as usize][i]);
            if text.is_empty() {
                continue;
            }
            match documents::parse(text) {
                Ok(AnyDocument::Certificate(found)) if identity.certificate.is_missing() => {
                    identity.certificate = found;
                }
                Ok(AnyDocument::Document(found)) if identity.document.is_missing() => {
                    identity.document = found;
                }
                Ok(AnyDocument::Unzr(found)) if identity.unzr == 0 => identity.unzr = found,
                Ok(AnyDocument::Rnokpp(found)) if identity.rnokpp == 0 => identity.rnokpp = found,
                Ok(_) => {}
                Err(error) => self.reject(row, Field::Document.key(), error.to_string()),
            }
        }
    }

    /// Holds birth date and sex against what УНЗР and РНОКПП say of them, and fills what
    /// is missing. The stated date stays; an identifier that says another is somebody
    /// else's more often than not (a parent's, the brother's), and one number shared by
    /// two children would make one child of them: it goes. A РНОКПП one slip of the date
    /// away stays, with a report.
    fn cross_check(&mut self, row: &Row<'_>, identity: &mut Identity) {
        if let Some(born) = identifiers::unzr_birth_date(identity.unzr)
            && !identity.accepts(dates::from_date(born))
        {
            identity.unzr = 0;
            self.reject(row, Field::Unzr.key(), "unzr contradicts birth date".to_owned());
        }
        let Some(born) = identifiers::rnokpp_birth_date(identity.rnokpp) else { return };
        let born = dates::from_date(born);
        let stated = identity.birth_date;
        if !identity.accepts(born) {
            let reason = "rnokpp contradicts birth date".to_owned();
            self.reject(row, Field::Rnokpp.key(), reason);
            if !one_slip(stated, born) {
                identity.rnokpp = 0;
            }
            return;
        }
        let sex = identifiers::rnokpp_sex(identity.rnokpp);
        if identity.sex == Sex::Missing {
            if identity.birth_date == born {
                identity.sex = sex;
            }
        } else if identity.sex != sex {
            self.reject(row, Field::Rnokpp.key(), "rnokpp contradicts sex".to_owned());
        }
    }

    fn evidence(&mut self, row: &Row<'_>) -> (Option<Kind>, Option<Date>) {
        let date = self.evidence_date.and_then(|place| {
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

/// Whether two full dates differ in one part only, or have day and month swapped.
fn one_slip(a: PartialDate, b: PartialDate) -> bool {
    let same = [a.year == b.year, a.month == b.month, a.day == b.day];
    let swapped = a.year == b.year && a.month == b.day && a.day == b.month;
    a.is_full() && (swapped || same.iter().filter(|&&same| same).count() == 2)
}

/// The identity of one row, apart from its names.
struct Identity {
    birth_date: PartialDate,
    sex: Sex,
    certificate: Document,
    document: Document,
    unzr: u64,
    rnokpp: u64,
}

impl Identity {
    /// Whether `born` agrees with the stated birth date as far as that goes; a date that
    /// is missing or in parts is filled from it. Numbers of the born before 2000 are
    /// parents' here: they fill nothing.
    fn accepts(&mut self, born: PartialDate) -> bool {
        let stated = self.birth_date;
        let agrees = stated.is_missing()
            || stated.year == born.year
                && (stated.month == 0 || stated.month == born.month)
                && (stated.day == 0 || stated.day == born.day);
        if agrees && born.year >= 2000 {
            self.birth_date = born;
        }
        agrees
    }
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
