//! Gains against hand-computed ones, and against all outcomes.

use proptest::prelude::*;

use super::*;
use crate::model::saved::{ComparisonEntry, LevelEntry};
use crate::report::testing::{Invented, entry};

fn levels(levels: &[(f64, f64)]) -> Vec<LevelEntry> {
    let level = |&(weight, m): &(f64, f64)| LevelEntry {
        name: "level",
        m,
        u: m / weight.exp2(),
        weight,
        prior: m,
        pairs: 1.0,
    };
    levels.iter().map(level).collect()
}

/// Surnames agree (+8) in three of four records of one child; half of the records have a
/// certificate, and of these four in five agree (+10).
fn toy() -> Entry {
    let comparison =
        |key, filled, of: &[(f64, f64)]| ComparisonEntry { key, filled, levels: levels(of) };
    let comparisons = vec![
        comparison("surname", 1.0, &[(8.0, 0.75), (-4.0, 0.25)]),
        comparison("certificate", 0.5, &[(10.0, 0.8), (-2.0, 0.2)]),
    ];
    Entry { coverage: 0.8, lambda: 1.0 / 4097.0, ..entry("ehealth", comparisons) }
}

fn present(comparisons: &[Comparison]) -> Filled {
    let present = comparisons.iter().fold(0, |mask, &one| mask | bit(one));
    Filled { present, ..Filled::default() }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

#[test]
fn the_threshold_is_a_weight() {
    // Odds of 1 to 4096 need 12 bits to become even, and 13 to become two to one.
    assert!(near(bits_needed(0.5, 1.0 / 4097.0), 12.0));
    assert!(near(bits_needed(2.0 / 3.0, 1.0 / 4097.0), 13.0));
}

#[test]
fn a_missing_field_lifts_what_falls_short() {
    let scale = Scale::new(&toy(), 12.0);
    // With the surname alone the weight is 8 or −4: never enough. The certificate helps where
    // the surname agrees (0.75), the register has one (0.5), and it agrees (0.8).
    let odds = scale.odds(present(&[Comparison::Surname]), &ESSENTIAL);
    assert!(near(odds.accepted, 0.0));
    assert!(near(odds.lifted[Comparison::Certificate as usize], 0.75 * 0.5 * 0.8));
    // The surname put right would still stand alone.
    assert!(near(odds.lifted[Comparison::Surname as usize], 0.0));
    // Of nothing, both are needed.
    let odds = scale.odds(present(&[]), &ESSENTIAL);
    assert!(near(odds.lifted[Comparison::Certificate as usize], 0.0));
    assert!(near(odds.together, 0.3));
}

#[test]
fn a_wrong_field_put_right_lifts_too() {
    let scale = Scale::new(&toy(), 12.0);
    let both = present(&[Comparison::Surname, Comparison::Certificate]);
    let odds = scale.odds(both, &ESSENTIAL);
    assert!(near(odds.accepted, 0.75 * 0.4));
    // The certificate disagrees (0.5 · 0.2) by a slip of the school (½), and the surname agrees.
    assert!(near(odds.lifted[Comparison::Certificate as usize], 0.75 * 0.1 / 2.0));
    // The surname disagrees (0.25) by a slip of the school, and the certificate agrees (0.4).
    assert!(near(odds.lifted[Comparison::Surname as usize], 0.4 * 0.25 / 2.0));
}

#[test]
fn what_another_register_says_of_a_field_counts() {
    let scale = Scale::new(&toy(), 12.0);
    let both = present(&[Comparison::Surname, Comparison::Certificate]);
    let surname = Comparison::Surname as usize;
    // It agrees: the school has it right, and half of the disagreements are gone.
    let agreed = Filled { agreed: bit(Comparison::Surname), ..both };
    let odds = scale.odds(agreed, &ESSENTIAL);
    assert!(near(odds.accepted, 0.875 * 0.4));
    assert!(near(odds.lifted[surname], 0.0));
    // It differs: the school is wrong as likely as not.
    let differs = Filled { differs: bit(Comparison::Surname), ..both };
    let odds = scale.odds(differs, &ESSENTIAL);
    assert!(near(odds.accepted, 0.375 * 0.4));
    assert!(near(odds.lifted[surname], 0.5 * 0.4));
}

#[test]
fn links_tell_which_fields_agree() {
    use crate::compare::{Pattern, certificate, date};
    let invented = Invented::new();
    let link = |levels: &[(Comparison, u8)]| {
        let pattern = levels.iter().fold(Pattern::default(), |p, &(c, level)| p.with(c, level));
        Link { pattern, ..invented.links[0].clone() }
    };
    let births = link(&[
        (Comparison::Surname, 1),
        (Comparison::BirthDate, date::ONE_SLIP),
        (Comparison::Certificate, certificate::NEIGHBOUR),
    ]);
    let deaths = link(&[(Comparison::BirthDate, 1)]);
    let filled = present(&[Comparison::Surname, Comparison::BirthDate, Comparison::Certificate]);
    let known = filled.with_links(&[&births, &deaths]);
    assert_eq!(known.agreed, bit(Comparison::Surname) | bit(Comparison::BirthDate));
    assert_eq!(known.differs, bit(Comparison::Certificate));
    // Of what the school lacks nothing agrees or differs.
    assert_eq!(present(&[]).with_links(&[&births]), present(&[]));
}

#[test]
fn gains_weigh_the_register_by_what_it_holds_and_what_counts() {
    let mut invented = Invented::new();
    invented.model = crate::model::saved::Document::new(
        vec![toy()],
        entry("population", Vec::new()),
        crate::model::Family::expected(),
    );
    invented.errors.registers.clear();
    invented.links.clear();
    let mut run = invented.run();
    run.thresholds.confirm = 0.5;
    let surname = present(&[Comparison::Surname]);
    let both = present(&[Comparison::Surname, Comparison::Certificate]);
    let gains = Gains::new(&run, &[surname, both].into(), &[1.0; 4]);
    let all = |_| true;
    // No link was accepted: half of the evidence counts. 0.5 · 0.8 · 0.3.
    let (gain, register) = gains.of_field(surname, Comparison::Certificate, &all);
    assert!(near(gain, 0.12), "{gain}");
    assert_eq!(register, Some(2));
    // That it was not linked speaks against its being there: 1 − 0.8 · 0.3 = 0.76.
    let (gain, _) = gains.of_field(both, Comparison::Surname, &all);
    assert!(near(gain, 0.5 * 0.8 * 0.05 / 0.76), "{gain}");
    // It is there, and was not linked, with probability 0.8 · 0.7 / 0.76; half of it counts.
    assert!(near(gains.no_register(both, &all), 1.0 - 0.5 * 0.8 * 0.7 / 0.76));
    assert!(near(gains.no_register(both, &|_| false), 1.0));
    assert!(near(gains.of_extract(both, 2), 0.5 * 0.8 * 0.3));
    assert_eq!(gains.of_field(surname, Comparison::Certificate, &|_| false), (0.0, None));
    // It covers half of the children, and holds more of those: at the most nearly all.
    let halves = Gains::new(&run, &[surname].into(), &[1.0, 1.0, 0.9, 1.0]);
    let (gain, _) = halves.of_field(surname, Comparison::Certificate, &all);
    assert!(near(gain, 0.5 * (0.8 / 0.9) * 0.3), "{gain}");
}

#[test]
fn registers_add_up_as_chances() {
    let odds =
        |lifted: f64| Odds { accepted: 0.0, lifted: [lifted; Comparison::COUNT], together: lifted };
    let register = |source| Register { source, coverage: 0.5, fresh: 1.0 };
    let gains = Gains {
        registers: vec![register(2), register(3)],
        odds: [((0, present(&[])), odds(0.4)), ((1, present(&[])), odds(0.8))].into(),
        askable: Vec::new(),
    };
    let (gain, best) = gains.of_field(Filled::default(), Comparison::Surname, &|_| true);
    assert!(near(gain, 1.0 - 0.8 * 0.6), "{gain}");
    assert_eq!(best, Some(3));
}

#[test]
fn what_a_record_holds() {
    use Comparison as C;
    let traits = Traits {
        birth_date: crate::normalize::PartialDate { year: 2012, month: 0, day: 0 },
        ..Traits::default()
    };
    let value = |field| match field {
        Field::FullName => Some("Вигаданко О. ".to_owned()),
        Field::BirthDate => Some("2012".to_owned()),
        Field::CertificateNumber => Some("000000".to_owned()),
        Field::Unzr => Some("1".to_owned()),
        _ => None,
    };
    let filled = Filled::of(&traits, &value);
    assert!(filled.has(C::Surname) && filled.has(C::Unzr));
    for doubtful in [C::GivenName, C::BirthDate, C::Certificate] {
        assert!(!filled.has(doubtful) && filled.is_doubtful(doubtful), "{doubtful:?}");
    }
    for missing in [C::Patronymic, C::Region, C::Document] {
        assert!(!filled.has(missing) && !filled.is_doubtful(missing), "{missing:?}");
    }
}

/// A weight, its chance, and the level of each comparison.
type Outcome = (i32, f64, Vec<usize>);

/// Every outcome of the comparisons that are present, one by one.
fn outcomes(scale: &Scale, present: &[Comparison]) -> Vec<Outcome> {
    let mut all = vec![(0, 1.0, Vec::new())];
    for &comparison in present {
        let levels = &scale.levels[comparison as usize];
        let mut next = Vec::new();
        for (sum, chance, chosen) in &all {
            for (at, (weight, p)) in levels.iter().enumerate() {
                let chosen = chosen.iter().copied().chain([at]).collect();
                next.push((sum + weight, chance * p, chosen));
            }
        }
        all = next;
    }
    all
}

proptest! {
    #[test]
    fn odds_are_those_of_all_outcomes(
        weights in prop::collection::vec(prop::collection::vec(-9_i32..15, 2..4), 4),
        filled in prop::collection::vec(0.1_f64..1.0, 4),
        need in -5_i32..30,
        present in 0_usize..16,
    ) {
        let compared = &ESSENTIAL[..4];
        let comparisons = compared.iter().zip(&weights).zip(&filled);
        let comparisons = comparisons.map(|((comparison, weights), &filled)| {
            let mut weights = weights.clone();
            weights.sort_by(|a, b| b.cmp(a));
            let even = 1.0 / weights.len() as f64;
            let of: Vec<_> = weights.iter().map(|&w| (f64::from(w), even)).collect();
            ComparisonEntry { key: comparison.key(), filled, levels: levels(&of) }
        });
        let entry = entry("x", comparisons.collect());
        let scale = Scale::new(&entry, f64::from(need));
        let own: Vec<Comparison> =
            (0..4).filter(|at| present & (1 << at) != 0).map(|at| compared[at]).collect();
        let odds = scale.odds(super::tests::present(&own), compared);
        let sum = |wanted: &dyn Fn(&Outcome) -> f64| -> f64 {
            outcomes(&scale, &own).iter().map(wanted).sum()
        };
        let need = scale.need;
        let accepted = sum(&|(w, p, _)| if *w >= need { *p } else { 0.0 });
        prop_assert!((odds.accepted - accepted).abs() < 1e-9);
        for &comparison in compared {
            let levels = &scale.levels[comparison as usize];
            let lifted = match own.iter().position(|&one| one == comparison) {
                None => sum(&|(w, p, _)| {
                    let reach = levels.iter().filter(|(more, _)| w + more >= need);
                    if *w < need { p * reach.map(|(_, p)| p).sum::<f64>() } else { 0.0 }
                }),
                Some(place) => sum(&|(w, p, chosen)| {
                    let at = chosen[place];
                    let lacking = at + 1 == levels.len();
                    let righted = w - levels[at].0 + levels[0].0;
                    if *w < need && !lacking && righted >= need { *p / 2.0 } else { 0.0 }
                }),
            };
            let told = odds.lifted[comparison as usize];
            prop_assert!((told - lifted).abs() < 1e-9, "{comparison:?}: {told} {lifted}");
        }
        let missing: Vec<_> =
            compared.iter().copied().filter(|one| !own.contains(one)).collect();
        let together = sum(&|(w, p, _)| {
            let more = outcomes(&scale, &missing);
            let reach = more.iter().filter(|(more, ..)| w + more >= need);
            if *w < need { p * reach.map(|(_, p, _)| p).sum::<f64>() } else { 0.0 }
        });
        prop_assert!((odds.together - together).abs() < 1e-9);
    }
}
