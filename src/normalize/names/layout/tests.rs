use super::super::canonical::canonical;
use super::*;

fn typed(name: &str, russian: bool) -> String {
    name.chars()
        .map(|c| {
            let lower = c.to_lowercase().next().unwrap();
            let key = if russian && lower == '\'' { '\'' } else { key_of(lower).unwrap_or(c) };
            if !c.is_uppercase() {
                return key;
            }
            match key {
                '[' => '{',
                ']' => '}',
                ';' => ':',
                '\'' => '"',
                ',' => '<',
                '.' => '>',
                '`' => '~',
                key => key.to_ascii_uppercase(),
            }
        })
        .collect()
}

fn typed_cyrillic(name: &str) -> String {
    name.chars()
        .map(|c| {
            let letter = cyrillic_of(c, false).unwrap_or(c);
            if c.is_uppercase() { letter.to_uppercase().next().unwrap() } else { letter }
        })
        .collect()
}

/// Names of other traditions, as foreign documents have them.
const FOREIGN: &str = "\
    Smith Schmidt Schwarz Nguyen Wright Brown Wojciech Grzegorz Przybylski Krzysztof Szczepański Kowalczyk Zbigniew Müller Schröder Fischer Weber Wagner Becker Hoffmann Schulz Koch Bauer Richter Klein Wolf Neumann Krüger Zimmermann Kaya Yilmaz Demir Sahin Celik Öztürk Aydin Hasan Hussein Muhammad Abdulrahman Fatima Aisha Zhang Wang Li Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Tran Pham Le Hoang Phan Vu Dang Bui Kim Park Choi Jeong John William James Charlotte Amelia Olivia Harry Jack Thomas Oscar Emily Jessica Sophie Chloe Zoe Lily Mia Freya Ruby Evie Rhys Lynn Glynn Kyle Dwight Ralph Hugh Bjork Hjalmar Sven Lars Niels Jens Jorgen Kjell Björn Knut Jan Piotr Pawel Malgorzata Agnieszka Katarzyna Jerzy Bozena Ryszard Zdzislaw Jozef Jacek Wawrzyniec Marc Jacques Pierre Francois Guillaume Jean Luc Giovanni Giuseppe Luigi Francesca Chiara Juan Jose Jesus Javier Jimenez Vazquez Xavier Xochitl Iker Joao Goncalves Vu Ng Yves Fyodor Hryhorii Dmitrij Wjatscheslaw Bohdan McDonald O'Brien D'Angelo O'Neil Fjodor Ljudmila Szymon Szymański Wiśniewski Dąbrowski Lewandowski Szczęsny Ahmad Khalil Yusuf Levy Cohen Mizrahi Friedman Goldberg Vytautas Jonas Kazlauskas Janis Berzins Ozolins Tamm Saar Magi Kask Andrus Toomas Virtanen Korhonen Nieminen Szabo Nagy Kovacs Toth Horvath Farkas Varga Gyorgy Zsofia Zsolt Popescu Ionescu Gheorghe Mihai Dvorak Novak Svoboda Cerny Prochazka Jiri Zdenek Vlk Krč Chrt Brt Smrt Srb Hrdlicka Ftacnik Vltava";

#[test]
fn names_of_the_tables_survive_both_ways() {
    let (mut all, mut back, mut latin_all, mut latin_back) = (0_u32, 0_u32, 0_u32, 0_u32);
    for (table, columns) in [
        (data::SURNAMES, 2),
        (data::FIRST_MALE, 1),
        (data::FIRST_FEMALE, 1),
        (data::PATRONYMICS_UK_RU, 2),
    ] {
        for row in data::rows(table) {
            for name in row.into_iter().take(columns) {
                let latin = latin::kmu55(name);
                assert_eq!(meant(name), name);
                assert_eq!(meant(&latin), latin);
                let right = canonical(name);
                if right.chars().nth(3).is_none() {
                    continue;
                }
                let fold = |text: &str| {
                    super::super::fold::fold(crate::normalize::names::Kind::Given, text)
                };
                all += 1;
                back += u32::from(fold(&canonical(&typed(name, false))) == fold(&right));
                if latin.is_ascii() && !latin.contains('-') {
                    latin_all += 1;
                    latin_back +=
                        u32::from(canonical(&typed_cyrillic(&latin)) == latin.to_lowercase());
                }
            }
        }
    }
    assert!(f64::from(back) / f64::from(all) > 0.995, "{back} of {all}");
    assert!(f64::from(latin_back) / f64::from(latin_all) > 0.99, "{latin_back} of {latin_all}");
    for row in data::rows(data::LATIN_VARIANTS) {
        assert_eq!(meant(row[1]), row[1]);
    }
    for name in FOREIGN.split_whitespace() {
        assert_eq!(meant(name), name);
    }
}

#[test]
fn cells_as_they_are_typed() {
    for (cell, expected) in [
        ("Ltvxtyrj", "демченко"),
        ("LTVXTYRJ", "демченко"),
        ("<jylfh", "бондар"),
        ("<JYLFH", "бондар"),
        (",JYLFH", "бондар"),
        ("Gtnhtyrj Jktyf Sdfysdyf", "петренко олена іванівна"),
        ("Gtnhtyrj, Jktyf", "петренко олена"),
        ("Gtnhtyrj J.G.", "петренко о п"),
        ("Rfvtytw", "каменец"),
        ("Rjdfkmxer-Gtnhtyrj", "ковальчук-петренко"),
        ("Gtnhjdf Fyyf Bkmbybxyf", "петрова анна ильинична"),
        ("Ctv'yjdf", "семєнова"),
        ("Vfh`zyf", "мар'яна"),
        ("Yfnfksz", "наталія"),
        (":vehrj", "жмурко"),
        ("Зуекутлщ", "petrenko"),
        ("ЗУЕКУТЛЩ ЩДУТФ", "petrenko olena"),
        ("Петренко Jktyf", "петренко олена"),
        // As they are.
        ("Smith [adopted]", "smith"),
        ("Petrenko,Ivan", "petrenko ivan"),
        ("O'Brien", "o'brien"),
        ("Нгуєн Тхі", "нгуєн тхі"),
        ("Lukas", "lukas"),
        ("Ющишин", "ющишин"),
        ("Чжан Вей", "чжан вей"),
        ("Шварценеггер", "шварценеггер"),
        ("Мкртчян", "мкртчян"),
        ("Ы Э", "ы э"),
    ] {
        assert_eq!(canonical(cell), expected, "{cell}");
        assert_eq!(canonical(expected), expected);
    }
    // What is no name may be long.
    assert_eq!(meant(&"Ltvxtyrj ".repeat(99)), "Ltvxtyrj ".repeat(99));
}

proptest::proptest! {
    #[test]
    fn nothing_is_turned_twice(cell in "[a-zA-Zа-яієїґА-ЯІЄЇҐыэъё;'\\[\\],.<>:\"{}`~ -]{0,24}") {
        let once = canonical(&cell);
        proptest::prop_assert_eq!(canonical(&once), once);
    }
}
