//! Cells that hold more than one name: "Іваненко (Петренко)", "Олена / Альона",
//! "Іваненко, дів. Петренко", and dates that stand beside a name.
//!
//! A surname changes with marriage, adoption or recognition of the father (Family Code,
//! articles 35, 145, 147), and clerks keep the other one in the cell. What stands in
//! brackets as often is a remark ("опіка", "ВПО", "3-А"): it is taken for a name only if
//! it is written like one.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::super::{data, dates, latin};
use super::canonical::canonical;
use super::decoded::decoded;
use super::fold::{fold, is_latin};
use super::full::{Arrangement, Class, Parts, arrange, full_name, parts};
use super::remarks::{is_link, is_maiden, is_remark, is_said_beside};
use super::{Kind, hash};

/// More readings of one cell are not kept.
const MOST: usize = 4;

/// Cells beyond this many bytes hold no name.
const LONGEST: usize = 512;

/// Whether a cell shows any sign of holding more than one name. Cheap.
#[must_use]
pub fn has_alternatives(cell: &str) -> bool {
    if cell.bytes().any(|b| matches!(b, b'(' | b'[' | b'{' | b'/' | b'\\' | b'|')) {
        return true;
    }
    let mut words = cell.split(' ').skip(1).peekable();
    while let Some(word) = words.next() {
        // No link is longer.
        if word.len() <= 32 && may_link(word) && links(word, words.peek().copied()) {
            return true;
        }
    }
    false
}

/// Whether a word starts with a letter that a link starts with.
fn may_link(word: &str) -> bool {
    word.chars().next().is_some_and(|c| {
        matches!(
            c,
            'а' | 'ч'
                | 'и'
                | 'о'
                | 'a'
                | 'n'
                | 'f'
                | 'д'
                | 'у'
                | 'н'
                | 'к'
                | 'р'
                | 'б'
                | 'в'
                | 'п'
                | 'А'
                | 'Ч'
                | 'И'
                | 'О'
                | 'A'
                | 'N'
                | 'F'
                | 'Д'
                | 'У'
                | 'Н'
                | 'К'
                | 'Р'
                | 'Б'
                | 'В'
                | 'П'
                | 'з'
                | 'З'
                | 'o'
                | 'b'
                | 'B'
        )
    })
}

/// A word without the marks around it, in lower case.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn links(word: &str, next: Option<&str>) -> bool {
    let bare_word = bare(word);
    is_link(&bare_word, next.map(bare).as_deref()) || is_maiden(&bare_word)
}

/// What a cell is made of.
enum Piece<'a> {
    /// A word outside brackets.
    Word(&'a str),
    /// The text in brackets.
    Beside(&'a str),
    /// A slash, "або" and the like.
    Or,
    /// "дів.", "уроджена": the next word is another surname.
    Maiden,
}

fn pieces(cell: &str) -> Vec<Piece<'_>> {
    let cell = &cell[..cell.floor_char_boundary(LONGEST)];
    let mut out = Vec::new();
    let mut rest = cell;
    while let Some(open) = rest.find(['(', '[', '{']) {
        outside(&rest[..open], &mut out);
        let inside = &rest[open + 1..];
        let close = inside.find([')', ']', '}']).unwrap_or(inside.len());
        out.push(Piece::Beside(&inside[..close]));
        rest = inside.get(close + 1..).unwrap_or_default();
    }
    outside(rest, &mut out);
    out
}

fn outside<'a>(text: &'a str, out: &mut Vec<Piece<'a>>) {
    let mut all = text.split_whitespace().peekable();
    while let Some(word) = all.next() {
        let next = all.peek().copied().map(bare);
        // "б/п", "н/д".
        let letters = word.trim_matches(|c: char| !c.is_alphanumeric()).split('/');
        if word.len() > 2
            && word.contains('/')
            && letters.clone().all(|letter| letter.chars().nth(1).is_none())
        {
            continue;
        }
        for (i, word) in word.split(['/', '\\']).enumerate() {
            if i > 0 {
                out.push(Piece::Or);
            }
            let bare = bare(word);
            let first = matches!(out.last(), None | Some(Piece::Beside(_)));
            if word == "|" || (!first && is_link(&bare, next.as_deref())) {
                out.push(Piece::Or);
            } else if is_maiden(&bare) {
                out.push(Piece::Maiden);
            } else if !word.is_empty()
                && (!matches!(out.last(), Some(Piece::Or | Piece::Maiden))
                    || !is_said_beside(&bare))
            {
                out.push(Piece::Word(word));
            }
        }
    }
}

/// How the letters of a whole cell are written: what a capital means in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Lower,
    Upper,
    Mixed,
}

