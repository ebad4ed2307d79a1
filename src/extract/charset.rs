//! Which encoding a text file is in, and its text as UTF-8.
//!
//! Marks at the start of a file and the form of UTF-8 and UTF-16 are certain. The
//! one-byte Cyrillic encodings are told apart by how plausible their letters are as
//! Ukrainian; chardetng, which knows more languages, decides where none is plausible.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    CoderResult, Decoder, Encoding, IBM866, ISO_8859_5, KOI8_U, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_1251,
};

use super::error::ExtractError;

/// Bytes of a block of the sample.
const BLOCK: usize = 64 << 10;
/// Blocks with other than ASCII bytes that are enough to decide.
const TELLING_BLOCKS: usize = 4;
/// Bytes of a file that are searched for such blocks.
const SEARCHED: u64 = 64 << 20;

/// An encoding, and the length of the mark before the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charset {
    pub(super) encoding: &'static Encoding,
    /// The Ukrainian variant of cp866 (RST 2018-91, cp1125), whose letters Ґ Є І Ї have
    /// places of their own.
    pub(super) ukrainian_dos: bool,
    /// Bytes of the byte-order mark.
    pub(super) mark: usize,
}

impl Charset {
    const fn plain(encoding: &'static Encoding) -> Self {
        Self { encoding, ukrainian_dos: false, mark: 0 }
    }

    /// The label under which the encoding can be set in a job.
    pub(super) fn label(self) -> &'static str {
        match (self.encoding, self.ukrainian_dos) {
            (_, true) => "cp1125",
            (e, _) if e == UTF_8 => "utf-8",
            (e, _) if e == UTF_16LE => "utf-16le",
            (e, _) if e == UTF_16BE => "utf-16be",
            (e, _) if e == WINDOWS_1251 => "windows-1251",
            (e, _) if e == KOI8_U => "koi8-u",
            (e, _) if e == IBM866 => "cp866",
            (e, _) => e.name(),
        }
    }

    /// Whether the encoding has one byte a letter, so that any bytes are text in it.
    fn is_single_byte(self) -> bool {
        self.ukrainian_dos || self.encoding.is_single_byte()
    }
}

/// The encoding that a label of a job file names; `None` for `auto`.
pub(super) fn by_label(label: &str) -> Result<Option<Charset>, ExtractError> {
    let plain: String = label
        .trim()
        .to_lowercase()
        .chars()
        .map(|c| if c == '_' || c == ' ' { '-' } else { c })
        .collect();
    let charset = match plain.as_str() {
        "" | "auto" => return Ok(None),
        "utf-8-sig" | "utf8-bom" | "utf-8-bom" | "unicode" => Charset::plain(UTF_8),
        "1251" | "cp-1251" | "win1251" | "win-1251" | "windows1251" | "ansi" => {
            Charset::plain(WINDOWS_1251)
        }
        "koi8u" | "koi8" => Charset::plain(KOI8_U),
        "dos" | "oem" | "cp-866" | "ibm-866" | "oem866" => Charset::plain(IBM866),
        "cp1125" | "1125" | "cp866u" | "ruscii" => {
            Charset { ukrainian_dos: true, ..Charset::plain(IBM866) }
        }
        "utf16" | "utf16le" => Charset::plain(UTF_16LE),
        "utf16be" => Charset::plain(UTF_16BE),
        other => match Encoding::for_label(other.as_bytes()) {
            // `replacement` decodes everything to one error.
            Some(encoding) if encoding != encoding_rs::REPLACEMENT => Charset::plain(encoding),
            _ => return Err(ExtractError::UnknownEncoding { label: label.into() }),
        },
    };
    Ok(Some(charset))
}

/// The start of a file, and blocks further on that have other than ASCII bytes.
pub(super) struct Sample {
    pub(super) head: Vec<u8>,
    telling: Vec<Vec<u8>>,
    /// Whether the head is the whole file.
    all: bool,
}

