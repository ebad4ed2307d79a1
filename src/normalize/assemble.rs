//! From the columns of each source to one [`World`].
//!
//! Codes of names and labels become places in the sorted list of all distinct ones, and
//! records are put in the order of their content. After that nothing shows in which
//! order rows, chunks or sources were read.

use rayon::prelude::*;

use super::builder::Built;
use super::names::{self, Kind};
use super::pool::FORMS;
use super::records::{Further, Lexicon, Name, PartialDate, Records, World};
use crate::extract::Rejected;

/// Joins the columns of all sources, in the order of the job. The values that were
/// rejected come back beside, one list a source.
#[must_use]
pub fn assemble(built: Vec<Built>) -> (World, Vec<Vec<Rejected>>) {
    let mut sources = built;
    let lexicon = Lexicon {
        surnames: names_of(&mut sources, Kind::Surname, |r| vec![&mut r.surname]),
        given_names: names_of(&mut sources, Kind::Given, |r| {
            vec![&mut r.given_name, &mut r.mother, &mut r.father]
        }),
        patronymics: names_of(&mut sources, Kind::Patronymic, |r| vec![&mut r.patronymic]),
        labels: recode(
            &mut sources,
            |b| &b.labels,
            |r| vec![&mut r.school, &mut r.region, &mut r.grade, &mut r.office],
        ),
        further: further(&mut sources),
    };
    let (records, rejected) = sources
        .into_par_iter()
        .map(|source| {
            let mut rejected = source.rejected;
            rejected.sort();
            (by_content(source.records), rejected)
        })
        .unzip();
    (World { lexicon, sources: records }, rejected)
}

/// Recodes the columns of one kind of name; the names by their new codes.
fn names_of(
    sources: &mut [Built],
    kind: Kind,
    columns: impl Fn(&mut Records) -> Vec<&mut Vec<u32>> + Sync,
) -> Vec<Name> {
    let texts = recode(sources, |built| &built.names, columns);
    texts
        .par_iter()
        .map(|text| {
            let Some((main, _)) = text.split_once(FORMS) else { return names::build(kind, text) };
            // `recode` gave every form a code of its own.
            let forms = text.split(FORMS).filter_map(|form| {
                let place = texts.binary_search_by(|other| (**other).cmp(form)).ok()?;
                u32::try_from(place).ok()
            });
            Name { forms: forms.collect(), ..names::build(kind, main) }
        })
        .collect()
}

/// The further values of all sources in one list, and the columns pointing there.
fn further(sources: &mut [Built]) -> Vec<Further> {
    let mut all = vec![Further::default()];
    for source in sources {
        let before = all.len() - 1;
        all.append(&mut source.further);
        for place in source.records.further.iter_mut().filter(|place| **place != 0) {
            // Fewer than records, whose numbers are 32 bits.
            *place += u32::try_from(before).unwrap_or(0);
        }
    }
    all
}

/// Gives the used texts of all sources the codes of their sorted order, the empty text
/// first, and rewrites the columns.
fn recode(
    sources: &mut [Built],
    texts: impl Fn(&Built) -> &[Box<str>] + Sync,
    columns: impl Fn(&mut Records) -> Vec<&mut Vec<u32>> + Sync,
) -> Vec<Box<str>> {
    // Codes that the columns use: a pool also holds words that became parts of a name.
    let used: Vec<Vec<bool>> = sources
        .par_iter_mut()
        .map(|source| {
            let mut used = vec![false; texts(source).len()];
            for column in columns(&mut source.records) {
                for &code in &*column {
                    used[code as usize] = true;
                }
            }
            used
        })
        .collect();
    let mut all: Vec<&str> = sources
        .iter()
        .zip(&used)
        .flat_map(|(source, used)| texts(source).iter().zip(used))
        .filter(|(text, used)| **used && !text.is_empty())
        // Of several names that a cell leaves open, each is a name as well.
        .flat_map(|(text, _)| {
            let several = text.contains(FORMS);
            std::iter::once(&**text).chain(text.split(FORMS).filter(move |_| several))
        })
        .collect();
    all.par_sort_unstable();
    all.dedup();
    let sorted: Vec<Box<str>> =
        std::iter::once("").chain(all.iter().copied()).map(Into::into).collect();

    sources.par_iter_mut().zip(used).for_each(|(source, used)| {
        let new_codes: Vec<u32> = texts(source)
            .iter()
            .zip(used)
            .map(|(text, used)| {
                let place = used.then(|| sorted.binary_search(text).ok()).flatten().unwrap_or(0);
                u32::try_from(place).unwrap_or(0)
            })
            .collect();
        for column in columns(&mut source.records) {
            for code in column {
                *code = new_codes[*code as usize];
            }
        }
    });
    sorted
}

/// The records in the order of (birth date, names, content hash, row): an order by content in
/// which records that are compared with each other stand close together in memory.
fn by_content(records: Records) -> Records {
    type Key = (PartialDate, [u32; 3], u64, u32);
    // What is compared stands beside the place, so that sorting does not jump about in memory;
    // the row is only looked up where all of it is equal.
    let mut order: Vec<Key> = (0..)
        .zip(&records.content)
        .map(|(i, &content)| {
            let at = i as usize;
            let names = [records.surname[at], records.given_name[at], records.patronymic[at]];
            (records.birth_date[at], names, content, i)
        })
        .collect();
    let row = |key: &Key| records.row[key.3 as usize];
    order.par_sort_unstable_by(|a, b| {
        (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)).then_with(|| row(a).cmp(&row(b)))
    });
    let order: Vec<u32> = order.into_iter().map(|key| key.3).collect();
    picked(records, &order)
}

/// The records at some places, each at most once, in their order.
fn picked(mut records: Records, order: &[u32]) -> Records {
    macro_rules! reorder {
        ($($column:ident),*) => {
            $(
                let old = std::mem::take(&mut records.$column);
                records.$column = order.iter().map(|&i| old[i as usize]).collect();
            )*
        };
    }
    reorder!(
        row,
        content,
        surname,
        given_name,
        patronymic,
        mother,
        father,
        birth_date,
        sex,
        certificate,
        document,
        further,
        unzr,
        rnokpp,
        school,
        region,
        grade,
        displacement,
        contact_lost,
        updated,
        office,
        withdrawal,
        withdrawal_date,
        contact_unread,
        evidence_kind,
        evidence_date
    );
    records.id = records.id.picked(order);
    records
}
