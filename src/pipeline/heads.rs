//! What names a child: its id, its main record, and the id that it had in the previous run.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Linked;
use super::previous::Previous;
use crate::job::{Job, Role, Source};
use crate::normalize::{PartialDate, World};
use crate::report::record_key;
use crate::resolve::RecordRef;

/// What names a child.
pub(super) struct Head {
    pub(super) id: String,
    pub(super) main: RecordRef,
    pub(super) records: Vec<RecordRef>,
    pub(super) birth_date: PartialDate,
    /// Ids of the previous run that gave way to this one.
    pub(super) former: Vec<String>,
}

/// Which of the populations' lists are of the latest extract.
pub(super) struct Extracts {
    /// The latest day that any population names.
    pub(super) day: Option<Date>,
    /// The day of each source's extract; of the latest, and of those without a day, the last of
    /// all days. `None` for registers.
    days: Vec<Option<Date>>,
}

impl Extracts {
    pub(super) fn of(job: &Job) -> Self {
        let day = job.populations().filter_map(|source| source.extracted).max();
        let of = |source: &Source| {
            let own = source.extracted.filter(|own| Some(*own) != day);
            (source.role == Role::Population).then(|| own.unwrap_or(Date::MAX))
        };
        Self { day, days: job.sources.iter().map(of).collect() }
    }

    pub(super) fn is_latest(&self, source: usize) -> bool {
        self.day_of(source) == Some(Date::MAX)
    }

    fn day_of(&self, source: usize) -> Option<Date> {
        self.days.get(source).copied().flatten()
    }

    /// The records that speak for the child now: those of the latest extract, else of the last
    /// one that has the child.
    pub(super) fn latest_of(&self, linked: &Linked, ids: &[u32]) -> Vec<u32> {
        let day = |id: u32| self.day_of(usize::from(linked.population.origin[id as usize].0));
        let last = ids.iter().map(|&id| day(id)).max();
        ids.iter().copied().filter(|&id| Some(day(id)) == last).collect()
    }
}

/// What orders the school records of a child: the day of the extract, the last update, then the
/// content.
pub(super) fn recency(
    world: &World,
    linked: &Linked,
    extracts: &Extracts,
    id: u32,
) -> (Option<Date>, Option<Date>, u64) {
    let (source, i) = linked.population.origin[id as usize];
    let records = &world.sources[usize::from(source)];
    (
        extracts.day_of(usize::from(source)),
        records.updated[i as usize],
        linked.population.content[id as usize],
    )
}

/// Names all children.
pub(super) fn heads(
    job: &Job,
    world: &World,
    linked: &Linked,
    extracts: &Extracts,
    fingerprints: &[Vec<String>],
    previous: Option<&Previous>,
) -> Vec<Head> {
    // A source's identifier names a record only where no other record bears it.
    let mut bearers = FxHashMap::<(u16, &str), u32>::default();
    for &(source, i) in &linked.population.origin {
        if let Some(id) = world.sources[usize::from(source)].id.get(i as usize) {
            *bearers.entry((source, id)).or_default() += 1;
        }
    }
    let mut heads: Vec<Head> = linked
        .children
        .records
        .par_iter()
        .map(|ids| {
            let main = ids
                .iter()
                .copied()
                .max_by_key(|&id| recency(world, linked, extracts, id))
                .unwrap_or_default();
            let (source, i) = linked.population.origin[main as usize];
            let records = &world.sources[usize::from(source)];
            let name = &job.sources[usize::from(source)].name;
            let own =
                records.id.get(i as usize).filter(|&id| bearers.get(&(source, id)) == Some(&1));
            let id = match own {
                Some(own) => format!("{name}:{own}"),
                None => format!("{name}:#{:016x}", records.content[i as usize]),
            };
            Head {
                id,
                main: population_ref(world, linked, main),
                records: ids.iter().map(|&id| population_ref(world, linked, id)).collect(),
                birth_date: records.birth_date[i as usize],
                former: Vec::new(),
            }
        })
        .collect();
    let kept = previous
        .map_or_else(BTreeMap::new, |previous| keep_ids(job, &heads, fingerprints, previous));
    // Ids of the previous run first: no other child may take one.
    let mut taken: FxHashSet<String> = kept.values().map(|kept| kept.id.clone()).collect();
    let mut names = FxHashMap::<String, u32>::default();
    for (child, head) in heads.iter_mut().enumerate() {
        if let Some(kept) = kept.get(&child) {
            head.former.clone_from(&kept.former);
            if let Some(id) = Some(&kept.id).filter(|id| !id.is_empty()) {
                head.id.clone_from(id);
                continue;
            }
        }
        // Rows equal in every field are told apart by number alone.
        let own = head.id.clone();
        let seen = names.entry(own.clone()).or_default();
        loop {
            *seen += 1;
            if *seen > 1 {
                head.id = format!("{own}-{seen}");
            }
            if taken.insert(head.id.clone()) {
                break;
            }
        }
    }
    heads
}

