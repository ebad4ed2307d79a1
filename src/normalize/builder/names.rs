//! The names of a row.

use super::super::names::says_nothing;
use super::super::pool::Triple;
use super::{Row, SourceBuilder};
use crate::field::Field;

impl SourceBuilder {
    /// The child's names: own columns first, then what a column of full names adds. Several
    /// columns of one field, and several names in one cell, leave the choice open.
    pub(super) fn read_names(&mut self, row: &Row<'_>) -> Triple {
        let (mut own, mut slipped) = (Triple::default(), Triple::default());
        for i in 0..self.places[Field::Surname as usize].len() {
            let text = row.text(self.places[Field::Surname as usize][i]);
            let cell = self.cells.surname(&mut self.names, text);
            self.expect_name(row, Field::Surname, text, cell != Triple::default());
            own.surname = self.names.either(own.surname, cell.surname);
            slipped = slipped.either(Triple { surname: 0, ..cell }, &mut self.names);
        }
        for i in 0..self.places[Field::GivenName as usize].len() {
            let text = row.text(self.places[Field::GivenName as usize][i]);
            let cell = self.cells.given(&mut self.names, text);
            self.expect_name(row, Field::GivenName, text, cell != Triple::default());
            // What stands in its own column comes before what slipped into the surname's.
            own.given = self.names.either(own.given, cell.given);
            slipped = slipped.either(Triple { given: 0, ..cell }, &mut self.names);
        }
        for i in 0..self.places[Field::Patronymic as usize].len() {
            let text = row.text(self.places[Field::Patronymic as usize][i]);
            let code = self.cells.patronymic(&mut self.names, text);
            self.expect_name(row, Field::Patronymic, text, code != 0);
            own.patronymic = self.names.either(own.patronymic, code);
        }
        let mut full = Triple::default();
        for i in 0..self.places[Field::FullName as usize].len() {
            let text = row.text(self.places[Field::FullName as usize][i]);
            let cell = self.cells.full(&mut self.names, text);
            self.expect_name(row, Field::FullName, text, cell != Triple::default());
            full = full.either(cell, &mut self.names);
        }
        let mut names = own.or(slipped).or(full);
        // A whole name in one of the two columns.
        let surname = self.value(row, Field::Surname);
        let given = self.value(row, Field::GivenName);
        if names.given == 0 && surname.trim().contains(char::is_whitespace) {
            let whole = self.cells.full(&mut self.names, surname);
            if whole.given != 0 && whole.surname != 0 {
                names = Triple { surname: whole.surname, ..names }.or(whole);
            }
        } else if names.surname == 0 && given.trim().contains(char::is_whitespace) {
            let whole = self.cells.full(&mut self.names, given);
            // "Анна Марія" are two given names.
            let is_whole =
                given.split_whitespace().nth(2).is_some() || !self.names.is_given(whole.surname);
            if whole.surname != 0 && whole.given != 0 && is_whole {
                names = Triple { given: whole.given, ..names }.or(whole);
            }
        } else if names.patronymic == 0 && surname.trim().contains(char::is_whitespace) {
            names = self.names.patronymic_behind_surname(names);
        }
        self.names.sort_out(names)
    }

    /// A parent's given name.
    pub(super) fn parent(&mut self, row: &Row<'_>, field: Field) -> u32 {
        for i in 0..self.places[field as usize].len() {
            let text = row.text(self.places[field as usize][i]);
            let code = self.cells.parent(&mut self.names, text);
            if code != 0 {
                return code;
            }
        }
        0
    }

    /// The first of a field's columns that says something, or else is not blank; empty where
    /// all are.
    pub(super) fn value<'a>(&self, row: &Row<'a>, field: Field) -> &'a str {
        let texts = || self.places[field as usize].iter().map(|&place| row.text(place));
        let first = texts().find(|text| !text.trim().is_empty()).unwrap_or_default();
        if first.is_empty() || texts().nth(1).is_none() || !says_nothing(first) {
            return first;
        }
        texts().find(|text| !says_nothing(text)).unwrap_or(first)
    }

    /// Reports a cell that says something, in which no name was found: digits, or the
    /// question marks of a lost encoding.
    fn expect_name(&mut self, row: &Row<'_>, field: Field, text: &str, found: bool) {
        if !found && !says_nothing(text) {
            self.reject(row, field.key(), "no letters of a name".to_owned());
        }
    }
}
