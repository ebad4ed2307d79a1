use proptest::prelude::*;

use super::*;

fn certificate(roman: u8, pair: &str, number: u32) -> Document {
    let mut codes = pair.chars().map(|c| letters::code(c).unwrap());
    let letters = [codes.next().unwrap_or(0), codes.next().unwrap_or(0)];
    Document { kind: DocumentKind::BirthCertificate, roman, letters, number }
}

#[track_caller]
fn check(series: &str, number: &str, expected: Document) {
    assert_eq!(parse(series, number), Ok(expected), "{series:?} {number:?}");
}

#[test]
fn spellings_of_one_certificate() {
    let expected = certificate(1, "ми", 23_456);
    for (series, number) in [
        ("І-МИ", "023456"),
        ("I-МИ", "023456"),
        ("1-МИ", "023456"),
        ("l-МИ", "023456"),
        ("|-МИ", "023456"),
        ("і-ми", "023456"),
        ("1МИ", "023456"),
        ("ІМИ", "23456"),
        ("І МИ", "23456"),
        ("І–МИ", "№023456"),
        ("I—MИ", "№ 023456"),
        ("І-МІ", "023456"),
        ("I-MI", "023456"),
        ("серія І-МИ", "N 023456"),
        ("Серія: І-МИ", "No023456"),
        ("(І-МИ)", "'023456'"),
        ("І-МИ № 023456", ""),
        ("", "І-МИ № 023456"),
        ("", "І-МИ №023456"),
        ("", "1-МИ023456"),
        ("", "1МИ023456"),
        ("", "ІМИ023456"),
        ("", "серія1МИ№023456"),
        ("", "І- МИ № 023456"),
        ("", "І-МИ О23456"),
        ("", "І-МИО23456"),
        ("", "І-МИ №023 456"),
        ("", "Серія І-МИ номер 023456"),
        ("", "І-МИ/023456"),
        ("І-МИ", "О23456"),
        ("023456", "І-МИ"),
        ("", "023456 І-МИ"),
        ("І-МИ", "02З456"),
        ("І-МИ", "23456.0"),
        ("", "І-МИ 23456,0"),
        ("І-МИ", "0023456"),
        ("", "І-МИ №023456 від 05.03.2014"),
        ("", "І-МИ 023456, видане 05.03.2014 р."),
        ("", "І-МИ 023456 (повторне)"),
        ("", "Свідоцтво про народження І-МИ 023456"),
        ("", "свід. про нар. серії І-МИ №023456"),
        ("І-МИ 023456", "023456"),
        ("І-МИ №023456", "І-МИ №023456"),
        ("І-МИ", "І-МИ 023456"),
        ("І-МИ", "МИ023456"),
    ] {
        check(series, number, expected);
    }
}

#[test]
fn numerals() {
    for (numeral, roman) in [
        ("ІІ", 2),
        ("II", 2),
        ("П", 2),
        ("п", 2),
        ("11", 2),
        ("2", 2),
        ("ll", 2),
        ("ІІІ", 3),
        ("Ш", 3),
        ("ІV", 4),
        ("IУ", 4),
        ("У", 5),
        ("V", 5),
        ("УІ", 6),
        ("VШ", 8),
        ("ІХ", 9),
        ("X", 10),
        ("Х", 10),
        ("ХП", 12),
        ("XIV", 14),
    ] {
        check(&format!("{numeral}-БК"), "345678", certificate(roman, "бк", 345_678));
        check("", &format!("{numeral}-БК345678"), certificate(roman, "бк", 345_678));
    }
}

#[test]
fn parts_of_certificates() {
    check("", "345678", certificate(0, "", 345_678));
    check("", "5678", certificate(0, "", 5_678));
    check("МИ", "345678", certificate(0, "ми", 345_678));
    check("І", "345678", certificate(1, "", 345_678));
    check("ІД", "345678", certificate(0, "ид", 345_678));
    check("ІІ", "345678", certificate(2, "", 345_678));
    check("", "345678.0", certificate(0, "", 345_678));
    check("2", "345678", certificate(2, "", 345_678));
    assert_eq!(parse("І-МИ", ""), Err(DocumentError::NoNumber));
    assert_eq!(parse("І-МИ", "12"), Err(DocumentError::Short));
    assert_eq!(parse("", ""), Ok(Document::MISSING));
    assert_eq!(parse("-", "немає"), Ok(Document::MISSING));
    for number in ["000000", "111111", "999999", "123456"] {
        assert_eq!(parse("І-МИ", number), Err(DocumentError::Placeholder), "{number}");
    }
}