impl Sample {
    /// Reads the sample of a file.
    pub(super) fn of(path: &Path) -> Result<Self, ExtractError> {
        let file = File::open(path).map_err(|e| ExtractError::io(path, e))?;
        Self::read(file).map_err(|e| ExtractError::io(path, e))
    }

    pub(super) fn read(mut from: impl Read) -> io::Result<Self> {
        let mut head = Vec::with_capacity(BLOCK);
        from.by_ref().take(BLOCK as u64).read_to_end(&mut head)?;
        let mut telling = Vec::new();
        let all = head.len() < BLOCK;
        let mut searched = head.len() as u64;
        if !head.is_ascii() {
            telling.push(head.clone());
        }
        let mut block = Vec::with_capacity(BLOCK);
        while telling.len() < TELLING_BLOCKS && searched < SEARCHED {
            block.clear();
            if from.by_ref().take(BLOCK as u64).read_to_end(&mut block)? == 0 {
                break;
            }
            searched += block.len() as u64;
            if !block.is_ascii() {
                telling.push(block.clone());
            }
        }
        Ok(Self { head, telling, all })
    }

    /// Whether the head is the whole file.
    pub(super) fn is_all(&self) -> bool {
        self.all
    }

    /// Whether the head holds bytes that no text holds: control characters.
    pub(super) fn is_binary(&self, charset: Charset) -> bool {
        if charset.encoding == UTF_16LE || charset.encoding == UTF_16BE {
            return false;
        }
        let control = self
            .head
            .iter()
            .filter(|b| matches!(b, 0x01..=0x08 | 0x0e..=0x19 | 0x1b..=0x1f))
            .count();
        self.head.contains(&0) || control * 20 > self.head.len()
    }
}

/// The encoding of a sample; `label` is what the job says.
pub(super) fn detect(
    sample: &Sample,
    label: Option<&str>,
    path: &Path,
) -> Result<Charset, ExtractError> {
    let said = label.map(by_label).transpose()?.flatten();
    if let Some((encoding, mark)) = Encoding::for_bom(&sample.head) {
        return Ok(Charset { mark, ..Charset::plain(encoding) });
    }
    if let Some(said) = said {
        let (letters, bad) = utf8_letters(&sample.telling);
        if said.is_single_byte() && letters >= 16 && bad == 0 {
            let found = "utf-8";
            let label = label.unwrap_or_default().into();
            return Err(ExtractError::EncodingMismatch { file: path.into(), label, found });
        }
        return Ok(said);
    }
    Ok(guess(sample))
}

fn guess(sample: &Sample) -> Charset {
    if let Some(encoding) = utf16(&sample.head) {
        return Charset::plain(encoding);
    }
    if sample.telling.is_empty() {
        return Charset::plain(UTF_8);
    }
    let (letters, bad) = utf8_letters(&sample.telling);
    if letters > 4 * bad || letters + bad == 0 {
        return Charset::plain(UTF_8);
    }
    let dos = Charset { ukrainian_dos: true, ..Charset::plain(IBM866) };
    let candidates = [WINDOWS_1251, KOI8_U, IBM866].map(Charset::plain).into_iter().chain([dos]);
    let best = candidates
        .map(|charset| (plausibility(&sample.telling, charset), charset))
        // The first of equals: windows-1251 is by far the commonest.
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    match best {
        Some((score, charset)) if score > 0 => charset,
        _ => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            for block in &sample.telling {
                detector.feed(block, false);
            }
            detector.feed(b"", true);
            match detector.guess(None, Utf8Detection::Deny) {
                // Cyrillic, but not Ukrainian.
                e if e == ISO_8859_5 || e.is_single_byte() => Charset::plain(e),
                _ => Charset::plain(WINDOWS_1251),
            }
        }
    }
}

/// Sequences of several bytes that are UTF-8, and bytes that are not.
fn utf8_letters(blocks: &[Vec<u8>]) -> (usize, usize) {
    let (mut letters, mut bad) = (0, 0);
    for block in blocks {
        let mut rest = block.as_slice();
        // A full block may begin and end in the middle of a letter.
        let full = block.len() == BLOCK;
        let cut =
            if full { rest.iter().take(3).take_while(|b| **b & 0xC0 == 0x80).count() } else { 0 };
        rest = &rest[cut..];
        let mut chunks = rest.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            let open_end = full && chunks.peek().is_none();
            let unfinished =
                std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
            if !(open_end && unfinished) {
                bad += chunk.invalid().len();
            }
        }
    }
    (letters, bad)
}

