//! A new company: its books, its chart of accounts, its places, its first user.

use clap::Args;
use identity::{Role, User};
use kernel::{Actor, CompanyNumber, Currency, Day, Door, Fault, Faults, Instant, Language, Tx};
use master::Company;
use processes::founding::open_books;
use serde_json::Value as Json;
use store::{Call, Store};

use crate::options::Database;

#[derive(Debug, Args)]
pub struct Opening {
    #[command(flatten)]
    pub database: Database,
    /// The company's name.
    #[arg(long)]
    pub name: String,
    /// Its SIREN, when it is French.
    #[arg(long)]
    pub siren: Option<String>,
    /// The currency of its accounts.
    #[arg(long, default_value = "EUR")]
    pub currency: String,
    /// The e-mail address of its first user, who may do everything.
    #[arg(long)]
    pub email: String,
    /// The file that holds the password, on one line; - for standard input.
    #[arg(long, default_value = "-")]
    pub password_file: String,
}

impl Opening {
    /// # Errors
    /// Those of the company's rules, `password.*`, `store.*`.
    pub fn run(&self) -> Result<(), Faults> {
        let password = read_line(&self.password_file)?;
        identity::check_password(&password, &[&self.email, &self.name])?;
        let store = self.database.open()?;
        let company = Company { siren: self.siren.clone(), ..Company::named(&self.name) };
        let currency = Currency::of(&self.currency)?;
        let owner = NewUser {
            name: self.name.clone(),
            email: self.email.clone(),
            role: Role::Owner,
            language: Language::French,
            password,
        };
        let now = store::now();
        let number = found(&store, currency, company, &[now.day()], now)?;
        add_users(&store, number, &[owner], now)?;
        println!("{}", number.0);
        Ok(())
    }
}

fn read_line(place: &str) -> Result<String, Fault> {
    let read = if place == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(place)
    };
    let text = read.map_err(|error| {
        Fault::new("data.file").with("place", place).with("said", error.to_string())
    })?;
    Ok(text.lines().next().unwrap_or("").to_owned())
}

/// Opens the books of a company, with the fiscal years that hold `days`.
///
/// # Errors
/// Those of the company's rules, `store.*`.
pub fn found(
    store: &Store,
    currency: Currency,
    company: Company,
    days: &[Day],
    at: Instant,
) -> Result<CompanyNumber, Faults> {
    let number = store.open_company(currency)?;
    describe(store, number, company, days, at)?;
    Ok(number)
}

/// Describes a company whose books are open: its accounts, its places, its fiscal years.
///
/// # Errors
/// Those of the company's rules, `store.*`.
pub fn describe(
    store: &Store,
    number: CompanyNumber,
    company: Company,
    days: &[Day],
    at: Instant,
) -> Result<(), Faults> {
    let actor = Actor::house(number, Door::Console);
    let days = days.to_vec();
    store.command(Call::new(actor).at(at), move |tx| {
        open_books(tx, &company, &days)?;
        Ok(Json::Null)
    })?;
    Ok(())
}

/// Someone who will sign in.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub role: Role,
    pub language: Language,
    pub password: String,
}

impl NewUser {
    /// The record, its password hashed.
    ///
    /// # Errors
    /// `password.*`, `store.unavailable`.
    pub fn record(&self) -> Result<User, Faults> {
        let hash = identity::hash_password(&self.password, store::random_bytes()?)?;
        Ok(User { password_hash: hash, ..self.without_password() })
    }

    /// The record of someone who cannot sign in: there is no password that would open.
    #[must_use]
    pub fn without_password(&self) -> User {
        User {
            name: self.name.clone(),
            email: self.email.clone(),
            role: self.role,
            language: spoken(self.language),
            active: true,
            password_hash: String::new(),
            roles: kernel::Lines::HERE,
        }
    }
}

/// Adds users, their passwords hashed.
///
/// # Errors
/// `record.taken`, `password.*`, `store.*`.
pub fn add_users(
    store: &Store,
    company: CompanyNumber,
    users: &[NewUser],
    at: Instant,
) -> Result<(), Faults> {
    // Each hash takes its time: outside of the transaction.
    let records = users.iter().map(NewUser::record).collect::<Result<Vec<_>, _>>()?;
    add_records(store, company, records, at)
}

/// Adds users as they are.
///
/// # Errors
/// `record.taken`, `store.*`.
pub fn add_records(
    store: &Store,
    company: CompanyNumber,
    records: Vec<User>,
    at: Instant,
) -> Result<(), Faults> {
    let call = Call::new(Actor::house(company, Door::Console)).at(at);
    store.command(call, move |tx| insert_users(tx, &records))?;
    Ok(())
}

fn insert_users(tx: &mut Tx<'_>, records: &[User]) -> Result<Json, Faults> {
    identity::access::seed(tx)?;
    for record in records {
        tx.insert(record)?;
    }
    Ok(Json::Null)
}

const fn spoken(language: Language) -> identity::Tongue {
    match language {
        Language::French => identity::Tongue::Fr,
        Language::English => identity::Tongue::En,
    }
}
