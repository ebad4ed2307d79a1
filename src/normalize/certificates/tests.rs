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

fn all(series: &str, number: &str) -> Vec<Document> {
    parse_all(series, number).unwrap().into_iter().map(|reading| reading.document).collect()
}

#[test]
fn several_certificates_in_one_cell() {
    let (a, b) = (certificate(1, "ми", 345_678), certificate(1, "ми", 876_543));
    let c = certificate(1, "бк", 211_122);
    let bare = |number| certificate(0, "", number);
    for (series, number, expected) in [
        ("", "І-МИ 345678", vec![a]),
        ("", "І-МИ 345678, І-МИ 876543", vec![a, b]),
        ("", "І-МИ 345678 / І-БК 211122", vec![a, c]),
        ("", "І-МИ 345678/І-БК 211122", vec![a, c]),
        ("", "І-МИ № 345678 (повт. І-МИ № 876543)", vec![a, b]),
        ("", "І-МИ № 345678 (повторне: 1МИ876543)", vec![a, b]),
        ("", "І-МИ №345678 І-МИ №876543", vec![a, b]),
        ("", "ІМИ345678 ІБК211122", vec![a, c]),
        ("", "серія І-МИ номер 345678; серія І-БК номер 211122", vec![a, c]),
        ("", "І-МИ 345678, 876543", vec![a, b]),
        ("", "345678 І-МИ; 211122 І-БК", vec![a, c]),
        ("І-МИ", "345678; 876543", vec![a, b]),
        ("І-МИ", "345678/876543", vec![a, b]),
        ("І-МИ", "345678 (старе 876543)", vec![a, b]),
        ("І-МИ, І-БК", "345678, 211122", vec![a, c]),
        ("І-МИ/І-БК", "345678/211122", vec![a, c]),
        ("І-МИ 345678", "876543", vec![a, b]),
        ("І-МИ 345678", "І-МИ 876543", vec![a, b]),
        ("", "345678; 876543", vec![bare(345_678), bare(876_543)]),
        ("", "І-МИ 345678, І-МИ 345678", vec![a]),
        // The number's own series is believed.
        ("І-БК", "І-МИ 345678", vec![a]),
        ("І-МИ (повт. І-БК)", "345678 (211122)", vec![a, c]),
        ("", "І-MН 345678 / І-МИ 345678", vec![a]),
        // Something else in the cell.
        ("", "І-МИ 345678 4170901236", vec![a]),
        ("", "свідоцтво І-МИ 345678, паспорт КН876543", vec![a]),
        // A series turned round, a numeral that is none.
        ("МИ-І", "345678", vec![a]),
        ("ИМИ", "345678", vec![certificate(0, "ми", 345_678)]),
        // A day, a year, a remark.
        ("", "І-МИ 345678 від 05.03.2014", vec![a]),
        ("", "І-МИ 345678 видане 2014 р.", vec![a]),
        ("", "І-МИ 345678, 05032014", vec![a]),
        ("І-МИ", "345678 від 05.03.2014", vec![a]),
        ("І-МИ", "345678, виданий 05.03.2014; 876543, виданий 12.07.2019", vec![a, b]),
        ("", "І-МИ 000000; І-БК 211122", vec![c]),
        ("", "", vec![]),
        ("-", "немає", vec![]),
    ] {
        assert_eq!(all(series, number), expected, "{series:?} {number:?}");
    }
    let four = "І-МИ 345678, І-МИ 876543, І-БК 211122, І-БК 211133, І-БК 211144";
    assert_eq!(all("", four).len(), 4);
    assert_eq!(parse_all("", "І-МИ 000000, І-МИ 111111"), Err(DocumentError::Placeholder));
    // One number under two series; prose with a number in it.
    assert_eq!(all("І-МИ, І-БК", "345678")[0].kind, DocumentKind::Other);
    assert_eq!(all("", "заява 345678, справа 876543")[0].kind, DocumentKind::Other);
}

