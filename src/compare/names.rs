//! Names: the level at which two distinct names agree, and the list of all pairs of
//! distinct names that agree at all.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::distance::osa;
use crate::normalize::{Base, Letters, Name, Script, relation};

/// Levels of the name comparisons. `different` differs by comparison: it is always the
/// last of its levels.
pub mod level {
    /// The same canonical spelling.
    pub const EXACT: u8 = 1;
    /// Another spelling, form or romanisation of one name.
    pub const EQUIVALENT: u8 = 2;
    /// One edit apart.
    pub const CLOSE: u8 = 3;
    /// Two edits apart, both at least six letters.
    pub const NEAR: u8 = 4;
    /// One is only an initial, and it fits (given names and patronymics).
    pub const INITIAL: u8 = 5;
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
    different: u8,
    has_latin: bool,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    letters: Letters,
    skeleton: Letters,
    fold: u64,
    sound: u64,
    bases: (u32, u32),
    script: Script,
    initial: bool,
}

impl NameTable {
    /// A table of `names`, whose index is their code; `different` is the level of names
    /// that do not agree.
    #[must_use]
    pub fn new(names: &[Name], different: u8) -> Self {
        let mut bases = Vec::new();
        let mut rows = Vec::with_capacity(names.len());
        for name in names {
            // Codes are 32 bits, and a name has a handful of bases.
            #[allow(clippy::cast_possible_truncation)]
            let start = bases.len() as u32;
            bases.extend_from_slice(&name.bases);
            #[allow(clippy::cast_possible_truncation)]
            let end = bases.len() as u32;
            bases[start as usize..].sort_unstable();
            rows.push(Row {
                letters: name.letters,
                skeleton: name.skeleton,
                fold: name.fold,
                sound: name.sound,
                bases: (start, end),
                script: name.script,
                initial: name.initial,
            });
        }
        let has_latin = names.iter().skip(1).any(|name| name.script == Script::Latin);
        Self { rows, bases, different, has_latin }
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

    /// Key of the name's sound, for blocking; 0 for a missing name.
    #[must_use]
    pub fn sound(&self, code: u32) -> u64 {
        self.rows[code as usize].sound
    }

    /// The first letter of the skeleton plus one, for blocking; 0 for a missing name.
    #[must_use]
    pub fn first_letter(&self, code: u32) -> u64 {
        self.rows[code as usize].skeleton.as_slice().first().map_or(0, |&l| u64::from(l) + 1)
    }

    /// Whether only an initial is known.
    #[must_use]
    pub fn is_initial(&self, code: u32) -> bool {
        self.rows[code as usize].initial
    }

    /// Whether the name is written in Latin letters.
    #[must_use]
    pub fn is_latin(&self, code: u32) -> bool {
        self.rows[code as usize].script == Script::Latin
    }

    fn bases(&self, row: &Row) -> &[Base] {
        &self.bases[row.bases.0 as usize..row.bases.1 as usize]
    }

    /// The level at which two names, neither missing, agree.
    #[must_use]
    pub fn level(&self, a: u32, b: u32) -> u8 {
        if a == b && !self.rows[a as usize].initial {
            return level::EXACT;
        }
        self.level_between(&self.rows[a as usize], self, &self.rows[b as usize])
    }

    /// The level at which `a` of this table and `b` of another agree: what finds fields
    /// that changed places.
    #[must_use]
    pub fn level_across(&self, a: u32, other: &Self, b: u32) -> u8 {
        let (left, right) = (&self.rows[a as usize], &other.rows[b as usize]);
        if left.script == right.script
            && left.letters == right.letters
            && left.skeleton == right.skeleton
            && !left.initial
            && !right.initial
        {
            return level::EXACT;
        }
        self.level_between(left, other, right)
    }

    fn level_between(&self, a: &Row, other: &Self, b: &Row) -> u8 {
        let same_script = a.script == b.script;
        let cyrillic = same_script && a.script == Script::Cyrillic;
        let (left, right) =
            if cyrillic { (&a.letters, &b.letters) } else { (&a.skeleton, &b.skeleton) };
        if a.initial || b.initial {
            return if left.as_slice().first() == right.as_slice().first() {
                level::INITIAL
            } else {
                self.different
            };
        }
        if a.fold == b.fold
            || relation(self.bases(a), other.bases(b)).is_some()
            || (!same_script && a.skeleton == b.skeleton)
        {
            return level::EQUIVALENT;
        }
        let (short, long) = (left.len().min(right.len()), left.len().max(right.len()));
        if long - short <= 2 && short >= CLOSE_LENGTH {
            match osa(left, right) {
                0 | 1 => return level::CLOSE,
                2 if short >= NEAR_LENGTH => return level::NEAR,
                _ => {}
            }
        }
        // Vowels differ most between romanisations; consonants that agree all through are
        // worth a near agreement, never more.
        if !same_script && a.sound == b.sound { level::NEAR } else { self.different }
    }

    /// All pairs of distinct names that agree at some level, so that the chance of
    /// agreeing can be summed exactly instead of sampled.
    ///
    /// Names within `d` edits share a string that `d` deletions make of each (Mor and
    /// Fraenkel 1982, known from SymSpell), so sorting deletion keys finds them all
    /// without comparing everything with everything.
    #[must_use]
    pub fn neighbours(&self) -> Neighbours {
        let mut keys: Vec<(u64, u32)> = (1..self.rows.len())
            .into_par_iter()
            .flat_map_iter(|code| {
                // Codes are 32 bits.
                #[allow(clippy::cast_possible_truncation)]
                let code = code as u32;
                self.keys(&self.rows[code as usize]).into_iter().map(move |key| (key, code))
            })
            .collect();
        keys.par_sort_unstable();
        keys.dedup();

        let mut pairs: Vec<(u32, u32)> = keys
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|group| group.len() > 1)
            .flat_map(|group| {
                group.iter().flat_map(move |&(_, a)| {
                    group.iter().filter(move |&&(_, b)| b != a).map(move |&(_, b)| (a, b))
                })
            })
            .collect();
        drop(keys);
        pairs.extend(self.initial_pairs());
        pairs.par_sort_unstable();
        pairs.dedup();

        let levels: Vec<u8> = pairs.par_iter().map(|&(a, b)| self.level(a, b)).collect();
        let mut neighbours = Neighbours { starts: vec![0; self.rows.len() + 1], list: Vec::new() };
        for (&(a, b), &level) in pairs.iter().zip(&levels) {
            if level != self.different {
                neighbours.starts[a as usize + 1] += 1;
                neighbours.list.push((b, level));
            }
        }
        for i in 1..neighbours.starts.len() {
            neighbours.starts[i] += neighbours.starts[i - 1];
        }
        neighbours
    }

