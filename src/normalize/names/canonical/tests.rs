use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(cell: &str, expected: &str) {
    assert_eq!(canonical(cell), expected, "{cell:?}");
}

#[test]
fn case_space_and_marks() {
    check("  ПЕТРЕНКО\u{a0} ", "петренко");
    check("Нечуй – Левицький", "нечуй-левицький");
    check("Нечуй- Левицький", "нечуй-левицький");
    check("Анна  Марія", "анна марія");
    check("-Іван-", "іван");
    check("\"Іван\"", "іван");
    check("Іван.", "іван");
    check("І. П.", "і п");
    check("І.П.", "і п");
    check("Петренко - 2", "петренко");
    check("ІВАН ҐАЛАЃАН", "іван ґалаѓан");
}

#[test]
fn decomposed_letters_are_composed() {
    check("Сергі\u{438}\u{306}", "сергій");
    check("Ки\u{456}\u{308}в", "київ");
    check("Марі\u{301}я", "марія");
    check("Іва\u{ad}н\u{200b}", "іван");
    assert_ne!(canonical("й"), canonical("и"));
}

#[test]
fn every_apostrophe_is_one() {
    for mark in ["'", "’", "‘", "ʼ", "`", "´", "′", "\"", "*", "＇", ",", "''", "' "] {
        check(&format!("Мар{mark}яна"), "мар'яна");
    }
    for mark in [",", "?", "&#39;", "&amp;#39;", "&apos;", "\\'", "’"] {
        check(&format!("Мар{mark}яна"), "мар'яна");
        check(&format!("МАР{mark}ЯНА"), "мар'яна");
    }
    assert_ne!(canonical("Лук&#39;янчук"), canonical("Лук&#39;яненко"));
    // Two names, and no apostrophe.
    check("Петренко,Юрій", "петренко юрій");
    check("Мельник,Яна", "мельник яна");
    check("ПЕТРЕНКО,ЮРІЙ", "петренко юрій");
    check("Іван \"Ваня\" Яценко", "іван ваня яценко");
    check("'Іван'", "іван");
    check("Іван, Петро", "іван петро");
    check("Іван,Петро", "іван петро");
}

#[test]
fn remarks_are_dropped() {
    check("Петренко (Коваль)", "петренко");
    check("(Петренко)", "петренко");
    check("Петренко (тимч.", "петренко");
    check("Іваненко / Петренко", "іваненко");
    check("Петренко Іван 12.03.2012 р.н.", "петренко іван");
    check("Петренко[опіка]", "петренко");
    check("Петренко Іван, 3-А клас", "петренко іван");
    check("3А Петренко Іван", "петренко іван");
    check("Іваненко або Петренко", "іваненко");
    check("Іваненко, дів. Петренко", "іваненко");
    check("Іваненко \\ Петренко", "іваненко");
}

#[test]
fn what_says_nothing_is_missing() {
    for cell in [
        "",
        " ",
        "-",
        "—",
        "...",
        "немає",
        "НЕМАЄ",
        "н/д",
        "б/п",
        "без по батькові",
        "null",
        "N/A",
        "(немає)",
        "Невідомо",
        "2",
        "12.03.2012",
        "xxx",
        "не вказано",
        "-- ",
        "нет",
        "NaN",
        "немає немає",
        "по батькові немає",
        "ХХХХХ",
    ] {
        check(cell, "");
        assert!(says_nothing(cell) || cell.bytes().any(|b| b.is_ascii_digit()), "{cell:?}");
    }
    assert!(!says_nothing("1-БП"));
    for lost in ["######", "????????", "\u{fffd}\u{fffd}"] {
        check(lost, "");
        assert!(!says_nothing(lost), "{lost:?}");
    }
}

#[test]
fn letters_of_the_other_script_are_repaired() {
    check("Iвaн", "іван");
    check("IВАН", "іван");
    check("lВАН", "іван");
    check("1ван", "іван");
    check("Євфимiя", "євфимія");
    check("3ахар", "захар");
    check("0лена", "олена");
    check("OЛЕHA", "олена");
    check("Пeтpeнкo Ivan", "петренко ivan");
    check("ПЕТРЕНКО MAPKO", "петренко марко");
    check("Кoвальський-Пeтрoв", "ковальський-петров");
    check("Оlеksаndr", "oleksandr");
    check("KОVALЕNKО", "kovalenko");
    check("РЕTRЕNKО", "petrenko");
    // A Latin name is left alone.
    check("PETRENKO MARK", "petrenko mark");
    check("Yelyzaveta", "yelyzaveta");
    // Letters of Russian spelling are kept.
    check("Пётр Эдуардович Подъельный", "пётр эдуардович подъельный");
}

proptest! {
    #[test]
    fn canonical_is_a_fixpoint(
        any in "\\PC{0,40}",
        said in "(не|має|немає|вказано|дані|відсутні|б|п|х| |/|-){0,8}",
        near in "[ІіIiйиЙїАаAaВвBb0136|'’\"*,.()/ нНhHоOлlРp\u{301}\u{306}\u{308}–-]{0,24}",
    ) {
        for cell in [any, near, said] {
            let once = canonical(&cell);
            prop_assert_eq!(canonical(&once), once.clone());
            prop_assert!(!once.contains("  ") && once.trim() == once);
            let _ = says_nothing(&cell);
            for word in words(&cell) {
                let script = scripts(&word);
                prop_assert!(script.digits == 0);
            }
        }
    }

    #[test]
    fn the_short_way_is_the_long_way(cell in "[А-ЯІЇЄҐа-яіїєґ' -]{0,20}") {
        if let Some(short) = plain_cyrillic(&cell) {
            prop_assert_eq!(short, repaired(&cleaned(&cell)));
        }
    }
}
