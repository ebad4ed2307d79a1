//! Families, their children, and the schools of these.

use super::days::{Day, SINCE, civil, day};
use super::dice::{Dice, Pool};
use super::life::{Life, Plan};
use super::numbers::{Certificate, Issuer, Sex, edrpou};
use super::profile::{Profile, World};
use super::tables::{FIRST_YEAR, REGIONS, Tables, tables};

/// A surname of one or two parts, as indices into the table of surnames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Surname {
    first: usize,
    second: Option<usize>,
}

impl Surname {
    const fn simple(first: usize) -> Self {
        Self { first, second: None }
    }

    /// The parts in the form for `sex`.
    pub(super) fn parts(self, sex: Sex) -> Vec<&'static str> {
        let form = |index: usize| {
            let (masculine, feminine) = tables().surnames.get(index).copied().unwrap_or_default();
            if sex == Sex::Male || feminine.is_empty() { masculine } else { feminine }
        };
        std::iter::once(self.first).chain(self.second).map(form).collect()
    }

    /// The whole surname in the form for `sex`.
    pub(super) fn written(self, sex: Sex) -> String {
        self.parts(sex).join("-")
    }
}

/// Where a child is on a school's list.
#[derive(Clone, Debug)]
pub(super) struct Enrolment {
    /// Index into [`Schools`].
    pub(super) school: usize,
    pub(super) grade: i32,
    /// The listing is of the former school.
    pub(super) former: bool,
    /// Listed in АІКОМ, otherwise in «Курс: Школа».
    pub(super) aikom: bool,
}

/// A child, as it truly is.
pub(super) struct Child {
    /// Number that identifies the person in the truth.
    pub(super) person: u64,
    pub(super) sex: Sex,
    pub(super) given: String,
    pub(super) birth: Day,
    pub(super) certificate: Certificate,
    pub(super) repeat: Option<Certificate>,
    pub(super) unzr: Option<u64>,
    pub(super) rnokpp: Option<u64>,
    pub(super) passport: Option<String>,
    pub(super) card: Option<String>,
    /// Listings at schools; none for children outside the population.
    pub(super) listings: Vec<Enrolment>,
    /// Index of the twin within the family.
    pub(super) twin: Option<usize>,
    /// What became of the child.
    pub(super) life: Life,
}

impl Child {
    pub(super) fn is_pupil(&self) -> bool {
        !self.listings.is_empty()
    }
}

/// Patronymics of a family's children.
#[derive(Clone, Copy, Debug)]
pub(super) enum Patronymic {
    None,
    /// Index of the father's name among the fathers.
    Slavic(usize),
    /// Index of the father's name among the Turkic ones.
    Turkic(usize),
}

impl Patronymic {
    /// The patronymic for `sex`; `other` asks for the second form, where there is one.
    pub(super) fn written(self, sex: Sex, other: bool) -> String {
        match self {
            Self::None => String::new(),
            Self::Slavic(index) => tables().fathers.get(index).map_or_else(String::new, |father| {
                let forms = if sex == Sex::Male { &father.masculine } else { &father.feminine };
                let at = usize::from(other && forms.len() > 1);
                forms.get(at).copied().unwrap_or("").to_owned()
            }),
            Self::Turkic(index) => {
                let name = tables().turkic.get(index).copied().unwrap_or("");
                format!("{name} {}", if sex == Sex::Male { "огли" } else { "кизи" })
            }
        }
    }

    /// Whether there is a second form for `sex`.
    pub(super) fn has_other(self, sex: Sex) -> bool {
        self.written(sex, true) != self.written(sex, false)
    }

    /// The father's given name.
    pub(super) fn father(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Slavic(index) => tables().fathers.get(index).map_or("", |father| father.name),
            Self::Turkic(index) => tables().turkic.get(index).copied().unwrap_or(""),
        }
    }
}

/// A family.
pub(super) struct Family {
    pub(super) surname: Surname,
    /// Another surname under which a child may appear: the other parent's or a stepfather's.
    pub(super) other_surname: Surname,
    pub(super) patronymic: Patronymic,
    pub(super) mother: &'static str,
    pub(super) children: Vec<Child>,
}

