//! The scribe: writes what a source holds of a child, errors included.

use super::days::{Day, civil, day, real_day};
use super::dice::Dice;
use super::latin::{System, latin};
use super::numbers::{Certificate, Issuer, Sex};
use super::profile::{BySource, ErrorKind, Errors, Source};
use super::slips;
use super::world::{Child, Family};

/// How many errors of each kind were put into each source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorCounts(Vec<u64>);

impl ErrorCounts {
    const fn at(kind: ErrorKind, source: Source) -> usize {
        kind as usize * Source::ALL.len() + source as usize
    }

    fn add(&mut self, kind: ErrorKind, source: Source, count: u64) {
        self.0.resize(ErrorKind::ALL.len() * Source::ALL.len(), 0);
        if let Some(sum) = self.0.get_mut(Self::at(kind, source)) {
            *sum += count;
        }
    }

    /// Errors of `kind` in `source`.
    #[must_use]
    pub fn of(&self, kind: ErrorKind, source: Source) -> u64 {
        self.0.get(Self::at(kind, source)).copied().unwrap_or(0)
    }

    /// Errors of `kind` in all sources.
    #[must_use]
    pub fn of_kind(&self, kind: ErrorKind) -> u64 {
        Source::ALL.iter().map(|&source| self.of(kind, source)).sum()
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for &kind in ErrorKind::ALL {
            for &source in Source::ALL {
                self.add(kind, source, other.of(kind, source));
            }
        }
    }
}

/// A date as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Missing,
    /// In the usual form of the source.
    Day(Day),
    /// In another form, or impossible.
    Text(String),
}

/// Series and number as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) series: String,
    pub(super) number: String,
    /// Both in one field.
    pub(super) joined: String,
}

/// Writes the records of one block.
pub(super) struct Scribe<'a> {
    errors: &'a Errors,
    pub(super) dice: Dice,
    /// For what schools say of those who left.
    pub(super) leaving: Dice,
    pub(super) issuer: Issuer,
    pub(super) counts: ErrorCounts,
    source: Source,
    factor: f64,
}

impl<'a> Scribe<'a> {
    pub(super) fn new(errors: &'a Errors, dice: Dice, leaving: Dice, issuer: Issuer) -> Self {
        let (counts, source) = (ErrorCounts::default(), Source::Births);
        Self { errors, dice, leaving, issuer, counts, source, factor: 1.0 }
    }

    /// Turns to a record of `source` whose errors are `factor` times likelier.
    pub(super) fn turn_to(&mut self, source: Source, factor: f64) {
        self.source = source;
        self.factor = factor;
    }

    /// Whether an error of `kind` happens now; counted only by [`Self::count`].
    fn happens(&mut self, kind: ErrorKind) -> bool {
        let rate: &BySource = self.errors.of(kind);
        let rate = rate.of(self.source) * self.factor;
        rate > 0.0 && self.dice.chance(rate)
    }

    fn count(&mut self, kind: ErrorKind) {
        self.counts.add(kind, self.source, 1);
    }

    /// Whether an error happens that is always possible.
    fn slips(&mut self, kind: ErrorKind) -> bool {
        let happens = self.happens(kind);
        if happens {
            self.count(kind);
        }
        happens
    }

    /// Lets an error of `kind` happen to `text`, where it can.
    fn spoil(
        &mut self,
        kind: ErrorKind,
        text: &mut String,
        slip: impl Fn(&str, &mut Dice) -> Option<String>,
    ) {
        if !text.is_empty()
            && self.happens(kind)
            && let Some(wrong) = slip(text, &mut self.dice)
        {
            *text = wrong;
            self.count(kind);
        }
    }

    /// The surname under which the source knows the child.
    fn surname(&mut self, family: &Family, sex: Sex) -> String {
        let mut surname = family.surname;
        if family.other_surname != surname && self.slips(ErrorKind::SurnameChanged) {
            surname = family.other_surname;
        }
        let parts = surname.parts(sex);
        if parts.len() > 1 && self.slips(ErrorKind::SurnameHalf) {
            return self.dice.pick(&parts).map_or_else(String::new, |&half| half.to_owned());
        }
        surname.written(sex)
    }

