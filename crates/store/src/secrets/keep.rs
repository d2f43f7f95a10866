//! Data keys in their table; what lay in clear sealed at the start, and everything opened again when
//! a key is taken away; secrets that do not open where they lie.

use std::sync::Arc;

use kernel::{CompanyNumber, EntityDef, Fault, Faults, FieldDef, RawId};

use super::{Envelope, MARK, MARK_OF_BYTES, Master, Place};
use crate::cell::{self, Cell};
use crate::key::Key;
use crate::session::{Session, Statement};
use crate::table::{Dialect, quoted};
use crate::{Store, now, random_bytes};

/// How many values, and how many parts of files, one transaction seals: others have their turn.
const VALUES: i64 = 500;
const PARTS: i64 = 8;

const READ: &str = "select wrapped from data_key where company = $1";
const MAKE: &str = "insert into data_key (company, wrapped, at) values ($1, $2, $3) \
                    on conflict (company) do nothing";

fn blob(cell: Cell) -> Result<Vec<u8>, Fault> {
    match cell {
        Cell::Bytes(bytes) => Ok(bytes),
        Cell::Id(bytes) => Ok(bytes.to_vec()),
        _ => Err(cell::unreadable()),
    }
}

fn known(session: &mut dyn Session, company: i64) -> Result<Option<Vec<u8>>, Fault> {
    session.query(READ, &[company.into()])?.into_iter().flatten().next().map(blob).transpose()
}

/// All companies, those too that nobody sees yet.
fn all(session: &mut dyn Session) -> Result<Vec<i64>, Fault> {
    let rows = session.query("select company from tenant order by company", &[])?;
    rows.iter().flatten().map(Cell::integer).collect()
}

impl Store {
    /// What opens the secrets of a company, as far as its data key is committed.
    pub(crate) fn envelope(&self, company: i64) -> Result<Option<Arc<Envelope>>, Faults> {
        let secrets = &self.0.secrets;
        let Some(master) = &secrets.master else { return Ok(None) };
        let cached = secrets.companies.read().ok().and_then(|all| all.get(&company).cloned());
        if cached.is_some() {
            return Ok(cached);
        }
        let Some(wrapped) = self.look(|session| Ok(known(session, company)?))? else {
            return Ok(None);
        };
        let envelope = Arc::new(Envelope::of(company, &master.unwrap(company, &wrapped)?));
        if let Ok(mut all) = secrets.companies.write() {
            all.insert(company, envelope.clone());
        }
        Ok(Some(envelope))
    }

    /// The same; a company that has no data key yet gets one, in a transaction of its own: a key
    /// whose making could be undone must seal nothing.
    pub(crate) fn envelope_to_write(&self, company: i64) -> Result<Option<Arc<Envelope>>, Faults> {
        if let Some(envelope) = self.envelope(company)? {
            return Ok(Some(envelope));
        }
        let Some(master) = &self.0.secrets.master else { return Ok(None) };
        let wrapped = master.wrap(company, &random_bytes()?)?;
        let at = now().0;
        self.write(move |session| {
            let params = vec![company.into(), Cell::Bytes(wrapped.clone()), at.into()];
            session.execute(&[Statement { text: MAKE.into(), params }])?;
            Ok(())
        })?;
        self.envelope(company)
    }

