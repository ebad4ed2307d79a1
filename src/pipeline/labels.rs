//! Which labels of schools, regions, classes and offices may stand in tables beside the list.
//!
//! A cell of a school's name or a class is free text, and clerks put all sorts of things into
//! it. What is told of groups of children must not tell of one child, so a label is kept that
//! has the form of its kind (a code of eight digits, a known region, the number of a class),
//! or that several children bear; the others are taken for not stated.

use rustc_hash::FxHashMap;

use super::movements::class_of;
use crate::normalize::marks;
use crate::report::{Movement, Traits};

/// Children that have to bear a label which is free text.
const FEWEST: u32 = 3;

/// Clears the labels that could tell of a child.
pub(super) fn clear_rare(labels: &[Box<str>], traits: &mut [Traits], movements: &mut [Movement]) {
    let mut bearers: FxHashMap<u32, u32> = FxHashMap::default();
    for traits in &*traits {
        let mut codes = [traits.school, traits.region, traits.office, traits.grade];
        codes.sort_unstable();
        for same in codes.chunk_by(|a, b| a == b) {
            *bearers.entry(same[0]).or_default() += 1;
        }
    }
    let kept = |code: &mut u32, has_form: fn(&str) -> bool| {
        let text = labels.get(*code as usize).map_or("", |label| &**label);
        let common = bearers.get(code).is_some_and(|&n| n >= FEWEST);
        if !common && !has_form(text) {
            *code = 0;
        }
    };
    for traits in traits {
        kept(&mut traits.school, is_code);
        kept(&mut traits.region, marks::is_region);
        kept(&mut traits.office, |_| false);
        kept(&mut traits.grade, is_class);
    }
    for stand in movements.iter_mut().flat_map(|m| [&mut m.from, &mut m.to]).flatten() {
        kept(&mut stand.school, is_code);
        kept(&mut stand.region, marks::is_region);
        kept(&mut stand.grade, is_class);
    }
}

/// The code of a legal entity.
fn is_code(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A class such as `7`, `7-а`.
fn is_class(text: &str) -> bool {
    let letter = text.split_once('-').map_or("", |(_, letter)| letter);
    class_of(text).is_some() && letter.chars().count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{MovementKind, Stand};

    #[test]
    fn free_text_of_one_child_is_not_told() {
        let labels = ["", "40000017", "одеська", "7-а", "вигаданко іван", "відділ освіти № 2"];
        let labels = labels.map(Into::into);
        let usual = Traits { school: 1, region: 2, grade: 3, office: 5, ..Traits::default() };
        let odd = Traits { school: 4, region: 4, grade: 4, office: 4, ..Traits::default() };
        let mut traits = [usual, usual, usual, odd];
        let stand = Some(Stand { school: 4, region: 2, grade: 4 });
        let kind = MovementKind::Vanished;
        let mut movements = [Movement { child: 3, kind, from: stand, to: None, classes: None }];
        // Four cells of one child bear the text: that is one child all the same.
        clear_rare(&labels, &mut traits, &mut movements);
        assert_eq!(traits[0], usual);
        assert_eq!(traits[3], Traits::default());
        assert_eq!(movements[0].from, Some(Stand { school: 0, region: 2, grade: 0 }));
    }

    #[test]
    fn forms_of_labels() {
        assert!(is_code("00123456") && !is_code("1234567") && !is_code("школа № 1"));
        for class in ["1", "7-а", "11-б"] {
            assert!(is_class(class), "{class}");
        }
        for other in ["", "13", "7-вигаданко", "кл"] {
            assert!(!is_class(other), "{other}");
        }
    }
}