#[test]
fn what_was_repaired_is_told() {
    for (series, number, expected) in [
        ("І-МИ", "345678", ""),
        ("", "I-МИ № 345678", ""),
        ("1-МИ", "345678", "numeral_alike"),
        ("П-МИ", "345678", "numeral_alike"),
        ("l-MИ", "345678", "numeral_alike letters_alike"),
        ("І-МІ", "345678", "letters_alike"),
        ("І-МИ", "45678", "zeros_restored digits_not_six"),
        ("І-МИ", "0345678", "digits_not_six"),
        ("І-МИ", "О45678", "digits_alike"),
        ("", "серія І-МИ № 345678", "words_dropped"),
        ("", "(І-МИ) 345678", "words_dropped"),
        ("345678", "І-МИ", "order_swapped"),
        ("І-МИ 345678", "345678", "repeated"),
        ("", "345678 І-МИ 345678", "words_dropped repeated"),
        ("І-МИ", "00345678", "digits_not_six"),
        ("І-МИ", "345678 (повторне)", "words_dropped"),
        ("", "І-МИ № 345678 від 05.03.2014 р.", "words_dropped"),
        ("", "І-МИ 345678/1", "words_dropped"),
        ("І-МИ", "345 678", ""),
        ("", "345678", "series_missing numeral_missing"),
        ("МИ", "345678", "numeral_missing"),
        ("ІІ", "345678", "series_missing"),
        ("IV-АГ", "345678", "series_unknown"),
        ("", "І-МИ 3456789", "digits_not_six other_form"),
        ("", "PL 1234567/2014", "digits_not_six other_form"),
        ("", "І-МИ 345678, І-МИ 876543", "words_dropped several_in_cell"),
        ("І-БК", "І-МИ 345678", "words_dropped two_series"),
    ] {
        let repairs = parse_all(series, number).unwrap()[0].repairs;
        let names: Vec<_> = repairs.names().collect();
        assert_eq!(names.join(" "), expected, "{series:?} {number:?}");
        assert_eq!(repairs.is_empty(), expected.is_empty());
    }
}

#[test]
fn what_the_health_system_calls_acceptable() {
    check("", "серія1МИ№345678", certificate(1, "ми", 345_678));
    check("", "І- ТП № 345678", certificate(1, "тп", 345_678));
    check("", "ІСГ/345678", certificate(1, "сг", 345_678));
    assert_eq!(parse("", "ІБК№;??%:"), Err(DocumentError::NoNumber));
    assert_eq!(parse("", "КІ3215**"), Err(DocumentError::Masked));
    assert_eq!(parse("", "№547./1/А").unwrap().kind, DocumentKind::Other);
    // Signs behind a whole number hide nothing.
    check("", "КІ345678*", certificate(0, "ки", 345_678));
}

#[test]
fn foreign_certificates_meet_in_all_spellings() {
    for spellings in [
        &["1465011/00/AU/2014/123456", "1465011-00-au-2014-123456", "№ 1465011/00/АU/2014/123456"]
            [..],
        &["G 123/2014", "g123/2014", "G № 123 / 2014", "G-123-2014"],
        &["NA-V 0123456", "na v №0123456", "NAV0123456"],
        &["12/2014", "12 / 2014", "№ 12/2014"],
    ] {
        let first = parse("", spellings[0]).unwrap();
        assert_eq!(first.kind, DocumentKind::Other, "{}", spellings[0]);
        for spelling in spellings {
            assert_eq!(parse("", spelling), Ok(first), "{spelling}");
            assert_eq!(all("", spelling), [first], "{spelling}");
        }
    }
    assert_ne!(parse("", "12/2014"), parse("", "12/2015"));
    // Russian ones have the form, under letters that are no region's here.
    check("", "IV-АГ № 345678", certificate(4, "аг", 345_678));
    check("V-АК", "500123", certificate(5, "ак", 500_123));
    assert_eq!(parse("", "05.03.14").unwrap().kind, DocumentKind::Other);
}

proptest! {
    #[test]
    fn two_certificates_are_read_back(
        first in (1_u8..4, 0_usize..27, 100_000_u32..1_000_000),
        second in (1_u8..4, 0_usize..27, 100_000_u32..1_000_000),
        sign in 0_usize..6,
    ) {
        let of = |(roman, pair, number): (u8, usize, u32)| certificate(roman, SERIES[pair], number);
        let (a, b) = (of(first), of(second));
        prop_assume!(![a, b].iter().any(|one| is_placeholder_number(one.number)) && a.number != b.number);
        let sign = [", ", "; ", " / ", " ", "\n", " повт. "][sign];
        let text = format!("{}{sign}{}", format(a).unwrap(), format(b).unwrap());
        prop_assert_eq!(all("", &text), [a, b], "{}", text);
    }

    #[test]
    fn all_of_a_clean_cell_is_the_one(
        series in "[ІI1lПШVХМИКО -]{0,6}", number in "[0-9О №]{0,9}", any in "\\PC{0,60}",
        near in "[ІI1ПШVХМИКОБ0-9 №,;/()-]{0,60}",
    ) {
        if let Ok(one) = parse(&series, &number)
            && one.kind == DocumentKind::BirthCertificate
        {
            prop_assert_eq!(all(&series, &number), [one]);
        }
        for (series, number) in [("", &any), ("", &near), (&near[..], &any), (&near, &near)] {
            if let Ok(readings) = parse_all(series, number) {
                prop_assert!(readings.len() <= 4);
                prop_assert!(readings.iter().all(|reading| !reading.document.is_missing()));
            }
        }
    }
}
