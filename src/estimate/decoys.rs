//! Decoys: invented children, who cannot have a true link.
//!
//! Searches of spectra estimate their false discoveries by searching for decoys among the
//! targets (J. E. Elias, S. P. Gygi, *Target–decoy search strategy for increased confidence in
//! large-scale protein identifications by mass spectrometry*, Nature Methods 4, 2007). Here they
//! are put together of values that real school records have:
//!
//! - *strangers*: surname, patronymic, region and school of one record, given name of another,
//!   birth date of a third; the given name is not that of the first, who has the rest of the name. Children without a record in the register are like them, all of them.
//! - *twins*: a real record with another given name, half of them of the other sex, where its
//!   family's names take the other form if some record has it. Half of the certificates bear a
//!   neighbouring number, as those of twins do; other identifiers are missing.
//! - *siblings*: likewise, born 1 to 5 years apart.
//!
//! What a record lacks, its decoy lacks. A decoy whose names and birth date some record has is
//! left out. Decoys compete with the real children for the records.
//!
//! Of the twins and siblings those count whose relative is linked, so has a record that might be
//! taken for the decoy's; real children without a link are like them as often as they have such a
//! relative ([`Kinship::relatives`]) and as kin are in the register, twice as often as others at
//! the most, as where pairs are scored. The rates of the three kinds, each times the children who
//! are like it, add up to the false links expected.

use rustc_hash::{FxHashMap, FxHashSet};

use super::sample::{contest, every, id, linked, size};
use super::{Method, Part, Subject};
use crate::compare::{CERTIFICATE_NEIGHBOURHOOD, Comparator, MISSING, Packed, Side, level};
use crate::model::Kinship;
use crate::normalize::{Document, DocumentKind, Lexicon, Sex};
use crate::resolve::Candidate;

/// The key of the method.
const KEY: &str = "decoys";
/// Decoys of each kind at the most.
const MOST: usize = 20_000;
/// Records that are tried for a value that fits.
const TRIES: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Stranger,
    Twin,
    Sibling,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Stranger, Self::Twin, Self::Sibling];

    const fn key(self) -> &'static str {
        match self {
            Self::Stranger => "strangers",
            Self::Twin => "twins",
            Self::Sibling => "siblings",
        }
    }
}

/// An invented child.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decoy {
    pub(super) kind: Kind,
    pub(super) packed: Packed,
    /// Where the record stands whose school it has.
    pub(super) origin: (u16, u32),
    pub(super) content: u64,
    /// The child of that record.
    pub(super) relative: u32,
}

/// The decoys of a register.
pub(super) fn invent(subject: Subject<'_>) -> Vec<Decoy> {
    let population = subject.population;
    let mut ids: Vec<u32> = (0..id(population.len())).collect();
    ids.sort_by_key(|&id| (population.content[id as usize], id));
    let ids = every(&ids, size(ids.len(), MOST));
    let families = Families::new(&subject.world.lexicon, population);
    let known = Known::new(&subject.world.lexicon, [population, subject.right]);
    let inventor = Inventor {
        comparator: subject.comparator,
        lexicon: &subject.world.lexicon,
        population,
        ids: &ids,
        families: &families,
    };
    let mut decoys = Vec::new();
    for kind in Kind::ALL {
        for (place, &from) in ids.iter().enumerate() {
            let Some(packed) = inventor.decoy(kind, place) else { continue };
            if known.holds(&subject.world.lexicon, packed) {
                continue;
            }
            let from = from as usize;
            decoys.push(Decoy {
                kind,
                packed,
                origin: population.origin[from],
                content: population.content[from],
                relative: subject.children.of_record[from],
            });
        }
    }
    decoys
}

struct Inventor<'a> {
    comparator: &'a Comparator,
    lexicon: &'a Lexicon,
    population: &'a Side,
    /// The sample, by content.
    ids: &'a [u32],
    families: &'a Families,
}