/// The id that a child keeps (empty for none), and those that gave way.
#[derive(Debug, Default)]
struct Kept {
    id: String,
    former: Vec<String>,
}

/// Which child keeps which id of the previous run.
///
/// A child of the previous run goes on in the child that has its main record, or else most of
/// its records; a child takes the id of the one whose main record it has as its own, or else
/// of the one with which it shares most. Of equals the lower id comes first, never the row.
fn keep_ids(
    job: &Job,
    heads: &[Head],
    fingerprints: &[Vec<String>],
    previous: &Previous,
) -> BTreeMap<usize, Kept> {
    let key = |record: &RecordRef| record_key(&job.sources[record.source].name, record);
    let mut shared: BTreeMap<(usize, usize), [u32; 3]> = BTreeMap::new();
    let mut found: BTreeSet<usize> = BTreeSet::new();
    for (child, head) in heads.iter().enumerate() {
        for record in &head.records {
            let Some((old, is_main)) = previous.owner(&key(record)) else { continue };
            let score = shared.entry((child, old)).or_default();
            score[0] += u32::from(is_main);
            score[1] += u32::from(*record == head.main);
            score[2] += 1;
            found.insert(old);
        }
    }
    // A record that was corrected, and bears no id, is known by what was not corrected.
    let known: BTreeSet<usize> = shared.keys().map(|(child, _)| *child).collect();
    let mut bearers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (child, prints) in fingerprints.iter().enumerate() {
        for print in prints {
            let children = bearers.entry(print).or_default();
            if children.last() != Some(&child) {
                children.push(child);
            }
        }
    }
    for (print, children) in bearers {
        let (&[child], Some(old)) = (children.as_slice(), previous.bearer(print)) else { continue };
        if !known.contains(&child) && !found.contains(&old) {
            shared.entry((child, old)).or_default()[2] += 1;
        }
    }
    let mut order: Vec<((usize, usize), [u32; 3])> = shared.into_iter().collect();
    order.sort_by(|a, b| {
        let ids = |(child, old): (usize, usize)| (previous.id(old), heads[child].id.as_str());
        b.1.cmp(&a.1).then_with(|| ids(a.0).cmp(&ids(b.0)))
    });
    let mut kept: BTreeMap<usize, Kept> = BTreeMap::new();
    let mut gone_on: BTreeSet<usize> = BTreeSet::new();
    for &((child, old), _) in &order {
        let held = kept.entry(child).or_default();
        if held.id.is_empty() && gone_on.insert(old) {
            previous.id(old).clone_into(&mut held.id);
        }
    }
    for &((child, old), _) in &order {
        if gone_on.insert(old) {
            // It goes on nowhere under its own id: its records are this child's now.
            if let Some(held) = kept.get_mut(&child) {
                held.former.push(previous.id(old).to_owned());
            }
        }
    }
    for held in kept.values_mut() {
        held.former.sort();
    }
    kept
}

/// What a child is known by where records bear no ids: hashes of name and birth date, and of
/// certificate, given name and birth date, of each of its records.
pub(super) fn fingerprints(world: &World, linked: &Linked) -> Vec<Vec<String>> {
    use xxhash_rust::xxh3::xxh3_64;
    linked
        .children
        .records
        .par_iter()
        .map(|ids| {
            let mut prints = BTreeSet::new();
            for &id in ids {
                let (source, i) = linked.population.origin[id as usize];
                let (records, i) = (&world.sources[usize::from(source)], i as usize);
                let birth = records.birth_date[i];
                let names = [
                    &world.lexicon.surnames[records.surname[i] as usize].canonical,
                    &world.lexicon.given_names[records.given_name[i] as usize].canonical,
                    &world.lexicon.patronymics[records.patronymic[i] as usize].canonical,
                ];
                if names[0].is_empty() || names[1].is_empty() || !birth.is_full() {
                    continue;
                }
                let text = format!("{}|{}|{}|{birth:?}", names[0], names[1], names[2]);
                prints.insert(format!("n:{:016x}", xxh3_64(text.as_bytes())));
                let certificate = records.certificate[i];
                if !certificate.is_missing() {
                    // Not the number alone: all numbers of a series are soon tried.
                    let text = format!("{certificate:?}|{}|{birth:?}", names[1]);
                    prints.insert(format!("c:{:016x}", xxh3_64(text.as_bytes())));
                }
            }
            prints.into_iter().collect()
        })
        .collect()
}

pub(super) fn population_ref(world: &World, linked: &Linked, id: u32) -> RecordRef {
    record_ref(world, linked.population.origin[id as usize])
}

pub(super) fn record_ref(world: &World, (source, i): (u16, u32)) -> RecordRef {
    let records = &world.sources[usize::from(source)];
    RecordRef {
        source: usize::from(source),
        row: records.row[i as usize],
        id: records.id.get(i as usize).map(Into::into),
        content: records.content[i as usize],
    }
}