/// A school.
pub(super) struct School {
    /// ЄДРПОУ code.
    pub(super) code: String,
    /// Index into [`REGIONS`].
    pub(super) region: usize,
    /// How many times likelier errors are in its records.
    pub(super) factor: f64,
}

/// All schools, region by region.
pub(super) struct Schools {
    list: Vec<School>,
    /// First school of each region, and the end.
    starts: Vec<usize>,
}

impl Schools {
    /// About one school for 305 pupils, at least two a region.
    fn new(children: u64, profile: &Profile, dice: &mut Dice) -> Self {
        let world = &profile.world;
        let total: f64 = REGIONS.iter().map(|region| region.families).sum();
        let mut list = Vec::new();
        let mut starts = vec![0];
        for (region, of) in REGIONS.iter().enumerate() {
            let mut share = of.families / total;
            if !world.home_region.is_empty() {
                let at_home = if of.name == world.home_region { world.home_share } else { 0.0 };
                share = share * (1.0 - world.home_share) + at_home;
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let count = ((children as f64 * share / 305.0).round() as usize).max(2);
            for _ in 0..count {
                // A prime stride visits seven-digit bases once each.
                let base = 2_000_003 + list.len() as u64 * 7_411 % 2_499_997;
                let bad = dice.chance(world.bad_school);
                let factor = if bad { world.bad_school_factor } else { 1.0 };
                list.push(School { code: edrpou(base), region, factor });
            }
            starts.push(list.len());
        }
        Self { list, starts }
    }

    pub(super) fn get(&self, index: usize) -> Option<&School> {
        self.list.get(index)
    }

    /// A school of `region`; a few are large and many small.
    fn draw(&self, region: usize, dice: &mut Dice) -> usize {
        let start = self.starts.get(region).copied().unwrap_or(0);
        let end = self.starts.get(region + 1).copied().unwrap_or(start + 1);
        let width = end.saturating_sub(start);
        start + dice.below(width).min(dice.below(width * 3 / 2 + 1))
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}

/// What all blocks share.
pub(super) struct Setting {
    pub(super) profile: Profile,
    pub(super) schools: Schools,
    pub(super) romanisations: Pool,
    home: Option<usize>,
}

impl Setting {
    pub(super) fn new(children: u64, seed: u64, profile: Profile) -> Self {
        let mut dice = Dice::new(seed, u64::MAX);
        let r = &profile.romanisation;
        Self {
            schools: Schools::new(children, &profile, &mut dice),
            romanisations: Pool::new([r.kmu_2010, r.passport_2007, r.russian, r.ad_hoc]),
            home: REGIONS.iter().position(|region| region.name == profile.world.home_region),
            profile,
        }
    }

    fn world(&self) -> &World {
        &self.profile.world
    }

    fn region(&self, dice: &mut Dice) -> usize {
        match self.home {
            Some(home) if dice.chance(self.world().home_share) => home,
            _ => tables().region_pool.draw(dice),
        }
    }
}

/// Makes the families of one block.
pub(super) struct Maker<'a> {
    pub(super) setting: &'a Setting,
    pub(super) dice: Dice,
    pub(super) issuer: Issuer,
    next_person: u64,
}

/// The last day on which a child is born.
fn last_birth() -> Day {
    day(2021, 12, 31)
}

/// The grade in 2022/23 of somebody born on `birth`, where there is one.
fn grade(birth: Day) -> Option<i32> {
    let born = civil(birth);
    let age = 2022 - i32::from(born.year()) - i32::from(born.month() >= 9);
    (6..=16).contains(&age).then_some((age - 5).min(11))
}

/// The share of children who go to school, by grade: some of six go to kindergarten,
/// many of fifteen to colleges.
fn enrolled(grade: i32) -> f64 {
    match grade {
        1 => 0.75,
        10 | 11 => 0.62,
        _ => 0.86,
    }
}

impl<'a> Maker<'a> {
    /// The maker of block `block`; persons are numbered from `first_person`.
    pub(super) fn new(setting: &'a Setting, dice: Dice, issuer: Issuer, first_person: u64) -> Self {
        Self { setting, dice, issuer, next_person: first_person }
    }

