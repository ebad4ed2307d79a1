//! The profile: every rate of the invented world and of its errors.

use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::SynthError;

/// The default profile, checked in beside the samples.
const DEFAULT: &str = include_str!("../../samples/errors.toml");

/// Rates of the invented world and of the errors in its registers.
///
/// A file need only name what differs from `samples/errors.toml`, where every rate is
/// explained.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Name of the job that is written beside the registers.
    pub name: String,
    /// Rates of the world: families, schools, what became of the children.
    pub world: World,
    /// How passports spell names in Latin letters: relative weights.
    pub romanisation: Romanisation,
    /// Rates of the errors, by source.
    pub errors: Errors,
}

/// Rates of the world; each is a probability unless said otherwise.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// Region where `home_share` of the families live; none where empty.
    pub home_region: String,
    /// Share of families that live in the home region.
    pub home_share: f64,
    /// A child was born in another region than it lives in.
    pub born_elsewhere: f64,
    /// Share of children who are twins.
    pub twins: f64,
    /// A family's children bear the mother's surname.
    pub mother_surname: f64,
    /// A family's children bear a double surname.
    pub double_surname: f64,
    /// A child has a double given name.
    pub double_given: f64,
    /// A family gives no patronymics.
    pub no_patronymic: f64,
    /// A family's patronymics are of the огли, кизи kind.
    pub turkic_patronymic: f64,
    /// A child has a repeat certificate beside the first.
    pub repeat_certificate: f64,
    /// A pupil is listed in АІКОМ.
    pub in_aikom: f64,
    /// A pupil is listed in both school systems; the rest is in «Курс: Школа» alone.
    pub in_both: f64,
    /// A pupil of АІКОМ moved and is still listed at the former school too.
    pub moved: f64,
    /// A school keeps its records badly.
    pub bad_school: f64,
    /// How many times likelier every error is at such a school; not a probability.
    pub bad_school_factor: f64,
    /// A whole family left no evidence since the war began.
    pub silent_family: f64,
    /// A child alone left none.
    pub silent_child: f64,
    /// A silent child stands in no register at all, births included.
    pub silent_nowhere: f64,
    /// One of a twin pair stands in no register at all while the other is confirmed.
    pub twin_nowhere: f64,
    /// The same for a child who has siblings.
    pub sibling_nowhere: f64,
    /// A child's birth is not in the register of births.
    pub no_birth_record: f64,
    /// A child stands in the health register.
    pub health: f64,
    /// The last visit was since the war began.
    pub health_recent: f64,
    /// No visit is dated.
    pub health_undated: f64,
    /// The last visit is dated after the day for which statuses are stated.
    pub health_later: f64,
    /// A family left the country after the war began.
    pub abroad: f64,
    /// Such a family came back.
    pub back: f64,
    /// Another family travelled and came back.
    pub trip: f64,
    /// A family registered as displaced.
    pub displaced: f64,
    /// A displaced child is registered a second time.
    pub displaced_again: f64,
    /// A child was reported missing.
    pub missing: f64,
    /// A child reported missing came back.
    pub missing_returned: f64,
    /// Another register saw a child later who is still sought.
    pub missing_contradicted: f64,
    /// A child died since the war began.
    pub deceased: f64,
    /// A school marks contact with a silent child as lost.
    pub contact_lost_silent: f64,
    /// A school marks contact with a child abroad as lost.
    pub contact_lost_abroad: f64,
    /// A school marks contact with another child as lost.
    pub contact_lost: f64,
    /// A school writes why a pupil left it.
    pub withdrawal_said: f64,
}

/// Relative weights of the ways to spell a name in Latin letters.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Romanisation {
    /// Resolution 55 of the Cabinet of Ministers, 2010.
    pub kmu_2010: f64,
    /// The passport rules of 2007.
    pub passport_2007: f64,
    /// From the Russian form of the name.
    pub russian: f64,
    /// Whatever the traveller or a foreign clerk wrote.
    pub ad_hoc: f64,
}