fn case(text: &str) -> Case {
    match (text.chars().any(char::is_uppercase), text.chars().any(char::is_lowercase)) {
        (true, false) => Case::Upper,
        (false, _) => Case::Lower,
        (true, true) => Case::Mixed,
    }
}

static SURNAMES: LazyLock<FxHashSet<u64>> =
    LazyLock::new(|| data::surname_forms().map(|form| surname_hash(&canonical(form))).collect());

fn surname_hash(canonical: &str) -> u64 {
    hash(fold(Kind::Surname, canonical).as_bytes())
}

/// The same by what they sound like, for names in Latin letters.
static LATIN_SURNAMES: LazyLock<FxHashSet<u64>> = LazyLock::new(|| {
    data::surname_forms().map(|form| hash(&latin::skeleton(&canonical(form)))).collect()
});

/// Whether a canonical word is a surname of the tables, in any form of it.
#[must_use]
pub fn is_surname(canonical: &str) -> bool {
    if is_latin(canonical) {
        LATIN_SURNAMES.contains(&hash(&latin::skeleton(canonical)))
    } else {
        SURNAMES.contains(&surname_hash(canonical))
    }
}

/// Endings that nouns and adjectives of remarks hardly have.
fn ends_like_a_surname(word: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "енко",
        "чук",
        "щук",
        "нюк",
        "люк",
        "ський",
        "ська",
        "цький",
        "цька",
        "вич",
        "ов",
        "ова",
        "єв",
        "єва",
        "ев",
        "ева",
        "шин",
        "шина",
        "ишин",
        "чак",
        "няк",
        "дзе",
        "швілі",
        "ян",
    ];
    word.chars().nth(3).is_some() && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// The name in a text that stands beside or instead of another; `None` for a remark.
fn name_beside(text: &str, cell: Case) -> Option<String> {
    if text.chars().any(char::is_numeric) {
        return None;
    }
    let raw: Vec<&str> = text
        .split_whitespace()
        .filter(|word| {
            let bare = bare(word);
            !bare.is_empty() && !is_maiden(&bare) && !is_said_beside(&bare) && !is_link(&bare, None)
        })
        .collect();
    // "уроджена Коваль" is a name even where it is not known.
    let name = canonical(&raw.join(" "));
    let words: Vec<&str> = name.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    let fits = (1..=5).contains(&words.len()) && raw.len() <= 4;
    if !fits || words.iter().any(|word| word.chars().nth(1).is_none() || is_remark(word)) {
        return None;
    }
    let is_known = |word: &&str| {
        let class = Class::of(word);
        class.given || class.patronymic || is_surname(word)
    };
    let capital = raw.iter().all(|word| {
        let first = word.chars().find(|c| c.is_alphabetic());
        first.is_some_and(char::is_uppercase)
    });
    let accepted = match cell {
        Case::Lower => words.iter().all(is_known),
        _ if !capital => words.iter().all(|word| {
            let class = Class::of(word);
            class.given || class.patronymic || (ends_like_a_surname(word) && is_surname(word))
        }),
        // "(ВПО)" beside "Іваненко".
        Case::Mixed if case(text) == Case::Upper => words.iter().all(is_known),
        _ if words.len() == 1 => true,
        _ => words.iter().any(is_known),
    };
    accepted.then_some(name)
}

/// The canonical readings of a cell with one kind of name, the main one first, which is
/// what [`canonical`] gives; at most four, without duplicates. Only the first can be empty.
#[must_use]
pub fn alternatives(cell: &str) -> Vec<String> {
    let cell = &*decoded(cell);
    let mut out = vec![canonical(cell)];
    if !has_alternatives(cell) || out[0].is_empty() {
        return out;
    }
    let cell_case = case(cell);
    let mut runs: Vec<String> = vec![String::new()];
    let mut texts: Vec<String> = Vec::new();
    for piece in pieces(cell) {
        match piece {
            Piece::Word(word) => {
                if let Some(run) = runs.last_mut() {
                    run.push_str(word);
                    run.push(' ');
                }
            }
            Piece::Or | Piece::Maiden => runs.push(String::new()),
            Piece::Beside(text) => texts.extend(within(text)),
        }
    }
    // The first run is the main reading.
    for text in runs.into_iter().skip(1).chain(texts) {
        if let Some(name) = name_beside(&text, cell_case) {
            push(&mut out, name);
        }
    }
    out
}