impl Inventor<'_> {
    fn record(&self, place: usize) -> Packed {
        self.population.packed[self.ids[place % self.ids.len()] as usize]
    }

    /// The first record from `start` on that fits, going round.
    fn find(&self, start: usize, fits: impl Fn(&Packed) -> bool) -> Option<Packed> {
        (start..start + TRIES.min(self.ids.len())).map(|i| self.record(i)).find(fits)
    }

    /// The decoy of a kind made from the record at a place of the sample; none where the values
    /// for it are missing.
    fn decoy(&self, kind: Kind, place: usize) -> Option<Packed> {
        let base = self.record(place);
        if base.surname == 0 || base.given_name == 0 || base.birth_date == 0 {
            return None;
        }
        let n = self.ids.len();
        // Far from the record and from each other in the order, which is that of a hash.
        let (second, third) = (place + n / 3 + 1, place + 2 * n / 3 + 1);
        let mut decoy =
            Packed { unzr: 0, rnokpp: 0, document: Document::MISSING, further: 0, ..base };
        let dates = &self.comparator.dates;
        decoy.birth_date = dates.main(base.birth_date);
        let names = &self.comparator.given_names;
        let other_name = |giver: &Packed| {
            giver.given_name != 0 && !names.is_initial(giver.given_name) && {
                let level = names.level(base.given_name, giver.given_name);
                // A family gives no name twice, in whatever form.
                level != MISSING && level > level::GIVEN_DIMINUTIVE && level != level::GIVEN.initial
            }
        };
        if kind == Kind::Stranger {
            decoy.certificate = Document::MISSING;
            let giver = self.find(second, |r| r.sex == base.sex && other_name(r))?;
            decoy.given_name = giver.given_name;
            decoy.birth_date = dates.main(self.find(third, |r| r.birth_date != 0)?.birth_date);
            return Some(decoy);
        }
        let sex = match (base.sex, place.is_multiple_of(2)) {
            (Sex::Male, false) => Sex::Female,
            (Sex::Female, false) => Sex::Male,
            (sex, _) => sex,
        };
        let giver = self.find(second, |r| r.sex == sex && other_name(r))?;
        decoy.given_name = giver.given_name;
        if sex != base.sex {
            decoy.sex = sex;
            (decoy.surname, decoy.patronymic) = self.families.of_sex(self.lexicon, &base, sex);
        }
        decoy.certificate = neighbour(base.certificate, place);
        if kind == Kind::Sibling {
            decoy.certificate = Document::MISSING;
            let born = i32::from(dates.date(base.birth_date).year);
            let apart = |r: &Packed| {
                let year = i32::from(dates.date(r.birth_date).year);
                born != 0 && year != 0 && (1..=5).contains(&(year - born).abs())
            };
            decoy.birth_date = dates.main(self.find(third, apart)?.birth_date);
        }
        Some(decoy)
    }
}

/// A certificate 1 to 3 numbers away, for half of the places; else none.
fn neighbour(certificate: Document, place: usize) -> Document {
    let numbered = certificate.kind == DocumentKind::BirthCertificate && certificate.number != 0;
    if !numbered || place % 4 >= 2 {
        return Document::MISSING;
    }
    // At most the neighbourhood, which is small.
    let step = 1 + id(place / 4) % CERTIFICATE_NEIGHBOURHOOD;
    let below =
        certificate.number.checked_sub(step).filter(|&n| n > 0 && (place / 12).is_multiple_of(2));
    Document { number: below.unwrap_or(certificate.number.saturating_add(step)), ..certificate }
}

/// The forms that a family's names take for brothers and for sisters, by what they have in common.
struct Families {
    surnames: FxHashMap<(u64, bool), u32>,
    patronymics: FxHashMap<(u64, bool), u32>,
}

impl Families {
    /// The forms in the records of a side; of several the first by its letters.
    fn new(lexicon: &Lexicon, side: &Side) -> Self {
        let mut all = Self { surnames: FxHashMap::default(), patronymics: FxHashMap::default() };
        for record in side.packed.iter().filter(|record| record.sex != Sex::Missing) {
            let female = record.sex == Sex::Female;
            for (held, names, code) in [
                (&mut all.surnames, &lexicon.surnames, record.surname),
                (&mut all.patronymics, &lexicon.patronymics, record.patronymic),
            ] {
                let name = &names[code as usize];
                if code == 0 || name.initial || !name.forms.is_empty() {
                    continue;
                }
                let form = held.entry((name.fold, female)).or_insert(code);
                if name.canonical < names[*form as usize].canonical {
                    *form = code;
                }
            }
        }
        all
    }

    /// Surname and patronymic of a record's brother or sister; its own where there are no others.
    fn of_sex(&self, lexicon: &Lexicon, record: &Packed, sex: Sex) -> (u32, u32) {
        let female = sex == Sex::Female;
        let form = |held: &FxHashMap<(u64, bool), u32>, fold: u64, own: u32| {
            held.get(&(fold, female)).copied().filter(|_| own != 0).unwrap_or(own)
        };
        let surname = lexicon.surnames[record.surname as usize].fold;
        let patronymic = lexicon.patronymics[record.patronymic as usize].fold;
        (
            form(&self.surnames, surname, record.surname),
            form(&self.patronymics, patronymic, record.patronymic),
        )
    }
}

