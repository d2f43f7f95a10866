//! Any tree is read back as it was written.

use super::*;

struct Chance(u64);

impl Chance {
    /// A number below `most` (xorshift, Marsaglia 2003).
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(most).unwrap()).unwrap()
    }
    fn of<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }
}

fn text(chance: &mut Chance) -> Value {
    chance
        .of(&["FR", "Dupont & fils", "a\"b\\c", "vide", "(x)", "été|hiver", "et", ":", "12", "«»"])
        .into()
}

fn leaf(chance: &mut Chance, def: &'static EntityDef) -> Sieve {
    let field = |name: &str| def.field(name).unwrap();
    let is = Test::Compare(Sign::Is);
    let order = [Sign::Above, Sign::AtLeast, Sign::Below, Sign::AtMost, Sign::Is];
    match (def.name, chance.below(6)) {
        ("order", 0) => {
            let cents = i64::try_from(chance.below(9_999_999)).unwrap() - 5_000_000;
            let value = Operand::Value(Money::eur(cents).into());
            Sieve::Field(field("total"), Test::Compare(chance.of(&order)), value)
        }
        ("order", 1) => {
            let stage = |name: &str| Operand::Value(name.into());
            let any = Operand::Among(vec![stage("draft"), stage("confirmed")]);
            let operand = chance.of(&[stage("draft"), stage("confirmed"), any, Operand::Empty]);
            Sieve::Field(field("stage"), is, operand)
        }
        ("order", 2) => {
            let day = Operand::Value(crate::Day(20_000).into());
            let unit = chance.of(&[Unit::Day, Unit::Week, Unit::Month, Unit::Year]);
            let from = Operand::Moment(Moment::From(-12, unit));
            let period = Operand::Moment(Moment::Period(unit, 1));
            let operand = chance.of(&[day, from, period, Operand::Empty]);
            Sieve::Field(field("ordered_on"), Test::Compare(chance.of(&order)), operand)
        }
        ("order", 3) => Sieve::Field(field("urgent"), is, Operand::Value(true.into())),
        ("order", 4) => {
            let id = Operand::Value(crate::RawId([7; 16]).into());
            Sieve::Field(field("customer"), is, chance.of(&[id, Operand::Empty]))
        }
        ("order", _) => {
            let number = Operand::Value(chance.of(&["-1.5", "12", "0.000001"]).into());
            let test = Test::Compare(chance.of(&order));
            Sieve::Custom("weight".into(), CustomKind::Number, test, number)
        }
        ("customer", 0) => Sieve::Words(chance.of(&["dupont", "l\"or et l’art", "vide"]).into()),
        ("customer", 1) => {
            let value = Operand::Value(chance.of(&["Nord", "Sud-Est"]).into());
            Sieve::Custom("zone".into(), CustomKind::Choice, is_of(CustomKind::Choice), value)
        }
        ("customer", _) => {
            let test = chance.of(&[Test::Contains, is]);
            let name = chance.of(&["name", "country"]);
            let one = Operand::Value(text(chance));
            let two = Operand::Among(vec![one.clone(), Operand::Value(text(chance))]);
            Sieve::Field(field(name), test, chance.of(&[one, two, Operand::Empty]))
        }
        ("order_line", _) => {
            let value = Operand::Value(Quantity(12_500).into());
            Sieve::Field(field("quantity"), Test::Compare(chance.of(&order)), value)
        }
        _ => {
            let value = Operand::Value(Money::eur(-1).into());
            Sieve::Field(field("amount"), Test::Compare(Sign::AtLeast), value)
        }
    }
}

fn is_of(kind: CustomKind) -> Test {
    if kind == CustomKind::Choice { Test::Contains } else { Test::Compare(Sign::Is) }
}

fn steps(def: &'static EntityDef) -> Vec<Step> {
    in_french(|scope| {
        let words = scope.words(def).into_iter();
        let steps = words.filter_map(|(_, found, _)| match found {
            Found::Step(step) => Some(step),
            Found::Field(field) => scope.along(field).unwrap(),
            Found::Custom(_) => None,
        });
        // Products have neither words nor fields that a leaf is made of here.
        steps.filter(|step| step.entity.name != "product").collect()
    })
}

fn grown(chance: &mut Chance, def: &'static EntityDef, deep: usize) -> Sieve {
    if deep == 0 {
        return leaf(chance, def);
    }
    match chance.below(6) {
        0 => Sieve::all(vec![grown(chance, def, deep - 1), grown(chance, def, deep - 1)]).unwrap(),
        1 => Sieve::any(vec![grown(chance, def, deep - 1), leaf(chance, def)]).unwrap(),
        2 => grown(chance, def, deep - 1).negated(),
        3 => {
            let known = steps(def);
            let step = chance.of(&known);
            Sieve::Step(step, Box::new(grown(chance, step.entity, deep - 1)))
        }
        4 => {
            let known: Vec<Step> = steps(def).into_iter().filter(Step::many).collect();
            if known.is_empty() {
                return leaf(chance, def);
            }
            let of = chance.of(&known);
            let only =
                if chance.below(2) == 0 { None } else { Some(grown(chance, of.entity, deep - 1)) };
            let amount = of.entity.fields.iter().find(|field| field.kind == Kind::Money);
            let sum = amount.filter(|_| chance.below(2) == 0);
            let value = if sum.is_some() { Money::eur(123_456).into() } else { Value::Integer(3) };
            let sign = chance.of(&[Sign::Above, Sign::Is, Sign::AtMost]);
            Sieve::Measure(Box::new(Gauge { of, sum, only, sign, value }))
        }
        _ => leaf(chance, def),
    }
}

#[test]
fn any_tree_is_read_back_as_it_was_written() {
    let catalog = catalog();
    for seed in 1..400_u64 {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let deep = chance.below(5);
        let tree = grown(&mut chance, Order::DEF, deep);
        for language in [Language::French, Language::English] {
            let actor = actor(language, Grants::everything());
            let scope = scope(&catalog, &actor);
            for style in [Style::Names, Style::Words] {
                let text = write(&scope, Order::DEF, &tree, style);
                let back = read(&scope, Order::DEF, &text);
                assert_eq!(back, Ok(Some(tree.clone())), "seed {seed}, {language:?}: {text}");
            }
        }
    }
}