/// The names that brackets hold: "(Коваль/Бойко)", "(Коваль, потім Бойко)".
fn within(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for part in text.split(['/', '\\', ',', ';']) {
        found.push(String::new());
        let mut words = part.split_whitespace().peekable();
        while let Some(word) = words.next() {
            if is_link(&bare(word), words.peek().copied().map(bare).as_deref()) {
                found.push(String::new());
            } else if let Some(last) = found.last_mut() {
                last.push_str(word);
                last.push(' ');
            }
        }
    }
    found.retain(|text| !text.is_empty());
    found
}

fn push<T: PartialEq>(out: &mut Vec<T>, found: T) {
    if out.len() < MOST && !out.contains(&found) {
        out.push(found);
    }
}

/// A whole name cell: its main words, and names that stand beside them.
#[derive(Default)]
struct Whole {
    words: Vec<String>,
    /// Number of main words before, and the words beside.
    beside: Vec<(usize, Vec<String>)>,
}

impl Whole {
    fn read(cell: &str) -> Self {
        let cell_case = case(cell);
        let mut whole = Self::default();
        let mut run: Vec<&str> = Vec::new();
        let mut after = After::Nothing;
        let mut all = pieces(cell);
        all.push(Piece::Or);
        for piece in all {
            match piece {
                Piece::Word(word) => run.push(word),
                Piece::Beside(text) => {
                    whole.end_run(&mut run, after, cell_case);
                    after = After::Nothing;
                    for text in within(text) {
                        if let Some(name) = name_beside(&text, cell_case) {
                            whole.put_beside(&name);
                        }
                    }
                }
                Piece::Or => {
                    whole.end_run(&mut run, after, cell_case);
                    after = After::Or;
                }
                Piece::Maiden => {
                    whole.end_run(&mut run, after, cell_case);
                    after = After::Maiden;
                }
            }
        }
        whole
    }

    fn put_beside(&mut self, name: &str) {
        let words = name.split(' ').map(str::to_owned).collect();
        self.beside.push((self.words.len(), words));
    }

    /// Ends a run of words outside brackets.
    fn end_run(&mut self, run: &mut Vec<&str>, after: After, cell: Case) {
        let raw = std::mem::take(run);
        if raw.is_empty() {
            return;
        }
        let words = |raw: &[&str]| -> Vec<String> {
            let name = canonical(&raw.join(" "));
            name.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        if after == After::Nothing || self.words.is_empty() {
            self.words.extend(words(&raw));
            return;
        }
        if after == After::Or && raw.len() > 1 && self.words.len() > 1 {
            let found = words(&raw);
            let arranged = parts(&found, &arrange(&classes(&found)));
            if !arranged.surname.is_empty() && !arranged.given_name.is_empty() {
                if let Some(name) = name_beside(&raw.join(" "), cell) {
                    self.put_beside(&name);
                }
                return;
            }
        }
        if let Some(name) = name_beside(raw[0], cell) {
            self.put_beside(&name);
            self.words.extend(words(&raw[1..]));
        }
    }
}

/// What stood before a run of words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    Or,
    Maiden,
}

fn classes(words: &[String]) -> Vec<Class> {
    words.iter().map(|word| Class::of(word)).collect()
}

/// Which name of a whole name another one takes the place of.
fn place(name: &str, beside: usize, found: &Arrangement, main: &Parts) -> Kind {
    let class = Class::of(name);
    let looks_surname =
        || is_surname(name) || (!is_latin(name) && ends_like_a_surname(name) && !class.given);
    if found.given.contains(&beside) {
        match () {
            () if class.given => Kind::Given,
            () if class.patronymic && !main.patronymic.is_empty() => Kind::Patronymic,
            () if looks_surname() => Kind::Surname,
            () => Kind::Given,
        }
    } else if found.patronymic.contains(&beside) {
        match () {
            () if class.patronymic => Kind::Patronymic,
            () if class.given && !is_surname(name) => Kind::Given,
            () => Kind::Surname,
        }
    } else if main.given_name.is_empty() && class.given && !is_surname(name) {
        // "Коваль (Ольга)".
        Kind::Given
    } else {
        Kind::Surname
    }
}

/// The names of a cell with a whole name, the main reading first; at most four, without
/// duplicates. A name beside one word takes its place, a whole name stands by itself.
#[must_use]
pub fn full_name_alternatives(cell: &str) -> Vec<Parts> {
    readings(cell).map_or_else(|| vec![full_name(cell)], |(_, parts)| parts)
}

/// As [`full_name_alternatives`], as texts of canonical words, each of which goes through
/// [`super::canonical::words`] and [`arrange`].
#[must_use]
pub fn full_alternatives(cell: &str) -> Vec<String> {
    let Some((main, parts)) = readings(cell) else { return vec![canonical(cell)] };
    let mut out = vec![main];
    for Parts { surname, given_name, patronymic } in parts.into_iter().skip(1) {
        let names = [surname, given_name, patronymic];
        let text: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        push(&mut out, text.join(" "));
    }
    out
}

