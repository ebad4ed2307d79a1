//! What groups a child in reports.

use super::Linked;
use super::heads::{Extracts, recency};
use crate::normalize::{Displacement, Records, World};
use crate::report::{NameGroup, Traits};

/// The traits of a child: of its main record, what that one lacks from the others.
pub(super) fn traits(world: &World, linked: &Linked, extracts: &Extracts, child: usize) -> Traits {
    let mut traits = Traits::default();
    for (records, i) in latest_first(world, linked, extracts, child) {
        let fill = |held: &mut u32, code: u32| {
            if *held == 0 {
                *held = code;
            }
        };
        fill(&mut traits.school, records.school[i]);
        fill(&mut traits.region, records.region[i]);
        fill(&mut traits.office, records.office[i]);
        fill(&mut traits.grade, records.grade[i]);
        if traits.sex == crate::normalize::Sex::Missing {
            traits.sex = records.sex[i];
        }
        if traits.birth_date.is_missing() {
            traits.birth_date = records.birth_date[i];
        }
        if traits.displacement == Displacement::Missing {
            traits.displacement = records.displacement[i];
        }
        // One school that lost contact is enough.
        traits.contact_lost = traits.contact_lost.max(records.contact_lost[i]);
        traits.certificate |= !records.certificate[i].is_missing();
        if traits.surname == NameGroup::Missing {
            let name = &world.lexicon.surnames[records.surname[i] as usize];
            traits.surname = name_group(&name.canonical);
        }
    }
    traits
}

/// The records that speak for a child, the one that was updated last first; equals by content.
fn latest_first<'a>(
    world: &'a World,
    linked: &Linked,
    extracts: &Extracts,
    child: usize,
) -> impl Iterator<Item = (&'a Records, usize)> {
    let mut ids = extracts.latest_of(linked, &linked.children.records[child]);
    ids.sort_by_key(|&id| std::cmp::Reverse(recency(world, linked, extracts, id)));
    let origins: Vec<_> = ids.iter().map(|&id| linked.population.origin[id as usize]).collect();
    origins.into_iter().map(move |(source, i)| (&world.sources[usize::from(source)], i as usize))
}

fn name_group(surname: &str) -> NameGroup {
    let ends = |endings: &[&str]| endings.iter().any(|ending| surname.ends_with(ending));
    if surname.is_empty() {
        NameGroup::Missing
    } else if surname.chars().any(|c| c.is_ascii_alphabetic()) {
        NameGroup::Latin
    } else if surname.contains('-') {
        NameGroup::Double
    } else if ends(&["ко"]) {
        NameGroup::Ko
    } else if ends(&["ук", "юк", "ак", "як", "ик"]) {
        NameGroup::Uk
    } else if ends(&["ий", "ій", "ой", "ська", "цька", "зька", "на", "ая"])
        && !ends(&["іна", "їна", "ина"])
    {
        NameGroup::Adjective
    } else if ends(&["ов", "ова", "ев", "ева", "єв", "єва", "ін", "іна", "їн", "їна", "ин", "ина"])
    {
        NameGroup::Ov
    } else if ends(&["ич"]) {
        NameGroup::Ych
    } else {
        NameGroup::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_are_grouped_by_how_they_are_built() {
        for (surname, group) in [
            ("", NameGroup::Missing),
            ("петренко", NameGroup::Ko),
            ("ковальчук", NameGroup::Uk),
            ("кравець", NameGroup::Other),
            ("залізний", NameGroup::Adjective),
            ("вишневська", NameGroup::Adjective),
            ("іванова", NameGroup::Ov),
            ("пушкіна", NameGroup::Ov),
            ("гринів", NameGroup::Other),
            ("максимович", NameGroup::Ych),
            ("нечуй-левицький", NameGroup::Double),
            ("petrenko", NameGroup::Latin),
        ] {
            assert_eq!(name_group(surname), group, "{surname}");
        }
    }
}
