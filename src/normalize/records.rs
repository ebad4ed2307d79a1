//! The columns that the rest of the house works on.

use jiff::civil::Date;

use super::ids::Ids;
use crate::job::Kind;

/// Everything that was read, normalised and interned.
#[derive(Debug, Default)]
pub struct World {
    /// Distinct names.
    pub lexicon: Lexicon,
    /// One a source, in the order of the job.
    pub sources: Vec<Records>,
}

/// The records of one source, in the order of their content, birth date and names first
/// (equal contents by row).
///
/// Every vector has one entry a record. A value that is missing or unusable is the
/// type's default: code 0, `PartialDate::MISSING`, `Document::MISSING`, 0, `None`.
#[derive(Debug, Default)]
pub struct Records {
    /// 0-based data row in the source.
    pub row: Vec<u64>,
    /// xxh3 of the mapped values as they were written: what orders records.
    pub content: Vec<u64>,
    /// The source's own identifiers.
    pub id: Ids,
    /// Code in [`Lexicon::surnames`].
    pub surname: Vec<u32>,
    /// Code in [`Lexicon::given_names`].
    pub given_name: Vec<u32>,
    /// Code in [`Lexicon::patronymics`].
    pub patronymic: Vec<u32>,
    /// Mother's given name, a code in [`Lexicon::given_names`].
    pub mother: Vec<u32>,
    /// Father's given name, a code in [`Lexicon::given_names`].
    pub father: Vec<u32>,
    /// Date of birth.
    pub birth_date: Vec<PartialDate>,
    /// Sex.
    pub sex: Vec<Sex>,
    /// Birth certificate.
    pub certificate: Vec<Document>,
    /// Any other document.
    pub document: Vec<Document>,
    /// Place in [`Lexicon::further`] of the further dates and documents; 0 where there are none.
    pub further: Vec<u32>,
    /// УНЗР as a 13-digit number; 0 where missing or impossible.
    pub unzr: Vec<u64>,
    /// РНОКПП as a 10-digit number; 0 where missing or impossible.
    pub rnokpp: Vec<u64>,
    /// Code in [`Lexicon::labels`].
    pub school: Vec<u32>,
    /// Code in [`Lexicon::labels`].
    pub region: Vec<u32>,
    /// Code in [`Lexicon::labels`].
    pub grade: Vec<u32>,
    /// Mark of displacement.
    pub displacement: Vec<Displacement>,
    /// Mark of lost contact; `None` where the source does not say.
    pub contact_lost: Vec<Option<bool>>,
    /// When the row was last updated.
    pub updated: Vec<Option<Date>>,
    /// Education office, a code in [`Lexicon::labels`].
    pub office: Vec<u32>,
    /// Why the pupil left the school.
    pub withdrawal: Vec<Withdrawal>,
    /// When the pupil left the school.
    pub withdrawal_date: Vec<Option<Date>>,
    /// A mark of lost contact is filled in, and cannot be read.
    pub contact_unread: Vec<bool>,
    /// What a link to this record proves.
    pub evidence_kind: Vec<Option<Kind>>,
    /// The day of the evidence.
    pub evidence_date: Vec<Option<Date>>,
}

impl Records {
    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.row.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.row.is_empty()
    }
}

/// Distinct values of all sources; code 0 stands for a missing value everywhere.
///
/// A code may stand for several names between which a record leaves the choice, as in
/// "Іваненко (Петренко)" or in columns of three scripts: then [`Name::forms`] has their codes.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// Surnames.
    pub surnames: Vec<Name>,
    /// Given names, those of parents included.
    pub given_names: Vec<Name>,
    /// Patronymics.
    pub patronymics: Vec<Name>,
    /// Schools, regions, grades and education offices, normalised.
    pub labels: Vec<Box<str>>,
    /// What records with several dates or documents hold beside the first; index 0 is empty.
    pub further: Vec<Further>,
}

/// Values that a record holds beside the first: another birth date, a repeat certificate.
///
/// One child may have several genuine certificates, and a cell may leave open which of two
/// dates is meant. The pair that agrees best counts, and the chance of agreeing by accident is
/// counted over all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Further {
    /// Further birth dates.
    pub birth_dates: Vec<PartialDate>,
    /// Further birth certificates.
    pub certificates: Vec<Document>,
    /// Further other documents.
    pub documents: Vec<Document>,
}

impl Further {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.birth_dates.is_empty() && self.certificates.is_empty() && self.documents.is_empty()
    }
}

/// One distinct name, with all that comparing needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Name {
    /// Canonical spelling: NFC, lower case, one kind of apostrophe (`'`) and hyphen,
    /// homoglyphs repaired. Cyrillic or Latin. Empty for code 0.
    pub canonical: Box<str>,
    /// The script it was written in.
    pub script: Script,
    /// Only an initial is known.
    pub initial: bool,
    /// Cyrillic letters, one byte each (a Ukrainian alphabet with room for ё ы э ъ);
    /// apostrophes, hyphens and spaces are left out. Empty for Latin names.
    pub letters: Letters,
    /// Latin skeleton: what every romanisation of the name, and the name itself, come
    /// down to as nearly as they can; one byte a letter. Empty only for code 0.
    pub skeleton: Letters,
    /// Hash of the folded form: two spellings of one name (Russian letters, sex endings
    /// of surnames, the doubled letter, the soft sign, the apostrophe) have the same.
    /// 0 for code 0.
    pub fold: u64,
    /// Hashes of the skeletons that the name may come down to, that of [`Self::skeleton`] first,
    /// then by the spelling rules of other languages and older tables. Empty for code 0.
    pub readings: Vec<u64>,
    /// Hashes of those skeletons folded, in the same order, each once: the same
    /// for a Cyrillic name and its romanisations; what blocking uses. Empty for code 0.
    pub sounds: Vec<u64>,
    /// The base names this may stand for, sorted by hash, each hash once: itself, the full
    /// names of a diminutive, the pair in the other language, the father's name of a
    /// patronymic, the parts of a double surname. Two names with a base in common are
    /// related, as closely as [`relation`] says.
    pub bases: Vec<Base>,
    /// Codes of the names that this one leaves open, the main one first, none of which has
    /// forms of its own; empty for a single name. All else is the main one's.
    pub forms: Vec<u32>,
}