    /// The fields that are kept sealed.
    fn secret_fields(&self) -> impl Iterator<Item = (&'static EntityDef, &'static FieldDef)> + '_ {
        self.0.catalog.entities().flat_map(|def| {
            def.fields.iter().filter(|field| field.secret).map(move |field| (def, field))
        })
    }

    /// Seals what still lies in clear: values written before their field was kept so, or before
    /// there was a key, and on PostgreSQL the bytes of files. Done again it does nothing; cut off, it
    /// goes on. Tells how many values and parts of files were sealed.
    ///
    /// # Errors
    /// `key.wrong` when the data keys are wrapped by another key; `secret.no_key` when there are some
    /// and none is given; `store.*`.
    pub fn seal_secrets(&self) -> Result<u64, Faults> {
        if self.0.secrets.master.is_some() {
            return self.turn_all(Way::Seal);
        }
        let any = self.look(|session| Ok(session.query("select 1 from data_key", &[])?))?;
        if any.is_empty() { Ok(0) } else { Err(super::no_key().into()) }
    }

    /// Opens everything that is sealed, and forgets the data keys: before the key is taken away.
    ///
    /// # Errors
    /// `secret.moved`, `key.wrong`, `store.*`.
    pub fn open_secrets(&self) -> Result<u64, Faults> {
        let count = self.turn_all(Way::Open)?;
        self.write(|session| {
            let text = "delete from data_key".into();
            session.execute(&[Statement { text, params: Vec::new() }])?;
            Ok(())
        })?;
        if let Ok(mut all) = self.0.secrets.companies.write() {
            all.clear();
        }
        Ok(count)
    }

    fn turn_all(&self, way: Way) -> Result<u64, Faults> {
        let mut count = 0;
        for company in self.look(|session| Ok(all(session)?))? {
            let envelope = match way {
                Way::Seal => self.envelope_to_write(company)?,
                Way::Open => self.envelope(company)?,
            };
            let Some(envelope) = envelope else { continue };
            for (def, field) in self.secret_fields() {
                let column = Column { company, table: def.plural, name: field.name };
                count += self.turn(
                    VALUES,
                    move |session, envelope| turn_values(session, envelope, column, way),
                    &envelope,
                )?;
            }
            let parts = move |session: &mut dyn Session, envelope: &Envelope| {
                turn_parts(session, envelope, company, way)
            };
            if self.dialect() == Dialect::Postgres {
                count += self.turn(PARTS, parts, &envelope)?;
            }
        }
        Ok(count)
    }

    /// Turns some at a time, each lot in its transaction, until a lot is not full.
    fn turn(
        &self,
        most: i64,
        some: impl Fn(&mut dyn Session, &Envelope) -> Result<i64, Fault> + Clone + Send + 'static,
        envelope: &Arc<Envelope>,
    ) -> Result<u64, Faults> {
        let mut count = 0;
        loop {
            let (some, envelope) = (some.clone(), envelope.clone());
            let turned = self.answer(move |session| Ok(some(session, &envelope)?.to_string()))?;
            let turned: i64 = turned.parse().map_err(|_| cell::unreadable())?;
            count += u64::try_from(turned).unwrap_or(0);
            if turned < most {
                return Ok(count);
            }
        }
    }

    /// The secrets of a company that do not open where they lie: moved there from another place, or
    /// changed.
    ///
    /// # Errors
    /// `key.wrong`, `store.*`.
    pub fn examine_secrets(&self, company: CompanyNumber) -> Result<Vec<Fault>, Faults> {
        let Some(envelope) = self.envelope(company.0)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (def, field) in self.secret_fields() {
            let column = Column { company: company.0, table: def.plural, name: field.name };
            let rows = self.look(|session| Ok(values(session, column, "=", i64::MAX)?))?;
            let faults = rows.iter().map(|(id, kept)| envelope.open(column.at(*id), kept));
            found.extend(faults.filter_map(Result::err));
        }
        Ok(found)
    }

    /// Whether the data keys are wrapped by the key of this store: nothing when there are none.
    ///
    /// # Errors
    /// `store.*`.
    pub fn unlocks(&self) -> Result<Option<bool>, Faults> {
        let keys = self.look(|session| {
            let rows = session.query("select company, wrapped from data_key", &[])?;
            rows.into_iter()
                .map(|row| match <[Cell; 2]>::try_from(row) {
                    Ok([company, wrapped]) => Ok((company.integer()?, blob(wrapped)?)),
                    Err(_) => Err(cell::unreadable().into()),
                })
                .collect::<Result<Vec<_>, Faults>>()
        })?;
        let opens = |(company, wrapped): &(i64, Vec<u8>)| {
            let master = self.0.secrets.master.as_ref();
            master.is_some_and(|master| master.unwrap(*company, wrapped).is_ok())
        };
        Ok((!keys.is_empty()).then(|| keys.iter().all(opens)))
    }

    /// Wraps every data key under another key of the installation, in one transaction.
    ///
    /// # Errors
    /// `key.wrong` when this store's key is not the one that they are wrapped by; `store.*`.
    pub fn rewrap(&self, next: &Key) -> Result<(), Faults> {
        let Some(master) = &self.0.secrets.master else { return Ok(()) };
        let next = Master::of(next);
        let mut wrapped = Vec::new();
        for company in self.look(|session| Ok(all(session)?))? {
            if let Some(kept) = self.look(|session| Ok(known(session, company)?))? {
                let next = next.rewrap(master, company, &kept)?;
                wrapped.push((company, kept, next));
            }
        }
        self.write(move |session| {
            for (company, kept, next) in &wrapped {
                let text = "update data_key set wrapped = $2 where company = $1 and wrapped = $3";
                let params =
                    vec![(*company).into(), Cell::Bytes(next.clone()), Cell::Bytes(kept.clone())];
                session.execute(&[Statement { text: text.into(), params }])?;
            }
            Ok(())
        })
    }
}

