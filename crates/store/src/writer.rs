//! The one writer of the embedded database: commands in groups, one commit for each.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

use kernel::{Fault, Faults};
use rusqlite::Connection;

use crate::record::Record;
use crate::session::{Session, Statement};
use crate::sqlite::{Open, run};

/// At most this many commands share one commit.
const MOST_IN_A_GROUP: usize = 128;
/// How long a group waits for the next command, when the last one had more.
const PATIENCE: Duration = Duration::from_millis(1);

/// What a command does; it may be done again after being undone.
pub type Work = Box<dyn Fn(&mut dyn Session) -> Result<String, Faults> + Send>;

pub struct Job {
    pub work: Work,
    /// Where its answer goes after the commit.
    pub reply: mpsc::SyncSender<Result<String, Faults>>,
}

/// The one who writes.
pub struct Writer {
    connection: Connection,
    record: Record,
    /// What the commands of the group want written just before the commit.
    late: RefCell<Vec<Statement>>,
    /// How many commands the last group had.
    last: Cell<usize>,
}

type Answer = Result<String, Faults>;

impl Writer {
    pub fn new(connection: Connection, record: Record) -> Self {
        let (late, last) = (RefCell::default(), Cell::new(1));
        Self { connection, record, late, last }
    }

    /// One commit serves all the commands that came meanwhile; an answer leaves only after it.
    pub fn write_in_groups(&self, queue: &mpsc::Receiver<Job>) {
        while let Ok(first) = queue.recv() {
            if let Err(fault) = self.run("begin immediate") {
                let _ = first.reply.send(Err(fault.into()));
                continue;
            }
            let (jobs, answers) = self.do_all(first, queue);
            let late = self.write_late();
            let lost = if self.connection.is_autocommit() {
                // The database gave up the whole transaction: the disk is full, or broken.
                Some(Fault::new("store.full"))
            } else {
                late.and_then(|()| self.run("commit")).err()
            };
            if lost.is_some() && !self.connection.is_autocommit() {
                let _ = self.run("rollback");
            }
            self.record.close_group();
            for (job, answer) in jobs.into_iter().zip(answers) {
                let answer = match &lost {
                    Some(fault) => answer.and_then(|_| Err(fault.clone().into())),
                    None => answer,
                };
                let Job { work, reply } = job;
                // It may hold the last handle but that of whoever asked.
                drop(work);
                // Whoever asked may have gone away; the work is done all the same.
                let _ = reply.send(answer);
            }
        }
    }

    /// Runs the commands that have come. Most refusals come before anything is written, and a
    /// savepoint keeps a copy of every page that is touched: commands run without, and only when
    /// one must be undone is all of the group undone, and done again with a savepoint for each.
    fn do_all(&self, first: Job, queue: &mpsc::Receiver<Job>) -> (Vec<Job>, Vec<Answer>) {
        let (mut jobs, mut answers) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(job) = next {
            let before = self.late.borrow().len();
            let (answer, wrote) = self.attempt(&job.work);
            if answer.is_err() {
                self.late.borrow_mut().truncate(before);
            }
            let spoiled = wrote && answer.is_err();
            jobs.push(job);
            answers.push(answer);
            if self.connection.is_autocommit() {
                break;
            }
            if spoiled {
                answers = self.do_again(&jobs, answers);
                break;
            }
            next = self.next(queue, jobs.len());
        }
        self.last.set(jobs.len());
        (jobs, answers)
    }

    /// The next command of a group that has so many. Those whose answers left with the last commit
    /// are about to ask again: a commit costs more than waiting for them a little.
    fn next(&self, queue: &mpsc::Receiver<Job>, has: usize) -> Option<Job> {
        if has == MOST_IN_A_GROUP {
            return None;
        }
        let next = queue.try_recv().ok();
        if next.is_some() || has >= self.last.get() {
            return next;
        }
        queue.recv_timeout(PATIENCE).ok()
    }

    fn write_late(&self) -> Result<(), Fault> {
        let late = self.late.take();
        if late.is_empty() || self.connection.is_autocommit() {
            return Ok(());
        }
        let (connection, record) = (&self.connection, Some(&self.record));
        Open { connection, record, late: None }.execute(&late).map(drop)
    }

    /// Undoes a group whose last command must not have happened, and does the others again.
    fn do_again(&self, jobs: &[Job], mut answers: Vec<Answer>) -> Vec<Answer> {
        self.record.drop_group();
        self.late.take();
        let begun = self.run("rollback").and_then(|()| self.run("begin immediate"));
        if let Err(fault) = begun {
            return jobs.iter().map(|_| Err(fault.clone().into())).collect();
        }
        let others = jobs.len() - 1;
        for (job, answer) in jobs[..others].iter().zip(&mut answers) {
            *answer = self.run_in_savepoint(&job.work);
            if self.connection.is_autocommit() {
                break;
            }
        }
        answers
    }

    /// Runs a command, and tells whether it wrote anything.
    fn attempt(&self, work: &Work) -> (Answer, bool) {
        let connection = &self.connection;
        let before = connection.total_changes();
        let (record, late) = (Some(&self.record), Some(&self.late));
        let mut open = Open { connection, record, late };
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut open)));
        let answer = done.unwrap_or_else(|_| Err(Fault::new("store.mistake").into()));
        (answer, connection.total_changes() != before)
    }

    fn run_in_savepoint(&self, work: &Work) -> Answer {
        self.run("savepoint command")?;
        let before = self.late.borrow().len();
        let (answer, _) = self.attempt(work);
        if !self.connection.is_autocommit() {
            if answer.is_err() {
                self.late.borrow_mut().truncate(before);
                self.run("rollback to command")?;
            }
            self.run("release command")?;
        }
        answer
    }

    fn run(&self, text: &str) -> Result<(), Fault> {
        run(&self.connection, text)
    }
}
