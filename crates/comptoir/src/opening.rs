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
    let actor = Actor::house(number, Door::Console);
    let days = days.to_vec();
    store.command(Call::new(actor).at(at), move |tx| {
        open_books(tx, &company, &days)?;
        Ok(Json::Null)
    })?;
    Ok(number)
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
    let mut records = Vec::new();
    for user in users {
        // Each hash takes its time: outside of the transaction.
        let hash = identity::hash_password(&user.password, store::random_bytes()?)?;
        records.push(User {
            name: user.name.clone(),
            email: user.email.clone(),
            role: user.role,
            language: spoken(user.language),
            active: true,
            password_hash: hash,
            roles: kernel::Lines::HERE,
        });
    }
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
