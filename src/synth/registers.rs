//! The registers: which columns each has, and which rows a family leaves in it.

use super::days::{AS_OF, Day, SINCE, civil};
use super::files::{Cell, Kind, Layout, Row};
use super::latin::System;
use super::leaving::left;
use super::life::TrueStatus;
use super::numbers::Sex;
use super::profile::Source;
use super::scribe::{Scribe, Written};
use super::tables::REGIONS;
use super::world::{Child, Enrolment, Family, Setting};

/// The files, in the order of [`Source::ALL`].
pub(super) const LAYOUTS: [Layout; 8] = [
    Layout {
        source: Source::Aikom,
        file: "aikom.xlsx",
        kind: Kind::Workbook,
        columns: &[
            "ID запису",
            "Прізвище",
            "Ім'я",
            "По батькові",
            "Дата народження",
            "Стать",
            "Серія свідоцтва",
            "Номер свідоцтва",
            "УНЗР",
            "РНОКПП",
            "ЄДРПОУ закладу",
            "Область",
            "ОУО",
            "Клас",
            "Переміщення",
            "Втрачено контакт",
            "Оновлено",
            "Причина вибуття",
            "Дата вибуття",
        ],
        days: &["Дата народження", "Оновлено", "Дата вибуття"],
        date: "%d.%m.%Y",
    },
    Layout {
        source: Source::Kurs,
        file: "kurs.csv",
        kind: Kind::Windows1251,
        columns: &[
            "ID учня",
            "ПІБ учня",
            "Свідоцтво про народження",
            "Дата нар.",
            "Ст.",
            "Код школи",
            "Клас",
            "Категорія",
            "Контакт втрачено",
        ],
        days: &["Дата нар."],
        date: "%d.%m.%Y",
    },
    Layout {
        source: Source::Births,
        file: "drats.parquet",
        kind: Kind::Parquet,
        columns: &[
            "act",
            "surname",
            "given_name",
            "patronymic",
            "birth_date",
            "sex",
            "series",
            "number",
            "mother",
            "father",
            "region",
        ],
        days: &["birth_date"],
        date: "%Y-%m-%d",
    },
    Layout {
        source: Source::Ehealth,
        file: "ehealth.parquet",
        kind: Kind::Parquet,
        columns: &[
            "id",
            "last_name",
            "first_name",
            "second_name",
            "birth_date",
            "gender",
            "document",
            "unzr",
            "tax_id",
            "last_encounter",
        ],
        days: &["last_encounter"],
        date: "%Y-%m-%d",
    },
    Layout {
        source: Source::Border,
        file: "border.csv",
        kind: Kind::Utf8,
        columns: &["ID", "SURNAME", "GIVEN_NAME", "DOB", "SEX", "DOC", "CROSSED", "DIRECTION"],
        days: &["DOB", "CROSSED"],
        date: "%Y-%m-%d",
    },
    Layout {
        source: Source::Missing,
        file: "missing.csv",
        kind: Kind::Utf8,
        columns: &[
            "№ справи",
            "Прізвище",
            "Ім'я",
            "По батькові",
            "Дата народження",
            "Дата зникнення",
            "Статус",
        ],
        days: &["Дата народження", "Дата зникнення"],
        date: "%d.%m.%Y",
    },
    Layout {
        source: Source::Deaths,
        file: "deaths.csv",
        kind: Kind::Utf8,
        columns: &[
            "id",
            "surname",
            "given_name",
            "patronymic",
            "birth_date",
            "series",
            "number",
            "death_date",
        ],
        days: &["birth_date", "death_date"],
        date: "%Y-%m-%d",
    },
    Layout {
        source: Source::Idp,
        file: "vpo.csv",
        kind: Kind::Utf8,
        columns: &[
            "Номер довідки",
            "Прізвище",
            "Ім'я",
            "По батькові",
            "Дата народження",
            "Документ",
            "РНОКПП",
            "Дата довідки",
        ],
        days: &["Дата народження", "Дата довідки"],
        date: "%d.%m.%Y",
    },
];

/// The rows that one block leaves in each source, in the order of [`Source::ALL`].
#[derive(Default)]
pub(super) struct Rows(pub(super) [Vec<Row>; 8]);

impl Rows {
    fn push(&mut self, source: Source, person: u64, cells: Vec<Cell>) {
        if let Some(rows) = self.0.get_mut(source as usize) {
            rows.push(Row { person, cells });
        }
    }
}