/// Which way everything is turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Seal,
    Open,
}

impl Way {
    /// How the mark of those to turn compares.
    const fn sign(self) -> &'static str {
        match self {
            Way::Seal => "<>",
            Way::Open => "=",
        }
    }
}

/// A column of secrets, in the rows of one company.
#[derive(Debug, Clone, Copy)]
struct Column {
    company: i64,
    table: &'static str,
    name: &'static str,
}

impl Column {
    const fn at(self, row: RawId) -> Place<'static> {
        Place { table: self.table, column: self.name, row }
    }
}

/// The values of a column that begin with the mark, or do not.
fn values(
    session: &mut dyn Session,
    column: Column,
    sign: &str,
    most: i64,
) -> Result<Vec<(RawId, String)>, Fault> {
    let (table, name) = (quoted(column.table), quoted(column.name));
    let text = format!(
        "select id, {name} from {table} where company = $1 and {name} is not null \
         and substr({name}, 1, {}) {sign} '{MARK}' order by id limit $2",
        MARK.len()
    );
    let rows = session.query(&text, &[column.company.into(), most.into()])?;
    let read = |row: Vec<Cell>| match <[Cell; 2]>::try_from(row) {
        Ok([id, kept]) => Ok((id.id()?, kept.text()?)),
        Err(_) => Err(cell::unreadable()),
    };
    rows.into_iter().map(read).collect()
}

fn turn_values(
    session: &mut dyn Session,
    envelope: &Envelope,
    column: Column,
    way: Way,
) -> Result<i64, Fault> {
    let rows = values(session, column, way.sign(), VALUES)?;
    let (table, name) = (quoted(column.table), quoted(column.name));
    let text: Arc<str> =
        format!("update {table} set {name} = $3 where company = $1 and id = $2 and {name} = $4")
            .into();
    let mut statements = Vec::with_capacity(rows.len());
    for (id, kept) in rows {
        let turned = match way {
            Way::Seal => envelope.seal(column.at(id), &kept)?,
            Way::Open => envelope.open(column.at(id), &kept)?,
        };
        let params = vec![column.company.into(), id.into(), turned.into(), kept.into()];
        statements.push(Statement { text: text.clone(), params });
    }
    session.execute(&statements)?;
    Ok(i64::try_from(statements.len()).unwrap_or(i64::MAX))
}

/// The same for parts of files, on PostgreSQL.
fn turn_parts(
    session: &mut dyn Session,
    envelope: &Envelope,
    company: i64,
    way: Way,
) -> Result<i64, Fault> {
    let text = format!(
        "select file, rank, bytes from file_chunk where company = $1 \
         and substr(bytes, 1, {}) {} $2 order by file, rank limit $3",
        MARK_OF_BYTES.len(),
        way.sign()
    );
    let params = [company.into(), Cell::Bytes(MARK_OF_BYTES.to_vec()), PARTS.into()];
    let mut statements = Vec::new();
    for row in session.query(&text, &params)? {
        let [file, rank, kept] = <[Cell; 3]>::try_from(row).map_err(|_| cell::unreadable())?;
        let (file, rank, kept) = (file.id()?, rank.integer()?, blob(kept)?);
        let turned = match way {
            Way::Seal => envelope.seal_bytes(file, rank, &kept)?,
            Way::Open => envelope.open_bytes(file, rank, kept)?,
        };
        statements.push(Statement {
            text: "update file_chunk set bytes = $4 where company = $1 and file = $2 and rank = $3"
                .into(),
            params: vec![company.into(), file.into(), rank.into(), Cell::Bytes(turned)],
        });
    }
    session.execute(&statements)?;
    Ok(i64::try_from(statements.len()).unwrap_or(i64::MAX))
}