    /// One family; at most `places` of its children are pupils.
    pub(super) fn family(&mut self, places: usize) -> Family {
        let tables = tables();
        let world = self.setting.world();
        let father = tables.surname_pool.draw(&mut self.dice);
        let mother = tables.surname_pool.draw(&mut self.dice);
        let stepfather = tables.surname_pool.draw(&mut self.dice);
        let step = self.dice.chance(0.4);
        let by_mother = self.dice.chance(world.mother_surname);
        let double = self.dice.chance(world.double_surname);
        let father_first = self.dice.chance(0.5);
        let surname = if double && father != mother {
            let (first, second) = if father_first { (father, mother) } else { (mother, father) };
            Surname { first, second: Some(second) }
        } else {
            Surname::simple(if by_mother { mother } else { father })
        };
        let other = match (step, by_mother) {
            (true, _) => stepfather,
            (false, true) => father,
            (false, false) => mother,
        };
        let patronymic = self.patronymic();
        let region = self.setting.region(&mut self.dice);
        let school = self.setting.schools.draw(region, &mut self.dice);
        let mut family = Family {
            surname,
            other_surname: Surname::simple(other),
            patronymic,
            mother: tables
                .girls
                .get(tables.mother_pool.draw(&mut self.dice))
                .copied()
                .unwrap_or_default(),
            children: Vec::new(),
        };
        self.births(&mut family, region);
        self.enrol(&mut family, places, region, school);
        Plan::of(&family, world, &mut self.dice).live(&mut family, world, &mut self.dice);
        self.papers(&mut family);
        family
    }

    fn patronymic(&mut self) -> Patronymic {
        let world = self.setting.world();
        let tables = tables();
        if self.dice.chance(world.no_patronymic) {
            Patronymic::None
        } else if self.dice.chance(world.turkic_patronymic) {
            Patronymic::Turkic(self.dice.below(tables.turkic.len()))
        } else {
            Patronymic::Slavic(tables.father_pool.draw(&mut self.dice))
        }
    }

    /// One to five births around one that is drawn by the yearly births.
    fn births(&mut self, family: &mut Family, region: usize) {
        const MORE: [f64; 4] = [0.55, 0.30, 0.28, 0.30];
        let first_birth = day(FIRST_YEAR, 1, 1);
        let year = tables().year_pool.draw(&mut self.dice);
        let start = day(FIRST_YEAR + i16::try_from(year).unwrap_or(0), 1, 1);
        let anchor = start + self.dice.between(0, 364);
        let (mut earliest, mut latest) = (anchor, anchor);
        let mut births = vec![anchor];
        for more in MORE {
            if !self.dice.chance(more) {
                break;
            }
            let gap = self.dice.between(400, 2600);
            if self.dice.chance(0.5) {
                earliest -= gap;
                births.push(earliest);
            } else {
                latest += gap;
                births.push(latest);
            }
        }
        births.retain(|birth| (first_birth..=last_birth()).contains(birth));
        births.sort_unstable();
        // A share of s twins among the children is s / (2 - s) twin births.
        let share = self.setting.world().twins;
        let twins = share / (2.0 - share);
        for birth in births {
            let born_in = if self.dice.chance(self.setting.world().born_elsewhere) {
                tables().region_pool.draw(&mut self.dice)
            } else {
                region
            };
            let roman = match self.dice.below(1000) {
                0..=7 => 3,
                8..=35 => 2,
                _ => 1,
            };
            let [first, second] = self.issuer.certificates(born_in, roman);
            if self.dice.chance(twins) {
                let at = family.children.len();
                self.child(family, birth, first, Some(at + 1));
                self.child(family, birth, second, Some(at));
            } else {
                let either = if self.dice.chance(0.5) { first } else { second };
                self.child(family, birth, either, None);
            }
        }
    }