/// Main words and all readings; `None` where the cell shows no sign of more than one.
fn readings(cell: &str) -> Option<(String, Vec<Parts>)> {
    let cell = &*decoded(cell);
    if !has_alternatives(cell) {
        return None;
    }
    // The slashes of a date are no alternatives.
    let cell = without_date(cell);
    let whole = Whole::read(cell);
    if whole.words.is_empty() {
        return None;
    }
    let found = arrange(&classes(&whole.words));
    let main = parts(&whole.words, &found);
    let mut out = vec![main.clone()];
    for (before, words) in whole.beside {
        let other = if let [name] = words.as_slice() {
            let mut other = main.clone();
            match place(name, before.saturating_sub(1), &found, &main) {
                Kind::Surname => other.surname.clone_from(name),
                Kind::Given => other.given_name.clone_from(name),
                Kind::Patronymic => other.patronymic.clone_from(name),
            }
            other
        } else {
            let mut other = parts(&words, &arrange(&classes(&words)));
            if other.given_name.is_empty() || other.surname.is_empty() {
                // "(Альона Іванівна)": what is not said again is as before.
                let class = Class::of(&words[0]);
                if class.given {
                    other.given_name.clone_from(&words[0]);
                    other.surname.clone_from(&main.surname);
                }
            }
            for (name, of_main) in [
                (&mut other.given_name, &main.given_name),
                (&mut other.patronymic, &main.patronymic),
            ] {
                if name.is_empty() {
                    name.clone_from(of_main);
                }
            }
            other
        };
        push(&mut out, other);
    }
    Some((whole.words.join(" "), out))
}

/// A name cell up to the date in it, or what follows the date where it comes first.
pub(super) fn without_date(cell: &str) -> &str {
    let Some(date) = date_in_name(cell) else { return cell };
    let start = date.as_ptr() as usize - cell.as_ptr() as usize;
    if cell[..start].chars().any(char::is_alphabetic) {
        &cell[..start]
    } else {
        &cell[start + date.len()..]
    }
}

/// The part of a name cell that reads as a date: "12.03.2012" of "Петренко Іван 12.03.2012
/// р.н."; day, month and year in any usual order and with the month's name, or a year with
/// "р.н." or in brackets. What it gives can be read by [`dates::parse`].
#[must_use]
pub fn date_in_name(cell: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    if cell.len() > LONGEST || digits(cell) < 4 {
        return None;
    }
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '/' | ',');
    let mut at = 0;
    // Runs of digits and marks; in 512 bytes there are few.
    while let Some(from) = cell[at..].find(|c: char| c.is_ascii_digit()).map(|from| at + from) {
        let end = cell[from..].find(|c| !is_part(c)).map_or(cell.len(), |end| from + end);
        at = end;
        // "ІV-12" or "А12" are no dates.
        let glued = cell[..from].chars().next_back().is_some_and(char::is_alphanumeric);
        let run = cell[from..end].trim_end_matches(|c: char| !c.is_ascii_digit());
        if glued {
            continue;
        }
        let full = run.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).count() == 3;
        if full && readable(run) {
            return Some(run);
        }
        let rest = &cell[from + run.len()..];
        if digits(run) == run.len() && run.len() <= 2 {
            // "12 березня 2012".
            let mut words = rest.split(' ').filter(|word| !word.is_empty());
            if let (Some(month), Some(year)) = (words.next(), words.next()) {
                let year_end = year.bytes().take_while(u8::is_ascii_digit).count();
                let until = year.as_ptr() as usize - cell.as_ptr() as usize + year_end;
                let date = &cell[from..until];
                if year_end == 4 && month.chars().all(char::is_alphabetic) && readable(date) {
                    return Some(date);
                }
            }
        }
        if run.len() == 4 && digits(run) == 4 && readable(run) && says_year(rest) {
            return Some(run);
        }
    }
    None
}

fn readable(date: &str) -> bool {
    dates::parse(date).is_ok_and(|date| !date.is_missing())
}

/// Whether what follows four digits says that they are a year.
fn says_year(rest: &str) -> bool {
    let rest = rest.trim_start();
    let next = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    rest.is_empty()
        || rest.starts_with(')')
        || matches!(
            next.to_lowercase().as_str(),
            "р" | "рн" | "рік" | "року" | "г" | "гр" | "год" | "года"
        )
}

#[cfg(test)]
mod tests;
