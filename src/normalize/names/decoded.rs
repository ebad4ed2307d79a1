//! Text that was read in the wrong encoding, or written for a web page, brought back.
//!
//! "Петренко" is "РџРµС‚СЂРµРЅРєРѕ" where UTF-8 was read as windows-1251, "ÐŸÐµÑ‚Ñ€..." as
//! windows-1252, "Ïåòðåíêî" where windows-1251 was read as windows-1252 (the code charts
//! of the Unicode Consortium, bestfit1251 and bestfit1252). Databases keep such cells beside
//! sound ones, so no reader of files can mend them. UTF-8 proves itself: other texts are
//! not valid in it.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1251, WINDOWS_1252};

use super::canonical::is_cyrillic;

/// Longer cells hold no name.
const LONGEST: usize = 1024;

/// Encodings that were nested in each other more often are not undone.
const ROUNDS: usize = 2;

/// A name cell as it was meant. Cheap where nothing is to be done.
pub(super) fn decoded(cell: &str) -> Cow<'_, str> {
    if cell.len() > LONGEST || !may_be_coded(cell) {
        return Cow::Borrowed(cell);
    }
    let mut text = without_entities(cell);
    for _ in 0..ROUNDS {
        let Some(sound) = sound(&text) else { break };
        text = Cow::Owned(sound);
    }
    text
}

/// Whether a cell has a sign of what [`decoded`] mends: an entity, a letter of Latin-1, or
/// the letter as which the first byte of Cyrillic UTF-8 is read before one that no name has.
fn may_be_coded(cell: &str) -> bool {
    let mut before = ' ';
    for c in cell.chars() {
        match c {
            '\u{80}'..='\u{ff}' if c.is_alphabetic() => return true,
            '#' if before == '&' => return true,
            'а'..='я' | 'А'..='Я' | ' ' => {}
            _ if matches!(before, 'Р' | 'С' | 'Т') && !c.is_ascii() => return true,
            _ => {}
        }
        before = c;
    }
    false
}

