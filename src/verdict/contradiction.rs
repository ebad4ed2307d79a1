//! Evidence that cannot all hold, and what one witness makes of its own earlier word.
//!
//! Within one witness a later event overrides an earlier one: who came in after going out is
//! in the country, who was sought and is returned is no longer sought. Between witnesses
//! nothing is overridden silently where a death, a search or a place is at stake:
//!
//! | evidence | and | gives |
//! | --- | --- | --- |
//! | a death that counts | anything dated after it, by any witness | a contradiction |
//! | a death undated, before the days that count, or after `as_of` | | a contradiction |
//! | a search dated after `as_of` | | a contradiction: a slip of the year? |
//! | a search without its day | a return by the same witness | a contradiction: which was first? |
//! | an open search | a sighting or a foreign `returned` dated after it | a contradiction |
//! | abroad | on the same day in the country, by another witness | a contradiction |
//! | in one region | on the same day in another, by another witness | a contradiction |
//! | abroad, by a register | later at school, by the school's word alone | a contradiction |

use super::decide::Sorted;
use super::{Evidence, ReasonCode};
use crate::job::Kind;

/// The pieces of evidence that contradict, first the graver one.
type Pieces<'a> = Vec<&'a Evidence>;

/// A death that cannot stand as the last word.
pub(super) fn of_death<'a>(sorted: &Sorted<'a>) -> Option<Pieces<'a>> {
    // The first of several days of death: what lies between two of them is dated after one.
    if let Some(death) = sorted.counting.iter().rev().copied().find(|e| e.kind == Kind::Deceased) {
        let later =
            sorted.counting.iter().find(|e| e.kind != Kind::Deceased && e.date > death.date);
        return later.map(|later| vec![death, later]);
    }
    // A death whose day does not count still forbids to call the child alive.
    sorted.accepted.iter().find(|e| e.kind == Kind::Deceased).map(|death| vec![*death])
}

/// The searches that were accepted and had begun by the day for which statuses are stated.
fn searches<'a>(sorted: &Sorted<'a>) -> impl Iterator<Item = &'a Evidence> {
    sorted
        .accepted
        .clone()
        .into_iter()
        .filter(|e| e.kind == Kind::ReportedMissing)
        .filter(|e| e.objection() != Some(ReasonCode::InFuture))
}

/// The latest return that ends searches of its witness. A return before the days that count
/// ends a search as well: it is the search that is over, not the child that is seen.
fn returned<'a>(sorted: &Sorted<'a>, witness: usize) -> Option<&'a Evidence> {
    sorted
        .accepted
        .iter()
        .copied()
        .filter(|e| e.kind == Kind::Returned && e.witness == witness)
        .filter(|e| e.objection() != Some(ReasonCode::InFuture))
        .max_by_key(|e| e.date)
}

/// The latest search that its own witness has not ended.
pub(super) fn open_search<'a>(sorted: &Sorted<'a>) -> Option<&'a Evidence> {
    searches(sorted)
        .filter(|sought| {
            returned(sorted, sought.witness).is_none_or(|back| back.date <= sought.date)
        })
        .max_by_key(|e| e.date)
}

/// A search that something dated after it puts in doubt, or whose end is unclear.
pub(super) fn of_search<'a>(sorted: &Sorted<'a>) -> Option<Pieces<'a>> {
    let unclear = searches(sorted).find_map(|sought| {
        let back = returned(sorted, sought.witness)?;
        (sought.date.is_none() || back.date.is_none()).then(|| vec![sought, back])
    });
    if unclear.is_some() {
        return unclear;
    }
    let Some(sought) = open_search(sorted) else {
        // A search dated after the day of the statuses may be a slip of the year: a person looks.
        let future = |e: &&&Evidence| {
            e.kind == Kind::ReportedMissing && e.objection() == Some(ReasonCode::InFuture)
        };
        return sorted.accepted.iter().find(future).map(|sought| vec![*sought]);
    };
    let later = sorted.latest_sightings().find(|seen| seen.date > sought.date)?;
    Some(vec![sought, later])
}

/// A child in two places at once.
pub(super) fn of_places<'a>(sorted: &Sorted<'a>) -> Option<Pieces<'a>> {
    let day: Vec<&Evidence> = sorted.latest_sightings().collect();
    for (i, a) in day.iter().enumerate() {
        for b in &day[i + 1..] {
            let abroad = [a, b].map(|e| e.kind == Kind::Abroad);
            let apart = abroad[0] != abroad[1]
                || !abroad[0] && a.region != 0 && b.region != 0 && a.region != b.region;
            if a.witness != b.witness && apart {
                return Some(vec![*a, *b]);
            }
        }
    }
    // The school's word alone brings nobody back over the border.
    let abroad = sorted.counting.iter().find(|e| e.kind == Kind::Abroad && !e.vouched)?;
    let here = || {
        let back = |e: &&&Evidence| e.is_sighting() && e.kind != Kind::Abroad;
        sorted.counting.iter().filter(back).filter(|e| e.date > abroad.date)
    };
    let school = here().find(|e| e.vouched)?;
    here().all(|e| e.vouched).then(|| vec![*abroad, *school])
}
