//! Names, regions and births: what the invented people are made of.
//!
//! The name tables are the same files that the normaliser reads; nothing else of it is
//! used, so that a fault there cannot hide itself here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::dice::Pool;
use crate::normalize::data;

/// A region: its name, the letters of its certificates, its share of families.
pub(super) struct Region {
    /// As in «… область»; cities have their own form.
    pub(super) name: &'static str,
    /// Letters of the certificate series.
    pub(super) letters: &'static str,
    /// Relative number of families that live there; a model in hundred thousands of people.
    pub(super) families: f64,
}

const fn region(name: &'static str, letters: &'static str, families: f64) -> Region {
    Region { name, letters, families }
}

/// The 27 series of certificates. Few pupils of the two southern ones are on the lists,
/// but certificates of theirs are.
pub(super) const REGIONS: [Region; 27] = [
    region("АР Крим", "АП", 0.4),
    region("Вінницька", "АМ", 15.3),
    region("Волинська", "ЕГ", 10.3),
    region("Дніпропетровська", "КИ", 31.0),
    region("Донецька", "НО", 20.0),
    region("Житомирська", "ТП", 12.0),
    region("Закарпатська", "ФМ", 12.5),
    region("Запорізька", "ЖС", 16.0),
    region("Івано-Франківська", "НМ", 13.6),
    region("Київська", "ОК", 18.0),
    region("Кіровоградська", "ОЛ", 9.2),
    region("Луганська", "ЕД", 8.0),
    region("Львівська", "СГ", 25.0),
    region("Миколаївська", "ФП", 11.0),
    region("Одеська", "ЖД", 24.0),
    region("Полтавська", "КЕ", 13.7),
    region("Рівненська", "ГЮ", 11.5),
    region("Сумська", "БП", 10.5),
    region("Тернопільська", "ИД", 10.3),
    region("Харківська", "ВЛ", 26.0),
    region("Херсонська", "КГ", 10.0),
    region("Хмельницька", "БВ", 12.4),
    region("Черкаська", "СР", 11.8),
    region("Чернівецька", "МИ", 9.0),
    region("Чернігівська", "ЕЛ", 9.8),
    region("м. Київ", "БК", 29.6),
    region("м. Севастополь", "АС", 0.1),
];

/// Births a year, thousands: 2005 to 2021.
pub(super) const BIRTHS: [f64; 17] = [
    428.0, 460.0, 473.0, 511.0, 512.0, 498.0, 503.0, 521.0, 504.0, 466.0, 412.0, 397.0, 364.0,
    336.0, 311.0, 293.0, 272.0,
];
/// The first year of [`BIRTHS`].
pub(super) const FIRST_YEAR: i16 = 2005;

/// A father's name and the patronymics made from it, the standard form first.
pub(super) struct Father {
    pub(super) name: &'static str,
    pub(super) masculine: Vec<&'static str>,
    pub(super) feminine: Vec<&'static str>,
}

/// Everything that names are drawn from.
pub(super) struct Tables {
    /// Masculine and feminine form.
    pub(super) surnames: Vec<(&'static str, &'static str)>,
    pub(super) surname_pool: Pool,
    pub(super) boys: Vec<&'static str>,
    pub(super) boy_pool: Pool,
    pub(super) girls: Vec<&'static str>,
    pub(super) girl_pool: Pool,
    pub(super) mother_pool: Pool,
    pub(super) fathers: Vec<Father>,
    pub(super) father_pool: Pool,
    /// Fathers' names that take огли and кизи.
    pub(super) turkic: Vec<&'static str>,
    /// Ukrainian given name → Russian ones.
    pub(super) russian_given: BTreeMap<&'static str, Vec<&'static str>>,
    /// Ukrainian patronymic → Russian one.
    pub(super) russian_patronymic: BTreeMap<&'static str, &'static str>,
    /// Full given name → short ones.
    pub(super) short: BTreeMap<&'static str, Vec<&'static str>>,
    /// Given name → Latin spellings.
    pub(super) latin: BTreeMap<&'static str, Vec<&'static str>>,
    /// Letter → look-alikes.
    pub(super) look_alikes: BTreeMap<char, Vec<char>>,
    /// What is written for an apostrophe.
    pub(super) apostrophes: Vec<&'static str>,
    pub(super) region_pool: Pool,
    pub(super) year_pool: Pool,
}

/// The tables, parsed once.
pub(super) fn tables() -> &'static Tables {
    static TABLES: LazyLock<Tables> = LazyLock::new(Tables::parse);
    &TABLES
}

fn cell<'a>(row: &[&'a str], at: usize) -> &'a str {
    row.get(at).copied().unwrap_or("")
}

