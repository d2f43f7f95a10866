//! The documents as others find them: structure of the files, and the verdict of outside judges.

mod books;
mod files;
mod judges;
mod samples;
mod statements;
mod trades;
