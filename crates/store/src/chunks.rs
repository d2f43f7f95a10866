//! The bytes of files: parts of at most a megabyte, beside the records and in their transaction.

use kernel::{Fault, RawId};

use crate::cell::{self, Cell};
use crate::session::{Session, Statement};

const KEEP: &str = "insert into file_chunk (company, file, rank, bytes) values ($1, $2, $3, $4)";
const READ: &str = "select bytes from file_chunk where company = $1 and file = $2 and rank = $3";
const DROP: &str = "delete from file_chunk where company = $1 and file = $2";

pub fn keep(
    session: &mut dyn Session,
    company: i64,
    file: RawId,
    rank: i64,
    bytes: &[u8],
) -> Result<(), Fault> {
    let params = vec![company.into(), file.into(), rank.into(), Cell::Bytes(bytes.to_vec())];
    session.execute(&[Statement { text: KEEP.into(), params }]).map(drop)
}

pub fn read(
    session: &mut dyn Session,
    company: i64,
    file: RawId,
    rank: i64,
) -> Result<Option<Vec<u8>>, Fault> {
    let params = [company.into(), file.into(), rank.into()];
    match session.query(READ, &params)?.into_iter().flatten().next() {
        None => Ok(None),
        Some(Cell::Bytes(bytes)) => Ok(Some(bytes)),
        Some(Cell::Id(bytes)) => Ok(Some(bytes.to_vec())),
        Some(_) => Err(cell::unreadable()),
    }
}

pub fn drop_all(session: &mut dyn Session, company: i64, file: RawId) -> Result<(), Fault> {
    let params = vec![company.into(), file.into()];
    session.execute(&[Statement { text: DROP.into(), params }]).map(drop)
}
