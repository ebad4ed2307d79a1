//! Two extracts of different days compared: who went on, who moved, who left, who came.

use super::Linked;
use super::heads::{Extracts, recency};
use crate::job::Job;
use crate::normalize::{Displacement, World};
use crate::report::{Movement, MovementKind, Stand};
use crate::verdict::Case;

/// The movements of the children, in their order; none where there is but one extract.
pub(super) fn movements(
    job: &Job,
    world: &World,
    linked: &Linked,
    extracts: &Extracts,
    cases: &[Case],
    order: &[usize],
) -> Vec<Movement> {
    let earlier = job.populations().any(|s| s.extracted.is_some() && s.extracted != extracts.day);
    if !earlier {
        return Vec::new();
    }
    order
        .iter()
        .enumerate()
        .map(|(place, &child)| {
            movement(world, linked, extracts, &linked.children.records[child], &cases[child], place)
        })
        .collect()
}

fn movement(
    world: &World,
    linked: &Linked,
    extracts: &Extracts,
    ids: &[u32],
    case: &Case,
    child: usize,
) -> Movement {
    let is_latest =
        |id: &u32| extracts.is_latest(usize::from(linked.population.origin[*id as usize].0));
    let newest = |latest: bool| {
        let of_extract = ids.iter().copied().filter(|id| is_latest(id) == latest);
        of_extract.max_by_key(|&id| recency(world, linked, extracts, id))
    };
    let (from, to) = (newest(false), newest(true));
    let stand = |id: u32| {
        let (source, i) = linked.population.origin[id as usize];
        let (records, i) = (&world.sources[usize::from(source)], i as usize);
        Stand { school: records.school[i], region: records.region[i], grade: records.grade[i] }
    };
    let abroad = |id: u32| {
        let (source, i) = linked.population.origin[id as usize];
        world.sources[usize::from(source)].displacement[i as usize] == Displacement::External
    };
    let class = |stand: Stand| class_of(&world.lexicon.labels[stand.grade as usize]);
    let kind = match (from.map(|id| (id, stand(id))), to.map(|id| (id, stand(id)))) {
        (Some((a, was)), Some((b, is))) => {
            let differs = |x: u32, y: u32| x != 0 && y != 0 && x != y;
            if abroad(b) && !abroad(a) {
                MovementKind::Abroad
            } else if differs(was.region, is.region) {
                MovementKind::Region
            } else if differs(was.school, is.school) {
                MovementKind::School
            } else {
                MovementKind::Stayed
            }
        }
        (Some(_), None) if case.gone.is_some_and(|gone| gone.graduated) => MovementKind::Graduated,
        (Some(_), None) => MovementKind::Vanished,
        (None, Some((_, is))) if class(is) == Some(1) => MovementKind::FirstGrader,
        (None, _) => MovementKind::Came,
    };
    let (from, to) = (from.map(stand), to.map(stand));
    let classes = from.and_then(class).zip(to.and_then(class)).map(|(a, b)| b - a);
    Movement { child, kind, from, to, classes }
}

/// The number of a class, such as 7 of `7-а`.
pub(super) fn class_of(grade: &str) -> Option<i8> {
    let number = grade.split('-').next()?.parse().ok()?;
    (1..=12).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_numbers() {
        for (grade, class) in [
            ("7-а", Some(7)),
            ("11", Some(11)),
            ("", None),
            ("а", None),
            ("2012", None),
            ("0", None),
        ] {
            assert_eq!(class_of(grade), class, "{grade}");
        }
    }
}
