"""Run with `target/peers/venv/bin/python -m unittest discover -s benches/peers`."""

import unittest

import figures
import normalise
import polars as pl
import rules_peer


class Normalising(unittest.TestCase):
    def test_names(self):
        for text, wanted in {
            " Д'яченко ": "ДЯЧЕНКО",
            "Іващук – Сторчак": "ІВАЩУК-СТОРЧАК",
            "Жмурко (ВПО)": "ЖМУРКО",
            "Ковaль": "КОВАЛЬ",  # a Latin a
            "KOVAL'": "KOVAL",
            "  ": None,
            None: None,
        }.items():
            self.assertEqual(normalise.name(text), wanted)
        self.assertEqual(normalise.name("Андрии\u0306"), "АНДРИЙ")

    def test_full_names(self):
        self.assertEqual(normalise.full_name("Бевзенко Тимур"), ("БЕВЗЕНКО", "ТИМУР", None))
        self.assertEqual(normalise.full_name("А Б Назим огли"), ("А", "Б", "НАЗИМ ОГЛИ"))

    def test_latin_letters(self):
        for ukrainian, latin in {
            "Згурська-Яценко": "ZGHURSKA-YATSENKO",
            "Щербак": "SHCHERBAK",
            "Знам'янська": "ZNAMIANSKA",
            "Їжак Андрій": "YIZHAK ANDRII",
        }.items():
            self.assertEqual(normalise.kmu55(normalise.name(ukrainian)), latin)

    def test_dates(self):
        for text, wanted in {
            "2014-08-25 00:00:00": "2014-08-25",
            "11.10.2006р.": "2006-10-11",
            "20/05/2010": "2010-05-20",
            "04.09.05": "2005-09-04",
            "9.1.2007": "2007-01-09",
            "09-01-2007": "2007-01-09",
            "19 червня 2009 р.": "2009-06-19",
            "41876": "2014-08-25",
            "31.02.2010": None,
            "05.13.2010": None,
            "": None,
        }.items():
            self.assertEqual(normalise.birth_date(text), wanted, text)

    def test_documents(self):
        self.assertEqual(normalise.certificate("1-МИ", "81677"), ("МИ", "081677"))
        self.assertEqual(normalise.certificate("серія І - TП №", "019222"), ("ТП", "019222"))
        self.assertEqual(normalise.certificate(None, "12"), (None, None))
        pair = {"certificate_series": "ЖД", "certificate_number": "929041"}
        for text in ["I-ЖД № 929041", "серія І-ЖД номер 929041", "ІЖД929041", "!ЖД № 929041",
                     "І-ЖД N929041", "2ЖД929041", "І-ЖД/929041"]:  # fmt: skip
            self.assertEqual(normalise.document(text), pair, text)
        self.assertEqual(normalise.document("378790"), {"certificate_number": "378790"})
        self.assertEqual(normalise.document("KM192170"), {"document": "KM192170"})
        self.assertEqual(normalise.document("941172188"), {"document": "941172188"})
        self.assertEqual(normalise.document("4072754094"), {"rnokpp": "4072754094"})
        self.assertEqual(normalise.number("20090512-57021", 13), "2009051257021")
        self.assertIsNone(normalise.number("0000000000", 10))


class Rules(unittest.TestCase):
    def pair(self, **fields):
        pair = dict.fromkeys(rules_peer.FIELDS) | {f + "_r": None for f in rules_peer.FIELDS}
        return pair | fields

    def test_social(self):
        names = {"surname": "КОВАЛЬ", "given_name": "ОЛЕНА", "patronymic": "ІВАНІВНА"}
        same = {f + "_r": v for f, v in names.items()}
        document = {"certificate_series": "МИ", "certificate_number": "123456"}
        document |= {f + "_r": v for f, v in document.items()}
        other = {"surname_r": "ПЕТРЕНКО"}
        born = {"birth_date": "2010-01-02", "birth_date_r": "2010-01-02"}
        tax = {"rnokpp": "4072754094", "rnokpp_r": "4072754094"}
        for fields, rank in [
            (names | same | tax, 3),
            (names | same | tax | other, 3),  # given name with patronymic suffice
            (names | same | tax | other | {"patronymic_r": "ПЕТРІВНА"}, 0),
            (names | same | document, 2),
            (names | same | document | {"surname_r": "КОВАЛ"}, 2),
            (names | same | document | other, 0),
            (names | same | document | other | born, 1),
            (names | same | document | {"certificate_series_r": "ТП"} | born, 0),
            (names | same | born, 0),
        ]:
            self.assertEqual(rules_peer.social(self.pair(**fields)), rank, fields)

    def test_health(self):
        names = {"surname": "КИЇВ", "given_name": "Є"}
        pair = self.pair(**names, surname_r="КІЇВ", given_name_r="Е", sex="f", sex_r="f")
        self.assertAlmostEqual(rules_peer.health(pair), -7.0 + 4.0 + 2.5 + 0.5)
        pair |= {"document": "AA123456", "document_r": "AA123457"}
        self.assertAlmostEqual(rules_peer.health(pair), 0.0)


class Figures(unittest.TestCase):
    def test_ties_are_one_step(self):
        # By score: true; true and false tied; true; false.
        pairs = pl.DataFrame({
            "score": [9.0, 8.0, 8.0, 7.0, 6.0],
            "is_true": [True, True, False, True, False],
            "accepted": [True, True, True, False, False],
        })  # fmt: skip
        found = figures.figures(pairs, ["score"], 4)
        self.assertEqual(found["recall_at"]["0.9999"], 1 / 4)
        self.assertEqual((found["links"], found["false"]), (3, 1))
        self.assertAlmostEqual(found["f1"], 2 * 2 / (4 + 3))
        self.assertAlmostEqual(found["best_f1"], 2 * 3 / (4 + 4))

    def test_a_later_threshold_may_win_precision_back(self):
        # 1 false of 2, then 998 true ones: 999 of 1,000 keep 0.999 and not 0.9999.
        scores = [1000.0, 999.0, *range(998, 0, -1)]
        pairs = pl.DataFrame(
            {"score": [float(s) for s in scores], "is_true": [True, False] + [True] * 998}
        ).with_columns(accepted=pl.lit(True))
        found = figures.figures(pairs, ["score"], 1000)
        self.assertEqual(found["recall_at"]["0.999"], 999 / 1000)
        self.assertEqual(found["recall_at"]["0.9999"], 1 / 1000)

    def test_second_score_breaks_ties_of_the_first(self):
        pairs = pl.DataFrame({
            "probability": [0.9, 0.9], "weight": [5.0, 4.0],
            "is_true": [True, False], "accepted": [True, True],
        })  # fmt: skip
        found = figures.figures(pairs, ["probability", "weight"], 1)
        self.assertEqual(found["recall_at"]["0.9999"], 1.0)

    def test_nothing_found(self):
        pairs = pl.DataFrame(
            schema={"score": pl.Float64, "is_true": pl.Boolean, "accepted": pl.Boolean}
        )
        found = figures.figures(pairs, ["score"], 3)
        self.assertEqual((found["links"], found["f1"], found["best_f1"]), (0, 0.0, None))
        self.assertIsNone(found["recall_at"]["0.999"])

    def test_true_pairs_are_records_times_rows(self):
        schools = pl.DataFrame({"person": ["a", "a", "b", "c"]})
        register = pl.DataFrame({"person": ["a", "a", "b", "d"]})
        self.assertEqual(figures.true_pairs(schools, register), 2 * 2 + 1)


if __name__ == "__main__":
    unittest.main()
