//! Built-in mappings: under which headings the usual extracts hold which field.
//!
//! No register publishes the headings of its extracts, so each list holds the plausible
//! ones, Ukrainian and English, the likeliest first. The first that a file has is used;
//! `columns` of the job adds to or overrides it. Headings are compared without case,
//! and with all apostrophes alike.

use super::near::fold;
use super::types::{Kind, Role};
use crate::field::Field;

/// A built-in mapping.
#[derive(Debug)]
pub struct Profile {
    /// Its name in job files.
    pub key: &'static str,
    /// Other names under which it is known.
    pub also: &'static [&'static str],
    /// What it is, for people.
    pub title: &'static str,
    /// Whether such a list asks or answers.
    pub role: Role,
    /// One person, one record.
    pub unique: bool,
    /// Field → headings, the likeliest first.
    pub columns: &'static [(Field, &'static [&'static str])],
    /// What a row proves; `None` for populations, which vouch only if the job says so.
    pub evidence: Option<EvidenceDefaults>,
    /// Parts of file names that hint at it, in lower case.
    pub file_names: &'static [&'static str],
}

/// What a row proves unless the job says otherwise.
#[derive(Debug)]
pub struct EvidenceDefaults {
    /// Where the kind comes from.
    pub kind: KindDefaults,
    /// Headings of the column that dates the evidence, the likeliest first.
    pub date: &'static [&'static str],
}

/// Where the kind of evidence comes from.
#[derive(Debug)]
pub enum KindDefaults {
    /// Every row proves the same.
    Fixed(Kind),
    /// A value of the row decides.
    Column {
        /// Headings of the deciding column, the likeliest first.
        column: &'static [&'static str],
        /// Value → kind.
        kinds: &'static [(&'static str, Kind)],
    },
}

const ID: &[&str] = &[
    "ID запису",
    "ID учня",
    "№ справи",
    "student_id",
    "ID",
    "Ідентифікатор",
    "record_id",
    "uuid",
    "guid",
    "Номер довідки",
    "Номер актового запису",
    "act",
    "№ з/п",
];
const SURNAME: &[&str] = &[
    "Прізвище",
    "Прізвище дитини",
    "Прізвище учня",
    "Прізвище особи",
    "surname",
    "last_name",
    "lastname",
    "family_name",
];
const GIVEN_NAME: &[&str] = &[
    "Ім'я",
    "Ім'я дитини",
    "Ім'я учня",
    "Власне ім'я",
    "given_name",
    "first_name",
    "firstname",
    "given_names",
    "name",
];
const PATRONYMIC: &[&str] = &[
    "По батькові",
    "По батькові дитини",
    "По батькові учня",
    "patronymic",
    "second_name",
    "middle_name",
    "secondname",
];
const FULL_NAME: &[&str] = &[
    "ПІБ",
    "ПІБ учня",
    "ПІБ дитини",
    "ПІБ дитини (оригінал)",
    "П.І.Б.",
    "ПІБ особи",
    "Прізвище, ім'я, по батькові",
    "Прізвище ім'я по батькові",
    "full_name",
    "fullname",
    "fio",
    "pib",
];
const BIRTH_DATE: &[&str] = &[
    "Дата народження",
    "Дата нар.",
    "Дата народж.",
    "Народження",
    "birth_date",
    "birthdate",
    "date_of_birth",
    "birthday",
    "student_birth",
    "dob",
];
const SEX: &[&str] = &["Стать", "Ст.", "sex", "gender", "student_sex"];
const CERTIFICATE_SERIES: &[&str] = &[
    "Серія свідоцтва",
    "Серія свідоцтва про народження",
    "Серія",
    "certificate_series",
    "series",
    "serial",
    "doc_seria",
];
const CERTIFICATE_NUMBER: &[&str] = &[
    "Номер свідоцтва",
    "Номер свідоцтва про народження",
    "№ свідоцтва",
    "certificate_number",
    "number",
];
const CERTIFICATE: &[&str] = &[
    "Свідоцтво про народження",
    "Свідоцтво",
    "Серія та номер свідоцтва",
    "Серія і номер свідоцтва",
    "Серія, номер свідоцтва",
    "birth_certificate",
    "certificate",
];
const DOCUMENT: &[&str] = &[
    "Документ",
    "Серія та номер документа",
    "Номер документа",
    "Паспорт",
    "document",
    "document_number",
    "doc_number",
    "doc",
    "passport",
    "passport_number",
];
const UNZR: &[&str] = &["УНЗР", "Номер запису в ЄДДР", "unzr"];
const RNOKPP: &[&str] = &[
    "РНОКПП",
    "ІПН",
    "Податковий номер",
    "Ідентифікаційний код",
    "rnokpp",
    "tax_id",
    "ipn",
    "inn",
];
const SCHOOL: &[&str] = &[
    "ЄДРПОУ закладу",
    "Код ЄДРПОУ",
    "ЄДРПОУ",
    "Код закладу",
    "Код школи",
    "edrpou",
    "school_code",
    "school",
    "institution",
];
const REGION: &[&str] = &["Область", "Регіон", "region", "oblast"];
const GRADE: &[&str] = &["Клас", "grade", "class", "class_name"];
const DISPLACEMENT: &[&str] = &[
    "Переміщення",
    "Вимушене переміщення",
    "Ознака переміщення",
    "Категорія",
    "displacement",
    "displaced",
];
const CONTACT_LOST: &[&str] = &[
    "Втрачено контакт",
    "Контакт втрачено",
    "Втрата контакту",
    "Відсутній зв'язок",
    "contact_lost",
    "lost_contact",
];
const UPDATED: &[&str] =
    &["Оновлено", "Дата оновлення", "Дата зміни", "updated", "updated_at", "modified"];
