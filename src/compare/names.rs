//! Names: the level at which two distinct names agree, and keys that names which agree at all
//! have in common.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::MISSING;
use super::confusion::{Alphabet, is_typical};
use super::distance::osa_at_most;
use crate::normalize::{Base, Letters, Name, Relation, Script, relation};

/// Levels that all name comparisons have. The others stand in [`super::level`].
pub mod level {
    /// The same canonical spelling, or between two scripts a romanisation of it by some table.
    pub const EXACT: u8 = 1;
    /// Another spelling or grammatical form of one name.
    pub const SPELLING: u8 = 2;
}

/// The levels at which one comparison of names sees what two names have in common; equal
/// numbers where it does not tell two things apart.
#[derive(Clone, Copy, Debug)]
pub struct NameLevels {
    /// By [`Relation`].
    pub relations: [u8; 4],
    /// Apart by what ears, keyboards and scanners confuse.
    pub slip: u8,
    /// One other edit apart.
    pub close: u8,
    /// Two edits apart, both at least six letters.
    pub near: u8,
    /// One is only an initial, and it fits.
    pub initial: u8,
    /// Nothing in common: the last level.
    pub different: u8,
}

/// The shortest name in which one edit still leaves something to recognise.
const CLOSE_LENGTH: usize = 3;
/// The shortest name in which two edits do.
const NEAR_LENGTH: usize = 6;

/// The distinct names of one field.
#[derive(Debug)]
pub struct NameTable {
    rows: Vec<Row>,
    bases: Vec<Base>,
    readings: Vec<u64>,
    sounds: Vec<u64>,
    forms: Vec<u32>,
    levels: NameLevels,
    has_latin: bool,
    /// By code.
    block_names: Vec<BlockName>,
}

/// A run of entries in a list that all names share.
#[derive(Clone, Copy, Debug)]
struct Run(u32, u32);

impl Run {
    fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.0 as usize..self.1 as usize]
    }

    /// Appends entries to a list.
    fn push<T: Clone>(list: &mut Vec<T>, entries: &[T]) -> Self {
        // Codes are 32 bits, and a name has a handful of anything.
        #[allow(clippy::cast_possible_truncation)]
        let start = list.len() as u32;
        list.extend_from_slice(entries);
        #[allow(clippy::cast_possible_truncation)]
        let end = list.len() as u32;
        Self(start, end)
    }
}

/// What blocking asks of a name, close together in memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct BlockName {
    /// Key of what the main one of the names that a code stands for sounds like; 0 where missing.
    pub sound: u64,
    /// First letter of its skeleton plus one; 0 where missing.
    pub first_letter: u8,
    /// Whether the code stands for one name of one sound.
    pub single: bool,
}

/// What tells at a glance that two names have nothing in common, whatever fields they are of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    /// The letters that occur.
    letters: u64,
    /// What the name may be a form of, a bit for each hash: those of two related names overlap.
    bases: u64,
    fold: u64,
    len: u8,
    /// One name in Cyrillic letters. Of others nothing is told.
    plain: bool,
}

impl Shape {
    /// Whether the two may agree better than by two edits; `false` is certain.
    pub(super) fn may_agree(self, other: Self) -> bool {
        if !(self.plain && other.plain) {
            return true;
        }
        // An edit does away with one letter at most, and no confusion spans more than two edits.
        let lost = (self.letters & !other.letters).count_ones();
        let added = (other.letters & !self.letters).count_ones();
        let near = lost.max(added) <= 2 && self.len.abs_diff(other.len) <= 2;
        near || self.fold == other.fold || self.bases & other.bases != 0
    }
}

#[derive(Clone, Copy, Debug)]
struct Row {
    letters: Letters,
    skeleton: Letters,
    fold: u64,
    bases: Run,
    readings: Run,
    sounds: Run,
    /// Names that this one leaves open; empty for a single name.
    forms: Run,
    script: Script,
    initial: bool,
    /// Of two names.
    double: bool,
}

impl NameTable {
    /// A table of `names`, whose index is their code.
    #[must_use]
    pub fn new(names: &[Name], levels: NameLevels) -> Self {
        let (mut bases, mut readings, mut sounds, mut forms) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let rows = names
            .iter()
            .map(|name| Row {
                letters: name.letters,
                skeleton: name.skeleton,
                fold: name.fold,
                bases: Run::push(&mut bases, &name.bases),
                readings: Run::push(&mut readings, &name.readings),
                sounds: Run::push(&mut sounds, &name.sounds),
                forms: Run::push(&mut forms, &name.forms),
                script: name.script,
                initial: name.initial,
                double: name.canonical.contains('-'),
            })
            .collect();
        let has_latin = names.iter().skip(1).any(|name| name.script == Script::Latin);
        let block_names = Vec::new();
        let mut table =
            Self { rows, bases, readings, sounds, forms, levels, has_latin, block_names };
        table.block_names = (0..).take(table.len()).map(|code| table.block_name_of(code)).collect();
        table
    }