#[test]
fn other_forms() {
    for text in ["PL 1234567/2014", "USC-2012-000345", "1234567890123", "A12B34C"] {
        let document = parse("", text).unwrap();
        assert_eq!(document.kind, DocumentKind::Other, "{text}");
    }
    assert_eq!(parse("", "PL 1234567/2014"), parse("PL", "1234567 2014"));
    assert_ne!(parse("", "PL 1234567/2014"), parse("", "PL 1234567/2015"));
    assert_eq!(parse("", "закордонне"), Err(DocumentError::NoNumber));
    // Two numbers: nobody knows which.
    for (series, number) in
        [("", "І-МИ 345678, І-МИ 876543"), ("І-МИ 345678", "876543"), ("І-БК", "І-МИ 345678")]
    {
        assert_eq!(parse(series, number).unwrap().kind, DocumentKind::Other, "{number}");
    }
    assert_eq!(parse("", "1,23457E+05"), Err(DocumentError::Rounded));
    assert_eq!(parse("І-МИ", "1.2E+05"), Err(DocumentError::Rounded));
}

#[test]
fn series_are_what_letters_spell() {
    for series in SERIES {
        check(&format!("І-{series}"), "345678", certificate(1, series, 345_678));
    }
    assert_eq!(format(certificate(4, "ми", 23_456)).as_deref(), Some("ІV-МИ № 023456"));
    assert_eq!(format(certificate(0, "", 23_456)).as_deref(), Some("№ 023456"));
    assert_eq!(format(Document::MISSING), None);
}

/// A character class of look-alikes for one character of the canonical form.
fn dirty(c: char, pick: usize) -> char {
    let alike: Vec<char> = match c {
        'І' => vec!['І', 'I', '1', 'l', '|', 'і', 'i'],
        'V' => vec!['V', 'У', 'v', 'у', 'Y'],
        'Х' => vec!['Х', 'X', 'х', 'x'],
        'А' => vec!['А', 'A', 'а', 'a'],
        'В' => vec!['В', 'B', 'в'],
        'Е' => vec!['Е', 'E', 'е', 'e'],
        'К' => vec!['К', 'K', 'к', 'k'],
        'М' => vec!['М', 'M', 'м', 'm'],
        'Н' => vec!['Н', 'H', 'н'],
        'О' => vec!['О', 'O', 'о', 'o'],
        'Р' => vec!['Р', 'P', 'р', 'p'],
        'С' => vec!['С', 'C', 'с', 'c'],
        'Т' => vec!['Т', 'T', 'т'],
        'И' => vec!['И', 'и', 'І', 'I'],
        c => vec![c],
    };
    alike[pick % alike.len()]
}

proptest! {
    #[test]
    fn what_was_formatted_and_miswritten_is_read_back(
        roman in 1_u8..25,
        series in 0_usize..27,
        number in 100_u32..1_000_000,
        picks in proptest::collection::vec(0_usize..40, 24),
        layout in 0_usize..9,
    ) {
        prop_assume!(!is_placeholder_number(number));
        let expected = certificate(roman, SERIES[series], number);
        let text = format(expected).unwrap();
        prop_assert_eq!(parse("", &text), Ok(expected));
        let (head, digits) = text.split_once(" № ").unwrap();
        let (numeral, pair) = head.split_once('-').unwrap();
        let dirty = |text: &str, from: usize| -> String {
            text.chars().enumerate().map(|(i, c)| dirty(c, picks[(from + i) % 24])).collect()
        };
        let (numeral, pair) = (dirty(numeral, 0), dirty(pair, 12));
        let lost = digits.trim_start_matches('0');
        let (series, number) = match layout {
            0 => (format!("{numeral}-{pair}"), digits.to_owned()),
            1 => (format!("{numeral}{pair}"), lost.to_owned()),
            2 => (String::new(), format!("{numeral} {pair} №{digits}")),
            3 => (String::new(), format!("серія {numeral}–{pair} N {digits}")),
            4 => (String::new(), format!("{numeral}{pair}{digits}")),
            5 => (digits.to_owned(), format!("{numeral}-{pair}")),
            6 => (String::new(), format!("({numeral}-{pair}) / {digits}")),
            7 => (format!("{numeral} — {pair}"), digits.replace('0', "О")),
            _ => (format!("\"{numeral}.{pair}\""), format!("№{lost}")),
        };
        // Four letters О among six digits are no number.
        prop_assume!(layout != 7 || digits.matches('0').count() < 3);
        prop_assert_eq!(parse(&series, &number), Ok(expected), "{} {}", series, number);
    }

    #[test]
    fn nothing_panics(series in "\\PC{0,12}", number in "\\PC{0,20}", near in "[ІI1lПШУХVМИКО0-9 №-]{0,14}") {
        let _ = parse(&series, &number);
        let _ = parse("", &near);
        let _ = parse(&near, &near);
        if let Ok(document) = parse(&near, "") {
            let _ = format(document);
            prop_assert!(document.number <= 999_999 || document.kind == DocumentKind::Other);
        }
    }
}