const OFFICE: &[&str] = &[
    "ОУО",
    "Орган управління освітою",
    "Відділ освіти",
    "Управління освіти",
    "Назва ОУО",
    "office",
    "education_office",
];
const WITHDRAWAL: &[&str] =
    &["Причина вибуття", "Підстава вибуття", "Причина відрахування", "withdrawal", "leave_reason"];
const WITHDRAWAL_DATE: &[&str] =
    &["Дата вибуття", "Дата відрахування", "withdrawal_date", "left_on"];
const MOTHER: &[&str] = &["Ім'я матері", "Мати", "mother_given_name", "mother_name", "mother"];
const FATHER: &[&str] = &["Ім'я батька", "Батько", "father_given_name", "father_name", "father"];

/// What a person's record usually has.
macro_rules! person_and {
    ($($field:expr => $headings:expr),* $(,)?) => {
        &[
            (Field::Id, ID),
            (Field::Surname, SURNAME),
            (Field::GivenName, GIVEN_NAME),
            (Field::Patronymic, PATRONYMIC),
            (Field::FullName, FULL_NAME),
            (Field::BirthDate, BIRTH_DATE),
            (Field::Sex, SEX),
            $(($field, $headings)),*
        ]
    };
}

/// What a school's record usually has.
const SCHOOL_COLUMNS: &[(Field, &[&str])] = person_and![
    Field::CertificateNumber => CERTIFICATE_NUMBER,
    Field::CertificateSeries => CERTIFICATE_SERIES,
    Field::Certificate => CERTIFICATE,
    Field::Unzr => UNZR,
    Field::Rnokpp => RNOKPP,
    Field::School => SCHOOL,
    Field::Region => REGION,
    Field::Grade => GRADE,
    Field::Displacement => DISPLACEMENT,
    Field::ContactLost => CONTACT_LOST,
    Field::Updated => UPDATED,
    Field::Office => OFFICE,
    Field::Withdrawal => WITHDRAWAL,
    Field::WithdrawalDate => WITHDRAWAL_DATE,
];