    /// Surname, given name and patronymic in Ukrainian letters.
    pub(super) fn name(&mut self, family: &Family, child: &Child) -> [String; 3] {
        let surname = self.surname(family, child.sex);
        let other = family.patronymic.has_other(child.sex) && self.slips(ErrorKind::PatronymicForm);
        let patronymic = family.patronymic.written(child.sex, other);
        let mut name = [surname, child.given.clone(), patronymic];
        if self.happens(ErrorKind::NameRussian)
            && let Some(russian) = slips::russian([&name[0], &name[1], &name[2]], &mut self.dice)
        {
            name = russian;
            self.count(ErrorKind::NameRussian);
        }
        self.spoil(ErrorKind::NameShort, &mut name[1], slips::short);
        for part in &mut name {
            self.spoil(ErrorKind::NameTypo, part, slips::typo);
            self.spoil(ErrorKind::NameApostrophe, part, slips::apostrophe);
            self.spoil(ErrorKind::NameLookAlike, part, slips::look_alike);
        }
        self.rearrange(&mut name);
        for part in &mut name {
            self.spoil(ErrorKind::TextCase, part, |text, _| Some(text.to_uppercase()));
            self.spoil(ErrorKind::TextDecomposed, part, |text, _| slips::decomposed(text));
        }
        self.spoil(ErrorKind::TextRemark, &mut name[0], |text, dice| {
            Some(slips::remarked(text, dice))
        });
        for part in &mut name {
            self.spoil(ErrorKind::TextSpace, part, |text, dice| Some(slips::spaced(text, dice)));
        }
        name
    }

    /// Fields lost, swapped and joined.
    fn rearrange(&mut self, name: &mut [String; 3]) {
        if !name[2].is_empty() && self.slips(ErrorKind::PatronymicMissing) {
            name[2].clear();
        }
        if self.slips(ErrorKind::GivenMissing) {
            name[1].clear();
        }
        if self.slips(ErrorKind::NameSwapFirst) {
            name.swap(0, 1);
        } else if !name[2].is_empty() && self.slips(ErrorKind::NameSwapLast) {
            name.swap(1, 2);
        } else if self.slips(ErrorKind::NameJoined) {
            let last = if name[2].is_empty() { 1 } else { 2 };
            let at = self.dice.below(last);
            let next = std::mem::take(&mut name[at + 1]);
            let space = if self.dice.chance(0.7) { " " } else { "" };
            name[at] = format!("{}{space}{next}", name[at]);
        }
    }

    /// Surname and given name in Latin letters.
    pub(super) fn latin_name(
        &mut self,
        family: &Family,
        child: &Child,
        system: System,
    ) -> [String; 2] {
        let surname = self.surname(family, child.sex);
        let mut name =
            [surname, child.given.clone()].map(|part| latin(&part, system, &mut self.dice));
        for part in &mut name {
            self.spoil(ErrorKind::NameTypo, part, |text, dice| {
                slips::typo(&text.to_lowercase(), dice).map(|slipped| slipped.to_uppercase())
            });
        }
        if self.slips(ErrorKind::GivenMissing) {
            name[1].clear();
        }
        if self.slips(ErrorKind::NameSwapFirst) {
            name.swap(0, 1);
        } else if self.slips(ErrorKind::NameJoined) {
            let given = std::mem::take(&mut name[1]);
            name[0] = format!("{} {given}", name[0]);
        }
        for part in &mut name {
            self.spoil(ErrorKind::TextCase, part, |text, _| Some(text.to_lowercase()));
            self.spoil(ErrorKind::TextSpace, part, |text, dice| Some(slips::spaced(text, dice)));
        }
        name
    }

    /// The date of birth.
    pub(super) fn birth(&mut self, birth: Day) -> Written {
        if self.slips(ErrorKind::DateMissing) {
            return Written::Missing;
        }
        if self.slips(ErrorKind::DateImpossible) {
            let born = civil(birth);
            return Written::Text(match self.dice.below(3) {
                0 => format!("{:02}.{:02}.0{:03}", born.day(), born.month(), born.year() % 1000),
                1 => format!("{:02}.13.{}", born.day(), born.year()),
                _ => format!("31.02.{}", born.year()),
            });
        }
        let mut written = birth;
        let born = civil(birth);
        let (y, m, d) = (born.year(), born.month(), born.day());
        if self.happens(ErrorKind::DateDigit)
            && let Some(wrong) = self.wrong_digit(birth)
        {
            self.count(ErrorKind::DateDigit);
            written = wrong;
        } else if d <= 12 && d != m && self.slips(ErrorKind::DateSwap) {
            written = day(y, d, m);
        } else if self.slips(ErrorKind::DateYear) {
            written = day(if self.dice.chance(0.5) { y - 1 } else { y + 1 }, m, d);
        } else if birth != day(y, 1, 1) && self.slips(ErrorKind::DateFirst) {
            written = day(y, 1, 1);
        }
        if self.slips(ErrorKind::DateForm) {
            return Written::Text(self.unusual(written));
        }
        Written::Day(written)
    }

