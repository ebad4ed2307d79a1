//! A column with any document: what it is shows in its form.

use super::certificates::{self, DocumentError};
use super::identifiers;
use super::names::says_nothing;
use super::records::{Document, DocumentKind};

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
    if let Ok(Some(unzr)) = identifiers::unzr(cell) {
        return Ok(AnyDocument::Unzr(unzr));
    }
    if let Ok(Some(rnokpp)) = identifiers::rnokpp(cell) {
        return Ok(AnyDocument::Rnokpp(rnokpp));
    }
    if let Some(found) = passport(cell) {
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

/// Nine digits, or two letters that no birth certificate bears and six digits.
fn passport(cell: &str) -> Option<Result<Document, DocumentError>> {
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
    if repeated || certificates::is_placeholder_number(number) || number == 123_456_789 {
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
    if certificates::is_series(if latin { [*a, *b] } else { certificates::pair(*a, *b) }) {
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

    proptest! {
        #[test]
        fn nothing_panics(cell in "\\PC{0,24}", near in "[A-ZА-Я]{0,3}[ №-]?[0-9]{0,13}") {
            let _ = parse(&cell);
            let _ = parse(&near);
        }
    }
}
