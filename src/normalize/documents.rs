//! A column with any document: what it is shows in its form.

use super::certificates::{self, DocumentError};
use super::identifiers::{self, IdentifierError};
use super::names::says_nothing;
use super::records::{Document, DocumentKind};
use super::runs::runs;

/// What a cell of such a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnyDocument {
    /// Nothing.
    Missing,
    /// A birth certificate.
    Certificate(Document),
    /// A passport, a card, or something else.
    Document(Document),
    /// A УНЗР.
    Unzr(u64),
    /// A РНОКПП.
    Rnokpp(u64),
}

/// Tells a document by its form:
///
/// | form | it is |
/// | --- | --- |
/// | 13 digits with a right control digit | УНЗР |
/// | 10 digits with a right control digit | РНОКПП |
/// | 9 digits | passport card |
/// | Roman numeral, 2 letters, up to 6 digits | birth certificate |
/// | 2 letters of a birth certificate's series, in either script, 6 digits | birth certificate that lost its numeral: most of these people are under 14, and have no passport book |
/// | 2 other Cyrillic letters, 6 digits | passport book of 1994 |
/// | 2 other Latin letters, 6 digits | passport for travel abroad |
/// | anything else | compared as it stands |
pub fn parse(cell: &str) -> Result<AnyDocument, DocumentError> {
    if says_nothing(cell) {
        return Ok(AnyDocument::Missing);
    }
    if identifiers::is_rounded(cell) {
        return Err(DocumentError::Rounded);
    }
    let cell = identifiers::without_fraction(cell);
    match identifiers::unzr(cell) {
        Ok(Some(unzr)) => return Ok(AnyDocument::Unzr(unzr)),
        Err(IdentifierError::Placeholder) => return Err(DocumentError::Placeholder),
        _ => {}
    }
    match identifiers::rnokpp(cell) {
        Ok(Some(rnokpp)) => return Ok(AnyDocument::Rnokpp(rnokpp)),
        Err(IdentifierError::Placeholder) => return Err(DocumentError::Placeholder),
        _ => {}
    }
    if let Some(found) = passport(cell, false) {
        return found.map(AnyDocument::Document);
    }
    let document = certificates::parse("", cell)?;
    Ok(match document.kind {
        // Bare digits may be the number of anything.
        DocumentKind::BirthCertificate if document.letters == [0; 2] && document.roman == 0 => {
            AnyDocument::Document(certificates::other(cell)?)
        }
        DocumentKind::BirthCertificate => AnyDocument::Certificate(document),
        _ => AnyDocument::Document(document),
    })
}

/// Documents of one cell at most.
const MOST: usize = 4;

/// Reads every document of a cell as [`parse`] reads one, each once, in the order in which
/// they are written, at most four; none where the cell says nothing. Words that announce one
/// ("ІПН", "паспорт") are dropped and part them. Two letters and six digits that are called
/// a passport are one, whatever the letters. What has no known form is read only where it is
/// all there is.
pub fn parse_all(cell: &str) -> Result<Vec<AnyDocument>, DocumentError> {
    let one = parse(cell);
    match one {
        Ok(AnyDocument::Missing) => return Ok(Vec::new()),
        Ok(AnyDocument::Document(Document { kind: DocumentKind::Other, .. })) | Err(_) => {}
        Ok(found) => return Ok(vec![found]),
    }
    let mut found = Vec::new();
    let cell = &cell[..cell.floor_char_boundary(240)];
    let mut problem = None;
    for piece in pieces(cell).into_iter().take(12) {
        let read = match passport(&piece.text, piece.passport) {
            Some(read) if piece.passport => read.map(AnyDocument::Document),
            _ => parse(&piece.text),
        };
        let read = match (read, found.last()) {
            // "І-МИ 345678, 876543": of the same series.
            (
                Ok(AnyDocument::Document(Document { kind: DocumentKind::Other, .. })),
                Some(&AnyDocument::Certificate(last)),
            ) if is_six_digits(&piece.text) => match certificates::parse("", &piece.text) {
                Ok(bare) => AnyDocument::Certificate(Document { number: bare.number, ..last }),
                Err(_) => continue,
            },
            (
                Ok(
                    AnyDocument::Document(Document { kind: DocumentKind::Other, .. })
                    | AnyDocument::Missing,
                ),
                _,
            ) => continue,
            (Ok(read), _) => read,
            (Err(error), _) => {
                problem = problem.or(Some(error));
                continue;
            }
        };
        if found.len() < MOST && !found.contains(&read) {
            found.push(read);
        }
    }
    match (found.is_empty(), one, problem) {
        (false, ..) => Ok(found),
        // A placeholder beside its name is no document of unknown form.
        (true, Ok(_), Some(DocumentError::Placeholder)) => Err(DocumentError::Placeholder),
        (true, one, _) => one.map(|one| vec![one]),
    }
}