    /// `birth` with one digit wrong, so that it is still a date.
    fn wrong_digit(&mut self, birth: Day) -> Option<Day> {
        let digits = civil(birth).strftime("%Y%m%d").to_string();
        (0..20).find_map(|_| {
            let wrong: u32 = slips::digit(&digits, &mut self.dice)?.parse().ok()?;
            let year = i16::try_from(wrong / 10_000).ok()?;
            let month = i8::try_from(wrong / 100 % 100).ok()?;
            let written = real_day(year, month, i8::try_from(wrong % 100).ok()?)?;
            (2000..=2025).contains(&year).then_some(written)
        })
    }

    /// A date in a form that the source seldom uses.
    fn unusual(&mut self, on: Day) -> String {
        const MONTHS: [&str; 12] = [
            "січня",
            "лютого",
            "березня",
            "квітня",
            "травня",
            "червня",
            "липня",
            "серпня",
            "вересня",
            "жовтня",
            "листопада",
            "грудня",
        ];
        let on = civil(on);
        let (y, m, d) = (on.year(), on.month(), on.day());
        let month = usize::try_from(m - 1).ok().and_then(|m| MONTHS.get(m)).unwrap_or(&"");
        match self.dice.below(6) {
            0 => format!("{d}.{m}.{y}"),
            1 => format!("{d:02}/{m:02}/{y}"),
            2 => format!("{d:02}.{m:02}.{:02}", y % 100),
            3 => format!("{d:02}-{m:02}-{y}"),
            4 => format!("{d} {month} {y} р."),
            _ => format!("{d:02}.{m:02}.{y}р."),
        }
    }

    /// The sex; `None` where the source leaves it out.
    pub(super) fn sex(&mut self, sex: Sex) -> Option<Sex> {
        if self.slips(ErrorKind::SexMissing) {
            None
        } else if self.slips(ErrorKind::SexWrong) {
            Some(if sex == Sex::Male { Sex::Female } else { Sex::Male })
        } else {
            Some(sex)
        }
    }

    /// The certificate that this source holds; `None` where it holds none.
    pub(super) fn certificate(&mut self, child: &Child, cyrillic: bool) -> Option<Document> {
        if self.slips(ErrorKind::CertificateMissing) {
            return None;
        }
        let held = match child.repeat {
            Some(repeat) if self.slips(ErrorKind::CertificateRepeat) => repeat,
            _ => child.certificate,
        };
        Some(self.document(held, cyrillic))
    }

    fn document(&mut self, held: Certificate, cyrillic: bool) -> Document {
        let roman = if self.slips(ErrorKind::CertificateRoman) {
            slips::wrong_roman(held.roman, &mut self.dice).to_owned()
        } else {
            slips::roman(held.roman, cyrillic)
        };
        let mut letters = held.letters().to_owned();
        self.spoil(ErrorKind::CertificateLetters, &mut letters, slips::wrong_letters);
        let mut number = held.digits();
        self.spoil(ErrorKind::CertificateDigit, &mut number, slips::digit);
        self.spoil(ErrorKind::CertificateTransposed, &mut number, slips::transposed);
        self.spoil(ErrorKind::CertificateZero, &mut number, |text, _| {
            let bare = text.trim_start_matches('0');
            (bare != text && !bare.is_empty()).then(|| bare.to_owned())
        });
        let mut series = format!("{roman}-{letters}");
        let mut joined = format!("{series} № {number}");
        if self.slips(ErrorKind::CertificateNoSeries) {
            (series, joined) = (String::new(), number.clone());
        } else if self.slips(ErrorKind::CertificateForm) {
            let forms = [
                (format!("{roman}{letters}"), format!("{roman}{letters}{number}")),
                (format!("{roman} {letters}"), format!("{roman}-{letters} №{number}")),
                (format!("{roman} - {letters}"), format!("{roman} - {letters} № {number}")),
                (format!("{roman}–{letters}"), format!("{roman}-{letters} {number}")),
                (series.to_lowercase(), format!("серія {series} номер {number}")),
                (format!("серія {series}"), format!("{roman}-{letters} N{number}")),
                (format!("{series} №"), format!("{roman}{letters} № {number}")),
                (format!("{roman}/{letters}"), format!("{roman}-{letters}/{number}")),
            ];
            (series, joined) = self.dice.pick(&forms).cloned().unwrap_or_default();
        }
        Document { series, number, joined }
    }

    /// An identifier as written; `None` where the source leaves it out.
    pub(super) fn identifier(&mut self, known: Option<String>) -> Option<String> {
        let mut text = known?;
        if self.slips(ErrorKind::IdentifierMissing) {
            return None;
        }
        self.spoil(ErrorKind::IdentifierDigit, &mut text, slips::digit);
        Some(text)
    }
}