/// Every profile, in the order in which they are shown.
pub const PROFILES: &[Profile] = &[
    Profile {
        key: "aikom",
        also: &["аіком"],
        title: "ПАК «АІКОМ»: pupils",
        role: Role::Population,
        unique: false,
        columns: SCHOOL_COLUMNS,
        evidence: None,
        file_names: &["aikom", "аіком", "айком"],
    },
    Profile {
        key: "kurs_shkola",
        also: &["kurs", "курс"],
        title: "«Курс: Школа»: pupils, often one name and one certificate column",
        role: Role::Population,
        unique: false,
        columns: SCHOOL_COLUMNS,
        evidence: None,
        file_names: &["kurs", "курс"],
    },
    Profile {
        key: "births",
        also: &["drats", "dracs", "драцс"],
        title: "ДРАЦС: acts of birth",
        role: Role::Registry,
        unique: true,
        columns: person_and![
            Field::CertificateNumber => CERTIFICATE_NUMBER,
            Field::CertificateSeries => CERTIFICATE_SERIES,
            Field::Certificate => CERTIFICATE,
            Field::Unzr => UNZR,
            Field::Rnokpp => RNOKPP,
            Field::Region => REGION,
            Field::MotherGivenName => MOTHER,
            Field::FatherGivenName => FATHER,
        ],
        evidence: Some(EvidenceDefaults { kind: KindDefaults::Fixed(Kind::Identity), date: &[] }),
        file_names: &["births", "birth", "drats", "dracs", "драцс", "народж"],
    },
    Profile {
        key: "ehealth",
        also: &["esoz", "есоз"],
        title: "ЕСОЗ: patients of the electronic health system",
        role: Role::Registry,
        unique: true,
        columns: person_and![
            Field::Document => DOCUMENT,
            Field::Unzr => UNZR,
            Field::Rnokpp => RNOKPP,
            Field::Region => REGION,
        ],
        evidence: Some(EvidenceDefaults {
            kind: KindDefaults::Fixed(Kind::Present),
            date: &[
                "last_encounter",
                "last_visit",
                "encounter_date",
                "visit_date",
                "Дата останнього звернення",
                "Дата звернення",
                "Останній візит",
                "Дата візиту",
            ],
        }),
        file_names: &["ehealth", "esoz", "есоз", "health", "здоров"],
    },
    Profile {
        key: "vpo",
        also: &["idp", "впо"],
        title: "ЄІБД ВПО: displaced persons",
        role: Role::Registry,
        unique: false,
        columns: person_and![
            Field::Document => DOCUMENT,
            Field::Unzr => UNZR,
            Field::Rnokpp => RNOKPP,
            Field::Region => REGION,
        ],
        evidence: Some(EvidenceDefaults {
            kind: KindDefaults::Fixed(Kind::Displaced),
            date: &[
                "Дата довідки",
                "Дата видачі довідки",
                "Дата взяття на облік",
                "certificate_date",
                "registered_at",
                "registration_date",
            ],
        }),
        file_names: &["vpo", "idp", "впо", "переміщ"],
    },
    Profile {
        key: "border",
        also: &["dpsu", "дпсу"],
        title: "ДПСУ: crossings of the border, names in Latin letters",
        role: Role::Registry,
        unique: false,
        columns: person_and![Field::Document => DOCUMENT],
        evidence: Some(EvidenceDefaults {
            kind: KindDefaults::Column {
                column: &["direction", "Напрямок", "Напрям", "Напрям руху"],
                kinds: &[
                    ("OUT", Kind::Abroad),
                    ("O", Kind::Abroad),
                    ("EXIT", Kind::Abroad),
                    ("виїзд", Kind::Abroad),
                    ("IN", Kind::Present),
                    ("I", Kind::Present),
                    ("ENTRY", Kind::Present),
                    ("в'їзд", Kind::Present),
                    ("в’їзд", Kind::Present),
                ],
            },
            date: &[
                "crossed",
                "crossing_date",
                "crossed_at",
                "Дата перетину",
                "Дата перетину кордону",
                "Дата та час перетину",
            ],
        }),
        file_names: &["border", "dpsu", "дпсу", "crossing", "кордон", "перетин"],
    },
    Profile {
        key: "missing",
        also: &["зниклі"],
        title: "Unified register of persons missing under special circumstances",
        role: Role::Registry,
        unique: false,
        columns: person_and![
            Field::Document => DOCUMENT,
            Field::Unzr => UNZR,
            Field::Rnokpp => RNOKPP,
            Field::Region => REGION,
        ],
        evidence: Some(EvidenceDefaults {
            kind: KindDefaults::Column {
                column: &["Статус", "Стан розшуку", "status"],
                kinds: &[
                    ("розшукується", Kind::ReportedMissing),
                    ("зник безвісти", Kind::ReportedMissing),
                    ("зникла безвісти", Kind::ReportedMissing),
                    ("missing", Kind::ReportedMissing),
                    ("wanted", Kind::ReportedMissing),
                    ("повернено", Kind::Returned),
                    ("повернута", Kind::Returned),
                    ("повернений", Kind::Returned),
                    ("returned", Kind::Returned),
                    ("загинув", Kind::Deceased),
                    ("загинула", Kind::Deceased),
                ],
            },
            date: &["Дата зникнення", "Дата події", "date_missing", "missing_since", "disappeared"],
        }),
        file_names: &["missing", "зникл", "безвісти", "розшук"],
    },
    Profile {
        key: "deaths",
        also: &["death"],
        title: "ДРАЦС: acts of death",
        role: Role::Registry,
        unique: true,
        columns: person_and![
            Field::CertificateNumber => CERTIFICATE_NUMBER,
            Field::CertificateSeries => CERTIFICATE_SERIES,
            Field::Certificate => CERTIFICATE,
            Field::Document => DOCUMENT,
            Field::Unzr => UNZR,
            Field::Rnokpp => RNOKPP,
            Field::Region => REGION,
        ],
        evidence: Some(EvidenceDefaults {
            kind: KindDefaults::Fixed(Kind::Deceased),
            date: &["death_date", "date_of_death", "Дата смерті"],
        }),
        file_names: &["deaths", "death", "смерт", "помер"],
    },
];