    fn child(
        &mut self,
        family: &mut Family,
        birth: Day,
        certificate: Certificate,
        twin: Option<usize>,
    ) {
        let world = self.setting.world();
        let sex = if self.dice.chance(0.515) { Sex::Male } else { Sex::Female };
        let given = self.given(sex, family);
        let repeat = self
            .dice
            .chance(world.repeat_certificate)
            .then(|| self.issuer.certificates(certificate.region, certificate.roman)[0]);
        family.children.push(Child {
            person: self.next_person,
            sex,
            given,
            birth,
            certificate,
            repeat,
            unzr: None,
            rnokpp: None,
            passport: None,
            card: None,
            listings: Vec::new(),
            twin,
            life: Life::default(),
        });
        self.next_person += 1;
    }

    /// A given name that no brother or sister bears.
    fn given(&mut self, sex: Sex, family: &Family) -> String {
        let Tables { boys, boy_pool, girls, girl_pool, .. } = tables();
        let (names, pool) = if sex == Sex::Male { (boys, boy_pool) } else { (girls, girl_pool) };
        let draw = |dice: &mut Dice| names.get(pool.draw(dice)).copied().unwrap_or("");
        let mut name = draw(&mut self.dice).to_owned();
        for _ in 0..20 {
            if family.children.iter().all(|child| child.given != name) {
                break;
            }
            draw(&mut self.dice).clone_into(&mut name);
        }
        if self.dice.chance(self.setting.world().double_given) {
            let second = draw(&mut self.dice);
            if second != name {
                name = format!("{name}-{second}");
            }
        }
        name
    }

    /// Puts children of school age on the lists of schools.
    fn enrol(&mut self, family: &mut Family, places: usize, region: usize, home: usize) {
        let setting = self.setting;
        let world = setting.world();
        let mut left = places;
        for child in &mut family.children {
            let Some(grade) = grade(child.birth) else { continue };
            if !self.dice.chance(enrolled(grade)) || left == 0 {
                continue;
            }
            left -= 1;
            let school = if self.dice.chance(0.85) {
                home
            } else {
                setting.schools.draw(region, &mut self.dice)
            };
            let listing = Enrolment { school, grade, former: false, aikom: true };
            let kurs = Enrolment { aikom: false, ..listing.clone() };
            let aikom = self.dice.chance(world.in_aikom);
            if aikom {
                if self.dice.chance(world.moved) {
                    let from = setting.region(&mut self.dice);
                    let school = setting.schools.draw(from, &mut self.dice);
                    let grade = (grade - 1).max(1);
                    child.listings.push(Enrolment { school, grade, former: true, aikom: true });
                }
                child.listings.push(listing);
                // P(both | АІКОМ), so that `in_both` is a share of all pupils.
                if self.dice.chance(world.in_both / world.in_aikom) {
                    child.listings.push(kurs);
                }
            } else {
                child.listings.push(kurs);
            }
        }
    }

    /// Numbers and documents beside the certificate, by age and life.
    fn papers(&mut self, family: &mut Family) {
        for child in &mut family.children {
            let age = (SINCE - child.birth) / 365;
            let travels = !child.life.crossings.is_empty();
            let unzr = match age {
                ..=2 => 0.90,
                3..=9 => 0.28,
                10..=13 => 0.42,
                14..=15 => 0.75,
                _ => 0.88,
            };
            if self.dice.chance(if travels { 0.95 } else { unzr }) {
                child.unzr = self.issuer.unzr(child.birth);
            }
            if self.dice.chance(if age <= 2 { 0.85 } else { 0.45 }) {
                child.rnokpp = self.issuer.rnokpp(child.birth, child.sex);
            }
            if travels && self.dice.chance(0.90) || self.dice.chance(0.12) {
                child.passport = Some(self.issuer.passport());
            }
            if age >= 14 && self.dice.chance(0.75) {
                child.card = Some(self.issuer.card());
            }
        }
    }
}

/// How many schools a setting has.
pub(super) fn schools(setting: &Setting) -> u64 {
    setting.schools.len() as u64
}