macro_rules! sources {
    ($($(#[$doc:meta])* $variant:ident = $field:ident),* $(,)?) => {
        /// A source that is generated.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Source { $($(#[$doc])* $variant),* }

        impl Source {
            /// Every source, populations first, in the order of the job.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in the job, the truth and the profile.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => stringify!($field)),* }
            }
        }

        /// The rate of one kind of error in each source.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct BySource { $($(#[$doc])* pub $field: f64),* }

        impl BySource {
            /// The rate in `source`.
            #[must_use]
            pub const fn of(&self, source: Source) -> f64 {
                match source { $(Source::$variant => self.$field),* }
            }

            fn each(&mut self) -> impl Iterator<Item = &mut f64> {
                [$(&mut self.$field),*].into_iter()
            }
        }
    };
}

sources! {
    /// ПАК «АІКОМ»: pupils.
    Aikom = aikom,
    /// «Курс: Школа»: pupils.
    Kurs = kurs,
    /// Births (ДРАЦС).
    Births = births,
    /// Health (eHealth).
    Ehealth = ehealth,
    /// Border crossings.
    Border = border,
    /// Missing persons.
    Missing = missing,
    /// Deaths.
    Deaths = deaths,
    /// Displaced persons (ВПО).
    Idp = idp,
}

macro_rules! error_kinds {
    ($($(#[$doc:meta])* $variant:ident = $field:ident),* $(,)?) => {
        /// A kind of error that is put into records.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorKind { $($(#[$doc])* $variant),* }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its key in the profile.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => stringify!($field)),* }
            }
        }

        /// The rates of all kinds of errors.
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Errors { $($(#[$doc])* pub $field: BySource),* }

        impl Errors {
            /// The rates of one kind.
            #[must_use]
            pub const fn of(&self, kind: ErrorKind) -> &BySource {
                match kind { $(ErrorKind::$variant => &self.$field),* }
            }

            fn of_mut(&mut self, kind: ErrorKind) -> &mut BySource {
                match kind { $(ErrorKind::$variant => &mut self.$field),* }
            }
        }
    };
}

error_kinds! {
    /// A slip on the keyboard: a neighbouring key, two letters transposed, one dropped or doubled.
    NameTypo = name_typo,
    /// A letter of another script that looks the same.
    NameLookAlike = name_look_alike,
    /// Another sign for the apostrophe, or none.
    NameApostrophe = name_apostrophe,
    /// The whole name in Russian spelling, or in its Ukrainian reading.
    NameRussian = name_russian,
    /// The short form of the given name.
    NameShort = name_short,
    /// Surname and given name swapped.
    NameSwapFirst = name_swap_first,
    /// Given name and patronymic swapped.
    NameSwapLast = name_swap_last,
    /// Two parts of the name in one field.
    NameJoined = name_joined,
    /// The mother's, father's or stepfather's surname instead of the child's.
    SurnameChanged = surname_changed,
    /// Half of a double surname.
    SurnameHalf = surname_half,
    /// The other form of the patronymic that the same name allows.
    PatronymicForm = patronymic_form,
    /// No given name.
    GivenMissing = given_missing,
    /// No patronymic.
    PatronymicMissing = patronymic_missing,
    /// A field all in capitals (in lower case where the source writes capitals).
    TextCase = text_case,
    /// Stray spaces.
    TextSpace = text_space,
    /// A remark in brackets.
    TextRemark = text_remark,
    /// й and ї written as a letter and a combining mark.
    TextDecomposed = text_decomposed,
    /// One digit of the date wrong.
    DateDigit = date_digit,
    /// Day and month swapped.
    DateSwap = date_swap,
    /// The year off by one.
    DateYear = date_year,
    /// 1 January for an unknown day.
    DateFirst = date_first,
    /// A date that no calendar holds.
    DateImpossible = date_impossible,
    /// A right date in an unusual form.
    DateForm = date_form,
    /// No date.
    DateMissing = date_missing,
    /// The other sex.
    SexWrong = sex_wrong,
    /// No sex.
    SexMissing = sex_missing,
    /// The roman numeral as a digit, as another letter, П for ІІ, Ш for ІІІ.
    CertificateRoman = certificate_roman,
    /// A look-alike or wrong letter in the series.
    CertificateLetters = certificate_letters,
    /// Spaces, №, no hyphen, words.
    CertificateForm = certificate_form,
    /// Leading zeros lost.
    CertificateZero = certificate_zero,
    /// Two digits of the number transposed.
    CertificateTransposed = certificate_transposed,
    /// One digit of the number wrong.
    CertificateDigit = certificate_digit,
    /// The repeat certificate instead of the first, where there is one.
    CertificateRepeat = certificate_repeat,
    /// No series.
    CertificateNoSeries = certificate_no_series,
    /// No certificate.
    CertificateMissing = certificate_missing,
    /// No УНЗР, РНОКПП, though there is one.
    IdentifierMissing = identifier_missing,
    /// One digit of УНЗР, РНОКПП or a passport wrong.
    IdentifierDigit = identifier_digit,
}

impl Default for Profile {
    /// The profile of `samples/errors.toml`.
    fn default() -> Self {
        // The text is compiled in, and a test reads it: it cannot be wrong at run time.
        Self::parse("").expect("the built-in profile is whole")
    }
}

impl Profile {
    /// Reads a profile; what the file does not name stays as in the default.
    ///
    /// # Errors
    /// [`SynthError::Profile`] where the file cannot be read, is no TOML, names an
    /// unknown rate, or holds a rate that is no probability.
    pub fn load(path: &Path) -> Result<Self, SynthError> {
        let wrong = |reason: String| SynthError::Profile { path: path.to_path_buf(), reason };
        let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        let profile = Self::parse(&text).map_err(wrong)?;
        profile.check().map_err(wrong)?;
        Ok(profile)
    }

    /// The default, overlaid with `text`.
    fn parse(text: &str) -> Result<Self, String> {
        let mut whole: Table = DEFAULT.parse().map_err(|e| format!("{e}"))?;
        let part: Table = text.parse().map_err(|e| format!("{e}"))?;
        overlay(&mut whole, part);
        whole.try_into().map_err(|e| format!("{e}"))
    }

    /// Checks that every probability is one.
    pub(super) fn check(&self) -> Result<(), String> {
        for (kind, &which) in ErrorKind::ALL.iter().map(|kind| (kind.key(), kind)) {
            for source in Source::ALL {
                let rate = self.errors.of(which).of(*source);
                if !(0.0..=1.0).contains(&rate) {
                    return Err(format!("errors.{kind}.{} must be between 0 and 1", source.key()));
                }
            }
        }
        let regions = super::tables::REGIONS;
        let home = &self.world.home_region;
        if !home.is_empty() && !regions.iter().any(|region| region.name == home) {
            let known: Vec<_> = regions.iter().map(|region| region.name).collect();
            return Err(format!("world.home_region must be one of: {}", known.join(", ")));
        }
        for (key, rate) in self.world.rates() {
            if !(0.0..=1.0).contains(&rate) {
                return Err(format!("world.{key} must be between 0 and 1"));
            }
        }
        if !(0.0..=1000.0).contains(&self.world.bad_school_factor) {
            return Err("world.bad_school_factor must be between 0 and 1000".into());
        }
        let r = &self.romanisation;
        let weights = [r.kmu_2010, r.passport_2007, r.russian, r.ad_hoc];
        if weights.iter().any(|weight| !(0.0..=1e6).contains(weight))
            || weights.iter().sum::<f64>() <= 0.0
        {
            return Err(
                "romanisation: weights must be numbers from 0 up, one of them above 0".into()
            );
        }
        Ok(())
    }

    /// The same world with every error rate multiplied by `factor`, at most 1.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        let factor = if factor.is_finite() { factor.max(0.0) } else { 1.0 };
        for &kind in ErrorKind::ALL {
            for rate in self.errors.of_mut(kind).each() {
                *rate = (*rate * factor).min(1.0);
            }
        }
        self
    }
}

impl World {
    /// Every probability with its key.
    fn rates(&self) -> Vec<(&'static str, f64)> {
        macro_rules! rates {
            ($($field:ident)*) => { vec![$((stringify!($field), self.$field)),*] };
        }
        rates![
            home_share born_elsewhere twins mother_surname double_surname double_given
            no_patronymic turkic_patronymic repeat_certificate in_aikom in_both moved bad_school
            silent_family silent_child silent_nowhere twin_nowhere sibling_nowhere
            no_birth_record health health_recent health_undated health_later abroad back trip
            displaced displaced_again missing missing_returned missing_contradicted deceased
            contact_lost_silent contact_lost_abroad contact_lost withdrawal_said
        ]
    }
}

/// Puts the values of `part` over those of `whole`, table by table.
fn overlay(whole: &mut Table, part: Table) {
    for (key, value) in part {
        match (whole.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => overlay(old, new),
            (_, value) => {
                whole.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_checked_in_file() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/errors.toml");
        let loaded = Profile::load(&path).unwrap();
        assert_eq!(loaded, Profile::default());
        loaded.check().unwrap();
    }

    #[test]
    fn every_rate_is_explained() {
        let mut explained = false;
        for line in DEFAULT.lines() {
            let rate = line.split_once('=').is_some() && !line.starts_with('#');
            assert!(!rate || explained || line.contains('#'), "no comment: {line}");
            explained = line.starts_with('#');
        }
    }

    #[test]
    fn a_part_is_laid_over_the_default() {
        let profile =
            Profile::parse("[world]\ntwins = 0.5\n[errors]\nname_typo.aikom = 0.25").unwrap();
        let default = Profile::default();
        assert_eq!(profile.world.twins.to_bits(), 0.5_f64.to_bits());
        assert_eq!(profile.errors.name_typo.aikom.to_bits(), 0.25_f64.to_bits());
        assert_eq!(
            profile.errors.name_typo.kurs.to_bits(),
            default.errors.name_typo.kurs.to_bits()
        );
    }

    #[test]
    fn wrong_profiles_are_refused() {
        for (text, word) in [
            ("[world]\ntwinz = 0.1", "twinz"),
            ("[errors]\nname_typo.aikom = \"x\"", "expected"),
            ("[errors]\nname_typo.nobody = 0.1", "nobody"),
            ("nonsense", "expected"),
            ("[world]\ntwins = 1.5", "world.twins"),
            ("[world]\nhome_region = \"Нарнія\"", "home_region"),
            ("[errors]\nname_typo.aikom = -0.1", "errors.name_typo.aikom"),
            ("[errors]\nname_typo.aikom = nan", "errors.name_typo.aikom"),
            ("[romanisation]\nkmu_2010 = -1.0", "romanisation"),
        ] {
            let reason = Profile::parse(text).and_then(|profile| profile.check()).expect_err(text);
            assert!(reason.contains(word), "{text}: {reason}");
        }
    }

    #[test]
    fn scaling_multiplies_errors_alone_and_is_capped() {
        let base = Profile::default();
        let triple = base.clone().scaled(3.0);
        assert_eq!(triple.world, base.world);
        assert!((triple.errors.name_typo.aikom - base.errors.name_typo.aikom * 3.0).abs() < 1e-12);
        let huge = base.clone().scaled(1e9);
        huge.check().unwrap();
        assert!((huge.errors.name_typo.aikom - 1.0).abs() < f64::EPSILON);
        let none = base.clone().scaled(0.0);
        assert!(ErrorKind::ALL.iter().all(|&kind| {
            Source::ALL.iter().all(|&source| none.errors.of(kind).of(source) == 0.0)
        }));
        assert_eq!(base.clone().scaled(f64::NAN), base);
    }
}