fn number(row: &[&str], at: usize) -> f64 {
    cell(row, at).parse().unwrap_or(0.0)
}

/// `key → every value` over two columns, without those where the two are the same.
fn pairs(
    table: &'static str,
    keep: impl Fn(&[&str]) -> bool,
) -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut map: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in data::rows(table).filter(|row| keep(row)) {
        let (from, to) = (cell(&row, 0), cell(&row, 1));
        if from != to && !to.is_empty() {
            map.entry(from).or_default().push(to);
        }
    }
    map
}

impl Tables {
    fn parse() -> Self {
        // One apostrophe in the truth: others are errors, and are put in as such.
        let names = |table| -> Vec<_> {
            data::rows(table).filter(|row| !cell(row, 0).contains(['ʼ', '’'])).collect()
        };
        let surnames = names(data::SURNAMES);
        let boys = names(data::FIRST_MALE);
        let girls = names(data::FIRST_FEMALE);
        let fathers = names(data::PATRONYMICS);
        let mut look_alikes: BTreeMap<char, Vec<char>> = BTreeMap::new();
        let mut apostrophes = Vec::new();
        for row in data::rows(data::ERROR_TABLES) {
            match cell(&row, 0) {
                "homoglyph" => {
                    if let (Some(from), Some(to)) =
                        (cell(&row, 1).chars().next(), cell(&row, 2).chars().next())
                    {
                        look_alikes.entry(from).or_default().push(to);
                    }
                }
                "apostrophe" => apostrophes.push(cell(&row, 2)),
                _ => {}
            }
        }
        Self {
            surnames: surnames.iter().map(|row| (cell(row, 0), cell(row, 1))).collect(),
            surname_pool: Pool::new(surnames.iter().map(|row| number(row, 4))),
            boys: boys.iter().map(|row| cell(row, 0)).collect(),
            boy_pool: Pool::new(boys.iter().map(|row| number(row, 1))),
            girls: girls.iter().map(|row| cell(row, 0)).collect(),
            girl_pool: Pool::new(girls.iter().map(|row| number(row, 1))),
            mother_pool: Pool::new(girls.iter().map(|row| number(row, 2))),
            father_pool: Pool::new(fathers.iter().map(|row| number(row, 3))),
            fathers: fathers
                .iter()
                .map(|row| Father {
                    name: cell(row, 0),
                    masculine: cell(row, 1).split('|').collect(),
                    feminine: cell(row, 2).split('|').collect(),
                })
                .collect(),
            turkic: data::rows(data::PATRONYMICS_UK_RU)
                .filter_map(|row| cell(&row, 0).strip_suffix("огли"))
                .filter(|name| name.chars().count() > 3 && !name.ends_with(['-', ' ']))
                .collect(),
            russian_given: pairs(data::RU_UK_PAIRS, |row| {
                matches!(cell(row, 3), "H" | "N0") && cell(row, 4) != "same"
            }),
            russian_patronymic: data::rows(data::PATRONYMICS_UK_RU)
                .map(|row| (cell(&row, 0), cell(&row, 1)))
                .collect(),
            short: pairs(data::DIMINUTIVES, |_| true),
            latin: pairs(data::LATIN_VARIANTS, |row| cell(row, 1).is_ascii()),
            look_alikes,
            apostrophes,
            region_pool: Pool::new(REGIONS.iter().map(|region| region.families)),
            year_pool: Pool::new(BIRTHS),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn tables_are_whole() {
        let tables = tables();
        assert!(tables.surnames.len() > 10_000 && tables.fathers.len() > 500);
        assert!(tables.boys.len() > 300 && tables.girls.len() > 300);
        assert!(!tables.turkic.is_empty() && tables.apostrophes.len() > 8);
        assert!(tables.russian_given["Олена"].contains(&"Елена"));
        assert_eq!(tables.russian_patronymic["Сергіївна"], "Сергеевна");
        assert!(tables.short["Євген"].contains(&"Женя"));
        assert!(tables.latin["Олександр"].contains(&"Alexander"));
        assert!(tables.look_alikes[&'і'].contains(&'i'));
    }

    #[test]
    fn every_region_has_its_own_series() {
        let letters: BTreeSet<_> = REGIONS.iter().map(|region| region.letters).collect();
        let names: BTreeSet<_> = REGIONS.iter().map(|region| region.name).collect();
        assert_eq!((letters.len(), names.len()), (27, 27));
        assert!(letters.iter().all(|l| l.chars().count() == 2 && !l.contains(['І', 'Ї', 'Є'])));
    }
}