    /// Keys of which two names that agree have at least one in common.
    fn keys(&self, row: &Row) -> Vec<u64> {
        let mut keys = Vec::new();
        if row.initial {
            return keys;
        }
        keys.push(xxh3_64_with_seed(&row.fold.to_le_bytes(), 1));
        keys.extend(
            self.bases(row).iter().map(|base| xxh3_64_with_seed(&base.hash.to_le_bytes(), 2)),
        );
        if self.has_latin {
            keys.push(xxh3_64_with_seed(&row.sound.to_le_bytes(), 3));
            deletion_keys(row.skeleton.as_slice(), 4, &mut keys);
        }
        if row.script == Script::Cyrillic {
            deletion_keys(row.letters.as_slice(), 5, &mut keys);
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Initials with every name: there are few distinct ones.
    fn initial_pairs(&self) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        // Codes are 32 bits.
        #[allow(clippy::cast_possible_truncation)]
        for (i, _) in self.rows.iter().enumerate().skip(1).filter(|(_, row)| row.initial) {
            for j in 1..self.rows.len() {
                if self.level(i as u32, j as u32) != self.different {
                    pairs.push((i as u32, j as u32));
                    pairs.push((j as u32, i as u32));
                }
            }
        }
        pairs
    }
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

/// For each name the other names that agree with it, and at what level.
#[derive(Debug)]
pub struct Neighbours {
    starts: Vec<usize>,
    list: Vec<(u32, u8)>,
}

impl Neighbours {
    /// The neighbours of a name, by code. The name itself is not among them, unless it is an
    /// initial: two equal initials agree as initials, not exactly.
    #[must_use]
    pub fn of(&self, code: u32) -> &[(u32, u8)] {
        &self.list[self.starts[code as usize]..self.starts[code as usize + 1]]
    }

    /// Number of pairs, both directions counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether no two names agree.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::Relation;

    /// A name as the normaliser would make it, with folds and bases chosen by the test.
    fn name(script: Script, word: &[u8], fold: u64, bases: Vec<u64>, initial: bool) -> Name {
        let letters = Letters::new(word);
        Name {
            canonical: word.iter().map(|&l| char::from(b'a' + l)).collect(),
            script,
            initial,
            letters: if script == Script::Cyrillic { letters } else { Letters::default() },
            skeleton: letters,
            fold,
            sound: xxh3_64_with_seed(&word[..word.len().min(2)], 9),
            bases: bases
                .into_iter()
                .map(|hash| Base { hash, relation: Relation::Spelling })
                .collect(),
        }
    }

    proptest! {
        #[test]
        fn neighbours_are_all_pairs_that_agree(
            words in proptest::collection::btree_set(
                (proptest::collection::vec(0_u8..3, 1..9), any::<bool>(), 0_u8..8),
                1..40,
            ),
        ) {
            let mut names = vec![Name::default()];
            for (i, (word, latin, kind)) in words.into_iter().enumerate() {
                let script = if latin { Script::Latin } else { Script::Cyrillic };
                // Some share a fold, some a base, some are initials.
                let fold = if kind == 0 { 7 } else { 100 + i as u64 };
                let bases = if kind == 1 { vec![5, 11] } else { vec![200 + i as u64] };
                names.push(name(script, &word, fold, bases, kind == 2));
            }
            let table = NameTable::new(&names, 6);
            let neighbours = table.neighbours();
            let codes = 1..u32::try_from(names.len()).unwrap();
            for a in codes.clone() {
                let naive: Vec<_> = codes
                    .clone()
                    .filter(|&b| b != a || table.is_initial(a))
                    .map(|b| (b, table.level(a, b)))
                    .filter(|&(_, level)| level != 6)
                    .collect();
                prop_assert_eq!(neighbours.of(a), naive.as_slice());
            }
        }

        #[test]
        fn levels_are_symmetric(
            a in proptest::collection::vec(0_u8..4, 1..10),
            b in proptest::collection::vec(0_u8..4, 1..10),
            latin in any::<(bool, bool)>(),
        ) {
            let script = |latin| if latin { Script::Latin } else { Script::Cyrillic };
            let table = NameTable::new(
                &[
                    Name::default(),
                    name(script(latin.0), &a, 1, vec![], false),
                    name(script(latin.1), &b, 2, vec![], false),
                ],
                6,
            );
            prop_assert_eq!(table.level(1, 2), table.level(2, 1));
        }
    }

    #[test]
    fn short_names_are_not_close_by_one_letter() {
        let table = NameTable::new(
            &[
                Name::default(),
                name(Script::Cyrillic, &[1, 2], 1, vec![], false),
                name(Script::Cyrillic, &[1, 3], 2, vec![], false),
            ],
            6,
        );
        assert_eq!(table.level(1, 2), 6);
    }
}