/// Numbered entities of HTML as the letters that they stand for: `&#1055;`, `&#x41F;`.
fn without_entities(text: &str) -> Cow<'_, str> {
    if !text.contains("&#") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        out.push_str(&rest[..at]);
        let entity = &rest[at..];
        // No letter has a longer number.
        let end = entity.bytes().take(10).position(|b| b == b';');
        let letter = end.and_then(|end| {
            let number = &entity[2..end];
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control()).map(|c| (c, end + 1))
        });
        let used = if let Some((letter, used)) = letter {
            out.push(letter);
            used
        } else {
            out.push_str("&#");
            2
        };
        rest = &entity[used..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The text that was misread as `text`, where it surely was.
fn sound(text: &str) -> Option<String> {
    let meant = [WINDOWS_1251, WINDOWS_1252].into_iter().find_map(|read_as| {
        let bytes = bytes(text, read_as)?;
        String::from_utf8(bytes).ok().filter(|meant| meant.len() < text.len())
    });
    if let Some(meant) = meant {
        // "РІ" could be two initials as well.
        let letters = meant.chars().filter(|c| c.is_alphabetic()).count();
        let marked = !text.chars().all(|c| is_cyrillic(c) || c == ' ');
        let sure = (marked || letters > 2) && !meant.chars().any(char::is_control);
        return sure.then_some(meant);
    }
    // One byte a letter has nothing to prove it but that no language writes names in
    // accented letters only.
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let accented = |c: char| matches!(c, '\u{c0}'..='\u{ff}' | 'º' | 'ª');
    if letters().nth(1).is_none() || !letters().all(accented) {
        return None;
    }
    let bytes = bytes(text, WINDOWS_1252)?;
    let (meant, malformed) = WINDOWS_1251.decode_without_bom_handling(&bytes);
    let sure = !malformed && meant.chars().filter(|c| c.is_alphabetic()).all(is_cyrillic);
    sure.then(|| meant.into_owned())
}

/// The bytes that were read as `text`; `None` where some letter stands for no byte. Latin-1
/// has controls where windows-1252 has marks.
fn bytes(text: &str, read_as: &'static Encoding) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut buffer = [0_u8; 4];
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() || read_as == WINDOWS_1252 => out.push(byte),
            Ok(byte @ 0x80..=0x9f) => out.push(byte),
            _ => {
                let (coded, _, unmappable) = read_as.encode(c.encode_utf8(&mut buffer));
                if unmappable || coded.len() != 1 {
                    return None;
                }
                out.extend_from_slice(&coded);
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{alternatives, canonical, full_name};
    use super::*;

    /// A text as a reader with the wrong encoding sees it.
    fn misread(text: &str, written: Option<&'static Encoding>, read: &'static Encoding) -> String {
        let bytes = match written {
            Some(encoding) => encoding.encode(text).0.into_owned(),
            None => text.as_bytes().to_vec(),
        };
        read.decode_without_bom_handling(&bytes).0.into_owned()
    }

    #[test]
    fn names_come_back() {
        assert_eq!(decoded("Р†РІР°РЅ"), "Іван");
        assert_eq!(decoded("Ïåòðåíêî"), "Петренко");
        for name in [
            "Петренко",
            "Іван",
            "ЄВГЕНІЯ",
            "Лук'яненко",
            "Ґалаґан Їжакевич-Рись",
            "Соломія Романівна",
            "Яна",
            "Рись",
        ] {
            let read =
                [(None, WINDOWS_1251), (None, WINDOWS_1252), (Some(WINDOWS_1251), WINDOWS_1252)];
            for (written, read_as) in read {
                let seen = misread(name, written, read_as);
                assert_eq!(decoded(&seen), name, "{seen}");
                assert_eq!(canonical(&seen), canonical(name), "{seen}");
                assert_eq!(alternatives(&seen), alternatives(name), "{seen}");
            }
            let twice = misread(&misread(name, None, WINDOWS_1251), None, WINDOWS_1251);
            assert_eq!(decoded(&twice), name);
            let numbered = |entity: fn(u32) -> String| {
                name.chars().map(|c| entity(c.into())).collect::<Vec<_>>().concat()
            };
            let numbers = numbered(|c| format!("&#{c};"));
            assert_eq!(canonical(&numbers), canonical(name));
            let hex = numbered(|c| format!("&#x{c:x};"));
            assert_eq!(canonical(&hex), canonical(name));
        }
        let seen = misread("Коваль Ольга Іванівна", None, WINDOWS_1251);
        assert_eq!(full_name(&seen), full_name("Коваль Ольга Іванівна"));
    }

    #[test]
    fn sound_names_stay() {
        for name in [
            "Müller",
            "Đặng",
            "Éa",
            "Žižek",
            "Åse",
            "Øyvind",
            "Рїзун",
            "Сієста",
            "РІ",
            "Ян & Co",
            "&#",
            "&#;",
            "&#xzz;",
            "&#99999999;",
            "&#1055",
            "AT&#T",
        ] {
            assert_eq!(decoded(name), name);
        }
    }

    proptest! {
        #[test]
        fn what_was_misread_comes_back(name in "[А-ЯҐЄІЇ][а-яґєії]{2,12}( [А-Я][а-яії]{2,9})?") {
            // Letters whose bytes happen to be sound UTF-8 are no name.
            let bytes = WINDOWS_1251.encode(&name).0;
            prop_assume!(std::str::from_utf8(&bytes).is_err());
            prop_assert_eq!(decoded(&name), name.as_str());
            for read_as in [WINDOWS_1251, WINDOWS_1252] {
                let seen = misread(&name, None, read_as);
                prop_assert_eq!(decoded(&seen), name.as_str());
            }
        }

        #[test]
        fn nothing_panics(cell in "\\PC{0,40}", mixed in "(Р.|С.|&#[0-9x]{0,6};?|Ð.|[à-ÿ]){0,8}") {
            for cell in [cell, mixed] {
                let once = decoded(&cell).into_owned();
                let _ = canonical(&once);
            }
        }
    }
}