/// A base name that a name may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Base {
    /// Hash of the base name's folded form.
    pub hash: u64,
    /// How the name stands to it.
    pub relation: Relation,
}

/// How a name stands to another that it may stand for; nearer before farther.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Relation {
    /// Another spelling, grammatical form or romanisation of the very name.
    #[default]
    Spelling,
    /// The same name in the other language (Олена, Елена).
    Translation,
    /// Another form that is a legal name of its own (Юрій, Георгій; Оксана, Ксенія), or one
    /// part of a double surname. Where both are one name in Russian (Анна, Ганна), it is a
    /// translation.
    Variant,
    /// A short or pet form (Саша).
    Diminutive,
}

/// How two names are related by the bases they have in common: by the nearest of them, which
/// is as far as the farther of the two names is from it. `None` where they have none.
#[must_use]
pub fn relation(a: &[Base], b: &[Base]) -> Option<Relation> {
    let (mut i, mut j) = (0, 0);
    let mut nearest: Option<Relation> = None;
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.hash.cmp(&y.hash) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                let through = x.relation.max(y.relation);
                nearest = Some(nearest.map_or(through, |held| held.min(through)));
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    nearest
}

/// Up to 31 one-byte letters; a longer name is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Letters {
    len: u8,
    bytes: [u8; 31],
}

impl Letters {
    /// Letters beyond this many are cut.
    pub const CAPACITY: usize = 31;

    /// The first [`Self::CAPACITY`] of `letters`.
    #[must_use]
    pub fn new(letters: &[u8]) -> Self {
        let len = letters.len().min(Self::CAPACITY);
        let mut bytes = [0; 31];
        bytes[..len].copy_from_slice(&letters[..len]);
        // `len` is at most 31.
        #[allow(clippy::cast_possible_truncation)]
        Self { len: len as u8, bytes }
    }

    /// The letters; each is below 64.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Number of letters.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// Script of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Script {
    /// Cyrillic letters.
    #[default]
    Cyrillic,
    /// Latin letters.
    Latin,
}

/// A date of which the month, or the day, may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    /// Year; 0 where the date is missing.
    pub year: u16,
    /// Month; 0 where unknown.
    pub month: u8,
    /// Day; 0 where unknown.
    pub day: u8,
}

impl PartialDate {
    /// No date.
    pub const MISSING: Self = Self { year: 0, month: 0, day: 0 };

    /// Whether there is no date at all.
    #[must_use]
    pub const fn is_missing(self) -> bool {
        self.year == 0
    }

    /// Whether year, month and day are all known.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.year != 0 && self.month != 0 && self.day != 0
    }
}

/// Sex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Sex {
    /// Not stated.
    #[default]
    Missing,
    /// Male.
    Male,
    /// Female.
    Female,
}

/// Mark of displacement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Displacement {
    /// The source does not say.
    #[default]
    Missing,
    /// Not displaced.
    None,
    /// Displaced within the country.
    Internal,
    /// Displaced abroad.
    External,
}

/// Why a pupil left the school, as the school says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Withdrawal {
    /// The school does not say, or the pupil did not leave.
    #[default]
    Missing,
    /// The pupil left, and why cannot be read.
    Unread,
    /// Moved to another school.
    Moved,
    /// Finished school.
    Finished,
    /// Left the country for good.
    Abroad,
    /// Attends nowhere.
    Nowhere,
    /// Died.
    Died,
}

/// A document's kind, series and number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// The Roman part of a birth certificate's series; 0 where unknown.
    pub roman: u8,
    /// Two letters of the series, each by its place in the Ukrainian alphabet (1..=33; above
    /// for Latin letters without a Cyrillic look-alike); 0 where unknown.
    pub letters: [u8; 2],
    /// The number; for kinds without one, a hash of what was written.
    pub number: u32,
}

impl Document {
    /// No document.
    pub const MISSING: Self =
        Self { kind: DocumentKind::Missing, roman: 0, letters: [0; 2], number: 0 };

    /// Whether there is no document.
    #[must_use]
    pub const fn is_missing(self) -> bool {
        matches!(self.kind, DocumentKind::Missing)
    }
}

/// Kinds of document, told apart by form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DocumentKind {
    /// No document.
    #[default]
    Missing,
    /// Ukrainian birth certificate: Roman numeral, two letters, six digits.
    BirthCertificate,
    /// Passport card: nine digits.
    IdCard,
    /// Passport book of 1994: two Cyrillic letters, six digits.
    PassportBook,
    /// Passport for travel abroad: two Latin letters, six digits.
    TravelPassport,
    /// Anything else, such as a foreign certificate: equal or not.
    Other,
}