/// Surnames, given names and birth dates that some record has together.
struct Known(FxHashSet<(u64, u64, u32)>);

impl Known {
    fn new(lexicon: &Lexicon, sides: [&Side; 2]) -> Self {
        let records = sides.into_iter().flat_map(|side| &side.packed);
        Self(records.map(|record| Self::key(lexicon, *record)).collect())
    }

    fn key(lexicon: &Lexicon, record: Packed) -> (u64, u64, u32) {
        (
            lexicon.surnames[record.surname as usize].fold,
            lexicon.given_names[record.given_name as usize].fold,
            record.birth_date,
        )
    }

    fn holds(&self, lexicon: &Lexicon, record: Packed) -> bool {
        self.0.contains(&Self::key(lexicon, record))
    }
}

/// The method, from the decoys' scored pairs.
pub(super) fn method(
    subject: Subject<'_>,
    measured: u64,
    decoys: &[Decoy],
    candidates: &[Candidate],
) -> Option<Method> {
    let children = subject.children.records.len();
    let of_record: Vec<u32> = (id(children)..).take(decoys.len()).collect();
    let possible = contest(subject, |_| false, |_| true, candidates.iter().copied(), &of_record);
    let mut taken = vec![false; decoys.len()];
    for p in possible.iter().filter(|p| p.link && p.child as usize >= children) {
        taken[p.child as usize - children] = true;
    }
    let linked = linked(subject, subject.possible);
    let alone = (children - linked.len()) as f64;
    let outcomes: Vec<(Kind, bool, bool)> = decoys
        .iter()
        .zip(taken)
        .map(|(decoy, taken)| (decoy.kind, linked.contains_key(&decoy.relative), taken))
        .collect();
    let covered = (2.0 * subject.linkage.pairs.coverage).min(1.0);
    Method::of_parts(KEY, measured, parts(&outcomes, alone, covered))
}

