use proptest::prelude::*;

use super::*;

const fn day(year: u16, month: u8, day: u8) -> PartialDate {
    PartialDate { year, month, day }
}

#[test]
fn every_way_to_write_a_date() {
    for cell in [
        "31.12.2012",
        "31/12/12",
        "31-12-2012",
        "31 12 2012",
        "2012-12-31",
        "2012.12.31",
        "2012-12-31T00:00:00",
        "2012-12-31T00:00:00.000Z",
        "2012-12-31 00:00:00",
        "31.12.2012 0:00:00",
        "31.12.2012 р.",
        "31.12.2012р.н.",
        "20121231",
        "31122012",
        "12/31/2012",
        "41274",
        "41274.0",
        "31 грудня 2012 р.",
        "«31» грудня 2012 року",
        "31 декабря 2012 г.",
        "December 31, 2012",
        "31-Dec-2012",
        "31st of December 2012",
        " 31.12.2012 ",
        "31,12,2012",
    ] {
        assert_eq!(parse(cell), Ok(day(2012, 12, 31)), "{cell}");
    }
    assert_eq!(parse("5 березня 2013 р."), Ok(day(2013, 3, 5)));
    assert_eq!(parse("1.2.99"), Ok(day(1999, 2, 1)));
    assert_eq!(parse("5032014"), Ok(day(2014, 3, 5)));
    assert_eq!(parse("05.03.2014 року народження"), Ok(day(2014, 3, 5)));
    assert_eq!(parse("03/04/2012"), Ok(day(2012, 4, 3)));
    assert_eq!(parse("29.02.2012"), Ok(day(2012, 2, 29)));
}

#[test]
fn parts_of_dates() {
    assert_eq!(parse("2012"), Ok(day(2012, 0, 0)));
    assert_eq!(parse("2012 р."), Ok(day(2012, 0, 0)));
    assert_eq!(parse(".07.2017"), Ok(day(2017, 7, 0)));
    assert_eq!(parse("__.07.2017"), Ok(day(2017, 7, 0)));
    assert_eq!(parse("00.07.2017"), Ok(day(2017, 7, 0)));
    assert_eq!(parse("00.00.2017"), Ok(day(2017, 0, 0)));
    assert_eq!(parse("2017-07"), Ok(day(2017, 7, 0)));
    assert_eq!(parse("липень 2017"), Ok(day(2017, 7, 0)));
}

#[test]
fn no_dates() {
    for cell in ["", "  ", "-", "немає", "н/д", "NULL", "--.--.----"] {
        assert_eq!(parse(cell), Ok(PartialDate::MISSING), "{cell}");
    }
    for (cell, why) in [
        ("31.02.2012", DateError::Impossible),
        ("29.02.2013", DateError::Impossible),
        ("32.01.2012", DateError::Impossible),
        ("13.13.2012", DateError::Impossible),
        ("12.00.2012", DateError::Impossible),
        ("31.12.0204", DateError::Year),
        ("31.12.3012", DateError::Year),
        ("1899-12-31", DateError::Year),
        ("00.00.0000", DateError::Placeholder),
        ("0000-00-00", DateError::Placeholder),
        ("01.01.1900", DateError::Placeholder),
        ("1.2.3", DateError::Year),
        ("2012 або 2013", DateError::Unreadable),
        ("31.12.2012, 01.01.2013", DateError::Unreadable),
        ("12", DateError::Unreadable),
        ("310512", DateError::Unreadable),
        ("70000", DateError::Unreadable),
        ("вчора", DateError::Unreadable),
        // A column too narrow to show the date.
        ("########", DateError::Unreadable),
    ] {
        assert_eq!(parse(cell), Err(why), "{cell}");
    }
    assert_eq!(parse_full("2012"), Err(DateError::Partial));
    assert_eq!(parse_full(""), Ok(None));
    assert_eq!(parse_full("24.02.2022"), Ok(Some(date(2022, 2, 24))));
}

proptest! {
    #[test]
    fn any_date_is_read_back(days in 0_i32..73_000) {
        let day = date(1900, 1, 2).checked_add(jiff::Span::new().days(days)).unwrap();
        let expected = Ok(from_date(day));
        prop_assert_eq!(parse(&day.to_string()), expected);
        prop_assert_eq!(parse(&day.strftime("%d.%m.%Y").to_string()), expected);
        prop_assert_eq!(parse(&day.strftime("%Y%m%d").to_string()), expected);
        prop_assert_eq!(parse(&day.strftime("%d %B %Y").to_string()), expected);
    }

    #[test]
    fn nothing_panics(cell in "\\PC{0,40}", dated in "[0-9. /:tT-]{0,24}") {
        for cell in [cell, dated] {
            if let Ok(date) = parse(&cell) {
                prop_assert!(date.is_missing() || YEARS.contains(&date.year));
                prop_assert_eq!(date.is_full(), to_date(date).is_some());
            }
            let _ = parse_full(&cell);
        }
    }
}

#[test]
fn letters_for_digits_and_roman_months() {
    for cell in [
        "12.03.2О12",
        "12.ОЗ.2012",
        "l2.03.2012",
        "І2.03.2012",
        "12.О3.2О12",
        "12,03,2012",
        "12.03.2012р",
        "12 03 2012",
        "12.III.2012",
        "12.ІІІ.2012",
        "12.Ш.2012",
        "12/ІІІ-2012 р.",
        "пн, 12.03.2012",
        "Mon, 12 Mar 2012",
    ] {
        assert_eq!(parse(cell), Ok(day(2012, 3, 12)), "{cell}");
    }
    assert_eq!(parse("5.І.2013"), Ok(day(2013, 1, 5)));
    assert_eq!(parse("5.ХІІ.2013"), Ok(day(2013, 12, 5)));
    assert_eq!(parse("5.УІІІ.2013"), Ok(day(2013, 8, 5)));
    assert_eq!(parse("5.XIII.2013"), Err(DateError::Unreadable));
    assert_eq!(parse("середа, 5 серпня 2015"), Ok(day(2015, 8, 5)));
}

#[test]
fn instants_are_days_in_kyiv() {
    for (cell, expected) in [
        ("2014-03-11T22:00:00.000Z", day(2014, 3, 12)),
        ("2014-03-11T22:00:00Z", day(2014, 3, 12)),
        ("2014-07-11T21:00:00Z", day(2014, 7, 12)),
        ("2014-03-11 22:00:00+00:00", day(2014, 3, 12)),
        ("2014-03-11T23:00:00+01:00", day(2014, 3, 12)),
        ("2013-12-31T22:00:00Z", day(2014, 1, 1)),
        ("2014-03-12T00:00:00+02:00", day(2014, 3, 12)),
        ("2014-03-12T00:00:00Z", day(2014, 3, 12)),
        // No midnight, or no offset: the day as it is written.
        ("2014-03-11T22:30:00Z", day(2014, 3, 11)),
        ("2014-03-11T22:00:01Z", day(2014, 3, 11)),
        ("2014-03-11T20:00:00Z", day(2014, 3, 11)),
        ("2014-03-11T22:00:00.000", day(2014, 3, 11)),
    ] {
        assert_eq!(parse(cell), Ok(expected), "{cell}");
    }
}
