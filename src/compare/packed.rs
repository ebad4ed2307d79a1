//! Records as the comparing loop wants them: one cache line each.

use rayon::prelude::*;

use super::Comparator;
use crate::normalize::{Document, Records, Sex};

/// The compared values of a record, packed so that fetching it costs one cache miss.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
pub struct Packed {
    /// УНЗР; 0 where missing.
    pub unzr: u64,
    /// РНОКПП; 0 where missing.
    pub rnokpp: u64,
    /// Birth certificate.
    pub certificate: Document,
    /// Any other document.
    pub document: Document,
    /// Code of the surname.
    pub surname: u32,
    /// Code of the given name.
    pub given_name: u32,
    /// Code of the patronymic.
    pub patronymic: u32,
    /// Code of the birth date in [`super::BirthDates`].
    pub birth_date: u32,
    /// Code of the region.
    pub region: u32,
    /// Code of the school.
    pub school: u32,
    /// Place in [`crate::normalize::Lexicon::further`] of further documents; 0 where there are
    /// none.
    pub further: u32,
    /// Sex.
    pub sex: Sex,
}

/// One side of a linkage: the records of one or several sources.
#[derive(Debug, Default)]
pub struct Side {
    /// The records.
    pub packed: Vec<Packed>,
    /// Where each record stands: index of the source, index within its [`Records`].
    pub origin: Vec<(u16, u32)>,
    /// The record's content hash: what breaks ties and picks training records.
    pub content: Vec<u64>,
}

impl Side {
    /// Packs the records of `sources`; the comparator gives the codes of birth dates.
    ///
    /// Records of several sources are merged into the order of birth date, names and content hash:
    /// neighbours are compared with the same records, which then are still in the cache.
    #[must_use]
    pub fn new<'a>(
        sources: impl Iterator<Item = (usize, &'a Records)>,
        comparator: &Comparator,
    ) -> Self {
        let mut side = Self::default();
        for (source, records) in sources {
            for i in 0..records.len() {
                side.packed.push(Packed {
                    unzr: records.unzr[i],
                    rnokpp: records.rnokpp[i],
                    certificate: records.certificate[i],
                    document: records.document[i],
                    surname: records.surname[i],
                    given_name: records.given_name[i],
                    patronymic: records.patronymic[i],
                    birth_date: comparator.birth_date_code(records, i),
                    region: records.region[i],
                    school: records.school[i],
                    further: comparator.further_documents(records, i),
                    sex: records.sex[i],
                });
                // A job has few sources, and a source fewer than 2^32 rows.
                #[allow(clippy::cast_possible_truncation)]
                side.origin.push((source as u16, i as u32));
                side.content.push(records.content[i]);
            }
        }
        // Each source is in that order already, but for the codes of sets of dates.
        if !side.order_keys().is_sorted() {
            let mut order: Vec<(_, u32)> = side.order_keys().zip(0..).collect();
            order.par_sort_unstable();
            let at = |i: &(_, u32)| i.1 as usize;
            side = Self {
                packed: order.iter().map(|i| side.packed[at(i)]).collect(),
                origin: order.iter().map(|i| side.origin[at(i)]).collect(),
                content: order.iter().map(|i| side.content[at(i)]).collect(),
            };
        }
        side
    }

    /// What the records are in the order of.
    fn order_keys(&self) -> impl Iterator<Item = ([u32; 4], u64, (u16, u32))> + '_ {
        let records = self.packed.iter().zip(&self.content).zip(&self.origin);
        records.map(|((record, &content), &origin)| {
            let names = [record.surname, record.given_name, record.patronymic];
            ([record.birth_date, names[0], names[1], names[2]], content, origin)
        })
    }

    /// Number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_fills_one_cache_line() {
        assert_eq!(size_of::<Packed>(), 64);
    }
}
