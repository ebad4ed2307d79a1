use super::super::full::full_name;
use super::*;

#[test]
fn whole_names_come_back_to_the_nominative() {
    for (cell, expected) in [
        ("Шевченку Олександру Петровичу", "шевченко олександр петрович"),
        ("Шевченка Олександра Петровича", "шевченко олександр петрович"),
        ("Ковальської Марії Іванівни", "ковальська марія іванівна"),
        ("Ковальській Марії Іванівні", "ковальська марія іванівна"),
        ("Ковальського Андрія Сергійовича", "ковальський андрій сергійович"),
        ("Ковальському Андрію Сергійовичу", "ковальський андрій сергійович"),
        ("Коваленко Анни Петрівни", "коваленко анна петрівна"),
        ("Коваленко Ганні Петрівні", "коваленко ганна петрівна"),
        ("Мельника Василя Миколайовича", "мельник василь миколайович"),
        ("Мельник Ольги Іванівни", "мельник ольга іванівна"),
        ("Мельник Ользі Іванівні", "мельник ольга іванівна"),
        ("Кравця Ігоря Ілліча", "кравець ігор ілліч"),
        ("Петрова Дмитра Олексійовича", "петров дмитро олексійович"),
        ("Петрової Надії Олексіївни", "петрова надія олексіївна"),
        ("Сороки Миколи Івановича", "сорока микола іванович"),
        ("Коваля Якова Кузьмича", "коваль яків кузьмич"),
        ("Коваля Федора Лукича", "коваль федір лукич"),
        ("Чорної Дар'ї Юріївни", "чорна дар'я юріївна"),
        ("Чорного Юрія Юрійовича", "чорний юрій юрійович"),
        ("Бойка Михайла Івановича", "бойко михайло іванович"),
        ("Нечуя-Левицького Павла Івановича", "нечуй-левицький павло іванович"),
        // Of no table.
        ("Жмурченка Назара Івановича", "жмурченко назар іванович"),
        ("Трумбинського Назара Івановича", "трумбинський назар іванович"),
    ] {
        let found = nominative(&full_name(cell)).map(|p| [p.surname, p.given_name, p.patronymic]);
        assert_eq!(found.map(|names| names.join(" ")).as_deref(), Some(expected), "{cell}");
    }
    for cell in [
        "Шевченко Олександр Петрович",
        "Шевченко Олександра Петрівна",
        "Шевченко Олександра",
        "Мамедов Рустам Аббас огли",
        "Petrenko Ivan Petrovych",
        "",
    ] {
        assert_eq!(nominative(&full_name(cell)), None, "{cell}");
    }
}

#[test]
fn patronymics_tell_the_sex() {
    for (patronymic, sex) in [
        ("олександрович", Sex::Male),
        ("олександрівна", Sex::Female),
        ("сергіївна", Sex::Female),
        ("андреевна", Sex::Female),
        ("николаевич", Sex::Male),
        ("ілліч", Sex::Male),
        ("іллівна", Sex::Female),
        ("ильинична", Sex::Female),
        ("кузьмич", Sex::Male),
        ("петровича", Sex::Male),
        ("петровичу", Sex::Male),
        ("іванівни", Sex::Female),
        ("іванівні", Sex::Female),
        ("аббас-огли", Sex::Male),
        ("аббасоглы", Sex::Male),
        ("аббас-кизи", Sex::Female),
        ("аббас-кызы", Sex::Female),
        ("oleksandrovych", Sex::Male),
        ("aleksandrovich", Sex::Male),
        ("serhiivna", Sex::Female),
        ("olegowna", Sex::Female),
        ("abbas-ogly", Sex::Male),
        ("abbas-kyzy", Sex::Female),
        ("олександр", Sex::Missing),
        ("микола", Sex::Missing),
        ("о", Sex::Missing),
        ("вна", Sex::Missing),
        ("", Sex::Missing),
    ] {
        assert_eq!(sex_of_patronymic(patronymic), sex, "{patronymic}");
    }
    for row in data::rows(data::PATRONYMICS) {
        for (forms, sex) in [(row[1], Sex::Male), (row[2], Sex::Female)] {
            for form in forms.split('|') {
                assert_eq!(sex_of_patronymic(&canonical(form)), sex, "{form}");
            }
        }
    }
}

#[test]
fn forms_of_common_names_lead_back() {
    let (mut all, mut back) = (0_u32, 0_u32);
    for (table, sex, patronymics) in [
        (data::FIRST_MALE, Sex::Male, ["івановича", "івановичу"]),
        (data::FIRST_FEMALE, Sex::Female, ["іванівни", "іванівні"]),
    ] {
        for row in data::rows(table).filter(|row| row[1].parse::<f64>().is_ok_and(|w| w >= 1.0)) {
            let name = canonical(row[0]);
            for form in oblique(&name, sex) {
                let parts = Parts {
                    given_name: form,
                    patronymic: patronymics[0].to_owned(),
                    ..Parts::default()
                };
                all += 1;
                back += u32::from(nominative(&parts).is_some_and(|p| p.given_name == name));
            }
        }
    }
    assert!(back * 100 > all * 95, "{back} of {all}");
}