fn is_six_digits(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One document's part of a cell.
#[derive(Default)]
struct Piece {
    text: String,
    /// "Паспорт" stood before it.
    passport: bool,
}

/// What announces a document.
enum Word {
    /// "Паспорт" and what goes with it.
    Passport,
    /// Any other document, or a remark: what came before is over.
    Other,
    /// "Серія", "номер": within a document.
    Within,
}

/// By the beginning of a lower-case word; short ones whole.
fn announces(word: &str) -> Option<Word> {
    const OTHERS: [&str; 26] = [
        "рнокпп",
        "унзр",
        "свідоц",
        "свідот",
        "свид",
        "народж",
        "картк",
        "посвід",
        "довідк",
        "докум",
        "індив",
        "податк",
        "облік",
        "картоп",
        "реєстр",
        "вида",
        "виданий",
        "орган",
        "повт",
        "старе",
        "нове",
        "дійсн",
        "certif",
        "birth",
        "іден",
        "card",
    ];
    const PASSPORTS: [&str; 9] =
        ["паспорт", "закорд", "passport", "громад", "україн", "біометр", "внутр", "проїзн", "дит"];
    match word {
        "іпн" | "ипн" | "інн" | "инн" | "ід" | "id" | "св" | "во" | "про" | "від" | "до"
        | "код" | "та" => {
            return Some(Word::Other);
        }
        "с" | "н" | "n" | "no" | "nr" | "серія" | "серии" | "серия" | "серії" | "сер" | "номер"
        | "ном" | "series" => {
            return Some(Word::Within);
        }
        _ => {}
    }
    let starts = |stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    if starts(&PASSPORTS) {
        Some(Word::Passport)
    } else if starts(&OTHERS) {
        Some(Word::Other)
    } else {
        None
    }
}

/// Parts a cell at signs, at words that announce, and at the space behind six digits or more.
fn pieces(cell: &str) -> Vec<Piece> {
    let mut pieces = vec![Piece::default()];
    let part = |pieces: &mut Vec<Piece>, passport: bool| match pieces.last_mut() {
        Some(last) if last.text.trim().is_empty() => {
            last.text.clear();
            last.passport |= passport;
        }
        _ => pieces.push(Piece { passport, ..Piece::default() }),
    };
    let mut digits = 0;
    for (word, after) in runs(cell) {
        let Some(first) = word.chars().next() else { continue };
        let run = std::mem::take(&mut digits);
        let tail = after.trim_start_matches(|c: char| !c.is_alphanumeric());
        match first {
            _ if first.is_ascii_digit() => digits = run + 1,
            ';' | ',' | '\n' | '\r' | '(' | ')' | '+' | '|' => {
                part(&mut pieces, false);
                continue;
            }
            // A slash parts whole documents, and stands within foreign numbers.
            '/' | '\\' if run >= 6 || after.starts_with(' ') => {
                part(&mut pieces, false);
                continue;
            }
            _ if first.is_whitespace() && run >= 6 && !is_tail_of_unzr(tail, run) => {
                part(&mut pieces, false);
                continue;
            }
            _ if first.is_alphabetic() => match announces(&word.to_lowercase()) {
                // The letters of a series, unless a number of another length follows.
                Some(Word::Other)
                    if word.chars().count() == 2
                        && matches!(word.to_lowercase().as_str(), "ід" | "id")
                        && tail.bytes().take_while(u8::is_ascii_digit).count() < 8 => {}
                Some(Word::Within) => {
                    continue;
                }
                Some(word) => {
                    part(&mut pieces, matches!(word, Word::Passport));
                    continue;
                }
                None => {}
            },
            _ => {}
        }
        if let Some(last) = pieces.last_mut() {
            last.text.push_str(word);
        }
    }
    for piece in &mut pieces {
        let text = piece.text.trim_matches(|c: char| !c.is_alphanumeric() && c != '*');
        piece.text = text.to_owned();
    }
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// "20140312 01233": one number with a space in it.
fn is_tail_of_unzr(tail: &str, before: usize) -> bool {
    before == 8 && tail.bytes().take_while(u8::is_ascii_digit).count() == 5
}

/// Nine digits, or two letters that no birth certificate bears (any, where the cell is
/// `called` a passport) and six digits.
fn passport(cell: &str, called: bool) -> Option<Result<Document, DocumentError>> {
    // Before look-alikes are folded: the script of the letters tells the books apart.
    let written: Vec<char> = cell
        .chars()
        .filter(|c| c.is_alphanumeric() && *c != '№')
        .take(16)
        .flat_map(char::to_lowercase)
        .collect();
    let (letters, digits) = match written.as_slice() {
        digits if digits.len() == 9 && digits.iter().all(char::is_ascii_digit) => (None, digits),
        [a, b, digits @ ..]
            if a.is_alphabetic()
                && b.is_alphabetic()
                && digits.len() == 6
                && digits.iter().all(char::is_ascii_digit) =>
        {
            (Some([*a, *b]), digits)
        }
        _ => return None,
    };
    let number = digits.iter().fold(0, |sum, c| sum * 10 + c.to_digit(10).unwrap_or(0));
    let repeated = digits.iter().all(|c| Some(c) == digits.first());
    if repeated
        || certificates::is_placeholder_number(number)
        || matches!(number, 123_456_789 | 987_654_321)
    {
        return Some(Err(DocumentError::Placeholder));
    }
    let Some(written) = letters else {
        let card = Document { kind: DocumentKind::IdCard, roman: 0, letters: [0; 2], number };
        return Some(Ok(card));
    };
    let folded: Vec<char> = certificates::tokens(cell).into_iter().flatten().take(2).collect();
    let [a, b] = folded.as_slice() else { return None };
    let codes = [certificates::letter_code(*a)?, certificates::letter_code(*b)?];
    let latin = written.iter().all(char::is_ascii_lowercase);
    // Latin letters have to spell the series as they stand: KI may be a passport's.
    if !called && certificates::is_series(if latin { [*a, *b] } else { certificates::pair(*a, *b) })
    {
        return None;
    }
    let kind = if latin { DocumentKind::TravelPassport } else { DocumentKind::PassportBook };
    Some(Ok(Document { kind, roman: 0, letters: codes, number }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(cell: &str) -> DocumentKind {
        match parse(cell).unwrap() {
            AnyDocument::Document(document) | AnyDocument::Certificate(document) => document.kind,
            _ => DocumentKind::Missing,
        }
    }

    #[test]
    fn documents_are_told_by_their_form() {
        assert_eq!(parse("19910824-00026"), Ok(AnyDocument::Unzr(1_991_082_400_026)));
        assert_eq!(parse("1759013776"), Ok(AnyDocument::Rnokpp(1_759_013_776)));
        assert_eq!(kind("004512378"), DocumentKind::IdCard);
        assert_eq!(kind("КН 345678"), DocumentKind::PassportBook);
        assert_eq!(kind("КН№345678"), DocumentKind::PassportBook);
        assert_eq!(parse("КН345678"), parse("кн-345678"));
        assert_eq!(kind("FE345678"), DocumentKind::TravelPassport);
        assert_eq!(kind("ЕР 345678"), DocumentKind::PassportBook);
        assert_eq!(kind("I-МИ 345678"), DocumentKind::BirthCertificate);
        assert_eq!(kind("І-МИ № 345678"), DocumentKind::BirthCertificate);
        // A series without its numeral; КН, ЕР and FE above are none.
        for cell in ["МИ 345678", "ми-345678", "КІ345678", "БП №345678", "AM345678", "AМ 345678"]
        {
            assert_eq!(kind(cell), DocumentKind::BirthCertificate, "{cell}");
            assert!(matches!(parse(cell), Ok(AnyDocument::Certificate(_))), "{cell}");
        }
        assert_eq!(kind("KI 345678"), DocumentKind::TravelPassport);
        assert_eq!(parse("МИ 111111"), Err(DocumentError::Placeholder));
        assert_eq!(parse("4170901236.0"), Ok(AnyDocument::Rnokpp(4_170_901_236)));
        // What a spreadsheet leaves of a УНЗР is the same for all born in one month.
        assert_eq!(parse("2,01803E+12"), Err(DocumentError::Rounded));
        assert_eq!(kind("345678"), DocumentKind::Other);
        assert_eq!(kind("USC-2012/000345"), DocumentKind::Other);
        // A wrong control digit leaves digits that are equal or not.
        assert_eq!(kind("1991082400025"), DocumentKind::Other);
        assert_eq!(parse("немає"), Ok(AnyDocument::Missing));
        assert_eq!(parse("FE000000"), Err(DocumentError::Placeholder));
        assert_eq!(parse("000000000"), Err(DocumentError::Placeholder));
        // The same letters typed in either script.
        assert_eq!(parse("AM345678"), parse("АМ345678"));
    }

    #[test]
    fn several_documents_in_one_cell() {
        let certificate = |text| AnyDocument::Certificate(certificates::parse("", text).unwrap());
        let (a, b) = (certificate("І-МИ 345678"), certificate("І-МИ 876543"));
        let rnokpp = AnyDocument::Rnokpp(4_170_901_236);
        let unzr = AnyDocument::Unzr(2_018_031_201_233);
        let passport = parse("FE345678").unwrap();
        let book = parse("КН345678").unwrap();
        let card = parse("004512378").unwrap();
        for (cell, expected) in [
            ("І-МИ 345678", vec![a]),
            ("І-МИ 345678; 4170901236", vec![a, rnokpp]),
            ("І-МИ №345678, ІПН 4170901236", vec![a, rnokpp]),
            ("І-МИ №345678 ІПН4170901236", vec![a, rnokpp]),
            ("І-МИ №345678 4170901236", vec![a, rnokpp]),
            ("паспорт FE345678 / св. І-МИ 345678", vec![passport, a]),
            ("FE345678/І-МИ 345678", vec![passport, a]),
            ("свідоцтво про народження серія І-МИ номер 345678", vec![a]),
            ("свідоцтво про народження серія І-МИ № 345678, УНЗР 20180312-01233", vec![a, unzr]),
            ("УНЗР: 20180312-01233", vec![unzr]),
            ("РНОКПП 4170901236, УНЗР 20180312-01233", vec![rnokpp, unzr]),
            ("УНЗР 20180312 01233", vec![unzr]),
            ("ІПН 4170901236", vec![rnokpp]),
            ("ID 004512378", vec![card]),
            ("ID-картка № 004512378", vec![card]),
            ("паспорт 004512378 (виданий 12.03.2019, орган 5101)", vec![card]),
            ("закорд. FE345678", vec![passport]),
            ("паспорт серія КН № 345678", vec![book]),
            ("паспорт громадянина України КН345678", vec![book]),
            ("І-МИ 345678, І-МИ 876543", vec![a, b]),
            ("І-МИ 345678, 876543", vec![a, b]),
            ("І-МИ 345678, І-МИ 345678", vec![a]),
            ("І-МИ 345678 від 05.03.2014", vec![a]),
            ("ID-card 004512378", vec![card]),
            ("с/н І-МИ 345678", vec![a]),
            ("св-во І-МИ 345678", vec![a]),
            ("дит. проїзний КН345678", vec![book]),
            ("І-МИ, 345678", vec![a]),
            ("ІПН - немає, св. І-МИ 345678", vec![a]),
            ("ІД 345678", vec![certificate("ИД 345678")]),
            ("", vec![]),
            ("немає", vec![]),
        ] {
            assert_eq!(parse_all(cell), Ok(expected), "{cell}");
        }
        // Called a passport, letters of a series are a passport's.
        let called = parse_all("паспорт МИ 345678").unwrap();
        let [AnyDocument::Document(called)] = called.as_slice() else { panic!("{called:?}") };
        assert_eq!(called.kind, DocumentKind::PassportBook);
        for cell in
            ["1234567890", "0000000000", "12345678-12345", "2018031200000", "ІПН 0000000000"]
        {
            assert_eq!(parse_all(cell), Err(DocumentError::Placeholder), "{cell}");
        }
        // Of no known form: as it stands.
        assert_eq!(parse_all("USC-2012/000345"), parse("USC-2012/000345").map(|one| vec![one]));
        assert_eq!(
            parse_all("1465011/00/AU/2014/123456"),
            parse("1465011/00/AU/2014/123456").map(|one| vec![one])
        );
    }

    proptest! {
        #[test]
        fn two_documents_are_read_back(
            number in 200_000_u32..999_999, card in 100_000_000_u32..900_000_000, sign in 0_usize..5,
        ) {
            prop_assume!(!certificates::is_placeholder_number(number));
            let sign = ["; ", ", ", " / ", "\n", " паспорт "][sign];
            let text = format!("І-МИ № {number}{sign}{card:09}");
            if let Ok(card) = parse(&card.to_string()) {
                let expected = vec![parse(&format!("І-МИ {number}")).unwrap(), card];
                prop_assert_eq!(parse_all(&text), Ok(expected));
            }
        }

        #[test]
        fn no_cell_has_more_than_four(cell in "\\PC{0,60}", near in "[A-ZА-Яа-я0-9 №,;/()-]{0,80}") {
            for cell in [cell, near] {
                if let Ok(found) = parse_all(&cell) {
                    prop_assert!(found.len() <= MOST);
                    prop_assert!(!found.contains(&AnyDocument::Missing));
                }
            }
        }

        #[test]
        fn nothing_panics(cell in "\\PC{0,24}", near in "[A-ZА-Я]{0,3}[ №-]?[0-9]{0,13}") {
            let _ = parse(&cell);
            let _ = parse(&near);
        }
    }
}
