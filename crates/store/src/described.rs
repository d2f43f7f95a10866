//! The kernel's [`Backend`] over any [`Session`].

mod told;

use std::sync::Arc;

use kernel::backend::{Among, Batch, Change, RowWrite, Sought, Touched};
use kernel::{Actor, Backend, EntityDef, Fault, FieldDef, Instant, Query, RawId, Row, Value};

use crate::among;
use crate::cell::{self, Cell};
use crate::changed::{Updating, deleted, made};
use crate::chunks;
use crate::search;
use crate::secrets::{self, Envelope, Place};
use crate::session::{Session, Statement};
use crate::steady::{Seen, Steady};
use crate::table::{Dialect, Table, Tables, insert_rows};

/// The most parameters one statement may carry, under the limit of both databases.
const MOST_PARAMS: usize = 30_000;

/// The most rows of one update or delete: few lengths, few statements to keep.
const MOST_TOGETHER: usize = 8;

pub struct Described<'s> {
    pub session: &'s mut dyn Session,
    pub tables: &'s Tables,
    pub steady: &'s Steady,
    pub seen: Seen,
    /// What opens and seals the secrets of the company.
    pub envelope: Option<Arc<Envelope>>,
    pub actor: Actor,
    pub now: Instant,
}

impl Described<'_> {
    fn company(&self) -> i64 {
        self.actor.company.0
    }

    fn row_cells(&self, table: &Table, row: &Row, cells: &mut Vec<Cell>) {
        cells.extend([
            Cell::Integer(self.company()),
            row.id.into(),
            row.version.into(),
            row.created_at.0.into(),
            row.created_by.into(),
            row.updated_at.0.into(),
            row.updated_by.into(),
            row.extra.clone().into(),
        ]);
        for (field, value) in table.def.fields.iter().zip(&row.values) {
            self.push(table, field, row.id, value, cells);
        }
    }

    /// Adds the cells of a field: the one place where a secret is sealed.
    fn push(
        &self,
        table: &Table,
        field: &FieldDef,
        row: RawId,
        value: &Value,
        cells: &mut Vec<Cell>,
    ) {
        let (Some(envelope), Value::Text(text), true) = (&self.envelope, value, field.secret)
        else {
            return cell::push_value(field, value, cells);
        };
        let place = Place { table: table.def.plural, column: field.name, row };
        // The cipher refuses only what is longer than any field.
        let sealed = envelope.seal(place, text).unwrap_or_else(|fault| panic!("{}", fault.code));
        cells.push(sealed.into());
    }

    fn update_cells(&self, table: &Table, update: &Updating<'_>, cells: &mut Vec<Cell>) {
        let Updating { row, was, touched } = *update;
        cells.extend([
            row.id.into(),
            was.into(),
            row.version.into(),
            row.updated_at.0.into(),
            row.updated_by.into(),
        ]);
        for (rank, (field, value)) in table.def.fields.iter().zip(&row.values).enumerate() {
            if touched.meets(Touched::field(rank)) {
                self.push(table, field, row.id, value, cells);
            }
        }
        if touched.meets(Touched::extra()) {
            cells.push(row.extra.clone().into());
        }
    }

    /// What seals the bytes of files: on PostgreSQL alone, the embedded database is encrypted whole.
    fn of_files(&self) -> Option<Arc<Envelope>> {
        self.envelope.clone().filter(|_| self.session.dialect() == Dialect::Postgres)
    }

    /// How many rows one update or delete may be of.
    fn together(&self) -> usize {
        if self.session.gathers() { MOST_TOGETHER } else { 1 }
    }

    fn inserts(&self, table: &Table, rows: &[&Row], out: &mut Vec<Statement>) {
        let most = if self.session.gathers() { (MOST_PARAMS / table.width).max(1) } else { 1 };
        for chunk in rows.chunks(most) {
            let mut params = Vec::with_capacity(chunk.len() * table.width);
            chunk.iter().for_each(|row| self.row_cells(table, row, &mut params));
            out.push(Statement { text: table.insert_rows(chunk.len()), params });
        }
    }

    /// What searches look into, for the records that changed in it.
    fn search_statements(&self, sought: &[Sought]) -> Vec<Statement> {
        let cells = |Sought { def, row, .. }: &Sought| {
            let text = search::text_of(def, &row.values);
            [Cell::Integer(self.company()), def.name.into(), row.id.into(), text.into()]
        };
        if self.session.dialect() == Dialect::Sqlite {
            return sought.iter().flat_map(|one| search::statements(cells(one), one.new)).collect();
        }
        let many = |chunk: &[Sought]| {
            let insert = "insert into search_text (company, entity, id, text) values ";
            let mut text = insert_rows(insert, 4, chunk.len());
            text.push_str(
                " on conflict (company, entity, id) do update set text = excluded.text \
                 where search_text.text <> excluded.text",
            );
            Statement { text: text.into(), params: chunk.iter().flat_map(cells).collect() }
        };
        sought.chunks(MOST_PARAMS / 4).map(many).collect()
    }

    /// The statements of the rows, grouped by table: parents are made before their children, and
    /// deleted after them. Updates and deletes come with the row count they must have.
    fn row_statements(&self, rows: &[RowWrite]) -> (Vec<Statement>, Vec<Option<u64>>) {
        let mut order: Vec<(&Table, &RowWrite)> =
            rows.iter().map(|write| (self.tables.of(write.def), write)).collect();
        order.sort_by_key(|(table, write)| match write.change {
            Change::Insert(_) => (0, table.rank, Touched::default()),
            Change::Update { touched, .. } => (1, table.rank, touched),
            Change::Delete { .. } => (2, usize::MAX - table.rank, Touched::default()),
        });
        let (mut out, mut expected) = (Vec::new(), Vec::new());
        let alike = |(one, first): &(&Table, &RowWrite), (other, next): &(&Table, &RowWrite)| {
            one.rank == other.rank
                && match (&first.change, &next.change) {
                    (Change::Insert(_), Change::Insert(_))
                    | (Change::Delete { .. }, Change::Delete { .. }) => true,
                    (Change::Update { touched, .. }, Change::Update { touched: other, .. }) => {
                        touched == other
                    }
                    _ => false,
                }
        };
        for same in order.chunk_by(alike) {
            let (table, changes) = (same[0].0, same.iter().map(|(_, write)| &write.change));
            match &same[0].1.change {
                Change::Insert(_) => {
                    let made: Vec<&Row> = changes.filter_map(made).collect();
                    self.inserts(table, &made, &mut out);
                    expected.resize(out.len(), None);
                }
                Change::Update { .. } => {
                    let updating: Vec<Updating> = changes.filter_map(Updating::of).collect();
                    self.updates(table, &updating, &mut out, &mut expected);
                }
                Change::Delete { .. } => {
                    let deleted: Vec<(RawId, i64)> = changes.filter_map(deleted).collect();
                    self.deletes(table, &deleted, &mut out, &mut expected);
                }
            }
        }
        (out, expected)
    }

    fn updates(
        &self,
        table: &Table,
        rows: &[Updating<'_>],
        out: &mut Vec<Statement>,
        expected: &mut Vec<Option<u64>>,
    ) {
        for chunk in rows.chunks(self.together()) {
            let mut params = vec![Cell::Integer(self.company())];
            chunk.iter().for_each(|one| self.update_cells(table, one, &mut params));
            out.push(Statement { text: table.update(chunk[0].touched, chunk.len()), params });
            expected.push(u64::try_from(chunk.len()).ok());
        }
    }

    fn deletes(
        &self,
        table: &Table,
        rows: &[(RawId, i64)],
        out: &mut Vec<Statement>,
        expected: &mut Vec<Option<u64>>,
    ) {
        let company = Cell::Integer(self.company());
        for chunk in rows.chunks(self.together()) {
            let mut params = vec![company.clone()];
            params.extend(chunk.iter().flat_map(|(id, was)| [(*id).into(), (*was).into()]));
            out.push(Statement { text: table.delete(chunk.len()), params });
            expected.push(u64::try_from(chunk.len()).ok());
        }
        if table.searched {
            let forget = |(id, _): &(RawId, i64)| Statement {
                text: "delete from search_text where company = $1 and entity = $2 and id = $3"
                    .into(),
                params: vec![company.clone(), table.def.name.into(), (*id).into()],
            };
            out.extend(rows.iter().map(forget));
            expected.resize(out.len(), None);
        }
    }
}

