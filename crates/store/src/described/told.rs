//! What a batch tells: the events of the outbox, and the lines of the audit.

use std::sync::Arc;

use kernel::backend::AuditLine;
use kernel::{Event, json};

use super::{Described, MOST_PARAMS};
use crate::cell::Cell;
use crate::session::Statement;
use crate::table::{Dialect, insert_rows};

impl Described<'_> {
    pub(super) fn event_statements(&self, events: &[Event]) -> Vec<Statement> {
        let cells = |event: &Event| {
            let facts = serde_json::Value::Object(json::of_facts(&event.facts)).to_string();
            [
                Cell::Integer(self.company()),
                self.now.0.into(),
                event.name.into(),
                event.about.entity.into(),
                event.about.id.into(),
                self.actor.user.into(),
                facts.into(),
            ]
        };
        if self.session.dialect() == Dialect::Sqlite {
            let text: Arc<str> =
                "insert into event (company, seq, at, name, entity, record, actor, facts) values \
                 ($1, (select coalesce(max(seq), 0) + 1 from event where company = $1), \
                 $2, $3, $4, $5, $6, $7)"
                    .into();
            let one = |event| Statement { text: text.clone(), params: cells(event).to_vec() };
            return events.iter().map(one).collect();
        }
        let insert = "insert into event (company, at, name, entity, record, actor, facts) values ";
        let many = |chunk: &[Event]| Statement {
            text: insert_rows(insert, 7, chunk.len()).into(),
            params: chunk.iter().flat_map(cells).collect(),
        };
        events.chunks(MOST_PARAMS / 7).map(many).collect()
    }

    pub(super) fn audit_statements(&self, lines: &[AuditLine]) -> Vec<Statement> {
        let cells = |line: &AuditLine| {
            [
                Cell::Integer(self.company()),
                self.now.0.into(),
                self.actor.user.into(),
                (&*self.actor.name).into(),
                self.actor.door.name().into(),
                line.about.entity.into(),
                line.about.id.into(),
                line.verb.name().into(),
                line.changes.as_str().into(),
            ]
        };
        if self.session.dialect() == Dialect::Sqlite {
            let text = "insert into audit \
                (company, seq, at, actor, actor_name, door, entity, record, verb, changes) values \
                ($1, (select coalesce(max(seq), 0) + 1 from audit where company = $1), \
                $2, $3, $4, $5, $6, $7, $8, $9)";
            let text: Arc<str> = text.into();
            let one = |line| Statement { text: text.clone(), params: cells(line).to_vec() };
            return lines.iter().map(one).collect();
        }
        let insert = "insert into audit \
            (company, at, actor, actor_name, door, entity, record, verb, changes) values ";
        let many = |chunk: &[AuditLine]| Statement {
            text: insert_rows(insert, 9, chunk.len()).into(),
            params: chunk.iter().flat_map(cells).collect(),
        };
        lines.chunks(MOST_PARAMS / 9).map(many).collect()
    }
}