/// A date cell: a day, another text, or nothing.
fn date_cell(written: Written) -> Cell {
    match written {
        Written::Missing => Cell::Empty,
        Written::Day(day) => Cell::Day(day),
        Written::Text(text) => Cell::Text(text),
    }
}

/// A date cell for a column of real dates: a text that is no usual date is lost there.
fn real_date_cell(written: &Written) -> Cell {
    match written {
        Written::Day(day) => Cell::Day(*day),
        Written::Missing | Written::Text(_) => Cell::Empty,
    }
}

fn unzr(number: u64) -> String {
    let digits = format!("{number:013}");
    format!("{}-{}", digits.get(..8).unwrap_or(""), digits.get(8..).unwrap_or(""))
}

/// Writes the rows of `family` into every source.
pub(super) fn write(family: &Family, setting: &Setting, scribe: &mut Scribe, rows: &mut Rows) {
    for child in &family.children {
        for listing in &child.listings {
            if listing.aikom {
                aikom(family, child, listing, setting, scribe, rows);
            } else {
                kurs(family, child, listing, setting, scribe, rows);
            }
        }
        if child.life.birth_record {
            birth(family, child, scribe, rows);
        }
        if child.life.health {
            health(family, child, scribe, rows);
        }
        border(family, child, setting, scribe, rows);
        for &(on, returned) in &child.life.missing {
            missing(family, child, on, returned, scribe, rows);
        }
        if let Some(on) = child.life.death {
            death(family, child, on, scribe, rows);
        }
        for &on in &child.life.displaced {
            displaced(family, child, on, scribe, rows);
        }
    }
}

/// Whether, and how, the school marks a child as displaced.
enum Displaced {
    No,
    Within,
    Abroad,
}

fn displacement(child: &Child, scribe: &mut Scribe) -> Displaced {
    // Schools learn of most moves, and believe in some that never were.
    if child.life.status() == TrueStatus::ConfirmedAbroad {
        if scribe.dice.chance(0.85) { Displaced::Abroad } else { Displaced::No }
    } else if !child.life.displaced.is_empty() {
        if scribe.dice.chance(0.75) { Displaced::Within } else { Displaced::No }
    } else if child.life.status() == TrueStatus::Unconfirmed && scribe.dice.chance(0.15) {
        if scribe.dice.chance(0.5) { Displaced::Abroad } else { Displaced::Within }
    } else {
        match scribe.dice.below(100) {
            0 => Displaced::Abroad,
            1 | 2 => Displaced::Within,
            _ => Displaced::No,
        }
    }
}

fn school(listing: &Enrolment, setting: &Setting) -> (String, usize, f64) {
    setting
        .schools
        .get(listing.school)
        .map_or_else(Default::default, |s| (s.code.clone(), s.region, s.factor))
}

fn class(listing: &Enrolment, scribe: &mut Scribe) -> String {
    let letter = ["А", "Б", "В"].get(scribe.dice.below(3)).copied().unwrap_or("А");
    format!("{}-{letter}", listing.grade)
}

/// The education office of a school: a few a region.
fn office(listing: &Enrolment, region: usize) -> String {
    let name = REGIONS.get(region).map_or("", |region| region.name);
    format!("Відділ освіти № {}, {name}", listing.school % 4 + 1)
}

fn region_name(region: usize) -> String {
    let name = REGIONS.get(region).map_or("", |region| region.name);
    if name.ends_with("ька") { format!("{name} область") } else { name.to_owned() }
}