/// UTF-16 without a mark: ASCII and Cyrillic have a high byte of 0 or 4.
fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.as_chunks::<2>().0;
    if pairs.len() < 2 || !head.contains(&0) {
        return None;
    }
    let high = |i: usize| pairs.iter().filter(|p| matches!(p[i], 0 | 4)).count();
    let zero = |i: usize| pairs.iter().filter(|p| p[i] == 0).count();
    let nearly_all = pairs.len() * 9 / 10;
    if high(1) >= nearly_all && zero(0) * 10 < pairs.len() && zero(1) > 0 {
        Some(UTF_16LE)
    } else if high(0) >= nearly_all && zero(1) * 10 < pairs.len() && zero(0) > 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// How well the bytes above ASCII, taken as `charset`, look like Ukrainian: the weight
/// of each letter by its frequency, less for signs that stand in no table and for
/// capitals after small letters. Above 0 is plausible.
fn plausibility(blocks: &[Vec<u8>], charset: Charset) -> i64 {
    let mut score = 0;
    for block in blocks {
        let mut decoding = Decoding::new(block.as_slice(), charset);
        let mut text = String::new();
        // Reading from memory does not fail.
        if decoding.read_to_string(&mut text).is_err() {
            return i64::MIN;
        }
        let mut before = ' ';
        for c in text.chars() {
            // One word is of one script; but Latin i stands in for a letter that DOS lacks.
            let foreign = |c: char| c.is_ascii_alphabetic() && !matches!(c, 'i' | 'I');
            if (foreign(before) && !c.is_ascii() && c.is_alphabetic())
                || (foreign(c) && !before.is_ascii() && before.is_alphabetic())
            {
                score -= 10;
            }
            if !c.is_ascii() {
                score += weight(c);
                if c.is_uppercase() && before.is_lowercase() {
                    score -= 12;
                } else if c.is_lowercase() && before.is_uppercase() {
                    score += 1;
                }
            }
            before = c;
        }
    }
    score
}

fn weight(c: char) -> i64 {
    let small = c.to_lowercase().next().unwrap_or(c);
    match small {
        'о' | 'а' => 8,
        'н' | 'и' | 'і' | 'в' => 6,
        'т' | 'е' | 'р' => 5,
        'с' | 'к' | 'л' => 4,
        'у' | 'д' | 'м' => 3,
        'п' | 'я' | 'з' | 'ь' | 'ї' | 'є' | 'й' => 2,
        'б' | 'г' | 'ч' | 'х' | 'ж' | 'ш' | 'ю' | 'ц' => 1,
        // Rare letters, and signs that any text may hold.
        'ф' | 'щ' | 'ґ' | '№' | '«' | '»' | '–' | '—' | '’' | '‘' | '“' | '”' | '„' | '…' | '°'
        | '\u{a0}' => 0,
        // Russian letters are possible, and rare in Ukrainian registers.
        'ы' | 'э' | 'ё' | 'ъ' => -4,
        _ => -15,
    }
}

