//! What a school writes of pupils who left it: the reason and the day.
//!
//! It has draws of its own, so that the people and the errors of a seed are the same with and
//! without these columns.

use super::days::{AS_OF, Day, SINCE};
use super::dice::Dice;
use super::life::TrueStatus;
use super::profile::World;
use super::world::{Child, Enrolment};

/// A reason in the words of a school, and the day.
pub(super) type Left = Option<(&'static str, Option<Day>)>;

/// What the school of a listing says of a child that left it.
pub(super) fn left(child: &Child, listing: &Enrolment, world: &World, dice: &mut Dice) -> Left {
    // As many draws for every listing, whatever comes of them.
    let [said, second, word] =
        [dice.chance(world.withdrawal_said), dice.chance(0.1), dice.chance(0.5)];
    let day = dice.between(SINCE, AS_OF);
    let dated = dice.chance(0.9);
    let one_of = |words: [&'static str; 2]| words[usize::from(word)];
    let at = |day: Day| dated.then_some(day);
    if listing.former {
        let words = ["Переведено до іншого закладу освіти", "зміна місця проживання"];
        return said.then(|| (one_of(words), at(day)));
    }
    if let Some(death) = child.life.death {
        return said.then(|| ("смерть", at(death)));
    }
    match child.life.status() {
        TrueStatus::ConfirmedAbroad if said && second => {
            Some((one_of(["виїзд за кордон на ПМП", "Вибув за межі України"]), at(day)))
        }
        TrueStatus::Unconfirmed if said && second && word => Some(("не навчається", at(day))),
        TrueStatus::Unconfirmed if said && second => Some(("Вибув до іншого закладу", at(day))),
        _ if listing.grade == 11 && said && second => Some(("Закінчив навчання", at(AS_OF - 8))),
        _ => None,
    }
}