/// A row from its cells: the one place where a secret is opened.
fn read_row(
    tables: &Tables,
    table: &Table,
    envelope: Option<&Envelope>,
    cells: Vec<Cell>,
) -> Result<Row, Fault> {
    let mut cells = cells.into_iter();
    let mut next = || cells.next().ok_or_else(cell::unreadable);
    let id_of = |cell: Cell| if cell == Cell::Null { Ok(None) } else { cell.id().map(Some) };
    next()?;
    let (id, version) = (next()?.id()?, next()?.integer()?);
    let (created_at, created_by) = (Instant(next()?.integer()?), id_of(next()?)?);
    let (updated_at, updated_by) = (Instant(next()?.integer()?), id_of(next()?)?);
    let extra = match next()? {
        Cell::Null => None,
        cell => Some(cell.text()?),
    };
    let mut values = cell::pull_record(table.def, &mut cells, |name| tables.entity(name))?;
    for (field, value) in table.def.fields.iter().zip(&mut values).filter(|(field, _)| field.secret)
    {
        let Value::Text(kept) = value else { continue };
        let place = Place { table: table.def.plural, column: field.name, row: id };
        match envelope {
            Some(envelope) => *kept = envelope.open(place, kept)?,
            None if secrets::is_sealed(kept) => return Err(secrets::no_key()),
            None => {}
        }
    }
    Ok(Row { id, version, created_at, created_by, updated_at, updated_by, values, extra })
}