/// Bytes in an encoding, read as UTF-8. What is no text in it comes out as U+FFFD.
pub(super) struct Decoding<R> {
    from: R,
    decoder: Decoder,
    ukrainian_dos: bool,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: BufRead> Decoding<R> {
    /// `from` begins after the byte-order mark.
    pub(super) fn new(from: R, charset: Charset) -> Self {
        let decoder = charset.encoding.new_decoder_without_bom_handling();
        let ukrainian_dos = charset.ukrainian_dos;
        Self { from, decoder, ukrainian_dos, text: Vec::new(), at: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        // A byte or half a surrogate may give nothing, so until there is text.
        while self.at >= self.text.len() && !self.ended {
            let bytes = self.from.fill_buf()?;
            // Three bytes for any byte: what the widest letters take.
            let bytes = &bytes[..bytes.len().min(BLOCK)];
            let last = bytes.is_empty();
            self.text.resize(3 * BLOCK + 16, 0);
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(bytes, &mut self.text, last);
            // The one byte that windows-1251 does not have; browsers let it pass.
            let missing_1251 =
                self.decoder.encoding() == WINDOWS_1251 && bytes[..read].contains(&0x98);
            self.from.consume(read);
            self.text.truncate(written);
            self.at = 0;
            self.ended = last && result == CoderResult::InputEmpty;
            if missing_1251 {
                let marked = String::from_utf8_lossy(&self.text).replace('\u{98}', "\u{fffd}");
                self.text = marked.into_bytes();
            }
            if self.ukrainian_dos {
                to_ukrainian_dos(&mut self.text);
            }
        }
        Ok(())
    }
}

/// The letters that cp1125 has where cp866 has others.
fn to_ukrainian_dos(text: &mut Vec<u8>) {
    // Only 0xF2..=0xF9 differ; encoding_rs hands on whole letters.
    let Ok(decoded) = std::str::from_utf8(text) else { return };
    if !decoded.contains(['Є', 'є', 'Ї', 'ї', 'Ў', 'ў', '°', '∙']) {
        return;
    }
    let replaced: String = decoded
        .chars()
        .map(|c| match c {
            'Є' => 'Ґ',
            'є' => 'ґ',
            'Ї' => 'Є',
            'ї' => 'є',
            'Ў' => 'І',
            'ў' => 'і',
            '°' => 'Ї',
            '∙' => 'ї',
            other => other,
        })
        .collect();
    *text = replaced.into_bytes();
}

impl<R: BufRead> Read for Decoding<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let n = text.len().min(into.len());
        into[..n].copy_from_slice(&text[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Decoding<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.refill()?;
        Ok(&self.text[self.at..])
    }

    fn consume(&mut self, n: usize) {
        self.at = (self.at + n).min(self.text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Прізвище;Ім'я;По батькові;Дата народження\n\
        Вигадайло;Ївга;Гнатівна;01.02.2012\nПробний;Єгор;Юрійович;03.04.2013\n";

    fn guessed(bytes: &[u8]) -> Charset {
        let sample = Sample::read(bytes).unwrap();
        detect(&sample, None, Path::new("a.csv")).unwrap()
    }

    fn decoded(bytes: &[u8], charset: Charset) -> String {
        let mut text = String::new();
        Decoding::new(&bytes[charset.mark..], charset).read_to_string(&mut text).unwrap();
        text
    }

    fn to_utf16(text: &str, be: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| if be { u.to_be_bytes() } else { u.to_le_bytes() })
            .collect()
    }

    /// cp1125 has no encoder in `encoding_rs`; its letters are those of cp866 but eight.
    fn to_cp1125(text: &str) -> Vec<u8> {
        text.chars()
            .map(|c| match c {
                'Ґ' => 0xF2,
                'ґ' => 0xF3,
                'Є' => 0xF4,
                'є' => 0xF5,
                'І' => 0xF6,
                'і' => 0xF7,
                'Ї' => 0xF8,
                'ї' => 0xF9,
                c => IBM866.encode(&c.to_string()).0[0],
            })
            .collect()
    }

    #[test]
    fn one_byte_encodings_are_told_apart_in_any_case() {
        for text in [TEXT.to_string(), TEXT.to_uppercase(), TEXT.to_lowercase()] {
            for encoding in [WINDOWS_1251, KOI8_U] {
                let bytes = encoding.encode(&text).0;
                assert_eq!(guessed(&bytes).encoding, encoding, "{text}");
                assert_eq!(decoded(&bytes, guessed(&bytes)), text);
            }
            // cp866 has no і and ґ: people typed Latin i.
            let dos = text.replace('і', "i").replace('І', "I");
            let bytes = IBM866.encode(&dos).0;
            assert_eq!(guessed(&bytes).label(), "cp866");
            assert_eq!(decoded(&bytes, guessed(&bytes)), dos);
            let bytes = to_cp1125(&text);
            assert_eq!(guessed(&bytes).label(), "cp1125");
            assert_eq!(decoded(&bytes, guessed(&bytes)), text);
        }
    }

    #[test]
    fn a_few_letters_are_enough() {
        for name in ["Ганна", "Ілля", "ШЕВЧУК", "Їжак", "щур"] {
            for encoding in [WINDOWS_1251, KOI8_U] {
                let bytes = encoding.encode(name).0;
                assert_eq!(guessed(&bytes).encoding, encoding, "{name}");
            }
        }
    }

    #[test]
    fn latin_names_are_not_taken_for_cyrillic() {
        let names = "id;name\n1;M\u{fc}ller\n2;Gonz\u{e1}lez\n3;Fran\u{e7}ois\n4;Bj\u{f6}rk\n";
        let bytes = encoding_rs::WINDOWS_1252.encode(names).0;
        assert_eq!(decoded(&bytes, guessed(&bytes)), names);
    }

    #[test]
    fn unicode_is_known_with_and_without_a_mark() {
        for (be, encoding) in [(false, UTF_16LE), (true, UTF_16BE)] {
            for mark in ["", "\u{feff}"] {
                let bytes = to_utf16(&format!("{mark}{TEXT}"), be);
                let charset = guessed(&bytes);
                assert_eq!((charset.encoding, charset.mark), (encoding, 2 * mark.chars().count()));
                assert_eq!(decoded(&bytes, charset), TEXT);
            }
        }
        assert_eq!(guessed(TEXT.as_bytes()), Charset::plain(UTF_8));
        assert_eq!(guessed(format!("\u{feff}{TEXT}").as_bytes()).mark, 3);
        assert_eq!(guessed(b"a;b\n1;2\n"), Charset::plain(UTF_8));
    }

    #[test]
    fn bad_bytes_do_not_make_utf8_something_else() {
        let mut bytes = TEXT.repeat(20).into_bytes();
        bytes.splice(40..40, [0xFF, 0xC3, 0x28]);
        assert_eq!(guessed(&bytes), Charset::plain(UTF_8));
    }

    #[test]
    fn letters_cut_at_the_edge_of_a_block_are_not_bad() {
        let text = format!("x{}", "і".repeat(BLOCK * 3));
        let sample = Sample::read(text.as_bytes()).unwrap();
        assert_eq!(utf8_letters(&sample.telling).1, 0);
        assert_eq!(guessed(text.as_bytes()), Charset::plain(UTF_8));
    }

    #[test]
    fn a_letter_far_down_decides() {
        let mut bytes = b"id;name\n".repeat(50_000);
        bytes.extend_from_slice(&WINDOWS_1251.encode("1;Вигадайло Ївга\n").0);
        assert_eq!(guessed(&bytes).encoding, WINDOWS_1251);
    }

    #[test]
    fn labels_in_use_are_known() {
        for label in ["cp1251", "1251", "Windows-1251", "ANSI"] {
            assert_eq!(by_label(label).unwrap().unwrap().encoding, WINDOWS_1251, "{label}");
        }
        for label in ["koi8u", "KOI8-U", "koi8_u"] {
            assert_eq!(by_label(label).unwrap().unwrap().encoding, KOI8_U, "{label}");
        }
        for label in ["cp866", "dos", "866", "IBM866"] {
            assert_eq!(by_label(label).unwrap().unwrap().encoding, IBM866, "{label}");
        }
        assert_eq!(by_label("auto").unwrap(), None);
        assert!(matches!(by_label("klingon"), Err(ExtractError::UnknownEncoding { .. })));
    }

    #[test]
    fn a_label_that_contradicts_the_file_is_an_error() {
        let sample = Sample::read(TEXT.as_bytes()).unwrap();
        let error = detect(&sample, Some("cp1251"), Path::new("a.csv")).unwrap_err();
        assert!(matches!(error, ExtractError::EncodingMismatch { found: "utf-8", .. }));
    }
}
