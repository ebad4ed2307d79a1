//! Dates, documents and numbers of a row: what tells one child from another of the name.

use super::super::certificates::{self, DocumentError};
use super::super::documents::{self, AnyDocument};
use super::super::identifiers::{self, IdentifierError};
use super::super::names::date_in_name;
use super::super::records::{Document, DocumentKind, Further, PartialDate, Sex};
use super::super::{dates, marks};
use super::{Row, SourceBuilder};
use crate::field::Field;

/// More values than these are not kept of one field.
const MOST_VALUES: usize = 4;

/// The values of one field of a row.
#[derive(Debug, Default)]
pub(super) struct Several<T> {
    pub(super) first: T,
    pub(super) further: Vec<T>,
}

impl<T: Copy + Default + PartialEq> Several<T> {
    /// Keeps a value that is neither missing nor known.
    fn add(&mut self, value: T) {
        if value == T::default() || value == self.first || self.further.contains(&value) {
            return;
        }
        if self.first == T::default() {
            self.first = value;
        } else if self.further.len() + 1 < MOST_VALUES {
            self.further.push(value);
        }
    }

    /// Puts the first value for which `is` holds before the others; whether there is one.
    fn prefer(&mut self, is: impl Fn(T) -> bool) -> bool {
        if is(self.first) {
            return true;
        }
        let Some(at) = self.further.iter().position(|&value| is(value)) else { return false };
        std::mem::swap(&mut self.first, &mut self.further[at]);
        true
    }
}

/// The dates of one cell, as the cache keeps them.
#[derive(Clone, Copy, Debug)]
pub(super) struct DateCell {
    first: PartialDate,
    /// The cell holds more, which are read anew: such cells are rare.
    several: bool,
    problem: Option<dates::DateError>,
}

impl DateCell {
    fn read(cell: &str) -> Self {
        match dates::parse_all(cell) {
            Ok(read) => Self {
                first: read.dates.first().copied().unwrap_or_default(),
                several: read.dates.len() > 1,
                problem: read.problem,
            },
            Err(error) => {
                Self { first: PartialDate::MISSING, several: false, problem: Some(error) }
            }
        }
    }
}

/// The identity of one row, apart from its names.
pub(super) struct Identity {
    pub(super) birth_date: Several<PartialDate>,
    pub(super) sex: Sex,
    pub(super) certificate: Several<Document>,
    pub(super) document: Several<Document>,
    pub(super) unzr: u64,
    pub(super) rnokpp: u64,
}

impl Identity {
    /// Whether `born` agrees with a stated birth date as far as that goes; a date that is
    /// missing or in parts is filled from it. Numbers of the born before 2000 are parents'
    /// here: they fill nothing.
    fn accepts(&mut self, born: PartialDate) -> bool {
        let agrees = self.birth_date.prefer(|stated| {
            stated.is_missing()
                || stated.year == born.year
                    && (stated.month == 0 || stated.month == born.month)
                    && (stated.day == 0 || stated.day == born.day)
        });
        if agrees && born.year >= 2000 {
            self.birth_date.first = born;
        }
        agrees
    }

    /// What the record holds beside the first values.
    pub(super) fn take_further(&mut self) -> Further {
        Further {
            birth_dates: std::mem::take(&mut self.birth_date.further),
            certificates: std::mem::take(&mut self.certificate.further),
            documents: std::mem::take(&mut self.document.further),
        }
    }
}