impl Backend for Described<'_> {
    fn alone(&self) -> bool {
        self.session.dialect() == Dialect::Sqlite
    }

    fn get(
        &mut self,
        def: &'static EntityDef,
        id: RawId,
        lock: bool,
    ) -> Result<Option<Row>, Fault> {
        let (tables, company) = (self.tables, self.company());
        let (table, envelope) = (tables.of(def), self.envelope.clone());
        let params = [Cell::Integer(company), id.into()];
        // Rows that refer to this one may still be made: only its own columns are held.
        let locked = lock && self.session.dialect() == Dialect::Postgres;
        let read = |session: &mut dyn Session| {
            let rows = match locked {
                true => session.query(&format!("{} for no key update", table.get), &params)?,
                false => session.query(&table.get, &params)?,
            };
            let row = rows.into_iter().next();
            row.map(|cells| read_row(tables, table, envelope.as_deref(), cells)).transpose()
        };
        if def.steady && !lock {
            let (what, seen) = ((def.name, id), &mut self.seen);
            return self.steady.record(seen, self.session, company, what, read);
        }
        read(self.session)
    }

    fn find(&mut self, query: &Query) -> Result<Vec<Row>, Fault> {
        let (tables, company) = (self.tables, self.company());
        let (table, envelope) = (tables.of(query.def), self.envelope.clone());
        let (text, params) = table.select(query, company, self.session.dialect(), envelope.clone());
        let read = |session: &mut dyn Session| {
            let rows = session.query(&text, &params)?;
            let read = |cells| read_row(tables, table, envelope.as_deref(), cells);
            rows.into_iter().map(read).collect()
        };
        if query.def.steady && !query.lock && query.within_one_table() {
            let (what, seen) = ((&*text, &*params), &mut self.seen);
            return self.steady.answer(seen, self.session, company, what, read);
        }
        read(self.session)
    }

    fn write(&mut self, batch: Batch) -> Result<(), Fault> {
        self.session.execute_late(self.search_statements(&batch.sought))?;
        let (mut statements, expected) = self.row_statements(&batch.rows);
        statements.extend(self.event_statements(&batch.events));
        statements.extend(self.audit_statements(&batch.audit));
        statements.extend(self.steady.renewal(self.tables, self.company(), &batch.audit));
        if batch.rows.iter().any(|write| write.def.steady) {
            self.seen.wrote();
        }
        if statements.is_empty() {
            return Ok(());
        }
        let touched = self.session.execute(&statements)?;
        let moved = expected
            .iter()
            .zip(&touched)
            .any(|(expected, touched)| expected.is_some_and(|expected| expected != *touched));
        if moved { Err(Fault::new("store.conflict")) } else { Ok(()) }
    }

    fn number(&mut self, series: &str) -> Result<i64, Fault> {
        let whose = [Cell::Integer(self.company()), series.into()];
        let first = |rows: Vec<Vec<Cell>>| rows.into_iter().flatten().next();
        if self.session.dialect() == Dialect::Sqlite {
            // There is one writer: reading, then writing, is sooner done than `returning`.
            let text = "select value from counter where company = $1 and series = $2";
            let last =
                first(self.session.query(text, &whose)?).map_or(Ok(0), |cell| cell.integer())?;
            let [company, series] = whose;
            self.session.execute(&[Statement {
                text: "insert into counter (company, series, value) values ($1, $2, $3) \
                       on conflict (company, series) do update set value = excluded.value"
                    .into(),
                params: vec![company, series, (last + 1).into()],
            }])?;
            return Ok(last + 1);
        }
        let text = "insert into counter (company, series, value) values ($1, $2, 1) \
                    on conflict (company, series) do update set value = counter.value + 1 \
                    returning value";
        first(self.session.query(text, &whose)?).ok_or_else(cell::unreadable)?.integer()
    }

    fn keep_chunk(&mut self, file: RawId, rank: i64, bytes: &[u8]) -> Result<(), Fault> {
        let company = self.company();
        match self.of_files() {
            Some(envelope) => {
                let sealed = envelope.seal_bytes(file, rank, bytes)?;
                chunks::keep(self.session, company, file, rank, &sealed)
            }
            None => chunks::keep(self.session, company, file, rank, bytes),
        }
    }
    fn chunk(&mut self, file: RawId, rank: i64) -> Result<Option<Vec<u8>>, Fault> {
        let company = self.company();
        let kept = chunks::read(self.session, company, file, rank)?;
        match (kept, self.of_files()) {
            (Some(kept), Some(envelope)) => envelope.open_bytes(file, rank, kept).map(Some),
            (kept, _) => Ok(kept),
        }
    }
    fn drop_chunks(&mut self, file: RawId) -> Result<(), Fault> {
        let company = self.company();
        chunks::drop_all(self.session, company, file)
    }

    fn sql(&mut self, statement: &str, params: &[Value]) -> Result<Vec<Vec<Value>>, Fault> {
        let mut cells = vec![Cell::Integer(self.company())];
        cells.extend(params.iter().map(cell::of_value));
        let rows = self.session.query(statement, &cells)?;
        Ok(rows.into_iter().map(|row| row.into_iter().map(cell::to_value).collect()).collect())
    }

    fn sql_among(
        &mut self,
        statement: &str,
        params: &[Value],
        seen: &[Among],
    ) -> Result<Vec<Vec<Value>>, Fault> {
        let whole = among::statement(self.session.dialect(), statement, seen);
        self.sql(&whole, params)
    }
}