fn aikom(
    family: &Family,
    child: &Child,
    listing: &Enrolment,
    setting: &Setting,
    scribe: &mut Scribe,
    rows: &mut Rows,
) {
    let (code, region, factor) = school(listing, setting);
    scribe.turn_to(Source::Aikom, factor);
    let [surname, given, patronymic] = scribe.name(family, child);
    let birth = date_cell(scribe.birth(child.birth));
    let sex = scribe.sex(child.sex).map(|sex| {
        let forms: [&str; 4] = match sex {
            Sex::Male => ["чоловіча", "Чоловіча", "ч", "чол."],
            Sex::Female => ["жіноча", "Жіноча", "ж", "жін."],
        };
        let odd = scribe.dice.chance(0.06);
        let at = if odd { scribe.dice.below(4) } else { 0 };
        forms.get(at).copied().unwrap_or("")
    });
    let document = scribe.certificate(child, true).unwrap_or_default();
    // Some schools type numbers into cells of numbers.
    let as_number = scribe.dice.chance(0.25);
    let number = match document.number.parse() {
        Ok(number) if as_number && !document.number.starts_with('0') => Cell::Number(number),
        _ => document.number.into(),
    };
    let displaced = displacement(child, scribe);
    let updated = if listing.former {
        scribe.dice.between(SINCE - 200, SINCE + 200)
    } else {
        scribe.dice.between(AS_OF - 60, AS_OF)
    };
    let lost = child.life.contact_lost && scribe.dice.chance(0.9);
    let left = left(child, listing, &setting.profile.world, &mut scribe.leaving);
    let cells = vec![
        scribe.issuer.row().to_string().into(),
        surname.into(),
        given.into(),
        patronymic.into(),
        birth,
        sex.into(),
        document.series.into(),
        number,
        scribe.identifier(child.unzr.map(unzr)).into(),
        scribe.identifier(child.rnokpp.map(|n| format!("{n:010}"))).into(),
        code.into(),
        region_name(region).into(),
        office(listing, region).into(),
        class(listing, scribe).into(),
        match displaced {
            Displaced::No => "ні",
            Displaced::Within => "в межах України",
            Displaced::Abroad => "за межі України",
        }
        .into(),
        if lost { "так" } else { "ні" }.into(),
        Cell::Day(updated),
        left.map(|(reason, _)| reason).into(),
        left.and_then(|(_, day)| day).map_or(Cell::Empty, Cell::Day),
    ];
    rows.push(Source::Aikom, child.person, cells);
}

fn kurs(
    family: &Family,
    child: &Child,
    listing: &Enrolment,
    setting: &Setting,
    scribe: &mut Scribe,
    rows: &mut Rows,
) {
    let (code, _, factor) = school(listing, setting);
    scribe.turn_to(Source::Kurs, factor);
    let parts = scribe.name(family, child);
    let name: Vec<&str> =
        parts.iter().map(String::as_str).filter(|part| !part.trim().is_empty()).collect();
    let birth = date_cell(scribe.birth(child.birth));
    let sex = scribe.sex(child.sex).map(|sex| if sex == Sex::Male { "ч" } else { "ж" });
    let document = scribe.certificate(child, true).map(|document| document.joined);
    let displaced = displacement(child, scribe);
    let lost = child.life.contact_lost && scribe.dice.chance(0.9);
    let cells = vec![
        scribe.issuer.row().to_string().into(),
        name.join(" ").into(),
        document.into(),
        birth,
        sex.into(),
        code.into(),
        class(listing, scribe).into(),
        match displaced {
            Displaced::No => "",
            Displaced::Within => "ВПО",
            Displaced::Abroad => "за кордоном",
        }
        .into(),
        if lost { "так" } else { "" }.into(),
    ];
    rows.push(Source::Kurs, child.person, cells);
}

fn birth(family: &Family, child: &Child, scribe: &mut Scribe, rows: &mut Rows) {
    scribe.turn_to(Source::Births, 1.0);
    let [surname, given, patronymic] = scribe.name(family, child);
    let birth = real_date_cell(&scribe.birth(child.birth));
    let sex = scribe.sex(child.sex).map(|sex| if sex == Sex::Male { "Ч" } else { "Ж" });
    let document = scribe.certificate(child, false).unwrap_or_default();
    let cells = vec![
        scribe.issuer.row().to_string().into(),
        surname.into(),
        given.into(),
        patronymic.into(),
        birth,
        sex.into(),
        document.series.into(),
        document.number.into(),
        family.mother.into(),
        family.patronymic.father().into(),
        REGIONS.get(child.certificate.region).map_or("", |region| region.name).into(),
    ];
    rows.push(Source::Births, child.person, cells);
}

fn health(family: &Family, child: &Child, scribe: &mut Scribe, rows: &mut Rows) {
    scribe.turn_to(Source::Ehealth, 1.0);
    let [surname, given, patronymic] = scribe.name(family, child);
    let birth = date_cell(scribe.birth(child.birth));
    let sex = scribe.sex(child.sex).map(|sex| if sex == Sex::Male { "MALE" } else { "FEMALE" });
    let card = child.card.clone().filter(|_| scribe.dice.chance(0.4));
    let document = card.or_else(|| {
        scribe.certificate(child, false).map(|document| {
            if scribe.dice.chance(0.7) {
                document.joined.replace(" № ", "")
            } else {
                document.joined
            }
        })
    });
    let cells = vec![
        format!("{:012x}", u128::from(scribe.issuer.row()) * 27_644_437 % (1 << 48)).into(),
        surname.into(),
        given.into(),
        patronymic.into(),
        birth,
        sex.into(),
        document.into(),
        scribe.identifier(child.unzr.map(unzr)).into(),
        scribe.identifier(child.rnokpp.map(|n| format!("{n:010}"))).into(),
        child.life.visit.map_or(Cell::Empty, Cell::Day),
    ];
    rows.push(Source::Ehealth, child.person, cells);
}

