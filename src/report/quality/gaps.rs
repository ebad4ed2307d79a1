//! Which schools must fill which gaps: the four fields on which a child's being found
//! depends, by education office, school and region, of all children, the worst first.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Workbook, XlsxError};

use super::{Heading, Value, headings, ratio, view};
use crate::job::SheetsBy;
use crate::normalize::Displacement;
use crate::report::Traits;
use crate::report::candidates::Candidates;
use crate::report::words::{self, Lang};

/// The fields, as headings.
const FIELDS: [Heading; 4] = [
    (("Серія та номер свідоцтва", "Certificate series and number"), 14),
    (("Дата народження", "Birth date"), 14),
    (("Позначка про переміщення", "Mark of displacement"), 14),
    (("Позначка про контакт", "Mark of contact"), 14),
];

/// Which of [`FIELDS`] a child has, whole and usable.
fn filled(traits: &Traits) -> [bool; FIELDS.len()] {
    [
        traits.certificate,
        traits.birth_date.is_full(),
        traits.displacement != Displacement::Missing,
        traits.contact_lost.is_some(),
    ]
}

/// How many children of one group have each of [`FIELDS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    children: u64,
    filled: [u64; FIELDS.len()],
}

impl Count {
    fn add(&mut self, traits: &Traits) {
        self.children += 1;
        for (n, has) in self.filled.iter_mut().zip(filled(traits)) {
            *n += u64::from(has);
        }
    }

    /// Values that have to be filled in.
    fn gaps(&self) -> u64 {
        self.filled.iter().map(|n| self.children - n).sum()
    }

    fn all(&self) -> u64 {
        self.children * FIELDS.len() as u64
    }
}

/// A group: region and office of a school, and the label itself. Schools of different offices may
/// have one name.
type Key = (u32, u32, u32);

fn key(traits: &Traits, by: SheetsBy) -> Key {
    match by {
        SheetsBy::Office => (traits.region, 0, traits.office),
        SheetsBy::Region => (0, 0, traits.region),
        SheetsBy::School => (traits.region, traits.office, traits.school),
    }
}

/// The groups, that with the largest share of gaps first; of equals the larger one.
fn worst_first(traits: &[Traits], by: SheetsBy) -> Vec<(Key, Count)> {
    let mut counts: BTreeMap<Key, Count> = BTreeMap::new();
    for traits in traits {
        counts.entry(key(traits, by)).or_default().add(traits);
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    // Shares are compared without rounding. Stable: equals stay in the order of their labels.
    counts.sort_by(|(_, a), (_, b)| {
        let share = |own: &Count, other: &Count| u128::from(own.gaps()) * u128::from(other.all());
        share(b, a).cmp(&share(a, b)).then_with(|| b.children.cmp(&a.children))
    });
    counts
}

/// The view of one grouping.
pub(super) fn sheet(
    list: &Candidates<'_>,
    by: SheetsBy,
    lang: Lang,
    workbook: &mut Workbook,
) -> Result<(), XlsxError> {
    let above: &[SheetsBy] = match by {
        SheetsBy::Office => &[SheetsBy::Region],
        SheetsBy::Region => &[],
        SheetsBy::School => &[SheetsBy::Region, SheetsBy::Office],
    };
    let mut all: Vec<(&str, u8)> = vec![(words::grouping(by, lang), 44)];
    all.extend(above.iter().map(|&by| (words::grouping(by, lang), 24)));
    all.extend(headings(
        &[
            (("Дітей", "Children"), 10),
            (("Порожніх значень", "Empty values"), 12),
            (("Частка порожніх", "Share empty"), 12),
        ],
        lang,
    ));
    let shares = headings(&FIELDS, lang);
    let filled = lang.of("заповнено", "filled");
    let shares: Vec<(String, u8)> =
        shares.into_iter().map(|(name, width)| (format!("{name}, {filled}"), width)).collect();
    all.extend(shares.iter().map(|(name, width)| (name.as_str(), *width)));

    let rows: Vec<Vec<Value>> = worst_first(list.run.traits, by)
        .into_iter()
        .map(|((region, office, own), count)| {
            let label = |by, code| {
                let label = list.spelt(by, code);
                Value::from(label.as_deref().unwrap_or(words::not_stated(lang)))
            };
            let mut row = vec![label(by, own)];
            row.extend(
                above
                    .iter()
                    .map(|&by| label(by, if by == SheetsBy::Region { region } else { office })),
            );
            row.push(count.children.into());
            row.push(count.gaps().into());
            row.push(ratio(count.gaps(), count.all()));
            row.extend(count.filled.iter().map(|&n| ratio(n, count.children)));
            row
        })
        .collect();
    let name = match by {
        SheetsBy::Office => lang.of("Прогалини за органами", "Gaps by office"),
        SheetsBy::Region => lang.of("Прогалини за областями", "Gaps by region"),
        SheetsBy::School => lang.of("Прогалини за закладами", "Gaps by school"),
    };
    view(workbook, name, &all, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::PartialDate;

    #[test]
    fn gaps_are_counted_field_by_field_and_the_worst_comes_first() {
        let full = Traits {
            school: 1,
            region: 9,
            birth_date: PartialDate { year: 2012, month: 2, day: 1 },
            displacement: Displacement::None,
            contact_lost: Some(false),
            certificate: true,
            ..Traits::default()
        };
        let year = PartialDate { year: 2012, month: 0, day: 0 };
        let children = [
            full,
            // A year alone is no birth date; a mark of no displacement is a mark.
            Traits { birth_date: year, ..full },
            Traits { school: 2, contact_lost: None, certificate: false, ..full },
            // The same name in another region is another school.
            Traits { region: 8, contact_lost: None, certificate: false, ..full },
            Traits { region: 8, contact_lost: None, certificate: false, ..full },
        ];
        let count = |children, filled| Count { children, filled };
        assert_eq!(
            worst_first(&children, SheetsBy::School),
            [
                ((8, 0, 1), count(2, [0, 2, 2, 0])),
                ((9, 0, 2), count(1, [0, 1, 1, 0])),
                ((9, 0, 1), count(2, [2, 1, 2, 2])),
            ]
        );
        let regions = worst_first(&children, SheetsBy::Region);
        assert_eq!(regions[1], ((0, 0, 9), count(3, [2, 2, 3, 2])));
        assert_eq!((regions[1].1.gaps(), regions[1].1.all()), (3, 12));
        assert!(worst_first(&[], SheetsBy::Office).is_empty());
    }
}