/// The profile named `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Profile> {
    let name = fold(name);
    PROFILES.iter().find(|profile| profile.key == name || profile.also.contains(&name.as_str()))
}

/// The names of all profiles.
#[must_use]
pub fn keys() -> Vec<&'static str> {
    PROFILES.iter().map(|profile| profile.key).collect()
}

/// The field that some profile finds under `heading`.
#[must_use]
pub fn field_of(heading: &str) -> Option<Field> {
    let heading = fold(heading).replace(' ', "_");
    let same = |alias: &&str| fold(alias).replace(' ', "_") == heading;
    PROFILES
        .iter()
        .flat_map(|profile| profile.columns)
        .find(|(_, aliases)| aliases.iter().any(&same))
        .map(|(field, _)| *field)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn names_lead_to_one_profile() {
        let mut names = BTreeSet::new();
        for profile in PROFILES {
            for name in profile.also.iter().chain([&profile.key]) {
                assert!(names.insert(*name), "{name} names two profiles");
                assert_eq!(find(name).unwrap().key, profile.key);
            }
        }
    }

    #[test]
    fn no_heading_stands_for_two_things_in_one_profile() {
        for profile in PROFILES {
            let mut seen = BTreeMap::new();
            let mut add = |heading: &str, meaning: String| {
                let other = seen.insert(fold(heading), meaning.clone());
                assert_eq!(other, None, "{}: {heading} also means {meaning}", profile.key);
            };
            for (field, headings) in profile.columns {
                for heading in *headings {
                    add(heading, field.key().to_owned());
                }
            }
            let Some(evidence) = &profile.evidence else { continue };
            for heading in evidence.date {
                add(heading, "evidence date".to_owned());
            }
            if let KindDefaults::Column { column, kinds } = &evidence.kind {
                for heading in *column {
                    add(heading, "evidence kind".to_owned());
                }
                assert!(!kinds.is_empty());
            }
        }
    }

    #[test]
    fn populations_never_vouch_by_default() {
        for profile in PROFILES {
            assert_eq!(profile.evidence.is_none(), profile.role == Role::Population);
        }
    }

    #[test]
    fn foreign_field_names_are_understood() {
        assert_eq!(field_of("last_name"), Some(Field::Surname));
        assert_eq!(field_of("По батькові"), Some(Field::Patronymic));
        assert_eq!(field_of("DOB"), Some(Field::BirthDate));
        assert_eq!(field_of("дата"), None);
    }
}