/// From kind, whether the relative is linked, and whether the decoy was: the three parts.
/// `alone` children have no link; a relative is in the register with probability `covered`.
fn parts(outcomes: &[(Kind, bool, bool)], alone: f64, covered: f64) -> Vec<Part> {
    let part = |kind: Kind| {
        let like = match kind {
            Kind::Stranger => 1.0,
            Kind::Twin => Kinship::Twin.relatives() * covered,
            Kind::Sibling => Kinship::Sibling.relatives() * covered,
        };
        let counting = outcomes
            .iter()
            .filter(|(of, relative, _)| *of == kind && (*relative || kind == Kind::Stranger));
        Part {
            part: kind.key(),
            found: counting.clone().filter(|(_, _, taken)| *taken).count() as u64,
            sample: counting.count() as u64,
            like: alone * like,
        }
    };
    Kind::ALL.map(part).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::BirthDates;
    use crate::normalize::{Letters, Name, PartialDate};

    /// Six surnames, given names and patronymics, nothing alike, but that the first two surnames
    /// are forms of one; and 24 records of ten years, boys and girls in turn.
    fn world() -> (Lexicon, Comparator, Side) {
        let names = |alike: bool| {
            let mut names = vec![Name::default()];
            names.extend((1..7_u8).map(|i| Name {
                canonical: char::from(b'a' + i).to_string().into(),
                letters: Letters::new(&[5 * i, 5 * i + 1, 5 * i + 2, 5 * i + 3]),
                skeleton: Letters::new(&[5 * i, 5 * i + 1, 5 * i + 2, 5 * i + 3]),
                fold: u64::from(if alike && i == 2 { 1 } else { i }),
                sounds: vec![u64::from(i)],
                ..Name::default()
            }));
            names
        };
        let lexicon = Lexicon {
            surnames: names(true),
            given_names: names(false),
            patronymics: names(false),
            ..Lexicon::default()
        };
        let date = |i: u32| PartialDate { year: 2005 + (i % 10) as u16, month: 1, day: 1 };
        let comparator = Comparator::new(&lexicon, BirthDates::new((0..10).map(date)));
        let packed = (0..24_u32).map(|i| Packed {
            // Boys bear the first form, girls the second.
            surname: 1 + i % 2,
            given_name: 1 + i % 6,
            patronymic: 3 + i % 2,
            birth_date: comparator.dates.code(date(i), &[]),
            sex: if i % 2 == 0 { Sex::Male } else { Sex::Female },
            unzr: 7,
            rnokpp: 8,
            certificate: Document {
                kind: DocumentKind::BirthCertificate,
                number: 1_000 + 10 * i,
                ..Document::MISSING
            },
            ..Packed::default()
        });
        let side = Side { packed: packed.collect(), ..Side::default() };
        (lexicon, comparator, side)
    }

    #[test]
    fn decoys_are_put_together_as_their_kind_asks() {
        let (lexicon, comparator, population) = world();
        let families = Families::new(&lexicon, &population);
        let ids: Vec<u32> = (0..24).collect();
        let inventor = Inventor {
            comparator: &comparator,
            lexicon: &lexicon,
            population: &population,
            ids: &ids,
            families: &families,
        };
        let year = |record: &Packed| i32::from(comparator.dates.date(record.birth_date).year);
        for kind in Kind::ALL {
            let mut other_sex = 0;
            for place in 0..24 {
                let base = population.packed[place];
                let decoy = inventor.decoy(kind, place).unwrap();
                assert_eq!((decoy.unzr, decoy.rnokpp), (0, 0));
                assert!(decoy.document.is_missing());
                if kind == Kind::Stranger {
                    assert_eq!((decoy.surname, decoy.sex), (base.surname, base.sex));
                    assert!(decoy.certificate.is_missing());
                    continue;
                }
                assert_ne!(decoy.given_name, base.given_name);
                let apart = (year(&decoy) - year(&base)).abs();
                assert!(if kind == Kind::Twin { apart == 0 } else { (1..=5).contains(&apart) });
                assert_ne!(decoy.certificate, base.certificate);
                other_sex += usize::from(decoy.sex != base.sex);
                // The surname takes the form of the decoy's sex; no patronymic has another.
                assert_eq!(decoy.surname, if decoy.sex == Sex::Male { 1 } else { 2 });
                assert_eq!(decoy.patronymic, base.patronymic);
            }
            assert_eq!(other_sex, if kind == Kind::Stranger { 0 } else { 12 });
        }
        let nameless = Side { packed: vec![Packed::default(); 24], ..Side::default() };
        let inventor = Inventor { population: &nameless, ..inventor };
        assert!(inventor.decoy(Kind::Twin, 0).is_none());
    }

    #[test]
    fn whoever_some_record_names_is_no_decoy() {
        let (lexicon, _, population) = world();
        let known = Known::new(&lexicon, [&population, &Side::default()]);
        let real = population.packed[0];
        // The other form of the surname is the same family.
        assert!(known.holds(&lexicon, Packed { surname: 2, unzr: 0, ..real }));
        assert!(!known.holds(&lexicon, Packed { given_name: 2, ..real }));
    }

    #[test]
    fn kin_count_where_their_relative_is_linked() {
        let outcomes = [
            (Kind::Stranger, false, false),
            (Kind::Stranger, true, true),
            (Kind::Twin, true, true),
            (Kind::Twin, true, false),
            (Kind::Twin, false, true),
            (Kind::Sibling, false, false),
        ];
        let parts = parts(&outcomes, 1_000.0, 0.5);
        let found: Vec<_> = parts.iter().map(|p| (p.part, p.found, p.sample)).collect();
        assert_eq!(found, [("strangers", 1, 2), ("twins", 1, 2), ("siblings", 0, 0)]);
        let like: Vec<_> = parts.iter().map(|p| p.like).collect();
        assert!((like[0] - 1_000.0).abs() < 1e-9 && (like[1] - 9.0).abs() < 1e-9);
        // One of two strangers, for 1,000 children; one of two twins, for 9.
        let method = Method::of_parts(KEY, 2_000, parts).unwrap();
        assert!((method.false_links - 504.5).abs() < 1e-9);
    }

    #[test]
    fn half_of_the_certificates_are_neighbours() {
        let own =
            Document { kind: DocumentKind::BirthCertificate, number: 500, ..Document::MISSING };
        let mut apart = Vec::new();
        for place in 0..48 {
            let found = neighbour(own, place);
            if !found.is_missing() {
                apart.push(i64::from(found.number) - 500);
            }
        }
        assert_eq!(apart.len(), 24);
        assert!(apart.iter().all(|d| (1..=3).contains(&d.abs())));
        assert!(apart.iter().any(|&d| d < 0) && apart.iter().any(|&d| d > 0));
        assert!(neighbour(Document::MISSING, 0).is_missing());
        // No number is below the first.
        assert!(neighbour(Document { number: 1, ..own }, 0).number > 1);
    }
}