impl SourceBuilder {
    /// Reads what is no name.
    pub(super) fn read_identity(&mut self, row: &Row<'_>) -> Identity {
        let mut identity = Identity {
            birth_date: self.read_birth_date(row),
            sex: self.first(row, Field::Sex, |this, text| this.sexes.get(text, marks::sex)),
            certificate: Several::default(),
            document: Several::default(),
            unzr: self.identifier(row, Field::Unzr, identifiers::unzr),
            rnokpp: self.identifier(row, Field::Rnokpp, identifiers::rnokpp),
        };
        self.read_certificates(row, &mut identity);
        self.read_documents(row, &mut identity);
        self.cross_check(row, &mut identity);
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

    /// The birth dates of all columns for them, or else one that stands behind a name.
    fn read_birth_date(&mut self, row: &Row<'_>) -> Several<PartialDate> {
        let mut found = Several::default();
        let mut problem = None;
        for i in 0..self.places[Field::BirthDate as usize].len() {
            let text = row.text(self.places[Field::BirthDate as usize][i]);
            if text.is_empty() {
                continue;
            }
            let cell = self.dates.get(text, DateCell::read);
            problem = problem.or(cell.problem);
            if cell.several {
                let read = dates::parse_all(text).unwrap_or_default();
                read.dates.into_iter().for_each(|date| found.add(date));
            } else {
                found.add(cell.first);
            }
        }
        // A date that no calendar has is kept to be compared, where there is no better one,
        // and reported all the same.
        let good = found.prefer(|date| !date.is_missing() && !dates::is_impossible(date));
        if let Some(error) = problem.filter(|_| !good) {
            self.reject(row, Field::BirthDate.key(), error.to_string());
        }
        if found.first.is_missing() {
            let names = [Field::FullName, Field::Surname, Field::GivenName, Field::Patronymic];
            let cells = names.iter().flat_map(|&field| &self.places[field as usize]);
            let date = cells.map(|&place| row.text(place)).find_map(date_in_name);
            if let Some(Ok(date)) = date.map(dates::parse) {
                found.add(date);
            }
        }
        found
    }

    /// The certificates from the columns of series and number, which go in pairs, and from
    /// the columns with both.
    fn read_certificates(&mut self, row: &Row<'_>, identity: &mut Identity) {
        let mut problem = None;
        let pairs = self.places[Field::CertificateSeries as usize]
            .len()
            .max(self.places[Field::CertificateNumber as usize].len());
        for i in 0..pairs {
            let text = |field: Field| {
                self.places[field as usize].get(i).map_or("", |&place| row.text(place))
            };
            let (series, number) = (text(Field::CertificateSeries), text(Field::CertificateNumber));
            if !(series.is_empty() && number.is_empty()) {
                let read = self.certificate(series, number, identity);
                problem = problem.or(read.err().map(|e| (Field::CertificateNumber, e)));
            }
        }
        for i in 0..self.places[Field::Certificate as usize].len() {
            let text = row.text(self.places[Field::Certificate as usize][i]);
            if !text.is_empty() {
                let read = self.certificate("", text, identity);
                problem = problem.or(read.err().map(|e| (Field::Certificate, e)));
            }
        }
        if let Some((field, error)) = problem
            && identity.certificate.first.is_missing()
        {
            self.reject(row, field.key(), error.to_string());
        }
    }

    /// Reads a certificate; the usual form, six digits after a series, by the distinct
    /// series.
    fn certificate(
        &mut self,
        series: &str,
        number: &str,
        identity: &mut Identity,
    ) -> Result<(), DocumentError> {
        if let Some(usual) = self.usual_certificate(series, number.trim_ascii()) {
            identity.certificate.add(usual);
            return Ok(());
        }
        for reading in certificates::parse_all(series, number)? {
            let document = reading.document;
            // A foreign one is compared as any document is: equal or not.
            if document.kind == DocumentKind::BirthCertificate {
                identity.certificate.add(document);
            } else {
                identity.document.add(document);
            }
        }
        Ok(())
    }

    /// A certificate in the usual form.
    fn usual_certificate(&mut self, series: &str, number: &str) -> Option<Document> {
        let digits_at = number.rfind(|c: char| !c.is_ascii_digit());
        let (inner, digits) = match digits_at {
            None => ("", number),
            Some(_) if !series.is_empty() => return None,
            Some(at) => number.split_at(at + number[at..].chars().next().map_or(1, char::len_utf8)),
        };
        let series_text = if series.is_empty() { inner } else { series };
        if digits.len() != 6 || series_text.is_empty() {
            return None;
        }
        // Any number shows how the series is read, if it is no placeholder itself.
        let read = self.series.get(series_text, |series| {
            let document = certificates::parse(series, "345678").ok()?;
            let usual =
                document.kind == DocumentKind::BirthCertificate && document.number == 345_678;
            usual.then_some((document.roman, document.letters))
        });
        let (roman, letters) = read?;
        let number = digits.parse().ok().filter(|&n| !certificates::is_placeholder_number(n))?;
        Some(Document { kind: DocumentKind::BirthCertificate, roman, letters, number })
    }

    /// A column of any document fills what no column of its own has filled.
    fn read_documents(&mut self, row: &Row<'_>, identity: &mut Identity) {
        for i in 0..self.places[Field::Document as usize].len() {
            let text = row.text(self.places[Field::Document as usize][i]);
            if text.is_empty() {
                continue;
            }
            match documents::parse_all(text) {
                Ok(found) => found.into_iter().for_each(|document| match document {
                    AnyDocument::Certificate(found) => identity.certificate.add(found),
                    AnyDocument::Document(found) => identity.document.add(found),
                    AnyDocument::Unzr(found) if identity.unzr == 0 => identity.unzr = found,
                    AnyDocument::Rnokpp(found) if identity.rnokpp == 0 => identity.rnokpp = found,
                    _ => {}
                }),
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
        let stated = identity.birth_date.first;
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
            if identity.birth_date.first == born {
                identity.sex = sex;
            }
        } else if identity.sex != sex {
            self.reject(row, Field::Rnokpp.key(), "rnokpp contradicts sex".to_owned());
        }
    }
}

/// Whether two full dates differ in one part only, or have day and month swapped.
fn one_slip(a: PartialDate, b: PartialDate) -> bool {
    let same = [a.year == b.year, a.month == b.month, a.day == b.day];
    let swapped = a.year == b.year && a.month == b.day && a.day == b.month;
    a.is_full() && (swapped || same.iter().filter(|&&same| same).count() == 2)
}