fn border(family: &Family, child: &Child, setting: &Setting, scribe: &mut Scribe, rows: &mut Rows) {
    if child.life.crossings.is_empty() {
        return;
    }
    scribe.turn_to(Source::Border, 1.0);
    // One passport, one spelling: it is drawn once a person.
    let system = System::at(setting.romanisations.draw(&mut scribe.dice));
    for &(on, out) in &child.life.crossings {
        let again = scribe.dice.chance(0.06);
        let system = if again { System::at(scribe.dice.below(4)) } else { system };
        let [surname, given] = scribe.latin_name(family, child, system);
        let birth = date_cell(scribe.birth(child.birth));
        let sex = scribe.sex(child.sex).map(|sex| if sex == Sex::Male { "M" } else { "F" });
        let passport = child.passport.clone().filter(|_| scribe.dice.chance(0.95));
        let document = match passport {
            Some(passport) => scribe.identifier(Some(passport)),
            // The first weeks of the war: children crossed by certificate, or by nothing.
            None if scribe.dice.chance(0.85) => {
                scribe.certificate(child, true).map(|document| document.joined)
            }
            None => None,
        };
        let cells = vec![
            scribe.issuer.row().to_string().into(),
            surname.into(),
            given.into(),
            birth,
            sex.into(),
            document.into(),
            Cell::Day(on),
            if out { "OUT" } else { "IN" }.into(),
        ];
        rows.push(Source::Border, child.person, cells);
    }
}

fn missing(
    family: &Family,
    child: &Child,
    on: Day,
    returned: bool,
    scribe: &mut Scribe,
    rows: &mut Rows,
) {
    scribe.turn_to(Source::Missing, 1.0);
    let [surname, given, patronymic] = scribe.name(family, child);
    let birth = date_cell(scribe.birth(child.birth));
    let cells = vec![
        format!("{}-{}", civil(on).year(), scribe.issuer.row()).into(),
        surname.into(),
        given.into(),
        patronymic.into(),
        birth,
        Cell::Day(on),
        if returned { "повернено" } else { "розшукується" }.into(),
    ];
    rows.push(Source::Missing, child.person, cells);
}

fn death(family: &Family, child: &Child, on: Day, scribe: &mut Scribe, rows: &mut Rows) {
    scribe.turn_to(Source::Deaths, 1.0);
    let [surname, given, patronymic] = scribe.name(family, child);
    let birth = date_cell(scribe.birth(child.birth));
    let document = scribe.certificate(child, true).unwrap_or_default();
    let cells = vec![
        scribe.issuer.row().to_string().into(),
        surname.into(),
        given.into(),
        patronymic.into(),
        birth,
        document.series.into(),
        document.number.into(),
        Cell::Day(on),
    ];
    rows.push(Source::Deaths, child.person, cells);
}

fn displaced(family: &Family, child: &Child, on: Day, scribe: &mut Scribe, rows: &mut Rows) {
    scribe.turn_to(Source::Idp, 1.0);
    let [surname, given, patronymic] = scribe.name(family, child);
    let birth = date_cell(scribe.birth(child.birth));
    let other = child.card.clone().or_else(|| child.passport.clone());
    let other = other.filter(|_| scribe.dice.chance(0.3));
    let document =
        other.or_else(|| scribe.certificate(child, true).map(|document| document.joined));
    let cells = vec![
        format!("{}-{}", 1000 + scribe.dice.below(9000), scribe.issuer.row()).into(),
        surname.into(),
        given.into(),
        patronymic.into(),
        birth,
        document.into(),
        scribe.identifier(child.rnokpp.map(|n| format!("{n:010}"))).into(),
        Cell::Day(on),
    ];
    rows.push(Source::Idp, child.person, cells);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_follow_the_sources() {
        for (layout, source) in LAYOUTS.iter().zip(Source::ALL) {
            assert_eq!(layout.source, *source);
            assert!(layout.days.iter().all(|day| layout.columns.contains(day)));
        }
        assert_eq!(unzr(2_018_031_201_233), "20180312-01233");
        assert_eq!(region_name(23), "Чернівецька область");
        assert_eq!(region_name(25), "м. Київ");
    }
}