    fn block_name_of(&self, code: u32) -> BlockName {
        let main = self.main(code);
        let sounds = self.sounds(main);
        BlockName {
            sound: sounds.first().copied().unwrap_or(0),
            // A letter is below 64.
            first_letter: u8::try_from(self.first_letter(main)).unwrap_or(u8::MAX),
            single: main == code && sounds.len() < 2,
        }
    }

    /// What blocking asks of the main one of the names that a code stands for.
    #[must_use]
    pub fn block_name(&self, code: u32) -> BlockName {
        self.block_names[code as usize]
    }

    /// Number of codes, that of the missing name included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no name is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.len() <= 1
    }

    /// The level of names one edit apart: worse ones are too far apart to be the same name in
    /// another field.
    #[must_use]
    pub fn close(&self) -> u8 {
        self.levels.close
    }

    /// The single names that a code stands for: itself, or those that it leaves open.
    pub fn forms(&self, code: u32) -> impl Iterator<Item = u32> + Clone + '_ {
        let forms = self.several(code);
        std::iter::once(code).filter(|_| forms.is_empty()).chain(forms.iter().copied())
    }

    /// The main one of the names that a code stands for.
    #[must_use]
    pub fn main(&self, code: u32) -> u32 {
        self.several(code).first().copied().unwrap_or(code)
    }

    /// The names that a code leaves open; empty for a single name.
    fn several(&self, code: u32) -> &[u32] {
        self.rows[code as usize].forms.of(&self.forms)
    }

    /// Keys of what a single name sounds like, for blocking; none for a missing name.
    #[must_use]
    pub fn sounds(&self, code: u32) -> &[u64] {
        self.rows[code as usize].sounds.of(&self.sounds)
    }

    /// The first letter of the skeleton plus one, for blocking; 0 for a missing name.
    #[must_use]
    pub fn first_letter(&self, code: u32) -> u64 {
        self.rows[code as usize].skeleton.as_slice().first().map_or(0, |&l| u64::from(l) + 1)
    }

    /// What tells at a glance that a name of another field is no form of this one.
    pub(super) fn shape(&self, code: u32) -> Shape {
        let row = &self.rows[code as usize];
        let bases = self.bases(row).iter();
        Shape {
            letters: row.letters.as_slice().iter().fold(0, |set, &l| set | 1 << (l & 63)),
            bases: bases.fold(0, |set, base| set | 1 << (base.hash >> 58)),
            fold: row.fold,
            // At most `Letters::CAPACITY`.
            #[allow(clippy::cast_possible_truncation)]
            len: row.letters.len() as u8,
            plain: row.script == Script::Cyrillic && !row.initial && self.several(code).is_empty(),
        }
    }

    /// The level of names that have nothing in common.
    pub(super) fn different(&self) -> u8 {
        self.levels.different
    }

    /// Whether only an initial is known.
    #[must_use]
    pub fn is_initial(&self, code: u32) -> bool {
        self.rows[code as usize].initial
    }

    /// Whether the name is written in Latin letters.
    #[must_use]
    pub fn is_latin(&self, code: u32) -> bool {
        self.forms(code).all(|form| self.rows[form as usize].script == Script::Latin)
    }

    /// Whether a part of a double surname is read as a name in the other script.
    fn has_part(&self, double: &Row, other: &Self, single: &Row) -> bool {
        double.double
            && self.bases(double).iter().any(|base| {
                base.relation == Relation::Variant
                    && single.readings.of(&other.readings).contains(&base.hash)
            })
    }

    fn bases(&self, row: &Row) -> &[Base] {
        row.bases.of(&self.bases)
    }

    /// The level at which two names, neither missing, agree: of names left open, the pair
    /// that agrees best.
    #[must_use]
    pub fn level(&self, a: u32, b: u32) -> u8 {
        if a == b && !self.rows[a as usize].initial {
            return level::EXACT;
        }
        self.best(a, self, b, |x, y| {
            if x == y && !self.rows[x as usize].initial {
                level::EXACT
            } else {
                self.level_between(&self.rows[x as usize], self, &self.rows[y as usize])
            }
        })
    }

    /// The level at which `a` of this table and `b` of another agree: what finds fields
    /// that changed places.
    #[must_use]
    pub fn level_across(&self, a: u32, other: &Self, b: u32) -> u8 {
        self.best(a, other, b, |x, y| {
            let (left, right) = (&self.rows[x as usize], &other.rows[y as usize]);
            if left.script == right.script
                && left.letters == right.letters
                && left.skeleton == right.skeleton
                && !left.skeleton.is_empty()
                && !left.initial
                && !right.initial
            {
                return level::EXACT;
            }
            self.level_between(left, other, right)
        })
    }

    /// The best of the levels that `between` finds among what two codes leave open.
    fn best(&self, a: u32, other: &Self, b: u32, between: impl Fn(u32, u32) -> u8) -> u8 {
        if self.several(a).is_empty() && other.several(b).is_empty() {
            return between(a, b);
        }
        let pairs = self.forms(a).flat_map(|x| other.forms(b).map(move |y| (x, y)));
        let levels = pairs.map(|(x, y)| between(x, y));
        levels.filter(|&level| level != MISSING).min().unwrap_or(MISSING)
    }

    fn level_between(&self, a: &Row, other: &Self, b: &Row) -> u8 {
        let same_script = a.script == b.script;
        let cyrillic = same_script && a.script == Script::Cyrillic;
        let (left, right, alphabet) = if cyrillic {
            (&a.letters, &b.letters, Alphabet::Cyrillic)
        } else {
            (&a.skeleton, &b.skeleton, Alphabet::Sounds)
        };
        if a.initial || b.initial {
            return if left.as_slice().first() == right.as_slice().first() {
                self.levels.initial
            } else {
                self.levels.different
            };
        }
        // Between two scripts no spelling is the same: a romanisation by some table comes nearest
        // to it, and how many names share it is counted as for any spelling.
        if !same_script && share_one(a.readings.of(&self.readings), b.readings.of(&other.readings))
        {
            return level::EXACT;
        }
        if a.fold == b.fold {
            return level::SPELLING;
        }
        // Анна-Марія is called Анна, but Анна-Софія is her sister.
        let related = relation(self.bases(a), other.bases(b))
            .filter(|&related| related != Relation::Diminutive || !(a.double && b.double));
        if let Some(relation) = related {
            return self.levels.relations[relation as usize];
        }
        if !same_script && (self.has_part(a, other, b) || other.has_part(b, self, a)) {
            return self.levels.relations[Relation::Variant as usize];
        }
        let short = left.len().min(right.len());
        if short >= CLOSE_LENGTH {
            let most = if short >= NEAR_LENGTH { 2 } else { 1 };
            if let Some(distance) = osa_at_most(left, right, most) {
                return if is_typical(left, right, alphabet) {
                    self.levels.slip
                } else if distance <= 1 {
                    self.levels.close
                } else {
                    self.levels.near
                };
            }
        }
        // Vowels differ most between romanisations; consonants that agree all through are
        // worth a near agreement, never more.
        let sounds_alike =
            !same_script && share_one(a.sounds.of(&self.sounds), b.sounds.of(&other.sounds));
        if sounds_alike { self.levels.near } else { self.levels.different }
    }

    /// Keys of which two names that agree have at least one in common: those of all names
    /// that a code leaves open.
    pub(super) fn keys(&self, code: u32) -> Vec<u64> {
        let mut keys = Vec::new();
        for form in self.forms(code) {
            self.keys_of(&self.rows[form as usize], &mut keys);
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn keys_of(&self, row: &Row, keys: &mut Vec<u64>) {
        if row.initial {
            return;
        }
        keys.push(xxh3_64_with_seed(&row.fold.to_le_bytes(), 1));
        let bases = self.bases(row).iter();
        keys.extend(bases.map(|base| xxh3_64_with_seed(&base.hash.to_le_bytes(), 2)));
        if self.has_latin {
            let sounds = row.sounds.of(&self.sounds).iter();
            keys.extend(sounds.map(|sound| xxh3_64_with_seed(&sound.to_le_bytes(), 3)));
            let readings = row.readings.of(&self.readings).iter();
            keys.extend(readings.map(|reading| xxh3_64_with_seed(&reading.to_le_bytes(), 6)));
            if row.double {
                let bases = self.bases(row).iter();
                keys.extend(bases.map(|base| xxh3_64_with_seed(&base.hash.to_le_bytes(), 6)));
            }
            deletion_keys(row.skeleton.as_slice(), 4, keys);
        }
        if row.script == Script::Cyrillic {
            deletion_keys(row.letters.as_slice(), 5, keys);
        }
    }
}

/// Whether two short lists have an element in common.
fn share_one(a: &[u64], b: &[u64]) -> bool {
    a.iter().any(|x| b.contains(x))
}

/// Hashes of the word and of what one deletion makes of it, or two if it is long enough
/// for two edits to count.
fn deletion_keys(word: &[u8], tag: u64, keys: &mut Vec<u64>) {
    keys.push(xxh3_64_with_seed(word, tag));
    if word.len() < CLOSE_LENGTH {
        return;
    }
    for i in 0..word.len() {
        let mut once = [0_u8; Letters::CAPACITY];
        let once = &mut once[..word.len() - 1];
        once[..i].copy_from_slice(&word[..i]);
        once[i..].copy_from_slice(&word[i + 1..]);
        keys.push(xxh3_64_with_seed(once, tag));
        if word.len() < NEAR_LENGTH {
            continue;
        }
        for j in i..once.len() {
            let mut twice = [0_u8; Letters::CAPACITY];
            let twice = &mut twice[..once.len() - 1];
            twice[..j].copy_from_slice(&once[..j]);
            twice[j..].copy_from_slice(&once[j + 1..]);
            keys.push(xxh3_64_with_seed(twice, tag));
        }
    }
}

#[cfg(test)]
mod tests;
